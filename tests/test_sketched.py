"""Slices: pairs and clusters are decided the same however few texts are held at a time."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import config
from pipeline.sketched import _slices
from pipeline.spread.forming import _LIGHT, _Held
from pipeline.stages import pair, sketch, verify
from pipeline.storage.state import State


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=80), st.integers(2, 12))
def test_each_pair_is_in_one_slice_with_both_its_rows_and_no_slice_has_too_many(
    pairs: list[tuple[int, int]], most: int
) -> None:
    left, right = np.array(pairs, np.int64).reshape(-1, 2).T
    seen = []
    for places, rows in _slices(left, right, most):
        assert len(rows) <= most
        assert list(rows) == sorted({*left[places], *right[places]})
        seen += places.tolist()
    assert sorted(seen) == list(range(len(pairs)))


def test_what_travelled_to_a_bin_is_compared_without_a_look_at_the_state() -> None:
    words = "one paper printed what an agency had sent about the ferry and its cook".split()
    texts = [" ".join(words * 3), " ".join(words * 3 + ["again"]), "nobody else printed this", " ".join(words * 2)]
    sketches = sketch.unsigned(pa.table({"article_id": list("abcd"), "body": texts}), config.Sketch())
    keys, travelled = np.array([7, 3, 9, 5]), np.array([0, 1, 3])
    articles = pa.table({"key": keys, "article": keys, "redone": np.full(4, -1)})
    for name, column in zip(_LIGHT, ("content", "n_words"), strict=True):
        articles = articles.append_column(name, sketches[column])
    whole = sketches.take(pa.array(travelled)).append_column("key", pa.array(keys[travelled]))
    held = _Held(State(), articles, whole, most=4)  # a state without a part: there is nothing to read in it
    sides = [pa.array(side, side_.type) for side, side_ in zip(([0, 0], [1, 3], [2, 2]), pair.CANDIDATES, strict=True)]
    candidates = pa.Table.from_arrays(sides, schema=pair.CANDIDATES)
    none = pa.nulls(4, pa.string())
    facts = pa.table(
        {"agency": none, "publisher": none, "kind": none, "version": none, "at": pa.array(np.zeros(4, int))}
    )
    facts = facts.append_column("headline", sketch.words(pa.chunked_array([none])))
    found = held.verified(candidates, facts, config.Verify()).combine_chunks()
    assert found.equals(verify.run(candidates, sketches, facts, config.Verify()).combine_chunks())
    with pytest.raises(ValueError, match="did not travel"):
        held.of(np.array([2]))
