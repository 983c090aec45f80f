from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged, users
from odoo.tools import mute_logger

from .common import BscCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02")
class TestBscEvaluation(BscCommon):
    def _evaluation(self, **values):
        return self.env["bsc.evaluation"].create(
            {"relation_id": self.relation.id, **values}
        )

    def _evaluation_as(self, user):
        return (
            self.env["bsc.evaluation"]
            .with_user(user)
            .create({"relation_id": self.relation.id})
        )

    def _done(self, our="4", their="3", **values):
        """An evaluation in which every item got the same scores of a side."""
        evaluation = self._evaluation(their_way="talk", **values)
        evaluation.line_ids.write({"our_score": our, "their_score": their})
        evaluation.action_done()
        return evaluation

    def _activities(self, relations=None):
        return (relations or self.relation).activity_ids.filtered(
            lambda activity: activity.activity_type_id
            == self.env.ref("bsc_wijkteam.mail_activity_type_evaluation")
        )

    # who speaks for each side

    @users("bsc_other_coach")
    def test_the_coach_and_the_contact_person_of_the_team_give_the_scores(self):
        evaluation = self._evaluation()
        self.assertEqual(evaluation.coach_id, self.coach)
        self.assertEqual(evaluation.contact_id, self.professional)

    @users("bsc_coach")
    def test_without_coach_of_the_team_it_is_who_starts(self):
        self.relation.coach_id = False
        self.assertEqual(self._evaluation().coach_id, self.coach)

    @users("bsc_coach")
    def test_contact_person_is_of_the_team(self):
        with self.assertRaisesRegex(ValidationError, "Trainer is not a contact"):
            self._evaluation(contact_id=self.provider_person.id)

    @users("bsc_viewer")
    def test_viewer_only_reads(self):
        evaluation = self._evaluation_as(self.coach)
        self.assertEqual(evaluation.with_user(self.viewer).state, "planned")
        with self.assertRaises(AccessError):
            evaluation.with_user(self.viewer).our_remark = "Fine"
        with self.assertRaises(AccessError):
            evaluation.with_user(self.viewer).line_ids[0].our_score = "1"

    # scores

    @users("bsc_coach")
    def test_average_leaves_out_what_was_not_judged(self):
        evaluation = self._evaluation()
        evaluation.line_ids[0].our_score = "5"
        evaluation.line_ids[1].our_score = "2"
        self.assertEqual(evaluation.our_average, 3.5)
        self.assertEqual(evaluation.their_average, 0)

    @users("bsc_coach")
    def test_one_tap_notes_a_score_and_the_same_tap_takes_it_back(self):
        line = self._evaluation().line_ids[0]
        line.with_context(bsc_score="4").action_score()
        self.assertEqual(line.our_score, "4")
        line.with_context(bsc_score="4").action_score()
        self.assertFalse(line.our_score)

    @users("bsc_coach")
    def test_scores_the_team_tells_are_noted(self):
        line = self._evaluation(their_way="talk").line_ids[0]
        line.with_context(bsc_score="2").action_score_told()
        self.assertEqual(line.their_score, "2")
        self.assertTrue(line.is_told)

    @users("bsc_coach")
    def test_coach_does_not_give_the_scores_of_a_team_with_a_link(self):
        evaluation = self._evaluation()
        self.assertFalse(evaluation.line_ids[0].is_told)
        with self.assertRaisesRegex(ValidationError, "through the link"):
            evaluation.line_ids[0].their_score = "5"

    @users("bsc_coach")
    def test_coach_does_not_write_the_remark_of_a_team_with_a_link(self):
        evaluation = self._evaluation()
        with self.assertRaisesRegex(ValidationError, "through the link"):
            evaluation.their_remark = "All is well"

    @users("bsc_coach")
    def test_answer_of_the_team_is_not_turned_into_what_the_coach_noted(self):
        evaluation = self._evaluation()
        evaluation.sudo()._answer({evaluation.line_ids[0].id: "2"}, "")
        with self.assertRaisesRegex(ValidationError, "stays as it is"):
            evaluation.their_way = "talk"

    @users("bsc_coach")
    def test_remarks_hold_no_citizen_service_number(self):
        with self.assertRaisesRegex(ValidationError, "BSN"):
            self._evaluation(our_remark="About 111222333")

    @users("bsc_coach")
    def test_sides_that_differ_by_two_stand_out(self):
        evaluation = self._evaluation(their_way="talk")
        far, near = evaluation.line_ids[:2]
        far.write({"our_score": "4", "their_score": "2"})
        near.write({"our_score": "4", "their_score": "3"})
        self.assertTrue(far.is_different)
        self.assertFalse(near.is_different)

    @mute_logger("odoo.sql_db")
    def test_an_item_is_asked_once(self):
        evaluation = self._evaluation()
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            evaluation.line_ids = [
                Command.create({"item_id": evaluation.line_ids[0].item_id.id})
            ]

    # compared with last time

    @users("bsc_coach")
    def test_compared_with_last_time_in_words(self):
        last = self._done(our="3", their="3", date="2026-01-05")
        evaluation = self._evaluation(their_way="talk")
        self.assertEqual(evaluation.previous_id, last)
        self.assertEqual(evaluation.our_last_average, 3)
        line = evaluation.line_ids[0]
        self.assertEqual(line.our_comparison, "last time 3")
        line.write({"our_score": "4", "their_score": "2"})
        self.assertEqual(line.our_comparison, "↑ up from 3")
        self.assertEqual(line.their_comparison, "↓ down from 3")
        line.our_score = "3"
        self.assertEqual(line.our_comparison, "= as last time")

    @users("bsc_coach")
    def test_first_evaluation_compares_with_nothing(self):
        line = self._evaluation().line_ids[0]
        line.our_score = "3"
        self.assertFalse(line.our_comparison)

    @users("bsc_coach")
    def test_last_time_is_the_latest_done_before(self):
        self._done(date="2025-01-05")
        last = self._done(date="2026-01-05")
        self._evaluation(date="2026-02-01").action_cancel()
        evaluation = self._evaluation()
        self.assertEqual(evaluation.previous_id, last)
        self.assertFalse(last.previous_id.previous_id)

    @users("bsc_coach")
    def test_item_that_is_new_compares_with_nothing(self):
        self._done(date="2026-01-05")
        self.env["bsc.evaluation.item"].sudo().create({"name": "New", "sequence": 1})
        line = self._evaluation().line_ids[0]
        self.assertEqual(line.item_id.name, "New")
        self.assertFalse(line.our_comparison)

    def test_comparing_takes_as_many_queries_for_many(self):
        def count(relations):
            evaluations = self.env["bsc.evaluation"]
            for relation in relations:
                self._done(relation_id=relation.id, date="2026-01-05")
                evaluations |= self._evaluation(relation_id=relation.id)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            evaluations.line_ids.mapped("our_comparison")
            return self.env.cr.sql_log_count - before

        relations = self.env["bsc.relation"].create(
            [
                {
                    "partner_id": self.env["res.partner"]
                    .create({"name": f"Team {number}", "is_company": True})
                    .id
                }
                for number in range(6)
            ]
        )
        self.assertEqual(count(relations[:1]), count(relations[1:]))

    # steps

    @mute_logger("odoo.sql_db")
    def test_one_runs_at_a_time(self):
        self._evaluation()
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self._evaluation()

    @users("bsc_coach")
    def test_asking_mails_a_link_to_the_contact_person(self):
        evaluation = self._evaluation()
        evaluation.action_ask()
        self.assertEqual(evaluation.state, "asked")
        self.assertTrue(evaluation.date_asked)
        mail = self.env["mail.mail"].sudo().search([], order="id desc", limit=1)
        self.assertEqual(mail.recipient_ids, self.professional)
        self.assertIn("/bsc/evaluation/", mail.body_html)
        self.assertIn("Team East", mail.body_html)

    @users("bsc_coach")
    def test_mail_speaks_the_language_of_its_reader(self):
        self.env["res.lang"].sudo()._activate_lang("nl_NL")
        self.professional.sudo().lang = "nl_NL"
        evaluation = self._evaluation()
        self.assertEqual(evaluation._get_reader_lang(), "nl_NL")

    @users("bsc_coach")
    def test_without_address_nobody_is_asked(self):
        self.professional.sudo().email = False
        evaluation = self._evaluation()
        with self.assertRaisesRegex(UserError, "nobody to ask"):
            evaluation.action_ask()
        self.assertEqual(evaluation.state, "planned")

    @users("bsc_coach")
    def test_closing_needs_our_own_scores(self):
        evaluation = self._evaluation()
        with self.assertRaisesRegex(ValidationError, "not given your own scores"):
            evaluation.action_done()

    @users("bsc_coach")
    def test_closed_evaluation_stays_as_it_was(self):
        evaluation = self._done()
        for change in (
            lambda: evaluation.write({"our_remark": "Better"}),
            lambda: evaluation.line_ids[0].write({"our_score": "5"}),
            lambda: evaluation.line_ids.create(
                {
                    "evaluation_id": evaluation.id,
                    "item_id": self.env["bsc.evaluation.item"]
                    .sudo()
                    .create({"name": "New"})
                    .id,
                }
            ),
        ):
            with self.assertRaisesRegex(ValidationError, "is closed"):
                change()

    @users("bsc_coach")
    def test_reopened_evaluation_goes_on(self):
        evaluation = self._done()
        evaluation.action_reopen()
        self.assertEqual(evaluation.state, "planned")
        evaluation.line_ids[0].our_score = "5"
        self.assertEqual(evaluation.line_ids[0].our_score, "5")

    @users("bsc_coach")
    def test_cancelled_evaluation_makes_room_for_another(self):
        self._evaluation().action_cancel()
        self.assertEqual(self._evaluation().state, "planned")

    # periodic

    @users("bsc_coach")
    def test_next_one_is_due_after_the_months_of_the_company(self):
        self.company.sudo().bsc_evaluation_months = 6
        self._done()
        self.assertEqual(self.relation.date_evaluation, date(2026, 9, 2))

    @users("bsc_coach")
    def test_talk_held_earlier_than_planned_counts_from_that_day(self):
        evaluation = self._done(date="2026-03-20")
        self.assertEqual(evaluation.date, date(2026, 3, 2))
        self.assertEqual(self.relation.date_evaluation, date(2027, 3, 2))

    @users("bsc_coach")
    def test_older_evaluation_closed_later_moves_nothing_back(self):
        older = self._done(date="2025-01-05")
        self._done()
        older.action_reopen()
        older.action_done()
        self.assertEqual(self.relation.date_evaluation, date(2027, 3, 2))

    @users("bsc_coach")
    def test_cancelling_leaves_the_date(self):
        self.relation.date_evaluation = "2026-03-10"
        self._evaluation().action_cancel()
        self.assertEqual(self.relation.date_evaluation, date(2026, 3, 10))

    @users("bsc_coach")
    def test_new_collaboration_is_evaluated_in_time(self):
        team = self.env["res.partner"].sudo().create({"name": "T", "is_company": True})
        relation = self.env["bsc.relation"].create({"partner_id": team.id})
        self.assertEqual(relation.date_evaluation, date(2027, 3, 2))

    @users("bsc_coach")
    def test_activity_follows_the_date(self):
        self.relation.date_evaluation = "2026-03-20"
        activity = self._activities()
        self.assertEqual(activity.date_deadline, date(2026, 3, 20))
        self.assertEqual(activity.user_id, self.coach)
        self.relation.date_evaluation = "2026-03-25"
        self.assertEqual(activity.date_deadline, date(2026, 3, 25))
        self.relation.date_evaluation = "2026-12-01"
        self.assertFalse(activity.exists())

    @users("bsc_coach")
    def test_done_ticks_off_the_activity(self):
        self.relation.date_evaluation = "2026-03-20"
        activity = self._activities()
        self._done()
        self.assertEqual(activity.date_done, date(2026, 3, 2))
        self.assertFalse(self._activities())

    def test_each_night_those_that_come_near_are_planned_once(self):
        self.relation.date_evaluation = "2026-05-01"
        with freeze_time("2026-03-31"):
            self.env["bsc.relation"]._cron_plan_evaluation()
            self.assertFalse(self._activities())
        with freeze_time("2026-04-01"):
            self.env["bsc.relation"]._cron_plan_evaluation()
            self.env["bsc.relation"]._cron_plan_evaluation()
            self.assertEqual(self._activities().date_deadline, date(2026, 5, 1))

    def test_planning_takes_as_many_queries_for_many(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Team {number}", "is_company": True} for number in range(8)]
        )
        relations = self.env["bsc.relation"].create(
            [
                {"partner_id": partner.id, "coach_id": self.coach.id}
                for partner in partners
            ]
        )

        def count(relations, day):
            relations.date_evaluation = day
            self.env.flush_all()
            self.env.invalidate_all()
            with freeze_time(day):
                before = self.env.cr.sql_log_count
                self.env["bsc.relation"]._cron_plan_evaluation()
                self.env.flush_all()
                queries = self.env.cr.sql_log_count - before
            self.assertEqual(len(self._activities(relations)), len(relations))
            return queries

        few = count(relations[:2], "2026-09-01")
        self.assertEqual(count(relations[2:], "2026-10-01"), few)

    def test_nothing_is_planned_for_what_is_archived_or_closed(self):
        self.relation.date_evaluation = "2026-05-01"
        self.relation.stage_id.is_closed = True
        with freeze_time("2026-04-20"):
            self.env["bsc.relation"]._cron_plan_evaluation()
            self.assertFalse(self._activities())
            self.relation.stage_id.is_closed = False
            self.relation.active = False
            self.env["bsc.relation"]._cron_plan_evaluation()
            self.assertFalse(self._activities())

    # agreements

    @users("bsc_coach")
    def test_agreement_is_a_promise_of_the_collaboration(self):
        evaluation = self._evaluation()
        with Form(evaluation) as form, form.agreement_ids.new() as line:
            line.summary = "Come to the team meeting"
            line.date_deadline = date(2026, 4, 1)
        promise = evaluation.agreement_ids
        self.assertEqual(
            promise.activity_type_id,
            self.env.ref("bsc_wijkteam.mail_activity_type_promise"),
        )
        self.assertEqual(promise.res_model, "bsc.relation")
        self.assertEqual(promise.res_id, self.relation.id)
        self.assertEqual(promise.user_id, self.coach)
        self.assertEqual(promise.bsc_promised_by, "us")
        self.assertEqual(promise.date_deadline, date(2026, 4, 1))
        self.assertIn(promise, self.relation.activity_ids)

    @users("bsc_coach")
    def test_kept_agreement_still_stands_in_the_evaluation(self):
        evaluation = self._evaluation(
            agreement_ids=[
                Command.create({"summary": "Call", "date_deadline": "2026-04-01"})
            ]
        )
        promise = evaluation.agreement_ids
        promise.action_done()
        self.env.invalidate_all()
        self.assertEqual(evaluation.agreement_ids, promise)
        self.assertEqual(promise.state, "done")

    @users("bsc_coach")
    def test_agreement_of_another_evaluation_is_no_way_around_rights(self):
        """The collaboration comes from the evaluation, whatever the values say."""
        evaluation = self._evaluation()
        promise = self.env["mail.activity"].create(
            {
                "summary": "Call",
                "bsc_evaluation_id": evaluation.id,
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": self.team.id,
            }
        )
        self.assertEqual(promise.res_model, "bsc.relation")
        self.assertEqual(promise.res_id, self.relation.id)

    @users("bsc_coach")
    def test_other_activities_are_left_alone(self):
        activity = self.relation.activity_schedule("mail.mail_activity_data_call")
        self.assertEqual(
            activity.activity_type_id, self.env.ref("mail.mail_activity_data_call")
        )
        self.assertFalse(activity.bsc_evaluation_id)

    # from the collaboration

    @users("bsc_coach")
    def test_opened_from_the_collaboration(self):
        action = self.relation.with_user(self.coach).action_open_evaluations()
        self.assertEqual(action["views"], [(False, "form")])
        evaluation = self._evaluation()
        self.relation.invalidate_recordset()
        action = self.relation.with_user(self.coach).action_open_evaluations()
        self.assertEqual(
            self.env["bsc.evaluation"].search(action["domain"]), evaluation
        )
        self.assertEqual(self.relation.evaluation_count, 1)

    @users("bsc_viewer")
    def test_viewer_opens_the_list(self):
        action = self.relation.with_user(self.viewer).action_open_evaluations()
        self.assertNotEqual(action.get("views"), [(False, "form")])
