from urllib.parse import parse_qs, urlsplit

from lxml import html

from odoo.fields import Command
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

from ..controllers.overview import MAX_AREAS, PAGE_SIZE
from ..tools.link import sign_link
from ..wizard.bsc_offering_share import LINK_SCOPE
from .common import LinkPage
from .test_bsc_offering_overview import OverviewCommon


@tagged("post_install", "-at_install")
class TestOverviewPage(LinkPage, OverviewCommon, HttpCase):
    """The page behind the link, and the sheet for who is logged in."""

    scope = LINK_SCOPE

    @classmethod
    def setUpClass(cls):
        cls.startClassPatcher(freeze_time("2026-11-22 10:00:00"))
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.env["res.lang"]._activate_lang("nl_NL")

    def _get_link(self):
        return self._link()

    def _link(self, filters=None, user=False, lang="en_US", company=None, days=30):
        company = company or self.company
        values = [company.id, user and user.id, lang, "Europe/Amsterdam", filters or {}]
        return f"/bsc/overview/{sign_link(self.env, LINK_SCOPE, values, days)}"

    def _open(self, query="", link=None, **kwargs):
        return self.url_open(f"{link or self._link()}{query}", **kwargs)

    def _names(self, response):
        page = html.fromstring(response.content)
        return [node.text for node in page.xpath("//section/h2")]

    def _assert_does_not_work(self, link):
        response = self._open(link=link)
        self.assertEqual(response.status_code, 404)
        self.assertIn("This link does not work", response.text)
        self.assertNotIn("Walking", response.text)

    # what it shows

    def test_link_opens_without_login(self):
        response = self._open()
        self.assertEqual(response.status_code, 200)
        self.assertEqual(self._names(response), ["Swimming", "Walking"])
        for text in (self.company.name, "22 November 2026", "2 Mar 2026", "2 Mar 2027"):
            self.assertIn(text, response.text)

    def test_only_what_is_referable_here(self):
        self._hidden()
        response = self._open()
        self.assertEqual(self._names(response), ["Swimming", "Walking"])
        self.assertNotIn("Hidden", response.text)
        self.assertNotIn("elsewhere", response.text)

    def test_check_ends_at_midnight_where_the_coach_is(self):
        link = self._link(days=365)
        with freeze_time("2027-03-02 22:30:00"):
            self.assertEqual(len(self._names(self._open(link=link))), 2)
        with freeze_time("2027-03-02 23:30:00"):
            self.assertEqual(self._names(self._open(link=link)), [])

    def test_texts_of_the_organisation(self):
        self.company.bsc_overview_intro = "Checked by us"
        self.company.bsc_overview_footer = "Call us any time"
        text = self._open().text
        self.assertIn("Checked by us", text)
        self.assertIn("Call us any time", text)

    def test_nothing_of_persons(self):
        self.provider_person.phone = "06 1234 0000"
        self.provider.partner_id.phone = "06 1234 0001"
        self.coach.name = "Sam Coach"
        self.offering.write(
            {"contact_id": self.provider_person.id, "guidance": "By Trainer Jan"}
        )
        text = self._open().text
        for secret in ("Trainer", "06 1234", "Sam Coach", "@example.com"):
            self.assertNotIn(secret, text)

    def test_coach_who_chose_to_be_mentioned(self):
        self.coach.name = "Sam Coach"
        text = self._open(link=self._link(user=self.coach)).text
        self.assertIn("Sam Coach", text)
        self.assertIn("bsc_coach@example.com", text)

    def test_coach_who_left_is_not_mentioned(self):
        self.coach.name = "Sam Coach"
        link = self._link(user=self.coach)
        self.coach.active = False
        self.assertNotIn("Sam Coach", self._open(link=link).text)

    def test_html_is_shown_as_text(self):
        for name in ("description", "accessibility", "gear"):
            self.offering[name] = f"<script>alert('{name}')</script><b>x</b>"
        self.offering.name = "<img src=x>"
        self.company.bsc_overview_intro = "<script>alert(1)</script>"
        text = self._open(query="?q=%3Cscript%3E").text + self._open().text
        self.assertNotIn("<script", text)
        self.assertNotIn("<img", text)
        self.assertNotIn("<b>x", text)
        self.assertIn("&lt;script&gt;alert(&#39;gear&#39;)", text)

    def test_speaks_the_language_of_the_link(self):
        text = self._open(link=self._link(lang="nl_NL")).text
        self.assertIn('lang="nl-NL"', text)
        self.assertIn("22 november 2026", text)

    def test_language_that_is_gone(self):
        response = self._open(link=self._link(lang="fr_FR"))
        self.assertEqual(response.status_code, 200)

    def test_one_target_group_is_addressed_and_not_named(self):
        response = self._open(link=self._link({"target_group_ids": self.group.ids}))
        page = html.fromstring(response.content)
        (heading,) = page.xpath("//h1/text()")
        self.assertEqual(heading, "Walking together, coffee afterwards")
        for node in page.xpath("//select"):
            node.drop_tree()
        self.assertNotIn("Shy people", page.text_content())

    # filters

    def test_link_says_what_is_shown_first(self):
        link = self._link({"area_ids": self.north.ids})
        self.assertEqual(self._names(self._open(link=link)), ["Walking"])

    def test_reader_may_choose_otherwise(self):
        link = self._link({"area_ids": self.north.ids})
        response = self._open(query=f"?area={self.south.id}", link=link)
        self.assertEqual(self._names(response), ["Swimming"])
        response = self._open(query="?area=", link=link)
        self.assertEqual(len(self._names(response)), 2)

    def test_each_filter(self):
        for query, names in {
            f"area={self.town.id}": ["Swimming", "Walking"],
            f"area={self.north.id}": ["Walking"],
            f"area={self.north.id},{self.south.id}": ["Swimming", "Walking"],
            f"area={self.north.id}&area={self.south.id}": ["Swimming", "Walking"],
            f"group={self.group.id}": ["Walking"],
            f"level={self.level.id}": ["Walking"],
            "day=1": ["Walking"],
            "day=1&day=3": ["Swimming", "Walking"],
            "max_cost=0": ["Swimming"],
            "max_cost=9,50": ["Swimming"],
            "max_cost=10": ["Swimming", "Walking"],
            "free=1": ["Walking"],
            "q=swim": ["Swimming"],
        }.items():
            with self.subTest(query=query):
                response = self._open(query=f"?{query}")
                self.assertEqual(self._names(response), names)
                self.assertNotIn("could not be used", response.text)

    def test_chosen_filters_stay_chosen(self):
        response = self._open(
            query=f"?area={self.north.id}&day=1&max_cost=12.5&free=1&q=walk"
        )
        form = html.fromstring(response.content).forms[0]
        self.assertEqual(
            {key: value for key, value in form.form_values() if value},
            {
                "area": str(self.north.id),
                "day": "1",
                "max_cost": "12.5",
                "free": "1",
                "q": "walk",
            },
        )

    def test_several_areas_of_the_link_stay_chosen(self):
        areas = self.north | self.south
        response = self._open(link=self._link({"area_ids": areas.ids}))
        form = html.fromstring(response.content).forms[0]
        self.assertEqual(form.fields["area"], ",".join(map(str, areas.ids)))

    def test_only_areas_with_offer_can_be_chosen(self):
        empty = self.env["bsc.area"].create({"name": "Empty (test)"})
        form = html.fromstring(self._open().content).forms[0]
        options = form.inputs["area"].value_options
        for area in self.town | self.north | self.south:
            self.assertIn(str(area.id), options)
        self.assertNotIn(str(empty.id), options)

    def test_areas_of_a_whole_country_step_by_step(self):
        towns = self.env["bsc.area"].create(
            [
                {"name": f"Town {number} (test)", "kind": "municipality"}
                for number in range(MAX_AREAS)
            ]
        )
        self._offering(area_ids=[Command.set(towns.ids)])
        form = html.fromstring(self._open().content).forms[0]
        self.assertIn(str(self.town.id), form.inputs["area"].value_options)
        self.assertNotIn(str(self.north.id), form.inputs["area"].value_options)
        response = self._open(query=f"?area={self.town.id}")
        form = html.fromstring(response.content).forms[0]
        self.assertIn(str(self.north.id), form.inputs["area"].value_options)

    def test_garbage_is_named_and_the_rest_counts(self):
        for query, label in {
            "max_cost=abc": "Cost",
            f"max_cost={10**30}": "Cost",
            "max_cost=-1": "Cost",
            "max_cost=nan": "Cost",
            "max_cost=inf": "Cost",
            "area=99999999": "Area",
            f"area={10**30}": "Area",
            "area=1;drop": "Area",
            "area=%00": "",
            "area=-1": "Area",
            "group=x": "Target group",
            "level=٣": "Level",
            "day=7": "Day",
            "day=monday": "Day",
            "free=perhaps": "Free places",
            "area[]=1": "",
            "page=x": "",
            f"page={10**30}": "",
            "page=-5": "",
            "%FF=%FE": "",
            f"q={'x' * 5000}": None,
            "q=%00%27%22%25_": None,
        }.items():
            with self.subTest(query=query[:40]):
                response = self._open(query=f"?{query}&day=1")
                self.assertEqual(response.status_code, 200)
                page = html.fromstring(response.content)
                alert = "".join(page.xpath("//*[@role='alert']//text()"))
                if label:
                    self.assertIn(f"not be used: {label}.", " ".join(alert.split()))
                else:
                    self.assertFalse(alert)
                if label is not None:
                    self.assertEqual(self._names(response), ["Walking"])

    def test_area_of_the_link_that_is_gone(self):
        area = self.env["bsc.area"].create({"name": "Gone (test)"})
        link = self._link({"area_ids": area.ids, "weekdays": ["1"]})
        area.unlink()
        response = self._open(link=link)
        self.assertIn("could not be used", response.text)
        self.assertEqual(self._names(response), ["Walking"])

    def test_nothing_found_says_what_to_let_go_of(self):
        response = self._open(query=f"?area={self.north.id}&day=3")
        self.assertEqual(self._names(response), [])
        page = html.fromstring(response.content)
        steps = page.xpath("//li/a")
        self.assertEqual(
            [" ".join(step.text_content().split()) for step in steps],
            ["Without “Area”: 1", "Without “Day”: 1"],
        )
        wider = self.url_open(steps[0].get("href"))
        self.assertEqual(self._names(wider), ["Swimming"])

    def test_what_a_fund_would_pay_is_a_separate_hint(self):
        self.offering.funding_ids = self.funding
        response = self._open(query="?max_cost=5")
        self.assertEqual(self._names(response), ["Swimming"])
        self.assertIn("1 more costs more, but accepts a fund", response.text)

    # pages

    def test_pages(self):
        for number in range(PAGE_SIZE):
            self._offering(name=f"Page {number:02}")
        first = self._open(query="?q=club")
        self.assertEqual(len(self._names(first)), PAGE_SIZE)
        page = html.fromstring(first.content)
        self.assertFalse(page.xpath("//a[@rel='prev']"))
        (url,) = page.xpath("//a[@rel='next']/@href")
        self.assertEqual(parse_qs(urlsplit(url).query), {"q": ["club"], "page": ["2"]})
        second = self.url_open(url)
        self.assertEqual(self._names(second), ["Swimming", "Walking"])
        self.assertIn("Page 2 of 2", second.text)
        page = html.fromstring(second.content)
        self.assertTrue(page.xpath("//a[@rel='prev']"))
        self.assertFalse(page.xpath("//a[@rel='next']"))
        self.assertEqual(len(self._names(self._open(query="?page=999"))), 2)

    # which links work

    def test_stranger_cannot_choose_another_company(self):
        company = self.env["res.company"].create({"name": "Other (test)"})
        link = self._link(company=company)
        self.assertEqual(self._names(self._open(link=link)), [])
        self._assert_does_not_work(f"/bsc/overview/{company.id}")

    def test_link_of_a_company_that_is_gone(self):
        company = self.env["res.company"].create({"name": "Gone (test)"})
        link = self._link(company=company)
        company.unlink()
        self._assert_does_not_work(link)

    # the sheet

    def _share(self, user):
        return self.env["bsc.offering.share"].with_user(user).create({"lang": "en_US"})

    def test_sheet_downloads(self):
        self.authenticate("bsc_coach", "bsc_coach")
        response = self.url_open(f"/bsc/overview/sheet/{self._share(self.coach).id}")
        self.assertEqual(response.status_code, 200)
        self.assertIn("spreadsheetml", response.headers["Content-Type"])
        self.assertIn(".xlsx", response.headers["Content-Disposition"])
        self.assertTrue(response.content.startswith(b"PK"))

    def test_sheet_of_a_colleague(self):
        self.authenticate("bsc_other_coach", "bsc_other_coach")
        response = self.url_open(f"/bsc/overview/sheet/{self._share(self.coach).id}")
        self.assertEqual(response.status_code, 404)

    @mute_logger("odoo.http")
    def test_sheet_without_right(self):
        self.authenticate("bsc_viewer", "bsc_viewer")
        response = self.url_open(f"/bsc/overview/sheet/{self._share(self.coach).id}")
        self.assertEqual(response.status_code, 403)

    def test_sheet_without_login(self):
        response = self.url_open(
            f"/bsc/overview/sheet/{self._share(self.coach).id}", allow_redirects=False
        )
        self.assertEqual(response.status_code, 303)

    # speed

    def test_as_many_queries_for_many(self):
        """A long list is counted, a short one may have a hint about funds."""
        self._many(1)
        link = self._link({"has_free_places": True})
        queries = ["", f"?area={self.town.id}&day=1&q=group&max_cost=900&free=1"]
        for query in queries:  # what stays in memory is not counted
            self._open(query=query, link=link)
        few = [self._queries(lambda q=q: self._open(q, link)) for q in queries]
        self._many(57)
        many = [self._queries(lambda q=q: self._open(q, link)) for q in queries]
        self.assertLessEqual(max(few + many), 20)
        self.assertEqual([few[0] + 1, few[1]], many)

    def test_queries_when_nothing_is_found(self):
        query = f"?area={self.north.id}&day=6&q=x&max_cost=1&free=1"
        link = self._link()
        self._open(query, link)
        self.assertLessEqual(self._queries(lambda: self._open(query, link)), 20)
