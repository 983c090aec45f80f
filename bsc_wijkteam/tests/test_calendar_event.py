from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged, users

from .common import BscCommon

# Passes the 11-test and belongs to nobody.
BSN = "111222333"


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")
class TestCalendarEvent(BscCommon):
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
