"""The verbs on one machine: what goes by a number comes there whole, whatever it passes through, and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import config
from pipeline.engine.cargo import NOBODY, Parcel, parted
from pipeline.engine.here import here

NUMBERS = pa.schema([("n", pa.int64())])


def _emitted(task: list[int]) -> Iterator[Parcel]:
    yield from parted(np.array(task, np.int64) % 5, pa.table({"n": pa.array(task, pa.int64())}))


def _summed(number: int, tables: Iterable[pa.Table]) -> Iterator[Parcel]:
    total = sum(sum(rows["n"].to_pylist()) for rows in tables)
    yield Parcel(number % 2, pa.table({"n": [total]}, schema=NUMBERS))


def _told(number: int, tables: Iterable[pa.Table]) -> Iterator[Parcel]:
    yield Parcel(NOBODY, pa.concat_tables([pa.table({"n": [number]}, schema=NUMBERS), *tables]))


@given(st.lists(st.lists(st.integers(0, 100), max_size=20), max_size=6), st.integers(1, 4))
def test_rows_meet_by_number_twice(
    tmp_path_factory: pytest.TempPathFactory, tasks: list[list[int]], at_once: int
) -> None:
    folder = tmp_path_factory.mktemp("here")
    cluster = here(folder, config.Spark(), at_once)
    found = cluster.rows(_emitted, tasks).by(_summed).by(_told).result(NUMBERS.empty_table())
    sums = {rest: sum(n for task in tasks for n in task if n % 5 == rest) for rest in {n % 5 for t in tasks for n in t}}
    wanted = [
        n
        for half in sorted({rest % 2 for rest in sums})
        for n in (half, *(sums[r] for r in sorted(sums) if r % 2 == half))
    ]
    assert found["n"].to_pylist() == wanted
    assert not list(folder.iterdir())


def test_tasks_are_done_in_their_order_and_what_breaks_leaves_nothing(tmp_path: Path) -> None:
    cluster = here(tmp_path / "work", config.Spark(), 2)
    assert [rows["n"].to_pylist() for rows in cluster.each(lambda n: pa.table({"n": [n]}), [3, 1, 2])] == [
        [3],
        [1],
        [2],
    ]

    def breaks(number: int, tables: Iterable[pa.Table]) -> Iterator[Parcel]:
        raise OSError(f"{number}")

    with pytest.raises(OSError, match="1"):
        cluster.rows(_emitted, [[1, 6]]).by(breaks).result(NUMBERS.empty_table())
    assert not list((tmp_path / "work").iterdir())
