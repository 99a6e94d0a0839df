"""Of many strings at once: 64-bit hashes, to tell that they differ, and the characters up to a byte."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.stages.kernels.bits import load64, loop

__all__ = ["characters", "hashed"]

_STEP = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio, odd
_MIX = np.uint64(0xFF51AFD7ED558CCD)  # of MurmurHash3's 64-bit finaliser


@loop
def hashed(data: NDArray[np.uint8], offsets: NDArray[np.int64], out: NDArray[np.uint64]) -> None:
    """A hash of each of the strings data[offsets[i]:offsets[i + 1]], to `out`; equal strings have equal ones.

    Of eight bytes at a time and of the length, each step one that can be undone: of strings of up to eight bytes and the same
    length no two have the same.
    """
    for i in range(offsets.size - 1):
        at, end = offsets[i], offsets[i + 1]
        value = np.uint64(end - at) * _STEP
        while at < end:
            block = np.uint64(0)
            if at + 8 <= data.size:
                block = load64(data, at)
                if end - at < 8:
                    block &= (np.uint64(1) << np.uint64(8 * (end - at))) - np.uint64(1)
            else:
                for k in range(min(end - at, 8)):
                    block |= np.uint64(data[at + k]) << np.uint64(8 * k)
            value = (value ^ block) * _MIX
            value ^= value >> np.uint64(32)
            at += 8
        out[i] = value * _STEP


@loop
def characters(
    data: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64], out: NDArray[np.int64]
) -> None:
    """How many characters begin in data[starts[i]:ends[i]], UTF-8, to out[i]."""
    for i in range(starts.size):
        count = 0
        for at in range(np.uint64(starts[i]), np.uint64(ends[i])):
            count += data[at] & 0xC0 != 0x80
        out[i] = count
