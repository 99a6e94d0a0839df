"""Between Arrow list columns and the flat arrays that kernels work on; and what is asked of such arrays everywhere."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.stages.kernels.threads import parallel

__all__ = [
    "among",
    "arranged",
    "changes",
    "coded",
    "counted",
    "digests",
    "distinct",
    "filter_of",
    "hashes",
    "is_in",
    "joined",
    "kept",
    "lists",
    "numbers",
    "offsets",
    "ordered",
    "places",
    "ranks",
    "read_only",
    "repeated",
    "scattered",
    "texts",
]


T = TypeVar("T", bound=np.generic)
Whole = TypeVar("Whole", bound=np.integer[Any])

_MUCH_BYTES = 1 << 20  # less is there before threads have started


def offsets(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Offsets from the sizes of lists: int64 (n + 1,), beginning with 0."""
    out = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=out[1:])
    return out


def lists(values: NDArray[np.unsignedinteger], where: NDArray[np.int64]) -> pa.LargeListArray:
    """Lists of unsigned hashes, of 32 or 64 bits, as an Arrow column of signed ones, without a copy."""
    signed = pa.array(values.view(f"i{values.itemsize}"))
    kind = pa.large_list(pa.field("item", signed.type, nullable=False))
    return pa.LargeListArray.from_arrays(pa.array(where), signed, type=kind)


def hashes(column: pa.ChunkedArray) -> tuple[NDArray[np.unsignedinteger], NDArray[np.int64]]:
    """The inverse of `lists`: all values, unsigned, and their offsets, int64 (n + 1,) beginning with 0."""
    flat = [(chunk.offsets.to_numpy(), chunk.values.to_numpy(zero_copy_only=True)) for chunk in column.chunks]
    parts = [values[where[0] : where[-1]] for where, values in flat]
    sizes = [np.diff(where) for where, _ in flat]
    if len(parts) == 1:
        values, where = parts[0], flat[0][0] - flat[0][0][0]
    else:
        values = joined(parts) if parts else pa.array([], column.type.value_type).to_numpy()
        where = offsets(np.concatenate([np.empty(0, np.int64), *sizes]))
    return read_only(values.view(f"u{values.itemsize}")), where


