"""The published tables of a run as they lie: a file each, or, in a large store, most of them a folder of parts.

    RUN/members.parquet                     of a small store: one file
    RUN/members.parquet/2026-03-01.parquet  of a large one: the rows of that day and those after it, up to the next part

Each file is sorted by the table's key. A part that a run does not change is not written again: it is the same file in both
runs, by a hard link where the file system has them. So a published file is never written to.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pipeline import schema
from pipeline.storage import write

__all__ = ["WHOLE", "Tables", "divided", "link", "named", "parts_of", "read", "write_part"]

#: The name of the only part of a table that is one file.
WHOLE = ""

_FIRST = date(1970, 1, 1)


class Tables(Mapping[str, pa.Table]):
    """The tables in the folder of a run, read when they are asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __getitem__(self, name: str) -> pa.Table:
        if name not in schema.PUBLISHED:
            raise KeyError(name)
        return write.labelled(name, self.read(name))

    def __iter__(self) -> Iterator[str]:
        return iter(schema.PUBLISHED)

    def __len__(self) -> int:
        return len(schema.PUBLISHED)

    def path(self, name: str, part: str = WHOLE) -> Path:
        """Where a table lies, or a part of it."""
        whole = self.folder / f"{name}.parquet"
        return whole / f"{part}.parquet" if part != WHOLE else whole

    def files(self, name: str) -> dict[str, Path]:
        """The files of a table by the name of the part, in their order; one named `WHOLE` where it is a single file."""
        path = self.path(name)
        return {file.stem: file for file in sorted(path.glob("*.parquet"))} if path.is_dir() else {WHOLE: path}

    def is_divided(self) -> bool:
        """Whether the tables are folders of parts."""
        return self.path("members").is_dir()

    def read(self, name: str, columns: Sequence[str] | None = None, parts: frozenset[str] | None = None) -> pa.Table:
        """A table, or some of its columns, without metadata; `parts`: of those parts alone, and of `WHOLE`.

        Columns that an older contract did not have are null.
        """
        chosen = [file for part, file in self.files(name).items() if parts is None or part == WHOLE or part in parts]
        nothing = schema.PUBLISHED[name].empty_table()
        nothing = nothing if columns is None else nothing.select(columns)
        return pa.concat_tables([nothing, *(_under(nothing.schema, read(file, columns)) for file in chosen)])

    def where(self, name: str, column: str, wanted: pa.Array, columns: Sequence[str]) -> pa.Table:
        """Those columns of the rows whose `column` is one of `wanted`. One file at a time is held in memory."""
        found = [schema.PUBLISHED[name].empty_table().select(list(columns))]
        for part in self.files(name):
            rows = self.read(name, list({*columns, column}), frozenset({part}))
            found.append(rows.filter(pc.is_in(rows[column], wanted)).select(list(columns)))
        return pa.concat_tables(found)

    def count(self, name: str) -> int:
        """The rows of a table."""
        return sum(pq.read_metadata(file).num_rows for file in self.files(name).values())


def _under(contract: pa.Schema, rows: pa.Table) -> pa.Table:
    missing = [field for field in contract if field.name not in rows.column_names]
    for field in missing:
        rows = rows.append_column(field, pa.nulls(rows.num_rows, field.type))
    return rows.select(contract.names) if missing else rows


def read(file: Path, columns: Sequence[str] | None = None, *, coded: bool = False) -> pa.Table:
    """A file of a table, or some of its columns, without metadata. `coded`: strings as numbers in a dictionary, as they lie."""
    strings = [field.name for field in pq.read_schema(file) if pa.types.is_string(field.type)] if coded else None
    with pq.ParquetFile(file, read_dictionary=strings) as opened:
        return opened.read(columns=columns if columns is None else list(columns)).replace_schema_metadata(None)


def parts_of(at: NDArray[np.int64], days: int) -> NDArray[np.int64]:
    """The part that a row of each of these times (microseconds) lies in, by the number of its first day since 1970.

    A part has so many days.
    """
    return at // (schema.DAY * days) * days


def named(first_days: NDArray[np.int64]) -> list[str]:
    """The names of parts that begin with these days."""
    return [(_FIRST + timedelta(days=day)).isoformat() for day in first_days.tolist()]


def divided(rows: pa.Table, days: int, only: str | None = None) -> dict[str, pa.Table]:
    """The rows of each part, by their column `at`; those of one part alone if it is named."""
    numbers = parts_of(rows["at"].cast(pa.int64()).to_numpy(), days)
    found = np.unique(numbers)
    return {
        name: rows.filter(pa.array(numbers == number))
        for name, number in zip(named(found), found, strict=True)
        if only in (None, name)
    }


def write_part(name: str, rows: pa.Table, path: Path) -> None:
    """Write rows of a table to a file, sorted by its key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write.write_table(write.arrange(name, rows), path)


def link(file: Path, path: Path) -> None:
    """Have a file that is never written to in a second place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(file, path)
    except OSError:  # another device, or a file system without links
        shutil.copyfile(file, path)
        write.sync(path)
