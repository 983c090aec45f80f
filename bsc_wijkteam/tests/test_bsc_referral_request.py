from ast import literal_eval
from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged, users

from ..models.bsc_referral_ask import ACTIVITY_TYPE
from .common import BscCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 10:00:00")
class TestBscReferralRequest(BscCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls._client()
        cls.referral = cls._referral(client_id=cls.client.id)

    def _request(self, user=None, **values):
        requests = self.env["bsc.referral.request"].with_user(user or self.env.user)
        return requests.create(
            {
                "referral_id": self.referral.id,
                "offering_id": self.offering.id,
                "date_asked": "2026-03-02",
                **values,
            }
        )

    @users("bsc_coach")
    def test_coach_notes_the_question_in_the_referral(self):
        self._check()
        with Form(self.referral.with_env(self.env)) as form:
            with form.request_ids.new() as request:
                request.offering_id = self.offering.with_env(self.env)
        request = self.referral.request_ids
        self.assertEqual(request.provider_id, self.provider)
        self.assertEqual(str(request.date_asked), "2026-03-10")
        self.assertFalse(request.answer)

    @users("bsc_coach")
    def test_offering_of_the_referral_is_proposed(self):
        self._check()
        referral = self.referral.with_env(self.env)
        referral.offering_id = self.offering
        with Form(referral) as form:
            with form.request_ids.new() as request:
                self.assertEqual(request.offering_id, self.offering)

    @users("bsc_coach")
    def test_answer_is_of_today_unless_told_otherwise(self):
        request = self._request()
        request.answer = "accepted"
        self.assertEqual(str(request.date_answered), "2026-03-10")
        self.assertEqual(request.days_to_answer, 8)
        request.date_answered = "2026-03-05"
        self.assertEqual(request.days_to_answer, 3)

    @users("bsc_coach")
    def test_answer_noted_at_once_keeps_its_date(self):
        request = self._request(answer="declined", date_answered="2026-03-04")
        self.assertEqual(request.days_to_answer, 2)

    @users("bsc_coach")
    def test_taking_back_an_answer_takes_back_its_date(self):
        request = self._request(answer="declined")
        request.answer = False
        self.assertFalse(request.date_answered)
        self.assertEqual(request.days_to_answer, 0)

    @users("bsc_coach")
    def test_answer_comes_after_the_question(self):
        with self.assertRaisesRegex(ValidationError, "answer before it was asked"):
            self._request(answer="accepted", date_answered="2026-03-01")

    @users("bsc_coach")
    def test_nothing_lies_in_the_future(self):
        for values in (
            {"date_asked": "2026-03-11"},
            {"answer": "accepted", "date_answered": "2026-03-11"},
        ):
            with (
                self.subTest(values),
                self.assertRaisesRegex(ValidationError, "cannot lie in the future"),
            ):
                self._request(**values)

    @users("bsc_coach")
    def test_date_of_an_answer_needs_the_answer(self):
        with self.assertRaisesRegex(ValidationError, "Choose what the provider"):
            self._request(date_answered="2026-03-05")

    @users("bsc_coach")
    def test_note_gives_nobody_away(self):
        with self.assertRaisesRegex(ValidationError, "gives away who the participant"):
            self._request(note="Fatima can come on Tuesday")
        request = self._request(note="Tuesday is full")
        with self.assertRaisesRegex(ValidationError, r"\(BSN\)"):
            request.note = "111222333"
        other = self._referral(client_id=self._client(name="Tuesday").id)
        with self.assertRaisesRegex(ValidationError, "gives away who the participant"):
            request.referral_id = other

    @users("bsc_coach")
    def test_markup_in_a_note_stays_text(self):
        note = "<script>alert(1)</script>" + "x" * 5000
        self.assertEqual(self._request(note=note).note, note)

    @users("bsc_coach")
    def test_name_says_offering_and_date_only(self):
        name = self._request().display_name
        self.assertEqual(name, "Group · 03/02/2026")
        self.assertNotIn(self.client.reference, name)

    def test_offering_of_another_company_is_refused(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        provider = self.env["bsc.provider"].create(
            {"name": "Far", "company_id": company.id, "coach_id": False}
        )
        offering = self._offering(provider_id=provider.id)
        with self.assertRaisesRegex(UserError, "belongs to another company|Elsewhere"):
            self._request(offering_id=offering.id)

    @users("bsc_other_coach")
    def test_question_about_a_colleagues_referral_is_out_of_sight(self):
        request = self._request(user=self.coach)
        requests = self.env["bsc.referral.request"]
        self.assertNotIn(request, requests.search([]))
        with self.assertRaises(AccessError):
            request.with_env(self.env).read(["note"])

    @users("bsc_viewer")
    def test_viewer_sees_no_questions(self):
        with self.assertRaises(AccessError):
            self.env["bsc.referral.request"].search([])

    # no answer

    def _asked(self, days, **values):
        """A question that was mailed some days ago and has no answer."""
        self._check()
        self.provider.call_id = self.provider_person
        referral = self._referral(stage_id=self._stage("new").id)
        with freeze_time(fields.Datetime.now() - timedelta(days=days)):
            request = referral.with_user(self.coach)._ask_provider(
                self.offering.with_user(self.coach)
            )
        request.write(values)
        return request.with_env(self.env)

    def _run(self):
        """Run the job of the day, and return the mails it made."""
        # A job commits; a test does not.
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *a, **k: 9.9)
        mails = self.env["mail.mail"].search([])
        self.env["bsc.referral.request"]._cron_remind()
        return self.env["mail.mail"].search([]) - mails

    def _activities(self, request):
        return request.referral_id.activity_search([ACTIVITY_TYPE])

    def test_one_reminder_after_some_days(self):
        early, due = self._asked(3), self._asked(4)
        mail = self._run()
        self.assertEqual(mail.recipient_ids, self.provider_person)
        self.assertIn(due.referral_id.reference, mail.subject)
        self.assertIn("/bsc/request/", mail.body_html)
        self.assertEqual(str(due.date_reminded), "2026-03-10")
        self.assertFalse(early.date_reminded)
        self.assertFalse(self._run(), "each is reminded once")

    def test_coach_is_told_later_once(self):
        request = self._asked(7)
        self.assertFalse(self._run(), "too late for a reminder")
        activity = self._activities(request)
        self.assertEqual(activity.user_id, self.coach)
        self.assertIn("does not answer", activity.summary)
        activity.action_feedback()
        self._run()
        self.assertFalse(self._activities(request))

    def test_zero_days_is_never(self):
        self.company.write(
            {"bsc_request_remind_days": 0, "bsc_request_escalate_days": 0}
        )
        request = self._asked(20)
        self.assertFalse(self._run())
        self.assertFalse(self._activities(request))

    def test_reminders_stop(self):
        other = self._offering(name="Other")
        answered, asking, closed, elsewhere = (self._asked(5) for _request in range(4))
        answered.answer = "accepted"
        asking.question = "How old?"
        closed.referral_id.write(
            {"stage_id": self._stage("closed").id, "outcome": "elsewhere"}
        )
        elsewhere.referral_id.offering_id = other
        self.assertFalse(self._run())

    def test_question_asked_by_phone_is_told_to_the_coach(self):
        self.referral.offering_id = self.offering
        request = self._request()
        self.assertFalse(self._run())
        self.assertIn("does not answer", self._activities(request).summary)

    def test_person_without_address_is_left_to_the_coach(self):
        request = self._asked(4)
        self.provider_person.email = False
        self.assertFalse(self._run())
        self.assertIn("does not answer", self._activities(request).summary)

    def test_old_questions_are_let_be(self):
        request = self._asked(61)
        self.assertFalse(self._run())
        self.assertFalse(self._activities(request))

    def test_queries_do_not_grow_with_the_number(self):
        def count(number):
            for _request in range(number):
                self._asked(7)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["bsc.referral.request"]._search_late(
                "bsc_request_escalate_days", [("date_escalated", "=", False)]
            ).referral_id.mapped("reference")
            return self.env.cr.sql_log_count - before

        self.assertEqual(count(2), count(10))

    @users("bsc_coach")
    def test_coach_mails_once_more(self):
        request = self._asked(2, question="How old?").with_env(self.env)
        mails = self.env["mail.mail"].sudo().search([])
        request.action_remind()
        mail = self.env["mail.mail"].sudo().search([]) - mails
        self.assertEqual(mail.recipient_ids, self.provider_person)
        self.assertFalse(request.question)
        request.answer = "accepted"
        with self.assertRaisesRegex(UserError, "nothing left to ask"):
            request.action_remind()

    @users("bsc_coach")
    def test_filters(self):
        requests = self._asked(1), self._asked(1, question="How old?")
        requests[1].with_env(self.env).message = "Adult"
        view = self.env["bsc.referral.request"].get_view(view_type="search")["arch"]
        found = {
            node.get("name"): self.env["bsc.referral.request"].search(
                literal_eval(node.get("domain"))
            )
            for node in etree.fromstring(view).iter("filter")
            if node.get("name") in ("waiting", "question")
        }
        self.assertEqual(found["waiting"], requests[0] | requests[1])
        self.assertEqual(found["question"], requests[1])
