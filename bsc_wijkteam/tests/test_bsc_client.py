from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged, users

from .common import BscCommon


@tagged("post_install", "-at_install")
class TestBscClient(BscCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls._client(phone="06 1234 5678", email="fatima@example.com")
        cls.referral = cls._referral(client_id=cls.client.id)

    def _names_seen(self):
        """Every way in which the user of this test could meet the name."""
        referral = self.env["bsc.referral"].browse(self.referral.id)
        seen = [
            referral.client_name,
            referral.sudo().client_name,
            referral.client_id.display_name,
            *self.env["bsc.client"].search([("name", "=", "Fatima")]).mapped("name"),
            *dict(self.env["bsc.client"].name_search("Fatima")).values(),
            *self.env["bsc.referral"]
            .search([("client_id.name", "=", "Fatima")])
            .mapped("reference"),
            *(
                name
                for (name,) in self.env["bsc.referral"]._read_group(
                    [], ["client_id.name"]
                )
            ),
        ]
        return [name for name in seen if name and name != self.client.reference]

    # who knows who it is

    @users("bsc_coach")
    def test_coach_knows_the_own_participant(self):
        self.assertEqual(self.client.with_user(self.coach).name, "Fatima")
        self.assertEqual(self.referral.with_user(self.coach).client_name, "Fatima")

    @users("bsc_other_coach")
    def test_coach_does_not_know_the_participant_of_a_colleague(self):
        with self.assertRaises(AccessError):
            self.client.with_user(self.other_coach).read(["name"])

    @users("bsc_other_coach")
    def test_coach_does_not_know_an_unassigned_participant(self):
        self.referral.coach_id = False
        self.assertFalse(self._names_seen())

    @users("bsc_team")
    def test_team_does_not_know_the_participant(self):
        self.assertFalse(self._names_seen())
        with self.assertRaises(AccessError):
            self.client.with_user(self.team_user).read(["phone"])

    @users("bsc_coordinator")
    def test_coordinator_does_not_know_the_participant(self):
        self.assertFalse(self._names_seen())
        with self.assertRaises(AccessError):
            self.client.with_user(self.coordinator).read(["name"])

    @users("bsc_viewer")
    def test_viewer_does_not_know_the_participant(self):
        with self.assertRaises(AccessError):
            self.env["bsc.client"].search([])
        with self.assertRaises(AccessError):
            self.env["bsc.relation"].search(
                [("referral_ids.client_id.name", "=", "Fatima")]
            )
        with self.assertRaises(AccessError):
            self.referral.with_user(self.viewer).read(["client_name"])

    def test_administrator_without_role_does_not_know_the_participant(self):
        admin = self.env["res.users"].create(
            {
                "name": "Administrator",
                "login": "bsc_admin",
                "group_ids": [Command.set([self.env.ref("base.group_system").id])],
            }
        )
        with self.assertRaises(AccessError):
            self.client.with_user(admin).read(["name"])
        self.assertFalse(self.referral.with_user(admin).sudo().client_name)

    @users("bsc_team")
    def test_screens_and_exports_hold_no_name(self):
        referral = self.referral.with_user(self.team_user)
        reference = {"id": self.client.id, "display_name": self.client.reference}
        [values] = referral.web_read({"client_id": {"fields": {"display_name": {}}}})
        self.assertEqual(values["client_id"], reference)
        with self.assertRaises(AccessError):
            referral.web_read({"client_id": {"fields": {"name": {}}}})
        self.team_user.group_ids += self.env.ref("base.group_allow_export")
        with self.assertRaises(AccessError):
            referral.export_data(["client_id/name"])
        self.assertEqual(referral.export_data(["client_name"])["datas"], [[""]])
        offered = referral.fields_get(["client_id", "client_name"]).values()
        self.assertFalse(any(field["exportable"] for field in offered))

    def test_participant_is_shown_by_its_reference(self):
        self.assertEqual(self.client.display_name, self.client.reference)
        self.assertEqual(
            self.client.sudo().with_user(self.coach).sudo().display_name,
            self.client.reference,
        )

    # how one gets to know a participant

    @users("bsc_other_coach")
    def test_taking_up_a_referral_opens_the_participant(self):
        self.referral.coach_id = False
        referral = self.referral.with_user(self.other_coach)
        self.assertFalse(referral.client_name)
        referral.action_assign_to_me()
        self.env.invalidate_all()
        self.assertEqual(referral.client_name, "Fatima")

    @users("bsc_coach")
    def test_handing_over_closes_the_participant(self):
        self.referral.with_user(self.coach).coach_id = self.other_coach
        with self.assertRaises(AccessError):
            self.client.with_user(self.coach).read(["name"])

    @users("bsc_other_coach")
    def test_participant_of_a_colleague_is_not_put_on_a_new_referral(self):
        with self.assertRaisesRegex(AccessError, "participant of your own"):
            self.env["bsc.referral"].create(
                {"relation_id": self.relation.id, "client_id": self.client.id}
            )

    @users("bsc_other_coach")
    def test_participant_of_a_colleague_is_not_put_on_a_referral(self):
        referral = self.env["bsc.referral"].create({"relation_id": self.relation.id})
        with self.assertRaisesRegex(AccessError, "participant of your own"):
            referral.client_id = self.client.id

    @users("bsc_team")
    def test_participant_of_a_colleague_is_not_put_beside_the_own(self):
        own = self.env["bsc.client"].create({"name": "Noor"})
        own.referral_ids = [
            Command.create({"relation_id": self.relation.id}),
        ]
        with self.assertRaisesRegex(AccessError, "participant of your own"):
            own.referral_ids.client_id = self.client.id

    @users("bsc_coach")
    def test_new_participant_joins_the_referral(self):
        referral = self._referral().with_user(self.coach)
        action = referral.action_new_client()
        form = Form(
            self.env["bsc.client"].with_context(**action["context"]),
            action["views"][0][0],
        )
        form.name = "Noor"
        form.may_register = True
        client = form.save()
        self.assertEqual(referral.client_id, client)
        self.assertEqual(referral.client_name, "Noor")
        self.assertTrue(client.may_register)

    @users("bsc_coach")
    def test_noted_participant_stays_known_until_a_colleague_guides(self):
        client = self.env["bsc.client"].create({"name": "Noor"})
        self.assertEqual(client.name, "Noor")
        self._referral(coach_id=self.other_coach.id, client_id=client.id)
        with self.assertRaises(AccessError):
            client.read(["name"])

    @users("bsc_coach")
    def test_participant_is_not_deleted(self):
        with self.assertRaises(AccessError):
            self.client.with_user(self.coach).unlink()

    def test_participant_of_another_company_is_hidden(self):
        company = self.env["res.company"].create({"name": "Other town"})
        self.coach.company_ids |= company
        client = self.client.with_user(self.coach)
        self.assertTrue(client.search([("id", "=", client.id)]))
        self.assertFalse(
            client.with_context(allowed_company_ids=company.ids).search(
                [("id", "=", client.id)]
            )
        )

    # permissions

    @users("bsc_coach")
    def test_nothing_is_permitted_by_default(self):
        form = Form(self.env["bsc.client"])
        self.assertFalse(form.may_register or form.may_share or form.may_use_story)
        form.name = "Noor"
        self.assertFalse(form.save().permission_ids)

    @users("bsc_coach")
    def test_ticked_permission_is_noted_with_basis_date_and_person(self):
        client = self.env["bsc.client"].create({"name": "Noor", "may_share": True})
        self.assertRecordValues(
            client.permission_ids,
            [
                {
                    "kind": "share",
                    "basis": "consent",
                    "user_id": self.coach.id,
                    "date_withdrawn": False,
                }
            ],
        )
        self.assertFalse(client.may_register)

    @users("bsc_coach")
    def test_one_more_tick_leaves_the_others_as_they_are(self):
        client = self.env["bsc.client"].create({"name": "Noor", "may_register": True})
        self.env.invalidate_all()
        client.may_share = True
        self.env.invalidate_all()
        self.assertTrue(client.may_register)
        client.may_share = False
        self.env.invalidate_all()
        self.assertTrue(client.may_register)
        self.assertFalse(client.may_share)

    @users("bsc_coach")
    def test_unticked_permission_is_withdrawn_and_stays_on_record(self):
        client = self.client.with_user(self.coach)
        client.may_register = False
        self.assertTrue(client.permission_ids.date_withdrawn)
        self.assertFalse(client.may_register)
        client.may_register = True
        self.assertEqual(len(client.permission_ids), 2)

    def test_permission_is_withdrawn_after_it_was_given(self):
        with self.assertRaisesRegex(ValidationError, "withdrawn after it was given"):
            self.client.permission_ids.write(
                {"date": "2026-03-02", "date_withdrawn": "2026-03-01"}
            )

    @users("bsc_other_coach")
    def test_permissions_of_a_colleagues_participant_are_hidden(self):
        self.assertFalse(
            self.env["bsc.client.permission"].search(
                [("client_id", "=", self.client.id)]
            )
        )

    # what is kept

    def test_citizen_service_number_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "citizen service number"):
            self.client.reach_note = "BSN 111222333"

    def test_text_that_gives_somebody_away(self):
        for text in (
            "with Fatima!",
            "fátima",
            "call 06-12345678",
            "mail FATIMA@example.com",
        ):
            with self.subTest(text=text):
                self.assertTrue(self.client._is_named_in(text))

    def test_text_that_gives_nobody_away(self):
        for text in ("Wants to swim", "Fatimaplein", "call 06-87654321", ""):
            with self.subTest(text=text):
                self.assertFalse(self.client._is_named_in(text))
