"""Slices: pairs and clusters are decided the same however few texts are held at a time."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sketched import _slices


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
