from datetime import date

from odoo.tests import freeze_time, tagged, users

from .common import BscCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")
class TestBscRelationPromise(BscCommon):
    """Promises are counted per collaboration and per coach."""

    def _promise(self, deadline="2026-03-09", relation=None, **values):
        relation = self.relation if relation is None else relation
        return relation.activity_schedule(
            "bsc_wijkteam.mail_activity_type_promise",
            **{"date_deadline": deadline, "user_id": self.coach.id, **values},
        )

    def _relations(self, number):
        partners = self.env["res.partner"].create(
            [{"name": f"Team {index}"} for index in range(number)]
        )
        return self.env["bsc.relation"].create(
            [{"partner_id": partner.id} for partner in partners]
        )

    @users("bsc_viewer")
    def test_counts_what_is_to_be_kept_and_what_is_late(self):
        self._promise()
        self._promise("2026-03-02")
        self._promise("2026-03-01", user_id=self.other_coach.id)
        self._promise("2026-02-01", bsc_promised_by="them")
        self._promise("2026-01-01").action_done()
        self._promise("2026-01-01")._bsc_withdraw("Not needed any more")
        relation = self.relation.with_env(self.env)
        self.assertEqual(relation.promise_open_count, 4)
        self.assertEqual(relation.promise_late_count, 2)

    def test_other_activities_are_no_promises(self):
        self.relation.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=date(2026, 1, 1),
            user_id=self.coach.id,
        )
        self.assertEqual(self.relation.promise_open_count, 0)
        self.assertFalse(self.relation.promise_ids)

    def test_counts_follow_what_becomes_of_a_promise(self):
        promise = self._promise("2026-03-01")
        self.assertEqual(self.relation.promise_late_count, 1)
        promise.date_deadline = "2026-03-09"
        self.assertEqual(self.relation.promise_late_count, 0)
        promise.action_done()
        self.assertEqual(self.relation.promise_open_count, 0)

    def test_search_finds_what_the_number_shows(self):
        late, open_, none = self._relations(3)
        self._promise("2026-02-01", late)
        self._promise("2026-03-01", late)
        self._promise("2026-03-09", open_)
        relations = self.env["bsc.relation"]
        ours = late | open_ | none
        for operator, value, found in (
            (">", 0, late),
            ("!=", 0, late),
            (">=", 2, late),
            ("=", 2, late),
            (">", 2, relations),
            ("=", 0, open_ | none),
            ("<", 2, open_ | none),
            ("<=", 2, late | open_ | none),
            ("in", [0, 2], late | open_ | none),
        ):
            domain = [
                ("promise_late_count", operator, value),
                ("id", "in", ours.ids),
            ]
            with self.subTest(operator=operator, value=value):
                self.assertEqual(
                    relations.with_user(self.viewer).search(domain, order="id").ids,
                    found.ids,
                )

    def test_counting_takes_one_query_for_any_number(self):
        relations = self._relations(20)
        for relation in relations:
            self._promise(relation=relation)
        self.env.flush_all()
        self.env.invalidate_all()
        relations.mapped("active")
        with self.assertQueryCount(1):
            relations.mapped("promise_open_count")

    @users("bsc_coach")
    def test_button_opens_the_promises_of_this_team(self):
        mine = self._promise()
        self._promise(relation=self._relations(1))
        action = self.relation.with_user(self.coach).action_open_promises()
        self.assertEqual(
            self.env["mail.activity"].search(action["domain"]),
            mine.with_env(self.env),
        )

    @users("bsc_coach")
    def test_promises_are_counted_per_team_and_per_coach(self):
        self._promise()
        self._promise("2026-02-01").action_done()
        self._promise(user_id=self.other_coach.id)._bsc_withdraw("No")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "bsc_wijkteam.mail_activity_action_promise"
        )
        activities = self.env["mail.activity"].with_context(active_test=False)
        self.assertEqual(action["domain"], "[('bsc_promise_state', '!=', False)]")
        domain = [("bsc_promise_state", "!=", False)]
        ours = [*domain, ("bsc_relation_id", "=", self.relation.id)]
        self.assertEqual(
            set(
                activities._read_group(
                    ours,
                    ["bsc_relation_id", "user_id", "bsc_promise_state"],
                    ["__count"],
                )
            ),
            {
                (self.relation, self.coach, "open", 1),
                (self.relation, self.coach, "late", 1),
                (self.relation, self.other_coach, "withdrawn", 1),
            },
        )

    def test_promises_of_what_one_may_not_see_stay_hidden(self):
        referral = self._referral(coach_id=self.other_coach.id)
        promise = referral.activity_schedule(
            "bsc_wijkteam.mail_activity_type_promise", user_id=self.other_coach.id
        )
        activities = self.env["mail.activity"]
        domain = [("bsc_promise_state", "!=", False), ("id", "=", promise.id)]
        self.assertFalse(activities.with_user(self.coach).search(domain))
        self.assertEqual(
            activities.with_user(self.team_user).search(domain).ids, promise.ids
        )
