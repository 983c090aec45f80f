import base64
import json
import unittest
from copy import deepcopy
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged, users
from odoo.tools import file_open

from ..tools.feed_reader import MAX_BYTES
from ..tools.feed_writer import FeedWriter
from .common import BscCommon

SAMPLES = Path(__file__).resolve().parents[3] / "shared/data"
BSN = "123456782"  # passes the 11-test, and is nobody's


@tagged("post_install", "-at_install")
class FeedImportCase(BscCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "Europe/Amsterdam"
        cls.hsds = cls._read("hsds_services.json")
        cls.openactive = cls._read("openactive_page.json")

    @classmethod
    def _read(cls, name):
        with file_open(f"bsc_wijkteam/tests/files/{name}") as source:
            return json.load(source)

    def _wizard(self, feed, **values):
        content = feed if isinstance(feed, bytes) else json.dumps(feed).encode()
        return self.env["bsc.feed.import"].create(
            {"file": base64.b64encode(content), "filename": "feed.json"} | values
        )

    def _preview(self, feed, **values):
        wizard = self._wizard(feed, **values)
        wizard.action_preview()
        return wizard

    def _import(self, feed, **values):
        wizard = self._preview(feed, **values)
        wizard.action_import()
        return wizard

    def _outcomes(self, wizard):
        return {line.ref: line.outcome for line in wizard.line_ids}

    def _offerings(self):
        offerings = self.env["bsc.offering"].with_context(active_test=False)
        return offerings.search([("feed_ref", "!=", False)], order="feed_ref")

    def _service(self, ref="a", name="Group A", provider="Provider A", **values):
        return {
            "id": ref,
            "name": name,
            "status": "active",
            "organization": {"id": f"org-{provider}", "name": provider},
            **values,
        }


@tagged("post_install", "-at_install")
class TestBscFeedImport(FeedImportCase):
    # HSDS

    @users("bsc_coordinator")
    def test_services_become_offerings(self):
        self._import(self.hsds)
        walking, cycling = self._offerings()
        self.assertEqual(walking.name, "Wandelen in het park")
        self.assertEqual(walking.provider_id.name, "Stichting Op Stap (test)")
        self.assertEqual(walking.provider_id.company_registry, "87654321")
        self.assertEqual(walking.provider_id.website, "https://opstap.example.org")
        self.assertTrue(walking.provider_id.is_company)
        self.assertEqual((walking.min_age, walking.max_age), (55, 0))
        self.assertEqual(walking.price_period, "free")
        self.assertEqual(walking.sport_id, self.sport)
        self.assertEqual(walking.accessibility, "Vlakke paden")
        self.assertEqual(walking.place_id.zip, "2801 AB")
        self.assertEqual(walking.place_id.parent_id, walking.provider_id.partner_id)
        self.assertEqual(
            walking.slot_ids.mapped(
                lambda slot: (slot.weekday, slot.hour_from, slot.hour_to)
            ),
            [("0", 10.0, 11.5), ("3", 10.0, 11.5)],
        )
        self.assertEqual(cycling.provider_id, walking.provider_id)
        self.assertEqual((cycling.price, cycling.price_period), (7.5, "month"))
        self.assertEqual((cycling.min_age, cycling.max_age), (12, 16))

    @users("bsc_coordinator")
    def test_text_is_clean_and_keeps_what_no_field_is_made_for(self):
        self._import(self.hsds)
        description = self._offerings()[0].description
        self.assertTrue(
            description.startswith("Samen een uur wandelen.\nDaarna koffie.")
        )
        for text in (
            "For: Mantelzorgers",
            "When: Elke eerste zaterdag ook",
            "How to join: Loop een keer mee.",
            "More: https://wandelen.example.org/park",
        ):
            self.assertIn(text, description)
        for unwanted in ("<", "alert"):
            self.assertNotIn(unwanted, description)

    @users("bsc_coordinator")
    def test_item_without_name_is_left_out_and_says_so(self):
        wizard = self._import(self.hsds)
        line = wizard.line_ids.filtered(lambda line: line.outcome == "unreadable")
        self.assertEqual(line.reason, "The name of the activity is missing.")
        self.assertEqual(len(self._offerings()), 2)

    @users("bsc_coordinator")
    def test_lists_and_single_services_are_read_too(self):
        for feed in ([self._service("a")], self._service("b")):
            self.assertEqual(self._preview(feed).new_count, 1)

    @users("bsc_coordinator")
    def test_service_that_is_no_longer_active(self):
        self._import([self._service(), self._service("b", "Group B")])
        self._import([self._service(status="defunct"), self._service("b", "Group B")])
        gone, kept = self._offerings()
        self.assertFalse(gone.active)
        self.assertTrue(kept.active)

    @users("bsc_coordinator")
    def test_price_that_is_not_certain_stays_text(self):
        for values in (
            {"fees_description": "From £5, concessions free"},
            {
                "cost_options": [
                    {"amount": 5, "currency": "xxx", "amount_description": "per month"}
                ]
            },
            {"cost_options": [{"amount": 5}]},
            {"cost_options": [{"amount": -5, "amount_description": "per month"}]},
            {"cost_options": [{"amount": 10**7, "amount_description": "per month"}]},
            {
                "cost_options": [
                    {"option": "A", "amount": 5, "amount_description": "per month"},
                    {"option": "B", "amount": 6, "amount_description": "per month"},
                ]
            },
        ):
            with self.subTest(values=values):
                self._import([self._service(**values)], source=json.dumps(values)[:50])
                offering = self._offerings().sorted("id")[-1]
                self.assertFalse(offering.price_period)
                self.assertIn("Cost: ", offering.description)

    # OpenActive

    @users("bsc_coordinator")
    def test_events_become_offerings(self):
        wizard = self._import(self.openactive)
        self.assertEqual(wizard.source, "feed.example.org")
        yoga, swimming = self._offerings()
        self.assertEqual(yoga.provider_id.name, "Yoga House (test)")
        self.assertEqual(yoga.provider_id.email, "info@yoga.example.org")
        self.assertEqual((yoga.price, yoga.price_period), (4.7, "session"))
        self.assertEqual((yoga.min_age, yoga.max_age), (18, 0))
        self.assertIn("Calm & slow", yoga.description)
        self.assertIn("For women and girls only", yoga.description)
        place = yoga.place_id
        self.assertEqual(
            (place.name, place.street, place.zip, place.city),
            ("Town Hall", "Kerkstraat 2", "2802 CD", "Voorbeeldstad"),
        )
        # What is given in UTC, on the clock here; the same time every week is one.
        self.assertEqual(
            yoga.slot_ids.mapped(
                lambda slot: (slot.weekday, slot.hour_from, slot.hour_to)
            ),
            [("0", 18.0, 19.5)],
        )
        self.assertEqual(
            swimming.slot_ids.mapped(
                lambda slot: (
                    slot.weekday,
                    slot.hour_from,
                    slot.hour_to,
                    str(slot.date_to),
                )
            ),
            [("1", 19.0, 20.0, "2026-06-30"), ("4", 19.0, 20.0, "2026-06-30")],
        )
        self.assertFalse(swimming.price_period)
        self.assertIn("Child 3", swimming.description)

    @users("bsc_coordinator")
    def test_deleted_event_is_archived_and_comes_back(self):
        self._import(self.openactive)
        feed = deepcopy(self.openactive)
        feed["items"][0] = {"id": "S1", "state": "deleted", "modified": 1577953842999}
        wizard = self._import(feed)
        self.assertEqual(
            self._outcomes(wizard), {"S1": "removed", "S2": "same", "S3": "same"}
        )
        offering = self._offerings()[0]
        self.assertFalse(offering.active)
        self.assertEqual(self._outcomes(self._import(feed))["S1"], "same")
        self._import(self.openactive)
        self.assertTrue(offering.active)

    @users("bsc_coordinator")
    def test_offering_a_coach_archived_stays_archived(self):
        self._import(self.openactive)
        offering = self._offerings()[0]
        offering.active = False
        feed = deepcopy(self.openactive)
        feed["items"][0]["data"]["name"] = "Other name"
        self._import(feed)
        self.assertEqual((offering.active, offering.name), (False, "Other name"))

    # again

    @users("bsc_coordinator")
    def test_second_run_changes_nothing(self):
        for feed in (self.hsds, self.openactive):
            self._import(feed)
        offerings = self._offerings()
        before = offerings.read()
        for feed in (self.hsds, self.openactive):
            wizard = self._import(feed)
            self.assertFalse(wizard.new_count + wizard.changed_count)
        self.assertEqual(self._offerings(), offerings)
        self.assertEqual(offerings.read(), before)

    @users("bsc_coordinator")
    def test_language_and_clock_of_the_user_change_nothing(self):
        self._import(self.openactive)
        self.env["res.lang"].sudo()._activate_lang("nl_NL")
        wizard = self._wizard(self.openactive).with_context(
            lang="nl_NL", tz="America/New_York"
        )
        wizard.action_preview()
        self.assertFalse(wizard.has_changes)

    @users("bsc_coordinator")
    def test_only_what_changed_is_written(self):
        self._import(self.hsds)
        walking, cycling = self._offerings()
        cycling.name = "Corrected here"
        walking.name = "Also corrected here"
        feed = deepcopy(self.hsds)
        feed["contents"][0]["description"] = "New text"
        feed["contents"][0]["schedules"][0]["byday"] = "TU,TH"
        kept = walking.slot_ids.filtered(lambda slot: slot.weekday == "3")
        wizard = self._import(feed)
        self.assertEqual((wizard.changed_count, wizard.same_count), (1, 1))
        # A correction survives as long as the feed says nothing new about it.
        self.assertEqual(cycling.name, "Corrected here")
        self.assertEqual(walking.name, "Wandelen in het park")
        self.assertTrue(walking.description.startswith("New text"))
        self.assertEqual(walking.slot_ids.mapped("weekday"), ["1", "3"])
        self.assertIn(kept, walking.slot_ids)

    @users("bsc_coordinator")
    def test_what_a_feed_no_longer_tells_stays(self):
        self._import([self._service(minimum_age=10, maximum_age=12, fees="free")])
        self._import([self._service(name="New name")])
        offering = self._offerings()
        self.assertEqual(offering.name, "New name")
        self.assertEqual((offering.max_age, offering.price_period), (12, "free"))

    @users("bsc_coordinator")
    def test_complete_list_archives_what_is_missing(self):
        self._import([self._service("a"), self._service("b")], source="list")
        other = self._import([self._service("c")], source="other list")
        wizard = self._preview([self._service("a")], source="list")
        self.assertFalse(wizard.removed_count)
        wizard = self._import([self._service("a")], source="list", is_complete=True)
        self.assertEqual(wizard.removed_count, 1)
        self.assertEqual(self._offerings().mapped("active"), [True, False, True])
        self.assertTrue(other)

    @users("bsc_coordinator")
    def test_same_identifier_in_another_feed_is_something_else(self):
        self._import([self._service("1", "One")], source="feed one")
        wizard = self._preview([self._service("1", "Two")], source="feed two")
        self.assertEqual(wizard.new_count, 1)

    @users("bsc_coordinator")
    def test_name_of_a_known_feed_is_proposed(self):
        self._import(self.hsds, source="Sports guide")
        with Form(self.env["bsc.feed.import"]) as form:
            form.file = base64.b64encode(json.dumps(self.hsds).encode())
            self.assertEqual(form.source, "Sports guide")
        wizard = self._wizard([self._service()], filename="Walks_2026-01-01.json")
        self.assertEqual(wizard.source, "Walks")

    @users("bsc_coordinator")
    def test_other_company_imports_its_own(self):
        self._import(self.hsds)
        company = self.env["res.company"].sudo().create({"name": "Other"})
        user = self.env.user.sudo()
        user.write({"company_ids": [(4, company.id)], "company_id": company.id})
        wizard = self._wizard(self.hsds).with_context(
            allowed_company_ids=[company.id, self.company.id]
        )
        wizard.action_preview()
        self.assertEqual(wizard.new_count, 2)
        wizard.action_import()
        self.assertEqual(len(self._offerings().company_id), 2)

    # providers

    @users("bsc_coordinator")
    def test_known_providers_are_found(self):
        """By their number whatever the name, and by name without a number."""
        self.provider.sudo().company_registry = "87654321"
        self._import(self.hsds)
        self.assertEqual(self._offerings().provider_id, self.provider)
        self.assertEqual(self.provider.name, "Club")
        self._import([self._service(provider="club ")], source="by name")
        self.assertEqual(self._offerings().provider_id, self.provider)

    @users("bsc_coordinator")
    def test_contact_becomes_provider(self):
        contact = self.env["res.partner"].create(
            {"name": "Known Contact", "is_company": True}
        )
        self._import([self._service(provider="Known Contact")])
        self.assertEqual(self._offerings().provider_id.partner_id, contact)

    @users("bsc_coordinator")
    def test_provider_is_found_by_identifier_under_another_name(self):
        self._import([self._service()])
        provider = self._offerings().provider_id
        provider.name = "Renamed here"
        self._import([self._service(), self._service("b", "Group B")])
        self.assertEqual(self._offerings().provider_id, provider)
        self.assertEqual(provider.name, "Renamed here")
        renamed = self._service("b", "Group B")
        renamed["organization"]["name"] = "Renamed in the feed"
        self._import([renamed])
        self.assertEqual(provider.name, "Renamed in the feed")

    @users("bsc_coordinator")
    def test_two_contacts_of_one_name_are_not_guessed(self):
        for _number in range(2):
            self.env["res.partner"].create({"name": "Twin", "is_company": True})
        wizard = self._preview([self._service(provider="Twin"), self._service("b")])
        self.assertEqual(self._outcomes(wizard), {"a": "unreadable", "b": "new"})
        self.assertIn("chamber-of-commerce number", wizard.line_ids[0].reason)

    @users("bsc_coordinator")
    def test_offering_stays_with_its_provider(self):
        self._import([self._service()])
        offering = self._offerings()
        provider = offering.provider_id
        self._import([self._service(name="New", provider="Provider B")])
        self.assertEqual((offering.name, offering.provider_id), ("New", provider))

    @users("bsc_coordinator")
    def test_what_a_coach_entered_before_is_linked(self):
        self.offering.sudo().description = "Own words"
        feed = [self._service(name="group", provider="Club", description="Feed words")]
        wizard = self._import(feed)
        self.assertEqual(wizard.line_ids.outcome, "linked")
        self.assertEqual(self._offerings(), self.offering)
        self.assertEqual(self.offering.description, "Own words")
        self.assertFalse(self._preview(feed).has_changes)

    # never referable, nobody's

    @freeze_time("2026-04-01")
    @users("bsc_coordinator")
    def test_import_makes_nothing_referable(self):
        self._check()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE bsc_check SET create_date = create_date - interval '1 hour'"
        )
        self.env.invalidate_all()
        self._import([self._service(provider="Club")])
        offering = self._offerings()
        self.assertEqual(offering.provider_id, self.provider)
        self.assertFalse(offering.is_referable)

    @users("bsc_coordinator")
    def test_imported_provider_has_no_coach_yet(self):
        self._import(self.hsds)
        self.assertFalse(self._offerings().provider_id.coach_id)

    @freeze_time("2026-04-01")
    @users("bsc_coordinator")
    def test_own_feed_brings_nothing(self):
        self._check()
        writer = FeedWriter(
            self.offering.sudo(), self.env["bsc.offering"]._get_feed_ids()
        )
        service = json.loads(json.dumps(writer.service(self.offering.sudo(), True)))
        wizard = self._preview([service])
        self.assertFalse(wizard.has_changes)
        self.assertEqual(wizard.line_ids.reason, "This activity comes from here.")

    @freeze_time("2026-04-01")
    @users("bsc_coordinator")
    def test_feed_of_another_database_comes_back_the_same(self):
        group = self.env["bsc.target.group"].create({"name": "Older people (test)"})
        programme = self.env["bsc.intervention"].create(
            {"name": "Programme (test)", "recognition": "founded"}
        )
        level = self.env["bsc.level"].create({"name": "Level (test)"})
        place = self.env["res.partner"].create(
            {
                "name": "Hall",
                "is_company": True,
                "street": "Dorpsweg 1",
                "zip": "2801 AB",
                "city": "Gouda",
            }
        )
        values = {
            "description": "Text",
            "min_age": 10,
            "max_age": 20,
            "price": 12.5,
            "price_period": "quarter",
            "accessibility": "Lift",
            "sport_id": self.sport.id,
            "level_id": level.id,
            "intervention_id": programme.id,
            "target_group_ids": group.ids,
        }
        original = self.offering.sudo()
        original.write({**values, "place_id": place.id})
        original.slot_ids = [
            (0, 0, {"weekday": "1", "hour_from": 19.25, "hour_to": 24}),
            (
                0,
                0,
                {
                    "weekday": "2",
                    "hour_from": 9,
                    "hour_to": 10,
                    "date_from": "2026-05-01",
                },
            ),
        ]
        self._check()
        ids = self.env["bsc.offering"]._get_feed_ids()
        service = json.loads(
            json.dumps(FeedWriter(original, ids).service(original, True))
        )
        # In the other database neither provider nor offering is known.
        original.provider_id.name = original.name = "Something else"
        self.env["ir.config_parameter"].sudo().set_param("database.uuid", "other")
        self._import({"contents": [service]})
        copy = self._offerings()
        self.assertEqual(copy.name, "Group")
        self.assertEqual(copy.provider_id.name, "Club")
        for name in ("min_age", "max_age", "price", "price_period", "accessibility"):
            self.assertEqual(copy[name], values[name], name)
        self.assertEqual(copy.sport_id, self.sport)
        self.assertEqual(copy.level_id, level)
        self.assertEqual(copy.intervention_id, programme)
        self.assertEqual(copy.target_group_ids, group)
        self.assertTrue(copy.description.startswith("Text"))
        self.assertEqual(copy.place_id.street, "Dorpsweg 1")
        slots = [
            record.slot_ids.mapped(
                lambda slot: (
                    slot.weekday,
                    slot.hour_from,
                    slot.hour_to,
                    slot.date_from,
                )
            )
            for record in (original, copy)
        ]
        self.assertEqual(*slots)

    # bad input

    @users("bsc_coordinator")
    def test_files_that_are_no_feed(self):
        for content, sentence in (
            (b"  \n", "is empty"),
            (b'{"contents": [{"id": 1,', "not valid JSON"),
            (b"PK\x03\x04", "not valid JSON"),
            ('[{"id": "1", "name": "Caf\u00e9"}]'.encode("latin-1"), "cannot be read"),
            (b"null", "not open data"),
            (b'"text"', "not open data"),
            (b'{"a": 1}', "not open data"),
            (b"[1, 2]", "not open data"),
            (b'[{"a": 1}]', "not open data"),
            (b"[]", "no activities"),
            (b'{"items": []}', "no activities"),
            (b"[" * 10**5 + b"]" * 10**5, "nested too deeply"),
            (b"[" + b"{}," * 20_001 + b"{}]", "more than 20,000"),
            (b"1" * 10**5, "not valid JSON"),
        ):
            with (
                self.subTest(content=content[:20]),
                self.assertRaisesRegex(UserError, sentence),
            ):
                self._preview(content, source="x")

    @users("bsc_coordinator")
    def test_big_file_is_refused_before_it_is_read(self):
        content = b"[" + b" " * (MAX_BYTES + 10) + b"]"
        with (
            patch("odoo.addons.bsc_wijkteam.tools.feed_reader.json.loads") as loads,
            self.assertRaisesRegex(UserError, "bigger than 20 MB"),
        ):
            self._wizard(content)
        loads.assert_not_called()

    @users("bsc_coordinator")
    def test_encodings(self):
        text = json.dumps([self._service(name="Café")], ensure_ascii=False)
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32"):
            with self.subTest(encoding=encoding):
                wizard = self._preview(text.encode(encoding))
                self.assertEqual(wizard.line_ids.name, "Café")

    @users("bsc_coordinator")
    def test_wrong_kinds_of_values(self):
        wrong = [1, "x", True, None, [], {}, [[]], [{}], {"x": []}, 1e400, -1, "\x00"]
        names = (
            "description",
            "url",
            "status",
            "minimum_age",
            "maximum_age",
            "cost_options",
            "fees_description",
            "schedules",
            "service_at_locations",
            "service_areas",
            "attributes",
            "eligibility_description",
            "accreditations",
            "pc_targetAudience",
        )
        feed = [
            self._service(f"{name}{number}", **{name: value})
            for name in names
            for number, value in enumerate(wrong)
        ]
        nested = [{"location": value} for value in wrong]
        nested += [{"location": {"addresses": value}} for value in wrong]
        schedules = [
            {"freq": "WEEKLY", "byday": "MO", "opens_at": value, "closes_at": "9:00"}
            for value in [*wrong, "25:00", "10:00", "99:99Z"]
        ]
        feed.append(self._service("nested", service_at_locations=nested))
        feed.append(self._service("schedules", schedules=schedules))
        wizard = self._import(feed)
        self.assertEqual(set(wizard.line_ids.mapped("outcome")), {"new"})
        self.assertEqual(len(self._offerings()), len(feed))

    @users("bsc_coordinator")
    def test_wrong_kinds_of_values_of_an_event(self):
        wrong = [1, "x", True, None, [], {}, [[]], [{}], 1e400]
        names = (
            "description",
            "activity",
            "offers",
            "ageRange",
            "subEvent",
            "eventSchedule",
            "location",
            "superEvent",
            "startDate",
            "genderRestriction",
            "level",
        )
        feed = deepcopy(self.openactive)
        data = {"name": "Event", "organizer": {"name": "Yoga House (test)"}}
        feed["items"] = [
            {"id": f"{name}{number}", "state": "updated", "data": {**data, name: value}}
            for name in names
            for number, value in enumerate(wrong)
        ]
        wizard = self._import(feed)
        self.assertEqual(set(wizard.line_ids.mapped("outcome")), {"new"})

    @users("bsc_coordinator")
    def test_items_that_cannot_be_read_say_why(self):
        feed = [
            self._service("fine"),
            "text",
            {"name": "No identifier"},
            self._service("unnamed", name=["x"]),
            {"id": "no provider", "name": "x", "organization": "Club"},
            self._service("number", description=f"My number is {BSN}"),
            self._service("number of provider", provider=f"Club {BSN}"),
        ]
        wizard = self._import(feed)
        self.assertEqual(
            wizard.line_ids.mapped("reason"),
            [
                False,
                "This is not an activity.",
                "The identifier is missing.",
                "The name of the activity is missing.",
                "The name of the provider is missing.",
                *[
                    "It contains a number that looks like a citizen service number"
                    " (BSN). It may not be stored."
                ]
                * 2,
            ],
        )
        self.assertEqual(self._offerings().mapped("name"), ["Group A"])

    @users("bsc_coordinator")
    def test_items_of_a_feed_of_changes_that_cannot_be_read(self):
        feed = {
            "items": [
                {"id": "1", "state": "moved"},
                {"id": "2", "state": "updated", "data": "x"},
            ]
        }
        wizard = self._preview(feed)
        self.assertEqual(set(wizard.line_ids.mapped("outcome")), {"unreadable"})

    @users("bsc_coordinator")
    def test_ages_that_cannot_be_right_are_left_out(self):
        for ages in ([20, 10], [-1, 5], ["young", 5], [200, 0]):
            service = self._service(minimum_age=ages[0], maximum_age=ages[1])
            wizard = self._import([service], source=str(ages))
            self.assertEqual(
                wizard.line_ids.reason, "The ages cannot be right: they are left out."
            )
        self.assertFalse(any(self._offerings().mapped("max_age")))

    @users("bsc_coordinator")
    def test_times_that_cannot_be_right_are_left_out(self):
        times = [
            ("10:00", "9:00"),
            ("10:00", "10:00"),
            ("18:00", "19:00"),
            ("18:30", "20:00"),
        ]
        schedules = [
            {"freq": "WEEKLY", "byday": "MO", "opens_at": start, "closes_at": end}
            for start, end in times
        ]
        self._import([self._service(schedules=schedules)])
        self.assertEqual(self._offerings().slot_ids.mapped("hour_from"), [18.0])

    @users("bsc_coordinator")
    def test_long_names(self):
        name = "Long name " * 50
        feed = [self._service(name=name, provider="Provider " * 60, ref="r" * 500)]
        wizard = self._import(feed)
        self.assertIn("too long", wizard.line_ids.reason)
        offering = self._offerings()
        self.assertEqual(len(offering.name), 200)
        self.assertIn(name.strip(), offering.description)
        self.assertFalse(self._preview(feed).has_changes)

    @users("bsc_coordinator")
    def test_identifier_that_looks_like_a_bsn_is_not_stored(self):
        feed = [self._service(ref=BSN)]
        self._import(feed)
        self.assertNotIn(BSN, self._offerings().feed_ref)
        self.assertFalse(self._preview(feed).has_changes)

    @users("bsc_coordinator")
    def test_last_of_two_with_one_identifier_counts(self):
        feed = [self._service(name="First"), self._service(name="Last")]
        wizard = self._import(feed)
        self.assertEqual(wizard.line_ids.mapped("outcome"), ["double", "new"])
        self.assertEqual(wizard.line_ids.mapped("name"), ["First", "Last"])
        self.assertEqual(self._offerings().name, "Last")

    @users("bsc_coordinator")
    def test_newest_of_two_with_one_identifier_counts(self):
        feed = deepcopy(self.openactive)
        older = deepcopy(feed["items"][0])
        older["modified"] -= 1
        older["data"]["name"] = "Older"
        feed["items"].append(older)
        wizard = self._import(feed)
        self.assertEqual(wizard.line_ids[-1].outcome, "double")
        self.assertEqual(self._offerings()[0].name, "Yoga on Monday")

    # the wizard

    @users("bsc_coordinator")
    def test_preview_changes_nothing(self):
        counts = [
            self.env[model].search_count([])
            for model in ("bsc.offering", "bsc.provider", "res.partner")
        ]
        wizard = self._preview(self.hsds)
        self.assertEqual((wizard.new_count, wizard.provider_count), (2, 1))
        self.assertEqual(wizard.unreadable_count, 1)
        self.assertEqual(wizard.summary, "New: 2 · Not readable: 1 · New providers: 1")
        self.assertEqual(
            counts,
            [
                self.env[model].search_count([])
                for model in ("bsc.offering", "bsc.provider", "res.partner")
            ],
        )

    @users("bsc_coordinator")
    def test_file_and_name_are_needed(self):
        with self.assertRaisesRegex(UserError, "Choose a file"):
            self.env["bsc.feed.import"].create({}).action_preview()
        with self.assertRaisesRegex(UserError, "name first"):
            self._preview([self._service()], source=" ")
        with self.assertRaisesRegex(UserError, "BSN"):
            self._preview([self._service()], source=f"feed {BSN}")

    @users("bsc_coordinator")
    def test_second_click_imports_nothing_twice(self):
        wizard = self._import(self.hsds)
        self.assertFalse(wizard.has_changes)
        wizard.action_import()
        self.assertEqual(len(self._offerings()), 2)

    @users("bsc_coordinator")
    def test_lines_can_be_looked_through(self):
        wizard = self._preview(self.hsds)
        action = wizard.with_context(outcome="unreadable").action_open_lines()
        lines = self.env["bsc.feed.import.line"].search(action["domain"])
        self.assertEqual(lines, wizard.line_ids)
        self.assertEqual(action["context"], {"search_default_unreadable": 1})

    @users("bsc_team")
    def test_only_coordinators(self):
        with self.assertRaises(AccessError):
            self._wizard(self.hsds)

    @users("bsc_coordinator")
    def test_queries_do_not_grow_with_the_feed(self):
        def count(size, name):
            feed = [
                self._service(f"{size}-{number}", f"{name} {number}", f"P {number}")
                for number in range(size)
            ]
            wizard = self._wizard(feed, source=str(size))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            wizard.action_preview()
            wizard.action_import()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(2, "warm")
        for name in ("new", "changed", "changed"):
            with self.subTest(name=name):
                few, many = count(5, name), count(50, name)
                self.assertLessEqual(many - few, 5)


