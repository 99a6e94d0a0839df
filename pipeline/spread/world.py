"""What tasks are told of a run: where its texts lie, and how work is cut.

On the driver every text is a number, its place in the order of time, then id. A *share* is some of all values that texts have
in common; a *block* is a stretch of those numbers: the later texts of its pairs, which reach back to few others, since a bucket
above the cap has but a few pivots.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline import config
from pipeline.spread import scratch
from pipeline.storage.state import State

__all__ = ["AT_ONCE", "DONE", "FRESH", "NOW", "PAIRS_AT_ONCE", "WAS", "World", "part_of"]

#: Texts of a part that are held while what they have is sent, and pairs whose figures are held.
AT_ONCE, PAIRS_AT_ONCE = 8_192, 1 << 17

#: What tasks give back that leave a file behind: its number.
DONE = pa.schema([("n", pa.int64())])

#: Who stood alone before, who does now, and who may meet others than before: bits of `flags`.
WAS, NOW, FRESH = np.uint8(1), np.uint8(2), np.uint8(4)


class World(NamedTuple):
    """A run under way, whose files lie in `folder`; all values are cut into `n_shares`."""

    state: State
    folder: Path
    settings: config.Config
    n_shares: int

    @property
    def by_key(self) -> Path:
        """The texts (key, row, time, content, flags), sorted by key."""
        return self.folder / "by_key.arrow"

    @property
    def by_row(self) -> Path:
        """By row, their keys; and, while candidates are settled, who `stays` and who is `fresh`."""
        return self.folder / "by_row.arrow"

    def block(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """The block of each row."""
        return rows // self.settings.spark.block_texts

    def candidates(self, block: int) -> Path:
        """Where the candidates of a block lie."""
        return self.folder / "candidates" / f"{block:08}.arrow"

    def matches(self, block: int) -> Path:
        """Where its matches lie."""
        return self.folder / "matches" / f"{block:08}.arrow"

    @property
    def twins(self) -> Path:
        """The pairs (left, right) of a text and the twin that stands for it."""
        return self.folder / "twins.arrow"


def part_of(world: World, number: int) -> pa.Table:
    """The texts of a part, by key."""
    known = scratch.mapped(world.by_key)
    keys = known["key"].to_numpy()
    first, last = np.searchsorted(keys, [number << 32, (number + 1) << 32])
    return known.slice(first, last - first).combine_chunks()
