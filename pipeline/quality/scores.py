"""scores: how well a grouping agrees with labels, and how sure the figures are.

Every figure is a formula over sums that each labelled unit (a pair, a story, an article) adds to: true positives, pairs,
shares. So one way of resampling serves all: draw as many units again, with repeats, add up, apply the formula
(the percentile bootstrap of Efron and Tibshirani, 1993).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

__all__ = [
    "BOOTSTRAP",
    "Bootstrap",
    "Figure",
    "Formula",
    "agreement",
    "estimate",
    "rates",
    "share",
    "story_sums",
]

#: From totals, float64 (..., columns of the sums), to figures by name, each float64 (...); NaN where undefined.
Formula = Callable[[NDArray[np.float64]], Mapping[str, NDArray[np.float64]]]


class Bootstrap(NamedTuple):
    """How intervals are made: so many resamples, drawn from this seed; the interval covers `level` of them."""

    resamples: int = 1_000
    seed: int = 1
    level: float = 0.95


BOOTSTRAP = Bootstrap()


class Figure(Struct, frozen=True):
    """A figure with its interval; all None where it is undefined, such as a precision where nothing was found."""

    value: float | None
    low: float | None
    high: float | None


def estimate(sums: NDArray[np.float64], formula: Formula, bootstrap: Bootstrap = BOOTSTRAP) -> dict[str, Figure]:
    """The figures of all units, and their intervals. `sums`: float64 (units, columns), one row a unit."""
    values = formula(sums.sum(axis=0))
    resampled = formula(_resampled(sums, bootstrap))
    tails = ((1 - bootstrap.level) / 2, (1 + bootstrap.level) / 2)
    return {name: _figure(float(values[name]), resampled[name], tails) for name in values}


def _resampled(sums: NDArray[np.float64], bootstrap: Bootstrap) -> NDArray[np.float64]:
    """The totals of each resample: float64 (resamples, columns)."""
    random, n = np.random.default_rng(bootstrap.seed), len(sums)
    totals = np.zeros((bootstrap.resamples, sums.shape[1]))
    for row in totals if n else ():
        row[:] = np.bincount(random.integers(0, n, n), minlength=n) @ sums
    return totals


def _figure(value: float, resampled: NDArray[np.float64], tails: Sequence[float]) -> Figure:
    known = resampled[~np.isnan(resampled)]  # a resample without a single find has no precision, and no say in it
    if np.isnan(value) or not len(known):
        return Figure(None, None, None)
    low, high = np.quantile(known, tails)
    return Figure(value, float(low), float(high))


def rates(totals: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Precision, recall and F1 from totals of (true positives, false positives, false negatives)."""
    true, false, missed = totals[..., 0], totals[..., 1], totals[..., 2]
    return {
        "precision": share(true, true + false),
        "recall": share(true, true + missed),
        "f1": share(2 * true, 2 * true + false + missed),
    }


def story_sums(stories: NDArray[np.int64], clusters: NDArray[np.int64]) -> NDArray[np.float64]:
    """What each story adds to the figures of a grouping: float64 (stories, 6), in the order of the story codes.

    `stories` and `clusters`: a code for each article, int64 (articles,). The columns: articles; pairs within the story;
    those of them that share a cluster; pairs within clusters, a pair across two stories counting half for each; B-cubed
    precision and recall, summed over the story's articles (Bagga and Baldwin 1998). All from the cells of the contingency
    table that are not empty, so the work grows with the articles and not with their pairs.
    """
    row_of, column_of = (np.unique(codes, return_inverse=True)[1] for codes in (stories, clusters))
    width = int(column_of.max(initial=0)) + 1
    cells, in_cell = np.unique(row_of.astype(np.int64) * width + column_of, return_counts=True)
    rows, columns, together = cells // width, cells % width, in_cell.astype(np.float64)
    in_story, in_cluster = np.bincount(row_of)[rows], np.bincount(column_of)[columns]
    of_story = np.bincount(row_of).astype(np.float64)
    per_cell = (
        _pairs(together),
        _pairs(together) + together * (in_cluster - together) / 2,
        together * together / in_cluster,
        together * together / in_story,
    )
    summed = [np.bincount(rows, weights=cell, minlength=len(of_story)) for cell in per_cell]
    return np.stack([of_story, _pairs(of_story), *summed], axis=1)


def agreement(totals: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """The figures of a grouping from totals of `story_sums`.

    `pair_*` count pairs of articles. `ari` is the adjusted Rand index of Hubert and Arabie (1985): 1 for the same grouping,
    0 for what chance would give; two groupings without any choice (all alone, all together) agree and have 1.
    """
    n, wanted, both, found, b_precision, b_recall = (totals[..., column] for column in range(6))
    pairs = rates(np.stack([both, found - both, wanted - both], axis=-1))
    precision, recall = share(b_precision, n), share(b_recall, n)
    by_chance = np.nan_to_num(share(wanted * found, _pairs(n)))
    room = (wanted + found) / 2 - by_chance
    ari = np.where(room > 1e-9, share(both - by_chance, room), np.where(n > 0, 1.0, np.nan))
    return {
        **{f"pair_{name}": value for name, value in pairs.items()},
        "b_cubed_precision": precision,
        "b_cubed_recall": recall,
        "b_cubed_f1": share(2 * precision * recall, precision + recall),
        "ari": ari,
    }


def _pairs(n: NDArray[np.float64]) -> NDArray[np.float64]:
    return n * (n - 1) / 2


def share(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    """part / whole, NaN where the whole is 0."""
    return np.asarray(np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=np.asarray(whole) != 0))
