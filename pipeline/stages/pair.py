"""pair: which articles are compared at all. Indexed low, verified high.

    keys = pair.keys(sketches, config.pair)                  what two articles may have in common, a few hundred bytes each
    candidates = pair.run(keys, times, config.pair, kin)     the pairs that do

Four paths lead to a candidate pair, each a join by sorted keys (`kernels.join`), each within the time window:

- `twin`: the same text at the same time. Twins collapse: one of them stands for all in what follows.
- `short`: the same text, too short for a single shingle.
- `bands`: an LSH band of the signatures in common (Leskovec et al., Mining of Massive Datasets, 3.4).
- `sample`: several shingles in common of those whose hash is small, one in so many. It finds what bands cannot: a text
  that is a part of another, whose Jaccard is low whatever its containment.

A bucket above the cap, such as that of a thousand copies of one form, is not compared all with all: each of its rows meets a
few pivots, the first of each stretch of time.

When articles join those that have been paired before, `run` gives just the pairs with a `fresh` row, and `disturbed` says
which of the others have to be fresh, too, because they meet other rows than before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, partial
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline import config
from pipeline.stages.kernels import arrays
from pipeline.stages.kernels.threads import parallel, workers

__all__ = [
    "CANDIDATES",
    "KEYS",
    "PATHS",
    "Shared",
    "band_shape",
    "disturbed",
    "disturbed_by_values",
    "keys",
    "leads",
    "of_values",
    "run",
    "shared",
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

_HASHES = pa.large_list(pa.field("item", pa.int32(), nullable=False))

#: What two texts may have in common: `bands` are the hashes of each band (signed views of 32 bits), as many for every text;
#: `sampled` the shingles of the sample, sorted and distinct.
KEYS = pa.schema(
    [
        pa.field("content", pa.int64(), nullable=False),
        pa.field("has_words", pa.bool_(), nullable=False),
        pa.field("has_shingles", pa.bool_(), nullable=False),
        pa.field("bands", _HASHES, nullable=False),
        pa.field("sampled", _HASHES, nullable=False),
    ]
)

_MICROSECONDS = 86_400_000_000
_MERGE_PAIRS = 1 << 24  # pairs held with repeats before they are sorted and thinned
_FILTER_WORDS = 1 << 16  # of 64 bits, at least, in which the values of fresh rows are marked
_VALUE = np.uint64(32)
_ROW = np.uint64(0xFFFFFFFF)


def band_shape(settings: config.Pair, permutations: int) -> tuple[int, int]:
    """(bands, rows): as set, or where either is 0 as datasketch's optimiser derives them from the threshold."""
    if settings.bands and settings.rows:
        return settings.bands, settings.rows
    from datasketch import MinHashLSH

    lsh = MinHashLSH(threshold=settings.threshold, num_perm=permutations)
    return int(lsh.b), int(lsh.r)


def keys(sketches: pa.Table, settings: config.Pair) -> pa.Table:
    """What `run` joins, as `KEYS`, row by row with `sketches`, which have a `signature`."""
    from pipeline.stages.kernels import join

    permutations = sketches.schema.field("signature").type.list_size
    bands, width = band_shape(settings, permutations)
    values = np.empty((sketches.num_rows, bands), np.uint32)
    signature = pa.concat_arrays([chunk.flatten() for chunk in sketches["signature"].chunks] or [pa.array([], "int32")])
    join.band_values(signature.to_numpy().view(np.uint32).reshape(-1, permutations), width, values)
    shingles, offsets = arrays.hashes(sketches["shingles"])
    sampled, counts = np.empty(len(shingles) if settings.sample else 0, np.uint32), np.zeros(len(offsets) - 1, np.int64)
    if settings.sample:
        sampled = sampled[: join.sampled_values(shingles, offsets, settings.sample, sampled, counts)]
        sampled, counts = arrays.distinct(sampled, counts)
    return pa.Table.from_arrays(
        [
            sketches["content"],
            pa.array(sketches["n_words"].to_numpy() > 0),
            pa.array(np.diff(offsets) > 0),
            arrays.lists(values.ravel(), np.arange(len(values) + 1) * bands),
            arrays.lists(sampled, arrays.offsets(counts)),
        ],
        schema=KEYS,
    )


