from contextlib import contextmanager
from datetime import date, datetime

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged, users

from odoo.addons.mail.tests.common import MailCase

from .common import BscCommon

BSN = "111222333"


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")
class TestBscRelationNote(BscCommon, MailCase):
    """After a meeting one dialog holds who, what was heard, promises, what is next."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.env["res.partner"].create(
            {"name": "Kim Jansen", "parent_id": cls.team.id, "email": "kim@example.com"}
        )
        cls.relation.write({"feasibility_state": "feasible", "way_in": "warm"})

    @classmethod
    def _meeting(cls, start="2026-03-02 08:00:00", stop=None, **values):
        events = cls.env["calendar.event"].with_context(no_mail_to_attendees=True)
        partners = cls.coach.partner_id | cls.professional
        return events.create(
            {
                "name": "Team meeting",
                "bsc_relation_id": cls.relation.id,
                "bsc_kind": "team_meeting",
                "start": start,
                "stop": stop or start.replace(":00:00", ":45:00"),
                "partner_ids": [Command.set(partners.ids)],
                **values,
            }
        )

    def _note(self, relation=None, **values):
        """The dialog as the coach opens it on the form of the team, filled in."""
        relation = relation or self.relation
        notes = self.env["bsc.relation.note"]
        return notes.with_context(default_relation_id=relation.id).create(values)

    @contextmanager
    def _refused(self, sentence):
        with (
            self.assertRaisesRegex(ValidationError, sentence),
            self.env.cr.savepoint(),
        ):
            yield

    def _promise(self, **values):
        return Command.create({"summary": "Bring the list", **values})

    def _people(self, meeting):
        return meeting.attendee_ids.filtered("bsc_is_present").partner_id

    def _sam(self):
        return self.team.child_ids.filtered(lambda who: who.name == "Sam de Boer")

    # which meeting

    @users("bsc_coach")
    def test_latest_meeting_that_has_begun_and_is_not_noted_is_proposed(self):
        self._meeting("2026-02-02 08:00:00")
        latest = self._meeting("2026-02-27 08:00:00")
        self._meeting("2026-03-01 08:00:00", bsc_is_noted=True)
        self._meeting("2026-03-02 11:00:00")
        self._meeting("2026-03-01 09:00:00", bsc_relation_id=False)
        self.assertEqual(self._note().meeting_id, latest)

    @users("bsc_coach")
    def test_private_meeting_of_a_colleague_is_not_proposed(self):
        other = self.other_coach
        self._meeting(
            user_id=other.id,
            privacy="private",
            partner_ids=[Command.set(other.partner_id.ids)],
        )
        self.assertFalse(self._note().meeting_id)

    @users("bsc_coach")
    def test_opened_from_a_meeting_it_knows_the_team(self):
        meeting = self._meeting("2026-02-02 08:00:00")
        self._meeting("2026-02-27 08:00:00")
        notes = self.env["bsc.relation.note"]
        form = Form(notes.with_context(default_meeting_id=meeting.id))
        self.assertEqual(form.meeting_id, meeting)
        self.assertEqual(form.relation_id, self.relation)

    @users("bsc_coach")
    def test_meeting_to_choose_tells_its_day(self):
        meeting = self._meeting("2026-02-02 08:00:00").with_context(tz="UTC")
        name = meeting.with_context(bsc_show_start=True).display_name
        self.assertEqual(name, "Mon 2 Feb 2026, 08:00 · Team meeting")
        self.assertEqual(meeting.display_name, "Team meeting")

    @users("bsc_coach")
    def test_meeting_that_is_not_in_the_calendar_is_put_there(self):
        self._note(
            start="2026-03-02 09:30:00",
            kind="consultation",
            partner_ids=self.person.ids,
        ).action_save()
        meeting = self.relation.meeting_ids
        self.assertRecordValues(
            meeting,
            [
                {
                    "start": datetime(2026, 3, 2, 9, 30),
                    "stop": datetime(2026, 3, 2, 10),
                    "bsc_kind": "consultation",
                    "bsc_is_noted": True,
                    "user_id": self.coach.id,
                }
            ],
        )
        self.assertEqual(self._people(meeting), self.person)
        self.assertEqual(self.relation.date_last_contact, date(2026, 3, 2))

    @users("bsc_coach")
    def test_meeting_needs_a_moment(self):
        with self._refused("say when you met"):
            self._note(start=False).action_save()

    @users("bsc_coach")
    def test_first_meeting_is_getting_acquainted(self):
        self.assertEqual(self._note().kind, "acquaintance")
        self._meeting(bsc_is_noted=True)
        self.assertEqual(self._note().kind, "team_meeting")

    @users("bsc_coach")
    def test_meeting_to_come_is_refused(self):
        meeting = self._meeting("2026-03-02 11:00:00")
        with self._refused("has not begun yet"):
            self._note(meeting_id=meeting.id).action_save()
        with self._refused("has not begun yet"):
            self._note(start="2026-03-03 10:00:00").action_save()
        self.assertFalse(meeting.bsc_is_noted)

    @users("bsc_coach")
    def test_meeting_of_another_team_is_refused(self):
        other = self.env["res.partner"].create({"name": "Team West"})
        relation = self.env["bsc.relation"].create({"partner_id": other.id})
        meeting = self._meeting(bsc_relation_id=relation.id)
        with self._refused("not a meeting with “Team East”"):
            self._note(meeting_id=meeting.id).action_save()

    @users("bsc_coach")
    def test_team_of_another_company_is_refused(self):
        company = self.company.create({"name": "Elsewhere"})
        partner = self.env["res.partner"].sudo().create({"name": "Team Far"})
        relation = self.env["bsc.relation"].sudo()
        relation = relation.create(
            {"partner_id": partner.id, "company_id": company.id, "coach_id": False}
        )
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self._note(relation).action_save()

    @users("bsc_viewer")
    def test_viewer_may_not_note(self):
        with self.assertRaises(AccessError):
            self._note()

    @users("bsc_other_coach")
    def test_colleague_may_note(self):
        meeting = self._meeting()
        self._note(remark="All is well").action_save()
        self.assertTrue(meeting.bsc_is_noted)
        self.assertEqual(self._people(meeting), self.other_coach.partner_id)

    # who was there

    @users("bsc_coach")
    def test_coach_and_who_said_yes_are_proposed(self):
        meeting = self._meeting()
        self.assertEqual(self._note().partner_ids, self.coach.partner_id)
        meeting.attendee_ids.state = "accepted"
        self.assertEqual(self._note().partner_ids, meeting.partner_ids)

    @users("bsc_coach")
    def test_invited_people_and_those_of_the_team_can_be_chosen(self):
        guest = self.env["res.partner"].create({"name": "Guest"})
        meeting = self._meeting()
        meeting.with_context(no_mail_to_attendees=True).partner_ids += guest
        self.assertEqual(
            self._note().candidate_ids,
            self.coach.partner_id | self.professional | self.person | guest,
        )

    @users("bsc_coach")
    def test_who_was_there_is_known_afterwards(self):
        meeting = self._meeting()
        self._note(partner_ids=self.professional.ids).action_save()
        self.assertEqual(self._people(meeting), self.professional)
        self.assertEqual(len(meeting.attendee_ids), 2)

    @users("bsc_coach")
    def test_who_was_not_invited_joins_without_a_mail(self):
        meeting = self._meeting("2026-03-02 09:30:00", "2026-03-02 11:00:00")
        with self.mock_mail_gateway():
            self._note(partner_ids=self.person.ids).action_save()
        self.assertFalse(self._new_mails)
        self.assertIn(self.person, meeting.partner_ids)
        self.assertEqual(self._people(meeting), self.person)

    @users("bsc_coach")
    def test_somebody_new_becomes_a_contact_of_the_team(self):
        meeting = self._meeting()
        self._note(new_names="Sam de Boer,kim , , Kim Jansen").action_save()
        self.assertEqual(
            set(self.team.child_ids.mapped("name")),
            {"Professional", "Kim Jansen", "Sam de Boer"},
        )
        sam = self._sam()
        self.assertTrue(sam)
        self.assertEqual(
            self._people(meeting), self.coach.partner_id | self.person | sam
        )

    @users("bsc_coach")
    def test_first_name_of_two_people_is_refused(self):
        self.env["res.partner"].create({"name": "Kim Bos", "parent_id": self.team.id})
        self._meeting()
        with self._refused("More than one person"):
            self._note(new_names="Kim").action_save()

    # what was heard

    @users("bsc_coach")
    def test_only_blanks_of_this_kind_of_partner_are_asked(self):
        self.relation.write({"kind": "municipality", "needs": "One number"})
        blanks = self._note().blanks
        self.assertEqual(blanks[0], "area_ids")
        self.assertNotIn("needs", blanks)
        self.assertNotIn("cases", blanks)
        self.assertNotIn("local_name", blanks)

    @users("bsc_coach")
    def test_every_blank_can_be_filled(self):
        asked = set(self.relation._get_profile_questions("team"))
        notes = self.env["bsc.relation.note"]
        self.assertLessEqual(asked - {"professional_ids"}, set(notes._fields))
        names = {"professional_ids": "expertise"}
        arch = notes.get_view()["arch"]
        for name in asked:
            with self.subTest(name):
                self.assertIn(f'name="{names.get(name, name)}"', arch)

    @users("bsc_coach")
    def test_answers_fill_the_profile(self):
        self._meeting()
        self.relation.contact_id = False
        area = self.env["bsc.area"].sudo().create({"name": "East (test)"})
        group = self.env["bsc.target.group"].search([], limit=1)
        self._note(
            local_name="gebiedsteam",
            cases="Loneliness",
            contact_id=self.person.id,
            area_ids=area.ids,
            target_group_ids=group.ids,
        ).action_save()
        self.assertRecordValues(
            self.relation,
            [
                {
                    "local_name": "gebiedsteam",
                    "cases": "Loneliness",
                    "contact_id": self.person.id,
                    "area_ids": area.ids,
                    "target_group_ids": group.ids,
                }
            ],
        )
        self.assertNotIn("cases", self._note().blanks)

    @users("bsc_coach")
    def test_answer_of_a_colleague_is_not_overwritten(self):
        self._meeting()
        note = self._note(cases="Debts")
        self.relation.cases = "Loneliness"
        note.action_save()
        self.assertEqual(self.relation.cases, "Loneliness")
        self.assertIn("Cases: Debts", self.relation.message_ids[0].preview)

    @users("bsc_coach")
    def test_contact_person_of_another_team_is_refused(self):
        self._meeting()
        self.relation.contact_id = False
        with self._refused("not a contact of"):
            self._note(contact_id=self.provider_person.id).action_save()

    @users("bsc_coach")
    def test_expertise_goes_to_the_professional(self):
        self._meeting()
        self._note(expertise="Kim: debts\n\nSam de Boer: young people").action_save()
        self.assertEqual(self.person.bsc_expertise, "debts")
        self.assertEqual(self._sam().bsc_expertise, "young people")

    @users("bsc_coach")
    def test_expertise_of_nobody_is_refused(self):
        self._meeting()
        for text in ("debts", "Kim:", ": debts"):
            with (
                self.subTest(text),
                self._refused("name: subject"),
            ):
                self._note(expertise=text).action_save()

    @users("bsc_coach")
    def test_what_else_was_said_is_a_note(self):
        self._meeting()
        self._note(remark="<b>New</b> manager").action_save()
        message = self.relation.message_ids[0]
        self.assertEqual(message.subtype_id, self.env.ref("mail.mt_note"))
        self.assertIn("From the meeting of 03/02/2026", message.body)
        self.assertIn("&lt;b&gt;New&lt;/b&gt; manager", message.body)

    @users("bsc_coach")
    def test_meeting_without_remark_leaves_no_note(self):
        self._meeting()
        count = len(self.relation.message_ids)
        self._note().action_save()
        self.assertEqual(len(self.relation.message_ids), count)

    @users("bsc_coach")
    def test_bsn_is_refused_everywhere(self):
        self._meeting()
        for values in (
            {"remark": f"Number {BSN}"},
            {"cases": f"Number {BSN}"},
            {"new_names": BSN},
            {"promise_ids": [self._promise(summary=f"Call {BSN}")]},
        ):
            with (
                self.subTest(values),
                self._refused("BSN"),
            ):
                self._note(**values)

    @users("bsc_coach")
    def test_name_of_a_participant_is_refused_everywhere(self):
        self._meeting()
        self._referral(client_id=self._client().id, coach_id=self.other_coach.id)
        for values in (
            {"remark": "fatima is happy"},
            {"cases": "People like Fatima"},
            {"new_names": "Fatima"},
            {"promise_ids": [self._promise(summary="Call Fatima")]},
        ):
            with (
                self.subTest(values),
                self._refused("gives away who"),
            ):
                self._note(**values)

    @users("bsc_coach")
    def test_professional_may_bear_the_name_of_a_participant(self):
        self._meeting()
        self._referral(client_id=self._client(name="Kim").id)
        note = self._note(remark="Kim will ask around")
        note.action_save()
        self.assertTrue(note.meeting_id.bsc_is_noted)

    # promises

    @users("bsc_coach")
    def test_promises_of_both_sides_are_made(self):
        self._meeting()
        self._note(
            promise_ids=[
                self._promise(date_deadline="2026-03-06", can_keep=True),
                self._promise(
                    summary="Ask the colleagues",
                    promised_by="them",
                    can_keep=True,
                    user_id=self.other_coach.id,
                ),
            ]
        ).action_save()
        self.assertRecordValues(
            self.relation.promise_ids.sorted("date_deadline"),
            [
                {
                    "summary": "Bring the list",
                    "bsc_promised_by": "us",
                    "bsc_can_keep": True,
                    "date_deadline": date(2026, 3, 6),
                    "user_id": self.coach.id,
                    "bsc_promise_state": "open",
                },
                {
                    "summary": "Ask the colleagues",
                    "bsc_promised_by": "them",
                    "bsc_can_keep": False,
                    "date_deadline": date(2026, 3, 9),
                    "user_id": self.other_coach.id,
                    "bsc_promise_state": "open",
                },
            ],
        )

    @users("bsc_coach")
    def test_promise_without_owner_or_date_is_refused_and_nothing_saved(self):
        meeting = self._meeting()
        for values, sentence in (
            ({"user_id": False}, "Nobody looks after"),
            ({"date_deadline": False}, "needs a day"),
        ):
            note = self._note(cases="Debts", promise_ids=[self._promise(**values)])
            with (
                self.subTest(sentence),
                self._refused(sentence),
            ):
                note.action_save()
        self.assertFalse(meeting.bsc_is_noted)
        self.assertFalse(self.relation.cases)
        self.assertFalse(self.relation.promise_ids)

    @users("bsc_coach")
    def test_kept_promises_are_ticked(self):
        self._meeting()
        ours, theirs, open_, elsewhere = [
            relation.activity_schedule(
                "bsc_wijkteam.mail_activity_type_promise",
                date_deadline="2026-03-09",
                bsc_promised_by=side,
                user_id=self.coach.id,
            )
            for relation, side in (
                (self.relation, "us"),
                (self.relation, "them"),
                (self.relation, "us"),
                (
                    self.env["bsc.relation"].create(
                        {"partner_id": self.provider_person.id}
                    ),
                    "us",
                ),
            )
        ]
        note = self._note(
            our_kept_ids=(ours | elsewhere).ids, their_kept_ids=theirs.ids
        )
        self.assertEqual(note.our_open_ids, ours | open_)
        self.assertEqual(note.their_open_ids, theirs)
        note.action_save()
        self.assertEqual((ours | theirs).mapped("bsc_promise_state"), ["kept"] * 2)
        self.assertEqual((open_ | elsewhere).mapped("bsc_promise_state"), ["open"] * 2)

    @users("bsc_coach")
    def test_more_promises_cost_no_more_than_odoo_asks(self):
        def count(number):
            self._meeting(f"2026-02-0{number} 08:00:00")
            note = self._note(promise_ids=[self._promise() for _i in range(number)])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            note.action_save()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(1)  # fills the caches
        few = count(2)
        self.assertLessEqual(count(8), few)

    # next meeting

    @users("bsc_coach")
    def test_next_meeting_is_planned_with_the_same_people(self):
        meeting = self._meeting()
        with self.mock_mail_gateway():
            self._note(
                next_start="2026-04-06 08:00:00", new_names="Sam de Boer"
            ).action_save()
        self.assertFalse(self._new_mails)
        coming = self.relation.meeting_ids - meeting
        self.assertRecordValues(
            coming,
            [
                {
                    "name": "Team East",
                    "start": datetime(2026, 4, 6, 8),
                    "stop": datetime(2026, 4, 6, 9),
                    "bsc_kind": "team_meeting",
                    "bsc_is_noted": False,
                }
            ],
        )
        self.assertEqual(coming.partner_ids, meeting.partner_ids)
        self.assertIn("Sam de Boer", coming.partner_ids.mapped("name"))

    @users("bsc_coach")
    def test_people_are_invited_by_mail_when_asked_for(self):
        self._meeting()
        with self.mock_mail_gateway():
            self._note(next_start="2026-04-06 08:00:00", is_invited=True).action_save()
        self.assertEqual(self._new_mails.recipient_ids, self.professional)

    @users("bsc_coach")
    def test_guests_who_come_to_watch_get_our_own_invitation(self):
        self._meeting()
        with self.mock_mail_gateway():
            self._note(
                next_start="2026-04-06 08:00:00",
                next_kind="come_and_watch",
                is_invited=True,
            ).action_save()
        coming = self.relation.meeting_ids.sorted("start")[-1]
        invited = coming.attendee_ids.filtered("bsc_start_invited")
        self.assertEqual(invited.partner_id, self.professional)

    @users("bsc_coach")
    def test_next_meeting_is_still_to_come(self):
        meeting = self._meeting()
        with self._refused("choose a later moment"):
            self._note(next_start="2026-03-02 10:00:00").action_save()
        self.assertEqual(self.relation.meeting_ids, meeting)
        self.assertFalse(meeting.bsc_is_noted)

    # afterwards

    @users("bsc_coach")
    def test_second_time_adds_and_does_not_double(self):
        meeting = self._meeting()
        values = {"next_start": "2026-04-06 08:00:00", "new_names": "Sam de Boer"}
        self._note(**values, promise_ids=[self._promise()]).action_save()
        again = self._note(meeting_id=meeting.id, **values)
        self.assertTrue(again.is_noted)
        self.assertEqual(again.partner_ids, self.coach.partner_id | self._sam())
        again.write({"promise_ids": [self._promise(summary="Call")]})
        again.action_save()
        self.assertEqual(len(self.relation.meeting_ids), 2)
        self.assertEqual(len(self.team.child_ids), 3)
        self.assertEqual(
            set(self.relation.promise_ids.mapped("summary")), {"Bring the list", "Call"}
        )

    @users("bsc_coach")
    def test_double_tap_saves_once(self):
        self._meeting()
        note = self._note(remark="All is well", promise_ids=[self._promise()])
        note.action_save()
        count = len(self.relation.message_ids)
        note.action_save()
        self.assertEqual(len(self.relation.promise_ids), 1)
        self.assertEqual(len(self.relation.message_ids), count)

    @users("bsc_coach")
    def test_last_contact_and_health_follow_at_once(self):
        self._meeting("2026-03-02 09:30:00", "2026-03-02 11:00:00")
        self.env.cr.execute(
            "UPDATE bsc_relation SET create_date = '2026-01-01' WHERE id = %s",
            [self.relation.id],
        )
        self.relation.invalidate_recordset()
        self.relation._update_health()
        self.assertEqual(self.relation.health, "attention")
        self._note().action_save()
        self.assertEqual(self.relation.date_last_contact, date(2026, 3, 2))
        self.assertEqual(self.relation.health, "good")

    @users("bsc_coach")
    def test_stage_stays_and_coach_hears_that_it_can_move(self):
        stage = self._stage("acquainted", "relation")
        self.relation.with_context(bsc_skip_plan=True).stage_id = stage
        self.assertTrue(self.relation.open_requirements)
        message = self._note().action_save()["params"]["message"]
        self.assertIn("03/02/2026 with Team East", message)
        self.assertIn(f"All that “{stage.name}” asks for is there now", message)
        self.assertEqual(self.relation.stage_id, stage)
        message = self._note().action_save()["params"]["message"]
        self.assertNotIn("you can move on", message)
