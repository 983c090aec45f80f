from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged, users

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

    # files to bring

    def _factsheet(self, user, **values):
        return (
            self.env["ir.attachment"]
            .with_user(user)
            .create({"name": "factsheet.txt", "raw": b"About the club", **values})
        )

    @users("bsc_coordinator")
    def test_coach_reads_the_files_of_a_stage(self):
        stage = self._stage("acquainted", "relation").with_env(self.env)
        factsheet = self._factsheet(self.coordinator)
        stage.attachment_ids = [Command.link(factsheet.id)]
        self.relation.sudo().with_context(bsc_skip_plan=True).write(
            {"way_in": "warm", "stage_id": stage.id}
        )
        self.env.invalidate_all()
        relation = self.relation.with_user(self.coach)
        (values,) = relation.stage_attachment_ids.read(["raw"])
        self.assertEqual(values["raw"], b"About the club")

    def test_file_added_at_creation_belongs_to_the_stage(self):
        factsheet = self._factsheet(self.coordinator)
        stage = (
            self.env["bsc.relation.stage"]
            .with_user(self.coordinator)
            .create({"name": "New", "attachment_ids": [Command.link(factsheet.id)]})
        )
        self.assertEqual(
            (factsheet.res_model, factsheet.res_id), (stage._name, stage.id)
        )

    def test_other_users_do_not_read_the_files_of_a_stage(self):
        factsheet = self._factsheet(self.coordinator)
        self._stage("prepare", "relation").with_user(
            self.coordinator
        ).attachment_ids = [Command.link(factsheet.id)]
        employee = new_test_user(self.env, "bsc_employee", groups="base.group_user")
        with self.assertRaises(AccessError):
            factsheet.with_user(employee).read(["raw"])

    @users("bsc_coach")
    def test_coach_adds_no_files_to_a_stage(self):
        factsheet = self._factsheet(self.coach)
        with self.assertRaises(AccessError):
            self._stage("prepare", "relation").with_env(self.env).attachment_ids = [
                Command.link(factsheet.id)
            ]

    @users("bsc_coordinator")
    def test_stage_takes_no_file_of_a_record_one_may_not_see(self):
        secret = self._factsheet(
            self.env.ref("base.user_admin"),
            res_model="res.groups",
            res_id=self.env.ref("base.group_system").id,
        )
        with self.assertRaises(AccessError):
            self._stage("prepare", "relation").with_env(self.env).attachment_ids = [
                Command.link(secret.id)
            ]

    # activity plans

    @users("bsc_coordinator")
    def test_coordinator_changes_the_plan_of_a_stage(self):
        plan = self._stage("prepare", "relation").with_env(self.env).activity_plan_id
        plan.template_ids = [
            Command.create(
                {
                    "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id,
                    "summary": "Read the policy of the municipality",
                }
            )
        ]
        self.assertIn(
            "Read the policy of the municipality", plan.template_ids.mapped("summary")
        )

    @users("bsc_coordinator")
    def test_coordinator_makes_a_plan_for_a_new_stage(self):
        plan = self.env["mail.activity.plan"].create(
            {"name": "New", "res_model": "bsc.relation"}
        )
        stage = self.env["bsc.relation.stage"].create(
            {"name": "New", "activity_plan_id": plan.id}
        )
        self.assertEqual(stage.activity_plan_id, plan)

    @users("bsc_coordinator")
    def test_coordinator_leaves_plans_of_others_alone(self):
        plan = (
            self.env["mail.activity.plan"]
            .sudo()
            .create({"name": "Of contacts", "res_model": "res.partner"})
            .with_env(self.env)
        )
        self.assertEqual(plan.name, "Of contacts")
        with self.assertRaises(AccessError):
            plan.name = "Changed"

    @users("bsc_coach")
    def test_coach_does_not_change_plans(self):
        plan = self._stage("prepare", "relation").with_env(self.env).activity_plan_id
        with self.assertRaises(AccessError):
            plan.name = "Changed"
