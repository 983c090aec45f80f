from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged, users
from odoo.tools import mute_logger

from .common import BscCommon


@tagged("post_install", "-at_install")
class TestBscLevel(BscCommon):
    def test_three_levels_are_shipped(self):
        levels = self.env["bsc.level"].search([])
        self.assertEqual(len(levels), 3)
        self.assertTrue(all(levels.mapped("description")))

    @users("bsc_coordinator")
    def test_order_is_that_of_the_list(self):
        levels = self.env["bsc.level"].search([])
        levels[-1].sequence = -1
        self.assertEqual(self.env["bsc.level"].search([], limit=1), levels[-1])

    @users("bsc_coordinator")
    def test_level_in_use_is_not_deleted(self):
        level = self.env["bsc.level"].create({"name": "Ours"})
        self.offering.level_id = level
        self.env.flush_all()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            level.unlink()

    @users("bsc_coach")
    def test_coach_does_not_change_levels(self):
        with self.assertRaises(AccessError):
            self.env["bsc.level"].create({"name": "Mine"})

    @users("bsc_coordinator")
    def test_bsn_in_a_level_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "“Description” contains a number"):
            self.env["bsc.level"].create({"name": "L", "description": "111222333"})
