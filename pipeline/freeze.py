"""Clusters that stay as they were published: of articles that are compared with nothing any more since a rebuild.

Their words are gone, and their sketches do not mix with those of today. What is published of them is taken over row by row,
until the horizon passes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import config
from pipeline.stages import rollup
from pipeline.storage.tables import Tables

__all__ = ["published", "shared"]

_RUNS = ("first_run_id", "changed_run_id")  # given again when the clusters are followed


def shared(members: pa.Table, article_ids: pa.Array) -> pa.Array:
    """These articles, and all that share a cluster with one: `members` has article_id and cluster_id."""
    theirs = members.filter(pc.is_in(members["article_id"], article_ids))["cluster_id"]
    others = members.filter(pc.is_in(members["cluster_id"], theirs.combine_chunks()))["article_id"]
    return pa.concat_arrays([article_ids, others.combine_chunks()]).unique()


def published(tables: Tables, frozen: pa.Table, as_of: datetime, settings: config.Config) -> Mapping[str, pa.Table]:
    """The published rows of the frozen articles (article_id, effective_at), as far as the horizon reaches; none for none.

    As `derive` forms them; those of `clusters` and `members` as they are before they are followed. Passages and links
    between them and others are left out: the others may be other clusters now.
    """
    if not frozen.num_rows:
        return {}
    members, clusters = tables.read("members").drop_columns(_RUNS), tables.read("clusters").drop_columns(_RUNS)
    members = members.filter(pc.is_in(members["article_id"], frozen["article_id"].combine_chunks()))
    clusters = clusters.filter(pc.is_in(clusters["cluster_id"], members["cluster_id"].combine_chunks()))
    clusters, members = rollup.within_horizon(clusters, members, frozen, as_of, settings.store.horizon_days)
    members = members.drop_columns(["effective_at"])  # which tables of an older contract do not tell
    members = rollup.dated(members, frozen).rename_columns([*members.column_names, "effective_at"])
    ids = {"article": members["article_id"].combine_chunks(), "cluster": clusters["cluster_id"].combine_chunks()}
    rows = {"clusters": clusters, "members": members}
    for name, named in _OF.items():
        rows[name] = tables.read(name)
        for column, kind in named.items():
            rows[name] = rows[name].filter(pc.is_in(rows[name][column], ids[kind]))
        sides = [rollup.dated(rows[name], frozen, column)["at"] for column, kind in named.items() if kind == "article"]
        rows[name] = rows[name].append_column("at", rollup.later(sides[0], sides[-1]))
    return rows


#: What of other tables belongs to such a cluster: rows that name nothing else in these columns.
_OF = {
    "matches": {"left_id": "article", "right_id": "article"},
    "excerpts": {"article_id": "article", "cluster_id": "cluster"},
    "credits": {"article_id": "article"},
    "citations": {"article_id": "article"},
    "stripped": {"article_id": "article"},
}
