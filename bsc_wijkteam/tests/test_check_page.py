from datetime import date, timedelta
from urllib.parse import urlsplit

from odoo.exceptions import ValidationError
from odoo.tests import HttpCase, tagged

from ..models.bsc_check_link import LINK_SCOPE, MAX_QUESTION, MAX_QUESTIONS
from .common import BscCommon, LinkPage


@tagged("post_install", "-at_install")
class TestCheckPage(LinkPage, BscCommon, HttpCase):
    scope = LINK_SCOPE

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        (cls.provider_person | cls.professional).lang = "en_US"
        cls.coach.write({"name": "Sam Coach", "notification_type": "inbox"})
        cls.check = cls._check(stamped=False, date="2026-03-02", coach_id=cls.coach.id)
        cls.check.line_ids[0].proof = "Code of conduct seen"

    def setUp(self):
        super().setUp()
        self.link = self._ask()

    def _get_link(self):
        return self.check._get_stamp_link("provider")

    def _get_answers(self):
        agreed = self._open(action="/agree", allow_redirects=False)
        return self._open(), agreed

    def _ask(self, side="provider", **kwargs):
        """Ask somebody as the coach does, and return the link of the mail."""
        people = {"provider": self.provider_person, "team": self.professional}
        check = self.check.with_user(self.coach)
        check._ask_by_mail(side, people[side].with_user(self.coach), **kwargs)
        return self.check._get_stamp_link(side)

    def _open(self, link=None, action="", **kwargs):
        response = self.url_open(
            urlsplit(link or self.link).path + action,
            method="POST" if action else "GET",
            **kwargs,
        )
        self.env.invalidate_all()
        return response

    def _agree(self, link=None):
        return self._open(link, "/agree")

    def _question(self, text, link=None):
        return self._open(link, "/question", data={"question": text})

    def _messages(self):
        return self.check.message_ids.filtered(
            lambda message: message.author_id == self.provider_person
            and message.subject
        )

    def _assert_over(self, sentence, link=None):
        """The page says why nothing is left to do, and the button does nothing."""
        for response in (self._open(link), self._agree(link)):
            self.assertEqual(response.status_code, 410)
            self.assertIn(sentence, response.text)
            self.assertNotIn("<button", response.text)

    def _assert_does_not_work(self, link):
        for response in (self._open(link), self._agree(link)):
            self.assertEqual(response.status_code, 404)
            self.assertIn("This link does not work", response.text)
            self.assertNotIn("Club", response.text)
        self.assertFalse(self.check.provider_stamp_date)

    # what it shows

    def test_page_shows_what_is_agreed_on_and_who_asks(self):
        text = self._open().text
        for part in (
            "Club",
            "everything this provider offers",
            "Trainer",
            "Sam Coach",
            self.company.name,
            "12 months",
            *self.check.line_ids.mapped("question"),
            "I agree",
        ):
            self.assertIn(part, text.replace("&#39;", "'"))
        self.assertEqual(text.count("<strong>Yes</strong>"), 7)

    def test_proof_is_shown_only_when_the_coach_says_so(self):
        self.assertNotIn("Code of conduct seen", self._open().text)
        link = self._ask(is_proof_shown=True)
        self.assertIn("Code of conduct seen", self._open(link).text)

    def test_page_names_nobody_of_the_other_side(self):
        self._agree()
        text = self._open(self._ask("team")).text
        self.assertIn("The other side", text)
        self.assertNotIn("Trainer", text)

    def test_page_speaks_the_language_of_the_person(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.provider_person.lang = "nl_NL"
        self.assertIn('lang="nl-NL"', self._open().text)

    def test_every_input_has_its_label(self):
        text = self._open().text
        self.assertIn('<label for="question">', text)
        self.assertIn('aria-describedby="hint"', text)

    # agreeing

    def test_reading_changes_nothing(self):
        message = self.check.message_ids[:1]
        for method in ("GET", "HEAD"):
            self.url_open(urlsplit(self.link).path, method=method)
            self.url_open(urlsplit(self.link).path + "/agree", method=method)
        self.env.invalidate_all()
        self.assertFalse(self.check.provider_stamp_date)
        self.assertEqual(self.check.message_ids[:1], message)

    def test_button_gives_the_stamp(self):
        response = self._agree()
        self.assertEqual(response.status_code, 200)
        self.assertIn("You agreed on", response.text)
        self.assertRecordValues(
            self.check,
            [
                {
                    "provider_stamp_partner_id": self.provider_person.id,
                    "provider_stamp_how": "link",
                    "provider_stamp_user_id": False,
                    "team_stamp_date": False,
                    "state": "agree",
                }
            ],
        )
        self.assertAlmostEqual(
            self.check.provider_stamp_date, date.today(), delta=timedelta(days=1)
        )

    def test_two_links_make_the_check_valid(self):
        self._agree()
        response = self._agree(self._ask("team"))
        self.assertIn("people can be referred until", response.text)
        self.assertEqual(self.check.state, "valid")
        self.assertTrue(self.offering.is_referable)

    def test_double_click_gives_one_stamp_and_one_message(self):
        self._agree()
        self._agree()
        self.assertEqual(len(self._messages()), 1)

    def test_back_button_shows_what_was_agreed(self):
        self._agree()
        text = self._open().text
        self.assertIn("You agreed on", text)
        self.assertNotIn("I agree</button>", text)

    def test_coach_is_told_of_the_stamp(self):
        self._agree()
        message = self._messages()
        self.assertIn("Trainer agrees with the check", message.body)
        self.assertIn("Ask the team to agree", message.body)
        self.assertEqual(message.notified_partner_ids, self.coach.partner_id)
        self.assertNotIn(self.provider_person, self.check.message_partner_ids)

    def test_refused_stamp_is_a_sentence_on_the_page(self):
        sentence = "The date of a stamp is wrong."

        def refuse(check, vals):
            raise ValidationError(sentence)

        self.patch(self.registry["bsc.check"], "write", refuse)
        response = self._agree()
        self.assertEqual(response.status_code, 422)
        self.assertIn('role="alert"', response.text)
        self.assertIn("The date of a stamp is wrong.", response.text)

    # one person, one side, these verdicts

    def test_link_of_verdicts_that_changed(self):
        line = self.check.line_ids[0].with_user(self.coach)
        line.action_not_yet()
        self._assert_over("The answers have changed")
        line.action_yes()
        self.assertEqual(self.check.state, "agree")
        self._assert_over("The answers have changed")
        self.assertFalse(self.check.provider_stamp_date)

    def test_link_made_before_the_stamps_were_removed(self):
        self._agree()
        self.check.with_user(self.coach).action_change_verdict()
        self._assert_over("The answers have changed")
        self.assertFalse(self.check.provider_stamp_date)
        self._agree(self._ask())
        self.assertTrue(self.check.provider_stamp_date)

    def test_link_of_a_check_that_moved_to_another_offering(self):
        self.check.with_user(self.coach).offering_id = self.offering
        self._assert_over("The answers have changed")

    def test_link_of_a_check_that_got_another_question(self):
        criterion = self.env["bsc.criterion"].create({"letter": "a", "name": "And?"})
        self.check.line_ids.create(
            {"check_id": self.check.id, "criterion_id": criterion.id, "verdict": "yes"}
        )
        self.assertEqual(self.check.state, "agree")
        self._assert_over("The answers have changed")

    def test_asking_again_keeps_the_first_mail_working(self):
        self._ask()
        self._agree()
        self.assertTrue(self.check.provider_stamp_date)

    def test_link_after_a_colleague_agreed(self):
        self._stamp("provider", self._person("Chair"))
        self._assert_over("A colleague of yours agreed on 03/02/2026")
        self.assertEqual(self.check.provider_stamp_partner_id.name, "Chair")

    def test_link_of_somebody_who_left(self):
        self.provider_person.parent_id = False
        self._assert_over("We do not know you any more")
        self.assertFalse(self.check.provider_stamp_date)

    def test_link_of_an_archived_person(self):
        self.provider_person.active = False
        self._assert_over("We do not know you any more")

    def test_link_of_a_team_whose_collaboration_ended(self):
        link = self._ask("team")
        self.relation.active = False
        self._assert_over("We do not know you any more", link)

    def test_person_of_both_sides_agrees_for_one(self):
        self.env["bsc.relation"].create({"partner_id": self.provider.partner_id.id})
        self._stamp("team", self.provider_person)
        self._assert_over("We do not know you any more")

    def test_link_of_a_check_that_was_replaced(self):
        self._stamp("provider", self.provider_person)
        self._stamp("team", self.professional)
        self._check("no", stamped=False, date="2026-03-03")
        self.assertEqual(self.check.state, "replaced")
        self._assert_over("This check is over")

    def test_link_of_a_check_that_lapsed(self):
        self._stamp("provider", self.provider_person)
        self._stamp("team", self.professional)
        self.check.valid_until = date.today() - timedelta(days=2)
        self._assert_over("This check is over")

    def test_link_of_an_archived_provider(self):
        self.provider.active = False
        self._assert_over("This check is over")
        self.assertFalse(self.check.provider_stamp_date)

    def test_link_of_a_deleted_check(self):
        self.check.unlink()
        response = self._open()
        self.assertEqual(response.status_code, 404)

    def test_link_of_a_deleted_person(self):
        self.provider_person.unlink()
        self._assert_does_not_work(self.link)

    # questions

    def test_question_reaches_the_coach(self):
        response = self._question("Why?\nWe have no trainer.")
        self.assertIn("Your message was sent", response.text)
        message = self._messages()
        self.assertIn("Why?<br", message.body)
        self.assertEqual(message.notified_partner_ids, self.coach.partner_id)
        activity = self.check.activity_ids
        self.assertEqual(activity.user_id, self.coach)
        self.assertIn("Trainer does not agree yet", activity.summary)
        self.assertFalse(self.check.provider_stamp_date)

    def test_question_after_agreeing_reaches_the_coach_too(self):
        self._agree()
        self._question("When do people come?")
        self.assertIn("When do people come?", self._messages()[0].body)

    def test_same_question_twice_is_one_question(self):
        self._question("Why?")
        self._question("Why?")
        self.assertEqual(len(self._messages()), 1)
        self._question("And when?")
        self.assertEqual(len(self._messages()), 2)
        self.assertEqual(len(self.check.activity_ids), 1)

    def test_flood_of_questions_stops(self):
        for number in range(MAX_QUESTIONS):
            self._question(f"Question {number}")
        response = self._question("One more")
        self.assertEqual(response.status_code, 422)
        self.assertIn("Please call your coach", response.text)
        self.assertEqual(len(self._messages()), MAX_QUESTIONS)

    def test_script_in_a_question_stays_text(self):
        self._question("<script>alert(1)</script><b>x</b>")
        body = self._messages().body
        self.assertIn("&lt;script&gt;", body)
        self.assertNotIn("<b>", body)

    def test_question_that_is_too_long_stays_on_the_page(self):
        text = "<script>" + "x" * 5000
        response = self._question(text)
        self.assertEqual(response.status_code, 422)
        self.assertIn(f"{len(text)} characters, and {MAX_QUESTION} fit", response.text)
        self.assertIn("&lt;script&gt;" + "x" * 5000, response.text)
        self.assertIn('aria-describedby="hint error"', response.text)
        self.assertFalse(self._messages())

    def test_bsn_in_a_question_stays_on_the_page(self):
        response = self._question("It is about 111222333")
        self.assertEqual(response.status_code, 422)
        self.assertIn("citizen service number", response.text)
        self.assertIn("It is about 111222333", response.text)
        self.assertFalse(self._messages() or self.check.activity_ids)

    def test_empty_and_odd_questions(self):
        path = urlsplit(self.link).path + "/question"
        for kwargs in (
            {"data": {"question": " \n"}},
            {"data": {}, "method": "POST"},
            {"files": {"question": ("a.txt", b"x")}},
            {"data": {"question": "\x00"}},
        ):
            with self.subTest(kwargs=kwargs):
                response = self.url_open(path, **kwargs)
                self.assertEqual(response.status_code, 422)
                self.assertIn("Write your question first", response.text)
        self.assertFalse(self._messages())

    def test_question_with_a_zero_byte_is_sent_without_it(self):
        self._question("Why\x00?")
        self.assertIn("Why?", self._messages().body)

    # the mail

    def _mails(self):
        return self.env["mail.mail"].search([("body_html", "like", "/bsc/check/")])

    def test_mail_goes_to_the_person_in_his_language_with_the_link(self):
        mails = self._mails()
        self.check.offering_id = self.offering
        self.env["mail.mail"].search([]).unlink()
        self._ask("team")
        mail = self._mails() - mails
        self.assertEqual(mail.recipient_ids, self.professional)
        self.assertIn("Do you agree? The check of Group", mail.subject)
        self.assertIn("bsc_coach@example.com", mail.email_from)

    def test_link_is_not_in_the_chatter(self):
        bodies = self.check.message_ids.mapped("body")
        self.assertIn("Trainer was asked by e-mail to agree", " ".join(bodies))
        self.assertNotIn("/bsc/check/", " ".join(bodies))
        self.assertFalse(self._mails().filtered("model"))

    def _person(self, name):
        return self.env["res.partner"].create(
            {"name": name, "parent_id": self.provider.partner_id.id}
        )

    def _stamp(self, side, partner):
        self.check.write(
            {
                f"{side}_stamp_partner_id": partner.id,
                f"{side}_stamp_date": "2026-03-02",
            }
        )
