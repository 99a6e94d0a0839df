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
import zlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Literal, NamedTuple

import pyarrow as pa

from pipeline import config
from pipeline.storage import readers
from pipeline.storage.batches import Batch, Pending, encodable, extracted, usable
from pipeline.storage.disk import total
from pipeline.storage.readers import envelope, parquet
from pipeline.storage.readers.fields import Mapping as Fields
from pipeline.storage.readers.fields import Record, no_text
from pipeline.storage.readers.inputs import inputs, passed_over
from pipeline.storage.readers.rows import Bad, Found, Passed, Raw, Row, Unreadable
from pipeline.storage.readers.sniff import locate

__all__ = [
    "Batch",
    "FileReport",
    "Piece",
    "Reading",
    "all_failed",
    "batches",
    "digest",
    "extracted",
    "inputs",
    "passed_over",
    "spelled",
    "split",
]

_PROBE = 100  # rows without any column for text, from the first on, after which a file is given up
_EXPECTED = {"headline": "a headline", "published": "when it was published"}  # of some records of any file
_HOPELESS = 10_000, 0.9  # so many rejects, if they are this share of a file's rows, and it is given up


class FileReport(NamedTuple):
    """What became of one file. A failed file may have given `rows` before it broke; `reason` is "" when it was read.

    `sha256` is its digest where that is known already. A page of HTML is a row also where no article is found in it later.
    `passed`: how many sound entries of each kind held no article: pictures, requests, what an archive tells of itself.
    `warning`: what none of its rows says though they have columns that are not read; "" for nothing.
    """

    path: Path
    rows: int
    rejects: int
    bytes: int
    status: Literal["read", "failed"]
    reason: str
    sha256: str = ""
    passed: Mapping[str, int] = MappingProxyType({})
    warning: str = ""


def all_failed(files: Sequence[FileReport]) -> bool:
    """Whether there were files and not one of them could be read to its end or gave a record."""
    return bool(files) and all(report.status == "failed" and not report.rows for report in files)


class Piece(NamedTuple):
    """Some row groups of a Parquet file."""

    path: Path
    groups: range


def batches(files: Sequence[Path | Piece], settings: config.Read) -> Reading:
    """Reads the files, or pieces of files, in their order. Nothing is opened before the iteration starts."""
    return Reading(files, settings)


