from odoo import fields, models


class BscOfferingSeason(models.TransientModel):
    """Copy offerings for a new season."""

    _name = "bsc.offering.season"
    _description = "Copy for a New Season"

    offering_ids = fields.Many2many("bsc.offering", required=True)
