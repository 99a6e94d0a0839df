"""rollup: between the row numbers of the stages and the ids of the published tables.

Small joins that belong to no single stage: facts for verification, figures for election, matches by id, the links between
clusters, the furniture for review.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline import schema

__all__ = ["facts", "furniture", "groups", "links", "named", "of_members", "ranks", "texts", "within_horizon"]

#: Kinds of stripped lines that are furniture rather than information about the article.
_FURNITURE = ("furniture", "disclaimer", "copyright", "stamp", "caption")


def facts(articles: pa.Table, credited: pa.Table) -> pa.Table:
    """What verification may know of each article beside its words: agency (of a full credit), publisher, kind."""
    full = credited.filter(pc.equal(credited["credit_grade"], "full"))
    at = pc.index_in(articles["article_id"], value_set=full["article_id"].combine_chunks())
    return pa.table(
        {"agency": full["credit_agency"].take(at), "publisher": articles["publisher_id"], "kind": articles["kind"]}
    )


def ranks(articles: pa.Table) -> NDArray[np.int64]:
    """The place of each article in the order of effective time, then id: int64 (articles,), all distinct."""
    order = pc.sort_indices(articles, sort_keys=[("effective_at", "ascending"), ("article_id", "ascending")])
    out = np.empty(articles.num_rows, np.int64)
    out[order.to_numpy()] = np.arange(articles.num_rows)
    return out


def groups(articles: pa.Table, anchors: NDArray[np.int64]) -> pa.Table:
    """Which anchor's cluster each article is in, by id."""
    return pa.table({"article_id": articles["article_id"], "anchor_id": articles["article_id"].take(pa.array(anchors))})


def within_horizon(
    clusters: pa.Table, members: pa.Table, articles: pa.Table, as_of: datetime, days: float
) -> tuple[pa.Table, pa.Table]:
    """The clusters whose newest member is within the horizon, with all their members."""
    times = articles["effective_at"].take(
        pc.index_in(members["article_id"], value_set=articles["article_id"].combine_chunks())
    )
    newest = (
        pa.table({"cluster_id": members["cluster_id"], "at": times}).group_by("cluster_id").aggregate([("at", "max")])
    )
    horizon = pa.scalar(as_of - timedelta(days=days), schema.TIME)
    kept = newest.filter(pc.greater_equal(newest["at_max"], horizon))["cluster_id"].combine_chunks()
    return clusters.filter(pc.is_in(clusters["cluster_id"], kept)), members.filter(
        pc.is_in(members["cluster_id"], kept)
    )


def named(matches: pa.Table, articles: pa.Table, members: pa.Table) -> pa.Table:
    """The matches between published members, by id and in the published columns: left_id < right_id."""
    left, right = (articles["article_id"].take(matches[side]) for side in ("left", "right"))
    turned = pc.greater(left, right)
    relation = matches["relation"]
    mirrored = {"abridged": "expanded", "expanded": "abridged"}
    for one, other in mirrored.items():
        relation = pc.if_else(pc.and_(turned, pc.equal(matches["relation"], one)), other, relation)
    rows = pa.table(
        {
            "left_id": pc.if_else(turned, right, left),
            "right_id": pc.if_else(turned, left, right),
            "jaccard": matches["jaccard"],
            "containment_left": pc.if_else(turned, matches["containment_right"], matches["containment_left"]),
            "containment_right": pc.if_else(turned, matches["containment_left"], matches["containment_right"]),
            "longest_run": matches["longest_run"],
            "relation": relation,
            "accepted": matches["accepted"],
            "reason": matches["reason"],
        }
    )
    ids = members["article_id"].combine_chunks()
    return rows.filter(pc.and_(pc.is_in(rows["left_id"], ids), pc.is_in(rows["right_id"], ids)))


def links(matches: pa.Table, members: pa.Table) -> pa.Table:
    """Clusters that touch without being one: by excerpts and templates, or by matches that no anchor holds together."""
    ids = members["article_id"].combine_chunks()
    one, other = (
        members["cluster_id"].take(pc.index_in(matches[side], value_set=ids)) for side in ("left_id", "right_id")
    )
    relation = pc.if_else(matches["accepted"], "version", matches["relation"])
    rows = pa.table(
        {
            "cluster_id": pc.if_else(pc.less(one, other), one, other),
            "other_id": pc.if_else(pc.less(one, other), other, one),
            "relation": relation,
            "score": pc.max_element_wise(matches["containment_left"], matches["containment_right"]),
        }
    )
    rows = rows.filter(pc.and_(pc.not_equal(one, other), pc.not_equal(relation, "different")))
    summed = rows.group_by(["cluster_id", "other_id", "relation"]).aggregate([("score", "count"), ("score", "max")])
    return summed.rename_columns(["cluster_id", "other_id", "relation", "n_pairs", "best_score"])


def texts(article_ids: pa.ChunkedArray, articles: pa.Table) -> pa.Table:
    """Which texts these articles have: article_id and digest."""
    rows = articles.filter(pc.is_in(articles["article_id"], article_ids.combine_chunks()))
    return rows.select(["article_id", "digest"])


def of_members(rows: pa.Table, members: pa.Table) -> pa.Table:
    """The rows whose article is published."""
    return rows.filter(pc.is_in(rows["article_id"], members["article_id"].combine_chunks()))


def furniture(stripped: pa.Table, articles: pa.Table) -> pa.Table:
    """Lines taken from at least two articles of one publisher, with how many and since when."""
    stripped = stripped.filter(pc.is_in(stripped["kind"], pa.array(_FURNITURE)))
    at = pc.index_in(stripped["article_id"], value_set=articles["article_id"].combine_chunks())
    rows = pa.table(
        {
            "publisher": pc.coalesce(articles["publisher"].take(at), articles["publisher_id"].take(at)),
            "line": stripped["line"],
            "rule": stripped["rule"],
            "article_id": stripped["article_id"],
            "at": articles["effective_at"].take(at),
        }
    )
    rows = rows.filter(pc.is_valid(rows["publisher"]))
    summed = rows.group_by(["publisher", "line", "rule"]).aggregate([("article_id", "count_distinct"), ("at", "min")])
    summed = summed.rename_columns(["publisher", "line", "rule", "n_articles", "first_seen"])
    return summed.filter(pc.greater(summed["n_articles"], 1))
