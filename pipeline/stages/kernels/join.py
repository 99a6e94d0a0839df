"""Joins by sorting: rows that share a key, found by sorting keys that carry their row in the low bits.

A *run* is a stretch of equal keys in the sorted array: the bucket of an LSH band, or the articles that share one
shingle. Pairs come out as left << 32 | right with left < right, with repeats; the caller sorts and drops those.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from pipeline.stages.kernels.shingle import fmix32

__all__ = ["band_keys", "emit_pairs", "pair_bound", "runs", "sampled_keys", "tally"]

_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xFF51AFD7ED558CCD)


@numba.njit(nogil=True, cache=True)
def band_keys(signature: NDArray[np.uint32], column: int, rows: int, row_bits: int, out: NDArray[np.uint64]) -> None:
    """Key of each row in the band of signature columns [column, column + rows): hash << row_bits | row."""
    for i in range(signature.shape[0]):
        h = np.uint64(column + 1)
        for k in range(column, column + rows):
            h = (h ^ np.uint64(signature[i, k])) * _STEP
            h ^= h >> np.uint64(32)
        out[i] = ((h * _MIX) >> np.uint64(row_bits)) << np.uint64(row_bits) | np.uint64(i)


@numba.njit(nogil=True, cache=True)
def sampled_keys(
    shingles: NDArray[np.uint32], offsets: NDArray[np.int64], one_in: int, row_bits: int, out: NDArray[np.uint64]
) -> int:
    """Keys of one shingle in `one_in`, chosen by its hash and so the same in every article; returns how many.

    `out` must hold a key for every shingle. A shingle that an article repeats gives equal keys.
    """
    n = 0
    limit = np.uint32(0xFFFFFFFF // one_in)
    for i in range(offsets.size - 1):
        for j in range(offsets[i], offsets[i + 1]):
            h = fmix32(shingles[j])
            if h <= limit:
                # Another mix: the chosen hashes are small numbers, and the key's high bits should differ.
                key = (np.uint64(shingles[j]) + np.uint64(1)) * _MIX
                out[n] = (key >> np.uint64(row_bits)) << np.uint64(row_bits) | np.uint64(i)
                n += 1
    return n


@numba.njit(nogil=True, cache=True)
def runs(keys: NDArray[np.uint64], row_bits: int, out: NDArray[np.int64]) -> int:
    """First and last + 1 of each run of at least two keys in a sorted array, to out[n, 2]; returns how many."""
    n = 0
    first = 0
    for i in range(1, keys.size + 1):
        if i == keys.size or keys[i] >> np.uint64(row_bits) != keys[first] >> np.uint64(row_bits):
            if i - first > 1:
                out[n, 0], out[n, 1] = first, i
                n += 1
            first = i
    return n


@numba.njit(nogil=True, cache=True)
def pair_bound(found: NDArray[np.int64], slots: int, cap: int, pivots: int) -> int:
    """At least as many pairs as `emit_pairs` writes for these runs, when the times fall into `slots` stretches."""
    n = 0
    for r in range(found.shape[0]):
        size = found[r, 1] - found[r, 0]
        n += size * (size - 1) // 2 if size <= cap else size * min(size, pivots * slots)
    return n


@numba.njit(nogil=True, cache=True)
def _leads(
    rows: NDArray[np.int64], slots: NDArray[np.int64], contents: NDArray[np.int64], pivots: int
) -> NDArray[np.int64]:
    """Pivots of a hot run: in each slot of time the rows with the smallest content hashes, of equal ones the first row.

    Chosen by what is in the bucket. Slots are absolute stretches of time, so that every row has a pivot within its window
    wherever the run as a whole reaches.
    """
    order = np.argsort(contents[rows], kind="mergesort")
    order = order[np.argsort(slots[order], kind="mergesort")]
    chosen = np.empty(min(rows.size, pivots * np.unique(slots).size), np.int64)
    n = 0
    in_slot = 0
    for k in range(order.size):
        if k == 0 or slots[order[k]] != slots[order[k - 1]]:
            in_slot = 0
        elif contents[rows[order[k]]] == contents[rows[order[k - 1]]]:
            continue
        if in_slot < pivots:
            chosen[n] = order[k]
            n += 1
        in_slot += 1
    return chosen[:n]


@numba.njit(nogil=True, cache=True)
def emit_pairs(
    keys: NDArray[np.uint64],
    found: NDArray[np.int64],
    row_bits: int,
    times: NDArray[np.int64],
    contents: NDArray[np.int64],
    window: int,
    cap: int,
    pivots: int,
    out: NDArray[np.uint64],
) -> int:
    """The pairs within the runs `found` (m, 2): all of them up to `cap` rows, above it each row with the run's pivots.

    `times` (int64 microseconds) and `contents` (int64) are by row; pairs further apart than `window` are left out. Returns
    how many were written to `out` (see `pair_bound` for its size).
    """
    mask = (np.uint64(1) << np.uint64(row_bits)) - np.uint64(1)
    n = 0
    for r in range(found.shape[0]):
        first, last = found[r, 0], found[r, 1]
        if last - first <= cap:
            for i in range(first, last - 1):
                left = np.int64(keys[i] & mask)
                for j in range(i + 1, last):  # rows ascend within a run
                    right = np.int64(keys[j] & mask)
                    if left != right and abs(times[left] - times[right]) <= window:
                        out[n] = np.uint64(left) << np.uint64(32) | np.uint64(right)
                        n += 1
        else:
            rows = (keys[first:last] & mask).astype(np.int64)
            slots = times[rows] // window
            is_lead = np.zeros(rows.size, np.bool_)
            leads = _leads(rows, slots, contents, pivots)
            is_lead[leads] = True
            for p in leads:
                for k in range(rows.size):
                    if is_lead[k] and k <= p:  # two pivots meet once
                        continue
                    left, right = min(rows[p], rows[k]), max(rows[p], rows[k])
                    if left != right and abs(times[left] - times[right]) <= window:
                        out[n] = np.uint64(left) << np.uint64(32) | np.uint64(right)
                        n += 1
    return n


@numba.njit(nogil=True, cache=True)
def tally(pairs: NDArray[np.uint64], at_least: int) -> int:
    """Keep each value of a sorted array that occurs at least so often, once, in place; returns how many."""
    n = 0
    first = 0
    for i in range(1, pairs.size + 1):
        if i == pairs.size or pairs[i] != pairs[first]:
            if i - first >= at_least:
                pairs[n] = pairs[first]
                n += 1
            first = i
    return n
