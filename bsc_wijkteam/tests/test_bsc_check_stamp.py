from odoo.exceptions import AccessError, ValidationError
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

    # asked by mail

    @users("bsc_coach")
    def test_coach_asks_by_mail_instead_of_recording(self):
        form = self._form("provider")
        form.how = "link"
        form.save().action_ask()
        self.assertFalse(self.check.provider_stamp_date)
        self.assertEqual(self.check.provider_asked_id, self.provider_person)
        self.assertFalse(self.check.is_proof_shown)
        mail = self.env["mail.mail"].sudo().search([], limit=1, order="id desc")
        self.assertEqual(mail.recipient_ids, self.provider_person)
        self.assertIn("/bsc/check/", mail.body_html)

    @users("bsc_coach")
    def test_address_is_added_on_the_spot(self):
        self.professional.email = False
        form = self._form("team")
        form.how = "link"
        form.email = "new@example.com"
        form.save().action_ask()
        self.assertEqual(self.professional.email, "new@example.com")
        self.assertEqual(self.check.team_asked_id, self.professional)

    @users("bsc_coach")
    def test_person_without_a_good_address_is_not_asked(self):
        for address in (False, "by phone", "a@example.com, b@example.com"):
            self.provider_person.email = address
            stamp = self._form("provider").save()
            with (
                self.subTest(address),
                self.assertRaisesRegex(ValidationError, "no e-mail address that works"),
            ):
                stamp.action_ask()
            self.assertFalse(self.check.provider_asked_date)

    @users("bsc_coach")
    def test_nobody_is_asked_who_could_not_agree(self):
        check = self.check.with_env(self.env)
        stranger = self.coach.partner_id.with_env(self.env)
        with self.assertRaisesRegex(ValidationError, "is not a contact of “Club”"):
            check._ask_by_mail("provider", stranger)
        with self.assertRaisesRegex(ValidationError, "does not belong to a team"):
            check._ask_by_mail("team", stranger)
        self._form("provider").save().action_record()
        with self.assertRaisesRegex(ValidationError, "agreed already"):
            check._ask_by_mail("provider", self.provider_person)
        check.line_ids[0].verdict = "not_yet"
        with self.assertRaisesRegex(ValidationError, "Nobody can agree yet"):
            check._ask_by_mail("provider", self.provider_person)

    @users("bsc_coach")
    def test_stamp_is_not_recorded_as_a_link(self):
        form = self._form("provider")
        form.how = "link"
        stamp = form.save()
        with self.assertRaisesRegex(ValidationError, "Only the person who got"):
            stamp.action_record()

    @users("bsc_coach")
    def test_notes_are_shown_before_they_are_sent_along(self):
        self.check.line_ids[0].proof = "Seen"
        form = self._form("provider")
        self.assertEqual(form.proof, "a: Seen")
        form.how = "link"
        form.is_proof_shown = True
        form.save().action_ask()
        self.assertTrue(self.check.is_proof_shown)

    @users("bsc_viewer")
    def test_viewer_asks_nobody(self):
        with self.assertRaises(AccessError):
            self.check.with_env(self.env)._ask_by_mail("team", self.professional)
        with self.assertRaises(AccessError):
            self.env["bsc.check.stamp"].create(
                {"check_id": self.check.id, "side": "team"}
            )
