from odoo import models


class BscReferral(models.Model):
    """The same question that came in twice."""

    _inherit = "bsc.referral"
