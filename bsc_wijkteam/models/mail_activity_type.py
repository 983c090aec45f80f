from odoo import fields, models


class MailActivityType(models.Model):
    _inherit = "mail.activity.type"

    bsc_is_promise = fields.Boolean(
        "Promise",
        help="Activities of this type are promises: also when they are postponed or"
        " withdrawn, they stay countable.",
    )
