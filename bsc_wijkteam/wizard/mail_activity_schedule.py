from odoo import api, fields, models


class MailActivitySchedule(models.TransientModel):
    _inherit = "mail.activity.schedule"

    bsc_is_promise = fields.Boolean("Is a promise", compute="_compute_bsc_is_promise")
    bsc_promised_by = fields.Selection(
        [("us", "We"), ("them", "They")], "Promised by", default="us"
    )
    bsc_can_keep = fields.Boolean(
        "I can keep this", help="Promise only what you can keep."
    )

    @api.depends("activity_type_id")
    def _compute_bsc_is_promise(self):
        promise_type_ids = self.env["mail.activity.type"]._get_promise_type_ids()
        for schedule in self:
            schedule.bsc_is_promise = schedule.activity_type_id.id in promise_type_ids

    def _action_schedule_activities(self):
        if not self.bsc_is_promise:
            return super()._action_schedule_activities()
        schedule = self.with_context(
            default_bsc_promised_by=self.bsc_promised_by,
            default_bsc_can_keep=self.bsc_can_keep,
        )
        return super(MailActivitySchedule, schedule)._action_schedule_activities()
