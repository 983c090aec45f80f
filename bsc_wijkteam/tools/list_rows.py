"""The rows of a list of activities: reading their cells, telling what is wrong."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import chain

from odoo.fields import Command
from odoo.models import Model

from ..models.bsc_offering_cost import MAX_PRICE
from ..models.bsc_privacy_mixin import contains_bsn
from ..models.bsc_sport import normalise
from . import cells
from .cells import clean
from .list_headers import find_column

# The columns read here; all others are left to Odoo's own import. What a list tells
# about the provider, with the field of the contact it belongs in:
PROVIDER_COLUMNS = {
    "provider_registry": "company_registry",
    "provider_website": "website",
    "provider_email": "email",
    "provider_phone": "phone",
}
# … about the place, in the order of :func:`get_place_key`:
PLACE_COLUMNS = ("place_id", "place_street", "place_zip", "place_city")
# … in words, in columns that are there for an import only:
WORD_COLUMNS = ("import_price", "import_days", "import_hours")
COLUMNS = frozenset(
    (
        "provider_id",
        "name",
        "sport_id",
        "is_adapted",
        *PROVIDER_COLUMNS,
        *PLACE_COLUMNS,
        *WORD_COLUMNS,
    )
)


@dataclass(eq=False)
class ListRow:
    """One row of the list, and what is found out about it."""

    index: int  # counted as in ``load``: from 0, without the header
    cells: defaultdict  # texts by column; a column the list has not is empty
    others: list  # the cells that Odoo itself reads; more lines for sub-records
    is_wrong: bool = False
    postcodes: list = field(default_factory=list)
    slots: set = field(default_factory=set)  # weekday, from, to
    sport: Model = None
    organisation: object = None
    place_key: tuple = ()
    name: str = ""
    name_key: str = ""  # tells activities of one sport at one place apart
    offering: Model = None
    vals: dict = field(default_factory=dict)

    @property
    def town(self):
        return normalise(self.cells["place_city"])

    @property
    def site(self):
        return cells.site_of(self.cells["provider_website"])

    def get_changes(self, vals):
        """Return those values read by Odoo that are new to the activity of this row.

        :param dict vals: values for ``write``
        """
        changes = {}
        for name, value in vals.items():
            current, kind = self.offering[name], self.offering._fields[name].type
            if kind == "many2one":
                current = current.id
            elif kind == "many2many":
                current = [Command.set(current.ids)]
            elif kind == "one2many" and current:
                continue  # sub-records have nothing to be found again by
            if value and value != current:
                changes[name] = value
        return changes


class ListRows:
    """The rows of a list, with all that is wrong with them.

    :param offerings: empty ``bsc.offering`` with the environment of the import
    :param names: the fields the columns of the list are for
    :param data: the matrix of the list
    """

    def __init__(self, offerings, names, data):
        self.offerings = offerings
        self.env = offerings.env
        # What a row without provider means: the one whose activities are imported.
        default_id = self.env.context.get("default_provider_id")
        own = [("id", "=", default_id), ("company_id", "=", self.env.company.id)]
        self.default_provider = default_id and self.env["bsc.provider"].search(own)
        self.names = names
        self.other_names = [name for name in names if name not in COLUMNS]
        self.messages = []
        self.rows = self._get_rows(data)
        self._drop_headers()

    @property
    def has_errors(self):
        return any(message["type"] == "error" for message in self.messages)

    def _get_rows(self, data):
        """Return the rows of the matrix; lines with sub-records join the one above."""
        fields = self.offerings._fields
        sub_records, own, others = set(), [], []
        for position, name in enumerate(self.names):
            model_field = fields.get(name.split("/")[0])
            if model_field is not None and model_field.type == "one2many":
                sub_records.add(position)
            if name in COLUMNS:
                own.append((position, name))
            else:
                others.append(position)
        rows = []
        for index, line in enumerate(data):
            rest = [line[position] for position in others]
            filled = {position for position, cell in enumerate(line) if cell}
            if rows and filled and filled <= sub_records:
                rows[-1].others.append(rest)
            elif filled:
                texts = {name: clean(line[position]) for position, name in own}
                rows.append(ListRow(index, defaultdict(str, texts), [rest]))
        return rows

    def _drop_headers(self):
        """Drop rows that repeat the header: lists are often pasted together."""
        for row in list(self.rows):
            texts = {name: text for name, text in row.cells.items() if text}
            if len(texts) > 1 and all(
                find_column(text) == name for name, text in texts.items()
            ):
                self.rows.remove(row)
                self.remark(
                    row,
                    self.env._(
                        "This repeats the names of the columns: it is left out."
                    ),
                )

    def read_cells(self):
        """Read what can be read without looking anything up."""
        for row in self.rows:
            self._read_bsn(row)
            self._read_names(row)
            self._read_registry(row)
            self._read_postcodes(row)
            self._read_price(row)
            self._read_slots(row)
            self._read_adapted(row)

    def _read_bsn(self, row):
        texts = (
            text for name, text in row.cells.items() if name != "provider_registry"
        )
        for text in chain(texts, row.others[0]):
            if contains_bsn(str(text)):
                self.refuse(
                    row,
                    self.env._(
                        "“%(text)s” contains a number that looks like a citizen service"
                        " number (BSN). It may not be stored: please remove it.",
                        text=text,
                    ),
                )

    def _read_names(self, row):
        provider = row.cells["provider_id"]
        if not provider and not self.default_provider:
            self.refuse(row, self.env._("The name of the provider is missing."))
        if not row.cells["sport_id"] and not row.cells["name"]:
            self.refuse(row, self.env._("The sport or the activity is missing."))
        # An export names a place together with the organisation it belongs to.
        row.cells["place_id"] = row.cells["place_id"].removeprefix(f"{provider}, ")

    def _read_registry(self, row):
        text = row.cells["provider_registry"]
        try:
            row.cells["provider_registry"] = cells.parse_registry(text)
        except ValueError:
            self.refuse(
                row,
                self.env._(
                    "“%(text)s” is not a chamber-of-commerce number: that has eight"
                    " digits.",
                    text=text,
                ),
            )

    def _read_postcodes(self, row):
        text = row.cells["place_zip"]
        try:
            row.postcodes = cells.parse_postcodes(text) if text else []
        except ValueError:
            self.refuse(
                row,
                self.env._(
                    "“%(text)s” is not a postcode: write four digits and two letters,"
                    " such as 2801 AB.",
                    text=text,
                ),
            )
        row.cells["place_zip"] = row.postcodes[0] if row.postcodes else ""
        if len(row.postcodes) > 1:
            self.remark(
                row,
                self.env._(
                    "Here is more than one postcode: the first becomes the address, and"
                    " the neighbourhoods of all are taken."
                ),
            )

    def _read_price(self, row):
        text = row.cells["import_price"]
        if not text:
            return
        try:
            price, period = cells.parse_price(text)
        except ValueError:
            self.refuse(
                row,
                self.env._(
                    "“%(text)s” is not a price: write one amount and what it is for,"
                    " such as 10,50 per month, or free.",
                    text=text,
                ),
            )
            return
        if price > MAX_PRICE:
            self.refuse(
                row,
                self.env._(
                    "The price “%(text)s” is too high: it lies between 0 and 10,000.",
                    text=text,
                ),
            )
            return
        row.vals["price"] = price
        if period:
            row.vals["price_period"] = period
        elif not self.get_other(row, "price_period"):
            row.vals["price_period"] = "session"
            self.remark(
                row,
                self.env._(
                    "The price does not say what it is for: it is taken as the price"
                    " per session."
                ),
            )

    def _read_slots(self, row):
        days_text, hours_text = row.cells["import_days"], row.cells["import_hours"]
        if not days_text and not hours_text:
            return
        parts = [(days_text, hours_text)]
        if not hours_text:
            parts = cells.split_days_and_hours(days_text) or parts
        for days_part, hours_part in parts:
            if not days_part or not hours_part:
                self.refuse(
                    row,
                    self.env._(
                        "“%(text)s” is only half of a time: give the day and from when"
                        " until when, such as Tuesday 19:00-20:30.",
                        text=days_part or hours_part,
                    ),
                )
                continue
            try:
                days = cells.parse_weekdays(days_part)
            except ValueError:
                self.refuse(
                    row,
                    self.env._(
                        "“%(text)s” is not a weekday: write it in full, such as Tuesday"
                        " or dinsdag.",
                        text=days_part,
                    ),
                )
                continue
            try:
                hours = cells.parse_hours(hours_part)
            except ValueError:
                self.refuse(
                    row,
                    self.env._(
                        "“%(text)s” does not say from when until when: write it as"
                        " 19:00-20:30.",
                        text=hours_part,
                    ),
                )
                continue
            # "di, do" with two times: one for each day. Else every time on every day.
            if len(days) == len(hours):
                pairs = zip(days, hours, strict=True)
            else:
                pairs = ((day, hour) for day in days for hour in hours)
            row.slots.update((day, *hour) for day, hour in pairs)

    def _read_adapted(self, row):
        text = row.cells["is_adapted"]
        if text:
            answer = cells.parse_yes_no(text)
            # Lists also answer with the disability, or with the name of the sport.
            row.vals["is_adapted"] = answer is not False
            row.cells["is_adapted"] = text if answer is None else ""

    def get_other(self, row, name):
        """Return the text of a column that Odoo itself reads, empty without column."""
        if name not in self.other_names:
            return ""
        return clean(row.others[0][self.other_names.index(name)])

    def refuse(self, row, message, **details):
        """Tell what is wrong with a row: the list cannot be taken."""
        row.is_wrong = True
        self.messages.append(self._get_message("error", row, message, **details))

    def remark(self, row, message):
        """Tell what is worth knowing about a row that can be taken."""
        self.messages.append(self._get_message("warning", row, message))

    def _get_message(self, kind, row, message, **details):
        return {
            "type": kind,
            "message": message,
            "record": row.index,
            "rows": {"from": row.index, "to": row.index},
            **details,
        }


def get_place_key(name, street, postcode, town):
    """Return what tells one place of a provider from another, empty for no place.

    In the Netherlands postcode and house number make an address, so a typing error in
    a street or another name for the hall does not make another place.
    """
    postcode = re.sub(r"\s", "", postcode or "").upper()
    street = normalise(street)
    number = re.search(r"\s(\d.*)", street)
    if postcode and number:
        street = number[1]
    address = postcode, re.sub(r"[\W_]", "", street)
    if any(address):
        return address
    name = normalise(name) or normalise(town)
    return (name,) if name else ()
