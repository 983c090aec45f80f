import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

HEALTH_FIELDS = ("date_last_contact", "health", "health_facts")
# What the health is made of, on the collaboration itself.
INPUT_FIELDS = ("active", "stage_id", "contact_weeks", "date_evaluation", "create_date")


class BscRelation(models.Model):
    """How healthy the collaboration is, and why, in words.

    Contact that stays away, promises and feedback that are late and an evaluation that
    is overdue are reasons for concern. One reason asks for attention. With two the
    collaboration cools down, and without contact for twice the rhythm as well.

    Stored, so that lists and cards only read it. What happens (a meeting, a promise,
    feedback) changes it at once, what the days do is brought in by the nightly job.
    """

    _inherit = "bsc.relation"

    date_last_contact = fields.Date(
        "Last contact",
        compute="_compute_health",
        store=True,
        index=True,
        help="The last meeting, call, feedback or evaluation.",
    )
    contact_weeks = fields.Integer(
        "In touch every (weeks)",
        compute="_compute_contact_weeks",
        store=True,
        readonly=False,
        precompute=True,
        aggregator=None,
        help="After so many weeks without contact this team needs your attention.",
    )
    health = fields.Selection(
        [("good", "Good"), ("attention", "Needs attention"), ("bad", "Cooling down")],
        compute="_compute_health",
        store=True,
        index=True,
    )
    health_facts = fields.Json(
        compute="_compute_health",
        store=True,
        help="Dates and numbers behind the health, to put into words for each reader.",
    )
    health_reasons = fields.Text(
        "Why",
        compute="_compute_health_reasons",
        help="Why the health is what it is.",
    )

    _check_contact_weeks = models.Constraint(
        "CHECK (contact_weeks BETWEEN 1 AND 52)",
        "Be in touch at least once a year: choose 1 to 52 weeks.",
    )

    @api.depends("company_id")
    def _compute_contact_weeks(self):
        for relation in self:
            if not relation.contact_weeks:
                relation.contact_weeks = relation.company_id.bsc_contact_weeks

    @api.depends(
        "active",
        "stage_id.is_closed",
        "stage_id.is_aside",
        "contact_weeks",
        "date_evaluation",
        "meeting_ids.active",
        "meeting_ids.stop",
        "meeting_ids.bsc_is_noted",
        "activity_ids.active",
        "activity_ids.bsc_promise_state",
        "activity_ids.date_deadline",
        "referral_ids.active",
        "referral_ids.date_feedback_due",
        "referral_ids.feedback_ids.date",
        "evaluation_ids.state",
        "evaluation_ids.date",
    )
    def _compute_health(self):
        values = self._get_health_values()
        for relation in self:
            relation.update(values[relation])

    @api.depends("health_facts", "contact_weeks")
    @api.depends_context("lang")
    def _compute_health_reasons(self):
        today = fields.Date.context_today(self)
        for relation in self:
            reasons = []
            facts = relation.health_facts or {}
            if "contact" in facts:
                since = fields.Date.to_date(facts["contact"])
                reasons.append(
                    self.env._(
                        "No contact for %(days)s days. You agreed on once every"
                        " %(weeks)s weeks.",
                        days=(today - since).days,
                        weeks=relation.contact_weeks,
                    )
                )
            if "promises" in facts:
                reasons.append(
                    self.env._("Late promises: %(count)s.", count=facts["promises"])
                )
            if "feedback" in facts:
                reasons.append(
                    self.env._("Feedback owed: %(count)s.", count=facts["feedback"])
                )
            if "evaluation" in facts:
                date = fields.Date.to_date(facts["evaluation"])
                reasons.append(
                    self.env._(
                        "The evaluation was due on %(date)s.",
                        date=format_date(self.env, date),
                    )
                )
            relation.health_reasons = "\n".join(reasons)

    def _get_health_values(self):
        """Return last contact, health and the facts behind it, as they are today.

        Set-wise: the number of queries depends on neither the relations nor what
        belongs to them.

        :return: values of ``HEALTH_FIELDS`` by relation
        """
        today = fields.Date.context_today(self)
        # Numbers and dates only, also of what the user may not see: referrals of
        # colleagues, private meetings.
        stored = self._origin.sudo()
        contacts = stored._get_last_contacts(today)
        promises, feedback = stored._get_late_counts(today)
        values = {}
        for relation in self:
            key = relation._origin.id
            contact = contacts.get(key, False)
            health, facts = False, {}
            if relation._has_health():
                start = relation.create_date or fields.Datetime.now()
                since = contact or start.date()
                silence = today - since
                rhythm = timedelta(weeks=relation.contact_weeks)
                due = relation.date_evaluation
                facts = {
                    "contact": silence > rhythm and fields.Date.to_string(since),
                    "promises": promises.get(key),
                    "feedback": feedback.get(key),
                    "evaluation": due and due < today and fields.Date.to_string(due),
                }
                facts = {code: fact for code, fact in facts.items() if fact}
                health = "attention" if facts else "good"
                if len(facts) > 1 or silence > 2 * rhythm:
                    health = "bad"
            values[relation] = {
                "date_last_contact": contact,
                "health": health,
                "health_facts": facts or False,
            }
        return values

    def _has_health(self):
        """Tell whether this collaboration is one to look after now."""
        self.ensure_one()
        stage = self.stage_id
        return self.active and not stage.is_closed and not stage.is_aside

    def _get_last_contacts(self, today):
        """Return the day of the last contact, by relation id.

        Meetings count once they are over or noted, calls once they are done.
        """
        mine = Domain("relation_id", "in", self.ids)
        groups = [
            *self.env["calendar.event"]._read_group(
                [
                    ("bsc_relation_id", "in", self.ids),
                    "|",
                    ("stop", "<=", fields.Datetime.now()),
                    ("bsc_is_noted", "=", True),
                ],
                ["bsc_relation_id"],
                ["stop:max"],
            ),
            *self.env["mail.activity"]._read_group(
                [
                    ("bsc_relation_id", "in", self.ids),
                    ("active", "=", False),
                    ("activity_type_id.category", "=", "phonecall"),
                    ("date_done", "<=", today),
                ],
                ["bsc_relation_id"],
                ["date_done:max"],
            ),
            *self.env["bsc.feedback"]._read_group(
                [("referral_id", "any", mine), ("date", "<=", today)],
                ["referral_id.relation_id"],
                ["date:max"],
            ),
            *self.env["bsc.evaluation"]._read_group(
                [*mine, ("state", "=", "done"), ("date", "<=", today)],
                ["relation_id"],
                ["date:max"],
            ),
        ]
        contacts = {}
        for relation, moment in groups:
            date = min(fields.Date.to_date(moment), today)
            contacts[relation.id] = max(date, contacts.get(relation.id, date))
        return contacts

    def _get_late_counts(self, today):
        """Return how many promises and how much feedback is late, by relation id."""
        late = (
            self.env["mail.activity"]._read_group(
                [
                    ("bsc_relation_id", "in", self.ids),
                    ("bsc_promise_state", "=", "open"),
                    ("date_deadline", "<", today),
                ],
                ["bsc_relation_id"],
                ["__count"],
            ),
            self.env["bsc.referral"]._read_group(
                [("relation_id", "in", self.ids), ("date_feedback_due", "<", today)],
                ["relation_id"],
                ["__count"],
            ),
        )
        return [{relation.id: count for relation, count in groups} for groups in late]

    def _update_health(self):
        """Bring the health up to what it is today, in one statement.

        Not by ``write``: nobody changed these collaborations, only the days passed.
        """
        # All of them in one go, not by the thousand.
        self.fetch(HEALTH_FIELDS + INPUT_FIELDS)
        changes = [
            {"id": relation.id, **{name: vals[name] or None for name in vals}}
            for relation, vals in self._get_health_values().items()
            if any(relation[name] != vals[name] for name in vals)
        ]
        if not changes:
            return
        self.env.cr.execute(
            SQL(
                """
                UPDATE bsc_relation
                   SET date_last_contact = new.date_last_contact,
                       health = new.health,
                       health_facts = new.health_facts
                  FROM jsonb_to_recordset(%s) AS new (
                           id integer,
                           date_last_contact date,
                           health varchar,
                           health_facts jsonb
                       )
                 WHERE bsc_relation.id = new.id
                """,
                json.dumps(changes, default=fields.Date.to_string),
            )
        )
        self.invalidate_recordset(HEALTH_FIELDS)

    @api.model
    def _cron_health(self):
        """Bring in what the days do to the health of all collaborations."""
        self.search(Domain.TRUE)._update_health()
