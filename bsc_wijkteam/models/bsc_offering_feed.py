from odoo import fields, models


class BscOffering(models.Model):
    """Offerings as open data, and where imported ones come from."""

    _name = "bsc.offering"
    _inherit = ["bsc.offering", "bsc.feed.mixin"]

    is_published = fields.Boolean(
        "Publish as open data",
        default=True,
        help="Also show this offering in the open data, when it is referable.",
    )


class BscProvider(models.Model):
    _name = "bsc.provider"
    _inherit = ["bsc.provider", "bsc.feed.mixin"]
