from datetime import timedelta
from urllib.parse import urlsplit

from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import hash_sign

from ..models.bsc_feedback import LINK_SCOPE
from .common import BscCommon

OPENED = {"Sec-Fetch-Mode": "navigate"}


@tagged("post_install", "-at_install")
class TestFeedbackPage(BscCommon, HttpCase):
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

    def test_address_does_not_travel_on(self):
        response = self._open()
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        self.assertIn("noindex", response.headers["X-Robots-Tag"])
        self.assertIn("default-src 'none'", response.headers["Content-Security-Policy"])
        self.assertNotIn("Set-Cookie", response.headers)
        self.assertNotIn("http", response.text.replace("<html", ""))

    # which links work

    def test_link_works_more_than_once(self):
        self._open()
        self.assertEqual(self._open().status_code, 200)

    def test_expired_link(self):
        with freeze_time("2020-01-01"):
            link = self.feedback._get_link()
        self._assert_does_not_work(link)

    def test_forged_link(self):
        token = self.feedback._get_link().rsplit("/", 1)[1]
        flipped = token[:-1] + ("A" if token[-1] != "A" else "B")
        for forged in (flipped, token[:20], "x", "%00", "é", "a" * 5000):
            with self.subTest(token=forged):
                self._assert_does_not_work(f"/bsc/feedback/{forged}")

    def test_link_signed_for_something_else(self):
        token = hash_sign(
            self.env,
            f"{LINK_SCOPE}.other",
            [self.feedback.id, self.professional.id],
            expiration=timedelta(days=1),
        )
        self._assert_does_not_work(f"/bsc/feedback/{token}")

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
