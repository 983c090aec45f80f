from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class BscCriterion(models.Model):
    """One check of the five criteria (a to e) a fitting activity must meet."""

    _name = "bsc.criterion"
    _description = "Criterion"
    _inherit = ["bsc.privacy.mixin"]
    _order = "letter, sequence, id"

    letter = fields.Selection(
        [("a", "a"), ("b", "b"), ("c", "c"), ("d", "d"), ("e", "e")],
        required=True,
        help="The letter of the criterion. Letters and their order are fixed.",
    )
    part = fields.Selection(
        [
            ("social", "Socially"),
            ("physical", "Physically"),
            ("quality", "Quality"),
            ("continuity", "Continuity"),
        ],
        help="The part of the criterion that this check asks about.",
    )
    name = fields.Char("Question", required=True, translate=True)
    help_text = fields.Text(
        "Help", translate=True, help="What to look for and which proof counts."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    check_count = fields.Integer(compute="_compute_check_count")

    def _compute_check_count(self):
        counts = {
            criterion.id: count
            for criterion, count in self.env["bsc.check.line"]._read_group(
                [("criterion_id", "in", self.ids)], ["criterion_id"], ["__count"]
            )
        }
        for criterion in self:
            criterion.check_count = counts.get(criterion.id, 0)

    @api.depends("letter", "part")
    @api.depends_context("lang")
    def _compute_display_name(self):
        parts = dict(self._fields["part"]._description_selection(self.env))
        for criterion in self:
            part = parts.get(criterion.part)
            criterion.display_name = (
                f"{criterion.letter} · {part}" if part else criterion.letter or ""
            )

    def write(self, vals):
        letters = set()
        if not {"active", "letter"}.isdisjoint(vals):
            letters = set(self.filtered("active").mapped("letter"))
        if "letter" in vals:
            self._check_asked_letter(vals["letter"])
        res = super().write(vals)
        self._check_letters(letters)
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_asked(self):
        if asked := self._filtered_asked():
            raise UserError(
                self.env._(
                    "“%(question)s” has been asked in checks and stays with them."
                    " Archive it: then it is not asked in new checks.",
                    question=asked[:1].name,
                )
            )
        self._check_letters(set(self.filtered("active").mapped("letter")), self)

    def _filtered_asked(self):
        """Return the criteria that were asked in a check, of whichever company."""
        lines = self.env["bsc.check.line"].sudo()  # only whether there is one
        asked = lines._read_group(
            [("criterion_id", "in", self.ids)], aggregates=["criterion_id:recordset"]
        )[0][0]
        return self & asked.sudo(False)

    def _check_asked_letter(self, letter):
        """What was asked under one letter does not move to another afterwards."""
        moved = self.filtered(lambda criterion: criterion.letter != letter)
        if asked := moved._filtered_asked():
            raise ValidationError(
                self.env._(
                    "“%(question)s” has been asked under letter %(letter)s. Archive it,"
                    " and add it anew under the other letter.",
                    question=asked[:1].name,
                    letter=asked[:1].letter,
                )
            )

    def _check_letters(self, letters, without=None):
        """Each of the five criteria keeps at least one question.

        :param set letters: the letters that lose a question
        :param without: criteria that are about to go
        """
        criteria = self.search([("letter", "in", list(letters))])
        gone = letters - set((criteria - (without or self.browse())).mapped("letter"))
        if gone:
            raise ValidationError(
                self.env._(
                    "Nothing would be asked about criterion %(letter)s any more. Add"
                    " another question for it first.",
                    letter=min(gone),
                )
            )
