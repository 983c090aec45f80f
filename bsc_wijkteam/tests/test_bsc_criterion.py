from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged, users
from odoo.tools import mute_logger

from .common import BscCommon


@tagged("post_install", "-at_install")
class TestBscCriterion(BscCommon):
    def _criterion(self, name):
        """A shipped question, by the last part of its id, for the present user."""
        return self.env.ref(f"bsc_wijkteam.bsc_criterion_{name}")

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
        before = self._check()
        criterion = self.env["bsc.criterion"].create(
            {"letter": "e", "name": "And?", "sequence": 80}
        )
        after = self._check(stamped=False)
        self.assertNotIn(criterion, before.line_ids.criterion_id)
        self.assertEqual(after.line_ids.criterion_id[-1], criterion)
        self.assertEqual(criterion.check_count, 1)

    @users("bsc_coordinator")
    def test_archived_criterion_is_no_longer_asked(self):
        criterion = self._criterion("c_social")
        criterion.action_archive()
        self.assertNotIn(criterion, self._check(stamped=False).line_ids.criterion_id)

    @users("bsc_coordinator")
    def test_archived_criterion_stays_in_checks_that_asked_it(self):
        criterion = self._criterion("c_social")
        running = self._check("not_yet", stamped=False)
        criterion.action_archive()
        line = running.line_ids.filtered(lambda line: line.criterion_id == criterion)
        self.assertEqual((line.letter, line.question), ("c", criterion.name))
        running.line_ids.verdict = "yes"
        self.assertEqual(running.state, "agree")
        line.verdict = "not_yet"
        self.assertEqual(running.state, "draft")

    @users("bsc_coordinator")
    def test_question_of_the_organisation_is_asked_under_its_letter(self):
        self.env["bsc.criterion"].create(
            {"letter": "b", "name": "Can people come by bus?", "sequence": 90}
        )
        letters = self._check(stamped=False).line_ids.mapped("letter")
        self.assertEqual(letters, list("abbccdde"))

    @users("bsc_coordinator")
    def test_criterion_in_use_is_not_deleted(self):
        criterion = self._check(stamped=False).line_ids.criterion_id[2]
        with self.assertRaisesRegex(UserError, "Archive it"):
            criterion.with_env(self.env).unlink()

    @users("bsc_coordinator")
    def test_criterion_in_use_elsewhere_is_not_deleted(self):
        company = self.company.create({"name": "Other town"})
        provider = self.provider.create({"name": "Gym", "company_id": company.id})
        lines = self._check(provider_id=provider.id, stamped=False).line_ids
        criterion = self._criterion("c_social")
        self.assertIn(criterion, lines.criterion_id)
        self.assertFalse(lines.with_env(self.env).has_access("read"))
        with self.assertRaisesRegex(UserError, "Archive it"):
            criterion.unlink()

    @users("bsc_coordinator")
    def test_criterion_never_asked_can_be_deleted(self):
        criterion = self.env["bsc.criterion"].create({"letter": "a", "name": "And?"})
        criterion.unlink()
        self.assertFalse(criterion.exists())

    @users("bsc_coordinator")
    def test_every_letter_keeps_a_question(self):
        criterion = self._criterion("e")
        for loss in (
            criterion.action_archive,
            lambda: criterion.write({"letter": "a"}),
            criterion.unlink,
        ):
            with (
                self.assertRaisesRegex(ValidationError, "about criterion e any more"),
                self.env.cr.savepoint(),
            ):
                loss()
        self.env["bsc.criterion"].create({"letter": "e", "name": "Instead?"})
        criterion.action_archive()
        self.assertFalse(criterion.active)

    @users("bsc_coordinator")
    def test_letter_of_an_asked_question_stays(self):
        criterion = self._criterion("c_social")
        criterion.letter = "d"
        criterion.letter = "c"
        self._check(stamped=False)
        with self.assertRaisesRegex(ValidationError, "asked under letter c"):
            criterion.letter = "d"

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
