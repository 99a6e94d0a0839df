"""What a value comes to as text: a cell, a list, an object, and what an export has written of these as a string.

["Ida Tern", "Olaf Auk"]    {"name": "Ida Tern"}    "['Ida Tern' 'Olaf Auk']"    {"$date": "2024-05-01T10:00:00Z"}
"""

from __future__ import annotations

import ast
import datetime
import functools
import json
import math
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import urlsplit

from pipeline.stages import lexicon
from pipeline.storage.readers.mended import mended
from pipeline.storage.readers.times import zoned

__all__ = ["BRACKETS", "TIMES", "is_address", "is_nothing", "lines", "opened", "text"]

TIMES = frozenset({"published", "modified", "fetched", "embargo"})
#: `_STRIPPED`: fields without the spaces around them. `_SINGLE`: a list counts with its first value; in all others its
#: values are joined with "; ".
_STRIPPED = frozenset({"source_id", "url", "canonical_url", "origin_url", "host"})
_SINGLE = _STRIPPED | TIMES | {"headline", "language", "status", "version", "zone"}
_WORDED = frozenset({"headline", "deck", "byline", "credit", "rights", "publisher", "note"})  # as an export wrote them
_NAMING = frozenset({"byline", "credit", "publisher", "language"})  # of which some values name nobody
#: What a missing value becomes on its way through text.
_NOTHING = frozenset({"", "None", "null", "NULL", "NaN", "nan", "NaT", "<NA>", "\\N"})
_NOTHING_WIDTH = 40  # characters, of which most may be space
_URL = re.compile(r"(?:https?:)?//\S+|www\.\S+\.\S+", re.IGNORECASE)

#: What names a nested object, the best first; what does so before, in some fields; and the two parts of a person's name.
_NAMES = ("name", "title", "rendered", "basic", "value", "@value", "#text", "text", "url", "@id")
_TIME_NAMES = ("$date", "$numberLong", "iso8601", "date", "datetime", "_seconds", "seconds")
_FIELD_NAMES = {"source_id": ("$oid", "$numberLong"), "language": ("code",), **dict.fromkeys(TIMES, _TIME_NAMES)}
_DAY = ("year", "month", "day")
_GIVEN = ("givenName", "given_name", "firstName", "first_name", "first")
_FAMILY = ("familyName", "family_name", "lastName", "last_name", "last")

BRACKETS = {"[": "]", "{": "}"}
_QUOTED = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
_BARE = r"[^{}\[\]()\"'\\,:\s][^{}\"'\\,:]*"
_STRING = re.compile(_QUOTED, re.DOTALL)
_ITEM = re.compile(rf"{_QUOTED}|{_BARE}", re.DOTALL)
_NUMPY = re.compile(rf"\[\s*(?:{_QUOTED})(?:\s+(?:{_QUOTED}))+\s*\]", re.DOTALL)
_POSTGRES = re.compile(rf"\{{(?:{_ITEM.pattern})(?:,(?:{_ITEM.pattern}))*\}}", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_NO_VALUE = (ValueError, SyntaxError, TypeError, MemoryError, RecursionError)
_LONGEST = 1 << 20  # code points that may be read as Python's or PostgreSQL's

#: Of a node of rich text: what holds its words, the first that has any; else its parts; and those that are inline.
_WORDS = ("text", "processed", "rendered", "value", "html")
_PARTS = tuple("summary sections paragraphs text value root blocks data items content children".split())
_INLINE = ("children", "content")
_BREAKS = frozenset({"br", "break", "hardbreak", "hard_break", "linebreak"})
_APART = frozenset(
    "ad advert advertisement audio embed figure gallery iframe image img interstitial_link oembed oembed_response photo"
    " picture raw_html script slideshow style video".split()
)


def is_nothing(found: str) -> bool:
    """Whether a text says that there is none."""
    return (len(found) <= _NOTHING_WIDTH and found.strip() in _NOTHING) or found.isspace()


def is_address(found: str) -> bool:
    """Whether a value is an address of the web."""
    return _URL.match(found) is not None


def text(field: str, value: object) -> str:
    """The value of a field as text, "" for nothing."""
    if not isinstance(value, str):
        return _told(field, value)
    if field in _WORDED:
        value = mended(value)
        if field == "headline":
            value = " ".join(value.split()) if "\n" in value else value.strip()
    elif field in _STRIPPED:
        value = value.strip()
        if field == "host" and _URL.match(value):
            value = _host(value)
    return "" if is_nothing(value) or (field in _NAMING and _names_nobody(field, value)) else value


def _told(field: str, value: object) -> str:
    """What is no text as one."""
    if isinstance(value, dict):
        return _named(field, value)
    if isinstance(value, list):
        if field in TIMES and (moment := _moment(value)):
            return moment
        parts = [part for item in value if (part := text(field, item))]
        return (parts[0] if field in _SINGLE else "; ".join(parts)) if parts else ""
    if value is None or isinstance(value, bool):  # that something is so names nothing
        return ""
    if isinstance(value, float):
        return "" if math.isnan(value) else text(field, str(int(value)) if value.is_integer() else repr(value))
    if isinstance(value, datetime.date | datetime.time):  # datetime is a date
        return value.isoformat()
    return text(field, value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value))


@functools.cache
def _placeholders() -> Mapping[str, frozenset[str]]:
    """By field what stands in it for nothing, or names the tool or the corpus instead of a house."""
    return {row["field"]: frozenset(row["nothing"].split(";")) for row in lexicon.rows("fields.csv") if row["nothing"]}


