from odoo.exceptions import ValidationError
from odoo.tests import Form, freeze_time, tagged, users

from .common import BscCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-05-04")
class TestBscReferralScore(BscCommon):
    """The dialog with the questions of one moment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["bsc.indicator"].search([]).active = False
        cls.feeling, cls.active = cls.env["bsc.indicator"].create(
            [{"name": "Feeling?"}, {"name": "Active?", "scale": "5"}]
        )
        cls.referral = cls._referral(client_id=cls._client().id)

    def _dialog(self):
        action = self.referral.action_note_scores()
        return Form(self.env["bsc.referral.score"].with_context(**action["context"]))

    def _save(self, scores, moment=None):
        dialog = self._dialog()
        if moment:
            dialog.moment = moment
        for number, score in enumerate(scores):
            with dialog.line_ids.edit(number) as line:
                line.score = score
        dialog.save().action_save()

    def _scores(self):
        return [
            (line.indicator_id, line.months, line.score)
            for line in self.referral.measurement_ids.sorted()
        ]

    @users("bsc_coach")
    def test_first_scores_are_of_the_start(self):
        self._save([6, 0])
        self.assertEqual(self._scores(), [(self.feeling, 0, 6)])

    @users("bsc_coach")
    def test_dialog_proposes_the_moment(self):
        for start, moment in (
            (False, "0"),
            ("2026-04-20", "0"),
            ("2026-02-20", "3"),
            ("2025-11-01", "6"),
            ("2024-01-01", "12"),
        ):
            self.referral.date_start = start
            self.assertEqual(self._dialog().moment, moment)

    @users("bsc_coach")
    def test_noted_scores_are_changed_and_taken_away(self):
        self._save([6, 3])
        dialog = self._dialog()
        with dialog.line_ids.edit(0) as line:
            self.assertEqual(line.score, 6)
        self._save([7, 0])
        self.assertEqual(self._scores(), [(self.feeling, 0, 7)])

    @users("bsc_coach")
    def test_other_moment_keeps_the_first(self):
        self._save([6, 0])
        self._save([8, 0], "6")
        self.assertEqual(self._scores(), [(self.feeling, 0, 6), (self.feeling, 6, 8)])

    @users("bsc_coach")
    def test_out_of_scale_notes_nothing(self):
        with self.assertRaisesRegex(ValidationError, "from 1 to 5"):
            with self.env.cr.savepoint():
                self._save([6, 9])
        self.assertFalse(self.env["bsc.measurement"].search_count([]))

    @users("bsc_coach")
    def test_archived_question_with_a_score_stays_in_view(self):
        self._save([6, 3])
        self.active.sudo().active = False
        self.assertEqual(len(self._dialog().line_ids), 2)
