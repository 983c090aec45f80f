from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    bsc_check_months = fields.Integer(
        "Criteria checks are valid for (months)", default=12, required=True
    )
    bsc_feedback_weeks = fields.Integer(
        "Feedback to referrers every (weeks)", default=6, required=True
    )
    bsc_link_days = fields.Integer(
        "Links in mails work for (days)", default=30, required=True
    )

    _bsc_check_settings = models.Constraint(
        "CHECK (bsc_check_months BETWEEN 1 AND 60 AND bsc_feedback_weeks BETWEEN 1"
        " AND 52 AND bsc_link_days BETWEEN 1 AND 365)",
        "Checks are valid for 1 to 60 months, feedback is given every 1 to 52 weeks and"
        " links work for 1 to 365 days.",
    )
