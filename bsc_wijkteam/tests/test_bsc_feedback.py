import re
from datetime import date, datetime

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, freeze_time, tagged, users
from odoo.tools import html2plaintext
from odoo.tools.safe_eval import safe_eval

from odoo.addons.mail.tests.common import MailCase

from .common import BscCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-01 10:00:00")
class TestBscFeedback(BscCommon, MailCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.professional.lang = "en_US"
        cls.referral = cls._referral(
            client_id=cls._client().id, wish="Wants to swim", date="2026-03-02"
        )

    def _feedback(self, env=None, **values):
        return (env or self.env)["bsc.feedback"].create(
            {
                "referral_id": self.referral.id,
                "body": "Comes every week",
                **values,
            }
        )

    def _dialog(self):
        action = self.referral.with_user(self.env.user).action_give_feedback()
        return Form(
            self.env[action["res_model"]].with_context(**action["context"]),
            action["views"][0][0],
        )

    # what is prepared

    @users("bsc_coach")
    def test_dialog_is_prepared(self):
        dialog = self._dialog()
        self.assertEqual(dialog.kind, "interim")
        self.assertEqual(dialog.way, "mail")
        self.assertEqual(dialog.recipient_id, self.professional)
        self.assertIn("professional@example.com", dialog.mail_preview)
        self.assertIn(self.referral.reference, dialog.mail_preview)
        self.assertIn("30 days", dialog.mail_preview)

    @users("bsc_coach")
    def test_moment_follows_the_stage_until_it_is_given(self):
        self._check()
        self.referral.offering_id = self.offering
        self.referral.stage_id = self._stage("taking_part")
        self.assertEqual(self._dialog().kind, "start")
        self._feedback(kind="start", way="phone")
        self.assertEqual(self._dialog().kind, "interim")

    @users("bsc_coach")
    def test_moment_of_an_unsuccessful_end_is_stop(self):
        self.referral.write(
            {
                "stage_id": self._stage("closed").id,
                "outcome": "unsuccessful",
                "reason_id": self.env["bsc.reason"].sudo().create({"name": "X"}).id,
            }
        )
        self.assertEqual(self._dialog().kind, "stop")

    @users("bsc_coach")
    def test_moment_of_waiting_follows_the_stage(self):
        self.referral.with_user(self.env.user).write(
            {"stage_id": self._stage("not_now").id, "review_date": "2026-06-15"}
        )
        dialog = self._dialog()
        self.assertEqual(dialog.kind, "hold")
        self.assertIn("June 2026", dialog.body)

    # the message is prepared

    @users("bsc_coach")
    def test_message_is_prepared_for_the_moment(self):
        dialog = self._dialog()
        self.assertIn(
            f"4 weeks since you referred {self.referral.reference}", dialog.body
        )
        dialog.kind = "final"
        self.assertIn("comes to an end", dialog.body)
        self.assertNotIn("since you referred", dialog.body)

    @users("bsc_coach")
    def test_what_the_coach_typed_stays(self):
        dialog = self._dialog()
        dialog.body = "Comes every week"
        dialog.kind = "final"
        self.assertEqual(dialog.body, "Comes every week")

    @users("bsc_coach")
    def test_message_is_prepared_in_the_language_of_the_recipient(self):
        self.env["res.lang"].sudo()._activate_lang("nl_NL")
        text = self.env.ref("bsc_wijkteam.bsc_feedback_text_interim").sudo()
        text.with_context(lang="nl_NL").body = "Nieuws over {reference}"
        colleague = self.professional.copy({"name": "Collega", "lang": "nl_NL"})
        dialog = self._dialog()
        self.assertIn("weeks since", dialog.body)
        dialog.recipient_id = colleague
        self.assertEqual(dialog.body, f"Nieuws over {self.referral.reference}")

    @users("bsc_coach")
    def test_open_place_in_the_message_is_refused(self):
        dialog = self._dialog()
        with self.assertRaises(ValidationError) as refused:
            dialog.save()
        self.assertIn("still has an open place", str(refused.exception))
        self.assertFalse(self.referral.feedback_ids)

    @users("bsc_coach")
    def test_three_dots_at_the_end_of_a_word_are_no_open_place(self):
        self.assertTrue(self._feedback(body="Goes on and on… and enjoys it"))

    # what leaves is shown first

    @users("bsc_coach")
    def test_preview_is_what_leaves(self):
        dialog = self._dialog()
        dialog.body = "Comes every week"
        self.assertIn("Comes every week", dialog.preview_page)
        self.assertIn("In between", dialog.preview_page)
        self.assertNotIn("Comes every week", dialog.preview_mail)
        subject, mail = dialog.preview_subject, dialog.preview_mail
        feedback = dialog.save()
        with self.mock_mail_gateway():
            feedback.action_give()
            self._new_mails.sudo().send()
        [sent] = self._mails
        self.assertEqual(sent["subject"], subject)
        self.assertEqual(
            html2plaintext(re.sub(r'href="[^"]+"', 'href="#"', sent["body"])),
            html2plaintext(mail),
        )

    @users("bsc_coach")
    def test_preview_holds_no_link_that_works(self):
        self.assertNotIn("/bsc/feedback/", self._dialog().preview_mail)

    @users("bsc_coach")
    def test_preview_speaks_the_language_of_the_recipient(self):
        self.env["res.lang"].sudo()._activate_lang("nl_NL")
        template = self.env.ref("bsc_wijkteam.mail_template_feedback").sudo()
        template.with_context(lang="nl_NL").subject = "Nieuws over R"
        self.professional.lang = "nl_NL"
        self.assertEqual(self._dialog().preview_subject, "Nieuws over R")

    # stories

    @users("bsc_coach")
    def test_feedback_becomes_a_story_that_nobody_may_use_yet(self):
        action = self._feedback(way="phone").action_make_story()
        story = Form(self.env["bsc.story"].with_context(**action["context"]))
        self.assertEqual(story.body, "Comes every week")
        self.assertEqual(story.referral_id, self.referral)
        story.name = "Every week"
        self.assertFalse(story.save().is_usable)

    @users("bsc_coach")
    def test_giving_a_story_opens_it(self):
        action = self._feedback(way="phone", kind="story").action_give()
        self.assertEqual(action["res_model"], "bsc.story")

    # rule 10: due and on time

    @users("bsc_coach")
    def test_given_feedback_starts_the_rhythm_again(self):
        feedback = self._feedback(way="phone")
        self.assertEqual(feedback.date_due, date(2026, 4, 13))
        self.assertTrue(feedback.is_on_time)
        self.assertEqual(self.referral.date_feedback_due, date(2026, 5, 13))

    @users("bsc_coach")
    def test_feedback_of_earlier_does_not_shorten_the_rhythm(self):
        self._feedback(way="phone")
        self._feedback(way="meeting", date="2026-03-10")
        self.assertEqual(self.referral.date_feedback_due, date(2026, 5, 13))

    @users("bsc_coach")
    def test_late_feedback_is_not_on_time(self):
        with freeze_time("2026-04-14"):
            self.assertFalse(self._feedback(way="phone").is_on_time)

    @users("bsc_coach")
    def test_owed_is_what_is_due_today_or_late(self):
        action = self.env.ref("bsc_wijkteam.bsc_referral_action_feedback").sudo()
        domain = safe_eval(action.domain)
        owed = self.referral | self._referral()
        owed.date_feedback_due = "2026-04-02"
        found = self.env["bsc.referral"].search
        self.assertFalse(owed & found(domain))
        owed[0].date_feedback_due = "2026-04-01"
        self.assertEqual(owed & found(domain), owed[0])
        owed[1].date_feedback_due = "2026-03-31"
        self.assertEqual(owed & found(domain), owed)

    @users("bsc_coach")
    def test_team_shows_how_much_was_on_time(self):
        relation = self.relation.with_user(self.env.user)
        self.assertEqual(relation.feedback_on_time_rate, 0)
        self._feedback(way="phone")
        with freeze_time("2026-09-14"):
            self._feedback(way="phone")
        self.assertEqual(relation.feedback_given_count, 2)
        self.assertEqual(relation.feedback_on_time_rate, 0.5)

    @users("bsc_coach")
    def test_after_the_end_no_feedback_is_due(self):
        self.referral.with_user(self.coach).write(
            {"stage_id": self._stage("closed").id, "outcome": "elsewhere"}
        )
        self.assertEqual(self.referral.date_feedback_due, date(2026, 4, 1))
        self._feedback(kind="final", way="phone")
        self.assertFalse(self.referral.date_feedback_due)

    # rule 5: nothing tells who it is

    @users("bsc_coach")
    def test_name_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "“Message” gives away"):
            self._feedback(body="Fatima comes every week")

    @users("bsc_coach")
    def test_citizen_service_number_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "citizen service number"):
            self._feedback(body="111222333 comes every week")

    # the mail

    def _send(self, **values):
        with self.mock_mail_gateway():
            self._feedback(**values).action_give()
            self._new_mails.sudo().send()
        [mail] = self._mails
        return mail

    @users("bsc_coach")
    def test_mail_goes_from_the_coach_to_the_referrer(self):
        mail = self._send()
        self.assertEqual(
            mail["email_to"], ['"Professional" <professional@example.com>']
        )
        self.assertIn("bsc_coach@example.com", mail["email_from"])
        self.assertIn("bsc_coach@example.com", mail["reply_to"])

    @users("bsc_coach")
    def test_mail_holds_reference_and_link_and_nothing_about_the_person(self):
        mail = self._send(kind="stop")
        text = f"{mail['subject']} {mail['body']} {mail['headers']}".lower()
        self.assertIn(self.referral.reference.lower(), mail["subject"].lower())
        self.assertIn("/bsc/feedback/", text)
        self.assertIn("30 days", mail["body"].replace("\n", " "))
        text = re.sub(r"(?<=/bsc/feedback/)\S+", "", text)  # may hold any two letters
        for secret in ("fatima", "every week", "swim", "stop", "trial", "d0"):
            self.assertNotIn(secret, text)

    @users("bsc_coach")
    def test_mail_speaks_the_language_of_the_referrer(self):
        self.env["res.lang"].sudo()._activate_lang("nl_NL")
        template = self.env.ref("bsc_wijkteam.mail_template_feedback").sudo()
        template.with_context(lang="nl_NL").subject = "Nieuws over R"
        self.professional.lang = "nl_NL"
        self.assertEqual(self._send()["subject"], "Nieuws over R")

    @users("bsc_coach")
    def test_mail_leaves_when_a_professional_has_the_name_of_the_participant(self):
        self.professional.name = "Fatima Professional"
        self.coach.name = "Fatima Coach"
        self.assertIn("Dear Fatima", self._send()["body"])

    @users("bsc_coach")
    def test_mail_is_sent_once(self):
        feedback = self._feedback()
        feedback.action_give()
        feedback.action_give()
        self.assertEqual(feedback.date_sent, datetime(2026, 4, 1, 10))
        mails = (
            self.env["mail.mail"]
            .sudo()
            .search([("model", "=", "bsc.feedback"), ("res_id", "=", feedback.id)])
        )
        self.assertEqual(len(mails), 1)
        self.assertTrue(mails.auto_delete)

    @users("bsc_coach")
    def test_other_ways_send_no_mail(self):
        feedback = self._feedback(way="phone")
        with self.mock_mail_gateway():
            feedback.action_give()
        self.assertFalse(self._new_mails)
        self.assertFalse(feedback.date_sent)

    @users("bsc_coach")
    def test_recipient_without_address_stores_nothing(self):
        self.professional.email = False
        due = self.referral.date_feedback_due
        with self.assertRaises(ValidationError) as refused:
            self._feedback()
        self.assertIn("has no e-mail address", str(refused.exception))
        self.assertFalse(self.referral.feedback_ids)
        self.assertEqual(self.referral.date_feedback_due, due)
        self.assertTrue(self._feedback(way="phone"))

    @users("bsc_coach")
    def test_recipient_outside_the_team_is_refused(self):
        stranger = self.provider_person.with_user(self.coach)
        with self.assertRaisesRegex(ValidationError, "the team that referred"):
            self._feedback(recipient_id=stranger.id)

    @users("bsc_coach")
    def test_log_of_the_referral_says_that_feedback_was_given(self):
        self._feedback(way="phone").action_give()
        self.assertIn("By phone", self.referral.message_ids[0].body)

    # who sees it

    @users("bsc_other_coach")
    def test_feedback_on_a_colleagues_referral_is_hidden(self):
        with self.assertRaises(AccessError):
            self._feedback()
        feedback = self._feedback(env=self.env(user=self.coach))
        with self.assertRaises(AccessError):
            feedback.with_user(self.other_coach).read(["body"])
