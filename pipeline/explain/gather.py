"""From the rows of a run to what is told of one article."""

from __future__ import annotations

import re
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import schema
from pipeline.explain.source import Row, Source
from pipeline.explain.told import (
    Article,
    Citation,
    Cluster,
    Credit,
    Event,
    Line,
    Met,
    Passage,
    Print,
    Reading,
    Step,
)
from pipeline.intake import LIGHT
from pipeline.stages import elect, identify, learn

__all__ = ["article", "met"]

_AROUND = 40  # characters told on each side of words that were found, whole words alone
_CREDIT = ("agency", "desk", "grade", "signal", "rule")
_CITATION = ("source", "via", "role", "frame")
_OF_MEMBER = ("publisher", "publisher_id", "published_at", "published_precision", "n_words", "kind", "status")
_OF_ARTICLE = ("published_raw", "published_zone", "source", "field", "byline")
_SPACE = re.compile(r"\s")
_OF_ELECTION = ["article_id", "home_agency", "canonical_url", "origin_url", "version_rank"]


def article(source: Source, row: Row) -> Article:
    """What is told of an article by its row of members."""
    article_id = row["article_id"]
    versions = source.versions(article_id)
    keys = versions["key"].to_numpy()
    stored = source.state.take("articles", keys[:1], LIGHT).to_pylist()
    texts = _texts(source, keys)
    compared = _met(source, article_id)
    outside = [one for one in compared if one.cluster_id != row["cluster_id"]]
    return Article(
        article_id=article_id,
        headline=row["headline"],
        reading=_reading(source, row, stored[0] if stored else {}, versions),
        credit_status=row["credit_status"],
        credits=tuple(
            Credit(**_some(found, *_CREDIT), name=_named(source, found["agency"]), passage=_passage(found, texts))
            for found in source.where("credits", "article_id", article_id)
        ),
        citations=tuple(
            Citation(**_some(found, *_CITATION), passage=_passage(found, texts))
            for found in source.where("citations", "article_id", article_id)
        ),
        own=_print(row),
        cluster=_cluster(source, row["cluster_id"]),
        met=compared,
        closest=max(outside, key=lambda one: (one.accepted, max(one.share_of_this, one.share_of_other)), default=None),
    )


def _named(source: Source, agency: str) -> str:
    """How an agency is called."""
    return source.agencies.get(agency, agency)


def _some(row: Row, *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}


def _reading(source: Source, row: Row, stored: Row, versions: pa.Table) -> Reading:
    keys = versions["key"].to_numpy()
    lines = source.where("stripped", "article_id", row["article_id"])
    has_body = bool(source.state.have_words(keys[:1]).any())
    kept = source.state.take("bodies", keys[:1], ["body"])["body"].to_pylist() if has_body else []
    n_learned = sum(line["rule"] == learn.RULE for line in lines)  # the body as it is kept still has those
    return Reading(
        **_some(row, *_OF_MEMBER, "notice_id", "text_state"),
        **_some(stored or dict.fromkeys(_OF_ARTICLE), *_OF_ARTICLE),
        is_kept=bool(stored),
        n_paragraphs=kept[0].count("\n") + 1 - n_learned if kept and kept[0] else None,
        n_earlier=max(0, len(keys) - 1),
        newest_by=identify.newest_by(versions),
        stripped=tuple(Line(**_some(line, *Line.__struct_fields__)) for line in lines),
    )


def _texts(source: Source, keys: Any) -> dict[str, str]:
    """What was read of the newest version, by the name of the field that places are in; nothing where it is no longer kept."""
    parts = {part.number: part.folder for part in source.state.parts}
    if not len(keys) or not (parts[int(keys[0]) >> 32] / "records.parquet").exists():
        return {}
    [record] = source.state.take("records", keys[:1], ["field", "text", "byline"]).to_pylist()
    return {record["field"]: record["text"], "byline": record["byline"] or ""}


