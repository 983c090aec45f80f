"""The relation side: the board, the next talk, the work of today, the job at night."""

from lxml import etree

from odoo.tools.safe_eval import safe_eval

from .measure import LINE, fields_of, specification
from .relation_data import COORDINATOR, OWN, RELATIONS, fill

__all__ = ["fill", "measure"]

VIEWS = {}
# What Odoo's widgets for activities read besides, on cards and in lists.
ACTIVITY = {
    "activity_ids": {"fields": {}},
    "activity_exception_decoration": {},
    "activity_exception_icon": {},
    "activity_state": {},
    "activity_summary": {},
    "activity_type_icon": {},
    "activity_type_id": {"fields": {"display_name": {}}},
}


def measure(bench) -> None:
    measure_board(bench)
    measure_screens(bench)
    measure_today(bench)
    measure_health(bench)
    measure_handover(bench)


def measure_board(bench) -> None:
    """The board, with all its columns open: never more than 20 queries."""

    def board(domain):
        def do(env):
            relations, read = view(env, "bsc_relation_view_kanban")
            relations.read_progress_bar(
                domain(env),
                "stage_id",
                {
                    "field": "activity_state",
                    "colors": {
                        "planned": "success",
                        "today": "warning",
                        "overdue": "danger",
                    },
                },
            )
            groups = relations.with_context(read_group_expand=True).web_read_group(
                domain(env),
                ["stage_id"],
                auto_unfold=True,
                unfold_read_specification=read,
            )["groups"]
            assert sum("__records" in group for group in groups) >= 7

        return do

    limits = {"queries": 20, "seconds": 3}
    bench.measure("Teams: board of all", board(lambda _env: []), **limits)
    bench.measure("Teams: board of one coach", board(mine), **limits)


def measure_screens(bench) -> None:
    def rows(env):
        relations, read = view(env, "bsc_relation_view_list")
        relations.web_search_read([], read, limit=80)

    def areas(env):
        relations, _read = view(env, "bsc_relation_view_list")
        relations.web_read_group([], ["area_ids"], [], limit=80)

    def form(env):
        relations, read = view(env, "bsc_relation_view_form")
        relations.search(mine(env), limit=1).web_read(read)

    def kit(env):
        relation = env["bsc.relation"].search(mine(env), limit=1)
        action = relation.action_open_kit()
        assert action["res_id"] == relation.id
        relations, read = view(env, "bsc_relation_view_form_kit")
        [values] = relations.browse(action["res_id"]).web_read(read)
        assert values["kit"]

    def promises(env):
        records, read = view(env, "mail_activity_view_list_promise")
        action = env["ir.actions.act_window"]._for_xml_id(
            "bsc_wijkteam.mail_activity_action_promise"
        )
        found = records.with_context(active_test=False).web_search_read(
            safe_eval(action["domain"]), read, limit=80
        )
        assert found["length"] > 1_000

    bench.measure("Teams: list", rows, queries=40, seconds=1)
    bench.measure("Teams: list by area", areas, queries=20, seconds=1)
    bench.measure("Team: form", form, queries=60, seconds=1)
    bench.measure("Team: meeting kit", kit, queries=40, seconds=1)
    bench.measure("Promises: list of all", promises, queries=30, seconds=1)


def measure_today(bench) -> None:
    """The work of today, and every list that it opens."""

    def today(env):
        records, read = view(env, "bsc_today_view_form")
        records.create({}).web_read(read)

    def rows(name):
        def do(env):
            action = open_list(env, name)
            records = env[action["res_model"]].with_context(action["context"])
            records.web_search_read(action["domain"], VIEWS[name], limit=80)

        return do

    bench.measure("Today: how much of what", today, queries=20, seconds=1)
    with bench.environment() as env:
        lists = list(env["bsc.today"]._get_lists())
        for name in lists:
            action = open_list(env, name)
            records, view_id = env[action["res_model"]], action["views"][0][0]
            arch = records.get_view(view_id, "list")["arch"]
            VIEWS[name] = fields_of(records, etree.fromstring(arch))
    for name in lists:
        bench.measure(f"Today: {name}", rows(name), queries=40, seconds=1)


def open_list(env, name) -> dict:
    return env["bsc.today"].with_context(bsc_list=name).action_open()


def measure_health(bench) -> None:
    """The job at night: as many queries for all teams as for a tenth of them."""

    def spoil(env):
        env.cr.execute("UPDATE bsc_relation SET health = NULL, health_facts = NULL")
        return env["bsc.relation"].sudo()

    def some(_env, relations):
        relations.search([], limit=RELATIONS // 10)._update_health()

    counts = []
    for what, do in (
        ("Job: health of 350 teams", some),
        ("Job: health of 3,500 teams", lambda _env, teams: teams._cron_health()),
    ):
        bench.measure(what, do, prepare=spoil, warm=False, seconds=20)
        counts.append(len(bench.queries))
    if counts[0] != counts[1]:
        print(LINE.format("", *counts, "", "", "GROWS WITH THE TEAMS"))
        bench.missed.append("Job: health")


def measure_handover(bench) -> None:
    def prepare(env):
        coordinator = env["res.users"].search([("login", "=", COORDINATOR)])
        receiver = env["res.users"].search([("login", "=", f"{bench.login}1")])
        assert env["bsc.relation"].search_count(mine(env)) == OWN
        return (
            env["bsc.handover"]
            .with_user(coordinator)
            .create({"user_id": env.uid, "receiver_id": receiver.id})
        )

    bench.measure(
        f"Handover of a coach with {OWN} teams",
        lambda _env, handover: handover.action_hand_over(),
        prepare=prepare,
        warm=False,
        seconds=60,
    )


def mine(env) -> list:
    return [("coach_id", "=", env.uid)]


def view(env, name):
    """Return the empty records of a view's model, and what is read to show it."""
    if name not in VIEWS:
        model, read = specification(env, f"bsc_wijkteam.{name}")
        VIEWS[name] = model, {**read, **(ACTIVITY if "activity_ids" in read else {})}
    model, read = VIEWS[name]
    return env[model], read
