"""verify: the exact figures of every candidate pair, and what they make of it.

Relations that make a match: `identical` (the same words), `light_edit`, `abridged` and `expanded` (said of the right text as
seen from the left), `version` (of the same length but reworked, or tagged as another version). Those that do not:
`template` (the same form, other numbers or names), `quotes_only` (the same quotations, narration of their own), `excerpt` (a
passage in common), `different`. `reason` names the figure and the setting that decided; `rules` has the rules.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline import config
from pipeline.stages.kernels.threads import parallel
from pipeline.stages.verify.figures import Figures, Flat, distinct
from pipeline.stages.verify.rules import ACCEPTED, RELATIONS, Facts, by_length, decide

__all__ = ["ACCEPTED", "MATCHES", "RELATIONS", "figures", "run"]

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
_SLICE = 1 << 15  # pairs that one thread compares and decides together: memory is bounded, whatever their number


def run(candidates: pa.Table, sketches: pa.Table, facts: pa.Table | None, settings: config.Verify) -> pa.Table:
    """Decide each candidate pair; the result has its rows in the same order, as `MATCHES`.

    `facts`, in the order of `sketches`, says what is known of an article beside its words: `agency` (string?, of a full
    credit), `publisher` (string?), `kind` (editorial, release, digest, liveblog), `version` (string?, a tag such as
    UPDATE 1), `headline` (the words of it, large_list<int32>, sorted and distinct) and `at` (int64, microseconds). None:
    nothing is known.
    """
    return _verified(candidates, Flat.of(sketches), Facts(facts), settings)


def _verified(candidates: pa.Table, flat: Flat, facts: Facts, settings: config.Verify) -> pa.Table:
    counts = distinct(flat, candidates["left"].to_numpy(), candidates["right"].to_numpy())
    sliced = [candidates.slice(first, _SLICE) for first in range(0, max(1, candidates.num_rows), _SLICE)]
    found = parallel(lambda part: _decided(part, flat, counts, facts, settings), sliced)
    return pa.concat_tables(found)


def _decided(
    candidates: pa.Table, flat: Flat, counts: NDArray[np.int64], facts: Facts, settings: config.Verify
) -> pa.Table:
    left, right = candidates["left"].to_numpy(), candidates["right"].to_numpy()
    figures = Figures(flat, counts, left, right)
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
            pa.array(RELATIONS).take(pa.array(relation)),
            pa.array(relation < len(ACCEPTED)),
            reason,
        ],
        schema=MATCHES,
    )


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
    flat = Flat.of(sketches)
    matches = _verified(pairs, flat, Facts(facts), settings)
    # What joins a member is its match with the anchor; seen from the canonical it may be too far to be one.
    relation = pc.if_else(
        matches["accepted"], matches["relation"], by_length(flat.n_words, canonicals[order], order, settings)
    )
    by_anchor = np.argsort(anchors, kind="stable")
    cohesion = np.empty(len(own))
    cohesion[by_anchor] = Figures(flat, distinct(flat, own), anchors[by_anchor], own[by_anchor]).containment
    return pa.table(
        {
            "article_id": ids.take(pa.array(order)),
            "relation": pc.if_else(pa.array(canonicals[order] == order), "canonical", relation),
            "jaccard": matches["jaccard"],
            "containment": pc.max_element_wise(matches["containment_left"], matches["containment_right"]),
            "share_of_canonical": matches["containment_left"],
            "cohesion": cohesion[order],
        }
    )
