"""Events of an OpenActive feed, in its present words and the older ones."""

import re
from datetime import timedelta

from .feed_parts import (
    WEEKDAYS,
    make_organisation,
    make_place,
    make_slots,
    read_address,
    read_ages,
    read_date,
    read_hour,
    read_moment,
    read_price,
    to_dict,
    to_dicts,
    to_words,
    without_overlap,
)
from .feed_text import to_line, to_text, to_url

DURATION = re.compile(r"PT(?:(\d{1,2})H)?(?:(\d{1,3})M)?")
GENDERS = {"female": "female", "male": "male"}
MAX_EVENTS = 500  # moments of one activity


def read_event(item, event, zone, currency):
    """Read an event into an item.

    :param FeedItem item: to fill
    :param dict event: as the feed has it
    :param zone: time zone of the clock that times are told on here
    :param str currency: code of the currency that prices are kept in here
    """
    # A session says what its series does not.
    event = {**to_dict(event.get("superEvent")), **event}
    organiser = to_dict(event.get("organizer"))
    item.organisation = make_organisation(
        organiser.get("id") or organiser.get("@id") or organiser.get("url"),
        organiser.get("name"),
        "",
        organiser.get("url"),
        organiser.get("email"),
        organiser.get("telephone"),
    )
    ages = to_dict(event.get("ageRange"))
    ages = read_ages(ages.get("minValue"), ages.get("maxValue"))
    item.vals = {
        "name": to_line(to_text(event.get("name"))),
        "description": to_text(event.get("description")),
        "url": to_url(event.get("url")),
        **(ages or {}),
        "sport": to_words(event.get("activity"), "prefLabel", "name"),
        "place": _read_place(to_dict(event.get("location"))),
        "accessibility": ", ".join(
            to_words(event.get("accessibilitySupport"), "prefLabel", "name")
        ),
        "slots": _read_slots(event, zone),
        "notes": _read_notes(event),
        **_read_prices(event, currency),
    }
    if ages is None:
        item.remarks.append("ages")
    costs = item.vals.pop("cost_note", "")
    if costs:
        item.vals["notes"].append(["cost", costs])


def _read_place(location):
    address = location.get("address")
    if not isinstance(address, dict):
        return read_address(location.get("name"), address)
    return make_place(
        location.get("name"),
        address.get("streetAddress"),
        address.get("postalCode"),
        address.get("addressLocality"),
    )


def _read_notes(event):
    """Return what the event tells and no field is made for."""
    gender = to_line(event.get("genderRestriction")).rpartition(":")[2].casefold()
    notes = [["gender", one] for one in GENDERS if gender in (one, f"{one}only")]
    for key in ("level", "category"):
        if words := to_words(event.get(key), "prefLabel", "name"):
            notes.append(["about", ", ".join(words)])
    return notes


def _read_prices(event, currency):
    """Return the price where there is one and it is certain, else what is told."""
    if event.get("isAccessibleForFree") is True:
        return {"price": 0.0, "price_period": "free"}
    offers = to_dicts(event.get("offers", event.get("offer")))
    prices = [
        read_price(
            offer.get("price"), "per session", offer.get("priceCurrency"), currency
        )
        for offer in offers
    ]
    if prices and prices[0] and all(price == prices[0] for price in prices):
        return prices[0]
    texts = [
        " ".join(
            to_words([offer.get(key) for key in ("name", "price", "priceCurrency")])
        )
        for offer in offers
    ]
    return {"cost_note": "\n".join(filter(None, texts))}


def _read_slots(event, zone):
    """Return the weekly times: of the schedule, and of moments that were given."""
    slots = []
    for schedule in to_dicts(event.get("eventSchedule")):
        days = [
            WEEKDAYS.index(word[:2])
            for day in to_words(schedule.get("byDay"), "@id", "name")
            if (word := re.split(r"[/:]", day)[-1].upper())[:2] in WEEKDAYS
        ]
        date_from = read_date(schedule.get("startDate"))
        start = read_hour(schedule.get("startTime"), zone, date_from)
        end = read_hour(schedule.get("endTime"), zone, date_from)
        if end is None and start is not None:
            end = start + _read_duration(schedule) / timedelta(hours=1)
        is_weekly = to_line(schedule.get("repeatFrequency")) in ("", "P1W", "P7D")
        if days and is_weekly and end is not None:
            date_to = read_date(schedule.get("endDate"))
            slots += make_slots(days, start, end, date_from, date_to)
    moments = event.get("subEvent")
    moments = moments[:MAX_EVENTS] if isinstance(moments, list) else [event]
    for moment in to_dicts(moments):
        start = read_moment(moment.get("startDate"), zone)
        end = read_moment(moment.get("endDate"), zone)
        if start and not end and (duration := _read_duration(moment)):
            end = start + duration
        # A dated moment says on which day and when; a series has the same each week.
        if start and end and timedelta() < end - start < timedelta(days=1):
            hours = [one.hour + one.minute / 60 for one in (start, end)]
            slots += make_slots([start.weekday()], *(round(one, 4) for one in hours))
    return without_overlap(slots)


def _read_duration(value):
    match = DURATION.fullmatch(to_line(value.get("duration")))
    hours, minutes = (int(part or 0) for part in match.groups()) if match else (0, 0)
    return timedelta(hours=hours, minutes=minutes)
