from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import BscCommon

MAIL = """\
From: {sender}
To: {to}
Subject: {subject}
Message-Id: <{key}@example.com>
{headers}MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="part"

--part
Content-Type: text/plain; charset="utf-8"

{body}
--part
Content-Type: text/plain; charset="utf-8"
Content-Disposition: attachment; filename="about.txt"

Enclosed about Fatima
--part--
"""


@tagged("post_install", "-at_install")
class TestBscMail(BscCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.domain = cls.env["mail.alias.domain"].create(
            {"name": "mail.example.com", "company_ids": [(6, 0, cls.company.ids)]}
        )
        cls.company.alias_domain_id = cls.domain
        cls.alias = cls.env.ref("bsc_wijkteam.mail_alias_referral")
        cls.alias.write({"alias_name": "referrals", "alias_domain_id": cls.domain.id})
        cls.client = cls._client(phone="06 1234 5678")
        cls.referral = cls._referral(client_id=cls.client.id)

    def _receive(
        self,
        subject="Hello",
        body="Fatima called me",
        sender="professional@example.com",
        to="referrals@mail.example.com",
        headers="",
        key="first",
    ):
        """Let a mail come in, and return what was kept of it."""
        known = self.env["bsc.mail"].search([])
        self.env["mail.thread"].message_process(
            False,
            MAIL.format(
                sender=sender,
                to=to,
                subject=subject,
                body=body,
                headers=headers,
                key=key,
            ),
        )
        return self.env["bsc.mail"].search([]) - known

    def _notified(self):
        return self.env["mail.notification"].search(
            [("mail_message_id.model", "in", ("bsc.mail", "bsc.referral"))]
        ), self.env["mail.mail"].search([("body_html", "ilike", "Fatima")])

    # where it lands

    def test_answer_with_the_reference_lands_at_the_referral(self):
        mail = self._receive(f"Re: Feedback on {self.referral.reference}")
        self.assertEqual(mail.referral_id, self.referral)
        self.assertEqual(mail.coach_id, self.coach)
        self.assertEqual(mail.partner_id, self.professional)
        message = mail.message_ids.filtered(lambda m: m.message_type == "email")
        self.assertIn("Fatima called me", message.body)
        self.assertEqual(message.attachment_ids.name, "about.txt")
        self.assertEqual(message.attachment_ids.res_model, "bsc.mail")

    def test_answer_to_a_message_in_the_chatter_lands_at_the_referral(self):
        message = self.referral.message_post(
            body="When can we call?", subtype_xmlid="mail.mt_comment"
        )
        for number, to in enumerate(
            ("referrals@mail.example.com", "catchall@mail.example.com")
        ):
            with self.subTest(to=to):
                mail = self._receive(
                    headers=f"In-Reply-To: {message.message_id}\n",
                    to=to,
                    key=f"answer{number}",
                )
                self.assertEqual(mail.referral_id, self.referral)

    def test_provider_that_was_asked_may_answer_by_mail(self):
        self.env["bsc.referral.request"].create(
            {"referral_id": self.referral.id, "offering_id": self.offering.id}
        )
        mail = self._receive(
            f"Re: {self.referral.reference}", sender="trainer@example.com"
        )
        self.assertEqual(mail.referral_id, self.referral)

    def test_answer_about_a_merged_one_lands_at_the_kept_one(self):
        double = self._referral()
        double._merge_into(self.referral)
        mail = self._receive(f"Re: {double.reference}")
        self.assertEqual(mail.referral_id, self.referral)

    def test_same_mail_twice_is_one(self):
        self.assertTrue(self._receive(f"Re: {self.referral.reference}"))
        self.assertFalse(self._receive(f"Re: {self.referral.reference}"))

    def test_mail_to_a_team_is_kept_apart_too(self):
        message = self.relation.message_post(
            body="Hello", subtype_xmlid="mail.mt_comment"
        )
        mail = self._receive(
            headers=f"In-Reply-To: {message.message_id}\n",
            to="catchall@mail.example.com",
        )
        self.assertEqual(mail.relation_id, self.relation)
        self.assertEqual(mail.coach_id, self.coach)
        self.assertNotIn("Fatima", "".join(self.relation.message_ids.mapped("body")))

    # what others see

    def test_chatter_tells_that_a_mail_came_in_and_not_what_is_in_it(self):
        self._receive(f"Fatima, {self.referral.reference}")
        line = self.referral.message_ids[0]
        self.assertIn("A mail came in", line.body)
        self.assertEqual(line.author_id, self.professional)
        for message in self.referral.message_ids:
            self.assertNotIn("Fatima", f"{message.subject} {message.body}")
            self.assertFalse(message.attachment_ids)

    def test_mail_is_sent_on_to_nobody(self):
        self.referral.message_subscribe(
            (self.other_coach.partner_id | self.professional).ids,
            self.env.ref("mail.mt_comment").ids,
        )
        mail = self._receive(f"Re: {self.referral.reference}")
        mail.message_subscribe(self.other_coach.partner_id.ids)
        mail.message_post(
            body="Fatima again",
            message_type="email",
            subtype_id=self.env.ref("mail.mt_comment").id,
            partner_ids=self.other_coach.partner_id.ids,
        )
        for found in self._notified():
            self.assertFalse(found)

    def test_only_the_coach_who_knows_reads_it(self):
        mail = self._receive(f"Re: {self.referral.reference}")
        message = mail.message_ids.filtered(lambda m: m.message_type == "email")
        readers = {
            user.login
            for user in (
                self.viewer,
                self.coach,
                self.other_coach,
                self.team_user,
                self.coordinator,
            )
            if message.with_user(user).has_access("read")
        }
        self.assertEqual(readers, {"bsc_coach"})
        for user in (self.other_coach, self.team_user, self.coordinator):
            attachment = message.attachment_ids.with_user(user)
            self.assertFalse(attachment.has_access("read"))
            self.assertFalse(
                self.env["mail.message"]
                .with_user(user)
                .search([("body", "ilike", "Fatima called")])
            )

    def test_mail_goes_along_to_the_next_coach(self):
        mail = self._receive(f"Re: {self.referral.reference}")
        self.referral.coach_id = self.other_coach
        self.assertEqual(mail.coach_id, self.other_coach)
        self.assertFalse(mail.with_user(self.coach).has_access("read"))

    def test_citizen_service_number_is_blanked_and_the_mail_stays(self):
        mail = self._receive(
            f"123456782 {self.referral.reference}", body="It is 123456782, call me"
        )
        message = mail.message_ids.filtered(lambda m: m.message_type == "email")
        self.assertIn("call me", message.body)
        for text in (message.body, message.subject):
            self.assertNotIn("123456782", text)

    def test_nothing_is_sent_from_a_mail(self):
        mail = self._receive(f"Re: {self.referral.reference}").with_user(self.coach)
        with self.assertRaisesRegex(UserError, "Answer from the referral"):
            mail.message_post(
                body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment"
            )

    # the coach

    def test_coach_is_asked_to_read_it_and_then_it_may_go(self):
        mail = self._receive(f"Re: {self.referral.reference}").with_user(self.coach)
        self.assertEqual(mail.activity_ids.user_id, self.coach)
        self.assertNotIn("Fatima", mail.activity_ids.summary)
        self.assertEqual(self.referral.with_user(self.coach).mail_count, 1)
        self.assertEqual(self.referral.with_user(self.coordinator).mail_count, 0)
        with self.assertRaisesRegex(UserError, "Mark the mail as read first"):
            mail.unlink()
        mail.action_mark_read()
        self.assertFalse(mail.activity_ids)
        mail.unlink()
        self.assertFalse(
            self.env["mail.message"].search([("body", "ilike", "Fatima called")])
        )

    # the address for referrals

    def test_professional_refers_by_mail(self):
        self.professional.lang = "en_US"  # else that of the company
        mail = self._receive("Somebody for you")
        referral = mail.referral_id
        self.assertNotEqual(referral, self.referral)
        self.assertEqual(referral.relation_id, self.relation)
        self.assertEqual(referral.referrer_id, self.professional)
        self.assertEqual(referral.coach_id, self.coach)
        self.assertEqual(referral.stage_id, self._stage("new"))
        self.assertFalse(referral.wish)
        self.assertIn(
            "New referral: call the referrer", referral.activity_ids.mapped("summary")
        )
        receipt = self.env["mail.mail"].search(
            [("subject", "=", f"Received: referral {referral.reference}")]
        )
        self.assertEqual(receipt.recipient_ids, self.professional)

    def test_somebody_unknown_waits_for_a_coordinator(self):
        before = self.env["bsc.referral"].search_count([])
        for number, subject in enumerate(("Hello", f"Re: {self.referral.reference}")):
            with self.subTest(subject=subject):
                mail = self._receive(
                    subject, sender="stranger@example.com", key=f"stranger{number}"
                )
                self.assertTrue(mail)
                self.assertFalse(mail.referral_id)
                self.assertFalse(mail.coach_id)
                self.assertTrue(
                    mail.activity_ids.user_id.has_group(
                        "bsc_wijkteam.bsc_wijkteam_group_coordinator"
                    )
                )
                self.assertTrue(mail.with_user(self.coordinator).has_access("write"))
                self.assertFalse(mail.with_user(self.coach).has_access("read"))
        self.assertEqual(self.env["bsc.referral"].search_count([]), before)

    def test_reference_alone_opens_nothing_to_another_contact(self):
        self.env["res.partner"].create({"name": "Else", "email": "else@example.com"})
        mail = self._receive(
            f"Re: {self.referral.reference}", sender="else@example.com"
        )
        self.assertTrue(mail)
        self.assertFalse(mail.referral_id)
        self.assertFalse(self.referral.mail_ids)

    def test_coordinator_says_which_referral_it_is_about(self):
        mail = self._receive(sender="stranger@example.com")
        mail.with_user(self.coordinator).referral_id = self.referral
        self.assertEqual(mail.coach_id, self.coach)
        self.assertEqual(mail.activity_ids.user_id, self.coach)
        self.assertFalse(mail.with_user(self.coordinator).has_access("read"))

    def test_automatic_answer_refers_nobody(self):
        mail = self._receive("On holiday", headers="Auto-Submitted: auto-replied\n")
        self.assertFalse(mail.referral_id)

    def test_professional_of_a_team_that_stopped_waits_for_a_coordinator(self):
        self.relation.stage_id.is_closed = True
        self.assertFalse(self._receive("Somebody for you").referral_id)

    # where answers to our mails go

    def _receipt(self):
        template = self.env.ref("bsc_wijkteam.mail_template_refer_receipt")
        template.auto_delete = False
        return self.env["mail.mail"].browse(template.send_mail(self.referral.id))

    def test_answers_come_in_at_the_address_for_referrals(self):
        self.referral.referrer_id = self.professional
        mail = self._receipt()
        self.assertIn("referrals@mail.example.com", mail.reply_to)

    def test_answers_go_to_the_coach_without_such_an_address(self):
        self.alias.alias_name = False
        mail = self._receipt()
        self.assertIn("bsc_coach@example.com", mail.reply_to)

    def test_address_is_set_in_the_settings(self):
        settings = self.env["res.config.settings"].create({})
        self.assertEqual(settings.bsc_referral_alias, "referrals")
        settings.bsc_referral_alias = "sport"
        settings.execute()
        self.assertEqual(self.alias.alias_full_name, "sport@mail.example.com")
        settings.bsc_referral_alias = False
        settings.execute()
        self.assertFalse(self.alias.alias_name)
