from odoo import fields, models


class BscCheckStamp(models.TransientModel):
    """Record that the provider or the team agrees with a criteria check."""

    _name = "bsc.check.stamp"
    _description = "Record a Stamp"

    check_id = fields.Many2one("bsc.check", required=True, ondelete="cascade")
    side = fields.Selection(
        [("provider", "Provider"), ("team", "Team")], required=True
    )
    organisation_id = fields.Many2one(
        "res.partner", related="check_id.provider_id.partner_id"
    )
    partner_id = fields.Many2one("res.partner", "Who agreed?", required=True)
    date = fields.Date(
        "When?", required=True, default=fields.Date.context_today
    )
    how = fields.Selection(
        selection=lambda self: self.env["bsc.check"]._selection_how(),
        string="How?",
        required=True,
        default="meeting",
    )

    def action_record(self):
        """Put the stamp on the check; the check says when that cannot be."""
        self.ensure_one()
        self.check_id.write(
            {
                f"{self.side}_stamp_partner_id": self.partner_id.id,
                f"{self.side}_stamp_date": self.date,
                f"{self.side}_stamp_how": self.how,
                f"{self.side}_stamp_user_id": self.env.uid,
            }
        )
        return {"type": "ir.actions.act_window_close"}
