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

    Repeats in a set change nothing. Four hashes go through the permutations together, so that the minima are loaded and
    stored a quarter as often; the inner loop has no branch and compiles to vector instructions.
    """
    n_permutations = a.size
    for text in range(offsets.size - 1):
        minima = out[text]
        minima[:] = np.uint32(0xFFFFFFFF)
        i, end = offsets[text], offsets[text + 1]
        while i < end:
            # Past the end the last hash again: a minimum does not mind.
            h0 = fmix32(shingles[i])
            h1 = fmix32(shingles[min(i + 1, end - 1)])
            h2 = fmix32(shingles[min(i + 2, end - 1)])
            h3 = fmix32(shingles[min(i + 3, end - 1)])
            for k in range(n_permutations):
                v0 = min(np.uint32(a[k] * h0 + b[k]), np.uint32(a[k] * h1 + b[k]))
                v1 = min(np.uint32(a[k] * h2 + b[k]), np.uint32(a[k] * h3 + b[k]))
                minima[k] = min(minima[k], v0, v1)
            i += 4
