from datetime import timedelta
from urllib.parse import urlsplit

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from ..models.bsc_followup_link import LINK_SCOPE, MAX_TEXT
from ..models.bsc_referral_ask import ACTIVITY_TYPE
from .common import BscCommon, LinkPage


@tagged("post_install", "-at_install")
class TestFollowupPage(LinkPage, BscCommon, HttpCase):
    """What a provider sees and taps behind the link, without logging in."""

    scope = LINK_SCOPE

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        today = fields.Date.today()
        cls.provider_person.lang = "en_US"
        cls.provider.call_id = cls.provider_person
        cls.coach.write({"name": "Sam Coach", "notification_type": "inbox"})
        cls._check(date=today - timedelta(days=30))
        cls.client = cls._client(("register", "share"), phone="06 1234 5678")
        cls.referral, cls.second = (
            cls._referral(
                client_id=cls.client.id,
                stage_id=cls._stage("taking_part").id,
                offering_id=cls.offering.id,
                date_start=today - relativedelta(months=3),
                wish="Wants to dance",
            )
            for _number in range(2)
        )
        cls.followup = cls.referral.followup_ids[0]
        cls.followups = cls.followup | cls.second.followup_ids[0]
        cls.followups.write({"partner_id": cls.provider_person.id, "date_asked": today})

    def setUp(self):
        super().setUp()
        self.link = self.followup._get_link()

    def _get_link(self):
        return self.followup._get_link()

    def _get_answers(self):
        return self._open(), self._tap()

    def _open(self, link=None):
        return self.url_open(urlsplit(link or self.link).path)

    def _tap(self, answer="yes", followup=None, link=None, **data):
        response = self.url_open(
            urlsplit(link or self.link).path + "/answer",
            data={
                "followup": str((followup or self.followup).id),
                "answer": answer,
                **data,
            },
        )
        self.env.invalidate_all()
        return response

    def _assert_does_not_work(self, link):
        for response in (self._open(link), self._tap(link=link)):
            self.assertEqual(response.status_code, 404)
            self.assertNotIn(self.referral.reference, response.text)
        self.assertFalse(self.followup.answer)

    def _news(self):
        return self.referral.activity_search([ACTIVITY_TYPE])

    def _assert_over(self, response):
        self.assertEqual(response.status_code, 410)
        self.assertIn("Everything has been answered", response.text)
        self.assertNotIn("<button", response.text)
        self.assertFalse(self.followup.answer)

    # what it shows

    def test_page_shows_references_only(self):
        for response in (self._open(), self._tap(), self._open()):
            for referral in self.referral | self.second:
                self.assertIn(referral.reference, response.text)
            for secret in ("Fatima", "06 1234", "dance", self.client.reference):
                self.assertNotIn(secret, response.text)
            self.assertIn("Sam Coach", response.text)

    def test_page_speaks_the_language_of_the_person(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.provider_person.lang = "nl_NL"
        self.assertIn('lang="nl-NL"', self._open().text)

    def test_reading_changes_nothing(self):
        self._open()
        response = self.url_open(urlsplit(self.link).path + "/answer")
        self.assertEqual(response.status_code, 405)
        self.assertFalse(self.followup.answer)

    # which links work

    def test_link_of_somebody_else_does_not_answer(self):
        other = self.env["res.partner"].create({"name": "Other"})
        self.second.followup_ids[0].partner_id = other
        response = self._tap(followup=self.second.followup_ids[0])
        self.assertEqual(response.status_code, 410)
        self.assertFalse(self.second.followup_ids[0].answer)

    def test_person_left_the_provider(self):
        self.provider.call_id = False
        self.provider_person.parent_id = False
        self._assert_over(self._open())
        self._assert_over(self._tap())

    def test_archived_person(self):
        self.provider_person.active = False
        self.assertEqual(self._open().status_code, 404)

    def test_permission_withdrawn(self):
        self.client.may_share = False
        self._assert_over(self._open())
        self._assert_over(self._tap())

    def test_closed_by_the_coach_meanwhile(self):
        self.referral.write(
            {"stage_id": self._stage("closed").id, "outcome": "elsewhere"}
        )
        self.assertFalse(self.followup.exists())
        text = self._open().text
        self.assertNotIn(self.referral.reference, text)
        self.assertIn(self.second.reference, text)
        self.assertEqual(self._tap(followup=self.followup).status_code, 410)

    def test_answered_by_the_coach_meanwhile(self):
        self.followup.with_user(self.coach).answer = "no"
        self.assertIn("This has been answered already", self._open().text)
        self._tap("yes")
        self.assertEqual(self.followup.answer, "no")

    # answering

    def test_one_tap_settles_it_without_disturbing_the_coach(self):
        response = self._tap()
        self.assertEqual(response.status_code, 200)
        self.assertIn("Thank you!", response.text)
        self.assertEqual(self.followup.answer, "yes")
        self.assertEqual(self.followup.date, fields.Date.today())
        self.assertEqual(self.followup.informant_id, self.provider_person)
        self.assertFalse(self.followup.activity_id.active)
        self.assertFalse(self._news())
        self.assertEqual(self.referral.message_ids[0].author_id, self.provider_person)
        self.assertFalse(self.second.followup_ids[0].answer)

    def test_stopped_tells_the_coach_and_closes_nothing(self):
        self._tap("no", note="Did not come since May")
        self.assertEqual(self._news().summary, "Stopped. Call: what next?")
        self.assertEqual(self._news().user_id, self.coach)
        self.assertIn("Did not come since May", self._news().note)
        self.assertEqual(self.referral.stage_id, self._stage("taking_part"))

    def test_not_known_leaves_it_to_the_coach(self):
        self._tap("unknown")
        self.assertEqual(self.followup.answer, "unknown")
        self.assertTrue(self.followup.activity_id.active)

    def test_line_is_told_to_the_coach(self):
        self._tap(note="Helps with <b>coffee</b> now")
        self.assertEqual(self._news().summary, "The provider wrote something")
        self.assertIn("&lt;b&gt;coffee&lt;/b&gt;", self._news().note)
        self.assertNotIn("<b>coffee", self._open().text)

    def test_double_tap_is_one_answer(self):
        self._tap("no", note="Moved")
        self.assertEqual(len(self._news()), 1)
        self._news().action_feedback()
        before = self.referral.message_ids
        self.assertIn("Thank you!", self._tap("no", note="Moved").text)
        self.assertEqual(self.referral.message_ids, before)
        self.assertFalse(self._news())

    def test_slip_can_be_changed_for_a_while(self):
        self._tap("no")
        self.assertIn("Change this", self._open().text)
        self._tap("yes")
        self.assertEqual(self.followup.answer, "yes")
        self.followups.write({"answer": "yes", "informant_id": self.provider_person.id})
        self.followups.write({"date": fields.Date.today() - timedelta(days=30)})
        self.assertEqual(self._open().status_code, 410)

    def test_bad_input_stores_nothing(self):
        for answer in ("", "maybe"):
            response = self._tap(answer, note="Hello there")
            self.assertEqual(response.status_code, 422)
            self.assertIn("Choose one of the three answers", response.text)
            self.assertIn("Hello there", response.text)
        response = self._tap(note="x" * (MAX_TEXT + 1))
        self.assertIn("301 characters, and 300 fit", response.text)
        response = self._tap(note="111222333")
        self.assertIn("(BSN)", response.text)
        for wrong in ("", "x", "0"):
            response = self.url_open(
                urlsplit(self.link).path + "/answer",
                data={"followup": wrong, "answer": "yes"},
            )
            self.assertEqual(response.status_code, 410)
        self.assertFalse(self.followup.answer)

    def test_name_is_left_out_without_a_word(self):
        response = self._tap(note="Fatima comes every week")
        self.assertEqual(response.status_code, 200)
        self.assertEqual(self.followup.note, "… comes every week")

    def test_later_question_takes_the_place_of_the_first(self):
        later = self.referral.followup_ids[1]
        later.write(
            {"partner_id": self.provider_person.id, "date_asked": fields.Date.today()}
        )
        self.assertEqual(self._tap().status_code, 410)
        self.assertEqual(self._tap(followup=later).status_code, 200)
        self.assertFalse(self.followup.answer)
