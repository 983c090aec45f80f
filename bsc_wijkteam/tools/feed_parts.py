"""Parts that feeds of open data have in common: prices, ages, days, hours, places."""

import math
import re
from datetime import date, datetime, timezone

from ..models.bsc_offering import MAX_AGE
from ..models.bsc_offering_cost import MAX_PRICE
from . import cells
from .feed_text import to_line, to_url

MAX_TEXTS = 100  # of one kind in one activity; more is no activity
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
TIME = re.compile(
    r"(?:.*T)?(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::[\d.]+)?"
    r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?"
)
POSTCODE = re.compile(r"\b[1-9]\d{3} ?[A-Z]{2}\b|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b")
DUTCH_POSTCODE = re.compile(r"([1-9]\d{3}) ?([A-Za-z]{2})")


def to_dict(value):
    """Return a dictionary: the value itself, or the first one in it."""
    if isinstance(value, list):
        value = next(iter(to_dicts(value)), None)
    return value if isinstance(value, dict) else {}


def to_dicts(value):
    """Return the dictionaries in a list; a lone one counts as a list."""
    values = value if isinstance(value, list) else [value]
    return [one for one in values[:MAX_TEXTS] if isinstance(one, dict)]


def to_words(value, *keys):
    """Return the texts in a list of texts, or of dictionaries with such a key."""
    values = value if isinstance(value, list) else [value]
    words = []
    for one in values[:MAX_TEXTS]:
        if isinstance(one, dict):
            one = next((one[key] for key in keys if one.get(key)), None)
        words.append(to_line(one))
    return list(dict.fromkeys(filter(None, words)))


def to_number(value):
    """Return a number, None where there is none."""
    if isinstance(value, str) and re.fullmatch(r"\s*\d{1,9}(?:\.\d{1,4})?\s*", value):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if math.isfinite(value) and abs(value) < 1e9 else None


def read_ages(low, high):
    """Return the ages a feed tells as values of ours, None when they cannot be right.

    :param low: a number, or a text with nothing but a number; empty when not told
    :param high: the same; from 120 on there is no upper age
    """
    told = [(name, age) for name, age in (("min_age", low), ("max_age", high)) if age]
    ages = {name: to_number(age) for name, age in told}
    if None in ages.values():
        return None
    low, high = ages.get("min_age", 0), ages.get("max_age", 0)
    high = 0 if high >= MAX_AGE else high
    if not 0 <= low <= MAX_AGE or high < 0 or (high and low > high):
        return None
    ages = {"min_age": int(low), "max_age": int(high)}
    return {name: age for name, age in ages.items() if age}


def read_price(amount, description, currency, own_currency):
    """Return a price and what it is for, where that is certain.

    :param amount: a number, or a text with nothing but a number
    :param str description: what it is for: "per month"
    :param currency: code of the currency of the amount, if it is told
    :param str own_currency: code of the currency prices are kept in here
    :return: values, empty when it is not certain
    """
    amount = to_number(amount)
    if amount is None or not 0 <= amount <= MAX_PRICE:
        return {}
    if not amount:
        return {"price": 0.0, "price_period": "free"}
    if to_line(currency).upper() not in ("", own_currency.upper()):
        return {}
    return read_price_text(f"{amount:.2f} {description}")


def read_price_text(text):
    """Return the price a text tells when it tells nothing else, with what it is for."""
    try:
        price, period = cells.parse_price(cells.clean(text))
    except ValueError:
        return {}
    if not period or price > MAX_PRICE:
        return {}
    return {"price": price, "price_period": period}


def read_moment(value, zone):
    """Return a moment on the clock of a time zone, None where there is none.

    A moment in UTC is put on that clock. Any other one is taken as it is written: it
    is what the clock shows where people meet.
    """
    text = to_line(value)
    if not re.match(r"\d{4}-\d\d-\d\dT", text):
        return None
    try:
        moment = datetime.fromisoformat(re.sub(r"(\.\d+)?Z$", "+00:00", text))
        if text.endswith("Z"):
            moment = moment.astimezone(zone)
    except (ValueError, OverflowError):
        return None
    return moment.replace(tzinfo=None)


