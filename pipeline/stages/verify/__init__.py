"""verify: the exact figures of every candidate pair, and what they make of it.

Relations that make a match: `identical` (the same words), `light_edit`, `abridged` and `expanded` (said of the right text as
seen from the left), `version` (reworked, of the same length or with more of its own, or tagged as another version). Those that
do not: `template` (the same form, other numbers or names), `quotes_only` (the same quotations, narration of their own),
`excerpt` (a passage in common), `different`. `reason` names the figure and the setting that decided; `rules` has the rules.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline import config
from pipeline.stages.kernels import arrays
from pipeline.stages.kernels.threads import parallel
from pipeline.stages.verify.figures import Figures, Flat, distinct
from pipeline.stages.verify.rules import ACCEPTED, RELATIONS, Facts, by_length, decide

__all__ = ["ACCEPTED", "CODED", "MATCHES", "RELATIONS", "figures", "run"]

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

#: The same with its strings as numbers in a dictionary, as `run` gives them: many pairs have the same reason, and it is long.
CODED = arrays.coded(MATCHES.empty_table()).schema

_PAIRS = pa.schema([MATCHES.field(name) for name in ("left", "right", "path")])
_SLICE = 1 << 15  # pairs that one thread compares and decides together: memory is bounded, whatever their number


def run(
    candidates: pa.Table, sketches: pa.Table, facts: pa.Table | None, settings: config.Verify, width: int
) -> pa.Table:
    """Decide each candidate pair; the result has its rows in the same order, as `CODED`. `width`: the words of a shingle.

    `facts`, in the order of `sketches`, says what is known of an article beside its words: `agency` (string?, of a full
    credit), `publisher` (string?), `kind` (editorial, release, digest, liveblog), `version` (string?, a tag such as
    UPDATE 1), `headline` (the words of it, large_list<int32>, sorted and distinct) and `at` (int64, microseconds). None:
    nothing is known.
    """
    return _verified(candidates, Flat.of(sketches), Facts(facts), settings, width)


def _verified(candidates: pa.Table, flat: Flat, facts: Facts, settings: config.Verify, width: int) -> pa.Table:
    counts = distinct(flat, candidates["left"].to_numpy(), candidates["right"].to_numpy())
    sliced = [candidates.slice(first, _SLICE) for first in range(0, max(1, candidates.num_rows), _SLICE)]
    found = parallel(lambda part: _decided(part, flat, counts, facts, settings, width), sliced)
    return pa.concat_tables(found)


def _decided(
    candidates: pa.Table, flat: Flat, counts: NDArray[np.int64], facts: Facts, settings: config.Verify, width: int
) -> pa.Table:
    left, right = candidates["left"].to_numpy(), candidates["right"].to_numpy()
    figures = Figures(flat, counts, left, right, width)
    relation, reason = decide(figures, flat.n_words, facts.of(left, right), settings)
    return pa.Table.from_arrays(
        [
            *candidates.columns,
            pa.array(figures.jaccard),
            pa.array(figures.containment_left),
            pa.array(figures.containment_right),
            pa.array(figures.longest_run),
            pa.array(figures.begins[:, 0]),
            pa.array(figures.begins[:, 1]),
            pa.DictionaryArray.from_arrays(pa.array(relation.astype(np.int32)), pa.array(RELATIONS)),
            pa.array(relation < len(ACCEPTED)),
            reason,
        ],
        schema=CODED,
    )


def figures(
    article_ids: pa.ChunkedArray,
    anchors: NDArray[np.int64],
    canonicals: NDArray[np.int64],
    n_words: NDArray[np.int32],
    matches: pa.Table,
    settings: config.Verify,
) -> pa.Table:
    """How each article that is not alone in its cluster compares with the canonical, and with the anchor, by their `matches`.

    `anchors` and `canonicals`: the rows of those of each row, int64 (rows,); whom a row has there, it has a match with. Gives
    article_id, relation, jaccard, containment and share_of_canonical against the canonical, and `cohesion`, the containment
    with the anchor. The relation is said of the article as seen from the canonical.
    """
    rows = np.flatnonzero(np.bincount(anchors, minlength=len(anchors))[anchors] > 1)
    canonical, anchor = canonicals[rows], anchors[rows]
    with_canonical, with_anchor = _between(matches, canonical, rows), _between(matches, anchor, rows)
    is_own, is_turned = canonical == rows, canonical > rows
    shares = np.stack([matches[name].to_numpy() for name in ("containment_left", "containment_right")])
    containment = shares.max(axis=0)
    relation = pc.index_in(matches["relation"], value_set=pa.array(RELATIONS)).to_numpy().astype(np.int64)
    relation = relation[with_canonical]
    # What joins a member is its match with the anchor; seen from the canonical it may be too far to be one.
    relation = np.where(
        matches["accepted"].to_numpy()[with_canonical],
        np.where(is_turned, _TURNED[relation], relation),
        by_length(n_words[canonical], n_words[rows], settings),
    )
    return pa.table(
        {
            "article_id": article_ids.take(pa.array(rows)),
            "relation": pc.if_else(pa.array(is_own), "canonical", pa.array(RELATIONS).take(pa.array(relation))),
            "jaccard": np.where(is_own, 1.0, matches["jaccard"].to_numpy()[with_canonical]),
            "containment": np.where(is_own, 1.0, containment[with_canonical]),
            "share_of_canonical": np.where(is_own, 1.0, shares[is_turned.astype(np.int8), with_canonical]),
            "cohesion": np.where(anchor == rows, 1.0, containment[with_anchor]),
        }
    )


#: Each relation as seen from the other side.
_TURNED = np.array(
    [RELATIONS.index({"abridged": "expanded", "expanded": "abridged"}.get(one, one)) for one in RELATIONS]
)


def _between(matches: pa.Table, others: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """The place of the match of each row with another, int64 (rows,); 0 where that is the row itself."""
    known = np.append(matches["left"].to_numpy() << 32 | matches["right"].to_numpy(), -1)
    wanted = np.minimum(others, rows) << 32 | np.maximum(others, rows)
    order, places, met = np.argsort(known, kind="stable"), np.zeros(len(rows), np.int64), others != rows
    places[met] = order[np.minimum(np.searchsorted(known, wanted[met], sorter=order), len(matches))]
    if (known[places] != wanted)[met].any():
        raise ValueError("an article has no match with the canonical or the anchor of its cluster")
    return places
