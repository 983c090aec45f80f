from urllib.parse import urlsplit

from odoo.tests import HttpCase, tagged

from ..models.bsc_relation_digest import LINK_SCOPE
from .common import BscCommon, LinkPage

OPENED = {"Sec-Fetch-Mode": "navigate"}


@tagged("post_install", "-at_install")
class TestDigestPage(LinkPage, BscCommon, HttpCase):
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
        cls.colleague = cls.env["res.partner"].create(
            {
                "name": "Colleague",
                "parent_id": cls.team.id,
                "email": "colleague@example.com",
                "lang": "en_US",
            }
        )
        cls.relation.digest_partner_ids = cls.professional | cls.colleague

    def _get_link(self):
        return self._link()

    def _link(self, reader=None):
        reader = reader or self.professional
        relation = self.relation.with_context(bsc_digest_reader=reader.id)
        return relation._get_digest_link()

    def _open(self, link=None):
        return self.url_open(urlsplit(link or self._link()).path, headers=OPENED)

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
        for text in ("Team East", self.referral.reference, "New (1)", "Sam Coach"):
            self.assertIn(text, response.text)

    def test_page_shows_nothing_about_the_person(self):
        text = self._open().text
        for secret in (
            "Fatima",
            "swim",
            "Transport",
            self.referral.client_id.reference,
            "06 9999 8888",
        ):
            self.assertNotIn(secret, text)

    def test_page_shows_no_referral_of_another_team(self):
        west = self.env["res.partner"].create({"name": "Team West"})
        other = self.env["bsc.relation"].create({"partner_id": west.id})
        referral = self._referral(relation_id=other.id)
        self.assertNotIn(referral.reference, self._open().text)

    def test_feedback_opens_for_whom_it_was_meant(self):
        self.env["bsc.feedback"].create(
            {
                "referral_id": self.referral.id,
                "body": "Comes every week",
                "date_sent": "2026-04-01 10:00:00",
            }
        )
        self.assertNotIn("/bsc/feedback/", self._open(self._link(self.colleague)).text)
        text = self._open().text
        self.assertNotIn("Comes every week", text)
        link = text.split('href="')[-2].split('"')[0]
        self.assertIn("/bsc/feedback/", link)
        self.assertIn("Comes every week", self._open(link).text)

    def test_script_in_a_name_is_shown_as_text(self):
        self.team.name = "<script>alert(1)</script>"
        text = self._open().text
        self.assertIn("&lt;script&gt;", text)
        self.assertNotIn("<script", text)

    def test_page_speaks_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.colleague.lang = "nl_NL"
        self.assertIn('lang="nl-NL"', self._open(self._link(self.colleague)).text)
        self.assertIn('lang="en-US"', self._open().text)

    def test_page_of_a_team_without_referrals(self):
        self.referral.active = False
        self.assertIn("no referral under way", self._open().text)

    # which links work

    def test_link_of_who_left_the_team(self):
        link = self._link()
        self.professional.parent_id = self.provider.partner_id
        self._assert_does_not_work(link)

    def test_link_of_an_archived_person(self):
        link = self._link()
        self.professional.active = False
        self._assert_does_not_work(link)

    def test_link_of_an_archived_collaboration(self):
        link = self._link()
        self.relation.active = False
        self._assert_does_not_work(link)
