from odoo.exceptions import ValidationError
from odoo.tests import Form, freeze_time, tagged, users

from .common import BscCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")
class TestBscCheckStamp(BscCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.check = cls._check(stamped=False)
        others = cls.env["bsc.relation"].search([("id", "!=", cls.relation.id)])
        others.active = False

    def _form(self, side):
        return Form(
            self.env["bsc.check.stamp"].with_context(
                default_check_id=self.check.id, default_side=side
            )
        )

    @users("bsc_coach")
    def test_only_person_of_the_provider_is_proposed(self):
        self.assertEqual(self._form("provider").partner_id, self.provider_person)

    @users("bsc_coach")
    def test_nobody_is_proposed_among_several_people(self):
        self.env["res.partner"].create(
            {"name": "Treasurer", "parent_id": self.provider.partner_id.id}
        )
        self.assertFalse(self._form("provider").partner_id)

    @users("bsc_coach")
    def test_address_of_the_provider_is_no_person(self):
        self.env["res.partner"].create(
            {
                "name": "Canteen",
                "parent_id": self.provider.partner_id.id,
                "type": "other",
            }
        )
        self.assertEqual(self._form("provider").partner_id, self.provider_person)

    @users("bsc_coach")
    def test_only_team_of_the_coach_and_its_contact_are_proposed(self):
        other = self.env["res.partner"].create({"name": "Team West"})
        self.env["bsc.relation"].create(
            {"partner_id": other.id, "coach_id": self.other_coach.id}
        )
        form = self._form("team")
        self.assertEqual(form.relation_id, self.relation)
        self.assertEqual(form.partner_id, self.professional)

    @users("bsc_other_coach")
    def test_only_team_of_all_is_proposed_to_a_coach_without_teams(self):
        self.assertEqual(self._form("team").relation_id, self.relation)

    @users("bsc_coach")
    def test_coach_of_several_teams_chooses(self):
        other = self.env["res.partner"].create({"name": "Team West"})
        person = self.env["res.partner"].create({"name": "P", "parent_id": other.id})
        relation = self.env["bsc.relation"].create(
            {"partner_id": other.id, "contact_id": person.id}
        )
        form = self._form("team")
        self.assertFalse(form.relation_id)
        self.assertFalse(form.partner_id)
        form.relation_id = relation
        self.assertEqual(form.partner_id, person)
        form.relation_id = self.relation.with_env(self.env)
        self.assertEqual(form.partner_id, self.professional)

    @users("bsc_coach")
    def test_person_typed_in_is_added_to_the_provider(self):
        stamp = self._form("provider").save()
        context = {
            "default_parent_id": stamp.organisation_id.id,
            "default_is_company": False,
            "default_type": "contact",
        }
        partner_id, _name = (
            self.env["res.partner"].with_context(**context).name_create("Chair")
        )
        stamp.partner_id = partner_id
        stamp.action_record()
        partner = self.check.provider_stamp_partner_id
        self.assertEqual(partner.parent_id, self.provider.partner_id)

    @users("bsc_coach")
    def test_stamp_tells_who_when_how_and_by_whom(self):
        form = self._form("team")
        form.date = "2026-03-01"
        form.how = "phone"
        form.save().action_record()
        self.assertRecordValues(
            self.check,
            [
                {
                    "team_stamp_partner_id": self.professional.id,
                    "team_stamp_date": form.record.date,
                    "team_stamp_how": "phone",
                    "team_stamp_user_id": self.coach.id,
                    "provider_stamp_date": False,
                }
            ],
        )

    @users("bsc_coach")
    def test_refused_stamp_changes_nothing(self):
        self.check.line_ids[0].verdict = "not_yet"
        stamp = self._form("provider").save()
        refused = self.assertRaisesRegex(ValidationError, "Nobody can agree yet")
        with refused, self.env.cr.savepoint():
            stamp.action_record()
        self.assertFalse(self.check.provider_stamp_date)
