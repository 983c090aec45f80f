from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Domain

AGE_BANDS = [
    ("0-11", "0–11"),
    ("12-17", "12–17"),
    ("18-26", "18–26"),
    ("27-44", "27–44"),
    ("45-64", "45–64"),
    ("65-79", "65–79"),
    ("80+", "80+"),
]


class BscReferral(models.Model):
    """A person on the way to a fitting place, known by a reference only.

    Never deleted, only anonymised (rule 8); no name in any field (rule 5).
    """

    _name = "bsc.referral"
    _description = "Referral"
    _inherit = ["bsc.pipeline.mixin"]
    _rec_name = "reference"
    _order = "priority desc, id desc"
    _check_company_auto = True
    _track_duration_field = "stage_id"

    reference = fields.Char(readonly=True, copy=False)
    active = fields.Boolean(default=True)
    priority = fields.Selection([("0", "Normal"), ("1", "Urgent")], default="0")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    stage_id = fields.Many2one(
        "bsc.referral.stage",
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
    coach_id = fields.Many2one(
        "res.users",
        tracking=True,
        index="btree_not_null",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        check_company=True,
        help="The coach who guides this person. Empty: nobody has taken it up yet.",
    )
    # who asks
    relation_id = fields.Many2one(
        "bsc.relation",
        "Team",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        check_company=True,
    )
    team_partner_id = fields.Many2one(
        related="relation_id.partner_id", string="Contact of the team"
    )
    referrer_id = fields.Many2one(
        "res.partner",
        "Referred by",
        compute="_compute_referrer_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="The professional who leads for this person and hears how it goes.",
    )
    source = fields.Selection(
        [
            ("team", "Team"),
            ("team_meeting", "Team meeting"),
            ("consultation", "Consultation hour"),
            ("walk_in", "Walk-in"),
            ("coach", "Coach"),
        ],
        default="team",
        required=True,
    )
    date = fields.Date(
        "Received on", required=True, default=fields.Date.context_today, copy=False
    )
    # for whom: nothing that tells who it is
    client_id = fields.Many2one(
        "bsc.client",
        "Participant",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        copy=False,
        exportable=False,
    )
    client_name = fields.Char(
        "Name",
        compute="_compute_client_name",
        exportable=False,
        help="Shown only to those who may know who the participant is.",
    )
    wish = fields.Text(help="What the person would like, in his or her own words.")
    barriers = fields.Text(
        help="What makes it hard: time, transport, money, fear, language. No diagnosis."
    )
    target_group_ids = fields.Many2many("bsc.target.group", string="Target groups")
    area_id = fields.Many2one("bsc.area", index="btree_not_null", ondelete="restrict")
    age_band = fields.Selection(AGE_BANDS, "Age group")
    # where to
    offering_id = fields.Many2one(
        "bsc.offering",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        copy=False,
        check_company=True,
    )
    provider_id = fields.Many2one(
        related="offering_id.provider_id", store=True, tracking=False
    )
    offering_cost = fields.Char(related="offering_id.cost", string="Cost")
    is_referable = fields.Boolean(related="offering_id.is_referable")
    offering_issues = fields.Text(
        compute="_compute_offering_issues",
        help="What keeps people from being referred to this offering.",
    )
    override_reason = fields.Char(
        "Reason to refer without a valid check",
        tracking=True,
        copy=False,
        help="A coordinator may refer to an offering without a valid check."
        " The reason stays on record.",
    )
    override_user_id = fields.Many2one(
        "res.users", "Allowed by", readonly=True, copy=False, ondelete="restrict"
    )
    is_overridden = fields.Boolean(
        compute="_compute_is_overridden", store=True, precompute=True
    )
    may_override = fields.Boolean(
        compute="_compute_may_override",
        help="The user may refer without a valid check, with a reason.",
    )
    # when
    date_intake = fields.Date("Intake on", copy=False)
    date_match = fields.Date("Matched on", copy=False)
    date_trial = fields.Date("Trial on", copy=False)
    date_start = fields.Date("Started on", copy=False)
    date_lasting = fields.Date("Lasting since", copy=False)
    date_closed = fields.Date("Closed on", copy=False)
    review_date = fields.Date("Look again on", copy=False, tracking=True, index=True)
    # how it ended
    outcome = fields.Selection(
        [
            ("lasting", "Keeps taking part"),
            ("elsewhere", "Found something else that fits"),
            ("unsuccessful", "Did not work out"),
        ],
        tracking=True,
        copy=False,
    )
    reason_id = fields.Many2one(
        "bsc.reason",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        copy=False,
    )
    reason_next_step = fields.Text(related="reason_id.next_step")
    request_ids = fields.One2many(
        "bsc.referral.request", "referral_id", "Asked providers"
    )
    # feedback and stories
    feedback_ids = fields.One2many("bsc.feedback", "referral_id")
    feedback_count = fields.Integer(compute="_compute_feedback_count")
    date_feedback_due = fields.Date("Feedback due", copy=False, index=True)
    is_feedback_late = fields.Boolean(
        "Feedback late",
        compute="_compute_is_feedback_late",
        search="_search_is_feedback_late",
    )
    story_ids = fields.One2many("bsc.story", "referral_id")

    _reference_uniq = models.UniqueIndex(
        "(company_id, reference)", "This reference is already used."
    )

    @api.depends("relation_id")
    def _compute_referrer_id(self):
        for referral in self:
            contact = referral.relation_id.contact_id
            if contact and (
                not referral.referrer_id
                or not referral.referrer_id._bsc_belongs_to(
                    referral.relation_id.partner_id
                )
            ):
                referral.referrer_id = contact

    @api.depends("client_id.name")
    @api.depends_context("uid")
    def _compute_client_name(self):
        # Not even in a superuser environment: only who may read the participant.
        readable = self.client_id.sudo(False)._filtered_access("read")
        for referral in self:
            client = referral.client_id.sudo(False)
            referral.client_name = client.name if client in readable else False

    @api.depends("offering_id.is_referable")
    def _compute_offering_issues(self):
        for referral in self:
            offering = referral.offering_id
            referral.offering_issues = (
                "; ".join(offering._get_referable_issues())
                if offering and not offering.is_referable
                else False
            )

    @api.depends("override_reason")
    def _compute_is_overridden(self):
        for referral in self:
            referral.is_overridden = bool(referral.override_reason)

    @api.depends("company_id")
    @api.depends_context("uid")
    def _compute_may_override(self):
        for referral in self:
            referral.may_override = referral.company_id._bsc_may_override()

    @api.depends("feedback_ids")
    def _compute_feedback_count(self):
        counts = {
            referral.id: count
            for referral, count in self.env["bsc.feedback"]._read_group(
                [("referral_id", "in", self.ids)], ["referral_id"], ["__count"]
            )
        }
        for referral in self:
            referral.feedback_count = counts.get(referral.id, 0)

    @api.depends("date_feedback_due")
    def _compute_is_feedback_late(self):
        today = fields.Date.context_today(self)
        for referral in self:
            due = referral.date_feedback_due
            referral.is_feedback_late = bool(due and due < today)

    def _search_is_feedback_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("date_feedback_due", "<", fields.Date.context_today(self))

    @api.constrains("referrer_id", "relation_id")
    def _check_referrer(self):
        for referral in self:
            team = referral.relation_id.partner_id
            referrer = referral.referrer_id
            if referrer and not referrer._bsc_belongs_to(team):
                raise ValidationError(
                    self.env._(
                        "%(person)s is not a contact of “%(team)s”. Choose a"
                        " professional of the team that refers.",
                        person=referrer.name,
                        team=team.name,
                    )
                )

    @api.constrains("client_id", "offering_id", "review_date", "outcome")
    def _check_stage_fields(self):
        """Keep what the present stage asks for, also after later changes.

        On a change of stage ``_get_missing_requirements`` names everything at once.
        """
        for referral in self:
            missing = referral._get_missing_fields()
            if missing:
                raise ValidationError(
                    self.env._(
                        "In the stage “%(stage)s”, %(record)s still needs:\n"
                        "%(missing)s",
                        stage=referral.stage_id.name,
                        record=referral.display_name,
                        missing="\n".join(f"• {line}" for line in missing),
                    )
                )

    @api.constrains("offering_id")
    def _check_new_offering(self):
        """Changing the offering asks for a checked one again (rule 1)."""
        for referral in self:
            issues = referral._get_gate_issues()
            if issues:
                raise ValidationError("\n".join(issues))

    @api.constrains("outcome", "reason_id", "stage_id")
    def _check_outcome(self):
        for referral in self:
            if referral.outcome == "unsuccessful" and not referral.reason_id:
                raise ValidationError(
                    self.env._(
                        "%(record)s did not work out: choose the reason, so that others"
                        " learn from it.",
                        record=referral.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        references = self.env["ir.sequence"]._bsc_next_references(
            self._name, len(vals_list)
        )
        vals_list = [
            {**vals, "reference": reference}
            for vals, reference in zip(vals_list, references, strict=True)
        ]
        for vals in vals_list:
            company = self.env["res.company"].browse(vals.get("company_id"))
            self._stamp_override(vals, company or self.env.company)
        self._check_client_known(vals.get("client_id") for vals in vals_list)
        referrals = super().create(vals_list)
        referrals.filtered(
            lambda referral: not referral.date_feedback_due and not referral.is_closed
        )._plan_feedback()
        return referrals

    def write(self, vals):
        vals = dict(vals)
        if "client_id" in vals and any(
            referral.client_id.id != vals["client_id"] for referral in self
        ):
            self._check_client_known([vals["client_id"]])
        if "offering_id" in vals and any(
            referral.offering_id.id != vals["offering_id"] for referral in self
        ):
            # An override holds for the offering it was given for.
            vals.setdefault("override_reason", False)
        self._stamp_override(vals, self.company_id)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(
            self.env._(
                "A referral is never deleted. Close it with its outcome instead."
            )
        )

    def _stamp_override(self, vals, companies):
        """Note who allowed an override; the organisation says who may (rule 1)."""
        vals.pop("override_user_id", None)
        if "override_reason" not in vals:
            return
        if vals["override_reason"]:
            companies._bsc_check_may_override()
            vals["override_user_id"] = self.env.uid
        else:
            vals["override_user_id"] = False

    def _check_client_known(self, client_ids):
        """Let nobody get to know a participant by putting him or her on a referral.

        :param client_ids: identifiers of participants, empty ones are let be
        :raise AccessError: when the user may not read one of them
        """
        clients = self.env["bsc.client"].browse(filter(None, client_ids))
        if clients != clients._filtered_access("read"):
            raise AccessError(
                self.env._(
                    "Choose a participant of your own, or note a new one."
                    " Somebody else's participant stays with that coach."
                )
            )

    def _get_missing_fields(self):
        """Return what one referral lacks for its present stage.

        :return: list of sentences
        """
        self.ensure_one()
        stage = self.stage_id
        missing = []
        if stage.requires_client and not self.client_id:
            missing.append(self.env._("the participant"))
        if stage.requires_offering and not self.offering_id:
            missing.append(self.env._("an offering"))
        if stage.requires_review_date and not self.review_date:
            missing.append(self.env._("a date to look again"))
        if stage.is_closed and not self.outcome:
            missing.append(self.env._("the outcome"))
        return missing

    def _get_gate_issues(self):
        """Return why one referral may not go to its offering now (rule 1).

        :return: list with at most one text that names exactly what is missing
        """
        self.ensure_one()
        offering = self.offering_id
        if not self.stage_id.requires_referable or not offering or self.override_reason:
            return []
        # Not the stored ``is_referable``: a check ends at midnight, before the job.
        issues = offering._get_referable_issues()
        if not issues:
            return []
        return [
            self.env._(
                "Nobody can be referred to “%(offering)s” yet: %(issues)s.",
                offering=offering.display_name,
                issues="; ".join(issues),
            )
        ]

    def _get_missing_requirements(self, origin):
        missing = super()._get_missing_requirements(origin) + self._get_missing_fields()
        if self.stage_id.requires_client and self.client_id:
            client = self.client_id.sudo()  # a permission is no identity
            if not client.may_register:
                missing.append(
                    self.env._("the participant's permission to be registered")
                )
        return missing + self._get_gate_issues()

    def _on_stage_entered(self, stage):
        today = fields.Date.context_today(self)
        if stage.milestone:
            milestone = f"date_{stage.milestone}"
            self.filtered(lambda referral: not referral[milestone])[milestone] = today
        if not stage.is_closed:
            # Reopened: how it ended the first time stays in the log.
            self.filtered("date_closed").write({"date_closed": False, "outcome": False})
        if stage.feedback_kind:
            self.date_feedback_due = today
        return super()._on_stage_entered(stage)

    def _plan_feedback(self):
        """Set when feedback falls due, by the rhythm of the team (rule 10)."""

        def next_date(referral):
            last = max(referral.feedback_ids.mapped("date"), default=referral.date)
            return last + relativedelta(weeks=referral.relation_id.feedback_weeks)

        for date, referrals in self.grouped(next_date).items():
            referrals.date_feedback_due = date

    def _get_privacy_client(self):
        return self.client_id

    def action_assign_to_me(self):
        """Take up referrals that nobody guides yet."""
        self.filtered(lambda referral: not referral.coach_id).coach_id = self.env.user

    def action_hand_back(self):
        """Leave the own referrals to whoever takes them up."""
        self.filtered(
            lambda referral: referral.coach_id == self.env.user
        ).coach_id = False

    def action_give_feedback(self):
        """Open the dialog to report back to the referrer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Give feedback"),
            "res_model": "bsc.feedback",
            "view_mode": "form",
            "views": [
                (self.env.ref("bsc_wijkteam.bsc_feedback_view_form_give").id, "form")
            ],
            "target": "new",
            "context": {"default_referral_id": self.id},
        }

    def action_close(self):
        """Open the dialog that asks for outcome and reason."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Close referral"),
            "res_model": "bsc.referral.close",
            "view_mode": "form",
            "target": "new",
            "context": {"default_referral_id": self.id},
        }

    def action_new_client(self):
        """Open the dialog to note who this is; the participant joins this referral."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New participant"),
            "res_model": "bsc.client",
            "view_mode": "form",
            "views": [
                (self.env.ref("bsc_wijkteam.bsc_client_view_form_new").id, "form")
            ],
            "target": "new",
            "context": {
                "default_company_id": self.company_id.id,
                "default_referral_ids": [Command.link(self.id)],
            },
        }

    def action_reveal_client(self):
        """Open the participant, or ask a coordinator why first."""
        self.ensure_one()
        if self.client_id.has_access("read"):
            return {
                "type": "ir.actions.act_window",
                "res_model": "bsc.client",
                "res_id": self.client_id.id,
                "view_mode": "form",
                "target": "current",
            }
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Who is this participant?"),
            "res_model": "bsc.client.reveal",
            "view_mode": "form",
            "target": "new",
            "context": {"default_client_id": self.client_id.id},
        }
