"""What people write in the cells of a list, and what they mean by it.

Pure functions: every ``parse_…`` takes the text of one cell (see :func:`clean`) and
raises ``ValueError`` when it cannot be read. Who calls them words the error. Lists come
in Dutch and in English, so both are understood, whatever the language of the user.
"""

import re
import unicodedata

FREE = frozenset(
    "free gratis kosteloos nihil vrij geen none geenkosten nocost freeofcharge".split()
)
UNKNOWN = frozenset("? - – — . n.v.t. nvt n/a onbekend unknown".split())
PERIODS = {
    "session": "session sessie keer les lesson class training bezoek visit time",
    "month": "month maand mnd m pm monthly maandelijks",
    "quarter": "quarter kwartaal quarterly",
    "season": "season seizoen",
    "year": "year jaar jr j pj yearly annually jaarlijks",
    "once": "once eenmalig",
}
PERIOD_BY_WORD = {word: key for key, words in PERIODS.items() for word in words.split()}
PERIOD_FILLERS = frozenset("per p a pp persoon person each every elke iedere".split())
AMOUNT = re.compile(
    r"(?:€|euro?\b)?\s*"
    r"(?P<whole>\d{1,3}(?:[., ]\d{3})+(?!\d)|\d+)"
    r"(?:[.,](?P<cents>\d{1,2}(?!\d)|[-–—=]+))?"
    r"\s*(?:€|euro?\b)?(?P<period>[^\d€]*)"
)
WEEKDAYS = (
    "ma maandag mon monday",
    "di dinsdag tue tues tuesday",
    "wo woensdag wed wednesday",
    "do donderdag thu thur thurs thursday",
    "vr vrijdag fri friday",
    "za zaterdag sat saturday",
    "zo zondag sun sunday",
)
WEEKDAY_BY_WORD = {
    word: number for number, words in enumerate(WEEKDAYS) for word in words.split()
}
EVERY_DAY = frozenset(("dagelijks", "daily"))
TO = r"(?:-|–|—|t/m|tot en met|tot|to|till|until|through)"
TIME = r"\d{1,2}(?:[:.hu]\d{2})?\s*(?:uur|u|h|am|pm)?(?![a-z])"
HOURS = re.compile(rf"(?:van\s+|from\s+)?({TIME})\s*{TO}\s*({TIME})")
DAYS_AND_HOURS = re.compile(rf"[\s,;]*(?P<days>\D+?)[\s:]*(?P<hours>{HOURS.pattern})")
YES = frozenset("ja j yes y x true waar 1 v ✓ ✔".split())
NO = frozenset("nee n no false onwaar 0".split())


def clean(value):
    """Return the text of a cell without stray, double and invisible spaces.

    A cell that says in words or signs that it is empty ("?", "n.v.t.") is empty.

    :param value: a cell as read from a file: mostly text, sometimes a date or False
    :rtype: str
    """
    text = unicodedata.normalize("NFC", str(value or ""))
    text = "".join(char for char in text if unicodedata.category(char) != "Cf")
    text = re.sub(r"\s+", " ", text).strip()
    return "" if text.casefold() in UNKNOWN else text


def parse_registry(text):
    """Return a chamber-of-commerce number, empty where the cell holds no number.

    A spreadsheet drops the zero such a number may start with: seven digits get it back.
    """
    digits = re.sub(r"\D", "", text)
    if not digits:
        return ""
    if len(digits) not in (7, 8):
        raise ValueError(text)
    return digits.zfill(8)


def parse_postcodes(text):
    """Return the postcodes of a cell as ``["1033 LW", "1032 LH"]``."""
    postcodes = []
    for part in re.split(r"[,;/|+&]|\ben\b|\band\b", text):
        match = re.fullmatch(r"\s*([1-9]\d{3})\s*([A-Za-z]{2})?\s*", part)
        if not match:
            raise ValueError(text)
        postcodes.append(" ".join(filter(None, match.groups())).upper())
    return postcodes


def parse_price(text):
    """Return what taking part costs, and the period when the cell names it.

    :return: tuple of the amount and a key of ``price_period`` or False
    """
    text = text.casefold()
    if re.sub(r"[\W_]", "", text) in FREE:
        return 0.0, "free"
    match = AMOUNT.fullmatch(text)
    if not match:
        raise ValueError(text)
    whole = re.sub(r"\D", "", match["whole"])
    cents = re.sub(r"\D", "", match["cents"] or "")
    amount = float(f"{whole}.{cents or 0}")
    words = [
        word
        for word in re.findall(r"[^\W\d_]+", match["period"])
        if word not in PERIOD_FILLERS
    ]
    if len(words) > 1 or any(word not in PERIOD_BY_WORD for word in words):
        raise ValueError(text)
    if not amount:
        return 0.0, "free"
    return amount, PERIOD_BY_WORD[words[0]] if words else False


