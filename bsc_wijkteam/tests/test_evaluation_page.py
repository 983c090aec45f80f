from urllib.parse import urlsplit

from odoo.tests import HttpCase, tagged

from ..models.bsc_evaluation_link import LINK_SCOPE
from .common import BscCommon, LinkPage

OPENED = {"Sec-Fetch-Mode": "navigate"}


@tagged("post_install", "-at_install")
class TestEvaluationPage(LinkPage, BscCommon, HttpCase):
    scope = LINK_SCOPE

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.professional.lang = "en_US"
        cls.coach.name = "Sam Coach"
        cls.coach.partner_id.phone = "06 9999 8888"
        cls.evaluation = cls.env["bsc.evaluation"].create(
            {"relation_id": cls.relation.id, "our_remark": "Our own view"}
        )
        cls.evaluation.action_ask()
        cls.line = cls.evaluation.line_ids[0]
        cls.name = f"score_{cls.line.id}"

    def _get_link(self):
        return self.evaluation._get_link()

    def _get_answers(self):
        return self._open(), self._send(remark="Good")

    def _path(self):
        return urlsplit(self.evaluation._get_link()).path

    def _open(self, path=None, **kwargs):
        return self.url_open(path or self._path(), headers=OPENED, **kwargs)

    def _send(self, path=None, **data):
        # A form is posted with at least one field.
        response = self._open(path, data={"remark": "", **data})
        self.env.invalidate_all()
        return response

    def _assert_does_not_work(self, path=None):
        for response in (self._open(path), self._send(path, remark="Anything")):
            self.assertEqual(response.status_code, 404)
            self.assertIn("This link does not work", response.text)
            self.assertNotIn("Team East", response.text)
            self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")

    def _assert_not_stored(self):
        self.env.invalidate_all()
        self.assertFalse(self.evaluation.date_answered)
        self.assertFalse(self.evaluation.their_remark)
        self.assertFalse(any(self.evaluation.line_ids.mapped("their_score")))

    # what it shows

    def test_page_opens_without_login_and_asks_each_item(self):
        response = self._open()
        self.assertEqual(response.status_code, 200)
        self.assertIn("Team East", response.text)
        self.assertIn("Sam Coach", response.text)
        count = len(self.evaluation.line_ids)
        self.assertEqual(response.text.count("<fieldset"), count)
        self.assertEqual(response.text.count("<legend"), count)
        self.assertEqual(response.text.count('type="radio"'), 5 * count)

    def test_page_shows_nothing_of_our_side(self):
        self.line.our_score = "1"
        text = self._open().text
        self.assertNotIn("Our own view", text)
        self.assertNotIn("06 9999 8888", text)
        self.assertNotIn("checked", text)

    def test_page_speaks_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.professional.lang = "nl_NL"
        self.assertIn('lang="nl-NL"', self._open().text)

    def test_page_speaks_the_language_of_the_organisation_else(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.professional.lang = False
        self.company.partner_id.lang = "nl_NL"
        self.assertIn('lang="nl-NL"', self._open().text)

    # reading changes nothing

    def test_reading_changes_nothing(self):
        self._open()
        self._open(f"{self._path()}?{self.name}=5&remark=Good")
        self._open(method="HEAD")
        self._assert_not_stored()
        self.assertEqual(self.evaluation.state, "asked")

    # sending

    def test_answer_is_stored_and_told_to_the_coach(self):
        response = self._send(**{self.name: "4"}, remark="Good\r\nto work with")
        self.assertEqual(response.status_code, 200)
        self.assertIn("your scores have arrived", response.text)
        self.assertEqual(self.line.their_score, "4")
        self.assertEqual(self.evaluation.their_remark, "Good\nto work with")
        self.assertTrue(self.evaluation.date_answered)
        message = self.evaluation.message_ids[0]
        self.assertIn("Professional gave the scores", message.body)
        self.assertIn(self.coach.partner_id, message.partner_ids)

    def test_link_used_twice_shows_the_answer_and_takes_no_second_one(self):
        path = self._path()
        self._send(path, **{self.name: "4"}, remark="First")
        first = self.evaluation.date_answered
        response = self._send(path, **{self.name: "1"}, remark="Second")
        self.assertEqual(response.status_code, 200)
        self.assertIn("First", response.text)
        self.assertNotIn("Second", response.text)
        self.assertNotIn("<form", response.text)
        self.assertNotIn("<form", self._open(path).text)
        self.assertEqual(self.line.their_score, "4")
        self.assertEqual(self.evaluation.their_remark, "First")
        self.assertEqual(self.evaluation.date_answered, first)

    def test_items_may_be_skipped(self):
        self._send(remark="Only words")
        self.assertEqual(self.evaluation.their_remark, "Only words")
        self.assertFalse(any(self.evaluation.line_ids.mapped("their_score")))

    def test_answer_replaces_what_the_coach_had_noted(self):
        self.evaluation.their_way = "talk"
        self.evaluation.line_ids.their_score = "3"
        self.evaluation.their_way = "link"
        self._send(**{self.name: "4"})
        self.assertEqual(self.evaluation.line_ids.mapped("their_score").count("3"), 0)
        self.assertEqual(self.line.their_score, "4")

    def test_empty_answer_is_refused(self):
        response = self._send(remark="   ")
        self.assertEqual(response.status_code, 422)
        self.assertIn('role="alert"', response.text)
        self.assertIn("Give a score, or write a remark", response.text)
        self._assert_not_stored()

    def test_script_is_shown_as_text(self):
        response = self._send(remark="<script>alert(1)</script>")
        self.assertIn("&lt;script&gt;", response.text)
        self.assertNotIn("<script", response.text)

    def test_long_remark_is_refused_with_what_was_typed(self):
        response = self._send(**{self.name: "4"}, remark="a" * 5000)
        self.assertEqual(response.status_code, 422)
        self.assertIn("Your remark has 5000 characters", response.text)
        self.assertIn("a" * 5000, response.text)
        self.assertEqual(response.text.count('checked="checked"'), 1)
        self._assert_not_stored()

    def test_citizen_service_number_is_refused(self):
        response = self._send(**{self.name: "4"}, remark="About 111222333")
        self.assertEqual(response.status_code, 422)
        self.assertIn("BSN", response.text)
        self._assert_not_stored()

    def test_score_that_does_not_exist_is_refused(self):
        for score in ("6", "0", "x"):
            response = self._send(**{self.name: score})
            self.assertEqual(response.status_code, 422)
        self._assert_not_stored()

    def test_line_of_another_evaluation_is_left_alone(self):
        team = self.env["res.partner"].create({"name": "Other", "is_company": True})
        relation = self.env["bsc.relation"].create({"partner_id": team.id})
        other = self.env["bsc.evaluation"].create({"relation_id": relation.id})
        self._send(**{f"score_{other.line_ids[0].id}": "1"}, remark="Good")
        self.assertFalse(other.line_ids[0].their_score)

    def test_file_is_no_remark(self):
        response = self._open(files={"remark": ("a.txt", b"Text")})
        self.assertEqual(response.status_code, 422)
        self._assert_not_stored()

    def test_null_character_is_left_out(self):
        self._send(remark="Go\x00od", **{self.name: "4"})
        self.assertEqual(self.evaluation.their_remark, "Good")

    # which links work

    def test_link_of_a_closed_evaluation(self):
        path = self._path()
        self.line.our_score = "4"
        self.evaluation.action_done()
        self._assert_does_not_work(path)

    def test_link_of_a_cancelled_evaluation(self):
        path = self._path()
        self.evaluation.action_cancel()
        self._assert_does_not_work(path)

    def test_link_of_a_deleted_evaluation(self):
        path = self._path()
        self.evaluation.unlink()
        self._assert_does_not_work(path)

    def test_link_of_an_archived_collaboration(self):
        path = self._path()
        self.relation.active = False
        self._assert_does_not_work(path)

    def test_link_of_a_former_contact_person(self):
        path = self._path()
        self.evaluation.contact_id = self.env["res.partner"].create(
            {"name": "Successor", "parent_id": self.team.id}
        )
        self._assert_does_not_work(path)

    def test_link_of_somebody_who_left_the_team(self):
        path = self._path()
        self.professional.parent_id = False
        self._assert_does_not_work(path)

    def test_link_of_an_archived_person(self):
        path = self._path()
        self.professional.active = False
        self._assert_does_not_work(path)

    def test_link_when_the_coach_notes_the_scores(self):
        path = self._path()
        self.evaluation.their_way = "talk"
        self._assert_does_not_work(path)
