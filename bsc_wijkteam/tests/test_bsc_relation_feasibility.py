from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged, users
from odoo.tools import mute_logger

from .common import BscCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")
class TestBscRelationFeasibility(BscCommon):
    def _own(self):
        return self.relation.with_env(self.env)

    def _ask(self):
        relation = self.relation.with_user(self.coach)
        relation.feasibility_hours = 4
        relation.action_ask_feasibility()
        return relation

    # asking

    @users("bsc_coach")
    def test_coach_asks_with_name_and_date(self):
        relation = self._own()
        relation.feasibility_hours = 4
        relation.action_ask_feasibility()
        self.assertEqual(relation.feasibility_state, "asked")
        self.assertEqual(relation.feasibility_ask_user_id, self.coach)
        self.assertEqual(str(relation.feasibility_ask_date), "2026-03-02")

    @users("bsc_coach")
    def test_asking_without_hours_is_refused(self):
        with self.assertRaisesRegex(UserError, "how many hours per week"):
            self._own().action_ask_feasibility()
        self.assertFalse(self.relation.feasibility_state)

    @users("bsc_coach")
    def test_impossible_hours_are_refused(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._own().feasibility_hours = 61
            self.env.flush_all()

    def test_coordinators_hear_of_the_question(self):
        relation = self._ask()
        self.assertIn(
            self.coordinator.partner_id, relation.message_ids[:1].notified_partner_ids
        )

    def test_coordinators_of_another_company_hear_nothing(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self._user(
            "bsc_stranger",
            "coordinator",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        relation = self._ask()
        self.assertNotIn(
            stranger.partner_id, relation.message_ids[:1].notified_partner_ids
        )

    @users("bsc_coordinator")
    def test_coordinator_finds_what_is_asked(self):
        domain = [("id", "=", self.relation.id), ("feasibility_state", "=", "asked")]
        relations = self.env["bsc.relation"]
        self.assertFalse(relations.search(domain))
        self._ask()
        self.assertEqual(relations.search(domain), self.relation)

    # answering

    @users("bsc_coordinator")
    def test_coordinator_answers_with_name_and_date(self):
        self._ask()
        relation = self._own()
        relation.action_answer_feasible()
        self.assertEqual(relation.feasibility_state, "feasible")
        self.assertEqual(relation.feasibility_answer_user_id, self.coordinator)
        self.assertEqual(str(relation.feasibility_answer_date), "2026-03-02")
        self.assertEqual(relation.feasibility_ask_user_id, self.coach)

    @users("bsc_coordinator")
    def test_coach_hears_the_answer(self):
        self._ask()
        self._own().action_answer_not_now()
        message = self.relation.message_ids[:1]
        self.assertIn(self.coach.partner_id, message.notified_partner_ids)
        self.assertIn("Not now", message.body)

    @users("bsc_coach", "bsc_team")
    def test_only_a_coordinator_answers(self):
        self._ask()
        with self.assertRaisesRegex(AccessError, "answered by a coordinator"):
            self._own().action_answer_feasible()
        self.assertEqual(self.relation.feasibility_state, "asked")

    @users("bsc_coach")
    def test_coach_does_not_start_with_an_answer(self):
        team = self.env["res.partner"].create({"name": "Team", "is_company": True})
        with self.assertRaisesRegex(AccessError, "answered by a coordinator"):
            self.env["bsc.relation"].create(
                {"partner_id": team.id, "feasibility_state": "feasible"}
            )

    @users("bsc_coach")
    def test_asking_again_takes_the_answer_away(self):
        self._ask()
        self.relation.with_user(self.coordinator).action_answer_not_now()
        relation = self._own()
        relation.action_ask_feasibility()
        self.assertFalse(relation.feasibility_answer_user_id)
        self.assertFalse(relation.feasibility_answer_date)

    # when it matters

    def test_check_is_shown_where_the_path_begins(self):
        self.assertTrue(self.relation.is_first_stage)
        self.relation.stage_id = self._stage("contact", "relation")
        self.assertFalse(self.relation.is_first_stage)

    @users("bsc_coach")
    def test_without_a_check_a_coach_may_simply_begin(self):
        relation = self._own()
        relation.stage_id = self._stage("contact", "relation")
        self.assertEqual(relation.stage_id, self._stage("contact", "relation"))

    @users("bsc_coach")
    def test_stage_may_ask_that_it_is_feasible(self):
        self._stage("prepare", "relation").requires_feasible = True
        relation = self._own()
        with self.assertRaisesRegex(ValidationError, "answer that it is feasible"):
            relation.stage_id = self._stage("contact", "relation")
        self._ask()
        self.relation.with_user(self.coordinator).action_answer_feasible()
        relation.stage_id = self._stage("contact", "relation")
        self.assertEqual(relation.stage_id, self._stage("contact", "relation"))

    # way in

    @users("bsc_coach")
    def test_way_in_leads_through_a_person_of_any_organisation(self):
        person = self.env["res.partner"].create({"name": "Director of the school"})
        relation = self._own()
        relation.write({"way_in": "network", "way_in_partner_id": person.id})
        self.assertEqual(relation.way_in_partner_id, person)

    def test_person_of_another_company_is_no_way_in(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        person = self.env["res.partner"].create(
            {"name": "Director", "company_id": company.id}
        )
        with self.assertRaises(UserError):
            self.relation.way_in_partner_id = person
