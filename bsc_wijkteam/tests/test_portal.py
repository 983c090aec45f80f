import json
import re
from datetime import date
from urllib.parse import urlsplit

from odoo.exceptions import AccessDenied, AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, JsonRpcException, new_test_user, tagged

from .common import BscCommon

SECRETS = ("Fatima", "Wants to swim", "Afraid of water", "06 1234 5678")


@tagged("post_install", "-at_install")
class TestPortal(BscCommon, HttpCase):
    """What outsiders with an account see: on the pages, and by any other way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls._check()
        cls.provider.call_id = cls.provider_person
        cls.referrer = cls._account("bsc_referrer", cls.professional)
        cls.colleague = cls.env["res.partner"].create(
            {"name": "Colleague", "parent_id": cls.team.id, "email": "c@example.com"}
        )
        cls.trainer = cls._account("bsc_trainer", cls.provider_person)
        cls.client = cls._client(phone="06 1234 5678")
        cls.referral = cls._referral(
            client_id=cls.client.id,
            wish="Wants to swim",
            barriers="Afraid of water",
            offering_id=cls.offering.id,
            stage_id=cls._stage("trial").id,
        )
        cls.referral.message_post(
            body="Only for colleagues", subtype_xmlid="mail.mt_comment"
        )
        cls.mail = cls.env["bsc.mail"].create({"referral_id": cls.referral.id})
        other_team = cls.env["res.partner"].create({"name": "West", "is_company": True})
        cls.other_relation = cls.env["bsc.relation"].create(
            {"partner_id": other_team.id}
        )
        cls.other_person = cls.env["res.partner"].create(
            {"name": "Other", "parent_id": other_team.id, "email": "o@example.com"}
        )
        cls.other = cls._referral(relation_id=cls.other_relation.id)
        cls.question = cls.env["bsc.referral.request"].create(
            {
                "referral_id": cls.referral.id,
                "offering_id": cls.offering.id,
                "way": "mail",
                "message": "Wants to swim",
                "date_sent": "2026-03-02 10:00:00",
            }
        )

    @classmethod
    def _account(cls, login, partner):
        partner.lang = "en_US"
        return new_test_user(
            cls.env,
            login,
            groups="base.group_portal",
            partner_id=partner.id,
            name=partner.name,
            email=partner.email or f"{login}@example.com",
        )

    def _rows(self, user, model):
        return self.env[f"bsc.portal.{model}"].with_user(user).search([])

    def _call(self, model, method, *args, **kwargs):
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": args, "kwargs": kwargs},
        )

    # which rows

    def test_referrer_knows_of_the_own_team_only(self):
        mine = self._referral(referrer_id=self.colleague.id)
        rows = self._rows(self.referrer, "referral")
        self.assertEqual(set(rows.ids), {self.referral.id, mine.id})
        self.assertFalse(self._rows(self.referrer, "request"))
        self.assertFalse(self._rows(self.referrer, "offering"))
        with self.assertRaises(AccessError):
            rows.browse(self.other.id).read(["reference"])

    def test_provider_knows_of_its_own_questions_and_offer_only(self):
        other = self.env["bsc.provider"].create({"name": "Other club"})
        offering = self._offering(name="Elsewhere", provider_id=other.id)
        self.assertEqual(self._rows(self.trainer, "offering").ids, self.offering.ids)
        self.assertEqual(self._rows(self.trainer, "request").ids, self.question.ids)
        self.assertFalse(self._rows(self.trainer, "referral"))
        with self.assertRaises(AccessError):
            self._rows(self.trainer, "offering").browse(offering.id).read(["name"])

    def test_team_inside_a_team_does_not_look_up(self):
        part = self.env["res.partner"].create(
            {"name": "Part", "parent_id": self.team.id, "is_company": True}
        )
        relation = self.env["bsc.relation"].create({"partner_id": part.id})
        referral = self._referral(relation_id=relation.id)
        self.assertNotIn(referral.id, self._rows(self.referrer, "referral").ids)

    def test_who_changes_teams_sees_the_new_team(self):
        self.professional.parent_id = self.other_relation.partner_id
        self.assertEqual(self._rows(self.referrer, "referral").ids, self.other.ids)

    def test_archived_account_does_not_get_in(self):
        self.referrer.active = False
        with self.assertRaises(AccessDenied):
            self.authenticate("bsc_referrer", "bsc_referrer")

    def test_archived_referral_and_answered_question_leave_the_lists(self):
        self.question.answer = "declined"
        self.question.decline_reason = "full"
        self.assertFalse(self._rows(self.trainer, "request"))
        self.referral.active = False
        self.assertFalse(self._rows(self.referrer, "referral"))

    def test_referral_of_another_company_needs_an_account_there(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        relation = self.env["bsc.relation"].create(
            {
                "partner_id": self.team.id,
                "company_id": company.id,
                "coach_id": False,
            }
        )
        there = self._referral(
            relation_id=relation.id, company_id=company.id, coach_id=False
        )
        self.assertEqual(self._rows(self.referrer, "referral").ids, self.referral.ids)
        self.referrer.company_ids = [Command.link(company.id)]
        rows = self.env["bsc.portal.referral"].with_user(self.referrer)
        rows = rows.with_context(allowed_company_ids=self.referrer.company_ids.ids)
        self.assertEqual(set(rows.search([]).ids), {self.referral.id, there.id})

    # any other way: the rows hold nothing else

    def test_rows_hold_nothing_of_the_person(self):
        self.assertEqual(
            set(self.env["bsc.portal.referral"]._fields)
            - set(self.env["bsc.portal.offering"]._fields),
            {"team_id", "referrer_id", "reference", "is_closed"},
        )

    def test_rows_are_not_written(self):
        row = self._rows(self.referrer, "referral")
        for operation in ("write", "create", "unlink"):
            self.assertFalse(row.has_access(operation))

    def test_records_themselves_are_closed_to_every_call(self):
        records = {
            "bsc.referral": self.referral,
            "bsc.referral.request": self.question,
            "bsc.client": self.client,
            "bsc.mail": self.mail,
            "bsc.offering": self.offering,
            "bsc.provider": self.provider,
            "bsc.relation": self.relation,
        }
        for login in ("bsc_referrer", "bsc_trainer"):
            self.authenticate(login, login)
            for model, record in records.items():
                calls = [
                    ("search_read", [[], ["id"]], {}),
                    ("read", [record.ids, ["id"]], {}),
                    ("web_read", [record.ids, {"display_name": {}}], {}),
                    ("web_search_read", [[], {"id": {}}], {}),
                    ("export_data", [record.ids, ["id"]], {}),
                    ("name_search", ["R"], {}),
                    ("search_count", [[]], {}),
                    ("formatted_read_group", [[], [], ["__count"]], {}),
                ]
                for method, args, kwargs in calls:
                    with (
                        self.subTest(login=login, model=model, method=method),
                        self.assertRaises(JsonRpcException),
                    ):
                        self._call(model, method, *args, **kwargs)

    def test_chatter_stays_closed(self):
        message = self.referral.message_ids.filtered(
            lambda m: "Only for colleagues" in m.body
        )
        self.assertTrue(message)
        self.authenticate("bsc_referrer", "bsc_referrer")
        found = self._call(
            "mail.message",
            "search_read",
            [["model", "=", "bsc.referral"]],
            ["body"],
        )
        self.assertEqual(found, [])
        with self.assertRaises(JsonRpcException):
            self._call("mail.message", "read", message.ids, ["body"])
        for route in ("/mail/thread/messages", "/mail/chatter_fetch"):
            response = self.url_open(
                route,
                data=json.dumps(
                    {
                        "params": {
                            "thread_model": "bsc.referral",
                            "thread_id": self.referral.id,
                        }
                    }
                ),
                headers={"Content-Type": "application/json"},
            )
            with self.subTest(route=route):
                self.assertNotIn("Only for colleagues", response.text)
        own = self.professional.ids
        self.assertFalse(
            self._call("bsc.referral", "message_subscribe", self.referral.ids, own)
        )
        self.assertNotIn(self.professional, self.referral.message_partner_ids)

    def test_partner_of_the_coach_tells_no_collaboration(self):
        self.authenticate("bsc_referrer", "bsc_referrer")
        with self.assertRaises(JsonRpcException):
            self._call("res.partner", "read", self.team.ids, ["bsc_relation_ids"])

    # the pages of a referrer

    def _get(self, path, login):
        self.authenticate(login, login)
        response = self.url_open(path)
        self.assertEqual(response.status_code, 200)
        for secret in SECRETS:
            self.assertNotIn(secret, response.text)
        return response.text

    def test_home_shows_the_cards_that_fit(self):
        text = self._get("/my", "bsc_referrer")
        self.assertIn("/my/bsc/referrals", text)
        self.assertNotIn("/my/bsc/offer", text)
        text = self._get("/my", "bsc_trainer")
        self.assertNotIn("/my/bsc/referrals", text)
        self.assertIn("/my/bsc/offer", text)

    def test_home_of_others_stays_as_it_was(self):
        stranger = self.env["res.partner"].create({"name": "Shop customer"})
        self._account("bsc_stranger", stranger)
        text = self._get("/my", "bsc_stranger")
        self.assertNotIn("/my/bsc/", text)
        self.assertNotIn("/my/bsc/", self._get("/my", "bsc_coach"))

    def test_counters_count(self):
        self.authenticate("bsc_referrer", "bsc_referrer")
        counts = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["bsc_referral_count"]}
        )
        self.assertEqual(counts, {"bsc_referral_count": 1})

    def test_list_tells_step_and_place_of_the_own_referral(self):
        text = self._get("/my/bsc/referrals", "bsc_referrer")
        for shown in (
            self.referral.reference,
            "Trial",
            "Group, Club",
            "Referred by you",
            "No feedback yet",
        ):
            self.assertIn(shown, text)
        self.assertNotIn(self.other.reference, text)

    def test_list_tells_less_of_a_colleagues_referral_in_a_small_team(self):
        self.referral.referrer_id = self.colleague
        text = self._get("/my/bsc/referrals", "bsc_referrer")
        self.assertIn(self.referral.reference, text)
        self.assertIn("Colleague", text)
        self.assertNotIn("Club", text)
        self.assertNotIn("Received in", text)

    def test_list_tells_when_is_looked_again(self):
        self.referral.write(
            {
                "stage_id": self._stage("not_now").id,
                "review_date": date(2027, 1, 14),
            }
        )
        self.assertIn("January 2027", self._get("/my/bsc/referrals", "bsc_referrer"))

    def test_feedback_is_read_by_whom_it_is_for(self):
        feedback = self.env["bsc.feedback"].create(
            {
                "referral_id": self.referral.id,
                "body": "Comes every week",
                "user_id": self.coach.id,
            }
        )
        feedback.action_give()
        text = self._get("/my/bsc/referrals", "bsc_referrer")
        link = re.search(r'href="([^"]*/bsc/feedback/[^"]*)"', text)[1]
        self.assertIn("Comes every week", self.url_open(urlsplit(link).path).text)
        self._account("bsc_other_professional", self.colleague)
        text = self._get("/my/bsc/referrals", "bsc_other_professional")
        self.assertNotIn("/bsc/feedback/", text)

    def test_refer_opens_the_form_in_the_own_name(self):
        text = self._get("/my/bsc/referrals", "bsc_referrer")
        link = re.search(r'href="([^"]*/bsc/refer/[^"]*)"', text)[1]
        self.assertIn("Professional", self.url_open(urlsplit(link).path).text)
        relation, partner = self.env["bsc.relation"]._find_by_refer_token(
            link.rsplit("/", 1)[1]
        )
        self.assertEqual((relation, partner), (self.relation, self.professional))

    def test_team_that_stopped_refers_nobody(self):
        self.relation.stage_id.is_closed = True
        text = self._get("/my/bsc/referrals", "bsc_referrer")
        self.assertNotIn("/bsc/refer/", text)

    # the page of a provider

    def test_provider_answers_from_its_list(self):
        self.offering.write({"is_limited": True, "places": 4})
        text = self._get("/my/bsc/offer", "bsc_trainer")
        self.assertIn(self.referral.reference, text)
        self.assertIn("3 of 4 free", re.sub(r"\s+", " ", re.sub("<[^>]+>", "", text)))
        link = re.search(r'href="([^"]*/bsc/request/[^"]*)"', text)[1]
        self.assertEqual(
            self.env["bsc.referral.request"]._find_by_token(link.rsplit("/", 1)[1]),
            self.question,
        )
        link = re.search(r'href="([^"]*/bsc/offer/[^"]*)"', text)[1]
        provider, partner = self.env["bsc.provider"]._find_by_offer_token(
            link.rsplit("/", 1)[1]
        )
        self.assertEqual((provider, partner), (self.provider, self.provider_person))

    def test_colleague_of_a_provider_sees_who_was_asked(self):
        partner = self.env["res.partner"].create(
            {"name": "Board", "parent_id": self.provider.partner_id.id}
        )
        self._account("bsc_board", partner)
        text = self._get("/my/bsc/offer", "bsc_board")
        self.assertIn("Asked of", text)
        self.assertIn("Trainer", text)
        self.assertNotIn("/bsc/request/", text)

    def test_pages_of_others_are_empty(self):
        text = self._get("/my/bsc/offer", "bsc_referrer")
        self.assertNotIn(self.referral.reference, text)
        text = self._get("/my/bsc/referrals", "bsc_trainer")
        self.assertNotIn(self.referral.reference, text)
        self.assertNotIn("/bsc/refer/", text)
        text = self._get("/my/bsc/referrals", "bsc_coach")
        self.assertNotIn(self.referral.reference, text)

    def test_script_is_shown_as_text(self):
        self.offering.name = "<script>alert(1)</script>"
        text = self._get("/my/bsc/offer", "bsc_trainer")
        self.assertIn("&lt;script&gt;alert(1)", text)
