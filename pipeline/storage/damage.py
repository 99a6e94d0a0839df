"""What has become of the files of a store: told where a command fails for one that is missing, or no longer what a run wrote.

Nothing is looked at before: only what failed is asked whether the store is the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import StoreError
from pipeline.storage import files

if TYPE_CHECKING:
    from pipeline.storage.store import Store

__all__ = ["told_if_damaged"]

_TABLES = frozenset({".parquet", ".arrow"})

_REMEDY = (
    "`reprints verify-store` says what else is; put it back, or go back to an earlier run with `reprints rollback`"
)


@contextmanager
def told_if_damaged(store: Store) -> Iterator[None]:
    """A `StoreError` in the place of a failure for which a file of the store is the reason; any other goes its way."""
    try:
        yield
    except PermissionError:
        raise
    except (OSError, pa.ArrowException) as error:
        if isinstance(error, FileNotFoundError) and str(store.path) in str(error):
            raise StoreError(f"{store.name}: a file of it is missing: {error}; {_REMEDY}") from error
        for look in (
            files.size,
            _read_through,
        ):  # most damage shows at the end of a file; a page within only as it is read
            for path in _tables(store):
                if why := _failing(look, path):
                    raise StoreError(f"{path}: is damaged: {why}; {_REMEDY}") from error
        raise


def _tables(store: Store) -> Iterator[Path]:
    """The files of tables of all runs and parts of the state, as far as they lie here."""
    for kind in ("runs", "state"):
        yield from sorted(path for path in (store.path / kind).rglob("*") if path.suffix in _TABLES and path.is_file())


def _read_through(path: Path) -> None:
    """Unpack all of a table; one that is mapped is as it lies."""
    if not files.is_mapped(path):
        with pq.ParquetFile(path) as file:
            for _ in file.iter_batches():
                pass


def _failing(look: Callable[[Path], object], path: Path) -> str:
    try:
        look(path)
    except (OSError, pa.ArrowException) as error:
        return " ".join(str(error).split())
    return ""
