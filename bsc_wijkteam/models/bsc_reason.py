from odoo import fields, models


class BscReason(models.Model):
    """Why a referral ended or stalled, and what to do next."""

    _name = "bsc.reason"
    _description = "Reason"
    _inherit = ["bsc.privacy.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    next_step = fields.Text(
        translate=True, help="What to do next when this is the reason."
    )
    gap = fields.Selection(
        [("no_offer", "No offer"), ("no_place", "No place")],
        "Counts as gap",
        help="Counted in the gap list per neighbourhood and target group.",
    )
