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

from collections.abc import Callable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline import config
from pipeline.stages.kernels import arrays
from pipeline.stages.kernels.threads import parallel
from pipeline.stages.pair.full import pivots_met
from pipeline.stages.pair.values import Shared, disturbed_by_values, leads, of_values, shared
from pipeline.stages.pair.world import CANDIDATES, PATHS, VALUE, Joiner, World, limits, table, windows

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
    "pivots_met",
    "run",
    "shared",
]

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


def band_shape(settings: config.Pair, permutations: int) -> tuple[int, int]:
    """(bands, rows): as set, or where either is 0 as datasketch's optimiser derives them from the threshold."""
    if settings.bands and settings.rows:
        return settings.bands, settings.rows
    from datasketch import MinHashLSH

    lsh = MinHashLSH(threshold=settings.threshold, num_perm=permutations)
    return int(lsh.b), int(lsh.r)


def keys(sketches: pa.Table, settings: config.Pair) -> pa.Table:
    """What `run` joins, as `KEYS`, row by row with `sketches`, which have a `signature`.

    `ValueError` if the bands need a longer signature.
    """
    permutations = sketches.schema.field("signature").type.list_size
    shape = band_shape(settings, permutations)
    if shape[0] * shape[1] > permutations:
        raise ValueError(f"{shape[0]} bands of {shape[1]} rows need a signature as long; it has {permutations}")
    return pa.Table.from_batches([_keys(some, permutations, shape, settings) for some in sketches.to_batches()], KEYS)


def _keys(sketches: pa.RecordBatch, permutations: int, shape: tuple[int, int], settings: config.Pair) -> pa.RecordBatch:
    """The same of a few."""
    from pipeline.stages.kernels import in_common

    bands, width = shape
    values = np.empty((sketches.num_rows, bands), np.uint32)
    signature = sketches["signature"].flatten().to_numpy().view(np.uint32).reshape(-1, permutations)
    in_common.band_values(signature, width, values)
    shingles, offsets = arrays.hashes(pa.chunked_array([sketches["shingles"]]))
    sampled, counts = np.empty(len(shingles) if settings.sample else 0, np.uint32), np.zeros(len(offsets) - 1, np.int64)
    if settings.sample:
        sampled = sampled[: in_common.sampled_values(shingles, offsets, settings.sample, sampled, counts)]
        sampled, counts = arrays.distinct(sampled, counts)
    return pa.RecordBatch.from_arrays(
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
    places: NDArray[np.int64] | None = None,
) -> pa.Table:
    """Candidate pairs of rows of `keys`, as `CANDIDATES`.

    `places`, int64 (rows,): where the keys of each row lie in `keys`, in any order, others among them; None: row by row.
    `times`: effective times in microseconds, int64 (rows,); None puts all at one time. `kin`, int64 (rows,): rows that
    differ in it are no twins, because verification knows something that tells them apart; None: there is nothing. `fresh`,
    bool (rows,): only the pairs with such a row are wanted; None: all. Of rows of one time the first counts as the
    earliest, so the rows should come in an order that means something.
    """
    world = World(keys, times, kin, places)
    wanted = np.ones(len(world.times), np.bool_) if fresh is None else fresh[world.order]
    everyone = np.ones(len(world.times), np.bool_)
    stands_for = world.twins(everyone)
    alone = stands_for == np.arange(len(stands_for))
    joiner = Joiner(world, alone, wanted, settings)
    twins = np.flatnonzero(~alone)
    twins = twins[wanted[twins] | wanted[stands_for[twins]]]
    found = [
        stands_for[twins].astype(np.uint64) << VALUE | twins.astype(np.uint64),
        joiner.pairs([joiner.short], "short"),
        joiner.pairs(joiner.bands(), "bands"),
        joiner.pairs(joiner.sampled(), "sample", settings.sample_shared),
    ]
    return table(found, world.order)


def disturbed(
    keys: pa.Table,
    times: NDArray[np.int64],
    settings: config.Pair,
    kin: NDArray[np.int64] | None,
    was: NDArray[np.bool_],
    now: NDArray[np.bool_],
    places: NDArray[np.int64] | None = None,
) -> NDArray[np.bool_]:
    """Which rows that stay are paired otherwise among themselves, bool (rows,), now that the rows are others.

    `was` and `now`, bool (rows,), say which there were before and are now. Of every pair that only one of `run` of the rows
    before and `run` of those now gives, both rows staying, one is disturbed. A few that are not are among them. The rest as
    for `run`.
    """
    from pipeline.stages.kernels import join

    world = World(keys, times, kin, places)
    was, now = was[world.order], now[world.order]
    leads_was, leads_now = world.twins(was), world.twins(now)
    stays = was & now
    found: NDArray[np.bool_] = stays & (leads_was != leads_now)
    rows = np.arange(len(was))
    alone_was, alone_now = was & (leads_was == rows), now & (leads_now == rows)
    joiner = Joiner(world, alone_was | alone_now, alone_was != alone_now, settings)

    there = *windows(world.times, settings), world.contents

    def disturb(task: tuple[str, Callable[[], NDArray[np.uint64]]]) -> None:  # threads only ever set a row of `found`
        path, having = task
        ordered = having()
        ordered.sort()
        join.disturb(ordered, *there, alone_was, alone_now, *limits(settings, path), found)

    having = [*(("sample", piece) for piece in joiner.sampled()), ("short", joiner.short)]
    parallel(disturb, [*having, *(("bands", band) for band in joiner.bands())])
    out = np.empty_like(found)
    out[world.order] = found & stays
    return out
