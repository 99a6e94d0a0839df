"""Parquet, a few hundred rows at a time, and only the columns that mean something."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pyarrow as pa

from pipeline.storage.readers.fields import Mapping, no_text
from pipeline.storage.readers.rows import Bad, Found, Row, Unreadable
from pipeline.storage.readers.sniff import Source

__all__ = ["rows"]

_AT_ONCE = 512  # rows decoded together: bodies may be large


class _Broken(NamedTuple):
    """In place of a cell that has no Python value."""

    reason: str


def rows(source: Source, mapping: Mapping, batch_rows: int) -> Iterator[Row]:
    """The rows of the file, counted from 1. Raises `Unreadable` when no column holds text."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(source.path) as file:
        names = file.schema_arrow.names
        if not mapping.has_text(names):
            raise Unreadable(no_text(names))
        columns = mapping.columns(names)
        line = 0
        for batch in file.iter_batches(min(batch_rows, _AT_ONCE), columns=columns, use_threads=False):
            for row in zip(*map(_cells, batch.columns), strict=True):
                line += 1
                broken = next((cell for cell in row if isinstance(cell, _Broken)), None)
                if broken:
                    yield Bad(line, broken.reason)
                else:
                    yield Found(line, dict(zip(batch.schema.names, row, strict=True)))


def _cells(column: pa.Array) -> list[object]:
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)  # Python's datetime holds no nanoseconds
    try:
        cells = list(column.to_pylist())
    except (ValueError, OverflowError):  # one bad cell: malformed UTF-8 is a ValueError
        return [_cell(scalar) for scalar in column]
    return [_decoded(cell) if isinstance(cell, bytes) else cell for cell in cells]


def _cell(scalar: pa.Scalar) -> object:
    try:
        return scalar.as_py()
    except UnicodeDecodeError as error:
        return _Broken(f"invalid UTF-8 at byte {error.start}")
    except (ValueError, OverflowError) as error:
        return _Broken(f"value out of range: {error}")


def _decoded(cell: bytes) -> object:
    try:
        return cell.decode("utf-8")
    except UnicodeDecodeError as error:
        return _Broken(f"invalid UTF-8 at byte {error.start}")