def split(files: Sequence[Path], most: int) -> Iterator[Sequence[Path | Piece]]:
    """The files in their order, as many together as take up no more than so many bytes.

    A larger one is alone, and one of Parquet is cut between row groups. What cannot be looked at is left to whoever reads it.
    """
    together, size = list[Path | Piece](), 0
    for path in files:
        own = total([path])
        cut = parquet.pieces(path, most) if own > most and path.suffix in {".parquet", ".pq"} else []
        if together and size + own > most:
            yield together
            together, size = [], 0
        if len(cut) > 1:
            yield from ([Piece(path, groups)] for groups in cut)
            continue
        together.append(path)
        size += own
    if together:
        yield together


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

    def __init__(self, files: Sequence[Path | Piece], settings: config.Read) -> None:
        self.files: list[FileReport] = []
        self._files = [(one.path, one.groups) if isinstance(one, Piece) else (one, None) for one in files]
        self._settings = settings
        self._fields = Fields(settings.fields)

    def __iter__(self) -> Iterator[Batch]:
        return (extracted(batch, self._settings) for batch in self.unextracted())

    def unextracted(self) -> Iterator[Batch]:
        """The batches with their pages of HTML as these are, for processes to take the articles out of: see `extracted`."""
        self.files = []
        pending = Pending(self._settings)
        for path, groups in self._files:
            yield from self._read(path, groups, pending)
        if not pending.is_empty():
            yield pending.take()

    @property
    def all_failed(self) -> bool:
        """Whether all that was gone through `all_failed`."""
        return all_failed(self.files)

    def _read(self, path: Path, groups: range | None, pending: Pending) -> Iterator[Batch]:
        name, rows, rejects, reason, passed = spelled(path), 0, 0, "", Counter[str]()
        last, missing, columns = 0, set(_EXPECTED), dict[str, None]()
        try:
            before = _stamp(path)
            for row in self._records(path, groups, columns):
                last = row[0]
                if isinstance(row, Passed):
                    passed[encodable(row.kind)] += 1
                elif isinstance(row, Bad):
                    pending.reject(f"{name}:{row.line}", row.reason)
                    rejects += 1
                    if rejects > _HOPELESS[0] and rejects > _HOPELESS[1] * (rows + rejects):
                        raise Unreadable(f"given up: of its first {rows + rejects:,} rows {rejects:,} cannot be used")
                else:
                    if isinstance(row, Raw):
                        pending.add_page(name, row)
                    else:
                        pending.add(name, *row)
                        if missing:
                            missing -= row[1].values.keys()
                    rows += 1
                if pending.is_full():
                    yield pending.take()
            if _stamp(path) != before:
                raise Unreadable("changed while it was read: deliver it as *.part, and rename it when it is whole")
        except (Unreadable, OSError, EOFError, zlib.error, pa.ArrowException) as error:
            reason = _reason(error)
        except ValueError as error:  # of a library: one file, and no reason to lose the others
            reason = f"cannot be read behind line {last:,}: {type(error).__name__}: {_reason(error)}"
        if reason:
            pending.reject(name, reason)
            rejects += 1
        status: Literal["read", "failed"] = "failed" if reason else "read"
        warning = self._warning(path, columns, missing) if columns and missing else ""
        self.files.append(
            FileReport(path, rows, rejects, total([path]), status, reason, "", MappingProxyType(passed), warning)
        )

    def _warning(self, path: Path, columns: Collection[str], missing: Collection[str]) -> str:
        """What to say of a file of which no record says what is `missing`, if it has columns that are not read."""
        names = parquet.columns(path) or columns
        unread = sorted(set(names) - {*self._fields.columns(names)})
        if not unread:
            return ""
        said = " or ".join(_EXPECTED[field] for field in _EXPECTED if field in missing)
        return f"no row says {said}; not read are: {', '.join(unread[:20])}. Name yours in [read] fields"

    def _records(
        self, path: Path, groups: range | None, columns: dict[str, None]
    ) -> Iterator[tuple[int, Record] | Bad | Raw | Passed]:
        """The records of a file. `columns` gets the names that the first of its rows with a text has."""
        settings = self._settings
        source = locate(path, settings)._replace(groups=groups)
        around = source.columns
        for row in _probed(readers.rows(source, self._fields, settings), self._fields):
            if not isinstance(row, Found):
                yield row
                continue
            record = usable(self._fields, row.values, settings, around)
            if not columns and not isinstance(record, str):
                columns.update(dict.fromkeys(row.values))
            if isinstance(record, str) and (within := envelope.articles(row.values, self._fields)):
                for values in within:
                    yield _placed(row.line, usable(self._fields, values, settings, around))
            else:
                yield _placed(row.line, record)


def _placed(line: int, record: Record | str) -> tuple[int, Record] | Bad:
    return Bad(line, record) if isinstance(record, str) else (line, record)


def _probed(rows: Iterator[Row], fields: Fields) -> Iterator[Row]:
    """The same rows; raises `Unreadable` when the first `_PROBE` of them have no column for text between them.

    Otherwise a file in other terms than ours would be a million rejects instead of one, with no word on how to map it.
    """
    held: list[Row] = []
    columns: dict[str, None] = {}
    for row in rows:
        if not isinstance(row, Found):
            yield row
            continue
        held.append(row)
        if fields.has_text(row.values) or envelope.articles(row.values, fields):
            yield from held
            yield from rows
            return
        columns.update(dict.fromkeys(row.values))
        if len(held) >= _PROBE:
            break
    if columns:
        raise Unreadable(no_text(columns))
    yield from held


def spelled(path: Path) -> str:
    """The path as text; file systems allow names that no encoding can print."""
    return os.fsencode(path).decode("utf-8", "replace")


def _reason(error: BaseException) -> str:
    """One line."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return encodable(" ".join(text.split())[:500]) or type(error).__name__


def _stamp(path: Path) -> tuple[int, int]:
    """What tells of a file that it has changed."""
    found = path.stat()
    return found.st_size, found.st_mtime_ns
