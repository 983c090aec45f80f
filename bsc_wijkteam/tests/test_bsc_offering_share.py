import io
from unittest.mock import patch

import openpyxl

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged, users

from ..tools.link import read_link
from ..wizard.bsc_offering_share import LINK_SCOPE
from .test_bsc_offering_overview import OverviewCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-22 10:00:00")
class TestBscOfferingShare(OverviewCommon):
    """Handing out the overview: proposals, link, mail, paper and sheet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.env["res.lang"]._activate_lang("nl_NL")
        cls.professional.lang = "nl_NL"

    def _share(self, **values):
        return self.env["bsc.offering.share"].create(values)

    def _sheets(self, share):
        return openpyxl.load_workbook(io.BytesIO(share._get_sheet())).worksheets

    def _table(self, share):
        """The rows of the sheet, by the label of the column."""
        head, *rows = self._sheets(share)[0].iter_rows(values_only=True)
        return [dict(zip(head, row, strict=True)) for row in rows]

    # what is proposed

    @users("bsc_coach")
    def test_reader_proposes_areas_groups_and_language(self):
        self.relation.sudo().area_ids = self.north
        self.relation.sudo().target_group_ids = self.group
        with Form(self.env["bsc.offering.share"]) as form:
            form.reader_id = self.professional
            self.assertEqual(form.lang, "nl_NL")
            self.assertEqual(form.count, 1)
        share = form.record
        self.assertEqual(share.area_ids, self.north)
        self.assertEqual(share.target_group_ids, self.group)

    @users("bsc_coach")
    def test_reader_without_team_keeps_the_choice(self):
        person = self.env["res.partner"].sudo()
        person = person.create({"name": "Neighbour", "lang": "en_US"})
        with Form(self.env["bsc.offering.share"]) as form:
            form.area_ids.add(self.south)
            form.reader_id = person
        self.assertEqual(form.record.area_ids, self.south)
        self.assertEqual(form.record.lang, "en_US")

    @users("bsc_coach")
    def test_what_the_screen_shows_is_proposed(self):
        domain = [
            ("is_referable_today", "=", True),
            ("area_ids", "child_of", self.north.id),
            ("target_group_ids", "in", [self.group.id]),
            ("slot_ids", "any", [("weekday", "=", "1")]),
            "&",
            ("price_month", "<=", 25),
            "|",
            ("price_month", ">", 0),
            ("price_period", "=", "free"),
            ("has_free_places", "=", True),
            ("level_id", "in", [self.level.id]),
        ]
        share = self.env["bsc.offering.share"].with_context(active_domain=domain)
        # The client asks for the names of what is proposed as well.
        tags = {"fields": {"display_name": {}}}
        proposed = share.onchange({}, [], {"area_ids": tags, "target_group_ids": tags})
        self.assertEqual(len(proposed["value"]["area_ids"]), 1)
        share = Form(share).save()
        self.assertEqual(share.area_ids, self.north)
        self.assertEqual(share.target_group_ids, self.group)
        self.assertEqual((share.weekday, share.cost), ("1", "25"))
        self.assertEqual(share.level_id, self.level)
        self.assertTrue(share.has_free_places)

    @users("bsc_coach")
    def test_what_has_no_field_is_left_out(self):
        domain = [("area_ids", "ilike", "North"), ("name", "ilike", "x")]
        share = self.env["bsc.offering.share"].with_context(active_domain=domain)
        self.assertEqual(Form(share).count, 2)

    @users("bsc_viewer")
    def test_viewer_does_not_hand_out(self):
        with self.assertRaises(AccessError):
            self._share()

    # the link

    @users("bsc_coach")
    def test_link_says_what_is_chosen_and_no_more(self):
        share = self._share(
            area_ids=self.north.ids, cost="0", weekday="1", lang="nl_NL"
        )
        values = read_link(self.env, LINK_SCOPE, share.link.rpartition("/")[2])
        filters = {"area_ids": self.north.ids, "weekdays": ["1"], "max_cost": 0.0}
        self.assertEqual(
            values, [self.company.id, False, "nl_NL", "Europe/Amsterdam", filters]
        )

    @users("bsc_coach")
    def test_link_names_the_coach_who_wants_that(self):
        share = self._share(shows_coach=True)
        values = read_link(self.env, LINK_SCOPE, share.link.rpartition("/")[2])
        self.assertEqual(values[1], self.coach.id)

    @users("bsc_coach")
    def test_link_expires_after_the_days_of_the_company(self):
        token = self._share().link.rpartition("/")[2]
        with freeze_time("2026-12-21"):
            self.assertTrue(read_link(self.env, LINK_SCOPE, token))
        with freeze_time("2026-12-23"):
            self.assertFalse(read_link(self.env, LINK_SCOPE, token))

    # by mail

    @users("bsc_coach")
    def test_mail_carries_the_link_and_is_noted_with_the_team(self):
        share = self._share(reader_id=self.professional.id, cost="10")
        share.action_send()
        mail = self.env["mail.mail"].sudo().search([], limit=1, order="id desc")
        self.assertEqual(mail.recipient_ids, self.professional)
        self.assertIn("/bsc/overview/", mail.body_html)
        self.assertIn("bsc_coach@example.com", mail.email_from)
        note = self.relation.message_ids[:1].body
        self.assertIn("Professional", note)
        self.assertIn("per month", note)

    @users("bsc_coach")
    def test_reader_without_mail_address(self):
        self.professional.sudo().email = False
        share = self._share(reader_id=self.professional.id)
        with self.assertRaisesRegex(UserError, "no e-mail address"):
            share.action_send()

    @users("bsc_coach")
    def test_nothing_found_is_not_handed_out(self):
        share = self._share(reader_id=self.professional.id, weekday="6")
        for action in ("action_send", "action_print", "action_download"):
            with self.assertRaisesRegex(UserError, "No activity fits"):
                getattr(share, action)()

    @users("bsc_coach")
    def test_citizen_service_number_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "BSN"):
            self._share(text="111222333")

    # on paper

    def _paper(self, share):
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "bsc_wijkteam.bsc_offering_share_overview", share.ids
        )
        return html.decode()

    @users("bsc_coach")
    def test_paper_holds_only_what_fits_and_is_referable(self):
        self._hidden()
        text = self._paper(self._share(area_ids=self.north.ids, lang="en_US"))
        self.assertIn("Walking", text)
        self.assertIn("Chosen: North (test)", text)
        self.assertNotIn("Swimming", text)
        self.assertNotIn("Hidden", text)

    @users("bsc_coach")
    def test_paper_speaks_to_the_target_group_and_does_not_name_it(self):
        share = self._share(
            target_group_ids=self.group.ids, group_by="target_group", lang="en_US"
        )
        text = self._paper(share)
        self.assertIn("Walking together, coffee afterwards", text)
        self.assertIn("A fixed moment in the week.", text)
        self.assertNotIn("Shy people", text)

    @users("bsc_coach")
    def test_paper_in_the_language_of_the_reader(self):
        self.group.sudo().with_context(lang="nl_NL").words_use = "Samen wandelen"
        share = self._share(target_group_ids=self.group.ids, lang="nl_NL")
        text = self._paper(share)
        self.assertIn("Samen wandelen", text)
        self.assertIn("22 november 2026", text)

    @users("bsc_coach")
    def test_paper_names_the_coach_who_wants_that(self):
        self.coach.sudo().name = "Sam Coach"
        self.assertNotIn("Sam Coach", self._paper(self._share(lang="en_US")))
        text = self._paper(self._share(lang="en_US", shows_coach=True))
        self.assertIn("Sam Coach", text)
        self.assertIn("bsc_coach@example.com", text)

    @users("bsc_coach")
    def test_paper_groups_as_chosen(self):
        text = self._paper(self._share(group_by="weekday", lang="en_US"))
        self.assertLess(text.index("Tuesday"), text.index("Thursday"))

    @users("bsc_coach")
    def test_too_much_for_paper(self):
        path = "odoo.addons.bsc_wijkteam.models.bsc_offering_paper.MAX_ON_PAPER"
        share = self._share()
        with patch(path, 1), self.assertRaisesRegex(UserError, "do not fit on paper"):
            share.action_print()

    @users("bsc_coach")
    def test_print_button_prints(self):
        action = self._share(area_ids=self.north.ids).action_print()
        self.assertEqual(
            action["report_name"], "bsc_wijkteam.bsc_offering_share_overview"
        )

    # as a sheet

    @users("bsc_coach")
    def test_sheet_has_typed_columns(self):
        self.offering.sudo().min_age = 12
        row = self._table(self._share(lang="en_US"))[1]
        self.assertEqual(row["Activity"], "Walking")
        self.assertEqual(row["From age"], 12)
        self.assertIsNone(row["To age"])
        self.assertEqual(row[f"About per month ({self.company.currency_id.name})"], 10)
        self.assertEqual(row["Checked on"].isoformat(), "2026-03-02T00:00:00")
        self.assertEqual(row["Checked until"].isoformat(), "2027-03-02T00:00:00")

    @users("bsc_coach")
    def test_sheet_keeps_its_heading_in_sight_and_filters(self):
        sheet = self._sheets(self._share())[0]
        self.assertEqual(sheet.freeze_panes, "B2")
        self.assertEqual(sheet.auto_filter.ref, "A1:T3")

    @users("bsc_coach")
    def test_sheet_holds_no_formula(self):
        for start in "=+-@":
            with self.subTest(start=start):
                name = f"{start}HYPERLINK(1)"
                self.other.sudo().name = name
                self.other.sudo().description = name
                sheet = self._sheets(self._share(area_ids=self.south.ids))[0]
                self.assertEqual(sheet["A2"].value, name)
                cells = [cell for row in sheet for cell in row]
                self.assertNotIn("f", {cell.data_type for cell in cells})
                self.assertFalse([cell for cell in cells if cell.hyperlink])

    @users("bsc_coach")
    def test_sheet_holds_only_what_fits_and_is_referable(self):
        self._hidden()
        names = [row["Activity"] for row in self._table(self._share(lang="en_US"))]
        self.assertEqual(names, ["Swimming", "Walking"])

    @users("bsc_coach")
    def test_sheet_says_what_it_is(self):
        share = self._share(area_ids=self.north.ids, lang="en_US")
        about = dict(self._sheets(share)[1].iter_rows(values_only=True))
        self.assertEqual(about["Organisation"], self.company.name)
        self.assertEqual(about["Choice"], "North (test)")
        self.assertEqual(about["Activities"], "1")