def scattered(column: pa.ChunkedArray) -> tuple[NDArray[np.unsignedinteger], NDArray[np.int64], NDArray[np.int64]]:
    """As `hashes`, without a copy of the values: they, unsigned, and where each list begins and ends among them.

    The chunks of a column lie anywhere in memory. One array names all of them: its values are counted from the lowest one on.
    What it has outside of the lists is none of ours, and may not be there at all: *never touch it*, be it to print the array.
    """
    flat = [(chunk.offsets.to_numpy(), chunk.values.to_numpy(zero_copy_only=True)) for chunk in column.chunks]
    addresses = [values.ctypes.data for where, values in flat if where[-1] > where[0]]
    size = flat[0][1].itemsize if flat else 1
    if len(addresses) < 2 or any(address % size for address in addresses):
        values, where = hashes(column)
        return values, where[:-1], where[1:]
    lowest = min(addresses)
    before = [(values.ctypes.data - lowest) // size if where[-1] > where[0] else 0 for where, values in flat]
    span = max(first + len(values) for first, (_, values) in zip(before, flat, strict=True))
    begins, ends = (
        np.concatenate([where[side] + first for first, (where, _) in zip(before, flat, strict=True)])
        for side in (np.s_[:-1], np.s_[1:])
    )
    return np.asarray(_Memory(lowest, span, f"<u{size}", column)), begins, ends


class _Memory:
    """So many values from an address on, for numpy to read; `owner` is kept for as long as an array needs it."""

    def __init__(self, address: int, values: int, kind: str, owner: object) -> None:
        self.owner = owner
        self.__array_interface__ = {"version": 3, "data": (address, True), "shape": (values,), "typestr": kind}


def joined(parts: list[NDArray[T]]) -> NDArray[T]:
    """`np.concatenate`, of much in all threads: most of the time goes into memory that is touched for the first time."""
    if sum(part.nbytes for part in parts) < _MUCH_BYTES:
        return np.concatenate(parts)
    out = np.empty(sum(map(len, parts)), parts[0].dtype)
    rooms = np.split(out, np.cumsum([len(part) for part in parts])[:-1])
    parallel(lambda task: np.copyto(*task), zip(rooms, parts, strict=True))
    return out


def texts(column: pa.Array) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The UTF-8 bytes of a string array and its offsets, int64 (n + 1,), without a copy of the text. Null is empty."""
    if column.null_count:
        column = column.fill_null("")
    if column.type != pa.large_string():
        column = column.cast(pa.large_string())
    _, offsets, data = column.buffers()
    where = np.frombuffer(offsets, np.int64)[column.offset : column.offset + len(column) + 1]
    return read_only(np.frombuffer(data if data is not None and data.size else b"\0", np.uint8)), read_only(where)


def read_only(array: NDArray[T]) -> NDArray[T]:
    """The array as one that nobody writes to. A kernel is compiled anew for those that one may and those that one may not:
    what it only reads is given to it like this, wherever it came from."""
    view = array.view()
    view.flags.writeable = False
    return view


def changes(*columns: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Whether each row differs from the one before it in any of the columns; the first does."""
    found = np.ones(len(columns[0]), np.bool_)
    found[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return found


def counted(values: NDArray[T]) -> tuple[NDArray[T], NDArray[np.int64]]:
    """The distinct values, sorted, and how often each occurs: as `np.unique`, which hashes and takes several times as long."""
    values = np.sort(values)
    begins = np.flatnonzero(changes(values))
    return values[begins], np.diff(np.append(begins, len(values)))


def ascending(values: NDArray[Whole]) -> NDArray[Whole]:
    """The distinct values, sorted: as `np.unique`, which hashes also those that are in order as they come."""
    values = values.ravel()
    if (values[1:] < values[:-1]).any():
        values = np.sort(values)
    is_new = changes(values)
    return values if is_new.all() else values[is_new]


def united(values: NDArray[np.int64], *more: NDArray[np.int64]) -> NDArray[np.int64]:
    """The distinct values of all, sorted, where most of what is `more` is among the first ones."""
    others = np.concatenate([some.ravel() for some in more])
    return ascending(np.concatenate([values, others[~is_in(others, values)]]))


def repeated(column: pa.ChunkedArray) -> int:
    """How many strings of a column, none of them null, are there before: rows less distinct values."""
    if len(column) < _MANY:
        return len(column) - pc.count_distinct(column).as_py()
    from pipeline.stages.kernels import strings

    def hashed(chunk: pa.Array) -> NDArray[np.uint64]:
        found = np.empty(len(chunk), np.uint64)
        strings.hashed(*texts(chunk), found)
        return found

    hashes = np.concatenate(parallel(hashed, column.chunks))
    values, counts = counted(hashes)
    if len(values) == len(hashes):
        return 0
    twice = column.filter(pa.array(is_in(hashes, values[counts > 1])))  # or two that differ and have one hash
    return len(twice) - pc.count_distinct(twice).as_py()


def numbers(*columns: NDArray[np.int64]) -> NDArray[np.int64]:
    """The distinct row numbers in any of the columns, sorted: as `np.unique`, which takes many times as long."""
    found = np.zeros(1 + max(column.max(initial=-1) for column in columns), np.bool_)
    for column in columns:
        found[column] = True
    return np.flatnonzero(found)


def distinct(values: NDArray[np.uint32], counts: NDArray[np.int64]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Lists, end to end and of these sizes, each sorted and without repeats: their values and sizes, int64.

    What is given is overwritten.
    """
    from pipeline.stages.kernels import lists

    sizes = np.empty(len(counts), np.int64)
    n = lists.distinct(values, read_only(np.ascontiguousarray(counts)), sizes)
    return values[:n].copy(), sizes  # without what is behind them


def digests(column: pa.ChunkedArray) -> NDArray[np.int64]:
    """A hash of each list of a column: equal for those of the same values in the same order; int64 (rows,)."""
    from pipeline.stages.kernels import lists

    values, begins, ends = scattered(column)
    out = np.empty(len(begins), np.uint64)
    lists.digests(values, read_only(begins), read_only(ends), out)
    return out.view(np.int64)


def filter_of(size: int, of_word: int) -> NDArray[np.uint64]:
    """An empty Bloom filter (`bits.spot`) for so many keys, of which a word of 64 bits stands for some `of_word`."""
    return np.zeros(max(_FILTER_WORDS, 1 << (size // of_word).bit_length()), np.uint64)


_FILTER_WORDS = 1 << 12  # at least: less is in the first cache in any case


def is_in(values: NDArray[np.integer], others: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Which of the values, of any shape, are among the others: as `np.isin`, which sorts and takes several times as long."""
    if others.size and values.size >= _MANY and values.dtype == others.dtype == np.int64:
        least, starts = _stretches(_whole(others))
        if len(starts) and starts[-1] <= 64 * (others.size + values.size):
            from pipeline.stages.kernels import stretches

            bits, found = np.zeros((starts[-1] >> 6) + 1, np.uint64), np.empty(values.size, np.bool_)
            stretches.mark(_whole(others), least, starts, bits)
            stretches.marked(_whole(values), least, starts, bits, found)
            return found.reshape(values.shape)
    if others.size > _FEW * values.size and values.dtype == others.dtype:
        others = others.ravel()
        return among(others if (others[1:] >= others[:-1]).all() else np.sort(others), values)
    told = pc.is_in(pa.array(values.ravel()), value_set=pa.array(others.ravel()))
    return told.to_numpy(zero_copy_only=False).reshape(values.shape)


def among(ascending: NDArray[np.integer], values: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Which of the values, of any shape, are among others that ascend."""
    if not len(ascending):
        return np.zeros(values.shape, np.bool_)
    found: NDArray[np.bool_] = ascending[np.searchsorted(ascending[:-1], values)] == values
    return found


def _whole(values: NDArray[np.integer]) -> NDArray[np.int64]:
    """The values one after another, for a kernel to read."""
    return read_only(values.ravel().view(np.int64))


_MANY = 10_000  # values, from which on it pays to look at where they lie
_FEW = 8  # times as many others are sorted in less time than they are hashed
_MOST_STRETCHES = 1 << 16


def _stretches(numbers: NDArray[np.int64]) -> tuple[int, NDArray[np.int64]]:
    """The first high half of some numbers, and where each of them has its places (`kernels.stretches`); none for too many."""
    from pipeline.stages.kernels import stretches

    least, most = int(numbers.min()) >> 32, int(numbers.max()) >> 32
    if most - least >= _MOST_STRETCHES:
        return 0, np.empty(0, np.int64)
    sizes = np.zeros(most - least + 1, np.int64)
    stretches.extents(_whole(numbers), least, sizes)
    return least, offsets(sizes)


def arranged(rows: pa.Table, order: NDArray[np.int64]) -> pa.Table:
    """Those rows of a table, in that order; no copy is made of long runs of them, let alone of all as they are."""
    runs = _long_runs(order)
    return rows.take(pa.array(order)) if runs is None else _cut(rows, runs)


def kept(rows: pa.Table, which: NDArray[np.bool_] | np.bool_) -> pa.Table:
    """Those rows of a table; no copy is made of long runs of them, let alone of all."""
    if which.all():
        return rows
    runs = _long_runs(np.flatnonzero(which))
    return rows.filter(pa.array(which)) if runs is None else _cut(rows, runs)


_LONG_RUN = 2_000  # rows, on average


def _long_runs(order: NDArray[np.int64]) -> list[tuple[int, int]] | None:
    """The first row and the length of each run of rows that follow one another; None if they are not long."""
    begins = np.flatnonzero(np.diff(order, prepend=-2) != 1)
    if len(begins) > max(1, len(order) // _LONG_RUN):
        return None
    return list(zip(order[begins].tolist(), np.diff(np.append(begins, len(order))).tolist(), strict=True))


def _cut(rows: pa.Table, runs: list[tuple[int, int]]) -> pa.Table:
    return pa.concat_tables([rows.slice(0, 0), *(rows.slice(first, length) for first, length in runs)])


def coded(rows: pa.Table) -> pa.Table:
    """Rows with their strings as numbers in a dictionary: what is said often is filtered, ordered and copied faster so."""
    kind = pa.dictionary(pa.int32(), pa.string())
    fields = [field.with_type(kind) if pa.types.is_string(field.type) else field for field in rows.schema]
    return rows.cast(pa.schema(fields, rows.schema.metadata))


_SPARSE = 8  # numbers for each key, up to which a table of all numbers is made


def places(keys: NDArray[np.int64], values: NDArray[np.int64]) -> NDArray[np.int64]:
    """The place in `keys`, which are distinct and in any order, of each of the values: of any shape, each one of the keys."""
    if not len(keys):
        return np.zeros(values.shape, np.int64)
    least, starts = _stretches(keys) if len(keys) >= _MANY else (0, np.empty(0, np.int64))
    if len(starts) and starts[-1] <= _SPARSE * len(keys) < 1 << 32:
        from pipeline.stages.kernels import stretches

        table, found = np.empty(starts[-1], np.uint32), np.empty(values.size, np.int64)
        stretches.number(_whole(keys), least, starts, table)
        stretches.look_up(_whole(values), least, starts, table, found)
        return found.reshape(values.shape)
    order = np.argsort(keys)
    return order[np.searchsorted(keys, values, sorter=order)]


def ranks(column: pa.ChunkedArray) -> NDArray[np.int64]:
    """The place of each string among all that the column has, in order: equal ones have equal ranks. None may be null.

    Numbers are sorted several times as fast as the strings that they stand for. The strings may be coded (`coded`).
    """
    codes = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    codes = codes.unify_dictionaries().combine_chunks()
    rank = np.empty(len(codes.dictionary), np.int64)
    rank[pc.sort_indices(codes.dictionary).to_numpy()] = np.arange(len(rank))
    found: NDArray[np.int64] = rank[codes.indices.to_numpy()]
    return found


def ordered(*ranks: NDArray[np.int64]) -> NDArray[np.int64]:
    """The order of rows by several ranks, none below 0, the first before the second: as `np.lexsort` of them turned round.

    As one number they are sorted several times as fast, and rows that are nearly in order twenty times.
    """
    sizes = [int(rank.max(initial=0)).bit_length() for rank in ranks]
    if sum(sizes) > _BITS:
        return np.lexsort(ranks[::-1])
    whole = ranks[0]
    for rank, size in zip(ranks[1:], sizes[1:], strict=True):
        whole = whole << size | rank
    return np.argsort(whole, kind="stable")


_BITS = 63  # of a number that is not below 0
