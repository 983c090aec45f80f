from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged, users
from odoo.tools import mute_logger

from .common import BscCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-01 10:00:00")
class TestBscAcquaintance(BscCommon):
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

    def _known(self, partner=None, **values):
        partner = partner or self.professional
        return self.env["bsc.acquaintance"].create({"partner_id": partner.id, **values})

    def _partner(self, **values):
        return self.env["res.partner"].create({"name": "Somebody", **values})

    # --- Who it is ---

    @users("bsc_coach")
    def test_kind_follows_the_collaboration(self):
        known = self._known()
        self.assertEqual(known.kind, "team")
        self.relation.kind = "school"
        self.assertEqual(known.kind, "school")

    @users("bsc_coach")
    def test_contact_of_a_provider_is_a_provider(self):
        self.assertEqual(self._known(self.provider_person).kind, "provider")

    @users("bsc_coach")
    def test_organisation_itself_has_its_kind(self):
        self.assertEqual(self._known(self.team).kind, "team")
        self.assertEqual(self._known(self.provider.partner_id).kind, "provider")

    @users("bsc_coach")
    def test_kind_follows_a_later_collaboration(self):
        practice = self._partner(is_company=True)
        doctor = self._partner(parent_id=practice.id)
        known = self._known(doctor)
        self.assertEqual(known.kind, "person")
        self.env["bsc.relation"].create({"partner_id": practice.id, "kind": "gp"})
        self.assertEqual(known.kind, "gp")

    @users("bsc_coach")
    def test_kind_follows_a_change_of_organisation(self):
        known = self._known()
        self.professional.parent_id = self.provider.partner_id
        self.assertEqual(known.kind, "provider")

    @users("bsc_coach")
    def test_ended_collaboration_keeps_its_kind(self):
        self.relation.active = False
        self.assertEqual(self._known().kind, "team")

    @users("bsc_coach")
    def test_kind_is_that_of_the_own_organisation(self):
        company = self.env["res.company"].sudo().create({"name": "Other"})
        team = self._partner(is_company=True)
        self.env["bsc.relation"].sudo().create(
            {"partner_id": team.id, "company_id": company.id, "coach_id": False}
        )
        self.assertEqual(self._known(team).kind, "other")

    @users("bsc_coach")
    def test_somebody_without_collaboration_is_a_key_person(self):
        self.assertEqual(self._known(self._partner(function="Imam")).kind, "person")

    @users("bsc_coach")
    def test_private_person_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "job position of Somebody"):
            self._known(self._partner())

    @users("bsc_coach")
    def test_note_holds_no_citizen_service_number(self):
        with self.assertRaisesRegex(ValidationError, "citizen service number"):
            self._known(note="111222333")

    @users("bsc_coach")
    def test_contact_is_on_a_map_once(self):
        self._known()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._known()

    @users("bsc_coach")
    def test_every_coach_has_a_map(self):
        mine = self._known(warmth="warm")
        theirs = self._known(user_id=self.other_coach.id)
        self.assertEqual((mine.warmth, theirs.warmth), ("warm", "unknown"))

    # --- Where it is ---

    @users("bsc_coach")
    def test_areas_come_from_team_and_provider(self):
        self.assertEqual(self._known().area_ids, self.district)
        self.assertEqual(self._known(self.provider_person).area_ids, self.area)

    @users("bsc_coach")
    def test_chosen_areas_stay(self):
        known = self._known(area_ids=[Command.set(self.elsewhere.ids)])
        self.assertEqual(known.area_ids, self.elsewhere)
        known.partner_id = self.provider_person
        self.assertEqual(known.area_ids, self.elsewhere)

    @users("bsc_coach")
    def test_area_shows_what_lies_in_it_and_what_covers_it(self):
        team, club = self._known(), self._known(self.provider_person)
        other = self._known(
            self._partner(function="Imam"), area_ids=[Command.set(self.elsewhere.ids)]
        )
        self.env.flush_all()
        for area, expected in (
            (self.district, team | club),
            (self.area, team | club),
            (self.elsewhere, other),
        ):
            with self.subTest(area.name):
                domain = self.env["bsc.acquaintance"]._get_area_domain("area_ids", area)
                self.assertEqual(self.env["bsc.acquaintance"].search(domain), expected)

    # --- The board and the sheet ---

    @users("bsc_coach")
    def test_board_shows_every_warmth(self):
        self._known()
        groups = (
            self.env["bsc.acquaintance"]
            .with_context(read_group_expand=True)
            .web_read_group([("user_id", "=", self.env.uid)], ["warmth"])["groups"]
        )
        counts = {group["warmth"]: group["__count"] for group in groups}
        self.assertEqual(counts, {"unknown": 1, "known": 0, "warm": 0})

    @users("bsc_coach")
    def test_quick_create_needs_only_a_name(self):
        view = "bsc_wijkteam.bsc_acquaintance_view_form_quick_create"
        with Form(
            self.env["bsc.acquaintance"].with_context(default_warmth="warm"), view
        ) as form:
            form.partner_id = self.professional
        self.assertEqual(form.record.warmth, "warm")
        self.assertEqual(form.record.area_ids, self.district)

    @users("bsc_viewer")
    def test_viewer_only_looks(self):
        known = self._known_by_coach()
        self.assertEqual(known.with_env(self.env).kind, "team")
        self.assertFalse(known.with_env(self.env).has_access("write"))

    def _known_by_coach(self):
        return (
            self.env["bsc.acquaintance"]
            .with_user(self.coach)
            .create({"partner_id": self.professional.id})
        )

    @users("bsc_coach")
    def test_sheet_names_everybody_once_by_kind(self):
        self.professional.phone = "010 123 45 67"
        known = self._known(warmth="warm") | self._known(self.provider_person)
        html = self.env["ir.actions.report"]._render_qweb_html(
            "bsc_wijkteam.bsc_acquaintance_map", known.ids
        )[0]
        text = html.decode()
        for expected in (
            "Neighbourhood team",
            "Sport provider",
            "Professional",
            "010 123 45 67",
            "trainer@example.com",
            "District",
            "April 2026",
        ):
            with self.subTest(expected):
                self.assertIn(expected, text)
        self.assertEqual(text.count("Trainer<"), 1)
        self.assertEqual(text.count("●"), 2)
        self.assertEqual(text.count('class="page bsc_paper"'), 1)
        sheet = known._get_sheet()
        self.assertEqual([count for _label, count in sheet["counts"]], [1, 0, 1])

    @users("bsc_coach")
    def test_sheet_shows_markup_as_text(self):
        known = self._known(note="<script>alert(1)</script>")
        html = self.env["ir.actions.report"]._render_qweb_html(
            "bsc_wijkteam.bsc_acquaintance_map", known.ids
        )[0]
        self.assertIn(b"&lt;script&gt;alert(1)", html)

    @users("bsc_coach")
    def test_empty_map_is_not_printed(self):
        with self.assertRaisesRegex(UserError, "nobody on the map"):
            self.env["bsc.acquaintance"].action_print()

    @users("bsc_coach")
    def test_many_are_added_in_few_queries(self):
        people = self.env["res.partner"].create(
            [{"name": f"P{n}", "parent_id": self.team.id} for n in range(40)]
        )
        self.env.flush_all()

        def count(partners):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["bsc.acquaintance"].create(
                [{"partner_id": partner.id} for partner in partners]
            )
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        few = count(people[:2])
        self.assertLessEqual(count(people[2:]), few)
