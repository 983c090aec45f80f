"""Which organisation a row of a list of activities means."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from odoo.fields import Domain
from odoo.models import Model
from odoo.tools import SQL

from ..models.bsc_sport import normalise
from . import cells
from .list_rows import get_place_key


@dataclass(eq=False)
class Organisation:
    """A provider of the list: known as provider, known as contact, or new."""

    name: str
    registry: str = ""
    partner: Model = None
    provider: Model = None
    towns: set = field(default_factory=set)
    sites: set = field(default_factory=set)
    places: dict = field(default_factory=dict)  # ``res.partner`` or None, by place key
    vals: dict = field(default_factory=dict)  # what the list adds to the contact

    def may_be(self, row):
        """Tell whether a row that bears the name of this organisation may mean it.

        The same name in another town and with another website is somebody else.
        """
        if not row.town or not self.towns:
            return True
        return row.town in self.towns or (row.site and row.site in self.sites)


class OrganisationFinder:
    """Finds one organisation for every row.

    The chamber-of-commerce number decides: the same number is the same organisation
    whatever its name, and another number is another organisation even under the same
    name. Without a number on either side the name decides, see
    :meth:`Organisation.may_be`.

    :param listed: the :class:`ListRows` to find organisations for
    """

    def __init__(self, listed):
        self.listed = listed
        self.env = listed.env
        self.by_registry = {}
        self.by_name = defaultdict(list)
        self.offerings = listed.offerings.with_context(active_test=False)

    def find(self):
        """Set the organisation of every row that has nothing wrong."""
        rows = [row for row in self.listed.rows if not row.is_wrong]
        default = self._load_known(rows)
        spellings = defaultdict(Counter)
        # Rows with a number first: what they tell helps to place those without.
        for row in sorted(rows, key=lambda row: not row.cells["provider_registry"]):
            if not row.cells["provider_id"]:
                row.organisation = default
                row.cells["provider_id"] = default.name
                continue
            name, registry = row.cells["provider_id"], row.cells["provider_registry"]
            found = self.by_registry.get(registry) or self._find_by_name(row)
            if row.is_wrong:
                continue
            if not found:
                found = Organisation(name)
                self.by_name[normalise(name)].append(found)
            if registry:
                found.registry = registry
                self.by_registry[registry] = found
            found.towns |= {row.town} - {""}
            found.sites |= {row.site} - {""}
            spellings[found][name] += 1
            row.organisation = found
        for organisation, counts in spellings.items():
            if not organisation.partner:
                organisation.name = counts.most_common(1)[0][0]

    def _find_by_name(self, row):
        """Return the organisation whose name a row bears, if there is one."""
        name, registry = row.cells["provider_id"], row.cells["provider_registry"]
        found = [
            organisation
            for organisation in self.by_name[normalise(name)]
            if organisation.may_be(row) and not (registry and organisation.registry)
        ]
        # Among namesakes the nearest is meant, and a provider rather than a contact.
        for is_nearer in (
            lambda organisation: row.site in organisation.sites,
            lambda organisation: row.town in organisation.towns,
            lambda organisation: organisation.provider,
        ):
            found = [one for one in found if is_nearer(one)] or found
        if len(found) > 1 and not registry:
            self.listed.refuse(
                row,
                self.env._(
                    "More than one organisation is called “%(name)s”: add its"
                    " chamber-of-commerce number.",
                    name=name,
                ),
            )
        return found[0] if found else None

    def _load_known(self, rows):
        """Load providers and contacts with a number or a name of the list.

        :return: the organisation a row without a provider means, if there is one
        """
        partners, providers = self._search_known(rows)
        places = (
            self.env["res.partner"]
            .with_context(active_test=False)
            .search_fetch(
                [("parent_id", "in", partners.ids), ("type", "!=", "contact")],
                ["parent_id", "name", "street", "zip", "city"],
                order="id",
            )
            .grouped("parent_id")
        )
        self.offerings = self.offerings.search_fetch(
            [("provider_id", "in", [provider.id for provider in providers.values()])],
            order="id",
        )
        offerings = self.offerings.grouped("provider_id")
        default = None
        for partner in partners.sorted(lambda partner: partner not in providers):
            provider = providers.get(partner)
            # Activities may also meet at a contact of somebody else, such as a hall.
            own_places = offerings.get(provider, self.offerings.browse()).place_id
            own_places |= places.get(partner, own_places.browse())
            towns = {normalise(place.city) for place in partner | own_places}
            registry = re.sub(r"\D", "", partner.company_registry or "")
            organisation = Organisation(
                partner.name or "",
                registry.zfill(8) if registry else "",
                partner,
                provider,
                towns - {""},
                {cells.site_of(partner.website or "")} - {""},
                {
                    get_place_key(
                        place.name, place.street, place.zip, place.city
                    ): place
                    for place in reversed(own_places)
                },
            )
            self.by_name[normalise(partner.name)].append(organisation)
            if registry:
                self.by_registry.setdefault(organisation.registry, organisation)
            if provider and provider == self.listed.default_provider:
                default = organisation
        return default

    def _search_known(self, rows):
        """Search providers and contacts with a number or a name of the list.

        :return: tuple of the contacts, and a dictionary from contact to provider
        """
        registries = {row.cells["provider_registry"] for row in rows} - {""}
        names = {normalise(row.cells["provider_id"]) for row in rows} - {""}
        company = self.env.company

        def is_named_or_numbered(model, alias, query):
            # As ``normalise`` and ``parse_registry`` do it, but in the database.
            return SQL(
                r"(lpad(regexp_replace(%s, '\D', '', 'g'), 8, '0') = ANY(%s)"
                r" OR lower(btrim(regexp_replace(regexp_replace(normalize(%s, NFKD),"
                r" '[\u0300-\u036f]', '', 'g'), '\s+', ' ', 'g'))) = ANY(%s))",
                model._field_to_sql(alias, "company_registry", query),
                list(registries),
                model._field_to_sql(alias, "name", query),
                list(names),
            )

        Partner = self.env["res.partner"].with_context(active_test=False)
        Provider = self.env["bsc.provider"].with_context(active_test=False)
        own = Domain("company_id", "=", company.id)
        partners = Partner.search_fetch(
            Domain.custom(to_sql=is_named_or_numbered)
            & Domain("parent_id", "=", False)
            & Domain("company_id", "in", [False, company.id])
            & (
                Domain("bsc_provider_ids", "any", own)
                | Domain([("is_company", "=", True), ("active", "=", True)])
            ),
            ["name", "company_registry", "city", "website", "email", "phone"],
            order="id",
        )
        if self.listed.default_provider:
            partners |= self.listed.default_provider.partner_id
        providers = Provider.search_fetch(
            own & Domain("partner_id", "in", partners.ids), ["partner_id", "active"]
        )
        return partners, {provider.partner_id: provider for provider in providers}
