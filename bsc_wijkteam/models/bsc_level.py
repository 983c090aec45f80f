from odoo import fields, models


class BscLevel(models.Model):
    """A level of the Sportpiramide: from prevention for all to made to measure."""

    _name = "bsc.level"
    _description = "Sportpiramide Level"
    _inherit = ["bsc.privacy.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    description = fields.Text(translate=True)
