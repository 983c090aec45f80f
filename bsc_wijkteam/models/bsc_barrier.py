from odoo import fields, models


class BscBarrier(models.Model):
    """What makes it hard to take part. Never a diagnosis."""

    _name = "bsc.barrier"
    _description = "Barrier"
    _inherit = ["bsc.privacy.mixin"]
    _order = "sequence, id"

    name = fields.Char("Barrier", required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
