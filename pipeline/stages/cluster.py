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
    from pipeline.stages.kernels.anchor import anchors

    n = len(ranks)
    accepted = matches["accepted"].to_numpy()
    left, right = matches["left"].to_numpy()[accepted], matches["right"].to_numpy()[accepted]
    twins = matches["path"].to_numpy()[accepted] == _TWIN
    stands_for = np.arange(n)
    stands_for[right[twins]] = left[twins]
    nodes, node_of = np.unique(stands_for[np.concatenate([left, right])], return_inverse=True)
    ends = node_of.reshape(2, -1)[:, ~twins]
    indptr, indices = _rows(ends, len(nodes))
    found = np.empty(len(nodes), np.int64)
    weights = np.bincount(np.searchsorted(nodes, left[twins]), minlength=len(nodes)) + 1
    anchors(indptr, indices, weights.astype(np.int64), ranks[nodes], found)
    anchor_of = np.arange(n)
    anchor_of[nodes] = nodes[found]
    return anchor_of[stands_for]


def _rows(ends: NDArray[np.int64], n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Undirected edges, int64 (2, edges), as compressed sparse rows: (indptr, indices)."""
    source, target = np.concatenate([ends[0], ends[1]]), np.concatenate([ends[1], ends[0]])
    order = np.argsort(source, kind="stable")
    indptr = np.zeros(n + 1, np.int64)
    np.cumsum(np.bincount(source, minlength=n), out=indptr[1:])
    return indptr, target[order].astype(np.int64)