def run(
    keys: pa.Table,
    times: NDArray[np.int64] | None,
    settings: config.Pair,
    kin: NDArray[np.int64] | None = None,
    fresh: NDArray[np.bool_] | None = None,
) -> pa.Table:
    """Candidate pairs of rows of `keys`, as `CANDIDATES`.

    `times`: effective times in microseconds, int64 (rows,); None puts all at one time. `kin`, int64 (rows,): rows that
    differ in it are no twins, because verification knows something that tells them apart; None: there is nothing.
    `fresh`, bool (rows,): only the pairs with such a row are wanted; None: all. Of rows of one time the first counts as the
    earliest, so the rows should come in an order that means something.
    """
    world = _World(keys, times, kin)
    wanted = np.ones(len(world.times), np.bool_) if fresh is None else fresh[world.order]
    everyone = np.ones(len(world.times), np.bool_)
    stands_for = world.twins(everyone)
    alone = stands_for == np.arange(len(stands_for))
    joiner = _Joiner(world, alone, wanted, settings)
    twins = np.flatnonzero(~alone)
    twins = twins[wanted[twins] | wanted[stands_for[twins]]]
    found = [
        stands_for[twins].astype(np.uint64) << _VALUE | twins.astype(np.uint64),
        _often(joiner.pairs(joiner.short())),
        _distinct(joiner.of_bands()),
        _often(joiner.pairs(joiner.sampled(), workers()), settings.sample_shared),
    ]
    return _table(found, world.order)


