from odoo import api, models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    @api.model_create_multi
    def create(self, vals_list):
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
