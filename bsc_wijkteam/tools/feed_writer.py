"""Offerings as services in the Human Services Data Specification (HSDS) 3.0.

What stands here is all that ever leaves: what is not written down is not published.
Persons are left out everywhere: coach, contact person, trainers; phones and mail
addresses as well, since those of a small club are somebody's own.
"""

from datetime import datetime

import pytz
from werkzeug.urls import iri_to_uri

from odoo import fields

from .feed_parts import WEEKDAYS
from .feed_text import to_text, to_url, without_persons

# Neighbourhood sports coaches work in the Netherlands; a company elsewhere says so on
# its contact.
DEFAULT_ZONE = "Europe/Amsterdam"
# What each kind of term is called in our feed, and the field it comes from.
TERM_FIELDS = {
    "sport": "sport_id",
    "target_group": "target_group_ids",
    "level": "level_id",
}


def get_zone(company):
    """Return the time zone of the clock that times are told on in a company."""
    return pytz.timezone(company.partner_id.tz or DEFAULT_ZONE)


def compact(values):
    """Return values without what is empty; the number 0 is not."""
    return {
        key: value
        for key, value in values.items()
        if value is not None and value is not False and value not in ("", [], {})
    }


class FeedWriter:
    """Writes offerings, providers and places as JSON can hold them.

    :param offerings: all published offerings that will be asked for
    :param ids: the :class:`FeedIds` of this database
    """

    def __init__(self, offerings, ids):
        self.env = offerings.env
        self.ids = ids
        self.today = fields.Date.context_today(offerings)
        self.zones = {company: get_zone(company) for company in offerings.company_id}
        self._prefetch(offerings)

    def _prefetch(self, offerings):
        """Read all contacts at once: of providers, places and those left out."""
        providers = offerings.provider_id
        partners = (
            providers.partner_id
            | offerings.place_id
            | offerings.contact_id
            | offerings.coach_id.partner_id
            | providers.call_id
        )
        partners.fetch()

    # services

    def service(self, offering, is_full):
        """Return an offering as a service.

        :param offering: one published ``bsc.offering``
        :param bool is_full: with all that belongs to it, instead of what a list shows
        """
        provider, website = offering.provider_id, self._get_website(offering)
        service = {
            "id": self._id("service", offering),
            "organization_id": self._id("organization", provider),
            "name": self._clean(offering, offering.name),
            "description": self._clean(offering, offering.description),
            "url": website,
            "status": "active",
            "application_process": self._get_application(offering),
            "fees_description": self._get_fees(offering),
            "accreditations": self._get_accreditation(offering.intervention_id),
            "eligibility_description": ", ".join(
                offering.target_group_ids.mapped("name")
            ),
            "minimum_age": offering.min_age or None,
            "maximum_age": offering.max_age or None,
            "assured_date": self._get_assured_date(offering.current_check_id),
            "alert": self._get_alert(offering),
            "last_modified": self._get_modified(offering),
            "organization": self.organization(provider, is_full),
        }
        if is_full:
            service |= {
                "schedules": self._get_schedules(offering),
                "service_areas": [
                    self._get_area(offering, area) for area in offering.area_ids
                ],
                "service_at_locations": [self._get_link(offering, True)]
                if offering._has_public_place()
                else [],
                "cost_options": self._get_cost_options(offering),
                "attributes": self._get_attributes(offering),
            }
        return compact(service)

    def minimal_service(self, offering):
        """Return what tells whether a service changed."""
        return {
            "id": self._id("service", offering),
            "last_modified": self._get_modified(offering),
        }

    def _get_application(self, offering):
        texts = [
            self.env._(
                "Ask a neighbourhood sports coach of %(company)s, or a professional of"
                " the neighbourhood team.",
                company=offering.company_id.name,
            )
        ]
        if offering.is_trial_free:
            texts.append(self.env._("The first time is free."))
        return " ".join(texts)

    def _get_fees(self, offering):
        parts = [offering.cost, offering.cost_funded]
        if gear := self._clean(offering, offering.gear):
            parts.append(self.env._("To bring or buy: %(gear)s", gear=gear))
        return "\n".join(filter(None, parts))

    def _get_accreditation(self, programme):
        level = programme.recognition
        if level:
            levels = programme._fields["recognition"]._description_selection(self.env)
            return f"{programme.name} ({dict(levels)[level]})"
        return programme.name

    def _get_assured_date(self, check):
        """Return the day on which both sides had agreed."""
        return max(check.provider_stamp_date, check.team_stamp_date).isoformat()

    def _get_alert(self, offering):
        if offering.is_limited and offering.places_free <= 0:
            return self.env._("All places are taken at the moment.")
        return None

    def _get_modified(self, offering):
        """Return when something of the service was changed last, as ISO text."""
        moments = [
            record.write_date
            for record in (
                offering,
                offering.provider_id,
                offering.provider_id.partner_id,
                offering.current_check_id,
                *offering.slot_ids,
                *offering.place_id,
            )
        ]
        return f"{max(moments).isoformat(timespec='milliseconds')}Z"

    def _get_schedules(self, offering):
        zone = self.zones[offering.company_id]
        has_place = offering._has_public_place()
        schedules = []
        for slot in offering.slot_ids:
            if slot.date_to and slot.date_to < self.today:
                continue
            day = max(self.today, slot.date_from or self.today)
            # Winter and summer differ: what holds when it is next.
            offset = zone.utcoffset(datetime(day.year, day.month, day.day, 12))
            minutes = int(offset.total_seconds()) // 60
            schedule = {
                "id": self.ids.derive("schedule", slot.id),
                "service_id": self._id("service", offering),
                "service_at_location_id": has_place
                and self._id("service_at_location", offering),
                "valid_from": slot.date_from and slot.date_from.isoformat(),
                "valid_to": slot.date_to and slot.date_to.isoformat(),
                "timezone": minutes / 60,
                "freq": "WEEKLY",
                "interval": 1,
                "wkst": "MO",
                "byday": WEEKDAYS[int(slot.weekday)],
                "opens_at": self._format_hour(slot.hour_from, minutes),
                "closes_at": self._format_hour(slot.hour_to, minutes),
                "description": slot.display_name,
            }
            schedules.append(compact(schedule))
        return schedules

    @staticmethod
    def _format_hour(hour, offset):
        """Return a time with its distance from UTC; the end of the day is 00:00."""
        minutes = round(hour * 60) % (24 * 60)
        sign = "-" if offset < 0 else "+"
        offset = abs(offset)
        return (
            f"{minutes // 60:02d}:{minutes % 60:02d}"
            f"{sign}{offset // 60:02d}:{offset % 60:02d}"
        )

    def _get_area(self, offering, area):
        return compact(
            {
                "id": self.ids.derive("service_area", offering.id, area.id),
                "service_id": self._id("service", offering),
                "name": area.complete_name,
                "extent": area.code,
                "extent_type": area.code and "text",
            }
        )

    def _get_cost_options(self, offering):
        if not offering._is_price_known():
            return []
        periods = offering._fields["price_period"]._description_selection(self.env)
        return [
            {
                "id": self.ids.derive("cost_option", offering.id),
                "service_id": self._id("service", offering),
                "currency": offering.currency_id.name.lower(),
                "amount": offering.price,
                "amount_description": dict(periods)[offering.price_period],
            }
        ]

    def _get_attributes(self, offering):
        terms = [
            (kind, term)
            for kind, name in TERM_FIELDS.items()
            for term in offering[name]
        ]
        return [
            {
                "id": self.ids.derive("attribute", offering.id, kind, term.id),
                "link_id": self._id("service", offering),
                "link_type": kind,
                "link_entity": "service",
                "taxonomy_term_id": self.ids.derive("term", kind, term.id),
                "taxonomy_term": self._get_term(kind, term),
            }
            for kind, term in terms
        ]

    def _get_term(self, kind, term):
        taxonomy_id = self.ids.derive("taxonomy", kind)
        field = self.env["bsc.offering"]._fields[TERM_FIELDS[kind]]
        taxonomy = field.get_description(self.env, ["string"])["string"]
        return {
            "id": self.ids.derive("term", kind, term.id),
            "name": term.name,
            "description": "description" in term and term.description or term.name,
            "taxonomy": taxonomy,
            "taxonomy_id": taxonomy_id,
            "taxonomy_detail": {
                "id": taxonomy_id,
                "name": taxonomy,
                "description": taxonomy,
            },
            "language": self.env.lang.split("_")[0],
        }

    # organisations

    def organization(self, provider, is_full=False):
        """Return a provider as an organisation.

        :param provider: one ``bsc.provider`` with a published offering
        :param bool is_full: with its chamber-of-commerce number
        """
        organization = {
            "id": self._id("organization", provider),
            "name": provider.name,
            "description": self._get_kind(provider),
            "website": self._get_website(provider),
        }
        if is_full and provider.registry_key:
            organization["organization_identifiers"] = [
                {
                    "id": self.ids.derive("organization_identifier", provider.id),
                    "organization_id": self._id("organization", provider),
                    "identifier_scheme": "NL-KVK",
                    "identifier_type": self.env._("Chamber of commerce number"),
                    "identifier": provider.company_registry,
                }
            ]
        return compact(organization)

    def organization_with_services(self, provider, offerings):
        """Return a provider with what it offers.

        :param offerings: its published ``bsc.offering``
        """
        services = []
        for offering in offerings:
            service = self.service(offering, False)
            del service["organization"]
            services.append(service)
        return {**self.organization(provider, True), "services": services}

    def _get_kind(self, provider):
        kinds = provider._fields["kind"]._description_selection(self.env)
        return dict(kinds).get(provider.kind) or self.env._("Sport provider")

    # places

    def service_at_location(self, offering, is_full):
        """Return that an offering is at a place, with both of them.

        :param offering: one published ``bsc.offering`` with a place
        :param bool is_full: with all that belongs to it, instead of what a list shows
        """
        link = self._get_link(offering, is_full)
        if is_full:
            link["schedules"] = self._get_schedules(offering)
        return compact({**link, "service": self.service(offering, False)})

    def _get_link(self, offering, is_full):
        return {
            "id": self._id("service_at_location", offering),
            "service_id": self._id("service", offering),
            "location_id": self.ids.derive("location", offering.place_id.id),
            "location": self._get_location(offering, is_full),
        }

    def _get_location(self, offering, is_full):
        place = offering.place_id
        location_id = self.ids.derive("location", place.id)
        has_position = place.partner_latitude or place.partner_longitude
        location = {
            "id": location_id,
            "location_type": "physical",
            "name": self._clean(offering, place.name),
            "latitude": place.partner_latitude if has_position else None,
            "longitude": place.partner_longitude if has_position else None,
        }
        if is_full:
            accessibility = self._clean(offering, offering.accessibility)
            location |= {
                "addresses": [
                    {
                        "id": self.ids.derive("address", place.id),
                        "location_id": location_id,
                        "address_1": place.street or "",
                        "city": place.city or "",
                        "state_province": place.state_id.name or "",
                        "postal_code": place.zip or "",
                        "country": place.country_id.code
                        or offering.company_id.country_id.code
                        or "NL",
                        "address_type": "physical",
                    }
                ],
                "accessibility": accessibility
                and [
                    {
                        "id": self.ids.derive("accessibility", offering.id),
                        "location_id": location_id,
                        "description": accessibility,
                    }
                ],
            }
        return compact(location)

    # parts

    def _id(self, kind, record):
        return self.ids.encode(kind, record.id)

    def _clean(self, offering, text):
        """Return a text somebody typed, without markup and without persons."""
        persons = (
            offering.contact_id
            | offering.coach_id.partner_id
            | offering.provider_id.call_id
        )
        return without_persons(to_text(text), persons.mapped("name"))

    def _get_website(self, record):
        provider = record if record._name == "bsc.provider" else record.provider_id
        address = to_url(provider.website)
        return address and iri_to_uri(address)
