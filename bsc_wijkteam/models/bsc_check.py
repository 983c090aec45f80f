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
    # the double stamp
    provider_stamp_partner_id = fields.Many2one(
        "res.partner",
        "Agreed by provider",
        copy=False,
        tracking=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    provider_stamp_date = fields.Date("Provider agreed on", copy=False)
    provider_stamp_how = fields.Selection(
        selection="_selection_how", string="Provider agreed by way of", copy=False
    )
    provider_stamp_user_id = fields.Many2one(
        "res.users", "Provider's stamp recorded by", copy=False, ondelete="restrict"
    )
    team_stamp_partner_id = fields.Many2one(
        "res.partner",
        "Agreed by team",
        copy=False,
        tracking=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    team_stamp_date = fields.Date("Team agreed on", copy=False)
    team_stamp_how = fields.Selection(
        selection="_selection_how", string="Team agreed by way of", copy=False
    )
    team_stamp_user_id = fields.Many2one(
        "res.users", "Team's stamp recorded by", copy=False, ondelete="restrict"
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
    def _selection_how(self):
        return [
            ("meeting", self.env._("In a meeting")),
            ("phone", self.env._("By phone")),
            ("mail", self.env._("By e-mail")),
        ]

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

    @api.constrains(*STAMP_FIELDS)
    def _check_stamps(self):
        """A stamp needs all verdicts, a person of that side and a date (rule 6)."""
        for check in self:
            for side in SIDES:
                partner = check[f"{side}_stamp_partner_id"]
                date = check[f"{side}_stamp_date"]
                if partner or date:
                    check._check_verdicts()
                    check._check_stamp_date(partner, date)
                    check._check_stamp_partner(side, partner)

    def _check_verdicts(self):
        """Nobody agrees before every criterion is answered with yes."""
        open_lines = self.line_ids - self._lines_with("yes")
        if open_lines or not self.line_ids:
            raise ValidationError(
                self.env._(
                    "Nobody can agree yet: these criteria are not answered with yes:"
                    " %(criteria)s.",
                    criteria=", ".join(
                        open_lines.criterion_id.mapped("display_name") or ["a–e"]
                    ),
                )
            )

    def _check_stamp_date(self, partner, date):
        if not partner or not date:
            raise ValidationError(
                self.env._("A stamp needs both the person who agreed and the date.")
            )
        if date > fields.Date.context_today(self):
            raise ValidationError(
                self.env._("The date of a stamp cannot lie in the future.")
            )

    def _check_stamp_partner(self, side, partner):
        if self.provider_stamp_partner_id == self.team_stamp_partner_id:
            raise ValidationError(
                self.env._(
                    "%(person)s cannot agree for both sides. The provider and the team"
                    " each agree through someone of their own.",
                    person=partner.name,
                )
            )
        if side == "provider":
            if not partner._bsc_belongs_to(self.provider_id.partner_id):
                raise ValidationError(
                    self.env._(
                        "%(person)s is not a contact of “%(provider)s”. The provider's"
                        " stamp is given by someone of the provider.",
                        person=partner.name,
                        provider=self.provider_id.name,
                    )
                )
        elif not partner._bsc_get_relation(self.company_id):
            raise ValidationError(
                self.env._(
                    "%(person)s does not belong to a team you work with. The team's"
                    " stamp is given by someone of a team.",
                    person=partner.name,
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
        res = super().write(vals)
        if not {"line_ids", "valid_until", *SUBJECT_FIELDS, *STAMP_FIELDS}.isdisjoint(
            vals
        ):
            (self | siblings)._settle()
        return res

    @api.model
    def _sign_stamps(self, vals):
        """Return the values with who recorded a stamp: nobody signs for another."""
        vals = dict(vals)
        if not self.env.su:
            for side in SIDES:
                date = f"{side}_stamp_date"
                vals.pop(f"{side}_stamp_user_id", None)
                if date in vals:
                    vals[f"{side}_stamp_user_id"] = vals[date] and self.env.uid
        return vals

    def _check_history(self, vals):
        """Refuse to rewrite what was agreed on.

        :param dict vals: values as given to ``write``
        :raise ValidationError: when they change a closed check, change what an agreed
            check holds for, or renew it without asking again
        """
        self._check_not_closed()
        for check in self:
            dates = [check.provider_stamp_date, check.team_stamp_date]
            if any(dates) and not vals.keys().isdisjoint(SUBJECT_FIELDS):
                raise ValidationError(
                    self.env._(
                        "Somebody agreed with this check already, so provider,"
                        " offering and date stay as they are. Start a new check"
                        " instead."
                    )
                )
            new_dates = [
                fields.Date.to_date(vals[f"{side}_stamp_date"])
                for side in SIDES
                if vals.get(f"{side}_stamp_date")
            ]
            if all(dates) and any(date > max(dates) for date in new_dates):
                raise ValidationError(
                    self.env._(
                        "Both sides agreed already. Start a new check to ask the"
                        " criteria again."
                    )
                )

    def _check_not_closed(self):
        """Refuse changes of a check that belongs to the past."""
        for check in self.filtered(lambda check: check.state in CLOSED):
            raise ValidationError(
                self.env._(
                    "The check “%(check)s” is over and stays as it was. Start a new"
                    " check instead.",
                    check=check.display_name,
                )
            )

    def _settle(self):
        """Let the newest decided check count, and mark the older ones as replaced.

        Newest is the one started last. Works out the same in whatever order checks
        are entered and answered.
        """
        newly_valid = self.filtered(
            lambda check: not check.was_valid
            and check._get_own_state() in ("valid", "lapsed")
        )
        newly_valid.was_valid = True
        for checks in (
            self._get_siblings()
            .grouped(lambda check: (check.provider_id, check.offering_id))
            .values()
        ):
            newest = self.browse()
            for check in checks:
                is_decided = check._is_decided()
                # An unfinished check is only given up when a later one is decided.
                is_old = newest and (is_decided or check.id < newest.id)
                replaced_by = newest if is_old else self.browse()
                if check.replaced_by_id != replaced_by:
                    check.replaced_by_id = replaced_by
                if is_decided:
                    newest = check

    def _get_siblings(self):
        """Return all checks of the same providers and offerings, the newest first."""
        subjects = {(check.provider_id, check.offering_id) for check in self}
        return self.search([("provider_id", "in", self.provider_id.ids)]).filtered(
            lambda check: (check.provider_id, check.offering_id) in subjects
        )

    def _get_own_state(self):
        """Return where one check stands today, newer checks left aside."""
        self.ensure_one()
        verdicts = self.line_ids.mapped("verdict")
        if not verdicts or not all(verdicts):
            return "draft"
        if "no" in verdicts:
            return "failed"
        if "not_yet" in verdicts:
            return "draft"
        if not (self.provider_stamp_date and self.team_stamp_date):
            return "agree"
        today = fields.Date.context_today(self)
        if self.valid_until and self.valid_until < today:
            return "lapsed"
        return "valid"

    def _is_decided(self):
        """Tell whether older checks no longer count because of this one."""
        self.ensure_one()
        return self.was_valid or self._get_own_state() in DECIDED

    def _lines_with(self, verdict):
        return self.line_ids.filtered(lambda line: line.verdict == verdict)

    def _get_deciding(self):
        """Return the one check among these that counts, if any came to a decision."""
        return self.filtered(lambda check: check.state in DECIDED)[:1]

    def _get_running(self):
        """Return the newest check among these that is still being worked on."""
        return self.filtered(lambda check: check.state in ("draft", "agree"))[:1]

    def _get_open_points(self):
        """Return what this check still lacks.

        :return: list of sentences, empty when the check is valid
        """
        points = []
        for check in self:
            asked = check._lines_with("no") | check._lines_with("not_yet")
            points.extend(
                self.env._(
                    "criterion %(criterion)s: %(verdict)s",
                    criterion=line.criterion_id.display_name,
                    verdict=line._get_verdict_name(),
                )
                for line in asked.sorted()
            )
            if unasked := check._lines_with(False):
                points.append(
                    self.env._(
                        "not asked yet: %(criteria)s",
                        criteria=", ".join(unasked.mapped("display_name")),
                    )
                )
            if check._get_own_state() == "failed":
                continue
            if not check.provider_stamp_date:
                points.append(self.env._("the provider has not agreed yet"))
            if not check.team_stamp_date:
                points.append(self.env._("the team has not agreed yet"))
        return points

    def _get_latest_valid_until(self):
        """Return the last day this check can be valid, empty without two stamps."""
        self.ensure_one()
        if not (self.provider_stamp_date and self.team_stamp_date):
            return False
        agreed_on = max(self.provider_stamp_date, self.team_stamp_date)
        return agreed_on + relativedelta(months=self.company_id.bsc_check_months)

    def _remove_stamps(self):
        """Take back both stamps, because what was agreed on changes (rule 6)."""
        stamped = self.filtered(
            lambda check: check.provider_stamp_date or check.team_stamp_date
        )
        stamped.write(dict.fromkeys(STAMP_FIELDS, False))
        for check in stamped:
            check.message_post(
                body=self.env._(
                    "A verdict changes after it was agreed on: both stamps are removed."
                )
            )

    @api.model
    def _action_check(self, provider, offering=None):
        """Open the running check of a provider or offering, or start one.

        :param provider: ``bsc.provider``
        :param offering: ``bsc.offering``, for a check of this offering only
        """
        offering_id = offering.id if offering else False
        check = self.search(
            [
                ("provider_id", "=", provider.id),
                ("offering_id", "=", offering_id),
                ("state", "in", ("draft", "agree")),
            ],
            limit=1,
        ) or self.create({"provider_id": provider.id, "offering_id": offering_id})
        return check._get_records_action()

    def action_start_new(self):
        """Open the running check of the same provider or offering, or start one."""
        self.ensure_one()
        return self._action_check(self.provider_id, self.offering_id)

    def action_change_verdict(self):
        """Take back the stamps, so that verdicts can change (rule 6)."""
        self.ensure_one()
        self._check_not_closed()
        self._remove_stamps()

    def action_stamp_provider(self):
        """Ask who of the provider agreed, and when."""
        return self._action_stamp("provider", self.env._("The provider agrees"))

    def action_stamp_team(self):
        """Ask who of the team agreed, and when."""
        return self._action_stamp("team", self.env._("The team agrees"))

    def _action_stamp(self, side, name):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "bsc.check.stamp",
            "view_mode": "form",
            "target": "new",
            "context": {"default_check_id": self.id, "default_side": side},
        }

    @api.model
    def _format_date(self, date):
        return format_date(self.env, date) if date else ""

    @api.model
    def _cron_lapse(self):
        """Lapse the checks whose last valid day has passed, all in one go."""
        lapsed = self.with_context(tracking_disable=True).search(
            [
                ("state", "=", "valid"),
                ("valid_until", "<", fields.Date.context_today(self)),
            ]
        )
        # Nothing is written: the day has come. What follows from the state follows too.
        lapsed.modified(["valid_until"])
        lapsed._recompute_recordset(["state"])
        body = self.env._("This check has lapsed: its last valid day is over.")
        lapsed._message_log_batch(bodies=dict.fromkeys(lapsed.ids, body))
