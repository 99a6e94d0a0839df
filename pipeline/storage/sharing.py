"""The texts that have a value in common with a given one, looked up in the indexes of all parts together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline import config
from pipeline.stages import pair
from pipeline.stages.kernels import arrays
from pipeline.storage import index

__all__ = ["TOLD", "sharing"]

Keys = NDArray[np.int64]

#: What is told of a text: what it may have in common with others, who it is, and when.
TOLD = pa.schema([*pair.KEYS, *(pa.field(name, pa.int64(), nullable=False) for name in ("key", "kin", "at"))])

_PART = 32  # bits of a key that name the row
_FULL = 8  # times the cap of a bucket: of a larger one it is worth the while to choose


class _Held(NamedTuple):
    """Values that texts have: `bucket` is the column's number << 32 | value; row by row, by part, bucket and row."""

    bucket: NDArray[np.uint64]
    key: Keys
    at: Keys

    def only(self, chosen: NDArray[Any]) -> _Held:
        return _Held(*(column[chosen] for column in self))


def sharing(
    parts: Mapping[int, index.Shared], asked: pa.Table, span: tuple[int, int], out: Keys, settings: config.Pair
) -> pa.Table:
    """The texts in a stretch of time that have anything in common with one of `asked` (`TOLD`), as `TOLD`, by key.

    `parts` are by number; the texts `out` are left out. Of what a text has, only that is told which one of `asked` has, too; in
    the place of any other band stands a value that none of them has. Of a bucket far above the cap those rows alone are told
    that decide what comes of it. Among such rows `pair.run` finds the pairs with `asked` that it finds among all texts.
    """
    wanted = index.wanted(asked)
    held = _held(parts, wanted)
    held = held.only((span[0] <= held.at) & (held.at <= span[1]) & ~arrays.is_in(held.key, out))
    held = held.only(_deciding(parts, held, asked, list(wanted), settings))
    keys, _ = arrays.counted(held.key)
    place, column = np.searchsorted(keys, held.key), held.bucket >> np.uint64(_PART)
    names, values = list(wanted), held.bucket.astype(np.uint32)
    n_bands = names.index("sampled")
    bands = np.empty((len(keys), n_bands), np.uint32)
    for number in range(n_bands):
        bands[:, number] = _strange(wanted[names[number]])
    of_band = column < n_bands
    bands[place[of_band], column[of_band].astype(np.int64)] = values[of_band]
    sampled = column == n_bands
    order = np.lexsort((values[sampled], place[sampled]))
    columns = {"key": pa.array(keys)}
    for name in ("at", "kin", "content", "has_words", "has_shingles"):
        columns[name] = pa.array(_column(parts, name, keys)).cast(TOLD.field(name).type)
    columns["bands"] = arrays.lists(bands.ravel(), np.arange(len(keys) + 1) * n_bands)
    of_each = np.bincount(place[sampled], minlength=len(keys))
    columns["sampled"] = arrays.lists(values[sampled][order], arrays.offsets(of_each))
    return pa.table([columns[name] for name in TOLD.names], schema=TOLD)


def _held(parts: Mapping[int, index.Shared], wanted: Mapping[str, NDArray[np.uint32]]) -> _Held:
    """Each of the wanted values of each text that has it."""
    found = [_Held(np.empty(0, np.uint64), *(np.empty(0, np.int64) for _ in range(2)))]
    for number, part in parts.items():
        having = part.having(wanted).values()
        rows = np.concatenate([rows for _, rows in having])
        bucket = [np.uint64(column << _PART) | values.astype(np.uint64) for column, (values, _) in enumerate(having)]
        found.append(_Held(np.concatenate(bucket), (number << _PART) + rows, part.column("at", rows)))
    return _Held(*map(np.concatenate, zip(*found, strict=True)))


def _deciding(
    parts: Mapping[int, index.Shared], held: _Held, asked: pa.Table, columns: list[str], settings: config.Pair
) -> NDArray[np.bool_]:
    """Which rows decide what comes of their bucket: all, unless it is far above the cap, and one text alone asks for it."""
    stays = np.ones(len(held.key), np.bool_)
    buckets, sizes = arrays.counted(held.bucket)
    full = buckets[sizes > _FULL * settings.bucket_cap]
    if not len(full):
        return stays
    asking = [(index.wanted(asked.slice(row, 1)), row) for row in range(asked.num_rows)]
    keys, at, contents = (asked[name].to_numpy() for name in ("key", "at", "content"))
    for bucket in full.tolist():
        name, value = columns[bucket >> _PART], bucket & (1 << _PART) - 1
        who = [row for values, row in asking if value in values[name]]
        if len(who) != 1:
            continue
        rows = np.flatnonzero((held.bucket == bucket) & (held.key != keys[who[0]]))
        rows = rows[np.lexsort((held.key[rows], held.at[rows]))]
        theirs = held.key[rows]
        told = _column(parts, "content", np.sort(theirs))[np.argsort(np.argsort(theirs))]
        path = "sample" if name == "sampled" else "bands"
        own = int(at[who[0]]), int(contents[who[0]])
        met = pair.pivots_met(held.at[rows], told, theirs >> _PART, *own, settings, path)
        if met is not None:
            stays[rows] = False
            stays[rows[met]] = True
    return stays


def _column(parts: Mapping[int, index.Shared], name: str, keys: Keys) -> NDArray[Any]:
    """A column of texts, whose keys are sorted."""
    found = [
        part.column(name, keys[keys >> _PART == number] & (1 << _PART) - 1) for number, part in sorted(parts.items())
    ]
    return np.concatenate(found) if found else np.empty(0, np.int64)


def _strange(values: NDArray[np.uint32]) -> int:
    """A value that is not among these."""
    others = set(values.tolist())
    return next(value for value in range(len(others) + 1) if value not in others)
