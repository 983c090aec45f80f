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

    @api.depends("letter", "part")
    def _compute_display_name(self):
        parts = dict(self._fields["part"]._description_selection(self.env))
        for criterion in self:
            part = parts.get(criterion.part)
            criterion.display_name = (
                f"{criterion.letter} · {part}" if part else criterion.letter or ""
            )
