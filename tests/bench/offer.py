"""The offer side: what coaches, teams and others see of it, and the jobs of the day."""

from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.tools import str2bool
from odoo.tools.safe_eval import safe_eval

from odoo.addons.bsc_wijkteam.tools.link import sign_link
from odoo.addons.bsc_wijkteam.wizard.bsc_offering_share import LINK_SCOPE

from .measure import specification
from .offer_data import LOGIN, fill

__all__ = ["fill", "measure"]

VIEWS = {}


def measure(bench) -> None:
    with bench.environment() as env:
        action = env.ref("bsc_wijkteam.bsc_offering_action_overview").sudo()
        overview = safe_eval(action.domain)
    measure_overview(bench, overview)
    measure_sharing(bench, overview)
    measure_feed(bench)
    measure_checks(bench)
    measure_screens(bench)


def measure_overview(bench, domain) -> None:
    """The overview on screen: never more than 20 queries, no look at every line."""
    limits = {"queries": 20, "unscanned": "bsc_check_line"}

    def cards(env, extra=()):
        offerings, read = view(env, "bsc_offering_view_kanban_overview")
        offerings.web_search_read([*domain, *extra], read, limit=40)
        for name, expand in panel(env).items():
            # What is not expanded is asked for again with every filter.
            if not (extra and expand):
                offerings.search_panel_select_multi_range(
                    name, search_domain=[*domain, *extra], expand=expand
                )

    def rows(env):
        offerings, read = view(env, "bsc_offering_view_list_overview")
        offerings.web_search_read(domain, read, limit=80)

    def columns(env):
        offerings, read = view(env, "bsc_offering_view_kanban_overview")
        offerings.web_read_group(
            domain,
            ["target_group_ids"],
            [],
            auto_unfold=True,
            unfold_read_specification=read,
            unfold_read_default_limit=40,
        )

    def groups(env):
        offerings, _read = view(env, "bsc_offering_view_list_overview")
        offerings.web_read_group(domain, ["provider_id"], [], limit=80)

    def cards_filtered(env, area):
        cards(
            env,
            [
                ("area_ids", "child_of", area.ids),
                ("price_month", "<=", 25),
                ("slot_ids.weekday", "=", "1"),
                ("has_free_places", "=", True),
            ],
        )

    bench.measure("Overview: cards, with what to choose from", cards, **limits)
    bench.measure(
        "Overview: cards, four filters",
        cards_filtered,
        prepare=municipality,
        **limits,
    )
    bench.measure("Overview: list", rows, **limits)
    bench.measure("Overview: list by provider", groups, **limits)
    # Odoo asks for the cards of each open column apart, here eight.
    bench.measure("Overview: cards by target group", columns, queries=13 + 8)


def measure_sharing(bench, domain) -> None:
    def links(env, preset=None):
        env = env(su=True)
        user = env["res.users"].search([("login", "=", LOGIN)])
        values = [env.company.id, user.id, "nl_NL", user.tz, preset or {}]
        return f"/bsc/overview/{sign_link(env, LINK_SCOPE, values, 30)}"

    def link_of_area(env):
        return links(env, {"area_ids": municipality(env).ids, "max_cost": 25.0})

    def open_link(_env, path):
        assert "Activity" in bench.get(path).text

    limits = {"queries": 20, "unscanned": "bsc_check_line"}
    bench.measure("Link page: everything", open_link, prepare=links, **limits)
    bench.measure(
        "Link page: one municipality", open_link, prepare=link_of_area, **limits
    )

    def print_paper(env):
        offerings = env["bsc.offering"].search(domain, limit=200)
        report = env["ir.actions.report"].with_context(force_report_rendering=True)
        content, kind = report._render_qweb_pdf(
            "bsc_wijkteam.bsc_offering_report_overview", offerings.ids
        )
        assert kind == "pdf" and content.startswith(b"%PDF")

    bench.measure("Paper: PDF of 200 offerings", print_paper, seconds=15)


