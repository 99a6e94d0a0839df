"""override: what an editor orders comes before what the figures say, and every row that it touches says so.

The orders are rows of a CSV (`order,left_id,right_id,note`):

- `must_link`: two articles, and with them their clusters, are prints of one story;
- `cannot_link`: two articles are never in one cluster;
- `pin`: left_id leads its cluster;
- `publisher`: what is called left_id (a name or a host) is the publisher right_id.

A cannot_link wins over a must_link. Orders that name articles which are not in the store wait for them.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.errors import ConfigError
from pipeline.stages import lexicon
from pipeline.stages.kernels import arrays

__all__ = ["NOTHING", "Orders", "enforce", "parse"]

_COLUMNS = ["order", "left_id", "right_id", "note"]
_KINDS = ("must_link", "cannot_link", "pin", "publisher")
_PATH = 4  # beside those by which pair finds candidates
_ROUNDS = 10  # orders that undo one another end somewhere

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


def enforce(
    matches: pa.Table,
    ids: pa.ChunkedArray,
    orders: Orders,
    compare: Callable[[pa.Table], pa.Table],
    group: Callable[[pa.Table], NDArray[np.int64]],
) -> tuple[pa.Table, NDArray[np.int64]]:
    """The matches as ordered, and the anchor of each article by them.

    `matches` as verify leaves them, by row numbers of `ids`. `compare` verifies pairs (left, right, path) that nobody has
    compared yet; `group` gives the anchors of matches.
    """
    anchors = group(matches)
    if not orders.must_link and not orders.cannot_link:
        return matches, anchors
    row_of = {id_: row for row, id_ in enumerate(ids.to_pylist())}
    must, cannot = (list(_rows(pairs, row_of)) for pairs in (orders.must_link, orders.cannot_link))
    for _ in range(_ROUNDS):
        before = anchors
        for left, right, note in must:
            if anchors[left] != anchors[right]:
                moved = np.flatnonzero(anchors == anchors[right])
                matches = _joined(matches, int(anchors[left]), moved, note, compare)
                anchors = group(matches)
        for left, right, note in cannot:
            if anchors[left] == anchors[right]:
                leaves = left if anchors[left] == right else right
                matches = _parted(matches, leaves, int(anchors[left]), note)
                anchors = group(matches)
        if np.array_equal(before, anchors):
            break
    return matches, anchors


def _rows(pairs: Mapping[Pair, str], row_of: Mapping[str, int]) -> Iterator[tuple[int, int, str]]:
    """The pairs of which both are known, by row: the smaller first, in the order of time."""
    known = [(row_of[a], row_of[b], note) for (a, b), note in pairs.items() if a in row_of and b in row_of]
    yield from sorted((min(a, b), max(a, b), note) for a, b, note in known)


def _joined(
    matches: pa.Table, anchor: int, moved: NDArray[np.int64], note: str, compare: Callable[[pa.Table], pa.Table]
) -> pa.Table:
    """Matches in which each of `moved` is accepted with the anchor."""
    left, right = np.minimum(anchor, moved), np.maximum(anchor, moved)
    new = ~arrays.is_in(left << 32 | right, _keys(matches))
    pairs = pa.table(
        {"left": left[new], "right": right[new], "path": np.full(new.sum(), _PATH, np.int8)},
        schema=pa.schema([matches.schema.field(name) for name in ("left", "right", "path")]),
    )
    matches = pa.concat_tables([matches, compare(pairs)]).combine_chunks()
    return _ordered(
        matches,
        arrays.is_in(_keys(matches), left << 32 | right),
        "version",
        accepted=True,
        order="must_link",
        note=note,
    )


def _parted(matches: pa.Table, leaves: int, anchor: int, note: str) -> pa.Table:
    """Matches in which the one that leaves is refused with the anchor."""
    key = min(leaves, anchor) << 32 | max(leaves, anchor)
    return _ordered(matches, _keys(matches) == key, "different", accepted=False, order="cannot_link", note=note)


def _ordered(
    matches: pa.Table, rows: NDArray[np.bool_], relation: str, *, accepted: bool, order: str, note: str
) -> pa.Table:
    """Those rows with the verdict that is ordered; a relation that agrees with it stays."""
    chosen = pa.array(rows)
    own = pc.binary_join_element_wise(
        f"{order} in the overrides{': ' if note else ''}{note}; by itself ",
        matches["relation"],
        ": ",
        matches["reason"],
        "",
    )
    against = pc.and_(chosen, pc.not_equal(matches["accepted"], accepted))
    columns = {
        "relation": pc.if_else(against, relation, matches["relation"]),
        "accepted": pc.if_else(chosen, accepted, matches["accepted"]),
        "reason": pc.if_else(chosen, own, matches["reason"]),
    }
    for name, column in columns.items():
        field = matches.schema.field(name)
        matches = matches.set_column(matches.column_names.index(name), field, column.cast(field.type))
    return matches


def _keys(matches: pa.Table) -> NDArray[np.int64]:
    keys: NDArray[np.int64] = matches["left"].to_numpy() << 32 | matches["right"].to_numpy()
    return keys
