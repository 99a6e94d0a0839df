"""rollup: between the row numbers of the stages and the ids of the published tables.

Small joins that belong to no single stage: facts for verification, figures for election, matches by id, the links between
clusters, the furniture for review.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline import schema
from pipeline.stages._days import named as named_day
from pipeline.stages.kernels import arrays

__all__ = [
    "NAMED",
    "agency_of",
    "canonicals",
    "dated",
    "facts",
    "furniture",
    "groups",
    "inherited",
    "kin",
    "later",
    "links",
    "named",
    "of_members",
    "published",
    "ranks",
    "same_text_and_cluster",
    "summed",
    "tag_of",
    "texts",
    "unmet",
    "within_horizon",
]

#: Kinds of stripped lines that are furniture rather than information about the article.
_FURNITURE = ("furniture", "disclaimer", "copyright", "stamp", "caption")

_TWIN = 0  # the path by which twins were paired
_STEP = np.int64(0x1E3779B97F4A7C15)  # odd
_LINE = ["publisher", "line", "rule"]  # what a line of furniture is told by


def agency_of(articles: pa.Table, credited: pa.Table) -> pa.ChunkedArray:
    """Whose words an article is: the agency that it credits in full, or at whose home it stands. Null for nobody's.

    An agency shows others' stories, too, and says so.
    """
    full = credited.filter(pc.equal(credited["credit_grade"], "full"))
    at = pc.index_in(articles["article_id"], value_set=full["article_id"].combine_chunks())
    return pc.coalesce(full["credit_agency"].take(at), articles["home_agency"])


def tag_of(articles: pa.Table) -> pa.ChunkedArray:
    """The tag of each article's version, null for none: a bare number counts the revisions of a page and says nothing of
    another's.
    """
    versions = articles["version"]
    is_tag = pc.invert(pc.match_substring_regex(versions, r"^[0-9.]+$"))
    return pc.if_else(is_tag, versions, pa.scalar(None, pa.string()))


def facts(articles: pa.Table, credited: pa.Table, headlines: pa.ChunkedArray) -> pa.Table:
    """What verification may know of each article beside its words: agency (`agency_of`), publisher, kind, version, the words of
    its headline (as `headlines` has them), the day that this names, and its effective time in microseconds.
    """
    return pa.table(
        {
            "agency": agency_of(articles, credited),
            "publisher": articles["publisher_id"],
            "kind": articles["kind"],
            "version": tag_of(articles),
            "headline": headlines,
            "day": named_day(articles["headline"]),
            "at": articles["effective_at"].cast(pa.int64()),
        }
    )


def kin(facts: pa.Table, manner: NDArray[np.int64]) -> NDArray[np.int64]:
    """A hash for each article, equal where verification knows the same of two of the same words and time: int64 (articles,).

    So all counts that it looks at: every fact (`facts`), and how the words are written (`sketch.manner`).
    """
    beside = facts.drop_columns(["headline", "at"])
    known = [pc.fill_null(column.cast(pa.string()), "") for column in beside.columns]
    joined = pc.binary_join_element_wise(*known, "\n").combine_chunks().dictionary_encode()
    digests = [hashlib.blake2b(text.encode(), digest_size=8).digest() for text in joined.dictionary.to_pylist()]
    codes: NDArray[np.int64] = np.frombuffer(b"".join(digests), np.int64)[joined.indices.to_numpy()]
    for hashes in (arrays.digests(facts["headline"]), manner):
        codes = codes * _STEP ^ hashes
    return codes


def unmet(matches: pa.Table, others: NDArray[np.int64]) -> pa.Table:
    """The pairs of an article and its other, the anchor or canonical, that have not been compared, as candidates."""
    members = _without_match(matches, others)
    left, right = np.minimum(members, others[members]), np.maximum(members, others[members])
    order = np.argsort(left << 32 | right)
    columns = [left[order], right[order], np.zeros(len(order), np.int8)]
    names = ["left", "right", "path"]
    return pa.table(columns, schema=pa.schema([matches.schema.field(name) for name in names]))


def inherited(matches: pa.Table, anchors: NDArray[np.int64]) -> pa.Table:
    """The matches of twins with their anchors: those of the one that stood for them, which has all that they have.

    They are not compared: what two texts have in common may be told otherwise from the other side, where one repeats itself,
    and a twin may stand on the other side of the anchor.
    """
    path, told = matches["path"].to_numpy(), pc.not_equal(matches["relation"], "")  # of some is known that they are
    stands_for = np.arange(len(anchors))
    twins = matches.filter(pc.and_(pa.array(path == _TWIN), matches["accepted"]))
    stands_for[twins["right"].to_numpy()] = twins["left"].to_numpy()
    members = _without_match(matches, anchors)
    matches = matches.filter(told)
    known = _pairs(matches["left"].to_numpy(), matches["right"].to_numpy())
    members = members[arrays.is_in(_pairs(stands_for[members], anchors[members]), known)]
    leads, theirs = stands_for[members], anchors[members]
    rows = matches.take(pa.array(arrays.places(known, _pairs(leads, theirs))))
    rows = _turned(rows, pa.array((members < theirs) != (leads < theirs)))
    sides = {"left": np.minimum(members, theirs), "right": np.maximum(members, theirs)}
    for name, side in (sides | {"path": np.full(len(members), _TWIN, np.int8)}).items():
        rows = rows.set_column(rows.column_names.index(name), rows.schema.field(name), pa.array(side))
    return rows


def _without_match(matches: pa.Table, others: NDArray[np.int64]) -> NDArray[np.int64]:
    """The articles that have no match with their other, and are not that themselves."""
    members = np.flatnonzero(others != np.arange(len(others)))
    met = _pairs(matches["left"].to_numpy(), matches["right"].to_numpy())
    return members[~arrays.is_in(_pairs(members, others[members]), met)]


def _pairs(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each pair of rows as one number, the smaller first."""
    found: NDArray[np.int64] = np.minimum(one, other) << 32 | np.maximum(one, other)
    return found


