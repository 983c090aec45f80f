from odoo import api, models


class MailMessage(models.Model):
    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        privacy = self.env["bsc.privacy.mixin"]
        vals_list = [
            # Refusing a mail would lose it.
            privacy._blank_bsn_in_mail(vals)
            if vals.get("message_type") == "email"
            and (vals.get("model") or "").startswith("bsc.")
            else vals
            for vals in vals_list
        ]
        privacy._check_texts(
            (
                vals.get("model"),
                vals.get("res_id"),
                (vals.get("subject"), vals.get("body")),
            )
            for vals in vals_list
            # Odoo's own words around a text that was checked, with the coach's name in
            # it: the participant may bear the same first name.
            if vals.get("message_type") != "user_notification"
        )
        return super().create(vals_list)

    def write(self, vals):
        texts = (vals.get("subject"), vals.get("body"))
        if any(texts):
            self.env["bsc.privacy.mixin"]._check_texts(
                (message.model, message.res_id, texts) for message in self
            )
        return super().write(vals)
