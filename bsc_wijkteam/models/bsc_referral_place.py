from odoo import models


class BscReferral(models.Model):
    """Places that are held, and the waiting list."""

    _inherit = "bsc.referral"
