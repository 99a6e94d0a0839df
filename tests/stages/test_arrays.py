"""The flat arrays of list columns against plain Python."""

from __future__ import annotations

import gc
import itertools
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.stages.kernels import arrays, strings

LISTS = st.lists(st.lists(st.integers(0, 2**32 - 1), max_size=5), max_size=8)


def column_of(lists: list[list[int]]) -> pa.LargeListArray:
    flat = np.array([value for one in lists for value in one], np.uint32)
    return arrays.lists(flat, arrays.offsets(np.array([len(one) for one in lists], np.int64)))


def cut_up(lists: list[list[int]], cuts: list[int], *, apart: bool) -> pa.ChunkedArray:
    """A column in pieces of one stretch of memory, or of several that lie anywhere."""
    ends = list(itertools.pairwise(sorted({0, *(min(cut, len(lists)) for cut in cuts), len(lists)})))
    if apart:
        return pa.chunked_array([column_of(lists[first:last]) for first, last in ends], type=column_of([]).type)
    column = column_of(lists)
    return pa.chunked_array([column[first:last] for first, last in ends], type=column.type)


@given(LISTS, st.lists(st.integers(0, 8), max_size=4), st.booleans())
@settings(deadline=None)
def test_hashes_are_those_of_the_lists_however_the_column_is_cut(
    lists: list[list[int]], cuts: list[int], apart: bool
) -> None:
    values, offsets = arrays.hashes(cut_up(lists, cuts, apart=apart))
    assert not values.flags.writeable
    assert values.dtype == np.uint32
    assert offsets[0] == 0
    assert [values[first:last].tolist() for first, last in itertools.pairwise(offsets)] == lists


@given(LISTS, st.lists(st.integers(0, 8), max_size=4), st.booleans())
@settings(deadline=None)
def test_scattered_are_the_same_lists_where_they_lie(lists: list[list[int]], cuts: list[int], apart: bool) -> None:
    column = cut_up(lists, cuts, apart=apart)
    addresses = {chunk.values.buffers()[1].address for chunk in column.chunks if len(chunk.values)}
    values, begins, ends = arrays.scattered(column)
    assert not values.flags.writeable
    assert values.dtype == np.uint32
    if len(addresses) > 1:
        assert values.ctypes.data == min(addresses)  # nothing was copied
    del column
    gc.collect()  # what the values are read from stays for as long as they do
    assert [values[first:last].tolist() for first, last in zip(begins, ends, strict=True)] == lists


def test_lists_at_odd_addresses_are_copied() -> None:
    content = np.arange(8, dtype=np.int32)
    odd = pa.py_buffer(b"-" + content.tobytes()).slice(1)
    values = pa.Array.from_buffers(pa.int32(), 8, [None, odd])
    column = pa.chunked_array(2 * [pa.LargeListArray.from_arrays(pa.array([0, 3, 8], pa.int64()), values)])
    found, begins, ends = arrays.scattered(column)
    assert [found[first:last].tolist() for first, last in zip(begins, ends, strict=True)] == 2 * [
        [0, 1, 2],
        [3, 4, 5, 6, 7],
    ]


WORDS = st.lists(st.lists(st.text("abé", max_size=2), max_size=6), min_size=1, max_size=4)


@given(WORDS)
def test_ranks_are_places_in_order_whether_strings_are_coded_or_not(chunks: list[list[str]]) -> None:
    """Each chunk has a dictionary of its own, as the row groups of a file have."""
    column = pa.chunked_array(chunks, pa.string())
    coded = pa.chunked_array([pa.array(chunk, pa.string()).dictionary_encode() for chunk in chunks])
    flat = [text for chunk in chunks for text in chunk]
    expected = [sorted({text.encode() for text in flat}).index(text.encode()) for text in flat]
    assert arrays.ranks(column).tolist() == expected
    assert arrays.ranks(coded).tolist() == expected
    assert arrays.coded(pa.table({"a": column}))["a"].cast(pa.string()).to_pylist() == flat


@given(st.lists(st.integers(0, 9), max_size=20))
def test_counted_is_what_a_dictionary_counts(values: list[int]) -> None:
    distinct, counts = arrays.counted(np.array(values, np.int64))
    assert dict(zip(distinct.tolist(), counts.tolist(), strict=True)) == {
        value: values.count(value) for value in values
    }
    assert distinct.tolist() == sorted(set(values))


