from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain


class BscReferral(models.Model):
    """Whether the referrer hears in time how it goes (rule 10), and the stories."""

    _inherit = "bsc.referral"

    feedback_ids = fields.One2many("bsc.feedback", "referral_id")
    feedback_count = fields.Integer(compute="_compute_feedback_count")
    date_feedback_due = fields.Date("Feedback due", copy=False, index=True)
    is_feedback_late = fields.Boolean(
        "Feedback late",
        compute="_compute_is_feedback_late",
        search="_search_is_feedback_late",
    )
    story_ids = fields.One2many("bsc.story", "referral_id")

    @api.depends("feedback_ids")
    def _compute_feedback_count(self):
        counts = {
            referral.id: count
            for referral, count in self.env["bsc.feedback"]._read_group(
                [("referral_id", "in", self.ids)], ["referral_id"], ["__count"]
            )
        }
        for referral in self:
            referral.feedback_count = counts.get(referral.id, 0)

    @api.depends("date_feedback_due")
    def _compute_is_feedback_late(self):
        today = fields.Date.context_today(self)
        for referral in self:
            due = referral.date_feedback_due
            referral.is_feedback_late = bool(due and due < today)

    def _search_is_feedback_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("date_feedback_due", "<", fields.Date.context_today(self))

    @api.model_create_multi
    def create(self, vals_list):
        referrals = super().create(vals_list)
        referrals.filtered(
            lambda referral: not referral.date_feedback_due and not referral.is_closed
        )._plan_feedback()
        return referrals

    def _on_stage_entered(self, stage):
        if stage.feedback_kind:
            self.date_feedback_due = fields.Date.context_today(self)
        return super()._on_stage_entered(stage)

    def _plan_feedback(self):
        """Set when feedback falls due, by the rhythm of the team (rule 10)."""

        def next_date(referral):
            last = max(referral.feedback_ids.mapped("date"), default=referral.date)
            return last + relativedelta(weeks=referral.relation_id.feedback_weeks)

        for date, referrals in self.grouped(next_date).items():
            referrals.date_feedback_due = date

    def action_give_feedback(self):
        """Open the dialog to report back to the referrer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Give feedback"),
            "res_model": "bsc.feedback",
            "view_mode": "form",
            "views": [
                (self.env.ref("bsc_wijkteam.bsc_feedback_view_form_give").id, "form")
            ],
            "target": "new",
            "context": {"default_referral_id": self.id},
        }
