"""The items of a feed on their way to providers, places and offerings."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from uuid import UUID

from odoo.fields import Command, Domain
from odoo.models import Model

from ..models.bsc_sport import normalise
from . import cells
from .feed_reader import FeedItem, get_checksum
from .feed_words import get_sentences
from .list_organisations import OrganisationFinder
from .list_rows import PROVIDER_COLUMNS, ListRow
from .offering_list import OfferingList

GONE = "gone"  # checksum of what the feed took back, and we archived for that


@dataclass(eq=False)
class FeedRow(ListRow):
    """An item of a feed as a row of a list, and what importing it would do."""

    item: FeedItem = None
    provider: Model = None  # known by its identifier in the feed
    outcome: str = ""
    reason: str = ""

    @property
    def is_live(self):
        return self.outcome in ("new", "changed") and not self.is_wrong


class FeedOrganisationFinder(OrganisationFinder):
    """Finds the organisation of a row: by its identifier in the feed, else as lists."""

    def _load_known(self, rows):
        default = super()._load_known(rows)
        self.by_provider = {
            one.provider: one
            for namesakes in self.by_name.values()
            for one in namesakes
            if one.provider
        }
        return default

    def _find_by_name(self, row):
        return self.by_provider.get(row.provider) or super()._find_by_name(row)


class FeedList(OfferingList):
    """The items of one feed.

    First :meth:`match` tells what each would do, and writes nothing. Then
    :meth:`apply` does it. The number of queries does not grow with the feed, but for
    what PostgreSQL is handed in batches.

    :param offerings: empty ``bsc.offering`` with the environment of the import
    :param list items: what :func:`read_feed` returned
    :param str source: what tells this feed from others
    :param bool is_complete: what is not in the file is no longer offered
    """

    def __init__(self, offerings, items, source, is_complete=False):
        super().__init__(offerings, [], [])
        self.source = source
        self.is_complete = is_complete
        self.items = [
            FeedRow(index, defaultdict(str), [[]], item=item)
            for index, item in enumerate(items)
        ]
        self.sentences = get_sentences(self.env)
        self.told = {}  # what the feed tells of providers, by their identifier in it
        self.new_organisations = []
        self.changed_providers = []

    # telling what would happen

    def match(self):
        """Set the outcome of every item, without writing anything."""
        known = self._find_known()
        own_ids = self.offerings._get_feed_ids()
        for row in self.items:
            row.offering = known.get(row.item.ref, self.offerings.browse())
            row.outcome = self._get_outcome(row)
            if own_ids.decode("service", row.item.ref):
                row.outcome = "same"
                row.reason = self.env._("This activity comes from here.")
        self.rows = [row for row in self.items if row.is_live]
        self._find_organisations()
        self._find_twins()
        if self.is_complete:
            self._add_missing(known)

    def _add_missing(self, known):
        """Add what came from this feed earlier, and is not in it any more."""
        refs = {row.item.ref for row in self.items}
        for ref, offering in known.items():
            if ref not in refs and offering.active:
                row = FeedRow(len(self.items), defaultdict(str), [[]])
                row.item, row.offering = FeedItem(ref, is_gone=True), offering
                row.outcome = "removed"
                self.items.append(row)

    def _get_outcome(self, row):
        item, offering = row.item, row.offering
        if item.is_double:
            row.reason = self.env._("The same identifier comes again in this file.")
            return "double"
        if item.problem:
            row.reason = self.sentences[item.problem]
            return "unreadable"
        if item.is_gone:
            return "removed" if offering.active else "same"
        if not offering:
            return "new"
        return "same" if offering.feed_checksum == item.checksum else "changed"

    def _find_known(self):
        """Return the offerings that came from this feed, by their identifier in it."""
        domain = get_known_domain({row.item.ref for row in self.items}, self.source)
        if self.is_complete:
            domain |= Domain("feed_source", "=", self.source)
        known = self._search(self.offerings, domain)
        known.fetch(["active", "name", "feed_ref", "feed_checksum", "provider_id"])
        return {offering.feed_ref: offering for offering in known}

    def _search(self, model, domain):
        domain &= Domain("company_id", "=", self.env.company.id)
        return model.with_context(active_test=False).search(domain)

    def _fill_cells(self, row):
        """Put what the item tells of provider and place where lists have it."""
        vals, organisation = row.item.vals, row.item.organisation
        organisation = self.told.get(organisation["ref"], organisation)
        row.name = vals["name"]
        place = vals.get("place") or {}
        row.cells.update(
            {
                "provider_id": organisation["name"],
                "provider_registry": organisation["registry"],
                "provider_website": organisation["website"],
                "provider_email": organisation["email"],
                "provider_phone": organisation["phone"],
                "place_id": place.get("name", ""),
                "place_street": place.get("street", ""),
                "place_zip": place.get("zip", ""),
                "place_city": place.get("city", ""),
            }
        )
        try:
            row.postcodes = cells.parse_postcodes(row.cells["place_zip"])
        except ValueError:
            row.postcodes = []

    def _find_organisations(self):
        """Set the provider of every row, known or new."""
        for row in self.items:
            told = row.item.organisation
            if not row.item.problem and told.get("ref"):
                known = self.told.setdefault(told["ref"], {})
                known.update({key: known.get(key) or told[key] for key in told})
        for row in self.rows:
            self._fill_cells(row)
        domain = get_known_domain(set(self.told), self.source)
        providers = self._search(self.env["bsc.provider"], domain)
        by_ref = {provider.feed_ref: provider for provider in providers}
        for ref, provider in by_ref.items():
            if provider.feed_checksum != get_checksum(self.told[ref]):
                self.changed_providers.append((provider, self.told[ref]))
        for row in self.rows:
            ref = row.item.organisation["ref"]
            row.provider = row.offering.provider_id or by_ref.get(ref)
            if row.provider:
                row.cells["provider_registry"] = ""
        # Loaded, whatever they are called.
        self.default_provider = self.env["bsc.provider"].union(
            *(row.provider for row in self.rows if row.provider)
        )
        self.default_provider.partner_id.fetch(["name", "company_registry", "city"])
        finder = FeedOrganisationFinder(self)
        finder.find()
        self.offerings = self.offerings.with_context(active_test=False)
        self.known_offerings = finder.offerings
        for message in self.messages:
            self.items[message["record"]].outcome = "unreadable"
            self.items[message["record"]].reason = message["message"]
        self.rows = [row for row in self.rows if row.is_live]
        self.new_organisations = [
            one
            for one in dict.fromkeys(row.organisation for row in self.rows)
            if not one.provider
        ]

    def _find_twins(self):
        """Link what a coach entered before the feed came: same provider, same name."""
        known = defaultdict(list)
        for offering in self.known_offerings:
            if not offering.feed_ref:
                known[offering.provider_id, normalise(offering.name)].append(offering)
        rows = [row for row in self.rows if row.outcome == "new"]
        keys = {row: (row.organisation.provider, normalise(row.name)) for row in rows}
        counts = Counter(keys.values())
        for row, key in keys.items():
            if len(known[key]) == counts[key] == 1:
                row.offering = known[key][0]
                row.outcome = "linked"
                row.reason = self.env._(
                    "It is here already under this name. What you entered stays; from"
                    " now on it follows the feed."
                )

    # doing it

    def apply(self):
        """Import what :meth:`match` found."""
        self.rows = [row for row in self.rows if row.is_live]
        self.kept = self.rows
        self._find_places()
        self._find_areas()
        self._create_providers()
        self._sign_providers()
        self._update_providers()
        self._create_places()
        self._set_vals()
        self._create_offerings()
        self._update_offerings()
        linked = [row for row in self.items if row.outcome == "linked"]
        for row in linked:
            row.offering.write(self._get_feed_vals(row.item.ref, row.item.checksum))
        removed = self.offerings.concat(
            *(row.offering for row in self.items if row.outcome == "removed")
        )
        removed.write({"active": False, "feed_checksum": GONE})

    def _get_feed_vals(self, ref, checksum):
        return {
            "feed_source": self.source,
            "feed_ref": ref,
            "feed_checksum": checksum,
        }

    def _sign_providers(self):
        """Remember by which identifier the feed knows a provider."""
        # The first identifier stays: another feed may know the same provider.
        for row in self.kept:
            provider, ref = row.organisation.provider, row.item.organisation["ref"]
            if ref and not provider.feed_ref:
                checksum = get_checksum(self.told[ref])
                provider.write(self._get_feed_vals(ref, checksum))

    def _update_providers(self):
        """Write what the feed tells anew of a provider; what is empty stays."""
        for provider, told in self.changed_providers:
            vals = {
                field: told[column.removeprefix("provider_")]
                for column, field in PROVIDER_COLUMNS.items()
            } | {"name": told["name"]}
            vals = {
                field: value
                for field, value in vals.items()
                if value and value != provider[field]
            }
            provider.write({**vals, "feed_checksum": get_checksum(told)})

    def _set_vals(self):
        """Set the values of every row, leaving out what the feed does not tell."""
        words = {
            kind: self._get_words(model)
            for kind, model in (
                ("level", "bsc.level"),
                ("target_group", "bsc.target.group"),
                ("accreditation", "bsc.intervention"),
            )
        }
        words["sport"] = self.env["bsc.sport"]._get_by_spelling()
        codes = {code for row in self.rows for code in row.item.vals.get("codes", ())}
        areas = self.env["bsc.area"].search_fetch(
            [("code", "in", list(codes))], ["code"]
        )
        areas = {area.code: area.id for area in areas}
        for row in self.rows:
            self._set_row_vals(row, words, areas)

    def _get_words(self, model):
        """Return the records of a small vocabulary, by all of their names."""
        records = self.env[model].search(Domain.TRUE)
        found = {}
        for lang, _name in self.env["res.lang"].get_installed():
            for record in records.with_context(lang=lang):
                found.setdefault(normalise(record.name), record)
        return found

    def _set_row_vals(self, row, words, areas):
        told, vals, lost = row.item.vals, {}, defaultdict(list)
        for kind, field in (("sport", "sport_id"), ("level", "level_id")):
            for word in told.get(kind, ()):
                if found := words[kind].get(normalise(word)):
                    vals.setdefault(field, found.id)
                else:
                    lost["about"].append(word)
        groups = []
        for word in told.get("target_group", ()):
            if found := words["target_group"].get(normalise(word)):
                groups.append(found.id)
            else:
                lost["for"].append(word)
        lost["about"] += told.get("about", ())
        for kind, text in told["notes"]:
            # Groups in words are groups as well, when all of them are known.
            found = [
                words["target_group"].get(normalise(word))
                for word in (text.split(",") if kind == "for" else ())
            ]
            if found and all(found):
                groups += [group.id for group in found]
            else:
                lost[kind].append(text)
        if programme := told.get("accreditation"):
            # Our own feed tells the level of recognition behind the name.
            name = re.sub(r" \([^()]*\)$", "", programme)
            if found := words["accreditation"].get(normalise(name)):
                vals["intervention_id"] = found.id
            else:
                lost["accreditation"].append(programme)
        if told.get("url") and cells.site_of(told["url"]) != cells.site_of(
            row.organisation.partner.website or ""
        ):
            lost["url"].append(told["url"])
        area_ids = [areas[code] for code in told.get("codes", ()) if code in areas]
        place = row.organisation.places.get(row.place_key)
        row.vals = {
            "name": row.name,
            "description": self._get_description(told, lost),
            **{
                name: told.get(name)
                for name in ("accessibility", "min_age", "max_age", "price_period")
            },
            **vals,
            "target_group_ids": list(dict.fromkeys(groups)),
            "area_ids": area_ids or row.vals["area_ids"][0][2],
            "place_id": place.id if place else False,
        }
        row.vals = {name: value for name, value in row.vals.items() if value}
        if "price_period" in row.vals:
            row.vals["price"] = told["price"]
        row.slots = {tuple(slot) for slot in told.get("slots", ())}

    def _get_description(self, told, lost):
        """Return the description, with what no field is made for below it."""
        labels = {
            "for": self.env._("For: %s"),
            "about": self.env._("About: %s"),
            "cost": self.env._("Cost: %s"),
            "times": self.env._("When: %s"),
            "join": self.env._("How to join: %s"),
            "alert": self.env._("Note: %s"),
            "accreditation": self.env._("Recognition: %s"),
            "url": self.env._("More: %s"),
        }
        genders = {
            "female": self.env._("For women and girls only"),
            "male": self.env._("For men and boys only"),
        }
        notes = [genders[text] for text in lost.pop("gender", ())]
        for kind, label in labels.items():
            if texts := list(dict.fromkeys(lost.get(kind, ()))):
                separator = ", " if kind in ("for", "about") else "\n"
                notes.append(label % separator.join(texts))
        parts = [told.get("full_name"), told.get("description"), "\n".join(notes)]
        return "\n\n".join(filter(None, parts))

    def _create_offerings(self):
        rows = [row for row in self.rows if not row.offering]
        offerings = self.offerings.create(
            [
                {
                    **row.vals,
                    **self._get_feed_vals(row.item.ref, row.item.checksum),
                    "provider_id": row.organisation.provider.id,
                    "target_group_ids": [
                        Command.set(row.vals.get("target_group_ids", []))
                    ],
                    "area_ids": [Command.set(row.vals.get("area_ids", []))],
                    "slot_ids": [
                        Command.create(self._get_slot_vals(slot))
                        for slot in sorted(row.slots)
                    ],
                }
                for row in rows
            ]
        )
        for row, offering in zip(rows, offerings, strict=True):
            row.offering = offering

    def _update_offerings(self):
        """Write what the feed says anew; what it does not tell stays as it is."""
        rows = [row for row in self.rows if row.outcome == "changed"]
        offerings = self.offerings.concat(*(row.offering for row in rows))
        stale = offerings.slot_ids.browse()
        slot_vals = []
        for row in rows:
            offering = row.offering.with_prefetch(offerings._prefetch_ids)
            vals = self._get_feed_vals(row.item.ref, row.item.checksum)
            if offering.feed_checksum == GONE:
                vals["active"] = True
            for name, value in row.vals.items():
                field = offering._fields[name]
                current = field.convert_to_write(offering[name], offering)
                if field.type == "many2many":
                    if set(offering[name].ids) != set(value):
                        vals[name] = [Command.set(value)]
                elif current != value:
                    vals[name] = value
            if row.slots:
                current = {self._get_slot_key(slot): slot for slot in offering.slot_ids}
                stale = stale.concat(
                    *(slot for key, slot in current.items() if key not in row.slots)
                )
                slot_vals += [
                    {**self._get_slot_vals(slot), "offering_id": offering.id}
                    for slot in sorted(row.slots - current.keys())
                ]
            offering.write(vals)
        stale.unlink()
        stale.create(slot_vals)

    @staticmethod
    def _get_slot_key(slot):
        return (
            slot.weekday,
            round(slot.hour_from, 4),
            round(slot.hour_to, 4),
            slot.date_from.isoformat() if slot.date_from else "",
            slot.date_to.isoformat() if slot.date_to else "",
        )

    @staticmethod
    def _get_slot_vals(slot):
        weekday, hour_from, hour_to, date_from, date_to = slot
        return {
            "weekday": weekday,
            "hour_from": hour_from,
            "hour_to": hour_to,
            "date_from": date_from or False,
            "date_to": date_to or False,
        }


def get_known_domain(refs, source):
    """Return a domain of what came from a feed.

    An identifier that is unique in the world need not be of the same source: a feed may
    move, and a file may get another name.

    :param set refs: identifiers in the feed
    :param str source: what tells the feed from others
    """
    unique = [ref for ref in refs if _is_uuid(ref)]
    others = list(refs.difference(unique))
    return Domain("feed_ref", "in", unique) | (
        Domain("feed_ref", "in", others) & Domain("feed_source", "=", source)
    )


def _is_uuid(text):
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
