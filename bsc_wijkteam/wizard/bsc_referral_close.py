from odoo import api, fields, models


class BscReferralClose(models.TransientModel):
    """Close a referral with its outcome and, where needed, the reason."""

    _name = "bsc.referral.close"
    _description = "Close a Referral"

    referral_id = fields.Many2one("bsc.referral", required=True, ondelete="cascade")
    stage_id = fields.Many2one(
        "bsc.referral.stage",
        "Move to",
        required=True,
        ondelete="cascade",
        domain="[('is_closed', '=', True)]",
        default=lambda self: self._default_stage_id(),
    )
    outcome = fields.Selection(
        selection=lambda self: self.env["bsc.referral"]
        ._fields["outcome"]
        ._description_selection(self.env),
        required=True,
    )
    reason_id = fields.Many2one("bsc.reason", ondelete="cascade")
    next_step = fields.Text(related="reason_id.next_step")

    @api.model
    def _default_stage_id(self):
        return self.env["bsc.referral.stage"].search(
            [("is_closed", "=", True)], limit=1
        )

    def action_close(self):
        """Close the referral; feedback to the referrer falls due."""
        self.ensure_one()
        self.referral_id.write(
            {
                "stage_id": self.stage_id.id,
                "outcome": self.outcome,
                "reason_id": self.outcome != "lasting" and self.reason_id.id,
            }
        )
        return {"type": "ir.actions.act_window_close"}
