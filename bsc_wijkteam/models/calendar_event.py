import re

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date, format_datetime, html2plaintext

REPEATS = {
    "week": {"rrule_type": "weekly", "interval": 1},
    "fortnight": {"rrule_type": "weekly", "interval": 2},
    "month": {"rrule_type": "monthly", "interval": 1, "month_by": "day"},
}


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    bsc_relation_id = fields.Many2one(
        "bsc.relation",
        "Collaboration",
        index="btree_not_null",
        ondelete="set null",
        help="The team this meeting is with. Every colleague can read the calendar:"
        " write nothing about participants here.",
    )
    bsc_kind = fields.Selection(
        [
            ("acquaintance", "Getting acquainted"),
            ("team_meeting", "Team meeting"),
            ("come_and_watch", "Come and watch"),
            ("consultation", "Consultation hour"),
            ("workshop", "Workshop"),
            ("open_day", "Open day"),
        ],
        "Kind of meeting",
    )
    bsc_is_noted = fields.Boolean(
        "Noted",
        readonly=True,
        copy=False,
        help="Who was there and what came out of it has been noted.",
    )
    bsc_offering_id = fields.Many2one(
        "bsc.offering",
        "Activity to watch",
        index="btree_not_null",
        ondelete="set null",
        help="What the guests come to see. The invitation tells what is public of it.",
    )
    bsc_repeat = fields.Selection(
        [
            ("week", "Every week"),
            ("fortnight", "Every two weeks"),
            ("month", "Every month, on the same weekday"),
        ],
        "Repeats",
        store=False,
    )
    bsc_has_begun = fields.Boolean("Has begun", compute="_compute_bsc_has_begun")
    bsc_answers = fields.Char(
        "Answers",
        compute="_compute_bsc_answers",
        help="What the guests who were invited have answered so far.",
    )
    bsc_waiting_count = fields.Integer(
        "Not invited yet", compute="_compute_bsc_answers"
    )
    bsc_present_count = fields.Integer("Present", compute="_compute_bsc_present_count")

    @api.depends("start", "allday")
    @api.depends_context("bsc_show_start", "lang", "tz")
    def _compute_display_name(self):
        """Tell meetings of the same name apart where one is chosen."""
        super()._compute_display_name()
        if not self.env.context.get("bsc_show_start"):
            return
        for event in self.filtered("start"):
            day = "EEE d MMM y"
            start = (
                format_date(self.env, event.start_date, date_format=day)
                if event.allday
                else format_datetime(self.env, event.start, dt_format=f"{day}, HH:mm")
            )
            event.display_name = f"{start} · {event.display_name}"

    @api.depends("start")
    def _compute_bsc_has_begun(self):
        now = fields.Datetime.now()
        for event in self:
            event.bsc_has_begun = bool(event.start and event.start <= now)

    @api.depends(
        "bsc_relation_id",
        "bsc_kind",
        "user_id",
        "attendee_ids.state",
        "attendee_ids.bsc_start_invited",
    )
    @api.depends_context("lang")
    def _compute_bsc_answers(self):
        for event in self:
            event.bsc_answers = False
            event.bsc_waiting_count = 0
            if not event._bsc_is_inviting():
                continue
            guests = event._bsc_get_guests()
            states = guests.filtered("bsc_start_invited").mapped("state")
            names = {
                "accepted": self.env._("yes"),
                "declined": self.env._("no"),
                "tentative": self.env._("maybe"),
                "needsAction": self.env._("no answer"),
            }
            event.bsc_answers = ", ".join(
                f"{states.count(state)} {name}"
                for state, name in names.items()
                if state in states
            )
            event.bsc_waiting_count = len(guests) - len(states)

    @api.depends("attendee_ids.bsc_is_present")
    def _compute_bsc_present_count(self):
        groups = self.env["calendar.attendee"]._read_group(
            [
                ("event_id", "in", self.filtered("bsc_relation_id").ids),
                ("bsc_is_present", "=", True),
            ],
            ["event_id"],
            ["__count"],
        )
        counts = {event.id: count for event, count in groups}
        for event in self:
            event.bsc_present_count = counts.get(event._origin.id, 0)

    @api.onchange("bsc_offering_id")
    def _onchange_bsc_offering_id(self):
        if not self.location:
            self.location = self._bsc_get_address(self.bsc_offering_id.place_id)

    @api.onchange("bsc_repeat")
    def _onchange_bsc_repeat(self):
        if self.bsc_repeat and not self.until and self.start:
            self.until = self._bsc_get_default_until(self.start)

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        context = self.env.context
        model = context.get("default_res_model") or context.get("active_model")
        if (
            model == "bsc.relation"
            and "bsc_relation_id" in fields
            and not defaults.get("bsc_relation_id")
        ):
            # Planned from an activity on the collaboration.
            defaults["bsc_relation_id"] = context.get("default_res_id") or context.get(
                "active_id"
            )
        return defaults

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._bsc_prepare_repeat(vals) for vals in vals_list]
        events = super().create(vals_list)
        events._bsc_check_privacy()
        return events

    def write(self, vals):
        names = {"bsc_relation_id", *self._bsc_text_fields()}
        is_concerned = not names.isdisjoint(vals)
        res = super().write(vals)
        if is_concerned:
            self._bsc_check_privacy()
        return res

    @api.model
    def _get_activity_excluded_models(self):
        # The meeting itself is the reminder: no second to-do beside it.
        return super()._get_activity_excluded_models() + ["bsc.relation"]

    @api.readonly
    def action_bsc_prepare(self):
        """Open the meeting kit of this team."""
        self.ensure_one()
        return self.bsc_relation_id.action_open_kit()

    # recurrence

    @api.model
    def _bsc_prepare_repeat(self, vals):
        """Turn the simple choice of the plan dialog into Odoo's own recurrence.

        :param dict vals: as given to ``create``, with ``bsc_repeat`` and ``until``
        :raise ValidationError: when the last day is before the first
        """
        repeat = vals.get("bsc_repeat")
        vals = {name: value for name, value in vals.items() if name != "bsc_repeat"}
        if not repeat:
            return vals
        start = fields.Datetime.to_datetime(vals.get("start") or self._default_start())
        day = fields.Datetime.context_timestamp(self, start).date()
        until = fields.Date.to_date(
            vals.get("until") or self._bsc_get_default_until(start)
        )
        if until < day:
            raise ValidationError(
                self.env._("The last day is before the first: choose a later one.")
            )
        # The fourth Monday stays the fourth; a fifth one is the last of its month.
        week = (day.day + 6) // 7
        return {
            **vals,
            **self._get_recurrence_params_by_date(day),
            **REPEATS[repeat],
            "byday": str(week) if week < 5 else "-1",
            "recurrency": True,
            "end_type": "end_date",
            "until": until,
        }

    @api.model
    def _bsc_get_default_until(self, start):
        day = fields.Datetime.context_timestamp(self, start).date()
        return day + relativedelta(years=1)

    # privacy

    def _bsc_check_privacy(self):
        """Keep meetings with our teams free of participants.

        Meetings of others are none of our business, and cost nothing here.

        :raise ValidationError: when a text holds a citizen service number, or tells
            who somebody is whom this team referred
        """
        events = self.filtered("bsc_relation_id")
        if not events:
            return
        clients = events._bsc_get_clients()
        for event in events:
            texts = {
                name: html2plaintext(str(event[name] or ""))
                for name in self._bsc_text_fields()
            }
            privacy = self.env["bsc.privacy.mixin"]
            privacy._check_text_no_bsn("\n".join(texts.values()))
            del texts["location"]  # a street may bear anybody's name
            # So may a colleague, whose name Odoo itself puts into the description.
            people = event.partner_ids | event.user_id.partner_id
            names = " ".join(filter(None, people.mapped("name")))
            known = "|".join(map(re.escape, re.findall(r"\w+", names)))
            text = re.sub(rf"\b({known})\b", " ", "\n".join(texts.values()), flags=re.I)
            if any(
                client._is_named_in(text)
                for client in clients.get(event.bsc_relation_id.id, ())
            ):
                raise ValidationError(
                    self.env._(
                        "Your text gives away who the participant is (name, phone"
                        " or e-mail). Leave that out: it is kept with the"
                        " participant only."
                    )
                )

    def _bsc_get_clients(self):
        """Return whom these teams referred and who is still helped, by relation id."""
        referrals = self.env["bsc.referral"].sudo()  # not told to the writer
        groups = referrals._read_group(
            [
                ("relation_id", "in", self.bsc_relation_id.ids),
                ("stage_id.is_closed", "=", False),
                ("client_id", "!=", False),
            ],
            ["relation_id"],
            ["client_id:recordset"],
        )
        return {relation.id: clients for relation, clients in groups}

    @api.model
    def _bsc_text_fields(self):
        return ("name", "location", "description", "notes")
