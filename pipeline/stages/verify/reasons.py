"""The words in which a verdict is given."""

from __future__ import annotations

import functools

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

__all__ = ["Reason", "sentences", "spelled"]

#: The parts of a reason: words, words by row, or figures by row.
Reason = tuple[str | pa.Array | NDArray[np.generic], ...]


def sentences(parts: Reason, rows: NDArray[np.int64]) -> pa.Array:
    """The parts joined for each of the rows."""
    if all(isinstance(part, str) for part in parts):
        return pa.repeat("".join(map(str, parts)), len(rows))
    pieces = []
    for part in parts:
        if isinstance(part, str):
            pieces.append(pa.scalar(part))
        elif isinstance(part, pa.Array):
            pieces.append(part.take(pa.array(rows)))
        else:
            pieces.append(spelled(pa.array(part[rows])))
    return pc.binary_join_element_wise(*pieces, "")


def spelled(values: pa.Array) -> pa.Array:
    """Figures as text; shares to three places, cut off, so that 0.1999 is not told as 0.2."""
    if not pa.types.is_floating(values.type):
        return pc.cast(values, pa.string())
    thousandths = pc.floor(pc.add(pc.multiply(values, 1_000), 1e-9))
    least, most = pc.min_max(thousandths).values()
    if least.is_valid and least.as_py() >= 0 and most.as_py() <= 1_000:
        return _shares().take(pc.cast(thousandths, pa.int32()))
    return pc.cast(pc.divide(thousandths, 1_000), pa.string())


@functools.cache
def _shares() -> pa.Array:
    """0.0, 0.001 and so on up to 1.0, as text: to look one up takes a fraction of spelling it."""
    return pc.cast(pc.divide(pa.array(np.arange(1_001.0)), 1_000), pa.string())
