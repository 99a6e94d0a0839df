"""Clusters that stay as they were published: of articles that are compared with nothing any more since a rebuild.

Their words are gone, and their sketches do not mix with those of today. What is published of them is taken over row by row,
until the horizon passes them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import config
from pipeline.stages import rollup

__all__ = ["published", "shared"]

_RUNS = ("first_run_id", "changed_run_id")  # given again when the clusters are followed


def shared(members: pa.Table, article_ids: pa.Array) -> pa.Array:
    """These articles, and all that share a cluster with one: `members` has article_id and cluster_id."""
    theirs = members.filter(pc.is_in(members["article_id"], article_ids))["cluster_id"]
    others = members.filter(pc.is_in(members["cluster_id"], theirs.combine_chunks()))["article_id"]
    return pa.concat_arrays([article_ids, others.combine_chunks()]).unique()


def published(
    table: Callable[[str], pa.Table], frozen: pa.Table, as_of: datetime, settings: config.Config
) -> Mapping[str, pa.Table]:
    """The published rows of the frozen articles (article_id, effective_at), as far as the horizon reaches; none for none.

    `table` gives a published table by its name. What belongs to the clusters has the time of its part in `at`. Passages and
    links between them and others are left out: the others may be other clusters now.
    """
    if not frozen.num_rows:
        return {}
    tables = {name: table(name).replace_schema_metadata(None) for name in ("members", "clusters", *_OF)}
    members = tables["members"].filter(pc.is_in(tables["members"]["article_id"], frozen["article_id"].combine_chunks()))
    clusters = tables["clusters"]
    clusters = clusters.filter(pc.is_in(clusters["cluster_id"], members["cluster_id"].combine_chunks()))
    clusters, members = rollup.within_horizon(clusters, members, frozen, as_of, settings.store.horizon_days)
    ids = {"article": members["article_id"].combine_chunks(), "cluster": clusters["cluster_id"].combine_chunks()}
    rows = {"clusters": clusters.drop_columns(_RUNS), "members": members.drop_columns(_RUNS)}
    begun = rollup.dated(clusters, members, "anchor_id").select(["cluster_id", "at"])
    times = {"article": members, "cluster": begun.rename_columns(["article_id", "effective_at"])}
    for name, named in _OF.items():
        rows[name] = tables[name]
        for column, kind in named.items():
            rows[name] = rows[name].filter(pc.is_in(rows[name][column], ids[kind]))
        at = [rollup.dated(rows[name], times[kind], column)["at"] for column, kind in named.items()]
        rows[name] = rows[name].append_column("at", at[0] if name == "excerpts" else functools.reduce(rollup.later, at))
    return rows


#: What of other tables belongs to such a cluster: rows that name nothing else in these columns.
_OF = {
    "matches": {"left_id": "article", "right_id": "article"},
    "excerpts": {"article_id": "article", "cluster_id": "cluster"},
    "links": {"cluster_id": "cluster", "other_id": "cluster"},
    "credits": {"article_id": "article"},
    "citations": {"article_id": "article"},
    "stripped": {"article_id": "article"},
}
