from datetime import date

from odoo.tests import Form, freeze_time, tagged, users

from .common import BscCommon

REVIEW_TYPE = "bsc_wijkteam.mail_activity_type_review"


@tagged("post_install", "-at_install")
@freeze_time("2026-04-01 10:00:00")
class TestBscReferralReview(BscCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.referral = cls._referral()
        cls.reason = cls.env["bsc.reason"].create(
            {"name": "Moved", "next_step": "Call the colleague over there"}
        )

    def _reviews(self):
        return self.referral.activity_search([REVIEW_TYPE])

    def _put_off(self, stage="not_now", day="2026-05-01"):
        referral = self.referral.with_user(self.coach)
        referral.write({"stage_id": self._stage(stage).id, "review_date": day})
        return referral

    def _close(self, outcome="elsewhere", **values):
        self.referral.with_user(self.coach).write(
            {"stage_id": self._stage("closed").id, "outcome": outcome, **values}
        )

    def _steps(self):
        return self.referral.activity_ids.filtered(
            lambda activity: "Next step" in (activity.summary or "")
        )

    # look again

    @users("bsc_coach")
    def test_not_now_plans_to_look_again(self):
        self._put_off()
        review = self._reviews()
        self.assertEqual(review.date_deadline, date(2026, 5, 1))
        self.assertEqual(review.user_id, self.coach)

    @users("bsc_coach")
    def test_waiting_plans_to_look_again(self):
        self._put_off("waiting")
        self.assertEqual(len(self._reviews()), 1)

    @users("bsc_coach")
    def test_date_that_moves_moves_the_activity(self):
        self._put_off().review_date = "2026-06-01"
        self.assertEqual(self._reviews().date_deadline, date(2026, 6, 1))

    @users("bsc_team")
    def test_activity_moves_to_the_next_coach(self):
        self._put_off()
        self.referral.with_user(self.team_user).coach_id = self.other_coach
        self.assertEqual(self._reviews().user_id, self.other_coach)

    @users("bsc_coach")
    def test_leaving_the_stage_is_looking_again(self):
        self._put_off().stage_id = self._stage("intake")
        self.assertFalse(self._reviews())

    @users("bsc_coach")
    def test_date_alone_plans_nothing(self):
        self.referral.review_date = "2026-05-01"
        self.assertFalse(self._reviews())

    def test_new_referral_that_waits_is_planned(self):
        self.referral = self._referral(
            stage_id=self._stage("not_now").id, review_date="2026-05-01"
        )
        self.assertEqual(len(self._reviews()), 1)

    def test_looking_again_costs_the_same_for_many(self):
        def queries(count):
            referrals = self.env["bsc.referral"].create(
                [{"relation_id": self.relation.id, "coach_id": self.coach.id}] * count
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            referrals.write(
                {"stage_id": self._stage("not_now").id, "review_date": "2026-05-01"}
            )
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(1)
        self.assertEqual(queries(5), queries(80))

    # what the reason proposes

    @users("bsc_coach")
    def test_next_step_is_planned_once(self):
        referral = self._put_off()
        referral.reason_id = self.reason
        referral.action_plan_next_step()
        referral.action_plan_next_step()
        step = self._steps()
        self.assertEqual(step.summary, "Next step: Moved")
        self.assertIn("Call the colleague", step.note)
        self.assertEqual(step.user_id, self.coach)

    @users("bsc_coach")
    def test_reason_without_next_step_plans_nothing(self):
        self.reason.next_step = False
        referral = self._put_off()
        referral.reason_id = self.reason
        referral.action_plan_next_step()
        self.assertFalse(self._steps())

    @users("bsc_coach")
    def test_next_step_may_sound_like_a_name(self):
        client = self._client(name="Moved")
        self.referral.write({"client_id": client.id, "reason_id": self.reason.id})
        self.referral.with_user(self.coach).action_plan_next_step()
        self.assertTrue(self._steps())

    # the dialog

    def _form(self, action):
        return Form(
            self.env[action["res_model"]].with_context(**action["context"]),
            "bsc_wijkteam.bsc_referral_close_view_form",
        )

    @users("bsc_coach")
    def test_let_it_wait_with_a_date_and_a_reason(self):
        form = self._form(self.referral.with_user(self.coach).action_pause())
        form.review_date = "2026-05-01"
        form.reason_id = self.reason.with_user(self.coach)
        form.save().action_close()
        self.assertEqual(self.referral.stage_id, self._stage("not_now"))
        self.assertEqual(self.referral.review_date, date(2026, 5, 1))
        self.assertEqual(self.referral.reason_id, self.reason)
        self.assertTrue(self._steps())

    @users("bsc_coach")
    def test_let_it_wait_in_line(self):
        self._check()
        form = self._form(self.referral.with_user(self.coach).action_pause())
        form.stage_id = self._stage("waiting").with_user(self.coach)
        form.offering_id = self.offering.with_user(self.coach)
        form.review_date = "2026-05-01"
        form.save().action_close()
        self.assertEqual(self.referral.offering_id, self.offering)
        self.assertEqual(self.referral.waiting_rank, 1)

    @users("bsc_coach")
    def test_next_step_is_planned_only_when_wanted(self):
        form = self._form(self.referral.with_user(self.coach).action_close())
        form.outcome = "unsuccessful"
        form.reason_id = self.reason.with_user(self.coach)
        form.is_planned = False
        form.save().action_close()
        self.assertFalse(self._steps())

    # reopened

    @users("bsc_coach")
    def test_reopened_keeps_how_it_ended(self):
        self._close("unsuccessful", reason_id=self.reason.id)
        self.referral.with_user(self.coach).stage_id = self._stage("intake")
        told = self.referral.message_ids.filtered(lambda m: "Reopened" in m.body)
        self.assertRegex(told.body, "closed on 04/01/2026: Did not work out, Moved")
        self.assertFalse(self.referral.outcome)
        self.assertFalse(self.referral.reason_id)
        self.assertFalse(self.referral.date_closed)

    @users("bsc_coach")
    def test_reopened_may_wait_for_another_reason(self):
        self._close("unsuccessful", reason_id=self.reason.id)
        other = self.env["bsc.reason"].sudo().create({"name": "No place"})
        self._put_off().reason_id = other
        self.assertEqual(self.referral.reason_id, other)

    @users("bsc_coach")
    def test_reopened_keeps_the_first_dates(self):
        self.referral.with_user(self.coach).stage_id = self._stage("intake")
        with freeze_time("2026-04-20"):
            self._close()
            self.referral.with_user(self.coach).stage_id = self._stage("intake")
        self.assertEqual(self.referral.date_intake, date(2026, 4, 1))

    @users("bsc_coach")
    def test_reopened_owes_feedback_again(self):
        self._close()
        self.referral.date_feedback_due = False
        self.referral.with_user(self.coach).stage_id = self._stage("intake")
        self.assertEqual(self.referral.date_feedback_due, date(2026, 5, 13))

    @users("bsc_coach")
    def test_closed_again_has_a_new_date(self):
        self._close()
        self.referral.with_user(self.coach).stage_id = self._stage("intake")
        with freeze_time("2026-04-20"):
            self._close()
        self.assertEqual(self.referral.date_closed, date(2026, 4, 20))

    # what comes up

    @users("bsc_coach")
    def test_what_comes_up_is_looking_again_else_the_trial_else_feedback(self):
        self.assertEqual(self.referral.date_ahead, date(2026, 5, 13))
        self._put_off(day="2026-07-01")
        self.assertEqual(self.referral.date_ahead, date(2026, 7, 1))
        self._check()
        self.referral.write(
            {
                "client_id": self._client().id,
                "offering_id": self.offering.id,
                "stage_id": self._stage("trial").id,
                "date_trial": "2026-04-09",
            }
        )
        self.assertEqual(self.referral.date_ahead, date(2026, 4, 9))
