from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged, users

from .common import BscCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 10:00:00")
class TestBasePartnerMerge(BscCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["bsc.provider"].create(
            {"name": "Club (double)", "coach_id": cls.other_coach.id}
        )
        cls.other_person = cls.env["res.partner"].create(
            {"name": "Secretary", "parent_id": cls.other.partner_id.id}
        )
        cls.other_offering = cls._offering(name="Other group", provider_id=cls.other.id)

    def _merge(self, *partners):
        """Merge contacts as the user; the first one stays."""
        merger = self.env["base.partner.merge.automatic.wizard"]
        partner_ids = [partner.id for partner in partners]
        merger._merge(partner_ids, partners[0].with_env(self.env))
        self.env.invalidate_all()

    def _merge_providers(self):
        self._merge(self.provider.partner_id, self.other.partner_id)

    def _other_check(self, **values):
        return self._check(
            provider_id=self.other.id,
            stamped=False,
            **values,
        )

    def _agree(self, check, date):
        check.write(
            {
                "provider_stamp_partner_id": self.other_person.id,
                "provider_stamp_date": date,
                "team_stamp_partner_id": self.professional.id,
                "team_stamp_date": date,
            }
        )

    @users("bsc_coach")
    def test_one_provider_remains_with_all_offerings(self):
        contact = self.other.partner_id
        self._merge_providers()
        self.assertFalse(self.other.exists())
        self.assertFalse(contact.exists())
        self.assertEqual(
            self.provider.offering_ids, self.offering | self.other_offering
        )

    @users("bsc_coach")
    def test_people_of_both_belong_to_the_one_that_stays(self):
        self._merge_providers()
        self.assertEqual(
            self.provider.child_ids, self.provider_person | self.other_person
        )

    @users("bsc_coach")
    def test_check_moves_and_makes_all_referable(self):
        check = self._other_check(date="2026-03-01")
        self._agree(check, "2026-03-01")
        self.assertEqual(self.provider.vetting_state, "none")
        self._merge_providers()
        self.assertEqual(check.provider_id, self.provider)
        self.assertEqual(check.state, "valid")
        self.assertEqual(self.provider.vetting_state, "valid")
        self.assertEqual(self.provider.current_check_id, check)
        self.assertTrue(self.offering.is_referable)
        self.assertTrue(self.other_offering.is_referable)

    @users("bsc_coach")
    def test_newest_of_two_checks_counts_and_replaces_the_other(self):
        check = self._check(date="2026-02-01")
        newer = self._other_check(verdict="no", date="2026-03-01")
        self._merge_providers()
        self.assertEqual(newer.state, "failed")
        self.assertEqual(check.state, "replaced")
        self.assertEqual(check.replaced_by_id, newer)
        self.assertEqual(self.provider.vetting_state, "failed")
        self.assertFalse(self.offering.is_referable)
        self.assertEqual(self.offering.current_check_id, newer)

    @users("bsc_coach")
    def test_check_of_one_offering_stays_with_that_offering(self):
        check = self._other_check(offering_id=self.other_offering.id, date="2026-03-01")
        self._agree(check, "2026-03-01")
        self._merge_providers()
        self.assertEqual(check.offering_id, self.other_offering)
        self.assertTrue(self.other_offering.is_referable)
        self.assertFalse(self.offering.is_referable)
        self.assertEqual(self.provider.vetting_state, "none")

    @users("bsc_coach")
    def test_referrals_and_questions_follow_their_offering(self):
        check = self._other_check(date="2026-03-01")
        self._agree(check, "2026-03-01")
        referral = self._referral(offering_id=self.other_offering.id)
        request = self.env["bsc.referral.request"].create(
            {
                "referral_id": referral.id,
                "offering_id": self.other_offering.id,
                "answer": "accepted",
            }
        )
        self._merge_providers()
        self.assertEqual(referral.provider_id, self.provider)
        self.assertEqual(request.provider_id, self.provider)
        self.assertEqual(self.provider.request_count, 1)

    @users("bsc_coach")
    def test_messages_activities_and_files_move(self):
        other = self.other.with_env(self.env)
        message = other.message_post(body="Called them")
        planned, done = (
            other.activity_schedule(summary=summary, user_id=self.coach.id)
            for summary in ("Call again", "Visit")
        )
        done.action_feedback()
        file = self.env["ir.attachment"].create(
            {"name": "Folder", "res_model": other._name, "res_id": other.id}
        )
        both = self.coordinator.partner_id  # follows the one that stays as well
        self.provider.message_subscribe(both.ids)
        other.message_subscribe((both | self.viewer.partner_id).ids)
        self._merge_providers()
        activities = self.provider.with_context(active_test=False).activity_ids
        self.assertIn(message, self.provider.message_ids)
        self.assertEqual(activities, planned | done)
        self.assertEqual(file.res_id, self.provider.id)
        self.assertIn(self.viewer.partner_id, self.provider.message_partner_ids)
        self.assertIn("Club (double)", self.provider.message_ids[0].body or "")

    @users("bsc_coach")
    def test_what_is_empty_is_filled_and_texts_are_added(self):
        self.provider.write({"can_take_on": "Two on Tuesday"})
        self.other.write(
            {
                "kind": "club",
                "wants_new_group": True,
                "can_take_on": "Three on Friday",
                "support_wishes": "A course",
                "call_id": self.other_person.id,
            }
        )
        self._merge_providers()
        provider = self.provider
        self.assertEqual(provider.kind, "club")
        self.assertEqual(provider.coach_id, self.coach)
        self.assertTrue(provider.wants_new_group)
        self.assertEqual(provider.can_take_on, "Two on Tuesday\nThree on Friday")
        self.assertEqual(provider.support_wishes, "A course")
        self.assertEqual(provider.call_id, self.other_person)

    @users("bsc_coach")
    def test_only_provider_moves_to_the_contact_that_stays(self):
        contact = self.env["res.partner"].create(
            {"name": "Club of the East", "is_company": True}
        )
        self._merge(contact, self.provider.partner_id)
        self.assertEqual(self.provider.partner_id, contact)
        self.assertEqual(self.provider.name_key, "cluboftheeast")

    @users("bsc_coach")
    def test_number_of_the_other_is_kept(self):
        self.other.company_registry = "90000011"
        self._merge_providers()
        self.assertEqual(self.provider.company_registry, "90000011")
        self.assertEqual(self.provider.registry_key, "90000011")

    @users("bsc_coach")
    def test_active_provider_stays_and_archived_offer_stays_away(self):
        check = self._other_check(date="2026-03-01")
        self._agree(check, "2026-03-01")
        self.provider.active = False
        self._merge_providers()
        self.assertFalse(self.provider.exists())
        self.assertTrue(self.other.active)
        self.assertEqual(self.other.name, "Club")
        self.assertEqual(self.offering.provider_id, self.other)
        self.assertFalse(self.offering.active)
        self.assertFalse(self.offering.is_referable)
        self.assertTrue(self.other_offering.is_referable)

    def test_every_company_keeps_its_provider(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        far = self.env["bsc.provider"].create(
            {
                "partner_id": self.other.partner_id.id,
                "company_id": company.id,
                "coach_id": False,
            }
        )
        self._merge_providers()
        self.assertEqual(self.provider.partner_id.bsc_provider_ids, self.provider | far)

    @users("bsc_coach")
    def test_two_open_collaborations_are_not_merged(self):
        team = self.env["res.partner"].create({"name": "Team West", "is_company": True})
        relation = self.env["bsc.relation"].create({"partner_id": team.id})
        with self.assertRaisesRegex(
            UserError, "Team East.*Team West.*each has an open collaboration"
        ):
            self._merge(self.team, team)
        self.assertEqual(relation.partner_id, team)

    @users("bsc_coach")
    def test_open_and_archived_collaboration_both_stay(self):
        team = self.env["res.partner"].create({"name": "Team West", "is_company": True})
        relation = self.env["bsc.relation"].create(
            {"partner_id": team.id, "active": False}
        )
        self._merge(self.team, team)
        self.assertEqual(relation.partner_id, self.team)
        self.assertEqual(self.relation.partner_id, self.team)
