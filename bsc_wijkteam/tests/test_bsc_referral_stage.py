from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged, users

from .common import BscCommon


@tagged("post_install", "-at_install")
class TestBscReferralStage(BscCommon):
    def test_default_path(self):
        path = self.env["bsc.referral.stage"].search([("is_aside", "=", False)])
        names = ("new", "intake", "match", "trial", "taking_part", "lasting")
        self.assertEqual(
            [stage for stage in path if stage.get_external_id()[stage.id]],
            [self._stage(name) for name in names],
        )

    def test_board_shows_empty_stages(self):
        groups = (
            self.env["bsc.referral"]
            .with_context(read_group_expand=True)
            .web_read_group([("id", "=", 0)], ["stage_id"])["groups"]
        )
        shown = {group["stage_id"][0] for group in groups}
        self.assertIn(self._stage("waiting").id, shown)

    def test_stage_in_use_is_not_deleted(self):
        referral = self._referral()
        with self.assertRaisesRegex(UserError, "in use cannot be deleted"):
            referral.stage_id.unlink()

    def test_stage_with_archived_referrals_is_not_deleted(self):
        referral = self._referral(active=False)
        with self.assertRaisesRegex(UserError, "in use cannot be deleted"):
            referral.stage_id.unlink()

    @users("bsc_coordinator")
    def test_coordinator_adds_a_stage_that_asks_for_something(self):
        stage = self.env["bsc.referral.stage"].create(
            {"name": "Second trial", "sequence": 55, "requires_review_date": True}
        )
        with self.assertRaisesRegex(UserError, "a date to look again"):
            self._referral().stage_id = stage

    @users("bsc_team")
    def test_others_change_no_stages(self):
        with self.assertRaises(AccessError):
            self._stage("trial").with_user(self.team_user).name = "Proef"
