"""Audits before publishing: invariants that must hold, and what a night by itself may not be.

A broken invariant is a fault of ours and always blocks. What a night may not be, or not beside the nights before it
(`drift`), has a setting each, which says whether it blocks, warns or is off, and beside it the limit.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import config, schema
from pipeline.quality.figures import Figures
from pipeline.stages.kernels import arrays

__all__ = ["INVARIANTS", "Finding", "actions", "findings", "invariants", "of_all", "of_night", "of_reading", "of_rows"]

#: What must hold of every run that is published.
INVARIANTS = ("schema", "keys", "foreign keys", "canonical", "anchors", "sizes", "counts")

#: Tables whose key is one column, and that column.
_SINGLE_KEYS = (("clusters", "cluster_id"), ("members", "article_id"))

#: Columns that name a row of another table: (table, column, table, its key).
_FOREIGN_KEYS = (
    ("members", "cluster_id", "clusters", "cluster_id"),
    ("clusters", "canonical_id", "members", "article_id"),
    ("clusters", "anchor_id", "members", "article_id"),
    ("clusters", "runner_up_id", "members", "article_id"),
    ("clusters", "first_id", "members", "article_id"),
    ("credits", "article_id", "members", "article_id"),
    ("citations", "article_id", "members", "article_id"),
    ("stripped", "article_id", "members", "article_id"),
    ("matches", "left_id", "members", "article_id"),
    ("matches", "right_id", "members", "article_id"),
    ("excerpts", "article_id", "members", "article_id"),
    ("excerpts", "cluster_id", "clusters", "cluster_id"),
    ("links", "cluster_id", "clusters", "cluster_id"),
    ("links", "other_id", "clusters", "cluster_id"),
)

_REUSED = (
    ": their ids stood for other stories. Ids that number rows, or are given anew, are none: have nothing read as one, with "
    '[read] fields = { source_id = "" }; `reprints rollback` brings the stories back'
)
_IN_DAYS = timedelta(days=4)  # from here on an age is told in days


class Finding(NamedTuple):
    """One audit that failed, in words. `blocks`: it stops the run; `broken`: and nothing can override that."""

    audit: str
    found: str
    blocks: bool
    broken: bool


def invariants(
    tables: Mapping[str, pa.Table], counts: Mapping[str, int], whole: Mapping[str, pa.Table] | None = None
) -> list[Finding]:
    """The broken invariants of a run's tables; none is what is expected. `counts` as in the manifest.

    `tables` are all of them, or of each the rows of some clusters and their articles; then `whole` has the keys and sizes
    of all `clusters` and the keys of all `members`.
    """
    broken = of_rows(tables, whole or tables)
    return broken if any(one.audit == "schema" for one in broken) else broken + of_all(whole or tables, counts)


def of_rows(tables: Mapping[str, pa.Table], keys: Mapping[str, pa.Table]) -> list[Finding]:
    """The invariants that are broken in some rows: `keys` has at least those of `clusters` and `members` that they name."""
    return [Finding(*told, blocks=True, broken=True) for told in _broken_rows(tables, keys)]


def of_all(whole: Mapping[str, pa.Table], counts: Mapping[str, int]) -> list[Finding]:
    """Those that are broken among the keys and sizes of all `clusters` and `members`, and in the counts."""
    return [Finding(*told, blocks=True, broken=True) for told in _broken_whole(whole, counts)]


def _broken_rows(tables: Mapping[str, pa.Table], whole: Mapping[str, pa.Table]) -> Iterator[tuple[str, str]]:
    for name, rows in tables.items():
        if not rows.schema.remove_metadata().equals(schema.PUBLISHED[name]):
            yield "schema", f"{name} does not have the columns of the contract: {rows.schema}"
            return
    clusters, members = tables["clusters"], tables["members"]
    for (parent, key), named in _named(tables).items():
        ids = pa.concat_arrays([column.unique() for column in named.values()]).unique()
        there = whole[parent][key].filter(pc.is_in(whole[parent][key], ids)).combine_chunks()
        for name, column in named.items():
            orphans = pc.sum(pc.invert(pc.is_in(column, there))).as_py() or 0
            if orphans:
                yield "foreign keys", f"{orphans} {name} are not in {parent}.{key}"
    unverified = _unverified(clusters, members, tables["matches"])
    if unverified.num_rows:
        some = ", ".join(unverified["article_id"].slice(0, 3).to_pylist())
        yield (
            "anchors",
            f"{unverified.num_rows} members have no accepted match with the anchor of their cluster: {some}",
        )
    canonical = members.filter(members["is_canonical"])
    if (
        canonical.num_rows != clusters.num_rows
        or pc.count_distinct(canonical["cluster_id"]).as_py() != clusters.num_rows
    ):
        yield "canonical", f"{clusters.num_rows} clusters have {canonical.num_rows} canonical members"


def _broken_whole(whole: Mapping[str, pa.Table], counts: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    for table, column in _SINGLE_KEYS:
        repeated = arrays.repeated(whole[table][column])
        if repeated:
            yield "keys", f"{repeated} rows of {table} repeat a {column}"
    counted = pc.sum(whole["clusters"]["n_articles"]).as_py() or 0
    if counted != whole["members"].num_rows:
        yield "sizes", f"clusters count {counted} articles, members are {whole['members'].num_rows}"
    accounted = sum(counts[name] for name in ("added", "rejected", "repeats", "superseded"))
    if counts["records"] != accounted:
        yield "counts", f"{counts['records']} records were read and {accounted} are accounted for: {dict(counts)}"


def _named(tables: Mapping[str, pa.Table]) -> dict[tuple[str, str], dict[str, pa.ChunkedArray]]:
    """What the tables name, null left out: by the (table, key) that has to have it, then by the name of the column."""
    found: dict[tuple[str, str], dict[str, pa.ChunkedArray]] = {}
    for child, column, parent, key in _FOREIGN_KEYS:
        found.setdefault((parent, key), {})[f"{child}.{column}"] = tables[child][column].drop_null()
    return found


def _unverified(clusters: pa.Table, members: pa.Table, matches: pa.Table) -> pa.Table:
    """The members, anchors left out, without an accepted match with the anchor of their cluster."""
    at = pc.index_in(members["cluster_id"], value_set=clusters["cluster_id"].combine_chunks())
    anchors = clusters["anchor_id"].take(at)
    others = pc.not_equal(members["article_id"], anchors)  # null for the orphan that another invariant tells of
    members, anchors = members.filter(others), anchors.filter(others)
    leads = anchors.unique()  # of what else matches nothing is asked, and matches may be many
    with_anchor = pc.or_(pc.is_in(matches["left_id"], leads), pc.is_in(matches["right_id"], leads))
    accepted = matches.filter(pc.and_(matches["accepted"], with_anchor))
    met = pc.binary_join_element_wise(accepted["left_id"], accepted["right_id"], "\n").combine_chunks()
    smaller, larger = (choose(members["article_id"], anchors) for choose in (pc.min_element_wise, pc.max_element_wise))
    return members.filter(pc.invert(pc.is_in(pc.binary_join_element_wise(smaller, larger, "\n"), met)))


def findings(settings: config.Audit, found: Iterable[tuple[str, str]]) -> list[Finding]:
    """What audits found, each with the action that the configuration has for it; those that are off are left out."""
    actions = ((audit, told, getattr(settings, audit)) for audit, told in found)
    return [Finding(audit, told, action == "block", broken=False) for audit, told, action in actions if action != "off"]


def actions(settings: config.Audit) -> list[tuple[str, str]]:
    """Each audit that is on, and what it does when it fails: block or warn."""
    values = ((name, getattr(settings, name)) for name in settings.__struct_fields__)
    return [(name, action) for name, action in values if action in ("block", "warn")]


def of_night(
    figures: Figures,
    counts: Mapping[str, int],
    rejects: pa.Table,
    passed_over: Sequence[str],
    age: timedelta | None,
    before: int,
    settings: config.Audit,
    reaches: timedelta | None = None,
) -> Iterator[tuple[str, str]]:
    """(audit, what was found) of one night by itself.

    `passed_over` are files that were not read, each with the reason, `age` that of the newest article at the run's date, None
    where no article has a time, and `before` the number of articles that were published until now; `reaches` says how far back
    from the run's date the night goes that fills an empty store, None for others. Shares of fewer than
    `min_count` articles are not looked at; of files and records, all are. What was taken down and is delivered again is
    rejected as it should be, and no fault of the night.
    """
    mostly = _commonest(rejects)
    yield from _exceeded("failed_files", counts["files_failed"], counts["files"], "input files", settings, mostly)
    if len(passed_over) > settings.max_unfinished_files:
        more = f" and {len(passed_over) - 3:,} more" if len(passed_over) > 3 else ""
        yield (
            "unfinished_files",
            f"not read: {', '.join(passed_over[:3])}{more}; run again when they are whole files with their final names"
            " (the same input twice does no harm)",
        )
    unusable = counts["rejected"] - counts["forgotten"]
    if reaches and "× too_late" in mostly:
        mostly += f"; store.horizon_days = {math.ceil(reaches / timedelta(days=1))} would take all"
    yield from _exceeded("rejects", unusable, counts["records"], "records", settings, mostly)
    if counts["reused_ids"] >= settings.min_count:
        what = "new versions of articles, which have nothing in common with those before,"
        yield from _exceeded("reused_ids", counts["reused_ids"], counts["versions"], what, settings, _REUSED)
    if figures.articles >= settings.min_count:
        yield from _exceeded("undated", figures.undated, figures.articles, "new articles", settings)
        yield from _exceeded("singletons", figures.singletons, figures.articles, "new articles", settings)
    largest, story = figures.largest, f"cluster {figures.largest_id} has {figures.largest:,} articles"
    if largest > settings.max_cluster:
        yield "largest_cluster", f"{story}, more than audit.max_cluster = {settings.max_cluster:,}"
    elif largest >= settings.min_count and largest > settings.max_cluster_share * figures.members:
        of_all = f"of {figures.members:,}, more than audit.max_cluster_share = {settings.max_cluster_share}"
        yield "largest_cluster", f"{story} {of_all}"
    if age is not None and age > timedelta(hours=settings.max_age_hours):
        old = f"{age.days:,} days" if age >= _IN_DAYS else f"{age / timedelta(hours=1):,.0f} hours"
        limit = f"more than audit.max_age_hours = {settings.max_age_hours}"
        yield "stale", f"the newest article is {old} older than the run's date, {limit}"
    if before >= settings.min_count and figures.members == figures.articles:
        yield (
            "emptied",
            f"none of the {before:,} articles published before stays: {_where_to(before, counts['versions'])}."
            " If the run's date is wrong (--as-of), `reprints rollback` takes it back",
        )


def _where_to(before: int, versions: int) -> str:
    """What became of the articles published before, in words, where so many new ones are versions of them."""
    if versions >= before:
        return "all have new versions"
    replaced, others = (f"{versions:,} have new versions, ", "the others") if versions else ("", "all")
    return f"{replaced}{others} are older than the horizon (store.horizon_days)"


def of_reading(counts: Mapping[str, int], rejects: pa.Table, settings: config.Audit) -> Iterator[tuple[str, str]]:
    """What is wrong with articles of earlier nights that were `read` again, of which so many are `rejected` now."""
    read, rejected = counts.get("read", 0), counts.get("rejected", 0)
    what = "articles of earlier nights, read again by the rules of today and rejected,"
    yield from _exceeded("rejects", rejected, read, what, settings, _commonest(rejects))


def _exceeded(
    audit: str, part: int, whole: int, what: str, settings: config.Audit, more: str = ""
) -> Iterator[tuple[str, str]]:
    limit = getattr(settings, f"max_{audit}")
    if whole and part / whole > limit:
        yield audit, f"{part:,} of {whole:,} {what} are more than audit.max_{audit} = {limit}{more}"


def _commonest(rejects: pa.Table) -> str:
    if not rejects.num_rows:
        return ""
    reasons = rejects.group_by("reason").aggregate([("reason", "count")])
    first = reasons.sort_by([("reason_count", "descending"), ("reason", "ascending")]).slice(0, 1).to_pylist()[0]
    return f"; most of all, {first['reason_count']:,} × {first['reason']}"
