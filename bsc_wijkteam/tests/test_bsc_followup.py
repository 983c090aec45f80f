from datetime import date

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, tagged, users
from odoo.tools import mute_logger

from ..models.bsc_referral_ask import ACTIVITY_TYPE
from .common import BscCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-05-04")
class TestBscFollowup(BscCommon):
    """Answers on record, and the mail that asks for them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._check()
        cls.provider.call_id = cls.provider_person
        cls.client = cls._client(("register", "share"))
        cls.referral = cls._start()
        cls.followup = cls.referral.followup_ids[0]

    @classmethod
    def _start(cls, **values):
        return cls._referral(
            client_id=cls.client.id,
            offering_id=cls.offering.id,
            stage_id=cls._stage("taking_part").id,
            **values,
        )

    def _news(self):
        return self.referral.activity_search([ACTIVITY_TYPE])

    def _ask(self, day="2026-08-04"):
        """Run the job on a day and return the mails it made."""
        # A job commits; a test does not.
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *a, **k: 9.9)
        before = self.env["mail.mail"].search([])
        with freeze_time(day):
            self.env["bsc.followup"]._cron_ask()
        return self.env["mail.mail"].search([]) - before

    # answers

    @users("bsc_coach")
    def test_one_click_of_the_coach_settles_it(self):
        followup = self.followup.with_env(self.env)
        followup.with_context(bsc_answer="yes").action_answer()
        self.assertEqual(followup.answer, "yes")
        self.assertEqual(followup.date, date(2026, 5, 4))
        self.assertEqual(followup.informant_id, self.coach.partner_id)
        self.assertFalse(followup.activity_id.active)
        self.assertFalse(self._news())
        self.assertIn(
            "After 3 months: Still takes part", self.referral.message_ids[0].body
        )

    @users("bsc_coach")
    def test_answer_of_the_coach_not_known_settles_it_too(self):
        followup = self.followup.with_env(self.env)
        followup.answer = "unknown"
        self.assertFalse(followup.activity_id.active)

    def test_answer_that_was_a_slip_is_taken_back(self):
        self.followup.answer = "yes"
        self.followup.answer = False
        self.assertFalse(self.followup.date)
        self.assertFalse(self.followup.informant_id)
        self.assertTrue(self.followup.activity_id.active)

    def test_answer_after_the_end_revives_no_activity(self):
        self.followup.answer = "yes"
        self.referral.stage_id = self._stage("match")
        self.followup.answer = False
        self.assertFalse(self.followup.activity_id.active)

    def test_stopped_asks_for_action_with_the_step_of_the_reason(self):
        self.followup.with_user(self.coach).answer = "no"
        self.assertEqual(self._news().summary, "Stopped. Call: what next?")
        self.assertEqual(self._news().user_id, self.coach)
        reason = self.env.ref("bsc_wijkteam.bsc_reason_cost_transport")
        self.followup.with_user(self.coach).reason_id = reason
        self.assertEqual(len(self._news()), 1)
        self.assertIn("a fund or scheme", self._news().note)

    def test_reason_goes_when_it_did_not_stop(self):
        reason = self.env.ref("bsc_wijkteam.bsc_reason_moved")
        self.followup.write({"answer": "no", "reason_id": reason.id})
        self.followup.answer = "yes"
        self.assertFalse(self.followup.reason_id)

    def test_other_day_moves_the_activity(self):
        self.followup.date_due = "2026-08-20"
        self.assertEqual(self.followup.activity_id.date_deadline, date(2026, 8, 20))

    def test_answer_lies_not_in_the_future(self):
        with self.assertRaisesRegex(ValidationError, "cannot lie in the future"):
            self.followup.write({"answer": "yes", "date": "2026-05-05"})

    def test_identity_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "gives away"):
            self.followup.note = "Fatima comes every week"
        with self.assertRaisesRegex(ValidationError, "BSN"):
            self.followup.note = "111222333"

    def test_same_moment_is_planned_once(self):
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            self.followup.copy()

    def test_offering_follows_until_it_is_answered(self):
        other = self._offering(name="Other")
        self.followup.answer = "yes"
        self.referral.offering_id = other
        open_ones = self.referral.followup_ids - self.followup
        self.assertEqual(self.followup.offering_id, self.offering)
        self.assertEqual(open_ones.offering_id, other)

    @users("bsc_other_coach")
    def test_colleague_neither_reads_nor_answers(self):
        with self.assertRaises(AccessError):
            self.followup.with_env(self.env).answer = "yes"
        found = self.env["bsc.followup"].search([])
        self.assertNotIn(self.followup, found)

    def test_still_active_can_be_counted(self):
        self.followup.answer = "yes"
        self._start().followup_ids[0].answer = "no"
        groups = self.env["bsc.followup"]._read_group(
            [("months", "=", 3), ("referral_id.client_id", "=", self.client.id)],
            ["answer"],
            ["__count"],
        )
        self.assertEqual(dict(groups), {"yes": 1, "no": 1})

    # asking the provider

    def test_provider_is_asked_once_on_the_day(self):
        self.assertFalse(self._ask("2026-08-03"))
        mail = self._ask()
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.recipient_ids, self.provider_person)
        self.assertEqual(self.followup.partner_id, self.provider_person)
        self.assertEqual(self.followup.date_asked, date(2026, 8, 4))
        self.assertFalse(self._ask("2026-08-05"))

    def test_one_mail_for_all_people_of_a_provider(self):
        second = self._start(coach_id=self.other_coach.id)
        mail = self._ask()
        self.assertEqual(len(mail), 1)
        for referral in self.referral | second:
            self.assertIn(referral.reference, mail.subject)
            self.assertIn(referral.reference, mail.body_html)
        self.assertEqual(mail.body_html.count("/bsc/followup/"), 1)

    def test_subject_stays_short(self):
        for _number in range(4):
            self._start()
        subject = self._ask().subject
        self.assertEqual(subject.count("R2026-"), 3)
        self.assertIn("…", subject)

    def test_mail_names_nobody(self):
        mail = self._ask()
        self.assertNotIn("Fatima", f"{mail.subject} {mail.body_html}")
        self.assertFalse(mail.model)

    def test_other_providers_get_their_own_mail(self):
        provider = self.env["bsc.provider"].create(
            {"name": "Pool", "email": "pool@example.com"}
        )
        offering = self._offering(name="Swim", provider_id=provider.id)
        swimmer = self._start()
        swimmer.write({"override_reason": "Known", "offering_id": offering.id})
        mails = self._ask()
        self.assertEqual(len(mails), 2)
        mine = mails.filtered(lambda m: m.recipient_ids == provider.partner_id)
        self.assertIn(swimmer.reference, mine.subject)
        self.assertNotIn(self.referral.reference, mine.subject)

    def test_nobody_is_asked_without_permission(self):
        self.client.may_share = False
        self.assertFalse(self._ask())
        self.assertFalse(self.followup.date_asked)

    def test_nobody_is_asked_who_cannot_be_mailed(self):
        self.provider_person.email = False
        self.assertFalse(self._ask())
        self.assertFalse(self.followup.date_asked)

    def test_answered_closed_or_long_ago_is_not_asked(self):
        self.followup.answer = "yes"
        self.assertFalse(self._ask())
        closed = self._start()
        closed.write({"stage_id": self._stage("closed").id, "outcome": "elsewhere"})
        self.assertFalse(self._ask())
        self._start()
        self.assertFalse(self._ask("2026-10-20"))

    def test_archived_referral_is_not_asked_about(self):
        self.referral.active = False
        self.assertFalse(self._ask())