@given(st.lists(st.lists(st.integers(0, 30)), min_size=1, max_size=3))
def test_numbers_are_those_of_a_set(columns: list[list[int]]) -> None:
    found = arrays.numbers(*(np.array(column, np.int64) for column in columns))
    assert found.tolist() == sorted({number for column in columns for number in column})


@given(LISTS)
def test_distinct_sorts_each_list_and_drops_repeats(lists: list[list[int]]) -> None:
    flat = np.array([value for one in lists for value in one], np.uint32)
    values, sizes = arrays.distinct(flat, np.array([len(one) for one in lists], np.int64))
    ends = np.cumsum(sizes)
    assert [part.tolist() for part in np.split(values, ends[:-1])][: len(lists)] == [sorted(set(one)) for one in lists]


def test_long_lists_are_sorted_as_short_ones_are() -> None:
    chance = np.random.default_rng(3)
    counts = np.array([0, 1, 2, 5_000, 0, 40, 70_000])
    flat = chance.integers(0, 2**32, counts.sum(), dtype=np.uint32)
    flat[::5] = flat[0]
    flat[-60_000:].sort()
    wanted = [np.unique(part) for part in np.split(flat, np.cumsum(counts)[:-1])]
    values, sizes = arrays.distinct(flat, counts)
    assert sizes.tolist() == list(map(len, wanted))
    assert np.array_equal(values, np.concatenate(wanted))


#: Numbers anywhere, near one another, and as the keys of articles are: in stretches.
KEYS = st.one_of(
    st.sets(st.integers(-(2**40), 2**40), max_size=12),
    st.sets(st.integers(0, 15), max_size=12),
    st.sets(st.tuples(st.integers(-2, 3), st.integers(0, 9)).map(lambda key: key[0] * 2**32 + key[1]), max_size=30),
    st.sets(st.sampled_from([0, 1, 2**32 - 1, 2**32, -1, -(2**32), 2**63 - 1, -(2**63)]), max_size=8),
)


@given(st.data(), KEYS, st.sampled_from([0, 10_000]))
def test_places_are_those_of_a_list(data: st.DataObject, keys: set[int], many: int) -> None:
    held = data.draw(st.permutations(sorted(keys)))
    values = data.draw(st.lists(st.sampled_from(held), max_size=9)) if held else []
    asked = np.array([values, values[::-1]], np.int64)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrays, "_MANY", many)
        found = arrays.places(np.array(held, np.int64), asked)
    assert found.tolist() == [[held.index(value) for value in row] for row in asked.tolist()]


@given(KEYS, KEYS, st.sampled_from([0, 10_000]), st.sampled_from([0, 8]))
def test_what_is_in_is_what_a_set_has(some: set[int], others: set[int], many: int, few: int) -> None:
    values = np.array([sorted(some | others)] * 2, np.int64)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrays, "_MANY", many)
        patch.setattr(arrays, "_FEW", few)
        found = arrays.is_in(values, np.array(sorted(others, reverse=True), np.int64))
    assert found.tolist() == [[value in others for value in row] for row in values.tolist()]


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(0, 40)), max_size=5), st.booleans(), st.integers(1, 9))
def test_rows_are_those_of_a_list_in_long_runs_or_not(runs: list[tuple[int, int]], mixed: bool, long: int) -> None:
    rows = pa.table({"a": pa.chunked_array([list(range(50)), [], list(range(50, 100))], pa.int64())})
    order = np.array([at for first, size in runs for at in range(first, min(first + size, 100))], np.int64)
    order = order[::-1] if mixed else order
    which = np.isin(np.arange(100), order)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrays, "_LONG_RUN", long)
        assert arrays.arranged(rows, order)["a"].to_pylist() == order.tolist()
        assert arrays.kept(rows, which)["a"].to_pylist() == np.flatnonzero(which).tolist()


@given(st.integers(0, 2**32), st.integers(1, 3), st.sampled_from([1, 3, 2**20, 2**40]))
def test_rows_are_ordered_by_one_rank_after_the_other(seed: int, n: int, most: int) -> None:
    """Whether the ranks fit into one number or not; rows that are equal in all stay in their order."""
    chance = np.random.default_rng(seed)
    rows = 20 * chance.integers(0, 3)
    ranks = [chance.integers(0, most, rows) for _ in range(n)]
    assert arrays.ordered(*ranks).tolist() == sorted(
        range(rows), key=lambda row: tuple(int(rank[row]) for rank in ranks)
    )


