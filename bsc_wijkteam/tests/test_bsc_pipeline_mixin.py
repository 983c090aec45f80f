from odoo import fields
from odoo.fields import Command
from odoo.tests import freeze_time, tagged, users

from .common import BscCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")
class TestBscPipelineMixin(BscCommon):
    """What both pipelines share, seen on the collaboration with a team."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Stages of our own: the default ones are for organisations to change.
        stages = cls.env["bsc.relation.stage"]
        stages.search([]).write({"active": False})
        cls.first, cls.second, cls.third, cls.aside = stages.create(
            [
                {"name": "First", "sequence": 1},
                {"name": "Second", "sequence": 2, "rotting_threshold_days": 14},
                {"name": "Third", "sequence": 3},
                {"name": "Aside", "sequence": 4, "is_aside": True},
            ]
        )
        cls.plan = cls.env["mail.activity.plan"].create(
            {
                "name": "Second",
                "res_model": "bsc.relation",
                "template_ids": [
                    Command.create(
                        {
                            "summary": "Call the team",
                            "delay_count": 3,
                            "delay_from": "after_plan_date",
                        }
                    ),
                    Command.create(
                        {
                            "summary": "Ask the coordinator",
                            "responsible_type": "other",
                            "responsible_id": cls.coordinator.id,
                        }
                    ),
                ],
            }
        )
        cls.second.activity_plan_id = cls.plan
        cls.relation.stage_id = cls.first
        cls.relation.activity_ids.unlink()

    def _own(self):
        return self.relation.with_env(self.env)

    # stages

    @users("bsc_coach")
    def test_new_record_begins_in_the_first_stage_of_the_path(self):
        self.aside.sequence = 0
        partner = self.env["res.partner"].create({"name": "T", "is_company": True})
        relation = self.env["bsc.relation"].create({"partner_id": partner.id})
        self.assertEqual(relation.stage_id, self.first)

    @users("bsc_coach")
    def test_date_of_last_stage_update_moves_with_the_stage(self):
        relation = self._own()
        with freeze_time("2026-03-05 12:00:00"):
            relation.stage_id = self.second
        self.assertEqual(str(relation.date_last_stage_update), "2026-03-05 12:00:00")

    @users("bsc_coach")
    def test_writing_the_same_stage_moves_nothing(self):
        relation = self._own()
        before = relation.date_last_stage_update
        with freeze_time("2026-03-05 12:00:00"):
            relation.write({"stage_id": self.first.id, "shared_goal": "Goal"})
        self.assertEqual(relation.date_last_stage_update, before)
        self.assertEqual(relation.shared_goal, "Goal")

    @users("bsc_coach")
    def test_time_in_each_stage_is_known(self):
        relation = self._own()
        self.cr.flush()  # tracking is kept at the end of a transaction
        relation.stage_id = self.second
        self.cr.flush()
        relation.invalidate_recordset(["duration_tracking"])
        self.assertEqual(
            {int(stage_id) for stage_id in relation.duration_tracking},
            {self.first.id, self.second.id},
        )

    @users("bsc_coach")
    def test_record_rots_after_the_days_of_its_stage(self):
        relation = self._own()
        relation.stage_id = self.second
        self._freeze_transaction("2026-03-16 11:00:00")
        relation.invalidate_recordset()
        self.assertTrue(relation.is_rotting)
        self.assertEqual(relation.rotting_days, 14)
        self.assertIn(relation, relation.search([("is_rotting", "=", True)]))

    @users("bsc_coach")
    def test_record_in_a_closed_stage_does_not_rot(self):
        relation = self._own()
        relation.stage_id = self.second
        self.second.is_closed = True
        self._freeze_transaction("2026-03-16 11:00:00")
        relation.invalidate_recordset()
        self.assertFalse(relation.is_rotting)

    def _freeze_transaction(self, now):
        """Let the transaction begin at another moment."""
        self.patch(self.cr, "_now", fields.Datetime.to_datetime(now))

    # the plan of a stage

    @users("bsc_coach")
    def test_forward_move_plans_the_activities_of_the_stage(self):
        relation = self._own()
        relation.stage_id = self.second
        call, ask = relation.activity_ids.sorted("summary", reverse=True)
        self.assertEqual(call.summary, "Call the team")
        self.assertEqual(call.user_id, self.coach)
        self.assertEqual(str(call.date_deadline), "2026-03-05")
        self.assertEqual(ask.user_id, self.coordinator)

    @users("bsc_coordinator")
    def test_plan_is_for_the_coach_also_when_another_moves_the_card(self):
        self._own().stage_id = self.second
        activities = self.relation.activity_ids
        call = activities.filtered(lambda activity: activity.summary == "Call the team")
        self.assertEqual(call.user_id, self.coach)

    @users("bsc_coordinator")
    def test_plan_is_for_who_moves_a_card_without_coach(self):
        relation = self._own()
        relation.coach_id = False
        relation.stage_id = self.second
        self.assertEqual(relation.activity_ids.user_id, self.coordinator)

    @users("bsc_coach")
    def test_move_back_plans_nothing(self):
        relation = self._own()
        relation.stage_id = self.third
        relation.stage_id = self.second
        self.assertFalse(relation.activity_ids)

    @users("bsc_coach")
    def test_return_from_aside_plans_the_activities(self):
        relation = self._own()
        relation.stage_id = self.aside
        relation.stage_id = self.second
        self.assertEqual(len(relation.activity_ids), 2)

    @users("bsc_coach")
    def test_context_skips_the_plan(self):
        relation = self._own().with_context(bsc_skip_plan=True)
        relation.stage_id = self.second
        self.assertFalse(relation.activity_ids)

    @users("bsc_coach")
    def test_what_is_still_open_is_not_planned_twice(self):
        relation = self._own()
        relation.stage_id = self.second
        relation.stage_id = self.first
        relation.stage_id = self.second
        self.assertEqual(len(relation.activity_ids), 2)

    @users("bsc_coach")
    def test_many_records_of_several_coaches_are_planned_at_once(self):
        partners = self.env["res.partner"].create(
            [{"name": "T", "is_company": True} for _index in range(4)]
        )
        coaches = self.coach | self.other_coach
        relations = self.env["bsc.relation"].create(
            [
                {"partner_id": partner.id, "coach_id": coaches[index % 2].id}
                for index, partner in enumerate(partners)
            ]
        )
        relations.stage_id = self.second
        for relation in relations:
            self.assertEqual(
                relation.activity_ids.user_id, relation.coach_id | self.coordinator
            )
