"""What every reader yields, and how bytes become lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple, Protocol

__all__ = [
    "Bad",
    "Found",
    "Passed",
    "Raw",
    "Row",
    "Stream",
    "Unreadable",
    "inflated",
    "lines",
    "most",
    "too_long",
    "whole",
]

_CHUNK = 1 << 15  # small: what a broken archive still gave before its end is lost in steps of this
_EMPTY = 100_000  # lines without anything, one below the other, after which nobody reads on
_ANY = 64 << 20  # bytes that a file of any size may hold: of a short one a ratio says nothing


class Unreadable(Exception):
    """The file as a whole cannot be used, or not further; the message says why."""


class Found(NamedTuple):
    """One row as it lay in the file; `line` counts from 1 (line, row, or element of an array)."""

    line: int
    values: Mapping[str, object]


class Bad(NamedTuple):
    """A row that cannot be used, and why."""

    line: int
    reason: str


class Raw(NamedTuple):
    """A page of HTML, from which an article is still to be taken.

    `content_type`: the header that came with it; `url`: where it was found; `fetched`: when; `source_id`: what it is to be
    called if it says no address of its own.
    """

    line: int
    data: bytes
    content_type: str | None
    url: str | None
    fetched: str | None
    source_id: str | None


class Passed(NamedTuple):
    """A row that is sound and no article: a picture in an archive, a request. `kind` says what, for counting."""

    line: int
    kind: str


Row = Found | Bad | Raw | Passed


class Stream(Protocol):
    """The part of a binary file that readers need."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes, empty at the end."""
        ...


def too_long(limit: int) -> str:
    """The reason for a record above `limit` bytes."""
    return f"record longer than {limit >> 20} MB ([read] max_record_mb)"


def most(size: int, max_ratio: int) -> int:
    """The bytes that a file of `size` bytes may hold when it is unpacked: beyond them it is a bomb."""
    return _ANY + max_ratio * size


def inflated(max_ratio: int) -> Unreadable:
    """The reason for a file that holds more."""
    return Unreadable(f"holds more than {max_ratio} times its own size ([read] max_ratio): perhaps a bomb")


def whole(stream: Stream, limit: int) -> bytes | None:
    """All of a stream; None, and no more of it is held, if that is more than `limit` bytes."""
    parts, size = list[bytes](), 0
    while size <= limit and (chunk := stream.read(1 << 20)):
        parts.append(chunk)
        size += len(chunk)
    return b"".join(parts) if size <= limit else None


def lines(stream: Stream, limit: int) -> Iterator[tuple[int, bytes | None]]:
    """(number from 1, line without its newline); None for a line of more than `limit` bytes, which is never held.

    Raises `Unreadable` where nothing but newlines comes any more.
    """
    number, parts, size, filled = 1, list[bytes](), 0, 0
    while chunk := stream.read(_CHUNK):
        start = 0
        while (end := chunk.find(b"\n", start)) >= 0:
            parts.append(chunk[start:end])
            yield number, b"".join(parts) if size + end - start <= limit else None
            if size or end > start:
                filled = number
            elif number - filled > _EMPTY:
                raise Unreadable(f"more than {_EMPTY:,} empty lines, one below the other, up to line {number:,}")
            number, size, start = number + 1, 0, end + 1
            parts.clear()
        size += len(chunk) - start
        if size <= limit:
            parts.append(chunk[start:])
        else:
            parts.clear()
    if size:
        yield number, b"".join(parts) if size <= limit else None