def _names_nobody(field: str, found: str) -> bool:
    """Whether a value is no name: a placeholder, and of a byline the number or the page of an author."""
    if field == "byline" and (found.isdecimal() or _URL.fullmatch(found)):
        return True
    return len(found) <= _NOTHING_WIDTH and found.strip().casefold() in _placeholders()[field]


def _named(field: str, value: Mapping[str, object]) -> str:
    """What names an object: a name, a time with its zone, a person's two names."""
    if value and all(map(str.isdecimal, map(str, value))):  # a list, as PHP writes it
        return text(field, [*value.values()])
    names = _FIELD_NAMES.get(field, ()) + _NAMES
    found = next((part for name in names if (part := text(field, value.get(name)))), "")
    if found and field in TIMES:
        return zoned(found, text("zone", value.get("timezone")))
    if found or field != "byline":
        return found
    person = (
        next((part for name in names if (part := text(field, value.get(name)))), "") for names in (_GIVEN, _FAMILY)
    )
    return " ".join(filter(None, person))


def _moment(value: list[object]) -> str:
    """The time that a list of its parts is, year first, as Java writes it; "" for another list."""
    parts = [part for part in value[:6] if isinstance(part, int) and not isinstance(part, bool)]
    if len(parts) != len(value[:6]) or not len(_DAY) <= len(value) <= len(_DAY) + 4:
        return ""
    try:
        moment = datetime.datetime(*parts, tzinfo=datetime.UTC)  # type: ignore[misc, arg-type]
    except ValueError:
        return ""
    return (moment.replace(tzinfo=None) if len(parts) > len(_DAY) else moment.date()).isoformat()


def _host(address: str) -> str:
    try:
        return urlsplit(address if "//" in address else f"//{address}").hostname or ""
    except ValueError:
        return ""


# --- strings that were lists or objects -------------------------------------------------------------------------


def opened(found: str) -> object:
    """The list or object that an export wrote as a string, as JSON, Python, NumPy or PostgreSQL do; any other as it is.

    >>> opened("['Ida Tern' 'Olaf Auk']"), opened('{"Ida Tern",Auk}'), opened("[Auk Wire]")
    (['Ida Tern', 'Olaf Auk'], ['Ida Tern', 'Auk'], '[Auk Wire]')
    """
    if BRACKETS.get(found[:1]) != found[-1:]:
        return found
    try:
        value: object = json.loads(found)
    except _NO_VALUE:
        value = _spelled(found) if len(found) <= _LONGEST else found
    return value


def _spelled(found: str) -> object:
    try:
        if _POSTGRES.fullmatch(found):
            items = [_unquoted(item) for item in _ITEM.findall(found[1:-1])]
            return items if len(items) > 1 or not found[1:-1].islower() else found  # `{author}`: nobody filled it in
        if _NUMPY.fullmatch(found):
            return [_literal(item) for item in _STRING.findall(found)]
        value = _literal(found)
    except _NO_VALUE:
        return found
    return value if isinstance(value, list | dict) else found


def _unquoted(item: str) -> str:
    return _ESCAPED.sub(r"\1", item[1:-1]) if item[0] in "\"'" else item


def _literal(found: str) -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of backslashes that escape nothing
        value: object = ast.literal_eval(found)
    return value


# --- texts ------------------------------------------------------------------------------------------------------


def lines(value: object, is_article: Callable[[Mapping[str, object]], bool]) -> str:
    """Text as one string. Lists, sections with headlines and paragraphs, and rich text become a line a paragraph.

    `is_article`: whether an object is a whole article, of which several make no text.
    """
    if isinstance(value, str):
        held = opened(value) if value[:1] in BRACKETS else value
        is_text = isinstance(held, str) or not isinstance(held, list | dict)
        return value if is_text else lines(held, is_article) or value
    return "\n".join(_paragraphs(value, is_article))


def _paragraphs(value: object, is_article: Callable[[Mapping[str, object]], bool], depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, bytes):
        yield value.decode("utf-8", "replace")
    elif isinstance(value, list):
        for item in value:
            yield from _paragraphs(item, is_article, depth + 1)
    elif isinstance(value, dict) and not is_article(value) and _kind(value) not in _APART:
        for name in ("headline", "headlines"):
            yield from _paragraphs(value.get(name), is_article, depth + 1)
        if depth and any(map(_is_leaf, _inner(value))):
            yield _inline(value)
        elif words := next(
            (found for name in _WORDS if isinstance(found := value.get(name), str) and found.strip()), ""
        ):
            yield words
        else:
            for name in _PARTS:
                yield from _paragraphs(value.get(name), is_article, depth + 1)


def _kind(node: Mapping[str, object]) -> str:
    return str(node.get("type") or node.get("_type") or node.get("nodeType") or "").casefold()


def _inner(node: Mapping[str, object]) -> list[object]:
    """The inline parts of a paragraph of rich text."""
    return next((parts for name in _INLINE if isinstance(parts := node.get(name), list)), [])


def _is_leaf(node: object) -> bool:
    return isinstance(node, dict) and isinstance(node.get("text", node.get("value")), str) and not _inner(node)


def _inline(node: object) -> str:
    if not isinstance(node, dict):
        return ""
    if _is_leaf(node):
        return str(node.get("text", node.get("value")))
    return "\n" if _kind(node) in _BREAKS else "".join(map(_inline, _inner(node)))
