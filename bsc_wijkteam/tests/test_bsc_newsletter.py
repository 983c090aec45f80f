from odoo.fields import Domain
from odoo.tests import tagged, users

from .common import BscCommon


@tagged("post_install", "-at_install")
class TestBscNewsletter(BscCommon):
    """What Odoo's e-mail marketing asks a model, also where it is not installed."""

    def _proposed(self, model):
        records = self.env[model]
        mailing = self.env.get("mailing.mailing")
        return records.search(Domain(records._mailing_get_default_domain(mailing)))

    def _recipient(self, record):
        values = record._message_get_default_recipients()[record.id]
        self.assertFalse(values["email_to"])
        return self.env["res.partner"].browse(values["partner_ids"])

    def test_teams_and_providers_can_be_chosen(self):
        for model in ("bsc.relation", "bsc.provider"):
            self.assertTrue(self.env[model]._mailing_enabled)

    def test_participants_and_referrals_can_not(self):
        for model in ("bsc.client", "bsc.referral", "bsc.story", "bsc.check"):
            self.assertFalse(getattr(self.env[model], "_mailing_enabled", False))

    @users("bsc_coach")
    def test_newsletter_goes_to_the_contact_person_of_a_team(self):
        self.team.email = "team@example.com"
        self.assertEqual(self._recipient(self.relation), self.professional)
        field = self.env["bsc.relation"]._mail_get_primary_email_field()
        self.assertEqual(self.relation[field], "professional@example.com")

    @users("bsc_coach")
    def test_newsletter_goes_to_who_is_called_else_to_the_provider(self):
        self.provider.email = "club@example.com"
        self.assertEqual(self._recipient(self.provider), self.provider.partner_id)
        self.provider.call_id = self.provider_person
        self.assertEqual(self._recipient(self.provider), self.provider_person)
        self.provider_person.email = False
        self.assertEqual(self._recipient(self.provider), self.provider.partner_id)

    @users("bsc_coach")
    def test_proposed_are_teams_with_somebody_to_mail(self):
        self.assertIn(self.relation, self._proposed("bsc.relation"))
        self.relation.stage_id = self._stage("dormant", "relation")
        self.assertIn(self.relation, self._proposed("bsc.relation"))
        self.professional.email = False
        self.assertNotIn(self.relation, self._proposed("bsc.relation"))

    def test_proposed_are_no_closed_teams(self):
        self.relation.stage_id.is_closed = True
        self.assertNotIn(self.relation, self._proposed("bsc.relation"))

    @users("bsc_coach")
    def test_proposed_are_providers_that_can_be_mailed(self):
        self.assertNotIn(self.provider, self._proposed("bsc.provider"))
        self.provider.email = "club@example.com"
        self.assertIn(self.provider, self._proposed("bsc.provider"))
        self.provider.email = False
        self.provider.call_id = self.provider_person
        self.assertIn(self.provider, self._proposed("bsc.provider"))
