import json
import unittest
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

from odoo.fields import Command
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import SQL

from .common import BscCommon

PREFIX = "/bsc/oruk/v3"
# The official schemas of HSDS 3.0; not part of the module.
SCHEMAS = Path(__file__).resolve().parents[3] / "shared/data/hsds_schema"


@tagged("post_install", "-at_install")
@freeze_time("2026-04-01 12:00:00")
class OpenDataCase(BscCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.company"].search([]).bsc_feed_enabled = False
        cls.company.bsc_feed_enabled = True
        cls.company.partner_id.write({"lang": "en_US", "tz": "Europe/Amsterdam"})
        cls.district, cls.neighbourhood = cls._areas()
        cls.place = cls.env["res.partner"].create(
            {
                "name": "Hall of the North",
                "parent_id": cls.provider.partner_id.id,
                "type": "other",
                "street": "Dorpsweg 1",
                "zip": "2801 AB",
                "city": "Gouda",
                "country_id": cls.env.ref("base.nl").id,
            }
        )
        cls.provider.write(
            {"website": "https://club.example.org", "company_registry": "12345678"}
        )
        cls.group = cls.env["bsc.target.group"].create({"name": "Older people (test)"})
        cls.level = cls.env.ref("bsc_wijkteam.bsc_level_1", False) or cls.env[
            "bsc.level"
        ].search([], limit=1)
        cls.offering.write(
            {
                "name": "Walking football",
                "description": "A gentle <b>game</b>.",
                "place_id": cls.place.id,
                "area_ids": [Command.set(cls.neighbourhood.ids)],
                "target_group_ids": [Command.set(cls.group.ids)],
                "level_id": cls.level.id,
                "min_age": 50,
                "max_age": 80,
                "price": 12.5,
                "price_period": "month",
                "is_trial_free": True,
                "gear": "Shoes",
                "accessibility": "There is a lift.",
                "contact_id": cls.provider_person.id,
                "slot_ids": [
                    Command.create(
                        {
                            "weekday": "1",
                            "hour_from": 19.5,
                            "hour_to": 24,
                            "date_from": "2026-01-01",
                            "date_to": "2026-12-31",
                        }
                    ),
                    Command.create(
                        {
                            "weekday": "3",
                            "hour_from": 10,
                            "hour_to": 11,
                            "date_to": "2026-02-01",
                        }
                    ),
                ],
            }
        )
        cls.check = cls._check(date="2026-03-02")

    @classmethod
    def _areas(cls):
        areas = cls.env["bsc.area"].with_context(active_test=False)
        areas.search(
            [("code", "in", ("GM0513", "WK051301", "BU05130101"))]
        ).code = False
        municipality = areas.create(
            {"name": "Gouda", "kind": "municipality", "code": "GM0513"}
        )
        district = areas.create(
            {
                "name": "District",
                "kind": "district",
                "code": "WK051301",
                "parent_id": municipality.id,
            }
        )
        neighbourhood = areas.create(
            {
                "name": "Neighbourhood",
                "code": "BU05130101",
                "parent_id": district.id,
                "postcode": "2801",
            }
        )
        return district, neighbourhood

    def _get(self, path, status=200, **kwargs):
        response = self.url_open(f"{PREFIX}/{path}", **kwargs)
        self.assertEqual(response.status_code, status, response.text[:500])
        return response.json()

    def _names(self, path):
        return [one["name"] for one in self._get(path)["contents"]]

    def _id(self, kind, record):
        return self.env["bsc.offering"]._get_feed_ids().encode(kind, record.id)

    def _person_provider(self):
        person = self.env["res.partner"].create({"name": "Somebody Private"})
        return self.env["bsc.provider"].create({"partner_id": person.id})


@tagged("post_install", "-at_install")
class TestOpenData(OpenDataCase):
    # what it shows

    def test_service_shows_what_a_stranger_needs(self):
        service = self._get(f"services/{self._id('service', self.offering)}")
        expected = {
            "name": "Walking football",
            "description": "A gentle game.",
            "url": "https://club.example.org",
            "status": "active",
            "eligibility_description": "Older people (test)",
            "minimum_age": 50,
            "maximum_age": 80,
            "assured_date": "2026-03-02",
        }
        self.assertEqual({key: service[key] for key in expected}, expected)
        self.assertIn("12.5", service["fees_description"])
        self.assertIn("Shoes", service["fees_description"])
        self.assertIn("first time is free", service["application_process"])
        self.assertEqual(service["organization"]["name"], "Club")
        self.assertEqual(
            service["organization"]["organization_identifiers"][0]["identifier"],
            "12345678",
        )

    def test_times_are_a_weekly_rule_with_time_zone(self):
        service = self._get(f"services/{self._id('service', self.offering)}")
        # The time of the season that is over is left out.
        (schedule,) = service["schedules"]
        expected = {
            "freq": "WEEKLY",
            "interval": 1,
            "byday": "TU",
            "opens_at": "19:30+02:00",  # summer
            "closes_at": "00:00+02:00",
            "timezone": 2,
            "valid_from": "2026-01-01",
            "valid_to": "2026-12-31",
        }
        self.assertEqual({key: schedule[key] for key in expected}, expected)

    def test_cost_is_an_amount_with_its_period(self):
        service = self._get(f"services/{self._id('service', self.offering)}")
        (option,) = service["cost_options"]
        self.assertEqual(option["amount"], 12.5)
        self.assertEqual(option["amount_description"], "Per month")
        self.assertEqual(option["currency"], self.company.currency_id.name.lower())

    def test_unknown_cost_is_no_amount(self):
        self.offering.write({"price": 0, "price_period": False})
        service = self._get(f"services/{self._id('service', self.offering)}")
        self.assertNotIn("cost_options", service)

    def test_place_and_way_in(self):
        service = self._get(f"services/{self._id('service', self.offering)}")
        (link,) = service["service_at_locations"]
        location = link["location"]
        (address,) = location["addresses"]
        self.assertEqual(location["name"], "Hall of the North")
        self.assertEqual(address["postal_code"], "2801 AB")
        self.assertEqual(address["country"], "NL")
        self.assertEqual(
            location["accessibility"][0]["description"], "There is a lift."
        )

    def test_areas_and_terms(self):
        service = self._get(f"services/{self._id('service', self.offering)}")
        self.assertEqual(service["service_areas"][0]["extent"], "BU05130101")
        terms = {
            one["link_type"]: one["taxonomy_term"]["name"]
            for one in service["attributes"]
        }
        self.assertEqual(terms["sport"], "Korfbal (test)")
        self.assertEqual(terms["target_group"], "Older people (test)")
        self.assertIn("level", terms)

    def test_programme_is_named(self):
        self.offering.intervention_id = self.env["bsc.intervention"].create(
            {"name": "Programme (test)", "recognition": "founded"}
        )
        service = self._get(f"services/{self._id('service', self.offering)}")
        self.assertEqual(service["accreditations"], "Programme (test) (Well founded)")

    def test_full_offering_says_so(self):
        self.offering.write({"is_limited": True, "places": 0})
        service = self._get(f"services/{self._id('service', self.offering)}")
        self.assertIn("places are taken", service["alert"])

    def test_organization_with_its_services(self):
        organization = self._get(
            f"organizations/{self._id('organization', self.provider)}"
        )
        self.assertEqual(organization["name"], "Club")
        self.assertEqual(
            [one["name"] for one in organization["services"]], ["Walking football"]
        )

    def test_service_at_location_names_both(self):
        (link,) = self._get("service_at_locations")["contents"]
        self.assertEqual(link["service"]["name"], "Walking football")
        self.assertEqual(link["location"]["name"], "Hall of the North")
        self.assertEqual(
            self._get(f"service_at_locations/{link['id']}")["id"], link["id"]
        )

    def test_root_names_the_specification(self):
        self.assertEqual(self._get("")["version"], "3.0")

    def test_language_of_the_company_or_asked_for(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        sport = self.sport.with_context(lang="nl_NL")
        sport.name = "Korfbal in het Nederlands"
        path = f"services/{self._id('service', self.offering)}"
        self.assertNotIn("in het Nederlands", json.dumps(self._get(path)))
        self.assertIn("in het Nederlands", json.dumps(self._get(f"{path}?lang=nl")))
        self.company.partner_id.lang = "nl_NL"
        self.assertIn("in het Nederlands", json.dumps(self._get(path)))

    # who and what it never shows

    def test_no_persons(self):
        self.coach.name = "Sam de Coach"
        self.provider_person.write({"name": "Kim van Hal", "phone": "06 1111 2222"})
        self.provider.write({"phone": "06 3333 4444", "email": "kim@example.com"})
        self.offering.write(
            {
                "name": "Football with Kim van Hal",
                "description": "Ask Sam de Coach, 06-12345678 or sam@example.com.",
                "guidance": "Given by Kim van Hal.",
                "gear": "Call 010 123 45 67 for shoes.",
                "accessibility": "Ring +31 6 12345678 at the gate.",
            }
        )
        for path in (
            "services?full=true",
            f"services/{self._id('service', self.offering)}",
            "organizations?full=true",
            f"organizations/{self._id('organization', self.provider)}",
            "service_at_locations?full=true",
        ):
            text = json.dumps(self._get(path))
            for secret in (
                "Sam",
                "Kim",
                "Given by",
                "@",
                "06-12345678",
                "+31 6",
                "123 45 67",
                "1111 2222",
                "3333 4444",
            ):
                self.assertNotIn(secret, text, path)

    def test_provider_who_is_a_person_is_not_published(self):
        provider = self._person_provider()
        self.offering.copy({"provider_id": provider.id, "name": "At a person"})
        self._check(provider_id=provider.id, stamped=False).sudo().flush_recordset()
        offering = provider.offering_ids
        # As if both had agreed.
        offering.write({"current_check_id": self.check.id, "is_referable": True})
        self.assertEqual(self._names("services"), ["Walking football"])
        self.assertEqual(self._names("organizations"), ["Club"])

    def test_home_of_a_person_is_no_place(self):
        self.offering.place_id = self.env["res.partner"].create(
            {"name": "Kim van Hal", "street": "Home street 1", "zip": "2801 AB"}
        )
        text = json.dumps(self._get("services?full=true"))
        self.assertIn("Walking football", text)
        self.assertNotIn("Home street", text)
        self.assertEqual(self._get("service_at_locations")["total_items"], 0)

    def test_only_what_one_can_refer_to(self):
        for values in ({"is_published": False}, {"active": False}):
            with self.subTest(values=values):
                self.offering.write(values)
                self._assert_nothing()
                self.offering.write({name: not value for name, value in values.items()})
        self.assertEqual(self._names("services"), ["Walking football"])

    def test_archived_provider(self):
        self.provider.active = False
        self._assert_nothing()

    def test_failed_check(self):
        self._check(verdict="no", stamped=False)
        self._assert_nothing()

    def test_check_ends_at_midnight(self):
        with freeze_time("2027-03-02 12:00:00"):
            self.assertEqual(self._names("services"), ["Walking football"])
        # On the clock of the company the next day has begun; the job has not run.
        with freeze_time("2027-03-02 23:30:00"):
            self.assertEqual(self.check.state, "valid")
            self._assert_nothing()

    def test_other_company(self):
        company = self.env["res.company"].create(
            {"name": "Other", "bsc_feed_enabled": True}
        )
        self.company.bsc_feed_enabled = False
        self._assert_nothing()
        company.bsc_feed_enabled = False
        self.company.bsc_feed_enabled = True
        self.assertEqual(self._names("services"), ["Walking football"])

    def _assert_nothing(self):
        """Neither in a list nor by its identifier."""
        for path in ("services", "organizations", "service_at_locations"):
            self.assertEqual(self._get(path)["total_items"], 0, path)
        for kind, record in (
            ("service", self.offering),
            ("organization", self.provider),
            ("service_at_location", self.offering),
        ):
            self._get(f"{kind}s/{self._id(kind, record)}", 404)

    def test_switched_off(self):
        self.company.bsc_feed_enabled = False
        for path in (
            "",
            "services",
            "organizations",
            "service_at_locations",
            f"services/{self._id('service', self.offering)}",
        ):
            answer = self._get(path, 404)
            self.assertEqual(set(answer), {"error"})

    def test_forged_identifiers(self):
        right = self._id("service", self.offering)
        for forged in (
            "1",
            "x",
            "%00",
            "é",
            "a" * 3000,
            str(UUID(int=self.offering.id)),
            right[:-1] + ("0" if right[-1] != "0" else "1"),
            self._id("organization", self.provider),
            self._id("service_at_location", self.offering),
        ):
            with self.subTest(forged=forged):
                self._get(f"services/{forged}", 404)

    # how it is asked

    def test_pages(self):
        for number in range(4):
            self._offering(name=f"Other {number}")
        page = self._get("services?page=2&per_page=2")
        facts = {name: value for name, value in page.items() if name != "contents"}
        self.assertEqual(
            facts,
            {
                "total_items": 5,
                "total_pages": 3,
                "page_number": 2,
                "size": 2,
                "first_page": False,
                "last_page": False,
                "empty": False,
            },
        )
        names = [
            name
            for number in (1, 2, 3)
            for name in self._names(f"services?page={number}&per_page=2")
        ]
        self.assertEqual(len(set(names)), 5)
        after = self._get("services?page=9&per_page=2")
        self.assertTrue(after["empty"] and after["last_page"])

    def test_bad_questions(self):
        for query in (
            "page=0",
            "page=abc",
            "page=-1",
            "page=1_0",
            "page=%D9%A1",
            "per_page=0",
            "per_page=101",
            f"per_page={10**9}",
            f"page={10**30}",
            "modified_after=nonsense",
            "modified_after=2026-13-01",
            "modified_after=0001-01-01T00:00:00%2B10:00",
            "postcode=12",
            "postcode=2801%20AB%27--",
            "area=Gouda",
            "full=maybe",
            "proximity=100",
            "format=ndjson",
        ):
            with self.subTest(query=query):
                answer = self._get(f"services?{query}", 400)
                self.assertTrue(answer["error"].endswith("."), answer)

    def test_filter_by_postcode(self):
        # At the place itself; in a neighbourhood, or an area around it.
        self._offering(name="Elsewhere")
        wide = self._offering(name="In the district")
        wide.area_ids = self.district
        self.assertEqual(
            self._names("services?postcode=2801XY"),
            ["Walking football", "In the district"],
        )
        self.offering.area_ids = False
        self.assertIn("Walking football", self._names("services?postcode=2801"))
        self.assertEqual(self._names("services?postcode=2999"), [])

    def test_filter_by_area_and_everything_below_it(self):
        self._offering(name="Elsewhere")
        for code in ("GM0513", "WK051301", "bu05130101"):
            with self.subTest(code=code):
                self.assertEqual(
                    self._names(f"services?area={code}"), ["Walking football"]
                )
        self.assertEqual(self._names("services?area=GM0518"), [])
        self.assertEqual(self._names("organizations?area=GM0518"), [])
        self.assertEqual(self._names("organizations?area=GM0513"), ["Club"])

    def test_filter_by_organization(self):
        wanted = self._id("organization", self.provider)
        self.assertEqual(
            self._names(f"services?organization_id={wanted}"), ["Walking football"]
        )
        self.assertEqual(self._names("services?organization_id=x"), [])

    def test_modified_after(self):
        self._backdate()
        self.assertEqual(self._names("services?modified_after=2026-01-02"), [])
        self.assertEqual(
            self._names("services?modified_after=2026-01-01T00:00:00Z"),
            ["Walking football"],
        )
        # With a time zone; in an address its plus sign is a space.
        self.assertEqual(
            self._names("services?modified_after=2026-01-01T01:00:00+01:00"),
            ["Walking football"],
        )
        self.assertEqual(
            self._names("services?modified_after=2026-01-01T00:00:00-01:00"), []
        )

    def test_what_belongs_to_a_service_modifies_it(self):
        for record in (
            self.provider,
            self.provider.partner_id,
            self.place,
            self.check,
            self.offering.slot_ids[:1],
        ):
            with self.subTest(model=record._name):
                self._backdate()
                self._backdate(record, "2026-02-02 00:00:00.123456")
                (service,) = self._get("services?modified_after=2026-02-01")["contents"]
                modified = service["last_modified"]
                self.assertEqual(modified, "2026-02-02T00:00:00.123Z")
                # Asked with what it says itself, it comes again.
                self.assertTrue(self._names(f"services?modified_after={modified}"))

    def _backdate(self, records=None, moment="2026-01-01"):
        self.env.flush_all()
        for record in (
            [records]
            if records
            else [
                self.offering,
                self.provider,
                self.provider.partner_id,
                self.place,
                self.check,
                self.offering.slot_ids,
            ]
        ):
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET write_date = %s WHERE id = ANY(%s)",
                    SQL.identifier(record._table),
                    moment,
                    record.ids,
                )
            )
        self.env.invalidate_all()

    def test_minimal(self):
        (service,) = self._get("services?minimal=true")["contents"]
        self.assertEqual(set(service), {"id", "last_modified"})

    def test_for_any_page_and_kept_for_a_while(self):
        response = self.url_open(f"{PREFIX}/services")
        self.assertEqual(response.headers["Access-Control-Allow-Origin"], "*")
        self.assertEqual(response.headers["Cache-Control"], "public, max-age=300")
        self.assertNotIn("Set-Cookie", response.headers)
        again = self.url_open(
            f"{PREFIX}/services", headers={"If-None-Match": response.headers["ETag"]}
        )
        self.assertEqual((again.status_code, again.content), (304, b""))

    def test_only_reading(self):
        for method in ("POST", "PUT", "DELETE"):
            response = self.url_open(f"{PREFIX}/services", data={}, method=method)
            self.assertEqual(response.status_code, 405)

    def test_hundred_services_in_few_queries(self):
        funding = self.env["bsc.funding"].create({"name": "Fund", "coverage": "full"})
        programme = self.env["bsc.intervention"].create({"name": "Programme (test)"})
        values = self.offering.copy_data({"intervention_id": programme.id})[0]
        for number in range(99):
            provider = self.env["bsc.provider"].create({"name": f"Club {number}"})
            offering = self.offering.create(
                {
                    **values,
                    "name": f"Group {number}",
                    "provider_id": provider.id,
                    "funding_ids": [Command.set(funding.ids)],
                }
            )
            offering.write({"current_check_id": self.check.id, "is_referable": True})
        self._get("services")  # fills the caches of the server
        for path in ("services", "services?full=true", "service_at_locations"):
            with self.subTest(path=path):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                separator = "&" if "?" in path else "?"
                page = self._get(f"{path}{separator}per_page=100")
                count = self.env.cr.sql_log_count - before
                self.assertEqual(page["size"], 100)
                self.assertLessEqual(count, 25)