@tagged("post_install", "-at_install")
@unittest.skipUnless(SAMPLES.exists(), "the real feeds are not here")
class TestBscFeedImportSamples(FeedImportCase):
    """Real feeds of others, which are no part of the module."""

    def _sample(self, name):
        return (SAMPLES / name).read_bytes()

    @users("bsc_coordinator")
    def test_open_referral_uk(self):
        content = self._sample("open_referral_uk/north_lincolnshire_services.json")
        wizard = self._import(content)
        self.assertEqual((wizard.new_count, wizard.unreadable_count), (738, 0))
        self.assertEqual(len(self._offerings()), 738)
        self.assertFalse(
            any("<p>" in (one.description or "") for one in self._offerings())
        )
        self.assertFalse(any(self._offerings().mapped("is_referable")))
        self.assertFalse(self._preview(content).has_changes)

    @users("bsc_coordinator")
    def test_openactive(self):
        content = self._sample("openactive/newham_sessions_20200102.json")
        wizard = self._import(content)
        self.assertEqual((wizard.new_count, wizard.same_count), (198, 71))
        offerings = self._offerings()
        self.assertEqual(len(offerings.provider_id), 1)
        self.assertEqual(len(offerings.filtered("slot_ids")), 198)
        self.assertFalse(self._preview(content).has_changes)
