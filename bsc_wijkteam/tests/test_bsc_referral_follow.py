from datetime import date
from pathlib import Path

from odoo.modules.migration import load_script
from odoo.tests import freeze_time, tagged, users

from ..models.bsc_referral_follow import FIRST_TIME_TYPE, FOLLOWUP_TYPE
from .common import BscCommon

MIGRATION = Path(__file__).parent.parent / "migrations/19.0.1.3.0/post-migrate.py"


@tagged("post_install", "-at_install")
@freeze_time("2026-05-04")
class TestBscReferralFollow(BscCommon):
    """What is planned when somebody starts, and what becomes of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._check()
        cls.client = cls._client(("register", "share"))

    def _in(self, stage, **values):
        return self._referral(
            client_id=self.client.id,
            offering_id=self.offering.id,
            stage_id=self._stage(stage).id,
            **values,
        )

    def _calls(self, referral, activity_type=FOLLOWUP_TYPE):
        return referral.activity_search([activity_type]).sorted("date_deadline")

    # planning

    @users("bsc_coach")
    def test_start_plans_three_followups_as_activities_of_the_coach(self):
        referral = self._in("match").with_env(self.env)
        self.assertFalse(referral.followup_ids)
        referral.stage_id = self._stage("taking_part")
        dates = [date(2026, 8, 4), date(2026, 11, 4), date(2027, 5, 4)]
        self.assertEqual(referral.followup_ids.mapped("date_due"), dates)
        self.assertEqual(referral.followup_ids.mapped("months"), [3, 6, 12])
        self.assertEqual(referral.date_since, date(2026, 5, 4))
        calls = self._calls(referral)
        self.assertEqual(calls.mapped("date_deadline"), dates)
        self.assertEqual(calls.user_id, self.coach)
        self.assertEqual(calls[0].summary, "After 3 months: still taking part?")
        self.assertEqual(referral.followup_ids.activity_id, calls)

    def test_planning_mails_nobody(self):
        before = self.env["mail.mail"].search_count([])
        self._in("taking_part")
        self.assertEqual(self.env["mail.mail"].search_count([]), before)

    def test_summary_is_in_the_language_of_the_coach(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.coach.lang = "nl_NL"
        call = self._calls(self._in("taking_part"))[0]
        nl = self.env(context={**self.env.context, "lang": "nl_NL"})
        self.assertEqual(
            call.summary,
            nl._("After %(months)s months: still taking part?", months=3),
        )

    def test_first_name_that_is_a_word_of_ours(self):
        self.client.name = "After"
        self.assertEqual(len(self._calls(self._in("taking_part"))), 3)

    def test_earlier_start_counts_and_what_is_past_is_not_asked(self):
        referral = self._in("taking_part", date_start="2026-01-10")
        self.assertEqual(referral.date_since, date(2026, 1, 10))
        self.assertEqual(referral.followup_ids.mapped("months"), [6, 12])

    def test_lasting_goes_on_with_the_same_followups(self):
        referral = self._in("taking_part")
        followups = referral.followup_ids
        referral.stage_id = self._stage("lasting")
        referral.stage_id = self._stage("taking_part")
        self.assertEqual(referral.followup_ids, followups)

    def test_straight_to_lasting_is_followed_too(self):
        self.assertEqual(len(self._in("lasting").followup_ids), 3)

    def test_stages_of_ones_own_are_found_by_their_milestone(self):
        self._stage("taking_part").milestone = False
        own = self.env["bsc.referral.stage"].create(
            {"name": "Own", "sequence": 65, "milestone": "start"}
        )
        self.assertFalse(self._in("taking_part").followup_ids)
        self.assertEqual(len(self._referral(stage_id=own.id).followup_ids), 3)

    def test_queries_do_not_grow_with_the_number(self):
        def count(number):
            referrals = self.env["bsc.referral"].create(
                [
                    {
                        "relation_id": self.relation.id,
                        "coach_id": self.coach.id,
                        "client_id": self.client.id,
                        "offering_id": self.offering.id,
                        "stage_id": self._stage("match").id,
                    }
                ]
                * number
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            referrals.stage_id = self._stage("taking_part")
            self.env.flush_all()
            used = self.cr.sql_log_count - before
            self.assertEqual(len(referrals.followup_ids), 3 * number)
            return used

        count(2)
        few, many = count(2), count(22)
        self.assertEqual(few, many)

    # stopping

    @users("bsc_coach")
    def test_closing_drops_what_is_open_and_keeps_what_was_answered(self):
        referral = self._in("taking_part").with_env(self.env)
        answered = referral.followup_ids[0]
        answered.answer = "yes"
        referral.write({"stage_id": self._stage("closed").id, "outcome": "elsewhere"})
        self.assertEqual(referral.followup_ids, answered)
        self.assertFalse(self._calls(referral))
        self.assertFalse(referral.date_since)

    def test_activity_of_a_colleague_is_dropped_too(self):
        referral = self._in("taking_part")
        self._calls(referral).user_id = self.other_coach
        referral.with_user(self.coach).stage_id = self._stage("match")
        self.assertFalse(self._calls(referral))

    def test_starting_again_counts_from_the_last_start(self):
        referral = self._in("taking_part")
        stopped = referral.followup_ids[0]
        with freeze_time("2026-08-04"):
            stopped.answer = "no"
            referral.stage_id = self._stage("match")
            self.assertEqual(referral.followup_ids, stopped)
        with freeze_time("2026-09-01"):
            referral.stage_id = self._stage("taking_part")
            self.assertEqual(referral.date_start, date(2026, 5, 4))
            self.assertEqual(referral.date_since, date(2026, 9, 1))
            new = referral.followup_ids - stopped
            self.assertEqual(new.mapped("date_due")[0], date(2026, 12, 1))
            self.assertEqual(len(new), 3)
            self.assertEqual(len(self._calls(referral)), 3)

    def test_stopped_opens_the_dialog_with_the_reason(self):
        referral = self._in("taking_part")
        reason = self.env.ref("bsc_wijkteam.bsc_reason_moved")
        referral.followup_ids[0].write({"answer": "no", "reason_id": reason.id})
        action = referral.followup_ids[0].action_stopped()
        dialog = (
            self.env[action["res_model"]].with_context(**action["context"]).create({})
        )
        self.assertEqual(dialog.referral_id, referral)
        dialog.action_close()
        self.assertTrue(referral.is_closed)
        self.assertEqual(referral.outcome, "unsuccessful")
        self.assertEqual(referral.reason_id, reason)

    # the first time

    def test_trial_plans_a_call_the_day_after(self):
        referral = self._in("trial")
        call = self._calls(referral, FIRST_TIME_TYPE)
        self.assertEqual(call.summary, "How was the first time? Call")
        self.assertEqual(call.user_id, self.coach)
        self.assertEqual(call.date_deadline, date(2026, 5, 5))

    def test_call_moves_along_with_the_trial(self):
        referral = self._in("trial")
        referral.date_trial = "2026-05-20"
        call = self._calls(referral, FIRST_TIME_TYPE)
        self.assertEqual(call.date_deadline, date(2026, 5, 21))

    def test_start_without_a_trial_plans_it_and_after_a_trial_not_again(self):
        referral = self._in("taking_part")
        self.assertEqual(len(self._calls(referral, FIRST_TIME_TYPE)), 1)
        tried = self._in("trial")
        self._calls(tried, FIRST_TIME_TYPE).action_feedback()
        tried.stage_id = self._stage("taking_part")
        self.assertFalse(self._calls(tried, FIRST_TIME_TYPE))

    def test_trial_that_goes_back_needs_no_call(self):
        referral = self._in("trial")
        referral.stage_id = self._stage("match")
        self.assertFalse(self._calls(referral, FIRST_TIME_TYPE))

    def test_buddy_may_leave_our_contacts(self):
        buddy = self.env["res.partner"].create({"name": "Volunteer"})
        referral = self._in("trial", buddy_id=buddy.id)
        buddy.unlink()
        self.assertFalse(referral.buddy_id)

    def test_who_took_part_already_is_followed_after_the_update(self):
        referral = self._in("taking_part", date_start="2026-04-01")
        self._calls(referral).unlink()
        referral.followup_ids.unlink()
        referral.date_since = False
        script = load_script(str(MIGRATION), "bsc_wijkteam_post_migrate")
        for _time in range(2):
            script.plan_followups(self.env)
        self.assertEqual(referral.date_since, date(2026, 4, 1))
        self.assertEqual(len(referral.followup_ids), 3)
