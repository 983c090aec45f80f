from odoo.exceptions import AccessError, UserError
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

    @users("bsc_coach")
    def test_contact_is_made_a_provider(self):
        partner = self.env["res.partner"].create({"name": "Gym", "is_company": True})
        action = partner.action_bsc_make_provider()
        provider = self.env["bsc.provider"].browse(action["res_id"])
        self.assertEqual(provider.partner_id, partner)
        self.assertEqual(provider.coach_id, self.coach)

    @users("bsc_coach")
    def test_many_contacts_become_providers_and_known_ones_are_opened(self):
        partners = self.env["res.partner"].create(
            [{"name": name, "is_company": True} for name in ("Gym", "Pool")]
        )
        partners |= self.provider.partner_id.with_env(self.env)
        action = partners.action_bsc_make_provider()["params"]
        self.assertEqual(action["message"], "New sport providers: 2. Known already: 1.")
        found = self.env["bsc.provider"].search(action["next"]["domain"])
        self.assertEqual(found.partner_id, partners)
        self.assertIn(self.provider, found)
        partners.action_bsc_make_provider()
        self.assertEqual(len(partners.bsc_provider_ids), 3)

    @users("bsc_coach")
    def test_person_stands_for_the_organisation_and_is_called(self):
        gym = self.env["res.partner"].create({"name": "Gym", "is_company": True})
        person = self.env["res.partner"].create({"name": "P", "parent_id": gym.id})
        action = person.action_bsc_make_provider()
        provider = self.env["bsc.provider"].browse(action["res_id"])
        self.assertEqual(provider.partner_id, gym)
        self.assertEqual(provider.call_id, person)

    @users("bsc_coach")
    def test_person_on_his_own_is_the_provider(self):
        person = self.env["res.partner"].create({"name": "Yoga teacher"})
        action = person.action_bsc_make_provider()
        provider = self.env["bsc.provider"].browse(action["res_id"])
        self.assertEqual(provider.partner_id, person)
        self.assertFalse(provider.call_id)

    @users("bsc_coach")
    def test_archived_provider_is_found_again(self):
        self.provider.active = False
        partner = self.provider.partner_id.with_env(self.env)
        action = partner.action_bsc_make_provider()
        self.assertEqual(action["res_id"], self.provider.id)
        self.assertFalse(self.provider.active)

    @users("bsc_coach")
    def test_contact_of_another_company_is_refused(self):
        company = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        partner = self.team.sudo().copy({"company_id": company.id})
        with self.assertRaisesRegex(UserError, "another company"):
            partner.sudo(False).action_bsc_make_provider()

    @users("bsc_viewer")
    def test_viewer_makes_no_provider(self):
        with self.assertRaises(AccessError):
            self.team.with_env(self.env).action_bsc_make_provider()

    def test_action_is_for_coaches_in_list_card_and_form(self):
        for user, is_offered in ((self.coach, True), (self.viewer, False)):
            actions = self.env["ir.actions.actions"].with_user(user)
            bound = actions.get_bindings("res.partner").get("action", ())
            offered = [
                action["binding_view_types"]
                for action in bound
                if action["name"] == "Make a sport provider"
            ]
            self.assertEqual(offered, ["list,kanban,form"] * is_offered)
