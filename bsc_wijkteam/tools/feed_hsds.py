"""Services of a feed in the Human Services Data Specification (HSDS) 3.0.

Open Referral UK is a profile of it. Older and half-filled services are common, so what
is not there, or of another kind than it should be, is passed over.
"""

import re

from .feed_parts import (
    WEEKDAYS,
    make_organisation,
    make_place,
    make_slots,
    read_ages,
    read_date,
    read_hour,
    read_price,
    read_price_text,
    to_dict,
    to_dicts,
    to_words,
    without_overlap,
)
from .feed_text import to_line, to_text, to_url

AREA_CODE = re.compile(r"GM\d{4}|WK\d{4}[0-9A-Z]{2}|BU\d{4}[0-9A-Z]{4}")
# What our own feed calls the kinds of terms it links to a service.
TERM_KINDS = ("sport", "target_group", "level")


def read_service(item, service, zone, currency):
    """Read a service into an item.

    :param FeedItem item: to fill
    :param dict service: as the feed has it
    :param zone: time zone of the clock that times are told on here
    :param str currency: code of the currency that prices are kept in here
    """
    organisation = to_dict(service.get("organization"))
    item.organisation = make_organisation(
        organisation.get("id"),
        organisation.get("name"),
        next(
            (
                one.get("identifier")
                for one in to_dicts(organisation.get("organization_identifiers"))
                if one.get("identifier_scheme") == "NL-KVK"
            ),
            "",
        ),
        organisation.get("website") or organisation.get("url"),
        organisation.get("email"),
    )
    locations = [
        (link, to_dict(link.get("location")))
        for link in to_dicts(service.get("service_at_locations"))
    ]
    ages = read_ages(service.get("minimum_age"), service.get("maximum_age"))
    item.vals = {
        "name": to_line(to_text(service.get("name"))),
        "description": to_text(service.get("description")),
        "url": to_url(service.get("url")),
        **(ages or {}),
        **_read_terms(service),
        **_read_costs(service, currency),
        "codes": _read_areas(service),
        "accreditation": to_line(service.get("accreditations")),
        "notes": [
            ["for", text]
            for key in ("eligibility_description", "pc_targetAudience")
            if (text := ", ".join(to_words(service.get(key), "audienceType")))
        ]
        + _get_notes("join", service.get("application_process"))
        + _get_notes("alert", service.get("alert")),
    }
    if ages is None:
        item.remarks.append("ages")
    _read_times(item, service, locations, zone)
    _read_place(item, locations)
    costs = item.vals.pop("cost_note", "")
    item.vals["notes"] += _get_notes("cost", costs)


def _get_notes(kind, value):
    text = to_text(value)
    return [[kind, text]] if text else []


def _read_terms(service):
    """Return the words a service is classified with, by kind."""
    terms = {kind: [] for kind in (*TERM_KINDS, "about")}
    for attribute in to_dicts(service.get("attributes")):
        kind = to_line(attribute.get("link_type"))
        terms[kind if kind in TERM_KINDS else "about"] += to_words(
            attribute.get("taxonomy_term"), "name"
        )
    return terms


def _read_costs(service, currency):
    """Return the price where there is one and it is certain, else what is told."""
    options = to_dicts(service.get("cost_options"))
    fees = to_text(service.get("fees_description") or service.get("fees"))
    prices = [
        read_price(
            option.get("amount"),
            to_line(option.get("amount_description")),
            option.get("currency"),
            currency,
        )
        for option in options
    ]
    if len(prices) == 1 and prices[0]:
        return prices[0]
    if not options and (price := read_price_text(fees)):
        return price
    texts = [
        " ".join(
            to_words([option.get(key) for key in ("option", "amount", "currency")])
            + to_words(option.get("amount_description"))
        )
        for option in options
    ]
    return {"cost_note": "\n".join(filter(None, [fees, *texts]))}


def _read_areas(service):
    """Return the CBS codes of the areas a service is for."""
    codes = []
    for area in to_dicts(service.get("service_areas")):
        if AREA_CODE.fullmatch(extent := to_line(area.get("extent"))):
            codes.append(extent)
    return codes


def _read_times(item, service, locations, zone):
    """Read the weekly times; what is not weekly stays a text."""
    schedules = to_dicts(service.get("schedules"))
    for link, _location in locations:
        schedules += to_dicts(link.get("schedules"))
    slots = []
    for schedule in schedules:
        date_from = read_date(schedule.get("valid_from") or schedule.get("dtstart"))
        date_to = read_date(schedule.get("valid_to") or schedule.get("until"))
        days = to_line(schedule.get("byday")).upper().split(",")
        is_weekly = (
            to_line(schedule.get("freq")).upper() == "WEEKLY"
            and to_line(schedule.get("interval")) in ("", "1", "1.0")
            and all(day.strip() in WEEKDAYS for day in days)
        )
        found = is_weekly and make_slots(
            [WEEKDAYS.index(day.strip()) for day in days],
            read_hour(schedule.get("opens_at"), zone, date_from),
            read_hour(schedule.get("closes_at"), zone, date_from),
            date_from,
            date_to,
        )
        slots += found or []
        if text := not found and to_text(schedule.get("description")):
            item.vals["notes"].append(["times", text])
        elif not found:
            item.remarks.append("times")
    item.vals["slots"] = without_overlap(slots)


def _read_place(item, locations):
    """Read the first place with an address, and how one gets in."""
    places, accessible = [], []
    for _link, location in locations:
        address = to_dict(
            location.get("addresses") or location.get("physical_addresses")
        )
        street = " ".join(
            to_words([address.get("address_1"), address.get("address_2")])
        )
        place = make_place(
            location.get("name"),
            street,
            address.get("postal_code"),
            address.get("city"),
        )
        if place and place not in places:
            places.append(place)
        accessible += [
            text
            for one in to_dicts(location.get("accessibility"))
            for key in ("description", "details")
            if (text := to_text(one.get(key)))
        ]
    item.vals["place"] = places[0] if places else {}
    item.vals["accessibility"] = "\n".join(dict.fromkeys(accessible))
    if len(places) > 1:
        item.remarks.append("places")
