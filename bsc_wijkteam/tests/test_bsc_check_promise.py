from datetime import date

from odoo.exceptions import ValidationError
from odoo.tests import Form, freeze_time, tagged, users

from .common import BscCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")
class TestBscCheckPromise(BscCommon):
    """“Not yet” leads to an agreement with a date, planned for the coach."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.check = cls._check(stamped=False, coach_id=cls.coach.id)

    def setUp(self):
        super().setUp()
        self.line = self.check.line_ids[2]

    def _line(self):
        return self.line.with_env(self.env)

    def _promise(self, **vals):
        line = self._line()
        line.write(
            {
                "verdict": "not_yet",
                "promise": "Trainer does the course",
                "promise_date": "2026-04-01",
                **vals,
            }
        )
        return line

    def _activities(self):
        """All that was ever planned on the check, done or not."""
        return (
            self.env["mail.activity"]
            .with_context(active_test=False)
            .search([("res_model", "=", "bsc.check"), ("res_id", "=", self.check.id)])
        )

    @users("bsc_coach")
    def test_agreement_is_a_promise_on_the_check(self):
        self._promise()
        self.assertRecordValues(
            self._activities(),
            [
                {
                    "bsc_promised_by": "them",
                    "activity_type_id": self.env.ref(
                        "bsc_wijkteam.mail_activity_type_promise"
                    ).id,
                    "summary": "c · Socially: Trainer does the course",
                    "date_deadline": date(2026, 4, 1),
                    "user_id": self.coach.id,
                    "active": True,
                }
            ],
        )

    @users("bsc_coach")
    def test_not_yet_without_a_date_plans_nothing(self):
        self._promise(promise_date=False)
        self.assertFalse(self._activities())

    @users("bsc_coach")
    def test_date_with_another_answer_plans_nothing(self):
        self._promise(verdict="yes")
        self.assertFalse(self._activities())

    @users("bsc_coach")
    def test_other_date_and_text_move_the_same_promise(self):
        line = self._promise()
        line.promise_date = "2026-05-01"
        line.promise = "Board decides"
        activity = self._activities()
        self.assertEqual(activity.date_deadline, date(2026, 5, 1))
        self.assertEqual(activity.summary, "c · Socially: Board decides")

    @users("bsc_coach")
    def test_same_answer_again_plans_nothing_twice(self):
        line = self._promise()
        line.action_not_yet()
        line.write({"promise": line.promise, "promise_date": line.promise_date})
        self.assertEqual(len(self._activities()), 1)

    @users("bsc_coach")
    def test_yes_marks_the_promise_as_done(self):
        self._promise().action_yes()
        activity = self._activities()
        self.assertFalse(activity.active)
        self.assertEqual(activity.date_done, date(2026, 3, 2))

    @users("bsc_coach")
    def test_no_withdraws_the_promise(self):
        self._promise().action_no()
        self.assertEqual(self._activities().bsc_promise_state, "withdrawn")

    @users("bsc_coach")
    def test_date_that_is_taken_away_withdraws_the_promise(self):
        line = self._promise()
        line.promise_date = False
        self.assertEqual(self._activities().bsc_promise_state, "withdrawn")
        self.assertFalse(line.promise_activity_id)

    @users("bsc_coach")
    def test_slip_of_the_finger_plans_the_promise_again(self):
        line = self._promise()
        line.action_yes()
        line.action_not_yet()
        self.assertEqual(
            self._activities().mapped("active"), [False, True], self._activities()
        )
        self.assertEqual(line.promise_activity_id.date_deadline, date(2026, 4, 1))

    @users("bsc_coach")
    def test_promise_that_was_kept_comes_back_for_another_day_only(self):
        line = self._promise()
        line.promise_activity_id.action_done()
        line.promise = "Trainer did the course"
        self.assertEqual(self._activities().mapped("active"), [False])
        line.promise_date = "2026-06-01"
        self.assertEqual(sorted(self._activities().mapped("active")), [False, True])

    @users("bsc_coach")
    def test_promise_of_a_check_that_is_replaced_is_withdrawn(self):
        line = self._promise()
        # An agreed check that came into doubt; meanwhile a newer one was decided.
        self.check.with_env(self.env).offering_id = self.offering
        newer = self._check("no", stamped=False)
        self.check.date = "2026-03-01"
        newer.offering_id = self.offering
        self.assertEqual(self.check.state, "replaced")
        self.assertEqual(self._activities().bsc_promise_state, "withdrawn")
        self.assertFalse(line.promise_activity_id)

    @users("bsc_coach")
    def test_next_coach_takes_over_the_promise(self):
        self._promise()
        self.check.with_env(self.env).coach_id = self.other_coach
        self.assertEqual(self._activities().user_id, self.other_coach)

    @users("bsc_team")
    def test_promise_is_planned_for_the_coach_of_the_check(self):
        self._promise()
        self.assertEqual(self._activities().user_id, self.coach)

    @users("bsc_team")
    def test_without_coach_the_coach_of_the_provider_is_reminded(self):
        self.check.coach_id = False
        self.provider.coach_id = self.other_coach
        self._promise()
        self.assertEqual(self._activities().user_id, self.other_coach)

    @users("bsc_team")
    def test_promise_speaks_the_language_of_the_coach(self):
        self.env["res.lang"].sudo()._activate_lang("nl_NL")
        self.coach.lang = "nl_NL"
        line = self._promise()
        criterion = line.criterion_id.with_context(lang="nl_NL")
        self.assertTrue(
            self._activities().summary.startswith(f"{criterion.display_name}: ")
        )
        activity = line.promise_activity_id
        self.assertNotIn("c · Socially", activity.summary)

    @users("bsc_coach")
    def test_date_in_the_past_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "03/01/2026 is over already"):
            self._promise(promise_date="2026-03-01")
        self.assertTrue(self._promise(promise_date="2026-03-02"))

    @users("bsc_coach")
    def test_old_agreement_can_still_be_answered(self):
        line = self._promise()
        self.env.flush_all()
        with freeze_time("2026-05-01"):
            line.write({"proof": "Diploma seen", "verdict": "yes"})
        self.assertEqual(line.verdict, "yes")

    @users("bsc_coach")
    def test_long_agreement_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "You wrote 251"):
            self._promise(promise="x" * 251)
        self.assertTrue(self._promise(promise="x" * 250))

    @users("bsc_coach")
    def test_long_proof_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "at most 500 characters"):
            self._line().proof = "x" * 5000
        self._line().proof = "x" * 500

    @users("bsc_coach")
    def test_seen_tomorrow_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "today at the latest"):
            self._line().date_seen = "2026-03-03"

    @users("bsc_coach")
    def test_bsn_in_an_agreement_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "“What is agreed” contains"):
            self._promise(promise="111222333")

    @users("bsc_coach")
    def test_not_yet_asks_what_is_agreed(self):
        action = self._line().action_not_yet()
        self.assertEqual(action["res_id"], self.line.id)
        form = Form(
            self.env["bsc.check.line"].browse(action["res_id"]),
            view=self.env["ir.ui.view"].browse(action["views"][0][0]),
        )
        form.promise = "Course"
        form.promise_date = "2026-04-01"
        form.save()
        self.assertEqual(self._activities().date_deadline, date(2026, 4, 1))

    @users("bsc_coach")
    def test_closed_check_takes_no_agreement(self):
        old = self._check(offering_id=self.offering.id, date="2024-01-01")
        self.assertEqual(old.state, "lapsed")
        with self.assertRaisesRegex(ValidationError, "is over and stays"):
            old.line_ids[0].with_env(self.env).promise = "Course"

    @users("bsc_coach")
    def test_many_promises_are_planned_in_the_same_queries(self):
        def plan(lines):
            self.env.flush_all()
            self.env.invalidate_all()
            lines.check_id.provider_id.mapped("name")
            before = self.env.cr.sql_log_count
            lines.write({"verdict": "not_yet", "promise_date": "2026-04-01"})
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        lines = self.check.line_ids.with_env(self.env)
        plan(lines[0])  # warm up
        one = plan(lines[1])
        self.assertLessEqual(plan(lines[2:]), one + 5)
        self.assertEqual(len(self._activities()), 7)
