from odoo import api, fields, models
from odoo.exceptions import UserError


class BscEvaluationItem(models.Model):
    """A statement both sides give a score for when they look back."""

    _name = "bsc.evaluation.item"
    _description = "Evaluation Item"
    _inherit = ["bsc.privacy.mixin"]
    _order = "sequence, id"

    name = fields.Char(
        "Statement",
        required=True,
        translate=True,
        help="One sentence that both sides can agree or disagree with.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    line_count = fields.Integer(compute="_compute_line_count")

    def _compute_line_count(self):
        counts = {
            item.id: count
            for item, count in self.env["bsc.evaluation.line"]._read_group(
                [("item_id", "in", self.ids)], ["item_id"], ["__count"]
            )
        }
        for item in self:
            item.line_count = counts.get(item.id, 0)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        lines = self.env["bsc.evaluation.line"].sudo()  # of any company counts
        if used := lines.search([("item_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._(
                    "“%(item)s” has been asked in an evaluation, so it cannot be"
                    " deleted. Archive it: it is not asked any more from then on.",
                    item=used.item_id.name,
                )
            )
