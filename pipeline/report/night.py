"""The night in figures, beside the nights before it; its alarms, its notices, and what it could not use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from itertools import chain
from typing import Any, NamedTuple

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from pipeline import config
from pipeline.quality import drift, figures
from pipeline.quality.figures import Night
from pipeline.report.scope import Scope
from pipeline.storage import manifest
from pipeline.storage.store import Store

__all__ = ["Reject", "Tile", "Told", "told"]

_NOTICES = ("withdrawn", "corrected", "reinstated")
_REASONS = 30  # of rejects, told one by one

Row = dict[str, Any]


class Tile(NamedTuple):
    """A figure of the night, with what it is beside."""

    label: str
    value: str
    note: str


class Reject(NamedTuple):
    """Why records could not be used, how many, and where one of them stands."""

    stage: str
    reason: str
    n: int
    source: str


class Told(NamedTuple):
    """What is told of a night. `nights` are those before it and itself, oldest first; `more_rejects`: of other reasons."""

    tiles: list[Tile]
    nights: list[tuple[date, int, int]]
    alarms: list[Row]
    published_anyway: bool
    notices: list[Row]
    rejects: list[Reject]
    more_rejects: int


def told(store: Store, scope: Scope, audit: config.Audit) -> Told:
    """What the manifests and small tables say of a night."""
    of_run = msgspec.convert(scope.manifest.get("figures", {}), figures.Figures)
    earlier = chain(scope.manifest.get("nights", ()), manifest.nights(store, scope.run_id))  # a takedown has its own
    night, before = figures.tonight(of_run, scope.as_of, earlier, audit.nights)
    rejects, more = _rejects(scope)
    return Told(
        list(_tiles(scope, night, before)),
        [(other.date, other.articles, other.articles - other.singletons) for other in (*before, night)],
        list(scope.manifest.get("audits", [])),
        bool(scope.manifest.get("publish_anyway")),
        _notices(scope),
        rejects,
        more,
    )


def _tiles(scope: Scope, night: Night, before: Sequence[Night]) -> list[Tile]:
    rows = scope.manifest["rows"]
    stories = scope.clusters.filter(pc.greater(scope.clusters["n_articles"], 1))
    touched = stories.filter(stories["is_touched"]).num_rows
    printed = night.articles - night.singletons
    events = _events(scope)
    rejected, read = scope.manifest["counts"].get("rejected", 0), scope.manifest["counts"].get("records", 0)

    def beside(count: Callable[[Night], float], form: str = "{:,.0f}") -> str:
        if not before:
            return ""
        expected, when = drift.usual(night, before, [count(other) for other in before])
        return f"{form.format(expected)} usual {when}"

    return [
        Tile("new articles", f"{night.articles:,}", beside(lambda other: other.articles)),
        Tile("publishers", f"{len(night.publishers):,}", beside(lambda other: len(other.publishers))),
        Tile(
            "in a story printed more than once",
            _share(printed, night.articles),
            beside(lambda other: 1 - other.singletons / max(other.articles, 1), "{:.0%}"),
        ),
        Tile("such stories tonight", f"{touched:,}", _of_events(events)),
        *([Tile("records rejected", f"{rejected:,}", f"of {read:,} read")] if read else []),
        Tile(
            "published in all", f"{rows['members']:,}", f"articles, {stories.num_rows:,} stories printed more than once"
        ),
    ]


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "none"


def _of_events(events: dict[str, int]) -> str:
    told = (("created", "new"), ("grew", "grew"), ("absorbed", "merged"), ("split", "split"))
    return ", ".join(f"{events[name]:,} {word}" for name, word in told if events.get(name))


def _tonight(scope: Scope) -> pa.Table:
    columns = ["cluster_id", "event", "run_id", "reason", "from_id", "to_id"]
    return scope.tables.where("events", "run_id", pa.array(scope.runs), columns)


def _events(scope: Scope) -> dict[str, int]:
    return {row["values"]: row["counts"] for row in _tonight(scope)["event"].value_counts().to_pylist()}


def _notices(scope: Scope) -> list[Row]:
    """The stories that were withdrawn, corrected or reinstated tonight, with their headline."""
    events = _tonight(scope)
    rows = events.filter(pc.is_in(events["event"], pa.array(_NOTICES)))
    ids = rows["cluster_id"].combine_chunks()
    clusters = scope.tables.where("clusters", "cluster_id", ids, ["cluster_id", "headline", "language", "n_articles"])
    of = {cluster["cluster_id"]: cluster for cluster in clusters.to_pylist()}
    return [of.get(row["cluster_id"], {}) | row for row in rows.to_pylist()]


def _rejects(scope: Scope) -> tuple[list[Reject], int]:
    rows = scope.tables.read("rejects", ["source", "stage", "reason"])
    groups = rows.group_by(["stage", "reason"], use_threads=False).aggregate([("source", "count"), ("source", "min")])
    found = [Reject(row["stage"], row["reason"], row["source_count"], row["source_min"]) for row in groups.to_pylist()]
    found.sort(key=lambda row: (-row.n, row.stage, row.reason))
    return found[:_REASONS], sum(row.n for row in found[_REASONS:])
