"""Between what is published already and what a run forms anew: what it replaces, and what stays as it lies.

Published rows lie in parts by the time of their article (`storage.tables`). A night touches clusters of a few weeks at most:
only parts that hold a row of theirs are written again, the others are those of the run before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline import config, schema
from pipeline.published import Published, parts_at, parts_near
from pipeline.quality import audit
from pipeline.stages import rollup
from pipeline.stages.kernels import arrays
from pipeline.stages.kernels.threads import parallel
from pipeline.storage import tables
from pipeline.storage.tables import WHOLE, Tables
from pipeline.storage.write import plain

__all__ = [
    "Plan",
    "Rows",
    "Sum",
    "Task",
    "done",
    "plan",
    "sum_furniture",
    "summed",
    "summing",
]


class Rows(Mapping[str, pa.Table]):
    """The rows that a run forms anew, by table. Each has, in a column `at`, the time that says in which part it lies."""

    def __init__(self, tables: Mapping[str, pa.Table]) -> None:
        self._tables = dict(tables)

    def __getitem__(self, name: str) -> pa.Table:
        return self._tables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def read(self, name: str, columns: list[str]) -> pa.Table:
        """Some columns of the rows of a table."""
        return self[name].select(columns)

    def article_ids(self) -> pa.Array:
        """The articles that are published."""
        return self.read("members", ["article_id"])["article_id"].combine_chunks()

    def broken(self, whole: Mapping[str, pa.Table]) -> Sequence[audit.Finding]:
        """Which invariants are broken in them, beside the keys of `whole` tables."""
        return audit.of_rows({name: plain(name, rows) for name, rows in self.items()}, whole)

    def splice(
        self, old: Tables | None, was: Published, rejects: pa.Table, folder: Path, settings: config.Config
    ) -> Tables:
        """Write the tables of a run to a folder: these rows in the place of what was published of them, the rest of `old`.

        `old` is None where nothing stays.
        """
        planned = plan(old, was, self.article_ids(), settings)
        rows = {**self, "rejects": rejects}
        for name, more in planned.more.items():
            rows[name] = pa.concat_tables([more, rows[name].select(more.column_names).cast(more.schema)])
        changed = set[Path]()
        largest = max(rows, key=lambda name: rows[name].num_rows)
        others = [name for name in rows if name != largest]
        groups = [[largest], others] if planned.divides else [[largest, *others]]  # what is divided is in memory twice
        for names in groups:
            divided = {name: planned.divided(name, rows[name]) for name in names}
            tasks = list(planned.tasks(folder, {name: frozenset(parts) for name, parts in divided.items()}))
            news = [divided[task.name].get(task.part) for task in tasks]
            written = parallel(lambda one: done(*one), list(zip(tasks, news, strict=True)))
            changed |= {task.target for task, was_written in zip(tasks, written, strict=True) if was_written}
        planned.fill(Tables(folder))
        of_parts = summing(planned.old, Tables(folder), changed)
        sum_furniture(Tables(folder), parallel(summed, of_parts))
        return Tables(folder)


class Task(NamedTuple):
    """A file of a table to be made: of the file it was, without the rows that name what is `replaced`, and of new rows."""

    name: str
    part: str
    target: Path
    file: Path | None
    replaced: Mapping[str, pa.Array]


class Plan(NamedTuple):
    """How tables are put together: what stays of `old`, `more` rows of it that go to other files, what is `replaced`.

    `open_`: by what says in which part rows lie, the parts in which some may be replaced. A part has so many `days`.
    """

    old: Tables | None
    more: Mapping[str, pa.Table]
    divides: bool
    replaced: Mapping[str, pa.Array]
    open_: Mapping[str, frozenset[str]]
    days: int

    def divided(self, name: str, rows: pa.Table, only: str | None = None) -> dict[str, pa.Table]:
        """The rows of a table by the part that they go to; those of one part alone if it is named."""
        if not self.divides or name not in _LIES_BY:
            return {WHOLE: rows}
        return tables.divided(rows, self.days * (_EVENT_PARTS if name == "events" else 1), only)

    def tasks(self, folder: Path, new: Mapping[str, Collection[str]]) -> Iterator[Task]:
        """The files to be made, where each table has `new` rows in these parts."""
        written = Tables(folder)
        for name, parts in new.items():
            if name not in _LIES_BY:
                yield Task(name, WHOLE, written.path(name), None, {})
                continue
            lies = self.old.files(name) if self.old else {}
            for part in sorted({*lies, *parts} - {_NONE}):
                goes = self.replaced if part == WHOLE or part in self.open_[_LIES_BY[name]] else {}
                yield Task(name, part, written.path(name, part), lies.get(part), goes)

    def fill(self, written: Tables) -> None:
        """Give each table of parts of which none has rows, or none has any more, a part that stands for no rows at all."""
        for name in _LIES_BY if self.divides else ():
            if not written.path(name).exists():
                tables.write_part(name, schema.PUBLISHED[name].empty_table(), written.path(name, _NONE))


def plan(old: Tables | None, was: Published, formed: pa.Array, settings: config.Config) -> Plan:
    """How to put what is `formed`, articles by id, in the place of what was published of it, into what there is."""
    replaced = {
        "article": pa.concat_arrays([was.before.members["article_id"].combine_chunks(), formed]),
        "cluster": was.before.clusters["cluster_id"].combine_chunks(),
    }
    stay = old.count("members") - was.before.members.num_rows if old else 0
    divides, more = stay + len(formed) > settings.store.divide_over, dict[str, pa.Table]()
    if old is None:
        more = {"events": _dated_events(was.before.events)}
    elif old.is_divided() != divides:
        more = _kept(old, replaced)
        old = None
    days = config.part_days(settings)
    window = round(settings.pair.window_days * schema.DAY)
    open_ = {"article": parts_at(was.at, days), "pair": parts_near(was.at, window, days), "run": frozenset[str]()}
    return Plan(old, more, divides, replaced, open_, days)


def done(task: Task, new: pa.Table | None) -> bool:
    """Make the file; whether it had to be written. A part without rows is none."""
    rows = [arrays.coded(schema.PUBLISHED[task.name].empty_table())]
    if task.file is not None:
        if new is None and not _names_any(task.file, task.name, task.replaced):
            tables.link(task.file, task.target)
            return False
        old = tables.read(task.file, coded=True)
        rows.append(old.filter(pa.array(~_naming(old, task.name, task.replaced))))
    if new is not None:
        rows.append(arrays.coded(plain(task.name, new)))
    whole = pa.concat_tables(rows).unify_dictionaries().combine_chunks()
    if whole.num_rows or task.part == WHOLE:
        tables.write_part(task.name, whole, task.target)
    return True


def _names_any(file: Path, name: str, replaced: Mapping[str, pa.Array]) -> bool:
    """Whether any row of a file of a table names what is replaced."""
    columns = [column for column, kind in _NAMES[name].items() if kind in replaced]
    return bool(columns) and bool(_naming(tables.read(file, columns, coded=True), name, replaced).any())


def _naming(rows: pa.Table, name: str, replaced: Mapping[str, pa.Array]) -> NDArray[np.bool_]:
    """Which rows of a table name an article or a cluster that is replaced."""
    found = np.zeros(rows.num_rows, np.bool_)
    for column, kind in _NAMES[name].items():
        if kind in replaced:
            found |= pc.is_in(rows[column], replaced[kind]).to_numpy()
    return found


def _kept(old: Tables, replaced: Mapping[str, pa.Array]) -> dict[str, pa.Table]:
    """All rows that stay, with `at`, to be put into parts where there were none, or the other way about."""
    rows = {name: old.read(name) for name in _LIES_BY}
    members, matches = rows["members"], rows["matches"]
    sides = (rollup.dated(matches, members, side)["at"] for side in ("left_id", "right_id"))
    rows["matches"] = matches.append_column("at", rollup.later(*sides))
    rows["links"] = rollup.links(rows["matches"], members)
    rows["events"] = _dated_events(rows["events"])
    for name in rows.keys() - {"matches", "links", "events"}:
        column = "anchor_id" if name == "clusters" else "article_id"
        rows[name] = rollup.dated(rows[name], members, column)
    return {name: table.filter(pa.array(~_naming(table, name, replaced))) for name, table in rows.items()}


def _dated_events(events: pa.Table) -> pa.Table:
    return events.append_column("at", events["as_of"])


class Sum(NamedTuple):
    """The furniture of a part of `written` tables, to be counted; or that of `before`, where the part did not change."""

    written: Tables
    part: str
    before: Path | None


def summing(old: Tables | None, written: Tables, changed: Collection[Path]) -> list[Sum]:
    """What is to be counted for the table of furniture: each part in which there is any."""
    found, changed = list[Sum](), frozenset(changed)
    for part, stripped in written.files("stripped").items():
        members = written.path("members", part)
        if not members.exists():
            continue  # the part that stands for no rows at all
        before = old.folder / "sums" / f"{part}.parquet" if old and part != WHOLE else None
        stays = before is not None and before.exists() and not {stripped, members} & changed
        found.append(Sum(written, part, before if stays else None))
    return found


def summed(task: Sum) -> pa.Table:
    """The furniture of a part, which stays beside the tables for later runs."""
    written, part, before = task
    path = written.folder / "sums" / f"{part}.parquet"
    if before is not None:
        path.unlink(missing_ok=True)  # a task may be done twice
        tables.link(before, path)
        return tables.read(path)
    of_part = frozenset({part})
    found = rollup.furniture(written.read("stripped", parts=of_part), written.read("members", parts=of_part))
    if part != WHOLE:
        tables.write_part("furniture", found, path)
    return found


def sum_furniture(written: Tables, sums: Sequence[pa.Table]) -> None:
    """Write the table of furniture, from that of each part."""
    tables.write_part("furniture", rollup.summed(sums), written.path("furniture"))


#: How many days long a part of the events is, in parts of other tables: they are few, and kept for good.
_EVENT_PARTS = 8
_NONE = "none"  # the part that stands for no rows at all

#: The tables that are put into parts, by what says in which: the time of an article, that of a pair of them, or of the run.
_LIES_BY = {
    "clusters": "article",
    "members": "article",
    "matches": "pair",
    "excerpts": "pair",
    "links": "pair",
    "credits": "article",
    "citations": "article",
    "stripped": "article",
    "events": "run",
}

#: Their columns that say whether a row is of what is replaced, and what they name.
_NAMES: Mapping[str, Mapping[str, str]] = {
    "clusters": {"cluster_id": "cluster"},
    "members": {"cluster_id": "cluster"},
    "matches": {"left_id": "article", "right_id": "article"},
    "excerpts": {"article_id": "article", "cluster_id": "cluster"},
    "links": {"cluster_id": "cluster", "other_id": "cluster"},
    "credits": {"article_id": "article"},
    "citations": {"article_id": "article"},
    "stripped": {"article_id": "article"},
    "events": {},
}
