"""Rows as they lie in a file: what was asked for is found at the places that are told, whatever lies among it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st

from pipeline.storage.groups import Lying, by_group, lying, rows_of

WANTED = pa.schema([pa.field("word", pa.string()), pa.field("n", pa.int64())])


@given(st.integers(1, 40), st.integers(1, 9), st.data())
def test_rows_are_where_it_is_said(n_rows: int, of_group: int, data: st.DataObject) -> None:
    rows = np.array(sorted(data.draw(st.sets(st.integers(0, n_rows - 1)))), np.int64)
    table = pa.table(
        {"n": pa.array(np.arange(n_rows)), "more": pa.nulls(n_rows), "word": [f"w{n}" for n in range(n_rows)]}
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.parquet"
        pq.write_table(table, path, row_group_size=of_group)
        pieces = list(by_group(path, rows))
        found = Lying.together(WANTED, [lying(path, WANTED, *piece) for piece in pieces])
        arranged = [row for piece in pieces for row in rows_of(path, WANTED, *piece).to_pylist()]
    assert found.rows.schema == WANTED
    assert found.rows["n"].to_numpy()[found.places].tolist() == rows.tolist()
    assert found.arranged().to_pylist() == arranged == [{"word": f"w{n}", "n": n} for n in rows.tolist()]
    assert len(found.rows) <= max(2 * len(rows), len(rows) + of_group)  # what lies among them is not much
