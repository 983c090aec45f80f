"""Fills the relation side: 3,500 relations, 60,000 meetings, 100,000 activities."""

from odoo import fields
from odoo.fields import Command
from odoo.tools import SQL

from .offer_data import create, load_areas, make_coaches

COORDINATOR = "bench_coordinator"
RELATIONS = 3_500
OWN = 200  # of the coach who measures; the other coaches share the rest
MEETINGS = 60_000
GUESTS = 6_000
REFERRALS = 12_000
FEEDBACK = 24_000
EVALUATIONS = 7_000
CALLS = 45_000
TO_DOS = 10_000
# Promises: by whom, what became of them, and how many; the open ones are partly late.
PROMISES = [
    ("us", "open", 7_000),
    ("them", "open", 4_000),
    ("us", "kept", 18_000),
    ("them", "kept", 6_000),
    ("us", "late", 6_000),
    ("us", "withdrawn", 4_000),
]
KINDS = [*["team"] * 4, "gp", "school", "welfare", "municipality"]
DAY = "interval '1 day'"


def fill(env) -> None:
    """Make teams as people would, and copy in the database what belongs to them.

    Odoo makes one meeting, referral, evaluation and activity of each sort, with all it
    stores of them. By itself it would take an hour for all. What is measured is how
    they are read.
    """
    env = env(context={**env.context, "mail_create_nosubscribe": True})
    coaches = make_coaches(env)
    make_coordinator(env)
    relations = make_relations(env, coaches)
    make_meetings(relations)
    make_referrals(relations)
    make_evaluations(relations)
    make_activities(relations)
    env.invalidate_all()
    env.cr.execute("ANALYZE")
    env["bsc.relation"]._cron_health()


def make_coordinator(env) -> None:
    group = env.ref("bsc_wijkteam.bsc_wijkteam_group_coordinator")
    env["res.users"].create(
        {
            "name": "Coordinator",
            "login": COORDINATOR,
            "email": "coordinator@example.com",
            "lang": "nl_NL",
            "tz": "Europe/Amsterdam",
            "group_ids": [Command.link(group.id)],
        }
    )


def make_relations(env, coaches):
    load_areas(env)
    areas = env["bsc.area"].search([("kind", "=", "neighbourhood")], limit=700)
    groups = env["bsc.target.group"].search([])
    teams = create(
        env,
        "res.partner",
        [
            {"name": f"Wijkteam {number:04}", "is_company": True}
            for number in range(RELATIONS)
        ],
    )
    contacts = create(
        env,
        "res.partner",
        [
            {
                "name": f"Contact {number:04}",
                "parent_id": team.id,
                "phone": f"010{number:07}",
                "email": f"contact{number}@example.com",
                "function": "Social worker",
                "bsc_expertise": "Debts and loneliness",
            }
            for number, team in enumerate(teams)
        ],
    )

    def values(number):
        others = number % (len(coaches) - 1) + 1
        return {
            "partner_id": teams[number].id,
            "contact_id": number % 10 > 0 and contacts[number].id,
            "coach_id": coaches[0 if number < OWN else others].id,
            "kind": KINDS[number % len(KINDS)],
            "local_name": "gebiedsteam",
            "area_ids": [
                Command.link(areas[(number + step) % len(areas)].id) for step in (0, 7)
            ],
            "target_group_ids": [Command.link(groups[number % len(groups)].id)],
            "meeting_rhythm": "First Monday, 9:00",
            "themes": "Healthy weight, poverty, informal care.",
            "shared_goal": "Ten older people who live alone move together.",
            "date_evaluation": fields.Date.add(
                fields.Date.today(), days=number % 400 - 30
            ),
        }

    env = env(context={**env.context, "bsc_skip_plan": True})
    relations = create(env, "bsc.relation", map(values, range(RELATIONS)))
    # Without what the stages ask for, which belongs to them only further on.
    stages = env["bsc.relation.stage"].search([])
    env.cr.execute(
        """
        UPDATE bsc_relation
           SET stage_id = (%s)[1 + id %% %s],
               date_last_stage_update = now() - id %% 90 * interval '1 day'
        """,
        [stages.ids, len(stages)],
    )
    env.invalidate_all()
    return relations


def make_meetings(relations) -> None:
    """Spread the meetings over three years behind and one month ahead."""
    relation = relations[0]
    meeting = relation.env["calendar.event"].create(
        {
            "name": "Team meeting",
            "start": fields.Datetime.now(),
            "stop": fields.Datetime.now(),
            "bsc_relation_id": relation.id,
            "bsc_kind": "team_meeting",
        }
    )
    start = f"date_trunc('day', now()) + (30 - n %% 1100) * {DAY}"
    copy(
        relations,
        meeting,
        MEETINGS,
        bsc_relation_id="r.id",
        user_id="r.coach_id",
        start=f"{start} + interval '9 hour'",
        stop=f"{start} + interval '10 hour'",
    )
    relations.env.cr.execute(
        """
        INSERT INTO calendar_attendee (event_id, partner_id, common_name, state)
        SELECT e.id, r.contact_id, 'Contact', 'accepted'
          FROM calendar_event e JOIN bsc_relation r ON r.id = e.bsc_relation_id
         WHERE r.contact_id IS NOT NULL
         ORDER BY e.id DESC
         LIMIT %(guests)s;
        INSERT INTO calendar_event_res_partner_rel (calendar_event_id, res_partner_id)
        SELECT event_id, partner_id FROM calendar_attendee ON CONFLICT DO NOTHING;
        """,
        {"guests": GUESTS},
    )


