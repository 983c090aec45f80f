from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .bsc_check import CLOSED

MAX_PROOF = 500  # characters: a note, no document
# What was said and seen: fixed as soon as the check is over.
ANSWER_FIELDS = ["verdict", "proof", "date_seen", "promise", "promise_date"]


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
    letter = fields.Selection(
        related="criterion_id.letter", store=True, precompute=True
    )
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
    is_open = fields.Boolean(
        compute="_compute_is_open",
        help="The criterion can be answered: nobody has agreed with the check yet.",
    )

    _criterion_uniq = models.Constraint(
        "UNIQUE(check_id, criterion_id)", "Each criterion is checked once per check."
    )

    @api.depends("criterion_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.criterion_id.display_name

    @api.depends(
        "check_id.state", "check_id.provider_stamp_date", "check_id.team_stamp_date"
    )
    def _compute_is_open(self):
        for line in self:
            check = line.check_id
            is_stamped = check.provider_stamp_date or check.team_stamp_date
            line.is_open = line._origin and check.state not in CLOSED and not is_stamped

    @api.constrains("check_id", "criterion_id", "verdict")
    def _check_agreed(self):
        """What both sides agreed on stays answered with yes, line by line."""
        self.check_id._check_stamps()

    @api.constrains("proof")
    def _check_proof(self):
        for line in self:
            if len(line.proof or "") > MAX_PROOF:
                raise ValidationError(
                    self.env._(
                        "Keep the proof short: at most %(number)s characters. You wrote"
                        " %(count)s.",
                        number=MAX_PROOF,
                        count=len(line.proof),
                    )
                )

    @api.constrains("date_seen")
    def _check_date_seen(self):
        today = fields.Date.context_today(self)
        for line in self:
            if line.date_seen and line.date_seen > today:
                raise ValidationError(
                    self.env._("What is seen was seen today at the latest.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create([self._date_verdict(vals) for vals in vals_list])
        lines.check_id._withdraw_question()
        return lines

    def write(self, vals):
        if not {*ANSWER_FIELDS, "criterion_id"}.isdisjoint(vals):
            self.check_id._check_not_closed()
        if "verdict" not in vals and "criterion_id" not in vals:
            return super().write(vals)
        changed = self.filtered(
            lambda line: line.verdict != vals.get("verdict", line.verdict)
            or line.criterion_id.id != vals.get("criterion_id", line.criterion_id.id)
        )
        changed.check_id._remove_stamps()
        undated = changed.filtered(lambda line: not line.date_seen)
        res = super(BscCheckLine, self - undated).write(vals)
        super(BscCheckLine, undated).write(self._date_verdict(vals))
        changed.check_id._settle()
        return res

    @api.model
    def _date_verdict(self, vals):
        """Return the values of a verdict with the day it was seen, today by default."""
        if not vals.get("verdict") or "date_seen" in vals:
            return vals
        return dict(vals, date_seen=fields.Date.context_today(self))

    def _get_verdict_name(self):
        """Return the verdict in words, for a sentence."""
        self.ensure_one()
        names = dict(self._fields["verdict"]._description_selection(self.env))
        return (names.get(self.verdict) or self.env._("Not asked yet")).lower()

    def action_yes(self):
        """Answer the criterion with yes."""
        self.verdict = "yes"

    def action_not_yet(self):
        """Answer the criterion with not yet."""
        self.verdict = "not_yet"

    def action_no(self):
        """Answer the criterion with no."""
        self.verdict = "no"
