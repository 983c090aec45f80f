from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged, users

from ..models.bsc_area import cbs_areas
from .common import BscCommon

# The ORM inserts and updates this many rows in one query.
BATCH = 100


@tagged("post_install", "-at_install")
class TestBscAreaLoad(BscCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What this database has already is not what these tests are about.
        areas = cls.env["bsc.area"].with_context(active_test=False)
        areas.search([("code", "!=", False)]).code = False

    def _wizard(self, *names, **values):
        municipalities = self.env["bsc.area.load.municipality"].search(
            [("name", "in", names)]
        )
        return self.env["bsc.area.load"].create(
            {"municipality_ids": [Command.set(municipalities.ids)], **values}
        )

    def _areas(self):
        return self.env["bsc.area"].search([("code", "!=", False)])

    def _find(self, code):
        areas = self.env["bsc.area"].with_context(active_test=False)
        return areas.search([("code", "=", code)])

    def _counts(self, wizard, kind):
        return [wizard[f"{kind}_{state}_count"] for state in ("new", "changed", "same")]

    def _count_queries(self, wizard):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        wizard._load()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    @users("bsc_coordinator")
    def test_municipalities_are_found_by_a_part_of_the_name(self):
        found = self.env["bsc.area.load.municipality"].name_search("gou")
        self.assertEqual([name for _id, name in found], ["Gouda", "Maasgouw"])

    @users("bsc_coordinator")
    def test_numbers_are_shown_before_anything_is_loaded(self):
        with Form(self.env["bsc.area.load"]) as form:
            form.municipality_ids.add(
                self.env["bsc.area.load.municipality"].search([("name", "=", "Gouda")])
            )
            self.assertEqual(form.municipality_new_count, 1)
            self.assertEqual(form.district_new_count, 9)
            self.assertEqual(form.neighbourhood_new_count, 51)
        self.assertFalse(self._areas())

    @users("bsc_coordinator")
    def test_a_municipality_is_loaded_with_all_its_parts(self):
        self._wizard("Gouda").action_load()
        areas = self._areas()
        self.assertEqual(len(areas), 1 + 9 + 51)
        area = self._find("BU05130100")
        self.assertEqual(area.complete_name, "Gouda / Binnenstad / Nieuwe Markt e.o.")
        self.assertEqual(area.kind, "neighbourhood")
        self.assertEqual(area.inhabitants, cbs_areas()["BU05130100"].inhabitants)
        self.assertEqual(area.postcode, "2801")
        self.assertEqual(
            area.parent_path,
            f"{self._find('GM0513').id}/{self._find('WK051301').id}/{area.id}/",
        )

    @users("bsc_coordinator")
    def test_several_municipalities_are_loaded_at_once(self):
        self._wizard("Gouda", "Urk").action_load()
        municipalities = self._areas().filtered(lambda a: a.kind == "municipality")
        self.assertEqual(municipalities.mapped("name"), ["Gouda", "Urk"])

    @users("bsc_coordinator")
    def test_loading_again_changes_nothing(self):
        self._wizard("Gouda").action_load()
        areas = self._areas()
        wizard = self._wizard("Gouda")
        self.assertEqual(self._counts(wizard, "municipality"), [0, 0, 1])
        self.assertEqual(self._counts(wizard, "district"), [0, 0, 9])
        self.assertEqual(self._counts(wizard, "neighbourhood"), [0, 0, 51])
        self.assertEqual(wizard._load(), (0, 0))
        self.assertEqual(self._areas(), areas)

    @users("bsc_coordinator")
    def test_loading_again_brings_back_what_cbs_has(self):
        self._wizard("Gouda").action_load()
        area, other = self._find("BU05130100"), self._find("BU05130101")
        area.write(
            {
                "name": "Markt",
                "inhabitants": 1,
                "postcode": False,
                "parent_id": self._find("GM0513").id,
            }
        )
        other.postcode = "2899"
        wizard = self._wizard("Gouda")
        self.assertEqual(self._counts(wizard, "neighbourhood"), [0, 2, 49])
        self.assertEqual(wizard._load(), (0, 2))
        self.assertEqual(area.name, "Nieuwe Markt e.o.")
        self.assertEqual(area.inhabitants, cbs_areas()["BU05130100"].inhabitants)
        self.assertEqual(area.postcode, "2801")
        self.assertEqual(area.parent_id.code, "WK051301")
        self.assertEqual(other.postcode, "2801")

    @users("bsc_coordinator")
    def test_an_archived_area_stays_archived(self):
        self._wizard("Gouda").action_load()
        area = self._find("BU05130100")
        area.write({"active": False, "name": "Markt"})
        self.assertEqual(self._wizard("Gouda")._load(), (0, 1))
        self.assertFalse(area.active)
        self.assertEqual(area.name, "Nieuwe Markt e.o.")

    @users("bsc_coordinator")
    def test_areas_of_your_own_are_left_alone(self):
        self._wizard("Gouda").action_load()
        own = self.env["bsc.area"].create(
            {"name": "Gouda", "kind": "district", "parent_id": self._find("GM0513").id}
        )
        self.assertEqual(self._wizard("Gouda")._load(), (0, 0))
        self.assertEqual(own.name, "Gouda")

    @users("bsc_coordinator")
    def test_an_area_typed_by_hand_gets_its_parent(self):
        area = self.env["bsc.area"].create({"name": "Markt", "code": "BU05130100"})
        self.assertEqual(self._wizard("Gouda")._load(), (60, 1))
        self.assertEqual(area.complete_name, "Gouda / Binnenstad / Nieuwe Markt e.o.")

    @users("bsc_coordinator")
    def test_loading_nothing_is_refused(self):
        with self.assertRaisesRegex(UserError, "Choose at least one municipality"):
            self._wizard().action_load()

    @users("bsc_coordinator")
    def test_afterwards_the_loaded_areas_are_listed(self):
        self._wizard("Urk").action_load()
        params = self._wizard("Gouda").action_load()["params"]
        self.assertEqual(params["message"], "Added: 61. Updated: 0.")
        self.assertEqual(params["next"]["res_model"], "bsc.area")
        listed = self.env["bsc.area"].search(params["next"]["domain"])
        self.assertEqual(len(listed), 61)
        self.assertEqual(listed[0].name, "Gouda")

    @users("bsc_coach")
    def test_a_coach_may_not_load(self):
        with self.assertRaises(AccessError):
            self.env["bsc.area.load"].create({})

    @users("bsc_coordinator")
    def test_more_municipalities_take_no_more_queries(self):
        """Once the caches are warm, only the batches of the ORM are counted."""
        self._count_queries(self._wizard("Urk"))
        small = self._count_queries(self._wizard("Vlieland"))
        large = self._count_queries(self._wizard("Amsterdam", "Rotterdam", "Utrecht"))
        areas = len(self._areas())
        self.assertGreater(areas, 800)
        self.assertLessEqual(large - small, areas // BATCH + 2)

    @users("bsc_coordinator")
    def test_the_whole_country_takes_a_fixed_number_of_queries(self):
        wizard = self._wizard(scope="country")
        queries = self._count_queries(wizard)
        areas = self._areas()
        self.assertEqual(len(areas), len(cbs_areas()))
        self.assertLess(queries, len(areas) // BATCH + 40)
        self.assertLess(self._count_queries(wizard), 10)
        self.assertEqual(self._counts(wizard, "neighbourhood"), [0, 0, 14574])
