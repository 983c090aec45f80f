import base64
from types import SimpleNamespace
from unittest.mock import patch

from lxml import etree

from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools.safe_eval import safe_eval

from .common import BscCommon

PIXEL = base64.b64encode(
    b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
)


class OverviewCommon(BscCommon):
    """A municipality with two neighbourhoods, and one checked offering in each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.coach.tz = "Europe/Amsterdam"
        cls._check()  # valid until 2 March 2027
        area = cls.env["bsc.area"]
        cls.town = area.create({"name": "Town (test)", "kind": "municipality"})
        cls.north = area.create({"name": "North (test)", "parent_id": cls.town.id})
        cls.south = area.create({"name": "South (test)", "parent_id": cls.town.id})
        cls.group = cls.env["bsc.target.group"].create(
            {
                "name": "Shy people (test)",
                "words_use": "Walking together, coffee afterwards, at ease.",
                "moving_adds": "A fixed moment in the week.",
            }
        )
        cls.level = cls.env.ref("bsc_wijkteam.bsc_level_2")
        cls.funding = cls.env["bsc.funding"].create(
            {"name": "Fund (test)", "coverage": "full"}
        )
        cls.offering.write(
            {
                "name": "Walking",
                "area_ids": [Command.set(cls.north.ids)],
                "target_group_ids": [Command.set(cls.group.ids)],
                "level_id": cls.level.id,
                "price": 10,
                "price_period": "month",
                "slot_ids": [
                    Command.create({"weekday": "1", "hour_from": 10, "hour_to": 11})
                ],
            }
        )
        cls.other = cls._offering(
            name="Swimming",
            area_ids=[Command.set(cls.south.ids)],
            price_period="free",
            is_limited=True,
            places=0,
            slot_ids=[Command.create({"weekday": "3", "hour_from": 19, "hour_to": 20})],
        )

    @classmethod
    def _found(cls, user=None, **filters):
        """The names of the offerings an overview holds, as one user sees them."""
        offerings = cls.env["bsc.offering"].with_user(user or cls.viewer)
        return offerings._find_overview(cls.company, filters).mapped("name")

    @classmethod
    def _provider(cls, name, **values):
        """A provider with a valid check of its own."""
        provider = cls.env["bsc.provider"].create(
            {"name": name, "coach_id": False, **values}
        )
        check = cls._check(provider_id=provider.id, coach_id=False, stamped=False)
        check.write(
            {
                "provider_stamp_partner_id": provider.partner_id.id,
                "provider_stamp_date": "2026-03-02",
                "team_stamp_partner_id": cls.professional.id,
                "team_stamp_date": "2026-03-02",
            }
        )
        return provider

    @classmethod
    def _hidden(cls):
        """One offering for every reason why nobody can be referred there by us."""
        company = cls.env["res.company"].create({"name": "Organisation elsewhere"})
        cls.env["bsc.relation"].create(
            {
                "partner_id": cls.team.id,
                "company_id": company.id,
                "coach_id": False,
            }
        )
        elsewhere = cls._provider("Club elsewhere", company_id=company.id)
        stopped = cls._provider("Stopped club")
        unchecked = cls.env["bsc.provider"].create({"name": "Unchecked club"})
        failed = cls._offering(name="Hidden: failed")
        cls._check("no", stamped=False, offering_id=failed.id)
        hidden = (
            failed
            | cls._offering(name="Hidden: unchecked", provider_id=unchecked.id)
            | cls._offering(name="Hidden: archived", active=False)
            | cls._offering(name="Hidden: stopped", provider_id=stopped.id)
            | cls._offering(name="Hidden: elsewhere", provider_id=elsewhere.id)
        )
        stopped.active = False
        return hidden

    def _queries(self, function):
        """How many queries something takes with nothing read before."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        function()
        return self.env.cr.sql_log_count - before

    def _many(self, count):
        """More offerings, each at a provider and a place of its own."""
        for number in range(count):
            provider = self._provider(f"Club {number}")
            place = self.env["res.partner"].create({"name": f"Hall {number}"})
            self._offering(
                name=f"Group {number}",
                provider_id=provider.id,
                place_id=place.id,
                area_ids=self.north.ids,
                target_group_ids=self.group.ids,
                level_id=self.level.id,
                price=number + 1,
                price_period="month",
                funding_ids=self.funding.ids,
                slot_ids=[
                    Command.create({"weekday": "1", "hour_from": 9, "hour_to": 10})
                ],
            )


