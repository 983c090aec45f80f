from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged, users

from .common import BscCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")
class TestBscOfferingSeason(BscCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.offering.write(
            {
                "price": 10,
                "price_period": "month",
                "min_age": 12,
                "slot_ids": [
                    cls._slot(date_from="2025-09-01", date_to="2026-06-30"),
                    cls._slot("2", date_from="2025-09-01", date_to="2026-06-30"),
                ],
            }
        )

    @classmethod
    def _slot(cls, weekday="0", **values):
        slot = {"weekday": weekday, "hour_from": 10, "hour_to": 11, **values}
        return Command.create(slot)

    def _season(self, *offerings, **values):
        offerings = self.env["bsc.offering"].union(*offerings or [self.offering])
        Season = self.env["bsc.offering.season"].with_context(
            active_ids=offerings.ids, active_model="bsc.offering"
        )
        return Season.create(
            {"date_from": "2026-09-01", "date_to": "2027-06-30"} | values
        )

    def _copy(self, *offerings, **values):
        action = self._season(*offerings, **values).action_copy()
        if action.get("res_id"):
            return self.env["bsc.offering"].browse(action["res_id"])
        return self.env["bsc.offering"].search(action["domain"])

    @users("bsc_coach")
    def test_season_of_sport_is_proposed(self):
        for today, days in (
            ("2026-03-02", (date(2026, 9, 1), date(2027, 6, 30))),
            ("2026-08-31", (date(2026, 9, 1), date(2027, 6, 30))),
            ("2026-09-01", (date(2027, 9, 1), date(2028, 6, 30))),
        ):
            with self.subTest(today), freeze_time(f"{today} 10:00:00"):
                form = Form(
                    self.env["bsc.offering.season"].with_context(
                        active_ids=self.offering.ids
                    )
                )
                self.assertEqual((form.date_from, form.date_to), days)
                self.assertEqual(form.offering_ids.ids, self.offering.ids)

    @users("bsc_coach")
    def test_copy_keeps_everything_in_the_new_season(self):
        self._check()
        copy = self._copy()
        self.assertEqual(
            [copy.name, copy.provider_id, copy.price, copy.price_period, copy.min_age],
            ["Group", self.provider, 10, "month", 12],
        )
        self.assertEqual(copy.origin_id, self.offering)
        self.assertEqual(copy.slot_ids.mapped("weekday"), ["0", "2"])
        self.assertEqual(
            {(slot.date_from, slot.date_to) for slot in copy.slot_ids},
            {(date(2026, 9, 1), date(2027, 6, 30))},
        )
        self.assertTrue(copy.is_referable, "the check of the provider still counts")

    @users("bsc_coach")
    def test_copy_has_no_check_of_its_own(self):
        self._check(offering_id=self.offering.id)
        self.assertTrue(self.offering.is_referable)
        copy = self._copy()
        self.assertFalse(copy.check_ids)
        self.assertFalse(copy.is_referable)

    @users("bsc_coach")
    def test_old_season_stays_as_it_was(self):
        self._copy()
        self.assertEqual(
            set(self.offering.slot_ids.mapped("date_to")), {date(2026, 6, 30)}
        )

    @users("bsc_coach")
    def test_times_without_an_end_stop_before_the_new_season(self):
        endless = self._offering(name="Endless", slot_ids=[self._slot()])
        copy = self._copy(endless)
        self.assertEqual(endless.slot_ids.date_to, date(2026, 8, 31))
        self.assertEqual(copy.slot_ids.date_from, date(2026, 9, 1))

    @users("bsc_coach")
    def test_of_each_moment_only_the_latest_time_is_copied(self):
        offering = self._offering(
            name="Two seasons",
            slot_ids=[
                self._slot(date_to="2025-06-30"),
                self._slot(hour_to=12, date_from="2025-09-01", date_to="2026-06-30"),
            ],
        )
        copy = self._copy(offering)
        self.assertEqual(copy.slot_ids.mapped("hour_to"), [12])

    @users("bsc_coach")
    def test_nothing_is_copied_twice_for_a_season(self):
        new = self._offering(name="New", slot_ids=[self._slot()])
        first = self._copy()
        first.active = False
        season = self._season(self.offering, new)
        self.assertEqual(season.known_ids, self.offering)
        season.action_copy()
        copies = self.env["bsc.offering"].with_context(active_test=False)
        copies = copies.search([("origin_id", "in", (self.offering | new).ids)])
        self.assertEqual(copies.mapped("name"), ["Group", "New"])
        with self.assertRaisesRegex(UserError, "There is nothing to copy"):
            self._season(self.offering, new, first).action_copy()

    @users("bsc_coach")
    def test_copy_is_copied_for_the_season_after(self):
        copy = self._copy()
        season = {"date_from": "2027-09-01", "date_to": "2028-06-30"}
        self.assertEqual(self._copy(copy, **season).origin_id, copy)

    @users("bsc_coach")
    def test_offering_in_the_new_season_is_left_out(self):
        self.offering.slot_ids = [self._slot("4", date_from="2026-10-01")]
        season = self._season()
        self.assertEqual(season.known_ids, self.offering)

    @users("bsc_coach")
    def test_offering_without_times_is_named(self):
        bare = self._offering(name="Bare")
        season = self._season(self.offering, bare)
        self.assertEqual(season.timeless_ids, bare)
        self.assertEqual(season.action_copy()["res_model"], "bsc.offering")
        self.assertFalse(self.env["bsc.offering"].search([("origin_id", "=", bare.id)]))

    @users("bsc_coach")
    def test_season_upside_down_or_without_end_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "starts before it ends"):
            self._season(date_to="2026-08-31")
        with self.assertRaisesRegex(ValidationError, "two years at most"):
            self._season(date_to="2062-06-30")

    @users("bsc_viewer")
    def test_viewer_copies_nothing(self):
        with self.assertRaises(AccessError):
            self._season()

    @users("bsc_coach")
    def test_copying_costs_the_same_with_many(self):
        def queries(number):
            offerings = self.env["bsc.offering"].create(
                [
                    {
                        "name": f"Group {index}",
                        "provider_id": self.provider.id,
                        "slot_ids": [self._slot(), self._slot("3")],
                    }
                    for index in range(number)
                ]
            )
            season = self._season(offerings)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            season.action_copy()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(2)
        few = queries(3)
        self.assertLessEqual(queries(40), few + 3)
