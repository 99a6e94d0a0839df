"""From files to articles: read, clean, identify, trace and sketch, batch by batch.

Bodies pass through a batch at a time into the new part of the state; what stays in memory is what `Articles` holds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline import config, schema
from pipeline.errors import InputError
from pipeline.stages import clean, identify, sketch, trace
from pipeline.stages.lexicon import publishers
from pipeline.storage import read, state, write
from pipeline.watch import Watch

__all__ = [
    "LIGHT",
    "Articles",
    "Current",
    "Intake",
    "accounted",
    "current",
    "latest",
    "nothing",
    "reach",
    "stored",
    "take_in",
]

#: The columns of articles that stay in memory: all but the bodies.
LIGHT = [name for name in schema.ARTICLES.names if name not in ("body", "body_map")]

#: Tables whose rows belong to one text of an article: the digest says to which.
_OF_TEXT = ("stripped", "credits", "citations")

_AHEAD = timedelta(days=1)  # how far ahead of a run's date an article may be dated: zones, and clocks that are off


class Articles(NamedTuple):
    """What is known of articles, without their bodies. `articles` and `sketches` go row by row together."""

    articles: pa.Table
    sketches: pa.Table
    stripped: pa.Table
    credits: pa.Table
    citations: pa.Table


class Intake(NamedTuple):
    """What the files came to: new articles, rejects, a report on each file, and counts of files, records and repeats."""

    new: Articles
    rejects: pa.Table
    files: list[read.FileReport]
    counts: dict[str, int]


class Current(NamedTuple):
    """What a run stands on: `known` articles and which of them are `new` (article_id, source); and what it leaves out.

    `newest_new`: the newest time this night brought, None if it brought nothing.
    """

    known: Articles
    new: pa.Table
    rejects: pa.Table
    n_superseded: int
    newest_new: datetime | None


def stored(known: state.State) -> Articles:
    """What a store knows. `articles` has one more column, `first_seen`: the date of the run that brought them."""
    return Articles(
        known.articles(LIGHT), *(known.table(name) for name in ("sketches", "stripped", "credits", "citations"))
    )


def nothing() -> Intake:
    """What no files at all come to."""
    articles = Articles(*(_light(name, state.STATE[name].empty_table()) for name in Articles._fields))
    counts = dict.fromkeys(("records", "repeats", "forgotten", "files", "files_failed"), 0)
    return Intake(articles, schema.REJECTS.empty_table(), [], counts)


def take_in(
    files: Sequence[Path],
    seen: Articles,
    settings: config.Config,
    part: state.Part,
    watch: Watch,
    aliases: Mapping[str, str] = MappingProxyType({}),
    forgotten: Collection[str] = (),
) -> Intake:
    """Take files in. New articles go to `part` with their bodies; those that `seen` has are repeats.

    `aliases`: names and hosts of publishers beside those that the lexicon and the settings know. `forgotten`: the
    tombstones of articles that were taken down; these are rejects.
    """
    known, lexicon = identify.Known.of(seen.articles, forgotten), publishers.load(settings.clean.publishers, aliases)
    kept = {name: [_light(name, rows.empty_table())] for name, rows in state.STATE.items()}
    rejects, counts = [schema.REJECTS.empty_table()], {"records": 0, "repeats": 0, "forgotten": 0}
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
        rejects += [batch.rejects, unusable, _forgotten(identified.forgotten)]
        counts["records"] += batch.records.num_rows + batch.rejects.num_rows
        counts["repeats"] += identified.n_repeats
        counts["forgotten"] += identified.forgotten.num_rows
    watch.tell("read", "clean", "identify", "trace", "sketch")
    if reading.all_failed:
        reasons = "; ".join(f"{report.path}: {report.reason}" for report in reading.files[:5])
        raise InputError(f"none of the {len(reading.files)} input files could be read: {reasons}")
    part.close(lambda rows: identify.settle(rows, known))
    new = {name: identify.settle(pa.concat_tables(rows), known) for name, rows in kept.items()}
    rejected = pa.concat_tables(rejects)
    failed = sum(report.status == "failed" for report in reading.files)
    counts |= {"files": len(reading.files), "files_failed": failed}
    return Intake(Articles(*(new[name] for name in Articles._fields)), rejected, reading.files, counts)


def latest(intake: Intake, last: datetime | None, settings: config.Config) -> datetime:
    """The logical date of a run that names none: the newest time among its articles, never before the `last` run's.

    Unless that would make more than half of the night too late, as one article dated 2062 would: then the newest time
    that does not.
    """
    column = pc.coalesce(intake.new.articles["published_at"], intake.new.articles["fetched_at"]).drop_null()
    if not len(column):
        if not intake.new.articles.num_rows:
            return last or datetime.fromtimestamp(0, UTC)  # of a night without articles nobody will ask the date
        if last is None:
            raise InputError("no article says when it was published or fetched; name the run's date with --as-of")
        return last
    times = np.sort(column.cast(pa.int64()).to_numpy())
    horizon = int(settings.store.horizon_days * 86_400_000_000)
    within = np.arange(1, len(times) + 1) - np.searchsorted(times, times - horizon)
    most = times[2 * within >= len(times)]
    found: datetime = pa.scalar(int(most[-1] if len(most) else times[-1]), schema.TIME).as_py()
    return max(found, last) if last else found


def current(seen: Articles, intake: Intake, as_of: datetime, settings: config.Config) -> Current:
    """The newest version of every article that can matter to the published tables as of that time.

    An older version than what is known is superseded. An article dated after the run waits for its time; one so old that no
    published cluster can reach back to it is too late. The rows come in the order of time, then id, so that wherever
    the first of several counts, it is not by chance.
    """
    first_seen = pa.repeat(pa.scalar(as_of.astimezone(UTC), schema.TIME), intake.new.articles.num_rows)
    new = intake.new.articles.append_column(state.FIRST_SEEN, first_seen)
    articles = pa.concat_tables([seen.articles, new])
    effective = pc.coalesce(articles["published_at"], articles["fetched_at"], articles["first_seen"])
    articles = articles.append_column(pa.field("effective_at", schema.TIME), effective)
    articles = articles.append_column("row", pa.array(np.arange(articles.num_rows)))

    early = pc.greater(effective, pa.scalar(as_of + _AHEAD, schema.TIME))
    beyond = pc.less(effective, pa.scalar(reach(as_of, settings), schema.TIME))
    kept, superseded = identify.newest(articles.filter(pc.invert(pc.or_(early, beyond))))
    kept = kept.sort_by([("effective_at", "ascending"), ("article_id", "ascending")]).combine_chunks()
    of_text = (_of_these(pa.concat_tables([getattr(seen, name), getattr(intake.new, name)]), kept) for name in _OF_TEXT)
    sketches = pa.concat_tables([seen.sketches, intake.new.sketches]).take(kept["row"])
    waiting = _reject(
        _new(articles.filter(early), seen), f"too_early: dated after the run, which is as of {as_of:%Y-%m-%d}"
    )
    return Current(
        known=Articles(kept.drop_columns(["row", "first_seen"]).combine_chunks(), sketches, *of_text),
        new=_new(kept, seen).select(["article_id", "source"]),
        rejects=pa.concat_tables([waiting, _too_late(_new(articles.filter(beyond), seen), as_of, settings)]),
        n_superseded=_new(superseded, seen).num_rows,
        newest_new=pc.max(effective.slice(seen.articles.num_rows)).as_py(),
    )


def accounted(
    intake: Intake, night: Current, members: pa.Table, as_of: datetime, settings: config.Config
) -> tuple[dict[str, int], pa.Table]:
    """The counts of a run and all its rejects: what came in is a member, a reject, a repeat or superseded.

    A new article that is no member belongs to a cluster that the horizon has passed: it is too late.
    """
    published = pc.is_in(night.new["article_id"], members["article_id"].combine_chunks())
    late = _too_late(night.new.filter(pc.invert(published)), as_of, settings)
    rejects = pa.concat_tables([intake.rejects, night.rejects, late])
    added = night.new.num_rows - late.num_rows
    return {**intake.counts, "added": added, "rejected": rejects.num_rows, "superseded": night.n_superseded}, rejects


def reach(as_of: datetime, settings: config.Config) -> datetime:
    """The oldest time that matters: a cluster with a member in the horizon spans a window to each side of its anchor."""
    return as_of - timedelta(days=settings.store.horizon_days + 2 * settings.pair.window_days)


def _new(rows: pa.Table, seen: Articles) -> pa.Table:
    """Those that this night brought."""
    return rows.filter(pc.greater_equal(rows["row"], seen.articles.num_rows))


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
    return (
        rows.filter(pc.is_in(write.text_keys(rows), write.text_keys(articles)))
        .drop_columns(["digest"])
        .combine_chunks()
    )


def _too_late(late: pa.Table, as_of: datetime, settings: config.Config) -> pa.Table:
    horizon = as_of - timedelta(days=settings.store.horizon_days)
    return _reject(late, f"too_late: older than the horizon, which begins {horizon:%Y-%m-%d} (store.horizon_days)")


def _forgotten(rows: pa.Table) -> pa.Table:
    """The file is named, the article is not: nothing of it is kept."""
    place = rows.column_names.index("article_id")
    nameless = rows.set_column(place, schema.REJECTS.field("article_id"), pa.nulls(rows.num_rows, pa.string()))
    return _reject(nameless, "forgotten: taken down by request")


def _reject(rows: pa.Table, reason: str) -> pa.Table:
    n = rows.num_rows
    columns = [rows["article_id"], rows["source"], pa.repeat("intake", n), pa.repeat(reason, n)]
    return pa.Table.from_arrays(columns, schema=schema.REJECTS)
