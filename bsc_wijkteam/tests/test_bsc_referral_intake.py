from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged, users

from .common import BscCommon


@tagged("post_install", "-at_install")
class TestBscReferralIntake(BscCommon):
    # the intake itself

    @users("bsc_coach")
    def test_barrier_tells_what_may_help(self):
        fear = self.env.ref("bsc_wijkteam.bsc_barrier_fear")
        buddy = self.env.ref("bsc_wijkteam.bsc_aid_buddy")
        with Form(self.env["bsc.referral"].with_context(uid=self.uid)) as form:
            form.relation_id = self.relation
            form.barrier_ids.add(fear)
            self.assertIn(buddy.id, form.barrier_aid_ids.ids)
            form.aid_ids.add(buddy)
            self.assertNotIn(buddy.id, form.barrier_aid_ids.ids)

    @users("bsc_coach")
    def test_quick_form_holds_source_and_referrer(self):
        view = "bsc_wijkteam.bsc_referral_view_form_quick"
        form = Form(self.env["bsc.referral"], view)
        form.relation_id = self.relation
        self.assertEqual(form.referrer_id, self.professional)
        form.source = "walk_in"
        self.assertEqual(form.save().source, "walk_in")

    @users("bsc_coach")
    def test_referral_without_team(self):
        for source in ("walk_in", "consultation"):
            with (
                self.subTest(source=source),
                self.assertRaisesRegex(ValidationError, "Which team refers"),
            ):
                self.env["bsc.referral"].create({"wish": "Swim", "source": source})

    # the same person again

    def _known(self, coach=None, **values):
        """A participant who was noted before, of a colleague."""
        client = self._client(**{"phone": "06 1234 5678", **values})
        coach = self.other_coach if coach is None else coach
        return self._referral(client_id=client.id, coach_id=coach.id)

    def _again(self, **values):
        values = {"name": "Fátima", "phone": "+31 6 12345678", **values}
        client = self.env["bsc.client"].with_user(self.coach).create(values)
        self._referral(client_id=client.id)
        self.env.invalidate_all()
        return client

    @users("bsc_coach")
    def test_same_person_is_recognised_by_name_and_number(self):
        known = self._known()
        note = self._again().double_note
        self.assertIn(known.client_id.reference, note)
        self.assertIn(self.other_coach.name, note)
        self.assertNotIn("Fatima", note)
        self.assertNotIn("1234", note)

    @users("bsc_coach")
    def test_same_person_is_recognised_by_name_and_address(self):
        self._known(phone=False, email="Fatima@example.com")
        client = self._again(phone=False, email="fatima@EXAMPLE.com")
        self.assertTrue(client.double_note)

    @users("bsc_coach")
    def test_other_person_is_not_recognised(self):
        self._known(email="fatima@example.com")
        for values in (
            {"name": "Noor"},
            {"phone": "06 8765 4321"},
            {"phone": False},
        ):
            with self.subTest(values=values):
                self.assertFalse(self._again(**values).double_note)

    @users("bsc_coach")
    def test_same_person_of_another_company_is_not_told(self):
        company = self.company.sudo().create({"name": "Other town"})
        self._client(phone="06 1234 5678", company_id=company.id)
        self.assertFalse(self._again().double_note)

    @users("bsc_coach")
    def test_closed_referral_is_told_as_such(self):
        known = self._known()
        known.write({"stage_id": self._stage("closed").id, "outcome": "elsewhere"})
        self.assertIn("is closed", self._again().double_note)

    def test_who_may_not_know_the_participant_is_told_nothing(self):
        self._known()
        referral = self._again().referral_ids
        for user in (self.team_user, self.coordinator):
            with self.subTest(user=user.login):
                self.env.invalidate_all()
                self.assertFalse(referral.with_user(user).client_double_note)
        self.env.invalidate_all()
        self.assertTrue(referral.with_user(self.coach).client_double_note)

    @users("bsc_coach")
    def test_colleague_is_asked_without_a_name(self):
        known = self._known()
        client = self._again()
        client.action_ask_double()
        client.action_ask_double()
        activity = known.sudo().activity_ids
        self.assertEqual(activity.user_id, self.other_coach)
        self.assertEqual(activity.create_uid, self.coach)
        self.assertIn(client.referral_ids.reference, activity.summary)
        with self.assertRaises(AccessError):
            known.client_id.with_user(self.coach).read(["name"])

    @users("bsc_coach")
    def test_nobody_to_ask(self):
        self._known(coach=self.env["res.users"])
        client = self._again()
        self.assertIn("nobody guides", client.double_note)
        with self.assertRaisesRegex(UserError, "Nobody guides participant"):
            client.action_ask_double()

    @users("bsc_coach")
    def test_participant_of_a_colleague_is_not_linked(self):
        self._known()
        client = self._again()
        self.assertFalse(client.may_link_double)
        with self.assertRaises(AccessError):
            client.action_link_double()

    @users("bsc_coach")
    def test_own_participants_are_linked(self):
        known = self._known(coach=self.coach, permissions=())
        client = self._again(may_register=True, reach_note="After six")
        referral = client.referral_ids
        self.assertTrue(client.may_link_double)
        client.action_link_double()
        kept = known.client_id.with_user(self.coach)
        self.assertEqual(kept.referral_ids, known | referral)
        self.assertTrue(kept.may_register)
        self.assertEqual(kept.reach_note, "After six")
        self.assertFalse(client.sudo().active)
        self.assertFalse(kept.double_note)
