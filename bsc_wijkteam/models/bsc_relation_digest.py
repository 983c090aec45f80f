from odoo import models


class BscRelation(models.Model):
    """What a team hears at its monthly meeting: all its referrals, no names."""

    _inherit = "bsc.relation"
