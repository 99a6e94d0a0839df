"""evaluate: how well published tables agree with labels, and where they do not.

Pairs: is a labelled reprint (R) in one cluster, a different story (D) in two? Partial reuse (P) is neither right nor wrong
in one cluster and counted apart. Clusters: how well the grouping of the labelled articles agrees. What stands on a page
is scored in `pages`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct
from numpy.typing import NDArray

from pipeline.quality.labels import Labels, Pair
from pipeline.quality.scores import BOOTSTRAP, Bootstrap, Figure, agreement, estimate, rates, story_sums

__all__ = [
    "ClusterScores",
    "Compared",
    "Missing",
    "PairScores",
    "Published",
    "clusters",
    "missing",
    "pair_sums",
    "pairs",
]

_NAMED = 50  # ids that are missing from the store and named

#: What is wrong about a pair, the worst first.
_WRONG = {("D", True): "false merge", ("R", False): "missed", ("P", True): "partial merged"}

Row = dict[str, Any]


class Published(NamedTuple):
    """What a run published of the labelled articles, by id. `matches` by (left_id, right_id), left < right.

    `excerpts`: (article_id, cluster_id) of partial reuse. `anchors`: cluster_id to anchor_id.
    """

    members: Mapping[str, Row]
    matches: Mapping[tuple[str, str], Row]
    excerpts: frozenset[tuple[str, str]]
    anchors: Mapping[str, str]

    @classmethod
    def of(cls, tables: Mapping[str, pa.Table], article_ids: Iterable[str]) -> Published:
        """From the tables members, matches, excerpts and clusters."""
        ids = pa.array(sorted(set(article_ids)), pa.string())
        members, matches, excerpts = (tables[name] for name in ("members", "matches", "excerpts"))
        members = members.filter(pc.is_in(members["article_id"], ids))
        matches = matches.filter(pc.and_(pc.is_in(matches["left_id"], ids), pc.is_in(matches["right_id"], ids)))
        anchors = tables["clusters"].select(["cluster_id", "anchor_id"]).to_pydict()
        return cls(
            {row["article_id"]: row for row in members.to_pylist()},
            {(row["left_id"], row["right_id"]): row for row in matches.to_pylist()},
            frozenset(zip(*excerpts.select(["article_id", "cluster_id"]).to_pydict().values(), strict=True)),
            dict(zip(*anchors.values(), strict=True)),
        )

    def together(self, left_id: str, right_id: str) -> bool:
        """Whether two articles are in one cluster."""
        return bool(self.members[left_id]["cluster_id"] == self.members[right_id]["cluster_id"])


class Missing(Struct, frozen=True):
    """Labelled articles that the run has not published: how many, the first of them, and what could not be scored."""

    n_articles: int
    article_ids: tuple[str, ...]
    n_pairs: int


class Compared(Struct, frozen=True):
    """A pair of articles where tables and labels differ, with the figures that decided; None: never compared."""

    wrong: str
    label: str
    weight: float
    left_id: str
    right_id: str
    left_headline: str | None
    right_headline: str | None
    jaccard: float | None
    containment_left: float | None
    containment_right: float | None
    longest_run: int | None
    relation: str | None
    reason: str


class PairScores(Struct, frozen=True):
    """Pairs scored, R against D. `merged` and `n` by label; `partial` says how the P pairs were seen."""

    n: dict[str, int]
    merged: dict[str, int]
    weighted: dict[str, Figure]
    plain: dict[str, Figure]
    partial: dict[str, int]
    errors: tuple[Compared, ...]


class ClusterScores(Struct, frozen=True):
    """The grouping of the labelled articles; a story is what the labels put together. `figures` as `scores.agreement`.

    `n_split`: stories in more than one cluster; `n_mixed`: clusters with more than one story.
    """

    n_articles: int
    n_stories: int
    n_clusters: int
    n_split: int
    n_mixed: int
    figures: dict[str, Figure]
    errors: tuple[Compared, ...]


def missing(labels: Labels, published: Published) -> Missing:
    """Which labelled articles the run has not published, in the order of their ids."""
    labelled = {*labels.story_of, *labels.pages, *(name for pair in labels.pairs for name in pair[:2])}
    absent = sorted(labelled - published.members.keys())
    n_pairs = sum(not _known(pair, published.members) for pair in labels.pairs)
    return Missing(len(absent), tuple(absent[:_NAMED]), n_pairs)


def pair_sums(labelled: Sequence[Pair], together: NDArray[np.bool_], *, weighted: bool) -> NDArray[np.float64]:
    """What each pair adds to the true positives, false positives and false negatives of R against D: (pairs, 3)."""
    weight = np.array([pair.weight if weighted else 1.0 for pair in labelled])
    is_r, is_d = (np.array([pair.label == label for pair in labelled], bool) for label in "RD")
    return np.asarray(np.stack([is_r & together, is_d & together, is_r & ~together], axis=1) * weight[:, None])


def pairs(labelled: Sequence[Pair], published: Published, bootstrap: Bootstrap = BOOTSTRAP) -> PairScores:
    """The scores of the labelled pairs whose articles were published."""
    scored = [pair for pair in labelled if _known(pair, published.members)]
    together = np.array([published.together(*pair[:2]) for pair in scored], bool)
    n = Counter(pair.label for pair in scored)
    merged = Counter(pair.label for pair, joined in zip(scored, together, strict=True) if joined)
    weighted, plain = (
        estimate(pair_sums(scored, together, weighted=weighted), rates, bootstrap) for weighted in (True, False)
    )
    errors = [
        _compared(_WRONG[pair.label, bool(joined)], pair, published)
        for pair, joined in zip(scored, together, strict=True)
        if (pair.label, bool(joined)) in _WRONG
    ]
    return PairScores(
        {label: n[label] for label in "RPD"},
        {label: merged[label] for label in "RPD"},
        weighted,
        plain,
        _partial([pair for pair in scored if pair.label == "P"], published),
        _worst_first(errors),
    )


def _known(pair: Pair, members: Mapping[str, Row]) -> bool:
    return pair.left_id in members and pair.right_id in members


def _partial(labelled: Sequence[Pair], published: Published) -> dict[str, int]:
    """How the P pairs were seen: merged, in the table excerpts, and by the relation of their match."""
    seen = Counter({"merged": 0, "in_excerpts": 0})
    for left, right, *_ in labelled:
        seen["merged"] += published.together(left, right)
        seen["in_excerpts"] += any(
            (one, published.members[other]["cluster_id"]) in published.excerpts
            for one, other in ((left, right), (right, left))
        )
        match = published.matches.get((left, right))
        seen[f"relation_{match['relation']}" if match else "never_compared"] += 1
    return {name: seen[name] for name in sorted(seen)}


def clusters(story_of: Mapping[str, str], published: Published, bootstrap: Bootstrap = BOOTSTRAP) -> ClusterScores:
    """The scores of the grouping, over the labelled articles that were published; intervals by drawing stories."""
    ids = sorted(story_of.keys() & published.members.keys())
    stories, story_codes = np.unique(np.array([story_of[name] for name in ids], object), return_inverse=True)
    found, cluster_codes = np.unique(
        np.array([published.members[name]["cluster_id"] for name in ids], object), return_inverse=True
    )
    cells = np.unique(np.stack([story_codes, cluster_codes], axis=1), axis=0)
    errors = [
        *_astray(ids, story_codes, cluster_codes, "R", published),
        *_astray(ids, cluster_codes, story_codes, "D", published),
    ]
    return ClusterScores(
        len(ids),
        len(stories),
        len(found),
        int((np.bincount(cells[:, 0]) > 1).sum()),
        int((np.bincount(cells[:, 1]) > 1).sum()),
        estimate(story_sums(story_codes, cluster_codes), agreement, bootstrap),
        _worst_first(errors),
    )


def _astray(
    ids: Sequence[str], whole: NDArray[np.int64], part: NDArray[np.int64], label: str, published: Published
) -> list[Compared]:
    """One pair for each part of a whole beyond its largest: the pair across the two that came nearest to a match.

    `whole` a story and `part` a cluster: what was missed; the other way round: what was merged. The weight is the number
    of articles that are astray.
    """
    whole_of, part_of = dict(zip(ids, whole.tolist(), strict=True)), dict(zip(ids, part.tolist(), strict=True))
    parts: dict[int, dict[int, list[str]]] = {}
    for name in ids:
        parts.setdefault(whole_of[name], {}).setdefault(part_of[name], []).append(name)
    nearest = _nearest(whole_of, part_of, published)
    wrong, errors = _WRONG[label, label == "D"], []
    for split in parts.values():
        largest, *rest = sorted(split.values(), key=lambda names: (-len(names), names))
        for names in rest:
            left, right = sorted((largest[0], names[0]))
            left, right = nearest.get((whole_of[left], *_across(left, right, part_of)), (left, right))
            errors.append(_compared(wrong, Pair(left, right, label, float(len(names))), published))
    return errors


def _nearest(
    whole_of: Mapping[str, int], part_of: Mapping[str, int], published: Published
) -> dict[tuple[int, ...], tuple[str, str]]:
    """By a whole and two parts of it, the compared pair across them with the highest Jaccard, then the smallest ids."""
    best: dict[tuple[int, ...], tuple[float, str, str]] = {}
    for (left, right), match in published.matches.items():
        if left in part_of and right in part_of and whole_of[left] == whole_of[right]:
            parts = (whole_of[left], *_across(left, right, part_of))
            found = (-match["jaccard"], left, right)
            best[parts] = min(best.get(parts, found), found)
    return {parts: (left, right) for parts, (_, left, right) in best.items()}


def _across(left: str, right: str, part_of: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(sorted((part_of[left], part_of[right])))


def _worst_first(errors: Iterable[Compared]) -> tuple[Compared, ...]:
    kinds = list(_WRONG.values())
    return tuple(
        sorted(errors, key=lambda error: (kinds.index(error.wrong), -error.weight, error.left_id, error.right_id))
    )


def _compared(wrong: str, pair: Pair, published: Published) -> Compared:
    left, right = pair.left_id, pair.right_id
    match = published.matches.get((left, right))
    figures = match or dict.fromkeys(("jaccard", "containment_left", "containment_right", "longest_run", "relation"))
    cluster = published.members[left]["cluster_id"]
    reason = match["reason"] if match else "never compared"
    if published.together(left, right) and not (match and match["accepted"]):
        reason += f"; joined by the anchor of {cluster}, {published.anchors[cluster]}"
    return Compared(
        wrong=wrong,
        label=pair.label,
        weight=pair.weight,
        left_id=left,
        right_id=right,
        left_headline=published.members[left]["headline"],
        right_headline=published.members[right]["headline"],
        jaccard=figures["jaccard"],
        containment_left=figures["containment_left"],
        containment_right=figures["containment_right"],
        longest_run=figures["longest_run"],
        relation=figures["relation"],
        reason=reason,
    )
