from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

STAMP_FIELDS = [
    f"{side}_stamp_{part}"
    for side in ("provider", "team")
    for part in ("partner_id", "date", "how", "user_id")
]


class BscCheck(models.Model):
    """The five criteria, checked for a provider or for one offering.

    Seven verdicts, agreed on by the provider and by the team: two stamps, each with
    a person and a date. A check is replaced by a newer one, never overwritten.
    """

    _name = "bsc.check"
    _description = "Criteria Check"
    _inherit = ["bsc.privacy.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    provider_id = fields.Many2one(
        "bsc.provider",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        check_company=True,
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
    line_ids = fields.One2many("bsc.check.line", "check_id", "Criteria")
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
        compute="_compute_state",
        store=True,
        index=True,
        tracking=True,
    )
    replaced_by_id = fields.Many2one(
        "bsc.check", readonly=True, copy=False, index="btree_not_null"
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
        compute="_compute_valid_until",
        store=True,
        readonly=False,
        copy=False,
        index=True,
        tracking=True,
        help="After this day the check lapses and nobody is referred any more.",
    )

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
            if check.provider_stamp_date and check.team_stamp_date:
                agreed_on = max(check.provider_stamp_date, check.team_stamp_date)
                check.valid_until = agreed_on + relativedelta(
                    months=check.company_id.bsc_check_months
                )
            else:
                check.valid_until = False

    @api.depends(
        "line_ids.verdict",
        "provider_stamp_date",
        "team_stamp_date",
        "valid_until",
        "replaced_by_id",
    )
    def _compute_state(self):
        today = fields.Date.context_today(self)
        for check in self:
            verdicts = check.line_ids.mapped("verdict")
            if check.replaced_by_id:
                check.state = "replaced"
            elif not verdicts or not all(verdicts):
                check.state = "draft"
            elif "no" in verdicts:
                check.state = "failed"
            elif "not_yet" in verdicts:
                check.state = "draft"
            elif not (check.provider_stamp_date and check.team_stamp_date):
                check.state = "agree"
            elif check.valid_until and check.valid_until < today:
                check.state = "lapsed"
            else:
                check.state = "valid"

    @api.depends("provider_id.name", "offering_id.name", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for check in self:
            subject = check.offering_id.name or check.provider_id.name or ""
            check.display_name = f"{subject} · {check._format_date(check.date)}"

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
            for side in ("provider", "team"):
                partner = check[f"{side}_stamp_partner_id"]
                date = check[f"{side}_stamp_date"]
                if not partner and not date:
                    continue
                check._check_stamp(side, partner, date)

    def _check_stamp(self, side, partner, date):
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
        if not partner or not date:
            raise ValidationError(
                self.env._("A stamp needs both the person who agreed and the date.")
            )
        if date > fields.Date.context_today(self):
            raise ValidationError(
                self.env._("The date of a stamp cannot lie in the future.")
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

    @api.model_create_multi
    def create(self, vals_list):
        criteria = self.env["bsc.criterion"].search([("active", "=", True)])
        for vals in vals_list:
            if "line_ids" not in vals:
                vals["line_ids"] = [
                    fields.Command.create({"criterion_id": criterion.id})
                    for criterion in criteria
                ]
        checks = super().create(vals_list)
        checks._replace_older()
        return checks

    def write(self, vals):
        res = super().write(vals)
        if not {"line_ids", *STAMP_FIELDS}.isdisjoint(vals):
            self._replace_older()
        return res

    def _replace_older(self):
        """Mark older decided checks of the same provider or offering as replaced."""
        for check in self.filtered(lambda check: check.state in ("valid", "failed")):
            check.search(
                [
                    ("provider_id", "=", check.provider_id.id),
                    ("offering_id", "=", check.offering_id.id),
                    ("id", "<", check.id),
                    ("state", "!=", "replaced"),
                ]
            ).replaced_by_id = check

    def _lines_with(self, verdict):
        return self.line_ids.filtered(lambda line: line.verdict == verdict)

    def _get_deciding(self):
        """Return the newest check among these that came to a decision."""
        decided = self.filtered(
            lambda check: check.state in ("valid", "lapsed", "failed")
        )
        return decided.sorted(lambda check: check._origin.id or 0, reverse=True)[:1]

    def _get_open_points(self):
        """Return what this check still lacks.

        :return: list of sentences, empty when the check is valid
        """
        points = []
        for check in self:
            unanswered = check.line_ids.filtered(lambda line: line.verdict != "yes")
            points.extend(
                self.env._(
                    "criterion %(criterion)s: %(verdict)s",
                    criterion=line.criterion_id.display_name,
                    verdict=line._get_verdict_name(),
                )
                for line in unanswered
            )
            if not check.provider_stamp_date:
                points.append(self.env._("the provider has not agreed yet"))
            if not check.team_stamp_date:
                points.append(self.env._("the team has not agreed yet"))
        return points

    def _remove_stamps(self):
        """Take back both stamps, because what was agreed on has changed (rule 6)."""
        stamped = self.filtered(
            lambda check: check.provider_stamp_date or check.team_stamp_date
        )
        stamped.write(dict.fromkeys(STAMP_FIELDS, False))
        for check in stamped:
            check.message_post(
                body=self.env._(
                    "A verdict changed after it was agreed on: both stamps are removed."
                )
            )

    @api.model
    def _format_date(self, date):
        return format_date(self.env, date) if date else ""

    @api.model
    def _cron_lapse(self):
        """Lapse the checks whose last valid day has passed."""
        lapsed = self.search(
            [
                ("state", "=", "valid"),
                ("valid_until", "<", fields.Date.context_today(self)),
            ]
        )
        self.env.add_to_compute(self._fields["state"], lapsed)


class BscCheckLine(models.Model):
    """One criterion in a check: the verdict and its proof."""

    _name = "bsc.check.line"
    _description = "Criteria Check Line"
    _inherit = ["bsc.privacy.mixin"]
    _order = "letter, sequence, id"

    check_id = fields.Many2one(
        "bsc.check", required=True, index=True, ondelete="cascade"
    )
    criterion_id = fields.Many2one(
        "bsc.criterion", required=True, index=True, ondelete="restrict"
    )
    letter = fields.Selection(related="criterion_id.letter", store=True, precompute=True)
    sequence = fields.Integer(
        related="criterion_id.sequence", store=True, precompute=True
    )
    question = fields.Char(related="criterion_id.name")
    help_text = fields.Text(related="criterion_id.help_text")
    verdict = fields.Selection(
        [("yes", "Yes"), ("not_yet", "Not yet"), ("no", "No")],
        help="Empty while the question has not been asked.",
    )
    proof = fields.Char(
        help="What you saw or heard. Note that a document was checked; never keep the"
        " document."
    )
    date_seen = fields.Date("Seen on")

    _criterion_uniq = models.Constraint(
        "UNIQUE(check_id, criterion_id)", "Each criterion is checked once per check."
    )

    @api.depends("criterion_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.criterion_id.display_name

    def write(self, vals):
        changed = self.browse()
        if "verdict" in vals:
            changed = self.filtered(lambda line: line.verdict != vals["verdict"])
            if "date_seen" not in vals and vals["verdict"]:
                today = fields.Date.context_today(self)
                changed.filtered(lambda line: not line.date_seen).date_seen = today
            changed.check_id._remove_stamps()
        res = super().write(vals)
        changed.check_id._replace_older()
        return res

    def _get_verdict_name(self):
        """Return the verdict in words, for a sentence."""
        self.ensure_one()
        names = dict(self._fields["verdict"]._description_selection(self.env))
        return (names.get(self.verdict) or self.env._("Not asked yet")).lower()
