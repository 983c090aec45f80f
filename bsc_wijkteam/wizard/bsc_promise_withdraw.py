from odoo import fields, models


class BscPromiseWithdraw(models.TransientModel):
    """Withdraw a promise with a reason."""

    _name = "bsc.promise.withdraw"
    _description = "Withdraw a promise with a reason"

    activity_id = fields.Many2one("mail.activity", required=True, ondelete="cascade")
