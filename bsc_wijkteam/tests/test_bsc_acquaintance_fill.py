from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged, users

from .common import BscCommon


@tagged("post_install", "-at_install")
class TestBscAcquaintanceFill(BscCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.district, cls.elsewhere = cls.env["bsc.area"].create(
            [{"name": "District", "kind": "district"}, {"name": "Elsewhere"}]
        )
        cls.area = cls.env["bsc.area"].create(
            {"name": "Inside", "parent_id": cls.district.id}
        )
        cls.relation.area_ids = cls.district
        cls.offering.area_ids = cls.area
        cls.colleague = cls.env["res.partner"].create(
            {"name": "Colleague", "parent_id": cls.team.id}
        )

    def _fill(self, area=None):
        return self.env["bsc.acquaintance.fill"].create(
            {"area_id": (area or self.district).id}
        )

    def _map(self):
        return self.env["bsc.acquaintance"].search([("user_id", "=", self.env.uid)])

    @users("bsc_coach")
    def test_people_of_teams_and_providers_come_on_the_map(self):
        fill = self._fill()
        self.assertEqual((fill.new_count, fill.known_count), (3, 0))
        fill.action_fill()
        expected = self.professional | self.colleague | self.provider_person
        self.assertEqual(self._map().partner_id, expected)

    @users("bsc_coach")
    def test_contact_persons_of_the_own_work_are_known(self):
        self._fill().action_fill()
        warmths = {known.partner_id.name: known.warmth for known in self._map()}
        self.assertEqual(
            warmths,
            {"Professional": "known", "Colleague": "unknown", "Trainer": "unknown"},
        )

    @users("bsc_other_coach")
    def test_contact_persons_of_a_colleague_are_unknown(self):
        self._fill().action_fill()
        self.assertEqual(set(self._map().mapped("warmth")), {"unknown"})

    @users("bsc_coach")
    def test_filling_again_adds_nobody_and_changes_nothing(self):
        self._fill().action_fill()
        first = self._map()
        first.warmth = "warm"
        fill = self._fill()
        self.assertEqual((fill.new_count, fill.known_count), (0, 3))
        fill.action_fill()
        self.assertEqual(self._map(), first)
        self.assertEqual(set(first.mapped("warmth")), {"warm"})

    @users("bsc_coach")
    def test_neighbourhood_finds_the_team_of_its_district(self):
        self._fill(self.area).action_fill()
        self.assertIn(self.professional, self._map().partner_id)

    @users("bsc_coach")
    def test_areas_of_the_work_come_along(self):
        self._fill().action_fill()
        areas = {known.partner_id: known.area_ids for known in self._map()}
        self.assertEqual(areas[self.professional], self.district)
        self.assertEqual(areas[self.provider_person], self.area)

    @users("bsc_coach")
    def test_area_without_work_adds_nobody(self):
        fill = self._fill(self.elsewhere)
        self.assertEqual((fill.new_count, fill.known_count), (0, 0))
        fill.action_fill()
        self.assertFalse(self._map())

    @users("bsc_coach")
    def test_organisation_without_people_stands_for_itself(self):
        school = self.env["res.partner"].create({"name": "School", "is_company": True})
        self.env["bsc.relation"].create(
            {"partner_id": school.id, "kind": "school", "area_ids": self.elsewhere.ids}
        )
        self._fill(self.elsewhere).action_fill()
        self.assertEqual(self._map().partner_id, school)
        self.assertEqual(self._map().kind, "school")

    @users("bsc_coach")
    def test_work_of_another_organisation_stays_out(self):
        company = self.env["res.company"].sudo().create({"name": "Other"})
        self.relation.sudo().write({"coach_id": False, "company_id": company.id})
        self._fill().action_fill()
        self.assertEqual(self._map().partner_id, self.provider_person)

    @users("bsc_coach")
    def test_map_of_the_area_is_shown(self):
        action = self._fill().action_fill()
        self.assertEqual(action["res_model"], "bsc.acquaintance")
        self.env["bsc.acquaintance"].create(
            {
                "partner_id": self.team.id,
                "area_ids": [Command.set(self.elsewhere.ids)],
            }
        )
        shown = self.env["bsc.acquaintance"].search(action["domain"])
        expected = self.professional | self.colleague | self.provider_person
        self.assertEqual(shown.partner_id, expected)
        self.assertIn("District", action["display_name"])

    @users("bsc_coach")
    def test_sheet_holds_the_map_of_the_area(self):
        fill = self._fill()
        with self.assertRaisesRegex(UserError, "nobody on the map"):
            fill.action_print()
        fill.action_fill()
        action = fill.action_print()
        self.assertEqual(action["report_name"], "bsc_wijkteam.bsc_acquaintance_map")
        self.assertCountEqual(action["context"]["active_ids"], self._map().ids)

    @users("bsc_coach")
    def test_filling_takes_few_queries_at_any_number(self):
        def count():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._fill().action_fill()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        few = count()
        self.env["res.partner"].create(
            [{"name": f"P{n}", "parent_id": self.team.id} for n in range(40)]
        )
        self.env.flush_all()
        self.assertLessEqual(count(), few)
