from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged, users
from odoo.tools import html2plaintext

from odoo.addons.mail.tests.common import MailCase

from .common import BscCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-15 10:00:00")
class TestBscRelationDigest(BscCommon, MailCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.professional.lang = "en_US"
        cls._check(date="2026-03-02")
        cls.area = cls.env["bsc.area"].create({"name": "Harbour", "kind": "district"})
        cls.offering.area_ids = cls.area
        cls.client = cls._client()
        cls.referrals = cls.env["bsc.referral"]
        for _number in range(5):
            cls.referrals |= cls._referral(
                client_id=cls.client.id,
                wish="Wants to swim",
                barriers="No bus",
                date="2026-04-01",
            )
        cls.referral = cls.referrals[0]

    def _digest(self, reader=None):
        relation = self.relation.with_user(self.env.user)
        return relation._get_digest(reader)

    def _row(self, referral=None, reader=None):
        reference = (referral or self.referral).reference
        [row] = [
            row
            for _stage, rows in self._digest(reader)["groups"]
            for row in rows
            if row["reference"] == reference
        ]
        return row

    def _start(self, referral):
        referral.offering_id = self.offering
        referral.stage_id = self._stage("taking_part")

    def _feedback(self, **values):
        return self.env["bsc.feedback"].create(
            {
                "referral_id": self.referral.id,
                "body": "Comes every week",
                "user_id": self.coach.id,
                **values,
            }
        )

    # what stands in it

    @users("bsc_coach")
    def test_referrals_stand_by_step(self):
        self._start(self.referral)
        groups = dict(self._digest()["groups"])
        self.assertEqual(len(groups["New"]), 4)
        [row] = groups["Taking part"]
        self.assertEqual(row["reference"], self.referral.reference)
        self.assertEqual(row["received"], "April 2026")
        self.assertEqual(row["where"], "Korfbal (test), Harbour")

    @users("bsc_coach")
    def test_place_is_told_once_it_is_certain(self):
        self.referral.offering_id = self.offering
        self.assertFalse(self._row()["where"])

    @users("bsc_coach")
    def test_not_now_tells_when_we_look_again(self):
        self.referral.write(
            {"stage_id": self._stage("not_now").id, "review_date": "2026-06-15"}
        )
        self.assertEqual(self._row()["review"], "June 2026")

    @users("bsc_coach")
    def test_last_feedback_is_told(self):
        self.assertFalse(self._row()["feedback"])
        self._feedback(way="phone", date="2026-04-02")
        self._feedback(way="phone", date="2026-04-10")
        self._feedback(way="phone", date="2026-04-05")
        self.assertEqual(self._row()["feedback"], "04/10/2026")

    @users("bsc_coach")
    def test_small_team_reads_no_month_and_no_place(self):
        self._start(self.referral)
        self.referrals[1].active = False
        row = self._row()
        self.assertTrue(self._digest()["is_small"])
        self.assertFalse(row["received"])
        self.assertFalse(row["where"])

    @users("bsc_coach")
    def test_nothing_of_the_person_stands_in_it(self):
        self._start(self.referral)
        self._feedback(way="phone")
        text = str(self._digest()) + str(self.relation._render_digest())
        for secret in (
            "Fatima",
            "swim",
            "bus",
            "every week",
            self.client.reference,
            "Professional",
        ):
            self.assertNotIn(secret, text)

    @users("bsc_coach")
    def test_closed_before_the_last_overview_is_left_out(self):
        self.referral.write(
            {"stage_id": self._stage("closed").id, "outcome": "elsewhere"}
        )
        self.assertEqual(self._row()["asks"], [])
        self.referral.date_closed = "2026-03-14"
        self.assertNotIn(self.referral.reference, str(self._digest()))

    # what we ask

    @users("bsc_coach")
    def test_asks_for_who_leads_and_how_to_reach(self):
        self.assertEqual(self._row()["asks"], [])
        self.referral.write({"referrer_id": False, "client_id": False})
        self.assertEqual(
            self._row()["asks"],
            ["Who of you leads for this person?", "How may we reach this person?"],
        )

    @users("bsc_coach")
    def test_asks_to_look_again_in_time(self):
        self.referral.write(
            {"stage_id": self._stage("waiting").id, "review_date": "2026-05-16"}
        )
        self.assertEqual(self._row()["asks"], [])
        self.referral.review_date = "2026-05-15"
        self.assertIn("Is it time to look again?", self._row()["asks"][0])

    @users("bsc_coach")
    def test_asks_what_is_needed_when_the_last_feedback_did_not_help(self):
        self._feedback(way="phone", date="2026-04-02").helped = "no"
        self.assertIn("did not help you yet", self._row()["asks"][0])
        self._feedback(way="phone", date="2026-04-03")
        self.assertEqual(self._row()["asks"], [])

    # totals

    @users("bsc_coach")
    def test_totals_count_since_the_last_overview(self):
        self._start(self.referral)
        self.referral.date_start = "2026-04-10"
        self._feedback(way="phone", date="2026-04-10")
        self._feedback(way="phone", date="2026-03-10")
        self.assertEqual(
            dict(self._digest()["totals"]),
            {"New": 5, "Started": 1, "Lasting": 0, "Ended": 0, "Feedback given": 1},
        )
        self.relation.date_digest = "2026-04-08"
        self.relation.date_digest_since = "2026-03-08"
        with freeze_time("2026-05-10"):
            self.assertEqual(dict(self._digest()["totals"])["New"], 0)
            self.assertEqual(dict(self._digest()["totals"])["Started"], 1)

    @users("bsc_coach")
    def test_shortly_after_sending_it_tells_the_same(self):
        relation = self.relation
        self.assertEqual(relation._get_digest_since(), date(2026, 3, 15))
        relation.with_user(self.env.user).action_send_digest()
        self.assertEqual(relation._get_digest_since(), date(2026, 3, 15))
        with freeze_time("2026-04-28"):
            relation.with_user(self.env.user).action_send_digest()
            self.assertEqual(relation._get_digest_since(), date(2026, 3, 15))
        with freeze_time("2026-05-20"):
            self.assertEqual(relation._get_digest_since(), date(2026, 4, 28))

    # sending

    def _dialog(self):
        relation = self.relation.with_user(self.env.user)
        action = relation.action_open_digest()
        return Form(relation, action["views"][0][0])

    @users("bsc_coach")
    def test_dialog_shows_what_the_team_reads(self):
        dialog = self._dialog()
        self.assertEqual(dialog.digest_partner_ids[:], self.professional)
        self.assertIn(self.referral.reference, dialog.digest_preview)

    def _send(self):
        with self.mock_mail_gateway():
            self.relation.with_user(self.env.user).action_send_digest()
            self._new_mails.sudo().send()
        return self._mails

    @users("bsc_coach")
    def test_every_reader_gets_an_own_link_in_the_own_language(self):
        self.env["res.lang"].sudo()._activate_lang("nl_NL")
        template = self.env.ref("bsc_wijkteam.mail_template_digest").sudo()
        template.with_context(lang="nl_NL").subject = "Hoe het gaat"
        colleague = self.professional.copy(
            {"name": "Collega", "email": "collega@example.com", "lang": "nl_NL"}
        )
        self.relation.digest_partner_ids |= colleague
        mails = {mail["email_to"][0]: mail for mail in self._send()}
        self.assertEqual(len(mails), 2)
        mine = mails['"Professional" <professional@example.com>']
        theirs = mails['"Collega" <collega@example.com>']
        self.assertEqual(mine["subject"], "Your referrals: how they stand")
        self.assertEqual(theirs["subject"], "Hoe het gaat")
        self.assertIn("bsc_coach@example.com", mine["email_from"])
        links = [re_link(mail["body"]) for mail in (mine, theirs)]
        self.assertEqual(len(set(links)), 2)

    @users("bsc_coach")
    def test_mail_tells_nothing_about_a_referral(self):
        [mail] = self._send()
        text = html2plaintext(mail["body"])
        for secret in ("Fatima", "swim", self.referral.reference):
            self.assertNotIn(secret, f"{mail['subject']} {text}")
        self.assertIn("30 days", text.replace("\n", " "))

    @users("bsc_coach")
    def test_reader_without_address_stops_all(self):
        colleague = self.professional.copy({"name": "Collega", "email": False})
        self.relation.digest_partner_ids |= colleague
        with self.mock_mail_gateway(), self.assertRaisesRegex(UserError, "Collega"):
            self.relation.with_user(self.env.user).action_send_digest()
        self.assertFalse(self._new_mails)
        self.assertFalse(self.relation.date_digest)

    @users("bsc_coach")
    def test_without_a_reader_nothing_is_sent(self):
        self.relation.digest_partner_ids = False
        with self.assertRaisesRegex(UserError, "Choose who gets the overview"):
            self.relation.with_user(self.env.user).action_send_digest()

    @users("bsc_coach")
    def test_stranger_does_not_get_it(self):
        with self.assertRaisesRegex(ValidationError, "is not a contact of"):
            self.relation.with_user(
                self.env.user
            ).digest_partner_ids |= self.provider_person

    @users("bsc_coach")
    def test_new_contact_person_gets_it_too(self):
        colleague = self.professional.copy({"name": "Collega"})
        self.relation.with_user(self.env.user).contact_id = colleague
        self.assertEqual(
            self.relation.digest_partner_ids, self.professional | colleague
        )

    # on paper

    @users("bsc_coach")
    def test_paper_holds_the_overview_of_each_team(self):
        other = self.env["res.partner"].create({"name": "Team West"})
        relations = self.relation | self.relation.sudo().create(
            {"partner_id": other.id}
        )
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "bsc_wijkteam.bsc_relation_report_digest", relations.ids
        )
        text = html2plaintext(html.decode())
        for expected in ("Team East", "Team West", self.referral.reference):
            self.assertIn(expected, text)
        self.assertNotIn("/bsc/feedback/", html.decode())

    # who sees it, and how fast

    @users("bsc_other_coach")
    def test_colleague_reads_references_only(self):
        self.assertIn(self.referral.reference, str(self._digest()))
        with self.assertRaises(AccessError):
            self.referral.with_user(self.env.user).read(["wish"])

    @users("bsc_viewer")
    def test_viewer_gets_no_overview(self):
        with self.assertRaises(AccessError):
            self._digest()
        report = self.env["ir.actions.report"]
        with self.assertRaises(AccessError):
            report._render_qweb_html(
                "bsc_wijkteam.bsc_relation_report_digest", self.relation.ids
            )

    def _count_queries(self):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._digest(self.professional)
        return self.env.cr.sql_log_count - before

    @users("bsc_coach")
    def test_queries_do_not_grow_with_the_referrals(self):
        self._start(self.referral)
        self._feedback(date_sent="2026-04-15 10:00:00")
        self._count_queries()  # what is kept in memory is read
        few = self._count_queries()
        for _number in range(20):
            more = self._referral(client_id=self.client.id)
            self._start(more)
            self._feedback(referral_id=more.id, date_sent="2026-04-15 10:00:00")
        self.assertLessEqual(self._count_queries(), few)


def re_link(body):
    """Return the signed part of the link in a mail."""
    return str(body).split("/bsc/team/")[1].split('"')[0]
