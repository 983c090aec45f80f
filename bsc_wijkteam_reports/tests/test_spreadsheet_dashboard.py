import json
from collections import defaultdict

from odoo import fields
from odoo.tests import HttpCase, tagged, users

from odoo.addons.bsc_wijkteam.tests.common import BscCommon
from odoo.addons.spreadsheet.utils.validate_data import (
    fields_in_spreadsheet,
    menus_xml_ids_in_spreadsheet,
    odoo_charts,
)

# Waits until the dashboard shows all its values; fails on what stays wrong. CHARTS
# tells whether the charts hold data, EXPECTED what the cards show.
BROWSER_CHECK = """
(async () => {
    const loader = "spreadsheet_dashboard_loader";
    let wrong = [];
    for (let attempt = 0; attempt < 120; attempt++) {
        await new Promise((resolve) => setTimeout(resolve, 250));
        const services = odoo.__WOWL_DEBUG__.root.env.services;
        const model = services[loader]?.getActiveDashboard()?.model;
        wrong = model ? [] : ["not loaded"];
        for (const sheetId of model?.getters.getSheetIds() ?? []) {
            const cells = Object.entries(model.getters.getEvaluatedCells(sheetId));
            for (const [position, cell] of cells) {
                if (cell.type === "error" || cell.value === "Loading...") {
                    wrong.push(`cell ${position}: ${cell.value} ${cell.message ?? ""}`);
                }
            }
            for (const chartId of model.getters.getChartIds(sheetId)) {
                const chart = model.getters.getChartRuntime(chartId);
                const datasets = chart?.chartJsConfig?.data.datasets;
                if (CHARTS && datasets && !datasets.some((set) => set.data.length)) {
                    wrong.push(`chart ${chartId} shows nothing`);
                }
                if (!datasets && !chart?.keyValue) {
                    wrong.push(`card ${chartId} shows nothing`);
                }
            }
        }
        if (!wrong.length) {
            const expected = EXPECTED;
            for (const [chartId, value] of Object.entries(expected)) {
                const shown = model.getters.getChartRuntime(chartId).keyValue;
                if (shown !== value) {
                    wrong.push(`card ${chartId} shows ${shown}, not ${value}`);
                }
            }
        }
        if (!wrong.length) {
            console.log("test successful");
            return;
        }
    }
    console.error(wrong.join(" | "));
})();
"""


class DashboardCommon(BscCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dashboard = cls.env.ref(
            "bsc_wijkteam_reports.spreadsheet_dashboard_referrals"
        )
        cls.data = json.loads(cls.dashboard.spreadsheet_data)


@tagged("post_install", "-at_install")
class TestSpreadsheetDashboard(DashboardCommon):
    def test_fields_exist(self):
        used = defaultdict(set, fields_in_spreadsheet(self.data))
        sources = [
            (source["model"], source.get("fieldMatching", {}))
            for kind in ("pivots", "lists")
            for source in self.data[kind].values()
        ] + [
            (chart["metaData"]["resModel"], chart.get("fieldMatching", {}))
            for chart in odoo_charts(self.data)
        ]
        for model, matching in sources:
            used[model] |= {match["chain"] for match in matching.values()}
        self.assertEqual(list(used), ["bsc.referral.report"])
        for model, chains in used.items():
            for chain in chains:
                current = self.env[model]
                for name in chain.split(":")[0].split("."):
                    self.assertIn(name, current._fields, chain)
                    current = self.env.get(current._fields[name].comodel_name)

    def test_every_source_heeds_every_filter(self):
        filters = {definition["id"] for definition in self.data["globalFilters"]}
        matchings = {
            source["name"]: source["fieldMatching"]
            for source in self.data["pivots"].values()
        } | {
            chart["chartId"]: chart["fieldMatching"] for chart in odoo_charts(self.data)
        }
        # What is open now is open whenever it was received.
        self.assertEqual(filters - set(matchings.pop("Open now")), {"period"})
        for source, matching in matchings.items():
            self.assertEqual(set(matching), filters, source)

    def test_menus_are_open_to_viewers(self):
        menus = self.env["ir.ui.menu"].with_user(self.viewer)
        visible = menus._visible_menu_ids()
        for xml_id in menus_xml_ids_in_spreadsheet(self.data):
            self.assertIn(self.env.ref(xml_id).id, visible)

    @users("bsc_viewer")
    def test_viewer_finds_the_dashboard(self):
        self.assertIn(
            self.dashboard.id, self.env["spreadsheet.dashboard"].search([]).ids
        )

    def test_without_a_role_there_is_no_dashboard(self):
        outsider = self.env["res.users"].create(
            {"name": "Outsider", "login": "bsc_outsider"}
        )
        dashboards = self.env["spreadsheet.dashboard"].with_user(outsider)
        self.assertNotIn(self.dashboard.id, dashboards.search([]).ids)


@tagged("post_install", "-at_install")
class TestSpreadsheetDashboardBrowser(HttpCase, DashboardCommon):
    def _hide_other_referrals(self):
        self.env["bsc.referral"].search([]).active = False

    def _check_in_browser(self, charts=True, **expected):
        expected = {name.replace("_", "-"): value for name, value in expected.items()}
        self.browser_js(
            f"/odoo/dashboards?dashboard_id={self.dashboard.id}",
            BROWSER_CHECK.replace("CHARTS", json.dumps(charts)).replace(
                "EXPECTED", json.dumps(expected)
            ),
            "odoo.isReady === true",
            login="bsc_viewer",
            timeout=90,
        )

    def test_viewer_sees_the_numbers(self):
        self._hide_other_referrals()
        today = fields.Date.context_today(self.env.user)
        self._referral(date=today)
        self._referral(date=today)
        self._referral(date=today, date_intake=today, date_start=today)
        self._check_in_browser(
            referred="3",
            started="1",
            take_up="33%",
            days_to_start="0",
            feedback_on_time="–",
            open_now="3",
        )

    def test_nothing_in_this_period_is_no_error(self):
        self._hide_other_referrals()
        self._referral(date="2000-01-03", date_intake="2000-01-10")
        self._check_in_browser(
            charts=False, referred="0", started="0", take_up="–", open_now="1"
        )
