from odoo import api, fields, models


class BscOffering(models.Model):
    """What taking part costs: with funding, without, and for how long one is bound."""

    _inherit = "bsc.offering"

    funding_ids = fields.Many2many(
        "bsc.funding", string="Fundings", help="Funds and schemes accepted here."
    )
    contract_months = fields.Integer(
        "Minimum contract (months)",
        aggregator=None,
        help="0 means that one can stop at any time.",
    )
    intervention_id = fields.Many2one(
        "bsc.intervention",
        "Recognised intervention",
        index="btree_not_null",
        ondelete="restrict",
        help="The recognised programme that is followed here, if any.",
    )
    cost_funded = fields.Char("Cost with funding", compute="_compute_cost_funded")
    price_month = fields.Monetary(
        "About per month",
        compute="_compute_price_month",
        store=True,
        precompute=True,
        aggregator=None,
        help="The price worked out per month, to compare. 0 while it is not known.",
    )

    @api.depends("price", "price_period")
    def _compute_price_month(self):
        for offering in self:
            offering.price_month = offering.price

    @api.depends("price", "price_period", "funding_ids")
    @api.depends_context("lang")
    def _compute_cost_funded(self):
        for offering in self:
            offering.cost_funded = False
