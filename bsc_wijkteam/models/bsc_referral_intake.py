from odoo import fields, models


class BscReferral(models.Model):
    """What somebody wishes, what makes it hard and what would help."""

    _inherit = "bsc.referral"

    barrier_ids = fields.Many2many("bsc.barrier", string="What makes it hard")
    aid_ids = fields.Many2many("bsc.aid", string="What would help")
    family_id = fields.Many2one(
        "bsc.family", index="btree_not_null", ondelete="restrict", check_company=True
    )
