from odoo import models


class BscOffering(models.Model):
    _inherit = "bsc.offering"
