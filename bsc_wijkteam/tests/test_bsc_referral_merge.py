from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged, users

from .common import BscCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-01 10:00:00")
class TestBscReferralMerge(BscCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._check()
        cls.client = cls._client()
        cls.kept = cls._referral(
            client_id=cls.client.id,
            offering_id=cls.offering.id,
            wish="Wants to swim",
            date="2026-03-20",
        )
        cls.double = cls._referral(wish="Swimming, in a quiet hour", date="2026-03-10")

    def _merge(self, referrals=None, kept=None, env=None):
        referrals = referrals or self.kept | self.double
        wizard = (
            (env or self.env)["bsc.referral.merge"]
            .with_context(active_ids=referrals.ids)
            .create({})
        )
        if kept:
            wizard.referral_id = kept
        return wizard

    def _assert_refused(self, reason, referrals, kept=None):
        wizard = self._merge(referrals, kept)
        self.assertIn(reason, wizard.issue)
        self.assertFalse(wizard.preview)
        with self.assertRaisesRegex(UserError, reason):
            wizard.action_merge()
        self.assertTrue(all(referrals.mapped("active")))

    # what goes on

    @users("bsc_coach")
    def test_one_goes_on_and_the_other_points_to_it(self):
        wizard = self._merge(env=self.env)
        self.assertEqual(wizard.referral_id.id, self.kept.id)
        action = wizard.action_merge()
        self.assertEqual(action["res_id"], self.kept.id)
        self.assertTrue(self.kept.active)
        self.assertFalse(self.double.active)
        self.assertEqual(self.double.merged_into_id, self.kept)
        self.assertEqual(self.double._get_kept(), self.kept)
        self.assertFalse(self.double.date_feedback_due)
        self.assertIn(self.kept.reference, self.double.message_ids[0].body)
        self.assertIn(self.double.reference, self.kept.message_ids[0].body)

    @users("bsc_coach")
    def test_missing_things_are_filled_in_and_both_wishes_stay(self):
        aid = self.env["bsc.aid"].search([], limit=1)
        group = self.env["bsc.target.group"].search([], limit=1)
        self.double.write(
            {
                "age_band": "65-79",
                "aid_ids": [Command.link(aid.id)],
                "target_group_ids": [Command.link(group.id)],
                "priority": "1",
            }
        )
        self._merge(env=self.env).action_merge()
        self.assertEqual(self.kept.wish, "Wants to swim\nSwimming, in a quiet hour")
        self.assertEqual(self.kept.age_band, "65-79")
        self.assertEqual(self.kept.aid_ids, aid)
        self.assertEqual(self.kept.target_group_ids, group)
        self.assertEqual(self.kept.date, date(2026, 3, 10))
        self.assertEqual(self.kept.priority, "1")

    @users("bsc_coach")
    def test_what_is_there_already_stays(self):
        self.kept.age_band = "18-26"
        self.double.age_band = "65-79"
        self._merge(env=self.env).action_merge()
        self.assertEqual(self.kept.age_band, "18-26")
        self.assertEqual(self.double.age_band, "65-79")

    @users("bsc_coach")
    def test_participant_goes_along(self):
        other = self._referral()
        self._merge(self.kept | other, other, self.env).action_merge()
        self.assertEqual(other.client_id, self.client)
        self.assertEqual(other.client_name, self.client.name)

    @users("bsc_coach")
    def test_what_happened_goes_along_as_it_was(self):
        reader = (
            self.env["res.partner"]
            .sudo()
            .create(
                {
                    "name": "Colleague",
                    "parent_id": self.team.id,
                    "email": "c@example.com",
                }
            )
        )
        feedback = self.env["bsc.feedback"].create(
            {
                "referral_id": self.double.id,
                "recipient_id": reader.id,
                "body": "Started",
                "way": "phone",
            }
        )
        due = feedback.date_due
        question = self.env["bsc.referral.request"].create(
            {"referral_id": self.double.id, "offering_id": self.offering.id}
        )
        story = self.env["bsc.story"].create(
            {"name": "S", "body": "B", "referral_id": self.double.id}
        )
        measurement = self.env["bsc.measurement"].create(
            {
                "referral_id": self.double.id,
                "indicator_id": self.env["bsc.indicator"].search([], limit=1).id,
                "months": 0,
                "score": 3,
            }
        )
        mail = self.env["bsc.mail"].sudo().create({"referral_id": self.double.id})
        self._merge(env=self.env).action_merge()
        for record in (feedback, question, story, measurement, mail):
            with self.subTest(record=record):
                self.assertEqual(record.referral_id, self.kept)
        self.assertEqual(feedback.recipient_id, reader)
        self.assertEqual(feedback.date_due, due)
        self.assertEqual(self.kept.date_feedback_due, date(2026, 5, 13))

    @users("bsc_coach")
    def test_score_that_is_known_already_stays_where_it_is(self):
        indicator = self.env["bsc.indicator"].search([], limit=1)
        values = {"indicator_id": indicator.id, "months": 0}
        scores = self.env["bsc.measurement"].create(
            [
                {**values, "referral_id": self.kept.id, "score": 4},
                {**values, "referral_id": self.double.id, "score": 2},
            ]
        )
        self._merge(env=self.env).action_merge()
        self.assertEqual(self.kept.measurement_ids, scores[0])

    @users("bsc_coach")
    def test_activities_go_along_once(self):
        for referral in (self.kept, self.double):
            referral.activity_schedule(
                "mail.mail_activity_data_call", summary="Call", user_id=self.coach.id
            )
        own = self.double.activity_schedule(
            "mail.mail_activity_data_todo", summary="Ask", user_id=self.coach.id
        )
        self._merge(env=self.env).action_merge()
        self.assertEqual(
            sorted(self.kept.activity_ids.mapped("summary")), ["Ask", "Call"]
        )
        self.assertEqual(own.res_id, self.kept.id)

    # links, places, counts

    @users("bsc_coach")
    def test_links_of_the_merged_one_open_the_kept_one(self):
        feedback = self.env["bsc.feedback"].create(
            {"referral_id": self.double.id, "body": "Started"}
        )
        token = feedback._get_link().rsplit("/", 1)[1]
        self._merge(env=self.env).action_merge()
        found = self.env["bsc.feedback"]._find_by_token(token)
        self.assertEqual(found._get_page_values()["reference"], self.kept.reference)

    def test_place_is_held_once(self):
        self.offering.write({"is_limited": True, "places": 5})
        trial = self._stage("trial").id
        self.kept.stage_id = trial
        self.double.write(
            {
                "client_id": self.client.id,
                "offering_id": self.offering.id,
                "stage_id": trial,
            }
        )
        self.assertEqual(self.offering.places_taken, 2)
        self._merge(kept=self.kept).action_merge()
        self.assertEqual(self.offering.places_taken, 1)
        self.assertEqual(
            self.env["bsc.referral"].search([("client_id", "=", self.client.id)]),
            self.kept,
        )

    @users("bsc_coach")
    def test_merged_one_does_not_come_back(self):
        self._merge(env=self.env).action_merge()
        with self.assertRaisesRegex(UserError, "goes on there"):
            self.double.with_env(self.env).action_unarchive()

    def test_more_than_two_at_once(self):
        others = self._referral() | self._referral() | self.double
        self._merge(self.kept | others).action_merge()
        self.assertEqual(others.merged_into_id, self.kept)
        self.assertFalse(any(others.mapped("active")))

    # the dialog

    @users("bsc_coach")
    def test_dialog_tells_what_happens_without_a_name(self):
        self.env["bsc.feedback"].create(
            {"referral_id": self.double.id, "body": "Started", "way": "phone"}
        )
        referrals = (self.kept | self.double).with_env(self.env)
        context = {"active_ids": referrals.ids}
        with Form(self.env["bsc.referral.merge"].with_context(**context)) as form:
            self.assertEqual(form.referral_id, self.kept.with_env(self.env))
            self.assertIn(f"{self.kept.reference} goes on", form.preview)
            self.assertIn("(1)", form.preview)
            self.assertIn("03/10/2026", form.preview)
            self.assertNotIn(self.client.name, form.preview)
            form.referral_id = self.double.with_env(self.env)
            self.assertIn(f"{self.double.reference} goes on", form.preview)

    # what is refused

    def test_different_participants_are_refused(self):
        self.double.client_id = self._client(name="Omar")
        self._assert_refused("different participants", self.kept | self.double)

    def test_different_teams_are_refused(self):
        team = self.env["res.partner"].create({"name": "West", "is_company": True})
        relation = self.env["bsc.relation"].create({"partner_id": team.id})
        other = self._referral(relation_id=relation.id)
        self._assert_refused("Different teams", self.kept | other)

    def test_places_at_two_activities_are_refused(self):
        trial = self._stage("trial").id
        self.kept.stage_id = trial
        self.double.write(
            {
                "client_id": self.client.id,
                "offering_id": self._offering(name="Second").id,
                "stage_id": trial,
            }
        )
        self._assert_refused("more than one activity", self.kept | self.double)

    def test_who_has_a_place_is_the_one_to_keep(self):
        self.kept.stage_id = self._stage("trial")
        self._assert_refused(
            f"{self.kept.reference} has a place", self.kept | self.double, self.double
        )

    def test_closed_one_is_not_kept_for_an_open_one(self):
        self.double.write(
            {"stage_id": self._stage("closed").id, "outcome": "elsewhere"}
        )
        self._assert_refused("still open", self.kept | self.double, self.double)

    def test_one_referral_alone_is_refused(self):
        self._assert_refused("two or more", self.kept)

    def test_colleague_does_not_merge_what_is_not_his(self):
        self._referral()
        with self.assertRaises(AccessError):
            (self.kept | self.double).with_user(self.other_coach)._merge_into(self.kept)
        self.assertTrue(self.double.active)
