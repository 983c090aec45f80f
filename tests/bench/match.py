"""The match: one referral ranked against 100,000 offerings.

They stand in a company of their own, so that the other parts measure what they did.
Beside the match stands the bare query that selects the same candidates: to rank them
may take twice as long. To read the best and put the reasons into words comes on top of
that, and takes as long for a few candidates as for many.
"""

import statistics
import time
from datetime import timedelta

from odoo import fields
from odoo.fields import Command

from .offer_data import LOGIN, create, load_areas, make_coaches

COMPANY = "Match of a whole country"
OFFERINGS = 100_000
PROVIDERS = 2_000
RATIO = 2.0
ROUNDS = 15


def fill(env) -> None:
    load_areas(env)
    make_coaches(env)
    company = env["res.company"].create({"name": COMPANY})
    coach = env["res.users"].search([("login", "=", LOGIN)])
    coach.company_ids = [Command.link(company.id)]
    env = env(context={**env.context, "allowed_company_ids": company.ids})
    until = fields.Date.today() + timedelta(days=1_500)
    providers = create(
        env,
        "bsc.provider",
        [
            {"name": f"Provider {number:05}", "company_id": company.id}
            for number in range(PROVIDERS)
        ],
    )
    checks = create(
        env,
        "bsc.check",
        [
            {"provider_id": provider.id, "coach_id": coach.id, "line_ids": []}
            for provider in providers
        ],
    )
    # By hand: what is measured reads these columns, whoever filled them.
    env.cr.execute(
        "UPDATE bsc_check SET state = 'valid', valid_until = %s WHERE id = ANY(%s)",
        [until, checks.ids],
    )
    make_offerings(env, company)
    make_referrals(env, company, coach)


def make_offerings(env, company) -> None:
    env.flush_all()
    parameters = {"company": company.id, "count": OFFERINGS, "mark": "Offer of match "}
    env.cr.execute(
        """
        WITH provider AS (
            SELECT array_agg(provider.id) AS ids, array_agg(checked.id) AS checks
            FROM bsc_provider provider
            JOIN bsc_check checked ON checked.provider_id = provider.id
            WHERE provider.company_id = %(company)s
        ), sport AS (
            SELECT array_agg(id) AS ids FROM bsc_sport
        )
        INSERT INTO bsc_offering (
            name, active, provider_id, company_id, sport_id, level_id, min_age, max_age,
            price, price_period, price_month, is_limited, places, places_taken,
            places_free, has_free_places, is_new_group_possible, current_check_id,
            is_referable, description
        )
        SELECT
            %(mark)s || n, TRUE, provider.ids[1 + n %% cardinality(provider.ids)],
            %(company)s, sport.ids[1 + n %% cardinality(sport.ids)],
            (SELECT min(id) FROM bsc_level) + n %% 2, n %% 60, 0,
            5 + n %% 60, 'month', 5 + n %% 60, n %% 3 = 0, 12, n %% 13, 12 - n %% 13,
            n %% 3 <> 0 OR n %% 13 < 12, n %% 7 = 0,
            provider.checks[1 + n %% cardinality(provider.ids)], n %% 10 > 0,
            'Moving together at your own pace, with coffee afterwards.'
        FROM generate_series(1, %(count)s) n, provider, sport
        """,
        parameters,
    )
    for table, column, source, steps in (
        (
            "bsc_area_bsc_offering_rel",
            "bsc_area_id",
            "bsc_area WHERE kind = 'neighbourhood'",
            (0, 1),
        ),
        (
            "bsc_offering_bsc_target_group_rel",
            "bsc_target_group_id",
            "bsc_target_group",
            (0, 3),
        ),
        ("bsc_funding_bsc_offering_rel", "bsc_funding_id", "bsc_funding", (0,)),
    ):
        env.cr.execute(
            f"""
            WITH source AS (
                SELECT id, row_number() OVER (ORDER BY id) - 1 AS number FROM {source}
            ), step AS (
                SELECT offering.id, offering.id + step AS number
                FROM bsc_offering offering, unnest(%(steps)s) step
                WHERE offering.company_id = %(company)s
            )
            INSERT INTO {table} (bsc_offering_id, {column})
            SELECT step.id, source.id
            FROM step JOIN source
                ON source.number = step.number %% (SELECT count(*) FROM source)
            """,
            {**parameters, "steps": list(steps)},
        )
    env.cr.execute(
        """
        INSERT INTO bsc_offering_slot (offering_id, weekday, hour_from, hour_to)
        SELECT id, ((id + step) %% 7)::text, 10, 11.5
        FROM bsc_offering CROSS JOIN (VALUES (0), (3)) AS steps(step)
        WHERE company_id = %(company)s
        """,
        parameters,
    )
    env.invalidate_all()


