from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

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
    days_in_stage = fields.Integer(
        "Days in this stage", compute="_compute_days_in_stage", aggregator=None
    )
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
    wish = fields.Text(help="What the person would like, in his or her own words.")
    barriers = fields.Text(
        help="What makes it hard: time, transport, money, fear, language. No diagnosis."
    )
    target_group_ids = fields.Many2many("bsc.target.group", string="Target groups")
    area_id = fields.Many2one("bsc.area", index="btree_not_null", ondelete="restrict")
    age_band = fields.Selection(AGE_BANDS, "Age group")
    # when
    date_intake = fields.Date("Intake on", copy=False)
    date_match = fields.Date("Matched on", copy=False)
    date_trial = fields.Date("Trial on", copy=False)
    date_start = fields.Date("Started on", copy=False)
    date_lasting = fields.Date("Lasting since", copy=False)
    date_closed = fields.Date("Closed on", copy=False)
    review_date = fields.Date("Look again on", copy=False, tracking=True, index=True)
    date_ahead = fields.Date(
        "Comes up on",
        compute="_compute_date_ahead",
        store=True,
        help="The day to look again, of the trial, or else when feedback is due.",
    )
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

    _reference_uniq = models.UniqueIndex(
        "(company_id, reference)", "This reference is already used."
    )

    @api.depends("date_last_stage_update")
    def _compute_days_in_stage(self):
        now = fields.Datetime.now()
        for referral in self:
            since = referral.date_last_stage_update or now
            referral.days_in_stage = (now - since).days

    @api.depends(
        "stage_id.requires_review_date",
        "stage_id.milestone",
        "review_date",
        "date_trial",
        "date_feedback_due",
    )
    def _compute_date_ahead(self):
        for referral in self:
            stage = referral.stage_id
            if stage.requires_review_date:
                referral.date_ahead = referral.review_date
            elif stage.milestone == "trial":
                referral.date_ahead = referral.date_trial
            else:
                referral.date_ahead = referral.date_feedback_due

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
        return super().create(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(
            self.env._(
                "A referral is never deleted. Close it with its outcome instead."
            )
        )

    def _get_named_partners(self):
        shown = self.sudo()  # names only
        return shown.relation_id.partner_id | shown.offering_id.provider_id.partner_id

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

    def _get_missing_requirements(self, origin):
        return super()._get_missing_requirements(origin) + self._get_missing_fields()

    def _on_stage_entered(self, stage):
        today = fields.Date.context_today(self)
        if stage.milestone:
            milestone = f"date_{stage.milestone}"
            self.filtered(lambda referral: not referral[milestone])[milestone] = today
        return super()._on_stage_entered(stage)

    def action_assign_to_me(self):
        """Take up referrals that nobody guides yet."""
        self.filtered(lambda referral: not referral.coach_id).coach_id = self.env.user

    def action_hand_back(self):
        """Leave the own referrals to whoever takes them up."""
        self.filtered(
            lambda referral: referral.coach_id == self.env.user
        ).coach_id = False

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
