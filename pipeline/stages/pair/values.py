"""Pairing for machines that each look at some of the values alone: what `run` does at once, cut into pieces.

leads(keys, times, kin, there)                 who stands for whom, on the machine that knows all rows
shared(keys, alone)                            what rows have that others may have, too, value by value
of_values(found, ...), disturbed_by_values     what comes of the rows of one value, wherever the others are
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline import config
from pipeline.stages.pair.world import PATHS, ROW, VALUE, Joiner, World, keyed, limits, met, windows

__all__ = ["Shared", "disturbed_by_values", "leads", "of_values", "shared"]


def leads(
    keys: pa.Table, times: NDArray[np.int64], kin: NDArray[np.int64], there: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """For each row that is `there` its twin that stands for it: the first, or the row itself; int64 (rows,).

    Of `keys` content and has_words are looked at; rows come in the order of time.
    """
    return World(keys, times, kin).twins(there)


class Shared(NamedTuple):
    """What rows have that others may have, too, value by value: `path` of `PATHS` or the number of a band (negative)."""

    path: int
    values: NDArray[np.uint32]
    rows: NDArray[np.int64]

    @property
    def name(self) -> str:
        """The name of the path."""
        return PATHS[self.path] if self.path >= 0 else "bands"


def shared(keys: pa.Table, alone: NDArray[np.bool_]) -> Iterator[Shared]:
    """All that `run` joins of the rows that stand `alone`: for machines that each look at some of the values.

    Of two rows a pair is found by the rows of one value alone (`of_values`), wherever the others are looked at; but for the
    path `sample`, of which enough have to be found together.
    """
    joiner = Joiner(World(keys, None, None), alone, np.ones(len(alone), np.bool_), config.Pair())
    sampled = np.concatenate([piece() for piece in joiner.sampled()])
    paths = [(PATHS.index("short"), joiner.short()), (PATHS.index("sample"), sampled)]
    paths += [(-1 - number, band()) for number, band in enumerate(joiner.bands())]
    for path, found in paths:
        yield Shared(path, (found >> VALUE).astype(np.uint32), (found & ROW).astype(np.int64))


def of_values(
    found: Shared,
    times: NDArray[np.int64],
    contents: NDArray[np.int64],
    fresh: NDArray[np.bool_],
    settings: config.Pair,
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The pairs, left << 32 | right, of rows with a value in common, and how often each is found. `times`, in their order,
    `contents` and `fresh` are by row, as in `run`.
    """
    keys = keyed(found.values, found.rows)
    pairs, counts = met([lambda: keys], times, contents, fresh, settings, found.name)
    return pairs, counts.astype(np.int64)


def disturbed_by_values(
    found: Shared,
    times: NDArray[np.int64],
    contents: NDArray[np.int64],
    was: NDArray[np.bool_],
    now: NDArray[np.bool_],
    settings: config.Pair,
) -> NDArray[np.bool_]:
    """The rows that `disturbed` finds by these values; `was` and `now` say which stood alone there and do now."""
    from pipeline.stages.kernels import join

    keys = keyed(found.values, found.rows)
    keys.sort()
    out = np.zeros(len(times), np.bool_)
    join.disturb(keys, *windows(times, settings), contents, was, now, *limits(settings, found.name), out)
    return out
