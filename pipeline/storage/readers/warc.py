"""An archive of the web (WARC), plain or packed by gzip or zstd: its pages, record by record.

A broken record costs what is left of it: reading goes on where the next one begins, which is told by the mark at its beginning.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO

from pipeline.storage.readers import html, http
from pipeline.storage.readers.rows import Bad, Passed, Raw, Row, Unreadable, inflated, most, too_long
from pipeline.storage.readers.sniff import Source

if TYPE_CHECKING:
    from fastwarc.warc import WarcRecord

__all__ = ["rows"]

_CHUNK = 1 << 20
_HEAD = 1 << 16  # bytes of a record that tell what it is
_INSIDE = b"\r\n\r\nWARC/1."  # within a record, where its length is wrong
_BARE_INSIDE = b"\n\nWARC/1."
_BARE = re.compile(rb"WARC/1\.\d\n")
_MARKS = {None: b"\nWARC/1.", "gzip": b"\x1f\x8b\x08", "zstd": b"\x28\xb5\x2f\xfd"}
_DICTIONARY = b"\x5d\x2a\x4d\x18"  # begins the frame that holds the dictionary of all others
_MADE = frozenset({"conversion", "extract"})  # texts of WET, and what WAT says of pages
_PATIENCE = 10_000  # places in a row that look like the beginning of a record and are none


class _BrokenError(Exception):
    """A record that cannot be used, after which the next one has to be looked for."""


def rows(source: Source, limit: int) -> Iterator[Row]:
    """A row for every record, numbered from 1: pages as `Raw`, broken ones as `Bad`, all others as `Passed`."""
    html.needed()
    with source.path.open("rb") as file:
        archive = _Archive(file, source, limit)
        yield from archive.rows()
        if archive.is_of_texts:
            raise Unreadable(
                "it holds what was taken out of pages (WET, WAT), and no page; deliver the WARC that they are of"
            )


class _Archive:
    """An open archive. `_left`: bytes that it may hold in all; `_is_bare`: its lines end in newlines alone.

    Then somebody has converted it, and its lengths are none to go by: where a record begins is told by the mark. `is_of_texts`:
    it holds no answer of a server, but what was made of some.
    """

    def __init__(self, file: BinaryIO, source: Source, limit: int) -> None:
        self._file, self._limit, self._source = file, limit, source
        self._left = most(source.size, source.max_ratio)
        self._head = _dictionary(file, limit) if source.compression == "zstd" else b""
        self._mark = _MARKS.get(source.compression, b"")
        if not self._mark:
            raise Unreadable(f"an archive packed by {source.compression}; pack it by gzip or zstd, record by record")
        self._is_bare = _is_bare(file, source.compression)
        self._kinds = set[str]()

    @property
    def is_of_texts(self) -> bool:
        """Whether it holds what was made of pages, and no page."""
        return bool(self._kinds & _MADE) and not self._kinds & {"response", "resource"}

    def rows(self) -> Iterator[Row]:
        number, tries, start = 1, 0, -1
        at: int | None = 0
        while at is not None:
            try:
                for record in self._records(at):
                    start, tries = self._place(record, at), 0
                    yield self._row(number, record)
                    number += 1
                    if self._is_bare and not self._source.compression:
                        break
                else:
                    return
            except (_BrokenError, OSError) as error:
                if not tries:
                    yield Bad(number, " ".join(f"broken WARC: {error}".split())[:300])
                    number += 1
                tries += 1
            if tries > _PATIENCE:
                raise Unreadable(f"no sound record behind byte {start + 1:,}")
            start = max(start, at if tries > 1 else start)
            at = self._next(start + 1)

    def _records(self, at: int) -> Iterator[WarcRecord]:
        from fastwarc.warc import ArchiveIterator

        self._file.seek(at)
        stream: BinaryIO = _Behind(self._head, self._file) if at and self._head else self._file  # type: ignore[assignment]
        try:
            yield from ArchiveIterator(stream, parse_http=False, stream_detect=True, quirks_mode=self._is_bare)
        except BaseException as error:
            if type(error).__name__ == "PanicException":  # of the library, for a fault of its own
                raise OSError(f"a record that cannot be read: {error}") from error
            raise

    def _place(self, record: WarcRecord, at: int) -> int:
        """Where in the file a record begins."""
        return record.stream_pos + (at - len(self._head) if at and self._head else 0)

    def _row(self, number: int, record: WarcRecord) -> Row:
        if not (record.headers.get("Content-Length") or "").strip().isdigit():
            raise _BrokenError("a record without its length")
        kind = str(record.record_type)
        said = record.headers.get("WARC-Target-URI") or ""
        url = said.strip("<> \t")
        block = self._read(record, _HEAD)
        is_json = "json" in (record.headers.get("Content-Type") or "")
        self._kinds.add("extract" if kind == "metadata" and is_json else kind)
        if kind not in ("response", "resource"):
            self._consume(record, len(block))
            return Passed(number, kind)
        found = http.answer(block) if kind == "response" else http.Answer(200, _typed(record), block)
        if other := _other(found, url):
            self._consume(record, len(block))
            return Passed(number, other)
        block += self._read(record, self._limit + 1 - len(block))
        if len(block) > self._limit:
            self._consume(record, len(block))
            return Bad(number, too_long(self._limit))
        if len(block) < record.content_length:
            raise _BrokenError(f"a record cut short: {len(block):,} of {record.content_length:,} bytes")
        if (_BARE_INSIDE if self._is_bare else _INSIDE) in block:
            raise _BrokenError("a record of wrong length: another one begins in it")
        found = http.answer(block) if kind == "response" else found._replace(body=block)
        return self._page(number, record, found, url)

    def _page(self, number: int, record: WarcRecord, found: http.Answer, url: str) -> Row:
        try:
            data = http.payload(found, self._limit)
        except ValueError as error:
            return Bad(number, str(error))
        if data is None:
            return Bad(number, too_long(self._limit))
        self._count(len(data))
        fetched = record.headers.get("WARC-Date")
        return Raw(number, data, found.headers.get("content-type"), url or None, fetched, None)

    def _read(self, record: WarcRecord, size: int) -> bytes:
        """So many bytes of a record, fewer at its end."""
        parts = list[bytes]()
        while size > 0 and (part := record.reader.read(min(size, _CHUNK))):
            parts.append(part)
            size -= len(part)
            self._count(len(part))
        return b"".join(parts)

    def _consume(self, record: WarcRecord, done: int) -> None:
        """Go over what is left of a record. Raises where it ends too early, or another one begins in its first bytes."""
        while gone := record.reader.consume(_CHUNK):
            done += gone
            self._count(gone)
        if done < record.content_length:
            raise _BrokenError(f"a record cut short: {done:,} of {record.content_length:,} bytes")

    def _count(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise inflated(self._source.max_ratio)

    def _next(self, start: int) -> int | None:
        """Where the next record may begin, from that byte on; None if there is none."""
        skipped = 1 if self._mark.startswith(b"\n") else 0
        at, held = max(start - skipped, 0), b""
        self._file.seek(at)
        while chunk := self._file.read(_CHUNK):
            held += chunk
            if (found := held.find(self._mark)) >= 0:
                return at + found + skipped
            kept = len(self._mark) - 1
            at, held = at + len(held) - kept, held[-kept:]
        return None


class _Behind:
    """A stream of some bytes, and behind them the rest of a file."""

    def __init__(self, head: bytes, file: BinaryIO) -> None:
        self._head, self._file, self._at = head, file, 0

    def read(self, size: int = -1, /) -> bytes:
        part = self._head[self._at :][: size if size >= 0 else None] or self._file.read(size)
        self._at += len(part)
        return part

    def tell(self) -> int:
        return self._at


def _is_bare(file: BinaryIO, compression: str | None) -> bool:
    """Whether lines end in newlines alone, of an archive that is plain or packed by gzip."""
    file.seek(0)
    head = file.read(_HEAD)
    if compression == "gzip":
        with suppress(zlib.error):
            head = zlib.decompressobj(31).decompress(head, _HEAD)
    return _BARE.match(head) is not None


def _dictionary(file: BinaryIO, limit: int) -> bytes:
    """The frame at the beginning that holds the dictionary, b"" if there is none."""
    head = file.read(8)
    size = int.from_bytes(head[4:], "little")
    if not head.startswith(_DICTIONARY) or size > limit:
        return b""
    return head + file.read(size)


def _typed(record: WarcRecord) -> dict[str, str]:
    return {"content-type": record.headers.get("Content-Type") or ""}


def _other(found: http.Answer, url: str) -> str:
    """What a record holds that is no page; "" for a page."""
    if url.partition("?")[0].endswith("/robots.txt"):
        return "robots"
    if found.status != 200:
        return f"status {found.status}" if found.status else "no answer of a server"
    return "" if http.is_html(found.headers, found.body) else "not HTML"
