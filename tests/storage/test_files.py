"""Tables of a part as files: of either kind the same rows come back, all of them or those that are asked for."""

from __future__ import annotations

import tempfile
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline import schema
from pipeline.stages.kernels import arrays
from pipeline.storage import files, groups

COLUMNS = pa.schema(
    [
        pa.field("article_id", pa.string(), nullable=False),
        pa.field("shingles", pa.large_list(pa.field("item", pa.int32(), nullable=False)), nullable=False),
    ]
)
PIECES = st.lists(
    st.lists(st.lists(st.integers(-(1 << 31), (1 << 31) - 1), max_size=3), min_size=1, max_size=9), max_size=5
)


def table_of(pieces: list[list[list[int]]]) -> pa.Table:
    """A chunk for each piece."""
    found = [COLUMNS.empty_table()]
    for at, piece in enumerate(pieces):
        rows = [{"article_id": f"{at}.{row}", "shingles": shingles} for row, shingles in enumerate(piece)]
        found.append(pa.Table.from_pylist(rows, COLUMNS))
    return pa.concat_tables(found)


@pytest.mark.parametrize("name", ["sketches", "bodies"])
@given(pieces=PIECES, chosen=st.data())
@settings(deadline=None, max_examples=60)
def test_rows_come_back_whole_and_one_by_one(name: str, pieces: list[list[list[int]]], chosen: st.DataObject) -> None:
    whole = table_of(pieces)
    with tempfile.TemporaryDirectory() as folder, patch.object(files, "_BATCH", 5):
        path = files.path_of(Path(folder), name)
        assert files.is_mapped(path) == (name == "sketches")
        with files.writer(path, name, COLUMNS) as writer:
            for first, piece in zip(np.cumsum([0, *map(len, pieces)]).tolist(), pieces, strict=False):
                writer.write_table(whole.slice(first, len(piece)))
        again = files.read(path)
        assert again.equals(whole)
        assert files.size(path) == whole.num_rows
        assert files.read(path, ["shingles"]).equals(again.select(["shingles"]))
        found = list(files.pieces(path))
        assert pa.concat_tables([COLUMNS.empty_table(), *found]).equals(whole)
        assert name == "sketches" or [piece.num_rows for piece in found] == list(map(len, pieces))
        rows = np.array(sorted(chosen.draw(st.sets(st.integers(0, max(0, whole.num_rows - 1))))), np.int64)[
            : whole.num_rows
        ]
        asked = [groups.lying(path, COLUMNS, *of_groups) for of_groups in groups.by_group(path, rows)]
        assert groups.Lying.together(COLUMNS, asked).arranged().equals(again.take(pa.array(rows)))
        if name == "sketches" and whole.num_rows:  # as kernels read what is mapped
            values, firsts, lasts = arrays.scattered(again["shingles"])
            lists = [values[first:last].view(np.int32).tolist() for first, last in zip(firsts, lasts, strict=True)]
            assert lists == whole["shingles"].to_pylist()


def test_a_table_of_before_layout_7_is_read_where_it_lies(tmp_path: Path) -> None:
    (tmp_path / "sketches.parquet").touch()
    assert files.path_of(tmp_path, "sketches").name == "sketches.parquet"
    assert files.path_of(tmp_path, "redone").name == "redone.arrow"


def test_what_was_not_written_to_its_end_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "sketches.arrow"
    with files.writer(path, "sketches", COLUMNS) as writer:
        writer.write_table(table_of([[[1, 2, 3]] * 50]))
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(pa.ArrowInvalid):
        files.read(path)


TIMED = pa.schema([pa.field("key", pa.int64(), nullable=False), pa.field("effective_at", schema.TIME, nullable=False)])
SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda ends: (min(ends), max(ends))), max_size=3)


@pytest.mark.parametrize("name", ["texts", "matches"])
@given(times=st.lists(st.integers(0, 40), max_size=30), spans=st.none() | SPANS, gone=st.sets(st.integers(0, 29)))
@example(times=[0], spans=[(0, 0)], gone=set())
@settings(deadline=None, max_examples=60)
def test_rows_of_stretches_of_time(
    name: str, times: list[int], spans: list[tuple[int, int]] | None, gone: set[int]
) -> None:
    rows = pa.table(
        [pa.array(range(len(times)), pa.int64()), pa.array(times, pa.int64()).cast(schema.TIME)], schema=TIMED
    )
    out = np.array(sorted(gone), np.int64)
    within = [at for at, time in enumerate(times) if spans is None or any(low <= time <= high for low, high in spans)]
    with tempfile.TemporaryDirectory() as folder, patch.object(files, "_BATCH", 5):
        path = files.path_of(Path(folder), name)
        with files.writer(path, name, TIMED) as writer:
            for first in range(0, len(times), 7):
                writer.write_table(rows.slice(first, 7))
        groups_of = list(groups.reaching(path, "effective_at", spans))
        assert groups.reaches(path, "effective_at", spans or []) or spans is None or not within
        asked = [groups.lying_in(path, TIMED, some, "effective_at", spans, out) for some in groups_of]
        found = groups.Lying.together(TIMED, asked).arranged()
    assert found["key"].to_pylist() == [at for at in within if at not in gone]
