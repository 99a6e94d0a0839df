"""From files to articles: read, clean, identify, trace and sketch, batch by batch.

Everything passes through a batch at a time into the new part of the state; the articles without their bodies stay in memory.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline import config, schema
from pipeline.crew import Crew, Rules
from pipeline.errors import InputError, ReprintsError, UnreadableError
from pipeline.stages import clean, identify, sketch, trace
from pipeline.stages.lexicon import publishers
from pipeline.storage import read
from pipeline.storage.disk import total
from pipeline.storage.part import TAKEN, Part
from pipeline.watch import Watch

__all__ = [
    "KNOWN",
    "LIGHT",
    "Delivery",
    "Intake",
    "Night",
    "Taken",
    "clean_batch",
    "ensure_any_read",
    "extract_batch",
    "is_forgotten",
    "latest",
    "nothing",
    "reject",
    "take_in",
    "trace_and_sketch",
    "warn_of",
    "watched",
]

#: The columns of articles but for their bodies.
LIGHT = [name for name in schema.ARTICLES.names if name not in ("body", "body_map")]


#: What is held of an article that comes in. The others of its columns are in the part that took it in.
KNOWN = [
    *("record", "article_id", "identity", "source", "digest", "source_id", "publisher", "publisher_id"),
    *("published_at", "modified_at", "fetched_at", "embargoed_until", "status", "version"),
]

_PRINTED, _SENT = ("published_at", "fetched_at"), ("fetched_at", "modified_at")

_LARGE = 8 << 20  # bytes of files that are sure to be many batches


class Intake(NamedTuple):
    """What the files came to: new articles (`KNOWN`), rejects, a report on each file, counts of files, records and repeats.

    `again`: rejects of articles of earlier runs, which were read again. `sizes`: how many of the new articles, in their
    order, each part that took them in has; empty: all are in one.
    """

    new: pa.Table
    rejects: pa.Table
    files: list[read.FileReport]
    counts: dict[str, int]
    again: pa.Table = schema.REJECTS.empty_table()
    sizes: Sequence[int] = ()


class Delivery(NamedTuple):
    """What a run is given: files, what is `known` of articles, and `aliases` and `forgotten` as for `take_in`."""

    files: Sequence[Path]
    known: identify.Known
    aliases: Mapping[str, str]
    forgotten: Collection[str]


class Taken(NamedTuple):
    """What the files came to, and the folders of the parts of the state that took it in."""

    intake: Intake
    folders: Sequence[Path]


def ensure_any_read(files: Sequence[read.FileReport]) -> None:
    """`UnreadableError` if they all failed."""
    if read.all_failed(files):
        reasons = "; ".join(f"{read.spelled(report.path)}: {report.reason}" for report in files[:5])
        told = f"none of the {len(files)} input files could be read: {reasons}"
        raise UnreadableError(told, files[0].reason)


def warn_of(files: Sequence[read.FileReport], watch: Watch) -> None:
    """Say what files want to be looked at for; of several of one kind once."""
    alike: dict[str, list[str]] = {}
    for report in files:
        if report.warning:
            alike.setdefault(report.warning, []).append(read.spelled(report.path))
    for warning, paths in alike.items():
        more = f" and {len(paths) - 1:,} more" if len(paths) > 1 else ""
        watch.say(f"{paths[0]}{more}: {warning}", "warning")


def nothing() -> Intake:
    """What no files at all come to."""
    counts = dict.fromkeys(("records", "repeats", "forgotten", "files", "files_failed"), 0)
    return Intake(schema.ARTICLES.empty_table().select(KNOWN), schema.REJECTS.empty_table(), [], counts)


def take_in(
    files: Sequence[Path],
    known: identify.Known,
    settings: config.Config,
    part: Part,
    watch: Watch,
    aliases: Mapping[str, str] = MappingProxyType({}),
    forgotten: Collection[str] = (),
) -> Intake:
    """Take files in. New articles go to `part` with their words; those that are `known` are repeats.

    `aliases`: names and hosts of publishers beside those that the lexicon and the settings know. `forgotten`: the
    tombstones of articles that were taken down; these are rejects.
    """
    reading = read.batches(files, settings.read)
    night = Night(known, forgotten)
    rules = Rules(settings, publishers.load(settings.clean.publishers, aliases))
    with Crew(rules, is_large=total(files) > _LARGE) as crew:
        batches = _extracted(watched(reading.unextracted(), watch), crew, watch)
        cleaned = crew.each(clean_batch, night.records(batches), watch)
        for (articles, records), found in crew.each(trace_and_sketch, night.articles(cleaned, watch), watch):
            for name, rows in {"articles": articles, "bodies": articles, "records": records, **found}.items():
                part.add(name, rows)
    watch.tell("read", "clean", "identify", "trace", "sketch")
    ensure_any_read(reading.files)
    warn_of(reading.files, watch)
    part.close(lambda rows: identify.settle(rows, known))
    failed = sum(report.status == "failed" for report in reading.files)
    counts = night.counts | {"files": len(reading.files), "files_failed": failed}
    new = identify.settle(pa.concat_tables(night.new), known)
    return Intake(new, pa.concat_tables(night.rejects), reading.files, counts)


class _Read(NamedTuple):
    """A batch as it was read, and those of its records that were taken down."""

    batch: read.Batch
    gone: pa.Table


class Night:
    """What comes in, as it goes from batch to batch: `new` articles (`KNOWN`), `rejects` and `counts` so far.

    What is known of articles grows with each batch in turn; so that is done here, while processes clean and trace others.
    """

    def __init__(self, known: identify.Known, forgotten: Collection[str]) -> None:
        self.new = [schema.ARTICLES.empty_table().select(KNOWN)]
        self.rejects = [schema.REJECTS.empty_table()]
        self.counts = {"records": 0, "repeats": 0, "forgotten": 0}
        self._known, self._forgotten, self._n_new = known, forgotten, 0

    def records(self, batches: Iterable[read.Batch]) -> Iterator[tuple[_Read, tuple[pa.Table]]]:
        """The records of each batch that are to be cleaned."""
        for batch in batches:
            gone = is_forgotten(batch.records, self._forgotten)
            yield _Read(batch, batch.records.filter(gone)), (_kept(batch.records, pc.invert(gone)),)

    def articles(
        self, cleaned: Iterable[tuple[_Read, tuple[pa.Table, pa.Table, pa.Table]]], watch: Watch
    ) -> Iterator[tuple[tuple[pa.Table, pa.Table], tuple[pa.Table, pa.Table, NDArray[np.int64]]]]:
        """The articles of each batch that are no repeats, with the records that they were, and as they are to be traced."""
        for (batch, gone), (articles, stripped, unusable) in cleaned:
            n_records = batch.records.num_rows + batch.rejects.num_rows
            first = self._n_new
            new = self.identify(articles, [batch.rejects, unusable], gone, n_records, watch)
            rows = np.arange(first, self._n_new)
            records = _kept(batch.records, pc.is_in(batch.records["record"], new["record"].combine_chunks()))
            yield (new, records), (new, stripped, rows)

    def identify(
        self, articles: pa.Table, rejects: list[pa.Table], gone: pa.Table, n_records: int, watch: Watch
    ) -> pa.Table:
        """Take a batch of so many records in: `articles`, `rejects`, and those `gone` (source) that were taken down.

        Gives the articles that are no repeats. Their ids are not the last word (`identify.settle`).
        """
        with watch.step("identify", batch=True) as step:
            identified = identify.run(articles, self._known)
            step.rows = articles.num_rows
        taken_down = pa.concat_tables([rows.select(["source"]) for rows in (gone, identified.forgotten)])
        self.rejects += [*rejects, _forgotten(taken_down)]
        self.counts["records"] += n_records
        self.counts["repeats"] += identified.n_repeats
        self.counts["forgotten"] += taken_down.num_rows
        self._n_new += identified.articles.num_rows
        self.new.append(identified.articles.select(KNOWN))
        return identified.articles


def latest(intake: Intake, last: datetime | None, settings: config.Config) -> datetime:
    """The logical date of a run that names none: the newest time among its articles, never before the `last` run's.

    The end of an embargo is no such time: of what is under one, that of its fetch or change counts. Nor is one that would make
    more than half of the night too late, as that of one article dated 2062 would: then it is the newest that does not.
    """
    new = intake.new
    printed, sent = (pc.coalesce(new[one], new[other]) for one, other in (_PRINTED, _SENT))
    column = pc.if_else(pc.is_valid(new["embargoed_until"]), sent, printed).drop_null()
    if not len(column):
        if not intake.new.num_rows:
            return last or datetime.fromtimestamp(0, UTC)  # of a night without articles nobody will ask the date
        if last is None:
            raise InputError("no article says when it was published or fetched; name the run's date with --as-of")
        return last
    times = np.sort(column.cast(pa.int64()).to_numpy())
    horizon = int(settings.store.horizon_days * schema.DAY)
    within = np.arange(1, len(times) + 1) - np.searchsorted(times, times - horizon)
    most = times[2 * within >= len(times)]
    found: datetime = pa.scalar(int(most[-1] if len(most) else times[-1]), schema.TIME).as_py()
    return max(found, last) if last else found


def watched(batches: Iterable[read.Batch], watch: Watch) -> Iterator[read.Batch]:
    """The batches, each timed as it is read."""
    batches = iter(batches)
    while True:
        with watch.step("read", batch=True) as step:
            batch = next(batches, None)
            step.rows = batch.records.num_rows if batch else 0
        if batch is None:
            return
        yield batch


def _extracted(batches: Iterable[read.Batch], crew: Crew, watch: Watch) -> Iterator[read.Batch]:
    """The same with the articles of their pages of HTML. Batches without any go to no process for that."""
    for has_pages, some in itertools.groupby(batches, key=lambda batch: batch.pages.num_rows > 0):
        if has_pages:
            yield from (batch for _, batch in crew.each(extract_batch, ((None, (batch,)) for batch in some), watch))
        else:
            yield from some


def extract_batch(rules: Rules, watch: Watch, batch: read.Batch) -> read.Batch:
    """The batch with the articles of its pages among its records."""
    with watch.step("read", batch=True) as step:
        found = read.extracted(batch, rules.settings.read)
        step.rows = found.records.num_rows - batch.records.num_rows
        return found


def clean_batch(rules: Rules, watch: Watch, records: pa.Table) -> tuple[pa.Table, pa.Table, pa.Table]:
    """The articles of records, the lines that were stripped from them, and the rejects."""
    with watch.step("clean", batch=True) as step:
        step.rows = records.num_rows
        try:
            return clean.run(records, rules.settings.clean, rules.lexicon)
        except _NO_BUGS:
            raise
        except Exception:  # a bug, which one text of millions may find: it costs itself, and not the night
            return _one_by_one(rules, watch, records)


_NO_BUGS = (ReprintsError, MemoryError)


def _bug(error: Exception) -> str:
    return f"a bug in the rules, please report it with the text: {type(error).__name__}: {error}"


def _one_by_one(rules: Rules, watch: Watch, records: pa.Table) -> tuple[pa.Table, pa.Table, pa.Table]:
    """What `clean` makes of each record alone; a text for which a rule breaks down is rejected."""
    found = []
    for record in (records.slice(number, 1) for number in range(records.num_rows)):
        try:
            found.append(clean.run(record, rules.settings.clean, rules.lexicon))
        except _NO_BUGS:
            raise
        except Exception as error:
            found.append(clean.rejected(record, _bug(error)))
            watch.say(f"{found[-1][2]['source'][0]} is rejected: {_bug(error)}", "warning")
    articles, stripped, rejects = (pa.concat_tables(tables) for tables in zip(*found, strict=True))
    return articles, stripped, rejects


def _traced(
    rules: Rules, watch: Watch, articles: pa.Table, stripped: pa.Table, ids: pa.ChunkedArray
) -> tuple[pa.Table, pa.Table]:
    """The credits and citations of articles; of a text for which a rule breaks down nothing is known, and that is told.

    `ids`: by which these are told of.
    """
    try:
        return trace.run(articles, stripped, rules.settings.trace)
    except _NO_BUGS:
        raise
    except Exception:  # as in `clean_batch`; but the text itself is sound, and stays
        found = [(schema.CREDITS.empty_table(), schema.CITATIONS.empty_table())]
    for number, id_ in enumerate(ids.to_pylist()):
        article = articles.slice(number, 1)
        lines = stripped.filter(pc.equal(stripped["record"], article["record"][0]))
        try:
            found.append(trace.run(article, lines, rules.settings.trace))
        except _NO_BUGS:
            raise
        except Exception as error:
            told = f"{article['source'][0]}: whose copy {id_} is, is not known: {_bug(error)}"
            watch.say(told, "warning")
    credits, citations = (pa.concat_tables(tables) for tables in zip(*found, strict=True))
    return credits, citations


def trace_and_sketch(
    rules: Rules, watch: Watch, articles: pa.Table, stripped: pa.Table, rows: NDArray[np.int64]
) -> dict[str, pa.Table]:
    """What is found in the articles of a batch, by table of the state, where they have those `rows`.

    Two versions of one article may travel in it: a text is told by its record.
    """
    texts = pc.cast(articles["record"], pa.string())
    of_texts = articles.set_column(
        articles.column_names.index("article_id"), schema.ARTICLES.field("article_id"), texts
    )
    stripped = identify.attach(stripped, of_texts)
    with watch.step("trace", batch=True) as step:
        credits, citations = _traced(rules, watch, of_texts, stripped, articles["article_id"])
        step.rows = articles.num_rows
    with watch.step("sketch", batch=True) as step:
        sketches = sketch.unsigned(articles, rules.settings.sketch)
        step.rows = articles.num_rows
    found = {"stripped": stripped, "credits": credits, "citations": citations}
    return {
        "sketches": sketches,
        **{name: _named(lines, texts, articles, rows, TAKEN[name]) for name, lines in found.items()},
    }


def _named(
    lines: pa.Table, texts: pa.ChunkedArray, articles: pa.Table, rows: NDArray[np.int64], wanted: pa.Schema
) -> pa.Table:
    """Lines whose article_id is the record of a text, with the article's id and row instead."""
    at = pc.index_in(lines["article_id"], value_set=texts.combine_chunks())
    columns = {name: lines[name] for name in lines.column_names}
    columns |= {"article_id": articles["article_id"].take(at), "row": pa.array(rows).take(at)}
    return pa.Table.from_arrays([columns[name] for name in wanted.names], schema=wanted)


def is_forgotten(records: pa.Table, forgotten: Collection[str]) -> pa.Array:
    """Which records say of themselves that they are what was taken down."""
    if not forgotten:
        return pa.repeat(False, records.num_rows)
    return pa.array([key in forgotten for key in identify.stated(records)], pa.bool_())


def _kept(records: pa.Table, wanted: pa.Array) -> pa.Table:
    """The records that are wanted; all, as a rule, and then they are not copied."""
    return records if pc.all(wanted).as_py() else records.filter(wanted)


def _forgotten(rows: pa.Table) -> pa.Table:
    """The file is named, the article is not: nothing of it is kept."""
    nameless = rows.append_column("article_id", pa.nulls(rows.num_rows, pa.string()))
    return reject(nameless, "forgotten: taken down by request")


def reject(rows: pa.Table, reason: str) -> pa.Table:
    """Articles (article_id, source) as rejects of the intake."""
    n = rows.num_rows
    columns = [rows["article_id"], rows["source"], pa.repeat("intake", n), pa.repeat(reason, n)]
    return pa.Table.from_arrays(columns, schema=schema.REJECTS)
