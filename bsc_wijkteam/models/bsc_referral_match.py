from odoo import models


class BscReferral(models.Model):
    """The explained match: what fits, why, and why not."""

    _inherit = "bsc.referral"
