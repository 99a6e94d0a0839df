"""pair: which articles are compared at all. Indexed low, verified high.

Four paths lead to a candidate pair, each a join by sorted keys (`kernels.join`), each within the time window:

- `twin`: the same text at the same time. Twins collapse: one of them stands for all in what follows.
- `short`: the same text, too short for a single shingle.
- `bands`: an LSH band of the signatures in common (Leskovec et al., Mining of Massive Datasets, 3.4).
- `sample`: several shingles in common of those whose hash is small, one in so many. It finds what bands cannot: a text
  that is a part of another, whose Jaccard is low whatever its containment.

A bucket above the cap, such as that of a thousand copies of one form, is not compared all with all: each of its rows meets a
few pivots.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline import config
from pipeline.stages.kernels import arrays

__all__ = ["CANDIDATES", "PATHS", "band_shape", "run"]

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
_MERGE_PAIRS = 1 << 24  # pairs held with repeats before they are sorted and thinned


def band_shape(settings: config.Pair, permutations: int) -> tuple[int, int]:
    """(bands, rows): as set, or where either is 0 as datasketch's optimiser derives them from the threshold."""
    if settings.bands and settings.rows:
        return settings.bands, settings.rows
    from datasketch import MinHashLSH

    lsh = MinHashLSH(threshold=settings.threshold, num_perm=permutations)
    return int(lsh.b), int(lsh.r)


def run(
    sketches: pa.Table,
    times: NDArray[np.int64] | None,
    settings: config.Pair,
    kin: NDArray[np.int64] | None = None,
) -> pa.Table:
    """Candidate pairs of `sketches` (with `signature`), as `CANDIDATES`.

    `times`: effective times in microseconds, int64 (rows,); None puts all at one time. `kin`, int64 (rows,): rows that
    differ in it are no twins, because verification knows something that tells them apart; None: there is nothing.
    Among equals the first row stands for the others, so the rows should come in an order that means something.
    """
    n = sketches.num_rows
    if n >= 1 << 32:
        raise ValueError(f"pair takes fewer than 2**32 sketches at a time, found {n}")
    times = np.zeros(n, np.int64) if times is None else times
    contents = sketches["content"].to_numpy()
    shingles, offsets = arrays.hashes(sketches["shingles"])
    has_text = sketches["n_words"].to_numpy() > 0
    stands_for = _twins(contents, times, np.zeros(n, np.int64) if kin is None else kin, has_text)
    alone = stands_for == np.arange(n)
    twins = np.flatnonzero(~alone)

    joiner = _Joiner(times, contents, int(settings.window_days * _MICROSECONDS), settings)
    has_shingles = np.diff(offsets) > 0
    short = joiner.pairs(joiner.content_keys(np.flatnonzero(alone & has_text & ~has_shingles)))
    rows = np.flatnonzero(alone & has_shingles)
    banded = joiner.distinct(joiner.bands(sketches, rows))
    sampled = joiner.sampled(shingles, offsets, rows) if settings.sample else np.empty(0, np.uint64)

    twin_pairs = (stands_for[twins].astype(np.uint64) << np.uint64(32)) | twins.astype(np.uint64)
    found = [twin_pairs, short, banded, sampled]
    return _table(found)


def _twins(
    contents: NDArray[np.int64], times: NDArray[np.int64], kin: NDArray[np.int64], has_text: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """For each row the first row with its content, time and kin: itself if it has no twin before it."""
    stands_for = np.arange(len(contents))
    order = np.lexsort((stands_for, kin, times, contents))
    same = has_text[order][1:]
    for key in (contents, times, kin):
        same = same & (np.diff(key[order]) == 0)
    first = np.concatenate([[True], ~same]) if len(order) else np.empty(0, bool)
    leaders = order[np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))]
    stands_for[order] = leaders
    return stands_for


