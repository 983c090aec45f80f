from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged, users
from odoo.tools import mute_logger

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
