"""Furniture, publisher by publisher, and the texts without it, part by part: what `redo` does on one machine.

articles and texts near what changed --taught_by--> lessons --by publisher--> furniture, and whom to do again
articles of a part --written--> its texts, redone, struck, left
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline import config, schema
from pipeline.arrive import Arrivals, stretch
from pipeline.engine.cargo import NOBODY, Parcel, parted
from pipeline.engine.tasks import Engine
from pipeline.redo import LESSONS, known_now, near, of_articles, of_texts, read, targets_of, without_furniture
from pipeline.spread import scratch
from pipeline.stages import learn
from pipeline.storage import index, part
from pipeline.storage.part import COMPARED
from pipeline.storage.state import Ref, State

__all__ = ["texts"]

_GROUPS = 1 << 16  # of publishers, among whom the number of a group says nothing of the number of tasks
_KEY = pa.field("key", pa.int64(), nullable=False)
_LESSONS = LESSONS.append(_KEY)  # -1 for an article that comes in
_COMES = pa.schema([pa.field("part", pa.int64()), _KEY, pa.field("effective_at", schema.TIME)])
_FOUND = learn.LEARNED.append(_KEY)  # a line, or, where that is not -1, a text that is to be done again
_TAUGHT_BY = ["publisher_id", "headline"]


class _World(NamedTuple):
    """What tasks are told of a run: where the articles lie that come in (`_COMES`), and which texts go."""

    state: State
    comes: Path
    goes: pa.Table
    targets: frozenset[int]
    settings: config.Config


def texts(
    cluster: Engine, kept: State, own: Sequence[Ref], night: Arrivals, first: int, settings: config.Config, work: Path
) -> int:
    """Write the texts that come into the comparison, and what is known of furniture by now, to the run's `own` parts.

    As `compare.brought`. Gives the number of texts.
    """
    both = State([*kept.parts, *(ref._replace(is_compared=False) for ref in own)], kept.former)
    targets = targets_of(both, night.comes, night.goes, first, settings)
    comes = _assigned(night.comes, own)
    world = _World(both, work / "comes.arrow", night.goes, frozenset(targets), settings)
    scratch.save_mapped(comes, world.comes)
    learned, again = _learned(cluster, world, first)
    scratch.save(learned, work / "learned.arrow")
    places = np.arange(len(again)) % len(own)
    tasks = [
        _Making(world, work / "learned.arrow", ref, again[places == place], place == 0) for place, ref in enumerate(own)
    ]
    made = sum(table["n"][0].as_py() for table in cluster.each(_written, tasks))
    part.add(own[-1].folder, "learned", learned)
    part.add(own[-1].folder, "waiting", night.waiting)
    return int(made)


def _assigned(comes: pa.Table, own: Sequence[Ref]) -> pa.Table:
    """The articles that come in with the part whose text each becomes: its own, or, taken in earlier, one of the run's."""
    keys = comes["key"].to_numpy()
    numbers, mine = keys >> 32, np.array([ref.number for ref in own])
    earlier = ~np.isin(numbers, mine)
    numbers[earlier] = mine[np.arange(np.count_nonzero(earlier)) % len(mine)]
    rows = pa.Table.from_arrays([pa.array(numbers), comes["key"], comes["effective_at"]], schema=_COMES)
    return rows.sort_by([("part", "ascending"), ("key", "ascending")])


def _learned(cluster: Engine, world: _World, first: int) -> tuple[pa.Table, NDArray[np.int64]]:
    """The furniture that is known now, and the texts (keys) that may be others for it."""
    tasks = [(world, ref.number) for ref in world.state.parts]
    sampled = [table for table in cluster.each(_common, tasks) if table.num_rows]
    everywhere = _LESSONS.empty_table()
    if sampled:
        together = pa.concat_tables(sampled)
        everywhere = together.take(pa.array(_common_rows(together, world)))
    known = known_now(world.state, learn.LEARNED.empty_table(), (), first)[0]
    meet = partial(_taught, world, everywhere, known)
    found = cluster.rows(_lessons, tasks).by(meet).result(_FOUND.empty_table())
    is_line = pc.less(found["key"], 0)
    taught = found.filter(is_line).select(learn.LEARNED.names)
    again = np.sort(found.filter(pc.invert(is_line))["key"].to_numpy())
    return known_now(world.state, taught, world.targets, first)[0], again


def _of_part(world: _World, number: int) -> pa.Table:
    """In a worker: what the articles of a part that come in teach, and the texts that are there."""
    state, settings = world.state, world.settings
    comes = scratch.mapped(world.comes)
    comes = comes.filter(pa.array(comes["key"].to_numpy() >> 32 == number))
    keys = comes["key"].to_numpy()
    articles = state.take("articles", keys, _TAUGHT_BY).append_column("effective_at", comes["effective_at"])
    lessons = of_articles(articles, state.take("sketches", keys, ["content", "lines"]))
    there = near(state.only([number]), world.goes, world.targets, settings)
    found = [
        lessons.append_column(_KEY, pa.array(np.full(len(keys), -1))),
        of_texts(there).append_column(_KEY, there["key"]),
    ]
    return pa.concat_tables(found).combine_chunks()


