from odoo import fields, models


class BscReferral(models.Model):
    """How it goes after the start."""

    _inherit = "bsc.referral"

    followup_ids = fields.One2many("bsc.followup", "referral_id", "Follow-ups")
    measurement_ids = fields.One2many("bsc.measurement", "referral_id", "Scores")
