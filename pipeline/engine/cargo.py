"""What travels between tasks: Arrow tables as bytes, each addressed to a number.

So a shuffle carries columns of any type as they are, a few large rows instead of many small ones; and a result is what is
addressed to nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

__all__ = ["NOBODY", "Parcel", "packed", "parted", "unpacked"]

#: Whom a result is addressed to.
NOBODY = -1

_MOST = 4 << 20  # bytes of a parcel, about, before they are compressed


class Parcel(NamedTuple):
    """Rows, and the number that they are addressed to."""

    to: int
    rows: pa.Table


def parted(to: NDArray[np.int64], rows: pa.Table) -> Iterator[Parcel]:
    """The rows by whom each is addressed to, in their order."""
    if not len(to):
        return
    order = np.argsort(to, kind="stable")
    to, rows = to[order], rows.take(pa.array(order))
    begins = np.append(np.flatnonzero(np.append(True, to[1:] != to[:-1])), len(to))
    for first, last in pairwise(begins.tolist()):
        yield Parcel(int(to[first]), rows.slice(first, last - first))


def packed(parcels: Iterable[Parcel]) -> Iterator[tuple[int, bytes]]:
    """Parcels as bytes; one that is too large goes in several. Without rows none goes."""
    for to, rows in parcels:
        if not rows.num_rows:
            continue
        step = max(1, rows.num_rows * _MOST // max(1, rows.nbytes))
        for first in range(0, rows.num_rows, step):
            sink = pa.BufferOutputStream()
            options = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
            with pa.ipc.new_stream(sink, rows.schema, options=options) as stream:
                stream.write_table(rows.slice(first, step).combine_chunks())
            yield to, sink.getvalue().to_pybytes()


def unpacked(content: bytes) -> pa.Table:
    """The rows of a parcel."""
    with pa.ipc.open_stream(content) as stream:
        return stream.read_all()
