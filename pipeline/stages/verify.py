"""verify: the exact figures of every candidate pair, and what they make of it.

Relations that make a match: `identical` (the same words), `light_edit`, `abridged` and `expanded` (said of the right text as
seen from the left), `version` (of the same length but reworked, or tagged as another version). Those that do not:
`template` (the same form, other numbers), `excerpt` (a passage in common), `different`. `reason` names the figure and the
setting that decided.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline import config
from pipeline.stages.kernels import arrays

__all__ = ["ACCEPTED", "MATCHES", "RELATIONS", "Figures", "figures", "run"]

#: The relations that make a match.
ACCEPTED = ("identical", "light_edit", "abridged", "expanded", "version")

#: All relations, those that make a match first.
RELATIONS = (*ACCEPTED, "template", "excerpt", "different")

_CODES = {name: code for code, name in enumerate(RELATIONS)}

#: Row numbers in the sketches, left < right, with the columns of the published matches; and the shingle of each text at
#: which the longest run begins.
MATCHES = pa.schema(
    [
        pa.field("left", pa.int64(), nullable=False),
        pa.field("right", pa.int64(), nullable=False),
        pa.field("path", pa.int8(), nullable=False),
        pa.field("jaccard", pa.float64(), nullable=False),
        pa.field("containment_left", pa.float64(), nullable=False),
        pa.field("containment_right", pa.float64(), nullable=False),
        pa.field("longest_run", pa.int32(), nullable=False),
        pa.field("run_left", pa.int64(), nullable=False),
        pa.field("run_right", pa.int64(), nullable=False),
        pa.field("relation", pa.string(), nullable=False),
        pa.field("accepted", pa.bool_(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
    ]
)

_PAIRS = pa.schema([MATCHES.field(name) for name in ("left", "right", "path")])
_SLICE = 1 << 18  # pairs that are decided together: memory is bounded, whatever their number
_TASK_PAIRS = 4_096  # pairs that one thread compares at a time


class Figures:
    """Exact figures of pairs of texts A (left) and C (right), each an array with one entry a pair.

    `shared`: distinct shingles in both; `left`, `right`: distinct shingles in each; `longest_run`: shingles of the longest
    passage in both, and `begins`, int64 (pairs, 2), the shingle at which it begins in each; `same`: whether they read the
    same word for word; `figures`: numbers of the text with fewer, and `figures_shared` how many of them the other has. With
    no shingle in a text, shares are 1.0 for the same words, else 0.0.
    """

    def __init__(self, sketches: pa.Table, left: NDArray[np.int64], right: NDArray[np.int64]) -> None:
        from pipeline.stages.kernels import compare

        self.rows = left, right
        values, offsets = arrays.hashes(sketches["shingles"])
        numbers, number_offsets = arrays.hashes(sketches["figures"])
        distinct = np.zeros(len(offsets) - 1, np.int64)
        paired = np.zeros(len(offsets) - 1, np.bool_)
        paired[left] = paired[right] = True
        _in_threads(np.flatnonzero(paired), lambda rows: compare.distinct_counts(values, offsets, rows, distinct))
        self.shared, runs, self.figures_shared = (np.zeros(len(left), np.int64) for _ in range(3))
        self.begins = np.zeros((len(left), 2), np.int64)

        def compare_task(task: NDArray[np.int64]) -> None:
            part = slice(task[0], task[-1] + 1)
            compare.compare(values, offsets, left[part], right[part], self.shared[part], runs[part], self.begins[part])
            compare.shared_figures(numbers, number_offsets, left[part], right[part], self.figures_shared[part])

        _in_threads(np.arange(len(left)), compare_task)
        self.left, self.right = distinct[left], distinct[right]
        self.longest_run = runs.astype(np.int32)
        contents = sketches["content"].to_numpy()
        self.same = contents[left] == contents[right]
        counts = np.diff(number_offsets)
        self.figures = np.minimum(counts[left], counts[right])

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

    def _share(self, whole: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.where(self.same, 1.0, self.shared / np.maximum(whole, 1))


def _in_threads(items: NDArray[np.int64], work: Callable[[NDArray[np.int64]], None]) -> None:
    from pipeline.stages.kernels.threads import parallel

    parallel(work, np.array_split(items, max(1, len(items) // _TASK_PAIRS)) if len(items) else [])


def figures(
    groups: pa.Table,
    elections: pa.Table,
    article_ids: pa.ChunkedArray,
    sketches: pa.Table,
    facts: pa.Table | None,
    settings: config.Verify,
) -> pa.Table:
    """How each article compares with the canonical of its cluster, and with its anchor, measured whether or not they met.

    `groups` (article_id, anchor_id) and `article_ids` in the order of `sketches`; `elections` has anchor_id and
    canonical_id. Gives article_id, relation, jaccard, containment and share_of_canonical against the canonical, and
    `cohesion`, the containment with the anchor. The relation is said of the article as seen from the canonical.
    """
    ids = article_ids.combine_chunks()
    own = np.arange(len(ids))
    anchors = pc.index_in(groups["anchor_id"], value_set=ids).to_numpy().astype(np.int64)
    elected = elections["canonical_id"].take(
        pc.index_in(groups["anchor_id"], value_set=elections["anchor_id"].combine_chunks())
    )
    canonicals = pc.index_in(elected, value_set=ids).to_numpy().astype(np.int64)
    order = np.argsort(canonicals, kind="stable")  # pairs grouped by their left text compare fastest
    pairs = pa.table(
        {"left": canonicals[order], "right": own[order], "path": np.zeros(len(own), np.int8)}, schema=_PAIRS
    )
    matches = run(pairs, sketches, facts, settings)
    by_anchor = np.argsort(anchors, kind="stable")
    cohesion = np.empty(len(own))
    cohesion[by_anchor] = Figures(sketches, anchors[by_anchor], own[by_anchor]).containment
    return pa.table(
        {
            "article_id": ids.take(pa.array(order)),
            "relation": pc.if_else(pa.array(canonicals[order] == order), "canonical", matches["relation"]),
            "jaccard": matches["jaccard"],
            "containment": pc.max_element_wise(matches["containment_left"], matches["containment_right"]),
            "share_of_canonical": matches["containment_left"],
            "cohesion": cohesion[order],
        }
    )


class _Rule(NamedTuple):
    """One rule: where it holds, the relation it gives (one for all rows, or one a row) and the words of its reason.

    The parts of a reason are words, words by row, or figures by row.
    """

    holds: NDArray[np.bool_]
    relation: str | NDArray[np.int8]
    reason: tuple[str | pa.Array | NDArray[np.generic], ...]


def run(candidates: pa.Table, sketches: pa.Table, facts: pa.Table | None, settings: config.Verify) -> pa.Table:
    """Decide each candidate pair; the result has its rows in the same order, as `MATCHES`.

    `facts`, in the order of `sketches`, says what is known of an article beside its words: `agency` (string?, of a full
    credit), `publisher` (string?), `kind` (editorial, release, digest, liveblog) and `version` (string?, a tag such as
    UPDATE 1). None: nothing is known.
    """
    known = _Facts(facts)
    sliced = (candidates.slice(first, _SLICE) for first in range(0, max(1, candidates.num_rows), _SLICE))
    return pa.concat_tables([_decided(part, sketches, known, settings) for part in sliced]).combine_chunks()


def _decided(candidates: pa.Table, sketches: pa.Table, facts: _Facts, settings: config.Verify) -> pa.Table:
    left, right = candidates["left"].to_numpy(), candidates["right"].to_numpy()
    figures = Figures(sketches, left, right)
    relation, reason = _decide(_rules(figures, sketches["n_words"].to_numpy(), facts.of(left, right), settings))
    return pa.Table.from_arrays(
        [
            *candidates.columns,
            pa.array(figures.jaccard),
            pa.array(figures.containment_left),
            pa.array(figures.containment_right),
            pa.array(figures.longest_run),
            pa.array(figures.begins[:, 0]),
            pa.array(figures.begins[:, 1]),
            pa.array(RELATIONS).take(pa.array(relation)),
            pa.array(relation < len(ACCEPTED)),
            reason,
        ],
        schema=MATCHES,
    )


def _rules(
    figures: Figures,
    n_words: NDArray[np.int32],
    beside: _Beside,
    settings: config.Verify,
) -> list[_Rule]:
    """The rules in their order: the first that holds for a pair decides it."""
    jaccard, containment = figures.jaccard, figures.containment
    words_left, words_right = n_words[figures.rows[0]], n_words[figures.rows[1]]
    shorter, longer = np.minimum(words_left, words_right), np.maximum(words_left, words_right)
    agreement = figures.figures_shared / np.maximum(1, figures.figures)
    cut_or_grown = np.where(words_right < words_left, _CODES["abridged"], _CODES["expanded"])
    is_version = beside.versions | (shorter >= settings.same_length * longer)
    kept = np.where(is_version, _CODES["version"], cut_or_grown).astype(np.int8)
    nearly_equal = jaccard >= settings.light_edit
    # Two texts of one publisher share its furniture and its background paragraphs: they have to share more, unless one
    # says that it is a version of the other.
    own = beside.own & ~beside.versions
    cut, cut_name = _cut(own, settings.own_jaccard, settings.min_jaccard, "own_jaccard", "min_jaccard")
    part, part_name = _cut(
        own, settings.own_containment, settings.min_containment, "own_containment", "min_containment"
    )
    alike, contained = jaccard >= cut, containment >= part
    same_form = (jaccard >= settings.min_jaccard) | (containment >= settings.min_containment)
    low = ("jaccard ", jaccard, " < ", cut, cut_name, ", containment ", containment, " < ", part, part_name,
           ", longest run ", figures.longest_run, " shingles")  # fmt: skip
    return [
        _Rule(figures.same, "identical", ("the same words",)),
        _Rule(
            beside.folder & (contained | (figures.longest_run >= settings.excerpt_run)),
            "excerpt",
            ("a round-up or live blog holds a passage of ", figures.longest_run, " shingles; containment ", containment),
        ),
        _Rule(beside.folder, "different", ("a round-up or live blog is no print of one story",)),
        _Rule(
            (figures.figures >= settings.figures_min) & (agreement < settings.figures_shared) & same_form,
            "template",
            (figures.figures_shared, " of ", figures.figures, " numbers agree, ", agreement,
             f" < {settings.figures_shared} (verify.figures_shared)"),
        ),
        _Rule(nearly_equal, "light_edit", ("jaccard ", jaccard, f" >= {settings.light_edit} (verify.light_edit)")),
        _Rule(
            beside.other_agency & (alike | contained),
            "different",
            ("credited to two agencies, and jaccard ", jaccard, f" < {settings.light_edit} (verify.light_edit)"),
        ),
        _Rule(
            shorter < settings.min_words,
            "different",
            (shorter, f" words < {settings.min_words} (verify.min_words), and jaccard ", jaccard,
             f" < {settings.light_edit} (verify.light_edit)"),
        ),
        _Rule(alike, kept, ("jaccard ", jaccard, " >= ", cut, cut_name)),
        _Rule(
            contained & (shorter >= settings.min_share * longer),
            kept,
            ("containment ", containment, " >= ", part, part_name),
        ),
        _Rule(
            contained,
            "excerpt",
            ("containment ", containment, ", but ", shorter, " of ", longer,
             f" words is less than {settings.min_share} (verify.min_share)"),
        ),
        _Rule(figures.longest_run >= settings.excerpt_run, "excerpt", low),
        _Rule(np.ones(len(jaccard), np.bool_), "different", low),
    ]  # fmt: skip


def _cut(
    own: NDArray[np.bool_], for_own: float, for_others: float, own_name: str, others_name: str
) -> tuple[NDArray[np.float64], pa.Array]:
    """The cut that holds for each pair, and the name of its setting."""
    names = pa.array([f" (verify.{others_name})", f" (verify.{own_name})"])
    return np.where(own, for_own, for_others), names.take(pa.array(own.astype(np.int8)))


class _Beside(NamedTuple):
    """What is known of each pair beside its words, bool (pairs,)."""

    own: NDArray[np.bool_]  # both are of one publisher
    other_agency: NDArray[np.bool_]  # two agencies are credited with them in full
    folder: NDArray[np.bool_]  # one of them is a round-up or live blog
    versions: NDArray[np.bool_]  # their version tags differ, or one has none


class _Facts:
    """What is known of each article beside its words, as codes that compare fast; None: nothing."""

    def __init__(self, facts: pa.Table | None) -> None:
        self.agency, self.publisher, self.folder, self.version = None, None, None, None
        if facts is not None:
            self.agency, self.publisher = _codes(facts["agency"]), _codes(facts["publisher"])
            self.version = _codes(facts["version"])
            self.folder = pc.is_in(facts["kind"], pa.array(["digest", "liveblog"])).to_numpy()

    def of(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> _Beside:
        """The same of pairs of articles."""
        if self.agency is None or self.publisher is None or self.folder is None or self.version is None:
            return _Beside(*(np.zeros(len(left), np.bool_) for _ in _Beside._fields))
        agencies = self.agency[left], self.agency[right]
        return _Beside(
            own=(self.publisher[left] >= 0) & (self.publisher[left] == self.publisher[right]),
            other_agency=(agencies[0] >= 0) & (agencies[1] >= 0) & (agencies[0] != agencies[1]),
            folder=self.folder[left] | self.folder[right],
            versions=self.version[left] != self.version[right],
        )


def _codes(column: pa.ChunkedArray) -> NDArray[np.int64]:
    """A number for each value, equal for equal ones; -1 for null."""
    codes: NDArray[np.int64] = column.combine_chunks().dictionary_encode().indices.fill_null(-1).to_numpy()
    return codes


def _decide(rules: list[_Rule]) -> tuple[NDArray[np.int8], pa.ChunkedArray]:
    """The relation of each pair, as a place in `RELATIONS`, and the reason, by the first rule that holds."""
    n = len(rules[0].holds)
    open_ = np.ones(n, np.bool_)
    relation = np.empty(n, np.int8)
    rows, texts = [], []
    for rule in rules:
        chosen = np.flatnonzero(open_ & rule.holds)
        open_[chosen] = False
        relation[chosen] = _CODES[rule.relation] if isinstance(rule.relation, str) else rule.relation[chosen]
        rows.append(chosen)
        texts.append(_sentence(rule.reason, chosen))
    back = np.argsort(np.concatenate(rows))
    return relation, pa.chunked_array(texts, pa.string()).take(pa.array(back))


def _sentence(parts: tuple[str | pa.Array | NDArray[np.generic], ...], rows: NDArray[np.int64]) -> pa.Array:
    """The parts joined for each of the rows."""
    if all(isinstance(part, str) for part in parts):
        return pa.repeat("".join(map(str, parts)), len(rows))
    pieces = []
    for part in parts:
        if isinstance(part, str):
            pieces.append(pa.scalar(part))
        elif isinstance(part, pa.Array):
            pieces.append(part.take(pa.array(rows)))
        else:
            pieces.append(_number(pa.array(part[rows])))
    return pc.binary_join_element_wise(*pieces, "")


def _number(values: pa.Array) -> pa.Array:
    """Figures as text; shares to three places, cut off, so that 0.1999 is not told as 0.2."""
    if pa.types.is_floating(values.type):
        values = pc.divide(pc.floor(pc.add(pc.multiply(values, 1_000), 1e-9)), 1_000)
    return pc.cast(values, pa.string())
