"""Of a bucket above the cap: whom one row meets there, without a look at all of its rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline import config
from pipeline.stages.kernels import arrays
from pipeline.stages.pair.world import SLOTS, limits, window

__all__ = ["pivots_met"]

_AT_FIRST = 64


def pivots_met(
    times: NDArray[np.int64],
    contents: NDArray[np.int64],
    parts: NDArray[np.int64],
    at: int,
    content: int,
    settings: config.Pair,
    path: str,
) -> NDArray[np.int64] | None:
    """The places of those rows of a bucket that another of that content comes to meet, or ceases to, at the time `at`.

    `path`: the one on which the bucket lies. None, where that is not all there is to know: the bucket is not above the cap for
    all who look back on that time, the row is or might be a pivot itself, or has a twin. `times` ascend; of rows of one time
    those of one part are in their order. The row itself is not among them.
    """
    within, (cap, pivots) = window(settings), limits(settings, path)
    before, after, last = (
        int(np.searchsorted(times, *where)) for where in ((at, "left"), (at, "right"), (at + within, "right"))
    )
    rows = np.arange(before, last)
    since = np.searchsorted(times, np.append(times[rows] - within, at - within))
    until = np.append(rows, before)
    if (since >= until).any():
        return None
    ordinal = np.cumsum(arrays.changes(times))  # rows of one time may be twins of another, of which one alone counts
    if (ordinal[until - 1] - ordinal[since] + 1 <= cap + 1).any() or (contents[before:after] == content).any():
        return None
    length, found = within // 2 + 1, list[NDArray[np.int64]]()
    for slot in range(at // length - SLOTS + 1, at // length + 1):
        first, end = (min(before, int(np.searchsorted(times, edge * length))) for edge in (slot, slot + 1))
        found.append(_first_contents(contents, first, end, pivots))
    if len(found[-1]) < pivots:
        return None
    heads = np.concatenate(found)
    sides = (np.searchsorted(times, times[heads], side) for side in ("left", "right"))
    if any(len(np.unique(parts[low:high])) > 1 for low, high in zip(*sides, strict=True)):
        return None  # which of them comes first is not known
    return heads


def _first_contents(contents: NDArray[np.int64], first: int, end: int, count: int) -> NDArray[np.int64]:
    """The places of the first rows with so many different contents."""
    size = _AT_FIRST
    while True:
        _, places = np.unique(contents[first : min(end, first + size)], return_index=True)
        if len(places) >= count or first + size >= end:
            return first + np.sort(places)[:count]
        size *= 8
