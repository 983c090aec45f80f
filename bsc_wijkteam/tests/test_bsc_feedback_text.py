from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, freeze_time, tagged, users

from .common import BscCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-01 10:00:00")
class TestBscFeedbackText(BscCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.offering.name = "Korfbal on Monday"
        cls.referral = cls._referral(
            client_id=cls._client().id,
            offering_id=cls.offering.id,
            date="2026-03-02",
            review_date="2026-06-15",
        )
        cls.texts = cls.env["bsc.feedback.text"]
        cls.texts.search([("kind", "=", "interim")]).active = False

    def _prepare(self, body, kind="interim", lang="en_US"):
        self.texts.create({"name": "X", "kind": kind, "body": body})
        texts = self.texts.with_user(self.env.user)
        return texts._prepare(kind, self.referral.with_user(self.env.user), lang)

    @users("bsc_coach")
    def test_words_are_filled_in(self):
        text = self._prepare(
            "{reference}: {sport}, {activity}, {provider}, {weeks}, {rhythm}, {month}"
        )
        self.assertEqual(
            text,
            f"{self.referral.reference}: Korfbal (test), Korfbal on Monday, Club, 4, 6,"
            " June 2026",
        )

    @users("bsc_coach")
    def test_month_is_in_the_language_of_the_reader(self):
        self.env["res.lang"].sudo()._activate_lang("nl_NL")
        self.assertEqual(self._prepare("{month}", lang="nl_NL"), "juni 2026")

    @users("bsc_coach")
    def test_what_is_not_known_stays_open(self):
        self.referral.write({"offering_id": False, "review_date": False})
        self.assertEqual(self._prepare("{sport} in {month}"), "… in …")

    @users("bsc_coach")
    def test_unknown_words_and_code_stay_as_they_are(self):
        for body in (
            "{client}",
            "{reference.env}",
            "{0}",
            "{{ object.client_id.name }}",
            "${object.wish}",
            "<t t-out='object.wish'/>",
            "%(reference)s",
        ):
            with self.subTest(body=body):
                text = self._prepare(body)
                self.texts.search([("kind", "=", "interim")]).active = False
                self.assertEqual(text, body)

    @users("bsc_coach")
    def test_nothing_of_the_participant_can_be_asked_for(self):
        self.referral.write({"wish": "Wants to swim", "barriers": "No bus"})
        words = self.referral.with_user(self.env.user)._get_feedback_words()
        for secret in ("Fatima", "swim", "bus", self.referral.client_id.reference):
            self.assertNotIn(secret, str(words))

    @users("bsc_coach")
    def test_first_text_of_the_moment_counts(self):
        self.texts.create(
            {"name": "Later", "kind": "interim", "body": "Later", "sequence": 20}
        )
        self.assertEqual(self._prepare("First"), "First")

    @users("bsc_coach")
    def test_moment_without_a_text_prepares_nothing(self):
        text = self.texts.with_user(self.env.user)
        self.assertFalse(text._prepare("interim", self.referral, "en_US"))

    @users("bsc_coordinator")
    def test_coordinator_sees_how_it_reads(self):
        form = Form(self.env["bsc.feedback.text"])
        form.body = "{weeks} weeks at {providr}"
        self.assertEqual(form.example, "6 weeks at {providr}")
        self.assertEqual(form.unknown_words, "{providr}")

    @users("bsc_coordinator")
    def test_coordinator_writes_the_texts(self):
        text = self.env["bsc.feedback.text"].create(
            {"name": "X", "kind": "start", "body": "Y"}
        )
        with self.assertRaisesRegex(ValidationError, "citizen service number"):
            text.body = "111222333"

    @users("bsc_coach")
    def test_coach_does_not_write_the_texts(self):
        with self.assertRaises(AccessError):
            self.env["bsc.feedback.text"].create(
                {"name": "X", "kind": "start", "body": "Y"}
            )

    def test_every_moment_has_a_text(self):
        kinds = self.env["bsc.feedback"]._fields["kind"].get_values(self.env)
        ids = self.env["ir.model.data"].search(
            [("module", "=", "bsc_wijkteam"), ("model", "=", "bsc.feedback.text")]
        )
        shipped = self.texts.with_context(active_test=False).browse(
            ids.mapped("res_id")
        )
        self.assertEqual(set(shipped.mapped("kind")), set(kinds))
