"""A list of activities on its way to providers, places and offerings."""

from collections import defaultdict
from itertools import chain

from odoo.fields import Command

from ..models.bsc_sport import normalise
from . import cells
from .cells import clean
from .list_organisations import OrganisationFinder
from .list_rows import PLACE_COLUMNS, PROVIDER_COLUMNS, ListRows, get_place_key


class OfferingList(ListRows):
    """A list of activities, taken step by step.

    Every step looks at all rows at once, so the number of queries does not grow with
    the list, and all that is wrong is told in one go.
    """

    def __init__(self, offerings, names, data):
        super().__init__(offerings, names, data)
        self.kept = []  # one row for every activity
        self.passed = []  # these and the wrong ones: Odoo may find more wrong with them
        self.line_indexes = []

    def prepare(self):
        """Read the list, and create the sports, providers and places it needs.

        :return: tuple of names and matrix: what Odoo's ``load`` is left to read
        """
        self.read_cells()
        self._find_sports()
        finder = OrganisationFinder(self)
        finder.find()
        self._find_places()
        self._find_areas()
        self._merge_doubles()
        self._create_providers()
        self._create_places()
        self._find_offerings(finder.offerings)
        wrong = [row for row in self.rows if row.is_wrong]
        self.passed = sorted(self.kept + wrong, key=lambda row: row.index)
        lines = []
        for row in self.passed:
            lines.extend(row.others)
            self.line_indexes.extend([row.index] * len(row.others))
        return self.other_names, lines

    def add_messages(self, messages):
        """Add what Odoo's ``load`` says, about the rows as they stand in the list."""
        for message in messages:
            if "rows" in message:
                rows = {
                    key: self.line_indexes[index]
                    for key, index in message["rows"].items()
                }
                message = {**message, "rows": rows, "record": rows["from"]}
            self.messages.append(message)

    # looking up

    def _find_sports(self):
        """Match the spelling of every row to a sport, or say that it is unknown."""
        known = self.env["bsc.sport"]._get_by_spelling()
        unknown = defaultdict(list)
        for row in self.rows:
            spelling = normalise(row.cells["sport_id"] or row.cells["name"])
            row.sport = known.get(spelling, self.env["bsc.sport"])
            if row.cells["sport_id"] and not row.sport:
                unknown[spelling].append(row)
        if not unknown:
            return
        # What the import screen offers to do about values it cannot match.
        context = self.env.context
        if context.get("name_create_enabled_fields", {}).get("sport_id"):
            sports = self.env["bsc.sport"].create(
                [{"name": rows[0].cells["sport_id"]} for rows in unknown.values()]
            )
            for sport, rows in zip(sports, unknown.values(), strict=True):
                for row in rows:
                    row.sport = sport
        elif "sport_id" in context.get("import_skip_records", ()):
            skipped = set(chain(*unknown.values()))
            self.rows = [row for row in self.rows if row not in skipped]
        elif "sport_id" not in context.get("import_set_empty_fields", ()):
            names = sorted({sport.name for sport in known.values()}, key=normalise)
            for row in chain(*unknown.values()):
                spelling = row.cells["sport_id"]
                self.refuse(
                    row,
                    self.env._(
                        "The sport “%(spelling)s” is not known: correct it, or choose"
                        " below to create new values.",
                        spelling=spelling,
                    ),
                    field="sport_id",
                    value=spelling,
                    moreinfo=names,
                )

    def _find_places(self):
        """Tell the places of every organisation apart, known ones and new ones."""
        for row in self.rows:
            if row.organisation:
                row.place_key = get_place_key(
                    *(row.cells[column] for column in PLACE_COLUMNS)
                )
                row.organisation.places.setdefault(row.place_key, None)

    def _find_areas(self):
        """Find the neighbourhoods of all postcodes, in one query."""
        by_postcode = self.env["bsc.area"]._find_by_postcodes(
            postcode for row in self.rows for postcode in row.postcodes
        )
        lost = 0
        for row in self.rows:
            areas = self.env["bsc.area"].union(
                *(by_postcode[postcode[:4]] for postcode in row.postcodes)
            )
            row.vals["area_ids"] = [Command.set(areas.ids)]
            lost += bool(row.postcodes and not areas)
        if lost:
            self.messages.append(
                {
                    "type": "warning",
                    "message": self.env._(
                        "No neighbourhood was found for %(count)s of the rows: their"
                        " municipality is not loaded, or their postcode is not the most"
                        " common one of a neighbourhood.",
                        count=lost,
                    ),
                }
            )

    def _merge_doubles(self):
        """Keep one row of those that say the same; their times add up."""
        kept = defaultdict(list)
        for row in self.rows:
            if row.is_wrong:
                continue
            self._set_name(row)
            same = kept[row.organisation, row.sport, row.place_key, row.name_key]
            earlier = next((one for one in same if self._says_the_same(one, row)), None)
            if earlier:
                self._merge(earlier, row)
            else:
                same.append(row)
                self.kept.append(row)

    def _set_name(self, row):
        """Name the activity: as the list does, else after its sport.

        Where the list knows the provider by another name, that stays visible.
        """
        name, alias = row.cells["name"], row.cells["provider_id"]
        row.name = name or row.cells["sport_id"]
        if name or not row.sport:
            row.name_key = normalise(row.name)
        if not cells.is_same_name(normalise(alias), normalise(row.organisation.name)):
            self.remark(
                row,
                self.env._(
                    "The chamber-of-commerce number belongs to a provider with another"
                    " name: the activity is added there."
                ),
            )
            if not name:
                row.name = f"{row.name} – {alias}"
                row.name_key = normalise(row.name)

    def _says_the_same(self, one, other):
        """Tell whether two rows of one activity differ in nothing but their times."""
        own = (
            (one.vals.get(name), other.vals.get(name))
            for name in ("price", "price_period", "is_adapted")
        )
        rest = (
            (clean(mine) or None, clean(others) or None)
            for mine, others in zip(one.others[0], other.others[0], strict=True)
        )
        return all(None in pair or pair[0] == pair[1] for pair in chain(own, rest))

    def _merge(self, row, double):
        if double.slots <= row.slots:
            self.remark(
                double,
                self.env._(
                    "This repeats an earlier row (same provider, sport and place):"
                    " together they become one activity."
                ),
            )
        row.slots |= double.slots
        row.vals = {**double.vals, **row.vals}
        row.others[0] = [
            mine or others
            for mine, others in zip(row.others[0], double.others[0], strict=True)
        ]

    # creating

    def _create_providers(self):
        """Make providers of new organisations, and complete the known ones."""
        organisations = dict.fromkeys(row.organisation for row in self.kept)
        for row in self.kept:
            self._collect_provider_vals(row)
        new = [one for one in organisations if not one.provider]
        providers = self.env["bsc.provider"].create(
            [
                {"partner_id": one.partner.id}
                if one.partner
                else {"name": one.name, **one.vals}
                for one in new
            ]
        )
        for organisation, provider in zip(new, providers, strict=True):
            organisation.provider = provider
            if not organisation.partner:
                organisation.partner = provider.partner_id
                organisation.vals = {}
        for organisation in organisations:
            if organisation.vals:
                organisation.partner.write(organisation.vals)

    def _collect_provider_vals(self, row):
        """Keep what a row tells that is not known of its provider yet."""
        partner, vals = row.organisation.partner, row.organisation.vals
        row.cells["provider_website"] = cells.parse_website(
            row.cells["provider_website"]
        )
        for column, name in PROVIDER_COLUMNS.items():
            if row.cells[column] and not (partner and partner[name]):
                vals.setdefault(name, row.cells[column])

    def _create_places(self):
        """Make the places that are not known yet, as addresses of their provider."""
        wanted = defaultdict(lambda: defaultdict(str))
        for row in self.kept:
            if row.place_key and not row.organisation.places[row.place_key]:
                texts = wanted[row.organisation, row.place_key]
                for column in PLACE_COLUMNS:
                    texts[column] = texts[column] or row.cells[column]
        vals_list = []
        for (organisation, _key), texts in wanted.items():
            partner = organisation.partner.commercial_partner_id
            vals_list.append(
                {
                    **partner._convert_fields_to_values(partner._commercial_fields()),
                    "type": "other",
                    "parent_id": organisation.partner.id,
                    "name": next(filter(None, texts.values())),
                    "street": texts["place_street"],
                    "zip": texts["place_zip"],
                    "city": texts["place_city"],
                    "country_id": self.env.company.country_id.id,
                }
            )
        # The commercial fields are in the values: syncing each place with its parent
        # would find nothing to do, but cost queries for each of them.
        places = (
            self.env["res.partner"]
            .with_context(_partners_skip_fields_sync=True)
            .create(vals_list)
        )
        for (organisation, key), place in zip(wanted, places, strict=True):
            organisation.places[key] = place

    def _find_offerings(self, offerings):
        """Find the activities that are known, and set the values of every row.

        :param offerings: what the known providers of the list offer, oldest first
        """
        known = defaultdict(list)
        for offering in offerings:
            place = offering.place_id
            place_key = get_place_key(place.name, place.street, place.zip, place.city)
            known[offering.provider_id, offering.sport_id, place_key].append(offering)
        candidates = [
            known[row.organisation.provider, row.sport, row.place_key]
            for row in self.kept
        ]
        for row, left in zip(self.kept, candidates, strict=True):
            for offering in left:
                if normalise(offering.name) == normalise(row.name):
                    row.offering = offering
                    left.remove(offering)
                    break
        for row, left in zip(self.kept, candidates, strict=True):
            # Who renamed an activity here still means the same one.
            if not row.offering and left and row.sport and not row.cells["name"]:
                row.offering = left.pop(0)
            if row.offering:
                self._keep_changes(row)
            else:
                self._set_new_vals(row)

    def _set_new_vals(self, row):
        """Set the values of a new activity."""
        provider, place = (
            row.organisation.provider,
            row.organisation.places.get(row.place_key),
        )
        website = row.cells["provider_website"]
        own_site = cells.site_of(provider.partner_id.website or "")
        # What the list tells and no field is made for.
        notes = [row.cells["is_adapted"]]
        if website and cells.site_of(website) != own_site:
            notes.append(website)
        if any(notes) and not self.get_other(row, "description"):
            row.vals["description"] = "\n".join(filter(None, notes))
        row.vals |= {
            "name": row.name,
            "provider_id": provider.id,
            "sport_id": row.sport.id,
            "place_id": place.id if place else False,
            "slot_ids": [self._get_slot_command(slot) for slot in sorted(row.slots)],
        }

    def _keep_changes(self, row):
        """Keep the values that are new; areas only where there are none."""
        offering = row.offering
        areas = row.vals.pop("area_ids")
        row.vals = {
            name: value for name, value in row.vals.items() if value != offering[name]
        }
        if not offering.area_ids and areas != [Command.set([])]:
            row.vals["area_ids"] = areas
        if row.slots:
            wanted = {self._get_slot_key(*slot): slot for slot in row.slots}
            known = {
                self._get_slot_key(slot.weekday, slot.hour_from, slot.hour_to): slot
                for slot in offering.slot_ids
            }
            commands = [
                Command.delete(known[key].id) for key in known.keys() - wanted.keys()
            ] + [
                self._get_slot_command(wanted[key])
                for key in sorted(wanted.keys() - known.keys())
            ]
            if commands:
                row.vals["slot_ids"] = commands
        if not offering.active or not offering.provider_id.active:
            self.remark(
                row,
                self.env._("This activity or its provider is archived, and stays so."),
            )

    @staticmethod
    def _get_slot_key(weekday, hour_from, hour_to):
        return weekday, round(hour_from * 60), round(hour_to * 60)

    @staticmethod
    def _get_slot_command(slot):
        weekday, hour_from, hour_to = slot
        return Command.create(
            {"weekday": weekday, "hour_from": hour_from, "hour_to": hour_to}
        )
