from lxml import etree
from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged, users
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from .common import BscCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")
class TestBscOffering(BscCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.currency_id = cls.env.ref("base.EUR")
        cls.env["res.lang"]._activate_lang("en_US")
        cls.env = cls.env(context=dict(cls.env.context, lang="en_US"))

    def _mine(self, record):
        return record.with_env(self.env)

    def _issues(self):
        return self._mine(self.offering)._get_referable_issues()

    def _refused(self, message=None):
        """Database constraints surface as themselves in a test."""
        return mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError)

    def _assert_refused(self, vals):
        log, refused = self._refused()
        with log, refused:
            self._mine(self.offering).write(vals)
            self.env.flush_all()

    # for whom, how many, when

    @users("bsc_coach")
    def test_wrong_ages_are_refused(self):
        for ages in ((18, 12), (-1, 12), (0, 121), (121, 0)):
            with self.subTest(ages):
                self._assert_refused({"min_age": ages[0], "max_age": ages[1]})

    @users("bsc_coach")
    def test_no_upper_age_passes(self):
        self._mine(self.offering).write({"min_age": 60, "max_age": 0})
        self.env.flush_all()

    @users("bsc_coach")
    def test_ages_are_told_in_words(self):
        offering = self._mine(self.offering)
        for ages, words in (
            ((12, 18), "from 12 to 18"),
            ((55, 0), "from 55"),
            ((0, 12), "up to 12"),
            ((0, 0), False),
        ):
            offering.write({"min_age": ages[0], "max_age": ages[1]})
            with self.subTest(ages):
                self.assertEqual(offering.ages, words)

    @users("bsc_coach")
    def test_free_places_can_be_searched(self):
        self._check()
        offering = self._mine(self.offering)
        found = offering.search([("has_free_places", "=", True)])
        self.assertIn(offering, found, "not limited")
        offering.write({"is_limited": True, "places": 1})
        self.assertEqual([offering.places_free, offering.has_free_places], [1, True])
        self._referral(
            offering_id=self.offering.id,
            stage_id=self._stage("trial").id,
            client_id=self._client().id,
        )
        self.assertEqual([offering.places_free, offering.has_free_places], [0, False])
        self.assertNotIn(offering, offering.search([("has_free_places", "=", True)]))
        full = offering.search([("places_free", "=", 0), ("is_limited", "=", True)])
        self.assertIn(offering, full)

    @users("bsc_coach")
    def test_too_long_a_name_is_refused(self):
        self._assert_refused({"name": "x" * 201})
        self._mine(self.offering).name = "x" * 200
        self.env.flush_all()

    @users("bsc_coach")
    def test_duplicate_says_that_it_is_one(self):
        offering = self._mine(self.offering)
        self.assertEqual(offering.copy().name, "Group (copy)")
        self.assertEqual(offering.copy({"name": "Other"}).name, "Other")
        offering.name = "x" * 200
        self.assertTrue(offering.copy().name.endswith("x (copy)"))
        self.env.flush_all()

    @users("bsc_coach")
    def test_negative_places_are_refused(self):
        self._assert_refused({"places": -1})

    @users("bsc_coach")
    def test_copy_takes_the_times_along_and_no_checks(self):
        slot = {"weekday": "0", "hour_from": 10, "hour_to": 11}
        self.offering.slot_ids = [Command.create(slot)]
        self._check(offering_id=self.offering.id)
        copy = self._mine(self.offering).copy()
        self.assertEqual(copy.times, "Mon 10:00–11:00")
        self.assertFalse(copy.check_ids)
        self.assertFalse(copy.is_referable)

    # may people be referred here

    @users("bsc_coach")
    def test_offering_without_check_tells_so(self):
        self.assertEqual(self._issues(), ["there is no finished criteria check"])
        self.assertEqual(
            self._mine(self.offering).referable_issues,
            "• There is no finished criteria check",
        )

    @users("bsc_coach")
    def test_offering_names_what_the_running_check_lacks(self):
        check = self._check(stamped=False)
        self.assertEqual(
            self._issues(),
            [
                "there is no finished criteria check",
                "the provider has not agreed yet",
                "the team has not agreed yet",
            ],
        )
        check.line_ids[0].verdict = "not_yet"
        self.assertIn("criterion a: not yet", self._issues())

    @users("bsc_coach")
    def test_check_of_another_offering_is_not_mixed_in(self):
        self._check(stamped=False, offering_id=self._offering(name="Other").id)
        self.assertEqual(self._issues(), ["there is no finished criteria check"])

    @users("bsc_coach")
    def test_own_running_check_is_named_before_that_of_the_provider(self):
        self._check(stamped=False)
        own = self._check(stamped=False, offering_id=self.offering.id)
        own.line_ids[0].verdict = "not_yet"
        self.assertIn("criterion a: not yet", self._issues())

    @users("bsc_coach")
    def test_failed_check_names_the_criterion(self):
        check = self._check(stamped=False)
        check.line_ids[2].verdict = "no"
        self.assertEqual(self._issues(), ["criterion c · Socially: no"])

    @users("bsc_coach")
    def test_lapsed_check_names_the_day(self):
        self._check(date="2024-03-01")
        self.assertEqual(self._issues(), ["the criteria check lapsed on 03/01/2025"])

    @users("bsc_coach")
    def test_check_of_yesterday_is_named_before_the_daily_job_ran(self):
        self._check()
        with freeze_time("2027-03-03 00:05:00"):
            self.assertEqual(
                self._issues(), ["the criteria check lapsed on 03/02/2027"]
            )

    @users("bsc_coach")
    def test_referable_offering_lacks_nothing(self):
        self._check()
        self.assertEqual(self._issues(), [])
        self.assertFalse(self._mine(self.offering).referable_issues)
        self.assertEqual(self.offering.check_state, "valid")

    @users("bsc_coach")
    def test_archived_offering_is_not_referable_and_returns(self):
        check = self._check()
        offering = self._mine(self.offering)
        offering.action_archive()
        self.assertFalse(offering.is_referable)
        self.assertEqual(offering.current_check_id, check)
        self.assertEqual(self._issues(), ["the offering is archived"])
        offering.action_unarchive()
        self.assertTrue(offering.is_referable)

    @users("bsc_coach")
    def test_offering_added_to_a_checked_provider_is_referable_at_once(self):
        check = self._check()
        offering = self.env["bsc.offering"].create(
            {"name": "New", "provider_id": self.provider.id}
        )
        self.assertTrue(offering.is_referable)
        self.assertEqual(offering.current_check_id, check)

    @users("bsc_coach")
    def test_referable_is_right_after_every_event(self):
        """Walk through a year of events; after each the stored answer is right."""
        offering = self._mine(self.offering)
        provider = offering.provider_id
        steps = []

        def expect(step, is_referable, check):
            self.env.flush_all()
            self.env.invalidate_all()
            steps.append(step)
            self.assertEqual(offering.is_referable, is_referable, steps)
            self.assertEqual(offering.current_check_id, check, steps)
            found = self.env["bsc.offering"].search([("is_referable", "=", True)])
            self.assertEqual(offering in found, is_referable, steps)

        none = self.env["bsc.check"]
        expect("nothing", False, none)
        general = self._mine(self._check())
        expect("provider checked", True, general)
        own = self._mine(self._check(stamped=False, offering_id=offering.id))
        expect("own check started", True, general)
        own.line_ids[0].verdict = "no"
        expect("own check fails", False, own)
        offering.active = False
        expect("archived", False, own)
        own.line_ids[0].verdict = "yes"
        offering.active = True
        expect("own check runs again, back", True, general)
        general.line_ids[0].verdict = "not_yet"
        expect("doubt about the provider", False, none)
        own.write(
            {
                "provider_stamp_partner_id": self.provider_person.id,
                "provider_stamp_date": "2026-03-02",
                "team_stamp_partner_id": self.professional.id,
                "team_stamp_date": "2026-03-02",
            }
        )
        expect("own check agreed", True, own)
        provider.active = False
        expect("provider archived", False, own)
        provider.active = True
        general.line_ids[0].verdict = "no"
        expect("provider fails, own check holds", True, own)
        own.valid_until = "2026-03-01"
        expect("own check shortened to yesterday", False, own)
        own.valid_until = "2026-03-02"
        expect("and lengthened again", True, own)
        with freeze_time("2026-03-03"):
            self.env["bsc.check"].sudo()._cron_lapse()
            expect("own check lapsed", False, own)

    @users("bsc_coach")
    def test_check_the_criteria_starts_a_check_of_this_offering(self):
        offering = self._mine(self.offering)
        check = self.env["bsc.check"].browse(offering.action_check_criteria()["res_id"])
        self.assertEqual(check.offering_id, offering)
        self.assertEqual(check.provider_id, self.provider)
        self.assertEqual(offering.action_check_criteria()["res_id"], check.id)

    @users("bsc_coach")
    def test_check_the_criteria_goes_on_with_the_check_of_the_provider(self):
        running = self._check(stamped=False)
        action = self._mine(self.offering).action_check_criteria()
        self.assertEqual(action["res_id"], running.id)

    @users("bsc_viewer")
    def test_deciding_check_opens(self):
        check = self._check()
        action = self._mine(self.offering).action_open_check()
        self.assertEqual(action["res_id"], check.id)

    # history

    @users("bsc_coach")
    def test_offering_with_a_check_stays_with_its_provider(self):
        self._check(stamped=False, offering_id=self.offering.id)
        other = self.env["bsc.provider"].create({"name": "Gym"})
        with self.assertRaisesRegex(ValidationError, "stays with its provider"):
            self._mine(self.offering).provider_id = other
        self._mine(self.offering).provider_id = self.provider

    @users("bsc_coach")
    def test_offering_with_a_referral_of_a_colleague_stays_too(self):
        self._check()
        self._referral(offering_id=self.offering.id, coach_id=self.other_coach.id)
        other = self.env["bsc.provider"].create({"name": "Gym"})
        with self.assertRaisesRegex(ValidationError, "stays with its provider"):
            self._mine(self.offering).provider_id = other

    @users("bsc_coach")
    def test_unused_offering_moves_and_takes_over_the_check(self):
        self._check()
        offering = self._mine(self.offering)
        self.assertTrue(offering.is_referable)
        offering.provider_id = self.env["bsc.provider"].create({"name": "Gym"})
        self.assertFalse(offering.is_referable)
        self.assertFalse(offering.current_check_id)

    @users("bsc_coordinator")
    def test_offering_with_history_is_not_deleted(self):
        self._referral(offering_id=self.offering.id)
        with self.assertRaisesRegex(UserError, "cannot be deleted. Archive it"):
            self._mine(self.offering).unlink()

    @users("bsc_coordinator")
    def test_offering_without_history_may_go(self):
        self._mine(self.offering).unlink()
        self.assertFalse(self.offering.exists())

    @users("bsc_coach")
    def test_bsn_in_any_text_is_refused(self):
        offering = self._mine(self.offering)
        for field in ("name", "description", "guidance", "accessibility", "gear"):
            with (
                self.subTest(field),
                self.assertRaisesRegex(
                    ValidationError, r"looks like a citizen service number \(BSN\)"
                ),
            ):
                offering[field] = "Call 1112.22.333"

    # finding

    @users("bsc_coach")
    def test_provider_can_be_chosen_in_a_new_offering(self):
        """The company follows from the provider, so it may not narrow the choice."""
        form = Form(self.env["bsc.offering"])
        form.name = "Group"
        form.provider_id = self._mine(self.provider)
        self.assertEqual(form.save().company_id, self.company)
        field = self.env["bsc.offering"]._fields["provider_id"]
        self.assertFalse(field.get_description(self.env, ["domain"])["domain"])

    @users("bsc_coach")
    def test_offering_is_found_below_an_area(self):
        district = self.env["bsc.area"].sudo().create({"name": "D", "kind": "district"})
        area = district.create({"name": "N", "parent_id": district.id})
        offering = self._mine(self.offering)
        offering.area_ids = area
        domain = [("area_ids", "child_of", district.id)]
        self.assertIn(offering, self.env["bsc.offering"].search(domain))

    def _find(self, name):
        """Search as a filter of the search view does."""
        view = self.env.ref("bsc_wijkteam.bsc_offering_view_search")
        [node] = etree.fromstring(view.sudo().arch).xpath(f"//filter[@name='{name}']")
        return self.env["bsc.offering"].search(safe_eval(node.get("domain")))

    @users("bsc_coach")
    def test_filter_on_cost_leaves_out_what_is_not_known(self):
        own = self.offering
        own |= self._offering(name="Vague", price_period="month")
        free = self._offering(name="Free", price_period="free")
        cheap = self._offering(name="Cheap", price=10, price_period="month")
        dear = self._offering(name="Dear", price=121, price_period="year")
        dearer = self._offering(name="Dearer", price=301, price_period="year")
        own |= free | cheap | dear | dearer
        self.assertEqual(self._find("cost_10") & own, cheap | free)
        self.assertEqual(self._find("cost_25") & own, cheap | dear | free)

    @users("bsc_coach")
    def test_filter_on_a_day_leaves_out_past_seasons(self):
        slot = {"weekday": "0", "hour_from": 10, "hour_to": 11}

        def offering(name, **values):
            return self._offering(
                name=name, slot_ids=[Command.create({**slot, **values})]
            )

        always, now = offering("Always"), offering("Now", date_to="2026-03-02")
        over = offering("Over", date_to="2026-03-01")
        tuesday = offering("Tuesday", weekday="1")
        own = always | now | over | tuesday | self.offering
        self.assertEqual(self._find("monday") & own, always | now)
        self.assertEqual(self._find("tuesday") & own, tuesday)
        self.assertEqual(self._find("season_over") & own, over)

    @users("bsc_coach")
    def test_overview_costs_the_same_with_many(self):
        specification = {
            "name": {},
            "provider_id": {"fields": {"display_name": {}}},
            "target_group_ids": {"fields": {"display_name": {}, "color": {}}},
            "times": {},
            "ages": {},
            "cost": {},
            "cost_funded": {},
            "places_free": {},
            "is_referable": {},
            "check_state": {},
            "check_valid_until": {},
            "activity_state": {},
        }
        Offering = self.env["bsc.offering"]
        groups = self.env["bsc.target.group"].search([], limit=2)
        funding = {"name": "Fund", "coverage": "amount", "amount": 50}
        funding = self.env["bsc.funding"].sudo().create(funding)

        def create(number):
            providers = self.env["bsc.provider"].create(
                [{"name": f"Club {number}-{index}"} for index in range(number)]
            )
            slot = {"weekday": "0", "hour_from": 10, "hour_to": 11}
            Offering.create(
                [
                    {
                        "name": "Group",
                        "provider_id": provider.id,
                        "price": 10,
                        "price_period": "month",
                        "target_group_ids": [Command.set(groups.ids)],
                        "funding_ids": [Command.set(funding.ids)],
                        "slot_ids": [Command.create(slot)],
                    }
                    for provider in providers
                ]
            )
            checks = self.env["bsc.check"].create(
                [{"provider_id": provider.id} for provider in providers]
            )
            checks.line_ids.verdict = "no"

        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            Offering.web_search_read([], specification, limit=80)
            return self.env.cr.sql_log_count - before

        create(2)
        queries()  # warm up
        few = queries()
        create(60)
        self.assertLessEqual(queries(), few)
        self.assertLessEqual(few, 20)

    @users("bsc_coach")
    def test_name_tells_the_provider_too(self):
        offering = self._mine(self.offering)
        self.assertEqual(offering.display_name, "Group (Club)")
        self.assertIn(offering.id, [found[0] for found in offering.name_search("Club")])
