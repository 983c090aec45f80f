from datetime import date
from itertools import permutations

from lxml import etree

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged, users
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from .common import BscCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")
class TestBscCheck(BscCommon):
    """The seven verdicts, the double stamp, and what follows for referring."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.env = cls.env(context=dict(cls.env.context, lang="en_US"))
        cls.company.partner_id.lang = "en_US"

    def _new(self, verdict=None, **values):
        """A check as the present user starts it."""
        check = self.env["bsc.check"].create(
            {"provider_id": self.provider.id, **values}
        )
        if verdict:
            check.line_ids.verdict = verdict
        return check

    def _stamp(self, check, side, day="2026-03-02", partner=None):
        people = {"provider": self.provider_person, "team": self.professional}
        self.env["bsc.check.stamp"].create(
            {
                "check_id": check.id,
                "side": side,
                "partner_id": (partner or people[side]).id,
                "date": day,
            }
        ).action_record()

    def _agree(self, check, day="2026-03-02"):
        self._stamp(check, "provider", day)
        self._stamp(check, "team", day)
        return check

    def _mine(self, record):
        return record.with_env(self.env)

    def _lapse(self):
        self.env["bsc.check"].sudo()._cron_lapse()

    # the ladder of states

    @users("bsc_coach")
    def test_new_check_asks_every_criterion_of_today(self):
        criteria = self.env["bsc.criterion"].search([])
        check = self._new()
        self.assertEqual(check.line_ids.criterion_id, criteria)
        self.assertEqual(check.state, "draft")
        self.assertEqual((check.yes_count, check.line_count), (0, 7))

    @users("bsc_coach")
    def test_new_check_shows_its_questions_before_it_is_saved(self):
        form = Form(self.env["bsc.check"])
        form.provider_id = self._mine(self.provider)
        self.assertEqual(len(form.line_ids), 7)
        self.assertEqual(len(form.save().line_ids), 7)

    @users("bsc_coach")
    def test_running_check_keeps_its_criteria(self):
        check = self._new("yes")
        criterion = self.env["bsc.criterion"].search([], limit=1)
        self.env["bsc.criterion"].sudo().create({"letter": "a", "name": "And this?"})
        criterion.sudo().active = False
        self.assertIn(criterion, check.line_ids.criterion_id)
        self.assertEqual(len(check.line_ids), 7)
        self.assertEqual(check.state, "agree")

    @users("bsc_coach")
    def test_one_open_question_keeps_a_check_running(self):
        check = self._new("yes")
        check.line_ids[-1:].verdict = False
        self.assertEqual(check.state, "draft")

    @users("bsc_coach")
    def test_seven_yes_wait_for_agreement(self):
        self.assertEqual(self._new("yes").state, "agree")

    @users("bsc_coach")
    def test_one_stamp_is_not_enough(self):
        check = self._new("yes")
        self._stamp(check, "provider")
        self.assertEqual(check.state, "agree")
        self.assertFalse(check.valid_until)
        self.assertFalse(self.offering.is_referable)

    @users("bsc_coach")
    def test_two_stamps_make_a_check_valid(self):
        check = self._agree(self._new("yes"))
        self.assertEqual(check.state, "valid")
        self.assertEqual(self.provider.vetting_state, "valid")
        self.assertTrue(self.offering.is_referable)

    @users("bsc_coach")
    def test_a_no_fails_the_check(self):
        check = self._new("yes")
        check.line_ids[2].verdict = "no"
        self.assertEqual(check.state, "failed")
        self.assertEqual(self.provider.vetting_state, "failed")

    @users("bsc_coach")
    def test_a_no_before_all_is_asked_keeps_the_check_running(self):
        check = self._new()
        check.line_ids[2].verdict = "no"
        self.assertEqual(check.state, "draft")

    @users("bsc_coach")
    def test_not_yet_keeps_the_check_running(self):
        check = self._new("yes")
        check.line_ids[2].verdict = "not_yet"
        self.assertEqual(check.state, "draft")
        self.assertEqual(self.provider.vetting_state, "running")

    @users("bsc_coach")
    def test_buttons_give_the_verdict_and_its_day(self):
        line = self._new().line_ids[0]
        for action, verdict in (
            ("action_no", "no"),
            ("action_not_yet", "not_yet"),
            ("action_yes", "yes"),
        ):
            getattr(line, action)()
            self.assertEqual(line.verdict, verdict)
        self.assertEqual(line.date_seen, date(2026, 3, 2))

    @users("bsc_coach")
    def test_day_that_was_given_stays(self):
        line = self._new().line_ids[0]
        line.write({"verdict": "not_yet", "date_seen": "2026-02-01"})
        line.verdict = "yes"
        self.assertEqual(line.date_seen, date(2026, 2, 1))

    @users("bsc_coach")
    def test_verdict_given_with_a_new_check_is_dated_too(self):
        criterion = self.env["bsc.criterion"].search([], limit=1)
        check = self._new(
            line_ids=[Command.create({"criterion_id": criterion.id, "verdict": "yes"})]
        )
        self.assertEqual(check.line_ids.date_seen, date(2026, 3, 2))

    # stamps (rule 6)

    @users("bsc_coach")
    def test_stamp_before_all_verdicts_is_refused(self):
        check = self._new("yes")
        check.line_ids[3].verdict = False
        message = "Nobody can agree yet.*c · Physically"
        for side in ("provider", "team"):
            with (
                self.subTest(side),
                self.assertRaisesRegex(ValidationError, message),
                self.env.cr.savepoint(),
            ):
                self._stamp(check, side)
        self.assertFalse(check.provider_stamp_date or check.team_stamp_date)

    @users("bsc_coach")
    def test_stamp_on_a_not_yet_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "Nobody can agree yet"):
            self._stamp(self._new("not_yet"), "provider")

    @users("bsc_coach")
    def test_stamp_of_a_stranger_is_refused_for_the_provider(self):
        with self.assertRaisesRegex(ValidationError, "is not a contact of “Club”"):
            self._stamp(self._new("yes"), "provider", partner=self.coach.partner_id)

    @users("bsc_coach")
    def test_stamp_of_a_stranger_is_refused_for_the_team(self):
        with self.assertRaisesRegex(ValidationError, "does not belong to a team"):
            self._stamp(self._new("yes"), "team", partner=self.provider_person)

    @users("bsc_coach")
    def test_stamp_of_a_team_without_open_collaboration_is_refused(self):
        self.relation.active = False
        with self.assertRaisesRegex(ValidationError, "does not belong to a team"):
            self._stamp(self._new("yes"), "team")

    @users("bsc_coach")
    def test_one_person_cannot_stamp_for_both(self):
        self.env["bsc.relation"].create({"partner_id": self.provider.partner_id.id})
        check = self._new("yes")
        self._stamp(check, "provider")
        with self.assertRaisesRegex(ValidationError, "cannot agree for both sides"):
            self._stamp(check, "team", partner=self.provider_person)

    @users("bsc_coach")
    def test_stamp_in_the_future_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "cannot lie in the future"):
            self._stamp(self._new("yes"), "provider", "2026-03-03")

    @users("bsc_coach")
    def test_stamp_needs_person_and_date(self):
        check = self._new("yes")
        for vals in (
            {"team_stamp_date": "2026-03-02"},
            {"team_stamp_partner_id": self.professional.id},
        ):
            with (
                self.subTest(vals),
                self.assertRaisesRegex(ValidationError, "both"),
                self.env.cr.savepoint(),
            ):
                check.write(vals)

    @users("bsc_coach")
    def test_stamp_names_who_recorded_it(self):
        check = self._new("yes")
        check.write(
            {
                "team_stamp_partner_id": self.professional.id,
                "team_stamp_date": "2026-03-02",
                "team_stamp_user_id": self.other_coach.id,
            }
        )
        self.assertEqual(check.team_stamp_user_id, self.coach)

    @users("bsc_coach")
    def test_recorder_of_a_stamp_cannot_be_changed_afterwards(self):
        check = self._agree(self._new("yes"))
        check.write({"team_stamp_user_id": self.other_coach.id})
        self.assertEqual(check.team_stamp_user_id, self.coach)

    @users("bsc_coach")
    def test_nobody_says_that_a_stamp_came_through_a_link(self):
        check = self._new("yes")
        with self.assertRaisesRegex(ValidationError, "Only the person who got"):
            check.write(
                {
                    "team_stamp_partner_id": self.professional.id,
                    "team_stamp_date": "2026-03-02",
                    "team_stamp_how": "link",
                }
            )

    @users("bsc_coach")
    def test_stamp_of_a_link_that_is_changed_by_hand_is_the_word_of_the_user(self):
        check = self._new("yes")
        check.sudo()._agree_by_link("provider", self.provider_person)
        other = self.env["res.partner"].create(
            {"name": "Chair", "parent_id": self.provider.partner_id.id}
        )
        check.provider_stamp_partner_id = other
        self.assertFalse(check.provider_stamp_how)
        self.assertEqual(check.provider_stamp_user_id, self.coach)

    @users("bsc_coach")
    def test_links_stay_dead_whatever_the_coach_writes(self):
        check = self._new("yes")
        check._ask_by_mail("team", self._mine(self.professional))
        check.write({"team_asked_date": False})
        self.assertTrue(check.team_asked_date)
        with self.assertRaises(AccessError):
            check.verdict_version = 5

    @users("bsc_coach")
    def test_changed_verdict_removes_both_stamps(self):
        check = self._agree(self._new("yes"))
        messages = check.message_ids
        check.line_ids[0].verdict = "not_yet"
        self.assertEqual(check.state, "draft")
        self.assertFalse(check.provider_stamp_partner_id | check.team_stamp_partner_id)
        self.assertFalse(check.provider_stamp_date or check.team_stamp_date)
        self.assertFalse(check.provider_stamp_user_id | check.team_stamp_user_id)
        self.assertFalse(check.valid_until)
        self.assertFalse(self.offering.is_referable)
        self.assertIn("both stamps are removed", (check.message_ids - messages).body)

    @users("bsc_coach")
    def test_same_verdict_again_keeps_the_stamps(self):
        check = self._agree(self._new("yes"))
        check.line_ids.action_yes()
        self.assertEqual(check.state, "valid")

    @users("bsc_coach")
    def test_proof_can_be_added_to_an_agreed_check(self):
        check = self._agree(self._new("yes"))
        check.line_ids[0].proof = "Code of conduct seen"
        self.assertEqual(check.state, "valid")

    @users("bsc_coach")
    def test_other_question_removes_the_stamps(self):
        check = self._agree(self._new("yes"))
        criterion = (
            self.env["bsc.criterion"].sudo().create({"letter": "a", "name": "?"})
        )
        check.line_ids[0].criterion_id = criterion
        self.assertEqual(check.state, "agree")

    @users("bsc_coach")
    def test_question_cannot_be_slipped_into_an_agreed_check(self):
        check = self._agree(self._new("yes"))
        criterion = (
            self.env["bsc.criterion"].sudo().create({"letter": "a", "name": "?"})
        )
        with self.assertRaisesRegex(ValidationError, "Nobody can agree yet"):
            check.line_ids.create({"check_id": check.id, "criterion_id": criterion.id})

    @users("bsc_coach")
    def test_stamps_are_removed_on_purpose_to_change_a_verdict(self):
        check = self._agree(self._new("yes"))
        self.assertFalse(check.line_ids[0].is_open)
        check.action_change_verdict()
        self.assertEqual(check.state, "agree")
        self.assertTrue(check.line_ids[0].is_open)

    @users("bsc_coach")
    def test_agreed_check_cannot_move_to_another_offering(self):
        check = self._agree(self._new("yes", offering_id=self.offering.id))
        for vals in ({"offering_id": False}, {"date": "2026-03-01"}):
            with (
                self.subTest(vals),
                self.assertRaisesRegex(
                    ValidationError, "Somebody agreed with this check already"
                ),
            ):
                check.write(vals)

    @users("bsc_coach")
    def test_agreed_check_is_not_renewed_by_a_new_stamp(self):
        check = self._agree(self._new("yes", date="2026-02-01"), "2026-02-01")
        with self.assertRaisesRegex(ValidationError, "Start a new check"):
            self._stamp(check, "team", "2026-03-02")

    @users("bsc_coach")
    def test_check_of_an_offering_stays_with_its_provider(self):
        other = self.env["bsc.provider"].create({"name": "Gym"})
        with self.assertRaisesRegex(ValidationError, "is not an offering of “Gym”"):
            self._new(provider_id=other.id, offering_id=self.offering.id)

    # how long it is valid

    @users("bsc_coach")
    def test_valid_until_counts_from_the_last_stamp(self):
        check = self._new("yes")
        self._stamp(check, "team", "2026-01-31")
        self._stamp(check, "provider", "2026-02-28")
        self.assertEqual(check.valid_until, date(2027, 2, 28))

    @users("bsc_coach")
    def test_months_of_the_company_count(self):
        self.company.bsc_check_months = 6
        check = self._agree(self._new("yes"))
        self.assertEqual(check.valid_until, date(2026, 9, 2))

    @users("bsc_coach")
    def test_later_setting_leaves_agreed_checks_alone(self):
        check = self._agree(self._new("yes"))
        self.company.bsc_check_months = 6
        self.assertEqual(check.valid_until, date(2027, 3, 2))

    @users("bsc_coach")
    def test_check_may_be_shortened_but_not_stretched(self):
        check = self._agree(self._new("yes"))
        check.valid_until = "2026-06-01"
        self.assertEqual(check.state, "valid")
        with self.assertRaisesRegex(ValidationError, "until 03/02/2027 at the latest"):
            check.valid_until = "2027-03-03"

    @users("bsc_coach")
    def test_check_is_valid_on_its_last_day(self):
        self._agree(self._new("yes"))
        self.env.flush_all()
        with freeze_time("2027-03-02 10:00:00"):
            self._lapse()
        self.assertTrue(self.offering.is_referable)

    @users("bsc_coach")
    def test_daily_job_lapses_a_check_the_day_after(self):
        check = self._agree(self._new("yes"))
        self.env.flush_all()
        with freeze_time("2027-03-03 10:00:00"):
            self._lapse()
        self.assertEqual(check.state, "lapsed")
        self.assertFalse(self.offering.is_referable)
        self.assertEqual(self.offering.current_check_id, check)
        self.assertEqual(self.provider.vetting_state, "lapsed")
        check.invalidate_recordset(["message_ids"])
        self.assertIn("has lapsed", check.message_ids[0].body)

    def test_daily_job_leaves_other_checks_alone(self):
        failed = self._check("no", stamped=False)
        running = self._check(stamped=False, offering_id=self.offering.id)
        with freeze_time("2030-01-01"):
            self._lapse()
        self.assertEqual((failed.state, running.state), ("failed", "agree"))

    def test_daily_job_takes_the_same_queries_for_many_checks(self):
        def lapse(number):
            providers = self.env["bsc.provider"].create(
                [{"name": f"Club {number}-{index}"} for index in range(number)]
            )
            checks = self.env["bsc.check"].create(
                [{"provider_id": provider.id} for provider in providers]
            )
            checks.line_ids.verdict = "yes"
            people = self.env["res.partner"].create(
                [
                    {"name": "Trainer", "parent_id": provider.partner_id.id}
                    for provider in providers
                ]
            )
            for check, person in zip(checks, people, strict=True):
                check.write(
                    {
                        "provider_stamp_partner_id": person.id,
                        "provider_stamp_date": "2026-03-02",
                        "team_stamp_partner_id": self.professional.id,
                        "team_stamp_date": "2026-03-02",
                    }
                )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            with freeze_time("2027-03-03"):
                self._lapse()
                self.env.flush_all()
            self.assertEqual(set(checks.mapped("state")), {"lapsed"})
            return self.env.cr.sql_log_count - before

        lapse(1)  # warm up
        self.assertLessEqual(lapse(20), lapse(2) + 2)

    @users("bsc_coach")
    def test_old_stamps_make_a_lapsed_check_at_once(self):
        check = self._agree(self._new("yes", date="2024-01-01"), "2024-01-01")
        self.assertEqual(check.state, "lapsed")

    @users("bsc_coach")
    def test_daily_job_tells_each_coach_once(self):
        other = self.provider.create({"name": "Gym", "coach_id": self.other_coach.id})
        person = self.env["res.partner"].create(
            {"name": "Owner", "parent_id": other.partner_id.id}
        )
        checks = self._agree(self._new("yes"))
        checks |= self._agree(self._new("yes", offering_id=self.offering.id))
        check = self._new("yes", provider_id=other.id, coach_id=False)
        self._stamp(check, "provider", partner=person)
        self._stamp(check, "team")
        checks |= check
        self.env.flush_all()
        before = self.env["mail.message"].sudo().search([], limit=1, order="id desc")
        with freeze_time("2027-03-03 10:00:00"):
            self._lapse()
            self._lapse()
        self.assertEqual(set(checks.mapped("state")), {"lapsed"})
        told = (
            self.env["mail.message"]
            .sudo()
            .search(
                [("id", ">", before.id), ("message_type", "=", "user_notification")]
            )
        )
        self.assertEqual(
            {message.partner_ids: message.subject for message in told},
            {
                self.coach.partner_id: "2 criteria checks have lapsed",
                self.other_coach.partner_id: "1 criteria check has lapsed",
            },
        )
        self.assertEqual(len(told), 2)
        for message in told:
            self.assertIn("/odoo/bsc-checks-lapsed", message.body)

    @users("bsc_coach")
    def test_list_of_the_message_shows_the_lapsed_checks_of_the_coach(self):
        check = self._agree(self._new("yes", date="2024-01-01"), "2024-01-01")
        action = self.env.ref("bsc_wijkteam.bsc_check_action_lapsed").sudo()
        self.assertEqual(action.path, "bsc-checks-lapsed")
        arch = etree.fromstring(
            self.env["bsc.check"].get_view(view_type="search")["arch"]
        )
        domain = []
        for name in ("my", "lapsed"):
            self.assertIn(f"search_default_{name}", action.context)
            node = arch.find(f".//filter[@name='{name}']")
            domain += safe_eval(node.get("domain"), {"uid": self.env.uid})
        self.assertIn(check, self.env["bsc.check"].search(domain))
        check.sudo().coach_id = False
        self.assertIn(check, self.env["bsc.check"].search(domain))
        check.sudo().coach_id = self.other_coach
        self.assertNotIn(check, self.env["bsc.check"].search(domain))

    # one conversation at a time

    @users("bsc_coach")
    def test_second_running_check_is_refused(self):
        self._new("not_yet")
        with self.assertRaisesRegex(ValidationError, "“Club · 03/02/2026” is still"):
            self._new()

    @users("bsc_coach")
    def test_two_running_checks_at_once_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "is still running"):
            self.env["bsc.check"].create([{"provider_id": self.provider.id}] * 2)

    @users("bsc_coach")
    def test_check_is_not_moved_beside_a_running_one(self):
        self._new("yes")
        own = self._new(offering_id=self.offering.id)
        with self.assertRaisesRegex(ValidationError, "is still running"):
            own.offering_id = False

    @users("bsc_coach")
    def test_finished_check_and_other_subject_leave_room_for_a_new_one(self):
        self._agree(self._new("yes"))
        self._new()
        self.assertTrue(self._new(offering_id=self.offering.id))

    @users("bsc_coach")
    def test_form_shows_the_running_check_before_it_is_refused(self):
        running = self._new()
        form = Form(self.env["bsc.check"])
        self.assertFalse(form.running_id)
        form.provider_id = self._mine(self.provider)
        self.assertEqual(form.running_id, running)
        form.offering_id = self._mine(self.offering)
        self.assertFalse(form.running_id)

    # what happens next

    @users("bsc_coach")
    def test_next_step_follows_the_conversation(self):
        check = self._new()
        self.assertEqual(check.next_step, "7 answers to go.")
        check.line_ids[1:].verdict = "yes"
        self.assertEqual(check.next_step, "One answer to go.")
        check.line_ids[0].verdict = "not_yet"
        self.assertEqual(check.next_step, "Agree on what happens, and before when: a.")
        check.line_ids[0].promise_date = "2026-04-01"
        self.assertEqual(check.next_step, "Look again on 04/01/2026, as agreed.")
        check.line_ids[0].verdict = "yes"
        self.assertEqual(check.next_step, "Ask the provider and the team to agree.")
        self._stamp(check, "provider")
        self.assertEqual(check.next_step, "Ask the team to agree.")
        check._ask_by_mail("team", self._mine(self.professional))
        self.assertEqual(
            check.next_step, "Asked by e-mail, no answer yet: Professional."
        )
        self._stamp(check, "team")
        self.assertEqual(check.next_step, "People can be referred until 03/02/2027.")
        check.valid_until = "2026-05-01"
        self.assertEqual(
            check.next_step, "Valid until 05/01/2026 only. Start a new check in time."
        )

    @users("bsc_coach")
    def test_next_step_after_a_lapsed_a_failed_and_a_replaced_check(self):
        lapsed = self._agree(self._new("yes", date="2024-01-01"), "2024-01-01")
        self.assertIn("Nobody is referred here any more", lapsed.next_step)
        failed = self._new("no")
        self.assertIn("when things are better", failed.next_step)
        self.assertFalse(lapsed.next_step)

    @users("bsc_viewer")
    def test_viewer_reads_the_next_step(self):
        check = self._check(stamped=False)
        check._ask_by_mail("team", self.professional)
        self.assertEqual(
            self._mine(check).next_step,
            "Ask the provider to agree. Asked by e-mail, no answer yet: Professional.",
        )

    def test_board_shows_what_to_do_also_where_there_is_nothing(self):
        checks = self.env["bsc.check"].with_context(read_group_expand=True)
        groups = checks.web_read_group([("id", "=", 0)], ["state"], ["__count"])
        groups = groups["groups"]
        self.assertEqual(
            [group["state"] for group in groups], ["draft", "agree", "valid"]
        )

    # history: replaced, never overwritten

    @users("bsc_coach")
    def test_newer_valid_check_replaces_the_older(self):
        old = self._agree(self._new("yes"))
        new = self._agree(self._new("yes"))
        self.assertEqual((old.state, old.replaced_by_id), ("replaced", new))
        self.assertEqual(self.offering.current_check_id, new)
        self.assertTrue(self.offering.is_referable)

    @users("bsc_coach")
    def test_running_check_changes_nothing_yet(self):
        old = self._agree(self._new("yes"))
        new = self._new("yes")
        new.line_ids[0].verdict = "not_yet"
        self.assertEqual((old.state, new.state), ("valid", "draft"))
        self.assertEqual(self.offering.current_check_id, old)
        self.assertTrue(self.offering.is_referable)

    @users("bsc_coach")
    def test_newer_failed_check_replaces_a_valid_one(self):
        old = self._agree(self._new("yes"))
        new = self._new("no")
        self.assertEqual(old.state, "replaced")
        self.assertEqual(self.offering.current_check_id, new)
        self.assertFalse(self.offering.is_referable)

    @users("bsc_coach")
    def test_slip_of_the_finger_is_taken_back(self):
        old = self._agree(self._new("yes"))
        new = self._new("yes")
        new.line_ids[6].action_no()
        self.assertFalse(self.offering.is_referable)
        new.line_ids[6].action_yes()
        self.assertEqual((old.state, new.state), ("valid", "agree"))
        self.assertFalse(old.replaced_by_id)
        self.assertEqual(self.offering.current_check_id, old)
        self.assertTrue(self.offering.is_referable)

    @users("bsc_coach")
    def test_doubt_about_an_agreed_check_does_not_revive_the_older(self):
        old = self._agree(self._new("yes"))
        new = self._agree(self._new("yes"))
        for verdict in ("not_yet", "no", "not_yet", "yes"):
            new.line_ids[0].verdict = verdict
            with self.subTest(verdict):
                self.assertEqual(old.state, "replaced")
                self.assertFalse(self.offering.is_referable)
        self._agree(new)
        self.assertEqual(self.offering.current_check_id, new)
        self.assertTrue(self.offering.is_referable)

    @users("bsc_coach")
    def test_older_check_entered_later_does_not_count(self):
        new = self._agree(self._new("yes"))
        old = self._agree(self._new("yes", date="2025-02-01"), "2025-02-01")
        self.assertEqual((old.state, old.replaced_by_id), ("replaced", new))
        self.assertEqual(self.offering.current_check_id, new)
        self.assertTrue(self.offering.is_referable)

    @users("bsc_coach")
    def test_deciding_check_is_the_same_in_every_order_of_events(self):
        """Three checks of three years, decided in any order: the newest one counts."""
        days = ("2024-02-01", "2025-06-01", "2026-02-01")
        for order in permutations(range(3)):
            provider = self.env["bsc.provider"].create({"name": "Gym"})
            person = self.env["res.partner"].create(
                {"name": "Trainer", "parent_id": provider.partner_id.id}
            )
            offering = self.env["bsc.offering"].create(
                {"name": "Group", "provider_id": provider.id}
            )
            checks = {}
            for index in order:
                checks[index] = self._new(provider_id=provider.id, date=days[index])
                checks[index].line_ids.verdict = "no" if index == 1 else "yes"
                if index != 1 and checks[index].state != "replaced":
                    self._stamp(checks[index], "provider", days[index], person)
                    self._stamp(checks[index], "team", days[index])
            with self.subTest(order):
                self.assertEqual(offering.current_check_id, checks[2])
                self.assertTrue(offering.is_referable)
                self.assertEqual(provider.vetting_state, "valid")
                self.assertEqual(
                    {checks[0].state, checks[1].state} - {"draft"}, {"replaced"}
                )

    @users("bsc_coach")
    def test_check_that_moves_leaves_its_old_place_right(self):
        own = self._new("no", offering_id=self.offering.id)
        general = self._agree(self._new("yes"))
        self.assertEqual(self.offering.current_check_id, own)
        other = self.env["bsc.offering"].create(
            {"name": "Other", "provider_id": self.provider.id}
        )
        own.offering_id = other
        self.assertEqual(self.offering.current_check_id, general)
        self.assertTrue(self.offering.is_referable)
        self.assertEqual(other.current_check_id, own)
        self.assertFalse(other.is_referable)

    @users("bsc_coach")
    def test_failed_check_widened_to_the_provider_replaces_the_older(self):
        general = self._agree(self._new("yes"))
        own = self._new("no", offering_id=self.offering.id)
        own.offering_id = False
        self.assertEqual(general.replaced_by_id, own)
        self.assertEqual(self.provider.vetting_state, "failed")
        own.offering_id = self.offering
        self.assertFalse(general.replaced_by_id)
        self.assertEqual(self.provider.vetting_state, "valid")

    @users("bsc_coach")
    def test_past_check_stays_as_it_was(self):
        old = self._agree(self._new("yes"))
        self._agree(self._new("yes"))
        lapsed = self._agree(
            self._new("yes", date="2024-01-01", offering_id=self.offering.id),
            "2024-01-01",
        )
        for check in (old, lapsed):
            for change in (
                lambda check: check.line_ids[0].write({"verdict": "no"}),
                lambda check: check.line_ids[0].write({"proof": "Other"}),
                lambda check: self._stamp(check, "team"),
                lambda check: check.write({"date": "2026-03-01"}),
                lambda check: check.action_change_verdict(),
            ):
                with self.assertRaisesRegex(ValidationError, "is over and stays"):
                    change(check)
            self.assertFalse(check.line_ids[0].is_open)

    @users("bsc_coach")
    def test_copy_is_a_new_check_without_answers(self):
        copy = self._agree(self._new("yes")).copy()
        self.assertEqual(copy.state, "draft")
        self.assertFalse(any(copy.line_ids.mapped("verdict")))
        self.assertFalse(copy.was_valid)

    # one offering

    @users("bsc_coach")
    def test_failed_own_check_blocks_although_the_provider_is_valid(self):
        self._agree(self._new("yes"))
        own = self._new("no", offering_id=self.offering.id)
        other = self.env["bsc.offering"].create(
            {"name": "Other", "provider_id": self.provider.id}
        )
        self.assertEqual(self.offering.current_check_id, own)
        self.assertFalse(self.offering.is_referable)
        self.assertTrue(other.is_referable)
        self.assertEqual(self.provider.vetting_state, "valid")

    @users("bsc_coach")
    def test_valid_own_check_opens_one_offering_of_a_failed_provider(self):
        self._new("no")
        own = self._agree(self._new("yes", offering_id=self.offering.id))
        self.assertEqual(self.offering.current_check_id, own)
        self.assertTrue(self.offering.is_referable)
        self.assertEqual(self.provider.vetting_state, "failed")

    @users("bsc_coach")
    def test_running_own_check_leaves_the_check_of_the_provider_in_force(self):
        general = self._agree(self._new("yes"))
        self._new("yes", offering_id=self.offering.id)
        self.assertEqual(self.offering.current_check_id, general)
        self.assertTrue(self.offering.is_referable)

    @users("bsc_coach")
    def test_lapsed_own_check_blocks_although_the_provider_is_valid(self):
        self._agree(
            self._new("yes", offering_id=self.offering.id, date="2024-01-01"),
            "2024-01-01",
        )
        self._agree(self._new("yes"))
        self.assertFalse(self.offering.is_referable)

    # buttons and texts

    @users("bsc_coach")
    def test_new_check_opens_the_running_one(self):
        old = self._agree(self._new("yes"))
        action = old.action_start_new()
        running = self.env["bsc.check"].browse(action["res_id"])
        self.assertEqual((running.provider_id, running.state), (self.provider, "draft"))
        self.assertEqual(old.action_start_new()["res_id"], running.id)

    @users("bsc_coach")
    def test_new_check_holds_for_the_same_offering(self):
        old = self._new("no", offering_id=self.offering.id)
        new = self.env["bsc.check"].browse(old.action_start_new()["res_id"])
        self.assertEqual(new.offering_id, self.offering)

    @users("bsc_coach")
    def test_stamp_buttons_ask_for_their_side(self):
        check = self._new("yes")
        for action, side in (
            (check.action_stamp_provider(), "provider"),
            (check.action_stamp_team(), "team"),
        ):
            self.assertEqual(action["context"]["default_side"], side)
            self.assertEqual(action["context"]["default_check_id"], check.id)

    @users("bsc_coach")
    def test_name_tells_subject_and_day(self):
        self.assertEqual(self._new().display_name, "Club · 03/02/2026")
        own = self._new(offering_id=self.offering.id)
        self.assertEqual(own.display_name, "Group · 03/02/2026")

    @users("bsc_coach")
    def test_open_points_name_exactly_what_is_missing(self):
        check = self._new()
        check.line_ids[:5].verdict = "yes"
        check.line_ids[3].verdict = "not_yet"
        self.assertEqual(
            check._get_open_points(),
            [
                "criterion c · Physically: not yet",
                "not asked yet: d · Continuity, e",
                "the provider has not agreed yet",
                "the team has not agreed yet",
            ],
        )

    @users("bsc_coach")
    def test_failed_check_does_not_ask_for_stamps(self):
        check = self._new("yes")
        check.line_ids[2].verdict = "no"
        self.assertEqual(check._get_open_points(), ["criterion c · Socially: no"])

    @users("bsc_coach")
    def test_valid_check_lacks_nothing(self):
        self.assertFalse(self._agree(self._new("yes"))._get_open_points())

    @users("bsc_coach")
    def test_bsn_in_a_proof_is_refused(self):
        line = self._new().line_ids[0]
        with self.assertRaisesRegex(ValidationError, "“Proof” contains a number"):
            line.proof = "Seen by 111222333"
        self.assertFalse(line.proof)

    # who

    @users("bsc_viewer")
    def test_viewer_reads_but_does_not_answer(self):
        line = self._mine(self._check(stamped=False)).line_ids[0]
        self.assertEqual(line.verdict, "yes")
        with (
            mute_logger("odoo.addons.base.models.ir_rule"),
            self.assertRaises(AccessError),
        ):
            line.action_no()

    @users("bsc_coordinator")
    def test_nobody_deletes_a_check(self):
        with self.assertRaises(AccessError):
            self._mine(self._check()).unlink()
