from odoo import models


class BscOffering(models.Model):
    """The overview of activities: only what people may be referred to today."""

    _inherit = "bsc.offering"
