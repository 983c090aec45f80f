from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged, users

from .common import ReportCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-31")
class TestBscReferralReport(ReportCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.municipality = cls.env["bsc.area"].create(
            {"name": "Zonnedam", "kind": "municipality"}
        )
        cls.district = cls.env["bsc.area"].create(
            {"name": "East", "kind": "district", "parent_id": cls.municipality.id}
        )
        cls.neighbourhood = cls.env["bsc.area"].create(
            {"name": "Mill", "kind": "neighbourhood", "parent_id": cls.district.id}
        )

    def _report(self, referral):
        return self.env["bsc.referral.report"].browse(referral.id)

    def _totals(self, *aggregates, domain=()):
        domain = [("relation_id", "=", self.relation.id), *domain]
        return self.env["bsc.referral.report"]._read_group(domain, [], aggregates)[0]

    @users("bsc_viewer")
    def test_take_up_is_started_of_referred(self):
        self._referral(date="2026-03-02")
        self._referral(date="2026-03-02", date_intake="2026-03-10")
        self._referral(date="2026-03-02", date_start="2026-03-20")
        referred, started, take_up = self._totals(
            "referred_count:sum", "started_count:sum", "take_up:avg"
        )
        self.assertEqual((referred, started), (3, 1))
        self.assertAlmostEqual(take_up, 1 / 3)

    @users("bsc_viewer")
    def test_take_up_counts_who_stopped_again(self):
        reason = self.env["bsc.reason"].sudo().create({"name": "Moved"})
        self._referral(
            date="2026-03-02",
            date_start="2026-03-10",
            outcome="unsuccessful",
            reason_id=reason.id,
        )
        self.assertEqual(self._totals("started_count:sum", "lasting_count:sum"), (1, 0))

    @users("bsc_viewer")
    def test_take_up_counts_who_skipped_a_step(self):
        self._referral(date_lasting="2026-03-20")
        self._referral(outcome="lasting")
        self.assertEqual(self._totals("started_count:sum", "lasting_count:sum"), (2, 2))

    @users("bsc_viewer")
    def test_days_are_averaged_over_those_who_got_there(self):
        self._referral(date="2026-03-02", date_intake="2026-03-06")
        self._referral(
            date="2026-03-02", date_intake="2026-03-12", date_start="2026-03-22"
        )
        self._referral(date="2026-03-02")
        self.assertEqual(
            self._totals("days_to_intake:avg", "days_to_start:avg"), (7.0, 20.0)
        )

    @users("bsc_viewer")
    def test_open_follows_the_stage(self):
        self._referral()
        referral = self._referral()
        self.assertEqual(self._totals("open_count:sum"), (2,))
        referral.write({"stage_id": self._stage("closed").id, "outcome": "elsewhere"})
        self.assertEqual(self._totals("open_count:sum"), (1,))

    @users("bsc_viewer")
    def test_feedback_is_counted_on_time_and_late(self):
        late = self._referral(date="2026-01-05")
        late.date_feedback_due = "2026-03-30"
        referral = self._referral(date="2026-01-05")
        for due in ("2026-03-31", "2026-03-10"):
            referral.date_feedback_due = due
            self.env["bsc.feedback"].sudo().create(
                {
                    "referral_id": referral.id,
                    "body": "Going well.",
                    "recipient_id": self.professional.id,
                    "date": "2026-03-20",
                }
            )
        self.assertEqual(
            self._totals(
                "feedback_count:sum",
                "feedback_on_time_count:sum",
                "feedback_late_count:sum",
            ),
            (2, 1, 1),
        )

    @users("bsc_viewer")
    def test_feedback_due_today_is_not_late(self):
        referral = self._referral()
        referral.date_feedback_due = fields.Date.today()
        self.assertEqual(self._report(referral).feedback_late_count, 0)
        referral.date_feedback_due -= timedelta(days=1)
        self.env.invalidate_all()
        self.assertEqual(self._report(referral).feedback_late_count, 1)

    @users("bsc_viewer")
    def test_area_gives_district_and_municipality(self):
        rows = [
            self._report(self._referral(area_id=area.id))
            for area in (self.neighbourhood, self.district, self.municipality)
        ]
        self.assertEqual(
            [(row.district_id, row.municipality_id) for row in rows],
            [
                (self.district, self.municipality),
                (self.district, self.municipality),
                (self.env["bsc.area"], self.municipality),
            ],
        )

    @users("bsc_viewer")
    def test_search_within_an_area(self):
        self._referral(area_id=self.neighbourhood.id)
        self._referral(area_id=self.municipality.id)
        self._referral()

        def count(*term):
            return self._totals("__count", domain=[term])[0]

        self.assertEqual(count("within_area_id", "in", self.municipality.ids), 2)
        self.assertEqual(count("within_area_id", "=", self.district.id), 1)
        self.assertEqual(count("within_area_id", "not in", self.district.ids), 2)

    @users("bsc_viewer")
    def test_referral_counts_in_each_target_group(self):
        groups = (
            self.env["bsc.target.group"]
            .sudo()
            .create([{"name": "Older people"}, {"name": "Youth"}])
        )
        self._referral(target_group_ids=[Command.set(groups.ids)])
        counts = self.env["bsc.referral.report"]._read_group(
            [("target_group_ids", "in", groups.ids)], ["target_group_ids"], ["__count"]
        )
        self.assertEqual(counts, [(group, 1) for group in groups])

    @users("bsc_viewer")
    def test_offering_gives_provider_and_sport(self):
        row = self._report(self._referral(offering_id=self.offering.id))
        self.assertEqual(row.provider_id, self.provider)
        self.assertEqual(row.sport_id, self.sport)

    @users("bsc_viewer")
    def test_archived_referrals_are_left_out(self):
        self._referral(active=False)
        self.assertEqual(self._totals("__count"), (0,))

    @users("bsc_viewer")
    def test_rows_are_counted_as_last_written(self):
        """Whatever the view reads is written to the database before it counts."""
        referral = self._referral(area_id=self.neighbourhood.id)
        report = self._report(referral)
        reason = self.env["bsc.reason"].sudo().create({"name": "Full"})
        stage = self.env["bsc.referral.stage"].sudo().create({"name": "Out"})
        target_group = self.env["bsc.target.group"].sudo().create({"name": "Youth"})
        referral.write({"stage_id": stage.id, "offering_id": self.offering.id})
        self.env.flush_all()
        sport = self.env["bsc.sport"].sudo().create({"name": "Roller skating (test)"})
        new_district = (
            self.env["bsc.area"]
            .sudo()
            .create(
                {"name": "West", "kind": "district", "parent_id": self.municipality.id}
            )
        )
        for written, values, name, expected in [
            (referral, {"age_band": "80+"}, "age_band", "80+"),
            (referral, {"coach_id": self.other_coach.id}, "coach_id", self.other_coach),
            (
                referral,
                {"date": "2026-03-01"},
                "date",
                fields.Date.to_date("2026-03-01"),
            ),
            (referral, {"date_intake": "2026-03-11"}, "days_to_intake", 10),
            (referral, {"date_start": "2026-03-21"}, "days_to_start", 20),
            (referral, {"date_lasting": "2026-03-25"}, "lasting_count", 1),
            (referral, {"date_feedback_due": "2026-03-30"}, "feedback_late_count", 1),
            (referral, {"source": "walk_in"}, "source", "walk_in"),
            (referral, {"outcome": "elsewhere"}, "outcome", "elsewhere"),
            (referral, {"reason_id": reason.id}, "reason_id", reason),
            (referral, {"override_reason": "New club"}, "is_overridden", True),
            (
                referral,
                {"target_group_ids": [Command.set(target_group.ids)]},
                "target_group_ids",
                target_group,
            ),
            (reason, {"gap": "no_place"}, "gap", "no_place"),
            (stage, {"is_closed": True}, "open_count", 0),
            (self.offering, {"sport_id": sport.id}, "sport_id", sport),
            (
                self.neighbourhood,
                {"parent_id": new_district.id},
                "district_id",
                new_district,
            ),
            (referral, {"area_id": new_district.id}, "area_id", new_district),
            (referral, {"active": False}, "active", False),
        ]:
            with self.subTest(field=name):
                written.write(values)
                report.invalidate_recordset(flush=False)
                self.assertEqual(report[name], expected)

    def test_view_declares_all_it_reads(self):
        report = self.env["bsc.referral.report"]
        sources = {
            "area": "bsc.area",
            "grandparent": "bsc.area",
            "offering": "bsc.offering",
            "parent": "bsc.area",
            "reason": "bsc.reason",
            "referral": "bsc.referral",
            "stage": "bsc.referral.stage",
        }
        self._assert_declares(report, sources)

    def test_nothing_tells_who(self):
        """Only what is counted, and links to what a viewer may see (rule 5)."""
        report = self.env["bsc.referral.report"]
        self.assertFalse(
            {"client_id", "client_name", "reference", "referrer_id", "wish", "barriers"}
            & set(report._fields)
        )
        self.assertFalse(
            [
                name
                for name, field in report._fields.items()
                if field.type in ("char", "text", "html") and name != "display_name"
            ]
        )
        for name, field in report._fields.items():
            if field.relational:
                comodel = self.env[field.comodel_name].with_user(self.viewer)
                self.assertTrue(comodel.has_access("read"), name)

    @users("bsc_viewer")
    def test_viewer_counts_without_seeing_referrals(self):
        referral = self._referral()
        self.assertEqual(self._totals("__count"), (1,))
        row = self.env["bsc.referral.report"].search_read(
            [("relation_id", "=", self.relation.id)], load=None
        )
        self.assertNotIn(referral.reference, str(row))
        with self.assertRaises(AccessError):
            self.env["bsc.referral"].browse(referral.id).read(["reference"])
        with self.assertRaises(AccessError):
            self.env["bsc.referral"].search([])

    def test_viewer_reads_every_selection_in_words(self):
        selections = (
            self.env["bsc.referral.report"]
            .with_user(self.viewer)
            .fields_get(["age_band", "source", "outcome", "gap"], ["selection"])
        )
        self.assertIn(("no_place", "No place"), selections["gap"]["selection"])
        self.assertTrue(all(field["selection"] for field in selections.values()))

    def test_nobody_without_a_role_reads(self):
        outsider = self.env["res.users"].create(
            {"name": "Outsider", "login": "bsc_outsider"}
        )
        with self.assertRaises(AccessError):
            self.env["bsc.referral.report"].with_user(outsider).search([])

    @users("bsc_coordinator")
    def test_nobody_writes(self):
        row = self._report(self._referral()).with_user(self.env.user)
        with self.assertRaises(AccessError):
            row.write({"source": "coach"})
        with self.assertRaises(AccessError):
            row.unlink()

    def test_companies_do_not_see_each_other(self):
        other_company = self.env["res.company"].create({"name": "Elsewhere"})
        other_viewer = self._user(
            "bsc_elsewhere",
            "viewer",
            company_id=other_company.id,
            company_ids=[Command.set(other_company.ids)],
        )
        referral = self._referral()
        rows = self.env["bsc.referral.report"].with_user(other_viewer)
        self.assertFalse(rows.search([("id", "=", referral.id)]))
        with self.assertRaises(AccessError):
            rows.browse(referral.id).read(["date"])
