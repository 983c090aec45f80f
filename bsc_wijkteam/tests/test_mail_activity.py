from odoo.exceptions import ValidationError
from odoo.tests import tagged, users

from .common import BscCommon

# Passes the 11-test and belongs to nobody.
BSN = "111222333"


@tagged("post_install", "-at_install")
class TestMailActivity(BscCommon):
    def _schedule(self, record, **values):
        return record.with_env(self.env).activity_schedule(
            "mail.mail_activity_data_todo", **values
        )

    @users("bsc_coach")
    def test_bsn_is_refused_in_an_activity(self):
        with self.assertRaisesRegex(ValidationError, "citizen service number"):
            self._schedule(self.relation, summary=f"Ask about {BSN}")

    @users("bsc_coach")
    def test_name_of_the_participant_is_refused_on_the_referral(self):
        referral = self._referral(client_id=self._client().id)
        with self.assertRaisesRegex(ValidationError, "gives away who"):
            self._schedule(referral, note="<p>Call <b>Fatima</b></p>")

    @users("bsc_coach")
    def test_name_is_refused_when_the_text_changes(self):
        referral = self._referral(client_id=self._client().id)
        activity = self._schedule(referral, summary="Call")
        with self.assertRaisesRegex(ValidationError, "gives away who"):
            activity.summary = "Call Fatima"

    @users("bsc_coach")
    def test_name_is_refused_in_what_was_done(self):
        referral = self._referral(client_id=self._client().id)
        activity = self._schedule(referral, summary="Call")
        with self.assertRaisesRegex(ValidationError, "gives away who"):
            activity.action_feedback(feedback="Fatima is happy")

    @users("bsc_coach")
    def test_reference_of_the_participant_is_fine(self):
        client = self._client()
        referral = self._referral(client_id=client.id)
        activity = self._schedule(referral, summary=f"Call {client.reference}")
        self.assertIn(client.reference, activity.summary)

    @users("bsc_coach")
    def test_activities_on_contacts_are_left_alone(self):
        activity = self._schedule(self.professional, summary=f"Order {BSN}")
        self.assertIn(BSN, activity.summary)

    def test_who_has_no_login_tells_the_coach_by_mail_all_the_same(self):
        public = self.env.ref("base.public_user")
        public.partner_id.email = False
        self.relation.with_user(public).sudo().activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.coach.id
        )
        notification = self.env["mail.message"].search(
            [
                ("message_type", "=", "user_notification"),
                ("partner_ids", "in", self.coach.partner_id.ids),
            ],
            order="id desc",
            limit=1,
        )
        self.assertEqual(notification.author_id, self.env.ref("base.partner_root"))
        self.assertTrue(notification.email_from)
