"""What a provider types on the page about its offering, and what it means.

The page has no script: what cannot be read comes back as it was typed, with a sentence
beside it, and nothing is stored.
"""

import re
from itertools import combinations

from odoo.exceptions import ValidationError
from odoo.fields import Date
from odoo.tools import email_normalize, formatLang

from . import cells

MAX_PLACES = 1_000
MAX_ROWS = 100  # times of one offering
MAX_LENGTHS = {
    "price": 40,
    "places": 40,
    "contact_name": 100,
    "contact_phone": 40,
    "contact_email": 200,
    "remark": 1_000,
}
MIN_PHONE_DIGITS = 6
# What the names of the fields about one kind begin with.
PREFIXES = {
    "cost": "price",
    "times": "times",
    "places": "places",
    "contact": "contact",
}
CONTACT = ("name", "phone", "email")
ROW = ("weekday", "from", "to", "season")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class OfferingAnswer:
    """One filled-in form about one offering.

    ``form`` holds the texts as they stand on the page, ``errors`` a sentence per field,
    ``proposed`` what the texts mean: see ``bsc.offering._get_told``.
    """

    def __init__(self, offering, max_price):
        """Start with what we tell.

        :param offering: ``bsc.offering`` in the language of the reader
        :param int max_price: more is surely a typing error
        """
        self.env = offering.env
        self.offering = offering
        self.max_price = max_price
        self.told = offering._get_told()
        self.errors = {}
        self.form = {}
        self.proposed = {}
        self.fill(self.told)

    def fill(self, values, remark="", is_stopped=False):
        """Put what we tell, or what waits for the coach, into the form.

        :param dict values: a value per kind
        """
        cost, places = values["cost"], values["places"]
        self.form = {
            "price": cost["price"] and formatLang(self.env, cost["price"]) or "",
            "price_period": cost["price_period"] or "",
            "is_trial_free": cost["is_trial_free"],
            "rows": [
                {
                    "weekday": weekday,
                    "from": start,
                    # A clock knows no 24:00.
                    "to": "00:00" if end == "24:00" else end,
                    "season": "/".join(date or "" for date in season),
                    "is_removed": False,
                }
                for weekday, start, end, *season in values["times"]
            ],
            "places": "" if places is None else str(places),
            **{f"contact_{name}": values["contact"][name] for name in CONTACT},
            "is_stopped": is_stopped,
            "remark": remark or "",
        }

    def add_row(self):
        """Add an empty row for one more time."""
        if len(self.form["rows"]) < MAX_ROWS:
            row = dict.fromkeys(ROW, "")
            self.form["rows"].append({**row, "is_removed": False})

    def take(self, post):
        """Read what was typed; ``errors`` stays empty when all of it is understood.

        :param dict post: the fields of the page
        """
        names = ("price", "price_period", *MAX_LENGTHS)
        self.form = {name: self._get_text(post, name) for name in names}
        for name in ("is_trial_free", "is_stopped"):
            self.form[name] = bool(post.get(name))
        self.form["rows"] = [
            {
                **{name: self._get_text(post, f"{name}_{number}") for name in ROW},
                "is_removed": bool(post.get(f"is_removed_{number}")),
            }
            for number in range(MAX_ROWS)
            if f"weekday_{number}" in post
        ]
        self._check_texts()
        # What has stopped needs no price; the rest of the form is left as it was.
        if self.form["is_stopped"]:
            return
        for kind, prefix in PREFIXES.items():
            if not any(name.startswith(prefix) for name in self.errors):
                self.proposed[kind] = getattr(self, f"_read_{kind}")()

    @staticmethod
    def _get_text(post, name):
        text = str(post.get(name) or "").replace("\r\n", "\n")
        return CONTROL.sub("", text).strip()

    def _check_texts(self):
        """Refuse what is too long and what may not be stored."""
        for name, maximum in MAX_LENGTHS.items():
            text = self.form[name]
            if len(text) > maximum:
                self.errors[name] = self.env._(
                    "This is too long: %(length)s characters. At most %(maximum)s fit.",
                    length=len(text),
                    maximum=maximum,
                )
                continue
            try:
                self.env["bsc.privacy.mixin"]._check_text_no_bsn(text)
            except ValidationError as error:
                self.errors[name] = error.args[0]

    def _read_cost(self):
        text, period = self.form["price"], self.form["price_period"]
        periods = self.offering._fields["price_period"].get_values(self.env)
        period = period if period in periods else False
        told = self.told["cost"]
        price = 0
        if period != "free" and text:
            price, named = self._read_price(text)
            period = "free" if named == "free" else period or named
            if not period and "price" not in self.errors:
                self.errors["price_period"] = self.env._(
                    "Choose what the price is for: per session, per month …"
                )
        elif (
            period
            and period != "free"
            and (told["price"] or period != told["price_period"])
        ):
            self.errors["price"] = self.env._(
                "Fill in the price, or choose “Free of charge”."
            )
        return {
            "price": price,
            "price_period": period,
            "is_trial_free": self.form["is_trial_free"] and period != "free",
        }

    def _read_price(self, text):
        try:
            price, period = cells.parse_price(cells.clean(text).lstrip("-–−"))
        except ValueError:
            self.errors["price"] = self.env._(
                "“%(text)s” is not an amount. Write it like this: %(example)s",
                text=text,
                example=formatLang(self.env, 12.5),
            )
            return 0, False
        if text.startswith(("-", "–", "−")) and price:
            self.errors["price"] = self.env._("A price cannot be below zero.")
        elif price > self.max_price:
            self.errors["price"] = self.env._(
                "This price is too high: it lies between 0 and %(maximum)s.",
                maximum=formatLang(self.env, self.max_price, digits=0),
            )
        return round(price, 2), period

    def _read_times(self):
        times, slots = [], []
        for number, row in enumerate(self.form["rows"]):
            if row["is_removed"] or not (row["weekday"] or row["from"] or row["to"]):
                continue
            try:
                time = self._read_time(row)
            except ValueError as error:
                self.errors[f"times_{number}"] = error.args[0]
                continue
            vals = self.offering.slot_ids._get_told_vals(time)
            times.append(time)
            slots.append((number, self.offering.slot_ids.new(vals)))
        for (_number, one), (number, other) in combinations(slots, 2):
            if one._overlaps(other):
                self.errors[f"times_{number}"] = self.env._(
                    "This is at the same moment as %(time)s.", time=one.display_name
                )
        return sorted(times, key=str)

    def _read_time(self, row):
        days = self.offering.slot_ids._fields["weekday"].get_values(self.env)
        if row["weekday"] not in days:
            raise ValueError(self.env._("Choose the day."))
        hours = []
        for text in (row["from"], row["to"]):
            match = re.fullmatch(r"(\d{1,2})(?:[:.](\d{2}))?", text)
            hour, minute = map(int, match.groups("0")) if match else (99, 0)
            if hour > 24 or minute > 59 or (hour == 24 and minute):
                raise ValueError(
                    self.env._("Write from when until when, like 19:30 and 20:30.")
                )
            hours.append(f"{hour:02d}:{minute:02d}")
        start, end = hours
        end = "24:00" if end == "00:00" else end
        if not start < end:
            raise ValueError(self.env._("This time ends before it begins."))
        return [row["weekday"], start, end, *self.read_season(row["season"])]

    @staticmethod
    def read_season(text):
        """Return the season of a time as it stood in the form, not typed by anyone."""
        try:
            dates = [date and Date.to_date(date[:10]) for date in text.split("/")]
            first, last = dates
        except ValueError:
            return [False, False]
        if first and last and first > last:
            return [False, False]
        return [date.isoformat() if date else False for date in dates]

    def _read_places(self):
        text = self.form["places"]
        if not text:
            return None
        if not re.fullmatch(r"[0-9]+", text) or int(text) > MAX_PLACES:
            self.errors["places"] = self.env._(
                "Write a whole number from 0 to %(maximum)s, or leave it empty when"
                " everybody can come.",
                maximum=formatLang(self.env, MAX_PLACES, digits=0),
            )
            return None
        return int(text)

    def _read_contact(self):
        contact = {name: self.form[f"contact_{name}"] for name in CONTACT}
        contact = {name: " ".join(text.split()) for name, text in contact.items()}
        if contact == self.told["contact"]:
            return contact
        phone, email = contact["phone"], contact["email"]
        if (phone or email) and not contact["name"]:
            self.errors["contact_name"] = self.env._(
                "Fill in the name of the contact person."
            )
        if phone and sum(char.isdigit() for char in phone) < MIN_PHONE_DIGITS:
            self.errors["contact_phone"] = self.env._(
                "“%(text)s” is not a phone number.", text=phone
            )
        if email and not email_normalize(email):
            self.errors["contact_email"] = self.env._(
                "“%(text)s” is not an e-mail address.", text=email
            )
        return contact
