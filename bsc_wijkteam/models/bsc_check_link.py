from odoo import models


class BscCheck(models.Model):
    """Stamps given by the other side, through a link."""

    _inherit = "bsc.check"