@given(st.lists(st.lists(st.text("aé한\U0001f600", max_size=2), max_size=5), min_size=1, max_size=3))
def test_ranks_sort_as_the_strings_do(chunks: list[list[str]]) -> None:
    column = pa.chunked_array(chunks, pa.string())
    order = sorted({value.encode() for value in column.to_pylist()})
    assert arrays.ranks(column).tolist() == [order.index(value.encode()) for value in column.to_pylist()]


@given(st.lists(st.booleans(), max_size=6))
def test_of_all_rows_no_copy_is_made(which: list[bool]) -> None:
    rows = pa.table({"n": pa.array(np.arange(len(which)))})
    found = arrays.kept(rows, np.array(which, np.bool_))
    assert found["n"].to_pylist() == [place for place, kept in enumerate(which) if kept]
    assert (found is rows) == all(which)


IDS = st.lists(st.lists(st.text("ab\u00e9\u6771", max_size=20), max_size=8), min_size=1, max_size=3)


@given(IDS, st.sampled_from([0, 10_000]))
def test_repeated_is_what_a_set_leaves_out(chunks: list[list[str]], many: int) -> None:
    flat = [text for chunk in chunks for text in chunk]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrays, "_MANY", many)
        assert arrays.repeated(pa.chunked_array(chunks, pa.string())) == len(flat) - len(set(flat))


@given(IDS)
def test_strings_of_one_hash_are_told_apart(chunks: list[list[str]]) -> None:
    flat = [text for chunk in chunks for text in chunk]

    def all_one(data: object, offsets: object, out: np.ndarray) -> None:
        out[:] = 7

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrays, "_MANY", 0)
        patch.setattr(strings, "hashed", all_one)
        assert arrays.repeated(pa.chunked_array(chunks, pa.string())) == len(flat) - len(set(flat))


@given(IDS, st.binary(max_size=9))
def test_equal_strings_have_equal_hashes_and_short_ones_their_own(chunks: list[list[str]], after: bytes) -> None:
    """Wherever they lie; `after` are bytes behind the last of them."""
    flat = [text.encode() for chunk in chunks for text in chunk]
    data = np.frombuffer(b"".join(flat) + after + b" ", np.uint8)
    out = np.zeros(len(flat), np.uint64)
    strings.hashed(arrays.read_only(data), arrays.read_only(arrays.offsets(np.array([*map(len, flat)], np.int64))), out)
    short = [text for text in set(flat) if len(text) <= 8]
    assert len(set(zip(flat, out.tolist(), strict=True))) == len(set(flat))
    of = dict(zip(flat, out.tolist(), strict=True))
    assert len({(len(text), of[text]) for text in short}) == len(short)


NUMBERS = st.lists(st.integers(-(2**62), 2**62) | st.integers(0, 9), max_size=30)


@given(NUMBERS, st.sampled_from([list, sorted, lambda values: sorted(set(values))]))
def test_ascending_are_the_distinct_values_sorted(
    values: list[int], as_given: Callable[[list[int]], list[int]]
) -> None:
    given_ = np.array(as_given(values), np.int64)
    assert arrays.ascending(given_).tolist() == sorted(set(values))


@given(NUMBERS, st.lists(NUMBERS, min_size=1, max_size=3))
def test_united_are_the_distinct_values_of_all(values: list[int], more: list[list[int]]) -> None:
    found = arrays.united(np.array(values, np.int64), *(np.array(some, np.int64) for some in more))
    assert found.tolist() == sorted(set(values).union(*more))


@given(st.lists(st.lists(st.integers(0, 3), max_size=4), max_size=12), st.integers(0, 12))
def test_lists_have_one_digest_where_they_hold_the_same_in_the_same_order(lists: list[list[int]], cut: int) -> None:
    kind = pa.large_list(pa.field("item", pa.int32(), nullable=False))
    found = arrays.digests(pa.chunked_array([lists[:cut], lists[cut:]], kind)).tolist()
    assert len({(tuple(one), digest) for one, digest in zip(lists, found, strict=True)}) == len({*map(tuple, lists)})
    assert len(set(found)) == len({*map(tuple, lists)})
