"""Parquet, some rows at a time, and only the columns that mean something."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

import pyarrow as pa

from pipeline.storage.readers.fields import Mapping, is_wrapper, no_text
from pipeline.storage.readers.rows import Bad, Found, Row, Unreadable, inflated, most, too_long
from pipeline.storage.readers.sniff import Source

if TYPE_CHECKING:
    import pyarrow.parquet as pq

__all__ = ["columns", "pieces", "rows"]

_BUFFER = 1 << 20  # bytes of a column that are read from the file together
_NO_VALUE = (ValueError, OverflowError, KeyError)  # the last is what pytz, where it is there, says of an unknown zone
_AT_ONCE = 4  # times the longest record that may be unpacked together


class _Broken(NamedTuple):
    """In place of a cell that has no Python value."""

    reason: str


def rows(source: Source, mapping: Mapping, limit: int) -> Iterator[Row]:
    """The rows of the file, counted from 1. Raises `Unreadable` when no column holds text.

    A row group that is corrupt is left, and the next one read; `Unreadable` then comes at the end.
    """
    import pyarrow.parquet as pq

    from pipeline.storage.readers.bounds import Bounds, weight

    options = {"buffer_size": _BUFFER, "page_checksum_verification": True}  # of pages that have a checksum
    with source.path.open("rb") as raw, pq.ParquetFile(raw, **options) as file:
        names, columns = file.schema_arrow.names, mapping.columns(file.schema_arrow.names)
        if not mapping.has_text(names):
            wrapped = [one.name for one in file.schema_arrow if is_wrapper(one.name) and pa.types.is_nested(one.type)]
            if not wrapped:
                raise Unreadable(no_text(names))
            columns += [name for name in wrapped if name not in columns]
        instants = _instants(file.schema)
        bounds = Bounds(raw, file, columns, _AT_ONCE * limit, source.max_ratio)
        left, first, broken = most(source.size, source.max_ratio), 1, ""
        for group in range(file.num_row_groups):
            line, end = first, first + file.metadata.row_group(group).num_rows
            if source.groups is not None and group not in source.groups:
                first = end
                continue
            try:
                at_once = bounds.rows(group)
                for batch in file.iter_batches(at_once, row_groups=[group], columns=columns, use_threads=False):
                    left -= sum(map(weight, batch.columns))
                    if left < 0:
                        raise inflated(source.max_ratio)
                    yield from _rows(batch, line, limit, instants)
                    line += batch.num_rows
            except (OSError, pa.ArrowException) as error:
                broken = broken or f"broken between rows {line:,} and {end - 1:,}: {error}"
            first = end
        if broken:
            raise Unreadable(broken)


def columns(path: Path) -> list[str]:
    """The names of all columns of a file; none if it is not of this format."""
    import pyarrow.parquet as pq

    try:
        return list(pq.read_schema(path).names)
    except (OSError, pa.ArrowException):
        return []


def pieces(path: Path, most: int) -> list[range]:
    """The row groups of a file, together as far as they take up no more than so many bytes; none if it cannot be read."""
    import pyarrow.parquet as pq

    try:
        footer = pq.read_metadata(path)
    except (OSError, pa.ArrowException):
        return []
    found, first, size = list[range](), 0, 0
    for group in range(footer.num_row_groups):
        row_group = footer.row_group(group)
        own = sum(row_group.column(number).total_compressed_size for number in range(row_group.num_columns))
        if size and size + own > most:
            found.append(range(first, group))
            first, size = group, 0
        size += own
    return [*found, range(first, footer.num_row_groups)]


def _instants(columns: pq.ParquetSchema) -> frozenset[str]:
    """The columns of times in the type INT96: instants, in UTC, though the file does not say so."""
    found = (columns.column(number) for number in range(len(columns)))
    return frozenset(column.path for column in found if column.physical_type == "INT96")


def _rows(batch: pa.RecordBatch, line: int, limit: int, instants: Collection[str]) -> Iterator[Row]:
    """The rows of a batch, counted from `line`. `instants`: its columns of times in UTC that do not say so."""
    from pipeline.storage.readers.bounds import pieces

    names = batch.schema.names
    for piece in pieces(batch, limit):
        if piece is None:
            yield Bad(line, too_long(limit))
            line += 1
            continue
        zones = ("UTC" if name in instants else None for name in names)
        columns, are_sound = zip(*map(_cells, piece.columns, zones), strict=True)
        is_sound = all(are_sound)
        for row in zip(*columns, strict=True):
            broken = None if is_sound else next((cell for cell in row if isinstance(cell, _Broken)), None)
            yield Bad(line, broken.reason) if broken else Found(line, dict(zip(names, row, strict=True)))
            line += 1


def _cells(column: pa.Array, zone: str | None) -> tuple[list[object], bool]:
    """The cells of a column, and whether none can be broken. `zone`: of its times, where the file says none."""
    kind = column.type
    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        column = column.cast(pa.timestamp("us", kind.tz or zone), safe=False)  # Python's datetime holds no nanoseconds
    try:
        cells = list(column.to_pylist())
    except _NO_VALUE:  # one bad cell: malformed UTF-8 is a ValueError
        return [_cell(scalar) for scalar in column], False
    if not any(isinstance(cell, bytes) for cell in cells):
        return cells, True
    is_fixed = pa.types.is_fixed_size_binary(kind)
    return [_decoded(cell, is_fixed=is_fixed) if isinstance(cell, bytes) else cell for cell in cells], False


def _cell(scalar: pa.Scalar) -> object:
    try:
        return scalar.as_py()
    except UnicodeDecodeError as error:
        return _Broken(f"invalid UTF-8 at byte {error.start}")
    except _NO_VALUE as error:
        if getattr(scalar.type, "tz", None) not in (None, "UTC"):  # a zone that nobody knows; the time stands in UTC
            return _cell(scalar.cast(pa.timestamp("us", "UTC")))
        return _Broken(f"value out of range: {error}")


def _decoded(cell: bytes, *, is_fixed: bool) -> object:
    """The text that bytes are; those of one width that are none are an id."""
    try:
        return cell.decode("utf-8")
    except UnicodeDecodeError as error:
        if is_fixed:
            return str(UUID(bytes=cell)) if len(cell) == len(UUID(int=0).bytes) else cell.hex()
        return _Broken(f"invalid UTF-8 at byte {error.start}")
