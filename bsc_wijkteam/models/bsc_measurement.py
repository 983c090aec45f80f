from odoo import fields, models


class BscMeasurement(models.Model):
    """One score of a participant at one moment."""

    _name = "bsc.measurement"
    _description = "Score"
    _inherit = ["bsc.privacy.mixin"]
    _order = "date, id"

    referral_id = fields.Many2one(
        "bsc.referral", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="referral_id.company_id", store=True, index=True, precompute=True
    )
    indicator_id = fields.Many2one(
        "bsc.indicator", required=True, index=True, ondelete="restrict"
    )
    months = fields.Integer(required=True, aggregator=None)
    date = fields.Date(required=True, default=fields.Date.context_today)
    score = fields.Integer(required=True, aggregator="avg")

    _moment_uniq = models.UniqueIndex(
        "(referral_id, indicator_id, months)", "This score is noted already."
    )
