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

    bsc_confirm_months = fields.Integer(
        "Providers confirm their offer every (months)", default=12, required=True
    )
    bsc_override_role = fields.Selection(
        [
            ("coordinator", "A coordinator"),
            ("team", "A coordinator or team member"),
            ("nobody", "Nobody"),
        ],
        "Who may refer without a valid check",
        default="coordinator",
        required=True,
    )
    bsc_feed_enabled = fields.Boolean("Publish the overview as open data")
    bsc_overview_intro = fields.Text("Introduction of the overview", translate=True)
    bsc_overview_footer = fields.Text("Closing text of the overview", translate=True)

    _bsc_check_settings = models.Constraint(
        "CHECK (bsc_check_months BETWEEN 1 AND 60 AND bsc_feedback_weeks BETWEEN 1"
        " AND 52 AND bsc_link_days BETWEEN 1 AND 365"
        " AND bsc_confirm_months BETWEEN 0 AND 60)",
        "Checks are valid for 1 to 60 months, feedback is given every 1 to 52 weeks,"
        " links work for 1 to 365 days, and providers confirm their offer every 1 to 60"
        " months (0: never).",
    )
