"""The orders of an editor as rows of a CSV."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from pipeline.errors import ConfigError
from pipeline.stages import lexicon

__all__ = ["NOTHING", "Orders", "parse"]

_COLUMNS = ["order", "left_id", "right_id", "note"]
_KINDS = ("must_link", "cannot_link", "pin", "publisher")

Pair = tuple[str, str]


class Orders(NamedTuple):
    """Orders by kind, each with its note: pairs of articles, articles that lead, names of publishers."""

    must_link: Mapping[Pair, str]
    cannot_link: Mapping[Pair, str]
    pinned: Mapping[str, str]
    publishers: Mapping[str, str]


#: No orders at all.
NOTHING = Orders(*(MappingProxyType({}) for _ in Orders._fields))


def parse(lines: list[str], source: str) -> Orders:
    """The orders of a CSV; `ConfigError` names the source and the row that is wrong."""
    lexicon.ensure_quotes(lines, source)
    reader = csv.DictReader(lines)
    if reader.fieldnames is None or not {"order", "left_id"} <= set(reader.fieldnames) <= set(_COLUMNS):
        raise ConfigError(
            f"{source}: the columns are {', '.join(_COLUMNS)}; found {', '.join(reader.fieldnames or [])}"
        )
    links: dict[str, dict[Pair, str]] = {"must_link": {}, "cannot_link": {}}
    pinned, publishers = dict[str, str](), dict[str, str]()
    for row in reader:
        where = f"{source}:{reader.line_num}"
        if None in row:
            n = len(reader.fieldnames)
            raise ConfigError(
                f'{where}: {n + len(row[None])} fields in {n} columns; a note with a comma stands in quotes: "so, and so"'
            )
        kind, left, right, note = ((row.get(name) or "").strip() for name in _COLUMNS)
        if kind not in _KINDS:
            raise ConfigError(f"{where}: {kind!r} is no order; there are {', '.join(_KINDS)}")
        if not left or (kind != "pin" and (not right or left == right)):
            raise ConfigError(f"{where}: {kind} needs {'left_id' if kind == 'pin' else 'two different ids'}")
        if kind == "pin":
            pinned[left] = note
        elif kind == "publisher":
            publishers[left] = right
        else:
            links[kind][min(left, right), max(left, right)] = note
    both = sorted(set(links["must_link"]) & set(links["cannot_link"]))
    if both:
        raise ConfigError(
            f"{source}: {both[0][0]} and {both[0][1]} must and cannot be linked; take one of the rows out"
        )
    return Orders(**links, pinned=pinned, publishers=publishers)
