"""Audits before publishing: invariants that must hold, and shares that may not be exceeded.

A broken invariant is a fault of ours and always blocks. A share above its limit is a fault of the night, a half-delivered
folder for instance, and blocks or warns as configured.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import config, schema

__all__ = ["INVARIANTS", "Finding", "invariants", "shares"]

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


class Finding(NamedTuple):
    """One audit that failed, in words. `blocks`: it stops the run; `broken`: and nothing can override that."""

    audit: str
    found: str
    blocks: bool
    broken: bool


def invariants(tables: Mapping[str, pa.Table], counts: Mapping[str, int]) -> list[Finding]:
    """The broken invariants of a run's tables; none is what is expected. `counts` as in the manifest."""
    return [Finding(audit, found, blocks=True, broken=True) for audit, found in _broken(tables, counts)]


def _broken(tables: Mapping[str, pa.Table], counts: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    for name, expected in schema.PUBLISHED.items():
        if not tables[name].schema.remove_metadata().equals(expected):
            yield "schema", f"{name} does not have the columns of the contract: {tables[name].schema}"
            return
    clusters, members = tables["clusters"], tables["members"]
    for table, column in _SINGLE_KEYS:
        repeated = tables[table].num_rows - pc.count_distinct(tables[table][column]).as_py()
        if repeated:
            yield "keys", f"{repeated} rows of {table} repeat a {column}"
    for child, column, parent, key in _FOREIGN_KEYS:
        named = tables[child][column].drop_null()
        orphans = pc.sum(pc.invert(pc.is_in(named, tables[parent][key]))).as_py() or 0
        if orphans:
            yield "foreign keys", f"{orphans} {child}.{column} are not in {parent}.{key}"
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
    if (pc.sum(clusters["n_articles"]).as_py() or 0) != members.num_rows:
        yield (
            "sizes",
            f"clusters count {pc.sum(clusters['n_articles']).as_py()} articles, members are {members.num_rows}",
        )
    accounted = sum(counts[name] for name in ("added", "rejected", "repeats", "superseded"))
    if counts["records"] != accounted:
        yield "counts", f"{counts['records']} records were read and {accounted} are accounted for: {dict(counts)}"


def _unverified(clusters: pa.Table, members: pa.Table, matches: pa.Table) -> pa.Table:
    """The members, anchors left out, without an accepted match with the anchor of their cluster."""
    at = pc.index_in(members["cluster_id"], value_set=clusters["cluster_id"].combine_chunks())
    anchors = clusters["anchor_id"].take(at)
    others = pc.not_equal(members["article_id"], anchors)  # null for the orphan that another invariant tells of
    members, anchors = members.filter(others), anchors.filter(others)
    accepted = matches.filter(matches["accepted"])
    met = pc.binary_join_element_wise(accepted["left_id"], accepted["right_id"], "\n").combine_chunks()
    smaller, larger = (choose(members["article_id"], anchors) for choose in (pc.min_element_wise, pc.max_element_wise))
    return members.filter(pc.invert(pc.is_in(pc.binary_join_element_wise(smaller, larger, "\n"), met)))


def shares(counts: Mapping[str, int], rejects: pa.Table, settings: config.Audit) -> list[Finding]:
    """The shares of this night that exceed their limits, with the reason that most of its `rejects` have."""
    blocks = settings.action == "block"
    mostly = _commonest(rejects)
    findings = []
    for audit, part, whole, limit in (
        ("max_failed_files", counts["files_failed"], counts["files"], settings.max_failed_files),
        ("max_rejects", counts["rejected"], counts["records"], settings.max_rejects),
    ):
        if whole and part / whole > limit:
            found = f"{part:,} of {whole:,} is more than audit.{audit} = {limit}{mostly}"
            findings.append(Finding(audit, found, blocks, broken=False))
    return findings


def _commonest(rejects: pa.Table) -> str:
    if not rejects.num_rows:
        return ""
    reasons = rejects.group_by("reason").aggregate([("reason", "count")])
    first = reasons.sort_by([("reason_count", "descending"), ("reason", "ascending")]).slice(0, 1).to_pylist()[0]
    return f"; most of all, {first['reason_count']:,} times: {first['reason']}"
