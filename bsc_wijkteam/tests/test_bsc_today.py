from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged, users

from .common import BscCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")
class TestBscToday(BscCommon):
    """What waits for a coach, and only what waits."""

    def _today(self):
        return self.env["bsc.today"].create({})

    def _assert_found(self, name, records):
        """Check that a line counts these records, and that its list shows them."""
        self.env.flush_all()
        today = self._today()
        self.assertEqual(today[f"{name}_count"], len(records))
        action = today.with_context(bsc_list=name).action_open()
        self.assertEqual(action["views"][0][1], "list")
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found.ids, records.ids)

    def _promise(self, user, date, relation=None):
        return (relation or self.relation).activity_schedule(
            "bsc_wijkteam.mail_activity_type_promise",
            user_id=user.id,
            date_deadline=date,
            summary="Send the overview",
        )

    def _meeting(self, start, user, **values):
        start = fields.Datetime.to_datetime(start)
        return self.env["calendar.event"].create(
            {
                "name": "Talk",
                "start": start,
                "stop": start + timedelta(hours=1),
                "user_id": user.id,
                "bsc_relation_id": self.relation.id,
                **values,
            }
        )

    @users("bsc_coach")
    def test_nothing_waits_at_first(self):
        self.relation.activity_ids.unlink()
        self.assertTrue(self._today().is_done)

    @users("bsc_coach")
    def test_own_team_that_cools_down_waits(self):
        self.relation.health = "bad"
        self._assert_found("cooling", self.relation)
        self.relation.coach_id = self.other_coach
        self._assert_found("cooling", self.relation.browse())

    @users("bsc_coach")
    def test_own_promise_waits_from_its_day_on(self):
        promise = self._promise(self.coach, "2026-03-02")
        self._promise(self.coach, "2026-03-03")
        self._promise(self.other_coach, "2026-03-02")
        self._assert_found("promise", promise)

    @users("bsc_coach")
    def test_kept_promise_does_not_wait(self):
        promise = self._promise(self.coach, "2026-03-02")
        promise.action_done()
        self._assert_found("promise", promise.browse())

    @users("bsc_coach")
    def test_other_activity_waits_beside_the_promises(self):
        self.relation.activity_ids.unlink()
        self._promise(self.coach, "2026-03-02")
        call = self.relation.activity_schedule(
            "mail.mail_activity_data_call",
            user_id=self.coach.id,
            date_deadline="2026-03-02",
        )
        self.team.activity_schedule(
            "mail.mail_activity_data_call",
            user_id=self.coach.id,
            date_deadline="2026-03-02",
        )
        self._assert_found("activity", call)

    @users("bsc_coach")
    def test_team_that_is_owed_feedback_waits(self):
        referral = self._referral()
        referral.date_feedback_due = "2026-03-02"
        self._assert_found("feedback", self.relation.browse())
        referral.date_feedback_due = "2026-03-01"
        self._assert_found("feedback", self.relation)

    @users("bsc_coach")
    def test_own_meeting_that_is_over_waits_to_be_noted(self):
        meeting = self._meeting("2026-02-27 09:00:00", self.coach)
        self._meeting("2026-02-27 09:00:00", self.other_coach)
        self._meeting("2026-03-02 09:30:00", self.coach)
        self._meeting("2026-01-05 09:00:00", self.coach)
        self._meeting("2026-02-27 09:00:00", self.coach, bsc_relation_id=False)
        self._assert_found("meeting", meeting)

    @users("bsc_coach")
    def test_noted_meeting_does_not_wait(self):
        meeting = self._meeting("2026-02-27 09:00:00", self.coach)
        meeting.sudo().bsc_is_noted = True
        self._assert_found("meeting", meeting.browse())

    @users("bsc_coach")
    def test_scores_that_were_asked_are_awaited(self):
        evaluation = self.env["bsc.evaluation"].create(
            {"relation_id": self.relation.id, "coach_id": self.coach.id}
        )
        self._assert_found("answer", evaluation.browse())
        evaluation.sudo().state = "asked"
        self._assert_found("answer", evaluation)

    @users("bsc_coach")
    def test_own_check_that_lapses_soon_waits(self):
        check = self._check(coach_id=self.coach.id)
        check.valid_until = "2026-05-02"
        self._assert_found("check", check.browse())
        check.valid_until = "2026-05-01"
        self._assert_found("check", check)

    @users("bsc_coach")
    def test_screen_opens_with_the_work_of_who_asks(self):
        action = self.env["bsc.today"].action_open_today()
        today = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(today.display_name, "My work today")
        self.assertEqual(today.create_uid, self.coach)

    @users("bsc_viewer")
    def test_viewer_has_no_work(self):
        with self.assertRaises(AccessError):
            self._today()