@tagged("post_install", "-at_install")
@freeze_time("2026-11-22 10:00:00")
class TestBscOfferingOverview(OverviewCommon):
    """What the overview holds, and what it tells."""

    # what people may be referred to today

    def test_only_what_is_referable_here(self):
        self.assertEqual(len(self._hidden()), 5)
        self.assertEqual(self._found(), ["Swimming", "Walking"])

    def test_screen_holds_the_same(self):
        self._hidden()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "bsc_wijkteam.bsc_offering_action_overview"
        )
        offerings = self.env["bsc.offering"].with_user(self.viewer)
        found = offerings.search(safe_eval(action["domain"]))
        self.assertEqual(found.sorted("name").mapped("name"), ["Swimming", "Walking"])

    def test_last_day_of_the_check_counts(self):
        with freeze_time("2027-03-02 22:30:00"):
            self.assertEqual(len(self._found(self.coach)), 2)

    def test_check_ends_at_midnight_before_the_job_has_run(self):
        # Half past midnight in Amsterdam, where the coach is.
        with freeze_time("2027-03-02 23:30:00"):
            self.assertTrue(self.offering.is_referable)
            self.assertEqual(self._found(self.coach), [])
            offering = self.offering.with_user(self.coach)
            self.assertFalse(offering.is_referable_today)

    def test_field_and_search_agree(self):
        offerings = self.offering | self.other | self._hidden()
        offerings = offerings.with_context(active_test=False)
        found = offerings.search([("is_referable_today", "=", True)])
        self.assertEqual(found & offerings, offerings.filtered("is_referable_today"))
        rest = offerings.search([("is_referable_today", "=", False)])
        self.assertEqual(rest & offerings, offerings - found)

    def test_date_of_check_is_when_both_agreed(self):
        check = self.provider.check_ids
        check.provider_stamp_date = "2026-02-20"
        self.assertEqual(str(self.offering.date_checked), "2026-03-02")

    # filters

    def test_area_holds_everything_below_it(self):
        self.assertEqual(self._found(area_ids=self.town.ids), ["Swimming", "Walking"])
        self.assertEqual(self._found(area_ids=self.north.ids), ["Walking"])

    def test_target_group(self):
        self.assertEqual(self._found(target_group_ids=self.group.ids), ["Walking"])

    def test_level(self):
        self.assertEqual(self._found(level_ids=self.level.ids), ["Walking"])

    def test_weekdays(self):
        self.assertEqual(self._found(weekdays=["1"]), ["Walking"])
        self.assertEqual(self._found(weekdays=["1", "3"]), ["Swimming", "Walking"])
        self.assertEqual(self._found(weekdays=["6"]), [])

    def test_weekday_of_a_season_that_is_over(self):
        self.offering.slot_ids.date_to = "2026-06-30"
        self.assertEqual(self._found(weekdays=["1"]), [])

    def test_cost(self):
        self.assertEqual(self._found(max_cost=0.0), ["Swimming"])
        self.assertEqual(self._found(max_cost=9.99), ["Swimming"])
        self.assertEqual(self._found(max_cost=10.0), ["Swimming", "Walking"])

    def test_unknown_cost_is_left_out(self):
        self.offering.write({"price": 0, "price_period": False})
        self.assertEqual(self._found(max_cost=1000.0), ["Swimming"])
        self.offering.write({"price": 0, "price_period": "month"})
        self.assertEqual(self._found(max_cost=1000.0), ["Swimming"])

    def test_free_places(self):
        self.assertEqual(self._found(has_free_places=True), ["Walking"])

    def test_words_all_occur_somewhere(self):
        self.offering.description = "Along the river"
        self.assertEqual(self._found(text="club RIVER"), ["Walking"])
        self.assertEqual(self._found(text="club mountain"), [])

    def test_filters_add_up(self):
        found = self._found(area_ids=self.town.ids, weekdays=["1"], max_cost=5.0)
        self.assertEqual(found, [])

    def test_screen_filters_mean_the_same(self):
        arch = self.env.ref("bsc_wijkteam.bsc_offering_view_search_overview").arch
        domains = {
            node.get("name"): safe_eval(node.get("domain"))
            for node in etree.fromstring(arch).iter("filter")
            if node.get("domain")
        }
        unknown = self._offering(name="Unknown cost")
        offerings = self.offering | self.other | unknown
        for name, filters in {
            "cost_0": {"max_cost": 0.0},
            "cost_10": {"max_cost": 10.0},
            "cost_25": {"max_cost": 25.0},
            "cost_50": {"max_cost": 50.0},
            "free_places": {"has_free_places": True},
            "tuesday": {"weekdays": ["1"]},
            "thursday": {"weekdays": ["3"]},
            "sunday": {"weekdays": ["6"]},
        }.items():
            with self.subTest(filter=name):
                found = offerings.search(domains[name]) & offerings
                self.assertEqual(
                    sorted(found.mapped("name")), sorted(self._found(**filters))
                )

    # rows

    def test_row_tells_what_one_needs(self):
        place = self.env["res.partner"].create(
            {"name": "Hall", "street": "Street 1", "city": "Town"}
        )
        self.offering.write(
            {
                "place_id": place.id,
                "min_age": 12,
                "funding_ids": self.funding.ids,
            }
        )
        (row,) = self.offering.with_user(self.viewer)._get_overview_rows()
        self.assertEqual(row["provider"], "Club")
        self.assertEqual((row["place"], row["address"]), ("Hall", "Street 1, Town"))
        self.assertEqual(row["cost"], self.offering.cost)
        self.assertIn("Fund (test)", row["cost_funded"])
        self.assertEqual(row["price_month"], 10)
        self.assertEqual((row["min_age"], row["max_age"]), (12, None))
        self.assertEqual(str(row["date_checked"]), "2026-03-02")
        self.assertEqual(str(row["valid_until"]), "2027-03-02")
        self.assertEqual(row["places"], "room for more people")

    def test_row_tells_nothing_of_persons(self):
        self.provider_person.phone = "06 1234 0000"
        self.provider.partner_id.phone = "06 1234 0001"
        self.offering.write(
            {"contact_id": self.provider_person.id, "guidance": "Trainer Jan"}
        )
        text = repr(self.offering._get_overview_rows())
        for secret in ("Trainer", "06 1234", "example.com", self.coach.name):
            self.assertNotIn(secret, text)

    def test_website_is_a_web_address_or_left_out(self):
        self.provider.website = "javascript:alert(1)"
        self.assertEqual(self.offering._get_overview_rows()[0]["website"], "")

    def test_places_in_words(self):
        self.assertEqual(self.other._get_overview_places(), "full at the moment")
        self.other.places = 1
        self.assertEqual(self.other._get_overview_places(), "1 place free")
        self.other.places = 3
        self.assertEqual(self.other._get_overview_places(), "3 places free")

    # groups and words

    def test_areas_group_right_below_what_all_share(self):
        wide = self._offering(name="Everywhere in town", area_ids=self.town.ids)
        nowhere = self._offering(name="Nowhere")
        offerings = self.offering | self.other | wide | nowhere
        self.assertEqual(
            [
                (name, found.mapped("name"))
                for name, found in offerings._get_overview_groups("area")
            ],
            [
                ("Town (test)", ["Everywhere in town"]),
                ("North (test)", ["Walking"]),
                ("South (test)", ["Swimming"]),
                ("Everywhere", ["Nowhere"]),
            ],
        )

    def test_weekdays_and_target_groups_group(self):
        offerings = self.offering | self.other
        self.assertEqual(
            [name for name, _found in offerings._get_overview_groups("weekday")],
            ["Tuesday", "Thursday"],
        )
        self.assertEqual(
            [name for name, _found in offerings._get_overview_groups("target_group")],
            ["Shy people (test)", "For everybody"],
        )

    def test_heading_speaks_the_words_of_the_target_group(self):
        heading = self.env["bsc.offering"]._get_overview_heading(
            {"target_group_ids": self.group.ids}
        )
        self.assertEqual(heading["heading"], "Walking together, coffee afterwards")
        self.assertEqual(heading["phrases"], ["at ease"])
        self.assertEqual(heading["moving_adds"], "A fixed moment in the week.")

    def test_heading_for_several_groups_is_neutral(self):
        groups = self.group | self.env.ref("bsc_wijkteam.bsc_target_group_youth")
        heading = self.env["bsc.offering"]._get_overview_heading(
            {"target_group_ids": groups.ids}
        )
        self.assertEqual(heading["heading"], "Activities near you")
        self.assertFalse(heading["moving_adds"])

    def test_filters_in_words(self):
        words = self.env["bsc.offering"]._describe_overview(
            self.company,
            {
                "area_ids": self.north.ids,
                "weekdays": ["1"],
                "max_cost": 0.0,
                "has_free_places": True,
            },
        )
        self.assertEqual(
            list(words.values()),
            ["North (test)", "Tuesday", "free of charge", "with free places"],
        )

    # paper

    def _paper(self, offerings, user=None, lang="en_US"):
        """The paper for chosen offerings, as text."""
        report = self.env["ir.actions.report"].with_user(user or self.viewer)
        html, _kind = report.with_context(lang=lang)._render_qweb_html(
            "bsc_wijkteam.bsc_offering_overview", offerings.ids
        )
        return html.decode()

    def test_paper_leaves_out_and_counts_what_is_not_referable(self):
        hidden = self._hidden()
        hidden = hidden.filtered(lambda offering: offering.company_id == self.company)
        text = self._paper(self.offering | self.other | hidden)
        self.assertIn("Walking", text)
        self.assertNotIn("Hidden", text)
        self.assertIn("4 chosen activities are not on this paper", text)

    def test_paper_has_texts_date_and_whom_to_call(self):
        self.company.write(
            {
                "bsc_overview_intro": "Checked by us <b>together</b>",
                "bsc_overview_footer": "Call us any time",
                "phone": "010 000 0000",
            }
        )
        text = self._paper(self.offering)
        for part in (
            self.company.name,
            "22 November 2026",
            "Checked by us &lt;b&gt;together",
            "Call us any time",
            "010 000 0000",
            "2 Mar 2026",
        ):
            self.assertIn(part, text)

    def test_paper_loads_no_image_from_elsewhere(self):
        self.company.logo = PIXEL
        text = self._paper(self.offering)
        self.assertIn('src="data:image', text)
        self.assertNotIn('src="http', text)

    def test_paper_in_pieces_tells_the_same(self):
        """Whether the program repeats headings or not, every activity stands there."""
        path = "odoo.addons.bsc_wijkteam.models.bsc_offering_paper._wkhtml"
        for is_patched in (True, False):
            with (
                self.subTest(is_patched=is_patched),
                patch(path, return_value=SimpleNamespace(is_patched_qt=is_patched)),
            ):
                text = self._paper(self.offering | self.other)
                self.assertEqual(text.count("Walking"), 1)
                self.assertEqual(text.count("Swimming"), 1)
                self.assertEqual(text.count("<thead>"), 2)  # one per area
                self.assertEqual(text.count('class="article"'), 1)

    def test_paper_prints(self):
        report = self.env["ir.actions.report"]
        if report.get_wkhtmltopdf_state() == "install":
            self.skipTest("wkhtmltopdf is not installed")
        with self.allow_pdf_render():
            content, kind = report.with_context(
                force_report_rendering=True
            )._render_qweb_pdf(
                "bsc_wijkteam.bsc_offering_overview", (self.offering | self.other).ids
            )
        self.assertEqual(kind, "pdf")
        self.assertTrue(content.startswith(b"%PDF"))

    # speed

    def _read_screen(self):
        view = self.env.ref("bsc_wijkteam.bsc_offering_view_kanban_overview")
        names = {node.get("name") for node in etree.fromstring(view.arch).iter("field")}
        specification = {name: {} for name in names}
        specification["provider_id"] = {"fields": {"display_name": {}}}
        specification["target_group_ids"] = {
            "fields": {"display_name": {}, "color": {}}
        }
        offerings = self.env["bsc.offering"].with_user(self.viewer)
        offerings.web_search_read(
            [("is_referable_today", "=", True)], specification, limit=80
        )

    def test_screen_and_rows_take_as_many_queries_for_many(self):
        offerings = self.env["bsc.offering"].with_user(self.viewer)
        measured = [
            self._read_screen,
            lambda: offerings._find_overview(self.company, {})._get_overview_rows(),
            lambda: offerings._find_overview(self.company, {})._get_overview_paper(
                self.company, {"area_ids": self.town.ids}
            ),
        ]
        self._many(1)
        for function in measured:  # what stays in memory is not counted
            self._queries(function)
        few = [self._queries(function) for function in measured]
        self._many(57)
        many = [self._queries(function) for function in measured]
        self.assertEqual(few, many)
        self.assertLessEqual(max(many), 20)
