from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged, users
from odoo.tools import mute_logger

from .common import BscCommon


@tagged("post_install", "-at_install")
class TestBscTargetGroup(BscCommon):
    def test_shipped_groups_come_with_words(self):
        groups = self.env["bsc.target.group"].search([])
        self.assertGreaterEqual(len(groups), 8)
        for field in ("words_use", "words_avoid", "moving_adds"):
            with self.subTest(field):
                self.assertTrue(all(groups.mapped(field)))

    @users("bsc_coordinator")
    def test_second_group_of_the_same_name_is_refused(self):
        self.env["bsc.target.group"].create({"name": "Newcomers"})
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.env["bsc.target.group"].create({"name": "Newcomers"})

    @users("bsc_coach")
    def test_coach_does_not_change_the_words(self):
        with self.assertRaises(AccessError):
            self.env["bsc.target.group"].search([], limit=1).words_use = "sport"

    @users("bsc_coordinator")
    def test_bsn_in_the_words_is_refused(self):
        group = self.env["bsc.target.group"].search([], limit=1)
        with self.assertRaisesRegex(ValidationError, "contains a number"):
            group.words_use = "111222333"
