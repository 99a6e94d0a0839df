"""How much of a Parquet file may be unpacked at once, and whether it may be at all.

A few kilobytes of it may stand for any amount of text: pages that unpack a thousandfold, one long value of a dictionary in
every row, lists of millions. The footer tells of the pages and the lists, the dictionaries tell their longest value, and all of
it is known before a row is unpacked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.storage.readers.rows import inflated, most

__all__ = ["Bounds", "pieces", "weight"]

_ROWS = 512  # at once: bodies may be large
_CELL = 8  # bytes that a value takes at least, once it is a cell: a null, too, and one of a list
_WORST = 16  # times what a row group may hold, if the longest value of a list stood in all its places


class _Leaf(NamedTuple):
    """A column of the file: its number and path, whether it is in a list, and its bytes if all its values have as many."""

    place: int
    path: str
    in_list: bool
    width: int


class Bounds:
    """The bounds of a Parquet file of which some columns are read.

    `most`: bytes that may be unpacked at once. `ratio`: how many times its size a row group may hold.
    """

    def __init__(self, raw: BinaryIO, file: pq.ParquetFile, columns: Sequence[str], at_once: int, ratio: int) -> None:
        schema, self._footer, self._most, self._ratio = file.schema, file.metadata, at_once, ratio
        found = [(place, schema.column(place)) for place in range(len(schema))]
        self._leaves = [
            _Leaf(place, leaf.path, leaf.max_repetition_level > 0, max(leaf.length or 0, 0))
            for place, leaf in found
            if any(leaf.path == name or leaf.path.startswith(f"{name}.") for name in columns)
        ]
        texts = [leaf.path for _, leaf in found if leaf.physical_type == "BYTE_ARRAY"]
        self._coded = pq.ParquetFile(raw, metadata=file.metadata, read_dictionary=texts)

    def rows(self, group: int) -> int:
        """How many rows of a row group to unpack together, at least 1. Raises `Unreadable` if it holds absurdly much."""
        footer = self._footer.row_group(group)
        columns = [footer.column(leaf.place) for leaf in self._leaves]
        limit = most(sum(column.total_compressed_size for column in columns), self._ratio)
        held = sum(column.total_uncompressed_size + _CELL * column.num_values for column in columns)
        if held > limit:
            raise inflated(self._ratio)
        row = held // max(footer.num_rows, 1)
        for leaf, column in zip(self._leaves, columns, strict=True):
            longest = leaf.width or (self._longest(group, leaf) if column.has_dictionary_page else 0)
            if leaf.in_list and longest * column.num_values > _WORST * limit:
                raise inflated(self._ratio)
            row += longest
        rows: int = self._most // max(row, 1)
        return max(1, min(_ROWS, rows))

    def _longest(self, group: int, leaf: _Leaf) -> int:
        """The bytes of the longest value in the dictionary of a column; 0 if it has none."""
        for batch in self._coded.iter_batches(_ROWS, row_groups=[group], columns=[leaf.path], use_threads=False):
            for values in _dictionaries(batch.column(0)):
                if len(values):  # the first value brings all of the dictionary with it
                    return int(pc.max(pc.binary_length(values)).as_py() or 0)
        return 0


def _dictionaries(array: pa.Array) -> Iterator[pa.Array]:
    kind = array.type
    if pa.types.is_dictionary(kind):
        yield array.dictionary
    elif pa.types.is_struct(kind):
        for field in array.flatten():
            yield from _dictionaries(field)
    elif pa.types.is_map(kind):
        yield from _dictionaries(array.keys)
        yield from _dictionaries(array.items)
    elif pa.types.is_nested(kind):
        yield from _dictionaries(array.flatten())


def pieces(batch: pa.RecordBatch, limit: int) -> Iterator[pa.RecordBatch | None]:
    """The batch in pieces of at most `limit` bytes, in order; None stands for a row that is longer by itself."""
    if sum(map(weight, batch.columns)) <= limit:
        yield batch
    elif batch.num_rows <= 1:
        yield None
    else:
        half = batch.num_rows // 2
        yield from pieces(batch.slice(0, half), limit)
        yield from pieces(batch.slice(half), limit)


def weight(array: pa.Array) -> int:
    """The bytes that an array comes to as cells, of which each has its own text: at least 8 a value.

    >>> weight(pa.array(["sea", None, "sea"])), weight(pa.array(["sea", None, "sea"]).dictionary_encode())
    (30, 30)
    """
    kind, size = array.type, _CELL * len(array)
    if pa.types.is_dictionary(kind):
        lengths = _lengths(array.dictionary)
        return size + (pc.sum(lengths.take(array.indices)).as_py() or 0 if lengths else 0)
    if pa.types.is_struct(kind):
        return size + sum(map(weight, array.flatten()))
    if pa.types.is_nested(kind) and not pa.types.is_map(kind):
        return size + weight(array.flatten())
    lengths = _lengths(array)
    return size + (pc.sum(lengths).as_py() or 0 if lengths else array.nbytes)


def _lengths(array: pa.Array) -> pa.Array | None:
    """The bytes of each text; None if these are no texts."""
    kind = array.type
    of_text = pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary
    return pc.binary_length(array) if any(is_text(kind) for is_text in of_text) else None
