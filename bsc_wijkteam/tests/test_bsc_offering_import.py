import csv
import io
import os
from pathlib import Path
from unittest import skipUnless
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import BaseCase, new_test_user, tagged, users
from odoo.tools import file_open, mute_logger

from ..tools import cells
from ..tools.list_headers import find_column
from .common import BscCommon

# The columns of the real list of Amsterdam, and the fields they belong in.
REAL_COLUMNS = {
    "Sport": "sport_id",
    "Naam": "provider_id",
    "Website": "provider_website",
    "Naam accommodatie": "place_id",
    "Adres accommodatie": "place_street",
    "Postcode accommodatie": "place_zip",
    "Plaats accommodatie": "place_city",
    "Stadsdeel": False,
    "Aangepast sporten": "is_adapted",
    "KvK": "provider_registry",
}
OPTIONS = {
    "quoting": '"',
    "separator": "",
    "encoding": "",
    "has_headers": True,
    "limit": 2000,
    "skip": 0,
    "float_thousand_separator": ".",
    "float_decimal_separator": ",",
    "date_format": "",
    "datetime_format": "",
}


def _get_real_list():
    """The real list, where it is at hand: beside the repository, or as told."""
    folder = os.environ.get("BSC_SHARED_DATA")
    data = Path(folder) if folder else Path(__file__).parents[3] / "shared" / "data"
    return data / "amsterdam" / "sportaanbieders.csv"


