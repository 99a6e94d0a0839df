"""CSV and TSV with a header line; quoted fields may hold newlines.

A quote too many swallows what comes after it: the record ends lines later than meant, in an error, or with the file. Then
reading goes back to the line below the one on which that record began, and on from where sound records follow again; every line
between is a reject. A quote within quotes is doubled, or has a backslash before it where a record is sound only so.
"""

from __future__ import annotations

import csv
import itertools
import re
from collections import deque
from collections.abc import Iterator
from contextlib import suppress

from pipeline.storage.readers.fields import Mapping
from pipeline.storage.readers.rows import Bad, Found, Row, Stream, Unreadable, lines, too_long
from pipeline.storage.readers.sniff import Source

__all__ = ["rows"]

_DELIMITERS = ",\t;|"
_BAD_BYTE = re.compile("[\udc80-\udcff]")  # what "surrogateescape" makes of a byte that is not UTF-8
_SOUND = 2  # records in a row that show that a line begins one: a sentence may have as many commas as a record
_AHEAD = 1_000  # lines that are looked at for them
_ESCAPED = re.compile(r'(\\+)"')
_SEP = re.compile(r'"?sep=(.)"?[\r\n]*', re.IGNORECASE)  # by which spreadsheets say what delimits
_COMMENT = re.compile(r"#(?:[\s#!]|[^,;\t|]*$)")  # above a header; of a header, too, the first name may begin so
_TITLE = 10  # lines that may stand above a header and be none
_RECORDS = 20  # that are looked at for a delimiter too many
_PATIENCE = 256 << 20  # characters that may be looked at in vain, a thousand at a time, before a file is given up


def rows(source: Source, mapping: Mapping, limit: int) -> Iterator[Row]:
    """A row for every record below the header. `line` is the one on which the record begins."""
    with source.open() as stream:
        feed = _Feed(stream, limit)
        csv.field_size_limit(max(limit, csv.field_size_limit()))  # the module's own bound of 128 kB is below an article
        header = _begun(feed, mapping, "\t" if source.suffix in (".tsv", ".tab") else "")
        reader = csv.reader(feed, delimiter=feed.delimiter, strict=True)
        while True:
            line = feed.mark()
            cells, fault = _record(reader, feed, len(header))
            if fault and feed.has_escapes():
                cells, fault = _again(reader, feed, len(header))
                if fault:
                    cells, fault = _again(reader, feed, len(header))
            if fault and (bare := _bare(feed, len(header))):
                cells, fault = bare, ""
            if cells is None:
                return
            if fault:
                yield from _broken(line, fault, feed, len(header))
            elif feed.dropped:
                yield Bad(line, too_long(limit))
            elif any(not cell.isascii() and _BAD_BYTE.search(cell) for cell in cells):
                yield Bad(line, "invalid UTF-8")
            elif cells:
                yield Found(line, dict(zip(header, cells, strict=True)))


def _begun(feed: _Feed, mapping: Mapping, by_name: str) -> list[str]:
    """The names of the columns. What delimits is said by the file, or by its name, or is the commonest in the header.

    Above the header comments and empty lines are left, and the lines of a title where the columns of articles follow it.
    """
    line, said = _first(feed)
    if "\r" in line.rstrip():
        raise Unreadable("its lines end in a carriage return alone; convert them to newlines")
    try:
        header = _names(feed, line, said or by_name)
    except csv.Error as error:
        raise Unreadable(f"broken CSV: {error}, in the header") from error
    if not mapping.has_text(header):
        header = _below(feed, mapping, said or by_name) or _names(feed, line, said or by_name)
    feed.mark()
    return [*header, ""] if _is_wider(feed, len(header)) else header


def _first(feed: _Feed) -> tuple[str, str]:
    """The first line that is no comment and not empty, and what the file says that delimits, "" if nothing."""
    said = ""
    while line := next(feed, ""):
        if found := _SEP.fullmatch(line):
            said = found[1]
        elif feed.dropped or (line.strip() and not _COMMENT.match(line)):
            break
        feed.mark()
    return line, said


def _names(feed: _Feed, line: str, said: str) -> list[str]:
    """The names in a header; the feed goes by its delimiter from then on."""
    feed.delimiter = said or max(_DELIMITERS, key=line.count)
    return [name.strip() for name in next(csv.reader([line], delimiter=feed.delimiter), [])]


