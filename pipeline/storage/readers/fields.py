"""Which of a row's columns means what: the canonical fields of `schema.RECORDS` from whatever names a tool gives them.

The names are in `pipeline/stages/lexicon/fields.csv`: a field, then its aliases in order of preference. An alias may be
a path into nested values (`source.name`) and may carry a condition: `source?url` counts only when the value is a web
address, `id?!url` only when it is none, `source?plain` only when it is a string and no address; `date?with:dump` only where
there is a column `dump`, `date?without:dump` only where there is none. Case, spaces, `-` and `_` in names do not matter where
the exact name is not there. One column feeds one field. What no column says may stand in an object beside the text.
"""

from __future__ import annotations

import functools
import re
from collections import abc
from collections.abc import Collection, Iterator
from types import MappingProxyType
from typing import NamedTuple

from pipeline.errors import ConfigError
from pipeline.stages import lexicon
from pipeline.storage.readers import values
from pipeline.storage.readers.mended import mended
from pipeline.storage.readers.times import zoned

__all__ = ["FIELDS", "Mapping", "Record", "is_wrapper", "no_text"]

#: Names under which exports and interfaces keep an article, or a list of them.
_WRAPPERS = frozenset(
    "_source node attributes fields doc document article item record story post news result response data object value"
    " articles results items _items docs documents records entries stories posts hits rows objects edges list".split()
)
_BESIDE = frozenset("metadata meta warcheaders opengraph html links".split())  # may be objects with more of a record
_SHARED = frozenset(
    {"publisher", "host", "language", "published", "fetched", "zone"}
)  # what many rows may have in common
_TEXTS = ("text", "page")
_PLANS = 1_000  # sets of column names that are remembered
_LONGEST = 10_000  # code points of a value beside the text; a longer one belongs elsewhere, and counts as none
_LONGEST_SHORT = 500  # of an id, a time, and of what names a publisher, a host, a language
_SHORT = frozenset({"source_id", "publisher", "host", "language"}) | values.TIMES
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # in an id: nobody could name it to a command
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d+")  # an id as spreadsheets write long ones: that of many articles
_SOFTWARE = re.compile(r"v?\d+\.\d+\.\d+\S*")  # the version of a program
_DIGIT = re.compile(r"\d")
_UTC = re.compile(r"(?:utc|gmt)\Z", re.IGNORECASE)  # ends the name of a column of times in that zone
_NO_ROW: abc.Mapping[str, object] = MappingProxyType({})


class Record(NamedTuple):
    """A row in canonical terms: `field` is what `text` is (body or page); `values` holds only what the row says."""

    field: str
    text: str
    values: dict[str, str]


class _Candidate(NamedTuple):
    key: str
    path: tuple[str, ...]
    condition: str
    is_utc: bool


class _Plan(NamedTuple):
    """The columns that may hold each field, the best first; `said`: of fields beside the text that have any. `beside`: those
    that may hold an object with more fields."""

    fields: dict[str, tuple[_Candidate, ...]]
    said: tuple[tuple[str, tuple[_Candidate, ...]], ...]
    beside: tuple[str, ...]


@functools.cache
def _aliases() -> dict[str, tuple[str, ...]]:
    return {row["field"]: tuple(row["aliases"].split(";")) for row in lexicon.rows("fields.csv")}


#: All canonical fields, in the order in which they choose their column.
FIELDS = tuple(_aliases())


def no_text(columns: Collection[str]) -> str:
    """The reason for a file in which no column holds text, with the way out."""
    shown = ", ".join(sorted(map(str, columns))[:40]) or "none"
    return f'no column with text; found: {shown}. Name yours: [read] fields = {{ text = "your_column" }}'


