from odoo import api, fields, models


class BscReferralClose(models.TransientModel):
    """Close a referral with its outcome, or let it wait until a day; and why."""

    _name = "bsc.referral.close"
    _description = "Close a Referral"

    referral_id = fields.Many2one("bsc.referral", required=True, ondelete="cascade")
    stage_id = fields.Many2one(
        "bsc.referral.stage",
        "Move to",
        required=True,
        ondelete="cascade",
        default=lambda self: self._default_stage_id(),
    )
    is_closed = fields.Boolean(related="stage_id.is_closed")
    is_waiting = fields.Boolean(related="stage_id.is_waiting")
    outcome = fields.Selection(
        selection=lambda self: self.env["bsc.referral"]
        ._fields["outcome"]
        ._description_selection(self.env),
    )
    offering_id = fields.Many2one(
        "bsc.offering",
        "Waits for",
        compute="_compute_from_referral",
        store=True,
        readonly=False,
        ondelete="cascade",
        domain="[('is_referable', '=', True)]",
    )
    review_date = fields.Date(
        "Look again on",
        compute="_compute_from_referral",
        store=True,
        readonly=False,
    )
    reason_id = fields.Many2one("bsc.reason", ondelete="cascade")
    next_step = fields.Text(related="reason_id.next_step")
    is_planned = fields.Boolean(
        "Plan this for me", default=True, help="It becomes one of your activities."
    )

    @api.model
    def _default_stage_id(self):
        return self.env["bsc.referral.stage"].search(
            [("is_closed", "=", True)], limit=1
        )

    @api.depends("referral_id")
    def _compute_from_referral(self):
        today = fields.Date.context_today(self)
        for wizard in self:
            referral = wizard.referral_id
            wizard.offering_id = referral.offering_id
            date = referral.review_date
            wizard.review_date = date and date > today and date

    def action_close(self):
        """Close the referral, or let it wait; and plan what the reason proposes."""
        self.ensure_one()
        vals = {"stage_id": self.stage_id.id, "reason_id": self.reason_id.id}
        if self.is_closed:
            vals["outcome"] = self.outcome
            if self.outcome == "lasting":
                vals["reason_id"] = False
        else:
            vals["review_date"] = self.review_date
        if self.is_waiting:
            vals["offering_id"] = self.offering_id.id
        self.referral_id.write(vals)
        if self.is_planned:
            self.referral_id.action_plan_next_step()
        return {"type": "ir.actions.act_window_close"}
