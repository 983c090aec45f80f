from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .bsc_referral_follow import MONTHS


class BscMeasurement(models.Model):
    """One score of a participant at one moment."""

    _name = "bsc.measurement"
    _description = "Score"
    _inherit = ["bsc.privacy.mixin"]
    _order = "months, indicator_id, id"

    referral_id = fields.Many2one(
        "bsc.referral", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="referral_id.company_id", store=True, index=True, precompute=True
    )
    indicator_id = fields.Many2one(
        "bsc.indicator", "Question", required=True, index=True, ondelete="restrict"
    )
    months = fields.Integer(
        "Months since the start",
        required=True,
        aggregator=None,
        help="0 is at the start.",
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    score = fields.Integer(required=True, aggregator="avg")

    _moment_uniq = models.UniqueIndex(
        "(referral_id, indicator_id, months)", "This score is noted already."
    )

    @api.depends("indicator_id.name", "score")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for measurement in self:
            name, score = measurement.indicator_id.name, measurement.score
            measurement.display_name = f"{name}: {score}" if name else False

    @api.constrains("score", "indicator_id")
    def _check_score(self):
        for measurement in self:
            indicator = measurement.indicator_id
            if not indicator._is_on_scale(measurement.score):
                raise ValidationError(
                    self.env._(
                        "“%(question)s” has a score from 1 to %(highest)s, and"
                        " %(score)s is not one.",
                        question=indicator.name,
                        highest=indicator.scale,
                        score=measurement.score,
                    )
                )

    @api.constrains("months")
    def _check_months(self):
        if not set(self.mapped("months")) <= {0, *MONTHS}:
            raise ValidationError(
                self.env._(
                    "Scores are noted at the start and after 3, 6 and 12 months."
                )
            )

    @api.constrains("date")
    def _check_date(self):
        today = fields.Date.context_today(self)
        if any(measurement.date > today for measurement in self):
            raise ValidationError(self.env._("A score cannot lie in the future."))

    @api.model
    def _get_moments(self):
        """Return the moments at which is asked: pairs of months and a name."""
        return [
            (0, self.env._("Start")),
            *(
                (months, self.env._("%(months)s months", months=months))
                for months in MONTHS
            ),
        ]

    def _get_privacy_client(self):
        return self.referral_id.client_id
