"""Between what is published already and what a run forms anew: what it replaces, and what stays as it lies.

Published rows lie in parts by the time of their article (`storage.tables`). A night touches clusters of a few weeks at most:
only parts that hold a row of theirs are written again, the others are those of the run before.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline import config, schema
from pipeline.compare import Opened
from pipeline.stages import follow, rollup
from pipeline.stages.kernels.threads import parallel
from pipeline.storage import tables
from pipeline.storage.store import Store
from pipeline.storage.tables import WHOLE, Tables

__all__ = ["Published", "Retiring", "everything", "expired", "published", "splice"]

_MEMBER = ["article_id", "cluster_id"]
_SIZE = ["cluster_id", "n_articles"]


class Retiring(NamedTuple):
    """Published clusters that the horizon has passed: their ids, and when their members are."""

    cluster_ids: pa.Array
    at: pa.ChunkedArray


class Published(NamedTuple):
    """What was published of clusters that may be others now: `before`. And of those they touch: `members` and `sizes`.

    `at`: the times of all articles whose rows may be others now, int64 microseconds, distinct. `frozen`: rows of clusters that
    stay as they were (`freeze.published`), where nothing else does.
    """

    before: follow.Before
    members: pa.Table
    sizes: pa.Table
    at: NDArray[np.int64]
    frozen: Mapping[str, pa.Table] = MappingProxyType({})


def everything(before: follow.Before, frozen: Mapping[str, pa.Table] = MappingProxyType({})) -> Published:
    """Where no published cluster stays as it is, but those that are frozen."""
    members, clusters = (schema.PUBLISHED[name].empty_table() for name in ("members", "clusters"))
    return Published(before, members.select(_MEMBER), clusters.select(_SIZE), np.empty(0, np.int64), frozen)


def published(
    store: Store,
    opened: Opened,
    retiring: Retiring,
    settings: config.Config,
    frozen: Mapping[str, pa.Table] = MappingProxyType({}),
    *,
    all_: bool = False,
) -> Published:
    """What the newest run published of these articles and of the `retiring` clusters; and of others that these met.

    `all_`: what it published of all, of which what is `frozen` stays.
    """
    if not store.runs() or all_:
        return everything(store.before(), frozen)
    old, days = store.tables(), config.part_days(settings)
    at = _distinct(opened.known.articles["effective_at"], opened.gone["effective_at"], retiring.at)
    own, around = _parts(at, days), _parts(_distinct(opened.around["effective_at"]), days)
    members = old.read("members", parts=own)
    ids = pa.concat_arrays([rows["article_id"].combine_chunks() for rows in (opened.known.articles, opened.gone)])
    theirs = members.filter(pc.is_in(members["article_id"], ids))["cluster_id"]
    touched = pa.concat_arrays([theirs.combine_chunks(), retiring.cluster_ids])
    clusters = old.read("clusters", parts=own)
    others = old.read("members", _MEMBER, around)
    others = others.filter(pc.is_in(others["article_id"], opened.around["article_id"].combine_chunks()))
    others = others.filter(pc.invert(pc.is_in(others["cluster_id"], touched)))
    stay = old.read("clusters", _SIZE)
    stay = stay.filter(pc.invert(pc.is_in(stay["cluster_id"], touched)))
    before = follow.Before(
        clusters.filter(pc.is_in(clusters["cluster_id"], touched)).combine_chunks(),
        members.filter(pc.is_in(members["cluster_id"], touched)).combine_chunks(),
        old.read("events", ["cluster_id"]),
        tuple(store.history()),
        stay["cluster_id"],
    )
    met = stay.filter(pc.is_in(stay["cluster_id"], others["cluster_id"].combine_chunks()))
    return Published(before, others, met, at)


def expired(
    store: Store, last: datetime | None, as_of: datetime, settings: config.Config, frozen: pa.Table
) -> Retiring:
    """The published clusters whose newest member the horizon has passed since the last run.

    Those of `frozen` articles (effective_at) may be wider than the window of today.
    """
    if last is None or last >= as_of:
        return Retiring(pa.array([], pa.string()), pa.chunked_array([], schema.TIME))
    horizon, span = timedelta(days=settings.store.horizon_days), timedelta(days=2 * settings.pair.window_days)
    since, until = (pa.scalar(time - horizon, schema.TIME).cast(pa.int64()).as_py() for time in (last, as_of))
    reach = int(span / timedelta(microseconds=1))  # the members of a cluster are not further apart
    reach = max(reach, int(np.ptp(_distinct(frozen["effective_at"]))) if frozen.num_rows else 0)
    parts = _near(np.arange(since, until + 1, _DAY), reach, config.part_days(settings))
    members = store.tables().read("members", ["cluster_id", "effective_at"], parts)
    newest = members.group_by("cluster_id").aggregate([("effective_at", "max")])
    gone = newest.filter(pc.less(newest["effective_at_max"], pa.scalar(as_of - horizon, schema.TIME)))
    ids = gone["cluster_id"].combine_chunks()
    return Retiring(ids, members.filter(pc.is_in(members["cluster_id"], ids))["effective_at"])


def splice(
    old: Tables | None, was: Published, formed: dict[str, pa.Table], folder: Path, settings: config.Config
) -> Tables:
    """Write the tables of a run to a folder: what is `formed` in the place of what was published of it, the rest of `old`.

    `formed` rows have, in a column `at`, the time that says in which part they lie. `old` is None where nothing stays.
    """
    replaced = {
        "article": _ids(was.before.members["article_id"], formed["members"]["article_id"]),
        "cluster": was.before.clusters["cluster_id"].combine_chunks(),
    }
    stay = old.count("members") - was.before.members.num_rows if old else 0
    divides = stay + formed["members"].num_rows > settings.store.divide_over
    if old is None:
        formed = formed | {"events": pa.concat_tables([_dated_events(was.before.events), formed["events"]])}
    elif old.is_divided() != divides:
        kept = _kept(old, replaced)
        formed = formed | {
            name: pa.concat_tables([rows, formed[name].select(rows.column_names).cast(rows.schema)])
            for name, rows in kept.items()
        }
        old = None
    days = config.part_days(settings)
    window = round(settings.pair.window_days * _DAY)
    open_ = {"article": _parts(was.at, days), "pair": _near(was.at, window, days), "run": frozenset[str]()}
    written, tasks = Tables(folder), list[_Task]()
    for name, rows in formed.items():
        if name not in _LIES_BY:
            tasks.append(_Task(name, written.path(name), None, rows, {}))
            continue
        new = tables.divided(rows, days * (_EVENT_PARTS if name == "events" else 1)) if divides else {WHOLE: rows}
        lies = old.files(name) if old else {}
        for part in sorted({*lies, *new} or {_NONE}):
            goes = replaced if part == WHOLE or part in open_[_LIES_BY[name]] else {}
            tasks.append(_Task(name, written.path(name, part), lies.get(part), new.get(part), goes))
    changed = {task.target for task, was_written in zip(tasks, parallel(_done, tasks), strict=True) if was_written}
    _sum_furniture(old, written, changed)
    return written


class _Task(NamedTuple):
    """A file of a table to be made: of the file it was, without the rows that name what is `replaced`, and of `new` rows."""

    name: str
    target: Path
    file: Path | None
    new: pa.Table | None
    replaced: Mapping[str, pa.Array]


def _done(task: _Task) -> bool:
    """Make the file; whether it had to be written. A part without rows is none."""
    rows = [schema.PUBLISHED[task.name].empty_table()]
    if task.file is not None:
        columns = list(_NAMES[task.name]) if task.replaced else []
        goes = _naming(tables.read(task.file, columns), task.name, task.replaced) if columns else np.zeros(0, np.bool_)
        if task.new is None and not goes.any():
            tables.link(task.file, task.target)
            return False
        old = tables.read(task.file)
        rows.append(old.filter(pa.array(~goes)) if columns else old)
    if task.new is not None:
        rows.append(task.new.select(rows[0].column_names).cast(rows[0].schema))
    whole = pa.concat_tables(rows)
    if whole.num_rows or task.target.stem in {task.name, _NONE}:
        tables.write_part(task.name, whole, task.target)
    return True


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


def _sum_furniture(old: Tables | None, written: Tables, changed: Collection[Path]) -> None:
    """The table of furniture, from that of each part; of a part that did not change it is there already."""
    sums = []
    for part, stripped in written.files("stripped").items():
        members, path = written.path("members", part), written.folder / "sums" / f"{part}.parquet"
        if part == WHOLE:
            sums.append(rollup.furniture(written.read("stripped"), written.read("members")))
            continue
        before = old.folder / "sums" / path.name if old else path
        if before.exists() and not {stripped, members} & set(changed):
            tables.link(before, path)
        elif members.exists():
            of_part = frozenset({part})
            found = rollup.furniture(written.read("stripped", parts=of_part), written.read("members", parts=of_part))
            tables.write_part("furniture", found, path)
        else:
            continue  # the part that stands for no rows at all
        sums.append(tables.read(path))
    tables.write_part("furniture", rollup.summed(sums), written.path("furniture"))


def _ids(*columns: pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays([column.combine_chunks() for column in columns])


def _distinct(*times: pa.ChunkedArray) -> NDArray[np.int64]:
    return np.unique(np.concatenate([column.cast(pa.int64()).to_numpy() for column in times]))


def _parts(at: NDArray[np.int64], days: int) -> frozenset[str]:
    """The parts in which rows of these times lie."""
    return frozenset(tables.named(np.unique(tables.parts_of(at, days))))


def _near(at: NDArray[np.int64], reach: int, days: int) -> frozenset[str]:
    """The parts in which rows lie that are so many microseconds from one of these times, or nearer."""
    length = days * _DAY
    firsts = np.unique(at // length)
    beside = np.arange(-reach // length, -(-reach // length) + 1)
    return frozenset(tables.named(np.unique(firsts[:, None] + beside) * days))


#: How many days long a part of the events is, in parts of other tables: they are few, and kept for good.
_EVENT_PARTS = 8
_NONE = "none"  # the part that stands for no rows at all
_DAY = 86_400_000_000  # microseconds

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
