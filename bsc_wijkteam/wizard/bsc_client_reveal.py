from odoo import fields, models


class BscClientReveal(models.TransientModel):
    """A coordinator gives the reason to look at the identity of a participant."""

    _name = "bsc.client.reveal"
    _description = "Look at a Participant"

    client_id = fields.Many2one("bsc.client", required=True, ondelete="cascade")
    reason = fields.Char(
        required=True, help="Stays on record with your name and the time."
    )

    def action_reveal(self):
        """Log the reason and open the participant."""
        self.ensure_one()
        self.env["bsc.client.access"].create(
            {"client_id": self.client_id.id, "reason": self.reason}
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "bsc.client",
            "res_id": self.client_id.id,
            "view_mode": "form",
            "target": "current",
        }
