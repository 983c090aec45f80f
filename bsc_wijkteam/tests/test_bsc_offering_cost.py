from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged, users
from odoo.tools import mute_logger

from .common import BscCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")
class TestBscOfferingCost(BscCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.currency_id = cls.env.ref("base.EUR")

    def _mine(self):
        return self.offering.with_env(self.env)

    def _funding(self, **values):
        return self.env["bsc.funding"].sudo().create({"name": "Fund", **values})

    def _set_fundings(self, *vals_list):
        fundings = self.env["bsc.funding"].union(
            *(self._funding(**vals) for vals in vals_list)
        )
        self._mine().funding_ids = fundings

    def _plain(self, text):
        """Without the sign of the currency, wherever a language puts it."""
        return " ".join(text.replace("€", " ").split())

    def _assert_refused(self, vals):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._mine().write(vals)
            self.env.flush_all()

    # price

    @users("bsc_coach")
    def test_negative_and_absurd_prices_are_refused(self):
        for price in (-0.01, 10_000.01):
            with self.subTest(price):
                self._assert_refused({"price": price, "price_period": "month"})

    @users("bsc_coach")
    def test_highest_price_passes(self):
        self._mine().write({"price": 10_000, "price_period": "year"})
        self.env.flush_all()

    @users("bsc_coach")
    def test_absurd_contracts_are_refused(self):
        for months in (-1, 37):
            with self.subTest(months):
                self._assert_refused({"contract_months": months})

    @users("bsc_coach")
    def test_price_without_period_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "“Group” has a price"):
            self._mine().price = 12.5

    @users("bsc_coach")
    def test_price_of_something_free_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "“Group” has a price"):
            self._offering(price=5, price_period="free").with_env(self.env)

    @users("bsc_coach")
    def test_choosing_free_of_charge_clears_the_price(self):
        with Form(self._mine()) as form:
            form.price_period = "month"
            form.price = 12.5
            self.assertEqual(form.price, 12.5)
            form.price_period = "year"
            self.assertEqual(form.price, 12.5)
            form.price_period = "free"
            self.assertEqual(form.price, 0)
        self.assertEqual(self.offering.cost, "Free of charge")

    @users("bsc_coach")
    def test_cost_is_told_in_words(self):
        offering = self._mine()
        for vals, cost in (
            ({}, "Cost not known"),
            ({"is_trial_free": True}, "Cost not known, first time free"),
            ({"price_period": "free"}, "Free of charge"),
            (
                {"price": 12.5, "price_period": "month", "is_trial_free": False},
                "12.50 per month",
            ),
            ({"contract_months": 1}, "12.50 per month, at least one month"),
            (
                {"price_period": "season", "is_trial_free": True, "contract_months": 6},
                "12.50 per season, first time free, at least 6 months",
            ),
        ):
            offering.write(vals)
            with self.subTest(vals):
                self.assertEqual(self._plain(offering.cost), cost)

    @users("bsc_coach")
    def test_nothing_filled_in_is_not_called_free(self):
        offering = self._mine()
        offering.price_period = "month"
        self.assertEqual(offering.cost, "Cost not known")

    # per month, to compare

    @users("bsc_coach")
    def test_price_is_worked_out_per_month(self):
        offering = self._mine()
        for price, period, price_month in (
            (6, "session", 26),
            (12.5, "month", 12.5),
            (30, "quarter", 10),
            (120, "season", 10),
            (120, "year", 10),
            (60, "once", 5),
            (0, "free", 0),
            (0, False, 0),
        ):
            offering.write({"price": price, "price_period": period})
            with self.subTest(period):
                self.assertEqual(offering.price_month, price_month)

    @users("bsc_coach")
    def test_price_per_session_counts_the_times_of_a_week(self):
        offering = self._mine()
        slot = {"hour_from": 10, "hour_to": 11}
        offering.write(
            {
                "price": 6,
                "price_period": "session",
                "slot_ids": [
                    Command.create({**slot, "weekday": "0"}),
                    Command.create({**slot, "weekday": "2"}),
                ],
            }
        )
        self.assertEqual(offering.price_month, 52)
        offering.slot_ids[1].unlink()
        self.assertEqual(offering.price_month, 26)

    @users("bsc_coach")
    def test_price_per_session_counts_one_season_at_a_time(self):
        offering = self._mine()
        slot = {"weekday": "0", "hour_from": 10, "hour_to": 11}
        old = {"date_from": "2025-09-01", "date_to": "2026-06-30"}
        new = {"date_from": "2026-09-01", "date_to": "2027-06-30"}
        offering.write(
            {
                "price": 6,
                "price_period": "session",
                "slot_ids": [
                    Command.create({**slot, **old}),
                    Command.create({**slot, **new}),
                    Command.create({**slot, **new, "weekday": "3"}),
                ],
            }
        )
        self.assertEqual(offering.price_month, 52)

    # with funding

    @users("bsc_coach")
    def test_cost_with_each_kind_of_fund(self):
        offering = self._mine()
        offering.write({"price": 20, "price_period": "month"})
        for vals, cost in (
            ({"coverage": "full"}, "Nothing with Fund"),
            ({"coverage": "unknown"}, "Ask about Fund"),
            ({"coverage": "amount", "amount": 150}, "90.00 a year with Fund"),
            ({"coverage": "amount", "amount": 240}, "Nothing with Fund"),
            ({"coverage": "amount", "amount": 300}, "Nothing with Fund"),
        ):
            self._set_fundings(vals)
            with self.subTest(vals):
                self.assertEqual(self._plain(offering.cost_funded), cost)

    @users("bsc_coach")
    def test_what_is_left_to_pay_is_not_rounded_on_the_way(self):
        self._mine().write({"price": 100, "price_period": "year"})
        self._set_fundings({"coverage": "amount", "amount": 50})
        self.assertEqual(
            self._plain(self._mine().cost_funded), "50.00 a year with Fund"
        )

    @users("bsc_coach")
    def test_fund_says_what_it_pays_while_the_cost_is_not_known(self):
        self._set_fundings({"coverage": "amount", "amount": 150})
        self.assertEqual(
            self._plain(self._mine().cost_funded), "Fund pays up to 150.00 a year"
        )

    @users("bsc_coach")
    def test_amount_in_another_currency_is_not_subtracted(self):
        self._mine().write({"price": 20, "price_period": "month"})
        dollar = self.env.ref("base.USD").id
        self._set_fundings({"coverage": "amount", "amount": 9, "currency_id": dollar})
        self.assertEqual(self._mine().cost_funded, "Ask about Fund")

    @users("bsc_coach")
    def test_who_pays_nothing_needs_no_fund(self):
        self._set_fundings({"coverage": "full"})
        self._mine().price_period = "free"
        self.assertFalse(self._mine().cost_funded)

    @users("bsc_coach")
    def test_only_funds_valid_today_count(self):
        offering = self._mine()
        self._set_fundings(
            {"name": "Past", "coverage": "full", "date_to": "2026-03-01"},
            {"name": "Last day", "coverage": "full", "date_to": "2026-03-02"},
            {"name": "First day", "coverage": "full", "date_from": "2026-03-02"},
            {"name": "To come", "coverage": "full", "date_from": "2026-03-03"},
            {"name": "Archived", "coverage": "full", "active": False},
        )
        self.env.invalidate_all()
        self.assertEqual(
            offering.cost_funded, "Nothing with First day · Nothing with Last day"
        )
        with freeze_time("2026-03-03 10:00:00"):
            self.env.invalidate_all()
            self.assertEqual(
                offering.cost_funded, "Nothing with First day · Nothing with To come"
            )
