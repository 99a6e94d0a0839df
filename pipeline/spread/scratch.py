"""Where tasks of one run leave what later ones take up: files below the work of the store, each there whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

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
    """A table as Arrow, packed, in one step: what is read once or twice is written several times as fast as Parquet."""
    _save(rows, path, pa.ipc.IpcWriteOptions(compression="lz4"))


def load(path: Path, columns: list[str] | None = None) -> pa.Table:
    """The same, or some of its columns."""
    with pa.OSFile(str(path)) as file:
        whole = pa.ipc.open_file(file)
        if columns is None:
            return whole.read_all()
        chosen = pa.ipc.IpcReadOptions(included_fields=list(map(whole.schema.names.index, columns)))
        return pa.ipc.open_file(file, options=chosen).read_all().select(columns)


def save_mapped(rows: pa.Table, path: Path) -> None:
    """A table of numbers for many tasks, each of which looks up a few of its rows: it is mapped, not read."""
    _save(rows, path, pa.ipc.IpcWriteOptions())


def mapped(path: Path) -> pa.Table:
    """The same, of which nothing is read before it is asked for."""
    return pa.ipc.open_file(pa.memory_map(str(path))).read_all()


def _save(rows: pa.Table, path: Path, options: pa.ipc.IpcWriteOptions) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.uname().nodename}.{os.getpid()}")
    with pa.OSFile(str(aside), "wb") as sink, pa.ipc.new_file(sink, rows.schema, options=options) as file:
        file.write_table(rows.combine_chunks())
    aside.replace(path)
