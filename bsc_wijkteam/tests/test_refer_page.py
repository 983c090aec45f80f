import re
from unittest.mock import patch
from urllib.parse import urlsplit

from odoo.tests import HttpCase, tagged

from ..models.bsc_relation_refer import LINK_SCOPE
from .common import BscCommon, LinkPage

WISH = "Meet people, outdoors"


@tagged("post_install", "-at_install")
class TestReferPage(LinkPage, BscCommon, HttpCase):
    scope = LINK_SCOPE

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.professional.lang = "en_US"
        cls.team.lang = "en_US"
        cls.coach.name = "Sam Coach"
        cls.area = cls.env["bsc.area"].create({"name": "East", "kind": "district"})
        cls.elsewhere = cls.env["bsc.area"].create(
            {"name": "Far away", "kind": "district"}
        )
        cls.relation.area_ids = cls.area
        cls.group = cls.env["bsc.target.group"].create({"name": "Walkers (test)"})

    def _get_link(self):
        return self._link()

    def _link(self, partner=None):
        return self.relation._get_refer_link(partner or self.professional)

    def _open(self, link=None, **kwargs):
        address = urlsplit(link or self._link())
        path = f"{address.path}?{address.query}" if address.query else address.path
        return self.url_open(path, **kwargs)

    def _key(self, page):
        return re.search(r'name="form_key" value="([^"]*)"', page.text)[1]

    def _send(self, link=None, page=None, **values):
        """Send the form as a browser does, from a page that was opened before."""
        link = link or self._link()
        page = page or self._open(link)
        data = {"wish": WISH, "form_key": self._key(page), **values}
        response = self._open(link, data=data)
        self.env.invalidate_all()
        return response

    def _referrals(self):
        return self.env["bsc.referral"].search([("relation_id", "=", self.relation.id)])

    def _assert_does_not_work(self, link):
        response = self._open(link)
        self.assertEqual(response.status_code, 404)
        self.assertIn("This link does not work", response.text)
        self.assertNotIn("Team East", response.text)
        response = self._open(link, data={"wish": WISH})
        self.assertEqual(response.status_code, 404)
        self.assertFalse(self._referrals())

    # what it shows

    def test_link_opens_without_login(self):
        response = self._open()
        self.assertEqual(response.status_code, 200)
        for text in (
            "Team East",
            "Professional",
            "professional@example.com",
            "Sam Coach",
            "Walkers (test)",
            ">East<",
        ):
            self.assertIn(text, response.text)
        self.assertNotIn("Far away", response.text)
        self.assertNotIn('name="email"', response.text)

    def test_link_shows_the_form_whatever_came_in_before(self):
        self._referral()
        for query in ("", "?sent=", "?sent=x"):
            with self.subTest(query=query):
                self.assertIn("<form", self._open(self._link() + query).text)

    def test_opening_changes_nothing(self):
        messages = self.relation.message_ids
        self._open(headers={"Sec-Fetch-Mode": "navigate"})
        self._open(method="HEAD")
        self.env.invalidate_all()
        self.assertFalse(self._referrals())
        self.assertEqual(self.relation.message_ids, messages)

    def test_page_speaks_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.professional.lang = "nl_NL"
        self.assertIn('lang="nl-NL"', self._open().text)

    def test_every_field_has_a_label(self):
        text = self._open(self.relation._get_refer_link()).text
        ids = re.findall(r'<(?:input|select|textarea)[^>]* id="([^"]*)"', text)
        self.assertGreaterEqual(len(ids), 10)
        for name in ids:
            self.assertIn(f'for="{name}"', text)

    # which links work

    def test_link_that_was_stopped(self):
        link, team_link = self._link(), self.relation._get_refer_link()
        self.relation.with_user(self.coach).action_stop_refer_links()
        self._assert_does_not_work(link)
        self._assert_does_not_work(team_link)
        self.assertEqual(self._open().status_code, 200)

    def test_link_of_somebody_who_left(self):
        link = self._link()
        self.professional.parent_id = False
        self._assert_does_not_work(link)

    def test_link_of_an_archived_professional(self):
        link = self._link()
        self.relation.contact_id = False
        self.professional.active = False
        self._assert_does_not_work(link)

    def test_link_of_an_archived_collaboration(self):
        link = self._link()
        self.relation.active = False
        self._assert_does_not_work(link)

    # what is taken in

    def test_wish_alone_is_enough(self):
        response = self._send()
        referral = self._referrals()
        self.assertRecordValues(
            referral,
            [
                {
                    "wish": WISH,
                    "referrer_id": self.professional.id,
                    "coach_id": self.coach.id,
                    "source": "team",
                    "client_id": False,
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertIn(referral.reference, response.text)
        self.assertIn("What happens next", response.text)

    def test_everything_that_was_filled_in(self):
        self._send(
            target_group_ids=self.group.id,
            area_id=self.area.id,
            age_band="65-79",
            may_register="1",
            client_name="Fatima",
            client_phone="06 1234 5678",
            client_email="fatima@example.com",
            client_reach_note="After six",
        )
        referral = self._referrals()
        self.assertRecordValues(
            referral,
            [
                {
                    "target_group_ids": self.group.ids,
                    "area_id": self.area.id,
                    "age_band": "65-79",
                }
            ],
        )
        self.assertRecordValues(
            referral.client_id,
            [
                {
                    "name": "Fatima",
                    "phone": "06 1234 5678",
                    "email": "fatima@example.com",
                    "reach_note": "After six",
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertRecordValues(
            referral.client_id.permission_ids,
            [{"kind": "register", "how": "referrer", "user_id": False}],
        )

    def test_who_it_is_stays_with_the_participant(self):
        response = self._send(
            may_register="1", client_name="Fatima", client_phone="06 1234 5678"
        )
        mail = self.env["mail.mail"].search([], order="id desc", limit=1)
        referral = self._referrals()
        texts = [
            response.text,
            response.url,
            mail.subject,
            mail.body_html,
            *referral.message_ids.mapped("body"),
            *referral.activity_ids.mapped("summary"),
            *referral.activity_ids.mapped(lambda activity: str(activity.note)),
        ]
        for secret in ("Fatima", "1234"):
            self.assertNotIn(secret, "\n".join(texts))

    def test_coach_is_told_at_once(self):
        self._send(phone="06 8888 7777")
        activity = self._referrals().activity_ids
        self.assertEqual(activity.user_id, self.coach)
        self.assertEqual(activity.summary, "New referral: call the referrer")
        self.assertIn("06 8888 7777", activity.note)

    def test_referrer_gets_a_receipt(self):
        before = self.env["mail.mail"].search([])
        self._send()
        [mail] = (
            self.env["mail.mail"].search([("subject", "=like", "Received: referral %")])
            - before
        )
        reference = self._referrals().reference
        self.assertEqual(mail.recipient_ids, self.professional)
        self.assertIn(reference, mail.subject)
        self.assertIn(reference, mail.body_html)
        self.assertNotIn(WISH, mail.body_html)
        self.assertFalse(mail.res_id)
        link = re.search(r'href="([^"]*/bsc/refer/[^"]*)"', mail.body_html)[1]
        self.assertEqual(self._open(link).status_code, 200)

    def test_nobody_guides_a_team_without_a_coach(self):
        self.relation.coach_id = False
        self.assertEqual(self._send().status_code, 200)
        self.assertFalse(self._referrals().coach_id)

    # what is refused, and what is kept of it

    def _assert_refused(self, sentence, **values):
        response = self._send(**values)
        self.assertEqual(response.status_code, 422)
        self.assertIn(sentence, response.text)
        self.assertFalse(self._referrals())
        return response

    def test_wish_is_asked_for(self):
        response = self._assert_refused(
            "Write in one sentence", wish=" ", age_band="65-79"
        )
        self.assertRegex(response.text, r'value="65-79"\s+selected')

    def test_who_it_is_without_permission(self):
        before = self.env["bsc.client"].search_count([])
        response = self._assert_refused(
            "Only with this person&#39;s permission", client_name="Fatima"
        )
        self.assertIn(WISH, response.text)
        self.assertEqual(self.env["bsc.client"].search_count([]), before)

    def test_number_without_a_name(self):
        self._assert_refused(
            "Give the first name too", may_register="1", client_phone="06 1234 5678"
        )

    def test_name_in_the_wish(self):
        before = self.env["bsc.client"].search_count([])
        response = self._assert_refused(
            "This tells who the person is",
            may_register="1",
            client_name="Fatima",
            wish="Fatima would like to swim",
        )
        self.assertIn("Fatima would like to swim", response.text)
        self.assertEqual(self.env["bsc.client"].search_count([]), before)

    def test_citizen_service_number(self):
        self._assert_refused("citizen service number", wish="Swim, 111222333")
        self._assert_refused(
            "citizen service number",
            may_register="1",
            client_name="Fatima",
            client_reach_note="111222333",
        )

    def test_text_that_is_too_long(self):
        text = "swim " * 1000
        response = self._assert_refused("and 1000 fit", wish=text)
        self.assertIn('maxlength="1000"', response.text)
        self.assertIn(text.strip(), response.text)

    def test_mail_address_that_is_none(self):
        self._assert_refused(
            "This is no e-mail address",
            may_register="1",
            client_name="Fatima",
            client_email="fatima",
        )

    def test_script_is_shown_as_text(self):
        wish = "<script>alert(1)</script>"
        response = self._assert_refused(
            "Give the first name", wish=wish, may_register="1", client_phone="<b>"
        )
        self.assertIn("&lt;script&gt;", response.text)
        self.assertNotIn("<script", response.text)
        self._send(wish=wish)
        self.assertEqual(self._referrals().wish, wish)

    def test_choices_that_are_not_offered_are_left_out(self):
        self._send(
            area_id=self.elsewhere.id, age_band="old", target_group_ids="1' OR 1=1"
        )
        self.assertRecordValues(
            self._referrals(),
            [{"area_id": False, "age_band": False, "target_group_ids": []}],
        )

    def test_file_is_no_text(self):
        page = self._open()
        response = self._open(
            files={"wish": ("wish.txt", b"swim")}, data={"form_key": self._key(page)}
        )
        self.assertEqual(response.status_code, 422)

    def test_null_character_is_left_out(self):
        self._send(wish="Sw\x00im")
        self.assertEqual(self._referrals().wish, "Swim")

    # once

    def test_double_click_makes_one_referral(self):
        link = self._link()
        page = self._open(link)
        first = self._send(link, page)
        second = self._send(link, page)
        self.assertEqual(len(self._referrals()), 1)
        self.assertEqual(second.url, first.url)

    def test_two_clicks_at_the_same_time(self):
        page = self._open()
        self._send(page=page)
        empty = self.env["bsc.referral"]
        model = self.registry["bsc.referral"]
        with (
            # The other request does not see yet what the first one stored.
            patch.object(model, "_find_by_refer_key", return_value=empty),
            self.assertLogs("odoo.sql_db", "ERROR"),
        ):
            response = self._send(page=page)
        self.assertEqual(len(self._referrals()), 1)
        self.assertEqual(response.status_code, 200)

    def test_going_back_for_somebody_else(self):
        page = self._open()
        self._send(page=page)
        again = self._send(page=page, wish="Learn to swim")
        self.assertEqual(again.status_code, 422)
        self.assertIn("Learn to swim", again.text)
        self.assertIn(self._referrals().reference, again.text)
        self._send(page=again, wish="Learn to swim")
        self.assertEqual(len(self._referrals()), 2)

    def test_form_of_another_link(self):
        page = self._open(self.relation._get_refer_link())
        response = self._send(page=page)
        self.assertEqual(response.status_code, 422)
        self.assertIn("open for a long time", response.text)
        self.assertFalse(self._referrals())

    def test_form_without_a_key(self):
        response = self._open(data={"wish": WISH})
        self.assertEqual(response.status_code, 422)
        self.assertIn(WISH, response.text)
        self.assertFalse(self._referrals())

    def test_form_with_a_file_for_a_key(self):
        files = {"form_key": ("key.txt", b"x")}
        response = self._open(data={"wish": WISH}, files=files)
        self.assertEqual(response.status_code, 422)
        self.assertFalse(self._referrals())

    def test_limit_of_a_day(self):
        limit = "odoo.addons.bsc_wijkteam.models.bsc_relation_refer.MAX_REFERRALS"
        with patch(limit, 1):
            self._send()
            response = self._send(wish="Learn to swim")
        self.assertEqual(response.status_code, 422)
        self.assertIn("Please call your coach", response.text)
        self.assertEqual(len(self._referrals()), 1)

    # the link of the whole team

    def test_team_link_asks_who_writes(self):
        link = self.relation._get_refer_link()
        response = self._send(link)
        self.assertEqual(response.status_code, 422)
        self.assertIn("Fill in your own name", response.text)
        self.assertNotIn("Professional", response.text)

    def test_new_professional_becomes_a_contact_of_the_team(self):
        link = self.relation._get_refer_link()
        self._send(link, name="Joost", email="joost@example.com", phone="06 1")
        self.assertRecordValues(
            self._referrals().referrer_id,
            [
                {
                    "name": "Joost",
                    "email": "joost@example.com",
                    "phone": "06 1",
                    "parent_id": self.team.id,
                }
            ],
        )

    def test_known_professional_is_recognised_and_left_as_is(self):
        link = self.relation._get_refer_link()
        self._send(link, name="Somebody", email="PROFESSIONAL@example.com", phone="1")
        self.assertEqual(self._referrals().referrer_id, self.professional)
        self.assertEqual(self.professional.name, "Professional")
        self.assertFalse(self.professional.phone)

    def test_address_of_another_organisation_is_not_recognised(self):
        link = self.relation._get_refer_link()
        self._send(link, name="Trainer", email="trainer@example.com")
        self.assertNotEqual(self._referrals().referrer_id, self.provider_person)
        self.assertEqual(self._referrals().referrer_id.parent_id, self.team)

    def test_refused_referral_leaves_no_contact(self):
        link = self.relation._get_refer_link()
        self._send(link, name="Joost", email="joost@example.com", wish="")
        self.assertFalse(
            self.env["res.partner"].search([("email", "=", "joost@example.com")])
        )

    # no oracle

    def test_page_does_not_tell_who_is_known(self):
        known = {"name": "Fatima", "phone": "06 1234 5678"}
        self._referral(client_id=self._client(**known).id)
        values = {"may_register": "1", "client_phone": "06 1234 5678"}

        def answer(name):
            response = self._send(client_name=name, **values)
            reference = self._referrals()[:1].reference
            return re.sub(
                r"/bsc/refer/[^\"]*", "", response.text.replace(reference, "")
            )

        self.assertEqual(answer("Fatima"), answer("Noor"))
