from odoo import api, fields, models


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