def disturbed(
    keys: pa.Table,
    times: NDArray[np.int64],
    settings: config.Pair,
    kin: NDArray[np.int64] | None,
    was: NDArray[np.bool_],
    now: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Which rows that stay are paired otherwise among themselves, bool (rows,), now that the rows are others.

    `was` and `now`, bool (rows,), say which there were before and are now. Of every pair that only one of `run` of the rows
    before and `run` of those now gives, both rows staying, one is disturbed. A few that are not are among them.
    """
    from pipeline.stages.kernels import join

    world = _World(keys, times, kin)
    was, now = was[world.order], now[world.order]
    leads_was, leads_now = world.twins(was), world.twins(now)
    stays = was & now
    found: NDArray[np.bool_] = stays & (leads_was != leads_now)
    rows = np.arange(len(was))
    alone_was, alone_now = was & (leads_was == rows), now & (leads_now == rows)
    joiner = _Joiner(world, alone_was | alone_now, alone_was != alone_now, settings)

    def disturb(path: Callable[[], NDArray[np.uint64]]) -> None:  # threads only ever set a row of `found`
        ordered = path()
        ordered.sort()
        join.disturb(ordered, world.times, world.contents, alone_was, alone_now, *joiner.limits, found)

    parallel(disturb, [joiner.sampled, joiner.short, *joiner.bands()])
    out = np.empty_like(found)
    out[world.order] = found & stays
    return out


def leads(
    keys: pa.Table, times: NDArray[np.int64], kin: NDArray[np.int64], there: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """For each row that is `there` its twin that stands for it: the first, or the row itself; int64 (rows,).

    Of `keys` content and has_words are looked at; rows come in the order of time.
    """
    return _World(keys, times, kin).twins(there)


class Shared(NamedTuple):
    """What rows have that others may have, too, value by value: `path` of `PATHS` or the number of a band (negative)."""

    path: int
    values: NDArray[np.uint32]
    rows: NDArray[np.int64]


def shared(keys: pa.Table, alone: NDArray[np.bool_]) -> Iterator[Shared]:
    """All that `run` joins of the rows that stand `alone`: for machines that each look at some of the values.

    Of two rows a pair is found by the rows of one value alone (`of_values`), wherever the others are looked at; but for the
    path `sample`, of which enough have to be found together.
    """
    joiner = _Joiner(_World(keys, None, None), alone, np.ones(len(alone), np.bool_), _NO_LIMITS)
    paths = [(PATHS.index("short"), joiner.short()), (PATHS.index("sample"), joiner.sampled())]
    paths += [(-1 - number, band()) for number, band in enumerate(joiner.bands())]
    for path, found in paths:
        yield Shared(path, (found >> _VALUE).astype(np.uint32), (found & _ROW).astype(np.int64))


def of_values(
    found: Shared,
    times: NDArray[np.int64],
    contents: NDArray[np.int64],
    fresh: NDArray[np.bool_],
    settings: config.Pair,
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The pairs, left << 32 | right, of rows with a value in common, and how often each is found. `times`, in their order,
    `contents` and `fresh` are by row, as in `run`.
    """
    from pipeline.stages.kernels import join

    keys = found.values.astype(np.uint64) << _VALUE | found.rows.astype(np.uint64)
    keys.sort()
    limits = int(settings.window_days * _MICROSECONDS), settings.bucket_cap, settings.pivots
    n = join.emit_pairs(keys, times, contents, fresh, *limits, np.empty(0, np.uint64))
    out = np.empty(n, np.uint64)
    if n:
        join.emit_pairs(keys, times, contents, fresh, *limits, out)
    return arrays.counted(out)


def disturbed_by_values(
    found: Shared,
    times: NDArray[np.int64],
    contents: NDArray[np.int64],
    was: NDArray[np.bool_],
    now: NDArray[np.bool_],
    settings: config.Pair,
) -> NDArray[np.bool_]:
    """The rows that `disturbed` finds by these values; `was` and `now` say which stood alone there and do now."""
    from pipeline.stages.kernels import join

    keys = found.values.astype(np.uint64) << _VALUE | found.rows.astype(np.uint64)
    keys.sort()
    limits = int(settings.window_days * _MICROSECONDS), settings.bucket_cap, settings.pivots
    out = np.zeros(len(times), np.bool_)
    join.disturb(keys, times, contents, was, now, *limits, out)
    return out


_NO_LIMITS = config.Pair()


class _World:
    """The rows in the order of time: `order` says which row of the keys each is."""

    def __init__(self, keys: pa.Table, times: NDArray[np.int64] | None, kin: NDArray[np.int64] | None) -> None:
        n = keys.num_rows
        if n >= 1 << 32:
            raise ValueError(f"pair takes fewer than 2**32 rows at a time, found {n}")
        times, kin = (np.zeros(n, np.int64) if given is None else given for given in (times, kin))
        self.order = np.argsort(times, kind="stable")
        self.is_ordered = bool(np.all(self.order[:-1] < self.order[1:]))
        self.keys = keys if self.is_ordered else keys.take(pa.array(self.order))
        self.times, self.kin = times[self.order], kin[self.order]
        self.contents = self.keys["content"].to_numpy()
        self.has_words, self.has_shingles = (self.keys[name].to_numpy() for name in ("has_words", "has_shingles"))

    @cached_property
    def bands(self) -> NDArray[np.uint32]:
        """The value of each band: uint32 (rows, bands)."""
        values, _ = arrays.hashes(self.keys["bands"])
        return values.reshape(max(len(self.times), 1), -1)  # without a text there is no band

    def twins(self, there: NDArray[np.bool_]) -> NDArray[np.int64]:
        """For each row that is `there` the first with its content, time and kin: itself if it has no twin before it."""
        rows = np.flatnonzero(there & self.has_words)
        stands_for = np.arange(len(there))
        order = rows[np.lexsort((rows, self.kin[rows], self.times[rows], self.contents[rows]))]
        first = arrays.changes(*(key[order] for key in (self.contents, self.times, self.kin)))
        stands_for[order] = order[np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))]
        return stands_for


