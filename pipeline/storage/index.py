"""What a part's articles are known by and have in common, sorted, so that one article's values are found among millions.

    part/seen.arrow     by what articles are known again: each column of `identify.SEEN`, sorted
    part/shared.arrow   what texts may have in common (`pair.KEYS`): each band, the sample, short texts, each sorted
    part/edges.arrow    whom each text was accepted as a match with, sorted by text

They say nothing that `seen`, `texts` and `matches` do not say. Where a file is not there, as in parts of an older release, it
is made of those in memory: that takes longer and gives the same. Files are mapped: a look-up touches a few pages of one.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.stages import identify, pair
from pipeline.stages.kernels import arrays
from pipeline.stages.kernels.threads import parallel
from pipeline.storage import files
from pipeline.storage.write import sync

__all__ = [
    "ASIDE",
    "Edges",
    "Seen",
    "Shared",
    "differing",
    "write",
]

#: Begins the name of a file of a part that is being written.
ASIDE = ".unfinished-"

Rows = NDArray[np.int64]
_Arrays = Mapping[str, NDArray[Any]]
_AS_THEY_ARE = ("kin", "content", "has_words", "has_shingles")
_NEAR = 8  # times the root of the number of values: how far from its likely place one is looked for first
_ROWS = " rows"  # behind the name of sorted values: where they stood


class Seen:
    """By what the articles of the part in a folder are known again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def rows(self, name: str, wanted: int) -> list[int]:
        """The rows of the articles with that hash in that column of `identify.SEEN`, ascending."""
        _, rows = _found(self._arrays, name, np.array([wanted], np.int64))
        return sorted(rows.tolist())

    @cached_property
    def _arrays(self) -> _Arrays:
        return _index(self._folder, "seen")


class Shared:
    """What the texts of the part in a folder may have in common with others."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def having(self, wanted: Mapping[str, NDArray[np.uint32]]) -> dict[str, tuple[NDArray[np.uint32], Rows]]:
        """Of each column the wanted values as often as they occur, and the rows that have them; sorted by value, then row."""
        return {name: _found(self._arrays, name, values) for name, values in wanted.items()}

    def column(self, name: str, rows: Rows) -> NDArray[Any]:
        """A column of these texts: when they are `at` (microseconds), or one of `kin`, content, has_words, has_shingles."""
        found: NDArray[Any] = self._arrays[name][rows]
        return found

    @cached_property
    def _arrays(self) -> _Arrays:
        return _index(self._folder, "texts")


class Edges:
    """The accepted matches of the part in a folder, whether or not they still hold."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, texts: Rows) -> tuple[Rows, NDArray[np.int8]]:
        """The matches with a side among these texts (keys): their sides, int64 (2, matches), and the path that each was found
        by.
        """
        texts = arrays.ascending(texts)
        places = arrays.ascending(np.concatenate([_found(self._arrays, side, texts)[1] for side in ("left", "right")]))
        left, right, path = (self._arrays[name][places] for name in ("lefts", "rights", "path"))
        return np.stack([left, right]), path

    def sides(self) -> tuple[Rows, Rows]:
        """The left and the right text of each match, in their order."""
        return self._arrays["lefts"], self._arrays["rights"]

    @cached_property
    def _arrays(self) -> _Arrays:
        return _index(self._folder, "matches")


def wanted(keys: pa.Table) -> dict[str, NDArray[np.uint32]]:
    """The values that texts (`pair.KEYS`) have in the columns of `shared.arrow`, each once, sorted."""
    bands = arrays.hashes(keys["bands"])[0].reshape(keys.num_rows, -1)
    is_short = keys["has_words"].to_numpy() & ~keys["has_shingles"].to_numpy()
    found = {f"band {number}": bands[:, number] for number in range(bands.shape[1])}
    found |= {"sampled": arrays.hashes(keys["sampled"])[0], "short": short_values(keys["content"].to_numpy()[is_short])}
    return {name: arrays.ascending(values) for name, values in found.items()}


def short_values(contents: Rows) -> NDArray[np.uint32]:
    """By what `pair` joins texts that are too short for a shingle."""
    return (contents.view(np.uint64) >> np.uint64(32)).astype(np.uint32)


def _of_matches(matches: pa.Table) -> _Arrays:
    accepted = matches.filter(matches["accepted"])
    left, right, path = (accepted[name].to_numpy() for name in ("left", "right", "path"))
    rows = np.arange(len(left))
    return _sorted({"left": (left, rows), "right": (right, rows)}) | {"lefts": left, "rights": right, "path": path}


def write(folder: Path, table: str) -> None:
    """Write the index of a table (seen, texts or matches) of the part in a folder; on the disk when this returns.

    Arrays of any lengths, as lists of one row: nothing is packed, so that they can be mapped.
    """
    columns, path = _made(folder, table), folder / _INDEXES[table].file
    lists = [pa.LargeListArray.from_arrays([0, len(values)], pa.array(values)) for values in columns.values()]
    rows = pa.RecordBatch.from_arrays(lists, names=list(columns))
    aside = path.with_name(f"{ASIDE}{path.name}.{uuid.uuid4().hex}")
    with pa.OSFile(str(aside), "wb") as sink, pa.ipc.new_file(sink, rows.schema) as writer:
        writer.write_batch(rows)
    sync(aside)
    aside.replace(path)


