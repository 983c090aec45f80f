from odoo import api, fields, models
from odoo.tools import format_date, plaintext2html

REVIEW_TYPE = "bsc_wijkteam.mail_activity_type_review"
NEXT_STEP_DAYS = 7


class BscReferral(models.Model):
    """Not now, waiting and closed: when to look again, and what the reason asks for."""

    _inherit = "bsc.referral"

    @api.model_create_multi
    def create(self, vals_list):
        referrals = super().create(vals_list)
        referrals.filtered("review_date")._plan_review()
        return referrals

    def write(self, vals):
        reopened = self._get_reopened(vals)
        if reopened:
            endings = {referral.id: referral._get_ending() for referral in reopened}
            blank = {"outcome": False, "reason_id": False, "date_closed": False}
            super(BscReferral, reopened).write({**blank, **vals})
            reopened.with_context(bsc_own_words=True)._message_log_batch(endings)
            reopened.filtered(lambda r: not r.date_feedback_due)._plan_feedback()
        res = super(BscReferral, self - reopened).write(vals)
        if not {"stage_id", "review_date", "coach_id", "active"}.isdisjoint(vals):
            self._plan_review()
        return res

    def _get_reopened(self, vals):
        """Return those of these that are closed and go back to the path."""
        stage = self.env["bsc.referral.stage"].browse(vals.get("stage_id"))
        if not stage or stage.is_closed:
            return self.browse()
        return self.filtered("is_closed")

    def _get_ending(self):
        """Tell in one line how a closed referral ended, to keep when it is reopened."""
        self.ensure_one()
        outcomes = dict(self._fields["outcome"]._description_selection(self.env))
        ending = ", ".join(
            filter(None, (outcomes.get(self.outcome), self.reason_id.name))
        )
        return self.env._(
            "Reopened. It was closed on %(date)s: %(ending)s.",
            date=format_date(self.env, self.date_closed),
            ending=ending,
        )

    def _get_planned_for(self):
        """Return who acts on one referral: its coach, else the one of the team."""
        self.ensure_one()
        return self.coach_id or self.relation_id.coach_id or self.env.user

    def _plan_review(self):
        """Keep one activity to look again, on the day and for the coach of now.

        Where that is no longer asked for, it is done.
        """
        due = self.filtered(
            lambda referral: (
                referral.active
                and referral.review_date
                and referral.stage_id.requires_review_date
            )
        )
        planned = {
            activity.res_id: activity
            for activity in self.sudo().activity_search([REVIEW_TYPE])  # of anybody
        }
        over = self.filtered(lambda r: r.id in planned) - due
        if over:
            over.sudo().activity_feedback([REVIEW_TYPE])  # of anybody

        def day_and_coach(referral):
            return referral.review_date, referral._get_planned_for()

        for (date, user), referrals in due.grouped(day_and_coach).items():
            values = {"date_deadline": date, "user_id": user.id}
            missing = referrals.filtered(lambda r: r.id not in planned)
            for referral in referrals - missing:
                activity = planned[referral.id]
                if activity.date_deadline != date or activity.user_id != user:
                    activity.write(values)
            missing.with_context(mail_activity_quick_update=True).activity_schedule(
                REVIEW_TYPE, **values
            )

    def action_plan_next_step(self):
        """Plan what the reason proposes for the coach, unless it is planned already."""
        deadline = fields.Date.add(fields.Date.context_today(self), days=NEXT_STEP_DAYS)
        planned = {
            (activity.res_id, activity.summary)
            for activity in self.sudo().activity_ids  # of anybody
        }
        for referral in self.filtered("reason_next_step"):
            user = referral._get_planned_for()
            told = referral.with_context(
                lang=user.lang, bsc_own_words=True, mail_activity_quick_update=True
            )
            summary = told.env._("Next step: %(reason)s", reason=told.reason_id.name)
            if (referral.id, summary) not in planned:
                told.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=summary,
                    note=plaintext2html(told.reason_id.next_step),
                    user_id=user.id,
                    date_deadline=deadline,
                )

    def action_pause(self):
        """Open the dialog that asks when to look again, and why it waits."""
        action = self.action_close()
        pauses = self.env["bsc.referral.stage"].search(
            [("requires_review_date", "=", True)]
        )
        action["name"] = self.env._("Not now")
        action["context"]["default_stage_id"] = pauses[-1:].id
        return action
