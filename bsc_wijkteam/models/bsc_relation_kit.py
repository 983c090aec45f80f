from odoo import models


class BscRelation(models.Model):
    """The meeting kit: everything for the next talk with this team."""

    _inherit = "bsc.relation"
