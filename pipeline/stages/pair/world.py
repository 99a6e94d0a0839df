"""The rows that are paired: their order, their twins, and the keys of each path."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline import config
from pipeline.stages.kernels import arrays
from pipeline.stages.kernels.threads import parallel, split, workers

__all__ = ["CANDIDATES", "PATHS", "ROW", "SLOTS", "VALUE", "Joiner", "Keys", "World", "limits", "met", "table"]

#: How a pair was found, by the value of `path`.
PATHS = ("twin", "short", "bands", "sample")

#: Row numbers in the sketches, left < right, each pair once, sorted.
CANDIDATES = pa.schema(
    [
        pa.field("left", pa.int64(), nullable=False),
        pa.field("right", pa.int64(), nullable=False),
        pa.field("path", pa.int8(), nullable=False),
    ]
)

_MICROSECONDS = 86_400_000_000
_FILTER_WORDS = 1 << 12  # of 64 bits, at least, in which the values of fresh rows are marked
_FILTER_VALUES = 8  # of a word: a filter that leaves the cache costs more than the few that come along
_ROOM_PAIRS = 1 << 16  # that are found before they are put aside
_TASKS = 4  # for each thread: rows differ in how many they meet
SLOTS = 3  # as in `kernels.join`
VALUE = np.uint64(32)
ROW = np.uint64(0xFFFFFFFF)


def limits(settings: config.Pair, path: str) -> tuple[int, int, int]:
    """The window in microseconds, the cap of a bucket, and its pivots on that path: what `kernels.join` asks for."""
    pivots = settings.band_pivots if path == "bands" else settings.pivots
    return int(settings.window_days * _MICROSECONDS), settings.bucket_cap, pivots


#: Makes the keys of a path, or of some values of it.
Keys = Callable[[], NDArray[np.uint64]]


class World:
    """The rows in the order of time: `order` says which of the rows that were given each is, and `at` where its keys lie."""

    def __init__(
        self,
        keys: pa.Table,
        times: NDArray[np.int64] | None,
        kin: NDArray[np.int64] | None,
        places: NDArray[np.int64] | None = None,
    ) -> None:
        n = keys.num_rows if places is None else len(places)
        if n >= 1 << 32:
            raise ValueError(f"pair takes fewer than 2**32 rows at a time, found {n}")
        times, kin = (np.zeros(n, np.int64) if given is None else given for given in (times, kin))
        self.keys, self.order = keys, np.argsort(times, kind="stable")
        self.at = self.order if places is None else places[self.order]
        self.times, self.kin = times[self.order], kin[self.order]
        self.contents, self.has_words, self.has_shingles = (
            keys[name].to_numpy()[self.at] for name in ("content", "has_words", "has_shingles")
        )

    @cached_property
    def bands(self) -> NDArray[np.uint32]:
        """The value of each band, as the keys lie: uint32 (keys, bands)."""
        values, _ = arrays.hashes(self.keys["bands"])
        return values.reshape(max(self.keys.num_rows, 1), -1)  # without a text there is no band

    @cached_property
    def sampled(self) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
        """The sampled values, list by list as the keys lie: the values and their offsets."""
        values, offsets = arrays.hashes(self.keys["sampled"])
        return values, offsets

    def twins(self, there: NDArray[np.bool_]) -> NDArray[np.int64]:
        """For each row that is `there` the first with its content, time and kin: itself if it has no twin before it."""
        rows, stands_for = np.flatnonzero(there & self.has_words), np.arange(len(there))
        contents, counts = arrays.counted(self.contents[rows])
        # Few have the words of another: to sort all by three keys takes long.
        rows = rows[arrays.is_in(self.contents[rows], contents[counts > 1])]
        order = rows[np.lexsort((rows, self.kin[rows], self.times[rows], self.contents[rows]))]
        first = arrays.changes(*(key[order] for key in (self.contents, self.times, self.kin)))
        stands_for[order] = order[np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))]
        return stands_for


class Joiner:
    """The keys of each path: of the rows that stand `alone`, as far as they share a value with a `fresh` one."""

    def __init__(self, world: World, alone: NDArray[np.bool_], fresh: NDArray[np.bool_], settings: config.Pair) -> None:
        self.world, self.fresh, self.alone = world, fresh, alone
        self.settings = settings
        self.rows = np.flatnonzero(alone & world.has_shingles)
        self.is_partial = not bool(fresh[alone].all())

    def pairs(self, pieces: Sequence[Keys], path: str, at_least: int = 1) -> NDArray[np.uint64]:
        """The pairs of a path, sorted: of rows with so many values in common; of each value all keys are in one piece."""
        there = self.world.times, self.world.contents, self.fresh
        pairs, _ = met(pieces, *there, limits(self.settings, path), at_least)
        pairs.sort()
        return pairs

    def short(self) -> NDArray[np.uint64]:
        """The keys of texts that have words and not a single shingle."""
        rows = np.flatnonzero(self.alone & self.world.has_words & ~self.world.has_shingles)
        return self._keys((self.world.contents[rows].view(np.uint64) >> VALUE).astype(np.uint32), rows)

    def sampled(self) -> list[Keys]:
        """The keys of the sampled shingles, in pieces by their values, one for each thread."""
        _ = self.world.sampled  # read once, before threads ask for it
        ends = np.linspace(0, 1 << 32, workers() + 1).astype(np.int64).tolist()
        return [partial(self._of_sample, np.uint32(least), np.uint32(end - 1)) for least, end in pairwise(ends)]

    def _of_sample(self, least: np.uint32, most: np.uint32) -> NDArray[np.uint64]:
        from pipeline.stages.kernels import join

        values, offsets = self.world.sampled
        rows, at = np.flatnonzero(self.alone), self.world.at
        fresh = at[rows[self.fresh[rows]]]
        bits = self._filter(int((offsets[fresh + 1] - offsets[fresh]).sum()) // workers())
        found = np.empty(int((offsets[at[rows] + 1] - offsets[at[rows]]).sum()), np.uint64)
        return found[: join.list_keys(values, offsets, at, rows, self.fresh, least, most, bits, found)]

    def bands(self) -> list[Keys]:
        """The path of each."""
        return [partial(self._of_band, number) for number in range(self.world.bands.shape[1])]

    def _of_band(self, number: int) -> NDArray[np.uint64]:
        return self._keys(self.world.bands[self.world.at[self.rows], number], self.rows)

    def _keys(self, values: NDArray[np.uint32], rows: NDArray[np.int64]) -> NDArray[np.uint64]:
        if self.is_partial:
            from pipeline.stages.kernels import join

            wanted = values[self.fresh[rows]]
            kept = np.empty(len(values), np.int64)
            kept = kept[: join.touching(values, wanted, self._filter(len(wanted)), kept)]
            values, rows = values[kept], rows[kept]
        return values.astype(np.uint64) << VALUE | rows.astype(np.uint64)

    def _filter(self, wanted: int) -> NDArray[np.uint64]:
        """Room for a filter of so many values of fresh rows; none where all rows are fresh."""
        words = max(_FILTER_WORDS, 1 << (wanted // _FILTER_VALUES).bit_length())
        return np.empty(words if self.is_partial else 0, np.uint64)


def met(
    pieces: Sequence[Keys],
    times: NDArray[np.int64],
    contents: NDArray[np.int64],
    fresh: NDArray[np.bool_],
    told: tuple[int, int, int],
    at_least: int = 1,
) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
    """The distinct pairs (left << 32 | right) of rows with so many values in common, and how many they have, in any order.

    Keys come in pieces, all of one value in one of them; `told` by `limits`. No pair is held as often as it has a value in
    common: each row counts whom it meets.
    """
    from pipeline.stages.kernels import join

    n = len(times)
    if n > join.MOST_ROWS:
        raise ValueError(f"pair joins {join.MOST_ROWS} rows at a time, found {n}")
    entries, turns, turned = _buckets(pieces, (times, contents, fresh, *told))
    ends = np.zeros(n, np.int64)
    join.by_row(entries, ends, np.empty(0, np.uint32))
    weights, places = arrays.offsets(ends), np.empty(int(ends.sum()), np.uint32)
    ends = weights[:-1].copy()
    if len(places):
        join.by_row(entries, ends, places)

    def meet(task: tuple[int, int]) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
        first, last = task
        scratch = np.zeros(n, np.uint32), np.empty(n + 1, np.uint32)
        room, found = (np.empty(n + _ROOM_PAIRS, np.uint64), np.empty(n + _ROOM_PAIRS, np.uint32)), [_NOBODY]
        while first < last:
            given = (first, last), ends, places, entries, turns, turned, times, fresh, told[0], at_least
            first, size = join.often_met(*given, *scratch, *room)
            found.append((room[0][:size].copy(), room[1][:size].copy()))
        pairs, counts = zip(*found, strict=True)
        return np.concatenate(pairs), np.concatenate(counts)

    tasks = split(weights, 1 + len(places) // (_TASKS * workers()))
    pairs, counts = zip(_NOBODY, *parallel(meet, tasks), strict=True)
    return np.concatenate(pairs), np.concatenate(counts)


_NOBODY = np.empty(0, np.uint64), np.empty(0, np.uint32)


def _buckets(
    pieces: Sequence[Keys], told: tuple[Any, ...]
) -> tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.uint32]]:
    """Entries, turns and pivots of `join.buckets`, of keys in pieces and what else it is `told`."""
    from pipeline.stages.kernels import join

    def room(n: int, n_turns: int) -> tuple[Any, ...]:
        pivots = np.empty((n_turns, SLOTS * told[-1]), np.uint32)
        return np.empty(n, np.uint32), np.empty(n_turns, np.int64), pivots

    def bucket(piece: Keys) -> tuple[Any, ...]:
        keys, found = piece(), room(0, 0)
        keys.sort()
        n, n_turns = join.buckets(keys, *told, *found)
        if n:
            found = room(n, n_turns)
            join.buckets(keys, *told, *found)
        return found

    entries, turns, turned = zip(room(0, 0), *parallel(bucket, pieces), strict=True)
    befores = arrays.offsets(np.array([*map(len, entries)], np.int64))
    if befores[-1] >> 32:
        raise ValueError(f"pair counts fewer than 2**32 values in common at a time, found {befores[-1]}")
    moved = [places + before for places, before in zip(turns, befores[:-1], strict=True)]
    return arrays.joined(list(entries)), np.concatenate(moved), np.concatenate(turned)


def table(found: list[NDArray[np.uint64]], order: NDArray[np.int64]) -> pa.Table:
    """All paths together, by the rows of the keys; a pair that several found keeps the first."""
    pairs = np.concatenate(found)
    paths = np.repeat(np.arange(len(found), dtype=np.int8), [len(part) for part in found])
    one, other = order[pairs >> VALUE], order[pairs & ROW]
    pairs = np.minimum(one, other) << 32 | np.maximum(one, other)
    place = np.argsort(pairs, kind="stable")  # of equal pairs the one of the first path comes first
    pairs = pairs[place]
    first = arrays.changes(pairs)
    pairs, paths = pairs[first], paths[place][first]
    return pa.Table.from_arrays(
        [pa.array(pairs >> 32), pa.array(pairs & 0xFFFFFFFF), pa.array(paths)], schema=CANDIDATES
    )
