import runpy

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command, Domain
from odoo.tests import freeze_time, tagged, users
from odoo.tools import file_path, mute_logger

from .common import BscCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-01 10:00:00")
class TestBscStory(BscCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls._client()
        cls.referral = cls._referral(client_id=cls.client.id)
        cls.story = cls._story(referral_id=cls.referral.id)
        cls.permission = cls.story.permission_ids

    @classmethod
    def _story(cls, uses=("team",), **values):
        return cls.env["bsc.story"].create(
            {
                "name": "Walking again",
                "body": "Every Monday through the park.",
                "permission_ids": [
                    Command.create({"use": use, "date": "2026-03-01"}) for use in uses
                ],
                **values,
            }
        )

    def _assert_usable(self, is_usable):
        domain = [("id", "=", self.story.id)]
        self.assertEqual(self.story.is_usable, is_usable)
        found = self.story.search(domain + [("is_usable", "=", True)])
        self.assertEqual(bool(found), is_usable)
        found = self.story.search(domain + [("is_usable", "=", False)])
        self.assertEqual(bool(found), not is_usable)
        found = self.story.search(domain)._find_for("team", limit=50)
        self.assertEqual(self.story in found, is_usable)

    # --- What a story says ---

    @users("bsc_coach")
    def test_story_that_names_the_participant_is_not_linked_later(self):
        story = self.env["bsc.story"].create(
            {"name": "Dancing", "body": "Fatima dances again."}
        )
        with self.assertRaisesRegex(ValidationError, "“Story” gives away"):
            story.referral_id = self.referral

    @users("bsc_coach")
    def test_name_in_a_story_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "“Story” gives away"):
            self.story.with_user(self.coach).body = "Fatima walks again"

    @users("bsc_coach")
    def test_name_in_the_title_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "“Title” gives away"):
            self.env["bsc.story"].create(
                {
                    "name": "FATIMA dances",
                    "body": "Again.",
                    "referral_id": self.referral.id,
                }
            )

    # --- When it may be used ---

    def test_story_with_permission_is_usable(self):
        self._assert_usable(True)

    def test_story_without_any_use_is_not_usable(self):
        self.permission.unlink()
        self._assert_usable(False)

    def test_withdrawn_story_is_not_usable(self):
        self.permission.date_withdrawn = "2026-03-20"
        self._assert_usable(False)

    def test_story_is_usable_until_its_last_day(self):
        self.permission.date_until = "2026-04-01"
        self._assert_usable(True)
        self.permission.date_until = "2026-03-31"
        self._assert_usable(False)

    def test_permission_of_tomorrow_is_none_yet(self):
        self.permission.date = "2026-04-02"
        self._assert_usable(False)

    def test_participant_who_withdraws_every_story_is_heard(self):
        self.client.may_use_story = True
        self._assert_usable(True)
        self.client.may_use_story = False
        self._assert_usable(False)
        self.client.may_use_story = True
        self._assert_usable(True)

    def test_permission_of_another_use_does_not_count(self):
        other = self._story(uses=["newsletter"])
        ids = (self.story | other).ids
        for use, expected in (
            ("team", self.story),
            ("newsletter", other),
            ("press", self.story.browse()),
        ):
            with self.subTest(use):
                domain = self.story._get_usable_domain(use) & Domain("id", "in", ids)
                self.assertEqual(self.story.search(domain), expected)

    def test_dates_of_one_use_do_not_help_another(self):
        self.permission.date_withdrawn = "2026-03-20"
        self.story.permission_ids = [
            Command.create({"use": "press", "date": "2026-03-01"})
        ]
        self._assert_usable_for("press", True)
        self._assert_usable_for("team", False)
        self.assertEqual(self.story.usable_for, "Press")

    def _assert_usable_for(self, use, is_usable):
        domain = self.story._get_usable_domain(use)
        self.assertEqual(self.story in self.story.search(domain), is_usable)

    def test_withdrawal_ends_the_use_today(self):
        self.permission.action_withdraw()
        self.assertEqual(str(self.permission.date_withdrawn), "2026-04-01")
        self._assert_usable(False)

    def test_withdrawal_keeps_its_first_day(self):
        self.permission.date_withdrawn = "2026-03-20"
        self.permission.action_withdraw()
        self.assertEqual(str(self.permission.date_withdrawn), "2026-03-20")

    def test_permission_given_again_counts(self):
        self.permission.action_withdraw()
        self.story.permission_ids = [
            Command.create({"use": "team", "date": "2026-04-01"})
        ]
        self._assert_usable(True)
        self.assertEqual(len(self.story.permission_ids), 2)

    def test_one_use_has_one_permission_at_a_time(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.story.permission_ids = [Command.create({"use": "team"})]
            self.env.flush_all()

    def test_permission_does_not_end_before_it_was_given(self):
        with self.assertRaisesRegex(ValidationError, "ends on or after the day"):
            self.permission.date_until = "2026-02-28"

    def test_permission_is_not_withdrawn_before_it_was_given(self):
        with self.assertRaisesRegex(ValidationError, "withdrawn after it was given"):
            self.permission.date_withdrawn = "2026-02-28"

    def test_copy_of_a_story_needs_its_own_permission(self):
        self.assertFalse(self.story.copy().permission_ids)

    # --- Which story to tell ---

    @users("bsc_coach")
    def test_own_story_of_the_team_comes_first(self):
        group = self.env["bsc.target.group"].sudo().create({"name": "G (test)"})
        self.relation.target_group_ids = group
        team = self.env["res.partner"].create({"name": "T2", "is_company": True})
        relation = self.env["bsc.relation"].create({"partner_id": team.id})
        elsewhere = {"relation_id": relation.id, "coach_id": self.coach.id}
        fitting = self._story(
            referral_id=self._referral(
                **elsewhere, target_group_ids=[Command.link(group.id)]
            ).id,
            date="2026-03-20",
        )
        other = self._story(
            referral_id=self._referral(**elsewhere).id, date="2026-03-25"
        )
        self.story.date = "2026-03-10"
        found = self.env["bsc.story"]._find_for("team", self.relation, limit=3)
        self.assertEqual(found.ids, [self.story.id, fitting.id, other.id])

    @users("bsc_coach")
    def test_only_stories_since_the_last_time_are_told(self):
        self.story.date = "2026-03-10"
        stories = self.env["bsc.story"]
        found = stories._find_for("team", self.relation, since="2026-03-10")
        self.assertEqual(found, self.story)
        found = stories._find_for("team", self.relation, since="2026-03-11", limit=50)
        self.assertNotIn(self.story, found)

    @users("bsc_viewer")
    def test_viewer_is_told_no_story(self):
        self.assertFalse(self.env["bsc.story"]._find_for("team", self.relation))

    @users("bsc_other_coach")
    def test_story_of_a_colleague_is_not_offered(self):
        found = self.env["bsc.story"]._find_for("team", self.relation, limit=50)
        self.assertNotIn(self.story, found)

    @users("bsc_coach")
    def test_finding_a_story_takes_few_queries_at_any_number(self):
        def count():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            stories = self.env["bsc.story"]._find_for("team", self.relation, limit=3)
            stories.mapped("body")
            return self.env.cr.sql_log_count - before

        self._story()
        self._story()
        count()
        few = count()
        for _number in range(20):
            self._story()
        self.assertEqual(count(), few)

    # --- Who sees it ---

    @users("bsc_other_coach")
    def test_story_of_a_colleagues_referral_is_hidden(self):
        with self.assertRaises(AccessError):
            self.story.with_user(self.other_coach).read(["body"])
        with self.assertRaises(AccessError):
            self.permission.with_user(self.other_coach).read(["use"])

    @users("bsc_other_coach")
    def test_story_without_referral_is_for_everybody(self):
        self.story.referral_id = False
        self.assertTrue(self.story.with_user(self.other_coach).body)

    # --- Earlier versions ---

    def test_ticks_of_an_earlier_version_become_permissions(self):
        story = self._story(uses=[])
        withdrawn = self._story(uses=[])
        never = self._story(uses=[])
        self.env.flush_all()
        cr = self.env.cr
        cr.execute(
            """
            ALTER TABLE bsc_story
              ADD may_team boolean, ADD may_newsletter boolean, ADD may_press boolean,
              ADD date_permission date, ADD date_until date, ADD date_withdrawn date
            """
        )
        cr.execute(
            """
            UPDATE bsc_story
               SET may_team = TRUE, may_press = (id = %s), date_until = '2026-12-31',
                   date_permission = '2026-03-01',
                   date_withdrawn = CASE WHEN id = %s THEN '2026-03-15'::date END
             WHERE id IN (%s, %s)
            """,
            (story.id, withdrawn.id, story.id, withdrawn.id),
        )
        script = file_path("bsc_wijkteam/migrations/19.0.1.2.0/post-story.py")
        runpy.run_path(script)["migrate"](cr, "19.0.1.1.0")
        self.env.invalidate_all()
        self.assertCountEqual(story.permission_ids.mapped("use"), ["team", "press"])
        self.assertEqual(
            {str(d) for d in story.permission_ids.mapped("date")}, {"2026-03-01"}
        )
        until = {str(day) for day in story.permission_ids.mapped("date_until")}
        self.assertEqual(until, {"2026-12-31"})
        self.assertEqual(story.usable_for, "Team meeting, Press")
        self.assertEqual(str(withdrawn.permission_ids.date_withdrawn), "2026-03-15")
        self.assertFalse(withdrawn.is_usable)
        self.assertFalse(never.permission_ids)