class ImportCommon(BscCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.testball, cls.running = cls.env["bsc.sport"].create(
            [{"name": "Testbal", "synonyms": "test-bal"}, {"name": "Loopsport"}]
        )

    def _upload(self, content, name="list.csv", **options):
        wizard = self.env["base_import.import"].create(
            {"res_model": "bsc.offering", "file": content, "file_name": name}
        )
        preview = wizard.parse_preview({**OPTIONS, **options})
        self.assertNotIn("error", preview)
        return wizard, preview

    def _get_mapping(self, preview):
        """The field of every column, as the screen proposes it."""
        paths = preview["matches"]
        return {
            header: "/".join(paths[index]) if index in paths else False
            for index, header in enumerate(preview["headers"])
        }

    def _import_file(self, content, name="list.csv", dryrun=False, **options):
        wizard, preview = self._upload(content, name)
        mapping = self._get_mapping(preview)
        return wizard.execute_import(
            list(mapping.values()),
            [header.lower() for header in mapping],
            {**preview["options"], **options},
            dryrun=dryrun,
        )

    def _import(self, *rows, dryrun=False, **options):
        """Import rows given as dictionaries; what they do not name is empty."""
        columns = list(dict.fromkeys(name for row in rows for name in row))
        content = io.StringIO()
        writer = csv.DictWriter(content, columns)
        writer.writeheader()
        writer.writerows(rows)
        wizard = self.env["base_import.import"].create(
            {
                "res_model": "bsc.offering",
                "file": content.getvalue().encode(),
                "file_name": "list.csv",
            }
        )
        return wizard.execute_import(
            [find_column(column) for column in columns],
            [column.lower() for column in columns],
            {**OPTIONS, "encoding": "utf-8", "separator": ",", **options},
            dryrun=dryrun,
        )

    def _take(self, *rows, **options):
        """Import rows that have nothing wrong, and return their offerings."""
        result = self._import(*rows, **options)
        self.assertFalse(result["messages"])
        return self.env["bsc.offering"].browse(result["ids"])

    def _refuse(self, *rows, **options):
        """Import rows of which some are wrong, and return rows and reasons."""
        before = self._count()
        result = self._import(*rows, **options)
        self.assertFalse(result["ids"])
        self.assertEqual(self._count(), before, "nothing is kept")
        return [
            (message.get("record"), message["message"])
            for message in result["messages"]
        ]

    def _count(self):
        return {
            model: self.env[model].with_context(active_test=False).search_count([])
            for model in ("res.partner", "bsc.provider", "bsc.offering", "bsc.sport")
        }

    @staticmethod
    def _row(**values):
        return {
            "Sportaanbieder": "Sportclub Voorbeeld",
            "Sport": "Testbal",
            **{name.replace("_", " "): value for name, value in values.items()},
        }


@tagged("post_install", "-at_install")
class TestCells(BaseCase):
    """What people write in a cell, and what they mean by it."""

    def _assert_read(self, parse, expected):
        for text, value in expected.items():
            with self.subTest(text=text):
                self.assertEqual(parse(text), value)

    def _assert_not_read(self, parse, texts):
        for text in texts:
            with self.subTest(text=text), self.assertRaises(ValueError):
                parse(text)

    def test_stray_spaces_and_words_for_nothing(self):
        self._assert_read(
            cells.clean,
            {
                " Judo \u00a0  club\u200b ": "Judo club",
                "?": "",
                "n.v.t.": "",
                "-": "",
                None: "",
                False: "",
                12: "12",
            },
        )

    def test_prices(self):
        self._assert_read(
            cells.parse_price,
            {
                "10,50": (10.5, False),
                "10.50": (10.5, False),
                "€ 10,-": (10, False),
                "€10": (10, False),
                "10 EUR": (10, False),
                "€ 1.250,00": (1250, False),
                "gratis": (0, "free"),
                "Free of charge": (0, "free"),
                "0,00": (0, "free"),
                "10 per maand": (10, "month"),
                "€ 5,00 p/m": (5, "month"),
                "€ 7,50 p.p. per les": (7.5, "session"),
                "3 euro per keer": (3, "session"),
                "25 per kwartaal": (25, "quarter"),
                "120 per seizoen": (120, "season"),
                "120 per year": (120, "year"),
                "15 eenmalig": (15, "once"),
            },
        )

    def test_what_is_not_a_price(self):
        self._assert_not_read(
            cells.parse_price, ["ask us", "10-15", "vanaf 10", "-5", "10 per week"]
        )

    def test_weekdays(self):
        self._assert_read(
            cells.parse_weekdays,
            {
                "dinsdag": ["1"],
                "Tuesday": ["1"],
                "dinsdagavond": ["1"],
                "ma, wo en vr": ["0", "2", "4"],
                "maandag t/m donderdag": ["0", "1", "2", "3"],
                "ma-vr": ["0", "1", "2", "3", "4"],
                "Sat & Sun": ["5", "6"],
                "dagelijks": ["0", "1", "2", "3", "4", "5", "6"],
            },
        )

    def test_what_is_not_a_weekday(self):
        self._assert_not_read(
            cells.parse_weekdays, ["blursday", "", "vr-ma", "ma t/m", "ma-wo-vr"]
        )

    def test_hours(self):
        self._assert_read(
            cells.parse_hours,
            {
                "19:00-20:30": [(19, 20.5)],
                "19.00 - 20.30 uur": [(19, 20.5)],
                "van 9 tot 10": [(9, 10)],
                "7pm to 8:30pm": [(19, 20.5)],
                "9:00-10:00, 11:00-12:00": [(9, 10), (11, 12)],
            },
        )

    def test_what_are_no_hours(self):
        self._assert_not_read(
            cells.parse_hours, ["19:00", "20:00-19:00", "25:00-26:00", "evening", ""]
        )

    def test_postcodes(self):
        self._assert_read(
            cells.parse_postcodes,
            {
                "9901AA": ["9901 AA"],
                "9901 aa": ["9901 AA"],
                "9901": ["9901"],
                "9901AA,9902BB": ["9901 AA", "9902 BB"],
                "9901AA en 9902BB": ["9901 AA", "9902 BB"],
            },
        )
        self._assert_not_read(cells.parse_postcodes, ["12AB", "0123AB", "9901AAA"])

    def test_chamber_of_commerce_numbers(self):
        self._assert_read(
            cells.parse_registry,
            {
                "90000001": "90000001",
                "9000001": "09000001",
                "KvK 90.00.00.01": "90000001",
            },
        )
        self._assert_not_read(cells.parse_registry, ["123", "900000011", "1" * 12])

    def test_websites(self):
        self._assert_read(
            cells.parse_website,
            {
                "www.een.example/": "www.een.example",
                "www.een.example / www.twee.example": "www.een.example",
                "www.een -twee.example": "www.een-twee.example",
                "geen website": "",
            },
        )

    def test_names_that_are_the_same(self):
        for one, other in [
            ("F.C. Voorbeeld", "FC Voorbeeld"),
            ("SV Voorbeeld", "Voorbeeld SV"),
            ("Voorbeeld", "Sportcentrum Voorbeeld"),
        ]:
            with self.subTest(one=one, other=other):
                self.assertTrue(cells.is_same_name(one, other))
        self.assertFalse(cells.is_same_name("Golfclub Voorbeeld", "Squashclub Oost"))


@tagged("post_install", "-at_install")
class TestBscOfferingImport(ImportCommon):
    # columns

    @users("bsc_coach")
    def test_columns_of_the_real_list_find_their_fields(self):
        header = ",".join(REAL_COLUMNS)
        content = f"{header}\nTestbal,Club,,,,9901AA,,Oost,ja,90000001\n".encode()
        for lang in ("en_US", "nl_NL"):
            self.env["res.lang"].sudo()._activate_lang(lang)
            self.env.user.sudo().lang = lang
            self.env = self.env(context={**self.env.context, "lang": lang})
            with self.subTest(lang=lang):
                _wizard, preview = self._upload(content)
                self.assertEqual(self._get_mapping(preview), REAL_COLUMNS)

    @users("bsc_coach")
    def test_columns_of_the_template_find_their_fields(self):
        for lang in ("en", "nl"):
            name = f"bsc_wijkteam/static/xls/bsc_offering_{lang}.xlsx"
            with self.subTest(lang=lang), file_open(name, "rb") as template:
                _wizard, preview = self._upload(template.read(), name)
                fields = list(self._get_mapping(preview).values())
                self.assertNotIn(False, fields)
                self.assertEqual(len(fields), len(set(fields)))

    @users("bsc_coach")
    def test_template_can_be_imported(self):
        [template] = self.env["bsc.offering"].get_import_templates()
        with file_open(template["template"].lstrip("/"), "rb") as file:
            result = self._import_file(file.read(), "template.xlsx")
        self.assertEqual([result["messages"], len(result["ids"])], [[], 3])

    def test_columns_are_known_whatever_their_spelling(self):
        for header in ("Soort_sport", "SPORT ", "soort sport", "Soort-Sport"):
            self.assertEqual(find_column(header), "sport_id")
        self.assertIsNone(find_column("Stadsdeel"))

    def test_template_in_the_language_of_the_user(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        offerings = self.env["bsc.offering"]
        for lang, name in (("nl_NL", "_nl.xlsx"), ("en_US", "_en.xlsx")):
            [template] = offerings.with_context(lang=lang).get_import_templates()
            self.assertTrue(template["template"].endswith(name))

    # the list of the test folder, with the quirks of a real one

    def _take_file(self, **options):
        with file_open("bsc_wijkteam/tests/files/activities.csv", "rb") as file:
            return self._import_file(file.read(), **options)

    @users("bsc_coach")
    def test_one_provider_per_organisation_and_one_offering_per_row(self):
        offerings = self.env["bsc.offering"].browse(self._take_file()["ids"])
        self.assertEqual(
            [(offering.provider_id.name, offering.name) for offering in offerings],
            [
                ("Sportclub Voorbeeld", "Testbal"),
                ("Sportclub Voorbeeld", "Testbal"),
                ("Club zonder nummer", "test-bal"),
                ("Club zonder nummer", "Loopsport"),
                ("Gelijknamig", "Loopsport"),
                ("Gelijknamig", "Loopsport"),
                ("Vereniging Drie", "Testbal"),
            ],
        )
        self.assertEqual(len(offerings.provider_id), 5)
        self.assertEqual(len(offerings.place_id), 6)
        self.assertEqual(offerings.sport_id, self.testball | self.running)

    @users("bsc_coach")
    def test_second_import_creates_nothing(self):
        ids = self._take_file()["ids"]
        before = self._count()
        self.assertEqual(self._take_file()["ids"], ids)
        self.assertEqual(self._count(), before)

    @users("bsc_coach")
    def test_second_import_writes_nothing(self):
        self._take_file()
        self.env.flush_all()
        models = [type(self.env[name]) for name in ("bsc.offering", "res.partner")]
        written = []
        for model in models:
            original = model._write_multi

            def write_multi(records, vals_list, original=original):
                written.extend(vals_list)
                return original(records, vals_list)

            self.patch(model, "_write_multi", write_multi)
        self._take_file()
        self.env.flush_all()
        self.assertFalse(written)

    @users("bsc_coach")
    def test_test_leaves_nothing(self):
        before = self._count()
        result = self._take_file(dryrun=True)
        self.assertEqual(len(result["ids"]), 7)
        self.env.invalidate_all()
        self.assertEqual(self._count(), before)

    @users("bsc_coach")
    def test_whole_list_is_taken_whatever_the_batch_limit(self):
        result = self._take_file(limit=2)
        self.assertEqual([len(result["ids"]), result["nextrow"]], [7, 0])

    @users("bsc_coach")
    def test_test_tells_what_is_worth_knowing(self):
        [message] = self._take_file(dryrun=True)["messages"]
        self.assertEqual(message["type"], "warning")
        self.assertIn("Row 4: Here is more than one postcode", message["message"])
        self.assertIn("Row 8: This repeats an earlier row", message["message"])

    @users("bsc_coach")
    def test_import_tells_what_is_worth_knowing_in_a_notification(self):
        with patch.object(type(self.env.user), "_bus_send") as bus_send:
            self.assertFalse(self._take_file()["messages"])
        name, values = bus_send.call_args.args
        self.assertEqual(name, "simple_notification")
        self.assertIn("Row 4:", values["message"])

    # providers

    @users("bsc_coach")
    def test_same_number_is_same_provider(self):
        one, other = self._take(
            self._row(Sportaanbieder="F.C. Oost", KvK="90000001"),
            self._row(Sportaanbieder="FC Oost", KvK="90000001", Sport="Loopsport"),
        )
        self.assertEqual(one.provider_id, other.provider_id)
        self.assertEqual(one.provider_id.name, "F.C. Oost")
        self.assertEqual(one.provider_id.company_registry, "90000001")

    @users("bsc_coach")
    def test_other_name_with_same_number_stays_visible(self):
        rows = [
            self._row(Sportaanbieder="Golfclub Oost", KvK="90000001"),
            self._row(Sportaanbieder="Squash Zuid", KvK="90000001", Sport="Loopsport"),
        ]
        [message] = self._import(*rows, dryrun=True)["messages"]
        self.assertIn("Row 3: The chamber-of-commerce number", message["message"])
        offering = self.env["bsc.offering"].browse(self._import(*rows)["ids"][1])
        self.assertEqual(offering.name, "Loopsport – Squash Zuid")
        self.assertEqual(offering.provider_id.name, "Golfclub Oost")

    @users("bsc_coach")
    def test_same_name_with_another_number_is_another_provider(self):
        one, other = self._take(self._row(KvK="90000001"), self._row(KvK="90000002"))
        self.assertNotEqual(one.provider_id, other.provider_id)

    @users("bsc_coach")
    def test_same_name_in_the_same_town_is_the_same_provider(self):
        one, other = self._take(
            self._row(Plaats="Voorbeeldstad", KvK="90000001"),
            self._row(
                Sportaanbieder="sportclub  VOORBEELD",
                Sport="Loopsport",
                Plaats="voorbeeldstad",
            ),
        )
        self.assertEqual(one.provider_id, other.provider_id)

    @users("bsc_coach")
    def test_same_name_elsewhere_is_another_provider(self):
        one, other = self._take(self._row(Plaats="Noord"), self._row(Plaats="Zuid"))
        self.assertNotEqual(one.provider_id, other.provider_id)
        before = self._count()
        again = self._take(self._row(Plaats="Noord"), self._row(Plaats="Zuid"))
        self.assertEqual([again, self._count()], [one | other, before])

    @users("bsc_coach")
    def test_same_name_elsewhere_with_same_website_is_the_same_provider(self):
        one, other = self._take(
            self._row(Plaats="Noord", Website="www.een.example"),
            self._row(Plaats="Zuid", Website="http://een.example/zuid"),
        )
        self.assertEqual(one.provider_id, other.provider_id)

    @users("bsc_coach")
    def test_provider_is_found_again_by_name(self):
        self.provider.name = "Clúb  Oost"
        [offering] = self._take(self._row(Sportaanbieder="CLUB OOST "))
        self.assertEqual(offering.provider_id, self.provider)

    @users("bsc_coach")
    def test_provider_is_completed_and_not_overwritten(self):
        self.provider.website = "http://own.example"
        row = self._row(
            Sportaanbieder="Club",
            Website="www.list.example",
            KvK="90000001",
            Telefoon="0201234567",
        )
        self._take(row)
        self.assertEqual(self.provider.website, "http://own.example")
        self.assertEqual(self.provider.company_registry, "90000001")
        self.assertEqual(self.provider.phone, "0201234567")

    @users("bsc_coach")
    def test_archived_provider_is_found_and_stays_archived(self):
        self.provider.active = False
        [offering] = self._take(self._row(Sportaanbieder="Club"))
        self.assertEqual(offering.provider_id, self.provider)
        self.assertFalse(self.provider.active)

    @users("bsc_coach")
    def test_contact_becomes_the_provider(self):
        contacts = self.env["res.partner"].create(
            [
                {"name": "Sportclub Voorbeeld", "is_company": True},
                {
                    "name": "Old name",
                    "is_company": True,
                    "company_registry": "90 00 00 01",
                },
            ]
        )
        by_name, by_number = self._take(
            self._row(), self._row(Sportaanbieder="Vereniging", KvK="90000001")
        )
        self.assertEqual(by_name.provider_id.partner_id, contacts[0])
        self.assertEqual(by_number.provider_id.partner_id, contacts[1])

    @users("bsc_coach")
    def test_person_does_not_become_a_provider(self):
        person = self.env["res.partner"].create({"name": "Sportclub Voorbeeld"})
        [offering] = self._take(self._row())
        self.assertNotEqual(offering.provider_id.partner_id, person)

    @users("bsc_coach")
    def test_ambiguous_name_is_refused(self):
        self._take(self._row(KvK="90000001"), self._row(KvK="90000002"))
        self.assertEqual(
            self._refuse(self._row(KvK="90000001"), self._row()),
            [
                (
                    "3",
                    "More than one organisation is called “Sportclub Voorbeeld”: add"
                    " its chamber-of-commerce number.",
                )
            ],
        )

    @users("bsc_coach")
    def test_website_tells_namesakes_apart(self):
        one, other = self._take(
            self._row(KvK="90000001", Website="www.een.example"),
            self._row(KvK="90000002", Website="www.twee.example"),
        )
        [found] = self._take(self._row(Website="twee.example/testbal"))
        self.assertEqual(found, other)

    def test_providers_of_another_company_are_not_touched(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        coach = new_test_user(
            self.env,
            "bsc_elsewhere",
            groups="bsc_wijkteam.bsc_wijkteam_group_coach",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self.env = self.env(user=coach)
        [offering] = self._take(self._row(Sportaanbieder="Club"))
        self.assertNotEqual(offering.provider_id, self.provider)
        self.assertEqual(offering.company_id, company)
        self.assertEqual(offering.provider_id.partner_id, self.provider.partner_id)

    @users("bsc_coach")
    def test_list_without_provider_for_one_provider(self):
        self.env = self.env(
            context={**self.env.context, "default_provider_id": self.provider.id}
        )
        [offering] = self._take({"Sport": "Testbal", "Prijs": "gratis"})
        self.assertEqual(offering.provider_id, self.provider)

    # places and areas

    @users("bsc_coach")
    def test_place_becomes_an_address_of_the_provider(self):
        [offering] = self._take(
            self._row(
                Locatie="Sporthal Oost",
                Adres="Laan 1",
                Postcode="9901aa",
                Plaats="Oost",
            )
        )
        place = offering.place_id
        self.assertEqual(
            [place.name, place.street, place.zip, place.city, place.type],
            ["Sporthal Oost", "Laan 1", "9901 AA", "Oost", "other"],
        )
        self.assertEqual(place.parent_id, offering.provider_id.partner_id)
        self.assertEqual(place.commercial_partner_id, place.parent_id)

    @users("bsc_coach")
    def test_place_is_found_again_in_spite_of_a_typing_error(self):
        one, other = self._take(
            self._row(
                Locatie="Sporthal", Adres="Tom Schreursweg 10", Postcode="9901AA"
            ),
            self._row(Sport="Loopsport", Adres="Tom Scheursweg 10", Postcode="9901 aa"),
        )
        self.assertEqual(one.place_id, other.place_id)

    @users("bsc_coach")
    def test_other_house_number_is_another_place(self):
        one, other = self._take(
            self._row(Locatie="Sportpark", Adres="Aanloop 2", Postcode="9901AA"),
            self._row(Locatie="Sportpark", Adres="Aanloop 7", Postcode="9901AA"),
        )
        self.assertNotEqual(one.place_id, other.place_id)

    @users("bsc_coach")
    def test_neighbourhoods_are_found_by_postcode(self):
        areas = self.env["bsc.area"].sudo()  # test data; a coordinator loads areas
        east, west = areas.create(
            [
                {"name": "Test East", "postcode": "9901"},
                {"name": "Test West", "postcode": "9902"},
            ]
        )
        offering = self.env["bsc.offering"].browse(
            self._import(self._row(Postcode="9901AA, 9902BB"))["ids"]
        )
        self.assertEqual(offering.area_ids, east | west)
        self.assertEqual(offering.place_id.zip, "9901 AA")

    @users("bsc_coach")
    def test_areas_the_coach_chose_stay(self):
        own, found = (
            self.env["bsc.area"]
            .sudo()  # test data; a coordinator loads areas
            .create([{"name": "Own"}, {"name": "Found", "postcode": "9901"}])
        )
        [offering] = self._take(self._row(Postcode="9901AA"))
        self.assertEqual(offering.area_ids, found)
        offering.area_ids = own
        self._take(self._row(Postcode="9901AA"))
        self.assertEqual(offering.area_ids, own)

    # sports

    @users("bsc_coach")
    def test_spellings_of_a_sport_make_no_twins(self):
        before = self._count()["bsc.sport"]
        offerings = self._take(
            self._row(Sport="Testbal  ", Plaats="A"),
            self._row(Sport=" tést-bal", Plaats="B", Website="www.een.example"),
        )
        self.assertEqual(offerings.sport_id, self.testball)
        self.assertEqual(offerings.mapped("name"), ["Testbal", "tést-bal"])
        self.assertEqual(self._count()["bsc.sport"], before)

    @users("bsc_coach")
    def test_unknown_sport_is_refused_at_its_column(self):
        result = self._import(self._row(), self._row(Sport="Fierljeppen"))
        [message] = result["messages"]
        self.assertFalse(result["ids"])
        self.assertEqual(
            [message["field"], message["value"]], ["sport_id", "Fierljeppen"]
        )
        self.assertEqual(
            message["message"],
            "Row 3: The sport “Fierljeppen” is not known: correct it, or choose below"
            " to create new values.",
        )
        self.assertEqual(message["rows"]["from"] + 1, 3, "the screen adds 1")

    @users("bsc_coach")
    def test_unknown_sport_can_be_created(self):
        offerings = self._take(
            self._row(Sport="Fierljeppen"),
            self._row(Sport="fierljeppen ", Plaats="Oost"),
            name_create_enabled_fields={"sport_id": True},
        )
        self.assertEqual(offerings.sport_id.name, "Fierljeppen")

    @users("bsc_coach")
    def test_rows_with_an_unknown_sport_can_be_skipped(self):
        [offering] = self._take(
            self._row(Sport="Fierljeppen"),
            self._row(),
            import_skip_records=["sport_id"],
        )
        self.assertEqual(offering.sport_id, self.testball)

    @users("bsc_coach")
    def test_unknown_sport_can_be_left_empty(self):
        row = self._row(Sport="Fierljeppen")
        [offering] = self._take(row, import_set_empty_fields=["sport_id"])
        self.assertEqual([offering.name, offering.sport_id.id], ["Fierljeppen", False])
        [again] = self._take(row, import_set_empty_fields=["sport_id"])
        self.assertEqual(again, offering)

    # activities

    @users("bsc_coach")
    def test_values_of_an_activity(self):
        [offering] = self._take(
            self._row(
                Activiteit="Testbal voor ouderen",
                Dag="dinsdag en donderdag",
                Tijd="19:00-20:30",
                Prijs="€ 10,50 per maand",
                Aangepast_sporten="Ja",
                Leeftijd_vanaf="55",
                Doelgroepen=self.env["bsc.target.group"].search([], limit=1).name,
            )
        )
        self.assertEqual(offering.name, "Testbal voor ouderen")
        self.assertEqual(
            [
                (slot.weekday, slot.hour_from, slot.hour_to)
                for slot in offering.slot_ids
            ],
            [("1", 19, 20.5), ("3", 19, 20.5)],
        )
        self.assertEqual([offering.price, offering.price_period], [10.5, "month"])
        self.assertTrue(offering.is_adapted)
        self.assertEqual(offering.min_age, 55)
        self.assertEqual(len(offering.target_group_ids), 1)

    @users("bsc_coach")
    def test_price_column_may_be_chosen_by_hand(self):
        wizard, _preview = self._upload(b"a,b,c\nTestbal,Club Oost,gratis\n")
        result = wizard.execute_import(
            ["sport_id", "provider_id", "price"], ["a", "b", "c"], {**OPTIONS}
        )
        offering = self.env["bsc.offering"].browse(result["ids"])
        self.assertEqual(offering.price_period, "free")

    @users("bsc_coach")
    def test_price_without_period_is_per_session(self):
        rows = [self._row(Prijs="10,50")]
        [message] = self._import(*rows, dryrun=True)["messages"]
        self.assertIn("Row 2: The price does not say", message["message"])
        offering = self.env["bsc.offering"].browse(self._import(*rows)["ids"])
        self.assertEqual([offering.price, offering.price_period], [10.5, "session"])

    @users("bsc_coach")
    def test_what_the_list_says_beyond_its_fields_is_kept(self):
        _one, other = self._take(
            self._row(Website="www.een.example"),
            self._row(
                Sport="Loopsport",
                Website="www.lopen.example",
                Aangepast_sporten="Chronisch ziek",
            ),
        )
        self.assertTrue(other.is_adapted)
        self.assertEqual(other.description, "Chronisch ziek\nwww.lopen.example")

    @users("bsc_coach")
    def test_activity_is_updated_and_empty_cells_change_nothing(self):
        [offering] = self._take(
            self._row(Prijs="5 per maand", Dag="ma", Tijd="9-10", Leeftijd_vanaf="8")
        )
        offering.write({"name": "Renamed", "gear": "Shoes"})
        [again] = self._take(
            self._row(Prijs="", Dag="", Tijd="", Leeftijd_vanaf="", Sport="test-bal")
        )
        self.assertEqual(again, offering)
        self.assertEqual(
            [again.name, again.gear, again.price, again.min_age, len(again.slot_ids)],
            ["Renamed", "Shoes", 5, 8, 1],
        )
        self._take(self._row(Prijs="6 per maand", Dag="di", Tijd="9-10"))
        self.assertEqual(again.price, 6)
        self.assertEqual(again.slot_ids.mapped("weekday"), ["1"])

    @users("bsc_coach")
    def test_archived_activity_is_found_and_stays_archived(self):
        [offering] = self._take(self._row())
        offering.active = False
        [message] = self._import(self._row(), dryrun=True)["messages"]
        self.assertIn("archived", message["message"])
        self.assertEqual(self._import(self._row())["ids"], offering.ids)
        self.assertFalse(offering.active)

    @users("bsc_coach")
    def test_repeated_row_makes_one_activity(self):
        rows = [self._row(Prijs="gratis"), self._row(Plaats="Oost"), self._row()]
        [message] = self._import(*rows, dryrun=True)["messages"]
        self.assertIn("Row 4: This repeats an earlier row", message["message"])
        self.assertEqual(len(self._import(*rows)["ids"]), 2)

    @users("bsc_coach")
    def test_rows_that_differ_in_time_make_one_activity(self):
        [offering] = self._take(
            self._row(Dag="ma", Tijd="9-10"), self._row(Dag="wo", Tijd="10-11")
        )
        self.assertEqual(offering.slot_ids.mapped("weekday"), ["0", "2"])

    @users("bsc_coach")
    def test_rows_that_differ_in_price_are_two_activities(self):
        rows = [self._row(Prijs="5 per maand"), self._row(Prijs="8 per maand")]
        offerings = self._take(*rows)
        self.assertEqual(offerings.mapped("price"), [5, 8])
        self.assertEqual(self._take(*rows), offerings)
        self.assertEqual(offerings.mapped("price"), [5, 8])

    @users("bsc_coach")
    def test_rows_with_own_names_are_two_activities(self):
        rows = [self._row(Activiteit="Jeugd"), self._row(Activiteit="Ouderen")]
        offerings = self._take(*rows)
        self.assertEqual(offerings.mapped("name"), ["Jeugd", "Ouderen"])
        self.assertEqual(self._take(*rows), offerings)

    @users("bsc_coach")
    def test_repeated_header_is_left_out(self):
        rows = [self._row(), {"Sportaanbieder": "Naam", "Sport": "soort_sport"}]
        [message] = self._import(*rows, dryrun=True)["messages"]
        self.assertIn(
            "Row 3: This repeats the names of the columns", message["message"]
        )
        self.assertEqual(len(self._import(*rows)["ids"]), 1)

    # what cannot be read

    @users("bsc_coach")
    def test_every_wrong_row_is_named_with_its_reason(self):
        self.assertEqual(
            self._refuse(
                self._row(),
                self._row(Sportaanbieder=" "),
                self._row(Sport=""),
                self._row(Postcode="12AB"),
                self._row(KvK="123"),
                self._row(Dag="blursday", Tijd="19:00-20:00"),
                self._row(Dag="dinsdag"),
                self._row(Tijd="19:00-20:00"),
                self._row(Prijs="ask us"),
                self._row(Prijs="20000 per maand"),
                self._row(Locatie="111222333"),
            ),
            [
                ("3", "The name of the provider is missing."),
                ("4", "The sport or the activity is missing."),
                (
                    "5",
                    "“12AB” is not a postcode: write four digits and two letters, such"
                    " as 2801 AB.",
                ),
                (
                    "6",
                    "“123” is not a chamber-of-commerce number: that has eight digits.",
                ),
                (
                    "7",
                    "“blursday” is not a weekday: write it in full, such as Tuesday or"
                    " dinsdag.",
                ),
                (
                    "8",
                    "“dinsdag” is only half of a time: give the day and from when until"
                    " when, such as Tuesday 19:00-20:30.",
                ),
                (
                    "9",
                    "“19:00-20:00” is only half of a time: give the day and from when"
                    " until when, such as Tuesday 19:00-20:30.",
                ),
                (
                    "10",
                    "“ask us” is not a price: write one amount and what it is for, such"
                    " as 10,50 per month, or free.",
                ),
                (
                    "11",
                    "The price “20000 per maand” is too high: it lies between 0 and"
                    " 10,000.",
                ),
                (
                    "12",
                    "“111222333” contains a number that looks like a citizen service"
                    " number (BSN). It may not be stored: please remove it.",
                ),
            ],
        )

    @users("bsc_coach")
    def test_rows_with_the_same_reason_are_told_together(self):
        wrong = self._row(Sportaanbieder="")
        self.assertEqual(
            self._refuse(wrong, self._row(), wrong, skip=0),
            [("2, 4", "The name of the provider is missing.")],
        )

    @users("bsc_coach")
    def test_what_odoo_reads_is_told_with_its_row_too(self):
        reasons = self._refuse(
            self._row(Leeftijd_vanaf="8"),
            self._row(Leeftijd_vanaf="abc", Plaats="Oost"),
            self._row(Leeftijd_vanaf="xyz", Sport=""),
        )
        self.assertEqual([row for row, _reason in reasons], ["3", "4", "4"])

    @users("bsc_coach")
    @mute_logger("odoo.sql_db")
    def test_constraint_is_told_with_its_row(self):
        reasons = self._refuse(
            self._row(Sport="Loopsport"),
            self._row(Leeftijd_vanaf="20", Leeftijd_tot="10"),
        )
        self.assertIn("3", [row for row, _reason in reasons])
        self.assertTrue(any("The ages are not right" in text for _, text in reasons))

    @users("bsc_viewer")
    def test_viewer_may_not_import(self):
        before = self._count()
        with self.assertRaises(AccessError):
            result = self._import(self._row())
            if result["messages"]:
                raise AccessError(result["messages"][0]["message"])
        self.assertEqual(self._count(), before)

    # Odoo's own ways

    @users("bsc_coach")
    def test_short_list_in_utf_8_is_read_as_such(self):
        content = "Sportaanbieder,Sport\nClúb Oost,Testbal\n".encode()
        offering = self.env["bsc.offering"].browse(self._import_file(content)["ids"])
        self.assertEqual(offering.provider_id.name, "Clúb Oost")

    @users("bsc_coach")
    def test_list_of_an_old_spreadsheet_is_read_as_such(self):
        content = "Sportaanbieder;Sport\nClúb Oost;Testbal\n".encode("cp1252")
        wizard, preview = self._upload(content, encoding="windows-1252")
        result = wizard.execute_import(
            ["provider_id", "sport_id"], ["a", "b"], preview["options"]
        )
        offering = self.env["bsc.offering"].browse(result["ids"])
        self.assertEqual(offering.provider_id.name, "Clúb Oost")

    @users("bsc_coach")
    def test_list_with_ids_goes_odoos_own_way(self):
        result = self.env["bsc.offering"].load(
            [".id", "name", "provider_id"], [[str(self.offering.id), "New", "Club"]]
        )
        self.assertEqual(result["ids"], self.offering.ids)
        self.assertEqual(self.offering.name, "New")

    @users("bsc_coach")
    def test_words_need_a_list_without_ids(self):
        result = self.env["bsc.offering"].load(
            [".id", "import_price"], [[str(self.offering.id), "gratis"]]
        )
        self.assertFalse(result["ids"])
        self.assertIn("without ids", result["messages"][0]["message"])

    @users("bsc_coach")
    def test_exported_list_can_be_imported_again(self):
        [offering] = self._take(
            self._row(Locatie="Hal", Adres="Laan 1", Postcode="9901AA", KvK="90000001")
        )
        names = [
            "provider_id",
            "provider_registry",
            "name",
            "sport_id",
            "place_id",
            "place_street",
            "place_zip",
            "target_group_ids",
            "slot_ids/weekday",
            "slot_ids/hour_from",
            "slot_ids/hour_to",
        ]
        self.env.user.sudo().group_ids += self.env.ref("base.group_allow_export")
        rows = offering.export_data(names)["datas"]
        before = self._count()
        result = self.env["bsc.offering"].load(names, rows)
        self.assertEqual([result["ids"], self._count()], [offering.ids, before])

    @users("bsc_coach")
    def test_queries_do_not_grow_with_the_list(self):
        def rows(first, count):
            return [
                self._row(
                    Sportaanbieder=f"Club {number}",
                    KvK=str(90000000 + number),
                    Adres=f"Laan {number}",
                    Postcode="9901AA",
                )
                for number in range(first, first + count)
            ]

        def count_queries(*args):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._import(*rows(*args))
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count_queries(1, 2)
        few, many = count_queries(10, 10), count_queries(100, 60)
        self.assertLess(many - few, 30, "50 rows more")


@tagged("post_install", "-at_install")
class TestRealList(ImportCommon):
    @skipUnless(_get_real_list().exists(), "The real list is not at hand")
    @users("bsc_coach")
    def test_real_list_is_taken_once(self):
        content = _get_real_list().read_bytes()
        before = self._count()
        ids = self._import_file(content)["ids"]
        after = self._count()
        new = {model: after[model] - before[model] for model in after}
        self.assertEqual(
            [new["bsc.provider"], new["bsc.offering"], new["bsc.sport"]],
            [782, 1006, 0],
        )
        # 1,012 rows, of which six say what an earlier one said.
        self.assertEqual(len(set(ids)), 1006)
        self.assertEqual(self._import_file(content)["ids"], ids)
        self.assertEqual(self._count(), after)
