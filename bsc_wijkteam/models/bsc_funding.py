from odoo import fields, models


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
    amount = fields.Monetary("Amount per year")
    currency_id = fields.Many2one(
        "res.currency", default=lambda self: self.env.company.currency_id
    )
    who_may_apply = fields.Text(help="For whom it is, and through whom one applies.")
    date_from = fields.Date("Valid from")
    date_to = fields.Date("Valid to")
    url = fields.Char("Link")
