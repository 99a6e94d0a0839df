"""The file of a table of a part: Parquet, packed; or Arrow, mapped, where single rows are wanted.

A night and a query look up a few texts among millions, their sketches and their words. Of Parquet all that lies around each of
them would have to be unpacked for it, a thousand bodies for one. So they lie as Arrow: of a file that is mapped only those
pages are read that are looked at. Texts and sketches are hashes for the most part, which hardly pack; they lie open, and
kernels read lists where they lie. Bodies are packed, a few together.
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

__all__ = [
    "between",
    "is_mapped",
    "is_open",
    "mapped",
    "path_of",
    "picked",
    "pieces",
    "read",
    "remove",
    "size",
    "writer",
]

_ARROW, _PARQUET = ".arrow", ".parquet"
_PIECE = 4_096  # rows that are held when a table is gone through
# Rows of a mapped table that lie together. All batches but the last have as many, so that it is known where each row is.
_OPEN = {"sketches": 4_096, "redone": 4_096, "texts": 4_096}
_PACKED = {"bodies": 16}  # they take a twentieth more than in Parquet, a quarter more if they are very short
_MAPPED = _OPEN | _PACKED


def path_of(folder: Path, name: str) -> Path:
    """Where a table of the part in a folder lies, or is to lie. Before layout 7 all were Parquet."""
    packed, mapped_ = folder / f"{name}{_PARQUET}", folder / f"{name}{_ARROW}"
    return mapped_ if name in _MAPPED and not packed.exists() else packed


def remove(folder: Path, name: str) -> None:
    """Remove a table of the part in a folder, if it is there."""
    path_of(folder, name).unlink(missing_ok=True)


def is_mapped(path: Path) -> bool:
    """Whether a table lies as Arrow."""
    return path.suffix == _ARROW


def is_open(path: Path) -> bool:
    """Whether nothing of a table that lies as Arrow is packed, so that to have all of it costs nothing."""
    return path.stem not in _PACKED


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    options = pa.ipc.IpcReadOptions(
        use_threads=False
    )  # of a few rows they are a burden, and many are read side by side anyway
    with pa.memory_map(str(path)) as source, pa.ipc.open_file(source, options=options) as file:
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
        picked_ = pa.concat_tables(found)
        return picked_ if is_open(path) else picked_.combine_chunks()


def between(path: Path, first: int, last: int) -> pa.Table:
    """The rows [first, last) of a table that lies as Arrow, of which no others are held."""
    with _opened(path) as file:
        size = _together(file)
        numbers = range(first // size, min(-(-last // size), file.num_record_batches))
        found = pa.Table.from_batches(map(file.get_batch, numbers), file.schema)
        return found.slice(first - numbers.start * size, last - first)


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


def pieces(path: Path) -> Iterator[pa.Table]:
    """A table some rows at a time."""
    if is_mapped(path):
        n = size(path)
        yield from (between(path, first, min(first + _PIECE, n)) for first in range(0, n, _PIECE))
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
        return _ArrowWriter(path, columns, _MAPPED[name], "zstd" if name in _PACKED else None)
    # With dictionaries for columns of strings alone: hashes and keys seldom repeat nearby.
    strings = [field.name for field in columns if pa.types.is_string(field.type)]
    return pq.ParquetWriter(path, columns, compression="zstd", use_dictionary=strings)


class _ArrowWriter:
    """As a `ParquetWriter`, but that rows are held until they are as many as lie together, whatever the size of a row group."""

    def __init__(self, path: Path, columns: pa.Schema, together: int, compression: str | None) -> None:
        self._file, self._together = pa.OSFile(str(path), "wb"), together
        options = pa.ipc.IpcWriteOptions(compression=compression, use_threads=False)
        self._writer: Any = pa.ipc.new_file(self._file, columns, options=options)
        self._held = columns.empty_table()

    def write_table(self, rows: pa.Table, row_group_size: int = 0) -> None:
        held = pa.concat_tables([self._held, rows])
        n = held.num_rows - held.num_rows % self._together
        if n:
            self._write(held.slice(0, n))
        self._held = held.slice(n)

    def close(self) -> None:
        if not self._file.closed:
            self._write(self._held)
            self._writer.close()
            self._file.close()

    def _write(self, rows: pa.Table) -> None:
        self._writer.write_table(rows.combine_chunks(), self._together)

    def __enter__(self) -> _ArrowWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