@tagged("post_install", "-at_install")
@unittest.skipUnless(SCHEMAS.exists(), "the schemas of HSDS 3.0 are not here")
class TestOpenDataSchema(OpenDataCase):
    """What leaves is valid by the official schemas of HSDS 3.0."""

    def _assert_valid(self, name, instance):
        try:
            import jsonschema
        except ImportError:
            self.skipTest("jsonschema is not installed")
        schema = json.loads((SCHEMAS / f"{name}.json").read_text())
        validator = jsonschema.Draft202012Validator(
            schema, format_checker=self._format_checker(jsonschema)
        )
        errors = [
            f"{list(error.absolute_path)}: {error.message[:200]}"
            for error in validator.iter_errors(instance)
        ]
        self.assertFalse(errors)
        self._assert_known(schema, instance)

    def _format_checker(self, jsonschema):
        checker = jsonschema.FormatChecker()
        checker.checks("uuid", ValueError)(lambda text: str(UUID(text)) == text)
        checker.checks("uri")(lambda text: urlsplit(text).scheme in ("http", "https"))
        checker.checks("date-time", ValueError)(
            lambda text: datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(
                tzinfo=timezone.utc
            )
        )
        return checker

    def _assert_known(self, schema, instance, path=""):
        """The schemas allow any other property; a misspelt one would go unseen."""
        if isinstance(instance, list):
            for one in instance:
                self._assert_known(schema["items"], one, path)
        elif isinstance(instance, dict):
            for name, value in instance.items():
                self.assertIn(name, schema["properties"], path)
                self._assert_known(schema["properties"][name], value, f"{path}/{name}")

    def setUp(self):
        super().setUp()
        self.offering.write(
            {
                "is_limited": True,
                "intervention_id": self.env["bsc.intervention"]
                .create({"name": "Programme (test)", "recognition": "founded"})
                .id,
            }
        )
        # As little as there can be.
        self._offering(name="Bare", sport_id=False)

    def test_lists(self):
        for path, name in (
            ("services", "service_list"),
            ("services?full=true", "service"),
            ("organizations", "organization_list"),
            ("organizations?full=true", "organization"),
            ("service_at_locations", "service_at_location_list"),
            ("service_at_locations?full=true", "service_at_location"),
        ):
            with self.subTest(path=path):
                contents = self._get(path)["contents"]
                self.assertTrue(contents)
                for one in contents:
                    self._assert_valid(name, one)

    def test_single(self):
        for kind, record in (
            ("service", self.offering),
            ("organization", self.provider),
            ("service_at_location", self.offering),
        ):
            with self.subTest(kind=kind):
                self._assert_valid(kind, self._get(f"{kind}s/{self._id(kind, record)}"))

    def test_page(self):
        openapi = json.loads((SCHEMAS / "openapi.json").read_text())
        schema = openapi["components"]["schemas"]["Page"]
        page = self._get("services")
        self.assertEqual(set(page), {*schema["properties"], "contents"})
