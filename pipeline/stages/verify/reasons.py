"""The words in which a verdict is given."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

__all__ = ["Reason", "sentences"]

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
            pieces.append(_number(pa.array(part[rows])))
    return pc.binary_join_element_wise(*pieces, "")


def _number(values: pa.Array) -> pa.Array:
    """Figures as text; shares to three places, cut off, so that 0.1999 is not told as 0.2."""
    if pa.types.is_floating(values.type):
        values = pc.divide(pc.floor(pc.add(pc.multiply(values, 1_000), 1e-9)), 1_000)
    return pc.cast(values, pa.string())
