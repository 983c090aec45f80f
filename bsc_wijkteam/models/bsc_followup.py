from odoo import fields, models


class BscFollowup(models.Model):
    """Asking after some months whether somebody still takes part."""

    _name = "bsc.followup"
    _description = "Follow-Up"
    _inherit = ["bsc.privacy.mixin"]
    _order = "date_due, id"

    referral_id = fields.Many2one(
        "bsc.referral", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="referral_id.company_id", store=True, index=True, precompute=True
    )
    months = fields.Integer(required=True, aggregator=None)
    date_due = fields.Date("Due on", required=True, index=True)
    answer = fields.Selection(
        [("yes", "Still takes part"), ("no", "Stopped"), ("unknown", "Not known")]
    )
    date = fields.Date("Answered on")

    _months_uniq = models.UniqueIndex(
        "(referral_id, months)", "This follow-up is planned already."
    )

    def _get_privacy_client(self):
        return self.referral_id.client_id
