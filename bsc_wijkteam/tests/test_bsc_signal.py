from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged, users
from odoo.tools import mute_logger

from .common import BscCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-01 10:00:00")
class TestBscSignal(BscCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.theme, cls.other_theme = cls.env["bsc.signal.theme"].create(
            [{"name": "Loneliness (test)"}, {"name": "Money (test)"}]
        )
        cls.district = cls.env["bsc.area"].create(
            {"name": "District", "kind": "district"}
        )
        cls.area, cls.other_area = cls.env["bsc.area"].create(
            [
                {"name": "Inside", "parent_id": cls.district.id},
                {"name": "Outside"},
            ]
        )

        cls.elsewhere = cls.env["res.company"].create({"name": "Elsewhere"})

    def _signal(self, **values):
        return self.env["bsc.signal"].create(
            {
                "theme_id": self.theme.id,
                "area_id": self.area.id,
                "route": "contact",
                **values,
            }
        )

    @users("bsc_coach")
    def test_signal_has_nowhere_to_write_about_a_person(self):
        signals = self.env["bsc.signal"]
        texts = {
            name
            for name, field in signals._fields.items()
            if field.type in ("char", "text", "html") and field.store
        }
        self.assertFalse(texts)
        self.assertFalse(hasattr(signals, "message_post"))

    @users("bsc_coach")
    def test_signal_is_made_with_three_choices(self):
        with Form(self.env["bsc.signal"]) as form:
            form.theme_id = self.theme
            form.area_id = self.area
            form.route = "acute"
        signal = form.record
        self.assertEqual(signal.user_id, self.coach)
        self.assertEqual(str(signal.date), "2026-04-01")
        self.assertEqual(signal.display_name, "Loneliness (test), Inside")

    @users("bsc_coach")
    def test_signal_without_route_is_refused(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._signal(route=False)
            self.env.flush_all()

    @users("bsc_coach")
    def test_area_of_the_team_is_proposed(self):
        self.relation.area_ids = self.area
        form = Form(self.env["bsc.signal"])
        form.relation_id = self.relation
        self.assertEqual(form.area_id, self.area)

    @users("bsc_coach")
    def test_chosen_area_stays_when_a_team_is_chosen(self):
        self.relation.area_ids = self.area
        signal = self._signal(area_id=self.other_area.id)
        signal.relation_id = self.relation
        self.assertEqual(signal.area_id, self.other_area)

    @users("bsc_coach")
    def test_team_with_several_areas_leaves_the_choice(self):
        self.relation.area_ids = self.area | self.other_area
        form = Form(self.env["bsc.signal"])
        form.relation_id = self.relation
        self.assertFalse(form.area_id)

    @users("bsc_coach")
    def test_contact_person_is_shown(self):
        self.professional.phone = "010 123 45 67"
        signal = self._signal(relation_id=self.relation.id)
        self.assertEqual(signal.contact_id, self.professional)
        self.assertEqual(signal.contact_phone, "010 123 45 67")
        self.assertEqual(signal.contact_email, "professional@example.com")

    @users("bsc_coach")
    def test_acute_numbers_of_the_organisation_are_shown(self):
        self.company.bsc_acute_numbers = "Crisis team: 010 765 43 21"
        form = Form(self.env["bsc.signal"])
        form.route = "acute"
        self.assertEqual(form.acute_numbers, "Crisis team: 010 765 43 21")

    @users("bsc_coach")
    def test_signal_is_handled_today_once(self):
        signal = self._signal(date="2026-03-30")
        handled = self._signal(date="2026-03-01", date_handled="2026-03-02")
        (signal | handled).action_handle()
        self.assertEqual(str(signal.date_handled), "2026-04-01")
        self.assertEqual(str(handled.date_handled), "2026-03-02")

    @users("bsc_coach")
    def test_signal_of_tomorrow_is_refused(self):
        self._signal(date="2026-04-01")
        with self.assertRaisesRegex(ValidationError, "today or before"):
            self._signal(date="2026-04-02")

    @users("bsc_coach")
    def test_signal_is_not_handled_before_it_was_seen(self):
        signal = self._signal(date="2026-03-30")
        signal.date_handled = "2026-03-30"
        with self.assertRaisesRegex(ValidationError, "on or after the day"):
            signal.date_handled = "2026-03-29"

    @users("bsc_coach")
    def test_workshop_is_planned_with_the_team(self):
        signal = self._signal(route="workshop", relation_id=self.relation.id)
        context = signal.action_plan_workshop()["context"]
        self.assertEqual(context["default_bsc_kind"], "workshop")
        self.assertEqual(context["default_bsc_relation_id"], self.relation.id)

    @users("bsc_viewer")
    def test_signals_are_counted_per_theme_and_area(self):
        signals = self.env["bsc.signal"].sudo()
        for theme, area in (
            (self.theme, self.area),
            (self.theme, self.area),
            (self.theme, self.other_area),
            (self.other_theme, self.area),
        ):
            signals.create({"theme_id": theme.id, "area_id": area.id, "route": "acute"})
        counts = self.env["bsc.signal"]._read_group(
            [("theme_id", "in", (self.theme | self.other_theme).ids)],
            ["theme_id", "area_id"],
            ["__count"],
        )
        self.assertCountEqual(
            counts,
            [
                (self.theme, self.area, 2),
                (self.theme, self.other_area, 1),
                (self.other_theme, self.area, 1),
            ],
        )

    @users("bsc_coach")
    def test_signals_of_a_district_are_those_of_its_neighbourhoods(self):
        inside = self._signal()
        self._signal(area_id=self.other_area.id)
        found = self.env["bsc.signal"].search(
            [("area_id", "child_of", self.district.id)]
        )
        self.assertEqual(found, inside)

    @users("bsc_coach")
    def test_team_of_another_organisation_is_refused(self):
        values = {"name": "T", "is_company": True}
        values = {
            "partner_id": self.env["res.partner"].create(values).id,
            "company_id": self.elsewhere.id,
            "coach_id": False,
        }
        relation = self.env["bsc.relation"].sudo().create(values)
        with self.assertRaisesRegex(UserError, "belongs to another company"):
            self._signal(relation_id=relation.id)

    @users("bsc_coach")
    def test_signals_of_another_organisation_are_hidden(self):
        signal = self._signal()
        root = self.env.ref("base.user_root").id
        signal.sudo().write({"company_id": self.elsewhere.id, "user_id": root})
        self.assertFalse(self.env["bsc.signal"].search([("id", "=", signal.id)]))
