"""What was published of the articles that a query opens: as `published.published`, of few columns and rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline import config, schema
from pipeline.compare import Opened
from pipeline.published import Published
from pipeline.stages import follow
from pipeline.storage import tables
from pipeline.storage.store import Store

__all__ = ["published"]

_MEMBER = ["article_id", "cluster_id"]
_SIZE = ["cluster_id", "n_articles"]
_CLUSTER = [*_SIZE, "canonical_id", "canonical_reason", "first_run_id", "n_publishers"]
_AGAIN = 9  # so many ids behind the first that a cluster was to have are tried


def published(store: Store, run_id: str, opened: Opened, settings: config.Config) -> Published:
    """What the run published of the articles that are opened, for `derive` to follow; and of those they met.

    Of members only what tells which cluster they are in, so that what would change of them otherwise is not known.
    """
    old, articles = store.tables(run_id), opened.known.articles
    at = opened.around["effective_at"].cast(pa.int64()).to_numpy()
    parts = frozenset(tables.named(np.unique(tables.parts_of(at, config.part_days(settings)))))
    ids = pa.concat_arrays([rows["article_id"].combine_chunks() for rows in (articles, opened.gone, opened.around)])
    around = old.read("members", _MEMBER, parts)
    around = around.filter(pc.is_in(around["article_id"], ids))
    own = pa.concat_arrays([rows["article_id"].combine_chunks() for rows in (articles, opened.gone)])
    touched = around.filter(pc.is_in(around["article_id"], own))["cluster_id"].unique()
    clusters = old.read("clusters", _CLUSTER, parts)
    clusters = clusters.filter(pc.is_in(clusters["cluster_id"], around["cluster_id"].combine_chunks()))
    is_own = pc.is_in(clusters["cluster_id"], touched)
    minted = [follow.name(id_, number) for id_ in articles["article_id"].to_pylist() for number in range(1, 2 + _AGAIN)]
    before = follow.Before(
        _under("clusters", clusters.filter(is_own)),
        _under("members", around.filter(pc.is_in(around["cluster_id"], touched))),
        _under("events", _naming(old, "events", minted + touched.to_pylist())),
        tuple(store.manifest(run_id)["history"]),
        _naming(old, "clusters", minted)["cluster_id"],
    )
    others = around.filter(pc.invert(pc.is_in(around["cluster_id"], touched)))
    sizes = clusters.filter(pc.invert(is_own)).select(_SIZE)
    return Published(before, others, sizes, np.empty(0, np.int64))


def _naming(old: tables.Tables, name: str, cluster_ids: Sequence[str]) -> pa.Table:
    """The ids among these that clusters of a table have."""
    ids = old.read(name, ["cluster_id"])
    return ids.filter(pc.is_in(ids["cluster_id"], pa.array(sorted(set(cluster_ids)), pa.string())))


def _under(name: str, rows: pa.Table) -> pa.Table:
    """Rows in all columns of a table: what is not known is null."""
    columns = [
        rows[column.name].cast(column.type)
        if column.name in rows.column_names
        else pa.nulls(rows.num_rows, column.type)
        for column in schema.PUBLISHED[name]
    ]
    names = [pa.field(column.name, column.type) for column in schema.PUBLISHED[name]]
    return pa.table(columns, schema=pa.schema(names)).combine_chunks()
