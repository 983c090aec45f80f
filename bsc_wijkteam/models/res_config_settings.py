from odoo import api, fields, models


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
    bsc_referral_alias = fields.Char(
        "Address for referrals",
        help="Professionals refer by mail to this address, and answers to your mails"
        " come in here.",
    )
    bsc_referral_alias_domain = fields.Char(
        related="company_id.alias_domain_id.name", string="Domain of the address"
    )

    @api.model
    def get_values(self):
        values = super().get_values()
        alias = self.env["mail.template"]._bsc_get_referral_alias()
        return {**values, "bsc_referral_alias": alias.alias_name}

    def set_values(self):
        res = super().set_values()
        alias = self.env["mail.template"]._bsc_get_referral_alias()
        domain = self.company_id.alias_domain_id
        name = (self.bsc_referral_alias or "").strip()
        if alias and (alias.alias_name or "") != name:
            alias.write({"alias_name": name or False, "alias_domain_id": domain.id})
        return res
