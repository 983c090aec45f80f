from odoo import fields, models


class BscReferralMerge(models.TransientModel):
    """Merge referrals that are the same question."""

    _name = "bsc.referral.merge"
    _description = "Merge Referrals"

    referral_ids = fields.Many2many("bsc.referral")
    referral_id = fields.Many2one("bsc.referral", "Keep", ondelete="cascade")
