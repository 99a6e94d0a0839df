"""Who is bound together by the must_links of an editor, and who is kept apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Bonds", "Link", "links"]


class Link(NamedTuple):
    """An order about two articles, by their rows, the earlier first, and by their ids."""

    left: int
    right: int
    ids: tuple[str, str]
    note: str


def links(orders: Mapping[tuple[str, str], str], row_of: Mapping[str, int]) -> list[Link]:
    """The orders of which both articles are there, in the order of time."""
    known = [(row_of[a], row_of[b], (a, b), note) for (a, b), note in orders.items() if a in row_of and b in row_of]
    return sorted(Link(min(a, b), max(a, b), ids, note) for a, b, ids, note in known)


class Bonds:
    """Articles, by row. `must` are the must_links that hold; each that does not, and the cannot_link that wins, is in `void`.

    `apart`: pairs that share no cluster, the smaller row first, and the cannot_link that wants it.
    """

    def __init__(self, must: Iterable[Link], cannot: Iterable[Link]) -> None:
        self.must, self.void = list[Link](), list[tuple[Link, Link]]()
        self.apart = dict[tuple[int, int], Link]()
        self._bound = dict[int, set[int]]()
        barred = dict[int, dict[int, Link]]()
        for order in cannot:
            barred.setdefault(order.left, {})[order.right] = order
            barred.setdefault(order.right, {})[order.left] = order
            self.apart[order.left, order.right] = order
        for order in must:
            one, other = self.bound(order.left), self.bound(order.right)
            against = [link for row in one for to, link in barred.get(row, {}).items() if to in other]
            if against:
                self.void.append((order, min(against)))
                continue
            self.must.append(order)
            one |= other
            self._bound.update(dict.fromkeys(one, one))
        for order in cannot:
            self.part(order.left, order.right, order)

    def bound(self, row: int) -> set[int]:
        """An article and those that are bound to it."""
        return self._bound.get(row, {row})

    def part(self, one: int, other: int, order: Link) -> None:
        """Keep two articles apart, and those who are bound to either."""
        for left in self.bound(one):
            for right in self.bound(other):
                self.apart.setdefault((min(left, right), max(left, right)), order)

    def pairs(self) -> NDArray[np.int64]:
        """Those who are apart: rows, int64 (pairs, 2), sorted."""
        return np.array(sorted(self.apart), np.int64).reshape(-1, 2)
