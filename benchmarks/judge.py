"""Is it right? What a contender found, against the truth of the corpus and against an exhaustive search.

The reference knows nothing of hashes: shingles are strings, an inverted index (a sparse product) counts what each two
articles of a sample share, and every pair at or above the cut is a pair that should have been found.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from benchmarks.contender import Job, pairs_within
from benchmarks.peers.shared import shingles

__all__ = ["Reference", "Verdict", "exhaustive", "load"]

_BLOCK = 500  # rows of the product at a time
_CHECKED_EDGES = 5_000

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Shares in [0, 1], and counts.

    `recall`, `precision`: of pairs within the sample, against the exhaustive search. `truth_recall`: of all pairs of
    prints of one story (many lie below the cut by design); `truth_precision`: reported pairs that are prints of one
    story. `checked`: reported pairs computed again from strings; `false`: those below the cut; `worst`: the largest
    difference of a reported Jaccard from the exact one, NaN where none is reported. `components`: clusters of two or
    more by the reported pairs; `groups`: by the reported labels.
    """

    recall: float
    precision: float
    truth_recall: float
    truth_precision: float
    checked: int
    false: int
    worst: float
    components: int
    groups: int


def load(out: Path) -> dict[str, npt.NDArray[Any]]:
    """The arrays of an `Outcome` that `contender.measure` wrote; clusters alone as pairs whose Jaccard is not known."""
    with np.load(out.with_suffix(".npz")) as arrays:
        outcome = {name: arrays[name] for name in arrays.files}
    if "left" not in outcome:
        outcome["left"], outcome["right"] = pairs_within(outcome["label"])
    return {"jaccard": np.full(len(outcome["left"]), np.nan)} | outcome


def exhaustive(sets: list[set[bytes]], cut: float) -> tuple[Ints, Ints]:
    """(left, right), left < right, of all pairs of sets with a Jaccard of at least `cut`; an empty set pairs with none.

    >>> [side.tolist() for side in exhaustive([{b"a", b"b"}, {b"c"}, {b"a", b"b"}], 0.7)]
    [[0], [2]]
    """
    from scipy.sparse import csr_array

    numbers: dict[bytes, int] = {}
    columns = [numbers.setdefault(shingle, len(numbers)) for one in sets for shingle in one]
    sizes = np.array([len(one) for one in sets])
    shape = (len(sets), max(len(numbers), 1))
    holds = csr_array((np.ones(len(columns), np.int32), columns, np.concatenate([[0], np.cumsum(sizes)])), shape=shape)
    by_shingle = holds.T.tocsr()
    lefts, rights = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for start in range(0, len(sets), _BLOCK):
        shared = (holds[start : start + _BLOCK] @ by_shingle).tocoo()
        left, right = shared.row.astype(np.int64) + start, shared.col.astype(np.int64)
        union = sizes[left] + sizes[right] - shared.data
        found = (left < right) & (shared.data >= cut * union)
        lefts.append(left[found])
        rights.append(right[found])
    return np.concatenate(lefts), np.concatenate(rights)


def _pair_keys(left: Ints, right: Ints) -> Ints:
    return (left << 32) | right


def _components(n: int, left: Ints, right: Ints) -> int:
    """Connected components of two or more."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    _, label = connected_components(
        coo_array((np.ones(len(left), np.int8), (left, right)), shape=(n, n)), directed=False
    )
    return _groups(label)


def _groups(label: npt.NDArray[Any]) -> int:
    return int((np.unique(label, return_counts=True)[1] > 1).sum())


@dataclass(frozen=True, slots=True)
class Reference:
    """The truth of a corpus, and all pairs at the cut within a sample of whole stories.

    `story`: int64 (articles,); `bodies`: the texts; `sampled`: bool (articles,); `keys`: sorted `left << 32 | right` of
    the pairs within the sample.
    """

    job: Job
    story: Ints
    bodies: Any
    sampled: npt.NDArray[np.bool_]
    keys: Ints

    @classmethod
    def of(cls, path: Path, sample: int, job: Job) -> Reference:
        """Read the corpus, draw whole stories until about `sample` articles are together, and search them."""
        table = pq.read_table(path, columns=["body", "story"])
        story = table["story"].to_numpy()
        sizes = np.bincount(story)
        drawn = np.random.default_rng(0).permutation(len(sizes))
        enough = int(np.searchsorted(np.cumsum(sizes[drawn]), sample)) + 1
        sampled = np.isin(story, drawn[:enough])
        rows = np.flatnonzero(sampled)
        bodies = table["body"]
        sets = [shingles(text, job.shingle_words) for text in bodies.take(rows).to_pylist()]
        left, right = exhaustive(sets, job.cut)
        return cls(job, story, bodies, sampled, np.sort(_pair_keys(rows[left], rows[right])))

    def verdict(self, outcome: dict[str, npt.NDArray[Any]]) -> Verdict:
        """Judge an outcome."""
        left, right = outcome["left"], outcome["right"]
        keys = _pair_keys(left, right)
        if len(np.unique(keys)) != len(keys) or not (left < right).all():
            raise ValueError("a pair was reported twice, or not with its left row first")
        within = keys[self.sampled[left] & self.sampled[right]]
        hits = len(np.intersect1d(within, self.keys))
        true_pairs = int((np.bincount(self.story) * (np.bincount(self.story) - 1) // 2).sum())
        true = int((self.story[left] == self.story[right]).sum())
        checked, false, worst = self._check(left, right, outcome["jaccard"])
        return Verdict(
            recall=hits / max(len(self.keys), 1),
            precision=hits / max(len(within), 1),
            truth_recall=true / max(true_pairs, 1),
            truth_precision=true / max(len(left), 1),
            checked=checked,
            false=false,
            worst=worst,
            components=_components(len(self.story), left, right),
            groups=_groups(outcome["label"]),
        )

    def _check(self, left: Ints, right: Ints, jaccard: npt.NDArray[np.float64]) -> tuple[int, int, float]:
        """(pairs checked, pairs below the cut, largest difference) by Python sets of strings."""
        drawn = np.random.default_rng(1).permutation(len(left))[:_CHECKED_EDGES]
        known = not np.isnan(jaccard).any()
        false, worst = 0, 0.0
        for edge in drawn:
            one, other = (
                shingles(self.bodies[int(side[edge])].as_py(), self.job.shingle_words) for side in (left, right)
            )
            exact = len(one & other) / max(len(one | other), 1)
            false += exact < self.job.cut
            worst = max(worst, abs(exact - float(jaccard[edge]))) if known else np.nan
        return len(drawn), false, worst
