from ast import literal_eval

from lxml import etree
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged, users
from odoo.tools import mute_logger

from .common import BscCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")
class TestBscRelation(BscCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_team = cls.env["res.partner"].create(
            {"name": "Team West", "is_company": True}
        )

    def _meeting(self, start, relation=None):
        return self.env["calendar.event"].create(
            {
                "name": "Meeting",
                "start": start,
                "stop": start,
                "bsc_relation_id": (relation or self.relation).id,
            }
        )

    def _own(self):
        return self.relation.with_env(self.env)

    # one collaboration per team

    @users("bsc_coach")
    def test_second_open_collaboration_with_same_team_is_refused(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.env["bsc.relation"].create({"partner_id": self.team.id})

    @users("bsc_coach")
    def test_archived_collaboration_allows_a_new_one(self):
        self._own().action_archive()
        self.env.flush_all()
        relation = self.env["bsc.relation"].create({"partner_id": self.team.id})
        self.assertEqual(relation.partner_id, self.team)

    @users("bsc_coach")
    def test_team_may_have_a_collaboration_in_each_company(self):
        company = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        relation = (
            self.env["bsc.relation"]
            .sudo()
            .create(
                {
                    "partner_id": self.team.id,
                    "company_id": company.id,
                    "coach_id": False,
                }
            )
        )
        self.assertEqual(relation.company_id, company)

    # quick create

    @users("bsc_coach")
    def test_quick_create_asks_for_the_team_only(self):
        form = Form(
            self.env["bsc.relation"],
            view="bsc_wijkteam.bsc_relation_view_form_quick_create",
        )
        form.partner_id = self.other_team
        relation = form.save()
        self.assertEqual(relation.coach_id, self.coach)
        self.assertEqual(relation.stage_id, self._stage("prepare", "relation"))

    @users("bsc_coach")
    def test_team_created_from_quick_create_is_an_organisation(self):
        views = self.env["bsc.relation"].get_views(
            [
                (
                    self.env.ref("bsc_wijkteam.bsc_relation_view_form_quick_create").id,
                    "form",
                )
            ]
        )
        self.assertIn("'default_is_company': True", views["views"]["form"]["arch"])
        partner_id, _name = (
            self.env["res.partner"]
            .with_context(default_is_company=True)
            .name_create("Kernteam Noord")
        )
        self.assertTrue(self.env["res.partner"].browse(partner_id).is_company)

    # contact person

    @users("bsc_coach")
    def test_contact_person_of_another_team_is_refused(self):
        stranger = self.env["res.partner"].create(
            {"name": "Stranger", "parent_id": self.other_team.id}
        )
        with self.assertRaisesRegex(ValidationError, "not a contact of “Team East”"):
            self._own().contact_id = stranger

    @users("bsc_coach")
    def test_contact_person_may_work_in_a_part_of_the_team(self):
        part = self.env["res.partner"].create(
            {"name": "Part", "parent_id": self.team.id, "is_company": True}
        )
        person = self.env["res.partner"].create({"name": "P", "parent_id": part.id})
        self._own().contact_id = person
        self.assertEqual(self.relation.contact_id, person)

    # rule 7: what a stage needs before moving on

    @users("bsc_coach")
    def test_leaving_a_stage_lists_all_that_is_open(self):
        relation = self._own()
        relation.write({"coach_id": False, "contact_id": False})
        with self.assertRaises(ValidationError) as error:
            relation.stage_id = self._stage("collaborate", "relation")
        message = str(error.exception)
        self.assertIn("“Team East” cannot move to “Collaborate” yet", message)
        for sentence in (
            "choose a coach",
            "note your way in",
            "choose the contact person of the team",
            "have a meeting with the team first, and put it in the calendar",
            "note the shared goal",
            "start with a first referral of this team",
        ):
            self.assertIn(f"• {sentence}", message)

    @users("bsc_coach")
    def test_refused_move_changes_nothing(self):
        relation = self._own()
        with self.assertRaises(ValidationError), self.cr.savepoint():
            relation.stage_id = self._stage("explore", "relation")
        relation.invalidate_recordset()
        self.assertEqual(relation.stage_id, self._stage("prepare", "relation"))

    @users("bsc_coach")
    def test_stage_with_all_it_needs_may_be_left(self):
        self._meeting("2026-02-01 10:00:00")
        self._referral()
        relation = self._own()
        relation.write(
            {
                "way_in": "warm",
                "shared_goal": "Ten older people move every week",
                "stage_id": self._stage("collaborate", "relation").id,
            }
        )
        self.assertEqual(relation.stage_id, self._stage("collaborate", "relation"))

    @users("bsc_coach")
    def test_planned_meeting_is_no_meeting_that_took_place(self):
        self._meeting("2026-03-09 10:00:00")
        with self.assertRaisesRegex(ValidationError, "have a meeting with the team"):
            self._own().write(
                {"way_in": "warm", "stage_id": self._stage("explore", "relation").id}
            )

    @users("bsc_coach")
    def test_new_collaboration_in_a_later_stage_needs_the_same(self):
        with self.assertRaisesRegex(ValidationError, "note your way in"):
            self.env["bsc.relation"].create(
                {
                    "partner_id": self.other_team.id,
                    "stage_id": self._stage("acquainted", "relation").id,
                }
            )

    @users("bsc_coach")
    def test_moving_back_is_always_allowed(self):
        relation = self._own()
        relation.write(
            {"way_in": "warm", "stage_id": self._stage("acquainted", "relation").id}
        )
        relation.write({"way_in": False, "contact_id": False})
        relation.stage_id = self._stage("prepare", "relation")
        self.assertEqual(relation.stage_id, self._stage("prepare", "relation"))

    @users("bsc_coach")
    def test_moving_to_dormant_is_always_allowed(self):
        relation = self._own()
        relation.write({"coach_id": False, "contact_id": False})
        relation.stage_id = self._stage("dormant", "relation")
        self.assertEqual(relation.stage_id, self._stage("dormant", "relation"))

    @users("bsc_coach")
    def test_dormant_is_no_way_round_the_requirements(self):
        relation = self._own()
        relation.stage_id = self._stage("dormant", "relation")
        with self.assertRaisesRegex(ValidationError, "note your way in"):
            relation.stage_id = self._stage("collaborate", "relation")

    @users("bsc_coach")
    def test_stage_tells_what_is_still_open_before_moving_on(self):
        relation = self._own()
        relation.stage_id = self._stage("contact", "relation")
        self.assertEqual(relation.open_requirements, "note your way in")
        relation.way_in = "warm"
        self.assertFalse(relation.open_requirements)

    @users("bsc_coach")
    def test_stage_beside_the_path_asks_for_nothing(self):
        relation = self._own()
        relation.stage_id = self._stage("dormant", "relation")
        self.assertFalse(relation.open_requirements)

    # feedback rhythm

    @users("bsc_coach")
    def test_feedback_rhythm_starts_with_that_of_the_company(self):
        self.company.bsc_feedback_weeks = 4
        relation = self.env["bsc.relation"].create({"partner_id": self.other_team.id})
        self.assertEqual(relation.feedback_weeks, 4)

    @users("bsc_coach")
    def test_feedback_rhythm_of_a_team_stays_when_the_company_changes(self):
        self._own().feedback_weeks = 3
        self.company.bsc_feedback_weeks = 8
        self.assertEqual(self.relation.feedback_weeks, 3)

    @users("bsc_coach")
    def test_feedback_less_than_once_a_year_is_refused(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._own().feedback_weeks = 53
            self.env.flush_all()

    # numbers

    @users("bsc_coach")
    def test_meetings_are_counted_with_the_last_and_the_next(self):
        for start in ("2026-01-05", "2026-02-02", "2026-03-09", "2026-04-06"):
            self._meeting(f"{start} 09:00:00")
        relation = self._own()
        self.assertEqual(relation.meeting_count, 4)
        self.assertEqual(str(relation.date_last_meeting), "2026-02-02 09:00:00")
        self.assertEqual(str(relation.date_next_meeting), "2026-03-09 09:00:00")

    @users("bsc_coach")
    def test_private_meeting_of_a_colleague_counts(self):
        self._meeting("2026-02-02 09:00:00").write(
            {"privacy": "private", "user_id": self.other_coach.id}
        )
        self.assertEqual(self._own().meeting_count, 1)

    @users("bsc_coach")
    def test_referrals_of_colleagues_are_counted(self):
        self._referral(coach_id=self.other_coach.id)
        self.assertEqual(self._own().referral_count, 1)

    @users("bsc_coach")
    def test_closed_referral_is_no_current_one(self):
        self._referral()
        closed = self._referral()
        stage = (
            self.env["bsc.referral.stage"]
            .sudo()
            .create({"name": "Finished (test)", "is_closed": True, "is_aside": True})
        )
        closed.with_context(bsc_skip_plan=True).write(
            {"stage_id": stage.id, "outcome": "lasting"}
        )
        relation = self._own()
        self.assertEqual(relation.referral_count, 2)
        self.assertEqual(relation.referral_current_count, 1)

    @users("bsc_coach")
    def test_days_since_contact_are_counted(self):
        self.relation.date_last_contact = "2026-02-20"
        self.assertEqual(self._own().contact_days, 10)

    @users("bsc_coach")
    def test_feedback_owed_is_counted_and_found(self):
        self._referral(coach_id=self.other_coach.id, date="2026-01-01")
        relation = self._own()
        self.assertEqual(relation.feedback_late_count, 1)
        domain = [("id", "=", relation.id), ("is_feedback_late", "=", True)]
        self.assertEqual(relation.search(domain), relation)

    @users("bsc_viewer")
    def test_viewer_finds_the_teams_that_are_owed_feedback(self):
        self._referral(date="2026-01-01")
        relation = self._own()
        late, on_time = (
            relation.search([("is_feedback_late", "=", value)])
            for value in (True, False)
        )
        self.assertIn(relation, late)
        self.assertNotIn(relation, on_time)

    @users("bsc_coach")
    def test_feedback_in_time_is_not_owed(self):
        self._referral(date="2026-02-23")
        self.assertFalse(self._own().is_feedback_late)

    # search

    @users("bsc_coach")
    def test_search_by_area_finds_teams_in_the_areas_within(self):
        city, district = (
            self.env["bsc.area"]
            .sudo()
            .create(
                [
                    {"name": "City", "kind": "municipality"},
                    {"name": "District", "kind": "district"},
                ]
            )
        )
        district.parent_id = city
        relation = self._own()
        relation.area_ids = [Command.set(district.ids)]
        self.assertEqual(relation.search([("area_ids", "child_of", city.id)]), relation)

    @users("bsc_coach")
    def test_team_is_found_by_its_local_name(self):
        self._own().local_name = "Gebiedsteam Vogelbuurt"
        found = self.env["bsc.relation"].name_search("Vogelbuurt")
        self.assertEqual(
            [relation_id for relation_id, _name in found], [self.relation.id]
        )

    # actions

    @users("bsc_coach")
    def test_planned_meeting_is_linked_to_the_team_and_its_contact(self):
        action = self._own().action_plan_meeting()
        form = Form(
            self.env["calendar.event"].with_context(**action["context"]),
            view="bsc_wijkteam.calendar_event_view_form_plan",
        )
        event = form.save()
        self.assertEqual(event.bsc_relation_id, self.relation)
        self.assertEqual(event.bsc_kind, "acquaintance")
        self.assertEqual(event.partner_ids, self.coach.partner_id | self.professional)

    @users("bsc_coach")
    def test_after_the_first_meeting_a_team_meeting_is_proposed(self):
        self._meeting("2026-02-02 09:00:00")
        context = self._own().action_plan_meeting()["context"]
        self.assertEqual(context["default_bsc_kind"], "team_meeting")

    @users("bsc_coach")
    def test_meetings_button_opens_those_of_the_team(self):
        action = self._own().action_open_meetings()
        self.assertEqual(
            action["context"]["search_default_bsc_relation_id"], self.relation.id
        )

    @users("bsc_coach")
    def test_referrals_button_opens_those_of_the_team(self):
        action = self._own().action_open_referrals()
        self.assertEqual(action["domain"], [("relation_id", "=", self.relation.id)])

    # who may do what

    @users("bsc_viewer")
    def test_viewer_reads_and_does_not_write(self):
        relation = self._own()
        self.assertEqual(relation.display_name, "Team East")
        with self.assertRaises(AccessError):
            relation.shared_goal = "Changed"

    @users("bsc_viewer")
    def test_viewer_creates_nothing(self):
        with self.assertRaises(AccessError):
            self.env["bsc.relation"].create({"partner_id": self.other_team.id})

    def test_collaborations_of_another_company_are_invisible(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self._user(
            "bsc_stranger",
            "coach",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        relations = self.env["bsc.relation"].with_user(stranger)
        self.assertFalse(relations.search([]))
        with self.assertRaises(AccessError):
            relations.browse(self.relation.id).read(["partner_id"])

    # the filters

    def _filter(self, name):
        """Find with a filter of the search view."""
        relations = self.env["bsc.relation"]
        view = relations.get_view(
            self.env.ref("bsc_wijkteam.bsc_relation_view_search").id, "search"
        )
        (node,) = etree.fromstring(view["arch"]).xpath(f"//filter[@name='{name}']")
        domain = literal_eval(node.get("domain"))
        return relations.search([("id", "=", self.relation.id), *domain])

    @users("bsc_coach")
    def test_filter_finds_evaluations_that_are_due(self):
        for date, is_found in (("2026-03-02", True), ("2026-03-03", False)):
            self._own().date_evaluation = date
            self.assertEqual(bool(self._filter("evaluation_due")), is_found, date)

    @users("bsc_coach")
    def test_evaluation_of_a_closed_collaboration_is_not_due(self):
        self._own().date_evaluation = "2026-03-02"
        self.relation.stage_id.is_closed = True
        self.assertFalse(self._filter("evaluation_due"))

    @users("bsc_coach")
    def test_filter_finds_what_cools_down(self):
        for health, is_found in (("bad", True), ("attention", False), (False, False)):
            self.relation.health = health
            self.assertEqual(bool(self._filter("cooling")), is_found, health)

    @users("bsc_coach")
    def test_filter_finds_late_promises_only(self):
        promise = "bsc_wijkteam.mail_activity_type_promise"
        for kind, date, is_found in (
            ("mail.mail_activity_data_todo", "2026-03-01", False),
            (promise, "2026-03-02", False),
            (promise, "2026-03-01", True),
        ):
            self._own().activity_schedule(
                kind,
                date,
                summary="The overview",
                user_id=self.coach.id,
            )
            self.assertEqual(bool(self._filter("promises_late")), is_found, date)

    @users("bsc_coach")
    def test_filter_finds_teams_without_contact_person(self):
        self.assertFalse(self._filter("no_contact"))
        self._own().contact_id = False
        self.assertTrue(self._filter("no_contact"))

    # the board

    def _open_board(self):
        """Ask what the browser asks when it opens the board."""
        relations = self.env["bsc.relation"].with_context(read_group_expand=True)
        relations.read_progress_bar(
            [],
            "stage_id",
            {
                "field": "activity_state",
                "colors": {"planned": "success", "overdue": "danger"},
            },
        )
        names = (
            *("partner_id", "area_ids", "contact_id", "stage_id", "coach_id"),
            "activity_type_id",
        )
        return relations.web_read_group(
            [],
            ["stage_id"],
            auto_unfold=True,
            unfold_read_default_limit=80,
            unfold_read_specification={
                **{name: {"fields": {"display_name": {}}} for name in names},
                "activity_exception_decoration": {},
                "activity_exception_icon": {},
                "activity_ids": {"fields": {}},
                "activity_state": {},
                "activity_summary": {},
                "activity_type_icon": {},
                "contact_days": {},
                "date_last_contact": {},
                "date_next_meeting": {},
                "feedback_late_count": {},
                "health": {},
                "health_reasons": {},
                "is_rotting": {},
                "kind": {},
                "local_name": {},
                "promise_late_count": {},
                "promise_open_count": {},
                "referral_current_count": {},
                "rotting_days": {},
            },
        )

    @users("bsc_coach")
    def test_board_shows_empty_stages(self):
        groups = self._open_board()["groups"]
        stages = self.env["bsc.relation.stage"].search([])
        self.assertEqual([group["stage_id"][0] for group in groups], stages.ids)

    @users("bsc_coach")
    def test_board_takes_the_same_queries_for_many_teams(self):
        def count_queries():
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            self._open_board()
            return self.cr.sql_log_count - start

        area = self.env["bsc.area"].sudo().create({"name": "A", "kind": "district"})
        partners = self.env["res.partner"].create(
            [{"name": f"Team {number}", "is_company": True} for number in range(33)]
        )
        contacts = self.env["res.partner"].create(
            [{"name": "P", "parent_id": partner.id} for partner in partners]
        )
        vals_list = [
            {
                "partner_id": partner.id,
                "contact_id": contact.id,
                "area_ids": [Command.set(area.ids)],
            }
            for partner, contact in zip(partners, contacts, strict=True)
        ]
        stages = self.env["bsc.relation.stage"].search([])

        def fill_columns(vals_list):
            """Let cards, meetings and activities stand in every column."""
            relations = self.env["bsc.relation"].create(vals_list)
            for number, relation in enumerate(relations):
                self._meeting("2026-03-09 09:00:00", relation)
                relation.activity_schedule(
                    "mail.mail_activity_data_todo",
                    user_id=(self.coach | self.other_coach)[number % 2].id,
                )
                self.env.flush_all()
                self.env.cr.execute(
                    "UPDATE bsc_relation SET stage_id = %s, coach_id = %s"
                    " WHERE id = %s",
                    [stages.ids[number % len(stages)], self.coach.id, relation.id],
                )

        fill_columns(vals_list[: len(stages)])
        count_queries()  # fills the caches of the registry
        queries = count_queries()
        self.assertLessEqual(queries, 20)
        fill_columns(vals_list[len(stages) :])
        self.assertLessEqual(count_queries(), queries)

    @users("bsc_coach")
    def test_creating_many_takes_a_fixed_number_of_queries(self):
        stage = self._stage("acquainted", "relation")

        def count_queries(number):
            partners = self.env["res.partner"].create(
                [{"name": "Team", "is_company": True} for _index in range(number)]
            )
            self.env.flush_all()
            start = self.cr.sql_log_count
            self.env["bsc.relation"].create(
                [
                    {
                        "partner_id": partner.id,
                        "contact_id": partner.id,
                        "way_in": "warm",
                        "stage_id": stage.id,
                    }
                    for partner in partners
                ]
            )
            self.env.flush_all()
            return self.cr.sql_log_count - start

        count_queries(1)  # fills the caches of the registry
        self.assertLessEqual(count_queries(60), count_queries(20) + 10)
