from odoo.exceptions import ValidationError
from odoo.tests import tagged, users

from .common import BscCommon

# Passes the 11-test and belongs to nobody.
BSN = "111222333"


@tagged("post_install", "-at_install")
class TestMailMessage(BscCommon):
    @users("bsc_coach")
    def test_bsn_is_refused_in_the_chatter(self):
        with self.assertRaisesRegex(ValidationError, "citizen service number"):
            self.relation.with_env(self.env).message_post(body=f"About {BSN}")

    @users("bsc_coach")
    def test_bsn_is_refused_in_a_subject(self):
        with self.assertRaisesRegex(ValidationError, "citizen service number"):
            self.relation.with_env(self.env).message_post(body="Hi", subject=BSN)

    @users("bsc_coach")
    def test_name_of_the_participant_is_refused_on_the_referral(self):
        referral = self._referral(client_id=self._client().id)
        with self.assertRaisesRegex(ValidationError, "gives away who"):
            referral.with_env(self.env).message_post(body="Fatima came along")

    @users("bsc_coach")
    def test_name_is_refused_in_a_changed_message(self):
        referral = self._referral(client_id=self._client().id).with_env(self.env)
        message = referral.message_post(body="It went well", message_type="comment")
        with self.assertRaisesRegex(ValidationError, "gives away who"):
            referral._message_update_content(message, body="Fatima came along")

    @users("bsc_coach")
    def test_name_of_the_professional_is_fine_on_the_referral(self):
        referral = self._referral(client_id=self._client().id)
        message = referral.with_env(self.env).message_post(body="Called Professional")
        self.assertIn("Professional", message.body)

    @users("bsc_coach")
    def test_coach_may_bear_the_name_of_the_participant(self):
        self.coach.sudo().name = "Fatima Coach"
        referral = self._referral(client_id=self._client().id)
        activity = referral.with_env(self.env).activity_schedule(
            "mail.mail_activity_data_call",
            summary="Ask how it went",
            user_id=self.team_user.id,
        )
        self.assertEqual(activity.user_id, self.team_user)

    @users("bsc_coach")
    def test_messages_on_contacts_are_left_alone(self):
        message = self.professional.with_env(self.env).message_post(body=BSN)
        self.assertIn(BSN, message.body)

    def test_messages_of_others_cost_no_query(self):
        entries = [("res.partner", self.team.id, ("Subject", "<p>Body</p>"))] * 3
        with self.assertQueryCount(0):
            self.env["bsc.privacy.mixin"]._check_texts(entries)

    def test_many_messages_take_a_fixed_number_of_queries(self):
        referrals = self.env["bsc.referral"]
        for number in range(20):
            client = self._client(name=f"Person{number}")
            referrals |= self._referral(client_id=client.id)

        def count_queries(records):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            self.env["bsc.privacy.mixin"]._check_texts(
                ("bsc.referral", record_id, ("Went well",)) for record_id in records.ids
            )
            return self.cr.sql_log_count - start

        self.assertEqual(count_queries(referrals), count_queries(referrals[:2]))
