"""The words in which a verdict is given."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

__all__ = ["Reason", "sentences", "spelled"]

#: The parts of a reason: words, words by row (a dictionary), or figures by row.
Reason = tuple[str | pa.DictionaryArray | NDArray[np.generic], ...]

_BITS = 62  # of a number that stands for all figures of a reason


def sentences(parts: Reason, rows: NDArray[np.int64]) -> pa.DictionaryArray:
    """The parts joined for each of the rows. Many have the same figures: what they read is put together once."""
    code, bits = np.zeros(len(rows), np.int64), 0
    for part in parts:
        if not isinstance(part, str):
            figures = _figures(part, rows)
            least = figures.min(initial=0)
            width = int(figures.max(initial=0) - least).bit_length()
            code, bits = code << width | (figures - least), bits + width
    if bits > _BITS:
        code = np.arange(len(rows))
    found = pa.array(code).dictionary_encode()
    first = np.empty(len(found.dictionary), np.int64)
    first[found.indices.to_numpy()[::-1]] = rows[::-1]
    pieces = [pa.scalar(part) if isinstance(part, str) else _spelled(part, first) for part in parts]
    same = pa.repeat("", len(first))  # words alone are one for all rows
    return pa.DictionaryArray.from_arrays(found.indices, pc.binary_join_element_wise(*pieces, same, ""))


def _figures(part: pa.DictionaryArray | NDArray[np.generic], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """A number for each row, equal where the part reads the same."""
    values = (part.indices.to_numpy() if isinstance(part, pa.DictionaryArray) else part)[rows]
    return (_thousandths(values) if values.dtype.kind == "f" else values).astype(np.int64)


def _spelled(part: pa.DictionaryArray | NDArray[np.generic], rows: NDArray[np.int64]) -> pa.Array:
    if isinstance(part, pa.DictionaryArray):
        return part.take(pa.array(rows)).dictionary_decode()
    return spelled(pa.array(part[rows]))


def _thousandths(values: NDArray[Any]) -> NDArray[np.float64]:
    """Cut off, so that 0.1999 is not told as 0.2."""
    found: NDArray[np.float64] = np.floor(values * 1_000 + 1e-9)
    return found


def spelled(values: pa.Array) -> pa.Array:
    """Figures as text; shares to three places."""
    if not pa.types.is_floating(values.type):
        return pc.cast(values, pa.string())
    thousandths = _thousandths(values.to_numpy())
    if thousandths.min(initial=0) >= 0 and thousandths.max(initial=0) <= 1_000:
        return _shares().take(pa.array(thousandths.astype(np.int32)))
    return pc.cast(pa.array(thousandths / 1_000), pa.string())


@functools.cache
def _shares() -> pa.Array:
    """0.0, 0.001 and so on up to 1.0, as text: to look one up takes a fraction of spelling it."""
    return pc.cast(pc.divide(pa.array(np.arange(1_001.0)), 1_000), pa.string())
