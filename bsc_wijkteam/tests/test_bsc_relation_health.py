from datetime import date, datetime, timedelta

from odoo.fields import Command
from odoo.tests import freeze_time, tagged, users
from odoo.tools import mute_logger

from .common import BscCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 12:00:00")
class TestBscRelationHealth(BscCommon):
    """The rhythm is six weeks; on the day of the tests all is well with the team."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.bsc_contact_weeks = 6
        cls.relation.contact_weeks = 6
        cls.relation.date_evaluation = "2026-12-01"
        cls._meet("2026-03-01 09:00:00")

    @classmethod
    def _meet(cls, start, relation=None, **values):
        start = datetime.fromisoformat(start)
        return cls.env["calendar.event"].create(
            {
                "name": "Talk",
                "start": start,
                "stop": start + timedelta(hours=1),
                "bsc_relation_id": (relation or cls.relation).id,
                "user_id": cls.coach.id,
                **values,
            }
        )

    @classmethod
    def _plan(cls, xmlid, deadline, **values):
        return cls.relation.activity_schedule(
            xmlid, date_deadline=date.fromisoformat(deadline), **values
        )

    def _promise(self, deadline, **values):
        return self._plan(
            "bsc_wijkteam.mail_activity_type_promise",
            deadline,
            user_id=self.coach.id,
            **values,
        )

    def _night(self):
        self.env.flush_all()
        self.env["bsc.relation"]._cron_health()

    def _facts(self):
        self.env.flush_all()
        return self.relation.health_facts or {}

    # contact

    @users("bsc_coach")
    def test_recent_contact_and_nothing_late_is_good(self):
        self.assertEqual(self.relation.health, "good")
        self.assertFalse(self.relation.health_facts)
        self.assertFalse(self.relation.health_reasons)

    def test_day_after_the_rhythm_asks_for_attention(self):
        with freeze_time("2026-04-12 12:00:00"):
            self._night()
            self.assertEqual(self.relation.health, "good")
        with freeze_time("2026-04-13 12:00:00"):
            self._night()
            self.assertEqual(self.relation.health, "attention")
            self.assertEqual(
                self.relation.health_reasons,
                "No contact for 43 days. You agreed on once every 6 weeks.",
            )

    def test_without_contact_for_twice_the_rhythm_it_cools_down(self):
        with freeze_time("2026-05-24 12:00:00"):
            self._night()
            self.assertEqual(self.relation.health, "attention")
        with freeze_time("2026-05-25 12:00:00"):
            self._night()
            self.assertEqual(self.relation.health, "bad")

    def test_a_new_collaboration_counts_from_its_first_day(self):
        self.relation.meeting_ids.unlink()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE bsc_relation SET create_date = '2026-01-01' WHERE id = %s",
            [self.relation.id],
        )
        self.env.invalidate_all()
        self._night()
        self.assertFalse(self.relation.date_last_contact)
        self.assertEqual(self.relation.health_facts, {"contact": "2026-01-01"})

    def test_a_meeting_counts_once_it_is_over(self):
        meeting = self._meet("2026-03-02 11:30:00")
        self.assertEqual(self.relation.date_last_contact, date(2026, 3, 1))
        with freeze_time("2026-03-02 12:30:00"):
            self._night()
            self.assertEqual(self.relation.date_last_contact, date(2026, 3, 2))
        self.assertEqual(meeting.stop, datetime(2026, 3, 2, 12, 30))

    @users("bsc_coach")
    def test_a_meeting_to_come_is_no_contact_yet(self):
        self._meet("2026-03-09 09:00:00")
        self.assertEqual(self.relation.date_last_contact, date(2026, 3, 1))

    def test_a_meeting_that_is_noted_afterwards_repairs_at_once(self):
        with freeze_time("2026-06-01 12:00:00"):
            self._night()
            self.assertEqual(self.relation.health, "bad")
            self._meet("2026-05-29 09:00:00")
            self.assertEqual(self.relation.health, "good")
            self.assertEqual(self.relation.date_last_contact, date(2026, 5, 29))

    def test_a_meeting_that_is_moved_to_later_no_longer_counts(self):
        meeting = self._meet("2026-03-02 09:00:00")
        self.assertEqual(self.relation.date_last_contact, date(2026, 3, 2))
        meeting.write({"start": "2026-03-10 09:00:00", "stop": "2026-03-10 10:00:00"})
        self.assertEqual(self.relation.date_last_contact, date(2026, 3, 1))

    def test_a_meeting_that_is_cancelled_no_longer_counts(self):
        meeting = self._meet("2026-03-02 09:00:00")
        self.assertEqual(self.relation.date_last_contact, date(2026, 3, 2))
        meeting.unlink()
        self.assertEqual(self.relation.date_last_contact, date(2026, 3, 1))

    def test_a_meeting_moves_to_another_team_with_its_contact(self):
        other = self.env["bsc.relation"].create(
            {"partner_id": self.env["res.partner"].create({"name": "Team West"}).id}
        )
        meeting = self._meet("2026-03-02 09:00:00")
        meeting.bsc_relation_id = other
        self.assertEqual(self.relation.date_last_contact, date(2026, 3, 1))
        self.assertEqual(other.date_last_contact, date(2026, 3, 2))

    @users("bsc_other_coach")
    def test_of_a_private_meeting_only_the_date_counts(self):
        self._meet("2026-03-02 09:00:00", privacy="private", name="Secret")
        relation = self.relation.with_user(self.other_coach)
        relation.invalidate_recordset()
        self.assertEqual(relation.date_last_contact, date(2026, 3, 2))
        self.assertNotIn("Secret", str(relation.health_facts))

    def test_a_call_that_is_done_is_contact_a_planned_one_is_not(self):
        call = self._plan("mail.mail_activity_data_call", "2026-03-02")
        self.assertEqual(self.relation.date_last_contact, date(2026, 3, 1))
        call.action_done()
        self.assertEqual(self.relation.date_last_contact, date(2026, 3, 2))

    def test_other_activities_are_no_contact(self):
        self._plan("mail.mail_activity_data_todo", "2026-03-02").action_done()
        self.assertEqual(self.relation.date_last_contact, date(2026, 3, 1))

    def test_feedback_is_contact(self):
        self.env["bsc.feedback"].create(
            {
                "referral_id": self._referral().id,
                "body": "Going well",
                "way": "phone",
                "kind": "interim",
                "recipient_id": self.professional.id,
            }
        )
        self.assertEqual(self.relation.date_last_contact, date(2026, 3, 2))

    def test_an_evaluation_is_contact_once_it_is_done(self):
        evaluation = self.env["bsc.evaluation"].create(
            {"relation_id": self.relation.id, "their_way": "talk"}
        )
        self.assertEqual(self.relation.date_last_contact, date(2026, 3, 1))
        evaluation.line_ids.our_score = "4"
        evaluation.action_done()
        self.assertEqual(self.relation.date_last_contact, date(2026, 3, 2))

    # what is late

    @users("bsc_coach")
    def test_a_late_promise_asks_for_attention(self):
        self._promise("2026-03-02")
        self.assertEqual(self._facts(), {})
        self._promise("2026-03-01")
        self.assertEqual(self._facts(), {"promises": 1})
        self.assertEqual(self.relation.health, "attention")
        self.assertEqual(self.relation.health_reasons, "Late promises: 1.")

    def test_a_promise_that_is_kept_put_off_or_withdrawn_is_not_late(self):
        for change in (
            lambda promise: promise.action_done(),
            lambda promise: promise.write({"date_deadline": date(2026, 3, 9)}),
            lambda promise: promise.with_user(self.coach).unlink(),
        ):
            promise = self._promise("2026-03-01")
            self.assertEqual(self._facts(), {"promises": 1})
            change(promise)
            self.assertEqual(self._facts(), {})

    def test_other_late_activities_do_not_count(self):
        self._plan("mail.mail_activity_data_todo", "2026-01-01")
        self.assertEqual(self._facts(), {})

    def test_feedback_that_is_owed_asks_for_attention_until_it_is_given(self):
        referral = self._referral(date_feedback_due="2026-03-01")
        self.assertEqual(self._facts(), {"feedback": 1})
        self.assertEqual(self.relation.health_reasons, "Feedback owed: 1.")
        referral.date_feedback_due = "2026-03-02"
        self.assertEqual(self._facts(), {})

    def test_evaluation_that_is_overdue_asks_for_attention(self):
        self.relation.date_evaluation = "2026-03-02"
        self.assertEqual(self._facts(), {})
        self.relation.date_evaluation = "2026-03-01"
        self.assertEqual(self._facts(), {"evaluation": "2026-03-01"})
        self.assertEqual(
            self.relation.health_reasons, "The evaluation was due on 03/01/2026."
        )

    def test_what_the_days_do_comes_in_by_night(self):
        self._promise("2026-03-04")
        self._referral(date_feedback_due="2026-03-05")
        self.relation.date_evaluation = "2026-03-06"
        for day, health, facts in (
            (4, "good", []),
            (5, "attention", ["promises"]),
            (6, "bad", ["feedback", "promises"]),
            (7, "bad", ["evaluation", "feedback", "promises"]),
        ):
            with freeze_time(f"2026-03-0{day} 02:05:00"):
                self._night()
                self.assertEqual(self.relation.health, health)
                self.assertEqual(sorted(self.relation.health_facts or {}), facts)

    def test_two_reasons_are_cooling_down(self):
        self._promise("2026-03-01")
        self.relation.date_evaluation = "2026-03-01"
        self.assertEqual(self.relation.health, "bad")
        self.assertEqual(len(self.relation.health_reasons.splitlines()), 2)

    # of whom, and for whom

    def test_closed_aside_and_archived_collaborations_have_no_health(self):
        self._promise("2026-03-01")
        self.relation.stage_id = self._stage("dormant", "relation")
        self.assertFalse(self.relation.health)
        self.assertFalse(self.relation.health_reasons)
        self.relation.stage_id = self._stage("prepare", "relation")
        self.assertEqual(self.relation.health, "attention")
        self.relation.stage_id.is_closed = True
        self.assertFalse(self.relation.health)
        self.relation.stage_id.is_closed = False
        self.relation.active = False
        self.assertFalse(self.relation.health)

    def test_reasons_are_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.relation.date_evaluation = "2026-02-28"
        self.assertIn("02/28/2026", self.relation.health_reasons)
        dutch = self.relation.with_context(lang="nl_NL").health_reasons
        self.assertIn("28-02-2026", dutch)

    def test_rhythm_of_the_organisation_unless_another_was_agreed_on(self):
        partner = self.env["res.partner"].create({"name": "Team West"})
        self.company.bsc_contact_weeks = 8
        relation = self.env["bsc.relation"].create({"partner_id": partner.id})
        self.assertEqual(relation.contact_weeks, 8)
        relation.contact_weeks = 2
        self.company.bsc_contact_weeks = 4
        self.assertEqual(relation.contact_weeks, 2)

    def test_longer_rhythm_repairs_at_once(self):
        with freeze_time("2026-04-20 12:00:00"):
            self._night()
            self.assertEqual(self.relation.health, "attention")
            self.relation.contact_weeks = 12
            self.assertEqual(self.relation.health, "good")

    def test_rhythm_is_one_to_fifty_two_weeks(self):
        for weeks in (-1, 53):
            with (
                self.assertRaisesRegex(Exception, "contact_weeks"),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.relation.contact_weeks = weeks
                self.env.flush_all()

    @users("bsc_viewer")
    def test_viewer_reads_the_reasons_without_seeing_the_referrals(self):
        self._referral(date_feedback_due="2026-03-01")
        self.env.flush_all()
        self.env.invalidate_all()
        relation = self.relation.with_user(self.viewer)
        self.assertEqual(relation.health_reasons, "Feedback owed: 1.")

    # how

    def test_reading_changes_nothing(self):
        with freeze_time("2026-06-01 12:00:00"):
            self.env.invalidate_all()
            self.relation.read(["health", "health_reasons", "date_last_contact"])
            self.assertEqual(self.relation.health, "good")

    def test_night_leaves_alone_who_changed_it_last(self):
        self.env.flush_all()
        before = self.relation.write_date
        with freeze_time("2026-06-01 12:00:00"):
            self._night()
            self.assertEqual(self.relation.health, "bad")
            self.assertEqual(self.relation.write_date, before)

    def test_night_asks_the_same_number_of_questions_for_any_number_of_teams(self):
        def questions():
            self.env.flush_all()
            self.env.invalidate_all()
            count = self.env.cr.sql_log_count
            self.env["bsc.relation"]._cron_health()
            return self.env.cr.sql_log_count - count

        questions()  # what is cached is asked once
        with freeze_time("2026-06-01 12:00:00"):
            few = questions()
        partners = self.env["res.partner"].create(
            [{"name": f"Team {number}"} for number in range(40)]
        )
        relations = self.env["bsc.relation"].create(
            [{"partner_id": partner.id} for partner in partners]
        )
        for relation in relations:
            self._meet("2026-03-01 09:00:00", relation)
        self.env["bsc.referral"].create(
            [
                {"relation_id": relation.id, "date_feedback_due": "2026-03-09"}
                for relation in relations
            ]
        )
        relations.activity_schedule(
            "bsc_wijkteam.mail_activity_type_promise",
            date_deadline=date(2026, 3, 9),
            user_id=self.coach.id,
        )
        self.env.flush_all()
        with freeze_time("2026-06-01 12:00:00"):
            self.assertEqual(questions(), few)
        self.assertEqual(set(relations.mapped("health")), {"bad"})

    def test_reasons_of_a_list_ask_nothing(self):
        self._promise("2026-03-01")
        self.env.flush_all()
        self.relation.fetch(["health", "health_facts", "contact_weeks"])
        with self.assertQueryCount(0):
            self.assertTrue(self.relation.health_reasons)

    def test_teams_made_together_each_get_their_own_health(self):
        partners = self.env["res.partner"].create([{"name": "A"}, {"name": "B"}])
        relations = self.env["bsc.relation"].create(
            [
                {
                    "partner_id": partner.id,
                    "meeting_ids": [
                        Command.create({"name": "Talk", "start": start, "stop": start})
                    ],
                }
                for partner, start in zip(
                    partners,
                    ("2026-03-01 09:00:00", "2025-03-01 09:00:00"),
                    strict=True,
                )
            ]
        )
        self.assertEqual(relations.mapped("health"), ["good", "bad"])
