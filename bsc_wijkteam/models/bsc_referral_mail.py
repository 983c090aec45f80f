from odoo import models


class BscReferral(models.Model):
    """Mail that comes in about a referral."""

    _inherit = "bsc.referral"