#: The columns of matches that are said of each side.
_OF_SIDES = (("left", "right"), ("containment_left", "containment_right"), ("run_left", "run_right"))


def _turned(matches: pa.Table, which: pa.Array | pa.ChunkedArray) -> pa.Table:
    """Matches, and of those that `which` says the same as seen from the other side."""
    relation = matches["relation"]
    for one, other in schema.MIRRORED.items():
        relation = pc.if_else(pc.and_(which, pc.equal(matches["relation"], one)), other, relation)
    columns = {"relation": relation}
    for left, right in _OF_SIDES:
        columns |= {left: pc.if_else(which, matches[right], matches[left])}
        columns |= {right: pc.if_else(which, matches[left], matches[right])}
    return pa.table([columns.get(name, matches[name]) for name in matches.column_names], schema=matches.schema)


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


def canonicals(groups: pa.Table, elections: pa.Table) -> NDArray[np.int64]:
    """The row of the canonical of each article's cluster, int64 (rows,); `groups` as the function of that name gives them."""
    of = pc.index_in(groups["anchor_id"], value_set=elections["anchor_id"].combine_chunks())
    rows = pc.index_in(elections["canonical_id"].take(of), value_set=groups["article_id"].combine_chunks())
    found: NDArray[np.int64] = rows.to_numpy().astype(np.int64)
    return found


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


#: Matches by id, left_id < right_id: as they are published, with what excerpts need besides.
NAMED = pa.schema(
    [
        *schema.PUBLISHED["matches"],
        pa.field("run_left", pa.int64(), nullable=False),
        pa.field("run_right", pa.int64(), nullable=False),
        pa.field("left_at", schema.TIME, nullable=False),
        pa.field("right_at", schema.TIME, nullable=False),
    ]
)


def named(matches: pa.Table, articles: pa.Table) -> pa.Table:
    """Matches by row numbers of articles (article_id, effective_at), as verify leaves them, by id: `NAMED`."""
    left, right = (articles["article_id"].take(matches[side]) for side in ("left", "right"))
    matches = _turned(matches, pc.greater(left, right))
    sides = {f"{side}_id": articles["article_id"].take(matches[side]) for side in ("left", "right")}
    sides |= {f"{side}_at": articles["effective_at"].take(matches[side]) for side in ("left", "right")}
    return pa.table([sides[name] if name in sides else matches[name] for name in NAMED.names], schema=NAMED)


def published(named: pa.Table, members: pa.Table) -> pa.Table:
    """The matches between published members, in the published columns, with the time of the later one in `at`."""
    ids = members["article_id"].combine_chunks()
    are_members = pc.and_(pc.is_in(named["left_id"], ids), pc.is_in(named["right_id"], ids))
    rows = arrays.kept(named, are_members.to_numpy())
    return rows.select(schema.PUBLISHED["matches"].names).append_column("at", later(rows["left_at"], rows["right_at"]))


