"""Many short lists of numbers: what each of them holds, sorted and once; a hash of each."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.stages.kernels.bits import loop

__all__ = ["digests", "distinct"]

_STEP = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio, odd

# How far apart two values are compared, the farthest first (Tokuda, An improved Shellsort, 1992). Lists are of tens of values.
_GAPS = np.ceil((9 * 2.25 ** np.arange(25, -1, -1) - 4) / 5).astype(np.int64)


@loop
def distinct(values: NDArray[np.uint32], counts: NDArray[np.int64], sizes: NDArray[np.int64]) -> int:
    """Sort the lists of `counts` values each and drop repeats, in place; how long each is then goes to `sizes`.

    Returns how many values there are in all, which are the first ones then.
    """
    n, first = np.uint64(0), np.uint64(0)
    for i in range(counts.size):
        size = np.uint64(counts[i])
        for k in range(size):
            values[n + k] = values[first + k]  # never behind `first`: what is yet to come stays
        _sort(values, n, size)
        kept = n
        for k in range(size):
            value = values[n + k]
            if kept == n or value != values[kept - np.uint64(1)]:
                values[kept] = value
                kept += np.uint64(1)
        sizes[i] = kept - n
        n, first = kept, first + size
    return int(n)


@loop
def digests(
    values: NDArray[np.uint32], firsts: NDArray[np.int64], lasts: NDArray[np.int64], out: NDArray[np.uint64]
) -> None:
    """A hash of each list values[firsts[i]:lasts[i]], to `out`: equal for lists of the same values in the same order."""
    for i in range(firsts.size):
        h = _STEP + np.uint64(lasts[i] - firsts[i])
        for k in range(firsts[i], lasts[i]):
            h = (h ^ np.uint64(values[np.uint64(k)])) * _STEP
            h ^= h >> np.uint64(32)
        out[i] = h


@loop
def _sort(values: NDArray[np.uint32], first: np.uint64, size: np.uint64) -> None:
    """Sort so many values from the `first` on, in place."""
    for gap in _GAPS:
        for k in range(gap, np.int64(size)):
            value, place = values[first + np.uint64(k)], k
            while place >= gap and values[first + np.uint64(place - gap)] > value:
                values[first + np.uint64(place)] = values[first + np.uint64(place - gap)]
                place -= gap
            values[first + np.uint64(place)] = value
