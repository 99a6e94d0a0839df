"""Where tasks of one run leave what later ones take up: files below the work of the store, each there whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

__all__ = ["folder", "load", "mapped", "save", "save_mapped"]


@contextmanager
def folder(path: Path) -> Iterator[Path]:
    """A folder to be filled, which is `path` when the block ends. Where another attempt was first, its folder stays."""
    aside = path.with_name(f".{path.name}.{os.uname().nodename}.{os.getpid()}")
    shutil.rmtree(aside, ignore_errors=True)
    try:
        yield aside
        try:
            aside.rename(path)
        except OSError:
            if not path.is_dir():
                raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def save(rows: pa.Table, path: Path) -> None:
    """A table as Parquet, in one step."""
    aside = _aside(path)
    pq.write_table(rows, aside, compression="zstd")
    aside.replace(path)


def load(path: Path, columns: list[str] | None = None) -> pa.Table:
    """The same."""
    return pq.ParquetFile(path).read(columns=columns)


def save_mapped(rows: pa.Table, path: Path) -> None:
    """A table of numbers for many tasks, each of which looks up a few of its rows: it is mapped, not read."""
    aside = _aside(path)
    with pa.OSFile(str(aside), "wb") as sink, pa.ipc.new_file(sink, rows.schema) as file:
        file.write_table(rows.combine_chunks())
    aside.replace(path)


def mapped(path: Path) -> pa.Table:
    """The same, of which nothing is read before it is asked for."""
    return pa.ipc.open_file(pa.memory_map(str(path))).read_all()


def _aside(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_name(f".{path.name}.{os.uname().nodename}.{os.getpid()}")
