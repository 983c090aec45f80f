from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, tagged, users
from odoo.tools import mute_logger

from .common import BscCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-05-04")
class TestBscMeasurement(BscCommon):
    """Scores on a scale, one per question and moment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls._client()
        cls.referral = cls._referral(client_id=cls.client.id)
        cls.feeling, cls.active = cls.env["bsc.indicator"].create(
            [
                {"name": "Feeling <b>well</b>?", "scale": "10"},
                {"name": "Active?", "scale": "5"},
            ]
        )

    def _assert_refused(self, sentence, score, **values):
        with (
            self.assertRaisesRegex(ValidationError, sentence),
            self.env.cr.savepoint(),
        ):
            self._measure(score, **values)

    def _measure(self, score, months=0, indicator=None, **values):
        return self.env["bsc.measurement"].create(
            {
                "referral_id": self.referral.id,
                "indicator_id": (indicator or self.feeling).id,
                "months": months,
                "score": score,
                **values,
            }
        )

    @users("bsc_coach")
    def test_score_out_of_scale_is_refused(self):
        for score in (-1, 0, 11):
            self._assert_refused("from 1 to 10", score)
        self._assert_refused("from 1 to 5", 6, indicator=self.active)
        self.assertEqual(self._measure(5, indicator=self.active).score, 5)

    def test_one_score_per_question_and_moment(self):
        self._measure(4)
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            self._measure(5)
        self._measure(5, months=3)

    def test_moment_is_one_of_four(self):
        for months in (-3, 1, 24):
            self._assert_refused("after 3, 6 and 12 months", 5, months=months)

    def test_score_lies_not_in_the_future(self):
        self._assert_refused("future", 5, date="2026-05-05")

    def test_colleague_reads_no_scores(self):
        measurement = self._measure(5)
        with self.assertRaises(AccessError):
            measurement.with_user(self.other_coach).read(["score"])

    def test_table_compares_start_and_now(self):
        self.assertFalse(self.referral.score_table)
        for months, score in ((0, 4), (6, 7)):
            self._measure(score, months)
        self._measure(3, indicator=self.active)
        table = str(self.referral.score_table)
        self.assertIn("6 months", table)
        self.assertNotIn("12 months", table)
        cells = '<td class="text-end">4</td><td class="text-end">7</td>'
        self.assertIn(f'{cells}<td class="text-end">+3</td>', table)
        self.assertIn('<td class="text-end">3</td><td class="text-end">–</td>', table)
        self.assertIn("Feeling &lt;b&gt;well&lt;/b&gt;?", table)

    def test_scores_are_averaged_and_moments_are_not_added_up(self):
        fields = self.env["bsc.measurement"].fields_get(["score", "months"])
        self.assertEqual(fields["score"]["aggregator"], "avg")
        self.assertNotIn("aggregator", fields["months"])
