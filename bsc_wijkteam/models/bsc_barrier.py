from odoo import fields, models


class BscBarrier(models.Model):
    """What makes it hard to take part, and what often helps. Never a diagnosis."""

    _name = "bsc.barrier"
    _description = "Barrier"
    _inherit = ["bsc.privacy.mixin"]
    _order = "sequence, id"

    name = fields.Char("Barrier", required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    aid_ids = fields.Many2many(
        "bsc.aid",
        string="What may help",
        help="Proposed when this makes it hard for somebody.",
    )

    _name_uniq = models.Constraint(
        "UNIQUE(name)", "There is already a barrier with this name."
    )
