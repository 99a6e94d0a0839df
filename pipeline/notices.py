"""Notices of withdrawals and corrections between the state and `stages.retract`: which there are, whom they reach."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline import config, schema
from pipeline.arrive import noticed_since, with_time
from pipeline.stages import elect, retract, rollup, sketch
from pipeline.stages.kernels import arrays
from pipeline.storage.part import COMPARED
from pipeline.storage.state import State

__all__ = ["apply", "changed", "earlier", "named", "reached", "rows", "valid"]

_SAID = [
    *("article_id", "status", "publisher_id", "home_agency", "names", "version"),
    *("published_at", "published_precision", "modified_at", "fetched_at"),
]
_CALLED = ["headline", "slug", "source_id", "article_id"]


def rows(state: State, articles: pa.Table) -> pa.Table:
    """The rows of a part's `notices` for the newest versions of articles (key, effective_at)."""
    found = state.take("articles", articles["key"].to_numpy(), _SAID)
    articles = with_time(found, articles["key"], articles["effective_at"])
    credited = elect.credited(articles, state.of("credits", articles["key"].to_numpy()).drop_columns(["key"]))
    agency = rollup.agency_of(articles, credited)
    named = pc.and_(pc.is_valid(agency), pc.fill_null(pc.not_equal(agency, "unspecified"), False))
    home = articles["home_agency"]  # that shows another's story speaks for itself alone
    is_tag = pc.is_valid(rollup.tag_of(articles))
    may_speak = pc.if_else(pc.is_valid(home), pc.fill_null(pc.equal(home, agency), False), is_tag)
    by_day = pc.and_(pc.is_null(articles["modified_at"]), pc.equal(articles["published_precision"], "day"))
    at = pc.coalesce(articles["modified_at"], articles["published_at"], articles["fetched_at"]).cast(pa.int64())
    at = pc.if_else(by_day, pc.add(at, schema.DAY - 1), at)
    columns = {
        **{name: articles[name] for name in ("key", "article_id", "status", "effective_at", "publisher_id", "names")},
        "at": at.cast(schema.TIME),
        "agency": agency,
        "speaks": pc.and_(named, may_speak),
    }
    return pa.table([columns[name] for name in COMPARED["notices"].names], schema=COMPARED["notices"])


def valid(state: State, since: datetime, settings: config.Config) -> pa.Table:
    """The notices that hold, of all articles that may share a cluster with one that is compared since then."""
    found = state.notices()
    recent = pc.greater_equal(found["effective_at"], pa.scalar(noticed_since(since, settings), schema.TIME))
    return found.filter(pc.and_(recent, pc.not_equal(found["status"], "usable"))).select(retract.NOTICES.names)


def changed(before: State, now: State, night: pa.Table) -> pa.Table:
    """What the notices of a night (`Arrivals.notices`) say, and what was said of the same articles before."""
    ids = night["article_id"].combine_chunks()
    told = [state.notices() for state in (before, now)]
    return pa.concat_tables([rows.filter(pc.is_in(rows["article_id"], value_set=ids)) for rows in told])


def reached(now: State, told: pa.Table, since: datetime, settings: config.Config) -> NDArray[np.int64]:
    """The texts (keys) that notices which came, or hold no more, are about: their own article's, and those they name."""
    if not told.num_rows:
        return np.empty(0, np.int64)
    texts = now.texts(["key", "article", "article_id", "headline", "effective_at"])
    texts = texts.filter(pc.greater_equal(texts["effective_at"], pa.scalar(since, schema.TIME)))
    own = pc.is_in(texts["article_id"], value_set=told["article_id"].combine_chunks())
    keys = [texts.filter(own)["key"].to_numpy()]
    naming = told.filter(pc.greater(pc.fill_null(pc.list_value_length(told["names"]), 0), 0))
    if naming.num_rows:
        called = now.take("articles", texts["article"].to_numpy(), ["slug", "source_id"])
        texts = texts.append_column("slug", called["slug"]).append_column("source_id", called["source_id"])
        keys.append(texts["key"].to_numpy()[[row for _, row in named(naming, texts, settings)]])
    return np.unique(np.concatenate(keys))


def named(notices: pa.Table, articles: pa.Table, settings: config.Config) -> list[tuple[int, int]]:
    """(row of notices, row of articles) wherever a notice names an article within the window."""
    if not articles.num_rows or not pc.sum(pc.list_value_length(notices["names"])).as_py():
        return []
    words = arrays.hashes(sketch.words(_flat(notices["names"])))
    found = retract.named(notices["names"], words, articles, arrays.hashes(sketch.words(articles["headline"])))
    at, of = (rows["effective_at"].cast(pa.int64()).to_numpy() for rows in (notices, articles))
    ids, own = notices["article_id"].to_pylist(), articles["article_id"].to_pylist()
    window = int(settings.pair.window_days * schema.DAY)
    return [(n, row) for n, row in found if abs(at[n] - of[row]) <= window and ids[n] != own[row]]


def _flat(names: pa.ChunkedArray) -> pa.ChunkedArray:
    return pa.chunked_array([pc.list_flatten(names).combine_chunks()], pa.string())


def earlier(now: State, notices: pa.Table, articles: pa.Table) -> Mapping[str, list[NDArray[Any]]]:
    """The shingles of what those of the articles said before that an agency has corrected, by id."""
    corrected = notices.filter(pc.and_(pc.equal(notices["status"], "corrected"), notices["speaks"]))["article_id"]
    own = articles.filter(pc.is_in(articles["article_id"], value_set=corrected.combine_chunks()))
    if not own.num_rows:
        return {}
    versions = now.articles(["article_id", "status", "rejected"])
    versions = versions.filter(pc.is_in(versions["article_id"], value_set=own["article_id"].combine_chunks()))
    versions = versions.filter(pc.invert(pc.is_in(versions["key"], value_set=own["article"].combine_chunks())))
    versions = versions.filter(pc.invert(pc.or_(pc.equal(versions["status"], "withdrawn"), versions["rejected"])))
    versions = versions.filter(pc.invert(pc.is_in(versions["key"], value_set=now.waiting()["key"].combine_chunks())))
    values, offsets = arrays.hashes(now.take("sketches", versions["key"].to_numpy(), ["shingles"])["shingles"])
    found: dict[str, list[NDArray[Any]]] = {}
    for number, article_id in enumerate(versions["article_id"].to_pylist()):
        found.setdefault(article_id, []).append(values[offsets[number] : offsets[number + 1]])
    return found


def apply(
    articles: pa.Table,
    credited: pa.Table,
    anchors: NDArray[np.int64],
    sketched: Any,
    notices: pa.Table,
    before: Mapping[str, list[NDArray[Any]]],
    settings: config.Config,
) -> pa.Table:
    """Articles with `status` and `notice_id` as `retract.run` finds them. `sketched`: their `Sketched`."""

    def shingles(wanted: NDArray[np.int64]) -> list[NDArray[Any]]:
        values, offsets = arrays.hashes(sketched.of(wanted)["shingles"])
        return [values[offsets[number] : offsets[number + 1]] for number in range(len(wanted))]

    naming = named(notices, articles, settings)
    return retract.run(articles, rollup.agency_of(articles, credited), anchors, notices, naming, shingles, before)
