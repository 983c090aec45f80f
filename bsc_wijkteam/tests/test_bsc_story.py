from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, tagged, users
from odoo.tools import mute_logger

from .common import BscCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-01 10:00:00")
class TestBscStory(BscCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.referral = cls._referral(client_id=cls._client().id)
        cls.story = cls.env["bsc.story"].create(
            {
                "name": "Walking again",
                "body": "Every Monday through the park.",
                "referral_id": cls.referral.id,
                "may_team": True,
                "date_permission": "2026-03-01",
            }
        )

    def _assert_usable(self, is_usable):
        domain = [("id", "=", self.story.id)]
        self.assertEqual(self.story.is_usable, is_usable)
        found = self.story.search(domain + [("is_usable", "=", True)])
        self.assertEqual(bool(found), is_usable)
        found = self.story.search(domain + [("is_usable", "=", False)])
        self.assertEqual(bool(found), not is_usable)

    @users("bsc_coach")
    def test_story_that_names_the_participant_is_not_linked_later(self):
        story = self.env["bsc.story"].create(
            {"name": "Dancing", "body": "Fatima dances again."}
        )
        with self.assertRaisesRegex(ValidationError, "“Story” gives away"):
            story.referral_id = self.referral

    def test_story_with_permission_is_usable(self):
        self._assert_usable(True)

    def test_story_without_any_use_is_not_usable(self):
        self.story.may_team = False
        self._assert_usable(False)

    def test_withdrawn_story_is_not_usable(self):
        self.story.date_withdrawn = "2026-03-20"
        self._assert_usable(False)

    def test_story_is_usable_until_its_last_day(self):
        self.story.date_until = "2026-04-01"
        self._assert_usable(True)
        self.story.date_until = "2026-03-31"
        self._assert_usable(False)

    def test_permission_of_tomorrow_is_none_yet(self):
        self.story.date_permission = "2026-04-02"
        self._assert_usable(False)

    def test_use_needs_the_day_of_permission(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.story.date_permission = False
            self.env.flush_all()

    @users("bsc_coach")
    def test_name_in_a_story_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "“Story” gives away"):
            self.story.with_user(self.coach).body = "Fatima walks again"

    @users("bsc_other_coach")
    def test_story_of_a_colleagues_referral_is_hidden(self):
        with self.assertRaises(AccessError):
            self.story.with_user(self.other_coach).read(["body"])

    @users("bsc_other_coach")
    def test_story_without_referral_is_for_everybody(self):
        self.story.referral_id = False
        self.assertTrue(self.story.with_user(self.other_coach).body)
