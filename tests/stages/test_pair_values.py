"""Pairing value by value, on machines that each see a share of the values, against pairing at once."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import config
from pipeline.stages import pair
from tests.stages.test_pair import DAY, VOCABULARY, sketches_of

SETTING = config.Pair(bucket_cap=3, pivots=1, sample=2, sample_shared=2, window_days=5)
N_SHARES = 3

WORLD = st.lists(
    st.tuples(st.lists(st.sampled_from(VOCABULARY[:9]), max_size=9).map(" ".join), st.integers(0, 9)),
    min_size=1,
    max_size=14,
)


def drawn(world: list[tuple[str, int]]) -> tuple[pa.Table, np.ndarray, np.ndarray]:
    world = sorted(world, key=lambda one: one[1])
    times = np.array([day * DAY for _, day in world], np.int64)
    return pair.keys(sketches_of([text for text, _ in world]), SETTING), times, np.zeros(len(world), np.int64)


def shares(keys: pa.Table, alone: np.ndarray) -> list[list[pair.Shared]]:
    """The values as several machines would see them, each a share of every path."""
    return [
        [found._replace(values=found.values[mine], rows=found.rows[mine])]
        for found in pair.shared(keys, alone)
        for number in range(N_SHARES)
        if (mine := found.values % N_SHARES == number).any()
    ]


@given(WORLD, st.data())
@settings(deadline=None)
def test_the_pairs_are_those_that_are_found_at_once(world: list[tuple[str, int]], data: st.DataObject) -> None:
    keys, times, kin = drawn(world)
    n = len(times)
    fresh = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)), np.bool_)
    everyone = np.ones(n, np.bool_)
    leads = pair.leads(keys, times, kin, everyone)
    twins = {(int(lead), row): 0 for row, lead in enumerate(leads) if lead != row and (fresh[row] or fresh[lead])}
    found, sampled = dict(twins), dict[tuple[int, int], int]()
    contents = keys["content"].to_numpy()
    for one in (one for share in shares(keys, leads == np.arange(n)) for one in share):
        pairs, counts = pair.of_values(one, times, contents, fresh, SETTING)
        for packed, count in zip(pairs.tolist(), counts.tolist(), strict=True):
            sides = packed >> 32, packed & 0xFFFFFFFF
            if one.path == pair.PATHS.index("sample"):
                sampled[sides] = sampled.get(sides, 0) + count
            else:
                found[sides] = min(found.get(sides, 9), one.path if one.path > 0 else pair.PATHS.index("bands"))
    found |= {sides: 3 for sides, count in sampled.items() if count >= SETTING.sample_shared and sides not in found}
    expected = pair.run(keys, times, SETTING, kin, fresh)
    assert sorted((*sides, path) for sides, path in found.items()) == [
        tuple(row.values()) for row in expected.to_pylist()
    ]


@given(WORLD, st.data())
@settings(deadline=None)
def test_who_is_disturbed_is_who_is_found_so_at_once(world: list[tuple[str, int]], data: st.DataObject) -> None:
    keys, times, kin = drawn(world)
    n, numbers = len(times), np.arange(len(times))
    was, now = (np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)), np.bool_) for _ in range(2))
    leads_was, leads_now = (pair.leads(keys, times, kin, there) for there in (was, now))
    alone_was, alone_now = was & (leads_was == numbers), now & (leads_now == numbers)
    found = was & now & (leads_was != leads_now)
    contents = keys["content"].to_numpy()
    # Where nobody came or went nothing changes: a machine that sees one share may look at it all the same.
    for one in (one for share in shares(keys, alone_was | alone_now) for one in share):
        found |= was & now & pair.disturbed_by_values(one, times, contents, alone_was, alone_now, SETTING)
    assert np.array_equal(found, pair.disturbed(keys, times, SETTING, kin, was, now))
