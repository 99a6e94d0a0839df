"""Which of a row's columns means what: the canonical fields of `schema.RECORDS` from whatever names a tool gives them.

The names are in `pipeline/stages/lexicon/fields.csv`: a field, then its aliases in order of preference. An alias may be
a path into nested values (`source.name`) and may carry a condition: `source?url` counts only when the value is a web
address, `id?!url` only when it is none, `source?plain` only when it is a string and no address. Case, spaces, `-` and
`_` in names do not matter where the exact name is not there. One column feeds one field.
"""

from __future__ import annotations

import datetime
import functools
import math
import re
from collections import abc
from collections.abc import Collection, Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from pipeline.errors import ConfigError
from pipeline.stages import lexicon
from pipeline.storage.readers.mended import mended

__all__ = ["FIELDS", "Mapping", "Record", "no_text"]

#: `_STRIPPED`: fields without the spaces around them. `_SINGLE`: a list counts with its first value; in all others its
#: values are joined with "; ".
_STRIPPED = frozenset({"source_id", "url", "canonical_url", "origin_url", "host"})
_SINGLE = _STRIPPED | {"headline", "language", "published", "modified", "fetched", "embargo", "status", "version"}
_TEXTS = ("text", "page")
#: What a missing value becomes on its way through text.
_NOTHING = frozenset({"", "None", "null", "NULL", "NaN", "nan", "NaT", "<NA>", "\\N"})
_NOTHING_WIDTH = 40  # characters, of which most may be space
_NAMES = ("name", "title", "value", "@value", "#text", "text", "url", "@id")  # what names a nested object
_URL = re.compile(r"(?:https?:)?//\S+|www\.\S+\.\S+", re.IGNORECASE)
_PLANS = 1_000  # sets of column names that are remembered
_LONGEST = 10_000  # code points of a value beside the text; a longer one belongs elsewhere, and counts as none
_LONGEST_SHORT = 500  # of an id, and of what names a publisher, a host, a language
_SHORT = frozenset({"source_id", "publisher", "host", "language"})
_WORDED = frozenset({"headline", "deck", "byline", "credit", "rights", "publisher", "note"})  # as an export wrote them
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # in an id: nobody could name it to a command


class Record(NamedTuple):
    """A row in canonical terms: `field` is what `text` is (body or page); `values` holds only what the row says."""

    field: str
    text: str
    values: dict[str, str]


class _Candidate(NamedTuple):
    key: str
    path: tuple[str, ...]
    condition: str


_Plan = dict[str, tuple[_Candidate, ...]]


@functools.cache
def _aliases() -> dict[str, tuple[str, ...]]:
    return {row["field"]: tuple(row["aliases"].split(";")) for row in lexicon.rows("fields.csv")}


#: All canonical fields, in the order in which they choose their column.
FIELDS = tuple(_aliases())


def no_text(columns: Collection[str]) -> str:
    """The reason for a file in which no column holds text, with the way out."""
    shown = ", ".join(sorted(map(str, columns))[:40]) or "none"
    return f'no column with text; found: {shown}. Name yours: [read] fields = {{ text = "your_column" }}'


class Mapping:
    """Finds the canonical fields in rows. `overrides`: canonical field -> column, tried before the aliases; "": no column."""

    def __init__(self, overrides: abc.Mapping[str, str]) -> None:
        if unknown := sorted(set(overrides) - set(FIELDS)):
            raise ConfigError(f"[read] fields: {', '.join(unknown)} is no field; the fields are {', '.join(FIELDS)}")
        self._wanted = {
            field: () if overrides.get(field) == "" else (*filter(None, [overrides.get(field)]), *names)
            for field, names in _aliases().items()
        }
        self._texts = ("page", "text") if "page" in overrides and "text" not in overrides else _TEXTS
        self._plans: dict[tuple[str, ...], _Plan] = {}

    def has_text(self, columns: Collection[str]) -> bool:
        """Whether one of these columns may hold the text."""
        plan = self._plan(tuple(columns))
        return any(plan[field] for field in _TEXTS)

    def columns(self, columns: Collection[str]) -> list[str]:
        """Those of the columns that may mean something, in their order."""
        used = {candidate.key for candidates in self._plan(tuple(columns)).values() for candidate in candidates}
        return [name for name in columns if name in used]

    def record(self, row: abc.Mapping[str, object]) -> Record | None:
        """The row in canonical terms; None when it has no text."""
        plan = self._plan(tuple(row))
        for field in self._texts:
            for candidate in plan[field]:
                text = mended(_lines(_at(row[candidate.key], candidate.path)))
                if not _is_nothing(text):
                    taken = {candidate[:2]}
                    return Record("page" if field == "page" else "body", text, _values(plan, row, taken))
        return None

    def _plan(self, columns: tuple[str, ...]) -> _Plan:
        plan = self._plans.get(columns)
        if plan is None:
            if len(self._plans) >= _PLANS:
                self._plans.clear()
            folded, exact = {_fold(name): name for name in reversed(columns)}, frozenset(columns)
            plan = {
                field: tuple(found for alias in names if (found := _find(alias, exact, folded)))
                for field, names in self._wanted.items()
            }
            self._plans[columns] = plan
        return plan


