from datetime import date

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged, users
from odoo.tools import mute_logger

from ..models import bsc_provider_ask
from .common import BscCommon

UPDATE_TYPE = "bsc_wijkteam.mail_activity_type_update"
CALL_TYPE = "bsc_wijkteam.mail_activity_type_confirm"


class UpdateCommon(BscCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.offering.write(
            {
                "price": 10,
                "price_period": "month",
                "contact_id": cls.provider_person.id,
                "slot_ids": [
                    Command.create({"weekday": "1", "hour_from": 19, "hour_to": 20})
                ],
            }
        )

    def _answer(self, offering=None, partner=None, **proposed):
        """Answer as the provider does behind the link."""
        offering = (offering or self.offering).sudo()
        remark = proposed.pop("remark", "")
        is_stopped = proposed.pop("is_stopped", False)
        partner = partner or self.provider_person
        values = {**offering._get_told(), **proposed}
        update = offering._record_answer(partner, values, remark, is_stopped)
        offering.provider_id._plan_updates()
        return update.with_env(self.env)

    def _cost(self, price=12.5, period="month", trial=False):
        return {"price": price, "price_period": period, "is_trial_free": trial}

    def _contact(self, name="Noor", phone="0612345678", email="noor@example.com"):
        return {"name": name, "phone": phone, "email": email}


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")
class TestBscOfferingUpdate(UpdateCommon):
    # what an answer does

    def test_correction_waits_and_changes_nothing(self):
        before = self.offering._get_told()
        update = self._answer(
            cost=self._cost(),
            times=[["2", "10:00", "11:00", False, False]],
            places=8,
            contact=self._contact(),
            is_stopped=True,
        )
        self.assertEqual(update.state, "waiting")
        self.assertEqual(self.offering._get_told(), before)
        self.assertTrue(self.offering.active)
        self.assertFalse(self.offering.date_confirmed)
        self.assertFalse(
            self.env["res.partner"].search([("email", "=", "noor@example.com")])
        )

    def test_answer_that_equals_what_we_have_confirms(self):
        self.assertFalse(self._answer())
        self.assertEqual(self.offering.date_confirmed, date(2026, 3, 2))
        self.assertFalse(self.offering.update_ids)

    def test_only_what_differs_is_kept(self):
        update = self._answer(cost=self._cost())
        self.assertEqual(list(update.proposed), ["cost"])

    def test_newest_answer_replaces_the_one_that_waits(self):
        first = self._answer(cost=self._cost(11), remark="First")
        first.with_cost = False
        second = self._answer(cost=self._cost(12), places=5)
        self.assertEqual(second, first)
        self.assertEqual(second.proposed, {"cost": self._cost(12), "places": 5})
        self.assertFalse(second.remark)
        self.assertTrue(second.with_cost)

    def test_answer_that_takes_it_back_withdraws_and_confirms(self):
        update = self._answer(cost=self._cost())
        self._answer()
        self.assertEqual(update.state, "withdrawn")
        self.assertEqual(self.offering.date_confirmed, date(2026, 3, 2))

    def test_another_person_has_an_answer_of_its_own(self):
        first = self._answer(cost=self._cost())
        second = self._answer(partner=self.provider.partner_id, cost=self._cost(13))
        self.assertNotEqual(first, second)
        self.assertEqual(first.proposed["cost"]["price"], 12.5)

    def test_database_keeps_one_waiting_answer_per_person(self):
        update = self._answer(cost=self._cost())
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            update.copy()

    def test_answer_after_the_decision_is_a_new_one(self):
        first = self._answer(cost=self._cost())
        first.with_user(self.coach).action_decline()
        self.assertNotEqual(self._answer(cost=self._cost()), first)

    def test_remark_alone_waits_for_the_coach(self):
        update = self._answer(remark="We meet at the other door")
        self.assertEqual(update.state, "waiting")
        self.assertEqual(update.summary, "We meet at the other door")
        self.assertFalse(self.offering.date_confirmed)

    def test_bsn_is_refused_also_in_a_proposed_contact(self):
        for values in (
            {"contact": self._contact(name="Noor 111222333")},
            {"remark": "111222333"},
        ):
            with self.subTest(values), self.assertRaisesRegex(ValidationError, "BSN"):
                self._answer(**values)

    def test_person_of_another_organisation_is_not_told(self):
        self.offering.contact_id = self.professional
        self.assertEqual(
            self.offering._get_told()["contact"], {"name": "", "phone": "", "email": ""}
        )

    def test_season_that_has_ended_is_not_told(self):
        self.offering.slot_ids.date_to = "2026-02-28"
        self.assertFalse(self.offering._get_told()["times"])

    # what the coach sees

    @users("bsc_coach")
    def test_old_and_new_side_by_side(self):
        update = self._answer(
            cost=self._cost(trial=True),
            times=[],
            places=8,
            contact=self._contact(),
        )
        self.assertIn("10.00", update.cost_old)
        self.assertIn("12.50", update.cost_new)
        self.assertIn("first time free", update.cost_new)
        self.assertEqual(update.times_old, "Tue 19:00–20:00")
        self.assertEqual(update.times_new, "No fixed times")
        self.assertEqual((update.places_old, update.places_new), ("No limit", "8"))
        self.assertEqual(update.contact_old, "Trainer · trainer@example.com")
        self.assertEqual(update.contact_new, "Noor · 0612345678 · noor@example.com")
        self.assertIn("Places: No limit → 8", update.summary)

    @users("bsc_coach")
    def test_what_does_not_change_is_not_shown(self):
        update = self._answer(cost=self._cost())
        self.assertFalse(update.times_new or update.places_new or update.contact_new)

    @users("bsc_coach")
    def test_change_by_the_coach_meanwhile_is_shown(self):
        update = self._answer(cost=self._cost())
        self.assertFalse(update.changed_since)
        update.offering_id.price = 11
        update.invalidate_recordset()
        self.assertRegex(update.changed_since, r"^Cost: .*10\.00.* → .*11\.00")
        self.assertIn("11.00", update.cost_old)

    def test_one_activity_per_provider(self):
        second = self._offering(name="Second")
        self._answer(cost=self._cost())
        activity = self.provider.activity_ids
        self.assertEqual(activity.summary, "Club sent a correction")
        self.assertEqual(activity.user_id, self.coach)
        self._answer(second, cost=self._cost())
        self.assertEqual(self.provider.activity_ids, activity)
        self.assertEqual(activity.summary, "Club sent 2 corrections")

    @users("bsc_coach")
    def test_activity_is_done_with_the_last_decision(self):
        first = self._answer(cost=self._cost())
        second = self._answer(self._offering(name="Second"), places=3)
        activity = self.provider.activity_ids
        first.action_take_over()
        self.assertTrue(activity.active)
        self.assertEqual(activity.summary, "Club sent a correction")
        second.action_decline()
        self.assertFalse(activity.active)

    @users("bsc_coach")
    def test_activity_is_done_when_the_provider_takes_it_back(self):
        self._answer(cost=self._cost())
        activity = self.provider.activity_ids
        self._answer()
        self.assertFalse(activity.active)

    def test_provider_without_coach_has_an_activity_for_anyone(self):
        self.provider.coach_id = False
        self._answer(cost=self._cost())
        self.assertFalse(self.provider.activity_ids.user_id)
        self.assertEqual(self.provider.activity_ids.summary, "Club sent a correction")

    # take over

    @users("bsc_coach")
    def test_take_over_writes_all_of_it(self):
        update = self._answer(
            cost=self._cost(trial=True),
            times=[["2", "18:20", "24:00", False, False]],
            places=8,
            contact=self._contact(),
        )
        update.action_take_over()
        offering = update.offering_id
        self.assertEqual((offering.price, offering.is_trial_free), (12.5, True))
        slot = offering.slot_ids
        self.assertEqual(slot.weekday, "2")
        self.assertEqual(slot.display_name, "Wednesday 18:20–24:00")
        self.assertEqual((offering.is_limited, offering.places), (True, 8))
        self.assertEqual(offering.contact_id.name, "Noor")
        self.assertEqual(offering.contact_id.parent_id, self.provider.partner_id)
        self.assertEqual(offering.date_confirmed, date(2026, 3, 2))
        self.assertEqual(update.state, "taken")
        self.assertEqual(update.decided_by_id, self.coach)
        self.assertTrue(update.date_decided)

    @users("bsc_coach")
    def test_history_tells_what_was_replaced(self):
        update = self._answer(cost=self._cost())
        update.offering_id.price = 11
        update.action_take_over()
        update.offering_id.price = 20
        update.invalidate_recordset()
        self.assertIn("11.00", update.cost_old)
        self.assertIn("12.50", update.cost_new)
        self.assertFalse(update.changed_since)

    @users("bsc_coach")
    def test_take_over_leaves_the_rest_of_what_the_coach_changed(self):
        update = self._answer(cost=self._cost())
        update.offering_id.write({"name": "Renamed", "places": 4, "is_limited": True})
        update.action_take_over()
        self.assertEqual(update.offering_id.price, 12.5)
        self.assertEqual((self.offering.name, self.offering.places), ("Renamed", 4))

    @users("bsc_coach")
    def test_what_is_not_ticked_stays(self):
        update = self._answer(cost=self._cost(), places=8)
        with Form(update) as form:
            form.with_cost = False
        update.action_take_over()
        self.assertEqual(self.offering.price, 10)
        self.assertEqual(self.offering.places, 8)

    @users("bsc_coach")
    def test_nothing_ticked_is_no_decision(self):
        update = self._answer(cost=self._cost())
        update.with_cost = False
        with self.assertRaisesRegex(UserError, "Tick what you take over"):
            update.action_take_over()
        self.assertEqual(update.state, "waiting")

    @users("bsc_coach")
    def test_season_of_a_time_stays(self):
        self.offering.slot_ids.write({"date_from": "2026-01-01"})
        [row] = self.offering._get_told()["times"]
        update = self._answer(times=[[*row[:2], "20:30", *row[3:]]])
        update.action_take_over()
        slot = self.offering.slot_ids
        self.assertEqual((slot.hour_to, slot.date_from), (20.5, date(2026, 1, 1)))

    @users("bsc_coach")
    def test_times_that_stay_are_left_alone(self):
        [row] = self.offering._get_told()["times"]
        slot = self.offering.slot_ids
        update = self._answer(times=[row, ["4", "09:00", "10:00", False, False]])
        update.action_take_over()
        self.assertEqual(len(self.offering.slot_ids), 2)
        self.assertIn(slot, self.offering.slot_ids)

    @users("bsc_coach")
    def test_times_may_change_places(self):
        self.offering.slot_ids = [
            Command.create({"weekday": "1", "hour_from": 20, "hour_to": 21})
        ]
        update = self._answer(
            times=[
                ["1", "19:30", "20:30", False, False],
                ["1", "20:30", "21:30", False, False],
            ]
        )
        update.action_take_over()
        self.assertEqual(self.offering.times, "Tue 19:30–20:30, Tue 20:30–21:30")

    @users("bsc_coach")
    def test_past_season_stays_on_record(self):
        self.offering.slot_ids.date_to = "2026-02-28"
        self._answer(times=[["1", "19:30", "20:30", False, False]]).action_take_over()
        self.assertEqual(len(self.offering.slot_ids), 2)

    @users("bsc_coach")
    def test_same_contact_person_is_updated(self):
        update = self._answer(
            contact=self._contact(name="trainer", email="new@example.com")
        )
        update.action_take_over()
        self.assertEqual(self.offering.contact_id, self.provider_person)
        self.assertEqual(self.provider_person.email, "new@example.com")
        self.assertEqual(self.provider_person.phone, "0612345678")

    @users("bsc_coach")
    def test_colleague_who_is_known_is_not_added_again(self):
        colleague = self.provider_person.copy({"name": "Noor"})
        self._answer(contact=self._contact()).action_take_over()
        self.assertEqual(self.offering.contact_id, colleague)

    @users("bsc_coach")
    def test_contact_person_can_go(self):
        empty = {"name": "", "phone": "", "email": ""}
        self._answer(contact=empty).action_take_over()
        self.assertFalse(self.offering.contact_id)
        self.assertTrue(self.provider_person.active)

    @users("bsc_coach")
    def test_fewer_places_than_people_is_refused_with_a_way_out(self):
        self.offering.write({"is_limited": True, "places": 3})
        self._check()
        for _number in range(2):
            referral = self._referral(
                offering_id=self.offering.id, client_id=self._client().id
            )
            referral.stage_id = self._stage("trial")
        update = self._answer(cost=self._cost(), places=1)
        with self.assertRaisesRegex(UserError, "2 people who were referred, so 1"):
            update.action_take_over()
        update.with_places = False
        update.action_take_over()
        self.assertEqual((self.offering.price, self.offering.places), (12.5, 3))

    @users("bsc_coach")
    def test_stopped_archives_the_offering_on_the_ok_only(self):
        update = self._answer(is_stopped=True, remark="The trainer moved")
        self.assertTrue(self.offering.active)
        update.action_take_over()
        self.assertFalse(self.offering.active)
        self.assertEqual(update.summary, "This activity has stopped")

    @users("bsc_coach")
    def test_stop_with_open_referrals_says_so_first(self):
        self._check()
        self._referral(offering_id=self.offering.id)
        update = self._answer(is_stopped=True)
        self.assertEqual(update.open_referral_count, 1)
        with self.assertRaisesRegex(UserError, "would stop while referrals are open"):
            update.action_take_over()
        update.with_context(bsc_stop_seen=True).action_take_over()
        self.assertFalse(self.offering.active)

    @users("bsc_coach")
    def test_referrals_of_others_count_too(self):
        self._check()
        self._referral(offering_id=self.offering.id, coach_id=self.other_coach.id)
        self.assertEqual(self._answer(is_stopped=True).open_referral_count, 1)

    @users("bsc_coach")
    def test_criteria_check_stays_as_it_is(self):
        check = self._check()
        self._answer(cost=self._cost(), contact=self._contact()).action_take_over()
        self.assertEqual(check.state, "valid")
        self.assertTrue(self.offering.is_referable)

    @users("bsc_coach")
    def test_take_over_many_oldest_first(self):
        first = self._answer(cost=self._cost(11))
        with freeze_time("2026-03-03"):
            second = self._answer(
                partner=self.provider.partner_id, cost=self._cost(12), places=5
            )
            (second | first).action_take_over()
        self.assertEqual((self.offering.price, self.offering.places), (12, 5))
        self.assertEqual(set((first | second).mapped("state")), {"taken"})

    @users("bsc_coach")
    def test_older_answer_does_not_undo_a_later_confirmation(self):
        update = self._answer(cost=self._cost())
        self.offering.date_confirmed = "2026-03-05"
        update.action_take_over()
        self.assertEqual(self.offering.date_confirmed, date(2026, 3, 5))

    # decline

    @users("bsc_coach")
    def test_decline_leaves_the_offering_and_keeps_the_reason(self):
        update = self._answer(cost=self._cost())
        update.reason = "The old price holds until summer"
        update.action_decline()
        self.assertEqual(update.state, "declined")
        self.assertEqual(update.decided_by_id, self.coach)
        self.assertEqual(self.offering.price, 10)
        self.assertFalse(self.offering.date_confirmed)

    @users("bsc_coach")
    def test_decided_is_decided(self):
        update = self._answer(cost=self._cost())
        update.action_decline()
        for action in (update.action_take_over, update.action_decline):
            with self.assertRaisesRegex(UserError, "has been decided already"):
                action()

    @users("bsc_coach")
    def test_correction_made_by_hand_knows_what_it_replaces(self):
        update = self.env["bsc.offering.update"].create(
            {"offering_id": self.offering.id, "proposed": {"cost": self._cost()}}
        )
        update.action_decline()
        self.assertIn("10.00", update.cost_old)
        self.assertIn("12.50", update.cost_new)

    # rights

    @users("bsc_viewer")
    def test_viewer_reads_and_decides_nothing(self):
        update = self._answer(cost=self._cost())
        self.assertIn("12.50", update.summary)
        for action in (update.action_take_over, update.action_decline):
            with self.assertRaises(AccessError):
                action()
        self.assertEqual(self.offering.price, 10)

    def test_other_company_sees_nothing(self):
        update = self._answer(cost=self._cost())
        company = self.env["res.company"].create({"name": "Other town"})
        user = self._user(
            "bsc_far_coach",
            "coach",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self.assertFalse(self.env["bsc.offering.update"].with_user(user).search([]))
        with self.assertRaises(AccessError):
            update.with_user(user).action_take_over()


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")
class TestBscProviderAsk(UpdateCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._age(cls.offering)
        cls.env["bsc.offering"].search(
            [("id", "!=", cls.offering.id)]
        ).date_confirmed = "2026-03-01"

    @classmethod
    def _age(cls, offerings, day="2025-01-01"):
        offerings.flush_recordset()
        cls.env.cr.execute(
            "UPDATE bsc_offering SET create_date = %s WHERE id = ANY(%s)",
            (day, offerings.ids),
        )
        offerings.invalidate_recordset()

    def _run(self):
        """Run the job of the day; return the mails it left."""
        mails = self.env["mail.mail"].sudo()
        known = mails.search([])
        self.env["bsc.provider"].sudo()._cron_ask_confirmation()
        return mails.search([]) - known

    def setUp(self):
        super().setUp()
        # The job commits after each batch: a test may not.
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *a, **k: 9.9)

    # who is asked

    def test_provider_not_confirmed_for_a_year_gets_a_mail_with_a_link(self):
        self.provider_person.lang = "en_US"
        mail = self._run()
        self.assertEqual(mail.recipient_ids, self.provider_person)
        self.assertEqual(mail.subject, "Is this still right? – Club")
        self.assertIn("/bsc/offer/", mail.body_html)
        self.assertIn("bsc_coach@example.com", mail.email_from)
        self.assertEqual(self.provider.date_asked, date(2026, 3, 2))

    def test_link_is_not_left_in_the_chatter(self):
        self._run()
        self.assertNotIn(
            "/bsc/offer/", "".join(self.provider.message_ids.mapped("body"))
        )

    def test_confirmed_within_the_interval_is_not_asked(self):
        self.offering.date_confirmed = "2025-03-02"
        self.assertFalse(self._run())
        self.offering.date_confirmed = "2025-03-01"
        self.assertTrue(self._run())

    def test_interval_is_a_setting_and_zero_means_never(self):
        self.company.bsc_confirm_months = 0
        self.assertFalse(self._run())
        self.offering.date_confirmed = "2025-12-01"
        self.company.bsc_confirm_months = 2
        self.assertTrue(self._run())

    def test_each_company_has_its_own_interval(self):
        self.env["res.company"].create({"name": "Other", "bsc_confirm_months": 1})
        self.company.bsc_confirm_months = 0
        self.assertFalse(self._run())

    def test_new_offering_was_right_when_it_was_entered(self):
        self._age(self.offering, "2025-06-01")
        self.assertFalse(self._run())

    def test_not_asked_again_within_thirty_days(self):
        self.assertTrue(self._run())
        with freeze_time("2026-04-01"):
            self.assertFalse(self._run())
        with freeze_time("2026-04-02"):
            self.assertTrue(self._run())

    def test_without_active_offering_nobody_is_asked(self):
        self.offering.active = False
        self.assertFalse(self._run())

    def test_archived_provider_is_not_asked(self):
        self.provider.active = False
        self.assertFalse(self._run())

    def test_answer_that_waits_or_was_declined_is_an_answer(self):
        update = self._answer(cost=self._cost())
        self.assertFalse(self._run())
        update.action_decline()
        self.assertFalse(self._run())

    def test_answer_that_was_taken_back_is_none(self):
        self._answer(cost=self._cost()).state = "withdrawn"
        self.assertTrue(self._run())

    def test_no_more_than_so_many_in_one_run(self):
        self.patch(bsc_provider_ask, "ASK_MAX", 2)
        self.patch(bsc_provider_ask, "ASK_BATCH", 1)
        for name in ("A", "B", "C"):
            provider = self.provider.copy({"name": name, "email": f"{name}@x.example"})
            self._age(self._offering(provider_id=provider.id))
        self.assertEqual(len(self._run()), 2)
        self.assertEqual(len(self._run()), 2)
        self.assertFalse(self._run())

    def test_job_stops_when_its_time_is_over(self):
        self.patch(bsc_provider_ask, "ASK_BATCH", 1)
        other = self.provider.copy({"name": "A", "email": "a@x.example"})
        self._age(self._offering(provider_id=other.id))
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *a, **k: 0)
        self.assertEqual(len(self._run()), 1)

    # which person

    def test_person_to_call_is_asked_first(self):
        chair = self.provider_person.copy({"name": "Chair", "email": "c@example.com"})
        self.provider.call_id = chair
        self.assertEqual(self._run().recipient_ids, chair)

    def test_provider_itself_is_asked_when_no_person_has_an_address(self):
        self.provider_person.email = False
        self.provider.email = "info@example.com"
        self.assertEqual(self._run().recipient_ids, self.provider.partner_id)

    def test_outsider_and_archived_person_are_not_asked(self):
        self.provider.email = "info@example.com"
        self.offering.contact_id = self.professional
        self.assertEqual(self.provider._get_ask_partner(), self.provider.partner_id)
        self.offering.contact_id = self.provider_person
        self.provider_person.active = False
        self.assertEqual(self.provider._get_ask_partner(), self.provider.partner_id)

    def test_mail_speaks_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        template = self.env.ref("bsc_wijkteam.mail_template_provider_confirm")
        template.with_context(lang="nl_NL").subject = "Klopt dit nog?"
        self.provider_person.lang = "nl_NL"
        self.assertEqual(self._run().subject, "Klopt dit nog?")

    # without an address

    def test_coach_is_told_once_about_a_provider_without_address(self):
        self.provider_person.email = False
        self.assertFalse(self._run())
        activity = self.provider.activity_ids
        self.assertEqual(activity.user_id, self.coach)
        self.assertIn("ask by phone", activity.summary)
        with freeze_time("2026-05-02"):
            self._run()
        self.assertEqual(self.provider.activity_ids, activity)
        activity.action_feedback()
        with freeze_time("2026-07-02"):
            self._run()
        self.assertFalse(self.provider.activity_ids)

    @users("bsc_coach")
    def test_confirmed_by_phone(self):
        self.provider_person.sudo().email = False
        self._run()
        activity = self.provider.activity_ids
        self.provider.with_env(self.env).action_confirm_by_phone()
        self.assertEqual(self.offering.date_confirmed, date(2026, 3, 2))
        self.assertFalse(activity.active)
        self.assertIn("Told by phone", self.provider.message_ids[:1].body)

    # the button

    @users("bsc_coach")
    def test_coach_asks_at_any_time(self):
        self.offering.date_confirmed = "2026-03-01"
        action = self.provider.with_env(self.env).action_ask_confirmation()
        self.assertIn("trainer@example.com", action["params"]["message"])
        self.assertEqual(action["params"]["type"], "success")
        self.assertEqual(self.provider.date_asked, date(2026, 3, 2))

    @users("bsc_coach")
    def test_button_says_who_cannot_be_asked(self):
        silent = self.env["bsc.provider"].create({"name": "Silent"})
        self._offering(provider_id=silent.id)
        empty = self.env["bsc.provider"].create({"name": "Empty"})
        providers = self.provider.with_env(self.env) | silent | empty
        params = providers.action_ask_confirmation()["params"]
        self.assertEqual(params["type"], "warning")
        self.assertIn("No e-mail address: Silent.", params["message"])
        self.assertTrue(params["sticky"])
        self.assertIn("Nothing on offer to ask about: Empty.", params["message"])
        self.assertFalse(silent.date_asked)

    @users("bsc_coach")
    def test_button_refuses_when_nobody_can_be_asked(self):
        self.provider_person.sudo().email = False
        with self.assertRaisesRegex(UserError, "No e-mail address: Club"):
            self.provider.with_env(self.env).action_ask_confirmation()

    @users("bsc_viewer")
    def test_viewer_asks_and_confirms_nothing(self):
        provider = self.provider.with_env(self.env)
        for action in (
            provider.action_ask_confirmation,
            provider.action_confirm_by_phone,
        ):
            with self.assertRaises(AccessError):
                action()

    # lists

    @users("bsc_viewer")
    def test_providers_due_are_found(self):
        Provider = self.env["bsc.provider"]
        provider = self.provider.with_env(self.env)
        due = Provider.search([("is_confirmation_due", "=", True)])
        self.assertIn(provider, due)
        self.assertTrue(provider.is_confirmation_due)
        self.offering.date_confirmed = "2026-03-01"
        self.assertNotIn(
            provider, Provider.search([("is_confirmation_due", "=", True)])
        )
        self.assertIn(provider, Provider.search([("is_confirmation_due", "=", False)]))
        self.assertFalse(provider.is_confirmation_due)

    @users("bsc_viewer")
    def test_corrections_waiting_are_counted_and_opened(self):
        update = self._answer(cost=self._cost())
        provider = self.provider.with_env(self.env)
        self.assertEqual(provider.update_count, 1)
        action = provider.action_open_updates()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), update)

    # speed

    def test_queries_do_not_grow_with_the_providers(self):
        def add(names):
            for name in names:
                provider = self.provider.copy({"name": name, "email": f"{name}@x.nl"})
                self._age(self._offering(provider_id=provider.id))

        def count():
            self.env.invalidate_all()
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.assertTrue(self._run())
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        add("a")
        self._run()
        add("bc")
        few = count()
        add("defghijklm")
        self.assertLessEqual(count(), few)
