"""Stretches of a text, and which of them reach into another: a page may name thousands of papers."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable

__all__ = ["Spans"]


class Spans:
    """Spans [start, end) in any order, which may overlap.

    >>> spans = Spans([(5, 9), (0, 3)])
    >>> spans.reach_into(3, 6), spans.reach_into(3, 5), spans.last_end(8)
    (True, False, 3)
    """

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(spans)
        self._starts = [start for start, _ in ordered]
        self._latest = list(itertools.accumulate((end for _, end in ordered), max))  # of it and all that begin before
        self._ends = sorted(end for _, end in ordered)

    def reach_into(self, start: int, end: int) -> bool:
        """Whether any of them has a place in [start, end)."""
        before = bisect.bisect_left(self._starts, end)
        return before > 0 and self._latest[before - 1] > start

    def last_end(self, place: int) -> int:
        """The last of their ends that is not beyond a place, -1 where there is none."""
        before = bisect.bisect_right(self._ends, place)
        return self._ends[before - 1] if before else -1