def make_referrals(env, company, coach) -> None:
    """Make one that tells all in a usual and in the largest town, and one that is bare.

    Also questions to providers, with answers to weigh.
    """
    towns = env["bsc.area"].search(
        [("kind", "=", "municipality")], order="inhabitants desc"
    )
    areas = [
        env["bsc.area"].search(
            [("id", "child_of", town.id), ("kind", "=", "neighbourhood")], limit=1
        )
        for town in (towns[len(towns) // 2], towns[0])
    ]
    team = env["res.partner"].create({"name": COMPANY, "is_company": True})
    relation = env["bsc.relation"].create(
        {"partner_id": team.id, "company_id": company.id}
    )
    common = {
        "relation_id": relation.id,
        "company_id": company.id,
        "coach_id": coach.id,
    }
    told = {
        "wish": "Walking football or judo on a weekday, with people of my age.",
        "target_group_ids": [
            Command.set(env["bsc.target.group"].search([], limit=2).ids)
        ],
        "age_band": "45-64",
        "level_id": env["bsc.level"].search([], limit=1).id,
        "mon": True,
        "wed": True,
    }
    referrals = env["bsc.referral"].create(
        [*(common | told | {"area_id": area.id} for area in areas), common]
    )
    env.cr.execute(
        """
        INSERT INTO bsc_referral_request (
            referral_id, company_id, offering_id, provider_id, way, date_asked, answer,
            date_answered, days_to_answer
        )
        SELECT %s, company_id, id, provider_id, 'phone', current_date - 30,
            CASE WHEN id %% 3 = 0 THEN 'declined' ELSE 'accepted' END,
            current_date - 30 + (id %% 9)::int, id %% 9
        FROM bsc_offering WHERE company_id = %s AND id %% 10 = 0
        """,
        [referrals[-1].id, company.id],
    )


def measure(bench) -> None:
    compare(bench, "Match: one referral", 0)
    compare(bench, "Match: one of the largest town", 1, RATIO)
    compare(bench, "Match: one that tells nothing", 2)
    bench.measure(
        "Match: how much is not shown, and why",
        lambda _env, referral: referral._count_unmatched(),
        prepare=lambda env: find(env, 0),
        queries=10,
        seconds=1,
    )


def compare(bench, what: str, number: int, most: float | None = None) -> None:
    """Measure the match of one referral, and print its ratio to the bare query.

    :param float most: how many times the bare query the ranking may take
    """
    bench.measure(
        what,
        lambda _env, referral: referral._match(),
        prepare=lambda env: find(env, number),
        queries=10,
        seconds=1,
    )
    with bench.environment() as env:
        referral = find(env, number)
        domain = referral._get_match_domain()
        bare = referral.env["bsc.offering"]._search(domain).select()
        count = len(env.execute_query(bare))
        ranking = referral._get_match_query(referral._get_match_wish(), 20)
        bare, rank, match = middles(
            env,
            lambda: env.execute_query(bare),
            lambda: env.execute_query(ranking),
            referral._match,
        )
    print(
        f"    {count} candidates: bare query {bare * 1000:.1f} ms;"
        f" ranking {rank * 1000:.1f} ms, {rank / bare:.2f} times"
        + (f" (max {most})" if most else "")
        + f"; match {match * 1000:.1f} ms, {match / bare:.2f} times",
        flush=True,
    )
    if most and rank > most * bare:
        bench.missed.append(f"{what}: ratio")


def middles(env, *things) -> list[float]:
    """Return the median of how many seconds each takes, with nothing in cache.

    They take turns, so that whatever else the machine does slows down all of them.
    """
    seconds = [[] for _do in things]
    for _round in range(ROUNDS):
        for do, taken in zip(things, seconds, strict=True):
            env.invalidate_all()
            started = time.perf_counter()
            do()
            taken.append(time.perf_counter() - started)
    return [statistics.median(taken) for taken in seconds]


def find(env, number: int):
    company = env["res.company"].sudo().search([("name", "=", COMPANY)])
    referrals = env["bsc.referral"].with_context(allowed_company_ids=company.ids)
    return referrals.search([("company_id", "=", company.id)], order="id")[number]
