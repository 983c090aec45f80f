from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models

RENEW_AHEAD = 60  # days before a check ends: its renewal is planned
RENEW_BEFORE = 30  # days before a check ends: its renewal is due

RENEWAL_TYPE = "bsc_wijkteam.mail_activity_type_renewal"


class BscCheck(models.Model):
    """What the days do to a check: renewal comes near, and one day it lapses."""

    _inherit = "bsc.check"

    is_renewal_planned = fields.Boolean(
        "Renewal planned",
        readonly=True,
        copy=False,
        help="An activity to renew this check was planned; it is not planned twice.",
    )

    @api.model
    def _cron_plan_renewal(self):
        """Plan the renewal of the checks that end within 60 days, all in one go.

        Once per check: what the coach did or cancelled does not come back. Where a new
        check is running already, nothing needs to be planned.
        """
        today = fields.Date.context_today(self)
        checks = self.search(
            [
                ("state", "=", "valid"),
                ("is_renewal_planned", "=", False),
                ("valid_until", "<=", today + timedelta(days=RENEW_AHEAD)),
                ("provider_id.active", "=", True),
                "|",
                ("offering_id", "=", False),
                ("offering_id.active", "=", True),
            ]
        )
        running = {
            (provider, offering)
            for provider, offering in self._read_group(
                checks._get_running_domain(), ["provider_id", "offering_id"]
            )
        }
        checks = checks.filtered(
            lambda check: (check.provider_id, check.offering_id) not in running
        )
        checks.mapped("display_name")  # read in one go: each activity bears the name
        # No mail about each of them: the coach meets them among the activities.
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [check._prepare_renewal(today) for check in checks]
        )
        checks.is_renewal_planned = True

    def _prepare_renewal(self, today):
        self.ensure_one()
        coach = self._get_coach()
        check = self._speak_to(coach.partner_id)
        return {
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            "activity_type_id": self.env["ir.model.data"]._xmlid_to_res_id(
                RENEWAL_TYPE, raise_if_not_found=False
            ),
            "automated": True,
            "user_id": coach.id,
            "date_deadline": max(
                today, self.valid_until - timedelta(days=RENEW_BEFORE)
            ),
            "summary": check.env._(
                "Start a new check: this one ends on %(date)s",
                date=check._format_date(self.valid_until),
            ),
        }

    def _finish_renewal(self):
        """Finish the planned renewal of the checks that a newer one took over from."""
        if replaced := self.filtered("replaced_by_id"):
            replaced.activity_search([RENEWAL_TYPE]).action_done()

    @api.model
    def _cron_lapse(self):
        """Lapse the checks whose last valid day has passed, all in one go."""
        lapsed = self.with_context(tracking_disable=True).search(
            [
                ("state", "=", "valid"),
                ("valid_until", "<", fields.Date.context_today(self)),
            ]
        )
        # Nothing is written: the day has come. What follows from the state follows too.
        lapsed.modified(["valid_until"])
        lapsed._recompute_recordset(["state"])
        bodies = {}
        for company, checks in lapsed.grouped("company_id").items():
            body = checks._speak_to(company.partner_id).env._(
                "This check has lapsed: its last valid day is over."
            )
            bodies.update(dict.fromkeys(checks.ids, body))
        lapsed._message_log_batch(bodies=bodies)
        lapsed._tell_lapsed()

    def _tell_lapsed(self):
        """Tell each coach once how many checks lapsed, with the way to the list."""
        for coach, checks in self.grouped(lambda check: check._get_coach()).items():
            if coach:
                checks._speak_to(coach.partner_id)._tell_lapsed_to(coach)

    def _tell_lapsed_to(self, coach):
        # A notification and no activity: there is no record it would belong to. It
        # reaches the coach by mail or in Odoo, as he or she prefers. The mail leaves
        # with the queue, so that a mail server that is down does not stop the job.
        count = len(self)
        self.env["mail.thread"].with_context(
            mail_notify_force_send=False
        ).message_notify(
            partner_ids=coach.partner_id.ids,
            subject=(
                self.env._("1 criteria check has lapsed")
                if count == 1
                else self.env._("%(count)s criteria checks have lapsed", count=count)
            ),
            body=Markup("<p>%s</p><p><a href='%s'>%s</a></p>")
            % (
                self.env._("Nobody can be referred there until a new check is valid."),
                f"{self.browse().get_base_url()}/odoo/bsc-checks-lapsed",
                self.env._("Open my lapsed checks"),
            ),
        )

    def _speak_to(self, partner):
        """Return these checks in the language of a reader, else of the company."""
        lang = partner.lang or self.company_id[:1].partner_id.lang or self.env.lang
        return self.with_context(lang=lang)

    def _is_lapsing(self):
        """Tell whether it is time to renew this check."""
        self.ensure_one()
        ahead = fields.Date.context_today(self) + timedelta(days=RENEW_AHEAD)
        return self.state == "valid" and self.valid_until and self.valid_until <= ahead
