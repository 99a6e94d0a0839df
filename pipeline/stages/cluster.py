"""cluster: from verified matches to clusters in which every member was verified against the anchor.

Connected components of verified matches would still chain: A like B, B like C, A nothing like C. So each component has an
anchor, the article with most accepted neighbours, then the earliest, then the one with the smallest id; it takes its
neighbours, and what is left is treated again. Only the set of matches counts, not their order.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

__all__ = ["apart", "run"]

_TWIN = 0  # the path by which twins were paired


def run(matches: pa.Table, ranks: NDArray[np.int64]) -> NDArray[np.int64]:
    """The anchor of each article: row numbers, int64 (articles,); an article on its own is its own anchor.

    `matches` has left, right (row numbers), path and accepted, as verify leaves them. `ranks`, int64 (articles,), all
    distinct, puts the articles in the order of preference for anchors: effective time, then id. Twins (path `_TWIN`: same
    text at the same time) count as one node of their number and share its anchor.
    """
    return apart(matches, ranks, np.empty((0, 2), np.int64))[0]


def apart(
    matches: pa.Table, ranks: NDArray[np.int64], pairs: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """The same where some pairs of articles, int64 (pairs, 2), share no anchor. They are no twins, and stand for none.

    An anchor takes the one with the lower rank, and leaves the other to those that come after it. Beside the anchors, int8
    (pairs,) says which of each pair was left by the anchor of the other: 1 the first, 2 the second, 0 neither was.
    """
    from pipeline.stages.kernels.anchor import anchors, neighbours

    n = len(ranks)
    accepted = matches.select(["left", "right", "path"]).filter(matches["accepted"])
    left, right, path = (column.to_numpy() for column in accepted.columns)
    twins, others = path == _TWIN, path != _TWIN
    stands_for = np.arange(n, dtype=np.int32)
    stands_for[right[twins]] = left[twins]
    ends = stands_for[left[others]], stands_for[right[others]]
    del accepted, left, right  # of millions
    found, weights = np.empty(n, np.int64), np.bincount(stands_for, minlength=n)
    left_out = np.zeros(len(pairs), np.int8)
    anchors(*neighbours(*ends, n), weights, ranks, (pairs, *_rivals(pairs, n)), found, left_out)
    return found[stands_for], left_out


def _rivals(pairs: NDArray[np.int64], n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the pairs of each article begin in a list of their numbers, and the list; both empty without any."""
    if not len(pairs):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    order = np.argsort(pairs.ravel(), kind="stable")
    return np.searchsorted(pairs.ravel()[order], np.arange(n + 1)), order // 2
