"""read: files of any kind become records, in batches, and what cannot be used is named.

files = read.inputs(["night/", "wires/*.jsonl.gz"])
reading = read.batches(files, settings)
for batch in reading:  # Batch(records, rejects)
    ...
reading.files  # one report a file
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import pyarrow as pa

from pipeline import config, schema
from pipeline.storage import readers
from pipeline.storage.readers.fields import Mapping, Record, no_text
from pipeline.storage.readers.inputs import inputs, passed_over
from pipeline.storage.readers.rows import Bad, Row, Unreadable
from pipeline.storage.readers.sniff import locate

__all__ = ["Batch", "FileReport", "Reading", "batches", "digest", "inputs", "passed_over", "spelled"]

_PROBE = 100  # rows without any column for text, from the first on, after which a file is given up
_FULL = 4  # a batch also ends when its texts pass so many times the size of the longest allowed record
_HTML = re.compile(r"\s*<(?:!doctype\s+html|html|\?xml)\b", re.IGNORECASE)
_HOPELESS = 10_000, 0.9  # so many rejects, if they are this share of a file's rows, and it is given up
_COLUMNS = tuple(name for name in schema.RECORDS.names if name not in {"record", "source", "line", "field", "text"})


class Batch(NamedTuple):
    """Some of the records (RECORDS), and what was rejected while they were read (REJECTS)."""

    records: pa.Table
    rejects: pa.Table


class FileReport(NamedTuple):
    """What became of one file. A failed file may have given `rows` before it broke; `reason` is "" when it was read.

    `sha256` is its digest where that is known already.
    """

    path: Path
    rows: int
    rejects: int
    bytes: int
    status: Literal["read", "failed"]
    reason: str
    sha256: str = ""


def batches(files: Sequence[Path], settings: config.Read) -> Reading:
    """Reads the files in their order. Nothing is opened before the iteration starts."""
    return Reading(files, settings)


def digest(file: Path) -> str:
    """SHA-256 of the file's bytes, hex."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class Reading:
    """The batches of some files; `files` has a report of each that has been gone through.

    A batch has at most `batch_rows` records, from one file or many; `record` counts from 0 through all of them. A
    row that cannot be used is a reject with source "file:line". A file that cannot be used, or not further, is one
    reject with the file as its source; what it gave before stays. Iterating again starts again.
    """

    def __init__(self, files: Sequence[Path], settings: config.Read) -> None:
        self.files: list[FileReport] = []
        self._paths = tuple(files)
        self._settings = settings
        self._mapping = Mapping(settings.fields)

    def __iter__(self) -> Iterator[Batch]:
        self.files = []
        pending = _Pending(self._settings)
        for path in self._paths:
            yield from self._read(path, pending)
        if not pending.is_empty():
            yield pending.take()

    @property
    def all_failed(self) -> bool:
        """Whether there were files and not one of them could be read to its end or gave a record."""
        return bool(self.files) and all(report.status == "failed" and not report.rows for report in self.files)

    def _read(self, path: Path, pending: _Pending) -> Iterator[Batch]:
        name, rows, rejects, reason = spelled(path), 0, 0, ""
        try:
            before = _stamp(path)
            for row in self._records(path):
                if isinstance(row, Bad):
                    pending.reject(f"{name}:{row.line}", _encodable(row.reason))
                    rejects += 1
                    if rejects > _HOPELESS[0] and rejects > _HOPELESS[1] * (rows + rejects):
                        raise Unreadable(f"given up: of its first {rows + rejects:,} rows {rejects:,} cannot be used")
                else:
                    pending.add(name, *row)
                    rows += 1
                if pending.is_full():
                    yield pending.take()
            if _stamp(path) != before:
                raise Unreadable("changed while it was read: deliver it as *.part, and rename it when it is whole")
        except (Unreadable, OSError, EOFError, pa.ArrowException) as error:
            reason = _reason(error)
            pending.reject(name, reason)
            rejects += 1
        self.files.append(FileReport(path, rows, rejects, _size(path), "failed" if reason else "read", reason))

    def _records(self, path: Path) -> Iterator[tuple[int, Record] | Bad]:
        settings = self._settings
        source = locate(path, settings)
        for row in _probed(readers.rows(source, self._mapping, settings), self._mapping):
            if isinstance(row, Bad):
                yield row
                continue
            try:
                record = self._mapping.record(row.values)
            except RecursionError:
                yield Bad(row.line, "nested too deeply")
                continue
            if record is None:
                yield Bad(row.line, "no text")
            elif len(record.text) > settings.max_text:
                yield Bad(row.line, f"text longer than {settings.max_text:,} characters ([read] max_text)")
            elif _HTML.match(record.text):
                yield Bad(row.line, "HTML or XML where text should be: take the text out of it first")
            else:
                yield row.line, record


