from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    bsc_check_months = fields.Integer(
        related="company_id.bsc_check_months", readonly=False
    )
    bsc_feedback_weeks = fields.Integer(
        related="company_id.bsc_feedback_weeks", readonly=False
    )
    bsc_link_days = fields.Integer(related="company_id.bsc_link_days", readonly=False)
