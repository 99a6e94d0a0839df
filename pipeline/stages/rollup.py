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

__all__ = [
    "facts",
    "furniture",
    "groups",
    "kin",
    "links",
    "named",
    "of_members",
    "ranks",
    "same_text_and_cluster",
    "texts",
    "unmet",
    "within_horizon",
]

#: Kinds of stripped lines that are furniture rather than information about the article.
_FURNITURE = ("furniture", "disclaimer", "copyright", "stamp", "caption")


def facts(articles: pa.Table, credited: pa.Table, headlines: pa.ChunkedArray) -> pa.Table:
    """What verification may know of each article beside its words: agency (of a full credit, or at home), publisher, kind,
    version, the words of its headline (as `headlines` has them) and its effective time in microseconds.
    """
    full = credited.filter(pc.equal(credited["credit_grade"], "full"))
    at = pc.index_in(articles["article_id"], value_set=full["article_id"].combine_chunks())
    # A bare number counts the revisions of a page and says nothing of another's.
    is_tag = pc.invert(pc.match_substring_regex(articles["version"], r"^[0-9.]+$"))
    return pa.table(
        {
            "agency": pc.coalesce(full["credit_agency"].take(at), articles["home_agency"]),
            "publisher": articles["publisher_id"],
            "kind": articles["kind"],
            "version": pc.if_else(is_tag, articles["version"], pa.scalar(None, pa.string())),
            "headline": headlines,
            "at": articles["effective_at"].cast(pa.int64()),
        }
    )


def kin(facts: pa.Table) -> NDArray[np.int64]:
    """A number for each article, equal where verification knows the same of two: int64 (articles,)."""
    keys = [pc.fill_null(facts[name], "") for name in ("agency", "publisher", "kind", "version")]
    joined = pc.binary_join_element_wise(*keys, "\n").combine_chunks().dictionary_encode()
    codes: NDArray[np.int64] = joined.indices.to_numpy().astype(np.int64)
    return codes


def unmet(matches: pa.Table, anchors: NDArray[np.int64]) -> pa.Table:
    """The pairs of a member and its anchor that have not been compared, as candidates: those of twins.

    A twin shares the verdict of the one that stood for it. Its own row says so.
    """
    members = np.flatnonzero(anchors != np.arange(len(anchors)))
    left, right = np.minimum(members, anchors[members]), np.maximum(members, anchors[members])
    met = matches["left"].to_numpy() << 32 | matches["right"].to_numpy()
    new = ~np.isin(left << 32 | right, met)
    order = np.argsort(left[new] << 32 | right[new])
    columns = [left[new][order], right[new][order], np.zeros(new.sum(), np.int8)]
    names = ["left", "right", "path"]
    return pa.table(columns, schema=pa.schema([matches.schema.field(name) for name in names]))


def same_text_and_cluster(sketches: pa.Table, anchors: NDArray[np.int64]) -> pa.Array:
    """A number for each article, equal where two have the same words and the same anchor; null without words."""
    contents = sketches["content"].to_numpy()
    order = np.lexsort((anchors, contents))
    changes = (np.diff(contents[order]) != 0) | (np.diff(anchors[order]) != 0)
    codes = np.empty(len(contents), np.int64)
    codes[order] = np.concatenate([[0], np.cumsum(changes)])[: len(contents)]
    return pa.array(codes, mask=sketches["n_words"].to_numpy() == 0)


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
    for one, other in schema.MIRRORED.items():
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
    """Clusters that touch without being one: by excerpts, quotations, templates, or matches that no anchor holds together."""
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


def texts(article_ids: pa.ChunkedArray, articles: pa.Table, short_words: int) -> pa.Table:
    """Which texts these articles have: article_id and digest. Without those that are sketched with their headline."""
    rows = articles.filter(pc.is_in(articles["article_id"], article_ids.combine_chunks()))
    rows = rows.filter(pc.greater_equal(rows["n_words"], short_words))
    return rows.select(["article_id", "digest"])


def of_members(rows: pa.Table, members: pa.Table) -> pa.Table:
    """The rows whose article is published."""
    return rows.filter(pc.is_in(rows["article_id"], members["article_id"].combine_chunks()))


def furniture(stripped: pa.Table, articles: pa.Table) -> pa.Table:
    """The lines that are stripped from a publisher's articles, how they are known, from how many and since when."""
    stripped = stripped.filter(pc.is_in(stripped["kind"], pa.array(_FURNITURE)))
    at = pc.index_in(stripped["article_id"], value_set=articles["article_id"].combine_chunks())
    rows = pa.table(
        {
            "publisher": pc.coalesce(articles["publisher"].take(at), articles["publisher_id"].take(at)),
            "line": stripped["line"],
            "rule": pc.if_else(pc.equal(stripped["rule"], "learned"), "learned", "lexicon"),
            "article_id": stripped["article_id"],
            "at": articles["effective_at"].take(at),
        }
    )
    rows = rows.filter(pc.is_valid(rows["publisher"]))
    summed = rows.group_by(["publisher", "line", "rule"]).aggregate([("article_id", "count_distinct"), ("at", "min")])
    return summed.rename_columns(["publisher", "line", "rule", "n_articles", "first_seen"])
