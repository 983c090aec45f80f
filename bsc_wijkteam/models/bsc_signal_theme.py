from odoo import fields, models


class BscSignalTheme(models.Model):
    """What a signal is about, such as loneliness or money."""

    _name = "bsc.signal.theme"
    _description = "Theme of Signals"
    _inherit = ["bsc.privacy.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
