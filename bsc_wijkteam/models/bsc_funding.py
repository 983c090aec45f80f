from datetime import date

from odoo import api, fields, models

MAX_AMOUNT = 10_000  # a year; more is surely a typing error


class BscFunding(models.Model):
    """A local fund or scheme that pays for taking part, wholly or partly.

    Funds differ per municipality in who may apply and how much they pay.
    """

    _name = "bsc.funding"
    _description = "Funding"
    _inherit = ["bsc.privacy.mixin"]
    _order = "name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    area_id = fields.Many2one(
        "bsc.area",
        "For residents of",
        index="btree_not_null",
        ondelete="restrict",
        help="Leave empty when it holds everywhere.",
    )
    coverage = fields.Selection(
        [
            ("full", "Pays everything"),
            ("amount", "Pays up to an amount per year"),
            ("unknown", "Differs"),
        ],
        required=True,
        default="unknown",
    )
    amount = fields.Monetary(
        "Amount per year",
        compute="_compute_amount",
        store=True,
        readonly=False,
        precompute=True,
        aggregator=None,
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    who_may_apply = fields.Text(help="For whom it is, and through whom one applies.")
    date_from = fields.Date("Valid from")
    date_to = fields.Date("Valid to")
    is_valid = fields.Boolean("Valid today", compute="_compute_is_valid")
    url = fields.Char("Link")

    _check_amount = models.Constraint(
        f"CHECK (amount BETWEEN 0 AND {MAX_AMOUNT}"
        " AND (coverage <> 'amount' OR amount > 0))",
        "Say how much this fund pays per year: more than 0 and at most 10,000.",
    )
    _check_dates = models.Constraint(
        "CHECK (date_from IS NULL OR date_to IS NULL OR date_from <= date_to)",
        "A fund is valid from a day to a later one.",
    )
    _check_url = models.Constraint(
        "CHECK (url ~* '^https?://[^[:space:]]+$')",
        "A link starts with https:// and has no spaces.",
    )

    @api.depends("coverage")
    def _compute_amount(self):
        for funding in self:
            funding.amount = funding.amount if funding.coverage == "amount" else 0

    @api.depends("date_from", "date_to")
    @api.depends_context("tz")
    def _compute_is_valid(self):
        today = fields.Date.context_today(self)
        for funding in self:
            funding.is_valid = (
                (funding.date_from or date.min)
                <= today
                <= (funding.date_to or date.max)
            )
