"""Fills the offer side: 10,000 providers, 30,000 offerings and 30,000 checks."""

from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tools import split_every
from odoo.tools.populate import populate_models

LOGIN = "bench_coach"
PROVIDERS = 1_000  # made as people would, and then copied in the database
COPIES = 9
OFFERINGS_EACH = 3
COACHES = 20
TEAMS = 50
BATCH = 1_000
KINDS = ["club", "open_club", "foundation", "commercial", "welfare"]
PERIODS = ["month", "session", "quarter", "season", "year"]
# Of ten providers: where the newest check of what they offer as a whole stands.
STATES = [*["valid"] * 7, "lapsed", "draft", "failed"]


def fill(env) -> None:
    env = env(context={**env.context, "mail_create_nosubscribe": True})
    # The data are kept: what is valid today is so for years.
    env.company.write({"bsc_check_months": 60, "bsc_feed_enabled": True})
    load_areas(env)
    env.cr.execute("ANALYZE")
    coaches = make_coaches(env)
    people = make_teams(env)
    providers = make_providers(env, coaches)
    offerings = make_offerings(env, providers)
    make_checks(env, providers, offerings, people)
    copy(env)


def load_areas(env) -> None:
    """Load the areas of the country, unless another part did."""
    if not env["bsc.area"].search_count([("kind", "=", "neighbourhood")], limit=1):
        env["bsc.area.load"].create({"scope": "country"}).action_load()


def copy(env) -> None:
    """Copy what was made with all that belongs to it, in a few statements."""
    env.cr.commit()  # Odoo's tool starts anew where the user of the database may little
    models = [
        *("res.partner", "bsc.provider", "bsc.offering", "bsc.offering.slot"),
        *("bsc.check", "bsc.check.line"),
    ]
    populate_models({env[model]: COPIES for model in models}, ord("-"))
    env.invalidate_all()
    # What was copied earlier does not know the copies made later.
    for number, model in enumerate(models):
        for field in env[model]._fields.values():
            later = field.comodel_name in models[number + 1 :]
            if later and field.store and field.compute:
                records = env[model].with_context(active_test=False).search([])
                env.add_to_compute(field, records)
    env.flush_all()


def create(env, model: str, values):
    """Create records in batches and say how far it is."""
    records = env[model]
    for batch in split_every(BATCH, values):
        created = records.create(list(batch))
        env.flush_all()
        env.invalidate_all()
        records += created
        print(f"\r  {len(records)} × {model}   ", end="", flush=True)
    print()
    return records


def make_coaches(env):
    """Make the coaches, or return those of another part."""
    coaches = env["res.users"].search([("login", "like", f"{LOGIN}%")], order="id")
    if coaches:
        return coaches
    group = env.ref("bsc_wijkteam.bsc_wijkteam_group_coach")
    return create(
        env,
        "res.users",
        [
            {
                "name": f"Coach {number}",
                "login": f"{LOGIN}{number or ''}",
                "email": f"coach{number}@example.com",
                "lang": "nl_NL",
                "tz": "Europe/Amsterdam",
                "group_ids": [Command.link(group.id)],
            }
            for number in range(COACHES)
        ],
    )


def make_teams(env):
    """Make the neighbourhood teams, and return one person of each."""
    teams = create(
        env,
        "res.partner",
        [{"name": f"Team {number}", "is_company": True} for number in range(TEAMS)],
    )
    create(env, "bsc.relation", [{"partner_id": team.id} for team in teams])
    return create(
        env,
        "res.partner",
        [{"name": f"Professional of {t.name}", "parent_id": t.id} for t in teams],
    )


