from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command, Domain
from odoo.tools import format_date

SIDES = ("provider", "team")
STAMP_FIELDS = [
    f"{side}_stamp_{part}"
    for side in SIDES
    for part in ("partner_id", "date", "how", "user_id")
]
# What was checked, and when: fixed as soon as somebody agreed.
SUBJECT_FIELDS = ["provider_id", "offering_id", "date"]
RUNNING = ("draft", "agree")
DECIDED = ("valid", "lapsed", "failed")
# What was decided in the past; only a new check says something new.
CLOSED = ("lapsed", "replaced")


class BscCheck(models.Model):
    """The five criteria, checked for a provider or for one offering.

    Seven verdicts, agreed on by the provider and by the team: two stamps, each with
    a person and a date. A check is replaced by a newer one, never overwritten.

    The newest check that came to a decision counts. One that is being worked on
    changes nothing, until it comes to a decision itself.
    """

    _name = "bsc.check"
    _description = "Criteria Check"
    _inherit = ["bsc.privacy.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True

    provider_id = fields.Many2one(
        "bsc.provider",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    offering_id = fields.Many2one(
        "bsc.offering",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('provider_id', '=', provider_id)]",
        check_company=True,
        help="Leave empty when the check holds for everything this provider offers.",
    )
    company_id = fields.Many2one(
        related="provider_id.company_id", store=True, index=True, precompute=True
    )
    coach_id = fields.Many2one(
        "res.users",
        default=lambda self: self.env.user,
        index="btree_not_null",
        tracking=True,
        domain="[('share', '=', False)]",
        check_company=True,
    )
    date = fields.Date(
        "Started on", default=fields.Date.context_today, required=True, copy=False
    )
    line_ids = fields.One2many(
        "bsc.check.line",
        "check_id",
        "Criteria",
        default=lambda self: self._default_line_ids(),
    )
    line_count = fields.Integer("Criteria to check", compute="_compute_progress")
    yes_count = fields.Integer("Criteria met", compute="_compute_progress")
    state = fields.Selection(
        [
            ("draft", "Being checked"),
            ("agree", "To agree on"),
            ("valid", "Valid"),
            ("lapsed", "Lapsed"),
            ("failed", "Does not meet criteria"),
            ("replaced", "Replaced"),
        ],
        "Status",
        compute="_compute_state",
        store=True,
        index=True,
        tracking=True,
        group_expand="_read_group_states",
    )
    running_id = fields.Many2one(
        "bsc.check",
        "Running check",
        compute="_compute_running_id",
        help="Another check of the same provider or offering that is not finished yet.",
    )
    replaced_by_id = fields.Many2one(
        "bsc.check",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    was_valid = fields.Boolean(
        "Has been valid",
        readonly=True,
        copy=False,
        help="Both sides agreed once. Older checks stay replaced, also when a verdict"
        " changes afterwards.",
    )
    valid_until = fields.Date(
        "Valid until",
        compute="_compute_valid_until",
        store=True,
        readonly=False,
        copy=False,
        index=True,
        tracking=True,
        help="After this day the check lapses and nobody is referred any more.",
    )

    @api.model
    def _default_line_ids(self):
        return [
            Command.create({"criterion_id": criterion.id})
            for criterion in self.env["bsc.criterion"].search(Domain.TRUE)
        ]

    @api.model
    def _read_group_states(self, states, _domain):
        """Show a column for every state of a check that matters today."""
        shown = {"draft", "agree", "valid", *states}
        names = dict(self._fields["state"].selection)
        return [state for state in names if state in shown]

    @api.depends("line_ids.verdict")
    def _compute_progress(self):
        for check in self:
            check.line_count = len(check.line_ids)
            check.yes_count = len(check._lines_with("yes"))

    @api.depends("provider_stamp_date", "team_stamp_date", "company_id")
    def _compute_valid_until(self):
        for check in self:
            check.valid_until = check._get_latest_valid_until()

    @api.depends(
        "line_ids.verdict",
        "provider_stamp_date",
        "team_stamp_date",
        "valid_until",
        "replaced_by_id",
    )
    def _compute_state(self):
        for check in self:
            check.state = "replaced" if check.replaced_by_id else check._get_own_state()

    @api.depends("provider_id", "offering_id", "state")
    def _compute_running_id(self):
        checks = self.search(self._get_running_domain())
        running = checks.grouped(lambda check: (check.provider_id, check.offering_id))
        for check in self:
            subject = (check.provider_id, check.offering_id)
            others = running.get(subject, checks.browse()) - check._origin
            check.running_id = others[:1]

    @api.depends("provider_id.name", "offering_id.name", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for check in self:
            subject = check.offering_id.name or check.provider_id.name or ""
            parts = (subject, check._format_date(check.date))
            check.display_name = " · ".join(part for part in parts if part)

    @api.constrains("offering_id", "provider_id")
    def _check_offering(self):
        for check in self:
            if check.offering_id and check.offering_id.provider_id != check.provider_id:
                raise ValidationError(
                    self.env._(
                        "“%(offering)s” is not an offering of “%(provider)s”.",
                        offering=check.offering_id.name,
                        provider=check.provider_id.name,
                    )
                )

    @api.constrains("offering_id", "provider_id")
    def _check_running(self):
        """A provider or offering is checked in one conversation at a time."""
        for check in self:
            if check.state in RUNNING and check.running_id:
                raise ValidationError(
                    self.env._(
                        "The check “%(check)s” is still running. Go on with that one,"
                        " so that the answers stay in one place.",
                        check=check.running_id.display_name,
                    )
                )

    @api.constrains("valid_until")
    def _check_valid_until(self):
        """Only new verdicts and new stamps make a check last longer."""
        for check in self:
            latest = check._get_latest_valid_until()
            if latest and check.valid_until and check.valid_until > latest:
                raise ValidationError(
                    self.env._(
                        "This check is valid until %(date)s at the latest. Start a new"
                        " check to go on after that.",
                        date=check._format_date(latest),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        checks = super().create([self._sign_stamps(vals) for vals in vals_list])
        checks.filtered(lambda check: check.state != "draft")._settle()
        return checks

    def write(self, vals):
        vals = self._sign_stamps(vals)
        siblings = self.browse()
        if not {*SUBJECT_FIELDS, *STAMP_FIELDS}.isdisjoint(vals):
            self._check_history(vals)
        if not {"provider_id", "offering_id"}.isdisjoint(vals):
            siblings = self._get_siblings() - self
        if not vals.keys().isdisjoint(SUBJECT_FIELDS):
            self._withdraw_question()
        if "coach_id" in vals:
            self._hand_over_activities(vals["coach_id"])
        res = super().write(vals)
        if not {"line_ids", "valid_until", *SUBJECT_FIELDS, *STAMP_FIELDS}.isdisjoint(
            vals
        ):
            (self | siblings)._settle()
        return res

    def _get_latest_valid_until(self):
        """Return the last day this check can be valid, empty without two stamps."""
        self.ensure_one()
        if not (self.provider_stamp_date and self.team_stamp_date):
            return False
        agreed_on = max(self.provider_stamp_date, self.team_stamp_date)
        return agreed_on + relativedelta(months=self.company_id.bsc_check_months)

    @api.model
    def _action_check(self, provider, offering=None):
        """Open the running check of a provider or offering, or start one.

        :param provider: ``bsc.provider``
        :param offering: ``bsc.offering``, for a check of this offering only
        """
        new = self.new({"provider_id": provider.id, "offering_id": offering})
        check = new.running_id or self.create(
            {"provider_id": provider.id, "offering_id": offering and offering.id}
        )
        return check._get_records_action()

    def action_start_new(self):
        """Open the running check of the same provider or offering, or start one."""
        self.ensure_one()
        return self._action_check(self.provider_id, self.offering_id)

    @api.model
    def _format_date(self, date):
        return format_date(self.env, date) if date else ""

    def _get_coach(self):
        """Return who looks after this check: its coach, else that of the provider."""
        self.ensure_one()
        coaches = self.coach_id | self.provider_id.coach_id
        return coaches.filtered("active")[:1]

    def _get_running_domain(self):
        """Return where to look for running checks of the same providers."""
        return [("provider_id", "in", self.provider_id.ids), ("state", "in", RUNNING)]

    def _hand_over_activities(self, coach_id):
        """Give the next coach what was planned for the one before.

        :param int coach_id: the user who takes over
        """
        for coach, checks in self.grouped("coach_id").items():
            if coach and coach_id and coach.id != coach_id:
                planned = checks.activity_ids.filtered(
                    lambda activity, coach=coach: activity.automated
                    and activity.user_id == coach
                )
                planned.with_context(mail_activity_quick_update=True).write(
                    {"user_id": coach_id}
                )
