from ast import literal_eval

from lxml import etree

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged, users

from .common import ReportCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-31")
class TestBscGapReport(ReportCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.municipality = cls.env["bsc.area"].create(
            {"name": "Zonnedam", "kind": "municipality"}
        )
        cls.district = cls.env["bsc.area"].create(
            {"name": "East", "kind": "district", "parent_id": cls.municipality.id}
        )
        cls.neighbourhood, cls.other_neighbourhood = cls.env["bsc.area"].create(
            [
                {
                    "name": name,
                    "kind": "neighbourhood",
                    "parent_id": cls.district.id,
                }
                for name in ("Mill", "Harbour")
            ]
        )
        cls.elders, cls.youth = cls.env["bsc.target.group"].create(
            [{"name": "Elders (test)"}, {"name": "Youth (test)"}]
        )
        cls.no_offer, cls.no_place, cls.moved = cls.env["bsc.reason"].create(
            [
                {"name": "Nothing fits", "gap": "no_offer"},
                {"name": "Full", "gap": "no_place"},
                {"name": "Moved away"},
            ]
        )
        # Only what a test makes itself is counted.
        cls.env["bsc.provider"].search([]).wants_new_group = False
        cls.env["bsc.offering"].search([]).is_new_group_possible = False
        cls.env["bsc.referral"].search([]).active = False

    def _demand(self, stage="waiting", **values):
        """A referral that found nothing; waiting for a day to look again."""
        if stage == "waiting":
            values.setdefault("review_date", "2026-04-30")
        if stage == "closed":
            values.setdefault("outcome", "unsuccessful")
        return self._referral(
            **{
                "stage_id": self._stage(stage).id,
                "reason_id": self.no_place.id,
                "area_id": self.neighbourhood.id,
                "target_group_ids": [Command.set(self.elders.ids)],
                **values,
            }
        )

    def _willing(self, provider=None, **values):
        """An offering of a provider that is willing to start another group."""
        provider = provider or self.provider
        provider.wants_new_group = True
        return self._offering(
            provider_id=provider.id,
            **{
                "area_ids": [Command.set(self.neighbourhood.ids)],
                "target_group_ids": [Command.set(self.elders.ids)],
                **values,
            },
        )

    def _counts(self, groupby=(), domain=()):
        """Return demand and willing, in all or per group."""
        counts = self.env["bsc.gap.report"]._read_group(
            list(domain),
            list(groupby),
            ["demand_count:count_distinct", "willing_count:count_distinct"],
        )
        return counts if groupby else counts[0]

    def _rows(self, domain=()):
        return self.env["bsc.gap.report"].search(list(domain))

    # --- Demand ---

    @users("bsc_viewer")
    def test_closed_for_no_offer_or_no_place_is_demand(self):
        self._demand("closed", reason_id=self.no_place.id)
        self._demand("closed", reason_id=self.no_offer.id)
        self._demand("closed", reason_id=self.moved.id)
        self.assertEqual(
            self._counts(["state", "gap"]),
            [("closed", "no_offer", 1, 0), ("closed", "no_place", 1, 0)],
        )

    @users("bsc_viewer")
    def test_waiting_for_no_place_is_demand(self):
        self._demand()
        self._demand(reason_id=False)
        self.assertEqual(self._counts(["state"]), [("waiting", 1, 0)])

    @users("bsc_viewer")
    def test_waiting_follows_the_stage(self):
        """Whoever goes on is not waiting any more, whatever the reason was."""
        self._demand("new")
        self.assertEqual(self._counts(), (0, 0))
        self._stage("new").sudo().requires_review_date = True
        self.assertEqual(self._counts(), (1, 0))

    @users("bsc_viewer")
    def test_who_keeps_taking_part_found_a_place(self):
        self._demand("closed", outcome="lasting")
        self._demand("closed", outcome="elsewhere")
        self.assertEqual(self._counts(), (1, 0))

    @users("bsc_viewer")
    def test_archived_referral_is_no_demand(self):
        self._demand(active=False)
        self.assertEqual(self._counts(), (0, 0))

    @users("bsc_viewer")
    def test_referral_counts_in_each_target_group_and_once_in_total(self):
        self._demand(
            target_group_ids=[Command.set((self.elders + self.youth).ids)],
        )
        self.assertEqual(
            self._counts(["target_group_id"]), [(self.elders, 1, 0), (self.youth, 1, 0)]
        )
        self.assertEqual(self._counts(), (1, 0))

    @users("bsc_viewer")
    def test_referral_without_target_group_and_area_counts(self):
        self._demand(target_group_ids=False, area_id=False)
        none = self.env["bsc.target.group"], self.env["bsc.area"]
        self.assertEqual(self._counts(["target_group_id", "area_id"]), [(*none, 1, 0)])

    # --- Willing ---

    @users("bsc_viewer")
    def test_willing_per_area_and_target_group_of_the_offerings(self):
        areas = self.neighbourhood + self.other_neighbourhood
        self._willing(area_ids=[Command.set(areas.ids)])
        self._willing(target_group_ids=[Command.set(self.youth.ids)])
        self.assertCountEqual(
            self._counts(["target_group_id", "area_id"]),
            [
                (self.elders, self.neighbourhood, 0, 1),
                (self.elders, self.other_neighbourhood, 0, 1),
                (self.youth, self.neighbourhood, 0, 1),
            ],
        )
        self.assertEqual(self._counts(), (0, 1))

    @users("bsc_viewer")
    def test_willing_with_two_like_offerings_counts_once(self):
        self._willing()
        self._willing()
        self.assertEqual(len(self._rows()), 1)

    @users("bsc_viewer")
    def test_new_group_of_one_offering_says_nothing_of_the_others(self):
        self._willing(is_new_group_possible=True)
        self._willing(target_group_ids=[Command.set(self.youth.ids)])
        self.provider.wants_new_group = False
        self.assertEqual(self._counts(["target_group_id"]), [(self.elders, 0, 1)])

    @users("bsc_viewer")
    def test_willing_for_whom_and_where_not_known(self):
        self.provider.wants_new_group = True
        self.offering.write({"area_ids": False, "target_group_ids": False})
        [row] = self._rows()
        self.assertEqual(row.provider_id, self.provider)
        self.assertFalse(row.target_group_id or row.area_id)

    @users("bsc_viewer")
    def test_what_is_known_is_enough(self):
        """An offering without area and target group adds no empty row."""
        self._willing(area_ids=False)
        self._willing(area_ids=False, target_group_ids=False)
        self.assertEqual(
            self._counts(["target_group_id", "area_id"]),
            [(self.elders, self.env["bsc.area"], 0, 1)],
        )

    @users("bsc_viewer")
    def test_unwilling_and_archived_are_left_out(self):
        self._offering(area_ids=[Command.set(self.neighbourhood.ids)])
        self.assertEqual(self._counts(), (0, 0))
        archived = self._willing(is_new_group_possible=True)
        self.provider.wants_new_group = False
        archived.active = False
        self.assertEqual(self._counts(), (0, 0))
        self.provider.write({"wants_new_group": True, "active": False})
        self.assertEqual(self._counts(), (0, 0))

    # --- Side by side ---

    @users("bsc_viewer")
    def test_demand_stands_beside_who_is_willing(self):
        self._demand()
        self._demand("closed")
        self._willing()
        self.assertEqual(
            self._counts(["target_group_id", "area_id"]),
            [(self.elders, self.neighbourhood, 2, 1)],
        )

    @users("bsc_viewer")
    def test_search_within_an_area(self):
        self._demand()
        self._demand(area_id=self.municipality.id)
        self._willing(area_ids=[Command.set(self.district.ids)])

        def count(*term):
            return self._counts(domain=[term])

        self.assertEqual(count("within_area_id", "in", self.municipality.ids), (2, 1))
        self.assertEqual(count("within_area_id", "=", self.district.id), (1, 1))
        self.assertEqual(count("within_area_id", "not in", self.district.ids), (1, 0))

    @users("bsc_viewer")
    def test_area_gives_district_and_municipality(self):
        self._demand()
        self._willing(area_ids=[Command.set(self.district.ids)])
        for row in self._rows():
            self.assertEqual(row.district_id, self.district)
            self.assertEqual(row.municipality_id, self.municipality)

    @users("bsc_viewer")
    def test_filter_of_the_past_year_keeps_who_waits_and_who_is_willing(self):
        self._demand("closed", date="2025-03-30")
        self._demand("closed", date="2025-04-01")
        self._demand(date="2024-01-01")
        self._willing()
        search = self.env["bsc.gap.report"].get_view(view_type="search")["arch"]
        [domain] = etree.fromstring(search).xpath("//*[@name='filter_recent']/@domain")
        self.assertEqual(
            self._counts(["state"], literal_eval(domain)),
            [("closed", 1, 0), ("waiting", 1, 0), ("willing", 0, 1)],
        )

    @users("bsc_viewer")
    def test_row_keeps_its_id(self):
        """Also when others come before it, so that one opens what one saw."""
        self._willing()
        [row] = self._rows()
        second = self.env["bsc.provider"].sudo().create({"name": "Another club"})
        self._demand()
        self._willing(second)
        rows = self._rows()
        self.assertEqual(len(set(rows.ids)), 3)
        self.assertIn(row, rows)
        row.invalidate_recordset()
        self.assertEqual(row.provider_id, self.provider)

    @users("bsc_viewer")
    def test_willing_row_opens_the_provider(self):
        self._demand()
        self._willing()
        demand, willing = self._rows().sorted("willing_count")
        action = willing.action_open_provider()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("bsc.provider", self.provider.id)
        )
        self.assertFalse(demand.action_open_provider())

    @users("bsc_viewer")
    def test_rows_are_counted_as_last_written(self):
        """Whatever the view reads is written to the database before it counts."""
        referral = self._demand()
        offering = self._willing()
        stage = self._stage("waiting").sudo()
        west = self.district.copy({"name": "West"})
        to_youth = {"target_group_ids": [Command.set(self.youth.ids)]}
        to_district = {"area_ids": [Command.set(self.district.ids)]}
        youth = ("target_group_id", "=", self.youth.id)
        in_district = ("area_id", "=", self.district.id)
        to_mill = {"area_ids": [Command.set(self.neighbourhood.ids)]}
        as_district = {"kind": "district", "parent_id": self.municipality.id}
        in_east = ("district_id", "=", self.district.id)
        in_mill = ("district_id", "=", self.neighbourhood.id)
        year = ("date", ">=", "2026-03-01")
        for written, values, term, counts in [
            (referral, to_youth, youth, (1, 0)),
            (referral, {"area_id": self.district.id}, in_district, (1, 0)),
            (referral, {"date": "2026-01-01"}, year, (0, 0)),
            (self.no_place, {"gap": "no_offer"}, ("gap", "=", "no_offer"), (1, 0)),
            (referral, {"reason_id": self.moved.id}, ("gap", "!=", False), (0, 0)),
            (referral, {"reason_id": self.no_place.id}, ("gap", "!=", False), (1, 0)),
            (stage, {"is_closed": True}, ("state", "=", "closed"), (1, 0)),
            (referral, {"outcome": "lasting"}, ("state", "=", "closed"), (0, 0)),
            (offering, to_youth, youth, (0, 1)),
            (offering, to_district, in_district, (0, 1)),
            (offering, to_mill, in_east, (0, 1)),
            (self.neighbourhood, {"parent_id": west.id}, in_east, (0, 0)),
            (self.neighbourhood, as_district, in_mill, (0, 1)),
            (offering, {"active": False}, youth, (0, 0)),
            (offering, {"active": True}, youth, (0, 1)),
            (self.provider, {"wants_new_group": False}, youth, (0, 0)),
            (offering, {"is_new_group_possible": True}, youth, (0, 1)),
            (self.provider, {"active": False}, youth, (0, 0)),
        ]:
            with self.subTest(values=values, term=term):
                written.write(values)
                self.assertEqual(self._counts(domain=[term]), counts)

    def test_view_declares_all_it_reads(self):
        report = self.env["bsc.gap.report"]
        sources = {
            "area": "bsc.area",
            "grandparent": "bsc.area",
            "offering": "bsc.offering",
            "parent": "bsc.area",
            "provider": "bsc.provider",
            "reason": "bsc.reason",
            "referral": "bsc.referral",
            "stage": "bsc.referral.stage",
        }
        self._assert_declares(report, sources)

    # --- Rights ---

    def test_nothing_tells_who(self):
        """Only what is counted, and links to what a viewer may see (rule 5)."""
        report = self.env["bsc.gap.report"]
        self.assertFalse(
            [
                name
                for name, field in report._fields.items()
                if field.type in ("char", "text", "html") and name != "display_name"
            ]
        )
        for name, field in report._fields.items():
            if field.relational:
                self.assertNotIn(field.comodel_name, ("bsc.referral", "bsc.client"))
                comodel = self.env[field.comodel_name].with_user(self.viewer)
                self.assertTrue(comodel.has_access("read"), name)

    @users("bsc_viewer")
    def test_viewer_counts_without_seeing_referrals(self):
        referral = self._demand()
        [row] = self._rows().read()
        self.assertNotIn(referral.reference, str(row))
        self.assertNotIn(referral.id, row.values())
        with self.assertRaises(AccessError):
            self.env["bsc.referral"].search([])

    @users("bsc_viewer")
    def test_pivot_counts_in_few_queries(self):
        self._demand()
        self._willing()
        report = self.env["bsc.gap.report"]
        groupings = [[], ["target_group_id"], ["target_group_id", "area_id"]]
        measures = ["demand_count:count_distinct", "willing_count:count_distinct"]
        report.formatted_read_grouping_sets([], groupings, measures)
        with self.assertQueryCount(6):
            self.env.invalidate_all()
            totals, per_group, per_cell = report.formatted_read_grouping_sets(
                [], groupings, measures
            )
        self.assertEqual(totals[0]["demand_count:count_distinct"], 1)
        self.assertEqual(per_group[0]["willing_count:count_distinct"], 1)
        self.assertEqual(len(per_cell), 1)

    def test_nobody_without_a_role_reads(self):
        outsider = self.env["res.users"].create(
            {"name": "Outsider", "login": "bsc_outsider"}
        )
        with self.assertRaises(AccessError):
            self.env["bsc.gap.report"].with_user(outsider).search([])

    @users("bsc_coordinator")
    def test_nobody_writes(self):
        self._willing()
        row = self._rows()
        with self.assertRaises(AccessError):
            row.write({"state": "closed"})
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
        self._demand()
        self._willing()
        self.assertEqual(self._counts(), (1, 1))
        rows = self.env["bsc.gap.report"].with_user(other_viewer)
        self.assertFalse(rows.search([]))
        with self.assertRaises(AccessError):
            self._rows().with_user(other_viewer).read(["state"])
