from odoo import fields, models


class BscIndicator(models.Model):
    """What is asked at the start and at 3, 6 and 12 months, as a score."""

    _name = "bsc.indicator"
    _description = "Indicator"
    _inherit = ["bsc.privacy.mixin"]
    _order = "sequence, id"

    name = fields.Char("Question", required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    scale = fields.Selection(
        [("5", "1 to 5"), ("10", "1 to 10")],
        default="10",
        required=True,
        help="The highest score is the best one.",
    )
    hint = fields.Char(
        "What the ends mean",
        translate=True,
        help="Read out with the question, e.g. “1 is never, 5 is every day”.",
    )

    def _is_on_scale(self, score):
        """Tell whether a score lies on the scale of one question."""
        self.ensure_one()
        return 1 <= score <= int(self.scale)