def differing(folder: Path) -> str:
    """The first of a part's indexes that does not say what its table says; "" for none, as where there are none."""
    for table, (file, _, _) in _INDEXES.items():
        if (folder / file).exists():
            there, wanted = _mapped(folder / file), _made(folder, table)
            same = there.keys() == wanted.keys() and all(np.array_equal(there[one], wanted[one]) for one in wanted)
            if not same:
                return file
    return ""


def _of_seen(seen: pa.Table) -> _Arrays:
    return _sorted({name: (seen[name].to_numpy(), np.arange(seen.num_rows)) for name in identify.SEEN.names})


def _of_texts(texts: pa.Table) -> _Arrays:
    rows = np.arange(texts.num_rows)
    content, has_words, has_shingles = (texts[name].to_numpy() for name in ("content", "has_words", "has_shingles"))
    shingled, short = np.flatnonzero(has_shingles), np.flatnonzero(has_words & ~has_shingles)
    bands, sampled = arrays.hashes(texts["bands"])[0], arrays.hashes(texts["sampled"])
    by_band = bands.reshape(max(1, texts.num_rows), -1)
    values = {f"band {number}": (by_band[shingled, number], shingled) for number in range(by_band.shape[1])}
    values["sampled"] = sampled[0], np.repeat(rows, np.diff(sampled[1]))
    values["short"] = short_values(content[short]), short
    plain = {name: texts[name].to_numpy() for name in _AS_THEY_ARE}
    plain |= {name: plain[name].astype(np.uint8) for name in ("has_words", "has_shingles")}
    return _sorted(values) | {"at": texts["effective_at"].cast(pa.int64()).to_numpy(), **plain}


def _sorted(columns: Mapping[str, tuple[NDArray[Any], Rows]]) -> dict[str, NDArray[Any]]:
    """Values, each with its row, sorted by value, then row."""

    def ordered(column: tuple[NDArray[Any], Rows]) -> tuple[NDArray[Any], NDArray[np.uint32]]:
        values, rows = column
        if values.dtype == np.uint32:  # both in one word: many times faster than to sort places
            packed = values.astype(np.uint64) << np.uint64(32) | rows.astype(np.uint64)
            packed.sort()
            return (packed >> np.uint64(32)).astype(np.uint32), packed.astype(np.uint32)
        order = np.lexsort((rows, values))
        return values[order], rows[order].astype(np.uint32)

    found = parallel(ordered, columns.values())
    return {
        name: array
        for column, (values, rows) in zip(columns, found, strict=True)
        for name, array in ((column, values), (column + _ROWS, rows))
    }


def _found(columns: _Arrays, name: str, wanted: NDArray[Any]) -> tuple[NDArray[Any], Rows]:
    """Each of the wanted values as often as it occurs in a sorted column, and the rows where it stood."""
    if name not in columns:
        return wanted[:0], np.empty(0, np.int64)
    values = columns[name]
    wanted = wanted.astype(values.dtype)  # or the whole column would be copied
    places = [np.arange(*_stretch(values, value)) for value in wanted]
    where = np.concatenate([np.empty(0, np.int64), *places])
    return values[where], columns[name + _ROWS][where].astype(np.int64)


def _stretch(values: NDArray[Any], value: Any) -> tuple[int, int]:
    """Where a value stands in a sorted column: [first, last).

    Hashes are spread evenly, so that one is looked for first where it is likely to stand: of a file that lies on a disk as yet
    a page or two are read instead of one for each halving.
    """
    n = len(values)
    near, kind = _NEAR * int(n**0.5) + _NEAR, np.iinfo(values.dtype)
    guess = (int(value) - int(kind.min)) * n >> kind.bits
    low, high = max(0, guess - near), min(n, guess + near)
    if (low and not values[low] < value) or (high < n and not values[high - 1] > value):
        low, high = 0, n
    part = values[low:high]
    return low + int(np.searchsorted(part, value, "left")), low + int(np.searchsorted(part, value, "right"))


class _Index(NamedTuple):
    """The file of an index, and how it is made of those columns of its table."""

    file: str
    columns: Sequence[str]
    made: Callable[[pa.Table], _Arrays]


_INDEXES: Mapping[str, _Index] = {
    "seen": _Index("seen.arrow", identify.SEEN.names, _of_seen),
    "texts": _Index("shared.arrow", ("effective_at", "kin", *pair.KEYS.names), _of_texts),
    "matches": _Index("edges.arrow", ("left", "right", "path", "accepted"), _of_matches),
}


def _made(folder: Path, table: str) -> _Arrays:
    _, columns, made = _INDEXES[table]
    return made(files.read(files.path_of(folder, table), columns))


def _index(folder: Path, table: str) -> _Arrays:
    """The index of a table as it lies, or, where there is none, as it would be."""
    path = folder / _INDEXES[table].file
    return _mapped(path) if path.exists() else _made(folder, table)


def _mapped(path: Path) -> _Arrays:
    rows = files.mapped(path)
    return {name: rows[name].chunk(0).values.to_numpy() for name in rows.column_names}
