from odoo import fields, models


class BscAid(models.Model):
    """What helps somebody to take part, such as a buddy."""

    _name = "bsc.aid"
    _description = "What Helps"
    _inherit = ["bsc.privacy.mixin"]
    _order = "sequence, id"

    name = fields.Char("What helps", required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    advice = fields.Text(
        "How to arrange it",
        translate=True,
        help="Whom to ask, and what to agree on.",
    )
    barrier_ids = fields.Many2many("bsc.barrier", string="Helps with")

    _name_uniq = models.Constraint(
        "UNIQUE(name)", "What helps is already on the list under this name."
    )