class _Joiner:
    """The keys of each path: of the rows that stand `alone`, as far as they share a value with a `fresh` one."""

    def __init__(
        self, world: _World, alone: NDArray[np.bool_], fresh: NDArray[np.bool_], settings: config.Pair
    ) -> None:
        self.world, self.fresh, self.alone = world, fresh, alone
        self.limits = (int(settings.window_days * _MICROSECONDS), settings.bucket_cap, settings.pivots)
        self.rows = np.flatnonzero(alone & world.has_shingles)
        self.is_partial = not bool(fresh[alone].all())

    def pairs(self, keys: NDArray[np.uint64], pieces: int = 1) -> NDArray[np.uint64]:
        """The pairs of rows whose keys have equal values, in so many `pieces` at a time; `keys` is sorted in place."""
        from pipeline.stages.kernels import join

        def emit(task: tuple[NDArray[np.uint64], NDArray[np.uint64]]) -> int:
            piece, out = task
            return join.emit_pairs(piece, self.world.times, self.world.contents, self.fresh, *self.limits, out)

        keys.sort()
        ends = np.linspace(0, len(keys), pieces + 1).astype(np.int64)[1:-1]
        cuts = np.searchsorted(keys, keys[ends] >> _VALUE << _VALUE) if len(keys) else ends  # a value stays whole
        parts = np.split(keys, cuts)
        counts = parallel(emit, [(part, np.empty(0, np.uint64)) for part in parts])
        out = np.empty(sum(counts), np.uint64)
        rooms = np.split(out, np.cumsum(counts)[:-1])
        parallel(emit, [(part, room) for part, room in zip(parts, rooms, strict=True) if len(room)])
        return out

    def short(self) -> NDArray[np.uint64]:
        rows = np.flatnonzero(self.alone & self.world.has_words & ~self.world.has_shingles)
        return self._keys((self.world.contents[rows].view(np.uint64) >> _VALUE).astype(np.uint32), rows)

    def sampled(self) -> NDArray[np.uint64]:
        values, offsets = arrays.hashes(self.world.keys["sampled"])
        rows = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
        if not self.alone.all():
            kept = self.alone[rows]
            values, rows = values[kept], rows[kept]
        return self._keys(values, rows)

    def bands(self) -> list[Callable[[], NDArray[np.uint64]]]:
        """The path of each."""
        return [partial(self._of_band, number) for number in range(self.world.bands.shape[1])]

    def _of_band(self, number: int) -> NDArray[np.uint64]:
        return self._keys(self.world.bands[self.rows, number], self.rows)

    def of_bands(self) -> Iterator[NDArray[np.uint64]]:
        """The pairs of each band in turn, with repeats across bands."""
        step, bands = workers(), self.bands()
        for first in range(0, len(bands), step):
            yield from parallel(lambda band: self.pairs(band()), bands[first : first + step])

    def _keys(self, values: NDArray[np.uint32], rows: NDArray[np.int64]) -> NDArray[np.uint64]:
        if self.is_partial:
            from pipeline.stages.kernels import join

            wanted = values[self.fresh[rows]]
            bits = np.empty(max(_FILTER_WORDS, 1 << len(wanted).bit_length()), np.uint64)
            kept = np.empty(len(values), np.int64)
            kept = kept[: join.touching(values, wanted, bits, kept)]
            values, rows = values[kept], rows[kept]
        return values.astype(np.uint64) << _VALUE | rows.astype(np.uint64)


def _often(values: NDArray[np.uint64], at_least: int = 1) -> NDArray[np.uint64]:
    """The distinct values that occur at least so often, sorted. Sorts in place: `np.unique` hashes, ten times slower."""
    from pipeline.stages.kernels import join

    values.sort()
    return values[: join.tally(values, at_least)].copy()


def _distinct(parts: Iterable[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    """The distinct values of all parts, sorted, thinned whenever many have gathered."""
    gathered: list[NDArray[np.uint64]] = [np.empty(0, np.uint64)]
    for part in parts:
        gathered.append(part)
        # Only when they have doubled: sorting what is thin already, band after band, would cost its square.
        if sum(map(len, gathered)) > max(_MERGE_PAIRS, 2 * len(gathered[0])):
            gathered = [_often(np.concatenate(gathered))]
    return _often(np.concatenate(gathered))


def _table(found: list[NDArray[np.uint64]], order: NDArray[np.int64]) -> pa.Table:
    """All paths together, by the rows of the keys; a pair that several found keeps the first."""
    pairs = np.concatenate(found)
    paths = np.repeat(np.arange(len(found), dtype=np.int8), [len(part) for part in found])
    one, other = order[pairs >> _VALUE], order[pairs & _ROW]
    pairs = np.minimum(one, other) << 32 | np.maximum(one, other)
    place = np.argsort(pairs, kind="stable")  # of equal pairs the one of the first path comes first
    pairs = pairs[place]
    first = arrays.changes(pairs)
    pairs, paths = pairs[first], paths[place][first]
    return pa.Table.from_arrays(
        [pa.array(pairs >> 32), pa.array(pairs & 0xFFFFFFFF), pa.array(paths)], schema=CANDIDATES
    )
