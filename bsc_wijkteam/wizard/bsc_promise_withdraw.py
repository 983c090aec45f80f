from odoo import fields, models


class BscPromiseWithdraw(models.TransientModel):
    """Withdraw promises with a reason."""

    _name = "bsc.promise.withdraw"
    _description = "Withdraw a Promise"

    activity_ids = fields.Many2many("mail.activity", string="Promises", required=True)
    reason = fields.Char(required=True)

    def action_withdraw(self):
        """Withdraw the promises; they stay countable, with the reason."""
        self.ensure_one()
        self.activity_ids._bsc_withdraw(self.reason)
        return {"type": "ir.actions.act_window_close"}
