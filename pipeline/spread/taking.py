"""From files to parts of the state, a task for each stretch of the files: what `intake` does on one machine.

    files --cleaned--> scratch/0007/{articles,records,stripped,rejects,known}.parquet
                       known, of all tasks in the order of the files --identify, on the driver--> scratch/0007/named.arrow
    scratch/0007 --traced--> state+7/

Which article is a repeat and what each is called depends on all of them, in the order of the files: the driver decides it by
hashes, ids and dates (`KNOWN`). Words stay where they are.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline import config, schema
from pipeline.crew import Rules
from pipeline.engine.tasks import Engine
from pipeline.intake import (
    KNOWN,
    Delivery,
    Intake,
    Night,
    Taken,
    clean_batch,
    ensure_any_read,
    is_forgotten,
    trace_and_sketch,
    warn_of,
    watched,
)
from pipeline.spread import scratch
from pipeline.stages import identify
from pipeline.stages.lexicon import publishers
from pipeline.storage import read
from pipeline.storage.part import Part
from pipeline.watch import Watch, silent

__all__ = ["take_in"]

_REPORT = pa.schema([("report", pa.string())])
_KNOWN = pa.schema([schema.ARTICLES.field(name) for name in KNOWN])
_TABLES = {
    "articles": schema.ARTICLES,
    "known": _KNOWN,
    "records": schema.RECORDS,
    "stripped": schema.STRIPPED,
    "rejects": schema.REJECTS,
}


class _Files(NamedTuple):
    """Files, or pieces of one, that a task reads to a folder of its own."""

    files: Sequence[Path | read.Piece]
    folder: Path
    settings: config.Config
    aliases: Mapping[str, str]
    forgotten: Collection[str]


class _Cleaned(NamedTuple):
    """What a task left in a folder, of which the named become a part of the state."""

    folder: Path
    part: Path
    settings: config.Config


def take_in(cluster: Engine, delivery: Delivery, settings: config.Config, work: Path, watch: Watch) -> Taken:
    """Take files in: as `intake.take_in`, but to several parts of the state, below `work`."""
    files, known, aliases, forgotten = delivery
    tasks = [
        _Files(some, work / "scratch" / f"{number:05}", settings, dict(aliases), frozenset(forgotten))
        for number, some in enumerate(read.split(files, int(cluster.settings.split_mb * (1 << 20))))
    ]
    (work / "scratch").mkdir(parents=True)
    reports = [json.loads(table["report"][0].as_py()) for table in cluster.each(_clean, tasks)]
    for report in reports:
        watch.add(report["seconds"], report["rows"])
    read_ = list(_files(read.FileReport(*[Path(one[0]), *one[1:]]) for report in reports for one in report["files"]))
    ensure_any_read(read_)
    warn_of(read_, watch)
    night = Night(known, forgotten)
    for task, report in zip(tasks, reports, strict=True):
        _identify(task.folder, report, night, watch)
    filled = [number for number, new in enumerate(night.new[1:]) if new.num_rows]
    parts = [work / ("state" if not place else f"state+{place}") for place in range(max(1, len(filled)))]
    named = [identify.settle(night.new[1 + number], known) for number in filled]
    for number, new in zip(filled, named, strict=True):
        scratch.save(new.select(["record", "article_id"]), tasks[number].folder / "named.arrow")
    done = [_Cleaned(tasks[number].folder, part, settings) for number, part in zip(filled, parts, strict=False)]
    for table in cluster.each(_trace, done):
        told = json.loads(table["report"][0].as_py())
        watch.add(told["seconds"], told["rows"])
    if not filled:
        with Part(parts[0]) as part:
            part.close(lambda rows: rows)
    watch.tell("read", "clean", "identify", "trace", "sketch")
    failed = sum(one.status == "failed" for one in read_)
    intake = Intake(
        new=pa.concat_tables([night.new[0], *named]),
        rejects=pa.concat_tables(night.rejects),
        files=read_,
        counts=night.counts | {"files": len(read_), "files_failed": failed},
        sizes=[new.num_rows for new in named],
    )
    return Taken(intake, parts)


def _files(reports: Iterable[read.FileReport]) -> Iterator[read.FileReport]:
    """A report of each file, from those of its pieces, which follow one another."""
    for _, of_one in groupby(reports, key=attrgetter("path")):
        first, *others = of_one
        for other in others:
            passed = Counter(first.passed) + Counter(other.passed)
            first = first._replace(
                rows=first.rows + other.rows,
                rejects=first.rejects + other.rejects,
                status="failed" if "failed" in {first.status, other.status} else "read",
                reason=first.reason or other.reason,
                sha256=first.sha256 or other.sha256,
                passed=passed,
                warning=first.warning if other.warning else "",
            )
        yield first


@lru_cache(maxsize=2)
def _lexicon(settings: bytes, aliases: tuple[tuple[str, str], ...]) -> publishers.Publishers:
    """Read once in a worker."""
    return publishers.load(msgspec.json.decode(settings, type=config.Config).clean.publishers, dict(aliases))


def _rules(settings: config.Config, aliases: Mapping[str, str]) -> Rules:
    return Rules(settings, _lexicon(msgspec.json.encode(settings), tuple(sorted(aliases.items()))))


class _Writers:
    """Tables of a folder, each written batch by batch; those that nothing is added to are empty."""

    def __init__(self, folder: Path, schemas: Mapping[str, pa.Schema]) -> None:
        self._schemas = schemas
        self._open = {
            name: pq.ParquetWriter(folder / f"{name}.parquet", columns, compression="zstd", use_dictionary=False)
            for name, columns in schemas.items()
        }

    def add(self, name: str, rows: pa.Table) -> None:
        if rows.num_rows:
            self._open[name].write_table(rows.select(self._schemas[name].names).cast(self._schemas[name]))

    def close(self) -> None:
        for writer in self._open.values():
            writer.close()


def _clean(task: _Files) -> pa.Table:
    """In a worker: read and clean files to a folder; what there was to say of them."""
    rules, watch = _rules(task.settings, task.aliases), silent()
    reading = read.batches(task.files, task.settings.read)
    n_records, gone = 0, list[str]()
    with scratch.folder(task.folder) as folder:
        folder.mkdir()
        writers = _Writers(folder, _TABLES)
        for batch in watched(reading, watch):
            is_gone = is_forgotten(batch.records, task.forgotten)
            gone += batch.records.filter(is_gone)["source"].to_pylist()
            n_records += batch.records.num_rows + batch.rejects.num_rows
            records = batch.records.filter(pc.invert(is_gone))
            articles, stripped, unusable = clean_batch(rules, watch, records)
            place = articles.column_names.index("identity")
            identities = identify.identities(articles)
            articles = articles.set_column(place, schema.ARTICLES.field("identity"), identities)
            kept = pc.index_in(articles["record"], value_set=records["record"].combine_chunks())
            for name, rows in {
                "articles": articles,
                "known": articles,
                "records": records.take(kept),
                "stripped": stripped,
                "rejects": pa.concat_tables([batch.rejects, unusable]),
            }.items():
                writers.add(name, rows)
        writers.close()
    is_rest = isinstance(task.files[0], read.Piece) and task.files[0].groups.start > 0
    files = [
        [str(one.path), *one[1:6], "" if is_rest else _digest(one.path), dict(one.passed), one.warning]
        for one in reading.files
    ]
    return _told(watch, files=files, records=n_records, gone=gone)


def _told(watch: Watch, **facts: Any) -> pa.Table:
    report = json.dumps({"seconds": watch.seconds, "rows": watch.rows, **facts})
    return pa.table({"report": [report]}, schema=_REPORT)


def _digest(path: Path) -> str:
    try:
        return read.digest(path)
    except OSError:
        return ""


def _identify(folder: Path, report: Mapping[str, Any], night: Night, watch: Watch) -> None:
    """On the driver: which of the articles of a task are new, and what they are called."""
    nameless = pa.table([report["gone"]], schema=pa.schema([schema.ARTICLES.field("source")]))
    known = _read(folder, "known").cast(_KNOWN)
    rejects = _read(folder, "rejects").cast(schema.REJECTS)
    night.identify(known, [rejects], nameless, report["records"], watch)


def _trace(task: _Cleaned) -> pa.Table:
    """In a worker: a part of the state, of what a task left and the driver named."""
    rules, watch = Rules(task.settings, publishers.Publishers()), silent()
    named = scratch.load(task.folder / "named.arrow")
    records = named["record"].combine_chunks()
    with scratch.folder(task.part) as folder, Part(folder) as part:
        first = 0
        for articles, texts, stripped in _groups(task.folder):
            at = pc.index_in(articles["record"], value_set=records)
            is_new = pc.is_valid(at)
            ids = named["article_id"].take(at.filter(is_new))
            new = articles.filter(is_new)
            new = new.set_column(new.column_names.index("article_id"), schema.ARTICLES.field("article_id"), ids)
            rows = first + np.arange(new.num_rows)
            first += new.num_rows
            found = trace_and_sketch(rules, watch, new, stripped, rows)
            for name, lines in {"articles": new, "bodies": new, "records": texts.filter(is_new), **found}.items():
                part.add(name, lines)
        part.close(lambda rows: rows)
    return _told(watch)


def _read(folder: Path, name: str) -> pa.Table:
    return pq.ParquetFile(folder / f"{name}.parquet").read()


def _groups(folder: Path) -> Iterator[tuple[pa.Table, pa.Table, pa.Table]]:
    """The articles that a task left, their records and what was stripped from them, as they were read together."""
    stripped = _read(folder, "stripped").cast(schema.STRIPPED)
    of = stripped["record"].combine_chunks()
    articles, records = (pq.ParquetFile(folder / f"{name}.parquet") for name in ("articles", "records"))
    with articles, records:
        for number in range(articles.num_row_groups):
            rows = articles.read_row_group(number).cast(schema.ARTICLES)
            lines = stripped.filter(pc.is_in(of, value_set=rows["record"].combine_chunks()))
            yield rows, records.read_row_group(number).cast(schema.RECORDS), lines
