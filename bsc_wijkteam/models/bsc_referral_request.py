from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date


class BscReferralRequest(models.Model):
    """A provider was asked whether somebody can come; and what it answered.

    One record per time a provider is asked. Says nothing about the participant.
    """

    _name = "bsc.referral.request"
    _description = "Question to a Provider"
    _inherit = ["bsc.privacy.mixin"]
    _order = "date_asked desc, id desc"
    _check_company_auto = True

    referral_id = fields.Many2one(
        "bsc.referral",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(
        related="referral_id.company_id", store=True, index=True, precompute=True
    )
    offering_id = fields.Many2one(
        "bsc.offering",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    provider_id = fields.Many2one(
        related="offering_id.provider_id", store=True, index=True, precompute=True
    )
    date_asked = fields.Date(
        "Asked on", required=True, default=fields.Date.context_today
    )
    answer = fields.Selection(
        [("accepted", "Can come"), ("declined", "Cannot come")],
        help="Leave empty as long as the provider has not answered.",
    )
    date_answered = fields.Date(
        "Answered on",
        compute="_compute_date_answered",
        store=True,
        readonly=False,
        precompute=True,
    )
    days_to_answer = fields.Integer(
        compute="_compute_days_to_answer",
        store=True,
        precompute=True,
        aggregator=None,  # 0 while there is no answer
    )
    note = fields.Text(
        "What was said",
        help="Why somebody can or cannot come. Nothing that tells who it is.",
    )

    @api.depends("answer")
    def _compute_date_answered(self):
        today = fields.Date.context_today(self)
        for request in self:
            request.date_answered = request.answer and (request.date_answered or today)

    @api.depends("date_asked", "date_answered")
    def _compute_days_to_answer(self):
        for request in self:
            asked, answered = request.date_asked, request.date_answered
            request.days_to_answer = (answered - asked).days if answered else 0

    @api.depends("offering_id.name", "date_asked")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for request in self:
            date = request.date_asked and format_date(self.env, request.date_asked)
            parts = (request.offering_id.name, date)
            request.display_name = " · ".join(filter(None, parts))

    @api.constrains("date_asked", "date_answered", "answer")
    def _check_dates(self):
        today = fields.Date.context_today(self)
        for request in self:
            asked, answered = request.date_asked, request.date_answered
            if max(asked, answered or asked) > today:
                raise ValidationError(
                    self.env._(
                        "A question to a provider and its answer cannot lie in the"
                        " future."
                    )
                )
            if answered and answered < asked:
                raise ValidationError(
                    self.env._("A provider cannot answer before it was asked.")
                )
            if answered and not request.answer:
                raise ValidationError(
                    self.env._(
                        "Choose what the provider answered, or leave out the date of"
                        " the answer."
                    )
                )

    def _get_privacy_client(self):
        return self.referral_id.client_id
