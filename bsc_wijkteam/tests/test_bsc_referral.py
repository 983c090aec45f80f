from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged, users

from .common import BscCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-01 10:00:00")
class TestBscReferral(BscCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls._client()
        cls.referral = cls._referral(client_id=cls.client.id)

    def _move(self, stage, referral=None):
        referral = referral or self.referral.with_user(self.env.user)
        referral.stage_id = self._stage(stage)

    # coming in

    @users("bsc_coach")
    def test_new_referral_knows_coach_referrer_and_date_of_feedback(self):
        form = Form(
            self.env["bsc.referral"], "bsc_wijkteam.bsc_referral_view_form_quick"
        )
        form.relation_id = self.relation.with_user(self.coach)
        form.wish = "Wants to walk"
        referral = form.save()
        self.assertTrue(referral.reference)
        self.assertEqual(referral.coach_id, self.coach)
        self.assertEqual(referral.referrer_id, self.professional)
        self.assertEqual(referral.stage_id, self._stage("new"))
        self.assertEqual(referral.date_feedback_due, date(2026, 5, 13))

    def test_references_differ(self):
        first, second = self.env["bsc.referral"].create(
            [{"relation_id": self.relation.id}] * 2
        )
        self.assertNotEqual(first.reference, second.reference)

    def test_referrer_of_another_team_is_refused(self):
        other = self.env["res.partner"].create({"name": "Stranger"})
        with self.assertRaisesRegex(ValidationError, "not a contact of “Team East”"):
            self.referral.referrer_id = other

    @users("bsc_coordinator")
    def test_referral_is_never_deleted(self):
        with self.assertRaises(AccessError):
            self.referral.with_user(self.env.user).unlink()

    def test_referral_is_never_deleted_by_the_system(self):
        with self.assertRaisesRegex(UserError, "never deleted"):
            self.referral.unlink()

    # entering a stage

    @users("bsc_coach")
    def test_stage_names_everything_it_needs(self):
        self.client.permission_ids.unlink()
        with self.assertRaisesRegex(
            ValidationError, "(?s)“Trial” yet:.*an offering.*permission to be reg"
        ):
            self._move("trial")

    def test_stage_keeps_what_it_needs(self):
        self._move("match", self.referral)
        with self.assertRaisesRegex(ValidationError, "the participant"):
            self.referral.client_id = False

    @users("bsc_coach")
    def test_waiting_needs_a_date_to_look_again(self):
        with self.assertRaisesRegex(ValidationError, "a date to look again"):
            self._move("waiting")

    @users("bsc_coach")
    def test_not_now_needs_a_date_to_look_again(self):
        with self.assertRaisesRegex(ValidationError, "a date to look again"):
            self._move("not_now")

    @users("bsc_coach")
    def test_waiting_with_a_date(self):
        self.referral.with_user(self.coach).write(
            {"stage_id": self._stage("waiting").id, "review_date": "2026-05-01"}
        )
        self.assertEqual(self.referral.stage_id, self._stage("waiting"))

    @users("bsc_coach")
    def test_milestone_is_stamped_once(self):
        self._move("intake")
        self.assertEqual(self.referral.date_intake, date(2026, 4, 1))
        with freeze_time("2026-04-20"):
            self._move("new")
            self._move("intake")
        self.assertEqual(self.referral.date_intake, date(2026, 4, 1))

    # rule 1: only to a checked offering

    @users("bsc_coach")
    def test_gate_without_check(self):
        self.referral.offering_id = self.offering
        with self.assertRaisesRegex(
            ValidationError, "“Group .Club.” yet: there is no finished criteria check"
        ):
            self._move("trial")

    @users("bsc_coach")
    def test_gate_names_the_missing_stamps(self):
        self._check(stamped=False)
        self.referral.offering_id = self.offering
        with self.assertRaisesRegex(
            ValidationError, "provider has not agreed yet; the team has not agreed yet"
        ):
            self._move("trial")

    @users("bsc_coach")
    def test_gate_names_the_missing_criterion(self):
        check = self._check(stamped=False)
        check.line_ids[0].verdict = "not_yet"
        self.referral.offering_id = self.offering
        name = check.line_ids[0].criterion_id.display_name
        with self.assertRaisesRegex(ValidationError, name):
            self._move("trial")

    def test_gate_names_the_archived_offering(self):
        self._check()
        self.referral.offering_id = self.offering
        self.offering.active = False
        with self.assertRaisesRegex(ValidationError, "the offering is archived"):
            self._move("trial", self.referral)

    def test_gate_names_the_day_a_check_lapsed(self):
        self._check()
        self.referral.offering_id = self.offering
        with freeze_time("2027-06-01"):
            self.env["bsc.check"]._cron_lapse()
            with self.assertRaisesRegex(ValidationError, "check lapsed on .*2027"):
                self._move("trial", self.referral)

    def test_gate_closes_at_midnight_before_the_daily_job(self):
        self._check()
        self.referral.offering_id = self.offering
        self.env.flush_all()
        with freeze_time("2027-06-01"):
            self.assertTrue(self.offering.is_referable)
            with self.assertRaisesRegex(ValidationError, "check lapsed on .*2027"):
                self._move("trial", self.referral)

    @users("bsc_coach")
    def test_gate_opens_with_a_valid_check(self):
        self._check()
        self.referral.offering_id = self.offering
        self._move("trial")
        self.assertEqual(self.referral.date_trial, date(2026, 4, 1))

    def test_gate_holds_for_another_offering(self):
        self._check(offering_id=self.offering.id)
        self.referral.offering_id = self.offering
        self._move("trial", self.referral)
        with self.assertRaisesRegex(ValidationError, "no finished criteria check"):
            self.referral.offering_id = self._offering(name="Other")

    @users("bsc_coach")
    def test_offering_that_is_not_referable_is_explained(self):
        referral = self.referral.with_user(self.coach)
        referral.offering_id = self.offering
        self.assertIn("no finished criteria check", referral.offering_issues)

    @users("bsc_coach")
    def test_coach_may_not_override(self):
        self.referral.offering_id = self.offering
        with self.assertRaisesRegex(AccessError, "Only a coordinator"):
            self.referral.with_user(self.coach).override_reason = "It is fine"

    @users("bsc_team")
    def test_team_may_not_override_on_creation(self):
        with self.assertRaisesRegex(AccessError, "Only a coordinator"):
            self.env["bsc.referral"].create(
                {"relation_id": self.relation.id, "override_reason": "It is fine"}
            )

    @users("bsc_coordinator")
    def test_coordinator_overrides_with_a_reason(self):
        referral = self.referral.with_user(self.coordinator)
        referral.offering_id = self.offering
        referral.override_reason = "Signatures follow this week"
        self._move("trial")
        self.assertTrue(referral.is_overridden)
        self.assertEqual(referral.override_user_id, self.coordinator)

    @users("bsc_team")
    def test_organisation_may_let_the_team_override(self):
        referral = self.referral.with_user(self.team_user)
        self.assertFalse(referral.may_override)
        self.company.bsc_override_role = "team"
        referral.invalidate_recordset(["may_override"])
        self.assertTrue(referral.may_override)
        referral.override_reason = "Signatures follow this week"
        self.assertEqual(referral.override_user_id, self.team_user)

    @users("bsc_coach")
    def test_coach_never_overrides(self):
        self.company.bsc_override_role = "team"
        with self.assertRaisesRegex(AccessError, "Only a coordinator or team member"):
            self.referral.with_user(self.coach).override_reason = "It is fine"

    @users("bsc_coordinator")
    def test_organisation_may_let_nobody_override(self):
        self.company.bsc_override_role = "nobody"
        referral = self.referral.with_user(self.coordinator)
        self.assertFalse(referral.may_override)
        with self.assertRaisesRegex(AccessError, "nobody may refer"):
            referral.override_reason = "It is fine"

    @users("bsc_coach")
    def test_nobody_overrides_in_the_name_of_another(self):
        self.referral.override_reason = "Signatures follow this week"
        by = self.referral.override_user_id
        self.referral.with_user(self.coach).override_user_id = self.coordinator
        self.assertEqual(self.referral.override_user_id, by)

    @users("bsc_coordinator")
    def test_override_holds_for_that_offering_only(self):
        referral = self.referral.with_user(self.coordinator)
        referral.offering_id = self.offering
        referral.override_reason = "Signatures follow this week"
        referral.write({"offering_id": self.offering.id})
        self.assertTrue(referral.is_overridden)
        referral.offering_id = self._offering(name="Other")
        self.assertFalse(referral.is_overridden)
        self.assertFalse(referral.override_user_id)

    # closing

    @users("bsc_coach")
    def test_closing_needs_an_outcome(self):
        with self.assertRaisesRegex(ValidationError, "the outcome"):
            self._move("closed")

    @users("bsc_coach")
    def test_unsuccessful_needs_a_reason(self):
        with self.assertRaisesRegex(ValidationError, "choose the reason"):
            self.referral.with_user(self.coach).write(
                {"stage_id": self._stage("closed").id, "outcome": "unsuccessful"}
            )

    @users("bsc_coach")
    def test_reopened_referral_has_no_outcome(self):
        referral = self.referral.with_user(self.coach)
        referral.write({"stage_id": self._stage("closed").id, "outcome": "elsewhere"})
        self.assertEqual(referral.date_closed, date(2026, 4, 1))
        self._move("intake")
        self.assertFalse(referral.outcome)
        self.assertFalse(referral.date_closed)

    # rule 10: feedback

    @users("bsc_coach")
    def test_feedback_falls_due_by_the_rhythm_of_the_team(self):
        self.relation.feedback_weeks = 2
        referral = self.env["bsc.referral"].create({"relation_id": self.relation.id})
        self.assertEqual(referral.date_feedback_due, date(2026, 4, 15))

    @users("bsc_coach")
    def test_feedback_falls_due_at_the_start(self):
        self._check()
        self.referral.offering_id = self.offering
        self._move("taking_part")
        self.assertEqual(self.referral.date_feedback_due, date(2026, 4, 1))

    @users("bsc_coach")
    def test_feedback_falls_due_at_the_end(self):
        self.referral.with_user(self.coach).write(
            {"stage_id": self._stage("closed").id, "outcome": "elsewhere"}
        )
        self.assertEqual(self.referral.date_feedback_due, date(2026, 4, 1))

    def test_late_feedback_is_found(self):
        Referral = self.env["bsc.referral"]
        domain = [("id", "=", self.referral.id)]
        self.assertFalse(Referral.search(domain + [("is_feedback_late", "=", True)]))
        with freeze_time("2026-05-14"):
            self.env.invalidate_all()
            self.assertTrue(self.referral.is_feedback_late)
            self.assertTrue(Referral.search(domain + [("is_feedback_late", "=", True)]))
            self.assertFalse(
                Referral.search(domain + [("is_feedback_late", "=", False)])
            )

    # who sees it

    @users("bsc_other_coach")
    def test_referral_of_a_colleague_is_hidden(self):
        self.assertFalse(
            self.env["bsc.referral"].search([("id", "=", self.referral.id)])
        )

    @users("bsc_other_coach")
    def test_unassigned_referral_is_visible(self):
        self.referral.coach_id = False
        self.assertTrue(
            self.env["bsc.referral"].search([("id", "=", self.referral.id)])
        )

    @users("bsc_team")
    def test_team_sees_all_referrals(self):
        self.assertTrue(
            self.env["bsc.referral"].search([("id", "=", self.referral.id)])
        )

    @users("bsc_viewer")
    def test_viewer_sees_no_referrals(self):
        with self.assertRaises(AccessError):
            self.env["bsc.referral"].search([])

    @users("bsc_coach")
    def test_take_up_an_unassigned_referral(self):
        self.referral.coach_id = False
        self.referral.with_user(self.coach).action_assign_to_me()
        self.assertEqual(self.referral.coach_id, self.coach)

    @users("bsc_team")
    def test_taking_up_leaves_a_colleague_in_place(self):
        self.referral.with_user(self.team_user).action_assign_to_me()
        self.assertEqual(self.referral.coach_id, self.coach)

    @users("bsc_coach")
    def test_hand_back_leaves_the_referral_to_colleagues(self):
        referral = self.referral.with_user(self.coach)
        referral.action_hand_back()
        self.assertFalse(self.referral.coach_id)
        self.env.invalidate_all()
        self.assertFalse(referral.client_name)

    @users("bsc_team")
    def test_referral_of_a_colleague_is_not_handed_back(self):
        self.referral.with_user(self.team_user).action_hand_back()
        self.assertEqual(self.referral.coach_id, self.coach)

    def test_referral_of_another_company_is_hidden(self):
        company = self.env["res.company"].create({"name": "Other town"})
        user = self._user(
            "bsc_elsewhere",
            "coordinator",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self.assertFalse(
            self.env["bsc.referral"]
            .with_user(user)
            .search([("id", "=", self.referral.id)])
        )

    # rule 5: nothing tells who it is

    @users("bsc_coach")
    def test_name_in_a_text_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "“Wish” gives away"):
            self.referral.with_user(self.coach).wish = "FATIMA wants to swim"

    def test_name_in_an_earlier_text_is_refused_with_the_participant(self):
        referral = self._referral(wish="Fatima wants to swim")
        with self.assertRaisesRegex(ValidationError, "“Wish” gives away"):
            referral.client_id = self._client()

    @users("bsc_coach")
    def test_citizen_service_number_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "“Barriers” contains a number"):
            self.referral.with_user(self.coach).barriers = "BSN 111222333"

    @users("bsc_coach")
    def test_name_in_the_chatter_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "gives away"):
            self.referral.with_user(self.coach).message_post(
                body="Fatima called", message_type="comment"
            )

    @users("bsc_coach")
    def test_log_and_tracking_hold_no_name(self):
        def write_tracking():
            self.env.flush_all()
            self.env.cr.precommit.run()

        write_tracking()
        referral = self.referral.with_user(self.coach)
        referral.client_id = self.env["bsc.client"].create(
            {"name": "Fatima", "may_register": True}
        )
        self._move("match")
        write_tracking()
        messages = (
            self.env["mail.message"]
            .sudo()
            .search([("model", "=", "bsc.referral"), ("res_id", "=", referral.id)])
        )
        values = messages.tracking_value_ids
        texts = messages.mapped("body") + messages.mapped("subject")
        texts += values.mapped("old_value_char") + values.mapped("new_value_char")
        self.assertTrue(values)
        self.assertNotIn("Fatima", " ".join(text or "" for text in texts))

    # speed

    @users("bsc_coach")
    def test_creating_many_costs_no_more_queries(self):
        def queries(count):
            clients = self.env["bsc.client"].create([{"name": "Noor"}] * count)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["bsc.referral"].create(
                [
                    {
                        "relation_id": self.relation.id,
                        "wish": "Wants to walk",
                        "client_id": client.id,
                    }
                    for client in clients
                ]
            )
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(1)
        self.assertEqual(queries(5), queries(80))

    @users("bsc_coach")
    def test_opening_the_board_costs_the_same_with_many(self):
        Referral = self.env["bsc.referral"].with_context(read_group_expand=True)
        specification = {
            "reference": {},
            "wish": {},
            "activity_state": {},
            "rotting_days": {},
            "is_rotting": {},
            "is_overridden": {},
            "is_feedback_late": {},
            "target_group_ids": {"fields": {"display_name": {}, "color": {}}},
            "relation_id": {"fields": {"display_name": {}}},
            "area_id": {"fields": {"display_name": {}}},
            "offering_id": {"fields": {"display_name": {}}},
            "coach_id": {"fields": {"display_name": {}}},
        }

        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            Referral.web_read_group(
                [],
                ["stage_id"],
                auto_unfold=True,
                unfold_read_specification=specification,
            )
            return self.env.cr.sql_log_count - before

        groups = self.env["bsc.target.group"].search([], limit=2)
        values = {
            "relation_id": self.relation.id,
            "target_group_ids": [Command.set(groups.ids)],
        }
        self.env["bsc.referral"].create(values)
        queries()
        few = queries()
        self.env["bsc.referral"].create([values] * 60)
        self.assertEqual(few, queries())
