"""Where an id is that was published once: forwarded, retired, rejected, waiting, taken down, or in an earlier run alone.

Cluster ids are looked up in `events`, which are kept for good. A cluster of one has no event: it is known by the kept runs
that published it, and else by its id, which was minted from the id of an article. Articles are known as long as a kept run or
the state has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import StoreError
from pipeline.stages import follow, identify
from pipeline.storage.store import Store

__all__ = ["Whereabouts", "find", "history"]

_ENDS = ("absorbed", "retired")
_MINTED = "c-"  # before the id of the article that a cluster's id was minted from
_SHOWN = 5

Row = dict[str, Any]


class Whereabouts(NamedTuple):
    """What is known of an id that names nothing in a run, in lines; and the cluster or article that is there instead."""

    told: list[str]
    now: str | None


def find(store: Store, wanted: str, run_id: str) -> Whereabouts:
    """What became of an article or cluster that a run does not have; `StoreError` for an id that nothing is known of."""
    found = next(_looked_up(store, wanted, run_id), None)
    if found is None:
        raise StoreError(
            f"{wanted}: no article or cluster of {store.name} has this id; looked for in run {run_id}, its events, the texts "
            f"that it stands on, and the kept runs {_runs(store)}. Ids are in members.parquet, article_id and cluster_id; one "
            "that left without an event is known as long as a run that published it is kept"
        )
    return found


def _looked_up(store: Store, wanted: str, run_id: str) -> Iterator[Whereabouts]:
    """What the places where an id may be say of it, the surest first."""
    yield from _taken_down(store, wanted)
    yield from _forwarded(store, wanted, run_id)
    yield from _published(store, wanted, run_id)
    yield from _rejected(store, wanted)
    yield from _kept(store, wanted, run_id)
    yield from _of_source(store, wanted, run_id)
    yield from _by_its_article(store, wanted, run_id)


def history(store: Store, cluster_id: str, run_id: str) -> list[Row]:
    """The events until a run that tell of a cluster, its own and those that forward to it, in the order of the runs."""
    events, wanted = store.table("events", run_id), pa.scalar(cluster_id)
    into = pc.and_kleene(pc.equal(events["event"], "absorbed"), pc.equal(events["to_id"], wanted))
    rows: list[Row] = events.filter(pc.or_kleene(pc.equal(events["cluster_id"], wanted), into)).to_pylist()
    place = {run: number for number, run in enumerate(store.manifest(run_id)["history"])}
    return sorted(rows, key=lambda row: place.get(row["run_id"], -1))


def _forwarded(store: Store, wanted: str, run_id: str) -> Iterator[Whereabouts]:
    """Where a cluster's id leads, by its events."""
    current = set(store.table("clusters", run_id)["cluster_id"].to_pylist())
    told, cluster_id = list[str](), wanted
    while cluster_id not in current:
        ends = [row for row in history(store, cluster_id, run_id) if row["cluster_id"] == cluster_id]
        end = next((row for row in reversed(ends) if row["event"] in _ENDS), None)
        if end is None:
            if told or ends:
                yield Whereabouts([*told, *_last_seen(store, cluster_id, "cluster_id", run_id)], None)
            return
        when = f"in run {end['run_id']}, as of {end['as_of']:%Y-%m-%d}"
        if end["event"] == "retired":
            told += [f"{cluster_id} was retired {when}: {end['reason']}"]
            yield Whereabouts([*told, *_last_seen(store, cluster_id, "cluster_id", run_id)], None)
            return
        told += [f"{cluster_id} went into {end['to_id']} {when}: {end['reason']}"]
        cluster_id = end["to_id"]
    yield Whereabouts(told, cluster_id)


def _published(store: Store, wanted: str, run_id: str) -> Iterator[Whereabouts]:
    """Whether another kept run published the article, or the cluster of one, which had no event."""
    if told := list(_last_seen(store, wanted, "article_id", run_id)):
        yield Whereabouts([f"{wanted} is in no table of run {run_id}", *told], None)
    for other in reversed(store.runs()):
        if rows := _where(store.table("clusters", other), "cluster_id", wanted):
            article = rows[0]["canonical_id"]
            said = f"{wanted} was the cluster of {article} alone, until run {other} among those that are kept"
            yield _followed(store, [said], article, run_id)
            return


