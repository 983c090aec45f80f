from collections import Counter

import psycopg2

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged, users
from odoo.tools import mute_logger

from ..models.bsc_area import CODE_FORMATS, cbs_areas
from .common import BscCommon


@tagged("post_install", "-at_install")
class TestBscArea(BscCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Area = cls.env["bsc.area"]
        # In the way of nothing that a database may hold already.
        Area.with_context(active_test=False).search(
            [("code", "!=", False)]
        ).code = False
        cls.gouda, cls.waterdam = Area.create(
            [
                {"name": "Gouda", "kind": "municipality", "code": "GM0513"},
                {"name": "Waterdam", "kind": "municipality"},
            ]
        )
        cls.binnenstad, cls.east = Area.create(
            [
                {
                    "name": "Binnenstad",
                    "kind": "district",
                    "code": "WK051301",
                    "parent_id": cls.gouda.id,
                },
                {"name": "Oost", "kind": "district", "parent_id": cls.waterdam.id},
            ]
        )
        cls.market, cls.harbour, cls.mill = Area.create(
            [
                {
                    "name": "Nieuwe Markt e.o.",
                    "code": "BU05130100",
                    "postcode": "2801",
                    "parent_id": cls.binnenstad.id,
                },
                {"name": "Haven", "parent_id": cls.east.id, "postcode": "9998"},
                {"name": "Molen", "parent_id": cls.waterdam.id, "postcode": "9998"},
            ]
        )

    def _create(self, **values):
        return self.env["bsc.area"].create({"name": "Somewhere", **values})

    # The list of CBS

    def test_the_shipped_list_is_the_whole_country(self):
        self.assertEqual(
            Counter(area.kind for area in cbs_areas().values()),
            {"municipality": 342, "district": 3393, "neighbourhood": 14574},
        )

    def test_the_shipped_list_is_in_order(self):
        """Every code has its form, every area a name, every parent stands before."""
        seen = {""}
        for area in cbs_areas().values():
            pattern, _example = CODE_FORMATS[area.kind]
            self.assertRegex(area.code, pattern)
            self.assertRegex(area.postcode, r"^([1-9]\d{3})?$")
            self.assertTrue(area.name)
            self.assertIn(area.parent_code, seen)
            seen.add(area.code)

    def test_the_shipped_list_keeps_the_names_of_cbs(self):
        names = {
            "GM0518": "'s-Gravenhage",
            "GM0820": "Nuenen, Gerwen en Nederwetten",
            "GM1900": "Súdwest-Fryslân",
            "GM0373": "Bergen (NH.)",
        }
        for code, name in names.items():
            self.assertEqual(cbs_areas()[code].name, name)

    # Codes

    @users("bsc_coordinator")
    def test_code_of_another_kind_is_refused(self):
        sentence = "WK051302 cannot be the CBS code of a neighbourhood"
        with self.assertRaisesRegex(ValidationError, sentence):
            self._create(code="WK051302")

    @users("bsc_coordinator")
    def test_code_in_a_wrong_form_is_refused(self):
        for code in ("0513", "BU0513010", "BU051301000", "BUA5130100", "BU05130-00"):
            with self.assertRaisesRegex(ValidationError, "looks like BU05130101"):
                self._create(code=code)

    @users("bsc_coordinator")
    def test_code_unknown_to_cbs_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "CBS knows no area with code"):
            self._create(code="BU05139999")

    @users("bsc_coordinator")
    def test_double_code_is_refused(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError):
            self._create(code="BU05130100")

    @users("bsc_coordinator")
    def test_double_code_is_said_in_one_sentence(self):
        with mute_logger("odoo.sql_db"):
            result = self.env["bsc.area"].load(
                ["name", "kind", "code"],
                [["Somewhere", "neighbourhood", "BU05130100"]],
            )
        self.assertFalse(result["ids"])
        self.assertEqual(
            [message["message"] for message in result["messages"]],
            [
                "Another area already has this CBS code: look for it among the active"
                " and the archived areas."
            ],
        )

    @users("bsc_coordinator")
    def test_code_of_an_archived_area_stays_taken(self):
        self.market.with_env(self.env).action_archive()
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError):
            self._create(code="BU05130100")

    @users("bsc_coordinator")
    def test_code_is_kept_as_cbs_writes_it(self):
        self.assertEqual(self._create(code=" bu05130101 ").code, "BU05130101")

    @users("bsc_coordinator")
    def test_code_may_hold_letters(self):
        jordaan = self._create(kind="district", code="WK0363AB")
        self.assertEqual(jordaan.code, "WK0363AB")

    @users("bsc_coordinator")
    def test_areas_of_your_own_need_no_code(self):
        areas = self._create(code=""), self._create(code=" "), self._create()
        self.assertEqual([area.code for area in areas], [False] * 3)

    # The tree

    @users("bsc_coordinator")
    def test_code_must_fit_the_code_of_the_parent(self):
        sentence = r"Somewhere \(BU05130200\) is no part of Binnenstad \(WK051301\)"
        with self.assertRaisesRegex(ValidationError, sentence):
            self._create(code="BU05130200", parent_id=self.binnenstad.id)

    @users("bsc_coordinator")
    def test_code_must_fit_the_codes_of_the_parts(self):
        with self.assertRaisesRegex(ValidationError, "is no part of Binnenstad"):
            self.binnenstad.with_env(self.env).code = "WK051302"

    @users("bsc_coordinator")
    def test_code_of_a_neighbourhood_may_fit_the_municipality(self):
        area = self._create(code="BU05130200", parent_id=self.gouda.id)
        self.assertEqual(area.parent_id, self.gouda)

    @users("bsc_coordinator")
    def test_an_area_is_part_of_a_wider_one(self):
        pairs = [
            ("municipality", self.gouda),
            ("municipality", self.binnenstad),
            ("district", self.binnenstad),
            ("district", self.market),
            ("neighbourhood", self.market),
        ]
        for kind, parent in pairs:
            with self.assertRaisesRegex(ValidationError, f"is a {kind} and cannot"):
                self._create(kind=kind, parent_id=parent.id)

    @users("bsc_coordinator")
    def test_an_area_with_parts_keeps_a_wide_kind(self):
        with self.assertRaisesRegex(ValidationError, "Haven is a neighbourhood"):
            self.east.with_env(self.env).write(
                {"kind": "neighbourhood", "parent_id": False}
            )

    @users("bsc_coordinator")
    def test_an_area_is_no_part_of_itself(self):
        for parent in (self.waterdam, self.east, self.harbour):
            with self.assertRaisesRegex(ValidationError, "one of its own parts"):
                self.waterdam.with_env(self.env).parent_id = parent

    @users("bsc_coordinator")
    def test_a_new_name_is_seen_in_all_parts(self):
        self.waterdam.with_env(self.env).name = "Waterstad"
        self.assertEqual(self.harbour.complete_name, "Waterstad / Oost / Haven")
        self.assertEqual(self.mill.complete_name, "Waterstad / Molen")

    @users("bsc_coordinator")
    def test_a_municipality_holds_its_parts(self):
        areas = self.env["bsc.area"].search([("id", "child_of", self.waterdam.id)])
        self.assertEqual(areas, self.waterdam | self.east | self.harbour | self.mill)

    # Other values

    @users("bsc_coordinator")
    def test_postcode_is_four_digits(self):
        for postcode in ("280", "0801", "28AB", "280A"):
            with self.assertRaisesRegex(ValidationError, "four digits, such as 2801"):
                self._create(postcode=postcode)

    @users("bsc_coordinator")
    def test_inhabitants_are_not_below_zero(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError):
            self._create(inhabitants=-1)

    @users("bsc_coach")
    def test_a_coach_reads_areas_only(self):
        self.assertTrue(self.gouda.with_env(self.env).display_name)
        with self.assertRaises(AccessError):
            self.gouda.with_env(self.env).name = "Ghoude"

    # Names

    def test_name_tells_where_an_area_is(self):
        self.assertEqual(self.gouda.display_name, "Gouda")
        self.assertEqual(self.binnenstad.display_name, "Binnenstad (district in Gouda)")
        self.assertEqual(self.market.display_name, "Nieuwe Markt e.o. (Gouda)")
        self.assertEqual(self.mill.display_name, "Molen (Waterdam)")

    def test_name_in_a_drop_down_tells_more(self):
        areas = (self.gouda | self.market).with_context(formatted_display_name=True)
        self.assertEqual(
            areas.mapped("display_name"),
            [
                "Gouda\t--Municipality--",
                "Nieuwe Markt e.o. (Gouda)\t--Binnenstad · 2801--",
            ],
        )

    def test_names_of_many_areas_take_one_more_query_for_all_wider_ones(self):
        areas = self.env["bsc.area"].create(
            [{"name": f"Area {n}", "parent_id": self.east.id} for n in range(50)]
        )
        areas.mapped("display_name")  # what is the same for all is read by now
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(2):
            areas.mapped("display_name")

    @users("bsc_coach")
    def test_search_by_name_code_and_postcode(self):
        Area = self.env["bsc.area"]
        for text in ("nieuwe markt e.o", "05130100"):
            self.assertEqual(
                [id_ for id_, _name in Area.name_search(text)], self.market.ids
            )
        found = [id_ for id_, _name in Area.name_search("9998")]
        self.assertEqual(found, (self.mill | self.harbour).ids)

    @users("bsc_coach")
    def test_search_by_name_and_place(self):
        for text in ("haven waterdam", "Waterdam / Haven", "Haven (Waterdam)"):
            found = self.env["bsc.area"].name_search(text)
            self.assertEqual(found, [(self.harbour.id, "Haven (Waterdam)")])

    @users("bsc_coach")
    def test_search_puts_the_exact_name_first(self):
        Area = self.env["bsc.area"]
        Area.sudo().create({"name": "Achterhaven", "parent_id": self.gouda.id})
        found = [name for _id, name in Area.name_search("haven", limit=2)]
        self.assertEqual(found, ["Haven (Waterdam)", "Achterhaven (Gouda)"])

    @users("bsc_coach")
    def test_an_exported_name_is_found_again(self):
        Area = self.env["bsc.area"]
        Area.sudo().create({"name": "Haven", "parent_id": self.gouda.id})
        for area in self.harbour | self.east | self.gouda:
            found = Area.name_search(area.display_name, operator="=")
            self.assertEqual([id_ for id_, _name in found], area.ids)

    # Postcodes

    @users("bsc_coach")
    def test_postcodes_find_their_neighbourhoods(self):
        zips = ["9998", "9998 AB", "2801xx", " 9997AA", "", False, "12", "28011"]
        self.env["bsc.area"]._find_by_postcodes(["2801"])  # fills the caches of rights
        self.env.invalidate_all()
        with self.assertQueryCount(1):
            found = self.env["bsc.area"]._find_by_postcodes(zips)
        self.assertEqual(
            found,
            {
                "9998": self.mill | self.harbour,
                "2801": self.market,
                "9997": self.env["bsc.area"],
            },
        )
