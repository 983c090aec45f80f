from datetime import date

from odoo.exceptions import ValidationError
from odoo.tests import Form, freeze_time, tagged, users

from .common import BscCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-01 10:00:00")
class TestBscReferralClose(BscCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.referral = cls._referral()
        cls.reason = cls.env["bsc.reason"].create(
            {"name": "Moved", "next_step": "Call the colleague over there"}
        )

    def _form(self):
        action = self.referral.with_user(self.env.user).action_close()
        return Form(
            self.env[action["res_model"]].with_context(**action["context"]),
            "bsc_wijkteam.bsc_referral_close_view_form",
        )

    @users("bsc_coach")
    def test_close_with_an_outcome(self):
        form = self._form()
        form.outcome = "lasting"
        form.save().action_close()
        self.assertEqual(self.referral.stage_id, self._stage("closed"))
        self.assertEqual(self.referral.outcome, "lasting")
        self.assertEqual(self.referral.date_closed, date(2026, 4, 1))

    @users("bsc_coach")
    def test_reason_proposes_a_next_step(self):
        form = self._form()
        form.outcome = "unsuccessful"
        form.reason_id = self.reason.with_user(self.coach)
        self.assertEqual(form.next_step, "Call the colleague over there")
        form.save().action_close()
        self.assertEqual(self.referral.reason_id, self.reason)

    @users("bsc_coach")
    def test_unsuccessful_without_reason_changes_nothing(self):
        wizard = self.env["bsc.referral.close"].create(
            {"referral_id": self.referral.id, "outcome": "unsuccessful"}
        )
        with self.assertRaises(ValidationError):
            wizard.action_close()
        self.assertEqual(self.referral.stage_id, self._stage("new"))

    @users("bsc_coach")
    def test_reason_for_going_on_is_dropped(self):
        form = self._form()
        form.outcome = "unsuccessful"
        form.reason_id = self.reason.with_user(self.coach)
        form.outcome = "lasting"
        form.save().action_close()
        self.assertFalse(self.referral.reason_id)