def make_providers(env, coaches):
    providers = create(
        env,
        "bsc.provider",
        (
            {
                "name": f"Club {number:05}",
                "is_company": True,
                "street": f"Sportlaan {number % 300}",
                "zip": f"{1000 + number % 9000} AB",
                "city": f"Dorp {number % 700}",
                "email": f"club{number}@example.com",
                "website": f"https://club{number}.example.com",
                "kind": KINDS[number % len(KINDS)],
                "coach_id": coaches[number % COACHES].id,
                "wants_new_group": number % 5 == 0,
            }
            for number in range(PROVIDERS)
        ),
    )
    create(
        env,
        "res.partner",
        (
            {
                "name": f"Trainer {number:05}",
                "parent_id": provider.partner_id.id,
                "phone": f"010{number:07}",
            }
            for number, provider in enumerate(providers)
        ),
    )
    return providers


def make_offerings(env, providers):
    areas = env["bsc.area"].search([("kind", "=", "neighbourhood")])
    groups = env["bsc.target.group"].search([])
    sports = env["bsc.sport"].search([])
    levels = env["bsc.level"].search([])
    fundings = create(
        env, "bsc.funding", [{"name": f"Fonds {number}"} for number in range(20)]
    )

    def values(number):
        provider = providers[number // OFFERINGS_EACH]
        first = number * 7 % (len(areas) - 2)
        return {
            "name": f"Activity {number:05}",
            "provider_id": provider.id,
            "place_id": provider.partner_id.id,
            "contact_id": provider.partner_id.child_ids[:1].id,
            "sport_id": sports[number % len(sports)].id,
            "level_id": levels[number % len(levels)].id,
            "description": "Moving together at your own pace, with coffee afterwards.",
            "area_ids": [Command.set(areas[first : first + 2].ids)],
            "target_group_ids": [
                Command.link(groups[(number + step) % len(groups)].id)
                for step in (0, 3)
            ],
            "funding_ids": [Command.set(fundings[number % len(fundings)].ids)],
            "price_period": PERIODS[number % len(PERIODS)],
            "price": 5 + number % 40,
            "min_age": number % 60,
            "is_trial_free": number % 2 == 0,
            "is_limited": number % 3 == 0,
            "places": 12 if number % 3 == 0 else 0,
            "is_new_group_possible": number % 7 == 0,
            "slot_ids": [
                Command.create(
                    {
                        "weekday": str((number + step) % 7),
                        "hour_from": 9 + number % 10,
                        "hour_to": 10.5 + number % 10,
                    }
                )
                for step in (0, 3)
            ],
        }

    return create(
        env, "bsc.offering", map(values, range(len(providers) * OFFERINGS_EACH))
    )


def make_checks(env, providers, offerings, people) -> None:
    """Give each provider an old check, a new one, and one for its first offering."""
    today = fields.Date.today()
    criteria = env["bsc.criterion"].search([])

    def values(number, days_ago, state="valid", **subject):
        date = today - timedelta(days=days_ago)
        verdict = {"failed": "no", "draft": "not_yet"}.get(state, "yes")
        vals = {
            "provider_id": providers[number].id,
            "coach_id": providers[number].coach_id.id,
            "date": date,
            "line_ids": [
                Command.create(
                    {
                        "criterion_id": criterion.id,
                        "verdict": verdict,
                        "proof": "Seen during a visit.",
                        "date_seen": date,
                    }
                )
                for criterion in criteria
            ],
            **subject,
        }
        if verdict == "yes":
            vals |= {
                "provider_stamp_partner_id": providers[number].partner_id.id,
                "provider_stamp_date": date,
                "provider_stamp_how": "meeting",
                "team_stamp_partner_id": people[number % TEAMS].id,
                "team_stamp_date": date,
                "team_stamp_how": "meeting",
            }
        if state == "lapsed":
            vals["valid_until"] = today - timedelta(days=1)
        return vals

    numbers = range(len(providers))
    create(env, "bsc.check", (values(number, 400) for number in numbers))
    create(
        env,
        "bsc.check",
        (values(number, 90, STATES[number % len(STATES)]) for number in numbers),
    )
    create(
        env,
        "bsc.check",
        (
            values(number, 60, offering_id=offerings[number * OFFERINGS_EACH].id)
            for number in numbers
        ),
    )
