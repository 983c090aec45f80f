"""The referral side: the board of 100,000, its lists, the waiting list, coming in.

They stand in a company of their own, so that the other parts measure what they did.
Beside a thousand new referrals stand a thousand new leads of Odoo's own pipeline.
"""

import time
from datetime import timedelta

from odoo import fields
from odoo.fields import Command

from .measure import LINE, specification
from .offer_data import create, load_areas, make_coaches
from .relation import ACTIVITY
from .relation_data import copy

COMPANY = "Referrals of a whole country"
REFERRALS = 100_000
ACTIVITIES = 60_000
QUESTIONS = 40_000
RELATIONS = 500
OFFERINGS = 1_000
NEW = 1_000
RATIO = 0.2  # of the seconds that Odoo's pipeline takes
ROUNDS = 3

VIEWS = {}


# --- Filling ---


def fill(env) -> None:
    load_areas(env)
    company = env["res.company"].create({"name": COMPANY})
    coaches = make_coaches(env)
    coaches.company_ids = [Command.link(company.id)]
    context = {
        **env.context,
        "allowed_company_ids": company.ids,
        "bsc_skip_plan": True,
        "mail_create_nosubscribe": True,
    }
    env = env(context=context)
    relations = make_relations(env, company, coaches)
    offerings = make_offerings(env, company)
    make_referrals(relations, offerings, coaches)
    env.invalidate_all()
    offerings = offerings.with_context(prefetch_fields=False)
    env.add_to_compute(offerings._fields["places_taken"], offerings)
    env.flush_all()


def make_relations(env, company, coaches):
    teams = create(
        env,
        "res.partner",
        [
            {"name": f"Team of referrals {number:03}", "is_company": True}
            for number in range(RELATIONS)
        ],
    )
    contacts = create(
        env,
        "res.partner",
        [{"name": f"Professional of {t.name}", "parent_id": t.id} for t in teams],
    )
    return create(
        env,
        "bsc.relation",
        [
            {
                "partner_id": team.id,
                "contact_id": contact.id,
                "coach_id": coaches[number % len(coaches)].id,
                "company_id": company.id,
            }
            for number, (team, contact) in enumerate(zip(teams, contacts, strict=True))
        ],
    )


