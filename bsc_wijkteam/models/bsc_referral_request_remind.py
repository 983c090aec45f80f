from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import split_every

BATCH = 50
PAST = 60  # days after which a question without an answer is no longer pressed


class BscReferralRequest(models.Model):
    """A provider that does not answer: one reminder, then the coach is told once."""

    _inherit = "bsc.referral.request"

    date_reminded = fields.Date("Reminded on", readonly=True, copy=False)
    date_escalated = fields.Date(
        "Coach told on",
        readonly=True,
        copy=False,
        help="When the coach was told that there is no answer.",
    )

    @api.model
    def _cron_remind(self):
        """Remind providers that do not answer, and tell the coach later.

        A question of the provider waits for the coach, so it is not reminded. Nothing
        is pressed once the referral is closed or with another offering.
        """
        late = self._search_late(
            "bsc_request_escalate_days", [("date_escalated", "=", False)]
        )
        mute = self._search_late(
            "bsc_request_remind_days",
            [
                ("way", "=", "mail"),
                ("date_sent", "!=", False),
                ("date_reminded", "=", False),
                ("question", "=", False),
            ],
        )
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(late) + len(mute))
        for requests, action in ((late, "_escalate"), (mute - late, "_remind")):
            for ids in split_every(BATCH, requests.ids):
                batch = self.browse(ids)
                getattr(batch, action)()
                if not cron._commit_progress(len(batch)):
                    return

    @api.model
    def _search_late(self, setting, domain):
        """Return the questions that wait for longer than each company agreed.

        :param str setting: field of the company with a number of days, 0 is never
        :param domain: which questions
        """
        today = fields.Date.context_today(self)
        # The agreements of every organisation, also from the job of the day.
        companies = self.env["res.company"].sudo().search(Domain.TRUE)  # no secret
        domains = [
            Domain("company_id", "in", group.ids)
            & Domain("date_asked", "<=", today - timedelta(days=days))
            for days, group in companies.grouped(setting).items()
            if days > 0
        ]
        found = self.search(
            Domain.OR(domains or [Domain.FALSE])
            & Domain("answer", "=", False)
            & Domain("date_asked", ">=", today - timedelta(days=PAST))
            & Domain("referral_id.active", "=", True)
            & Domain("referral_id.stage_id.is_closed", "=", False)
            & Domain(domain)
        )
        return found.filtered(lambda request: request._is_waiting())

    def _remind(self):
        """Mail these questions once more; tell the coach where that is impossible."""
        unreachable = self.filtered(
            lambda request: (not request.partner_id.active or request._get_mail_issue())
        )
        (self - unreachable)._mail("mail_template_request_reminder")
        self.date_reminded = fields.Date.context_today(self)
        unreachable._escalate()

    def _escalate(self):
        """Tell the coach that these questions have no answer."""
        self.date_escalated = fields.Date.context_today(self)
        for request in self:
            coach = request._get_coach()
            told = request._speak_to(coach.partner_id)
            told.referral_id._plan_news(
                told.env._("The provider does not answer: call, or ask another"),
                "",
                coach,
            )
