"""Of a bucket far above the cap a few rows are told; what comes of an article is what comes of it among all rows."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline import config, schema
from pipeline.stages import pair
from pipeline.stages.kernels import arrays
from pipeline.storage import index
from pipeline.storage.sharing import TOLD, sharing
from tests import stores
from tests.strategies import few

_DAY = 86_400_000_000
_SETTINGS = config.Pair(bucket_cap=2, pivots=2, band_pivots=1, sample_shared=2, window_days=4)
_EVER = (-(2**60), 2**60)


class _World(NamedTuple):
    """Texts in the order of time, then id; `key` names part and row; one of them is `asked`."""

    rows: pa.Table
    key: NDArray[np.int64]
    at: NDArray[np.int64]
    asked: int


@st.composite
def _worlds(draw: st.DrawFn) -> _World:
    """Texts that share the value of one band in two, over two weeks or so; few different contents, several of one time."""
    size, parts = draw(st.integers(20, 150)), draw(st.integers(1, 3))
    chance = np.random.default_rng(draw(st.integers(0, 10_000)))
    days, ticks = draw(st.sampled_from([3, 10, 20])), draw(st.sampled_from([4, 40, 4_000]))
    at = np.sort(chance.integers(0, days * ticks, size)) * (_DAY // ticks)
    contents = draw(
        st.sampled_from([3, 40, 100_000])
    )  # what a text has in common with others is a matter of its content
    content = chance.integers(0, contents, size)
    bands = chance.integers(0, draw(st.sampled_from([1, 2, 8])), (contents, 2)).astype(np.uint32)[content]
    has_shingles = (chance.random(contents) < 0.9)[content]
    shared = np.sort(chance.integers(0, 6, (contents, 3)).astype(np.uint32), axis=1)[content][has_shingles]
    of_part = chance.integers(0, parts, size)
    key = np.empty(size, np.int64)
    for number in range(parts):
        key[of_part == number] = (number << 32) + np.arange((of_part == number).sum())
    rows = pa.table(
        {
            "content": pa.array(content),
            "has_words": pa.array(np.ones(size, bool)),
            "has_shingles": pa.array(has_shingles),
            "bands": arrays.lists(bands.ravel(), np.arange(size + 1) * 2),
            "sampled": arrays.lists(shared.ravel(), arrays.offsets(has_shingles * 3)),
            "key": pa.array(key),
            "kin": pa.array(chance.integers(0, 2, size)),
            "at": pa.array(at),
        },
        schema=TOLD,
    )
    return _World(rows, key, at, draw(st.integers(0, size - 1)))


def _reached(world: _World, there: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The places of the rows that are told for the asked one, of those that are `there`; and what is told of them."""
    with TemporaryDirectory() as folder:
        parts = {}
        for number in np.unique(world.key >> 32).tolist():
            texts = world.rows.filter(pa.array(world.key >> 32 == number))
            texts = texts.append_column("effective_at", texts["at"].cast(schema.TIME))
            (Path(folder) / str(number)).mkdir()
            stores.indexed(texts, Path(folder) / str(number))
            parts[number] = index.Shared(Path(folder) / str(number))
        told = sharing(parts, world.rows.slice(world.asked, 1).combine_chunks(), _EVER, world.key[~there], _SETTINGS)
    order = np.argsort(world.key)
    return order[np.searchsorted(world.key, told["key"].to_numpy(), sorter=order)], told


def _pairs(keys: pa.Table, fresh: NDArray[np.bool_], places: NDArray[np.int64]) -> set[tuple[int, int, int]]:
    found = pair.run(keys, keys["at"].to_numpy(), _SETTINGS, keys["kin"].to_numpy(), fresh)
    sides = (places[found[side].to_numpy()].tolist() for side in ("left", "right"))
    return set(zip(*sides, found["path"].to_pylist(), strict=True))


def _disturbed(keys: pa.Table, was: NDArray[np.bool_], now: NDArray[np.bool_], places: NDArray[np.int64]) -> set[int]:
    found = pair.disturbed(keys, keys["at"].to_numpy(), _SETTINGS, keys["kin"].to_numpy(), was, now)
    return set(places[found].tolist())


@given(_worlds(), st.booleans())
@few(150)
def test_what_comes_of_one_that_joins_or_leaves(world: _World, leaves: bool) -> None:
    everyone, own = np.arange(len(world.key)), np.arange(len(world.key)) == world.asked
    places, told = _reached(world, np.ones(len(own), bool) if leaves else ~own)
    if not leaves:
        places, told = np.append(places, world.asked), pa.concat_tables([told, world.rows.slice(world.asked, 1)])
    order = np.argsort(places)
    places, told = places[order], told.take(pa.array(order)).combine_chunks()
    was, now = (np.ones(len(own), bool), ~own) if leaves else (~own, np.ones(len(own), bool))
    assert _disturbed(told, was[places], now[places], places) == _disturbed(world.rows, was, now, everyone)
    assert _pairs(told, own[places], places) == _pairs(world.rows, own, everyone)


def test_of_a_bucket_of_thousands_a_few_rows_are_told() -> None:
    size = 5_000
    rows = pa.table(
        {
            "content": pa.array(np.arange(size)),
            "has_words": pa.array(np.ones(size, bool)),
            "has_shingles": pa.array(np.ones(size, bool)),
            "bands": arrays.lists(np.zeros(size, np.uint32), np.arange(size + 1)),
            "sampled": arrays.lists(np.empty(0, np.uint32), np.zeros(size + 1, np.int64)),
            "key": pa.array(np.arange(size)),
            "kin": pa.array(np.zeros(size, np.int64)),
            "at": pa.array(np.arange(size) * _DAY // 100),
        },
        schema=TOLD,
    )
    places, told = _reached(_World(rows, np.arange(size), rows["at"].to_numpy(), 4_100), np.ones(size, bool))
    met = _pairs(told, places == 4_100, places)
    assert len(places) <= 3 * _SETTINGS.band_pivots + 1
    assert met == _pairs(rows, np.arange(size) == 4_100, np.arange(size))
    assert len(met) == 2 * _SETTINGS.band_pivots  # those of the oldest of three stretches are out of the window
