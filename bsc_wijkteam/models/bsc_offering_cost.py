from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import formatLang

MAX_PRICE = 10_000  # in the currency of the company; more is surely a typing error
MAX_CONTRACT = 36  # months
# How often one pays in a year. A season holds the better part of a year and one starts
# once in it, so its price is what a year costs. What is paid once is spread over the
# first year: that is when it keeps people from coming.
PAYMENTS = {
    "session": 52,
    "month": 12,
    "quarter": 4,
    "season": 1,
    "year": 1,
    "once": 1,
}


class BscOffering(models.Model):
    """What taking part costs: with funding, without, and for how long one is bound."""

    _inherit = "bsc.offering"

    price = fields.Monetary(
        compute="_compute_price",
        store=True,
        readonly=False,
        precompute=True,
        aggregator=None,
        tracking=True,
    )
    price_period = fields.Selection(
        [
            ("free", "Free of charge"),
            ("session", "Per session"),
            ("month", "Per month"),
            ("quarter", "Per quarter"),
            ("season", "Per season"),
            ("year", "Per year"),
            ("once", "Once"),
        ],
        tracking=True,
        help="Leave empty while the cost is not known yet.",
    )
    is_trial_free = fields.Boolean("Free trial")
    gear = fields.Text(help="What people need to bring or buy.")
    contract_months = fields.Integer(
        "Minimum contract (months)",
        aggregator=None,
        help="0 means that one can stop at any time.",
    )
    funding_ids = fields.Many2many(
        "bsc.funding", string="Fundings", help="Funds and schemes accepted here."
    )
    price_month = fields.Monetary(
        "About per month",
        compute="_compute_price_month",
        store=True,
        precompute=True,
        aggregator=None,
        index=True,
        help="The price worked out per month, to compare. 0 when it is free, and while"
        " it is not known.",
    )
    cost = fields.Char(compute="_compute_cost", help="What taking part costs.")
    cost_funded = fields.Char(
        "Cost with funding",
        compute="_compute_cost_funded",
        help="What it costs with each fund that is accepted here and valid today.",
    )

    _check_price = models.Constraint(
        f"CHECK (price >= 0 AND price <= {MAX_PRICE})",
        "The price of an offering lies between 0 and 10,000.",
    )
    _check_contract = models.Constraint(
        f"CHECK (contract_months BETWEEN 0 AND {MAX_CONTRACT})",
        "A contract lasts 36 months at most; 0 means that one can stop at any time.",
    )

    @api.depends("price_period")
    def _compute_price(self):
        for offering in self:
            offering.price = 0 if offering.price_period == "free" else offering.price

    @api.depends(
        "price",
        "price_period",
        "slot_ids.weekday",
        "slot_ids.date_from",
        "slot_ids.date_to",
    )
    def _compute_price_month(self):
        for offering in self:
            offering.price_month = offering._get_price_year() / 12

    @api.depends(
        "price", "price_period", "is_trial_free", "contract_months", "currency_id"
    )
    @api.depends_context("lang")
    def _compute_cost(self):
        periods = dict(self._fields["price_period"]._description_selection(self.env))
        for offering in self:
            if offering.price_period == "free":
                parts = [periods["free"]]
            elif not offering._is_price_known():
                parts = [self.env._("Cost not known")]
            else:
                amount = offering._format_amount(offering.price)
                parts = [f"{amount} {periods[offering.price_period].lower()}"]
            if offering.is_trial_free and offering.price_period != "free":
                parts.append(self.env._("first time free"))
            if offering.contract_months:
                parts.append(
                    self.env._(
                        "at least %(months)s months", months=offering.contract_months
                    )
                    if offering.contract_months > 1
                    else self.env._("at least one month")
                )
            offering.cost = ", ".join(parts)

    @api.depends(
        "price",
        "price_month",
        "price_period",
        "funding_ids.name",
        "funding_ids.coverage",
        "funding_ids.amount",
        "funding_ids.is_valid",
    )
    @api.depends_context("lang", "tz")
    def _compute_cost_funded(self):
        for offering in self:
            # Who pays nothing needs no fund.
            is_free = offering.price_period == "free"
            fundings = offering.funding_ids.filtered("is_valid")
            offering.cost_funded = not is_free and " · ".join(
                offering._get_cost_with(funding) for funding in fundings
            )

    @api.constrains("price", "price_period")
    def _check_price_period(self):
        for offering in self:
            if offering.price and offering.price_period in (False, "free"):
                raise ValidationError(
                    self.env._(
                        "“%(offering)s” has a price. Choose what it is for: per"
                        " session, per month …",
                        offering=offering.name,
                    )
                )

    def _is_price_known(self):
        """Tell whether it is known what one offering costs, be it nothing."""
        self.ensure_one()
        return self.price_period == "free" or bool(self.price_period and self.price)

    def _get_price_year(self):
        """Return what one year costs without funding, not rounded.

        Who pays per session comes every time there is: to each weekly time of the
        fullest season, and at least once a week.
        """
        self.ensure_one()
        payments = PAYMENTS.get(self.price_period, 0)
        if self.price_period == "session":
            payments *= max(1, self.slot_ids._get_weekly_count())
        return self.price * payments

    def _get_cost_with(self, funding):
        """Return what one offering costs somebody with a fund, in words."""
        self.ensure_one()
        if funding.coverage == "full":
            return self.env._("Nothing with %(funding)s", funding=funding.name)
        if funding.coverage != "amount" or funding.currency_id != self.currency_id:
            return self.env._("Ask about %(funding)s", funding=funding.name)
        if not self._is_price_known():
            return self.env._(
                "%(funding)s pays up to %(amount)s a year",
                funding=funding.name,
                amount=self._format_amount(funding.amount),
            )
        rest = self._get_price_year() - funding.amount
        if self.currency_id.compare_amounts(rest, 0) <= 0:
            return self.env._("Nothing with %(funding)s", funding=funding.name)
        return self.env._(
            "%(amount)s a year with %(funding)s",
            amount=self._format_amount(rest),
            funding=funding.name,
        )

    def _format_amount(self, amount):
        self.ensure_one()
        return formatLang(self.env, amount, currency_obj=self.currency_id)
