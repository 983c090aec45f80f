"""A file of open data: which kind of feed it is, and the items in it.

Files come from others. Whatever is in them, reading ends in items or in one sentence;
an item that cannot be read says why and does not keep the others from being read.
"""

import json
from dataclasses import dataclass, field
from hashlib import sha256

from ..models.bsc_offering import MAX_NAME
from ..models.bsc_privacy_mixin import contains_bsn
from .feed_hsds import read_service
from .feed_openactive import read_event
from .feed_text import to_line, to_url

MAX_BYTES = 20 * 2**20
MAX_ITEMS = 20_000
MAX_REF = 200  # characters of an identifier that are stored as they are
PAGE_KEYS = ("contents", "content")  # where a page of services has them, old and new


@dataclass(eq=False)
class FeedItem:
    """One activity of a feed, in our own words, or the reason why it is none."""

    ref: str = ""
    is_gone: bool = False  # no longer offered
    is_double: bool = False  # the same identifier comes again
    modified: int = 0
    # What is the matter, see ``feed_words``: an item with a problem is left out.
    problem: str = ""
    remarks: list = field(default_factory=list)
    # What the feed tells, the same in whatever language it is read:
    vals: dict = field(default_factory=dict)
    organisation: dict = field(default_factory=dict)

    @property
    def name(self):
        return self.vals.get("name", "")

    @property
    def checksum(self):
        return get_checksum(self.vals)


class FeedError(ValueError):
    """The file is no feed that can be read; says why, see ``feed_words``."""


def get_checksum(vals):
    """Return what changes when one of the values changes."""
    text = json.dumps(vals, sort_keys=True, ensure_ascii=False)
    return sha256(text.encode()).hexdigest()


def read_feed(content, zone, currency):
    """Read a file of open data.

    :param bytes content: the file
    :param zone: time zone of the clock that times are told on here
    :param str currency: code of the currency that prices are kept in here
    :return: tuple of the address the feed gives as its own (or an empty string),
        and the list of :class:`FeedItem`
    :raise FeedError: when this is no feed
    """
    feed = _load(content)
    entries, read, address = _find_entries(feed)
    if not entries:
        raise FeedError("no_items")
    if len(entries) > MAX_ITEMS:
        raise FeedError("too_many")
    items = [_read_entry(entry, read, zone, currency) for entry in entries]
    if not any(item.ref for item in items):
        raise FeedError("no_refs")
    _mark_doubles(items)
    return address, items


def _load(content):
    if not content.strip():
        raise FeedError("empty")
    try:
        return json.loads(content)  # knows the Unicode encodings by their first bytes
    except UnicodeDecodeError as error:
        raise FeedError("encoding") from error
    except RecursionError as error:
        raise FeedError("deep_file") from error
    except ValueError as error:
        raise FeedError("not_json") from error


def _find_entries(feed):
    """Return the entries of a feed, what reads one of them, and its own address."""
    if isinstance(feed, list):
        return feed, _read_service, ""
    if isinstance(feed, dict):
        if isinstance(feed.get("items"), list):
            return feed["items"], _read_change, to_url(feed.get("next"))
        for key in PAGE_KEYS:
            if isinstance(feed.get(key), list):
                return feed[key], _read_service, ""
        if feed.get("id") and feed.get("name"):
            return [feed], _read_service, ""
    raise FeedError("no_feed")


def _read_entry(entry, read, zone, currency):
    item = FeedItem()
    if not isinstance(entry, dict):
        item.problem = "no_activity"
        return item
    item.ref = _read_ref(entry.get("id", entry.get("@id")))
    if not item.ref:
        item.problem = "no_ref"
        return item
    try:
        read(item, entry, zone, currency)
    except RecursionError:
        item.problem = "deep_item"
    if item.problem or item.is_gone:
        return item
    _check(item)
    return item


def _read_ref(value):
    """Return an identifier as it can be stored and searched.

    A long one is stored as its digest. So is one that might be a citizen service
    number: it surely is not, but nobody could tell.
    """
    ref = to_line(value)
    if len(ref) > MAX_REF or contains_bsn(ref):
        return sha256(ref.encode()).hexdigest()
    return ref


def _read_service(item, entry, zone, currency):
    status = to_line(entry.get("status")).casefold()
    item.is_gone = status in ("inactive", "defunct", "temporarily closed")
    read_service(item, entry, zone, currency)


def _read_change(item, entry, zone, currency):
    """Read an item of a feed of changes (Realtime Paged Data Exchange)."""
    modified = to_line(entry.get("modified"))
    item.modified = int(modified) if modified.isdecimal() and len(modified) < 30 else 0
    state = to_line(entry.get("state")).casefold()
    item.is_gone = state == "deleted"
    if state not in ("updated", "deleted"):
        item.problem = "no_state"
    elif not item.is_gone and not isinstance(entry.get("data"), dict):
        item.problem = "no_data"
    elif not item.is_gone:
        read_event(item, entry["data"], zone, currency)


def _check(item):
    """Say why an item cannot become an activity; cut what is too long."""
    organisation, vals = item.organisation, item.vals
    if not item.name:
        item.problem = "no_name"
    elif not organisation.get("name"):
        item.problem = "no_provider"
    elif any(map(contains_bsn, _get_texts([vals, organisation]))):
        item.problem = "bsn"
    if len(item.name) > MAX_NAME:
        vals["full_name"] = item.name
        vals["name"] = _cut(item.name)
        item.remarks.append("long_name")
    organisation["name"] = _cut(organisation.get("name", ""))
    organisation["ref"] = _read_ref(organisation.get("ref"))


def _cut(name):
    return name if len(name) <= MAX_NAME else f"{name[: MAX_NAME - 1].rstrip()}…"


def _get_texts(value):
    """Yield all texts in a value, identifiers left aside."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, part in value.items():
            if key not in ("ref", "registry"):
                yield from _get_texts(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _get_texts(part)


def _mark_doubles(items):
    """Keep one item of those with the same identifier: the newest, else the last."""
    kept = {}
    for item in items:
        if not item.ref:
            continue
        other = kept.get(item.ref)
        if other and other.modified > item.modified:
            item.is_double = True
            continue
        if other:
            other.is_double = True
        kept[item.ref] = item
