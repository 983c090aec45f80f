from datetime import date, datetime, time, timedelta
from itertools import combinations
from operator import ge, gt, le, lt

import pytz
from babel.dates import get_day_names

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import babel_locale_parse, format_date, get_lang

COMPARISONS = {"<": lt, "<=": le, ">": gt, ">=": ge}


class BscOfferingSlot(models.Model):
    """A weekly moment of an offering, always or within a season.

    For a calendar every slot also has a moment in one week: the seven days from today
    or, when a calendar asks for its range, from the first day of that range.
    """

    _name = "bsc.offering.slot"
    _description = "Offering Time"
    _inherit = ["bsc.privacy.mixin"]
    _order = "weekday, hour_from, id"

    offering_id = fields.Many2one(
        "bsc.offering", required=True, index=True, ondelete="cascade"
    )
    weekday = fields.Selection(
        [
            ("0", "Monday"),
            ("1", "Tuesday"),
            ("2", "Wednesday"),
            ("3", "Thursday"),
            ("4", "Friday"),
            ("5", "Saturday"),
            ("6", "Sunday"),
        ],
        required=True,
    )
    hour_from = fields.Float("Starts at", required=True, aggregator=None)
    hour_to = fields.Float("Ends at", required=True, aggregator=None)
    date_from = fields.Date("Season from")
    date_to = fields.Date("Season to")
    # in the calendar
    start = fields.Datetime(compute="_compute_moment", search="_search_start")
    stop = fields.Datetime(compute="_compute_moment", search="_search_stop")
    name = fields.Char("Activity", related="offering_id.name")
    provider_id = fields.Many2one(related="offering_id.provider_id")
    place_id = fields.Many2one(related="offering_id.place_id")
    sport_id = fields.Many2one(related="offering_id.sport_id")
    area_ids = fields.Many2many(related="offering_id.area_ids", string="Areas")
    target_group_ids = fields.Many2many(
        related="offering_id.target_group_ids", string="Target groups"
    )
    ages = fields.Char(related="offering_id.ages")
    cost = fields.Char(related="offering_id.cost")
    cost_funded = fields.Char(related="offering_id.cost_funded")
    is_referable = fields.Boolean(related="offering_id.is_referable")

    _check_hours = models.Constraint(
        "CHECK (hour_from >= 0 AND hour_to <= 24 AND hour_from < hour_to)",
        "A time starts before it ends, between 0:00 and 24:00.",
    )
    _check_dates = models.Constraint(
        "CHECK (date_from IS NULL OR date_to IS NULL OR date_from <= date_to)",
        "A season starts before it ends.",
    )

    @api.depends("weekday", "hour_from", "hour_to", "date_from", "date_to")
    @api.depends_context("tz", "bsc_first_day")
    def _compute_moment(self):
        days = {str(day.weekday()): day for day in self._get_week()}
        for slot in self:
            day = days.get(slot.weekday)
            if day and slot._is_in_season(day):
                slot.start = slot._get_moment(day, slot.hour_from)
                slot.stop = slot._get_moment(day, slot.hour_to)
            else:
                slot.start = slot.stop = False

    def _search_start(self, operator, value):
        return self._search_moment("hour_from", operator, value)

    def _search_stop(self, operator, value):
        return self._search_moment("hour_to", operator, value)

    @api.depends("weekday", "hour_from", "hour_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for slot in self:
            slot.display_name = slot._get_name("wide")

    @api.constrains(
        "offering_id", "weekday", "hour_from", "hour_to", "date_from", "date_to"
    )
    def _check_no_overlap(self):
        """Refuse two times of one offering at the same moment.

        :raise ValidationError: when they share a weekday, an hour and a day of a season
        """
        if self.env.context.get("bsc_slots_pending"):
            return
        for group in self.offering_id.slot_ids.grouped(
            lambda slot: (slot.offering_id, slot.weekday)
        ).values():
            for one, other in combinations(group, 2):
                if one._overlaps(other):
                    raise ValidationError(
                        self.env._(
                            "“%(offering)s” has two times that overlap: %(one)s and"
                            " %(other)s. Change one of them, or its season.",
                            offering=one.offering_id.name,
                            one=one.display_name,
                            other=other.display_name,
                        )
                    )

    @api.model
    def search_read(
        self, domain=None, fields=None, offset=0, limit=None, order=None, **read_kwargs
    ):
        """Read the slots as they fall in the week a calendar asks for.

        A calendar knows its range only as a condition on ``stop``: the slots are put in
        the week that begins there.
        """
        for condition in Domain(domain or []).iter_conditions():
            if condition.field_expr == "stop" and condition.operator in (">", ">="):
                first_day = self._get_local(condition.value).date()
                self = self.with_context(bsc_first_day=first_day)
        return super().search_read(domain, fields, offset, limit, order, **read_kwargs)

    def _search_moment(self, name, operator, value):
        """Find the slots whose moment in the week lies before or after another one.

        :param str name: the field with the hour
        """
        compare = COMPARISONS.get(operator)
        if not compare or not value:
            return NotImplemented
        moment = self._get_local(value)
        hour = moment.hour + moment.minute / 60 + moment.second / 3600
        domains = []
        for day in self._get_week():
            domain = Domain("weekday", "=", str(day.weekday()))
            domain &= Domain("date_from", "=", False) | Domain("date_from", "<=", day)
            domain &= Domain("date_to", "=", False) | Domain("date_to", ">=", day)
            if day == moment.date():
                domain &= Domain(name, operator, hour)
            elif not compare(day, moment.date()):
                continue
            domains.append(domain)
        return Domain.OR(domains)

    @api.model
    def _get_week(self):
        """Return the seven days in which slots have their moment."""
        first = self.env.context.get("bsc_first_day")
        first = fields.Date.to_date(first) or fields.Date.context_today(self)
        return [first + timedelta(days=number) for number in range(7)]

    @api.model
    def _get_local(self, value):
        """Return a moment on the clock of the user, without time zone."""
        moment = pytz.utc.localize(fields.Datetime.to_datetime(value))
        return moment.astimezone(self.env.tz).replace(tzinfo=None)

    @api.model
    def _get_moment(self, day, hour):
        """Return the moment of an hour on the clock of the user, in UTC."""
        moment = datetime.combine(day, time()) + timedelta(minutes=round(hour * 60))
        return self.env.tz.localize(moment).astimezone(pytz.utc).replace(tzinfo=None)

    def _is_in_season(self, day):
        """Tell whether the season of one slot holds a day."""
        self.ensure_one()
        return (self.date_from or date.min) <= day <= (self.date_to or date.max)

    def _overlaps(self, other, any_season=False):
        """Tell whether one slot and another share a moment in some week.

        :param bool any_season: whatever their seasons are
        """
        self.ensure_one()
        return (
            self.weekday == other.weekday
            # In minutes, since 19:20 is no exact decimal number.
            and round(self.hour_from * 60) < round(other.hour_to * 60)
            and round(other.hour_from * 60) < round(self.hour_to * 60)
            and (
                any_season
                or (self.date_from or date.min) <= (other.date_to or date.max)
                and (other.date_from or date.min) <= (self.date_to or date.max)
            )
        )

    def _get_weekly_count(self):
        """Return how many of these slots there are in a week of the fullest season."""
        starts = {slot.date_from or date.min for slot in self}
        return max(
            (sum(slot._is_in_season(day) for slot in self) for day in starts),
            default=0,
        )

    def _get_times(self, today):
        """Return these slots in one line: "Tue 10:00–11:00, Wed 19:00–20:00".

        A season that has not begun yet says from when it is.
        """
        parts = []
        for slot in self:
            part = slot._get_name("abbreviated")
            if slot.date_from and slot.date_from > today:
                date_from = self._format_day(slot.date_from, today)
                part = self.env._("%(time)s (from %(date)s)", time=part, date=date_from)
            parts.append(part)
        return ", ".join(parts)

    @api.model
    def _format_day(self, day, today):
        """Return a day in short, with its year when that is not clear: "1 Sep"."""
        pattern = "d MMM" if abs(day - today) < timedelta(days=300) else "d MMM y"
        return format_date(self.env, day, date_format=pattern)

    def _get_name(self, width):
        """Return day and times of one slot: "Tuesday 10:00–11:30".

        :param str width: of the name of the day, "wide" or "abbreviated"
        """
        self.ensure_one()
        days = get_day_names(width, locale=babel_locale_parse(get_lang(self.env).code))
        day = days[int(self.weekday)] if self.weekday else ""
        hours = map(self._format_hour, (self.hour_from, self.hour_to))
        return f"{day} {'–'.join(hours)}"

    @api.model
    def _format_hour(self, hour):
        minutes = round(hour * 60)
        return f"{minutes // 60}:{minutes % 60:02d}"
