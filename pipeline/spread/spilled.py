"""The rows that bins came to, on disk, and how they become the tables of a run on a cluster.

rows of a bin --divided--> by file of a table --put--> that file, with what stays of it
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from pipeline import config, schema
from pipeline.engine.cargo import NOBODY, Parcel
from pipeline.engine.spark import Cluster
from pipeline.published import Published
from pipeline.quality import audit
from pipeline.splice import Plan, Rows, Task, done, plan, sum_furniture, summed, summing
from pipeline.spread import scratch
from pipeline.spread.world import DONE
from pipeline.storage.tables import WHOLE, Tables

__all__ = ["Spilled"]

#: Tables whose rows go to files by time; the others are put together here.
_TABLES = tuple(name for name in schema.PUBLISHED if name not in {"rejects", "furniture"})
_WITHOUT_TIME = ("changes",)


class Spilled(Rows):
    """The rows that a run forms anew, by table, in files; `found`: which invariants are broken in them."""

    def __init__(self, folder: Path, found: Sequence[audit.Finding], cluster: Cluster) -> None:
        super().__init__({})
        self._folder, self._found, self._cluster = folder, found, cluster

    def __getitem__(self, name: str) -> pa.Table:
        if name not in _TABLES:
            raise KeyError(name)
        return self.read(name, _columns(name).names)

    def __iter__(self) -> Iterator[str]:
        return iter(_TABLES)

    def __len__(self) -> int:
        return len(_TABLES)

    def files(self, name: str) -> list[Path]:
        """Where the rows of a table lie."""
        return sorted((self._folder / name).glob("*.parquet"))

    def add(self, name: str, rows: pa.Table) -> None:
        """More rows of a table."""
        scratch.save(rows.select(_columns(name).names), self._folder / name / "more.parquet")

    def read(self, name: str, columns: list[str]) -> pa.Table:
        """Some columns of the rows of a table."""
        wanted = pa.schema([_columns(name).field(column) for column in columns])
        read = (scratch.load(file, columns).select(columns).cast(wanted) for file in self.files(name))
        return pa.concat_tables([wanted.empty_table(), *read])

    def broken(self, whole: Mapping[str, pa.Table]) -> Sequence[audit.Finding]:
        """What was found where they were formed."""
        return self._found

    def splice(
        self, old: Tables | None, was: Published, rejects: pa.Table, folder: Path, settings: config.Config
    ) -> Tables:
        """As `Rows.splice`; a task makes a file, where there are many."""
        work = folder.parent / "scratch" / "files"
        planned = plan(old, was, self.article_ids(), settings)
        if not planned.divides:
            return Rows(dict(self)).splice(old, was, rejects, folder, settings)
        for name, rows in planned.more.items():
            self.add(name, rows)
        for kind, ids in planned.replaced.items():
            scratch.save_mapped(pa.table({"id": ids}), work / "replaced" / f"{kind}.arrow")
        timed = [name for name in self if name not in _WITHOUT_TIME]
        parts = {name: frozenset(planned.divided(name, self.read(name, ["at"]))) for name in timed}
        tasks = list(planned.tasks(folder, parts))
        making = _Making(
            planned._replace(replaced={}), work, tuple(_Light(*task[:4], bool(task.replaced)) for task in tasks)
        )
        number_of = {(task.name, task.part): number for number, task in enumerate(tasks)}
        files = [(name, file) for name in timed for file in self.files(name)]
        put = (
            self._cluster.rows(partial(_divided, making, number_of), files)
            .by(partial(_put, making))
            .result(DONE.empty_table())
        )
        having = {number_of[name, part] for name, of_table in parts.items() for part in of_table}
        rest = [number for number in range(len(tasks)) if number not in having]
        kept = self._cluster.each(partial(_kept, making), rest)
        changed = {tasks[number].target for number in put["n"].to_pylist()}
        changed |= {tasks[number].target for number, rows in zip(rest, kept, strict=True) if rows["n"][0].as_py()}
        written = Tables(folder)
        for name, rows in (*((name, self[name]) for name in _WITHOUT_TIME), ("rejects", rejects)):
            done(Task(name, WHOLE, written.path(name), None, {}), rows)
        planned.fill(written)
        sum_furniture(written, self._cluster.each(summed, summing(planned.old, written, changed)))
        return written


def _columns(name: str) -> pa.Schema:
    columns = schema.PUBLISHED[name]
    return columns if name in _WITHOUT_TIME else columns.append(pa.field("at", schema.TIME))


class _Light(NamedTuple):
    """A file to be made, without the ids that are replaced in it: where there are any they lie in files."""

    name: str
    part: str
    target: Path
    file: Path | None
    replaces: bool


class _Making(NamedTuple):
    """The files of a run's tables that are to be made, and where rows lie meanwhile."""

    plan: Plan
    work: Path
    tasks: tuple[_Light, ...]

    def make(self, number: int, new: pa.Table | None) -> bool:
        """Make a file, in one step; whether it had to be written."""
        task, ids = self.tasks[number], dict[str, pa.Array]()
        for path in (self.work / "replaced").glob("*.arrow") if task.replaces else ():
            ids[path.stem] = scratch.mapped(path)["id"].combine_chunks()
        aside = self.work / "made" / f"{uuid.uuid4().hex}.parquet"
        was_written = done(Task(task.name, task.part, aside, task.file, ids), new)
        if aside.exists():
            task.target.parent.mkdir(parents=True, exist_ok=True)
            aside.replace(task.target)
        return was_written


def _divided(making: _Making, number_of: Mapping[tuple[str, str], int], task: tuple[str, Path]) -> Iterator[Parcel]:
    """The rows of a table that a bin came to, by the file they go to."""
    name, path = task
    for part, rows in making.plan.divided(name, scratch.load(path)).items():
        yield Parcel(number_of[name, part], rows)


def _put(making: _Making, number: int, tables: Iterable[pa.Table]) -> Iterator[Parcel]:
    """Write a file that gets new rows."""
    making.make(number, pa.concat_tables(tables))
    yield Parcel(NOBODY, pa.table({"n": [number]}, schema=DONE))


def _kept(making: _Making, number: int) -> pa.Table:
    """Take a file over, as far as it stays; whether it had to be written."""
    return pa.table({"n": [int(making.make(number, None))]}, schema=DONE)
