from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, tagged, users

from .common import BscCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")
class TestBscPromiseWithdraw(BscCommon):
    def setUp(self):
        super().setUp()
        self.promises = self.env["mail.activity"]
        for _number in range(2):
            self.promises |= self.relation.activity_schedule(
                "bsc_wijkteam.mail_activity_type_promise", user_id=self.coach.id
            )

    def _form(self, activities):
        action = activities.with_env(self.env).action_withdraw_promise()
        return Form(
            self.env[action["res_model"]].with_context(**action["context"]),
            view=self.env.ref("bsc_wijkteam.bsc_promise_withdraw_view_form"),
        )

    @users("bsc_coach")
    def test_promises_are_withdrawn_with_a_reason(self):
        with self._form(self.promises) as form:
            form.reason = "The trainer stopped"
        form.record.action_withdraw()
        self.assertEqual(
            self.promises.mapped("bsc_withdraw_reason"), ["The trainer stopped"] * 2
        )
        self.assertEqual(self.promises.mapped("bsc_promise_state"), ["withdrawn"] * 2)

    @users("bsc_coach")
    def test_reason_is_required(self):
        with self.assertRaisesRegex(AssertionError, "reason is a required field"):
            self._form(self.promises).save()

    @users("bsc_coach")
    def test_to_do_is_not_withdrawn(self):
        todo = self.relation.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.coach.id
        )
        with self._form(todo) as form:
            form.reason = "No"
        form.record.action_withdraw()
        self.assertTrue(todo.active)

    @users("bsc_coach")
    def test_kept_promise_stays_kept(self):
        self.promises[0].action_done()
        with self._form(self.promises) as form:
            form.reason = "No"
        form.record.action_withdraw()
        self.assertEqual(
            self.promises.mapped("bsc_promise_state"), ["kept", "withdrawn"]
        )

    @users("bsc_coach")
    def test_promise_of_somebody_else_stays(self):
        referral = self._referral(coach_id=self.other_coach.id)
        promise = referral.activity_schedule(
            "bsc_wijkteam.mail_activity_type_promise", user_id=self.other_coach.id
        )
        with self.assertRaises(AccessError):
            self.env["bsc.promise.withdraw"].create(
                {"activity_ids": promise.ids, "reason": "No"}
            ).action_withdraw()
        self.assertTrue(promise.active)
