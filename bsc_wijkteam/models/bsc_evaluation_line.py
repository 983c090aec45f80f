from odoo import api, fields, models

SCORES = [
    ("1", "1 · Not at all"),
    ("2", "2 · Hardly"),
    ("3", "3 · Somewhat"),
    ("4", "4 · Largely"),
    ("5", "5 · Completely"),
]
# From here on the two sides see it so differently that they had better talk about it.
DIFFERENCE = 2


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
    our_score = fields.Selection(
        SCORES, help="What our side says. Empty when it cannot be judged."
    )
    their_score = fields.Selection(
        SCORES, help="What the team says. Empty when it cannot be judged."
    )
    our_comparison = fields.Char(
        "Ours compared with last time", compute="_compute_comparisons"
    )
    their_comparison = fields.Char(
        "Theirs compared with last time", compute="_compute_comparisons"
    )
    is_different = fields.Boolean(
        "Seen differently",
        compute="_compute_is_different",
        help="The scores of the two sides lie two or more apart.",
    )
    is_running = fields.Boolean(related="evaluation_id.is_running")
    is_answered = fields.Boolean(
        compute="_compute_is_told", help="The team gave its scores through its link."
    )
    is_told = fields.Boolean(
        compute="_compute_is_told",
        help="You note what the team says; it gets no link.",
    )

    _item_uniq = models.Constraint(
        "UNIQUE(evaluation_id, item_id)", "Each item is asked once per evaluation."
    )

    @api.depends("item_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.item_id.name

    @api.depends(
        "our_score",
        "their_score",
        "item_id",
        "evaluation_id.relation_id",
        "evaluation_id.date",
    )
    @api.depends_context("lang")
    def _compute_comparisons(self):
        for line in self:
            last = line.evaluation_id.previous_id.line_ids.filtered(
                lambda last, line=line: last.item_id == line.item_id
            )
            for side in ("our", "their"):
                line[f"{side}_comparison"] = line._get_comparison(
                    line[f"{side}_score"], last[f"{side}_score"]
                )

    @api.model
    def _get_comparison(self, score, last):
        """Say in words and with an arrow how a score moved, empty without a last."""
        if not last:
            return False
        if not score:
            return self.env._("last time %(score)s", score=last)
        if score == last:
            return self.env._("= as last time")
        if score > last:
            return self.env._("↑ up from %(score)s", score=last)
        return self.env._("↓ down from %(score)s", score=last)

    @api.depends("our_score", "their_score")
    def _compute_is_different(self):
        for line in self:
            line.is_different = (
                line.our_score
                and line.their_score
                and abs(int(line.our_score) - int(line.their_score)) >= DIFFERENCE
            )

    @api.depends("is_running", "evaluation_id.their_way", "evaluation_id.date_answered")
    def _compute_is_told(self):
        for line in self:
            line.is_answered = bool(line.evaluation_id.date_answered)
            line.is_told = line.is_running and line.evaluation_id.their_way == "talk"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.evaluation_id._check_open()
        lines._check_their_side(set().union(*vals_list))
        return lines

    def write(self, vals):
        self.evaluation_id._check_open()
        res = super().write(vals)
        self._check_their_side(vals)
        return res

    def _check_their_side(self, names):
        if "their_score" in names:
            self.filtered("their_score").evaluation_id._check_their_side()

    def action_score(self):
        """Note a score of our side; the same score again takes it back."""
        self._note_score("our_score")

    def action_score_told(self):
        """Note a score that the team told; the same score again takes it back."""
        self._note_score("their_score")

    def _note_score(self, name):
        self.ensure_one()
        score = self.env.context.get("bsc_score")
        self[name] = score if self[name] != score else False
