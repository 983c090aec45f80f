from datetime import date, timedelta
from urllib.parse import urlsplit

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from ..models.bsc_referral_ask import ACTIVITY_TYPE
from ..models.bsc_referral_request_link import LINK_SCOPE, MAX_TEXT
from .common import BscCommon, LinkPage

SECRETS = ("Fatima", "06 1234 5678", "fatima@example.com", "after six")


@tagged("post_install", "-at_install")
class TestReferralRequestPage(LinkPage, BscCommon, HttpCase):
    """What a provider sees and does behind the link, without logging in."""

    scope = LINK_SCOPE

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.provider_person.lang = "en_US"
        cls.provider.call_id = cls.provider_person
        cls.coach.write({"name": "Sam Coach", "notification_type": "inbox"})
        cls._check(date=fields.Date.today() - timedelta(days=30))
        city, district, street = (
            cls.env["bsc.area"].create({"name": name, "kind": kind})
            for name, kind in (
                ("Testcity", "municipality"),
                ("Testdistrict", "district"),
                ("Teststreet", "neighbourhood"),
            )
        )
        district.parent_id, street.parent_id = city, district
        cls.client = cls._client(
            ("register", "share"),
            phone="06 1234 5678",
            email="fatima@example.com",
            reach_note="Call after six",
        )
        cls.referral = cls._referral(
            client_id=cls.client.id,
            stage_id=cls._stage("match").id,
            offering_id=cls.offering.id,
            area_id=street.id,
            age_band="27-44",
            wish="Wants to dance",
            barriers="Money",
            target_group_ids=[
                Command.create({"name": "People in need", "words_use": "for free"})
            ],
        )

    def setUp(self):
        super().setUp()
        self.asked = self._ask("Likes a small group")
        self.link = self.asked._get_link()

    def _get_link(self):
        return self.asked._get_link()

    def _get_answers(self):
        return self._open(), self._accept(), self._reach()

    def _ask(self, message=False, offering=None):
        referral = self.referral.with_user(self.coach)
        offering = (offering or self.offering).with_user(self.coach)
        return referral._ask_provider(offering, message).with_env(self.env)

    def _open(self, action="", link=None, **data):
        response = self.url_open(
            urlsplit(link or self.link).path + action,
            method="POST" if action else "GET",
            data=data or None,
        )
        self.env.invalidate_all()
        return response

    def _accept(self, **data):
        return self._open("/accept", **data)

    def _decline(self, reason="full", **data):
        return self._open("/decline", reason=reason, **data)

    def _news(self, news, **data):
        return self._open("/news", news=news, **data)

    def _reach(self, link=None):
        return self._open("/reach", link)

    def _activities(self):
        return self.referral.activity_search([ACTIVITY_TYPE])

    def _notes(self):
        return self.referral.message_ids.filtered(
            lambda message: message.author_id == self.provider_person
            and message.subject
        )

    def _assert_unreachable(self, response):
        for secret in SECRETS:
            self.assertNotIn(secret, response.text)

    def _assert_over(self, sentence):
        """The page says why nothing is left to do, and no button does anything."""
        answer = self.asked.answer
        for action in ("", "/accept", "/decline", "/question", "/news", "/reach"):
            with self.subTest(action):
                response = self._open(action, question="Hello", reason="full")
                self.assertEqual(response.status_code, 410)
                self.assertIn(sentence, response.text)
                self.assertNotIn("<button", response.text)
                self._assert_unreachable(response)
        self.assertEqual(self.asked.answer, answer)

    # what it shows

    def test_page_shows_what_is_asked_in_general_terms(self):
        text = self._open().text
        for part in (
            "Group, Club",
            "27–44",
            "Testdistrict",
            "Likes a small group",
            self.referral.reference,
            "Sam Coach",
            "bsc_coach@example.com",
        ):
            self.assertIn(part, text)

    def test_page_tells_nothing_that_is_the_participants_own(self):
        for response in (self._open(), self._accept(), self._open()):
            for secret in (
                *SECRETS,
                "Teststreet",
                "Wants to dance",
                "Money",
                "People in need",
                "for free",
                self.client.reference,
            ):
                self.assertNotIn(secret, response.text)

    def test_page_speaks_the_language_of_the_person(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.provider_person.lang = "nl_NL"
        self.assertIn('lang="nl-NL"', self._open().text)

    def test_reading_changes_nothing(self):
        for action in ("/accept", "/decline", "/question", "/news", "/reach"):
            response = self.url_open(urlsplit(self.link).path + action)
            self.assertEqual(response.status_code, 405)
        self._open()
        self.assertFalse(self.asked.answer)
        self.assertFalse(self._activities())

    # which links work

    def _assert_does_not_work(self, link):
        for action in ("", "/accept", "/reach"):
            response = self._open(action, link)
            self.assertEqual(response.status_code, 404)
            self.assertIn("This link does not work", response.text)
            self.assertNotIn(self.referral.reference, response.text)
        self.assertFalse(self.asked.answer)

    def test_link_of_who_is_not_asked_any_more(self):
        self.provider.partner_id.email = "info@example.com"
        self.asked.partner_id = self.provider.partner_id
        self._assert_does_not_work(self.link)

    def test_person_left_the_provider(self):
        self.provider.call_id = False
        self.provider_person.parent_id = False
        self._assert_over("We do not know you any more")

    # answering

    def test_accepting_tells_the_coach_at_once(self):
        self._accept(note="Tuesday at ten")
        self.assertEqual(self.asked.answer, "accepted")
        self.assertEqual(self.asked.note, "Tuesday at ten")
        self.assertTrue(self.asked.date_answered)
        activity = self._activities()
        self.assertEqual(activity.user_id, self.coach)
        self.assertEqual(activity.summary, "The provider: somebody can come")
        self.assertIn("Tuesday at ten", activity.note)
        self.assertIn(self.coach.partner_id, self._notes().notified_partner_ids)
        self.assertEqual(self.referral.stage_id, self._stage("match"))

    def test_double_click_is_one_answer(self):
        for _click in range(2):
            response = self._accept(note="Tuesday")
            self.assertIn("You answered: this person can come", response.text)
        self.assertEqual(len(self._notes()), 1)
        self.assertEqual(len(self._activities()), 1)

    def test_declining_needs_a_reason(self):
        for reason in ("", "nonsense"):
            response = self._decline(reason, line="Sorry")
            self.assertEqual(response.status_code, 422)
            self.assertIn("Choose why it is not possible", response.text)
            self.assertIn("Sorry", response.text)
        self.assertFalse(self.asked.answer)

    def test_declining_offers_the_coach_the_next_match(self):
        other = self._offering(
            name="Next group", area_ids=[Command.link(self.referral.area_id.id)]
        )
        response = self._decline(line="Full until June")
        self.assertIn("this is not possible", response.text)
        self.assertEqual(self.asked.answer, "declined")
        self.assertEqual(self.asked.decline_reason, "full")
        self.assertEqual(self.asked.note, "Full until June")
        self.assertIn("No place at the moment", self._activities().note)
        self.assertIn(other.name, self._activities().note)
        self.assertNotIn(other.name, response.text)

    def test_answer_can_be_changed(self):
        self._decline()
        self.assertIn("Is it possible after all?", self._open().text)
        self._accept()
        self.assertEqual(self.asked.answer, "accepted")
        self.assertFalse(self.asked.decline_reason)
        self.assertEqual(self._activities().summary, "The provider: somebody can come")

    def test_declining_after_accepting_ends_access(self):
        self._accept()
        self.assertIn("Fatima", self._reach().text)
        self._decline()
        self._assert_unreachable(self._reach())
        self.assertIn("cannot come after all", self._activities().summary)

    def test_answer_by_phone_is_on_the_page(self):
        self.asked.with_user(self.coach).answer = "accepted"
        self.assertIn("You answered: this person can come", self._open().text)

    def test_accepting_is_friendly_when_the_activity_is_full(self):
        self.offering.write({"is_limited": True, "places": 0})
        response = self._accept()
        self.assertEqual(response.status_code, 200)
        self.assertIn("all places are taken here", self._activities().note)

    # asking

    def test_question_goes_to_the_coach_once(self):
        for _click in range(2):
            response = self._open("/question", question="How old?\n<script>x</script>")
            self.assertIn("Your question was sent", response.text)
        self.assertNotIn("<script>x", response.text)
        self.assertEqual(self.asked.question, "How old?\n<script>x</script>")
        self.assertEqual(self._activities().summary, "The provider has a question")
        self.assertNotIn("<script>", self._activities().note)
        self.assertEqual(len(self._notes()), 1)

    def test_question_must_say_something_and_fit(self):
        for text, sentence in (
            (" ", "Write your question first"),
            ("x" * (MAX_TEXT + 4000), "5000 characters, and 1000 fit"),
        ):
            response = self._open("/question", question=text)
            self.assertEqual(response.status_code, 422)
            self.assertIn(sentence, response.text)
            self.assertIn(text, response.text)
        self.assertFalse(self.asked.question)

    def test_a_file_is_no_text(self):
        response = self.url_open(
            urlsplit(self.link).path + "/question",
            files={"question": ("x.txt", b"hello")},
            method="POST",
        )
        self.assertEqual(response.status_code, 422)

    def test_bsn_is_refused(self):
        response = self._accept(note="111222333")
        self.assertEqual(response.status_code, 422)
        self.assertIn("(BSN)", response.text)
        self.assertFalse(self.asked.answer)

    def test_trying_names_finds_nobody(self):
        right, wrong = (
            self._open("/question", question=f"Is it {name}?")
            for name in ("Fatima", "Aisha")
        )
        self.assertEqual(right.status_code, wrong.status_code)
        self.assertEqual(right.text, wrong.text)
        notes = " ".join(self._notes().mapped("body"))
        self.assertIn("Is it …", notes)
        self.assertNotIn("Fatima", notes)
        self.assertIn("Aisha", notes)

    def test_first_name_that_is_a_word_of_ours(self):
        self.client.name = "Can"
        self._accept(note="Tuesday")
        self.assertEqual(self.asked.answer, "accepted")
        self.assertEqual(self._activities().summary, "The provider: somebody can come")

    # how to reach (rule 4)

    def test_reach_is_shown_after_the_button_only(self):
        self._accept()
        self._assert_unreachable(self._open())
        text = self._reach().text
        for part in SECRETS:
            self.assertIn(part, text)
        self._assert_unreachable(self._open())

    def test_each_look_is_noted_without_identity(self):
        self._accept()
        before = self.referral.message_ids
        self._reach()
        self._reach()
        notes = self.referral.message_ids - before
        self.assertEqual(len(notes), 2)
        self.assertEqual(notes.author_id, self.provider_person)
        for note in notes:
            self.assertIn("looked how to reach", note.body)
            self.assertNotIn("Fatima", note.body)
        self.assertTrue(self.asked.date_reached)

    def test_no_reach_before_accepting(self):
        self._assert_unreachable(self._reach())
        self.assertFalse(self.asked.date_reached)

    def test_no_reach_without_permission(self):
        self.client.may_share = False
        self._accept()
        self.assertNotIn("Show how to reach", self._open().text)
        self._assert_unreachable(self._reach())

    def test_withdrawn_permission_ends_access_and_tells_the_provider(self):
        self._accept()
        self._reach()
        mails = self.env["mail.mail"].search([])
        self.client.with_user(self.coach).may_share = False
        mail = self.env["mail.mail"].search([]) - mails
        self.assertEqual(mail.recipient_ids, self.provider_person)
        self.assertIn(self.referral.reference, mail.subject)
        for text in (*SECRETS, "/bsc/request/", "permission"):
            self.assertNotIn(text, f"{mail.subject} {mail.body_html}")
        response = self._reach()
        self._assert_unreachable(response)
        self.assertIn("not shown any more", response.text)

    def test_provider_without_access_hears_of_no_withdrawal(self):
        mails = self.env["mail.mail"].search_count([])
        self.client.with_user(self.coach).may_share = False
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_no_reach_when_set_aside(self):
        self._accept()
        self.referral.write(
            {"stage_id": self._stage("not_now").id, "review_date": date(2030, 1, 1)}
        )
        self._assert_unreachable(self._reach())

    # over

    def test_closed_meanwhile(self):
        self._accept()
        self.referral.write(
            {"stage_id": self._stage("closed").id, "outcome": "elsewhere"}
        )
        self._assert_over("This question is closed")

    def test_another_activity_chosen_meanwhile(self):
        self._accept()
        self.referral.with_user(self.coach).offering_id = self._offering(name="Other")
        self._assert_over("Another activity was chosen")

    def test_activity_archived_meanwhile(self):
        self.offering.active = False
        self._assert_over("no longer in our overview")

    # how it goes

    def test_trial_moves_the_card_and_notes_the_day(self):
        self._accept()
        day = fields.Date.today() + timedelta(days=5)
        response = self._news("planned", date=day.isoformat(), note="At ten")
        self.assertIn("has been told", response.text)
        self.assertEqual(self.asked.date_trial, day)
        self.assertEqual(self.referral.stage_id, self._stage("trial"))
        self.assertEqual(self.referral.date_trial, day)
        self.assertIn("trial on", self._activities().summary)

    def test_taking_part_moves_the_card(self):
        self._accept()
        self._news("started")
        self.assertEqual(self.referral.stage_id, self._stage("taking_part"))
        self.assertEqual(self.referral.date_start, fields.Date.today())
        self.assertEqual(self._activities().summary, "The provider: takes part")

    def test_card_stays_and_coach_hears_what_is_missing(self):
        self._accept()
        self.offering.write({"is_limited": True, "places": 0})
        response = self._news("started")
        self.assertEqual(response.status_code, 200)
        self.assertEqual(self.referral.stage_id, self._stage("match"))
        self.assertEqual(self.asked.news, "started")
        self.assertIn("all are taken", self._activities().note)
        self.assertNotIn("all are taken", response.text)

    def test_card_never_goes_back_and_stopping_never_closes(self):
        self._accept()
        self._news("started")
        self._news("tried")
        self._news("stopped", note="Did not come any more")
        self.assertEqual(self.referral.stage_id, self._stage("taking_part"))
        self.assertEqual(self.asked.news, "stopped")
        self.assertIn("Call: what next?", self._activities().summary)
        self.assertIn("Did not come any more", self._activities().note)

    def test_stages_of_ones_own_are_found_by_their_milestone(self):
        self._stage("trial").milestone = False
        own = self.env["bsc.referral.stage"].create(
            {"name": "Own", "sequence": 45, "milestone": "trial"}
        )
        self._accept()
        self._news("tried")
        self.assertEqual(self.referral.stage_id, own)

    def test_news_needs_its_day_and_an_acceptance(self):
        response = self._news("tried")
        self.assertEqual(response.status_code, 422)
        self.assertIn("First tell us that this person can come", response.text)
        self._accept()
        for values in ({}, {"date": "soon"}, {"date": "1999-01-01"}):
            response = self._news("planned", **values)
            self.assertIn("Choose the day of the trial", response.text)
        self.assertIn("Choose how it goes", self._news("nonsense").text)
        self.assertFalse(self.asked.news)

    def test_news_twice_is_told_once(self):
        self._accept()
        before = self._notes()
        for _click in range(2):
            self._news("started", note="Comes every week")
        self.assertEqual(len(self._notes() - before), 1)
