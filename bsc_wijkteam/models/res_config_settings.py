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
    bsc_confirm_months = fields.Integer(
        related="company_id.bsc_confirm_months", readonly=False
    )
    bsc_override_role = fields.Selection(
        related="company_id.bsc_override_role", readonly=False
    )
    bsc_feed_enabled = fields.Boolean(
        related="company_id.bsc_feed_enabled", readonly=False
    )
    bsc_overview_intro = fields.Text(
        related="company_id.bsc_overview_intro", readonly=False
    )
    bsc_overview_footer = fields.Text(
        related="company_id.bsc_overview_footer", readonly=False
    )
    bsc_request_remind_days = fields.Integer(
        related="company_id.bsc_request_remind_days", readonly=False
    )
    bsc_request_escalate_days = fields.Integer(
        related="company_id.bsc_request_escalate_days", readonly=False
    )
    bsc_contact_weeks = fields.Integer(
        related="company_id.bsc_contact_weeks", readonly=False
    )
    bsc_evaluation_months = fields.Integer(
        related="company_id.bsc_evaluation_months", readonly=False
    )
    bsc_acute_numbers = fields.Text(
        related="company_id.bsc_acute_numbers", readonly=False
    )