def _probed(rows: Iterator[Row], mapping: Mapping) -> Iterator[Row]:
    """The same rows; raises `Unreadable` when the first `_PROBE` of them have no column for text between them.

    Otherwise a file in other terms than ours would be a million rejects instead of one, with no word on how to map it.
    """
    held: list[Row] = []
    columns: dict[str, None] = {}
    for row in rows:
        if isinstance(row, Bad):
            yield row
            continue
        held.append(row)
        if mapping.has_text(row.values):
            yield from held
            yield from rows
            return
        columns.update(dict.fromkeys(row.values))
        if len(held) >= _PROBE:
            break
    if columns:
        raise Unreadable(no_text(columns))
    yield from held


class _Pending:
    """The columns of the batch being filled."""

    def __init__(self, settings: config.Read) -> None:
        self._rows_limit = settings.batch_rows
        self._text_limit = _FULL * settings.max_record_mb << 20
        self._record = 0
        self._clear()

    def _clear(self) -> None:
        self._rows: list[tuple[str, int, Record]] = []
        self._rejects: list[tuple[str, str]] = []
        self._size = 0

    def add(self, source: str, line: int, record: Record) -> None:
        self._rows.append((source, line, record))
        self._size += len(record.text)

    def reject(self, source: str, reason: str) -> None:
        self._rejects.append((source, reason))

    def is_empty(self) -> bool:
        return not self._rows and not self._rejects

    def is_full(self) -> bool:
        return (
            len(self._rows) >= self._rows_limit
            or len(self._rejects) >= self._rows_limit
            or self._size >= self._text_limit
        )

    def take(self) -> Batch:
        rows, rejects = self._rows, self._rejects
        columns: dict[str, list[object]] = {
            "record": list(range(self._record, self._record + len(rows))),
            "source": [source for source, _, _ in rows],
            "line": [line for _, line, _ in rows],
            "field": [record.field for _, _, record in rows],
            "text": [record.text for _, _, record in rows],
        }
        for name in _COLUMNS:
            columns[name] = [record.values.get(name) for _, _, record in rows]
        batch = Batch(
            pa.table(columns, schema=schema.RECORDS),
            pa.table(
                {
                    "article_id": [None] * len(rejects),
                    "source": [source for source, _ in rejects],
                    "stage": ["read"] * len(rejects),
                    "reason": [reason for _, reason in rejects],
                },
                schema=schema.REJECTS,
            ),
        )
        self._record += len(rows)
        self._clear()
        return batch


def spelled(path: Path) -> str:
    """The path as text; file systems allow names that no encoding can print."""
    return os.fsencode(path).decode("utf-8", "replace")


def _encodable(text: str) -> str:
    """What a table can hold: a name of a column that is not UTF-8 may stand in a reason."""
    return text.encode("utf-8", "replace").decode()


def _reason(error: BaseException) -> str:
    """One line."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return _encodable(" ".join(text.split())[:500]) or type(error).__name__


def _stamp(path: Path) -> tuple[int, int]:
    """What tells of a file that it has changed."""
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
