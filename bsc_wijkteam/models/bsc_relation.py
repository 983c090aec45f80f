from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class BscRelation(models.Model):
    """The collaboration with one team or other partner, built step by step."""

    _name = "bsc.relation"
    _description = "Collaboration"
    _inherit = ["bsc.pipeline.mixin"]
    _order = "priority desc, id desc"
    _check_company_auto = True
    _track_duration_field = "stage_id"
    _rec_names_search = ["partner_id.name", "local_name"]

    partner_id = fields.Many2one(
        "res.partner",
        "Team",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        check_company=True,
        help="The contact of the team, or of another partner such as a school.",
    )
    active = fields.Boolean(default=True)
    priority = fields.Selection([("0", "Normal"), ("1", "Important")], default="0")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    coach_id = fields.Many2one(
        "res.users",
        tracking=True,
        index="btree_not_null",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        check_company=True,
    )
    stage_id = fields.Many2one(
        "bsc.relation.stage",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        copy=False,
        default=lambda self: self._default_stage_id(),
        group_expand="_read_group_stage_ids",
    )
    is_closed = fields.Boolean(related="stage_id.is_closed")
    stage_purpose = fields.Text(related="stage_id.purpose")
    stage_guidance = fields.Html(related="stage_id.guidance")
    stage_questions = fields.Html(related="stage_id.questions")
    stage_bring = fields.Text(related="stage_id.bring")
    stage_attachment_ids = fields.Many2many(related="stage_id.attachment_ids")
    open_requirements = fields.Text(
        "Before moving on",
        compute="_compute_open_requirements",
        help="What this stage still asks for.",
    )
    kind = fields.Selection(
        [
            ("team", "Neighbourhood team"),
            ("gp", "GP practice"),
            ("school", "School"),
            ("welfare", "Welfare organisation"),
            ("debt", "Debt help"),
            ("municipality", "Municipality"),
            ("other", "Other"),
        ],
        default="team",
        required=True,
        tracking=True,
    )
    contact_id = fields.Many2one(
        "res.partner",
        "Contact person",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="The one fixed person in the team whom you call.",
    )
    contact_phone = fields.Char("Phone", related="contact_id.phone")
    contact_email = fields.Char("E-mail", related="contact_id.email")
    shared_goal = fields.Text(
        "Shared goal",
        tracking=True,
        help="What you want to reach together, in one sentence.",
    )
    feedback_weeks = fields.Integer(
        "Feedback every (weeks)",
        compute="_compute_feedback_weeks",
        store=True,
        readonly=False,
        precompute=True,
        aggregator=None,
        help="At least this often the referrer hears how each referral goes.",
    )
    date_evaluation = fields.Date("Next evaluation", tracking=True)
    # referrals and meetings
    referral_ids = fields.One2many("bsc.referral", "relation_id")
    referral_count = fields.Integer(compute="_compute_referral_count")
    referral_current_count = fields.Integer(
        "Current referrals", compute="_compute_referrals_now"
    )
    feedback_late_count = fields.Integer(
        "Feedback owed", compute="_compute_referrals_now"
    )
    is_feedback_late = fields.Boolean(
        "Feedback late",
        compute="_compute_referrals_now",
        search="_search_is_feedback_late",
    )
    meeting_ids = fields.One2many("calendar.event", "bsc_relation_id")
    meeting_count = fields.Integer(compute="_compute_meeting_count")
    date_next_meeting = fields.Datetime(
        "Next meeting", compute="_compute_date_next_meeting"
    )
    date_last_meeting = fields.Datetime(
        "Last meeting", compute="_compute_date_last_meeting"
    )
    contact_days = fields.Integer(
        "Days since contact", compute="_compute_contact_days", aggregator=None
    )

    _open_partner_uniq = models.UniqueIndex(
        "(company_id, partner_id) WHERE active IS TRUE",
        "There is already a collaboration with this team.",
    )
    _check_feedback_weeks = models.Constraint(
        "CHECK (feedback_weeks BETWEEN 1 AND 52)",
        "Feedback is given at least once a year: choose 1 to 52 weeks.",
    )

    @api.depends("company_id")
    def _compute_feedback_weeks(self):
        for relation in self:
            if not relation.feedback_weeks:
                relation.feedback_weeks = relation.company_id.bsc_feedback_weeks

    @api.depends("partner_id.name")
    def _compute_display_name(self):
        for relation in self:
            relation.display_name = relation.partner_id.name

    @api.depends("referral_ids.active")
    def _compute_referral_count(self):
        self._fill_from("referral_ids", "referral_count")

    @api.depends(
        "referral_ids.active",
        "referral_ids.stage_id.is_closed",
        "referral_ids.date_feedback_due",
    )
    def _compute_referrals_now(self):
        today = fields.Date.context_today(self)
        current, late = Counter(), Counter()
        referrals = self.env["bsc.referral"].sudo()  # numbers, also of colleagues
        groups = referrals._read_group(
            Domain("relation_id", "in", self.ids)
            & (
                Domain("stage_id.is_closed", "=", False)
                | Domain("date_feedback_due", "<", today)
            ),
            ["relation_id", "stage_id.is_closed"],
            ["__count", "date_feedback_due:array_agg"],
        )
        for relation, is_closed, count, days in groups:
            current[relation.id] += 0 if is_closed else count
            late[relation.id] += sum(bool(day) and day < today for day in days)
        for relation in self:
            relation.referral_current_count = current[relation._origin.id]
            relation.feedback_late_count = late[relation._origin.id]
            relation.is_feedback_late = bool(relation.feedback_late_count)

    def _search_is_feedback_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        # Finds what the number shows, also when the referral is a colleague's.
        return Domain("referral_ids", "any!", [("is_feedback_late", "=", True)])

    @api.depends("meeting_ids.active", "meeting_ids.start")
    def _compute_meeting_count(self):
        self._fill_from("meeting_ids", "meeting_count")

    @api.depends("meeting_ids.active", "meeting_ids.start")
    def _compute_date_last_meeting(self):
        past = Domain("start", "<=", fields.Datetime.now())
        self._fill_from("meeting_ids", "date_last_meeting", past, "start:max")

    @api.depends("meeting_ids.active", "meeting_ids.start")
    def _compute_date_next_meeting(self):
        future = Domain("start", ">", fields.Datetime.now())
        self._fill_from("meeting_ids", "date_next_meeting", future, "start:min")

    def _fill_from(self, links, name, domain=Domain.TRUE, aggregate="__count"):
        """Fill a field with one number or date of the linked records, in one query.

        :param str links: the one2many, e.g. to meetings
        :param str name: the field to fill
        :param domain: which of the linked records count
        :param str aggregate: what to read of them
        """
        field = self._fields[links]
        records = self.env[field.comodel_name].sudo()  # also what is a colleague's
        groups = records._read_group(
            domain & Domain(field.inverse_name, "in", self.ids),
            [field.inverse_name],
            [aggregate],
        )
        values = {relation.id: value for relation, value in groups}
        for relation in self:
            relation[name] = values.get(relation._origin.id, False)

    @api.depends("date_last_contact")
    def _compute_contact_days(self):
        today = fields.Date.context_today(self)
        for relation in self:
            last = relation.date_last_contact
            relation.contact_days = max((today - last).days, 0) if last else 0

    @api.depends(
        "stage_id",
        "coach_id",
        "way_in",
        "contact_id",
        "date_last_meeting",
        "shared_goal",
        "referral_count",
        "feasibility_state",
    )
    @api.depends_context("lang")
    def _compute_open_requirements(self):
        for relation in self:
            stage = relation.stage_id
            names = (
                ()
                if not stage or stage.is_aside or stage.is_closed
                else stage._get_requirements_before(stage.sequence + 1)
            )
            relation.open_requirements = "\n".join(
                filter(None, map(relation._get_requirement_issue, names))
            )

    @api.constrains("contact_id", "partner_id")
    def _check_contact(self):
        for relation in self:
            contact = relation.contact_id
            if contact and not contact._bsc_belongs_to(relation.partner_id):
                raise ValidationError(
                    self.env._(
                        "%(person)s is not a contact of “%(team)s”. Choose someone of"
                        " this team as contact person.",
                        person=contact.name,
                        team=relation.partner_id.name,
                    )
                )

    def _get_missing_requirements(self, origin):
        """Name what the stages that were passed still ask for (rule 7)."""
        missing = super()._get_missing_requirements(origin)
        stage = self.stage_id
        if stage.is_aside or not stage._is_ahead_of(origin):
            return missing
        return missing + [
            sentence
            for name in stage._get_requirements_before(stage.sequence)
            if (sentence := self._get_requirement_issue(name))
        ]

    def _get_requirement_issue(self, name):
        """Return what one requirement of a stage still asks for.

        :param str name: the field of the stage that holds the requirement
        :return: sentence, or False when the requirement is met
        """
        self.ensure_one()
        is_feasible = self.feasibility_state == "feasible"
        value, sentence = {
            "requires_coach": (self.coach_id, self.env._("choose a coach")),
            "requires_feasible": (
                is_feasible,
                self.env._("have a coordinator answer that it is feasible"),
            ),
            "requires_way_in": (self.way_in, self.env._("note your way in")),
            "requires_contact": (
                self.contact_id,
                self.env._("choose the contact person of the team"),
            ),
            "requires_meeting": (
                self.date_last_meeting,
                self.env._(
                    "have a meeting with the team first, and put it in the calendar"
                ),
            ),
            "requires_goal": (self.shared_goal, self.env._("note the shared goal")),
            "requires_referral": (
                self.referral_count,
                self.env._("start with a first referral of this team"),
            ),
        }[name]
        return not value and sentence

    @api.readonly
    def action_open_referrals(self):
        """Open the referrals of this team."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "bsc_wijkteam.bsc_referral_action"
        )
        action["domain"] = [("relation_id", "=", self.id)]
        action["context"] = {"default_relation_id": self.id}
        return action

    @api.readonly
    def action_open_meetings(self):
        """Open the meetings with this team."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "bsc_wijkteam.calendar_event_action"
        )
        action["context"] = {
            **self._get_meeting_defaults(),
            "search_default_bsc_relation_id": self.id,
        }
        return action

    @api.readonly
    def action_plan_meeting(self):
        """Open the dialog to put a meeting with this team in the calendar."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Plan a meeting"),
            "res_model": "calendar.event",
            "views": [
                (self.env.ref("bsc_wijkteam.calendar_event_view_form_plan").id, "form")
            ],
            "target": "new",
            "context": self._get_meeting_defaults(),
        }

    def _get_meeting_defaults(self):
        self.ensure_one()
        partners = self.env.user.partner_id | self.contact_id
        return {
            "default_bsc_relation_id": self.id,
            "default_bsc_kind": (
                "team_meeting" if self.date_last_meeting else "acquaintance"
            ),
            "default_name": self.display_name,
            "default_partner_ids": partners.ids,
        }
