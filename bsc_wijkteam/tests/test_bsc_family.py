from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged, users

from .common import BscCommon


@tagged("post_install", "-at_install")
class TestBscFamily(BscCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_professional = cls.env["res.partner"].create(
            {"name": "Colleague", "parent_id": cls.team.id}
        )
        cls.family = cls.env["bsc.family"].create({"relation_id": cls.relation.id})
        cls.first = cls._referral(family_id=cls.family.id)
        cls.second = cls._referral(family_id=cls.family.id, coach_id=cls.other_coach.id)

    @users("bsc_coach")
    def test_family_is_known_by_a_reference(self):
        family = self.env["bsc.family"].create({"relation_id": self.relation.id})
        self.assertTrue(family.reference)
        self.assertEqual(family.display_name, family.reference)

    @users("bsc_coach")
    def test_lead_is_the_contact_person_at_first(self):
        with Form(self.env["bsc.family"]) as form:
            form.relation_id = self.relation
            self.assertEqual(form.lead_id, self.professional)

    @users("bsc_coach")
    def test_referral_in_a_family_gets_its_lead(self):
        self.family.lead_id = self.other_professional
        with Form(self.env["bsc.referral"].with_context(uid=self.uid)) as form:
            form.relation_id = self.relation
            form.family_id = self.family.with_env(self.env)
            self.assertEqual(form.referrer_id, self.other_professional)

    @users("bsc_coach")
    def test_referral_that_joins_gets_the_lead(self):
        joining = self._referral(referrer_id=self.other_professional.id)
        family = self.family.with_user(self.coach)
        family.referral_ids = [Command.link(joining.id)]
        self.assertEqual(joining.referrer_id, self.professional)
        self.assertIn(joining.reference, family.referral_references)

    @users("bsc_coach")
    def test_new_lead_leads_for_all_who_are_not_closed(self):
        closed = self._referral(family_id=self.family.id)
        closed.write({"stage_id": self._stage("closed").id, "outcome": "elsewhere"})
        self.family.with_user(self.coach).lead_id = self.other_professional
        self.env.flush_all()
        self.assertEqual(self.first.referrer_id, self.other_professional)
        self.assertEqual(self.second.referrer_id, self.other_professional)
        self.assertEqual(closed.referrer_id, self.professional)

    @users("bsc_coach")
    def test_one_family_has_one_lead(self):
        with self.assertRaisesRegex(ValidationError, "one lead professional"):
            self.first.with_user(self.coach).referrer_id = self.other_professional

    @users("bsc_coach")
    def test_colleagues_referral_is_shown_by_reference_only(self):
        self.env.invalidate_all()
        first = self.first.with_user(self.coach)
        self.assertEqual(first.sibling_references, self.second.reference)
        family = self.family.with_user(self.coach)
        self.assertIn(self.second.reference, family.referral_references)
        self.assertEqual(family.referral_ids, first)

    @users("bsc_coach")
    def test_lead_of_another_organisation(self):
        with self.assertRaisesRegex(ValidationError, "The lead of a family is"):
            self.env["bsc.family"].create(
                {"relation_id": self.relation.id, "lead_id": self.provider_person.id}
            )

    def _other_relation(self, **values):
        partner = self.env["res.partner"].create(
            {"name": "Team West", "is_company": True}
        )
        person = self.env["res.partner"].create(
            {"name": "Western", "parent_id": partner.id}
        )
        return self.env["bsc.relation"].create(
            {"partner_id": partner.id, "contact_id": person.id, **values}
        )

    def test_family_of_another_team(self):
        other = self._other_relation()
        with self.assertRaisesRegex(ValidationError, "Choose a family of the team"):
            self._referral(relation_id=other.id, family_id=self.family.id)

    def test_family_stays_with_its_team(self):
        other = self._other_relation()
        with self.assertRaisesRegex(ValidationError, "Its team stays as it is"):
            self.family.write({"relation_id": other.id, "lead_id": other.contact_id.id})

    def test_family_of_another_company(self):
        company = self.env["res.company"].create({"name": "Other town"})
        other = self._other_relation(company_id=company.id, coach_id=False)
        family = self.env["bsc.family"].create(
            {"relation_id": other.id, "company_id": company.id}
        )
        with self.assertRaises(UserError):
            self._referral(family_id=family.id)
        self.assertFalse(
            self.env["bsc.family"]
            .with_user(self.coach)
            .search([("id", "=", family.id)])
        )
