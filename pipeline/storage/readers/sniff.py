"""What a file is: by its suffix, and by its first bytes where the suffix does not say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple, cast

from pipeline.storage.readers.rows import Stream, Unreadable

__all__ = ["Format", "Source", "locate"]

Format = Literal["parquet", "jsonl", "json", "csv", "page"]

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
}
_COMPRESSIONS = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"BZh": "bz2"}
_PACKED_SUFFIXES = (".gz", ".gzip", ".zst", ".zstd", ".bz2")


class Source(NamedTuple):
    """A file, its format, and the codec it is packed with, if any; `stem` and `suffix` of its name when unpacked."""

    path: Path
    format: Format
    compression: str | None
    stem: str
    suffix: str

    def open(self) -> Stream:
        """The unpacked bytes. The stream closes with its last reference."""
        return _open(self.path, self.compression)


def locate(path: Path, page_suffixes: Sequence[str]) -> Source:
    """What `path` is. Raises `Unreadable` when neither name nor content tell.

    The codec is read off the content, whatever the name says: renamed archives are common.
    """
    with path.open("rb") as file:
        head = file.read(8)
    compression = next((codec for magic, codec in _COMPRESSIONS.items() if head.startswith(magic)), None)
    unpacked = path.with_suffix("") if path.suffix.lower() in _PACKED_SUFFIXES else path
    suffix = unpacked.suffix.lower()
    kind: Format | None = "page" if suffix in {known.lower() for known in page_suffixes} else _FORMATS.get(suffix)
    return Source(path, kind or _sniffed(path, compression), compression, unpacked.stem, suffix)


def _open(path: Path, compression: str | None) -> Stream:
    import pyarrow as pa

    return cast(Stream, pa.input_stream(str(path), compression=compression))


def _sniffed(path: Path, compression: str | None) -> Format:
    head = _open(path, compression).read(4_096)
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in {b"{", b"["}:
        return "json"  # whose reader also knows one object a line
    raise Unreadable(
        "format not recognised: neither by its suffix (parquet, jsonl, ndjson, json, csv, tsv, [read] page_suffixes;"
        " .gz, .zst, .bz2) nor by its first bytes"
    )
