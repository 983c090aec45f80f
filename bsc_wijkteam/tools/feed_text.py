"""Texts that come from open data or go there: without markup, without persons."""

import re
import unicodedata
from html import unescape
from urllib.parse import urlsplit

from lxml import etree

HIDDEN_TAGS = frozenset("script style head template noscript iframe object".split())
BREAK_TAGS = frozenset(
    "address article blockquote br div dd dl dt h1 h2 h3 h4 h5 h6 hr li ol p section"
    " table tr ul".split()
)
MAX_LENGTH = 20_000  # characters of a text; more is no description any more
MARKUP = re.compile(r"<[a-z!/]", re.IGNORECASE)
MAIL = re.compile(r"[^\s@<>()\[\],;:]{1,64}@[^\s@<>()\[\],;:]{1,250}\.\w{2,}")
# Numbers the Dutch way, national or with the country code, and other countries' ones.
PHONE = re.compile(
    r"(?<![\w.,€+-])"
    r"(?:(?:\+|00)31[\s.-]*(?:\(0\))?|\(?0)[\s.-]*[1-9]\d{0,3}\)?[\s./-]*"
    r"(?:\d[\s.-]?){4,8}\d(?![\w])"
    r"|(?<!\w)(?:\+|00)[1-9](?:[\s.()-]*\d){7,13}(?!\w)"
)
DATE = re.compile(r"\(?\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d\d(?!\d)")
LEFT_OUT = "…"


def to_text(value):
    """Return what HTML, or a text, says: paragraphs without markup.

    Nothing of it is run or loaded: only texts and line breaks are taken.

    :param value: a text with or without markup; anything else is no text
    :rtype: str
    """
    if not isinstance(value, str):
        return ""
    value = value[:MAX_LENGTH]
    if MARKUP.search(value):
        value = "".join(_read_html(value))
    else:
        value = unescape(value)
    text = "\n".join(filter(None, map(to_line, value.splitlines())))
    return text if re.search(r"\w", text) else ""


def _read_html(html):
    """Yield the texts of HTML, with line breaks where a browser has them."""
    parser = etree.HTMLParser(no_network=True, remove_comments=True, remove_pis=True)
    # The parser takes no lone halves of signs and no control signs.
    tree = etree.fromstring(f"<body>{to_line(html)}</body>", parser)
    hidden = 0
    for event, node in etree.iterwalk(tree, events=("start", "end")):
        is_hidden = node.tag in HIDDEN_TAGS
        if node.tag in BREAK_TAGS:
            yield "\n• " if node.tag == "li" and event == "start" else "\n"
        if event == "start":
            hidden += is_hidden
            text = node.text
        else:
            hidden -= is_hidden
            text = node.tail
        if text and not hidden:
            yield text


def to_line(value):
    """Return a text in one line, without stray spaces and invisible signs.

    :param value: a text, or a number; anything else is no text
    :rtype: str
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return ""
    # A database holds no halves of signs, and a reader sees no control signs.
    text = unicodedata.normalize("NFC", value)
    text = "".join(
        " " if unicodedata.category(char) == "Cc" else char
        for char in text
        if unicodedata.category(char) not in ("Cf", "Cs")
    )
    return re.sub(r"\s+", " ", text).strip()


def to_url(value):
    """Return a web address, empty for anything a browser might run or misread."""
    text = to_line(value)
    if text.casefold().startswith("www."):
        text = f"https://{text}"
    if not re.fullmatch(r"https?://[^\s<>\"'\\^`{|}]+", text, re.IGNORECASE):
        return ""
    try:
        host = urlsplit(text).hostname
    except ValueError:
        return ""
    return text if host and "." in host and "@" not in urlsplit(text).netloc else ""


def without_persons(text, names=()):
    """Return a text without what may be somebody's own: mail, phone, given names.

    :param str text: a text that somebody typed
    :param names: the names of those who must not be found
    :rtype: str
    """
    if not text:
        return ""
    text = MAIL.sub(LEFT_OUT, text)
    text = PHONE.sub(lambda match: match[0] if DATE.match(match[0]) else LEFT_OUT, text)
    # One word may be anything: "Trainer", "Joy".
    for name in {name for name in names if name and " " in name.strip()}:
        text = re.sub(rf"\b{re.escape(name.strip())}\b", LEFT_OUT, text, flags=re.I)
    return text
