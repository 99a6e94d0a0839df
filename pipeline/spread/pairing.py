"""Which texts are compared at all, value by value: `pair` on a cluster.

texts of a part --values--> by share --pairs--> by block --chosen--> candidates of the block, on disk
                                     --disturbed--> rows that meet others than before
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline import config
from pipeline.engine.cargo import NOBODY, Parcel, parted
from pipeline.spread import scratch
from pipeline.spread.world import AT_ONCE, DONE, FRESH, NOW, PAIRS_AT_ONCE, WAS, World, part_of
from pipeline.stages import pair
from pipeline.stages.kernels import arrays
from pipeline.storage.state import ends

__all__ = ["DISTURBED", "chosen", "disturbed", "pairs", "staying", "thinned", "values"]

#: The rows that `disturbed` finds.
DISTURBED = pa.schema([("row", pa.uint32())])

_VALUES = pa.schema(
    [
        ("path", pa.int16()),
        ("value", pa.uint32()),
        ("row", pa.uint32()),
        ("time", pa.int64()),
        ("content", pa.int64()),
        ("flags", pa.uint8()),
    ]
)
_PAIRS = pa.schema([("left", pa.uint32()), ("right", pa.uint32()), ("path", pa.int8()), ("n", pa.int64())])
_MIX, _MOST_BANDS = np.uint64(0x9E3779B97F4A7C15), 1 << 12
_TWIN, _BAND, _SAMPLE = (pair.PATHS.index(name) for name in ("twin", "bands", "sample"))


def values(world: World, number: int) -> Iterator[Parcel]:
    """What texts of a part have that others may have, too; those who stand alone. And, of a number below 0, some twins."""
    if number < 0:
        twins = scratch.mapped(world.twins).slice(-1 - number, PAIRS_AT_ONCE)
        n = twins.num_rows
        columns = [twins["left"], twins["right"], pa.array(np.full(n, _TWIN)), pa.array(np.ones(n, np.int64))]
        told = [column.cast(field.type) for column, field in zip(columns, _PAIRS, strict=True)]
        yield Parcel(world.n_shares, pa.Table.from_arrays(told, schema=_PAIRS))
        return
    known = part_of(world, number)
    keys = world.state.texts(["key", *pair.KEYS.names], keys=known["key"].to_numpy(), gone=True)
    keys = keys.take(pc.index_in(known["key"].combine_chunks(), value_set=keys["key"].combine_chunks()))
    for first in range(0, known.num_rows, AT_ONCE):
        some, own = known.slice(first, AT_ONCE).combine_chunks(), keys.slice(first, AT_ONCE).combine_chunks()
        for found in pair.shared(own.select(pair.KEYS.names), (some["flags"].to_numpy() & (WAS | NOW)) > 0):
            path = pa.array(np.full(len(found.rows), found.path, np.int16))
            known_of = some.select(["row", "time", "content", "flags"]).take(pa.array(found.rows))
            rows = pa.Table.from_arrays([path, pa.array(found.values), *known_of.columns], names=_VALUES.names)
            yield from parted(_share(found, world.n_shares), rows.cast(_VALUES))


def _share(found: pair.Shared, n_shares: int) -> NDArray[np.int64]:
    """Where each value is looked at."""
    mixed = (found.values.astype(np.uint64) + np.uint64(found.path + _MOST_BANDS)) * _MIX
    return ((mixed >> np.uint64(32)) % np.uint64(n_shares)).astype(np.int64)


class _Met(NamedTuple):
    """The values of a share, path by path, and the rows that have them, numbered anew in their order: `rows` were they."""

    found: list[pair.Shared]
    rows: NDArray[np.int64]
    times: NDArray[np.int64]
    contents: NDArray[np.int64]
    flags: NDArray[np.uint8]

    def are(self, flag: np.uint8) -> NDArray[np.bool_]:
        """Which of the rows have a flag."""
        return (self.flags & flag) > 0


def _met(tables: Iterable[pa.Table]) -> _Met:
    values = pa.concat_tables(tables).combine_chunks()
    rows, first, place = np.unique(values["row"].to_numpy(), return_index=True, return_inverse=True)
    paths, value = values["path"].to_numpy(), values["value"].to_numpy()
    found = [pair.Shared(int(path), value[paths == path], place[paths == path]) for path in np.unique(paths)]
    times, contents, flags = (values[name].to_numpy()[first] for name in ("time", "content", "flags"))
    return _Met(found, rows.astype(np.int64), times, arrays.read_only(contents), flags)


def disturbed(settings: config.Pair, _: int, tables: Iterable[pa.Table]) -> Iterator[Parcel]:
    """The rows that meet others than before, by the values of a share."""
    met = _met(tables)
    out = np.zeros(len(met.rows), np.bool_)
    for found in met.found:
        out |= pair.disturbed_by_values(found, met.times, met.contents, met.are(WAS), met.are(NOW), settings)
    yield Parcel(NOBODY, pa.table([pa.array(met.rows[out].astype(np.uint32))], schema=DISTURBED))


def pairs(world: World, share: int, tables: Iterable[pa.Table]) -> Iterator[Parcel]:
    """The pairs that the values of a share make, by the block of the later row."""
    if share == world.n_shares:  # these are twins, and pairs already
        for table in tables:
            yield from parted(world.block(table["right"].to_numpy().astype(np.int64)), table)
        return
    met = _met(tables)
    fresh = met.are(FRESH)
    for found in met.found:
        both, counts = pair.of_values(found, met.times, met.contents, fresh, world.settings.pair)
        left, right = (
            met.rows[side.astype(np.int64)] for side in (both >> np.uint64(32), both & np.uint64(0xFFFFFFFF))
        )
        path = np.full(len(both), found.path if found.path >= 0 else _BAND)
        columns = [left.astype(np.uint32), right.astype(np.uint32), path.astype(np.int8), counts]
        yield from parted(world.block(right), pa.table([pa.array(column) for column in columns], schema=_PAIRS))


def chosen(world: World, block: int, tables: Iterable[pa.Table]) -> Iterator[Parcel]:
    """Write the candidates of a block: each pair once, by the first of the paths that found it."""
    met = pa.concat_tables(tables).combine_chunks()
    left, right, path = (met[name].to_numpy().astype(np.int64) for name in ("left", "right", "path"))
    order = np.lexsort((path, right, left))
    left, right, path, counts = left[order], right[order], path[order], met["n"].to_numpy()[order]
    starts = np.flatnonzero(arrays.changes(left, right))
    if not len(starts):
        return
    often = np.add.reduceat(np.where(path == _SAMPLE, counts, 0), starts) >= world.settings.pair.sample_shared
    kept = starts[often | (path[starts] < _SAMPLE)]
    columns = [pa.array(left[kept]), pa.array(right[kept]), pa.array(path[kept].astype(np.int8))]
    if len(kept):
        scratch.save_mapped(pa.Table.from_arrays(columns, schema=pair.CANDIDATES), world.candidates(block))
        yield Parcel(NOBODY, pa.table({"n": [block]}, schema=DONE))


def staying(world: World, block: int) -> pa.Table:
    """The candidates of a block of which both texts stay."""
    stays = scratch.mapped(world.by_row)["stays"].to_numpy()
    candidates = scratch.mapped(world.candidates(block)).cast(pair.CANDIDATES)
    return candidates.filter(pa.array(stays[ends(candidates)].all(axis=0)))


def thinned(world: World, block: int) -> pa.Table:
    """Leave of the candidates of a block those of a fresh text; how many there are."""
    fresh = scratch.mapped(world.by_row)["fresh"].to_numpy()
    candidates = scratch.mapped(world.candidates(block)).cast(pair.CANDIDATES)
    kept = candidates.filter(pa.array(fresh[ends(candidates)].any(axis=0)))
    scratch.save_mapped(kept, world.candidates(block))
    return pa.table({"n": [kept.num_rows]}, schema=DONE)
