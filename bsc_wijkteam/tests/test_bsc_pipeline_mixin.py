from unittest.mock import patch

from odoo import fields
from odoo.fields import Command
from odoo.tests import freeze_time, tagged, users

from odoo.addons.web.models.models import Base

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

    # the board, with the same answer as Odoo's own in fewer queries

    def _make_board(self):
        """Make seven cards: four in the first column, three in the second."""
        partners = self.env["res.partner"].create(
            [{"name": f"Team {number}", "is_company": True} for number in range(6)]
        )
        areas = self.env["bsc.area"].sudo()
        areas = areas.create([{"name": name, "kind": "district"} for name in "AB"])
        relations = self.env["bsc.relation"].create(
            [
                {
                    "partner_id": partner.id,
                    "priority": str(number % 2),
                    "coach_id": (self.coach | self.other_coach)[number % 2].id,
                    "area_ids": [Command.set(areas[: number % 3].ids)],
                    "date_evaluation": f"2026-0{number + 1}-15",
                }
                for number, partner in enumerate(partners)
            ]
        )
        relations[:3].stage_id = self.second
        return relations

    def _read_board(self, groupby=("stage_id",), **options):
        options.setdefault("auto_unfold", True)
        relations = self.env["bsc.relation"].with_context(read_group_expand=True)
        return relations.web_read_group(
            options.pop("domain", []),
            [*groupby],
            unfold_read_specification={"partner_id": {"fields": {"display_name": {}}}},
            **options,
        )

    def _assert_same_board(self, **options):
        """Compare the board with that of Odoo, and return its cards by column."""
        own = self._read_board(**options)
        model = self.env.registry["bsc.relation"]
        with patch.object(model, "_open_groups", Base._open_groups):
            self.assertEqual(own, self._read_board(**options))
        return [
            [card["id"] for card in group["__records"]]
            for group in own["groups"]
            if "__records" in group
        ]

    @users("bsc_coach")
    def test_board_shows_the_cards_of_each_column(self):
        relations = self._make_board()
        first, second, third, _aside = self._assert_same_board()
        self.assertEqual(
            first, [*(relations[n].id for n in (5, 3, 4)), self.relation.id]
        )
        self.assertEqual(second, [relations[n].id for n in (1, 2, 0)])
        self.assertFalse(third)

    @users("bsc_coach")
    def test_board_keeps_to_the_limit_of_each_column(self):
        self._make_board()
        columns = self._assert_same_board(unfold_read_default_limit=2)
        self.assertEqual([len(column) for column in columns], [2, 2, 0, 0])

    @users("bsc_coach")
    def test_board_follows_the_order_that_is_asked(self):
        relations = self._make_board()
        columns = self._assert_same_board(order="date_evaluation desc, priority asc")
        self.assertEqual(columns[1], relations[2::-1].ids)

    @users("bsc_coach")
    def test_board_leaves_out_what_is_filtered_or_archived(self):
        relations = self._make_board()
        relations[0].active = False
        columns = self._assert_same_board(domain=[("coach_id", "=", self.coach.id)])
        self.assertEqual(columns[1], relations[2].ids)

    @users("bsc_coach")
    def test_board_stays_unfolded_as_it_was(self):
        relations = self._make_board()
        opened = [
            {
                "value": stage.id,
                "folded": stage == self.third,
                "limit": 2,
                "offset": 1,
                "progressbar_domain": [("id", "in", ids)],
            }
            for stage, ids in (
                (self.first, relations.ids),
                (self.second, relations[:2].ids),
                (self.third, []),
            )
        ]
        columns = self._assert_same_board(opening_info=opened)
        self.assertEqual(
            columns[:2], [[relations[n].id for n in (3, 4)], relations[0].ids]
        )

    @users("bsc_coach")
    def test_column_emptied_by_the_progress_bar_stays_empty(self):
        self._make_board()
        nothing = [("id", "in", [])]
        opened = [
            {
                "value": stage.id,
                "folded": False,
                "limit": 80,
                "offset": 0,
                "progressbar_domain": nothing if stage == self.first else [],
            }
            for stage in (self.first, self.second)
        ]
        columns = self._assert_same_board(opening_info=opened)
        self.assertEqual([len(column) for column in columns], [0, 3, 0, 0])

    @users("bsc_coach")
    def test_card_stands_in_each_column_it_belongs_to(self):
        relations = self._make_board()
        columns = self._assert_same_board(groupby=["area_ids"])
        self.assertEqual(sum(columns, []).count(relations[2].id), 2)

    @users("bsc_coach")
    def test_list_grouped_twice_opens_the_groups_within(self):
        relations = self._make_board()
        opened = [
            {
                "value": stage.id,
                "folded": False,
                "limit": 80,
                "offset": 0,
                "groups": [
                    {"value": user.id, "folded": False, "limit": 80, "offset": 0}
                    for user in (self.coach, self.other_coach)
                ],
            }
            for stage in (self.first, self.second)
        ]
        board = {
            "groupby": ["stage_id", "coach_id"],
            "auto_unfold": False,
            "opening_info": opened,
        }
        self._assert_same_board(**board)
        second = self._read_board(**board)["groups"][1]["__groups"]["groups"]
        self.assertEqual(
            [[card["id"] for card in group["__records"]] for group in second],
            [[relations[2].id, relations[0].id], relations[1].ids],
        )

    @users("bsc_coach")
    def test_board_hides_the_cards_of_another_company(self):
        relations = self._make_board()
        company = self.company.create({"name": "Elsewhere"})
        self.env.cr.execute(
            "UPDATE bsc_relation SET company_id = %s WHERE id = %s",
            [company.id, relations[0].id],
        )
        self.env.invalidate_all()
        columns = self._assert_same_board()
        self.assertEqual(columns[1], [relations[n].id for n in (1, 2)])

    @users("bsc_viewer")
    def test_viewer_sees_own_activities_only_on_the_cards(self):
        self.relation.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.coach.id
        )
        mine = self.relation.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.viewer.id
        )
        partner = self.team.create({"name": "T", "is_company": True})
        other = self.relation.create({"partner_id": partner.id})
        other.activity_ids.unlink()
        self.env.invalidate_all()
        cards = (self.relation | other).with_env(self.env)
        values = cards.web_read({"activity_ids": {}})
        self.assertEqual([card["activity_ids"] for card in values], [mine.ids, []])
