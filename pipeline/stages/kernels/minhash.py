"""MinHash signatures under datasketch's `affine32` scheme, bit for bit.

The scheme (datasketch 2, `MinHash._init_permutations`, and Broder 1997 for MinHash itself): each 32-bit hash is mixed once by
MurmurHash3's finaliser, then permutation k maps it to a[k] * h + b[k] modulo 2**32 with odd a[k]; the signature keeps the
minimum of each permutation. The empty set has 2**32 - 1 everywhere.
"""

from __future__ import annotations

import functools

import numba
import numpy as np
from numpy.typing import NDArray

from pipeline.stages.kernels.shingle import fmix32

__all__ = ["permutations", "signatures"]

_TOGETHER = 8  # hashes that go through the permutations together


@functools.cache
def permutations(count: int, seed: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """datasketch's (a, b) for a seed, each uint32 of shape (count,).

    Drawn here as datasketch draws them, since importing it costs most of a second; a test holds the two together.
    """
    generator = np.random.RandomState(seed)
    a = generator.randint(0, 1 << 31, count, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    b = generator.randint(0, 1 << 32, count, dtype=np.uint32)
    return a, b


@numba.njit(nogil=True, cache=True)
def signatures(
    shingles: NDArray[np.uint32],
    offsets: NDArray[np.int64],
    a: NDArray[np.uint32],
    b: NDArray[np.uint32],
    out: NDArray[np.uint32],
) -> None:
    """The signature of each set shingles[offsets[i]:offsets[i + 1]] into out[i], uint32 (n, permutations).

    Repeats in a set change nothing. Hashes are mixed first, and then eight of them go through the permutations together, so
    that the minima are loaded and stored an eighth as often; both loops have no branch and compile to vector instructions.
    """
    most = 0
    for text in range(offsets.size - 1):
        most = max(most, offsets[text + 1] - offsets[text])
    mixed = np.empty(most + _TOGETHER, np.uint32)
    for text in range(offsets.size - 1):
        minima = out[text]
        minima[:] = np.uint32(0xFFFFFFFF)
        first = offsets[text]
        size = offsets[text + 1] - first
        for i in range(size):
            mixed[i] = fmix32(shingles[np.uint64(first + i)])
        # Past the end the last hash again: a minimum does not mind.
        for i in range(size, size + -size % _TOGETHER):
            mixed[i] = mixed[size - 1]
        for i in range(0, size, _TOGETHER):
            h0, h1, h2, h3 = mixed[i], mixed[i + 1], mixed[i + 2], mixed[i + 3]
            h4, h5, h6, h7 = mixed[i + 4], mixed[i + 5], mixed[i + 6], mixed[i + 7]
            for k in range(a.size):
                v0 = min(np.uint32(a[k] * h0 + b[k]), np.uint32(a[k] * h1 + b[k]))
                v1 = min(np.uint32(a[k] * h2 + b[k]), np.uint32(a[k] * h3 + b[k]))
                v2 = min(np.uint32(a[k] * h4 + b[k]), np.uint32(a[k] * h5 + b[k]))
                v3 = min(np.uint32(a[k] * h6 + b[k]), np.uint32(a[k] * h7 + b[k]))
                minima[k] = min(minima[k], v0, v1, v2, v3)
