from odoo import fields, models


class BscAcquaintance(models.Model):
    """The neighbourhood map: whom a coach knows in an area, and whom not yet."""

    _name = "bsc.acquaintance"
    _description = "Neighbourhood Map"
    _inherit = ["bsc.privacy.mixin"]
    _order = "id desc"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        "res.users", "Coach", required=True, index=True, default=lambda self: self.env.user
    )
    warmth = fields.Selection(
        [("unknown", "Not yet known"), ("known", "Known"), ("warm", "Warm contact")],
        required=True,
        default="unknown",
    )
