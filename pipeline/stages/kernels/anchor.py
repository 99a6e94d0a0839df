"""Anchored clusters over verified matches, in compressed sparse rows."""

from __future__ import annotations

import heapq

import numba
import numpy as np
from numpy.typing import NDArray

__all__ = ["anchors", "neighbours"]


@numba.njit(nogil=True, cache=True)
def neighbours(
    left: NDArray[np.int32], right: NDArray[np.int32], n: int
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Undirected edges between n nodes as compressed sparse rows, (indptr, indices)."""
    places = np.zeros(n + 2, np.int64)
    for i in range(left.size):
        places[left[i] + 2] += 1
        places[right[i] + 2] += 1
    for node in range(n):
        places[node + 2] += places[node + 1]
    indices = np.empty(2 * left.size, np.int32)
    for i in range(left.size):  # what is the begin of a row becomes its end, the begin of the next
        indices[places[left[i] + 1]] = right[i]
        indices[places[right[i] + 1]] = left[i]
        places[left[i] + 1] += 1
        places[right[i] + 1] += 1
    return places[:-1], indices


@numba.njit(nogil=True, cache=True)
def anchors(
    indptr: NDArray[np.int64],
    indices: NDArray[np.int32],
    weights: NDArray[np.int64],
    ranks: NDArray[np.int64],
    out: NDArray[np.int64],
) -> None:
    """The anchor of each node, to out (n,): a node itself, or a neighbour of it.

    Among the nodes still free, the one with the heaviest free neighbourhood is the next anchor, ties to the lowest rank; it
    takes its free neighbours. `weights` counts the articles that a node stands for, itself and its twins. A heap may hold
    outdated degrees: they only shrink, so what comes up too heavy is pushed back with what it weighs now. Who has no neighbours
    needs no place in it.

    In the path 0 - 1 - 2 - 3 with ranks 0 1 2 3, node 1 (as heavy as 2, but earlier) takes 0 and 2; 3 is left alone.
    """
    n = indptr.size - 1
    degrees = np.empty(n, np.int64)
    out[:] = -1
    heap = [(np.int64(0), np.int64(0), np.int64(-1))]
    heap.pop()
    for node in range(n):
        if indptr[node] == indptr[node + 1]:
            out[node] = node
            continue
        degrees[node] = weights[node] - 1
        for k in range(indptr[node], indptr[node + 1]):
            degrees[node] += weights[indices[k]]
        heap.append((-degrees[node], ranks[node], np.int64(node)))
    heapq.heapify(heap)
    while heap:
        negated, rank, node = heapq.heappop(heap)
        if out[node] >= 0:
            continue
        if -negated != degrees[node]:
            heapq.heappush(heap, (-degrees[node], rank, node))
            continue
        out[node] = node
        _leave(node, indptr, indices, weights, degrees)
        for k in range(indptr[node], indptr[node + 1]):
            neighbour = indices[k]
            if out[neighbour] < 0:
                out[neighbour] = node
                _leave(neighbour, indptr, indices, weights, degrees)


@numba.njit(nogil=True, cache=True)
def _leave(
    node: int,
    indptr: NDArray[np.int64],
    indices: NDArray[np.int32],
    weights: NDArray[np.int64],
    degrees: NDArray[np.int64],
) -> None:
    """A node is free no more: it weighs nothing to its neighbours."""
    for k in range(indptr[node], indptr[node + 1]):
        degrees[indices[k]] -= weights[node]
