from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, freeze_time, tagged, users
from odoo.tools import mute_logger

from .common import BscCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")
class TestBscFunding(BscCommon):
    def _funding(self, **values):
        return self.env["bsc.funding"].create({"name": "Fund", **values})

    def _assert_refused(self, **values):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._funding(**values)

    @users("bsc_coordinator")
    def test_fund_that_pays_an_amount_says_how_much(self):
        self._assert_refused(coverage="amount")
        self._assert_refused(coverage="amount", amount=-1)
        self._assert_refused(coverage="amount", amount=10_000.01)
        self.assertEqual(self._funding(coverage="amount", amount=10_000).amount, 10_000)

    @users("bsc_coordinator")
    def test_amount_goes_when_the_fund_pays_everything(self):
        with Form(self.env["bsc.funding"]) as form:
            form.name = "Fund"
            form.coverage = "amount"
            form.amount = 225
            form.coverage = "full"
        self.assertEqual(form.record.amount, 0)

    @users("bsc_coordinator")
    def test_dates_upside_down_are_refused(self):
        self._assert_refused(date_from="2026-03-02", date_to="2026-03-01")
        self._funding(date_from="2026-03-02", date_to="2026-03-02")

    @users("bsc_coordinator")
    def test_only_links_to_pages_are_taken(self):
        for url in (
            "javascript:alert(1)",
            "www.example.com",
            "https://a b",
            "https://",
        ):
            with self.subTest(url):
                self._assert_refused(url=url)
        self.assertTrue(self._funding(url="HTTPS://example.com/apply?for=sport").url)

    @users("bsc_viewer")
    def test_fund_is_valid_from_its_first_day_to_its_last(self):
        for dates, is_valid in (
            ((False, False), True),
            (("2026-03-02", "2026-03-02"), True),
            (("2026-03-03", False), False),
            ((False, "2026-03-01"), False),
        ):
            funding = self._funding_of(*dates).with_env(self.env)
            with self.subTest(dates):
                self.assertEqual(funding.is_valid, is_valid)

    def _funding_of(self, date_from, date_to):
        values = {"name": "Fund", "date_from": date_from, "date_to": date_to}
        return self.env["bsc.funding"].sudo().create(values)

    @users("bsc_coordinator")
    def test_bsn_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "citizen service number"):
            self._funding(who_may_apply="Ask for 111222333")

    @users("bsc_coach")
    def test_coach_uses_the_funds_the_coordinator_keeps(self):
        with self.assertRaises(AccessError):
            self._funding()
        funding = self._funding_of(False, False).with_env(self.env)
        self.offering.with_env(self.env).funding_ids = funding
        self.assertEqual(self.offering.funding_ids.name, "Fund")
