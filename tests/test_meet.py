"""Whom texts meet when others come and go: those who meet whom they met before are left in peace."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import cast

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline import config, meet, schema
from pipeline.stages import pair
from pipeline.storage.state import Span, State
from tests.stages.test_pair import CROWD, DAY, sketches_of

CROWDED = config.Config(
    pair=config.Pair(bucket_cap=2, pivots=2, band_pivots=1, sample=2, sample_shared=2, window_days=7)
)
Pairs = set[tuple[int, int, int]]


class _Before:
    """A state that knows whom texts met. Matches lie in it as they were found; those that hold are told."""

    def __init__(self, met: Pairs) -> None:
        self._met = sorted(met)

    def met_by(self, keys: NDArray[np.int64], spans: list[Span]) -> pa.Table:
        assert spans
        known = {int(key) for key in keys}
        met = [one for one in self._met if known & set(one[:2])]
        columns = np.array(met, np.int64).reshape(-1, 3).T
        return pa.table({"left": columns[0], "right": columns[1], "path": columns[2].astype(np.int8)})


@given(CROWD, st.data())
@settings(deadline=None, max_examples=150)
def test_only_who_meets_others_is_compared_again(world: list[tuple[str, int]], data: st.DataObject) -> None:
    """What was found of those that are left in peace, and what is found of the others, is what is found of all at once."""
    world = sorted(world, key=lambda article: article[1])
    texts, times = [text for text, _ in world], np.array([day * DAY // 2 for _, day in world], np.int64)
    fates = np.array([data.draw(st.sampled_from(["stays", "stays", "stays", "comes", "goes"])) for _ in world], "U5")
    known, was, is_now = pair.keys(sketches_of(texts), CROWDED.pair), fates != "comes", fates != "goes"
    keys = data.draw(st.permutations(range(100, 100 + len(world))))

    def found(there: NDArray[np.bool_], fresh: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
        """left, right, path; by row."""
        rows = np.flatnonzero(there)
        of_rows = pair.run(
            known.take(pa.array(rows)), times[rows], CROWDED.pair, fresh=None if fresh is None else fresh[rows]
        )
        left, right, path = (of_rows[name].to_numpy() for name in ("left", "right", "path"))
        return np.stack([rows[left], rows[right], path.astype(np.int64)])

    def told(found: NDArray[np.int64]) -> Pairs:
        return {(left, right, path) for left, right, path in found.T.tolist()}

    fresh = pair.disturbed(known, times, CROWDED.pair, None, was, is_now) | (is_now & ~was)
    before, again, after = told(found(was)), found(is_now, fresh), told(found(is_now))
    rows = pa.table({"key": keys, "effective_at": pa.array(times).cast(schema.TIME)})
    state = cast("State", _Before({(keys[left], keys[right], path) for left, right, path in before}))
    turns = meet.settled(state, rows, meet.Turns(was, is_now, fresh), again[:2], again[2].astype(np.int8), CROWDED)

    stays, at_peace = was & is_now, is_now & ~turns.fresh
    assert turns.fresh[is_now & ~was].all()
    assert not (turns.fresh & ~fresh).any()
    kept = {one for one in before if at_peace[one[0]] and at_peace[one[1]]}
    assert kept | {one for one in told(again) if turns.fresh[list(one[:2])].any()} == after
    differ = Counter(side for one in before ^ after if stays[list(one[:2])].all() for side in one[:2])
    assert all(differ[row] for row in np.flatnonzero(turns.fresh & stays).tolist())


@given(st.lists(st.integers(0, 60), max_size=12), st.integers(1, 5))
def test_what_lies_near_times_is_told_as_stretches_that_do_not_touch(times: list[int], days: int) -> None:
    window = config.Config(pair=config.Pair(window_days=days))
    found = meet.matched_in(np.array(times, np.int64) * DAY, window)
    reach = days * DAY
    for first, last in found:
        assert any(first == time * DAY - reach for time in times)
        assert any(last == time * DAY + reach for time in times)
    assert all(before[1] < after[0] for before, after in itertools.pairwise(found))
    near = {hour for time in times for hour in range(24 * (time - days), 24 * (time + days) + 1)}
    hours = range(-24 * 6, 24 * 66)
    assert {hour for hour in hours if any(first <= hour * DAY // 24 <= last for first, last in found)} == near
