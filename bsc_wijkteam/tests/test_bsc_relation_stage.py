from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged, users

from .common import BscCommon


@tagged("post_install", "-at_install")
class TestBscRelationStage(BscCommon):
    @users("bsc_coordinator")
    def test_stage_in_use_is_not_deleted(self):
        with self.assertRaisesRegex(UserError, "in use cannot be deleted"):
            self.relation.stage_id.with_env(self.env).unlink()

    @users("bsc_coordinator")
    def test_stage_of_an_archived_collaboration_is_in_use(self):
        self.relation.action_archive()
        with self.assertRaisesRegex(UserError, "in use cannot be deleted"):
            self.relation.stage_id.with_env(self.env).unlink()

    @users("bsc_coordinator")
    def test_stage_out_of_use_is_deleted(self):
        stage = self.env["bsc.relation.stage"].create({"name": "New"})
        stage.unlink()
        self.assertFalse(stage.exists())

    @users("bsc_coordinator")
    def test_changed_requirement_holds_at_once(self):
        stage = self._stage("prepare", "relation").with_env(self.env)
        later = self._stage("contact", "relation").with_env(self.env)
        self.assertIn("requires_coach", later._get_requirements_before(later.sequence))
        stage.requires_coach = False
        self.assertNotIn(
            "requires_coach", later._get_requirements_before(later.sequence)
        )

    @users("bsc_coordinator")
    def test_reordering_changes_where_the_path_begins(self):
        first = self._stage("prepare", "relation").with_env(self.env)
        self.assertEqual(self.env["bsc.relation"]._default_stage_id(), first)
        first.sequence = 999
        self.assertEqual(
            self.env["bsc.relation"]._default_stage_id(),
            self._stage("contact", "relation"),
        )

    @users("bsc_coach")
    def test_coach_does_not_change_stages(self):
        with self.assertRaises(AccessError):
            self._stage("prepare", "relation").with_env(self.env).name = "Changed"
