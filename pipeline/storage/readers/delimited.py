"""CSV and TSV with a header line; quoted fields may hold newlines.

A quote too many swallows what comes after it: the record ends lines later than meant, in an error, or with the file. Then
reading goes back to the line below the one on which that record began, and on from where sound records follow again.
"""

from __future__ import annotations

import csv
import itertools
import re
from collections import deque
from collections.abc import Iterator

from pipeline.storage.readers.rows import Bad, Found, Row, Stream, Unreadable, lines, too_long
from pipeline.storage.readers.sniff import Source

__all__ = ["rows"]

_DELIMITERS = ",\t;|"
_BAD_BYTE = re.compile("[\udc80-\udcff]")  # what "surrogateescape" makes of a byte that is not UTF-8
_SOUND = 2  # records in a row that show that a line begins one: a sentence may have as many commas as a record
_AHEAD = 1_000  # lines that are looked at for them
_PATIENCE = 256 << 20  # characters that may be looked at in vain, a thousand at a time, before a file is given up


def rows(source: Source, limit: int) -> Iterator[Row]:
    """A row for every record below the header. `line` is the one on which the record begins."""
    with source.open() as stream:
        feed = _Feed(stream, limit)
        header_line = next(feed, "")
        if "\r" in header_line.rstrip():
            raise Unreadable("its lines end in a carriage return alone; convert them to newlines")
        feed.delimiter = "\t" if source.suffix in (".tsv", ".tab") else max(_DELIMITERS, key=header_line.count)
        csv.field_size_limit(max(limit, csv.field_size_limit()))  # the module's own bound of 128 kB is below an article
        header = _header(header_line, feed.delimiter)
        reader = csv.reader(feed, delimiter=feed.delimiter, strict=True)
        while True:
            line = feed.mark()
            try:
                cells = next(reader, None)
            except csv.Error as error:
                reason = too_long(limit) if feed.is_full() else f"broken CSV: {error}"
                yield Bad(line, reason + _resumed(feed, len(header)))
                continue
            if cells is None:
                return
            if cells or feed.dropped:
                yield _row(line, header, cells, feed)


def _header(line: str, delimiter: str) -> list[str]:
    try:
        return [name.strip() for name in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error as error:
        raise Unreadable(f"broken CSV: {error}, in the header") from error


def _row(line: int, header: list[str], cells: list[str], feed: _Feed) -> Row:
    if feed.dropped:
        return Bad(line, too_long(feed.limit))
    if len(cells) != len(header):
        reason = f"broken CSV: {len(cells)} cells where the header has {len(header)}"
        return Bad(line, reason + (_resumed(feed, len(header)) if len(feed.held) > 1 else ""))
    if any(not cell.isascii() and _BAD_BYTE.search(cell) for cell in cells):
        return Bad(line, "invalid UTF-8")
    return Found(line, dict(zip(header, cells, strict=True)))


def _resumed(feed: _Feed, n_cells: int) -> str:
    """Leads the feed from a broken record to where sound ones follow; says where, unless that is the very next line."""
    broken, spent = feed.first, 0
    while True:
        feed.back(1)
        line = feed.mark()
        if _is_sound(feed, n_cells):
            feed.back(0)
            return f"; read on from line {line}" if line > broken + 1 else ""
        spent += _AHEAD + feed.size
        if spent > _PATIENCE:
            raise Unreadable(f"broken CSV: a quote too many on line {broken}, or on one of those after it")


def _is_sound(feed: _Feed, n_cells: int) -> bool:
    """Whether a few records follow that have as many cells as they should; so has the end of the file."""
    ahead = csv.reader(itertools.islice(feed, _AHEAD), delimiter=feed.delimiter, strict=True)
    try:
        return all(len(cells) == n_cells for cells in itertools.islice(filter(None, ahead), _SOUND))
    except csv.Error:
        return False


class _Feed:
    """The physical lines as text. Those since the last `mark` are `held`, so that one can go back to them.

    A line above the limit is left out, and `dropped` says so. To go on beyond the limit without a mark is a `csv.Error`.
    """

    def __init__(self, stream: Stream, limit: int) -> None:
        self.limit, self.delimiter = limit, ","
        self.first, self.held, self.size = 1, list[str | None](), 0
        self._lines, self._ahead = lines(stream, limit), deque[str | None]()

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        if self.is_full():
            raise csv.Error("longer than it may be")
        text = self._ahead.popleft() if self._ahead else self._read()
        self.held.append(text)
        self.size += len(text or "\n")
        return text or "\n"

    @property
    def dropped(self) -> bool:
        """Whether one of the held lines was left out."""
        return None in self.held

    def is_full(self) -> bool:
        """Whether more is held than one record may have."""
        return self.size > self.limit

    def mark(self) -> int:
        """Let go of what is held. The number of the next line."""
        self.first += len(self.held)
        self.held, self.size = [], 0
        return self.first

    def back(self, to: int) -> None:
        """Go back to the held line of that number, from 0: it comes next."""
        self._ahead.extendleft(reversed(self.held[to:]))
        del self.held[to:]

    def _read(self) -> str | None:
        number, line = next(self._lines)
        if line is None:
            return None
        text = line.decode("utf-8", "surrogateescape")
        return (text.removeprefix("\ufeff") if number == 1 else text) + "\n"
