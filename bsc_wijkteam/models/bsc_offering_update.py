from odoo import fields, models


class BscOfferingUpdate(models.Model):
    """What a provider says has changed in an offering; it waits for the coach's OK."""

    _name = "bsc.offering.update"
    _description = "Correction by the Provider"
    _inherit = ["bsc.privacy.mixin"]
    _order = "id desc"

    offering_id = fields.Many2one(
        "bsc.offering", required=True, index=True, ondelete="cascade"
    )


class BscOffering(models.Model):
    _inherit = "bsc.offering"

    date_confirmed = fields.Date(
        "Confirmed by provider on",
        copy=False,
        readonly=True,
        help="The provider last said that all of this is right.",
    )