class _Joiner:
    """What every path needs: times, contents, the window and the cap."""

    def __init__(
        self, times: NDArray[np.int64], contents: NDArray[np.int64], window: int, settings: config.Pair
    ) -> None:
        self.times, self.contents, self.window, self.settings = times, contents, window, settings
        self.row_bits = max(len(times), 2).bit_length()
        self.slots = max(1, len(np.unique(times // window)))

    def pairs(self, keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """The pairs of rows whose keys are equal; `keys` is sorted in place."""
        from pipeline.stages.kernels import join

        keys.sort()
        found = np.empty((len(keys) // 2 + 1, 2), np.int64)
        found = found[: join.runs(keys, self.row_bits, found)]
        cap, pivots = self.settings.bucket_cap, self.settings.pivots
        out = np.empty(join.pair_bound(found, self.slots, cap, pivots), np.uint64)
        n = join.emit_pairs(keys, found, self.row_bits, self.times, self.contents, self.window, cap, pivots, out)
        return out[:n]

    def content_keys(self, rows: NDArray[np.int64]) -> NDArray[np.uint64]:
        shift = np.uint64(self.row_bits)
        return (self.contents[rows].view(np.uint64) >> shift << shift) | rows.astype(np.uint64)

    def bands(self, sketches: pa.Table, rows: NDArray[np.int64]) -> Iterator[NDArray[np.uint64]]:
        """The pairs of each band in turn, with repeats across bands."""
        from pipeline.stages.kernels import join
        from pipeline.stages.kernels.threads import parallel, workers

        column = sketches["signature"].combine_chunks()
        permutations = sketches.schema.field("signature").type.list_size
        signature = column.flatten().to_numpy().view(np.uint32).reshape(-1, permutations)
        bands, width = band_shape(self.settings, permutations)

        def band(number: int) -> NDArray[np.uint64]:
            keys = np.empty(sketches.num_rows, np.uint64)
            join.band_keys(signature, number * width, width, self.row_bits, keys)
            return self.pairs(keys if len(rows) == len(keys) else keys[rows])

        step = workers()
        for first in range(0, bands, step):
            yield from parallel(band, range(first, min(first + step, bands)))

    def sampled(
        self, shingles: NDArray[np.uint32], offsets: NDArray[np.int64], rows: NDArray[np.int64]
    ) -> NDArray[np.uint64]:
        """The pairs that share at least `sample_shared` of the sampled shingles, each pair once."""
        from pipeline.stages.kernels import join

        keys = np.empty(len(shingles), np.uint64)
        keys = keys[: join.sampled_keys(shingles, offsets, self.settings.sample, self.row_bits, keys)]
        mask = np.uint64((1 << self.row_bits) - 1)
        alone = np.zeros(len(self.times), bool)
        alone[rows] = True
        keys = self.often(keys[alone[(keys & mask).astype(np.int64)]])  # a shingle counts once an article
        return self.often(self.pairs(keys), self.settings.sample_shared)

    @staticmethod
    def often(values: NDArray[np.uint64], at_least: int = 1) -> NDArray[np.uint64]:
        """The distinct values that occur at least so often, sorted. Sorts in place: `np.unique` hashes, ten times slower."""
        from pipeline.stages.kernels import join

        values.sort()
        return values[: join.tally(values, at_least)].copy()

    @classmethod
    def distinct(cls, parts: Iterator[NDArray[np.uint64]]) -> NDArray[np.uint64]:
        """The distinct values of all parts, sorted, thinned whenever many have gathered."""
        gathered: list[NDArray[np.uint64]] = [np.empty(0, np.uint64)]
        for part in parts:
            gathered.append(part)
            # Only when they have doubled: sorting what is thin already, band after band, would cost its square.
            if sum(map(len, gathered)) > max(_MERGE_PAIRS, 2 * len(gathered[0])):
                gathered = [cls.often(np.concatenate(gathered))]
        return cls.often(np.concatenate([np.empty(0, np.uint64), *gathered]))


def _table(found: list[NDArray[np.uint64]]) -> pa.Table:
    """All paths together; a pair that several found keeps the first."""
    pairs = np.concatenate(found)
    paths = np.repeat(np.arange(len(found), dtype=np.int8), [len(part) for part in found])
    order = np.argsort(pairs, kind="stable")  # of equal pairs the one of the first path comes first
    pairs = pairs[order]
    first = np.append(True, pairs[1:] != pairs[:-1]) if len(pairs) else np.empty(0, np.bool_)
    pairs, paths = pairs[first], paths[order][first]
    left, right = (pairs >> np.uint64(32)).astype(np.int64), (pairs & np.uint64(0xFFFFFFFF)).astype(np.int64)
    return pa.Table.from_arrays([pa.array(left), pa.array(right), pa.array(paths)], schema=CANDIDATES)
