from lxml import etree
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tests import Form, freeze_time, tagged, users
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from .common import BscCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")
class TestBscProvider(BscCommon):
    def _mine(self, record):
        return record.with_env(self.env)

    @users("bsc_coach")
    def test_coach_adds_a_provider_with_its_people(self):
        form = Form(self.env["bsc.provider"])
        form.name = "Walking Club"
        form.zip = "2801 AB"
        with form.child_ids.new() as person:
            person.name = "Trainer"
        provider = form.save()
        self.assertEqual(provider.coach_id, self.coach)
        self.assertTrue(provider.partner_id.is_company)
        self.assertEqual(provider.partner_id.zip, "2801 AB")
        self.assertEqual(provider.partner_id.child_ids.name, "Trainer")
        self.assertEqual(provider.vetting_state, "none")

    @users("bsc_coach")
    def test_contact_becomes_a_provider_as_it_is(self):
        partner = self.env["res.partner"].create({"name": "Trainer on her own"})
        provider = self.env["bsc.provider"].create({"partner_id": partner.id})
        self.assertEqual(provider.name, "Trainer on her own")
        self.assertFalse(provider.is_company)

    @users("bsc_coach")
    def test_contact_is_a_provider_once(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.env["bsc.provider"].create({"partner_id": self.provider.partner_id.id})

    @users("bsc_coach")
    def test_provider_is_found_by_its_name(self):
        found = self.env["bsc.provider"].name_search("clu")
        self.assertIn((self.provider.id, "Club"), found)

    @users("bsc_coordinator")
    def test_provider_with_history_is_not_deleted(self):
        with self.assertRaisesRegex(UserError, "cannot be deleted. Archive it"):
            self._mine(self.provider).unlink()

    @users("bsc_coordinator")
    def test_archived_history_counts_too(self):
        self.offering.active = False
        with self.assertRaisesRegex(UserError, "cannot be deleted. Archive it"):
            self._mine(self.provider).unlink()

    @users("bsc_coordinator")
    def test_provider_without_history_may_go_and_leaves_the_contact(self):
        provider = self.env["bsc.provider"].create({"name": "Typing error"})
        partner = provider.partner_id
        provider.unlink()
        self.assertTrue(partner.exists())

    @users("bsc_coach")
    def test_coach_deletes_no_provider(self):
        provider = self.env["bsc.provider"].create({"name": "Typing error"})
        with self.assertRaises(AccessError):
            provider.unlink()

    @users("bsc_coach")
    def test_archived_provider_is_not_referable_and_returns(self):
        self._check()
        provider = self._mine(self.provider)
        provider.action_archive()
        self.assertFalse(self.offering.is_referable)
        self.assertTrue(provider.partner_id.active)
        self.assertIn("the provider is archived", self.offering._get_referable_issues())
        provider.action_unarchive()
        self.assertTrue(self.offering.is_referable)

    @users("bsc_coach")
    def test_check_lapses_while_the_provider_is_archived(self):
        self._check()
        provider = self._mine(self.provider)
        provider.action_archive()
        with freeze_time("2027-03-03"):
            self.env["bsc.check"].sudo()._cron_lapse()
            provider.action_unarchive()
        self.assertFalse(self.offering.is_referable)
        self.assertEqual(provider.vetting_state, "lapsed")

    @users("bsc_coach")
    def test_check_of_one_offering_says_nothing_about_the_provider(self):
        self._check(offering_id=self.offering.id)
        self.assertEqual(self.provider.vetting_state, "none")

    @users("bsc_coach")
    def test_lapsed_check_stays_in_sight_while_a_new_one_runs(self):
        self._check(date="2024-03-01")
        self._check(stamped=False)
        self.assertEqual(self.provider.vetting_state, "lapsed")

    @users("bsc_coach")
    def test_counts_follow_offerings_and_checks(self):
        provider = self._mine(self.provider)
        self.assertEqual((provider.offering_count, provider.check_count), (1, 0))
        self._offering(name="Second")
        self._check(stamped=False)
        self.assertEqual((provider.offering_count, provider.check_count), (2, 1))

    @users("bsc_coach")
    def test_check_the_criteria_opens_the_running_check_of_the_whole(self):
        self._check(stamped=False, offering_id=self.offering.id)
        provider = self._mine(self.provider)
        check = self.env["bsc.check"].browse(provider.action_check_criteria()["res_id"])
        self.assertFalse(check.offering_id)
        self.assertEqual(check.coach_id, self.coach)
        self.assertEqual(provider.action_check_criteria()["res_id"], check.id)

    @users("bsc_viewer")
    def test_viewer_starts_no_check(self):
        with self.assertRaises(AccessError):
            self._mine(self.provider).action_check_criteria()

    @users("bsc_viewer")
    def test_buttons_open_what_belongs_to_the_provider(self):
        provider = self._mine(self.provider)
        self._check(stamped=False)
        for action, model, found in (
            (provider.action_open_offerings(), "bsc.offering", self.offering),
            (provider.action_open_checks(), "bsc.check", self.provider.check_ids),
        ):
            self.assertEqual(self.env[model].search(action["domain"]), found)
        action = provider.action_open_partner()
        self.assertEqual(action["res_id"], self.provider.partner_id.id)

    @users("bsc_coach")
    def test_bsn_is_refused_also_in_fields_of_the_contact(self):
        provider = self._mine(self.provider)
        for field in ("can_take_on", "name", "comment"):
            with (
                self.subTest(field),
                self.assertRaisesRegex(
                    ValidationError, r"looks like a citizen service number \(BSN\)"
                ),
            ):
                provider[field] = "111222333"

    def test_providers_of_another_company_are_out_of_sight(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        other = self.env["bsc.provider"].create(
            {"name": "Far away", "company_id": company.id, "coach_id": False}
        )
        providers = self.env["bsc.provider"].with_user(self.coach)
        self.assertNotIn(other, providers.search([]))

    @users("bsc_coach")
    def test_person_to_call_works_at_the_provider(self):
        provider = self._mine(self.provider)
        provider.call_id = self.provider_person
        self.assertEqual(provider.call_email, "trainer@example.com")
        with self.assertRaisesRegex(
            ValidationError, "Professional is not a contact of “Club”"
        ):
            provider.call_id = self.professional

    @users("bsc_coach")
    def test_coach_and_contact_are_of_the_same_company(self):
        company = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        contact = self.team.sudo().copy({"company_id": company.id})
        stranger = self._user("bsc_stranger", "coach", company_id=company.id)
        for values in (
            {"partner_id": contact.id},
            {"name": "Pool", "coach_id": stranger.id},
        ):
            with self.subTest(values), self.assertRaisesRegex(UserError, "company"):
                self.env["bsc.provider"].sudo().create(values)

    @users("bsc_coach")
    def test_search_by_area_finds_all_below_it(self):
        areas = self.env["bsc.area"].sudo()
        town = areas.create({"name": "Testdam", "kind": "municipality"})
        part = areas.create({"name": "Testwijk", "parent_id": town.id})
        elsewhere = areas.create({"name": "Elsewhere", "kind": "municipality"})
        self.offering.area_ids = part
        providers = self.env["bsc.provider"]
        self.assertEqual(self._mine(self.provider).area_ids, part)
        for area, found in ((town, self.provider), (part, self.provider)):
            domain = [("area_ids", "child_of", area.id)]
            self.assertEqual(providers.search(domain), found)
        self.assertFalse(providers.search([("area_ids", "child_of", elsewhere.id)]))

    def _filter(self, name):
        """The providers of this test that a filter of the search view finds."""
        view = self.env["bsc.provider"].get_view(view_type="search")
        node = etree.fromstring(view["arch"]).find(f".//filter[@name='{name}']")
        domain = safe_eval(node.get("domain"), {"uid": self.env.uid})
        own = [("id", "in", (self.provider | self.second).ids)]
        return self.env["bsc.provider"].search(Domain.AND([domain, own]))

    @users("bsc_coach")
    def test_filters_find_what_is_to_do(self):
        self.second = self.env["bsc.provider"].create(
            {"name": "Second", "coach_id": False}
        )
        first, second = self._mine(self.provider), self.second
        self._check(date="2025-04-01")
        first.call_id = self.provider_person
        second.wants_new_group = True
        second.support_wishes = "A colleague for the first evening"
        self.env["bsc.referral.request"].create(
            {"referral_id": self._referral().id, "offering_id": self.offering.id}
        )
        found = {
            "my": first,
            "no_coach": second,
            "unchecked": second,
            "running": first.browse(),
            "lapsing": first,
            "wants_new_group": second,
            "wants_support": second,
            "wants_trainers_course": first.browse(),
            "waiting": first,
            "no_call": second,
            "no_offering": second,
        }
        for name, providers in found.items():
            with self.subTest(name):
                self.assertEqual(self._filter(name), providers)

    @users("bsc_viewer")
    def test_viewer_gets_no_filter_on_what_he_may_not_see(self):
        view = self.env["bsc.provider"].get_view(view_type="search")
        self.assertNotIn("request_ids", view["arch"])

    @users("bsc_coach")
    def test_checked_offering_makes_a_provider_not_unchecked(self):
        self.second = self.env["bsc.provider"].browse()
        self._check(offering_id=self.offering.id)
        self.assertFalse(self._filter("unchecked"))

    def _requests(self, *answers):
        """Questions of 2 March, each with an answer and the days it took."""
        referral = self._referral()
        self.env["bsc.referral.request"].sudo().create(
            [
                {
                    "referral_id": referral.id,
                    "offering_id": self.offering.id,
                    "date_asked": "2026-02-01",
                    "answer": answer,
                    "date_answered": answer and f"2026-02-{1 + days:02}",
                }
                for answer, days in answers
            ]
        )

    @users("bsc_viewer")
    def test_answers_are_counted_also_for_who_sees_no_referrals(self):
        self._requests(("accepted", 1), ("accepted", 2), ("declined", 9), (False, 0))
        provider = self._mine(self.provider)
        self.assertEqual(provider.request_count, 4)
        self.assertEqual(provider.waiting_count, 1)
        self.assertEqual(provider.answer_count, 3)
        self.assertEqual(provider.accept_rate, 0.67)
        self.assertEqual(provider.answer_days, 2)
        self.assertEqual(
            provider.answer_note, "67% accepted, of 3 answers. Days to answer: 2."
        )

    @users("bsc_coach")
    def test_median_lies_between_two_answers(self):
        self._requests(("accepted", 1), ("declined", 4))
        self.assertEqual(self.provider.answer_days, 2.5)
        self.assertIn("Days to answer: 2.5.", self.provider.answer_note)

    @users("bsc_coach")
    def test_no_answers_is_not_zero_percent(self):
        provider = self._mine(self.provider)
        self._requests((False, 0))
        self.assertEqual(provider.answer_count, 0)
        self.assertEqual(provider.answer_note, "No answers yet")

    @users("bsc_coach")
    def test_provider_opens_its_questions(self):
        self._requests(("accepted", 1))
        action = self._mine(self.provider).action_open_requests()
        requests = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(requests, self.provider.request_ids)

    def _assert_told(self, form):
        self.assertIn(f"/odoo/bsc-providers/{self.provider.id}", form.twin_note)

    @users("bsc_coach")
    def test_same_name_and_town_is_told_while_typing(self):
        self.provider.write({"name": "S.V. De Mérel", "city": "Testdam"})
        form = Form(self.env["bsc.provider"])
        form.name = "SV de  merel"
        self._assert_told(form)
        form.city = "Elsewhere"
        self.assertFalse(form.twin_note)
        form.city = "testdam"
        self._assert_told(form)

    @users("bsc_coach")
    def test_same_number_is_told_whatever_the_name(self):
        self.provider.company_registry = "01234567"
        form = Form(self.env["bsc.provider"])
        form.name = "Anything"
        form.company_registry = "1234.567"
        self._assert_told(form)

    @users("bsc_coach")
    def test_another_number_is_another_organisation(self):
        self.provider.company_registry = "90000011"
        form = Form(self.env["bsc.provider"])
        form.name = "Club"
        form.company_registry = "90000022"
        self.assertFalse(form.twin_note)

    @users("bsc_coach")
    def test_archived_double_is_told(self):
        self.provider.active = False
        form = Form(self.env["bsc.provider"])
        form.name = "Club"
        self._assert_told(form)
        self.assertIn("archived", form.twin_note)

    @users("bsc_coach")
    def test_contact_with_that_name_is_told(self):
        form = Form(self.env["bsc.provider"])
        form.name = "Team East"
        self.assertIn(f"/odoo/res.partner/{self.team.id}", form.twin_note)

    @users("bsc_coach")
    def test_provider_is_no_double_of_itself_nor_of_another_company(self):
        company = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        self.env["bsc.provider"].sudo().create(
            {"name": "Club", "company_id": company.id, "coach_id": False}
        )
        self.assertFalse(self._mine(self.provider).twin_id)

    @users("bsc_coach")
    def test_name_of_a_double_is_shown_as_text(self):
        self.provider.name = "<script>x</script>"
        form = Form(self.env["bsc.provider"])
        form.name = "<script>x</script>"
        self.assertIn("&lt;script&gt;", form.twin_note)
        self.assertNotIn("<script>", form.twin_note)

    @users("bsc_coach")
    def test_long_and_empty_names_have_a_key(self):
        provider = self._mine(self.provider)
        provider.name = "é" * 500
        self.assertEqual(provider.name_key, "e" * 200)
        provider.name = "…"
        self.assertFalse(provider.name_key)

    @users("bsc_coach")
    def test_markup_stays_text_and_notes_are_cleaned(self):
        provider = self._mine(self.provider)
        markup = "<script>alert(1)</script>"
        provider.write({"can_take_on": markup, "support_wishes": markup})
        provider.comment = f"<p>Nice{markup}</p>"
        self.assertEqual(provider.can_take_on, markup)
        self.assertEqual(provider.support_wishes, markup)
        self.assertEqual(provider.comment, "<p>Nice</p>")

    @users("bsc_coach")
    def test_doubles_are_merged_from_the_provider(self):
        double = self.env["bsc.provider"].create({"name": "Club"})
        action = double.action_merge_twin()
        self.assertEqual(
            action["context"]["active_ids"],
            (double.partner_id | self.provider.partner_id).ids,
        )

    @users("bsc_coach")
    def test_doubles_are_looked_up_in_two_queries(self):
        first, second = (
            self.env["bsc.provider"].new(
                {"name": name, "city": "Testdam", "company_registry": number}
            )
            for name, number in (("Nobody", "90000098"), ("No one", "90000099"))
        )
        self.assertFalse(first._get_twin()[1])  # rights and rules are read once
        with self.assertQueryCount(2):
            self.assertFalse(second._get_twin()[1])

    @users("bsc_coach")
    def test_many_providers_are_made_in_as_many_queries_as_few(self):
        def count_queries(number):
            before = self.env.cr.sql_log_count
            self.env["bsc.provider"].create(
                [{"name": f"Gym {number}-{index}"} for index in range(number)]
            )
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count_queries(1)  # rights and rules are read once
        self.assertEqual(count_queries(3), count_queries(30))

    @users("bsc_viewer")
    def test_list_and_card_take_the_same_queries_for_many(self):
        providers = self.env["bsc.provider"].sudo()
        for number in range(9):
            provider = providers.create({"name": f"Provider {number:02}"})
            person = self.provider_person.copy({"parent_id": provider.partner_id.id})
            provider.call_id = person
            self._offering(provider_id=provider.id)
            self._check(provider_id=provider.id, stamped=False)
        for view_type in ("list", "kanban"):
            self._count_queries(view_type, 9)  # rights and rules are read once
            few, many = (self._count_queries(view_type, limit) for limit in (3, 9))
            with self.subTest(view_type):
                self.assertEqual(few, many)

    def _count_queries(self, view_type, limit):
        providers = self.env["bsc.provider"]
        arch = etree.fromstring(providers.get_view(view_type=view_type)["arch"])
        names = {node.get("name") for node in arch.iter("field")}
        specification = {
            name: {"fields": {"display_name": {}}} if field.relational else {}
            for name, field in providers._fields.items()
            if name in names
        }
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        found = providers.web_search_read([], specification, limit=limit, order="name")
        self.assertEqual(len(found["records"]), limit)
        return self.env.cr.sql_log_count - before