def _passage(row: Row, texts: dict[str, str]) -> Passage:
    before, after = "", ""
    text, start, end = texts.get(row["field"] or "", ""), row["start"], row["end"]
    if text and start is not None and 0 <= start < end <= len(text):
        first, last = max(0, start - _AROUND), end + _AROUND
        before, after = text[first:start], text[end:last]
        if first and not text[first - 1].isspace() and (cut := _SPACE.search(before)):
            before = before[cut.start() :]
        if last < len(text) and not text[last].isspace():
            after = after[: after.rindex(gaps[-1]) if (gaps := _SPACE.findall(after)) else None]
    return Passage(row["text"], row["field"], start, end, before, after)


def _print(row: Row) -> Print:
    return Print(**_some(row, *Print.__struct_fields__))


def _cluster(source: Source, cluster_id: str) -> Cluster:
    [row] = source.where("clusters", "cluster_id", cluster_id)
    rows = source.table("members")
    rows = rows.filter(pc.equal(rows["cluster_id"], cluster_id))
    events = source.history(cluster_id)
    return Cluster(
        **_some(row, "cluster_id", "n_articles", "n_publishers", "origin_agency", "canonical_id", "canonical_reason"),
        **_some(row, "runner_up_id", "anchor_id", "cohesion_min"),
        origin_name=_named(source, row["origin_agency"]) if row["origin_agency"] else None,
        steps=_steps(source, row, rows),
        members=tuple(_print(member) for member in rows.to_pylist()),
        events=tuple(Event(**_some(event, *Event.__struct_fields__)) for event in events),
    )


def _steps(source: Source, cluster: Row, members: pa.Table) -> tuple[Step, ...]:
    """The election once more; nothing where it comes out otherwise than published, for what it stood on is not all there."""
    if source.settings is None or members.num_rows < 2:
        return ()
    own = source.taken_in(members["article_id"], _OF_ELECTION)
    if own.num_rows != members.num_rows:
        return ()
    place = pc.index_in(members["article_id"], value_set=own["article_id"].combine_chunks())
    for name in _OF_ELECTION[1:]:
        members = members.append_column(name, own[name].take(place))
    credits = source.table("credits")
    credits = credits.filter(pc.is_in(credits["article_id"], members["article_id"].combine_chunks()))
    found = elect.standing(members, credits, source.settings.elect, source.pinned)
    if (found[-1].canonical_id, found[-1].runner_up_id) != (cluster["canonical_id"], cluster["runner_up_id"]):
        return ()
    return tuple(Step(one.step, one.canonical, one.runner_up, one.decided) for one in found)


def _met(source: Source, article_id: str) -> tuple[Met, ...]:
    """Whom it was compared with: first those that were accepted, then by how much they share."""
    rows, wanted = source.table("matches"), pa.scalar(article_id)
    rows = rows.filter(pc.or_(pc.equal(rows["left_id"], wanted), pc.equal(rows["right_id"], wanted)))
    found = sorted(rows.to_pylist(), key=lambda row: (not row["accepted"], -row["jaccard"]))
    members = source.members(id_ for row in found for id_ in (row["left_id"], row["right_id"]))
    return tuple(met(row, article_id, members) for row in found)


def met(row: Row, article_id: str, members: dict[str, Row]) -> Met:
    """A match as seen from one of its articles."""
    mine, theirs, relation = "left", "right", row["relation"]
    if row["left_id"] != article_id:
        mine, theirs, relation = "right", "left", schema.MIRRORED.get(relation, relation)
    other = members.get(row[f"{theirs}_id"], {})
    return Met(
        article_id=row[f"{theirs}_id"],
        headline=other.get("headline"),
        cluster_id=other.get("cluster_id"),
        relation=relation,
        share_of_this=row[f"containment_{mine}"],
        share_of_other=row[f"containment_{theirs}"],
        **_some(row, "accepted", "reason", "jaccard", "longest_run"),
    )
