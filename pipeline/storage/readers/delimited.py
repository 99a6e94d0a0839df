"""CSV and TSV with a header line; quoted fields may hold newlines."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

from pipeline.storage.readers.rows import Bad, Found, Row, lines, too_long
from pipeline.storage.readers.sniff import Source

__all__ = ["rows"]

_DELIMITERS = ",\t;|"
_BAD_BYTE = re.compile("[\udc80-\udcff]")  # what "surrogateescape" makes of a byte that is not UTF-8


def rows(source: Source, limit: int) -> Iterator[Row]:
    """A row for every record below the header. `line` is the one on which the record begins."""
    feed = _Feed(source, limit)
    header_line = next(feed, "")
    delimiter = "\t" if source.suffix in (".tsv", ".tab") else max(_DELIMITERS, key=header_line.count)
    csv.field_size_limit(max(limit, csv.field_size_limit()))  # the module's own bound of 128 kB is below a long article
    header = [name.strip() for name in next(csv.reader([header_line], delimiter=delimiter), [])]
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 2  # the header's, and counted from 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Bad(line, too_long(limit) if "field larger" in str(error) else f"broken CSV: {error}")
            continue
        finally:
            dropped = feed.dropped()
        if dropped:
            yield Bad(line, too_long(limit))
        elif cells:
            yield _row(line, header, cells)


def _row(line: int, header: list[str], cells: list[str]) -> Row:
    if len(cells) != len(header):
        return Bad(line, f"broken CSV: {len(cells)} cells where the header has {len(header)}")
    if any(not cell.isascii() and _BAD_BYTE.search(cell) for cell in cells):
        return Bad(line, "invalid UTF-8")
    return Found(line, dict(zip(header, cells, strict=True)))


class _Feed:
    """The physical lines as text. A line above the limit is left out, and `dropped` says so once."""

    def __init__(self, source: Source, limit: int) -> None:
        self._lines = lines(source.open(), limit)
        self._dropped = False

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        number, line = next(self._lines)
        if line is None:
            self._dropped = True
            return "\n"
        text = line.decode("utf-8", "surrogateescape")
        return (text.removeprefix("\ufeff") if number == 1 else text) + "\n"

    def dropped(self) -> bool:
        """Whether a line was left out since the last call."""
        dropped, self._dropped = self._dropped, False
        return dropped
