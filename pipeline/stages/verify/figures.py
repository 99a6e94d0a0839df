"""The exact figures of pairs of texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.stages.kernels import arrays
from pipeline.stages.kernels.threads import parallel

__all__ = ["Figures", "Flat", "distinct"]

_TASK_PAIRS = 4_096  # pairs that one thread compares at a time


Lists = tuple[NDArray[np.unsignedinteger], NDArray[np.int64], NDArray[np.int64]]


class Flat(NamedTuple):
    """Sketches as kernels read them: lists as `arrays.scattered` has them; `contents`, int64, and `n_words`, int32."""

    shingles: Lists
    quotes: Lists
    figures: Lists
    names: Lists
    contents: NDArray[np.int64]
    n_words: NDArray[np.int32]

    @classmethod
    def of(cls, sketches: pa.Table) -> Flat:
        """Those of a table (SKETCHES), row by row."""
        shingles, quotes, figures, names = (arrays.scattered(sketches[name]) for name in cls._fields[:4])
        contents, n_words = (sketches[name].to_numpy() for name in ("content", "n_words"))
        return cls(shingles, quotes, figures, names, contents, n_words)


def distinct(flat: Flat, *sides: NDArray[np.int64]) -> NDArray[np.int64]:
    """Distinct shingles of the texts that are on a side of a pair, and how many of them stand outside of quotation marks.

    int64 (texts, 2), by row; 0 for other texts.
    """
    from pipeline.stages.kernels import compare

    counts = np.zeros((len(flat.n_words), 2), np.int64)
    paired = np.zeros(len(counts), np.bool_)
    for rows in sides:
        paired[rows] = True
    _in_threads(
        np.flatnonzero(paired), lambda rows: compare.distinct_counts(*flat.shingles, *flat.quotes, rows, counts)
    )
    return counts


class Figures:
    """Exact figures of pairs of texts A (left) and C (right), each an array with one entry a pair. `distinct` has theirs.

    A shingle is `width` words long.

    - `shared`: distinct shingles in both; `left`, `right`: distinct shingles in each; `same`: they read the same word for
      word. With no shingle in a text, shares are 1.0 for the same words, else 0.0.
    - `longest_run`: shingles of the longest passage in both, `passage` its words, and `begins`, int64 (pairs, 2), where it
      begins in each.
    - `onset`, int64 (pairs, 2): where the first passage that both share begins in each; `tail`: how much of each stands behind
      the last one.
    - `runs`: how many runs they share; `gaps`: before, between and behind those; `swaps`: gaps in which a few words of the one
      stand for a few of the other.
    - `quoted`: shared shingles that stand in quotation marks, in one of them at least; `narrated`: distinct shingles outside of
      quotation marks, in the text that has fewer.
    - `figures`, `names`: numbers, and names, of the text with fewer; `figures_shared`, `names_shared`: how many of them the
      other has.
    """

    def __init__(
        self, flat: Flat, distinct: NDArray[np.int64], left: NDArray[np.int64], right: NDArray[np.int64], width: int
    ) -> None:
        from pipeline.stages.kernels import compare

        self.rows = left, right = arrays.read_only(left), arrays.read_only(right)
        shingles, quotes, figures, names, contents, _ = flat
        self.shared, longest, self.quoted, self.figures_shared, self.names_shared = np.zeros((5, len(left)), np.int64)
        self.begins, self.onset, self.tail = np.zeros((3, len(left), 2), np.int64)
        counts = np.zeros((len(left), 3), np.int64)

        def compare_task(task: NDArray[np.int64]) -> None:
            part = slice(task[0], task[-1] + 1)
            sides = left[part], right[part]
            found = (self.shared[part], longest[part], self.begins[part], self.onset[part], self.tail[part])
            compare.compare(*shingles, *quotes, *sides, distinct, *found, self.quoted[part], counts[part], width)
            compare.shared_values(*figures, *sides, self.figures_shared[part])
            compare.shared_values(*names, *sides, self.names_shared[part])

        _in_threads(np.arange(len(left)), compare_task)
        self.left, self.right = distinct[left, 0], distinct[right, 0]
        self.narrated = np.minimum(distinct[left, 1], distinct[right, 1])
        self.longest_run = longest.astype(np.int32)
        self.passage = np.where(longest > 0, longest + width - 1, 0)
        self.runs, self.gaps, self.swaps = (counts[:, column] for column in (compare.RUNS, compare.GAPS, compare.SWAPS))
        self.same = contents[left] == contents[right]
        self.figures, self.names = (np.minimum(*self._lengths(lists)) for lists in (figures, names))
        self._sizes = np.stack(self._lengths(shingles), axis=1)

    def _lengths(self, lists: Lists) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """How long a list is, of each text of the pairs."""
        _, begins, ends = lists
        left, right = (ends[rows] - begins[rows] for rows in self.rows)
        return left, right

    @property
    def jaccard(self) -> NDArray[np.float64]:
        """|A and C| / |A or C|, float64 in [0, 1]."""
        return self._share(self.left + self.right - self.shared)

    @property
    def containment_left(self) -> NDArray[np.float64]:
        """|A and C| / |A|: how much of the left text the right one has."""
        return self._share(self.left)

    @property
    def containment_right(self) -> NDArray[np.float64]:
        """|A and C| / |C|: how much of the right text the left one has."""
        return self._share(self.right)

    @property
    def containment(self) -> NDArray[np.float64]:
        """|A and C| / min(|A|, |C|)."""
        return self._share(np.minimum(self.left, self.right))

    @property
    def onset_share(self) -> NDArray[np.float64]:
        """How far into its text the first shared passage begins, of the two the later: float64 in [0, 1]."""
        shares: NDArray[np.float64] = self.onset / np.maximum(1, self._sizes)
        return shares[:, 0].clip(min=shares[:, 1])

    def is_amid(self, share: float) -> NDArray[np.bool_]:
        """Whether one of the texts has so much of itself before what it shares, and as much behind."""
        before_and_behind: NDArray[np.int64] = np.minimum(self.onset, self.tail)
        found: NDArray[np.bool_] = np.any(before_and_behind >= share * self._sizes, axis=1)
        return found

    def _share(self, whole: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.where(self.same, 1.0, self.shared / np.maximum(whole, 1))


def _in_threads(items: NDArray[np.int64], work: Callable[[NDArray[np.int64]], None]) -> None:
    parallel(work, np.array_split(items, max(1, len(items) // _TASK_PAIRS)) if len(items) else [])