def _values(plan: _Plan, row: abc.Mapping[str, object], taken: set[tuple[str, tuple[str, ...]]]) -> dict[str, str]:
    values = {}
    for field, candidates in plan.items():
        if not candidates or field in _TEXTS:
            continue
        for key, path, condition in candidates:
            if (key, path) in taken or (raw := row[key]) is None:
                continue
            value = _value(field, _at(raw, path) if path else raw)
            if value and _holds(condition, value, raw) and _is_sensible(field, value):
                values[field] = value
                taken.add((key, path))
                break
    return values


def _fold(name: str) -> str:
    return re.sub(r"[\s_-]+", "", name).casefold()


def _find(alias: str, columns: Collection[str], folded: dict[str, str]) -> _Candidate | None:
    """The column that an alias means: the whole name first, since flattened tables have dots in theirs; else a path."""
    name, _, condition = alias.partition("?")
    if found := name if name in columns else folded.get(_fold(name)):
        return _Candidate(found, (), condition)
    top, *path = name.split(".")
    if path and (found := top if top in columns else folded.get(_fold(top))):
        return _Candidate(found, tuple(path), condition)
    return None


def _at(value: object, path: tuple[str, ...]) -> object:
    """What lies at the path; a list on the way stands for all its members."""
    for position, key in enumerate(path):
        if isinstance(value, list):
            return [_at(item, path[position:]) for item in value]
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _holds(condition: str, value: str, raw: object) -> bool:
    if not condition:
        return True
    is_url = _URL.match(value) is not None
    return is_url if condition == "url" else not is_url and (condition != "plain" or isinstance(raw, str))


def _is_sensible(field: str, value: str) -> bool:
    """Whether a value may be what its column says: no page where a headline should be, no id that nobody can type."""
    longest = _LONGEST_SHORT if field in _SHORT else _LONGEST
    return len(value) <= longest and not (field == "source_id" and _CONTROL.search(value))


def _value(field: str, value: object) -> str:
    """The value as text, "" for nothing."""
    if isinstance(value, list):
        parts = [part for item in value if (part := _value(field, item))]
        return (parts[0] if field in _SINGLE else "; ".join(parts)) if parts else ""
    if isinstance(value, dict):
        return next((part for key in _NAMES if (part := _value(field, value.get(key)))), "")
    text = _scalar(value)
    if field in _WORDED:
        text = mended(text)
    if field in _STRIPPED:
        text = text.strip()
        if field == "host" and _URL.match(text):
            text = _host(text)
    return "" if _is_nothing(text) else text


def _is_nothing(text: str) -> bool:
    return (len(text) <= _NOTHING_WIDTH and text.strip() in _NOTHING) or text.isspace()


def _scalar(value: object) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, float):
        return "" if math.isnan(value) else str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime.date | datetime.time):  # datetime is a date
        return value.isoformat()
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _host(address: str) -> str:
    try:
        return urlsplit(address if "//" in address else f"//{address}").hostname or ""
    except ValueError:
        return ""


def _lines(value: object) -> str:
    """Text as one string. Lists, and bodies in sections with headlines and paragraphs, become a line a paragraph."""
    return value if isinstance(value, str) else "\n".join(_paragraphs(value))


def _paragraphs(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, bytes):
        yield value.decode("utf-8", "replace")
    elif isinstance(value, list):
        for item in value:
            yield from _paragraphs(item)
    elif isinstance(value, dict):
        for key in ("headline", "headlines", "summary", "sections", "paragraphs", "text", "value"):
            yield from _paragraphs(value.get(key))
