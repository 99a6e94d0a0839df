"""What texts may have in common: bands and sampled shingles, and the keys of those that a fresh text may have, too.

A key is `value << 32 | row`, uint64: the value is a 32-bit hash, of an LSH band or a shingle.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from pipeline.stages.kernels.bits import has_bit, loop, set_bit, spot
from pipeline.stages.kernels.shingle import fmix32

__all__ = ["band_values", "list_keys", "mark", "sampled_values", "touched"]

_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xFF51AFD7ED558CCD)
_VALUE = np.uint64(32)


@numba.njit(nogil=True, cache=True)
def band_values(signature: NDArray[np.uint32], rows: int, out: NDArray[np.uint32]) -> None:
    """Hash of each band: `out` (texts, bands) from `signature` (texts, permutations), `rows` columns a band."""
    for i in range(out.shape[0]):
        for band in range(out.shape[1]):
            h = np.uint64(band * rows + 1)
            for k in range(band * rows, (band + 1) * rows):
                h = (h ^ np.uint64(signature[i, k])) * _STEP
                h ^= h >> _VALUE
            out[i, band] = np.uint32((h * _MIX) >> _VALUE)


@numba.njit(nogil=True, cache=True)
def sampled_values(
    shingles: NDArray[np.uint32],
    offsets: NDArray[np.int64],
    one_in: int,
    out: NDArray[np.uint32],
    counts: NDArray[np.int64],
) -> int:
    """One shingle in `one_in`, chosen by its hash and so the same in every text, to `out`; `counts` of each text.

    `out` must hold every shingle. A shingle that a text repeats comes as often. Returns how many there are in all.
    """
    n = 0
    limit = np.uint32(0xFFFFFFFF // one_in)
    for i in range(offsets.size - 1):
        first = n
        for j in range(offsets[i], offsets[i + 1]):
            value = shingles[np.uint64(j)]
            out[np.uint64(n)] = value  # stays if the next one does not take its place
            n += fmix32(value) <= limit
        counts[i] = n - first
    return n


@loop
def mark(
    values: NDArray[np.uint32], firsts: NDArray[np.int64], lasts: NDArray[np.int64], bits: NDArray[np.uint64]
) -> None:
    """Mark in `bits`, of a length that is a power of two, the values of the lists values[firsts[i]:lasts[i]], for `touched`."""
    for i in range(firsts.size):
        for k in range(firsts[i], lasts[i]):
            set_bit(bits, spot(np.uint64(values[np.uint64(k)]), bits))


@loop
def touched(
    values: NDArray[np.uint32],
    firsts: NDArray[np.int64],
    lasts: NDArray[np.int64],
    rows: NDArray[np.int64],
    bits: NDArray[np.uint64],
    by_place: bool,
    out: NDArray[np.uint64],
    counts: NDArray[np.int64],
) -> None:
    """The keys of the values that are marked, to `out`, in parts. A few others come along.

    Those of rows[i] are values[firsts[i]:lasts[i]]. `out`, (parts, room), has room for as many in each part as may come;
    `counts`, int64 (parts,), 0 at first, takes how many do. The part is the place of the value in its list, if so asked, else
    that of a stretch of values: with two parts those below 2**31 are in the first.
    """
    n_parts = np.uint64(out.shape[0])
    for i in range(rows.size):
        row, first = np.uint64(rows[i]), firsts[i]
        for k in range(first, lasts[i]):
            value = values[np.uint64(k)]
            part = np.uint64(k - first) if by_place else (np.uint64(value) * n_parts) >> _VALUE
            n = counts[part]
            out[part, np.uint64(n)] = np.uint64(value) << _VALUE | row  # stays if the next one does not take its place
            counts[part] = n + np.int64(has_bit(bits, spot(np.uint64(value), bits)))


@loop
def list_keys(
    values: NDArray[np.uint32],
    firsts: NDArray[np.int64],
    lasts: NDArray[np.int64],
    rows: NDArray[np.int64],
    least: np.uint32,
    most: np.uint32,
    out: NDArray[np.uint64],
) -> int:
    """The keys of the values in [least, most], to `out`; returns how many. `out` must hold all values, and one more.

    Those of rows[i] are values[firsts[i]:lasts[i]].
    """
    n = 0
    for i in range(rows.size):
        row = np.uint64(rows[i])
        for k in range(firsts[i], lasts[i]):
            value = values[np.uint64(k)]
            out[np.uint64(n)] = np.uint64(value) << _VALUE | row
            n += np.int64((value >= least) & (value <= most))
    return n
