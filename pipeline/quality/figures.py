"""The figures of a night that audits compare with those of other nights. Each run's manifest keeps its own.

A run is of the date of its as-of time; the runs of one date are one night.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct

__all__ = ["Figures", "Night", "newest", "of", "of_night", "tonight"]

_MOST = 10_000  # publishers that are counted one by one, those with most articles first
_LAST_SEEN = 200  # and whose newest article is remembered


class Figures(Struct, frozen=True):
    """What a run came to.

    `records` are those read that were no repeats; `articles` the new ones that are published, `undated` those of them
    that do not say when they were published, `singletons` those that are alone in their cluster; `publishers` and
    `agencies` how many of them each published, or is credited with. The rest is of all that is published after the run:
    `stories` are clusters of more than one, `largest` the articles of `largest_id`, `newest` the newest time any article
    gives, `last_seen` the newest of each publisher with at least `min_count` articles.
    """

    records: int = 0
    articles: int = 0
    undated: int = 0
    singletons: int = 0
    publishers: dict[str, int] = {}
    agencies: dict[str, int] = {}
    members: int = 0
    stories: int = 0
    largest: int = 0
    largest_id: str = ""
    newest: datetime | None = None
    last_seen: dict[str, datetime] = {}


class Night(Struct, frozen=True):
    """The counts of all runs of one date, as in `Figures`."""

    date: date
    records: int = 0
    articles: int = 0
    singletons: int = 0
    publishers: dict[str, int] = {}
    agencies: dict[str, int] = {}


def of(tables: Mapping[str, pa.Table], new: pa.Table, counts: Mapping[str, int], min_count: int) -> Figures:
    """The figures of a run: its tables, the `article_id` of what was `new` in it, and its counts."""
    clusters, members = tables["clusters"], tables["members"].append_column("named", _named(tables["members"]))
    fresh = members.filter(pc.is_in(members["article_id"], new["article_id"].combine_chunks()))
    alone = clusters.filter(pc.equal(clusters["n_articles"], 1))["cluster_id"]
    alone = alone.filter(pc.is_in(alone, fresh["cluster_id"].combine_chunks()))  # few of all
    credits = tables["credits"].select(["article_id", "agency"])
    credits = credits.filter(pc.is_in(credits["article_id"], fresh["article_id"].combine_chunks()))
    largest = clusters.filter(pc.equal(clusters["n_articles"], pc.max(clusters["n_articles"])))
    largest = largest.sort_by("cluster_id").slice(0, 1).to_pylist()
    return Figures(
        records=counts["records"] - counts["repeats"],
        articles=fresh.num_rows,
        undated=fresh["published_at"].null_count,
        singletons=pc.sum(pc.is_in(fresh["cluster_id"], alone.combine_chunks())).as_py() or 0,
        publishers=_counted(fresh["named"]),
        agencies=_counted(credits.group_by(["article_id", "agency"]).aggregate([])["agency"]),
        members=members.num_rows,
        stories=pc.sum(pc.greater(clusters["n_articles"], 1)).as_py() or 0,
        largest=largest[0]["n_articles"] if largest else 0,
        largest_id=largest[0]["cluster_id"] if largest else "",
        newest=pc.max(members["published_at"]).as_py(),
        last_seen=_last_seen(members, min_count),
    )


def of_night(told: Mapping[str, Any], publishers: Collection[str]) -> dict[str, Any]:
    """Of figures as a manifest tells them, what the night itself brought, and of publishers only these."""
    of = msgspec.convert(told, Figures)
    counts = {name: getattr(of, name) for name in ("records", "articles", "undated", "singletons", "agencies")}
    kept = {name: n for name, n in of.publishers.items() if name in publishers}
    night: dict[str, Any] = msgspec.to_builtins(Figures(**counts, publishers=kept))
    return night


def newest(manifest: Mapping[str, Any]) -> datetime | None:
    """The newest time of the articles published by a run, None where its manifest tells none."""
    told = manifest.get("figures", {}).get("newest")
    return datetime.fromisoformat(told) if told else None


def _named(members: pa.Table) -> pa.ChunkedArray:
    """Whose each article is: the publisher's id, or the name of one that is not known; null for neither."""
    return pc.coalesce(members["publisher_id"], members["publisher"])


def _counted(names: pa.ChunkedArray) -> dict[str, int]:
    counted = {row["values"]: row["counts"] for row in names.drop_null().value_counts().to_pylist()}
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:_MOST])


def _last_seen(members: pa.Table, min_count: int) -> dict[str, datetime]:
    dated = members.select(["named", "published_at"]).drop_null()
    rows = dated.group_by("named").aggregate([("published_at", "max"), ("published_at", "count")])
    rows = rows.filter(pc.greater_equal(rows["published_at_count"], min_count))
    order = [("published_at_count", "descending"), ("named", "ascending")]
    return {row["named"]: row["published_at_max"] for row in rows.sort_by(order).slice(0, _LAST_SEEN).to_pylist()}


def tonight(
    run: Figures, as_of: datetime, manifests: Iterable[Mapping[str, Any]], most: int
) -> tuple[Night, Sequence[Night]]:
    """The night of a run, the runs of its date before it included, and up to `most` nights before that, oldest first.

    `manifests` are those of the published runs, newest first; no more of them are taken than are needed, and those of a
    release that kept no figures are passed over. Of a night with several runs as many count as tonight had, so that
    the first of many is compared with the first of many.
    """
    date_, by_date = as_of.date(), dict[date, list[Figures]]()
    for manifest in manifests:
        of_run = datetime.fromisoformat(manifest["as_of"]).date()
        if of_run not in by_date and len(by_date) > most:
            break
        if of_run <= date_ and "figures" in manifest:
            by_date.setdefault(of_run, []).insert(0, msgspec.convert(manifest["figures"], Figures))
    own = [*by_date.pop(date_, []), run]
    nights = [_night(day, runs[: len(own)]) for day, runs in sorted(by_date.items())]
    return _night(date_, own), nights[-most:]


def _night(day: date, runs: Sequence[Figures]) -> Night:
    counts = {name: sum(getattr(run, name) for run in runs) for name in ("records", "articles", "singletons")}
    return Night(
        day,
        **counts,
        publishers=_summed(run.publishers for run in runs),
        agencies=_summed(run.agencies for run in runs),
    )


def _summed(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for count in counts:
        for name, number in count.items():
            total[name] = total.get(name, 0) + number
    return total
