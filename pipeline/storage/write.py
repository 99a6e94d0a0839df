"""Writing: files that are whole or not there, tables under the contract, a run's manifest."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline import schema
from pipeline.stages.kernels import arrays

__all__ = [
    "arrange",
    "json_text",
    "labelled",
    "open_to",
    "plain",
    "read_json",
    "sync",
    "sync_folders",
    "text_keys",
    "write_json",
    "write_table",
    "write_text",
]

_COMPRESSION = "zstd"
_CHUNK = 1 << 16  # rows whose text is spelled at once


def arrange(name: str, rows: pa.Table) -> pa.Table:
    """Rows of a published table as the contract has them (`plain`), sorted by key."""
    rows, keys = rows.select(schema.PUBLISHED[name].names), schema.KEYS[name]
    if rows.num_rows and all(_is_text(rows[key]) for key in keys):
        return labelled(name, plain(name, _sorted(rows, keys)))
    told = _spelled(rows.select(keys), pa.schema([schema.PUBLISHED[name].field(key) for key in keys]))
    order = pc.sort_indices(told, sort_keys=[(key, "ascending") for key in keys])
    return labelled(name, plain(name, rows.take(order)))


def _is_text(column: pa.ChunkedArray) -> bool:
    return (pa.types.is_string(column.type) or pa.types.is_dictionary(column.type)) and not column.null_count


def _sorted(rows: pa.Table, keys: Sequence[str]) -> pa.Table:
    """Rows in the order of keys that are all strings, by the ranks of these."""
    return arrays.arranged(rows, arrays.ordered(*(arrays.ranks(rows[key]) for key in keys)))


def plain(name: str, rows: pa.Table) -> pa.Table:
    """Rows of a published table in its columns, in their order and types."""
    wanted = schema.PUBLISHED[name]
    return _spelled(rows.select(wanted.names), wanted)


def _spelled(rows: pa.Table, wanted: pa.Schema) -> pa.Table:
    """Rows in types that are not coded: in chunks, for a column of all may be 2 GiB of text and more."""
    return pa.concat_tables(rows.slice(first, _CHUNK).cast(wanted) for first in range(0, max(1, rows.num_rows), _CHUNK))


def labelled(name: str, rows: pa.Table) -> pa.Table:
    """Rows with the metadata of a published table: which it is, and the version of the contract."""
    metadata = {
        b"newswire_reprints.contract": schema.CONTRACT_VERSION.encode(),
        b"newswire_reprints.table": name.encode(),
    }
    return rows.replace_schema_metadata(metadata)


def write_table(rows: pa.Table, path: Path) -> None:
    """A table to a file, on the disk when this returns. Same rows, same bytes."""
    pq.write_table(rows, path, compression=_COMPRESSION, store_schema=True)
    sync(path)


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Replace a JSON file in one step."""
    write_text(path, json_text(content))


def json_text(content: Mapping[str, Any]) -> str:
    """A JSON object as it is written, for people to read."""
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def write_text(path: Path, content: str) -> None:
    """Replace a text file in one step: a reader sees the old one or the new one, never a part. Its mode stays.

    A link stays one: the file it leads to is replaced. What is no file, as a pipe or a device, is written into.
    """
    if path.exists() and not path.is_file():
        with path.open("w", encoding="utf-8") as stream:
            stream.write(content)
        return
    path = Path(os.path.realpath(path))
    aside = path.with_name(f".{path.name}.tmp")
    with aside.open("w", encoding="utf-8") as file:
        file.write(content)
        if path.exists():
            os.fchmod(file.fileno(), stat.S_IMODE(path.stat().st_mode))
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    sync(path.parent)


def open_to(path: Path, mode: str) -> None:
    """Give a file, or a folder and all in it, an octal mode; "" leaves it to the umask.

    Whoever may read a folder may enter it.
    """
    if mode:
        wanted = int(mode, 8) & 0o666
        for entry in (path, *path.rglob("*")):
            entry.chmod(wanted | (wanted & 0o444) >> 2 if entry.is_dir() else wanted)


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file."""
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def text_keys(rows: pa.Table) -> pa.Array:
    """One key for each row's text: its article_id and the digest of the version."""
    return pc.binary_join_element_wise(rows["article_id"], rows["digest"], "\n").combine_chunks()


def sync_folders(path: Path) -> None:
    """Have what a folder and those below it hold stay under its name: files are on the disk by themselves, names are not."""
    for entry in (path, *path.rglob("*")):
        if entry.is_dir():
            sync(entry)


def sync(path: Path) -> None:
    """Have a file or folder on the disk before what comes next relies on it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
