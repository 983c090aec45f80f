from odoo import fields, models


class BscAcquaintanceFill(models.TransientModel):
    """Fill the neighbourhood map."""

    _name = "bsc.acquaintance.fill"
    _description = "Fill the neighbourhood map"

    area_id = fields.Many2one("bsc.area", required=True, ondelete="cascade")
