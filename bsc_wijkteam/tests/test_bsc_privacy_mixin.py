from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged, users

from odoo.addons.bsc_wijkteam.models.bsc_privacy_mixin import contains_bsn

from .common import BscCommon

# Passes the 11-test and belongs to nobody.
BSN = "111222333"


@tagged("post_install", "-at_install")
class TestBscPrivacyMixin(BscCommon):
    def _own(self):
        return self.relation.with_env(self.env)

    def test_number_that_passes_the_11_test_is_recognised(self):
        for text in (
            "111222333",
            "BSN: 111222333.",
            "bsn111222333",
            "burgerservicenummer111222333",
            "1112.22.333",
            "111 222 333",
            "111\u00a0222\u00a0333",
            "111-222-333",
            "(111222333)",
            "born 1950 111222333",
            "111222333 06-12345678",
            "https://example.com/person/111222333",
        ):
            with self.subTest(text):
                self.assertTrue(contains_bsn(text))

    def test_other_numbers_pass(self):
        for text in (
            "123456789",  # fails the 11-test
            "000000000",
            "0612345683",  # the digits without country code pass the test
            "06-12345683",
            "+31612345683",
            "+31 612345683",
            "+31 612 345 683",
            "0031 612345683",
            "+31 (0)612345683",
            "(+31) 612345683",
            "NL91ABNA0111222333",  # bank account
            "NL91 ABNA 0111 2223 33",
            "NL111222333B01",  # VAT number
            "000011122233",  # branch of the chamber of commerce
            "111 222 333 444",  # meeting
            "11122233",  # chamber of commerce
            "a111222333f",  # part of a code
            "",
            None,
        ):
            with self.subTest(text):
                self.assertFalse(contains_bsn(text))

    @users("bsc_coach")
    def test_bsn_is_refused_in_a_text(self):
        with self.assertRaisesRegex(ValidationError, "“Cases” contains a number"):
            self._own().cases = f"Mr. X, {BSN}"

    @users("bsc_coach")
    def test_bsn_is_refused_at_creation(self):
        partner = self.env["res.partner"].create({"name": "T", "is_company": True})
        with self.assertRaisesRegex(ValidationError, "citizen service number"):
            self.env["bsc.relation"].create(
                {"partner_id": partner.id, "local_name": BSN}
            )

    @users("bsc_coordinator")
    def test_bsn_is_refused_in_html(self):
        with self.assertRaisesRegex(ValidationError, "citizen service number"):
            self.relation.stage_id.with_env(
                self.env
            ).guidance = "<p>111&nbsp;222&nbsp;333</p>"

    @users("bsc_coordinator")
    def test_bsn_is_refused_in_a_link(self):
        with self.assertRaisesRegex(ValidationError, "citizen service number"):
            self.relation.stage_id.with_env(
                self.env
            ).guidance = f'<p><a href="https://example.com/{BSN}">Here</a></p>'

    @users("bsc_coordinator")
    def test_bsn_is_refused_in_a_translation(self):
        self.env["res.lang"].sudo()._activate_lang("nl_NL")
        stage = self.relation.stage_id.with_env(self.env)
        with self.assertRaisesRegex(ValidationError, "citizen service number"):
            stage.update_field_translations("purpose", {"nl_NL": BSN})

    @users("bsc_coordinator")
    def test_bsn_is_refused_in_a_translated_term(self):
        self.env["res.lang"].sudo()._activate_lang("nl_NL")
        stage = self.relation.stage_id.with_env(self.env)
        stage.guidance = "<p>Ask more than you tell.</p>"
        with self.assertRaisesRegex(ValidationError, "citizen service number"):
            stage.update_field_translations(
                "guidance", {"nl_NL": {"Ask more than you tell.": BSN}}
            )

    @users("bsc_coach")
    def test_phone_number_and_bank_account_are_kept(self):
        relation = self._own()
        relation.route = "Call +31 612345683, pay to NL91ABNA0111222333"
        self.assertIn("612345683", relation.route)

    @users("bsc_coach")
    def test_name_of_the_participant_is_refused_on_the_referral(self):
        client = self._client()
        referral = self._referral(client_id=client.id).with_env(self.env)
        with self.assertRaisesRegex(ValidationError, "gives away who"):
            referral.wish = "Fatima would like to swim"

    @users("bsc_coach")
    def test_name_is_refused_when_the_participant_is_chosen_later(self):
        client = self._client(permissions=("register",))
        client.sudo().write({"referral_ids": [Command.link(self._referral().id)]})
        referral = self._referral(wish="Fatima would like to swim")
        with self.assertRaisesRegex(ValidationError, "gives away who"):
            referral.with_env(self.env).client_id = client

    @users("bsc_coach")
    def test_name_of_a_participant_elsewhere_is_an_ordinary_word(self):
        self._client()
        relation = self._own()
        relation.way_in_note = "Fatima of the policy department"
        self.assertEqual(relation.way_in_note, "Fatima of the policy department")