def make_offerings(env, company):
    [sport] = env["bsc.sport"].search([], limit=1)
    providers = create(
        env,
        "bsc.provider",
        [
            {"name": f"Provider of referrals {number:03}", "company_id": company.id}
            for number in range(OFFERINGS // 5)
        ],
    )
    return create(
        env,
        "bsc.offering",
        [
            {
                "name": f"Group {number:04}",
                "provider_id": providers[number % len(providers)].id,
                "sport_id": sport.id,
                "is_limited": True,
                "places": 200,
            }
            for number in range(OFFERINGS)
        ],
    )


def make_referrals(relations, offerings, coaches) -> None:
    """Make one referral as a coach would, and copy it in the database."""
    env = relations.env
    stages = env["bsc.referral.stage"].search([])
    areas = env["bsc.area"].search([("kind", "=", "neighbourhood")], limit=700)
    referral = env["bsc.referral"].create(
        {
            "relation_id": relations[0].id,
            "coach_id": coaches[0].id,
            "wish": "Get out of the house once a week, with people of my age.",
            "area_id": areas[:1].id,
        }
    )
    stage = f"(ARRAY{stages.ids})[1 + n %% {len(stages)}]"
    # Every tenth has no coach yet.
    coach = (
        f"CASE WHEN n %% 10 > 0"
        f" THEN (ARRAY{coaches.ids})[1 + n / 10 %% {len(coaches)}] END"
    )
    has_offering = f"{stage} = ANY(ARRAY{stages[2:-2].ids})"
    offering = f"(ARRAY{offerings.ids})[1 + n %% {len(offerings)}]"
    waiting = stages.filtered("is_waiting").ids
    copy(
        relations,
        referral,
        REFERRALS,
        reference="'C' || n",
        relation_id="r.id",
        coach_id=coach,
        referrer_id="r.contact_id",
        stage_id=stage,
        area_id=f"(ARRAY{areas.ids})[1 + n %% {len(areas)}]",
        offering_id=f"CASE WHEN {has_offering} THEN {offering} END",
        date="current_date - n %% 600",
        date_last_stage_update="now() - n %% 90 * interval '1 day'",
        date_waiting=f"CASE WHEN {stage} = ANY(ARRAY{waiting})"
        " THEN now() - n %% 90 * interval '1 day' END",
        review_date="current_date + n %% 90 - 10",
        date_ahead="current_date + n %% 90 - 10",
        date_feedback_due="CASE WHEN n %% 3 = 0 THEN current_date + n %% 42 - 5 END",
    )
    env.cr.execute(
        """
        INSERT INTO bsc_referral_bsc_target_group_rel
               (bsc_referral_id, bsc_target_group_id)
        SELECT referral.id, target.id
          FROM bsc_referral referral,
               (SELECT array_agg(id) AS ids FROM bsc_target_group) AS groups,
               LATERAL (SELECT groups.ids[1 + referral.id %% cardinality(groups.ids)]
                        AS id) AS target
         WHERE referral.company_id = %(company)s
            ON CONFLICT DO NOTHING;
        INSERT INTO mail_activity (res_model_id, res_model, res_id, res_name, summary,
               activity_type_id, user_id, date_deadline, active, automated)
        SELECT %(model)s, 'bsc.referral', id, reference, 'Call the referrer',
               %(type)s, COALESCE(coach_id, %(user)s), current_date + id %% 40 - 10,
               TRUE, TRUE
          FROM bsc_referral
         WHERE company_id = %(company)s
         ORDER BY id DESC LIMIT %(activities)s;
        INSERT INTO bsc_referral_request (referral_id, company_id, offering_id,
               provider_id, way, date_asked, answer)
        SELECT referral.id, referral.company_id, offering.id, offering.provider_id,
               'phone', current_date - 5,
               CASE WHEN referral.id %% 2 = 0 THEN 'accepted' END
          FROM bsc_referral referral
          JOIN bsc_offering offering ON offering.id = referral.offering_id
         WHERE referral.company_id = %(company)s
         ORDER BY referral.id DESC LIMIT %(questions)s
        """,
        {
            "company": relations.company_id.id,
            "model": env["ir.model"]._get_id("bsc.referral"),
            "type": env.ref("mail.mail_activity_data_call").id,
            "user": coaches[0].id,
            "activities": ACTIVITIES,
            "questions": QUESTIONS,
        },
    )


# --- Measuring ---


def measure(bench) -> None:
    with bench.environment() as env:
        companies = env["res.company"].search([("name", "=", COMPANY)])
        VIEWS["companies"] = {"allowed_company_ids": companies.ids}
    measure_board(bench)
    measure_screens(bench)
    measure_places(bench)
    measure_new(bench)


def measure_board(bench) -> None:
    """The board, with all its columns open: never more than 20 queries."""

    def board(domain):
        def do(env):
            referrals, read = view(env, "bsc_referral_view_kanban")
            asked = domain(env)
            colors = {"planned": "success", "today": "warning", "overdue": "danger"}
            referrals.read_progress_bar(
                asked, "stage_id", {"field": "activity_state", "colors": colors}
            )
            groups = referrals.with_context(read_group_expand=True).web_read_group(
                asked,
                ["stage_id"],
                auto_unfold=True,
                unfold_read_specification=read,
                unfold_read_default_limit=40,
            )["groups"]
            cards = sum(len(group.get("__records", ())) for group in groups)
            assert cards >= 200, cards

        return do

    limits = {"queries": 20, "seconds": 3}
    bench.measure("Referrals: board", board(lambda _env: []), **limits)
    bench.measure("Referrals: board of mine", board(mine), **limits)


def measure_screens(bench) -> None:
    def rows(domain):
        def do(env):
            referrals, read = view(env, "bsc_referral_view_list")
            referrals.web_search_read(domain, read, limit=80)

        return do

    def form(env):
        referrals, read = view(env, "bsc_referral_view_form")
        referrals.search(mine(env), limit=1).web_read(read)

    def month(env):
        referrals, read = view(env, "bsc_referral_view_calendar")
        today = fields.Date.today()
        days = [
            ("date_ahead", ">=", today),
            ("date_ahead", "<=", today + timedelta(days=30)),
        ]
        referrals.web_search_read([*mine(env), *days], read)

    for what, domain in {
        "list": [],
        "feedback late": [("is_feedback_late", "=", True)],
        "no answer": [("request_ids", "any", [("answer", "=", False)])],
        "look again today": [
            ("review_date", "<=", fields.Date.today()),
            ("stage_id.requires_review_date", "=", True),
        ],
    }.items():
        bench.measure(f"Referrals: {what}", rows(domain), queries=30, seconds=1)
    bench.measure("Referrals: calendar of a month", month, queries=30, seconds=2)
    bench.measure("Referral: form", form, queries=60, seconds=1)


def measure_places(bench) -> None:
    """A place comes free where more than a hundred stand in line."""

    def prepare(env):
        [(offering, _count)] = here(env)["bsc.referral"]._read_group(
            [("stage_id.is_waiting", "=", True), ("offering_id", "!=", False)],
            ["offering_id"],
            ["__count"],
            order="__count desc, offering_id",
            limit=1,
        )
        return offering.sudo()

    def free(_env, offering):
        offering.write({"places": offering.places_taken + 3})

    bench.measure(
        "Places: three come free", free, prepare=prepare, queries=60, seconds=1
    )


def measure_new(bench) -> None:
    """A thousand at once, beside a thousand leads of Odoo's own pipeline."""

    def prepare(env):
        coach = env.user.sudo()
        if "crm.lead" in env:
            coach.group_ids += env.ref("sales_team.group_sale_salesman").sudo()
        return here(env)["bsc.relation"].search(mine(env), limit=1)

    def refer(count):
        def do(_env, relation):
            env = relation.env
            groups = env["bsc.target.group"].search([], limit=3)
            env["bsc.referral"].create(
                [
                    {
                        "relation_id": relation.id,
                        "company_id": relation.company_id.id,
                        "wish": f"Walk every week, number {number}.",
                        "target_group_ids": [Command.set(groups[number % 3].ids)],
                    }
                    for number in range(count)
                ]
            )

        return do

    def lead(_env, relation):
        relation.env["crm.lead"].create(
            [
                {
                    "name": f"Walk every week, number {number}.",
                    "partner_id": relation.contact_id.id,
                    "company_id": relation.company_id.id,
                }
                for number in range(NEW)
            ]
        )

    counts = []
    for count in (100, NEW):
        bench.measure(
            f"Referrals: {count} new ones", refer(count), prepare=prepare, queries=100
        )
        # Odoo writes new records down by the hundred, whoever makes them.
        counts.append(sum(not writes(query) for query, _given in bench.queries))
    if counts[0] != counts[1]:
        print(LINE.format("", *counts, "", "", "GROWS WITH THE REFERRALS"))
        bench.missed.append("Referrals: new ones")
    if "crm.lead" not in bench.registry:
        return
    # By turns, so that what else the machine does counts for both.
    rounds = [
        [time_of(bench, do, prepare) for do in (refer(NEW), lead)]
        for _round in range(ROUNDS)
    ]
    ours, theirs = map(min, zip(*rounds, strict=True))
    ratio = ours / theirs
    print(
        f"    {NEW} referrals {ours:.2f} s, {NEW} leads {theirs:.2f} s:"
        f" {ratio:.2f} (max {RATIO})",
        flush=True,
    )
    if ratio > RATIO:
        bench.missed.append("Referrals: new ones beside leads")


def writes(query: str) -> bool:
    return query.split(None, 1)[0].upper() in ("INSERT", "UPDATE")


def time_of(bench, do, prepare) -> float:
    """Return how many seconds something takes, without counting queries."""
    with bench.environment() as env:
        given = prepare(env)
        env.flush_all()
        env.invalidate_all()
        started = time.perf_counter()
        do(env, given)
        env.flush_all()
        return time.perf_counter() - started


def mine(env) -> list:
    return [("coach_id", "=", env.uid), ("company_id.name", "=", COMPANY)]


def view(env, name):
    """Return the empty records of a view's model, and what is read to show it.

    They are looked at in the company of this part.
    """
    if name not in VIEWS:
        model, read = specification(env, f"bsc_wijkteam.{name}")
        VIEWS[name] = model, {**read, **(ACTIVITY if "activity_ids" in read else {})}
    model, read = VIEWS[name]
    return here(env)[model], read


def here(env):
    """Return the environment in the company of this part."""
    return env(context={**env.context, **VIEWS["companies"]})