def read_date(value):
    """Return the day of a date or moment as ISO text, empty where there is none."""
    try:
        return date.fromisoformat(to_line(value)[:10]).isoformat()
    except ValueError:
        return ""


def read_hour(value, zone, day=""):
    """Return a time of the day as hours, None where there is none.

    :param value: "19:30", "19:30:00", "18:30Z", "19:30+01:00", or with a date before
    :param zone: time zone of the clock that times are told on here
    :param str day: some day on which it holds, for times in UTC
    """
    match = TIME.fullmatch(to_line(value))
    if not match or int(match["hour"]) > 24 or int(match["minute"]) > 59:
        return None
    hour, minute = int(match["hour"]), int(match["minute"])
    if match["zone"] == "Z" and hour < 24:
        on = date.fromisoformat(day) if day else datetime.now(timezone.utc).date()
        moment = datetime(on.year, on.month, on.day, hour, minute, tzinfo=timezone.utc)
        try:
            moment = moment.astimezone(zone)
        except OverflowError:
            return None
        hour, minute = moment.hour, moment.minute
    return round(hour + minute / 60, 4)


def make_slots(days, start, end, date_from="", date_to=""):
    """Return weekly times, none when they cannot be right.

    :param days: numbers of weekdays, Monday is 0
    :param start: hours
    :param end: hours; midnight ends the day
    """
    end = end or 24.0
    if start is None or not 0 <= start < end <= 24:
        return []
    if date_from and date_to and date_from > date_to:
        return []
    return [[str(day), start, end, date_from, date_to] for day in sorted(set(days))]


def without_overlap(slots):
    """Return the times that do not overlap an earlier one of the same season."""
    kept = []
    for slot in sorted(slots):
        day, start, end, date_from, date_to = slot
        overlaps = any(
            day == other[0]
            and start < other[2]
            and other[1] < end
            and (not date_from or not other[4] or date_from <= other[4])
            and (not other[3] or not date_to or other[3] <= date_to)
            for other in kept[-MAX_TEXTS:]
        )
        if not overlaps:
            kept.append(slot)
    return kept[:MAX_TEXTS]


def read_address(name, text):
    """Return the place an address in one line tells, in parts where that is certain."""
    name, text = to_line(name), to_line(text)
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if parts and parts[0].casefold() == name.casefold():
        parts = parts[1:]
    for index, part in enumerate(parts):
        match = POSTCODE.search(part)
        if match:
            city = part[match.end() :].strip() or part[: match.start()].strip()
            street = parts[:index]
            if not city and len(street) > 1:
                city = street.pop()
            return make_place(name, " ".join(street), match[0], city)
    return make_place(name, ", ".join(parts), "", "")


def make_place(name, street, postcode, city):
    """Return a place without what is empty; nothing when all of it is."""
    place = {
        "name": to_line(name)[:MAX_TEXTS],
        "street": to_line(street)[: 2 * MAX_TEXTS],
        "zip": to_line(postcode)[:20],
        "city": to_line(city)[:MAX_TEXTS],
    }
    if match := DUTCH_POSTCODE.fullmatch(place["zip"]):
        place["zip"] = " ".join(match.groups()).upper()
    return {key: text for key, text in place.items() if text}


def make_organisation(ref, name, registry="", website="", email="", phone=""):
    """Return what a feed tells about the provider of an activity."""
    email, phone = to_line(email), to_line(phone)
    try:
        registry = cells.parse_registry(to_line(registry))
    except ValueError:
        registry = ""
    return {
        "ref": to_line(ref),
        "name": to_line(name),
        "registry": registry,
        "website": to_url(website),
        "email": email if re.fullmatch(r"[^\s@]+@[^\s@]+\.\w{2,}", email) else "",
        "phone": phone if re.fullmatch(r"[\d\s()+./-]{6,25}", phone) else "",
    }