def _last_seen(store: Store, wanted: str, column: str, run_id: str) -> Iterator[str]:
    """The last kept run whose members have the article or cluster, and why the next one does not."""
    runs = store.runs()
    for place in range(len(runs) - 1, -1, -1):
        rows = _where(store.table("members", runs[place]), column, wanted)
        if not rows:
            continue
        if place > runs.index(run_id):
            first = next(run for run in runs if _where(store.table("members", run), column, wanted))
            yield f"it came later: it is in run {first}, see: reprints explain {wanted} --at {first}"
            return
        row = next((row for row in rows if row["is_canonical"]), rows[0])
        headline = row["headline"] or "(no headline)"
        yield f"last in run {runs[place]}: {row['article_id']}  {headline}, {row['publisher'] or 'publisher unknown'}"
        if place + 1 < len(runs):
            yield from _leaving(store, row, runs[place + 1])
        yield f"see: reprints explain {wanted} --at {runs[place]}"
        return


def _leaving(store: Store, row: Row, run_id: str) -> Iterator[str]:
    """Why a row of the run before is not in this one."""
    days = store.manifest(run_id)["settings"]["store"]["horizon_days"]
    removed = _where(store.table("changes", run_id), "cluster_id", row["cluster_id"])
    if any(change["kind"] == "removed" for change in removed):
        yield f"left with run {run_id}: the newest print of its cluster was older than the horizon of {days:g} days"


def _rejected(store: Store, wanted: str) -> Iterator[Whereabouts]:
    for run_id in reversed(store.runs()):
        if rows := _where(store.table("rejects", run_id), "article_id", wanted):
            told = f"{wanted} was rejected by run {run_id}: {rows[0]['reason']} ({rows[0]['source']})"
            yield Whereabouts([told], None)
            return


def _kept(store: Store, wanted: str, run_id: str) -> Iterator[Whereabouts]:
    """Whether the text is in the state, though no table has it."""
    state = store.state(run_id)
    articles = state.articles(["article_id", "published_at", "fetched_at"])
    rows = articles.filter(pc.equal(articles["article_id"], wanted))
    if not rows.num_rows:
        return
    is_waiting = pc.any(pc.is_in(rows["key"], state.waiting()["key"].combine_chunks())).as_py()
    newest = max(row["published_at"] or row["fetched_at"] or row["first_seen"] for row in rows.to_pylist())
    why = "it waits for its day" if is_waiting else "it is older than what is published"
    yield Whereabouts(
        [f"{wanted} is in no table of run {run_id}: its text is kept, of {newest:%Y-%m-%d}, and {why}"], None
    )


def _taken_down(store: Store, wanted: str) -> Iterator[Whereabouts]:
    """An article that was taken down, or a cluster whose id was minted from one. Nothing else is told of it."""
    for name in (wanted, *_articles_of(wanted)):
        if store.forgotten().issuperset(identify.tombstones([name])):
            yield Whereabouts([f"{wanted} was taken down by request; nothing of it is kept"], None)
            return


def _of_source(store: Store, wanted: str, run_id: str) -> Iterator[Whereabouts]:
    """Whether several publishers use the id, so that each of their articles has its publisher before it."""
    articles = store.state(run_id).articles(["article_id", "source_id"])
    ids = articles.filter(pc.equal(articles["source_id"], wanted))["article_id"].unique().to_pylist()
    if ids:
        yield Whereabouts(
            [f"{wanted} is what a source calls its article; here it is {' and '.join(sorted(ids))}"], None
        )


def _by_its_article(store: Store, wanted: str, run_id: str) -> Iterator[Whereabouts]:
    """Of a cluster that nothing tells of: what became of the article that its id was minted from."""
    for article in _articles_of(wanted):
        try:
            yield _followed(store, [f"{wanted} was minted from the id of {article}, and had no event"], article, run_id)
        except StoreError:
            continue


def _articles_of(cluster_id: str) -> list[str]:
    """The articles that a cluster's id may have been minted from: `c-a~2` from `a`, the second time."""
    if not cluster_id.startswith(_MINTED):
        return []
    name = cluster_id.removeprefix(_MINTED)
    return list(dict.fromkeys((name, re.sub(follow.NUMBERED, "", name))))


def _followed(store: Store, told: list[str], article_id: str, run_id: str) -> Whereabouts:
    """What is told, and then of an article where it is now."""
    members = _where(store.table("members", run_id), "article_id", article_id)
    if members:
        return Whereabouts([*told, f"{article_id} is in {members[0]['cluster_id']} in run {run_id}"], article_id)
    further = find(store, article_id, run_id)
    return Whereabouts([*told, *further.told], further.now)


def _where(rows: pa.Table, column: str, value: str) -> list[Row]:
    found: list[Row] = rows.filter(pc.equal(rows[column], value)).to_pylist()
    return found


def _runs(store: Store) -> str:
    runs = store.runs()
    return ", ".join(runs) if len(runs) <= _SHOWN else f"{runs[0]} to {runs[-1]}, {len(runs)} of them"
