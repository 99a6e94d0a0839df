"""The file of a table of a part: Parquet, packed; or Arrow, mapped, where single rows are wanted.

A night and a query look up a few texts among millions, and their sketches. Of Parquet all that lies around each of them would
have to be unpacked for it, and both are hashes for the most part, which hardly pack. So they lie as Arrow: of a file that is
mapped only those pages are read that are looked at, and kernels read lists where they lie.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

__all__ = ["fitted", "is_mapped", "mapped", "path_of", "picked", "pieces", "read", "size", "writer"]

_MAPPED = frozenset({"sketches", "redone", "texts"})
_ARROW = ".arrow"
# Rows of a mapped table that lie together. All batches but the last have as many, so that it is known where each row is.
_BATCH = 4_096


def path_of(folder: Path, name: str) -> Path:
    """Where a table of the part in a folder lies, or is to lie. Before layout 7 all were Parquet."""
    packed, mapped_ = folder / f"{name}.parquet", folder / f"{name}{_ARROW}"
    return mapped_ if name in _MAPPED and not packed.exists() else packed


def is_mapped(path: Path) -> bool:
    """Whether a table lies as Arrow."""
    return path.suffix == _ARROW


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    with pa.memory_map(str(path)) as source, pa.ipc.open_file(source) as file:
        yield file


def mapped(path: Path) -> pa.Table:
    """A table that lies as Arrow, in its batches. Nothing is read yet."""
    with _opened(path) as file:
        return file.read_all()


def picked(path: Path, columns: Sequence[str], rows: NDArray[np.int64]) -> pa.Table:
    """Those rows, which ascend, of a table that lies as Arrow; the others are not even looked at."""
    with _opened(path) as file:
        size, found = _together(file), [file.schema.empty_table().select(columns)]
        numbers = rows // size
        for number in np.unique(numbers).tolist():
            first, last = np.searchsorted(numbers, [number, number + 1])
            batch = file.get_batch(number).select(columns)
            found.append(pa.Table.from_batches([batch.take(pa.array(rows[first:last] - number * size))]))
        return pa.concat_tables(found)


def _together(file: Any) -> int:
    """How many rows each batch but the last has."""
    rows: int = file.get_batch(0).num_rows if file.num_record_batches else 0
    return max(1, rows)


def read(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """A table, or some of its columns in their order."""
    if is_mapped(path):
        rows = mapped(path)
        return rows if columns is None else rows.select(list(columns))
    return pq.read_table(path, columns=columns if columns is None else list(columns))


def fitted(rows: pa.Table, wanted: pa.Schema) -> pa.Table:
    """The rows with those columns. Of nullable ones that an older layout did not have they say nothing."""
    for field in wanted:
        if field.nullable and field.name not in rows.column_names:
            rows = rows.append_column(field, pa.nulls(rows.num_rows, field.type))
    return rows.select(wanted.names).cast(wanted)


def pieces(path: Path) -> Iterator[pa.Table]:
    """A table some rows at a time."""
    if is_mapped(path):
        yield from map(pa.Table.from_batches, ([batch] for batch in mapped(path).to_batches()))
        return
    with pq.ParquetFile(path) as file:
        yield from map(file.read_row_group, range(file.num_row_groups))


def size(path: Path) -> int:
    """How many rows a table has."""
    if not is_mapped(path):
        packed: int = pq.read_metadata(path).num_rows
        return packed
    with _opened(path) as file:
        before = file.num_record_batches - 1
        return before * _together(file) + file.get_batch(before).num_rows if before >= 0 else 0


def writer(path: Path, name: str, columns: pa.Schema) -> pq.ParquetWriter | _ArrowWriter:
    """Writes a table of that name to a file, be it called otherwise meanwhile: `write_table(rows)`, then `close()`."""
    if name in _MAPPED:
        return _ArrowWriter(path, columns)
    # With dictionaries for columns of strings alone: hashes and keys seldom repeat nearby.
    strings = [field.name for field in columns if pa.types.is_string(field.type)]
    return pq.ParquetWriter(path, columns, compression="zstd", use_dictionary=strings)


class _ArrowWriter:
    """As a `ParquetWriter`, but that rows are held until they are as many as lie together, whatever the size of a row group."""

    def __init__(self, path: Path, columns: pa.Schema) -> None:
        self._file = pa.OSFile(str(path), "wb")
        self._writer: Any = pa.ipc.new_file(self._file, columns)
        self._held = columns.empty_table()

    def write_table(self, rows: pa.Table, row_group_size: int = 0) -> None:
        held = pa.concat_tables([self._held, rows])
        while held.num_rows >= _BATCH:
            self._write(held.slice(0, _BATCH))
            held = held.slice(_BATCH)
        self._held = held

    def close(self) -> None:
        if not self._file.closed:
            self._write(self._held)
            self._writer.close()
            self._file.close()

    def _write(self, rows: pa.Table) -> None:
        self._writer.write_table(rows.combine_chunks())

    def __enter__(self) -> _ArrowWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
