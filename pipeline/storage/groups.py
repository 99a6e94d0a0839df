"""Parquet files read by those row groups that may have what is wanted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pipeline import schema
from pipeline.stages.kernels import arrays

__all__ = ["Span", "by_group", "holding", "reaches", "rows_of", "within"]

#: A stretch of time, both ends included, in microseconds.
Span = tuple[int, int]

_AT_ONCE = 8  # row groups that a thread reads before it keeps what is wanted of them


def by_group(path: Path, rows: NDArray[np.int64]) -> Iterable[tuple[list[int], NDArray[np.int64]]]:
    """Row groups of a file that hold some of these rows (sorted numbers), a few at a time; and the places of the rows there."""
    footer = _footer(path)
    sizes = np.array([footer.row_group(number).num_rows for number in range(footer.num_row_groups)], np.int64)
    starts = arrays.offsets(sizes)
    group = np.searchsorted(starts, rows, side="right") - 1
    chosen = np.unique(group)
    for some in (chosen[first : first + _AT_ONCE] for first in range(0, len(chosen), _AT_ONCE)):
        first, last = np.searchsorted(group, [some[0], some[-1] + 1])
        begins, place = arrays.offsets(sizes[some]), np.searchsorted(some, group[first:last])
        yield some.tolist(), rows[first:last] - starts[group[first:last]] + begins[place]


def rows_of(path: Path, wanted: pa.Schema, groups: list[int], places: NDArray[np.int64]) -> pa.Table:
    """Those places of these row groups of a file."""
    with pq.ParquetFile(path, metadata=_footer(path)) as file:
        read = file.read_row_groups(groups, columns=wanted.names).select(wanted.names).cast(wanted)
    return read if np.array_equal(places, np.arange(read.num_rows)) else read.take(pa.array(places))


def holding(path: Path, column: str, wanted: NDArray[np.int64]) -> pa.Table:
    """The rows of a file that have one of these values, of those row groups alone that may hold one by what the footer says."""
    wanted = np.unique(wanted)
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
    footer = _footer(path)
    place = footer.schema.names.index(column)
    for group in range(footer.num_row_groups):
        times = footer.row_group(group).column(place).statistics
        if times is None or not times.has_min_max:
            return True
        low, high = (pa.scalar(time, schema.TIME).cast(pa.int64()).as_py() for time in (times.min, times.max))
        if any(first <= high and low <= last for first, last in spans):
            return True
    return False


def within(column: str, spans: Sequence[Span]) -> pc.Expression:
    """A filter for times in any of the stretches."""
    found = pc.scalar(False)
    for first, last in spans:
        lower, upper = (pa.scalar(time, schema.TIME) for time in (first, last))
        found = found | ((pc.field(column) >= lower) & (pc.field(column) <= upper))
    return found