def measure_feed(bench) -> None:
    def services(path):
        def get(_env):
            page = bench.get(f"/bsc/oruk/v3/services?per_page=100{path}").json()
            assert page["contents"], page

        return get

    bench.measure("Feed: page of 100 services", services(""), queries=25)
    bench.measure("Feed: page 100 of 100 services", services("&page=100"), queries=25)


def measure_checks(bench) -> None:
    """The jobs of the day, for a third of all checks at once."""

    def end(env, day):
        env = env(su=True)
        env.cr.execute(
            """
            UPDATE bsc_check SET valid_until = %s WHERE id IN (
                SELECT id FROM bsc_check WHERE state = 'valid' ORDER BY id LIMIT 10000)
            """,
            [day],
        )
        assert env.cr.rowcount == 10_000
        env.invalidate_all()
        return env["bsc.check"]

    def lapse(env, checks):
        checks._cron_lapse()
        env.flush_all()
        found = env["bsc.check"].search_count([("state", "=", "lapsed")])
        assert found >= 10_000, found

    # In one go: Odoo itself writes and creates in batches of a hundred.
    limits = {"queries": 1_000, "seconds": 120}
    today = fields.Date.today()
    bench.measure(
        "Job: 10,000 checks lapse",
        lapse,
        prepare=lambda env: end(env, today - timedelta(days=1)),
        warm=False,
        **limits,
    )
    bench.measure(
        "Job: renewal of 10,000 checks is planned",
        lambda _env, checks: checks._cron_plan_renewal(),
        prepare=lambda env: end(env, today + timedelta(days=30)),
        warm=False,
        **limits,
    )


def measure_screens(bench) -> None:
    def open_list(name, limit, domain=()):
        def do(env):
            records, read = view(env, name)
            records.web_search_read(list(domain), read, limit=limit)

        return do

    def open_form(name):
        def do(env):
            records, read = view(env, name)
            records.search([], limit=1).web_read(read)

        return do

    soon = ("check_valid_until", "<=", "today +60d")
    for what, do in {
        "Providers: cards": open_list("bsc_provider_view_kanban", 40),
        "Providers: list": open_list("bsc_provider_view_list", 80),
        "Providers: lapsing soon": open_list("bsc_provider_view_list", 80, [soon]),
        "Providers: search a name": lambda env: env["bsc.provider"].name_search("0042"),
        "Provider: form": open_form("bsc_provider_view_form"),
        "Offerings: list": open_list("bsc_offering_view_list", 80),
        "Offering: form": open_form("bsc_offering_view_form"),
        "Checks: list": open_list("bsc_check_view_list", 80),
        "Check: form": open_form("bsc_check_view_form"),
    }.items():
        bench.measure(what, do, queries=40, seconds=1, unscanned="bsc_check_line")


def panel(env):
    """Return the names of what one can choose from beside the overview.

    :return: dictionary from name to whether all there is stands there, used or not
    """
    if "panel" not in VIEWS:
        search = env.ref("bsc_wijkteam.bsc_offering_view_search_overview").sudo()
        fields = etree.fromstring(search.arch).xpath("//searchpanel/field")
        VIEWS["panel"] = {
            node.get("name"): str2bool(node.get("expand", "0")) for node in fields
        }
    return VIEWS["panel"]


def municipality(env):
    """Return the municipality that most is offered in."""
    offerings = env["bsc.offering"]
    [(area, _count)] = offerings._read_group(
        [], ["area_ids"], ["__count"], limit=1, order="__count desc, area_ids"
    )
    return area.parent_id.parent_id


def view(env, name):
    """Return the empty records of a view's model, and what is read to show it.

    The web client as well asks for a view once.
    """
    if name not in VIEWS:
        VIEWS[name] = specification(env, f"bsc_wijkteam.{name}")
    model, read = VIEWS[name]
    return env[model], read
