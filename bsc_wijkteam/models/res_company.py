from odoo import fields, models
from odoo.exceptions import AccessError


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

    bsc_request_remind_days = fields.Integer(
        "Remind a provider that does not answer after (days)", default=4, required=True
    )
    bsc_request_escalate_days = fields.Integer(
        "Tell the coach that a provider does not answer after (days)",
        default=7,
        required=True,
    )

    bsc_contact_weeks = fields.Integer(
        "In touch with teams every (weeks)", default=6, required=True
    )
    bsc_evaluation_months = fields.Integer(
        "Evaluate with teams every (months)", default=12, required=True
    )
    bsc_acute_numbers = fields.Text(
        "Numbers for acute worries",
        translate=True,
        help="Shown when a coach notes a signal, one per line.",
    )

    _bsc_check_relation_settings = models.Constraint(
        "CHECK (bsc_contact_weeks BETWEEN 1 AND 52"
        " AND bsc_evaluation_months BETWEEN 1 AND 60)",
        "Be in touch every 1 to 52 weeks, and evaluate every 1 to 60 months.",
    )
    _bsc_check_settings = models.Constraint(
        "CHECK (bsc_check_months BETWEEN 1 AND 60 AND bsc_feedback_weeks BETWEEN 1"
        " AND 52 AND bsc_link_days BETWEEN 1 AND 365"
        " AND bsc_confirm_months BETWEEN 0 AND 60)",
        "Checks are valid for 1 to 60 months, feedback is given every 1 to 52 weeks,"
        " links work for 1 to 365 days, and providers confirm their offer every 1 to 60"
        " months (0: never).",
    )

    def _bsc_may_override(self):
        """Tell whether the user may refer without a valid check in one company."""
        role = self.bsc_override_role
        return self.env.su or (
            bool(role)
            and role != "nobody"
            and self.env.user.has_group(f"bsc_wijkteam.bsc_wijkteam_group_{role}")
        )

    def _bsc_check_may_override(self):
        """Refuse an override by whom the organisation does not let decide (rule 1).

        :raise AccessError: naming who may
        """
        for company in self:
            if company._bsc_may_override():
                continue
            if company.bsc_override_role == "nobody":
                raise AccessError(
                    self.env._(
                        "In your organisation nobody may refer to an offering without"
                        " a valid check."
                    )
                )
            roles = self._fields["bsc_override_role"]._description_selection(self.env)
            raise AccessError(
                self.env._(
                    "Only %(who)s may refer to an offering without a valid check.",
                    who=dict(roles)[company.bsc_override_role].lower(),
                )
            )
