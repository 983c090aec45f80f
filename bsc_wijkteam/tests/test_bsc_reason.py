from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged, users
from odoo.tools import mute_logger

from .common import BscCommon


@tagged("post_install", "-at_install")
class TestBscReason(BscCommon):
    def test_every_shipped_reason_proposes_a_next_step(self):
        reasons = self.env["bsc.reason"].search([])
        self.assertGreaterEqual(len(reasons), 10)
        self.assertTrue(all(reasons.mapped("next_step")))

    def test_no_offer_and_no_place_count_as_gap(self):
        gaps = self.env["bsc.reason"].search([("gap", "!=", False)])
        self.assertEqual(set(gaps.mapped("gap")), {"no_offer", "no_place"})

    @users("bsc_coordinator")
    def test_reason_in_use_is_not_deleted(self):
        reason = self.env["bsc.reason"].create({"name": "Ours"})
        self._referral(reason_id=reason.id)
        self.env.flush_all()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            reason.unlink()

    @users("bsc_coach")
    def test_coach_does_not_change_reasons(self):
        with self.assertRaises(AccessError):
            self.env["bsc.reason"].create({"name": "Mine"})

    @users("bsc_coordinator")
    def test_bsn_in_a_next_step_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "“Next Step” contains a number"):
            self.env["bsc.reason"].create({"name": "R", "next_step": "111222333"})
