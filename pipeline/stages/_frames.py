"""The way between Arrow tables and pandas frames, for the stages that assemble rows with pandas."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["beside", "frame", "table"]


def beside(ids: pa.ChunkedArray, rows: pa.Table, columns: Sequence[str], key: str = "article_id") -> pa.Table:
    """Those columns of the rows that have these ids as their `key`, in the order of the ids; null where there is none.

    A join by key as pandas makes it takes several times as long, of few rows and of many.
    """
    keys = rows[key].combine_chunks()
    if pc.count_distinct(keys).as_py() != len(keys):
        raise ValueError(
            f"{key} names several rows where it must name one: look at the tables that the stage was given"
        )
    return rows.select(columns).take(pc.index_in(ids, value_set=keys))


def frame(rows: pa.Table, columns: Sequence[str]) -> pd.DataFrame:
    """Those columns as pandas.

    An empty table takes a way round: pandas 3.1 cannot join on string columns that came from Arrow without a chunk.
    """
    found = rows.select(columns)
    return found.to_pandas() if found.num_rows else _empty(found.schema.remove_metadata()).copy()


@lru_cache(maxsize=256)  # a run on a young store meets many, of few schemas
def _empty(columns: pa.Schema) -> pd.DataFrame:
    found = columns.empty_table().to_pandas()
    return found.astype("object").astype(found.dtypes)


def table(rows: pd.DataFrame, columns: pa.Schema) -> pa.Table:
    """Those columns as Arrow, without metadata. A null where the schema allows none is an error here, not downstream."""
    found = pa.Table.from_pandas(rows[columns.names], schema=columns, preserve_index=False)
    holes = [field.name for field in columns if not field.nullable and found[field.name].null_count]
    if holes:
        message = f"null in {', '.join(holes)}, which must be known: look at the tables that the stage was given"
        raise ValueError(message)
    return found.replace_schema_metadata(None)
