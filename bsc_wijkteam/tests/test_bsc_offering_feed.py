from uuid import UUID

from psycopg2.errors import UniqueViolation

from odoo.tests import TransactionCase, freeze_time, tagged, users
from odoo.tools import SQL, mute_logger

from ..tools.feed_ids import FeedIds
from ..tools.feed_text import to_line, to_text, to_url, without_persons
from .common import BscCommon


@tagged("post_install", "-at_install")
class TestBscOfferingFeed(BscCommon):
    def _bring(self, **values):
        """An offering as a feed brings it, later than the checks made so far."""
        self.env.flush_all()
        for model in ("bsc_check", "bsc_offering"):
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET create_date = create_date - interval '1 hour'",
                    SQL.identifier(model),
                )
            )
        self.env.invalidate_all()
        return self._offering(feed_source="feed", feed_ref="1", **values)

    @freeze_time("2026-04-01")
    def test_check_of_provider_does_not_hold_for_what_a_feed_brings_later(self):
        self._check()
        offering = self._bring()
        self.assertTrue(self.offering.is_referable)
        self.assertFalse(offering.is_referable)
        self.assertFalse(offering.current_check_id)

    @freeze_time("2026-04-01")
    @users("bsc_coach")
    def test_missing_check_is_explained(self):
        self._check()
        offering = self._bring().with_env(self.env)
        self.assertIn(
            "imported after the provider was checked", offering.referable_issues
        )

    @freeze_time("2026-04-01")
    def test_later_check_of_provider_holds(self):
        offering = self._bring()
        self._check()
        self.assertTrue(offering.is_referable)

    @freeze_time("2026-04-01")
    def test_own_check_holds(self):
        self._check()
        offering = self._bring()
        self._check(offering_id=offering.id)
        self.assertTrue(offering.is_referable)

    def test_nothing_comes_from_a_feed_twice(self):
        self._offering(feed_source="feed", feed_ref="1")
        self._offering(feed_source="other feed", feed_ref="1")
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            self._offering(feed_source="feed", feed_ref="1")

    def test_copy_comes_from_no_feed(self):
        offering = self._offering(feed_source="feed", feed_ref="1", feed_checksum="x")
        self.assertFalse(offering.copy().feed_ref)


@tagged("post_install", "-at_install")
class TestFeedIds(TransactionCase):
    def test_identifier_leads_back(self):
        ids = FeedIds("database")
        for record_id in (1, 12345, 2**48 - 1):
            identifier = ids.encode("service", record_id)
            self.assertEqual(UUID(identifier).version, 8)
            self.assertEqual(ids.decode("service", identifier), record_id)
            self.assertEqual(ids.decode("service", identifier.upper()), record_id)

    def test_identifier_of_something_else_leads_nowhere(self):
        identifier = FeedIds("database").encode("service", 1)
        self.assertIsNone(FeedIds("database").decode("organization", identifier))
        self.assertIsNone(FeedIds("other").decode("service", identifier))
        next_one = f"{identifier[:-1]}2"
        self.assertIsNone(FeedIds("database").decode("service", next_one))
        for forged in ("", "x", None, 1, "1" * 3000):
            self.assertIsNone(FeedIds("database").decode("service", forged))


@tagged("post_install", "-at_install")
class TestFeedText(TransactionCase):
    def test_html_becomes_text(self):
        for html, text in (
            ("<p>One &amp; two</p><p>three&nbsp;four</p>", "One & two\nthree four"),
            ("<ul><li>one</li><li>two</li></ul>", "• one\n• two"),
            ("a<br>b<br/>c", "a\nb\nc"),
            ("x <script>alert(1)</script><style>p {}</style>y", "x y"),
            ("<img src=x onerror=alert(1)>seen", "seen"),
            ('<a href="javascript:alert(1)">link</a>', "link"),
            ("&lt;script&gt;", "<script>"),
            ("<!-- hidden -->", ""),
            ("5 < 6 and 7 > 3\nnext", "5 < 6 and 7 > 3\nnext"),
            ("-", ""),
            (None, ""),
            (["<p>x</p>"], ""),
        ):
            with self.subTest(html=html):
                self.assertEqual(to_text(html), text)

    def test_hostile_html_takes_no_time(self):
        for html in ("<a " * 10**5, "<!--" * 10**5, "<div>" * 10**5, "&a" * 10**5):
            self.assertLessEqual(len(to_text(html)), 20_000)

    def test_signs_that_a_database_refuses(self):
        self.assertEqual(to_line("a\x00b\ud800c\u200bd\n e"), "a bcd e")

    def test_only_web_addresses(self):
        for address, expected in (
            ("https://example.org/x?y=1", "https://example.org/x?y=1"),
            ("www.example.org", "https://www.example.org"),
            ("javascript:alert(1)", ""),
            ("data:text/html,x", ""),
            ("//example.org", ""),
            ("https://user:secret@example.org", ""),
            ("https://example.org/ x", ""),
            ("https://[::1", ""),
            (7, ""),
        ):
            with self.subTest(address=address):
                self.assertEqual(to_url(address), expected)

    def test_persons_are_left_out(self):
        for text in (
            "06-12345678",
            "06 12 34 56 78",
            "(010) 123 45 67",
            "010 - 1234567",
            "+31 (0)6 12345678",
            "0031 6 12345678",
            "+44 20 7946 0958",
            "kim.van.hal@example.com",
            "Kim van Hal",
            "KIM VAN HAL",
        ):
            with self.subTest(text=text):
                self.assertEqual(
                    without_persons(f"Ask {text}.", ["Kim van Hal"]), "Ask …."
                )

    def test_other_numbers_stay(self):
        for text in (
            "01-09-2026 10:00",
            "01.09.2026 10.00",
            "10:00-11:00",
            "€ 10,00",
            "2801 AB",
            "2026-2027",
            "12345678",
            "Trainer",
        ):
            with self.subTest(text=text):
                self.assertEqual(without_persons(text, ["Trainer"]), text)
