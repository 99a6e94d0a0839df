"""What a file is: by its suffix, and by its first bytes where the suffix does not say."""

from __future__ import annotations

import gzip
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple, cast
from urllib.parse import unquote

from pipeline import config
from pipeline.storage.readers.rows import Stream, Unreadable, inflated, most

__all__ = ["Format", "Source", "locate"]

Format = Literal["parquet", "jsonl", "json", "csv", "page", "html", "warc", "xml"]

_FORMATS: dict[str, Format] = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".jl": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "csv",
    ".tab": "csv",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".warc": "warc",
    ".xml": "xml",
    ".rss": "xml",
    ".atom": "xml",
    ".nitf": "xml",
    ".newsml": "xml",
}
_COMPRESSIONS = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"BZh": "bz2"}
_SKIPPED = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18")  # begins a frame of zstd that holds nothing of the file
_PADDED = (
    b"\0" * 4
)  # at the end of a file packed by gzip: some tools fill up blocks, which Arrow takes for a broken member
_DICTIONARY = b"\x5d\x2a\x4d\x18"  # in a WARC file before frames of zstd
_HTML = re.compile(rb"<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_XML = re.compile(rb"<(?:\?xml|rss|feed|rdf:rdf|nitf|newsitem|newsmessage|packageitem)\b", re.IGNORECASE)
_COMMENTS = re.compile(rb"(?:\s*<!--.*?-->)*\s*", re.DOTALL)
_FOLDER = re.compile(r"([A-Za-z_][\w.-]*)=(.+)")  # names a column and the value that it has in the files below
_NO_FOLDER = "__HIVE_DEFAULT_PARTITION__"  # of the rows that have none
_PACKED_SUFFIXES = (".gz", ".gzip", ".zst", ".zstd", ".bz2")


class Source(NamedTuple):
    """A file, its format, and the codec it is packed with, if any; `stem` and `suffix` of its name when unpacked.

    `size`: its bytes when it was found. `max_ratio`: how many times that it may hold. `groups`: of a Parquet file the row
    groups that are read; None: all.
    """

    path: Path
    format: Format
    compression: str | None
    stem: str
    suffix: str
    size: int
    max_ratio: int
    groups: range | None = None

    @property
    def columns(self) -> dict[str, str]:
        """What the folders that it lies in say of all its rows: `date=2026-03-09/publisher=gull-post/part-0.parquet`."""
        found = filter(None, map(_FOLDER.fullmatch, self.path.parent.parts))
        return {name: unquote(value) for name, value in (one.groups() for one in found) if value != _NO_FOLDER}

    @contextmanager
    def open(self, *, wide: bool = False) -> Iterator[Stream]:
        """The unpacked bytes, which are refused when they are at first sight no text, or are absurdly many.

        `wide`: characters of two or four bytes are text, too.
        """
        with self.path.open("rb") as file:
            stream = _unpacked(file, self.compression)
            yield _Bounded(stream, most(self.size, self.max_ratio), self.max_ratio, wide=wide)


class _Bounded:
    """A stream that raises `Unreadable` where it says more than it may."""

    def __init__(self, stream: Stream, left: int, max_ratio: int, *, wide: bool) -> None:
        self._stream, self._left, self._max_ratio, self._wide, self._begun = stream, left, max_ratio, wide, False

    def read(self, size: int, /) -> bytes:
        chunk = self._stream.read(size)
        if not self._begun:
            _refuse_alien(chunk, wide=self._wide)
            self._begun = True
        self._left -= len(chunk)
        if self._left < 0:
            raise inflated(self._max_ratio)
        return chunk


def locate(path: Path, settings: config.Read) -> Source:
    """What `path` is. Raises `Unreadable` when neither name nor content tell.

    The codec is read off the content, whatever the name says: renamed archives are common.
    """
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise Unreadable("a folder that cannot be listed" if path.is_dir() else "not a regular file")
    with path.open("rb") as file:
        head = file.read(8)
    compression = next((codec for magic, codec in _COMPRESSIONS.items() if head.startswith(magic)), None)
    if _SKIPPED.match(head):
        compression = "zstd"
    unpacked = path.with_suffix("") if path.suffix.lower() in _PACKED_SUFFIXES else path
    suffix = unpacked.suffix.lower()
    pages = {known.lower() for known in settings.page_suffixes}
    kind: Format | None = "page" if suffix in pages else _FORMATS.get(suffix)
    kind = kind or _sniffed(path, compression)
    return Source(path, kind, compression, unpacked.stem, suffix, found.st_size, settings.max_ratio)


def _unpacked(file: BinaryIO, compression: str | None) -> Stream:
    import pyarrow as pa

    if compression == "gzip" and _is_padded(file):
        return gzip.GzipFile(fileobj=file)
    # Of an open file: Arrow opens no path that is not UTF-8.
    return cast(Stream, pa.CompressedInputStream(file, compression) if compression else file)


def _is_padded(file: BinaryIO) -> bool:
    """Whether a file may end in padding."""
    end = file.seek(0, os.SEEK_END)
    file.seek(max(end - len(_PADDED), 0))
    tail = file.read()
    file.seek(0)
    return tail == _PADDED


def _sniffed(path: Path, compression: str | None) -> Format:
    with path.open("rb") as file:
        head = _unpacked(file, compression).read(4_096)
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"WARC/1."):
        return "warc"
    begin = _COMMENTS.sub(b"", head.removeprefix(b"\xef\xbb\xbf"), count=1)
    if begin[:1] in {b"{", b"["}:
        return "json"  # whose reader also knows one object a line
    if _HTML.match(begin):
        return "html"
    if _XML.match(begin):
        return "xml"
    raise Unreadable(
        "format not recognised: neither by its suffix (parquet, jsonl, ndjson, json, csv, tsv, html, warc, xml, rss, atom,"
        " nitf, newsml, [read] page_suffixes; .gz, .zst, .bz2) nor by its first bytes"
    )


def _refuse_alien(head: bytes, *, wide: bool) -> None:
    """Raises `Unreadable` for what would be a reject a line: archives, text in characters of two or four bytes."""
    if head.startswith((*_COMPRESSIONS, b"PK\3\4")):
        raise Unreadable("an archive inside of another, or a ZIP archive; unpack it first")
    if wide:
        return
    zeros = tuple(place for place, byte in enumerate(head[:4]) if not byte)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or zeros in {(0, 2), (1, 3), (0, 1, 2), (1, 2, 3)}:
        raise Unreadable("UTF-16 or UTF-32; convert it to UTF-8")
