from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged, users

from .common import BscCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 12:00:00")
class TestBscHandover(BscCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.coach.name = "Sam"
        cls.receiver = cls.other_coach
        cls.receiver.name = "Noor"
        cls.professional.lang = "en_US"  # else that of the company
        cls.client = cls._client(name="Noor")
        cls.referral = cls._referral(client_id=cls.client.id)
        cls.meeting = cls._meet("2026-03-09 09:00:00")
        cls.promise = cls.relation.activity_schedule(
            "bsc_wijkteam.mail_activity_type_promise",
            date_deadline=date(2026, 3, 9),
            user_id=cls.coach.id,
        )
        cls.evaluation = cls.env["bsc.evaluation"].create(
            {"relation_id": cls.relation.id}
        )
        cls.check = cls._check(stamped=False, coach_id=cls.coach.id)
        cls._log()

    @classmethod
    def _meet(cls, start, **values):
        return (
            cls.env["calendar.event"]
            .with_context(skip_attendee_notification=True)
            .create(
                {
                    "name": "Talk",
                    "start": start,
                    "stop": start.replace(":00:00", ":30:00"),
                    "bsc_relation_id": cls.relation.id,
                    "user_id": cls.coach.id,
                    "partner_ids": [
                        Command.set((cls.coach.partner_id | cls.professional).ids)
                    ],
                    **values,
                }
            )
        )

    @classmethod
    def _log(cls):
        """Write what is tracked, as at the end of a request."""
        cls.env.flush_all()
        cls.env.cr.precommit.run()

    def _handover(self, **values):
        return self.env["bsc.handover"].create(
            {"user_id": self.coach.id, "receiver_id": self.receiver.id, **values}
        )

    def _hand_over(self, **values):
        handover = self._handover(**values)
        handover.action_hand_over()
        self._log()
        return handover

    def _mails(self):
        """What leaves for the contact person of the team, beside the invitations."""
        return (
            self.env["mail.mail"]
            .sudo()
            .search(
                [
                    ("model", "=", "bsc.relation"),
                    ("recipient_ids", "in", self.professional.ids),
                ]
            )
        )

    # what moves

    @users("bsc_coordinator")
    def test_everything_open_moves(self):
        self._hand_over()
        for record in (
            self.relation,
            self.referral,
            self.provider,
            self.check,
            self.evaluation,
        ):
            self.assertEqual(record.coach_id, self.receiver, record._name)
        self.assertEqual(self.promise.user_id, self.receiver)
        self.assertEqual(self.meeting.user_id, self.receiver)

    @users("bsc_coordinator")
    def test_what_is_over_stays_with_who_did_it(self):
        past = self._meet("2026-02-27 09:00:00")
        done = self.promise.copy()
        done.action_done()
        self.evaluation.state = "cancelled"
        closed = self._referral(outcome="lasting")
        closed.stage_id = self._stage("closed")
        closed.date_feedback_due = False
        self._hand_over()
        self.assertEqual(past.user_id, self.coach)
        self.assertEqual(done.user_id, self.coach)
        self.assertEqual(self.evaluation.coach_id, self.coach)
        self.assertEqual(closed.coach_id, self.coach)

    @users("bsc_coordinator")
    def test_closed_referral_moves_while_feedback_is_owed(self):
        closed = self._referral(outcome="lasting")
        closed.stage_id = self._stage("closed")
        self.assertTrue(closed.date_feedback_due)
        self._hand_over()
        self.assertEqual(closed.coach_id, self.receiver)

    @users("bsc_coordinator")
    def test_closed_collaboration_stays(self):
        self._stage("embedded", "relation").sudo().is_closed = True
        self.relation.with_context(bsc_skip_plan=True).sudo().write(
            {"way_in": "warm", "shared_goal": "Moving together"}
        )
        self._meet("2026-02-27 09:00:00")
        self.relation.sudo().stage_id = self._stage("embedded", "relation")
        self._hand_over()
        self.assertEqual(self.relation.coach_id, self.coach)

    @users("bsc_coordinator")
    def test_what_is_of_others_stays(self):
        referral = self._referral(coach_id=self.team_user.id)
        meeting = self._meet("2026-03-09 09:00:00", user_id=self.team_user.id)
        private = self._meet("2026-03-09 09:00:00", bsc_relation_id=False)
        self._hand_over()
        self.assertEqual(referral.coach_id, self.team_user)
        self.assertEqual(meeting.user_id, self.team_user)
        self.assertEqual(private.user_id, self.coach)

    @users("bsc_coordinator")
    def test_activities_on_records_of_colleagues_move_others_do_not(self):
        referral = self._referral(coach_id=self.team_user.id)
        ours = referral.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.coach.id
        )
        other = self.team.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.coach.id
        )
        self._hand_over()
        self.assertEqual(ours.user_id, self.receiver)
        self.assertEqual(other.user_id, self.coach)

    @users("bsc_coordinator")
    def test_another_company_keeps_what_is_its_own(self):
        company = self.env["res.company"].sudo().create({"name": "Other"})
        self.coach.sudo().company_ids += company
        partner = self.env["res.partner"].sudo().create({"name": "Team West"})
        relation = (
            self.env["bsc.relation"]
            .sudo()
            .create(
                {
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "coach_id": self.coach.id,
                }
            )
        )
        meeting = self._meet("2026-03-09 09:00:00", bsc_relation_id=relation.id)
        activity = relation.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.coach.id
        )
        self._hand_over()
        self.assertEqual(relation.coach_id, self.coach)
        self.assertEqual(meeting.user_id, self.coach)
        self.assertEqual(activity.user_id, self.coach)

    @users("bsc_coordinator")
    def test_a_coach_whose_account_is_closed_can_still_be_succeeded(self):
        self.coach.sudo().active = False
        self._hand_over()
        self.assertEqual(self.relation.coach_id, self.receiver)

    # meetings

    @users("bsc_coordinator")
    def test_private_meeting_moves_too(self):
        self.meeting.sudo().privacy = "private"
        self._hand_over()
        self.assertEqual(self.meeting.user_id, self.receiver)

    @users("bsc_coordinator")
    def test_receiver_takes_the_seat_of_the_coach(self):
        invited = self._meet("2026-03-10 09:00:00")
        invited.sudo().partner_ids += self.receiver.partner_id
        self._hand_over()
        guests = self.receiver.partner_id | self.professional
        for meeting in self.meeting | invited:
            self.assertEqual(meeting.partner_ids, guests)
            self.assertEqual(meeting.attendee_ids.partner_id, guests)

    @users("bsc_coordinator")
    def test_guests_get_no_new_invitation(self):
        path = "odoo.addons.calendar.models.calendar_attendee.CalendarAttendee"
        with patch(f"{path}._notify_attendees") as notify:
            self._hand_over()
        notify.assert_not_called()

    # participants

    @users("bsc_coordinator")
    def test_participant_follows_the_referral(self):
        self.assertTrue(self.client.with_user(self.coach).has_access("read"))
        self.assertFalse(self.client.with_user(self.receiver).has_access("read"))
        self._hand_over()
        self.env.invalidate_all()
        self.assertFalse(self.client.with_user(self.coach).has_access("read"))
        self.assertTrue(self.client.with_user(self.receiver).has_access("read"))
        self.assertFalse(self.client.with_user(self.coordinator).has_access("read"))

    @users("bsc_coordinator")
    def test_old_coach_no_longer_follows_the_new_one_does(self):
        self.referral.sudo().message_subscribe(self.coach.partner_id.ids)
        self._hand_over()
        followers = self.referral.sudo().message_partner_ids
        self.assertIn(self.receiver.partner_id, followers)
        self.assertNotIn(self.coach.partner_id, followers)

    # the log and the messages

    @users("bsc_coordinator")
    def test_it_is_logged_with_the_team(self):
        self._hand_over()
        message = self.relation.sudo().message_ids.filtered("tracking_value_ids")[0]
        self.assertIn("Noor takes over from Sam.", message.body)
        self.assertIn("Professional gets a mail about it.", message.body)
        self.assertEqual(message.author_id, self.coordinator.partner_id)
        self.assertEqual(message.sudo().tracking_value_ids.new_value_char, "Noor")

    @users("bsc_coordinator")
    def test_log_of_a_referral_names_nobody_a_participant_may_be_called_like(self):
        self._hand_over()
        message = self.referral.sudo().message_ids.filtered("tracking_value_ids")[0]
        self.assertIn("Handed over to another coach.", message.body)
        self.assertNotIn("Noor", message.body)

    @users("bsc_coordinator")
    def test_contact_person_gets_one_mail_without_participants(self):
        self._hand_over()
        mail = self._mails()
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.recipient_ids, self.professional)
        self.assertEqual(mail.subject, "Noor is your sports coach from now on")
        self.assertIn("in touch with Sam", " ".join(mail.body_html.split()))
        self.assertIn("bsc_other_coach@example.com", mail.email_from)
        self.assertNotIn(self.referral.reference, mail.body_html)
        self.assertEqual(mail.state, "outgoing")

    @users("bsc_coordinator")
    def test_mail_is_in_the_language_of_its_reader(self):
        self.env["res.lang"].sudo()._activate_lang("nl_NL")
        self.professional.sudo().lang = "nl_NL"
        template = self.env.ref("bsc_wijkteam.mail_template_handover").sudo()
        template.with_context(lang="nl_NL").subject = "Een nieuwe coach"
        self._hand_over()
        self.assertEqual(self._mails().subject, "Een nieuwe coach")

    @users("bsc_coordinator")
    def test_no_mail_when_the_teams_know_already(self):
        self._hand_over(tells_contacts=False)
        self.assertFalse(self._mails())
        self.assertNotIn("gets a mail", str(self.relation.message_ids.mapped("body")))

    @users("bsc_coordinator")
    def test_teams_that_cannot_be_mailed_are_named_before(self):
        self.assertFalse(self._handover().untold_note)
        self.professional.sudo().email = False
        self.assertEqual(self._handover().untold_note, "Team East")
        self._hand_over()
        self.assertFalse(self._mails())
        self.assertEqual(self.relation.coach_id, self.receiver)

    @users("bsc_coordinator")
    def test_receiver_is_told_once(self):
        self._hand_over()
        notification = (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("partner_ids", "in", self.receiver.partner_id.ids),
                    ("message_type", "=", "user_notification"),
                ]
            )
        )
        self.assertEqual(notification.mapped("subject"), ["You take over from Sam"])
        self.assertIn("Open referrals: 1", notification.body)

    # before

    @users("bsc_coordinator")
    def test_preview_shows_what_moves(self):
        self._meet("2026-03-10 09:00:00")
        with Form(self.env["bsc.handover"]) as form:
            form.user_id = self.coach
            form.receiver_id = self.receiver
            self.assertFalse(form.is_empty)
            self.assertEqual(form.referral_count, 1)
        handover = form.record
        self.assertEqual(handover.relation_ids, self.relation)
        self.assertEqual(
            [
                handover[f"{name}_count"]
                for name in ("relation", "provider", "check", "evaluation", "promise")
            ],
            [1, 1, 1, 1, 1],
        )
        planned = self.relation.activity_ids - self.promise
        self.assertEqual(handover.activity_count, len(planned))
        self.assertEqual(handover.meeting_count, 2)

    @users("bsc_coordinator")
    def test_nothing_to_hand_over_is_said(self):
        with self.assertRaisesRegex(UserError, "has nothing open"):
            self._hand_over(user_id=self.team_user.id)

    @users("bsc_coordinator")
    def test_receiver_has_the_role(self):
        with self.assertRaisesRegex(ValidationError, "does not have the role of coach"):
            self._handover(receiver_id=self.viewer.id)

    @users("bsc_coordinator")
    def test_role_that_was_taken_away_meanwhile_stops_it(self):
        handover = self._handover()
        self.receiver.sudo().group_ids = self.env.ref("base.group_user")
        with self.assertRaisesRegex(ValidationError, "does not have the role of coach"):
            handover.action_hand_over()

    @users("bsc_coordinator")
    def test_receiver_works_for_the_organisation(self):
        company = self.env["res.company"].sudo().create({"name": "Other"})
        self.receiver.sudo().write(
            {"company_ids": [Command.set(company.ids)], "company_id": company.id}
        )
        with self.assertRaisesRegex(ValidationError, "Noor does not work for"):
            self._handover()

    @users("bsc_coordinator")
    def test_receiver_can_log_in(self):
        self.receiver.sudo().active = False
        with self.assertRaisesRegex(ValidationError, "cannot log in"):
            self._handover()

    @users("bsc_coordinator")
    def test_receiver_is_somebody_else(self):
        with self.assertRaisesRegex(ValidationError, "has all this already"):
            self._handover(receiver_id=self.coach.id)

    @users("bsc_team")
    def test_only_a_coordinator_hands_over(self):
        with self.assertRaises(AccessError):
            self._handover()

    @users("bsc_coordinator")
    def test_a_failure_half_way_leaves_nothing_half(self):
        handover = self._handover()
        template = type(self.env["mail.template"])
        with (
            patch.object(template, "send_mail_batch", side_effect=UserError("Broken")),
            self.assertRaises(UserError),  # goes back to where it was, as a request
        ):
            handover.action_hand_over()
        self.assertEqual(self.relation.coach_id, self.coach)
        self.assertEqual(self.promise.user_id, self.coach)
        self.assertEqual(self.meeting.user_id, self.coach)

    @users("bsc_coordinator")
    def test_many_teams_move_in_as_many_questions_as_few(self):
        self._hand_over()

        def questions(count):
            partners = self.env["res.partner"].create(
                [{"name": f"Team {number}"} for number in range(count)]
            )
            self.env["bsc.relation"].create(
                [
                    {"partner_id": partner.id, "coach_id": self.coach.id}
                    for partner in partners
                ]
            )
            handover = self._handover(tells_contacts=False)
            self._log()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            handover.action_hand_over()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        questions(2)  # what is cached is asked once
        few = questions(2)
        self.assertLessEqual(questions(20), few + 5)
