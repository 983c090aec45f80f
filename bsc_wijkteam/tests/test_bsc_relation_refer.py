from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged, users

from .common import BscCommon


@tagged("post_install", "-at_install")
class TestBscRelationRefer(BscCommon):
    # giving the link

    @users("bsc_coach")
    def test_contact_person_gets_an_own_link(self):
        relation = self.relation.with_user(self.coach)
        before = self.env["mail.mail"].sudo().search([])
        relation.action_send_refer_link()
        mail = self.env["mail.mail"].sudo().search([]) - before
        self.assertEqual(mail.recipient_ids, self.professional)
        self.assertIn("/bsc/refer/", mail.body_html)
        token = mail.body_html.partition("/bsc/refer/")[2].partition('"')[0]
        found, partner = self.env["bsc.relation"]._find_by_refer_token(token)
        self.assertEqual((found, partner), (self.relation, self.professional))

    @users("bsc_coach")
    def test_link_is_not_in_the_chatter(self):
        relation = self.relation.with_user(self.coach)
        relation.action_send_refer_link()
        bodies = "".join(relation.message_ids.mapped("body"))
        self.assertIn("got the link to refer", bodies)
        self.assertNotIn("/bsc/refer/", bodies)

    @users("bsc_coach")
    def test_chosen_professional_gets_an_own_link(self):
        colleague = self.env["res.partner"].create(
            {
                "name": "Colleague",
                "parent_id": self.team.id,
                "email": "colleague@example.com",
            }
        )
        before = self.env["mail.mail"].sudo().search([])
        colleague.with_context(
            bsc_relation_id=self.relation.id
        ).action_bsc_send_refer_link()
        mail = self.env["mail.mail"].sudo().search([]) - before
        self.assertEqual(mail.recipient_ids, colleague)

    @users("bsc_coach")
    def test_nobody_to_send_the_link_to(self):
        relation = self.relation.with_user(self.coach)
        relation.contact_id = False
        with self.assertRaisesRegex(UserError, "Choose the contact person"):
            relation.action_send_refer_link()

    @users("bsc_coach")
    def test_no_address_to_send_the_link_to(self):
        self.professional.email = False
        with self.assertRaisesRegex(UserError, "no e-mail address that works"):
            self.relation.with_user(self.coach).action_send_refer_link()

    @users("bsc_coach")
    def test_link_goes_to_the_team_only(self):
        with self.assertRaisesRegex(UserError, "is not a contact of"):
            self.provider_person.with_context(
                bsc_relation_id=self.relation.id
            ).with_user(self.coach).action_bsc_send_refer_link()

    @users("bsc_coach")
    def test_team_link_is_shown_to_a_coach(self):
        self.assertIn("/bsc/refer/", self.relation.with_user(self.coach).refer_link)

    @users("bsc_viewer")
    def test_viewer_gets_no_link(self):
        relation = self.relation.with_user(self.viewer)
        with self.assertRaises(AccessError):
            relation.read(["refer_link"])
        with self.assertRaises(AccessError):
            relation.action_send_refer_link()
        with self.assertRaises(AccessError):
            relation.action_stop_refer_links()

    @users("bsc_coach")
    def test_stopping_links_is_noted(self):
        relation = self.relation.with_user(self.coach)
        relation.action_stop_refer_links()
        message = relation.message_ids[0]
        self.assertIn("were stopped", message.body)
        self.assertEqual(message.author_id, self.coach.partner_id)

    # one place that takes a referral in

    @users("bsc_viewer")
    def test_referral_of_somebody_without_rights(self):
        relation = self.relation.with_user(self.viewer)
        referral = relation._refer(
            {"wish": "Swim", "client_name": "Fatima", "may_register": True},
            self.professional,
        )
        self.assertEqual(referral.coach_id, self.coach)
        self.assertTrue(referral.client_id.may_register)
        with self.assertRaises(AccessError):
            referral.with_user(self.viewer).read(["wish"])

    def test_referral_that_is_refused_leaves_nothing(self):
        before = self.env["bsc.client"].search_count([])
        for values in (
            {"wish": ""},
            {"wish": "Swim", "client_name": "Fatima"},
            {"wish": "Swim 111222333"},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self.relation._refer(values, self.professional)
        self.assertFalse(self.relation.referral_ids)
        self.assertEqual(self.env["bsc.client"].search_count([]), before)

    def test_referral_by_a_stranger_of_the_team(self):
        with self.assertRaisesRegex(ValidationError, "is not a contact of"):
            self.relation._refer({"wish": "Swim"}, self.provider_person)

    def test_professional_with_the_name_of_the_participant(self):
        self.professional.name = "Fatima"
        referral = self.relation._refer(
            {
                "wish": "Swim",
                "client_name": "Fatima",
                "may_register": True,
                "phone": "06 8888 7777",
            },
            self.professional,
        )
        self.assertEqual(referral.client_id.name, "Fatima")
        self.assertTrue(referral.activity_ids)

    def test_coach_who_left_is_not_told(self):
        self.coach.active = False
        referral = self.relation._refer({"wish": "Swim"}, self.professional)
        self.assertFalse(referral.coach_id)

    def test_referral_belongs_to_the_company_of_the_team(self):
        company = self.env["res.company"].create({"name": "Other town"})
        partner = self.env["res.partner"].create(
            {"name": "Team West", "is_company": True}
        )
        relation = self.env["bsc.relation"].create(
            {"partner_id": partner.id, "company_id": company.id, "coach_id": False}
        )
        referral = relation._refer(
            {"wish": "Swim", "client_name": "Noor", "may_register": True}, partner
        )
        self.assertEqual(referral.company_id, company)
        self.assertEqual(referral.client_id.company_id, company)

    def test_receipt_is_left_out_without_an_address(self):
        self.professional.email = False
        before = self.env["mail.mail"].search_count([])
        self.relation._refer({"wish": "Swim"}, self.professional)
        receipts = self.env["mail.mail"].search([])[before:]
        self.assertFalse(
            receipts.filtered(lambda mail: "Received" in (mail.subject or ""))
        )
