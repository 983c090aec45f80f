from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged, users
from odoo.tools import mute_logger

from .common import BscCommon


@tagged("post_install", "-at_install")
class TestBscBarrier(BscCommon):
    def test_every_barrier_comes_with_what_may_help(self):
        names = ("time", "transport", "money", "fear", "language", "health")
        for name in names:
            with self.subTest(name=name):
                barrier = self.env.ref(f"bsc_wijkteam.bsc_barrier_{name}")
                self.assertTrue(barrier.aid_ids)

    @users("bsc_coordinator")
    def test_coordinator_adds_a_barrier(self):
        barrier = self.env["bsc.barrier"].create({"name": "Nobody to go with"})
        self.assertTrue(barrier.active)

    @users("bsc_coach")
    def test_coach_chooses_from_the_list(self):
        barrier = self.env.ref("bsc_wijkteam.bsc_barrier_money")
        self.assertTrue(barrier.with_user(self.coach).name)
        with self.assertRaises(AccessError):
            barrier.with_user(self.coach).name = "Money"

    def test_barrier_has_a_name_of_its_own(self):
        self.env["bsc.barrier"].create({"name": "Nobody to go with"})
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self.env["bsc.barrier"].create({"name": "Nobody to go with"})

    def test_citizen_service_number_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "citizen service number"):
            self.env["bsc.barrier"].create({"name": "BSN 111222333"})
