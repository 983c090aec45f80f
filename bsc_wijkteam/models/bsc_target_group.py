from odoo import fields, models


class BscTargetGroup(models.Model):
    """A group of people, with the words that work for them."""

    _name = "bsc.target.group"
    _description = "Target Group"
    _inherit = ["bsc.privacy.mixin"]
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    active = fields.Boolean(default=True)
    words_use = fields.Text(
        "Words to use",
        translate=True,
        help="Words that invite this group and the professionals around it.",
    )
    words_avoid = fields.Text(
        "Words to avoid",
        translate=True,
        help="Words that put this group off.",
    )
    moving_adds = fields.Text(
        "What moving adds",
        translate=True,
        help="What moving together can add for this group. Never as the only solution.",
    )

    _name_uniq = models.Constraint(
        "UNIQUE(name)", "There is already a target group with this name."
    )
