from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged, users

from .common import BscCommon


@tagged("post_install", "-at_install")
class TestBscAid(BscCommon):
    def test_buddy_helps_with_fear(self):
        buddy = self.env.ref("bsc_wijkteam.bsc_aid_buddy")
        self.assertIn(self.env.ref("bsc_wijkteam.bsc_barrier_fear"), buddy.barrier_ids)

    @users("bsc_coordinator")
    def test_coordinator_adds_what_helps(self):
        barrier = self.env.ref("bsc_wijkteam.bsc_barrier_time")
        aid = self.env["bsc.aid"].create(
            {"name": "A reminder by text", "barrier_ids": barrier.ids}
        )
        self.assertIn(aid, barrier.aid_ids)

    @users("bsc_coach")
    def test_coach_chooses_from_the_list(self):
        with self.assertRaises(AccessError):
            self.env["bsc.aid"].create({"name": "A reminder by text"})

    def test_citizen_service_number_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "citizen service number"):
            self.env["bsc.aid"].create({"name": "Ride", "advice": "BSN 111222333"})
