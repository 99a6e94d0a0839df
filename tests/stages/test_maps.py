"""Many maps at once give what each gives by itself."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from pipeline import schema
from pipeline.stages._fold import place_in
from pipeline.stages._maps import Maps

SPANS = st.dictionaries(st.integers(1, 60), st.integers(0, 5), max_size=5).map(
    lambda jumps: [
        (0, 7),
        *((at, at + 7 + sum(n for before, n in jumps.items() if before <= at)) for at in sorted(jumps)),
    ]
)


@given(
    st.lists(st.tuples(SPANS, st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=5),
    st.sampled_from([np.int32, np.int64]),
)
def test_places_and_cuts(world: list[tuple[list[tuple[int, int]], int, int]], kind: type) -> None:
    column = pa.array(
        [[{"at": at, "raw": raw} for at, raw in spans] for spans, _, _ in world], schema.ARTICLES.field("body_map").type
    )
    maps = Maps(pa.chunked_array([column.slice(0, 1), column.slice(1)]))
    rows, offsets = np.arange(len(world)).astype(kind), np.array([at for _, at, _ in world], np.int64)
    assert maps.place(rows, offsets).tolist() == [place_in(spans, at) for spans, at, _ in world]
    cuts = [(min(one, other), max(one, other) + 1) for _, one, other in world]
    for (spans, _, _), (start, end), found in zip(world, cuts, maps.between(cuts).to_pylist(), strict=True):
        short = [(entry["at"], entry["raw"]) for entry in found]
        assert [place_in(short, at) for at in range(end - start)] == [place_in(spans, at) for at in range(start, end)]
        assert short[0][0] == 0
        assert len(short) == 1 + sum(start < at < end for at, _ in spans)


def test_of_none_there_is_none() -> None:
    maps = Maps(pa.chunked_array([], schema.ARTICLES.field("body_map").type))
    assert maps.between([]).to_pylist() == []
    assert maps.place(np.empty(0, np.int64), np.empty(0, np.int64)).tolist() == []
