from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged, users

from .common import BscCommon

VIEW = "bsc_wijkteam.bsc_referral_request_view_form_ask"


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 10:00:00")
class TestBscReferralAsk(BscCommon):
    """Asking the provider, from the referral."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._check()
        cls.provider.call_id = cls.provider_person
        cls.client = cls._client(("register", "share"), phone="06 1234 5678")
        cls.referral = cls._referral(
            client_id=cls.client.id,
            stage_id=cls._stage("match").id,
            offering_id=cls.offering.id,
            wish="Wants to dance",
            barriers="Money",
        )

    def _mine(self):
        return self.referral.with_user(self.env.user)

    def _mails(self):
        return self.env["mail.mail"].sudo().search([], order="id")

    def _dialog(self, action=None):
        action = action or self._mine().action_ask_provider()
        requests = self.env["bsc.referral.request"].with_context(**action["context"])
        return Form(requests, VIEW)

    # asking

    @users("bsc_coach")
    def test_dialog_asks_who_is_called_and_mails_once(self):
        before = self._mails()
        form = self._dialog()
        self.assertEqual(form.partner_id, self.provider_person)
        self.assertIn("trainer@example.com", form.mail_preview)
        self.assertIn(self.referral.reference, form.mail_preview)
        form.message = "Likes a small group"
        request = form.save()
        request.action_send()
        request.action_send()
        mail = self._mails() - before
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.recipient_ids, self.provider_person)
        self.assertTrue(request.date_sent)
        self.assertEqual(self.referral.current_request_id, request)
        self.assertFalse(self.referral.current_answer)
        request.answer = "accepted"
        self.assertEqual(self.referral.current_answer, "accepted")

    @users("bsc_coach")
    def test_mail_tells_nothing_about_the_person(self):
        before = self._mails()
        self._mine()._ask_provider(self.offering, "Likes a small group")
        mail = self._mails() - before
        text = f"{mail.subject} {mail.body_html}"
        self.assertIn(self.referral.reference, text)
        self.assertIn("/bsc/request/", text)
        for secret in (
            "Fatima",
            "1234",
            "Likes a small group",
            "Wants to dance",
            "Money",
            self.client.reference,
        ):
            self.assertNotIn(secret, text)
        self.assertFalse(mail.model, "the link stays out of the chatter")
        chatter = " ".join(self.referral.message_ids.mapped("body"))
        self.assertIn("was asked by e-mail", chatter)
        self.assertNotIn("/bsc/request/", chatter)

    @users("bsc_coach")
    def test_contact_person_of_the_offering_comes_first(self):
        person = self.env["res.partner"].create(
            {
                "name": "Host",
                "parent_id": self.provider.partner_id.id,
                "email": "host@example.com",
            }
        )
        self.offering.contact_id = person
        self.assertEqual(self._dialog().partner_id, person)
        person.email = "not an address"
        self.assertEqual(self._dialog().partner_id, self.provider_person)

    @users("bsc_coach")
    def test_general_address_when_no_person_has_one(self):
        self.provider_person.email = False
        self.provider.partner_id.email = "info@example.com"
        self.assertEqual(self._dialog().partner_id, self.provider.partner_id)

    @users("bsc_coach")
    def test_nobody_with_an_address(self):
        self.provider_person.email = False
        with self.assertRaisesRegex(ValidationError, "Nobody of “Group .Club.” has"):
            self._mine()._ask_provider(self.offering)

    @users("bsc_coach")
    def test_somebody_else_cannot_be_asked(self):
        form = self._dialog()
        form.partner_id = self.professional
        with self.assertRaisesRegex(ValidationError, "not a contact of “Club”"):
            form.save()

    @users("bsc_coach")
    def test_asking_needs_an_offering(self):
        self._mine().offering_id = False
        with self.assertRaisesRegex(UserError, "Choose an offering first"):
            self._mine().action_ask_provider()

    @users("bsc_coach")
    def test_only_where_somebody_may_be_sent(self):
        provider = self.provider.create({"name": "New", "email": "new@example.com"})
        offering = self._offering(name="Not checked", provider_id=provider.id)
        with self.assertRaisesRegex(ValidationError, "Nobody can be referred to"):
            self._mine()._ask_provider(offering)

    @users("bsc_coach")
    def test_closed_referral_asks_nothing(self):
        self._mine().write(
            {"stage_id": self._stage("closed").id, "outcome": "elsewhere"}
        )
        with self.assertRaisesRegex(ValidationError, "This referral is closed"):
            self._mine()._ask_provider(self.offering)

    @users("bsc_coach")
    def test_not_asked_twice(self):
        self._mine()._ask_provider(self.offering)
        with self.assertRaisesRegex(ValidationError, "was asked on 03/10/2026"):
            self._mine()._ask_provider(self.offering)

    @users("bsc_coach")
    def test_asking_elsewhere_takes_the_referral_along(self):
        other = self._offering(name="Other group")
        self._mine()._ask_provider(other)
        self.assertEqual(self.referral.offering_id, other)

    @users("bsc_coach")
    def test_who_has_a_place_is_not_moved_by_asking(self):
        self._mine().stage_id = self._stage("trial")
        other = self._offering(name="Other group")
        with self.assertRaisesRegex(ValidationError, "has a place at “Group"):
            self._mine()._ask_provider(other)
        self.assertEqual(self.referral.offering_id, self.offering)

    @users("bsc_coach")
    def test_message_gives_nobody_away(self):
        with self.assertRaisesRegex(ValidationError, "gives away who the participant"):
            self._mine()._ask_provider(self.offering, "Fatima likes a small group")

    @users("bsc_coach")
    def test_words_of_the_target_group_help_the_coach(self):
        self._mine().target_group_ids = self.env["bsc.target.group"].search(
            [("words_use", "!=", False)], limit=1
        )
        words = self.referral.target_group_ids.words_use
        self.assertEqual(self._dialog().words_use, words)

    # the next one

    @users("bsc_coach")
    def test_next_one_is_the_best_that_did_not_decline(self):
        other = self._offering(name="Other group")
        self._mine()._ask_provider(self.offering).answer = "declined"
        following = self._mine()._get_next_match()
        self.assertEqual(following, other)
        action = self._mine().action_ask_next()
        self.assertEqual(action["context"]["default_offering_id"], following.id)
        request = self._dialog(action).save()
        request.action_send()
        self.assertEqual(self.referral.offering_id, following)

    @users("bsc_coach")
    def test_no_next_one_shows_what_fits_and_what_does_not(self):
        self._mine()._ask_provider(self.offering).answer = "declined"
        self.assertFalse(self._mine()._get_next_match())
        action = self._mine().action_ask_next()
        self.assertEqual(action["res_model"], "bsc.referral.match")
