from odoo import fields, models


class BscEvaluationItem(models.Model):
    """What both sides give a score for when they look back."""

    _name = "bsc.evaluation.item"
    _description = "Evaluation Item"
    _inherit = ["bsc.privacy.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