def _common(task: tuple[_World, int]) -> pa.Table:
    rows = _of_part(*task)
    return rows.take(pa.array(_common_rows(rows, task[0])))


def _common_rows(rows: pa.Table, world: _World) -> NDArray[np.int64]:
    return learn.common(rows, stretch(rows["effective_at"], world.settings), world.targets)


def _lessons(task: tuple[_World, int]) -> Iterator[Parcel]:
    rows = _of_part(*task)
    rows = rows.filter(pc.is_valid(rows["publisher_id"]))  # what nobody printed teaches nothing
    yield from parted(_groups(rows["publisher_id"]), rows)


def _groups(publishers: pa.ChunkedArray) -> NDArray[np.int64]:
    """The number of each publisher's group, which is the same wherever it is asked for."""
    codes = publishers.combine_chunks().dictionary_encode()
    names = [
        int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little") % _GROUPS
        for name in codes.dictionary.to_pylist()
    ]
    return np.array(names, np.int64)[codes.indices.to_numpy()] if names else np.empty(0, np.int64)


def _taught(
    world: _World, everywhere: pa.Table, known: pa.Table, group: int, tables: Iterable[pa.Table]
) -> Iterator[Parcel]:
    """In a worker: what the articles of a group of publishers teach, and which of their texts it concerns."""
    own = pa.concat_tables(tables).combine_chunks()
    beside = everywhere.filter(pa.array(_group_of(everywhere["publisher_id"]) != group))
    rows = pa.concat_tables([own, beside]).combine_chunks()
    stretches = stretch(rows["effective_at"], world.settings)
    taught = learn.run(rows, stretches, world.targets, world.settings.learn)
    taught, was = (lines.filter(pa.array(_groups(lines["publisher_id"]) == group)) for lines in (taught, known))
    was = was.filter(pa.array(np.isin(was["stretch"].to_numpy(), list(world.targets))))
    changed = pa.concat_tables([was, taught]).group_by(learn.LEARNED.names).aggregate([([], "count_all")])
    changed = changed.filter(pc.equal(changed["count_all"], 1)).select(learn.LEARNED.names)
    there = own.filter(pc.greater_equal(own["key"], 0))
    at = stretch(there["effective_at"], world.settings)
    again = there["key"].to_numpy()[learn.carriers(there, at, changed)]
    lines = taught.append_column(_KEY, pa.array(np.full(taught.num_rows, -1)))
    blank = [pa.array(np.zeros(len(again), np.int64)), pa.array([""] * len(again), pa.string())]
    texts_ = pa.Table.from_arrays([blank[0], blank[1], blank[0], pa.array(again)], schema=_FOUND)
    yield Parcel(NOBODY, pa.concat_tables([lines.cast(_FOUND), texts_]))


def _group_of(publishers: pa.ChunkedArray) -> NDArray[np.int64]:
    """As `_groups`; -1 for nobody."""
    found = np.full(len(publishers), -1)
    is_known = pc.is_valid(publishers).to_numpy()
    found[is_known] = _groups(publishers.drop_null())
    return found


class _Making(NamedTuple):
    """The texts of a part of the run: of the articles that are assigned to it, and of texts that are done `again`.

    `is_first`: what goes is told of in it.
    """

    world: _World
    learned: Path
    own: Ref
    again: NDArray[np.int64]
    is_first: bool


def _written(task: _Making) -> pa.Table:
    world, ref = task.world, task.own
    comes = scratch.mapped(world.comes)
    comes = comes.filter(pa.array(comes["part"].to_numpy() == ref.number))
    articles = read(world.state, comes["key"], comes["effective_at"])
    again = near_again(world, task.again)
    learned = scratch.load(task.learned).cast(learn.LEARNED)
    made = without_furniture(world.state, articles, again, learned, ref, world.settings)
    left = [world.goes, made.left] if task.is_first else [made.left]
    tables = made._asdict() | {"learned": learn.LEARNED.empty_table(), "left": pa.concat_tables(left)}
    tables |= {name: COMPARED[name].empty_table() for name in ("matches", "void", "notices", "waiting")}
    for name, rows in tables.items():
        part.add(ref.folder, name, rows)
    index.write(ref.folder, "texts")
    return pa.table({"n": [made.texts.num_rows]})


def near_again(world: _World, keys: NDArray[np.int64]) -> pa.Table:
    """The texts with these keys, as `redo.near` gives them."""
    return near(world.state, world.goes, (), world.settings, keys=keys)
