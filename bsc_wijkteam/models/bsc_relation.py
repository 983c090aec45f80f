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
    # profile of the team
    local_name = fields.Char(
        "Local name",
        help="What such a team is called here: wijkteam, gebiedsteam, sociaal team …",
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
    area_ids = fields.Many2many(
        "bsc.area", string="Areas", help="The areas this team works in."
    )
    target_group_ids = fields.Many2many(
        "bsc.target.group",
        string="Target groups",
        help="The groups this team meets most.",
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
    way_in = fields.Selection(
        [
            ("warm", "A warm contact"),
            ("policy", "The policy officer of the municipality"),
            ("network", "Someone in my own network"),
        ],
        "Way in",
        tracking=True,
        help="How you come in. A warm contact works best.",
    )
    way_in_note = fields.Char("Through whom")
    organisation = fields.Text(help="How the team is organised and who commissions it.")
    route = fields.Text("Route to refer", help="How people are referred in this team.")
    meeting_rhythm = fields.Char(
        "Meeting rhythm", help="When the team meets, e.g. first Monday, 9:00."
    )
    cases = fields.Text(help="Which cases the team meets.")
    challenges = fields.Text("Biggest challenges")
    needs = fields.Text("What they need from us")
    privacy_agreements = fields.Text("Privacy agreements")
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
    referral_count = fields.Integer(compute="_compute_referral_counts")
    feedback_late_count = fields.Integer(
        "Feedback owed", compute="_compute_referral_counts"
    )
    is_feedback_late = fields.Boolean(
        "Feedback late",
        compute="_compute_referral_counts",
        search="_search_is_feedback_late",
    )
    meeting_ids = fields.One2many("calendar.event", "bsc_relation_id")
    meeting_count = fields.Integer(compute="_compute_meetings")
    date_next_meeting = fields.Datetime("Next meeting", compute="_compute_meetings")
    date_last_meeting = fields.Datetime("Last meeting", compute="_compute_meetings")

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

    @api.depends("referral_ids.active", "referral_ids.date_feedback_due")
    def _compute_referral_counts(self):
        referrals = self.env["bsc.referral"].sudo()  # numbers, also of colleagues
        total, late = (
            {
                relation.id: count
                for relation, count in referrals._read_group(
                    [("relation_id", "in", self.ids), *condition],
                    ["relation_id"],
                    ["__count"],
                )
            }
            for condition in ([], [("is_feedback_late", "=", True)])
        )
        for relation in self:
            relation.referral_count = total.get(relation._origin.id, 0)
            relation.feedback_late_count = late.get(relation._origin.id, 0)
            relation.is_feedback_late = bool(relation.feedback_late_count)

    def _search_is_feedback_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        # Finds what the number shows, also when the referral is a colleague's.
        return Domain("referral_ids", "any!", [("is_feedback_late", "=", True)])

    @api.depends("meeting_ids.active", "meeting_ids.start")
    def _compute_meetings(self):
        now = fields.Datetime.now()
        events = self.env["calendar.event"].sudo()  # dates, also of private meetings
        past, future = (
            {
                relation.id: values
                for relation, *values in events._read_group(
                    [("bsc_relation_id", "in", self.ids), ("start", operator, now)],
                    ["bsc_relation_id"],
                    ["__count", aggregate],
                )
            }
            for operator, aggregate in (("<=", "start:max"), (">", "start:min"))
        )
        for relation in self:
            past_count, last = past.get(relation._origin.id, (0, False))
            future_count, first = future.get(relation._origin.id, (0, False))
            relation.meeting_count = past_count + future_count
            relation.date_last_meeting = last
            relation.date_next_meeting = first

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
        value, sentence = {
            "requires_coach": (self.coach_id, self.env._("choose a coach")),
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
            "calendar.action_calendar_event"
        )
        action["views"] = [(False, "list"), (False, "calendar"), (False, "form")]
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
