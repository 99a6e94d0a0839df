"""cluster: from verified matches to clusters in which every member was verified against the anchor.

Connected components of verified matches would still chain: A like B, B like C, A nothing like C. So each component has an
anchor, the article with most accepted neighbours, then the earliest, then the one with the smallest id; it takes its
neighbours, and what is left is treated again. Only the set of matches counts, not their order.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

__all__ = ["run"]

_TWIN = 0  # the path by which twins were paired


def run(matches: pa.Table, ranks: NDArray[np.int64]) -> NDArray[np.int64]:
    """The anchor of each article: row numbers, int64 (articles,); an article on its own is its own anchor.

    `matches` has left, right (row numbers), path and accepted, as verify leaves them. `ranks`, int64 (articles,), all
    distinct, puts the articles in the order of preference for anchors: effective time, then id. Twins (path `_TWIN`: same
    text at the same time) count as one node of their number and share its anchor.
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
    anchors(*neighbours(*ends, n), weights, ranks, found)
    return found[stands_for]
