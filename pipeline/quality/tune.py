"""tune: what the settings of pair and verify find and miss on articles at hand, and what other cuts would.

Three measures: the chance that two texts become candidates (in theory), the share that do (against exhaustive search on a
sample), and the scores of a grid of cuts on labels. And the pairs nearest to the cut, which are best labelled next.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct
from numpy.typing import NDArray

from pipeline import config, schema
from pipeline.quality.evaluate import pair_sums
from pipeline.quality.labels import Labels
from pipeline.quality.scores import agreement, rates, story_sums
from pipeline.stages import cluster, pair, verify
from pipeline.stages.kernels import arrays

__all__ = ["Bin", "Borderline", "Corpus", "Cut", "Point", "borderline", "curve", "cuts", "recall"]

JACCARDS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.7)
CONTAINMENTS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9)

_BIN = 0.05
_LOWEST = 0.05  # pairs below share so little that nobody wants them as candidates
_ROWS_AT_A_TIME = 256


class Corpus(NamedTuple):
    """Articles as the stages see them, row by row together.

    `times`: int64 microseconds; `ranks` as `cluster.run` takes; `width`: the words of a shingle.
    """

    articles: pa.Table
    sketches: pa.Table
    facts: pa.Table
    times: NDArray[np.int64]
    ranks: NDArray[np.int64]
    candidates: pa.Table
    width: int


class Point(Struct, frozen=True):
    """The chance that two texts with this Jaccard become candidates by bands, by the sample, by either."""

    jaccard: float
    bands: float
    sample: float
    either: float


class Bin(Struct, frozen=True):
    """Pairs of the exhaustive search whose `measure` lies in [low, high): how many became candidates, and by which path.

    `by_sample`: by the sample alone. `expected`: the share that bands should find, by the S-curve at their Jaccards.
    """

    measure: str
    low: float
    high: float
    n_pairs: int
    by_bands: int
    by_sample: int
    expected: float

    @property
    def recall(self) -> float:
        """The share that became candidates."""
        return (self.by_bands + self.by_sample) / self.n_pairs


class Cut(Struct, frozen=True):
    """What a pair of cuts makes of the labels. None where undefined; with labelled stories every pair of articles counts.

    `reprints`, `different`, `partial`: pairs of that label in one cluster. `n_accepted`: matches, labelled or not.
    """

    min_jaccard: float
    min_containment: float
    is_current: bool
    precision: float | None
    recall: float | None
    f1: float | None
    reprints: int
    different: int
    partial: int
    n_accepted: int


class Borderline(Struct, frozen=True):
    """A compared pair without a label, near the cut: `margin` is 1 at the cut, 2 at twice it, below 1 where refused."""

    left_id: str
    right_id: str
    left_headline: str | None
    right_headline: str | None
    jaccard: float
    containment: float
    longest_run: int
    margin: float
    relation: str
    reason: str


def curve(bands: int, rows: int, settings: config.Pair, n_shingles: int, step: float = 0.05) -> list[Point]:
    """The chances over all Jaccards, for two texts of `n_shingles` distinct shingles each.

    Bands: 1 - (1 - J**rows)**bands (Leskovec et al., 3.4.3). The sample: the shared shingles, each drawn with chance
    1 / sample, must give at least `sample_shared`: a binomial tail.
    """
    from scipy.stats import binom

    jaccards = np.linspace(0, 1, round(1 / step) + 1)
    shared = np.round(2 * n_shingles * jaccards / (1 + jaccards))
    banded = by_bands(jaccards, bands, rows)
    off = not settings.sample
    sampled = np.zeros_like(banded) if off else binom.sf(settings.sample_shared - 1, shared, 1 / settings.sample)
    either = 1 - (1 - banded) * (1 - sampled)
    return [Point(*map(float, row)) for row in zip(jaccards, banded, sampled, either, strict=True)]


def by_bands(jaccards: NDArray[np.float64], bands: int, rows: int) -> NDArray[np.float64]:
    """The chance that two texts agree in at least one band."""
    return np.asarray(1 - (1 - jaccards**rows) ** bands)


def recall(corpus: Corpus, settings: config.Pair, permutations: int, sample: int, seed: int = 1) -> list[Bin]:
    """The candidates among all pairs of `sample` articles, drawn from this seed, with any article in their window.

    Bins without a pair are left out. Texts with the same words at the same time count as found: they collapse before.
    """
    found = list(_exhaustive(corpus, settings, sample, seed))
    left, right, jaccard, containment = (np.concatenate(column) for column in zip(*found, strict=True))
    path = _paths(corpus.candidates, left, right, corpus.sketches.num_rows)
    expected = by_bands(jaccard, *pair.band_shape(settings, permutations))
    bins = []
    for measure, values in (("jaccard", jaccard), ("containment", containment)):
        edges = np.arange(_LOWEST, 1, _BIN).round(2)
        which = np.digitize(values, edges) - 1
        for number, low in enumerate(edges.tolist()):
            inside = which == number
            if inside.any():
                by_sample = int((path[inside] == pair.PATHS.index("sample")).sum())
                others = int((path[inside] >= 0).sum()) - by_sample
                high = round(low + _BIN, 2)
                bins.append(
                    Bin(measure, low, high, int(inside.sum()), others, by_sample, float(expected[inside].mean()))
                )
    return bins


_Found = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]


def _exhaustive(corpus: Corpus, settings: config.Pair, sample: int, seed: int) -> Iterator[_Found]:
    """Pairs (left, right, jaccard, containment) that share shingles, by an inverted index: exact, and slow on purpose."""
    from scipy import sparse

    values, offsets = arrays.hashes(corpus.sketches["shingles"])
    n = len(offsets) - 1
    row_of = np.repeat(np.arange(n, dtype=np.uint64), np.diff(offsets))
    keys = np.unique(row_of << np.uint64(32) | values)  # a shingle counts once an article
    rows, shingles = (keys >> np.uint64(32)).astype(np.int64), keys & np.uint64(0xFFFFFFFF)
    sizes = np.bincount(rows, minlength=n)
    drawn = np.sort(np.random.default_rng(seed).permutation(n)[:sample])
    is_drawn = np.zeros(n, bool)
    is_drawn[drawn] = True
    vocabulary = np.unique(shingles[is_drawn[rows]])
    columns = np.searchsorted(vocabulary, shingles)
    kept = columns < len(vocabulary)
    kept[kept] = vocabulary[columns[kept]] == shingles[kept]
    shape = (n, max(1, len(vocabulary)))
    texts = sparse.csr_array((np.ones(kept.sum(), np.int32), (rows[kept], columns[kept])), shape=shape)
    index = texts.T.tocsr()
    window = int(settings.window_days * schema.DAY)
    nothing = np.empty(0, np.int64)
    yield nothing, nothing, nothing.astype(float), nothing.astype(float)
    for start in range(0, len(drawn), _ROWS_AT_A_TIME):
        block = drawn[start : start + _ROWS_AT_A_TIME]
        shared = (texts[block] @ index).tocoo()
        one, other, both = block[shared.row], shared.col.astype(np.int64), shared.data
        once = (one != other) & (~is_drawn[other] | (one < other))
        once &= np.abs(corpus.times[one] - corpus.times[other]) <= window
        one, other, both = one[once], other[once], both[once]
        jaccard = both / (sizes[one] + sizes[other] - both)
        containment = both / np.minimum(sizes[one], sizes[other])
        wanted = np.maximum(jaccard, containment) >= _LOWEST
        yield one[wanted], other[wanted], jaccard[wanted], containment[wanted]


def _paths(candidates: pa.Table, left: NDArray[np.int64], right: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """The path by which each pair became a candidate; -1 if it did not."""
    one, other, path = (candidates[name].to_numpy() for name in ("left", "right", "path"))
    stands_for = np.arange(n)
    twins = path == pair.PATHS.index("twin")
    stands_for[other[twins]] = one[twins]
    left, right = stands_for[left], stands_for[right]
    keys, wanted = one * n + other, np.minimum(left, right) * n + np.maximum(left, right)
    if not len(keys):
        return np.where(left == right, 0, -1)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(left == right, 0, np.where(keys[at] == wanted, path[at], -1))


def cuts(corpus: Corpus, labels: Labels, settings: config.Verify) -> list[Cut]:
    """The scores of every pair of cuts in the grid, the current ones among them, on labelled pairs or else stories."""
    score = _Score.of(corpus.articles["article_id"].to_pylist(), labels)
    found = []
    for min_jaccard in sorted({*JACCARDS, settings.min_jaccard}):
        for min_containment in sorted({*CONTAINMENTS, settings.min_containment}):
            changed = msgspec.structs.replace(settings, min_jaccard=min_jaccard, min_containment=min_containment)
            matches = verify.run(corpus.candidates, corpus.sketches, corpus.facts, changed, corpus.width)
            scores = score(cluster.run(matches, corpus.ranks))
            accepted = pc.sum(matches["accepted"]).as_py() or 0
            found.append(Cut(min_jaccard, min_containment, changed == settings, *scores, accepted))
    return found


class _Score(NamedTuple):
    """What a grouping (the anchor of each row) makes of the labels; the labelled rows are looked up once."""

    labels: Labels
    rows: NDArray[np.int64]  # of stories: (articles,); of pairs: (pairs, 2)
    codes: NDArray[np.int64]  # of stories: the story of each row; of pairs: which pairs these are

    @classmethod
    def of(cls, ids: Sequence[str], labels: Labels) -> _Score:
        row_of = {name: row for row, name in enumerate(ids)}
        if labels.pairs:
            known = [n for n, (left, right, *_) in enumerate(labels.pairs) if left in row_of and right in row_of]
            rows = np.array([[row_of[name] for name in labels.pairs[n][:2]] for n in known], np.int64).reshape(-1, 2)
            return cls(labels, rows, np.array(known, np.int64))
        articles = sorted(labels.story_of.keys() & row_of.keys())
        stories = np.unique([labels.story_of[name] for name in articles] or [""], return_inverse=True)[1]
        return cls(labels, np.array([row_of[name] for name in articles], np.int64), stories[: len(articles)])

    def __call__(self, anchors: NDArray[np.int64]) -> tuple[float | None, float | None, float | None, int, int, int]:
        """Precision, recall, F1, and the pairs in one cluster: reprints, different, partial."""
        if self.labels.pairs:
            labelled = [self.labels.pairs[n] for n in self.codes.tolist()]
            together = anchors[self.rows[:, 0]] == anchors[self.rows[:, 1]]
            found = rates(pair_sums(labelled, together, weighted=True).sum(axis=0))
            scores = [_known(found[name]) for name in ("precision", "recall", "f1")]
            counts = [
                sum(pair.label == label for pair, joined in zip(labelled, together, strict=True) if joined)
                for label in "RDP"
            ]
            return scores[0], scores[1], scores[2], counts[0], counts[1], counts[2]
        totals = story_sums(self.codes, anchors[self.rows]).sum(axis=0)
        stories = agreement(totals)
        scores = [_known(stories[f"pair_{name}"]) for name in ("precision", "recall", "f1")]
        return scores[0], scores[1], scores[2], int(totals[2]), round(totals[3] - totals[2]), 0


def _known(value: NDArray[np.float64]) -> float | None:
    return None if np.isnan(value) else float(value)


def borderline(corpus: Corpus, labels: Labels, settings: config.Verify, n: int) -> list[Borderline]:
    """The `n` compared pairs nearest to the cuts that have no label, the nearest first; an article comes once.

    Identical texts and templates are left out: no cut decides them.
    """
    matches = verify.run(corpus.candidates, corpus.sketches, corpus.facts, settings, corpus.width)
    matches = matches.filter(pc.invert(pc.is_in(matches["relation"], pa.array(["identical", "template"]))))
    left, right = matches["left"].to_numpy(), matches["right"].to_numpy()
    margins = _margins(matches, corpus.facts, settings)
    ids, headlines = (corpus.articles[name].to_pylist() for name in ("article_id", "headline"))
    done = {pair[:2] for pair in labels.pairs}
    distance = np.abs(np.log(np.maximum(margins, 1e-9)))
    order = sorted(range(len(margins)), key=lambda row: (distance[row], *sorted((ids[left[row]], ids[right[row]]))))
    taken: set[str] = set()
    found: list[Borderline] = []
    for row in order:
        if len(found) == n:
            break
        one, other = sorted((left[row], right[row]), key=lambda at: ids[at])
        pair_ids = (ids[one], ids[other])
        if pair_ids in done or taken.intersection(pair_ids) or _in_stories(pair_ids, labels.story_of):
            continue
        taken.update(pair_ids)
        match = matches.slice(row, 1).to_pylist()[0]
        containment = max(match["containment_left"], match["containment_right"])
        relation, reason = match["relation"], match["reason"]
        figures = (match["jaccard"], containment, match["longest_run"], float(margins[row]))
        found.append(Borderline(*pair_ids, headlines[one], headlines[other], *figures, relation, reason))
    return found


def _in_stories(article_ids: Sequence[str], story_of: Mapping[str, str]) -> bool:
    return all(name in story_of for name in article_ids)


def _margins(matches: pa.Table, facts: pa.Table, settings: config.Verify) -> NDArray[np.float64]:
    """How far above the nearer of its two cuts each match is, as a factor."""
    publisher = [facts["publisher"].take(matches[side]) for side in ("left", "right")]
    own = pc.fill_null(pc.equal(*publisher), False).to_numpy()
    jaccard = matches["jaccard"].to_numpy()
    containment = np.maximum(matches["containment_left"].to_numpy(), matches["containment_right"].to_numpy())
    alike = np.where(own, settings.own_jaccard, settings.min_jaccard)
    part = np.where(own, settings.own_containment, settings.min_containment)
    return np.asarray(np.maximum(jaccard / np.maximum(alike, 1e-9), containment / np.maximum(part, 1e-9)))
