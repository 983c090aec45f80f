from odoo import api, models


class MailMessage(models.Model):
    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self.env["bsc.privacy.mixin"]._check_text(
                vals.get("model"), vals.get("res_id"), (vals.get("body"),)
            )
        return super().create(vals_list)

    def write(self, vals):
        if vals.get("body"):
            for message in self:
                self.env["bsc.privacy.mixin"]._check_text(
                    message.model, message.res_id, (vals["body"],)
                )
        return super().write(vals)
