from odoo import fields, models


class BscReferralRequest(models.Model):
    """A provider was asked whether somebody can come; and what it answered."""

    _name = "bsc.referral.request"
    _description = "Question to a Provider"
    _inherit = ["bsc.privacy.mixin"]
    _order = "date_asked desc, id desc"

    referral_id = fields.Many2one(
        "bsc.referral", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="referral_id.company_id", store=True, index=True, precompute=True
    )
    offering_id = fields.Many2one(
        "bsc.offering", required=True, index=True, ondelete="restrict"
    )
    date_asked = fields.Date("Asked on")
