from odoo import models


class BscRelation(models.Model):
    """The link by which a team refers without logging in."""

    _inherit = "bsc.relation"
