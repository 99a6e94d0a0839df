"""The rows that bins came to, on disk, and how they become the tables of a run on a cluster.

rows of bins, by the file of a table that they go to --made--> that file, with what stays of it
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from pipeline import config, schema
from pipeline.engine.tasks import Engine
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

    def __init__(self, folder: Path, found: Sequence[audit.Finding], cluster: Engine) -> None:
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
        return sorted((self._folder / name).glob("*.arrow"))

    def add(self, name: str, rows: pa.Table) -> None:
        """More rows of a table."""
        scratch.save(rows.select(_columns(name).names), self._folder / name / "more.arrow")

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
        files = [(name, file) for name in timed for file in self.files(name)]
        making = _Making(planned._replace(more={}, replaced={}), work)
        news: dict[str, dict[str, list[Path]]] = {name: {} for name in timed}
        for (name, file), parts in zip(files, self._cluster.each(partial(_parts, making), files), strict=True):
            for part in parts["part"].to_pylist():
                news[name].setdefault(part, []).append(file)
        tasks = list(planned.tasks(folder, news))
        lights = [_Light(*task[:4], bool(task.replaced), news[task.name].get(task.part, [])) for task in tasks]
        made = self._cluster.each(partial(_made, making), lights)
        changed = {task.target for task, rows in zip(tasks, made, strict=True) if rows["n"][0].as_py()}
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
    """A file to be made of these `news`, without the ids that are replaced in it: where there are any they lie in files."""

    name: str
    part: str
    target: Path
    file: Path | None
    replaces: bool
    news: Sequence[Path]


class _Making(NamedTuple):
    """How the files of a run's tables are put together, and where they are made."""

    plan: Plan
    work: Path


def _parts(making: _Making, task: tuple[str, Path]) -> pa.Table:
    """The parts of a table that the rows of a file go to."""
    name, path = task
    return pa.table({"part": pa.array(making.plan.divided(name, scratch.load(path, ["at"])).keys(), pa.string())})


def _made(making: _Making, task: _Light) -> pa.Table:
    """Make a file, in one step; whether it had to be written."""
    plan_, work = making
    divided = (plan_.divided(task.name, scratch.load(path), task.part) for path in task.news)
    new = pa.concat_tables(of_file[task.part] for of_file in divided) if task.news else None
    ids = dict[str, pa.Array]()
    for path in (work / "replaced").glob("*.arrow") if task.replaces else ():
        ids[path.stem] = scratch.mapped(path)["id"].combine_chunks()
    aside = work / "made" / f"{uuid.uuid4().hex}.parquet"
    was_written = done(Task(task.name, task.part, aside, task.file, ids), new)
    if aside.exists():
        task.target.parent.mkdir(parents=True, exist_ok=True)
        aside.replace(task.target)
    return pa.table({"n": [int(was_written)]}, schema=DONE)
