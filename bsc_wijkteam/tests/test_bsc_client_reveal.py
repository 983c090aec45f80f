from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import tagged, users
from odoo.tools import mute_logger

from .common import BscCommon


@tagged("post_install", "-at_install")
class TestBscClientReveal(BscCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls._client()
        cls.referral = cls._referral(client_id=cls.client.id)

    def _reveal(self):
        action = self.referral.with_user(self.env.user).action_reveal_client()
        return (
            self.env[action["res_model"]]
            .with_context(**action["context"])
            .create({"reason": "The coach is ill"})
            .action_reveal()
        )

    def _open(self):
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        return self.client.with_user(self.env.user).has_access("read")

    @users("bsc_coordinator")
    def test_reason_opens_the_participant(self):
        self.assertFalse(self._open())
        action = self._reveal()
        self.assertEqual(action["res_id"], self.client.id)
        self.assertTrue(self._open())
        self.assertEqual(
            self.referral.with_user(self.coordinator).client_name, "Fatima"
        )
        self.assertTrue(
            self.env["bsc.client.permission"].search(
                [("client_id", "=", self.client.id)]
            )
        )

    @users("bsc_coordinator")
    def test_reason_opens_one_participant_only(self):
        other = self._client()
        self._referral(client_id=other.id)
        self._reveal()
        self.assertFalse(other.with_user(self.coordinator).has_access("read"))

    @users("bsc_coordinator")
    def test_next_day_the_participant_is_closed_again(self):
        self._reveal()
        access = self.client.access_ids
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE bsc_client_access SET create_date = create_date - interval '1 day'"
            " WHERE id = %s",
            [access.id],
        )
        self.assertFalse(self._open())

    @users("bsc_coordinator")
    def test_look_stays_on_record(self):
        self._reveal()
        self.assertRecordValues(
            self.client.access_ids,
            [{"user_id": self.coordinator.id, "reason": "The coach is ill"}],
        )
        access = self.client.access_ids.with_user(self.coordinator)
        with self.assertRaises(AccessError):
            access.reason = "Another reason"
        with self.assertRaises(AccessError):
            access.unlink()

    @users("bsc_coordinator")
    def test_nobody_looks_in_the_name_of_another(self):
        access = self.env["bsc.client.access"].create(
            {
                "client_id": self.client.id,
                "user_id": self.team_user.id,
                "reason": "Curious",
            }
        )
        self.assertEqual(access.user_id, self.coordinator)

    @users("bsc_coordinator")
    def test_empty_reason_is_refused(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.env["bsc.client.access"].create(
                {"client_id": self.client.id, "reason": "  "}
            )

    @users("bsc_team")
    def test_only_a_coordinator_may_look(self):
        with self.assertRaises(AccessError):
            self._reveal()
        with self.assertRaises(AccessError):
            self.env["bsc.client.access"].create(
                {"client_id": self.client.id, "reason": "Curious"}
            )

    @users("bsc_coach")
    def test_own_participant_opens_without_reason(self):
        action = self.referral.with_user(self.coach).action_reveal_client()
        self.assertEqual(action["res_model"], "bsc.client")
        self.assertFalse(self.client.access_ids)
