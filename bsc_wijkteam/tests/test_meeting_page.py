from datetime import timedelta
from unittest.mock import patch
from urllib.parse import urlsplit

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, freeze_time, tagged

from ..models.calendar_attendee import LINK_SCOPE, CalendarAttendee
from .common import BscCommon, LinkPage

OPENED = {"Sec-Fetch-Mode": "navigate"}


@tagged("post_install", "-at_install")
class TestMeetingPage(LinkPage, BscCommon, HttpCase):
    scope = LINK_SCOPE

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.professional.lang = "en_US"
        cls.coach.write({"name": "Sam Coach", "tz": "Europe/Amsterdam"})
        cls.coach.partner_id.phone = "06 9999 8888"
        cls.other_guest = cls.env["res.partner"].create(
            {"name": "Other Guest", "email": "guest@example.com", "lang": "en_US"}
        )
        start = fields.Datetime.now().replace(microsecond=0) + timedelta(days=60)
        cls.event = (
            cls.env["calendar.event"]
            .with_user(cls.coach)
            .create(
                {
                    "name": "Coffee walk",
                    "start": start,
                    "stop": start + timedelta(hours=1),
                    "location": "Dorpsstraat 1",
                    "notes": "<p>Only for us</p>",
                    "bsc_relation_id": cls.relation.id,
                    "bsc_kind": "come_and_watch",
                    "partner_ids": [
                        Command.set(
                            (
                                cls.coach.partner_id
                                | cls.professional
                                | cls.other_guest
                            ).ids
                        )
                    ],
                }
            )
        )
        cls.event.action_bsc_invite()
        cls.guest = cls.event.attendee_ids.filtered(
            lambda attendee: attendee.partner_id == cls.professional
        )

    def _get_link(self):
        return self.guest._bsc_get_link()

    def _get_answers(self):
        return self._open(), self._send("accepted")

    def _path(self, guest=None):
        return urlsplit((guest or self.guest)._bsc_get_link()).path

    def _open(self, path=None, **kwargs):
        self.env.flush_all()
        return self.url_open(path or self._path(), headers=OPENED, **kwargs)

    def _send(self, answer, path=None, message="", **kwargs):
        data = {"answer": answer, "message": message}
        response = self._open(path, data=data, **kwargs)
        self.env.invalidate_all()
        return response

    def _assert_does_not_work(self, path):
        for response in (self._open(path), self._send("accepted", path)):
            self.assertEqual(response.status_code, 404)
            self.assertIn("This link does not work", response.text)
            self.assertNotIn("Coffee walk", response.text)
            self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")

    def _assert_over(self, path, sentence):
        for response in (self._open(path), self._send("accepted", path)):
            self.assertEqual(response.status_code, 410)
            self.assertIn(sentence, response.text)
            self.assertNotIn("<form", response.text)
        self._assert_no_answer()

    def _assert_no_answer(self):
        self.env.invalidate_all()
        self.assertEqual(self.guest.state, "needsAction")
        self.assertFalse(self.guest.bsc_message)

    def _move(self, **delta):
        self.event.with_context(no_mail_to_attendees=True).write(
            {
                "start": self.event.start + timedelta(**delta),
                "stop": self.event.stop + timedelta(**delta),
            }
        )

    # what it shows

    def test_page_opens_without_login_and_tells_what_and_when(self):
        response = self._open()
        self.assertEqual(response.status_code, 200)
        for text in ("Coffee walk", "Dorpsstraat 1", "Professional", "Sam Coach"):
            self.assertIn(text, response.text)
        self.assertIn(self.event._bsc_get_when(), response.text)

    def test_page_shows_nothing_else_of_the_meeting(self):
        text = self._open().text
        for secret in ("Only for us", "06 9999 8888", "Other Guest", "Team East"):
            self.assertNotIn(secret, text)

    def test_page_tells_what_is_public_of_a_checked_activity(self):
        self._check()
        self.offering.description = "Half an hour"
        self.event.bsc_offering_id = self.offering
        text = self._open().text
        self.assertIn("Group (Club)", text)
        self.assertIn("Half an hour", text)

    def test_page_tells_nothing_of_an_unchecked_activity(self):
        self.offering.description = "Half an hour"
        self.event.bsc_offering_id = self.offering
        text = self._open().text
        self.assertNotIn("Group", text)
        self.assertNotIn("Half an hour", text)

    def test_page_speaks_the_language_of_the_guest(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.professional.lang = "nl_NL"
        self.assertIn('lang="nl-NL"', self._open().text)

    def test_page_speaks_the_language_of_the_organisation_else(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.professional.lang = False
        self.company.partner_id.lang = "nl_NL"
        self.assertIn('lang="nl-NL"', self._open().text)

    def test_calendar_file_holds_this_meeting_and_no_other_guest(self):
        response = self._open(f"{self._path()}/calendar")
        self.assertEqual(response.status_code, 200)
        self.assertIn("text/calendar", response.headers["Content-Type"])
        self.assertIn("SUMMARY:Coffee walk", response.text)
        self.assertNotIn("guest@example.com", response.text)
        self.assertNotIn("06 9999 8888", response.text)
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")

    # reading changes nothing

    def test_reading_changes_nothing(self):
        self._open()
        self._open(f"{self._path()}?answer=accepted&message=Good")
        self._open(method="HEAD")
        self._assert_no_answer()

    # answering

    def test_each_answer_is_stored_as_odoo_does(self):
        for answer, sentence in (
            ("accepted", "You said: yes"),
            ("tentative", "You said: maybe"),
            ("declined", "You said: no"),
        ):
            with self.subTest(answer=answer):
                response = self._send(answer)
                self.assertEqual(response.status_code, 200)
                self.assertIn(sentence, response.text)
                self.assertEqual(self.guest.state, answer)

    def test_answer_sends_the_browser_back_to_the_page(self):
        response = self._send("accepted", allow_redirects=False)
        self.assertEqual(response.status_code, 303)
        self.assertEqual(
            urlsplit(response.headers["Location"]).path.rsplit("/", 1)[0],
            "/bsc/meeting",
        )

    def test_organiser_sees_the_answer_as_usual(self):
        self._send("declined")
        self.assertIn(
            "Professional has declined the invitation",
            self.event.message_ids[0].body,
        )

    def test_answer_may_be_changed(self):
        path = self._path()
        self._send("accepted", path)
        self._send("declined", path)
        self.assertEqual(self.guest.state, "declined")

    def test_same_answer_twice_is_told_once(self):
        path = self._path()
        self._send("accepted", path, "See you")
        count = self.env["mail.message"].search_count([])
        self._send("accepted", path, "See you")
        self.assertEqual(self.env["mail.message"].search_count([]), count)
        self.assertEqual(self.guest.state, "accepted")

    def test_answer_that_does_not_exist_is_refused(self):
        for answer in ("needsAction", "", "x"):
            response = self._send(answer)
            self.assertEqual(response.status_code, 422)
            self.assertIn("Choose yes, maybe or no.", response.text)
        self._assert_no_answer()

    def test_answer_of_one_leaves_the_other_guest_alone(self):
        self._send("accepted")
        other = self.event.attendee_ids.filtered(
            lambda attendee: attendee.partner_id == self.other_guest
        )
        self.assertEqual(other.state, "needsAction")

    # the message

    def test_message_reaches_the_coach_alone(self):
        self._send("accepted", message="Bringing a\r\ncolleague")
        self.assertEqual(self.guest.bsc_message, "Bringing a\ncolleague")
        message = self.env["mail.message"].search(
            [("model", "=", "calendar.event"), ("res_id", "=", self.event.id)],
            order="id desc",
            limit=1,
        )
        self.assertEqual(message.message_type, "user_notification")
        self.assertEqual(message.notified_partner_ids, self.coach.partner_id)
        self.assertIn("colleague", message.body)
        self.assertFalse(
            self.event.message_ids.filtered(lambda m: "colleague" in m.body)
        )

    def test_script_is_shown_as_text(self):
        response = self._send("accepted", message="<script>alert(1)</script>")
        self.assertIn("&lt;script&gt;", response.text)
        self.assertNotIn("<script", response.text)
        self.assertEqual(self.guest.bsc_message, "<script>alert(1)</script>")
        notes = self.env["mail.message"].search(
            [("model", "=", "calendar.event"), ("res_id", "=", self.event.id)]
        )
        self.assertNotIn("<script", "".join(notes.mapped("body")))

    def test_long_message_is_refused_with_what_was_typed(self):
        response = self._send("accepted", message="a" * 5000)
        self.assertEqual(response.status_code, 422)
        self.assertIn("Your message has 5000 characters", response.text)
        self.assertIn("a" * 5000, response.text)
        self.assertIn('role="alert"', response.text)
        self._assert_no_answer()

    def test_citizen_service_number_is_refused(self):
        response = self._send("accepted", message="About 111222333")
        self.assertEqual(response.status_code, 422)
        self.assertIn("BSN", response.text)
        self._assert_no_answer()

    def test_file_is_no_message(self):
        response = self._open(
            data={"answer": "accepted"}, files={"message": ("a.txt", b"Text")}
        )
        self.assertEqual(response.status_code, 200)
        self.env.invalidate_all()
        self.assertEqual(self.guest.state, "accepted")
        self.assertFalse(self.guest.bsc_message)

    def test_null_character_is_left_out(self):
        self._send("accepted", message="See\x00 you")
        self.assertEqual(self.guest.bsc_message, "See you")

    def test_failure_half_way_stores_nothing(self):
        with (
            patch.object(CalendarAttendee, "_bsc_get_over", side_effect=ValueError),
            self.assertLogs("odoo.http", "ERROR"),
        ):
            response = self._send("accepted", message="Text")
        self.assertEqual(response.status_code, 500)
        self._assert_no_answer()

    # meetings that change

    def test_moved_meeting_tells_old_and_new_time(self):
        path = self._path()
        before = self.event._bsc_get_when()
        self._move(days=7)
        text = self._open(path).text
        self.assertIn("The time has changed.", text)
        self.assertIn(before, text)
        self.assertIn(self.event._bsc_get_when(), text)
        self._send("accepted", path)
        self.assertEqual(self.guest.state, "accepted")

    def test_meeting_that_stays_tells_no_change(self):
        self.assertNotIn("The time has changed.", self._open().text)

    def test_meeting_that_has_begun_takes_no_answer(self):
        path = self._path()
        self._move(days=-61)
        self._assert_over(path, "You cannot answer any more.")

    def test_cancelled_meeting_takes_no_answer(self):
        path = self._path()
        self.event.active = False
        self._assert_over(path, "does not take place")

    # which links work

    def test_link_works_until_the_meeting(self):
        self.assertGreater(60, self.company.bsc_link_days)
        path = self._path()
        with freeze_time(fields.Datetime.now() + timedelta(days=59)):
            guest, _start = self.env["calendar.attendee"]._bsc_find_by_token(
                path.rsplit("/", 1)[1]
            )
        self.assertEqual(guest, self.guest)

    def test_expired_link(self):
        self._move(days=-10000)
        return super().test_expired_link()

    def test_link_of_a_deleted_meeting(self):
        path = self._path()
        self.event.unlink()
        self._assert_does_not_work(path)

    def test_link_of_somebody_taken_off_the_list(self):
        path = self._path()
        self.event.partner_ids -= self.professional
        self._assert_does_not_work(path)
        self.assertEqual(self._open(f"{path}/calendar").status_code, 404)

    def test_link_of_an_archived_person(self):
        path = self._path()
        self.professional.active = False
        self._assert_does_not_work(path)
