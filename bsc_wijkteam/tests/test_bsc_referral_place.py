from ast import literal_eval
from datetime import datetime
from pathlib import Path

from lxml import etree

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.modules.migration import load_script
from odoo.tests import freeze_time, tagged, users

from .common import BscCommon

MIGRATION = Path(__file__).parent.parent / "migrations/19.0.1.3.0/post-migrate.py"

PLACE_TYPE = "bsc_wijkteam.mail_activity_type_place"


@tagged("post_install", "-at_install")
@freeze_time("2026-04-01 10:00:00")
class TestBscReferralPlace(BscCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.offering.write({"is_limited": True, "places": 1})
        cls._check()
        cls.holder = cls._referral(
            client_id=cls._client().id,
            offering_id=cls.offering.id,
            stage_id=cls._stage("trial").id,
        )

    def _wait(self, **values):
        return self._referral(
            **{
                "client_id": self._client().id,
                "offering_id": self.offering.id,
                "stage_id": self._stage("waiting").id,
                "review_date": "2026-05-01",
                **values,
            }
        )

    def _told(self, referral):
        """The open activities that tell of a free place."""
        return referral.activity_search([PLACE_TYPE])

    def _leave(self, referral=None):
        (referral or self.holder).stage_id = self._stage("match")

    # places

    @users("bsc_coach")
    def test_place_is_held_from_the_stage_that_takes_it(self):
        self.assertEqual(self.offering.places_taken, 1)
        self._leave()
        self.assertEqual(self.offering.places_taken, 0)
        self.assertEqual(self.offering.places_free, 1)

    def test_waiting_takes_no_place(self):
        self._wait()
        self.assertEqual(self.offering.places_taken, 1)

    @users("bsc_coach")
    def test_full_offering_is_refused_in_one_sentence(self):
        referral = self._wait().with_user(self.coach)
        refusal = "At “Group .Club.” all are taken of this many places: 1"
        with self.assertRaisesRegex(ValidationError, refusal):
            with self.env.cr.savepoint():
                referral.stage_id = self._stage("trial")

    # in line

    def test_line_is_in_order_of_waiting(self):
        with freeze_time("2026-04-02 10:00:00"):
            second = self._wait()
        with freeze_time("2026-04-01 10:00:00"):
            first = self._wait()
        self.assertEqual((first | second).mapped("waiting_rank"), [1, 2])

    def test_urgent_goes_first(self):
        normal = self._wait()
        with freeze_time("2026-04-02 10:00:00"):
            urgent = self._wait(priority="1")
        self.assertEqual((urgent | normal).mapped("waiting_rank"), [1, 2])

    def test_who_does_not_wait_has_no_number(self):
        self.assertEqual(self.holder.waiting_rank, 0)
        self.assertFalse(self.holder.date_waiting)

    def test_waiting_without_an_offering_has_no_number(self):
        referral = self._wait(offering_id=False)
        self.assertEqual(referral.waiting_rank, 0)
        self.assertFalse(referral.date_waiting)

    def test_another_offering_is_another_line(self):
        other = self._offering(name="Other", is_limited=True)
        referral = self._wait()
        with freeze_time("2026-04-09 10:00:00"):
            referral.offering_id = other
        self.assertEqual(referral.date_waiting, datetime(2026, 4, 9, 10))
        self.assertFalse(self.offering.waiting_count)
        self.assertEqual(other.waiting_count, 1)

    def test_other_changes_keep_the_place_in_line(self):
        referral = self._wait()
        with freeze_time("2026-04-09 10:00:00"):
            referral.write({"review_date": "2026-06-01", "wish": "Swim"})
            referral.write({"offering_id": self.offering.id})
        self.assertEqual(referral.date_waiting, datetime(2026, 4, 1, 10))

    def test_leaving_the_list_forgets_the_number(self):
        referral = self._wait()
        self._leave(referral)
        self.assertFalse(referral.date_waiting)
        self.assertEqual(referral.waiting_rank, 0)

    @users("bsc_other_coach")
    def test_the_line_counts_referrals_of_colleagues(self):
        self._wait()
        second = self._wait(coach_id=self.other_coach.id)
        self.assertEqual(second.with_user(self.other_coach).waiting_rank, 2)
        offering = self.offering.with_user(self.other_coach)
        self.assertEqual(offering.waiting_count, 2)

    @users("bsc_coach")
    def test_list_of_an_offering_holds_who_waits(self):
        waiting = self._wait()
        action = self.offering.with_user(self.coach).action_open_waiting()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, waiting)

    def test_line_is_data_of_the_stage(self):
        referral = self._wait()
        self._stage("waiting").is_waiting = False
        referral.invalidate_recordset(["waiting_rank"])
        self.assertEqual(referral.waiting_rank, 0)

    # a place comes free

    @users("bsc_coach")
    def test_freed_place_tells_the_coach_of_the_first(self):
        first = self._wait(coach_id=self.other_coach.id)
        second = self._wait()
        self._leave(self.holder.with_user(self.coach))
        activity = self._told(first)
        self.assertEqual(activity.user_id, self.other_coach)
        self.assertEqual(activity.summary, "A place is free at Group: ask again")
        self.assertEqual(first.waiting_state, "free")
        self.assertFalse(self._told(second))

    def test_full_offering_tells_nobody(self):
        self.assertFalse(self._told(self._wait()))

    def test_first_is_told_once(self):
        first = self._wait()
        self._leave()
        self.offering.places = 1
        self.holder.active = False
        self.assertEqual(len(self._told(first)), 1)

    def test_done_is_not_told_again(self):
        first = self._wait()
        self._leave()
        first.activity_feedback([PLACE_TYPE])
        self.offering.is_limited = True
        self.assertFalse(self._told(first))

    def test_closing_frees_the_place(self):
        first = self._wait()
        self.holder.write({"stage_id": self._stage("closed").id, "outcome": "lasting"})
        self.assertTrue(self._told(first))

    def test_moving_elsewhere_frees_the_place(self):
        first = self._wait()
        self.holder.offering_id = self._offering(name="Other")
        self.assertTrue(self._told(first))

    def test_archiving_frees_the_place(self):
        first = self._wait()
        self.holder.active = False
        self.assertTrue(self._told(first))

    def test_more_places_tell_as_many(self):
        line = [self._wait() for _index in range(3)]
        self.offering.places = 3
        self.assertEqual([len(self._told(one)) for one in line], [1, 1, 0])

    def test_places_without_limit_tell_everybody(self):
        line = [self._wait() for _index in range(3)]
        self.offering.is_limited = False
        self.assertEqual([len(self._told(one)) for one in line], [1, 1, 1])

    def test_waiting_for_what_is_free_is_told_at_once(self):
        self._leave()
        self.assertTrue(self._told(self._wait()))

    def test_who_takes_the_place_is_no_longer_told(self):
        first, second = self._wait(), self._wait()
        self._leave()
        first.stage_id = self._stage("trial")
        self.assertFalse(self._told(first))
        self.assertFalse(first.waiting_state)
        self.assertFalse(self._told(second))

    def test_when_the_first_leaves_the_next_is_told(self):
        first, second = self._wait(), self._wait()
        self._leave()
        first.write({"stage_id": self._stage("closed").id, "outcome": "elsewhere"})
        self.assertFalse(self._told(first))
        self.assertTrue(self._told(second))

    @users("bsc_coach")
    def test_when_the_first_passes_the_next_is_told(self):
        first, second = self._wait(), self._wait()
        self._leave()
        first.with_user(self.coach).action_pass_place()
        self.assertFalse(self._told(first))
        self.assertEqual(first.waiting_rank, 1)
        self.assertTrue(self._told(second))

    def test_who_passed_is_told_of_the_next_place(self):
        first, second = self._wait(), self._wait()
        self._leave()
        first.action_pass_place()
        second.stage_id = self._stage("trial")
        self.assertFalse(first.waiting_state)
        self._leave(second)
        self.assertTrue(self._told(first))

    def test_place_taken_by_another_is_taken_back(self):
        first = self._wait()
        self._leave()
        self.holder.stage_id = self._stage("trial")
        self.assertFalse(self._told(first))
        self._leave()
        self.assertTrue(self._told(first))

    def test_urgent_newcomer_takes_no_turn_away(self):
        first = self._wait()
        self._leave()
        urgent = self._wait(priority="1")
        self.assertTrue(self._told(first))
        self.assertFalse(self._told(urgent))

    def test_nobody_is_told_of_an_archived_offering(self):
        first = self._wait()
        self._leave()
        self.offering.active = False
        self.assertFalse(self._told(first))

    def test_what_is_told_gives_nobody_away(self):
        # "Group" is the name of the activity, and may be that of a person.
        first = self._wait(client_id=self._client(name="Group").id)
        self._leave()
        self.assertTrue(self._told(first))

    def test_without_a_coach_the_one_of_the_provider_is_told(self):
        first = self._wait(coach_id=False)
        self._leave()
        self.assertEqual(self._told(first).user_id, self.coach)

    def test_telling_costs_the_same_for_many(self):
        def queries(count):
            offering = self._offering(is_limited=True, places=count)
            holders = self.env["bsc.referral"].create(
                [
                    {
                        "relation_id": self.relation.id,
                        "client_id": client.id,
                        "offering_id": offering.id,
                        "stage_id": stage.id,
                        "review_date": "2026-05-01",
                    }
                    for stage in (self._stage("trial"), self._stage("waiting"))
                    for client in self.env["bsc.client"].create(
                        [
                            {
                                "name": "Noor",
                                "permission_ids": [
                                    Command.create({"kind": "register"})
                                ],
                            }
                        ]
                        * count
                    )
                ]
            )[:count]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            holders.stage_id = self._stage("match")
            self.env.flush_all()
            taken = self.env.cr.sql_log_count - before
            self.assertEqual(offering.places_free, count)
            return taken

        queries(1)
        self.assertEqual(queries(3), queries(30))

    # found on the board

    def _found(self, name):
        """The referrals that a filter of the board finds."""
        view = self.env.ref("bsc_wijkteam.bsc_referral_view_search")
        arch = self.env["bsc.referral"].get_view(view.id, "search")["arch"]
        [domain] = etree.fromstring(arch).xpath(f"//filter[@name='{name}']/@domain")
        return self.env["bsc.referral"].search(
            [*literal_eval(domain), ("relation_id", "=", self.relation.id)]
        )

    @users("bsc_coach")
    def test_found_when_no_answer_came_yet(self):
        asked, answered = self._wait(), self._wait()
        for referral in (asked, answered):
            self.env["bsc.referral.request"].sudo().create(
                {"referral_id": referral.id, "offering_id": self.offering.id}
            )
        answered.request_ids.answer = "declined"
        self.assertEqual(self._found("no_answer"), asked)

    @users("bsc_coach")
    def test_found_when_a_place_is_free(self):
        first, _second = self._wait(), self._wait()
        self._leave()
        self.assertEqual(self._found("place_free"), first)

    @users("bsc_coach")
    def test_found_when_there_is_no_place_or_no_offer(self):
        waiting = self._wait()
        full, nothing = (
            self._referral(reason_id=self.env.ref(f"bsc_wijkteam.bsc_reason_{name}").id)
            for name in ("no_place", "no_offer")
        )
        self.assertEqual(self._found("no_place"), waiting | full)
        self.assertEqual(self._found("no_offer"), nothing)

    @users("bsc_coach")
    def test_found_when_it_is_time_to_look_again(self):
        late = self._wait(review_date="2026-03-31")
        self._wait()
        self.assertEqual(self._found("review"), late)

    # existing databases

    def test_waiting_list_of_before_becomes_one(self):
        referral = self._wait()
        self._stage("waiting").is_waiting = False
        referral.date_waiting = False
        script = load_script(str(MIGRATION), "bsc_wijkteam_post_migrate")
        script.mark_waiting(self.env)
        self.assertTrue(self._stage("waiting").is_waiting)
        self.assertEqual(referral.date_waiting, referral.date_last_stage_update)
