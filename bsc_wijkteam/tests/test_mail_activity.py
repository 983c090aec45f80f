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