def make_referrals(relations) -> None:
    env = relations.env(context={**relations.env.context, "bsc_skip_plan": True})
    referral = env["bsc.referral"].create(
        {"relation_id": relations[1].id, "coach_id": relations[1].coach_id.id}
    )
    stages = env["bsc.referral.stage"].search([])
    stages_array = f"(ARRAY{stages.ids})[1 + n %% {len(stages)}]"
    today = "current_date - n %% 600"
    copy(
        relations,
        referral,
        REFERRALS,
        reference="'B' || n",
        relation_id="r.id",
        coach_id="r.coach_id",
        referrer_id="r.contact_id",
        stage_id=stages_array,
        date=today,
        date_feedback_due="CASE WHEN n %% 3 = 0 THEN current_date + n %% 42 - 5 END",
    )
    feedback = env["bsc.feedback"].create(
        {
            "referral_id": referral.id,
            "recipient_id": relations[1].contact_id.id,
            "way": "phone",
            "body": "It goes well.",
        }
    )
    env.cr.execute("SELECT array_agg(id ORDER BY id) FROM bsc_referral")
    [[ids]] = env.cr.fetchall()
    referral_id = f"{ids[0]} + n %% {len(ids)}"
    assert ids[-1] - ids[0] + 1 == len(ids)
    copy(relations, feedback, FEEDBACK, referral_id=referral_id, date=today)


def make_evaluations(relations) -> None:
    relation = relations[1]
    evaluation = relation.env["bsc.evaluation"].create({"relation_id": relation.id})
    copy(
        relations,
        evaluation,
        EVALUATIONS,
        relation_id="r.id",
        coach_id="r.coach_id",
        contact_id="r.contact_id",
        state="'done'",
        date=f"current_date - 90 - n / {len(relations)} * 180",
    )


def make_activities(relations) -> None:
    """Make promises of both sides, calls that were made and what is still to do."""
    relation = relations[1]
    promise = relation.env.ref("bsc_wijkteam.mail_activity_type_promise").id
    call = relation.env.ref("mail.mail_activity_data_call").id
    to_do = relation.env.ref("mail.mail_activity_data_todo").id

    def spread(values, number, **columns):
        activity = relation.activity_schedule(user_id=relation.coach_id.id, **values)
        copy(
            relations,
            activity,
            number,
            res_id="r.id",
            bsc_relation_id="r.id",
            user_id="r.coach_id",
            **columns,
        )

    past = "current_date - 1 - n %% 700"
    done = {"active": "false", "date_done": past}
    soon = "current_date + n %% 40 - 10"
    for side, state, number in PROMISES:
        values = {
            "activity_type_id": promise,
            "summary": "Send the overview",
            "bsc_promised_by": side,
        }
        day = soon if state == "open" else past
        columns = {"bsc_promise_state": f"'{state}'", "date_deadline": day}
        if state != "open":
            columns |= done
        spread(values, number, bsc_date_promised=day, **columns)
    spread({"activity_type_id": to_do}, TO_DOS, date_deadline=soon)
    spread({"activity_type_id": call}, CALLS, date_deadline=past, **done)


def copy(relations, record, number, **columns) -> None:
    """Copy a record in the database and spread the copies over the relations.

    :param dict columns: what differs, as SQL of ``n``, the number of the copy, and of
        ``r``, its relation
    """
    env = relations.env
    env.flush_all()
    names = [
        field.name
        for field in record._fields.values()
        if field.store and field.column_type and field.name not in ("id", *columns)
    ]
    env.cr.execute(
        SQL(
            """
            INSERT INTO %s (%s)
            SELECT %s
              FROM generate_series(1, %s) AS n
              JOIN bsc_relation r ON r.id = (%s)[1 + n %% %s]
              JOIN %s t ON t.id = %s
            """,
            SQL.identifier(record._table),
            SQL(", ").join(map(SQL.identifier, [*columns, *names])),
            SQL(", ").join(
                [
                    *(SQL(f"({column})") for column in columns.values()),
                    *(SQL.identifier("t", name) for name in names),
                ]
            ),
            number,
            relations.ids,
            len(relations),
            SQL.identifier(record._table),
            record.id,
        )
    )
    env.invalidate_all()
    print(f"  {number} × {record._name}", flush=True)
