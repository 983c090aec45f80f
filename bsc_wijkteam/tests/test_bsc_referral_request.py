from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged, users

from .common import BscCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 10:00:00")
class TestBscReferralRequest(BscCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls._client()
        cls.referral = cls._referral(client_id=cls.client.id)

    def _request(self, user=None, **values):
        requests = self.env["bsc.referral.request"].with_user(user or self.env.user)
        return requests.create(
            {
                "referral_id": self.referral.id,
                "offering_id": self.offering.id,
                "date_asked": "2026-03-02",
                **values,
            }
        )

    @users("bsc_coach")
    def test_coach_notes_the_question_in_the_referral(self):
        self._check()
        with Form(self.referral.with_env(self.env)) as form:
            with form.request_ids.new() as request:
                request.offering_id = self.offering.with_env(self.env)
        request = self.referral.request_ids
        self.assertEqual(request.provider_id, self.provider)
        self.assertEqual(str(request.date_asked), "2026-03-10")
        self.assertFalse(request.answer)

    @users("bsc_coach")
    def test_offering_of_the_referral_is_proposed(self):
        self._check()
        referral = self.referral.with_env(self.env)
        referral.offering_id = self.offering
        with Form(referral) as form:
            with form.request_ids.new() as request:
                self.assertEqual(request.offering_id, self.offering)

    @users("bsc_coach")
    def test_answer_is_of_today_unless_told_otherwise(self):
        request = self._request()
        request.answer = "accepted"
        self.assertEqual(str(request.date_answered), "2026-03-10")
        self.assertEqual(request.days_to_answer, 8)
        request.date_answered = "2026-03-05"
        self.assertEqual(request.days_to_answer, 3)

    @users("bsc_coach")
    def test_answer_noted_at_once_keeps_its_date(self):
        request = self._request(answer="declined", date_answered="2026-03-04")
        self.assertEqual(request.days_to_answer, 2)

    @users("bsc_coach")
    def test_taking_back_an_answer_takes_back_its_date(self):
        request = self._request(answer="declined")
        request.answer = False
        self.assertFalse(request.date_answered)
        self.assertEqual(request.days_to_answer, 0)

    @users("bsc_coach")
    def test_answer_comes_after_the_question(self):
        with self.assertRaisesRegex(ValidationError, "answer before it was asked"):
            self._request(answer="accepted", date_answered="2026-03-01")

    @users("bsc_coach")
    def test_nothing_lies_in_the_future(self):
        for values in (
            {"date_asked": "2026-03-11"},
            {"answer": "accepted", "date_answered": "2026-03-11"},
        ):
            with (
                self.subTest(values),
                self.assertRaisesRegex(ValidationError, "cannot lie in the future"),
            ):
                self._request(**values)

    @users("bsc_coach")
    def test_date_of_an_answer_needs_the_answer(self):
        with self.assertRaisesRegex(ValidationError, "Choose what the provider"):
            self._request(date_answered="2026-03-05")

    @users("bsc_coach")
    def test_note_gives_nobody_away(self):
        with self.assertRaisesRegex(ValidationError, "gives away who the participant"):
            self._request(note="Fatima can come on Tuesday")
        request = self._request(note="Tuesday is full")
        with self.assertRaisesRegex(ValidationError, r"\(BSN\)"):
            request.note = "111222333"
        other = self._referral(client_id=self._client(name="Tuesday").id)
        with self.assertRaisesRegex(ValidationError, "gives away who the participant"):
            request.referral_id = other

    @users("bsc_coach")
    def test_markup_in_a_note_stays_text(self):
        note = "<script>alert(1)</script>" + "x" * 5000
        self.assertEqual(self._request(note=note).note, note)

    @users("bsc_coach")
    def test_name_says_offering_and_date_only(self):
        name = self._request().display_name
        self.assertEqual(name, "Group · 03/02/2026")
        self.assertNotIn(self.client.reference, name)

    def test_offering_of_another_company_is_refused(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        provider = self.env["bsc.provider"].create(
            {"name": "Far", "company_id": company.id, "coach_id": False}
        )
        offering = self._offering(provider_id=provider.id)
        with self.assertRaisesRegex(UserError, "belongs to another company|Elsewhere"):
            self._request(offering_id=offering.id)

    @users("bsc_other_coach")
    def test_question_about_a_colleagues_referral_is_out_of_sight(self):
        request = self._request(user=self.coach)
        requests = self.env["bsc.referral.request"]
        self.assertNotIn(request, requests.search([]))
        with self.assertRaises(AccessError):
            request.with_env(self.env).read(["note"])

    @users("bsc_viewer")
    def test_viewer_sees_no_questions(self):
        with self.assertRaises(AccessError):
            self.env["bsc.referral.request"].search([])
