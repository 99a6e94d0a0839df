"""From files to articles: read, clean, identify, trace and sketch, batch by batch.

Bodies pass through a batch at a time into the new part of the state; what stays in memory is what `Articles` holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline import config, schema
from pipeline.errors import InputError
from pipeline.stages import clean, identify, sketch, trace
from pipeline.stages.lexicon import publishers
from pipeline.storage import read, state
from pipeline.watch import Watch

__all__ = ["LIGHT", "Articles", "Intake", "current", "newest", "stored", "take_in"]

#: The columns of articles that stay in memory: all but the bodies.
LIGHT = [name for name in schema.ARTICLES.names if name not in ("body", "body_map")]

#: Tables whose rows belong to one text of an article: the digest says to which.
_OF_TEXT = ("stripped", "credits", "citations")


class Articles(NamedTuple):
    """What is known of articles, without their bodies. `articles` and `sketches` go row by row together."""

    articles: pa.Table
    sketches: pa.Table
    stripped: pa.Table
    credits: pa.Table
    citations: pa.Table


class Intake(NamedTuple):
    """What the files came to: new articles, rejects, a report on each file, and counts for the manifest."""

    new: Articles
    rejects: pa.Table
    files: list[read.FileReport]
    counts: dict[str, int]


def stored(store: state.Store) -> Articles:
    """What a store knows. `articles` has one more column, `first_seen`: the date of the run that brought them."""
    return Articles(
        store.articles(LIGHT),
        *(store.state(name) for name in ("sketches", "stripped", "credits", "citations")),
    )


def take_in(files: Sequence[Path], seen: Articles, settings: config.Config, part: state.Part, watch: Watch) -> Intake:
    """Take files in. New articles go to `part` with their bodies; those that `seen` has are repeats."""
    known, lexicon = identify.Known.of(seen.articles), publishers.load(settings.clean.publishers)
    kept = {name: [_light(name, rows.empty_table())] for name, rows in state.STATE.items()}
    rejects, counts = [schema.REJECTS.empty_table()], {"records": 0, "repeats": 0}
    reading = read.batches(files, settings.read)
    for batch in _watched(reading, watch):
        with watch.step("clean", batch=True) as step:
            articles, stripped, unusable = clean.run(batch.records, settings.clean, lexicon)
            step.rows = batch.records.num_rows
        with watch.step("identify", batch=True) as step:
            identified = identify.run(articles, known)
            step.rows = articles.num_rows
        tables = _traced_and_sketched(identified.articles, stripped, settings, watch)
        for name, rows in tables.items():
            part.add(name, rows)
            kept[name].append(_light(name, rows))
        rejects += [batch.rejects, unusable]
        counts["records"] += batch.records.num_rows + batch.rejects.num_rows
        counts["repeats"] += identified.n_repeats
    watch.tell("read", "clean", "identify", "trace", "sketch")
    if reading.all_failed:
        reasons = "; ".join(f"{report.path}: {report.reason}" for report in reading.files[:5])
        raise InputError(f"none of the {len(reading.files)} input files could be read: {reasons}")
    part.close()
    part.settle(lambda rows: identify.settle(rows, known))
    new = {name: identify.settle(pa.concat_tables(rows), known) for name, rows in kept.items()}
    rejected = pa.concat_tables(rejects)
    failed = sum(report.status == "failed" for report in reading.files)
    counts |= {"rejected": rejected.num_rows, "added": new["articles"].num_rows, "superseded": 0}
    counts |= {"files": len(reading.files), "files_failed": failed}
    return Intake(Articles(*(new[name] for name in Articles._fields)), rejected, reading.files, counts)


def newest(intake: Intake) -> datetime:
    """The newest time among new articles, published or else fetched: the logical date of a run that names none."""
    times = pc.coalesce(intake.new.articles["published_at"], intake.new.articles["fetched_at"])
    latest: datetime | None = pc.max(times).as_py()
    if latest is None:
        raise InputError("no article says when it was published or fetched; name the run's date with --as-of")
    return latest


def current(
    seen: Articles, intake: Intake, as_of: datetime, settings: config.Config
) -> tuple[Articles, dict[str, int], pa.Table]:
    """The newest version of every article that the window or horizon reaches, with the counts and rejects of the night.

    An article of this night that is older than the horizon is rejected as too late; an older version than what is known
    is superseded, and stays in the state.
    """
    first_seen = pa.repeat(pa.scalar(as_of.astimezone(UTC), schema.TIME), intake.new.articles.num_rows)
    new = intake.new.articles.append_column(state.FIRST_SEEN, first_seen)
    articles = pa.concat_tables([seen.articles, new])
    effective = pc.coalesce(articles["published_at"], articles["fetched_at"], articles["first_seen"])
    articles = articles.append_column(pa.field("effective_at", schema.TIME), effective)
    articles = articles.append_column("row", pa.array(np.arange(articles.num_rows)))
    is_new = pa.array(np.arange(articles.num_rows) >= seen.articles.num_rows)

    horizon = as_of - timedelta(days=settings.store.horizon_days)
    late = articles.filter(pc.and_(is_new, pc.less(articles["effective_at"], pa.scalar(horizon, schema.TIME))))
    reach = horizon - timedelta(days=settings.pair.window_days)
    within = pc.greater_equal(articles["effective_at"], pa.scalar(reach, schema.TIME))
    within = pc.and_(within, pc.invert(pc.is_in(articles["row"], late["row"])))
    kept, superseded = identify.newest(articles.filter(within))

    n_superseded = pc.sum(pc.greater_equal(superseded["row"], seen.articles.num_rows)).as_py() or 0
    counts = dict(intake.counts)
    counts["rejected"] += late.num_rows
    counts["superseded"] = n_superseded
    counts["added"] -= late.num_rows + n_superseded
    of_text = (_of_these(pa.concat_tables([getattr(seen, name), getattr(intake.new, name)]), kept) for name in _OF_TEXT)
    sketches = pa.concat_tables([seen.sketches, intake.new.sketches]).take(kept["row"])
    known = Articles(kept.drop_columns(["row", "first_seen"]).combine_chunks(), sketches, *of_text)
    return known, counts, pa.concat_tables([intake.rejects, _too_late(late, horizon)])


def _light(name: str, rows: pa.Table) -> pa.Table:
    return rows.select(LIGHT) if name == "articles" else rows


def _watched(reading: read.Reading, watch: Watch) -> Iterator[read.Batch]:
    """The batches of a reading, each timed as it is read."""
    batches = iter(reading)
    while True:
        with watch.step("read", batch=True) as step:
            batch = next(batches, None)
            step.rows = batch.records.num_rows if batch else 0
        if batch is None:
            return
        yield batch


def _traced_and_sketched(
    articles: pa.Table, stripped: pa.Table, settings: config.Config, watch: Watch
) -> dict[str, pa.Table]:
    """What a batch adds to the state. Two versions of one article may travel in it: a text is told by its record."""
    texts = pc.cast(articles["record"], pa.string())
    of_texts = articles.set_column(
        articles.column_names.index("article_id"), schema.ARTICLES.field("article_id"), texts
    )
    with watch.step("trace", batch=True) as step:
        credits, citations = trace.run(of_texts, identify.attach(stripped, of_texts), settings.trace)
        step.rows = articles.num_rows
    with watch.step("sketch", batch=True) as step:
        sketches = sketch.run(articles, settings.sketch)
        step.rows = articles.num_rows
    found = {"stripped": identify.attach(stripped, of_texts), "credits": credits, "citations": citations}
    return {
        "articles": articles,
        "sketches": sketches.select(schema.SKETCHES.names),
        **{name: _named(rows, texts, articles, state.STATE[name]) for name, rows in found.items()},
    }


def _named(rows: pa.Table, texts: pa.ChunkedArray, articles: pa.Table, wanted: pa.Schema) -> pa.Table:
    """Rows whose article_id is the record of a text, with the article's id and the text's digest instead."""
    at = pc.index_in(rows["article_id"], value_set=texts.combine_chunks())
    columns = {name: rows[name] for name in rows.column_names}
    columns |= {name: articles[name].take(at) for name in ("article_id", "digest")}
    return pa.Table.from_arrays([columns[name] for name in wanted.names], schema=wanted)


def _of_these(rows: pa.Table, articles: pa.Table) -> pa.Table:
    """The rows that belong to these texts: the same article and the same digest. The digest goes."""
    key = pc.binary_join_element_wise(rows["article_id"], rows["digest"], "\n")
    keys = pc.binary_join_element_wise(articles["article_id"], articles["digest"], "\n")
    return rows.filter(pc.is_in(key, keys.combine_chunks())).drop_columns(["digest"]).combine_chunks()


def _too_late(late: pa.Table, horizon: datetime) -> pa.Table:
    reason = f"too_late: older than the horizon, which begins {horizon:%Y-%m-%d %H:%M} UTC (store.horizon_days)"
    n = late.num_rows
    columns = [late["article_id"], late["source"], pa.repeat("intake", n), pa.repeat(reason, n)]
    return pa.Table.from_arrays(columns, schema=schema.REJECTS)
