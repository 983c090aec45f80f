from odoo import api, fields, models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    bsc_evaluation_id = fields.Many2one(
        "bsc.evaluation",
        "Evaluation",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The evaluation in which this was agreed on.",
    )
    bsc_promised_by = fields.Selection(
        [("us", "We"), ("them", "They")],
        "Promised by",
        help="Which side made this promise. Empty for what is no promise.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = self.env["bsc.evaluation"]._complete_promises(vals_list)
        activities = super().create(vals_list)
        activities._bsc_check_privacy()
        return activities

    def write(self, vals):
        res = super().write(vals)
        if not {"summary", "note", "feedback"}.isdisjoint(vals):
            self._bsc_check_privacy()
        return res

    def _bsc_check_privacy(self):
        """Keep activities on our records free of identity (rule 5)."""
        self.env["bsc.privacy.mixin"]._check_texts(
            (
                activity.res_model,
                activity.res_id,
                (activity.summary, activity.note, activity.feedback),
            )
            for activity in self
            if (activity.res_model or "").startswith("bsc.")
        )
