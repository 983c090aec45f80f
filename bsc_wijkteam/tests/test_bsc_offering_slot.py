from datetime import datetime

from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged, users
from odoo.tools import mute_logger

from .common import BscCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")  # a Monday
class TestBscOfferingSlot(BscCommon):
    def _mine(self):
        return self.offering.with_env(self.env)

    def _vals(self, weekday="0", hour_from=10, hour_to=11, **values):
        return {
            "weekday": weekday,
            "hour_from": hour_from,
            "hour_to": hour_to,
            **values,
        }

    def _add(self, *args, **values):
        slot = {"offering_id": self.offering.id, **self._vals(*args, **values)}
        # By a coach: who looks at the calendar may be a viewer.
        slots = self.env["bsc.offering.slot"].with_user(self.coach)
        return slots.create(slot).with_env(self.env)

    def _assert_refused(self, slot):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._mine().slot_ids = [Command.create(slot)]
            self.env.flush_all()

    # bad input

    @users("bsc_coach")
    def test_slots_outside_the_day_or_upside_down_are_refused(self):
        for hours in ((11, 10), (10, 10), (-1, 10), (23, 24.5)):
            with self.subTest(hours):
                self._assert_refused(self._vals("0", *hours))

    @users("bsc_coach")
    def test_season_upside_down_is_refused(self):
        self._assert_refused(self._vals(date_from="2026-09-01", date_to="2026-06-30"))

    @users("bsc_coach")
    def test_times_that_overlap_are_refused(self):
        self._add(date_from="2026-01-01", date_to="2026-06-30")
        for values in (
            self._vals(),
            self._vals(hour_from=10.5, hour_to=10.75),
            self._vals(hour_from=9, hour_to=12),
            self._vals(date_from="2026-06-30"),
            self._vals(date_to="2026-01-01"),
        ):
            with (
                self.subTest(values),
                self.assertRaisesRegex(
                    ValidationError,
                    "“Group” has two times that overlap: Monday .* and Monday .*",
                ),
            ):
                self._mine().slot_ids = [Command.create(values)]

    @users("bsc_coach")
    def test_times_beside_each_other_pass(self):
        self._add(hour_to=11 + 20 / 60, date_from="2026-01-01", date_to="2026-06-30")
        self._add(hour_from=11.333333, hour_to=12)
        self._add(hour_from=9, hour_to=10)
        self._add("1")
        self._add(date_from="2026-07-01")
        self._offering(slot_ids=[Command.create(self._vals())])
        self.assertEqual(len(self.offering.slot_ids), 5)

    @users("bsc_coach")
    def test_overlap_is_seen_within_one_batch(self):
        other = self._offering(name="Other")
        vals = {"offering_id": other.id, **self._vals()}
        with self.assertRaisesRegex(ValidationError, "“Other” has two times"):
            self.env["bsc.offering.slot"].create(
                [{"offering_id": self.offering.id, **self._vals()}, vals, dict(vals)]
            )

    @users("bsc_coach")
    def test_two_times_may_change_places(self):
        one, other = self._add("0"), self._add("1")
        self._mine().write(
            {
                "slot_ids": [
                    Command.update(one.id, {"weekday": "1"}),
                    Command.update(other.id, {"weekday": "0"}),
                ]
            }
        )
        self.assertEqual([one.weekday, other.weekday], ["1", "0"])
        with self.assertRaisesRegex(ValidationError, "overlap"):
            self._mine().slot_ids = [Command.update(one.id, {"weekday": "0"})]

    @users("bsc_coach")
    def test_overlap_costs_the_same_with_many(self):
        def queries(number):
            offerings = self.env["bsc.offering"].create(
                [{"name": "G", "provider_id": self.provider.id} for _ in range(number)]
            )
            vals_list = [
                {"offering_id": offering.id, **self._vals(weekday)}
                for offering in offerings
                for weekday in ("0", "3")
            ]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["bsc.offering.slot"].create(vals_list)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(2)
        few = queries(5)
        self.assertLessEqual(queries(50), few)

    # in words

    @users("bsc_coach")
    def test_times_are_told_in_order(self):
        with Form(self._mine()) as form:
            for weekday, hour_from, hour_to in (("3", 19, 20.25), ("1", 9.5, 24)):
                with form.slot_ids.new() as slot:
                    slot.weekday = weekday
                    slot.hour_from = hour_from
                    slot.hour_to = hour_to
        self.env.invalidate_all()
        offering = self._mine()
        self.assertEqual(offering.times, "Tue 9:30–24:00, Thu 19:00–20:15")
        self.assertEqual(offering.slot_ids[1].display_name, "Thursday 19:00–20:15")

    @users("bsc_coach")
    def test_times_leave_out_past_seasons_and_say_when_one_begins(self):
        self._add("0", date_to="2026-03-01")
        self._add("1", date_to="2026-03-02")
        self._add("2", date_from="2026-03-02")
        self._add("3", date_from="2026-09-01")
        self.assertEqual(
            self._mine().times,
            "Tue 10:00–11:00, Wed 10:00–11:00, Thu 10:00–11:00 (from 1 Sep)",
        )

    @users("bsc_coach")
    def test_times_of_a_season_that_is_over_say_so(self):
        self._add("0", date_to="2026-02-01")
        self._add("1", date_to="2026-03-01")
        self.assertEqual(self._mine().times, "season over since 1 Mar")
        self.offering.slot_ids.date_to = "2024-06-30"
        self.assertEqual(self._mine().times, "season over since 30 Jun 2024")

    # the calendar of the week

    def _read_week(self, first, last, tz="Europe/Amsterdam", domain=()):
        """Ask as the calendar does: for all that is in a range, told in UTC."""
        Slot = self.env["bsc.offering.slot"].with_context(tz=tz)
        return {
            row["id"]: (row["start"], row["stop"])
            for row in Slot.search_read(
                [
                    ("offering_id", "=", self.offering.id),
                    *domain,
                    ("start", "<=", last),
                    ("stop", ">=", first),
                ],
                ["start", "stop"],
            )
        }

    @users("bsc_viewer")
    def test_slots_fall_in_the_week_one_looks_at(self):
        monday, sunday = self._add("0"), self._add("6", 19.5, 24)
        # A week in winter and one in summer: the clock on the wall stays the same.
        for first, last, moments in (
            (
                "2026-03-01 23:00:00",
                "2026-03-08 22:59:59",
                {
                    monday.id: (datetime(2026, 3, 2, 9), datetime(2026, 3, 2, 10)),
                    sunday.id: (
                        datetime(2026, 3, 8, 18, 30),
                        datetime(2026, 3, 8, 23),
                    ),
                },
            ),
            (
                "2031-07-06 22:00:00",
                "2031-07-13 21:59:59",
                {
                    monday.id: (datetime(2031, 7, 7, 8), datetime(2031, 7, 7, 9)),
                    sunday.id: (
                        datetime(2031, 7, 13, 17, 30),
                        datetime(2031, 7, 13, 22),
                    ),
                },
            ),
        ):
            with self.subTest(first):
                self.assertEqual(self._read_week(first, last), moments)

    @users("bsc_viewer")
    def test_week_may_begin_on_sunday(self):
        sunday, saturday = self._add("6"), self._add("5")
        moments = self._read_week("2026-03-07 23:00:00", "2026-03-14 22:59:59")
        self.assertEqual(moments[sunday.id][0], datetime(2026, 3, 8, 9))
        self.assertEqual(moments[saturday.id][0], datetime(2026, 3, 14, 9))

    @users("bsc_viewer")
    def test_day_shows_only_that_day(self):
        self._add("0")
        tuesday = self._add("1")
        moments = self._read_week("2026-03-02 23:00:00", "2026-03-03 22:59:59")
        self.assertEqual(
            moments, {tuesday.id: (datetime(2026, 3, 3, 9), datetime(2026, 3, 3, 10))}
        )

    @users("bsc_viewer")
    def test_slots_stand_on_the_clock_of_the_user(self):
        slot = self._add("0", 23, 24)
        moments = self._read_week(
            "2026-03-02 05:00:00", "2026-03-09 04:59:59", tz="America/Chicago"
        )
        self.assertEqual(
            moments, {slot.id: (datetime(2026, 3, 3, 5), datetime(2026, 3, 3, 6))}
        )

    @users("bsc_viewer")
    def test_slots_show_inside_their_season_only(self):
        """The season begins on a Wednesday and ends on one."""
        tuesday = self._add("1", date_from="2026-03-04", date_to="2026-03-18")
        wednesday = self._add("2", date_from="2026-03-04", date_to="2026-03-18")
        thursday = self._add("3", date_from="2026-03-04", date_to="2026-03-18")
        for first, last, shown in (
            ("2026-02-22 23:00:00", "2026-03-01 22:59:59", []),
            ("2026-03-01 23:00:00", "2026-03-08 22:59:59", [wednesday, thursday]),
            (
                "2026-03-08 23:00:00",
                "2026-03-15 22:59:59",
                [tuesday, wednesday, thursday],
            ),
            ("2026-03-15 23:00:00", "2026-03-22 22:59:59", [tuesday, wednesday]),
            ("2026-03-22 23:00:00", "2026-03-29 21:59:59", []),
        ):
            with self.subTest(first):
                self.assertEqual(
                    sorted(self._read_week(first, last)), [slot.id for slot in shown]
                )

    @users("bsc_viewer")
    def test_moment_is_found_to_the_minute(self):
        slot = self._add("0", 10, 11)
        for operator, value, is_found in (
            ("<=", "2026-03-02 09:00:00", True),
            ("<", "2026-03-02 09:00:00", False),
            ("<=", "2026-03-02 08:59:59", False),
            (">=", "2026-03-02 09:00:00", True),
            (">", "2026-03-02 09:00:00", False),
            (">", "2026-03-02 08:59:59", True),
        ):
            domain = [("start", operator, value), ("id", "=", slot.id)]
            Slot = self.env["bsc.offering.slot"].with_context(tz="Europe/Amsterdam")
            with self.subTest(domain):
                self.assertEqual(bool(Slot.search(domain)), is_found)

    @users("bsc_viewer")
    def test_without_a_range_a_slot_says_its_next_day(self):
        sunday = self._add("6").with_context(tz="Europe/Amsterdam")
        self.assertEqual(sunday.start, datetime(2026, 3, 8, 9))
        self.offering.slot_ids.date_to = "2026-03-07"
        self.assertFalse(sunday.start, "over by then")

    @users("bsc_viewer")
    def test_calendar_filters(self):
        slot = self._add("0")
        district = self.env["bsc.area"].sudo().create({"name": "D", "kind": "district"})
        area = district.create({"name": "N", "parent_id": district.id})
        group = self.env["bsc.target.group"].search([], limit=1)
        self.offering.write({"area_ids": area, "target_group_ids": group})
        week = ("2026-03-01 23:00:00", "2026-03-08 22:59:59")
        for domain, is_found in (
            ([("area_ids", "child_of", district.id)], True),
            ([("target_group_ids", "=", group.id)], True),
            ([("sport_id", "=", self.sport.id)], True),
            ([("is_referable", "=", True)], False),
            ([("is_referable", "=", False)], True),
            ([("provider_id.coach_id", "=", self.coach.id)], True),
            ([("provider_id.coach_id", "=", self.env.uid)], False),
        ):
            with self.subTest(domain):
                self.assertEqual(
                    slot.id in self._read_week(*week, domain=domain), is_found
                )

    @users("bsc_viewer")
    def test_calendar_costs_the_same_with_many(self):
        names = ["start", "stop", "name", "sport_id", "provider_id", "place_id"]
        names += ["offering_id", "ages", "cost", "cost_funded", "is_referable"]
        Slot = self.env["bsc.offering.slot"].with_context(tz="Europe/Amsterdam")
        domain = [
            ("offering_id.active", "=", True),
            "|",
            ("is_referable", "=", True),
            ("provider_id.coach_id", "=", self.coach.id),
            ("start", "<=", "2026-03-08 22:59:59"),
            ("stop", ">=", "2026-03-01 23:00:00"),
        ]

        def queries(number):
            providers = (
                self.env["bsc.provider"]
                .sudo()
                .create(
                    [
                        {"name": f"Club {number}-{index}", "coach_id": self.coach.id}
                        for index in range(number)
                    ]
                )
            )
            self.env["bsc.offering"].sudo().create(
                [
                    {
                        "name": "Group",
                        "provider_id": provider.id,
                        "place_id": provider.partner_id.id,
                        "slot_ids": [
                            Command.create(self._vals(weekday)) for weekday in "036"
                        ],
                    }
                    for provider in providers
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rows = Slot.search_read(domain, names)
            self.assertGreaterEqual(len(rows), 3 * number)
            return self.env.cr.sql_log_count - before

        queries(2)
        few = queries(2)
        self.assertLessEqual(queries(60), few)
        self.assertLessEqual(few, 20)
