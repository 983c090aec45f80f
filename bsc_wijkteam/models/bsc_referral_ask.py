from odoo import models


class BscReferral(models.Model):
    """Asking a provider whether somebody can come."""

    _inherit = "bsc.referral"