def _below(feed: _Feed, mapping: Mapping, said: str) -> list[str]:
    """The names in the header of articles below a title; none if none follows, and the feed is where it was."""
    with suppress(csv.Error):
        for line in itertools.islice(feed, _TITLE):
            if mapping.is_article(names := _names(feed, line, said)):
                return names
    feed.back(1)
    return []


def _is_wider(feed: _Feed, n_cells: int) -> bool:
    """Whether the records that come first all end with a delimiter that the header lacks."""
    ahead, n = csv.reader(itertools.islice(feed, _AHEAD), delimiter=feed.delimiter, strict=True), 0
    try:
        for cells in itertools.islice(filter(None, ahead), _RECORDS):
            if len(cells) != n_cells + 1 or cells[-1]:
                n = 0
                break
            n += 1
    except csv.Error:
        n = 0
    feed.back(0)
    return n > 0


def _record(reader: Iterator[list[str]], feed: _Feed, n_cells: int) -> tuple[list[str] | None, str]:
    """The cells of the next record, None at the end, and what is wrong with it, "" if nothing."""
    try:
        cells = next(reader, None)
    except csv.Error as error:
        return [], too_long(feed.limit) if feed.is_full() else f"broken CSV: {error}"
    if cells and len(cells) != n_cells and not feed.dropped:
        return cells, f"broken CSV: {len(cells)} cells where the header has {n_cells}"
    return cells, ""


def _again(reader: Iterator[list[str]], feed: _Feed, n_cells: int) -> tuple[list[str] | None, str]:
    """The same record with a backslash before quotes meaning more, or less, than it did."""
    feed.back(0)
    feed.escapes = not feed.escapes
    return _record(reader, feed, n_cells)


def _bare(feed: _Feed, n_cells: int) -> list[str]:
    """The cells of a broken record of tabs where a quote is a letter as any, as databases write it; none if not as many."""
    line = (feed.held[0] if feed.held else None) or ""
    cells = line.rstrip("\r\n").split("\t") if feed.delimiter == "\t" and '"' in line else []
    if len(cells) != n_cells:
        return []
    feed.back(1)
    return cells


def _broken(line: int, fault: str, feed: _Feed, n_cells: int) -> Iterator[Row]:
    """A reject for a broken record, and one for each line below it up to where sound ones follow.

    One that breaks on its first line, with all quotes closed there, takes nothing with it.
    """
    if len(feed.held) == 1 and (feed.held[0] or "").count('"') % 2 == 0:
        yield Bad(line, fault)
        return
    skipped = _skipped(feed, n_cells)
    yield Bad(line, fault + (f"; read on from line {feed.first}" if feed.first > line + 1 else ""))
    for number in skipped:
        yield Bad(number, f"broken CSV: skipped, behind the broken record on line {line}")


def _skipped(feed: _Feed, n_cells: int) -> list[int]:
    """Leads the feed from a broken record to where sound ones follow; the lines between that are not empty."""
    broken, spent, skipped = feed.first, 0, list[int]()
    while True:
        feed.back(1)
        line = feed.mark()
        if _is_sound(feed, n_cells):
            feed.back(0)
            return skipped
        if feed.held and (feed.held[0] or "-").strip():
            skipped.append(line)
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
    `escapes`: whether a backslash before a quote makes it one of the text; it is doubled then, as others are.
    """

    def __init__(self, stream: Stream, limit: int) -> None:
        self.limit, self.delimiter, self.escapes = limit, ",", False
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
        return _ESCAPED.sub(_doubled, text) if text and self.escapes else text or "\n"

    def has_escapes(self) -> bool:
        """Whether a held line has a quote behind a backslash."""
        return any(text is not None and '\\"' in text for text in self.held)

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
        self.size -= sum(len(text or "\n") for text in self.held[to:])
        del self.held[to:]

    def _read(self) -> str | None:
        number, line = next(self._lines)
        if line is None:
            return None
        text = line.decode("utf-8", "surrogateescape")
        return (text.removeprefix("\ufeff") if number == 1 else text) + "\n"


def _doubled(found: re.Match[str]) -> str:
    """Backslashes before a quote in the other way: of two of them one is meant, and an odd one is for the quote."""
    pairs, odd = divmod(len(found[1]), 2)
    return "\\" * pairs + ('""' if odd else '"')
