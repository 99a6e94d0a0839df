"""Parquet files read by those row groups that may have what is wanted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pipeline import schema
from pipeline.stages.kernels import arrays
from pipeline.storage import files

__all__ = ["Lying", "Span", "by_group", "holding", "lying", "lying_in", "reaches", "reaching", "rows_of"]

#: A stretch of time, both ends included, in microseconds.
Span = tuple[int, int]

_AT_ONCE = 8  # row groups that a thread reads before it keeps what is wanted of them


def by_group(path: Path, rows: NDArray[np.int64]) -> Iterable[tuple[list[int], NDArray[np.int64]]]:
    """Row groups of a file that hold some of these rows (sorted numbers), a few at a time; and the places of the rows there.

    A file that is mapped has none, and all rows in one.
    """
    if files.is_mapped(path):
        yield [], rows
        return
    footer = _footer(path)
    sizes = np.array([footer.row_group(number).num_rows for number in range(footer.num_row_groups)], np.int64)
    starts = arrays.offsets(sizes)
    group = np.searchsorted(starts, rows, side="right") - 1
    chosen = arrays.ascending(group)
    for some in (chosen[first : first + _AT_ONCE] for first in range(0, len(chosen), _AT_ONCE)):
        first, last = np.searchsorted(group, [some[0], some[-1] + 1])
        begins, place = arrays.offsets(sizes[some]), np.searchsorted(some, group[first:last])
        yield some.tolist(), rows[first:last] - starts[group[first:last]] + begins[place]


class Lying(NamedTuple):
    """Rows as they lie in files, with others among them, and at which place each of those is that were asked for.

    To bring long lists into another order takes longer than to read them: who can do without asks for this.
    """

    rows: pa.Table
    places: NDArray[np.int64]

    def arranged(self) -> pa.Table:
        """The rows that were asked for, in that order."""
        return arrays.arranged(self.rows, self.places)

    @classmethod
    def together(cls, schema_: pa.Schema, found: Sequence[Lying]) -> Lying:
        """What was found here and there, one behind the other."""
        before = arrays.offsets(np.array([len(one.rows) for one in found], np.int64))[:-1]
        places = [one.places + first for one, first in zip(found, before, strict=True)]
        rows = pa.concat_tables([schema_.empty_table(), *(one.rows for one in found)])
        return cls(rows, np.concatenate([np.empty(0, np.int64), *places]))


def lying(path: Path, wanted: pa.Schema, groups: list[int], places: NDArray[np.int64]) -> Lying:
    """Those places of these row groups of a file, with what lies between them where that is less."""
    if files.is_mapped(path):
        if _are_few(places, files.size(path)):
            return Lying(files.picked(path, wanted.names, places).cast(wanted), np.arange(len(places)))
        return Lying(files.read(path, wanted.names).cast(wanted), places)
    with pq.ParquetFile(path, metadata=_footer(path)) as file:
        read = file.read_row_groups(groups, columns=wanted.names)
    return _dense(files.fitted(read, wanted), places)


def lying_in(
    path: Path, wanted: pa.Schema, groups: list[int], column: str, spans: Sequence[Span] | None, out: NDArray[np.int64]
) -> Lying:
    """Those rows of these row groups of a file whose time, in `column`, lies in one of the stretches (None: any), but for those
    whose `key` is `out`; with what lies between them where that is less.
    """
    if files.is_mapped(path):
        return lying(path, wanted, groups, _within(files.read(path, [column, "key"]), column, spans, out))
    with pq.ParquetFile(path, metadata=_footer(path)) as file:
        read = file.read_row_groups(groups, columns=list({*wanted.names, column, "key"}))
    return _dense(read.select(wanted.names).cast(wanted), _within(read, column, spans, out))


def _within(rows: pa.Table, column: str, spans: Sequence[Span] | None, out: NDArray[np.int64]) -> NDArray[np.int64]:
    """The places of those rows, as for `lying_in`."""
    places = np.arange(rows.num_rows)
    if spans is not None:
        times = rows[column].cast(schema.TIME).cast(pa.int64()).to_numpy()
        places = np.flatnonzero(np.logical_or.reduce([(times >= first) & (times <= last) for first, last in spans]))
    return places[~arrays.is_in(rows["key"].to_numpy()[places], out)]


def _dense(rows: pa.Table, places: NDArray[np.int64]) -> Lying:
    """Those places of the rows, with what lies between them where that is less."""
    if _are_few(places, rows.num_rows):
        return Lying(rows.take(pa.array(places)), np.arange(len(places)))
    return Lying(rows, places)


def _are_few(places: NDArray[np.int64], rows: int) -> bool:
    """Whether what lies between them is more than they."""
    return 2 * len(places) < rows


def rows_of(path: Path, wanted: pa.Schema, groups: list[int], places: NDArray[np.int64]) -> pa.Table:
    """Those places of these row groups of a file."""
    return lying(path, wanted, groups, places).arranged()


def holding(path: Path, column: str, wanted: NDArray[np.int64]) -> pa.Table:
    """The rows of a file that have one of these values, of those row groups alone that may hold one by what the footer says."""
    wanted = arrays.ascending(wanted)
    footer = _footer(path)
    with pq.ParquetFile(path, metadata=footer) as file:
        place = footer.schema.names.index(column)
        groups = []
        for group in range(footer.num_row_groups):
            told = footer.row_group(group).column(place).statistics
            ends_ = None if told is None or not told.has_min_max else (told.min, told.max)
            if ends_ is None or np.searchsorted(wanted, ends_[0], "left") < np.searchsorted(wanted, ends_[1], "right"):
                groups.append(group)
        rows = file.read_row_groups(groups)
    return rows.filter(pa.array(arrays.is_in(rows[column].to_numpy(), wanted)))


def _footer(path: Path) -> pq.FileMetaData:
    """What a file says of its row groups; a file of a part is never another one under its name while it is read."""
    told = path.stat()
    return _read_footer(path, told.st_mtime_ns, told.st_size)


@lru_cache(maxsize=64)  # of a million rows half a megabyte
def _read_footer(path: Path, *_: int) -> pq.FileMetaData:
    return pq.read_metadata(path)


def reaches(path: Path, column: str, spans: Sequence[Span]) -> bool:
    """Whether a file may have rows whose time lies in one of the stretches, by what its footer says of the column."""
    return any(True for _ in reaching(path, column, spans))


def reaching(path: Path, column: str, spans: Sequence[Span] | None) -> Iterator[list[int]]:
    """The row groups of a file that may have rows whose time lies in one of the stretches (None: any), a few at a time.

    A file that is mapped has none, and all its rows in one.
    """
    if files.is_mapped(path):
        yield []
        return
    footer = _footer(path)
    place = footer.schema.names.index(column)
    found: list[int] = []
    for group in range(footer.num_row_groups):
        times = None if spans is None else footer.row_group(group).column(place).statistics
        if spans is not None and times is not None and times.has_min_max:
            low, high = (pa.scalar(time, schema.TIME).cast(pa.int64()).as_py() for time in (times.min, times.max))
            if not any(first <= high and low <= last for first, last in spans):
                continue
        found.append(group)
        if len(found) == _AT_ONCE:
            yield found
            found = []
    if found:
        yield found
