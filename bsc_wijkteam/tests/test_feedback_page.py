from datetime import timedelta
from urllib.parse import urlsplit

from odoo.tests import HttpCase, freeze_time, tagged

from ..models.bsc_feedback import LINK_SCOPE
from .common import BscCommon, LinkPage

OPENED = {"Sec-Fetch-Mode": "navigate"}


@tagged("post_install", "-at_install")
class TestFeedbackPage(LinkPage, BscCommon, HttpCase):
    scope = LINK_SCOPE

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.professional.lang = "en_US"
        cls.coach.name = "Sam Coach"
        cls.coach.partner_id.phone = "06 9999 8888"
        cls.referral = cls._referral(
            client_id=cls._client().id, wish="Wants to swim", barriers="Transport"
        )
        cls.feedback = cls.env["bsc.feedback"].create(
            {
                "referral_id": cls.referral.id,
                "body": "Comes every week\n<script>alert(1)</script>",
                "kind": "interim",
                "user_id": cls.coach.id,
            }
        )

    def _get_link(self):
        return self.feedback._get_link()

    def _open(self, link=None, headers=None, **kwargs):
        path = urlsplit(link or self.feedback._get_link()).path
        return self.url_open(path, headers=headers or OPENED, **kwargs)

    def _assert_does_not_work(self, link):
        response = self._open(link)
        self.assertEqual(response.status_code, 404)
        self.assertIn("This link does not work", response.text)
        self.assertNotIn(self.referral.reference, response.text)
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")

    # what it shows

    def test_link_opens_without_login(self):
        response = self._open()
        self.assertEqual(response.status_code, 200)
        for text in (
            self.referral.reference,
            "Comes every week",
            "In between",
            "Sam Coach",
            "bsc_coach@example.com",
        ):
            self.assertIn(text, response.text)

    def test_page_shows_nothing_about_the_person(self):
        text = self._open().text
        for secret in (
            "Fatima",
            "Wants to swim",
            "Transport",
            self.referral.client_id.reference,
            "06 9999 8888",
        ):
            self.assertNotIn(secret, text)

    def test_script_is_shown_as_text(self):
        text = self._open().text
        self.assertIn("&lt;script&gt;", text)
        self.assertNotIn("<script", text)

    def test_page_speaks_the_language_of_the_recipient(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.professional.lang = "nl_NL"
        self.assertIn('lang="nl-NL"', self._open().text)

    def test_page_leads_nowhere_else(self):
        self.assertNotIn("http", self._open().text.replace("<html", ""))

    # which links work

    def test_link_works_more_than_once(self):
        self._open()
        self.assertEqual(self._open().status_code, 200)

    def test_link_of_a_former_recipient(self):
        link = self.feedback._get_link()
        self.feedback.recipient_id = self.env["res.partner"].create(
            {
                "name": "Successor",
                "parent_id": self.team.id,
                "email": "successor@example.com",
            }
        )
        self._assert_does_not_work(link)

    def test_link_of_deleted_feedback(self):
        link = self.feedback._get_link()
        self.feedback.unlink()
        self._assert_does_not_work(link)

    def test_link_of_who_left_the_team(self):
        link = self.feedback._get_link()
        self.professional.parent_id = self.provider.partner_id
        self._assert_does_not_work(link)

    def test_link_of_an_archived_person(self):
        link = self.feedback._get_link()
        self.professional.active = False
        self._assert_does_not_work(link)

    # what the referrer says back

    def _press(self, link=None, **data):
        """Press a button of the page; return the page that follows."""
        path = urlsplit(link or self.feedback._get_link()).path
        route = "helped" if "helped" in data else "react"
        response = self.url_open(f"{path}/{route}", data=data)
        self.env.invalidate_all()
        return response

    def _activities(self):
        return self.referral.activity_ids.filtered(
            lambda activity: activity.activity_type_id
            == self.env.ref("bsc_wijkteam.mail_activity_type_reaction")
        )

    def test_one_tap_says_that_it_helped(self):
        messages = len(self.referral.message_ids)
        page = self._press(helped="yes")
        self.assertEqual(page.status_code, 200)
        self.assertIn('aria-pressed="true">This helped', page.text)
        self.assertEqual(self.feedback.helped, "yes")
        self.assertTrue(self.feedback.date_reaction)
        self.assertTrue(self.feedback.date_read)
        self.assertFalse(self._activities())
        self.assertEqual(len(self.referral.message_ids), messages + 1)

    def test_not_helped_asks_the_coach_to_look(self):
        self._press(helped="no")
        self.assertEqual(self._activities().user_id, self.coach)

    def test_reaction_asks_the_coach_to_look_and_stays_out_of_the_log(self):
        page = self._press(reaction="Could you call me?\r\nThanks")
        self.assertIn("Could you call me?", page.text)
        self.assertEqual(self.feedback.reaction, "Could you call me?\nThanks")
        self.assertEqual(self._activities().user_id, self.coach)
        self.assertNotIn("call me", str(self.referral.message_ids.mapped("body")))

    def test_double_click_counts_once(self):
        messages = len(self.referral.message_ids)
        for _press in range(2):
            self._press(helped="no")
            self._press(reaction="Call me")
        self.assertEqual(len(self._activities()), 1)
        self.assertEqual(len(self.referral.message_ids), messages + 2)

    def test_answer_can_be_changed(self):
        self._press(helped="no")
        self._press(helped="yes")
        self._press(reaction="Call me")
        self._press(reaction="")
        self.assertEqual(self.feedback.helped, "yes")
        self.assertFalse(self.feedback.reaction)

    def _assert_not_taken(self, page, text):
        self.assertEqual(page.status_code, 422)
        self.assertIn('role="alert"', page.text)
        self.assertIn(text, page.text)  # nothing that was typed is lost
        self.assertFalse(self.feedback.reaction)
        self.assertFalse(self.feedback.date_reaction)
        self.assertFalse(self._activities())

    def test_name_of_the_participant_is_kept_out(self):
        page = self._press(reaction="Greetings to Fatima from us")
        self._assert_not_taken(page, "Greetings to Fatima from us")
        self.assertIn("Please leave that out", page.text)

    def test_citizen_service_number_is_kept_out(self):
        self._assert_not_taken(self._press(reaction="It is 111222333"), "111222333")

    def test_long_reaction_is_kept_out(self):
        page = self._press(reaction="a" * 5000)
        self._assert_not_taken(page, "a" * 5000)
        self.assertIn("5000 characters", page.text)

    def test_empty_reaction_is_kept_out(self):
        page = self._press(reaction="  ")
        self._assert_not_taken(page, "Write your reaction first")

    def test_script_in_a_reaction_is_shown_as_text(self):
        page = self._press(reaction="<script>alert(2)</script>")
        self.assertIn("&lt;script&gt;alert(2)", page.text)
        self.assertNotIn("<script", page.text)

    def test_answer_that_does_not_exist(self):
        page = self._press(helped="maybe")
        self.assertEqual(page.status_code, 422)
        self.assertFalse(self.feedback.helped)

    def test_answer_without_a_link_that_works(self):
        link = self.feedback._get_link()
        with freeze_time("2020-01-01"):
            expired = self.feedback._get_link()
        for wrong in (expired, f"{link}x", "/bsc/feedback/x"):
            with self.subTest(link=wrong):
                self.assertEqual(self._press(wrong, helped="yes").status_code, 404)
                self.assertEqual(self._press(wrong, reaction="Hi").status_code, 404)
        self.assertFalse(self.feedback.date_reaction)

    def test_reading_answers_nothing(self):
        path = urlsplit(self.feedback._get_link()).path
        self.assertIn(self._open(f"{path}/helped?helped=yes").status_code, (404, 405))
        self._open(f"{path}?helped=yes&reaction=Hi")
        self.env.invalidate_all()
        self.assertFalse(self.feedback.date_reaction)

    def test_file_is_no_reaction(self):
        path = urlsplit(self.feedback._get_link()).path
        page = self.url_open(f"{path}/react", files={"reaction": ("a.txt", b"Hi")})
        self.assertEqual(page.status_code, 422)

    def test_null_character_is_left_out(self):
        self._press(reaction="Thank\x00 you")
        self.assertEqual(self.feedback.reaction, "Thank you")

    def test_note_speaks_the_language_of_the_coach(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.professional.lang = "nl_NL"
        self._press(helped="yes")
        self.assertIn("the feedback helped", self.referral.message_ids[0].body)

    # when it counts as read

    def test_opening_is_noted_once(self):
        self._open()
        self.env.invalidate_all()
        first = self.feedback.date_read
        self.assertTrue(first)
        with freeze_time(first + timedelta(days=1)):
            self._open()
        self.env.invalidate_all()
        self.assertEqual(self.feedback.date_read, first)

    def test_scanners_and_prefetch_do_not_count(self):
        self._open(headers={"User-Agent": "scanner"})
        self._open(headers={**OPENED, "Sec-Purpose": "prefetch;prerender"})
        self._open(method="HEAD")
        self.env.invalidate_all()
        self.assertFalse(self.feedback.date_read)
