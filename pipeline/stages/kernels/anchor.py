"""Anchored clusters over verified matches, in compressed sparse rows."""

from __future__ import annotations

import heapq

import numba
import numpy as np
from numpy.typing import NDArray

__all__ = ["anchors", "neighbours"]

Node = int | np.int64


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
    apart: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
    out: NDArray[np.int64],
    left_out: NDArray[np.int8],
) -> None:
    """The anchor of each node, to out (n,): a node itself, or a neighbour of it.

    Among the nodes still free, the one with the heaviest free neighbourhood is the next anchor, ties to the lowest rank; it
    takes its free neighbours. `weights` counts the articles that a node stands for, itself and its twins. A heap may hold
    outdated degrees: they only shrink, so what comes up too heavy is pushed back with what it weighs now. Who has no neighbours
    needs no place in it.

    In the path 0 - 1 - 2 - 3 with ranks 0 1 2 3, node 1 (as heavy as 2, but earlier) takes 0 and 2; 3 is left alone.

    `apart`: pairs that share no anchor, (pairs, 2), and the numbers of the pairs of each node in compressed sparse rows, both
    empty without pairs. Who is in one waits until the others are taken, then they come by rank; who finds its rival there
    stays free. `left_out`, zeros (pairs,), becomes 1 where that was the first of a pair, 2 where it was the second.
    """
    _, rivals_at, rivals = apart
    degrees = np.empty(indptr.size - 1, np.int64)
    out[:] = -1
    heap = _heap(indptr, indices, weights, ranks, degrees, out)
    waiting = [(np.int64(0), np.int64(-1))]
    waiting.pop()
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
            if out[neighbour] >= 0:
                continue
            if rivals.size and rivals_at[neighbour] < rivals_at[neighbour + 1]:
                heapq.heappush(waiting, (ranks[neighbour], np.int64(neighbour)))
                continue
            out[neighbour] = node
            _leave(neighbour, indptr, indices, weights, degrees)
        while waiting:
            _, neighbour = heapq.heappop(waiting)
            if not _meets_a_rival(neighbour, node, apart, out, left_out):
                out[neighbour] = node
                _leave(neighbour, indptr, indices, weights, degrees)


@numba.njit(nogil=True, cache=True)
def _heap(
    indptr: NDArray[np.int64],
    indices: NDArray[np.int32],
    weights: NDArray[np.int64],
    ranks: NDArray[np.int64],
    degrees: NDArray[np.int64],
    out: NDArray[np.int64],
) -> list[tuple[np.int64, np.int64, np.int64]]:
    """The nodes with neighbours as a heap: the heaviest neighbourhood first. The others are their own anchors already."""
    heap = [(np.int64(0), np.int64(0), np.int64(-1))]
    heap.pop()
    for node in range(indptr.size - 1):
        if indptr[node] == indptr[node + 1]:
            out[node] = node
            continue
        degrees[node] = weights[node] - 1
        for k in range(indptr[node], indptr[node + 1]):
            degrees[node] += weights[indices[k]]
        heap.append((-degrees[node], ranks[node], np.int64(node)))
    heapq.heapify(heap)
    return heap


@numba.njit(nogil=True, cache=True)
def _meets_a_rival(
    node: Node,
    anchor: Node,
    apart: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
    out: NDArray[np.int64],
    left_out: NDArray[np.int8],
) -> bool:
    """Whether an anchor has somebody already whom a node may not be with; those pairs are told."""
    pairs, rivals_at, rivals = apart
    found = False
    for k in range(rivals_at[node], rivals_at[node + 1]):
        number = rivals[k]
        side = 0 if pairs[number, 0] == node else 1
        if out[pairs[number, 1 - side]] == anchor:
            left_out[number] = 1 + side
            found = True
    return found


@numba.njit(nogil=True, cache=True)
def _leave(
    node: Node,
    indptr: NDArray[np.int64],
    indices: NDArray[np.int32],
    weights: NDArray[np.int64],
    degrees: NDArray[np.int64],
) -> None:
    """A node is free no more: it weighs nothing to its neighbours."""
    for k in range(indptr[node], indptr[node + 1]):
        degrees[indices[k]] -= weights[node]
