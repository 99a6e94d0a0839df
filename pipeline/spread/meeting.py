"""Whom the texts of a night meet, value by value, and what verification says of them, block by block: `meet` on a cluster.

    texts of a part --values--> by value --pairs--> by block --chosen--> candidates, on disk
    candidates of a block --wanted--> by part --sent--> texts, by block --decided--> matches

On the driver every text is a number, its place in the order of time, then id; with its time and what says who its twins are. A
block is a stretch of these numbers: the later texts of its pairs, which reach back to few others, since a bucket above the cap
has but a few pivots. So a text travels to its own block and to the few in which others met it, and a block fits into memory.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pipeline import config
from pipeline.engine.cargo import NOBODY, Parcel, parted
from pipeline.engine.spark import Cluster
from pipeline.meet import Met, Turns, around, articles_of, changes, facts_of
from pipeline.spread import scratch
from pipeline.stages import pair, verify
from pipeline.stages.kernels import arrays
from pipeline.storage import part
from pipeline.storage.part import COMPARED
from pipeline.storage.state import Ref, State
from pipeline.watch import Watch

__all__ = ["meet"]

_NARROW = ["key", "article_id", "effective_at", "kin", "content", "has_words", "has_shingles"]
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
_WANTED = pa.schema([("row", pa.uint32()), ("key", pa.int64()), ("block", pa.int64())])
_SEEN = pa.schema([("n", pa.int64())])
_DISTURBED = pa.schema([("row", pa.uint32())])
_FACT, _OWN = "fact ", "own "  # before the names of columns that travel beside those of a sketch
_MIX, _MOST_BANDS = np.uint64(0x9E3779B97F4A7C15), 1 << 12
_AT_ONCE = 8_192  # texts of a part that are held while they are sent
_PAIRS_AT_ONCE = 1 << 17  # whose figures are held
_TWIN = pair.PATHS.index("twin")
_SAMPLE = pair.PATHS.index("sample")
_BAND = pair.PATHS.index("bands")
_WAS, _NOW, _FRESH = np.uint8(1), np.uint8(2), np.uint8(4)


class _World(NamedTuple):
    """What tasks are told of a run. `by_key` has the texts (key, row, time, content, flags), `by_row` their
    keys. Into `n_shares` all values are cut."""

    state: State
    folder: Path
    settings: config.Config
    n_shares: int

    @property
    def by_key(self) -> Path:
        """The texts, sorted by key."""
        return self.folder / "by_key.arrow"

    @property
    def by_row(self) -> Path:
        """Their keys, by row."""
        return self.folder / "by_row.arrow"

    def block(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """The block of each row."""
        return rows // self.settings.spark.block_texts

    def candidates(self, block: int) -> Path:
        """Where the candidates of a block lie."""
        return self.folder / "candidates" / f"{block:08}.parquet"

    def matches(self, block: int) -> Path:
        """Where its matches lie."""
        return self.folder / "matches" / f"{block:08}.parquet"


def meet(
    cluster: Cluster,
    before: State,
    now: State,
    own: Sequence[Ref],
    reached: tuple[datetime | None, datetime],
    settings: config.Config,
    watch: Watch,
    work: Path,
) -> Met:
    """Pair and verify what is new, as `meet.meet`; the matches are written to the run's `own` parts."""
    rows, was, is_now = around(before, now, reached, settings, _NARROW)
    n_shares = max(cluster.partitions, -(-rows.num_rows // settings.spark.block_texts))
    world = _World(now, work, settings, n_shares)
    with watch.step("pair") as step:
        turns, twins = _turns(cluster, world, rows, was, is_now)
        blocks = _paired(cluster, world, rows, turns, twins)
        step.rows = sum(pq.read_metadata(world.candidates(block)).num_rows for block in blocks)
    with watch.step("verify") as step:
        files = _verified(cluster, world, blocks)
        tasks = [(ref, files[place :: len(own)]) for place, ref in enumerate(own)]
        cluster.each(_gathered, tasks)
        step.rows = sum(pq.read_metadata(file).num_rows for file in files)
    matches = [pq.read_table(ref.folder / "matches.parquet").cast(COMPARED["matches"]) for ref in own]
    met = changes(before, rows, turns, pa.concat_tables(matches).combine_chunks(), settings)
    part.add(own[0].folder, "void", pa.table({"key": met.void}))
    return met


# --- on the driver


def _turns(
    cluster: Cluster, world: _World, rows: pa.Table, was: NDArray[np.bool_], is_now: NDArray[np.bool_]
) -> tuple[Turns, NDArray[np.int64]]:
    """Who is fresh, and whose twin each text is now; tasks find both in the files of the world from then on."""
    times, kin = rows["effective_at"].cast(pa.int64()).to_numpy(), rows["kin"].to_numpy()
    numbers = np.arange(rows.num_rows)
    leads_now = pair.leads(rows, times, kin, is_now)
    fresh = is_now & ~was
    if was.any():
        leads_was = pair.leads(rows, times, kin, was)
        alone_was, alone_now = was & (leads_was == numbers), is_now & (leads_now == numbers)
        _tell(world, rows, times, alone_was, alone_now, alone_was != alone_now)
        meet_ = partial(_disturbed, world.settings.pair)
        found = cluster.rows(partial(_values, world), _numbers(rows)).by(meet_).result(_DISTURBED.empty_table())
        stays = was & is_now
        fresh |= stays & (leads_was != leads_now)
        disturbed = np.zeros(len(fresh), np.bool_)
        disturbed[found["row"].to_numpy()] = True
        fresh |= disturbed & stays
    alone = is_now & (leads_now == numbers)
    _tell(world, rows, times, np.zeros_like(alone), alone, fresh)
    return Turns(was, is_now, fresh), leads_now


def _tell(
    world: _World,
    rows: pa.Table,
    times: NDArray[np.int64],
    was: NDArray[np.bool_],
    now: NDArray[np.bool_],
    fresh: NDArray[np.bool_],
) -> None:
    """Have tasks know who stands alone, before and now, and who is fresh."""
    keys = rows["key"].to_numpy()
    flags = was * _WAS | now * _NOW | fresh * _FRESH
    columns = {"key": keys, "row": np.arange(len(keys)), "time": times, "content": rows["content"], "flags": flags}
    by_key = pa.table(columns).take(pa.array(np.argsort(keys)))
    scratch.save_mapped(by_key, world.by_key)
    scratch.save_mapped(pa.table({"key": keys}), world.by_row)


def _numbers(rows: pa.Table) -> list[int]:
    """The parts that have some of the texts."""
    return [int(number) for number in np.unique(rows["key"].to_numpy() >> 32)]


def _paired(cluster: Cluster, world: _World, rows: pa.Table, turns: Turns, leads: NDArray[np.int64]) -> list[int]:
    """Write the candidates of each block; gives the blocks that have some."""
    numbers = np.arange(len(leads))
    is_twin = turns.is_now & (leads != numbers) & (turns.fresh | turns.fresh[leads])
    twins = pa.table({"left": leads[is_twin], "right": numbers[is_twin]})
    scratch.save_mapped(twins, world.folder / "twins.arrow")
    tasks = [*_numbers(rows), *(-1 - first for first in range(0, twins.num_rows, _PAIRS_AT_ONCE))]
    (world.folder / "candidates").mkdir()
    found = cluster.rows(partial(_values, world), tasks).by(partial(_pairs, world)).by(partial(_chosen, world))
    return sorted(found.result(_SEEN.empty_table())["n"].to_pylist())


def _verified(cluster: Cluster, world: _World, blocks: Sequence[int]) -> list[Path]:
    """Write the matches of each block; gives the files."""
    (world.folder / "matches").mkdir()
    wanted = cluster.rows(partial(_wanted, world), blocks)
    done = wanted.by(partial(_sent, world)).by(partial(_decided, world)).result(_SEEN.empty_table())
    return [world.matches(block) for block in sorted(done["n"].to_pylist())]


# --- in a worker


def _values(world: _World, number: int) -> Iterator[Parcel]:
    """What texts of a part have that others may have, too; those who stand alone. And, of a number below 0, some twins."""
    if number < 0:
        twins = scratch.mapped(world.folder / "twins.arrow").slice(-1 - number, _PAIRS_AT_ONCE)
        n = twins.num_rows
        pairs = [twins["left"], twins["right"], pa.array(np.full(n, _TWIN)), pa.array(np.ones(n, np.int64))]
        told = [column.cast(field.type) for column, field in zip(pairs, _PAIRS, strict=True)]
        yield Parcel(world.n_shares, pa.Table.from_arrays(told, schema=_PAIRS))
        return
    known = _of_part(world, number)
    for first in range(0, known.num_rows, _AT_ONCE):
        some = known.slice(first, _AT_ONCE).combine_chunks()
        keys = world.state.texts(["key", *pair.KEYS.names], keys=some["key"].to_numpy(), gone=True)
        keys = keys.take(pc.index_in(some["key"].combine_chunks(), value_set=keys["key"].combine_chunks()))
        for found in pair.shared(keys.select(pair.KEYS.names), (some["flags"].to_numpy() & (_WAS | _NOW)) > 0):
            path = pa.array(np.full(len(found.rows), found.path, np.int16))
            known_of = some.select(["row", "time", "content", "flags"]).take(pa.array(found.rows))
            values = pa.Table.from_arrays([path, pa.array(found.values), *known_of.columns], names=_VALUES.names)
            yield from parted(_share(found, world.n_shares), values.cast(_VALUES))


def _of_part(world: _World, number: int) -> pa.Table:
    """The texts of a part, by key."""
    known = scratch.mapped(world.by_key)
    keys = known["key"].to_numpy()
    first, last = np.searchsorted(keys, [number << 32, (number + 1) << 32])
    return known.slice(first, last - first)


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


def _disturbed(settings: config.Pair, _: int, tables: Iterable[pa.Table]) -> Iterator[Parcel]:
    """The rows that meet others than before, by the values of a share."""
    met = _met(tables)
    out = np.zeros(len(met.rows), np.bool_)
    for found in met.found:
        out |= pair.disturbed_by_values(found, met.times, met.contents, met.are(_WAS), met.are(_NOW), settings)
    yield Parcel(NOBODY, pa.table([pa.array(met.rows[out].astype(np.uint32))], schema=_DISTURBED))


def _pairs(world: _World, share: int, tables: Iterable[pa.Table]) -> Iterator[Parcel]:
    """The pairs that the values of a share make, by the block of the later row."""
    if share == world.n_shares:  # these are twins, and pairs already
        for table in tables:
            yield from parted(world.block(table["right"].to_numpy().astype(np.int64)), table)
        return
    met = _met(tables)
    fresh = met.are(_FRESH)
    for found in met.found:
        pairs, counts = pair.of_values(found, met.times, met.contents, fresh, world.settings.pair)
        left, right = (
            met.rows[side.astype(np.int64)] for side in (pairs >> np.uint64(32), pairs & np.uint64(0xFFFFFFFF))
        )
        path = np.full(len(pairs), max(found.path, _BAND) if found.path < 0 else found.path)
        columns = [left.astype(np.uint32), right.astype(np.uint32), path.astype(np.int8), counts]
        yield from parted(world.block(right), pa.table([pa.array(column) for column in columns], schema=_PAIRS))


def _chosen(world: _World, block: int, tables: Iterable[pa.Table]) -> Iterator[Parcel]:
    """Write the candidates of a block: each pair once, by the first of the paths that found it."""
    pairs = pa.concat_tables(tables).combine_chunks()
    left, right, path = (pairs[name].to_numpy().astype(np.int64) for name in ("left", "right", "path"))
    order = np.lexsort((path, right, left))
    left, right, path, counts = left[order], right[order], path[order], pairs["n"].to_numpy()[order]
    starts = np.flatnonzero(arrays.changes(left, right))
    if not len(starts):
        return
    often = np.add.reduceat(np.where(path == _SAMPLE, counts, 0), starts) >= world.settings.pair.sample_shared
    chosen = starts[often | (path[starts] < _SAMPLE)]
    columns = [pa.array(left[chosen]), pa.array(right[chosen]), pa.array(path[chosen].astype(np.int8))]
    if len(chosen):
        scratch.save(pa.Table.from_arrays(columns, schema=pair.CANDIDATES), world.candidates(block))
        yield Parcel(NOBODY, pa.table({"n": [block]}, schema=_SEEN))


def _wanted(world: _World, block: int) -> Iterator[Parcel]:
    """Which texts a block wants, by the part that has them."""
    candidates = scratch.load(world.candidates(block), ["left", "right"])
    rows = np.unique(np.concatenate([candidates[side].to_numpy() for side in ("left", "right")]))
    keys = scratch.mapped(world.by_row)["key"].take(pa.array(rows)).to_numpy()
    columns = [rows.astype(np.uint32), keys, np.full(len(rows), block)]
    yield from parted(keys >> 32, pa.table([pa.array(column) for column in columns], schema=_WANTED))


def _sent(world: _World, _: int, tables: Iterable[pa.Table]) -> Iterator[Parcel]:
    """The sketches of texts of a part, and what else verification may know of them, by the blocks that want them."""
    wanted = pa.concat_tables(tables).sort_by([("key", "ascending")])
    all_keys = wanted["key"].to_numpy()
    keys = np.unique(all_keys)
    for first in range(0, len(keys), _AT_ONCE):
        some = keys[first : first + _AT_ONCE]
        known = articles_of(world.state, some, world.settings, complete=False)
        whole = known.sketched.of(np.arange(len(some)))
        for name, column in zip((names := facts_of(known)).column_names, names.columns, strict=True):
            whole = whole.append_column(f"{_FACT}{name}", column)
        own = wanted.slice(*_between(all_keys, some))
        rows = whole.take(pa.array(np.searchsorted(some, own["key"].to_numpy())))
        for name in ("row", "key"):
            rows = rows.append_column(f"{_OWN}{name}", own[name])
        yield from parted(own["block"].to_numpy(), rows.combine_chunks())


def _between(sorted_: NDArray[np.int64], some: NDArray[np.int64]) -> tuple[int, int]:
    """Where those keys lie among the sorted ones: first, and how many."""
    first, last = int(np.searchsorted(sorted_, some[0])), int(np.searchsorted(sorted_, some[-1], side="right"))
    return first, last - first


def _decided(world: _World, block: int, tables: Iterable[pa.Table]) -> Iterator[Parcel]:
    """Write the matches of a block."""
    texts = pa.concat_tables(tables).sort_by([(f"{_OWN}row", "ascending")]).combine_chunks()
    own = {name: texts[f"{_OWN}{name}"].to_numpy() for name in ("row", "key")}
    facts = texts.select([name for name in texts.column_names if name.startswith(_FACT)])
    facts = facts.rename_columns([name.removeprefix(_FACT) for name in facts.column_names])
    sketches = texts.select([name for name in texts.column_names if not name.startswith((_FACT, _OWN))])
    candidates = scratch.load(world.candidates(block)).cast(pair.CANDIDATES)
    path = world.matches(block)
    aside = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    with pq.ParquetWriter(aside, COMPARED["matches"], compression="zstd") as writer:
        for first in range(0, candidates.num_rows, _PAIRS_AT_ONCE):
            some = candidates.slice(first, _PAIRS_AT_ONCE)
            sides = [np.searchsorted(own["row"], some[side].to_numpy()) for side in ("left", "right")]
            pairs = pa.table([*map(pa.array, sides), some["path"]], schema=pair.CANDIDATES)
            found = verify.run(pairs, sketches, facts, world.settings.verify)
            at = facts["at"].take(pa.array(sides[1])).cast(COMPARED["matches"].field("at").type)
            for place, side in enumerate(sides):
                found = found.set_column(place, COMPARED["matches"].field(place), pa.array(own["key"][side]))
            writer.write_table(found.append_column("at", at).cast(COMPARED["matches"]))
    aside.replace(path)
    yield Parcel(NOBODY, pa.table({"n": [block]}, schema=_SEEN))


def _gathered(task: tuple[Ref, list[Path]]) -> pa.Table:
    """The matches of some blocks become those of a part."""
    ref, files = task
    part.gather(ref.folder, "matches", files)
    return pa.table({"n": [len(files)]}, schema=_SEEN)