def later(one: pa.ChunkedArray, other: pa.ChunkedArray) -> pa.ChunkedArray:
    """The later of two times, row by row."""
    return pc.if_else(pc.greater(one, other), one, other)


def dated(rows: pa.Table, articles: pa.Table, column: str = "article_id") -> pa.Table:
    """The rows with the time of the article that `column` names in `at`. `articles`: article_id, effective_at."""
    place = pc.index_in(rows[column], value_set=articles["article_id"].combine_chunks())
    return rows.append_column("at", articles["effective_at"].take(place))


def links(matches: pa.Table, members: pa.Table) -> pa.Table:
    """Clusters that touch without being one: by excerpts, quotations, templates, or matches that no anchor holds together.

    `matches` as `published` gives them, between `members` (article_id, cluster_id). `at` is the latest of a link's pairs.
    """
    ids, clusters = members["article_id"].combine_chunks(), members["cluster_id"].combine_chunks().dictionary_encode()
    at = (pc.index_in(matches[side], value_set=ids).combine_chunks() for side in ("left_id", "right_id"))
    one, other = (clusters.indices.take(rows) for rows in at)
    tells = pc.or_(matches["accepted"], pc.not_equal(matches["relation"], "different")).combine_chunks()
    touch = pc.and_(pc.not_equal(one, other), tells).fill_null(False)
    matches = arrays.kept(matches, touch.to_numpy(zero_copy_only=False))  # one of three, as a rule
    one, other = (clusters.dictionary.take(side.filter(touch)) for side in (one, other))
    relation = pc.if_else(matches["accepted"], "version", matches["relation"])
    rows = pa.table(
        {
            "cluster_id": pc.if_else(pc.less(one, other), one, other),
            "other_id": pc.if_else(pc.less(one, other), other, one),
            "relation": relation,
            "score": pc.max_element_wise(matches["containment_left"], matches["containment_right"]),
            "at": matches["at"],
        }
    )
    keys = ["cluster_id", "other_id", "relation"]
    found = rows.group_by(keys).aggregate([("score", "count"), ("score", "max"), ("at", "max")])
    return found.rename_columns([*keys, "n_pairs", "best_score", "at"])


def texts(article_ids: pa.ChunkedArray, around: pa.Table, short_words: int) -> pa.Table:
    """The rows of `around` (article_id, n_words) of these articles, but for those that are sketched with their headline."""
    rows = around.filter(pc.is_in(around["article_id"], article_ids.combine_chunks()))
    return rows.filter(pc.greater_equal(rows["n_words"], short_words))


def of_members(rows: pa.Table, members: pa.Table) -> pa.Table:
    """The rows whose article is published."""
    return rows.filter(pc.is_in(rows["article_id"], members["article_id"].combine_chunks()))


def furniture(stripped: pa.Table, members: pa.Table) -> pa.Table:
    """The lines that are stripped from a publisher's published articles, how they are known, from how many and since when."""
    stripped = stripped.filter(pc.is_in(stripped["kind"], pa.array(_FURNITURE)))
    at = pc.index_in(stripped["article_id"], value_set=members["article_id"].combine_chunks())
    rows = pa.table(
        {
            "publisher": pc.coalesce(members["publisher"], members["publisher_id"]).take(at),
            "line": stripped["line"],
            "rule": pc.if_else(pc.equal(stripped["rule"], "learned"), "learned", "lexicon"),
            "article_id": stripped["article_id"],
            "at": members["published_at"].take(at),
        }
    )
    rows = rows.filter(pc.is_valid(rows["publisher"]))
    return _furniture(rows.group_by(_LINE).aggregate([("article_id", "count_distinct"), ("at", "min")]))


def summed(furniture: Sequence[pa.Table]) -> pa.Table:
    """The furniture of all articles from that of some, and that of others."""
    rows = pa.concat_tables([schema.PUBLISHED["furniture"].empty_table(), *furniture])
    return _furniture(rows.group_by(_LINE).aggregate([("n_articles", "sum"), ("first_seen", "min")]))


def _furniture(rows: pa.Table) -> pa.Table:
    columns = [*_LINE, "n_articles", "first_seen"]
    wanted = schema.PUBLISHED["furniture"]
    return rows.rename_columns(columns).select(wanted.names).cast(wanted)
