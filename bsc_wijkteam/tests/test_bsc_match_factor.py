from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import tagged, users
from odoo.tools import mute_logger

from .common import BscCommon


@tagged("post_install", "-at_install")
class TestBscMatchFactor(BscCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.factor = cls.env.ref("bsc_wijkteam.bsc_match_factor_area")

    @users("bsc_coordinator")
    def test_coordinator_changes_a_weight(self):
        self.factor.with_user(self.env.user).weight = 9
        self.assertEqual(self.env["bsc.match.factor"]._get_weights()["area"], 9)

    @users("bsc_coach")
    def test_coach_changes_no_weight(self):
        with self.assertRaises(AccessError):
            self.factor.with_user(self.env.user).weight = 9

    def test_weight_of_nothing_is_left_out(self):
        self.factor.weight = 0
        self.assertNotIn("area", self.env["bsc.match.factor"]._get_weights())

    def test_weight_lies_between_0_and_10(self):
        for weight in (-1, 11):
            with (
                self.subTest(weight=weight),
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.cr.savepoint(),
            ):
                self.factor.weight = weight
                self.factor.flush_recordset()

    def test_each_factor_knows_how_to_score_and_what_to_say(self):
        factors = self.env["bsc.match.factor"].search([])
        self.assertEqual(len(factors), 10)
        for factor in factors:
            with self.subTest(factor=factor.code):
                self.assertTrue(callable(getattr(factor, f"_judge_{factor.code}")))
                tell = getattr(self.offering, f"_tell_match_{factor.code}")
                self.assertTrue(callable(tell))