def is_wrapper(name: str) -> bool:
    """Whether exports and interfaces keep articles under a name."""
    return _fold(name) in _WRAPPERS


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
        fields = self._plan(tuple(columns)).fields
        return any(fields[field] for field in _TEXTS)

    def has_headline(self, columns: Collection[str]) -> bool:
        """Whether one of these columns may hold a headline."""
        return bool(self._plan(tuple(columns)).fields["headline"])

    def describes(self, columns: Collection[str]) -> bool:
        """Whether these columns tell of one article: its headline, and its address or time."""
        fields = self._plan(tuple(columns)).fields
        return bool(fields["headline"] and (fields["url"] or fields["published"]))

    def is_article(self, columns: Collection[str]) -> bool:
        """Whether an object with these columns is a whole article; a section of one may have a headline and a text."""
        return self.describes(columns) and self.has_text(columns)

    def holds_text(self, row: abc.Mapping[str, object]) -> bool:
        """Whether a row has a text of its own."""
        return any(True for _ in self._texts_of(row, self._plan(tuple(row))))

    def columns(self, columns: Collection[str]) -> list[str]:
        """Those of the columns that may mean something, in their order."""
        plan = self._plan(tuple(columns))
        used = {candidate.key for candidates in plan.fields.values() for candidate in candidates} | {*plan.beside}
        return [name for name in columns if name in used]

    def record(self, row: abc.Mapping[str, object], around: abc.Mapping[str, object] = _NO_ROW) -> Record | None:
        """The row in canonical terms; None when it has no text. `around`: what is known of all rows of its file."""
        plan = self._plan(tuple(row))
        for field, candidate, found in self._texts_of(row, plan):
            text = mended(found)
            if text is found or not values.is_nothing(text):
                said = _values(plan, row, {candidate[:2]})
                if around or plan.beside or candidate.path or isinstance(row[candidate.key], dict):
                    said = self._said(row, plan, candidate, said, around)
                if "zone" in said:
                    zone = said.pop("zone")
                    said |= {name: zoned(said[name], zone) for name in values.TIMES & said.keys()}
                return Record("page" if field == "page" else "body", text, said)
        return None

    def why_none(self, row: abc.Mapping[str, object]) -> str:
        """The reason for a row that gives no record."""
        plan = self._plan(tuple(row))
        for candidate in (candidate for field in self._texts for candidate in plan.fields[field]):
            if candidate.path and self._is_of_many(row, candidate):
                path, name = ".".join((candidate.key, *candidate.path)), candidate.path[-1]
                return f'no text: "{path}" is that of several articles; name it as each has it: text = "{name}"'
        return "no text"

    def _texts_of(self, row: abc.Mapping[str, object], plan: _Plan) -> Iterator[tuple[str, _Candidate, str]]:
        """The texts of a row, the best first."""
        for field in self._texts:
            for candidate in plan.fields[field]:
                value = row[candidate.key]
                if candidate.path:
                    value = None if self._is_of_many(row, candidate) else _at(value, candidate.path)
                is_plain = isinstance(value, str) and value[:1] not in values.BRACKETS
                found = str(value) if is_plain else values.lines(value, self.is_article)
                if not values.is_nothing(found):
                    yield field, candidate, found

    def _is_of_many(self, row: abc.Mapping[str, object], candidate: _Candidate) -> bool:
        """Whether a path leads to the texts of several articles."""
        around = _at(row[candidate.key], candidate.path[:-1])
        return isinstance(around, list) and any(isinstance(one, dict) and self.has_headline(one) for one in around)

    def _said(
        self,
        row: abc.Mapping[str, object],
        plan: _Plan,
        text: _Candidate,
        said: dict[str, str],
        around: abc.Mapping[str, object],
    ) -> dict[str, str]:
        """What is `said` in the columns of a row, after what the object says that its text is in, before what others say."""
        within = _at(row[text.key], text.path[:-1])
        if isinstance(within, dict) and (text.path or self.has_headline(within)):
            said |= _values(self._plan(tuple(within)), within, set())
        for more in filter(None, (_object(row[name]) for name in plan.beside)):
            said = _values(self._plan(tuple(more)), more, set()) | said
        shared = _values(self._plan(tuple(around)), around, set())
        return {field: value for field, value in shared.items() if field in _SHARED} | said

    def _plan(self, columns: tuple[str, ...]) -> _Plan:
        plan = self._plans.get(columns)
        if plan is None:
            if len(self._plans) >= _PLANS:
                self._plans.clear()
            names, exact = _folded(columns), frozenset(columns)
            fields = {
                field: tuple(found for alias in aliases if (found := _find(alias, exact, names)))
                for field, aliases in self._wanted.items()
            }
            beside = tuple(name for name in columns if _fold(name) in _BESIDE)
            said = tuple((field, found) for field, found in fields.items() if found and field not in _TEXTS)
            plan = self._plans[columns] = _Plan(fields, said, beside)
        return plan


