from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def action_archive(self):
        """Withdraw the promises of who leaves; Odoo deletes all their activities."""
        activities = self.env["mail.activity"].sudo()  # Odoo deletes them as such too
        promises = activities.search(
            [("user_id", "in", self.ids), ("bsc_promise_state", "=", "open")]
        )
        promises._bsc_withdraw(self.env._("Who looked after it has left"))
        return super().action_archive()
