from odoo import fields, models


class BscAid(models.Model):
    """What helps somebody to take part, such as a buddy."""

    _name = "bsc.aid"
    _description = "What Helps"
    _inherit = ["bsc.privacy.mixin"]
    _order = "sequence, id"

    name = fields.Char("What helps", required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