def parse_weekdays(text):
    """Return the weekdays of a cell as keys of ``weekday``: ``["0", "3"]``."""
    text = text.casefold()
    if text in EVERY_DAY:
        return [str(number) for number in range(7)]
    numbers = []
    for part in re.split(r"[,;&+]|/(?!m\b)|\ben\b(?! met)|\band\b", text):
        days = [_parse_weekday(day) for day in re.split(rf"\s*{TO}\s*", part.strip())]
        if len(days) == 2 and days[0] < days[1]:
            days = range(days[0], days[1] + 1)
        elif len(days) != 1:
            raise ValueError(text)
        numbers.extend(days)
    return [str(number) for number in sorted(set(numbers))]


def _parse_weekday(text):
    word = re.sub(r"(ochtend|middag|avond|morning|afternoon|evening)$", "", text)
    word = word.strip(" .'’")
    number = WEEKDAY_BY_WORD.get(word, WEEKDAY_BY_WORD.get(word.removesuffix("s")))
    if number is None:
        raise ValueError(text)
    return number


def parse_hours(text):
    """Return the hours of a cell, from and until: ``[(19.0, 20.5)]``."""
    text = text.casefold().strip(" .")
    hours = []
    for part in re.split(r"\s*[,;&]\s*|\s+en\s+(?!met)|\s+and\s+", text):
        match = HOURS.fullmatch(part)
        if not match:
            raise ValueError(text)
        start, end = (_parse_time(time) for time in match.groups())
        if not start < end <= 24:
            raise ValueError(text)
        hours.append((start, end))
    return hours


def _parse_time(text):
    hour, minute, half = re.fullmatch(
        r"(\d{1,2})(?:[:.hu](\d{2}))?\s*(uur|u|h|am|pm)?", text.strip()
    ).groups()
    hour, minute = int(hour), int(minute or 0)
    if hour > 24 or minute > 59 or (half in ("am", "pm") and hour > 12):
        raise ValueError(text)
    if half in ("am", "pm"):
        hour = hour % 12 + (12 if half == "pm" else 0)
    return hour + minute / 60


def split_days_and_hours(text):
    """Split a cell such as "di 19:00-20:00, do 20:00-21:00" in days and hours.

    :return: list of tuples of the text of the days and the text of the hours; empty
        when the cell holds something else
    """
    parts, position = [], 0
    folded = text.casefold().rstrip(" .,;")
    while position < len(folded):
        match = DAYS_AND_HOURS.match(folded, position)
        if not match:
            return []
        parts.append((match["days"].strip(), match["hours"]))
        position = match.end()
    return parts


def parse_yes_no(text):
    """Return True, False, or None where the cell says something else."""
    word = text.casefold()
    return True if word in YES else False if word in NO else None


def parse_website(text):
    """Return the first web address of a cell, empty where there is none.

    Nothing is refused: "geen website" is as common as an address.
    """
    first = re.split(r"[,;|]|\s/\s", text)[0]
    address = re.sub(r"\s", "", first).rstrip("/")
    return address if re.search(r"\w\.\w{2,}", address) else ""


def words_of(text):
    """Return the bare words of a name, to tell how much two names have in common."""
    return set(re.findall(r"\w+", re.sub(r"[.'’`-]", "", text.casefold())))


def is_same_name(one, other):
    """Tell whether two names are the same but for spelling and additions.

    ``F.C. Amsterdam`` and ``FC Amsterdam`` are, ``Kops`` and ``Sportcentrum Kops`` are,
    ``Squashclub Borchland`` and ``Golfclub Amstelborgh`` are not.
    """
    mine, others = words_of(one), words_of(other)
    if mine <= others or others <= mine:
        return True
    joined, others_joined = (
        re.sub(r"[\W_]", "", text.casefold()) for text in (one, other)
    )
    return joined in others_joined or others_joined in joined


def site_of(address):
    """Return the host of a web address, to compare: ``www.club.nl`` for its pages."""
    host = re.sub(r"^\w+://", "", parse_website(address).casefold()).split("/")[0]
    return host.removeprefix("www.")
