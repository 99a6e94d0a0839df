"""Matches and anchors as an editor orders them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.stages.kernels import arrays
from pipeline.stages.override.bonds import Bonds, Link, links
from pipeline.stages.override.orders import Orders
from pipeline.stages.override.twins import Compare, keys, untwinned, with_pairs

__all__ = ["enforce", "parting"]

Rows = NDArray[np.int64]

#: The anchors of matches where pairs of rows, int64 (pairs, 2), share none; and which of each pair was left out (1 or 2).
Group = Callable[[pa.Table, Rows], tuple[Rows, NDArray[np.int8]]]

_PARTS = "cannot_link"  # the reason of a match that it parts begins with it
_ITSELF = "; by itself "


class _Verdict(NamedTuple):
    """What an order says of a pair; None: it stays `accepted` or refused as it is."""

    order: str
    note: str
    accepted: bool | None


def enforce(
    matches: pa.Table, ids: pa.ChunkedArray, orders: Orders, compare: Compare, group: Group
) -> tuple[pa.Table, Rows]:
    """The matches as ordered, and the anchor of each article by them.

    `matches` as verify leaves them, by row numbers of `ids`, which are in the order of time. `compare` verifies pairs that
    nobody has compared yet; `group` is `cluster.apart` of the same articles.
    """
    if not orders.must_link and not orders.cannot_link:
        return matches, group(matches, np.empty((0, 2), np.int64))[0]
    row_of = {id_: row for row, id_ in enumerate(ids.to_pylist())}
    cannot = links(orders.cannot_link, row_of)
    bonds = Bonds(links(orders.must_link, row_of), cannot)
    named = [bonds.bound(row_of[id_]) for pair in orders.cannot_link for id_ in pair if id_ in row_of]
    refused = np.array([order.left << 32 | order.right for order in cannot], np.int64)
    joined = None
    while joined is None:
        pairs = bonds.pairs()
        matches = untwinned(matches, {*pairs.ravel().tolist()}.union(*named), compare)
        joining = arrays.kept(matches, ~arrays.is_in(keys(matches), refused))
        anchors, left_out = group(joining, pairs)
        joined = _joined(anchors, bonds)
    _ensure_apart(cannot, joined.anchors)
    kept_out = [(order.left, order.right, by) for order, by in bonds.void]
    kept_out += _kept_out(joining, pairs, left_out, anchors, bonds.apart)
    matched = arrays.is_in(refused, keys(arrays.kept(matches, matches["accepted"].to_numpy())))
    parted = {cannot[number] for number in np.flatnonzero(matched).tolist()} | {order for *_, order in kept_out}
    return _told(matches, _verdicts(joined, parted, kept_out), compare), joined.anchors


def parting(reason: str) -> str | None:
    """The order that keeps two apart, or their clusters, as the reason of a match tells of it; None if it does not."""
    return reason.partition(_ITSELF)[0] if reason.startswith(_PARTS) else None


class _Joined(NamedTuple):
    """The anchor of each article, and of those that have another than by what they match, the must_link that moved them."""

    anchors: Rows
    by: dict[int, Link]


def _joined(anchors: Rows, bonds: Bonds) -> _Joined | None:
    """Clusters with articles that are bound as one; None if two who are apart would meet, of whom one is now kept from it."""
    anchors, by, pairs = anchors.copy(), dict[int, Link](), bonds.pairs()
    for order in bonds.must:
        to, goes = anchors[order.left], anchors[order.right]
        if to == goes:
            continue
        clash = (np.sort(anchors[pairs], axis=1) == np.sort([to, goes])).all(axis=1)
        if clash.any():
            one, other = pairs[clash][0].tolist()
            bonds.part(other, order.left, bonds.apart[one, other])
            return None
        moved = np.flatnonzero(anchors == goes)
        anchors[moved] = to
        by.update(dict.fromkeys(moved.tolist(), order))
    return _Joined(anchors, by)


def _ensure_apart(cannot: Iterable[Link], anchors: Rows) -> None:
    for order in cannot:
        if anchors[order.left] == anchors[order.right]:
            raise AssertionError(f"{' and '.join(order.ids)} cannot be linked, and are in one cluster")


def _kept_out(
    matches: pa.Table, pairs: Rows, left_out: NDArray[np.int8], anchors: Rows, apart: Mapping[tuple[int, int], Link]
) -> Iterator[tuple[int, int, Link]]:
    """The matches of articles with the clusters that they were kept out of, and by which order."""
    out = dict[int, dict[int, Link]]()
    for number in np.flatnonzero(left_out).tolist():
        one, other = pairs[number].tolist()
        row, with_ = (one, other) if left_out[number] == 1 else (other, one)
        out.setdefault(row, {})[int(anchors[with_])] = apart[one, other]
    rows, sides = np.array(sorted(out), np.int64), np.stack([matches[side].to_numpy() for side in ("left", "right")])
    for one, other in sides[:, arrays.is_in(sides, rows).any(axis=0) & matches["accepted"].to_numpy()].T.tolist():
        for row, with_ in ((one, other), (other, one)):
            order = out.get(row, {}).get(int(anchors[with_]))
            if order is not None:
                yield one, other, order


def _verdicts(
    joined: _Joined, parted: Iterable[Link], kept_out: Iterable[tuple[int, int, Link]]
) -> dict[tuple[int, int], _Verdict]:
    """What is said of which pairs, the smaller row first."""
    found = {(order.left, order.right): _Verdict(_PARTS, order.note, False) for order in parted}
    for row, order in joined.by.items():
        anchor = int(joined.anchors[row])
        found[min(row, anchor), max(row, anchor)] = _Verdict("must_link", order.note, True)
    for one, other, order in kept_out:
        named = f"{_PARTS} of {' and '.join(order.ids)}"
        found.setdefault((min(one, other), max(one, other)), _Verdict(named, order.note, None))
    return found


def _told(matches: pa.Table, verdicts: Mapping[tuple[int, int], _Verdict], compare: Compare) -> pa.Table:
    """The matches with those verdicts, each beside what the pair comes to by itself. A relation that agrees with it stays."""
    if not verdicts:
        return matches
    matches = with_pairs(matches, verdicts, compare)
    wanted = np.array([left << 32 | right for left, right in verdicts], np.int64)
    ordered = arrays.is_in(keys(matches), wanted)
    rows = [_as_ordered(row, verdicts[row["left"], row["right"]]) for row in arrays.kept(matches, ordered).to_pylist()]
    return pa.concat_tables([arrays.kept(matches, ~ordered), pa.Table.from_pylist(rows, matches.schema)])


def _as_ordered(row: dict[str, Any], verdict: _Verdict) -> dict[str, Any]:
    order = f"{verdict.order} in the overrides{': ' if verdict.note else ''}{verdict.note}"
    row = row | {"reason": f"{order}{_ITSELF}{row['relation']}: {row['reason']}"}
    if verdict.accepted in (None, row["accepted"]):
        return row
    return row | {"accepted": verdict.accepted, "relation": "version" if verdict.accepted else "different"}
