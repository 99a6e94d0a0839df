"""The rows that are paired: their order, their twins, and the keys of each path."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline import config, schema
from pipeline.stages.kernels import arrays
from pipeline.stages.kernels.threads import parallel, split, workers

__all__ = [
    "CANDIDATES",
    "PATHS",
    "ROW",
    "SLOTS",
    "VALUE",
    "Joiner",
    "Keys",
    "World",
    "keyed",
    "limits",
    "met",
    "table",
    "window",
    "windows",
]

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

_FILTER_ROWS = 1 << 15  # whose values a thread looks up at a time among those of fresh rows
_FILTER_VALUES = (
    8  # of a word of their filter: of fewer, more come along that nobody asked for, and all that come are sorted
)
_KEYS_A_TURN = 16  # at least, as a rule
_ROOM_PAIRS = 1 << 16  # that are found before they are put aside
_PIECES = 4  # of the sampled values, for each thread: the keys of one are held while they are sorted
_TASKS = 4  # for each thread: rows differ in how many they meet
SLOTS = 3  # as in `kernels.join`
VALUE = np.uint64(32)
ROW = np.uint64(0xFFFFFFFF)


def limits(settings: config.Pair, path: str) -> tuple[int, int]:
    """The cap of a bucket, and its pivots on that path: what `kernels.join` asks for."""
    return settings.bucket_cap, settings.band_pivots if path == "bands" else settings.pivots


def window(settings: config.Pair) -> int:
    """The window in microseconds."""
    return int(settings.window_days * schema.DAY)


def windows(times: NDArray[np.int64], settings: config.Pair) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """What `kernels.join.windows` finds: of each row the first in the window before it, and its slot of time."""
    from pipeline.stages.kernels import join

    if len(times) > join.MOST_ROWS:
        raise ValueError(f"pair joins {join.MOST_ROWS} rows at a time, found {len(times)}")
    found = np.empty(len(times), np.uint32), np.empty(len(times), np.uint32)
    join.windows(times, window(settings), *found)
    return found


def keyed(values: NDArray[np.integer], rows: NDArray[np.int64]) -> NDArray[np.uint64]:
    """The keys of rows with one value each, of 32 bits: as in `kernels.join`."""
    keys: NDArray[np.uint64] = values.astype(np.uint64) << VALUE | rows.astype(np.uint64)
    return keys


#: Lists of 32-bit hashes as the keys lie (`arrays.scattered`): the values, and where each list begins and ends.
Lists = tuple[NDArray[np.unsignedinteger], NDArray[np.int64], NDArray[np.int64]]

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
        times, kin = (np.zeros(n, np.int64) if given is None else given for given in (times, kin))
        self.keys = keys
        self.order = np.arange(n) if (times[1:] >= times[:-1]).all() else np.argsort(times, kind="stable")
        self.at = self.order if places is None else places[self.order]
        self.times, self.kin = times[self.order], kin[self.order]
        self.contents, self.has_words, self.has_shingles = (
            keys[name].to_numpy()[self.at] for name in ("content", "has_words", "has_shingles")
        )

    @cached_property
    def bands(self) -> Lists:
        """The values of the bands, one a band."""
        return arrays.scattered(self.keys["bands"])

    @cached_property
    def n_bands(self) -> int:
        """How many there are; without a text there is none."""
        _, firsts, lasts = self.bands
        return int(lasts[0] - firsts[0]) if len(firsts) else 0

    @cached_property
    def sampled(self) -> Lists:
        """The sampled values."""
        return arrays.scattered(self.keys["sampled"])

    def twins(self, there: NDArray[np.bool_]) -> NDArray[np.int64]:
        """For each row that is `there` the first with its content, time and kin: itself if it has no twin before it."""
        rows, stands_for = np.flatnonzero(there & self._may_be_twins), np.arange(len(there))
        order = rows[np.lexsort((rows, self.kin[rows], self.times[rows], self.contents[rows]))]
        first = arrays.changes(*(key[order] for key in (self.contents, self.times, self.kin)))
        stands_for[order] = order[np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))]
        return stands_for

    @cached_property
    def _may_be_twins(self) -> NDArray[np.bool_]:
        """The rows that have words, and the same as another. They are few: to sort all by three keys takes long."""
        contents, counts = arrays.counted(self.contents)
        found: NDArray[np.bool_] = self.has_words & arrays.is_in(self.contents, contents[counts > 1])
        return found


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
        pairs, _ = met(pieces, *there, self.settings, path, at_least)
        pairs.sort()
        return pairs

    def short(self) -> NDArray[np.uint64]:
        """The keys of texts that have words and not a single shingle."""
        rows = np.flatnonzero(self.alone & self.world.has_words & ~self.world.has_shingles)
        return keyed(self.world.contents[rows].view(np.uint64) >> VALUE, rows)

    def sampled(self) -> list[Keys]:
        """The keys of the sampled shingles, in pieces by their values, some for each thread."""
        if self.is_partial:
            return self._touched(self.world.sampled, np.flatnonzero(self.alone), workers())
        _ = self.world.sampled  # read once, before threads ask for it
        ends = np.linspace(0, 1 << 32, _PIECES * workers() + 1).astype(np.int64).tolist()
        return [partial(self._of_sample, np.uint32(least), np.uint32(end - 1)) for least, end in pairwise(ends)]

    def _of_sample(self, least: np.uint32, most: np.uint32) -> NDArray[np.uint64]:
        from pipeline.stages.kernels import in_common

        values, firsts, lasts = self.world.sampled
        rows = np.flatnonzero(self.alone)
        lists = self.world.at[rows]
        found = np.empty(int((lasts[lists] - firsts[lists]).sum()) + 1, np.uint64)
        return found[: in_common.list_keys(values, firsts[lists], lasts[lists], rows, least, most, found)]

    def bands(self) -> list[Keys]:
        """The keys of each band."""
        n = self.world.n_bands
        if self.is_partial:
            return self._touched(self.world.bands, self.rows, n, by_place=True)
        return [partial(self._of_band, number) for number in range(n)]

    def _of_band(self, number: int) -> NDArray[np.uint64]:
        values, firsts, _ = self.world.bands
        return keyed(values[firsts[self.world.at[self.rows]] + number], self.rows)

    def _touched(self, lists: Lists, rows: NDArray[np.int64], n_parts: int, *, by_place: bool = False) -> list[Keys]:
        """The keys of the values that a fresh row may have too, of those `rows`; in parts by value, or by its place."""
        from pipeline.stages.kernels import in_common

        at = self.world.at[rows]
        values, firsts, lasts = lists[0], lists[1][at], lists[2][at]
        fresh = self.fresh[rows]
        bits = arrays.filter_of(int((lasts[fresh] - firsts[fresh]).sum()), _FILTER_VALUES)
        in_common.mark(values, firsts[fresh], lasts[fresh], bits)

        def touch(first: int) -> list[NDArray[np.uint64]]:
            begins, ends, some = (part[first : first + _FILTER_ROWS] for part in (firsts, lasts, rows))
            room = len(some) if by_place else int((ends - begins).sum())
            out, counts = np.empty((n_parts, room + 1), np.uint64), np.zeros(n_parts, np.int64)
            in_common.touched(values, begins, ends, some, bits, by_place, out, counts)
            return [part[:n].copy() for part, n in zip(out, counts, strict=True)]

        parts = zip(
            [np.empty(0, np.uint64)] * n_parts, *parallel(touch, range(0, len(rows), _FILTER_ROWS)), strict=True
        )
        return [partial(np.concatenate, part) for part in parts]


def met(
    pieces: Sequence[Keys],
    times: NDArray[np.int64],
    contents: NDArray[np.int64],
    fresh: NDArray[np.bool_],
    settings: config.Pair,
    path: str,
    at_least: int = 1,
) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
    """The distinct pairs (left << 32 | right) of rows with so many values in common, and how many they have, in any order.

    Keys come in pieces, all of one value in one of them. No pair is held as often as it has a value in common: each row counts
    whom it meets.
    """
    from pipeline.stages.kernels import join

    n = len(times)
    earliest, slots = windows(times, settings)
    entries, turns, turned = _buckets(pieces, (earliest, slots, contents, fresh, *limits(settings, path)))
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
            given = (first, last), ends, places, entries, turns, turned, earliest, fresh, at_least
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

    width = SLOTS * told[-1]

    def bucket(piece: Keys) -> tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.uint32]]:
        keys = piece()
        keys.sort()
        entries, n_turns = np.empty(len(keys), np.uint32), len(keys) // _KEYS_A_TURN
        while True:
            turns, turned = np.empty(n_turns, np.int64), np.empty((n_turns, width), np.uint32)
            given: tuple[Any, ...] = (keys, *told, entries, turns, turned)
            n, needed = join.buckets(*given)
            if needed <= n_turns:
                return entries[:n], turns[:needed], turned[:needed]
            n_turns = needed

    none = np.empty(0, np.uint32), np.empty(0, np.int64), np.empty((0, width), np.uint32)
    entries, turns, turned = zip(none, *parallel(bucket, pieces), strict=True)
    befores = arrays.offsets(np.array([*map(len, entries)], np.int64))
    if befores[-1] >> 32:
        raise ValueError(f"pair counts fewer than 2**32 values in common at a time, found {befores[-1]}")
    moved = [places + before for places, before in zip(turns, befores[:-1], strict=True)]
    return arrays.joined(list(entries)), np.concatenate(moved), np.concatenate(turned)


def table(found: list[NDArray[np.uint64]], order: NDArray[np.int64]) -> pa.Table:
    """All paths together, by the rows of the keys; a pair that several found keeps the first."""
    pairs: NDArray[np.int64] = np.concatenate(found).view(np.int64)
    paths = np.repeat(np.arange(len(found), dtype=np.int8), [len(part) for part in found])
    if (order[1:] < order[:-1]).any():  # else the rows were given in the order of time
        one, other = order[pairs >> 32], order[pairs & 0xFFFFFFFF]
        pairs = np.minimum(one, other) << 32 | np.maximum(one, other)
    place = np.argsort(pairs, kind="stable")  # of equal pairs the one of the first path comes first
    pairs = pairs[place]
    first = arrays.changes(pairs)
    pairs, paths = pairs[first], paths[place][first]
    return pa.Table.from_arrays(
        [pa.array(pairs >> 32), pa.array(pairs & 0xFFFFFFFF), pa.array(paths)], schema=CANDIDATES
    )
