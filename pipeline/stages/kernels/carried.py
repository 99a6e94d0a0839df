"""Lines that many articles of a publisher carry: each line of one has a key, and of all keys few are repeated or known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.stages.kernels.bits import has_bit, loop, set_bit, spot

__all__ = ["MIX", "common", "keys", "known", "mark"]

MIX = np.uint64(0x9E3779B97F4A7C15)


@loop
def keys(
    lines: NDArray[np.uint64],
    firsts: NDArray[np.int64],
    lasts: NDArray[np.int64],
    owners: NDArray[np.int64],
    out: NDArray[np.uint64],
) -> None:
    """One for each line of a publisher, to `out`: of the lines[firsts[i]:lasts[i]] of owners[i], article by article."""
    n = np.uint64(0)
    for i in range(firsts.size):
        owner = np.uint64(owners[i]) * MIX
        for k in range(firsts[i], lasts[i]):
            out[n] = lines[np.uint64(k)] ^ owner
            n += np.uint64(1)


@loop
def common(keys: NDArray[np.uint64], at_least: int, counters: NDArray[np.uint8], out: NDArray[np.int64]) -> int:
    """The places of keys that may occur at least so often, to `out`; returns how many. None that does is left out.

    `counters`, a power of two of them and all 0, are shared by keys whose hashes fall together; they stop at 255.
    """
    shift = np.uint64(64 - int(np.log2(counters.size)))
    for i in range(keys.size):
        slot = np.int64((keys[i] * MIX) >> shift)
        if counters[slot] < 255:
            counters[slot] += np.uint8(1)
    least, n = min(at_least, 255), 0
    for i in range(keys.size):
        if counters[np.int64((keys[i] * MIX) >> shift)] >= least:
            out[n] = i
            n += 1
    return n


@loop
def mark(keys: NDArray[np.uint64], bits: NDArray[np.uint64]) -> None:
    """Mark keys in a Bloom filter (`bits.spot`)."""
    for key in keys:
        set_bit(bits, spot(key, bits))


@loop
def known(
    lines: NDArray[np.uint64],
    firsts: NDArray[np.int64],
    lasts: NDArray[np.int64],
    owners: NDArray[np.int64],
    stretches: NDArray[np.int64],
    bits: NDArray[np.uint64],
    places: NDArray[np.int64],
    out: NDArray[np.uint64],
) -> int:
    """The keys that may be marked, of lines in the stretch of time of their article, to `out`; their `places` among all lines.
    An owner below 0 has none.

    As `keys`, each with its stretch: key * MIX ^ stretch. Returns how many there are; `places` and `out` must hold one for each
    line, and one more.
    """
    n, at = np.uint64(0), np.int64(0)
    for i in range(firsts.size):
        if owners[i] < 0:
            at += lasts[i] - firsts[i]
            continue
        owner = np.uint64(owners[i]) * MIX
        for k in range(firsts[i], lasts[i]):
            key = (lines[np.uint64(k)] ^ owner) * MIX ^ np.uint64(stretches[i])
            places[n], out[n] = at, key  # they stay if the next ones do not take their place
            n += has_bit(bits, spot(key, bits))
            at += 1
    return int(n)
