"""Room on the disk: looked for before a run, and told of in a line where it ran out all the same."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import StoreError

__all__ = ["Newest", "ensure_room", "told_if_full", "total"]

#: Bytes that a run writes for one of its input, measured with room to spare: bodies and records are kept packed, sketches
#: hardly pack at all.
_PLAIN, _PACKED, _WEB = 2.5, 6.0, 2.0
_WEB_SUFFIXES = frozenset({".warc", ".html", ".htm", ".xhtml"})  # packed or not: little of a page is its article
_PACKED_SUFFIXES = frozenset({".parquet", ".pq", ".gz", ".gzip", ".zst", ".zstd", ".bz2"})
_TELLING = 1 << 20  # bytes of input; of fewer, what was written tells little
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Newest(NamedTuple):
    """What the newest run wrote: its tables, and what it took into the state of `took_in` bytes of input."""

    tables: Sequence[Path]
    part: Sequence[Path]
    took_in: int


def ensure_room(name: str, folder: Path, inputs: Sequence[Path], newest: Newest, spare: float) -> None:
    """Refuse to begin where the disk is likely to fill. `StoreError` says how much is free and how much is wanted.

    A run may write 6 bytes for a byte of packed input, 2.5 for one of plain text and 2 for one of pages of the web, or as many
    as the newest run did if that is more; and the tables of the newest run anew. `spare`: what is to stay free, in GB; 0:
    nobody looks.
    """
    if not spare:
        return
    measured = total(newest.part) / newest.took_in if newest.took_in > _TELLING else 0.0
    written = sum(max(measured, _factor(file)) * total([file]) for file in inputs)
    needed = written + total(newest.tables) + spare * 1e9
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise StoreError(
            f"{name}: {_told(free)} are free on this disk, and this run may need {_told(needed)}; make room, keep fewer runs "
            "(store.keep_runs), or set store.min_free_gb to 0, and nobody looks"
        )


@contextmanager
def told_if_full(name: str) -> Iterator[None]:
    """A `StoreError` in the place of what the system says of a disk, a quota or a file that is full."""
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise StoreError(
            f"{name}: no room to write: {os.strerror(error.errno)}. What was published before stays as it is; make room, or "
            "keep fewer runs (store.keep_runs), and run again"
        ) from error


def _factor(file: Path) -> float:
    if not _WEB_SUFFIXES.isdisjoint(suffix.lower() for suffix in file.suffixes[-2:]):
        return _WEB
    return _PACKED if file.suffix.lower() in _PACKED_SUFFIXES else _PLAIN


def _told(size: float) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"


def total(files: Iterable[Path]) -> int:
    """The bytes of files as they lie; none for what is not there."""
    sizes = 0
    for file in files:
        with suppress(OSError):
            sizes += file.stat().st_size
    return sizes
