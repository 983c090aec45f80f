from odoo import fields, models


class BscOfferingShare(models.TransientModel):
    """Hand out the overview of activities: as a link, on paper or as a sheet."""

    _name = "bsc.offering.share"
    _description = "Share the Overview"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
