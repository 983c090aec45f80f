from odoo import fields, models


class BscSignal(models.Model):
    """A worry seen on the pitch, and the route it took. Never about a person."""

    _name = "bsc.signal"
    _description = "Signal"
    _inherit = ["bsc.privacy.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True

    theme_id = fields.Many2one(
        "bsc.signal.theme", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