def _values(plan: _Plan, row: abc.Mapping[str, object], taken: set[tuple[str, tuple[str, ...]]]) -> dict[str, str]:
    found = {}
    for field, candidates in plan.said:
        for key, path, condition, is_utc in candidates:
            if (key, path) in taken or (raw := row[key]) is None:
                continue
            if isinstance(raw, str) and raw[:1] in values.BRACKETS:
                raw = values.opened(raw)
            value = values.text(field, _at(raw, path) if path else raw)
            if value and (not condition or _holds(condition, value, raw)) and _is_sensible(field, value):
                found[field] = zoned(value, "UTC") if is_utc and field in values.TIMES else value
                taken.add((key, path))
                break
    return found


def _fold(name: str) -> str:
    """A name without what may be written otherwise; an underscore at its beginning is a part of it (`_source`)."""
    name = name.strip().casefold()
    return name[:1] + re.sub(r"[\s_-]+", "", name[1:])


def _folded(columns: tuple[str, ...]) -> dict[str, str]:
    """The columns by name, folded; those of flattened tables also without a wrapper's (`_source.title`)."""
    names: dict[str, str] = {}
    for column in reversed(columns):
        wrapper, _, rest = column.partition(".")
        if rest and is_wrapper(wrapper):
            names[_fold(rest)] = column
    return names | {_fold(name): name for name in reversed(columns)}


def _find(alias: str, columns: Collection[str], folded: dict[str, str]) -> _Candidate | None:
    """The column that an alias means: the whole name first, since flattened tables have dots in theirs; else a path."""
    name, _, condition = alias.partition("?")
    kind, _, other = condition.partition(":")
    if other and (_fold(other) in folded) != (kind == "with"):
        return None
    condition = "" if other else condition
    if found := name if name in columns else folded.get(_fold(name)):
        return _Candidate(found, (), condition, _UTC.search(found) is not None)
    top, *path = name.split(".")
    if path and (found := top if top in columns else folded.get(_fold(top))):
        return _Candidate(found, tuple(path), condition, _UTC.search(path[-1]) is not None)
    return None


def _at(value: object, path: tuple[str, ...]) -> object:
    """What lies at the path; a list on the way stands for all its members."""
    for position, key in enumerate(path):
        value = _object(value) or value
        if isinstance(value, list):
            return [_at(item, path[position:]) for item in value]
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _object(value: object) -> dict[str, object]:
    """The object that a value is: itself, one that was written as a string, a map of Arrow; {} for what is none."""
    if isinstance(value, str):
        value = values.opened(value)
    if isinstance(value, list) and all(isinstance(item, tuple) for item in value):
        return {str(key): item for key, item in value}
    return value if isinstance(value, dict) else {}


def _holds(condition: str, value: str, raw: object) -> bool:
    is_url = values.is_address(value)
    return is_url if condition == "url" else not is_url and (condition != "plain" or not isinstance(raw, dict))


def _is_sensible(field: str, value: str) -> bool:
    """Whether a value may be what its column says: no page where a headline should be, no id that nobody can type, no time
    without a digit."""
    if len(value) > (_LONGEST_SHORT if field in _SHORT else _LONGEST):
        return False
    if field == "source_id":
        return not _CONTROL.search(value) and not _ROUNDED.fullmatch(value)
    if field == "version":
        return not _SOFTWARE.fullmatch(value)
    return field not in values.TIMES or _DIGIT.search(value) is not None
