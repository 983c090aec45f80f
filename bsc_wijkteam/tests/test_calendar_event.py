from base64 import b64decode

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged, users

from .common import BscCommon

# Passes the 11-test and belongs to nobody.
BSN = "111222333"


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")
class TestCalendarEvent(BscCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.professional.lang = "en_US"

    def _event(self, **values):
        return self.env["calendar.event"].create(
            {
                "name": "Meeting",
                "start": "2026-03-09 09:00:00",
                "stop": "2026-03-09 10:00:00",
                **values,
            }
        )

    @users("bsc_coach")
    def test_bsn_is_refused_in_a_meeting_with_a_team(self):
        with self.assertRaisesRegex(ValidationError, "citizen service number"):
            self._event(bsc_relation_id=self.relation.id, name=f"About {BSN}")

    @users("bsc_coach")
    def test_bsn_is_refused_in_a_later_description(self):
        event = self._event(bsc_relation_id=self.relation.id)
        with self.assertRaisesRegex(ValidationError, "citizen service number"):
            event.description = f"<p>About {BSN}</p>"

    @users("bsc_coach")
    def test_bsn_is_refused_when_a_meeting_becomes_one_with_a_team(self):
        event = self._event(notes=f"<p>{BSN}</p>")
        with self.assertRaisesRegex(ValidationError, "citizen service number"):
            event.bsc_relation_id = self.relation

    @users("bsc_coach")
    def test_meetings_of_others_are_left_alone(self):
        event = self._event(name=f"Order {BSN}")
        event.description = f"<p>Order {BSN}</p>"
        self.assertIn(BSN, event.description)

    @users("bsc_coach")
    def test_meeting_with_attendees_of_the_team_is_made(self):
        self.professional.phone = "+31 612345683"
        partners = self.coach.partner_id | self.professional
        event = self._event(bsc_relation_id=self.relation.id, partner_ids=partners.ids)
        self.assertEqual(event.attendee_ids.partner_id, partners)

    @users("bsc_coach")
    def test_monthly_meeting_stays_with_the_team(self):
        event = self._event(
            bsc_relation_id=self.relation.id,
            bsc_kind="team_meeting",
            recurrency=True,
            rrule_type="monthly",
            month_by="date",
            day=9,
            interval=1,
            end_type="count",
            count=6,
        )
        events = event.recurrence_id.calendar_event_ids
        self.assertEqual(len(events), 6)
        self.assertEqual(events.bsc_relation_id, self.relation)
        self.assertEqual(self.relation.meeting_count, 6)

    @users("bsc_coach")
    def test_meeting_planned_from_an_activity_belongs_to_the_team(self):
        activity = self.relation.with_env(self.env).activity_schedule(
            "mail.mail_activity_data_meeting", user_id=self.coach.id
        )
        action = activity.with_context(
            default_res_model="bsc.relation", default_res_id=self.relation.id
        ).action_create_calendar_event()
        event = (
            self.env["calendar.event"]
            .with_context(**action["context"])
            .create({"start": "2026-03-09 09:00:00", "stop": "2026-03-09 10:00:00"})
        )
        self.assertEqual(event.bsc_relation_id, self.relation)
        self.assertEqual(event.activity_ids, activity)

    @users("bsc_coach")
    def test_meeting_is_no_second_to_do(self):
        self.relation.activity_ids.unlink()
        context = self.relation.with_env(self.env).action_plan_meeting()["context"]
        self.env["calendar.event"].with_context(
            active_model="bsc.relation", active_id=self.relation.id, **context
        ).create({})
        self.assertFalse(self.relation.activity_ids)

    @users("bsc_coach")
    def test_moved_meeting_of_others_costs_no_extra_query(self):
        event = self._event()
        self.env.flush_all()
        with self.assertQueryCount(0):
            event._bsc_check_privacy()

    # who is helped stays unnamed

    @users("bsc_coach")
    def test_name_of_a_participant_is_refused(self):
        self._referral(client_id=self._client().id)
        with self.assertRaisesRegex(ValidationError, "who the participant is"):
            self._event(bsc_relation_id=self.relation.id, name="About Fatima")

    @users("bsc_coach")
    def test_colleague_may_bear_the_name_of_a_participant(self):
        self._referral(client_id=self._client().id)
        self.professional.name = "Fatima Jansen"
        event = self._event(
            bsc_relation_id=self.relation.id,
            name="Talk with Fatima",
            partner_ids=(self.coach.partner_id | self.professional).ids,
        )
        self.assertEqual(event.name, "Talk with Fatima")

    @users("bsc_coach")
    def test_street_may_bear_the_name_of_a_participant(self):
        self._referral(client_id=self._client().id)
        event = self._event(
            bsc_relation_id=self.relation.id, location="Fatima Street 1"
        )
        self.assertEqual(event.location, "Fatima Street 1")

    @users("bsc_coach")
    def test_name_in_a_meeting_of_others_is_left_alone(self):
        self._referral(client_id=self._client().id)
        self.assertEqual(self._event(name="About Fatima").name, "About Fatima")

    # meetings that repeat

    def _plan(self, **values):
        defaults = self.relation.with_env(self.env).action_plan_meeting()["context"]
        form = Form(
            self.env["calendar.event"].with_context(**defaults),
            view="bsc_wijkteam.calendar_event_view_form_plan",
        )
        for name, value in values.items():
            setattr(form, name, value)
        return form.save()

    @users("bsc_coach")
    def test_team_meeting_is_planned_each_month_on_the_same_weekday(self):
        event = self._plan(
            bsc_kind="team_meeting",
            start="2026-03-09 09:00:00",
            stop="2026-03-09 10:00:00",
            bsc_repeat="month",
            until="2026-06-30",
        )
        events = event.recurrence_id.calendar_event_ids.sorted("start")
        days = [str(day.date()) for day in events.mapped("start")]
        self.assertEqual(days, ["2026-03-09", "2026-04-13", "2026-05-11", "2026-06-08"])
        self.assertEqual(events.bsc_relation_id, self.relation)
        self.assertEqual(set(events.mapped("bsc_kind")), {"team_meeting"})

    @users("bsc_coach")
    def test_repeating_meeting_ends_after_a_year_unless_told(self):
        event = self._plan(
            start="2026-03-09 09:00:00", stop="2026-03-09 10:00:00", bsc_repeat="month"
        )
        self.assertEqual(str(event.until), "2027-03-09")
        self.assertEqual(len(event.recurrence_id.calendar_event_ids), 13)

    @users("bsc_coach")
    def test_fourth_weekday_stays_the_fourth(self):
        event = self._event(
            bsc_relation_id=self.relation.id,
            start="2026-03-24 09:00:00",
            stop="2026-03-24 10:00:00",
            bsc_repeat="month",
            until="2026-06-30",
        )
        events = event.recurrence_id.calendar_event_ids.sorted("start")
        days = [str(day.date()) for day in events.mapped("start")]
        self.assertEqual(days, ["2026-03-24", "2026-04-28", "2026-05-26", "2026-06-23"])

    @users("bsc_coach")
    def test_fifth_weekday_is_the_last_of_each_month(self):
        event = self._event(
            bsc_relation_id=self.relation.id,
            start="2026-03-30 09:00:00",
            stop="2026-03-30 10:00:00",
            bsc_repeat="month",
            until="2026-05-31",
        )
        events = event.recurrence_id.calendar_event_ids.sorted("start")
        days = [str(day.date()) for day in events.mapped("start")]
        self.assertEqual(days, ["2026-03-30", "2026-04-27", "2026-05-25"])

    @users("bsc_coach")
    def test_weekday_is_that_of_the_coach(self):
        self.env.user.tz = "Pacific/Auckland"  # there it is Tuesday already
        event = self._event(
            start="2026-03-09 20:00:00",
            stop="2026-03-09 21:00:00",
            bsc_repeat="week",
            until="2026-03-31",
        )
        events = event.recurrence_id.calendar_event_ids.sorted("start")
        days = [str(day.date()) for day in events.mapped("start")]
        self.assertEqual(days, ["2026-03-09", "2026-03-16", "2026-03-23", "2026-03-30"])
        self.assertTrue(event.recurrence_id.tue)

    @users("bsc_coach")
    def test_consultation_hour_is_planned_every_two_weeks(self):
        event = self._event(bsc_repeat="fortnight", until="2026-04-10")
        days = event.recurrence_id.calendar_event_ids.sorted("start").mapped("start")
        self.assertEqual(
            [str(day.date()) for day in days],
            ["2026-03-09", "2026-03-23", "2026-04-06"],
        )

    @users("bsc_coach")
    def test_last_day_before_the_first_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "before the first"):
            self._event(bsc_repeat="month", until="2026-03-08")

    @users("bsc_coach")
    def test_meeting_that_happens_once_does_not_repeat(self):
        event = self._plan(start="2026-03-09 09:00:00", stop="2026-03-09 10:00:00")
        self.assertFalse(event.recurrence_id)
        self.assertEqual(self.relation.meeting_count, 1)

    @users("bsc_coach")
    def test_next_meeting_follows_one_that_moves_and_one_that_is_dropped(self):
        event = self._event(
            bsc_relation_id=self.relation.id, bsc_repeat="month", until="2026-06-30"
        )
        events = event.recurrence_id.calendar_event_ids.sorted("start")
        events[0].write({"start": "2026-03-12 09:00:00", "stop": "2026-03-12 10:00:00"})
        self.assertEqual(str(self.relation.date_next_meeting), "2026-03-12 09:00:00")
        events[0].action_mass_archive("self_only")
        self.assertEqual(str(self.relation.date_next_meeting), "2026-04-13 09:00:00")
        self.assertEqual(self.relation.meeting_count, 3)

    @users("bsc_coach")
    def test_change_of_all_meetings_reaches_all(self):
        event = self._event(
            bsc_relation_id=self.relation.id,
            bsc_kind="team_meeting",
            bsc_repeat="month",
            until="2026-06-30",
        )
        event.write({"recurrence_update": "all_events", "bsc_kind": "consultation"})
        kinds = self.relation.with_env(self.env).meeting_ids.mapped("bsc_kind")
        self.assertEqual(kinds, ["consultation"] * 4)

    def test_last_of_past_repeating_meetings_is_the_last_contact(self):
        self._event(
            bsc_relation_id=self.relation.id,
            start="2026-01-12 09:00:00",
            stop="2026-01-12 10:00:00",
            bsc_repeat="month",
            until="2026-06-30",
        )
        self.assertEqual(str(self.relation.date_last_contact), "2026-02-09")

    # invitations

    def _invitation(self, **values):
        partners = self.coach.partner_id | self.professional
        return self._event(
            **{
                "name": "Coffee walk",
                "location": "Dorpsstraat 1",
                "bsc_relation_id": self.relation.id,
                "bsc_kind": "come_and_watch",
                "partner_ids": partners.ids,
                **values,
            }
        )

    def _mails(self):
        return self.env["mail.mail"].sudo().search([])

    def _guest(self, event, partner=None):
        return event.attendee_ids.filtered(
            lambda attendee: attendee.partner_id == (partner or self.professional)
        )

    @users("bsc_coach")
    def test_planning_an_invitation_mails_nobody_yet(self):
        before = self._mails()
        self._invitation()
        self.assertEqual(self._mails(), before)

    @users("bsc_coach")
    def test_planning_another_meeting_mails_as_odoo_does(self):
        before = self._mails()
        self._invitation(bsc_kind="team_meeting")
        mail = self._mails() - before
        self.assertEqual(mail.recipient_ids, self.professional)
        self.assertIn("/calendar/meeting/accept", mail.body_html)

    @users("bsc_coach")
    def test_guest_added_later_hears_nothing_before_the_invitation(self):
        event = self._invitation(partner_ids=self.coach.partner_id.ids)
        before = self._mails()
        event.partner_ids += self.professional
        self.assertEqual(self._mails(), before)

    @users("bsc_coach")
    def test_invitation_is_one_mail_with_a_link_that_waits_for_a_button(self):
        event = self._invitation()
        before = self._mails()
        event.action_bsc_invite()
        mail = self._mails() - before
        self.assertEqual(mail.recipient_ids, self.professional)
        self.assertEqual(mail.subject, "Invitation: Coffee walk")
        self.assertEqual(mail.reply_to, self.coach.email_formatted)
        body = str(mail.body_html)
        for text in ("Dear Professional", "Dorpsstraat 1", "without logging in"):
            self.assertIn(text, body)
        self.assertIn(event._bsc_get_when(), body)
        self.assertIn("/bsc/meeting/", body)
        self.assertNotIn("/calendar/meeting/", body)

    @users("bsc_coach")
    def test_invitation_carries_the_meeting_as_a_file(self):
        event = self._invitation()
        before = self._mails()
        event.action_bsc_invite()
        attachment = (self._mails() - before).attachment_ids
        self.assertEqual(attachment.name, "meeting.ics")
        content = b64decode(attachment.datas).decode()
        self.assertIn("SUMMARY:Coffee walk", content)
        self.assertIn("DTSTART:20260309T090000Z", content)
        self.assertNotIn("professional@example.com", content)

    @users("bsc_coach")
    def test_invitation_speaks_the_language_of_the_guest(self):
        self.env["res.lang"].sudo()._activate_lang("nl_NL")
        self.env.ref("bsc_wijkteam.mail_template_meeting").sudo().with_context(
            lang="nl_NL"
        ).subject = "Uitnodiging: {{ object.event_id.name }}"
        self.professional.lang = "nl_NL"
        event = self._invitation()
        before = self._mails()
        event.action_bsc_invite()
        mail = self._mails() - before
        self.assertEqual(mail.subject, "Uitnodiging: Coffee walk")
        self.assertIn("maandag 9 maart 2026", str(mail.body_html))

    @users("bsc_coach")
    def test_each_guest_gets_an_own_link(self):
        colleague = self.professional.copy({"name": "Colleague"})
        event = self._invitation(
            partner_ids=(self.coach.partner_id | self.professional | colleague).ids
        )
        before = self._mails()
        event.action_bsc_invite()
        mails = self._mails() - before
        self.assertEqual(len(mails), 2)
        links = {
            str(mail.body_html).split("/bsc/meeting/")[1].split('"')[0]
            for mail in mails
        }
        guests = {
            self.env["calendar.attendee"]._bsc_find_by_token(link)[0].partner_id
            for link in links
        }
        self.assertEqual(guests, {self.professional, colleague})

    @users("bsc_coach")
    def test_nobody_is_invited_twice(self):
        event = self._invitation()
        event.action_bsc_invite()
        before = self._mails()
        with self.assertRaisesRegex(UserError, "Everybody was invited already"):
            event.action_bsc_invite()
        self.assertEqual(self._mails(), before)

    @users("bsc_coach")
    def test_guest_who_came_later_is_invited_alone(self):
        event = self._invitation()
        event.action_bsc_invite()
        colleague = self.professional.copy({"name": "Colleague"})
        event.partner_ids += colleague
        before = self._mails()
        message = event.action_bsc_invite()["params"]["message"]
        self.assertEqual((self._mails() - before).recipient_ids, colleague)
        self.assertIn("Invited before, and not mailed again: 1.", message)

    @users("bsc_coach")
    def test_invitation_is_sent_again_to_one_guest_on_request(self):
        event = self._invitation()
        event.action_bsc_invite()
        before = self._mails()
        self._guest(event).action_bsc_invite_again()
        self.assertEqual((self._mails() - before).recipient_ids, self.professional)

    @users("bsc_coach")
    def test_missing_address_is_named_and_nobody_is_mailed(self):
        colleague = self.professional.copy({"name": "Colleague", "email": False})
        event = self._invitation(
            partner_ids=(self.coach.partner_id | self.professional | colleague).ids
        )
        before = self._mails()
        with self.assertRaisesRegex(UserError, "no e-mail address: Colleague"):
            event.action_bsc_invite()
        self.assertEqual(self._mails(), before)
        self.assertFalse(self._guest(event).bsc_start_invited)

    @users("bsc_coach")
    def test_invitation_without_guests_is_refused(self):
        event = self._invitation(partner_ids=self.coach.partner_id.ids)
        with self.assertRaisesRegex(UserError, "no guests yet"):
            event.action_bsc_invite()

    @users("bsc_coach")
    def test_invitation_to_a_meeting_that_has_begun_is_refused(self):
        event = self._invitation(
            start="2026-03-02 09:00:00", stop="2026-03-02 11:00:00"
        )
        with self.assertRaisesRegex(UserError, "is over or was cancelled"):
            event.action_bsc_invite()

    @users("bsc_coach")
    def test_invitation_to_a_cancelled_meeting_is_refused(self):
        event = self._invitation(active=False)
        with self.assertRaisesRegex(UserError, "is over or was cancelled"):
            event.action_bsc_invite()

    @users("bsc_viewer")
    def test_viewer_cannot_invite(self):
        event = self._invitation()
        with self.assertRaises(AccessError):
            event.action_bsc_invite()

    @users("bsc_viewer")
    def test_viewer_cannot_add_the_team(self):
        event = self._invitation()
        with self.assertRaises(AccessError):
            event.action_bsc_add_team()

    @users("bsc_viewer")
    def test_viewer_cannot_invite_again(self):
        event = self._invitation()
        with self.assertRaises(AccessError):
            self._guest(event).action_bsc_invite_again()

    @users("bsc_coach")
    def test_team_is_put_on_the_list_without_a_mail(self):
        colleague = self.professional.copy({"name": "Colleague"})
        event = self._invitation(partner_ids=self.coach.partner_id.ids)
        before = self._mails()
        event.action_bsc_add_team()
        event.action_bsc_add_team()
        self.assertEqual(
            event.attendee_ids.partner_id,
            self.coach.partner_id | self.professional | colleague,
        )
        self.assertEqual(len(event.attendee_ids), 3)
        self.assertEqual(self._mails(), before)

    @users("bsc_coach")
    def test_team_without_contacts_is_told(self):
        team = self.env["res.partner"].create({"name": "Empty", "is_company": True})
        relation = self.env["bsc.relation"].create({"partner_id": team.id})
        event = self._invitation(bsc_relation_id=relation.id)
        with self.assertRaisesRegex(UserError, "“Empty” has no contacts yet"):
            event.action_bsc_add_team()

    @users("bsc_coach")
    def test_answers_are_counted(self):
        people = self.professional
        for number in range(3):
            people |= self.professional.copy({"name": f"Colleague {number}"})
        event = self._invitation(partner_ids=(self.coach.partner_id | people).ids)
        self.assertFalse(event.bsc_answers)
        self.assertEqual(event.bsc_waiting_count, 4)
        event.action_bsc_invite()
        self._guest(event, people[0]).do_accept()
        self._guest(event, people[1]).do_accept()
        self._guest(event, people[2]).do_decline()
        self.assertEqual(event.bsc_answers, "2 yes, 1 no, 1 no answer")
        self.assertEqual(event.bsc_waiting_count, 0)

    @users("bsc_coach")
    def test_moved_meeting_is_told_with_our_link(self):
        event = self._invitation()
        event.action_bsc_invite()
        before = self._mails()
        old = event._bsc_get_when()
        event.write({"start": "2026-03-16 09:00:00", "stop": "2026-03-16 10:00:00"})
        mail = self._mails() - before
        self.assertEqual(mail.recipient_ids, self.professional)
        body = str(mail.body_html)
        self.assertIn("The time has changed", body)
        self.assertIn(old, body)
        self.assertIn(event._bsc_get_when(), body)
        self.assertNotIn("/calendar/meeting/", body)

    @users("bsc_coach")
    def test_moved_meeting_is_not_told_to_who_was_not_invited(self):
        event = self._invitation()
        before = self._mails()
        event.write({"start": "2026-03-16 09:00:00", "stop": "2026-03-16 10:00:00"})
        self.assertEqual(self._mails(), before)

    @users("bsc_coach")
    def test_time_is_told_where_the_coach_is(self):
        self.env.user.tz = "Pacific/Auckland"
        self.assertEqual(
            self._invitation()._bsc_get_when(),
            "Monday 9 March 2026, 10:00\u202fPM to 11:00\u202fPM",
        )

    @users("bsc_coach")
    def test_meeting_of_a_whole_day_is_told_without_hours(self):
        event = self._invitation(
            allday=True, start_date="2026-03-09", stop_date="2026-03-09"
        )
        self.assertEqual(event._bsc_get_when(), "Monday 9 March 2026")

    @users("bsc_coach")
    def test_place_comes_with_the_activity(self):
        place = self.env["res.partner"].create({"name": "Hall", "city": "Oost"})
        self.offering.place_id = place
        form = Form(self._event(bsc_relation_id=self.relation.id))
        form.bsc_kind = "come_and_watch"
        form.bsc_offering_id = self.offering
        self.assertIn("Oost", form.location)

    # who was there

    @users("bsc_coach")
    def test_who_was_there_is_ticked_after_the_start(self):
        event = self._invitation(
            start="2026-03-02 09:00:00",
            stop="2026-03-02 10:00:00",
            bsc_kind="workshop",
        )
        guest = self._guest(event)
        event.attendee_ids = [Command.update(guest.id, {"bsc_is_present": True})]
        self.assertEqual(event.bsc_present_count, 1)

    @users("bsc_viewer")
    def test_counting_who_was_there_takes_the_same_queries_for_all(self):
        events = self.env["calendar.event"]
        for _number in range(3):
            event = self._invitation(
                start="2026-02-02 09:00:00", stop="2026-02-02 10:00:00"
            )
            event.attendee_ids.bsc_is_present = True
            events |= event
        counts = []
        for some in (events[:1], events[:1], events):  # the first fills what is kept
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(set(some.mapped("bsc_present_count")), {2})
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    # from the team, and others

    @users("bsc_coach")
    def test_meetings_of_the_team_open_with_who_was_there(self):
        action = self.relation.with_env(self.env).action_open_meetings()
        view_id = action["views"][0][0]
        view = self.env["calendar.event"].get_view(view_id, "list")
        self.assertIn("bsc_present_count", view["arch"])
        self.assertEqual(
            action["context"]["search_default_bsc_relation_id"], self.relation.id
        )

    @users("bsc_coach")
    def test_meeting_opens_the_kit_of_its_team(self):
        event = self._event(bsc_relation_id=self.relation.id)
        action = event.action_bsc_prepare()
        self.assertEqual(action["res_model"], "bsc.relation")
        self.assertEqual(action["res_id"], self.relation.id)

    @users("bsc_coach")
    def test_mails_of_other_meetings_cost_no_extra_query(self):
        event = self._event(bsc_kind="come_and_watch")
        self.env.flush_all()
        with self.assertQueryCount(0):
            self.assertFalse(event._bsc_is_inviting())

    @users("bsc_coach")
    def test_numbers_of_other_meetings_cost_no_query(self):
        event = self._event(partner_ids=[Command.set(self.professional.ids)])
        self.env.flush_all()
        with self.assertQueryCount(0):
            self.assertFalse(event.bsc_present_count)
            self.assertFalse(event.bsc_answers)
            self.assertFalse(event.bsc_has_begun)
