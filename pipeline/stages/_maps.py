"""The maps of many bodies at once: where the characters of a folded text stood in the text as read (`_fold.SpanMap`)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline import schema
from pipeline.stages.kernels import arrays

__all__ = ["Maps"]

_MAP = schema.ARTICLES.field("body_map").type

Numbers = NDArray[np.int64]


class Maps:
    """The maps of bodies (`body_map`), all in one: of row i the entries offsets[i]:offsets[i + 1] of `at` and `raw`."""

    def __init__(self, maps: pa.ChunkedArray) -> None:
        column = maps.combine_chunks()
        flat = column.flatten()
        self.at, self.raw = (flat.field(name).to_numpy().astype(np.int64) for name in ("at", "raw"))
        sizes = np.diff(column.offsets.to_numpy())
        self.rows = np.repeat(np.arange(len(sizes)), sizes)
        self._keys = (self.rows << 32) + self.at

    def place(self, rows: NDArray[np.integer], offsets: Numbers) -> Numbers:
        """Where the characters at these offsets of these bodies stood in the texts as read: as `_fold.place_in`."""
        entry = np.searchsorted(self._keys, (rows.astype(np.int64) << 32) + offsets, side="right") - 1
        found: Numbers = self.raw[entry] + offsets - self.at[entry]
        return found

    def between(self, cuts: Sequence[tuple[int, int]]) -> pa.Array:
        """The maps of what stays of each body when it is cut to body[start:end]."""
        start, end = np.array(cuts, np.int64).reshape(-1, 2).T
        inside = (self.at > start[self.rows]) & (self.at < end[self.rows])
        rows = self.rows[inside]
        offsets = arrays.offsets(np.bincount(rows, minlength=len(cuts)) + 1)
        at, raw = (np.empty(offsets[-1], np.int32) for _ in range(2))
        others = np.ones(len(at), np.bool_)
        others[offsets[:-1]] = False
        at[offsets[:-1]], at[others] = 0, self.at[inside] - start[rows]
        raw[offsets[:-1]], raw[others] = self.place(np.arange(len(cuts)), start), self.raw[inside]
        entries = pa.StructArray.from_arrays([pa.array(at), pa.array(raw)], fields=list(_MAP.value_type))
        return pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), entries, type=_MAP)
