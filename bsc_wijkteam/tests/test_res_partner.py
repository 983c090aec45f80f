from odoo.tests import Form, tagged, users

from .common import BscCommon


@tagged("post_install", "-at_install")
class TestResPartner(BscCommon):
    @users("bsc_coach")
    def test_button_opens_the_collaboration(self):
        action = self.team.with_env(self.env).action_bsc_open_relation()
        self.assertEqual(action["res_model"], "bsc.relation")
        self.assertEqual(action["res_id"], self.relation.id)

    @users("bsc_coach")
    def test_button_opens_the_provider(self):
        action = self.provider.partner_id.with_env(self.env).action_bsc_open_provider()
        self.assertEqual(action["res_model"], "bsc.provider")
        self.assertEqual(action["res_id"], self.provider.id)

    @users("bsc_coach")
    def test_person_belongs_to_all_organisations_above(self):
        part = self.env["res.partner"].create(
            {"name": "Part", "parent_id": self.team.id, "is_company": True}
        )
        person = self.env["res.partner"].create({"name": "P", "parent_id": part.id})
        self.assertTrue(person._bsc_belongs_to(self.team))
        self.assertFalse(self.team._bsc_belongs_to(part))

    @users("bsc_coach")
    def test_collaboration_of_a_professional_is_that_of_the_team(self):
        professional = self.professional.with_env(self.env)
        self.assertEqual(professional._bsc_get_relation(self.company), self.relation)
        self.assertFalse(self.provider_person._bsc_get_relation(self.company))

    def test_contact_form_without_our_roles_holds_nothing_of_ours(self):
        user = self._user("bsc_outsider", "viewer")
        user.group_ids = self.env.ref("base.group_user")
        view = self.env["res.partner"].with_user(user).get_views([(False, "form")])
        self.assertNotIn("bsc_", view["views"]["form"]["arch"])

    @users("bsc_coach")
    def test_contact_form_opens_with_our_buttons(self):
        form = Form(self.team.with_env(self.env))
        self.assertEqual(form.name, "Team East")
