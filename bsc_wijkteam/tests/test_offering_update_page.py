import re
from datetime import date, timedelta
from html import unescape
from urllib.parse import urlsplit

from odoo.fields import Command
from odoo.tests import HttpCase, freeze_time, tagged

from ..models.bsc_provider_ask import LINK_SCOPE
from .common import BscCommon, LinkPage

OPENED = {"Sec-Fetch-Mode": "navigate"}


@tagged("post_install", "-at_install")
class TestOfferingUpdatePage(LinkPage, BscCommon, HttpCase):
    scope = LINK_SCOPE

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.provider_person.write({"lang": "en_US", "phone": "06 1111 2222"})
        cls.coach.name = "Sam Coach"
        cls.offering.write(
            {
                "name": "Judo <b>youth</b>",
                "price": 10,
                "price_period": "month",
                "is_limited": True,
                "places": 8,
                "contact_id": cls.provider_person.id,
                "slot_ids": [
                    Command.create({"weekday": "1", "hour_from": 19, "hour_to": 20.5})
                ],
            }
        )
        other = cls.env["bsc.provider"].create({"name": "Rival Club"})
        cls.other = cls._offering(name="Secret group", provider_id=other.id)
        cls.link = urlsplit(cls.provider._get_offer_link()).path

    def _get_link(self):
        return self.provider._get_offer_link()

    def _get_answers(self):
        form = self._get(f"/{self.offering.id}")
        confirmed = self._post("/confirm", allow_redirects=False)
        return [response for response, _text in (self._get(), form, confirmed)]

    def _get(self, path="", **kwargs):
        response = self.url_open(self.link + path, headers=OPENED, **kwargs)
        return response, unescape(response.text)

    def _post(self, path, data=None, **kwargs):
        response = self.url_open(
            self.link + path, data=data or {"x": ""}, headers=OPENED, **kwargs
        )
        self.env.invalidate_all()
        return response, unescape(response.text)

    def _form(self, **changes):
        """All that the form about the offering sends, with some of it typed anew."""
        _response, text = self._get(f"/{self.offering.id}")
        form = {}
        for tag in re.findall(r"<input[^>]*>", text):
            attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
            if attributes.get("type") != "checkbox" or "checked" in attributes:
                form[attributes["name"]] = attributes.get("value", "")
        for name, options in re.findall(
            r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', text, re.DOTALL
        ):
            chosen = re.search(r'value="(\w+)"[^>]*selected', options)
            form[name] = chosen[1] if chosen else ""
        form["remark"] = re.search(r"<textarea[^>]*?(?:/>|>(.*?)<)", text)[1] or ""
        return {**form, **changes}

    def _send(self, **changes):
        return self._post(f"/{self.offering.id}", self._form(**changes))

    def _marks(self):
        _response, text = self._get()
        return re.findall(r'name="seen" value="([^"]+)"', text)

    def _assert_refused(self, sentence, **changes):
        """The form comes back with a sentence, all that was typed, nothing stored."""
        response, text = self._send(remark="Typed before", **changes)
        self.assertEqual(response.status_code, 422)
        self.assertIn(sentence, text)
        self.assertIn("Nothing has been sent yet", text)
        self.assertIn("Typed before", text)
        self.assertFalse(self.offering.update_ids)
        self.assertFalse(self.offering.date_confirmed)
        return text

    def _assert_does_not_work(self, link=None):
        """Neither reading nor sending works, and nothing is told or stored."""
        link = link or self.link
        for path, data in (
            ("", None),
            (f"/{self.offering.id}", None),
            (f"/{self.offering.id}", {"price": "5"}),
            ("/confirm", {"seen": "1-x"}),
        ):
            response = self.url_open(link + path, data=data, headers=OPENED)
            self.assertEqual(response.status_code, 404)
            self.assertIn("This link does not work", response.text)
            self.assertNotIn("Judo", response.text)
        self.env.invalidate_all()
        self.assertFalse(self.offering.update_ids)
        self.assertFalse(self.offering.date_confirmed)

    # what it shows

    def test_page_shows_what_we_tell(self):
        response, text = self._get()
        self.assertEqual(response.status_code, 200)
        for fact in (
            "Is this still right?",
            "Tue 19:00–20:30",
            "10.00 per month",
            "8",
            "Trainer · 06 1111 2222 · trainer@example.com",
            "All of this" if len(self._marks()) > 1 else "This is still right",
            "Sam Coach",
        ):
            self.assertIn(fact, text)

    def test_page_shows_this_provider_only(self):
        self.offering.contact_id = self.professional
        self.professional.phone = "06 3333 4444"
        for path in ("", f"/{self.offering.id}"):
            _response, text = self._get(path)
            for secret in ("Secret group", "Rival", "Professional", "06 3333 4444"):
                self.assertNotIn(secret, text)

    def test_offering_of_another_provider_is_out_of_reach(self):
        for data in (None, {"price": "5"}):
            response, text = self._post(f"/{self.other.id}", data)
            self.assertEqual(response.status_code, 404)
            self.assertNotIn("Secret group", text)
        self.assertFalse(self.other.update_ids)

    def test_archived_offering_is_not_shown(self):
        self._offering(name="Old group").active = False
        self.assertNotIn("Old group", self._get()[1])

    def test_without_offer_there_is_nothing_to_do(self):
        self.offering.active = False
        response, text = self._get()
        self.assertEqual(response.status_code, 200)
        self.assertIn("There is nothing you need to do", text)
        self.assertNotIn("<button", text)

    def test_script_is_shown_as_text(self):
        response, _text = self._get()
        self.assertIn("Judo &lt;b&gt;youth&lt;/b&gt;", response.text)
        self._send(remark="<script>alert(1)</script>")
        response, _text = self._get()
        self.assertIn("&lt;script&gt;", response.text)
        self.assertNotIn("<script", response.text)
        self.assertEqual(self.offering.update_ids.remark, "<script>alert(1)</script>")

    def test_page_speaks_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.provider_person.lang = "nl_NL"
        text = self._get()[1]
        self.assertIn('lang="nl-NL"', text)
        self.assertIn("10,00", text)
        self.assertIn('value="10,00"', self._get(f"/{self.offering.id}")[1])

    def test_every_field_has_a_label(self):
        _response, text = self._get(f"/{self.offering.id}")
        labels = set(re.findall(r'<label[^>]* for="([^"]+)"', text))
        fields = re.findall(r"<(?:input|select|textarea)[^>]*>", text)
        named = [tag for tag in fields if not re.search("hidden|checkbox", tag)]
        self.assertGreater(len(named), 8)
        for tag in named:
            self.assertIn(re.search(r' id="([^"]+)"', tag)[1], labels)

    # confirm

    def test_opening_changes_nothing(self):
        self._get()
        self._get(f"/{self.offering.id}")
        self.url_open(self.link, method="HEAD")
        self.url_open(f"{self.link}/confirm")
        self.env.invalidate_all()
        self.assertFalse(self.provider.date_answered)
        self.assertFalse(self.offering.date_confirmed)
        self.assertFalse(self.offering.update_ids)

    def test_one_press_confirms_all_that_was_seen(self):
        second = self._offering(name="Second")
        response, text = self._post("/confirm", {"seen": self._marks()})
        self.assertEqual(response.status_code, 200)
        self.assertIn("Thank you", text)
        self.assertNotIn("<button", text)
        today = date.today()
        self.assertEqual(self.offering.date_confirmed, today)
        self.assertEqual(second.date_confirmed, today)
        self.assertTrue(self.provider.date_answered)
        self.assertFalse(self.other.date_confirmed)
        note = self.provider.message_ids[:1]
        self.assertEqual(note.author_id, self.provider_person)
        self.assertFalse(self.provider.activity_ids)

    def test_what_changed_while_reading_is_shown_again(self):
        marks = self._marks()
        self.offering.price = 11
        second = self._offering(name="New since")
        _response, text = self._post("/confirm", {"seen": marks})
        self.assertIn("Please look at it once more", text)
        self.assertIn("11.00", text)
        self.assertFalse(self.offering.date_confirmed or second.date_confirmed)

    def test_confirming_leaves_what_waits(self):
        second = self._offering(name="Second")
        self._send(price="12.50")
        marks = self._marks()
        self.assertEqual(len(marks), 1)
        self._post("/confirm", {"seen": marks})
        self.assertTrue(second.date_confirmed)
        self.assertFalse(self.offering.date_confirmed)
        self.assertEqual(self.offering.update_ids.state, "waiting")

    def test_marks_that_are_no_marks(self):
        bad = ["", "x", "1", "-", f"{self.other.id}-x", "9" * 30 + "-x", "²-x"]
        response, _text = self._post("/confirm", {"seen": bad})
        self.assertEqual(response.status_code, 200)
        self.assertFalse(self.offering.date_confirmed)

    # correct

    def test_form_is_filled_in(self):
        form = self._form()
        self.assertEqual(form["price"], "10.00")
        self.assertEqual(form["price_period"], "month")
        self.assertEqual(form["weekday_0"], "1")
        self.assertEqual((form["from_0"], form["to_0"]), ("19:00", "20:30"))
        self.assertEqual(form["places"], "8")
        self.assertEqual(form["contact_name"], "Trainer")

    def test_form_sent_as_it_is_confirms(self):
        _response, text = self._send()
        self.assertIn("You confirmed this today", text)
        self.assertFalse(self.offering.update_ids)
        self.assertEqual(self.offering.date_confirmed, date.today())

    def test_correction_waits_and_says_so(self):
        response, text = self._send(
            price="12,50",
            is_trial_free="1",
            weekday_0="2",
            places="",
            contact_name="Noor",
            contact_phone="010 123 45 67",
            contact_email="noor@example.com",
            remark="Other door",
        )
        self.assertEqual(response.status_code, 200)
        self.assertIn("when your coach has looked at it", text)
        self.assertIn("12.50 per month", text)
        self.assertEqual(self.offering.price, 10)
        update = self.offering.update_ids
        self.assertEqual(update.state, "waiting")
        self.assertEqual(update.partner_id, self.provider_person)
        self.assertEqual(
            update.proposed,
            {
                "cost": {
                    "price": 12.5,
                    "price_period": "month",
                    "is_trial_free": True,
                },
                "times": [["2", "19:00", "20:30", False, False]],
                "places": None,
                "contact": {
                    "name": "Noor",
                    "phone": "010 123 45 67",
                    "email": "noor@example.com",
                },
            },
        )
        self.assertEqual(self.provider.activity_ids.user_id, self.coach)

    def test_times_are_added_and_removed(self):
        form = self._form(add_time="1", price="abc")
        response, text = self._post(f"/{self.offering.id}", form)
        self.assertEqual(response.status_code, 200)
        self.assertIn('name="weekday_1"', text)
        self.assertIn('value="abc"', text)
        self.assertNotIn("Nothing has been sent", text)
        self._send(
            is_removed_0="1", weekday_1="4", from_1="9:15", to_1="00:00", season_1=""
        )
        self.assertEqual(
            self.offering.update_ids.proposed["times"],
            [["4", "09:15", "24:00", False, False]],
        )

    def test_season_of_a_time_travels_along(self):
        self.offering.slot_ids.date_from = "2026-01-01"
        self._send(to_0="20:45")
        self.assertEqual(
            self.offering.update_ids.proposed["times"],
            [["1", "19:00", "20:45", "2026-01-01", False]],
        )

    def test_midnight_stays_midnight(self):
        self.offering.slot_ids.hour_to = 24
        self._send()
        self.assertFalse(self.offering.update_ids)
        self.assertEqual(self.offering.date_confirmed, date.today())

    def test_stopped_asks_for_nothing_else(self):
        self._send(is_stopped="1", price="abc", from_0="")
        update = self.offering.update_ids
        self.assertTrue(update.is_stopped)
        self.assertFalse(update.proposed)
        self.assertTrue(self.offering.active)

    def test_free_needs_no_price(self):
        self._send(price_period="free")
        cost = self.offering.update_ids.proposed["cost"]
        self.assertEqual((cost["price"], cost["price_period"]), (0, "free"))

    def test_unknown_cost_may_stay_unknown(self):
        self.offering.write({"price": 0, "price_period": False})
        self._send()
        self.assertTrue(self.offering.date_confirmed)

    def test_sent_twice_is_sent_once(self):
        form = self._form(price="12.50")
        self._post(f"/{self.offering.id}", form)
        self._post(f"/{self.offering.id}", form)
        self.assertEqual(len(self.offering.update_ids), 1)
        self.assertEqual(len(self.provider.activity_ids), 1)

    def test_two_tabs_the_newest_counts(self):
        one, other = self._form(price="11"), self._form(price="12")
        self._post(f"/{self.offering.id}", one)
        self._post(f"/{self.offering.id}", other)
        self.assertEqual(self.offering.update_ids.proposed["cost"]["price"], 12)

    def test_form_shows_what_waits(self):
        self._send(price="12.50", remark="Since May")
        form = self._form()
        self.assertEqual((form["price"], form["remark"]), ("12.50", "Since May"))

    def test_two_corrections_one_activity(self):
        second = self._offering(name="Second")
        self._send(price="12.50")
        self._post(f"/{second.id}", {"price": "5", "price_period": "session"})
        self.assertEqual(self.provider.activity_ids.summary, "Club sent 2 corrections")

    def test_after_the_decision_the_present_state_shows(self):
        self._send(price="12.50")
        update = self.offering.update_ids.with_user(self.coach)
        update.action_take_over()
        self.env.flush_all()
        _response, text = self._get()
        self.assertIn("has been taken over", text)
        self.assertIn("12.50", text)
        self._send(price="13")
        declined = self.offering.update_ids[0].with_user(self.coach)
        declined.reason = "Holds until summer"
        declined.action_decline()
        self.env.flush_all()
        _response, text = self._get()
        self.assertIn("has not been taken over", text)
        self.assertIn("Holds until summer", text)

    def test_offering_archived_meanwhile(self):
        form = self._form(price="12.50")
        self.offering.active = False
        for data in (None, form):
            response, text = self._post(f"/{self.offering.id}", data)
            self.assertEqual(response.status_code, 404)
            self.assertIn("no longer in our overview", text)
        self.assertFalse(self.offering.update_ids)

    # bad input

    def test_bad_price(self):
        for price, sentence in (
            ("-5", "below zero"),
            ("10001", "lies between 0 and 10,000"),
            ("ten", "“ten” is not an amount"),
            ("<script>", "“<script>” is not an amount"),
            ("", "Fill in the price"),
            ("9" * 5000, "too long: 5000 characters"),
        ):
            with self.subTest(price=price[:10]):
                text = self._assert_refused(sentence, price=price)
                self.assertIn(f'value="{price}"', text)
                self.assertIn('aria-describedby="price_error"', text)

    def test_price_without_period(self):
        self._assert_refused("Choose what the price is for", price_period="")

    def test_bad_times(self):
        for changes, sentence in (
            ({"from_0": "21:00"}, "ends before it begins"),
            ({"to_0": "19:00"}, "ends before it begins"),
            ({"from_0": ""}, "from when until when"),
            ({"from_0": "evening"}, "from when until when"),
            ({"from_0": "25:00"}, "from when until when"),
            ({"weekday_0": ""}, "Choose the day"),
            ({"weekday_0": "9"}, "Choose the day"),
            (
                {"weekday_1": "1", "from_1": "20:00", "to_1": "21:00"},
                "at the same moment as Tuesday 19:00–20:30",
            ),
        ):
            with self.subTest(changes=changes):
                self._assert_refused(sentence, **changes)

    def test_times_of_different_seasons_do_not_overlap(self):
        self.offering.slot_ids.write({"date_to": "2036-06-30"})
        self._send(
            weekday_1="1",
            from_1="19:00",
            to_1="20:00",
            season_1="2036-09-01/",
        )
        self.assertEqual(len(self.offering.update_ids.proposed["times"]), 2)

    def test_season_that_is_none(self):
        for season in ("x", "2026-13-01/", "2026-05-01/2026-01-01", "/" * 50):
            with self.subTest(season=season):
                self._send(season_0=season, to_0="20:45")
                times = self.offering.update_ids.proposed["times"]
                self.assertEqual(times, [["1", "19:00", "20:45", False, False]])

    def test_bad_places(self):
        for places in ("-1", "many", "1.5", "1001", "9" * 30, "²"):
            with self.subTest(places=places):
                self._assert_refused("whole number from 0 to 1,000", places=places)

    def test_bad_contact(self):
        for changes, sentence in (
            ({"contact_name": ""}, "Fill in the name"),
            ({"contact_phone": "call me"}, "is not a phone number"),
            ({"contact_email": "noor"}, "is not an e-mail address"),
            ({"contact_name": "x" * 5000}, "too long: 5000 characters"),
        ):
            with self.subTest(changes=str(changes)[:40]):
                self._assert_refused(sentence, **changes)

    def test_long_remark_is_not_lost(self):
        remark = "x" * 5000
        response, text = self._send(remark=remark)
        self.assertEqual(response.status_code, 422)
        self.assertIn("too long: 5000 characters", text)
        self.assertIn(remark, text)

    def test_bsn_is_refused(self):
        for field in ("remark", "contact_name"):
            response, text = self._send(**{field: "111222333"})
            self.assertEqual(response.status_code, 422)
            self.assertIn("citizen service number", text)
        self.assertFalse(self.offering.update_ids)

    def test_invisible_characters_are_left_out(self):
        self._send(remark="One\x00\r\nTwo\x07")
        self.assertEqual(self.offering.update_ids.remark, "One\nTwo")

    # which links work

    def test_link_works_more_than_once(self):
        self._post("/confirm", {"seen": self._marks()})
        self._send(price="12.50")
        self.assertEqual(self._get()[0].status_code, 200)
        self.assertTrue(self.offering.update_ids)

    def test_link_works_as_long_as_the_company_set(self):
        self.company.bsc_link_days = 2
        now = self.env.cr.now()
        with freeze_time(now - timedelta(days=1)):
            self.link = urlsplit(self.provider._get_offer_link()).path
        self.assertEqual(self._get()[0].status_code, 200)
        with freeze_time(now - timedelta(days=3)):
            link = urlsplit(self.provider._get_offer_link()).path
        self._assert_does_not_work(link)

    def test_link_of_a_person_who_left(self):
        self.provider_person.parent_id = self.team
        self._assert_does_not_work()

    def test_link_of_an_archived_person(self):
        self.provider_person.active = False
        self._assert_does_not_work()

    def test_link_to_an_archived_provider(self):
        self.provider.active = False
        self._assert_does_not_work()

    def test_link_to_a_deleted_provider(self):
        provider = self.env["bsc.provider"].create(
            {"name": "Short-lived", "email": "short@example.com"}
        )
        link = urlsplit(provider._get_offer_link()).path
        provider.unlink()
        self._assert_does_not_work(link)

    # speed

    def test_queries_do_not_grow_with_the_offerings(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(self._get()[0].status_code, 200)
            return self.env.cr.sql_log_count - before

        def add(number):
            for name in range(number):
                person = self.provider_person.copy({"name": f"Person {name}"})
                self._offering(
                    name=f"Group {name}",
                    contact_id=person.id,
                    slot_ids=[
                        Command.create({"weekday": "2", "hour_from": 9, "hour_to": 10})
                    ],
                )

        add(1)
        self._send(price="12.50")
        count()
        few = count()
        add(30)
        self.assertLessEqual(count(), few)
        self.assertLessEqual(few, 25)
