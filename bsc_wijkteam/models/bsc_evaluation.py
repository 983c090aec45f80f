from odoo import fields, models


class BscEvaluation(models.Model):
    """A look back at the collaboration, by both sides."""

    _name = "bsc.evaluation"
    _description = "Evaluation"
    _inherit = ["bsc.privacy.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"

    relation_id = fields.Many2one(
        "bsc.relation", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="relation_id.company_id", store=True, index=True, precompute=True
    )
    date = fields.Date(required=True, default=fields.Date.context_today, copy=False)
    line_ids = fields.One2many("bsc.evaluation.line", "evaluation_id")


class BscEvaluationLine(models.Model):
    """One item of an evaluation with the score of both sides."""

    _name = "bsc.evaluation.line"
    _description = "Evaluation Line"
    _inherit = ["bsc.privacy.mixin"]
    _order = "sequence, id"

    evaluation_id = fields.Many2one(
        "bsc.evaluation", required=True, index=True, ondelete="cascade"
    )
    item_id = fields.Many2one(
        "bsc.evaluation.item", required=True, index=True, ondelete="restrict"
    )
    sequence = fields.Integer(related="item_id.sequence", store=True, precompute=True)
