from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged, users
from odoo.tools import mute_logger

from .common import BscCommon


@tagged("post_install", "-at_install")
class TestBscCriterion(BscCommon):
    def test_seven_checks_under_five_letters_are_shipped_in_order(self):
        criteria = self.env["bsc.criterion"].search([])
        self.assertEqual(
            criteria.mapped(lambda criterion: (criterion.letter, criterion.part)),
            [
                ("a", False),
                ("b", False),
                ("c", "social"),
                ("c", "physical"),
                ("d", "quality"),
                ("d", "continuity"),
                ("e", False),
            ],
        )
        self.assertTrue(all(criteria.mapped("help_text")))

    @users("bsc_coordinator")
    def test_name_is_letter_and_part(self):
        criterion = self.env["bsc.criterion"].create(
            {"letter": "c", "part": "social", "name": "Safe?"}
        )
        self.assertEqual(criterion.display_name, "c · Socially")
        criterion.part = False
        self.assertEqual(criterion.display_name, "c")

    @users("bsc_coordinator")
    def test_added_criterion_is_asked_from_then_on(self):
        before = self._check(stamped=False)
        criterion = self.env["bsc.criterion"].create(
            {"letter": "e", "name": "And?", "sequence": 80}
        )
        after = self._check(stamped=False)
        self.assertNotIn(criterion, before.line_ids.criterion_id)
        self.assertEqual(after.line_ids.criterion_id[-1], criterion)
        self.assertEqual(criterion.check_count, 1)

    @users("bsc_coordinator")
    def test_archived_criterion_is_no_longer_asked(self):
        criterion = self.env["bsc.criterion"].search([], limit=1)
        criterion.action_archive()
        self.assertNotIn(criterion, self._check(stamped=False).line_ids.criterion_id)

    @users("bsc_coordinator")
    def test_criterion_in_use_is_not_deleted(self):
        criterion = self._check(stamped=False).line_ids.criterion_id[0]
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            criterion.with_env(self.env).unlink()

    @users("bsc_coordinator")
    def test_criterion_is_asked_once_per_check(self):
        line = self._check(stamped=False).line_ids[0].with_env(self.env)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            line.copy()

    @users("bsc_coach")
    def test_coach_does_not_change_the_questions(self):
        with self.assertRaises(AccessError):
            self.env["bsc.criterion"].search([], limit=1).name = "Easier?"

    @users("bsc_coordinator")
    def test_bsn_in_a_question_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "“Question” contains a number"):
            self.env["bsc.criterion"].create({"letter": "a", "name": "111222333"})
