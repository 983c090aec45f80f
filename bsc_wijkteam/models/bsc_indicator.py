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
