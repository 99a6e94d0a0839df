"""Tables in parts: the same rows as in single files, and what a night does not touch is not written again."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pandas as pd
import pyarrow.parquet as pq
import pytest

from pipeline import flow, published, schema
from pipeline.checkup import checkup
from pipeline.stages.kernels import arrays
from pipeline.storage import write
from pipeline.storage.store import Store
from tests.test_many_nights import FIRST, SETTINGS, deliveries, written
from tests.test_nights import article, night

NIGHTS = 9
DIVIDED = 0  # articles above which tables are divided: always


def settings(divide_over: int) -> flow.config.Config:
    return msgspec.structs.replace(SETTINGS, store=msgspec.structs.replace(SETTINGS.store, divide_over=divide_over))


def nights(folder: Path, *, divide_over: list[int]) -> Iterator[Store]:
    """The store after each night, run with that setting."""
    store = Store(folder / "store")
    for number, (rows, over) in enumerate(zip(deliveries(), divide_over, strict=False)):
        path = written(folder, f"{number:02}", rows)
        flow.run([path], store, settings(over), as_of=FIRST + timedelta(days=number + 1))
        yield store


def rows(store: Store, name: str) -> list[dict[str, object]]:
    return store.tables()[name].sort_by([(key, "ascending") for key in schema.KEYS[name]]).to_pylist()


@pytest.fixture(scope="module")
def divided(tmp_path_factory: pytest.TempPathFactory) -> Store:
    *_, store = nights(tmp_path_factory.mktemp("divided"), divide_over=[DIVIDED] * NIGHTS)
    return store


@pytest.mark.parametrize(
    "divide_over", [[10_000] * NIGHTS, [10_000, 10_000, DIVIDED, DIVIDED, 10_000, DIVIDED, 10_000, DIVIDED, DIVIDED]]
)
def test_the_rows_are_those_of_single_files_however_often_that_changes(
    tmp_path: Path, divided: Store, divide_over: list[int]
) -> None:
    for store in nights(tmp_path, divide_over=divide_over):
        assert not [check for check in checkup(store) if check.broken]
    for name in schema.PUBLISHED:
        assert rows(store, name) == rows(divided, name), name


def test_parts_are_sorted_and_read_as_one_table(divided: Store) -> None:
    for name, columns in schema.PUBLISHED.items():
        for path in divided.tables().files(name).values():
            part = pq.read_table(path)
            assert part.schema.metadata[b"newswire_reprints.table"] == name.encode()
            assert part.equals(part.sort_by([(key, "ascending") for key in schema.KEYS[name]]))
        frame = pd.read_parquet(divided.path / "current" / f"{name}.parquet")
        assert (list(frame.columns), len(frame)) == (columns.names, divided.tables().count(name))
    assert len(divided.tables().files("members")) > 2


@pytest.mark.parametrize("name", ["members", "matches", "events"])
def test_text_is_spelled_some_rows_at_a_time(divided: Store, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """That of a whole column may be more than one array holds: no more rows are spelled together, whatever their order was."""
    rows = divided.tables()[name]
    coded = arrays.coded(rows.take(list(range(rows.num_rows))[::-1]))
    whole = write.arrange(name, coded)
    monkeypatch.setattr(write, "_CHUNK", 7)
    found = write.arrange(name, coded)
    assert found.equals(whole)
    assert found.equals(whole.sort_by([(key, "ascending") for key in schema.KEYS[name]]))
    assert max(len(batch) for batch in found.to_batches()) <= 7


def test_what_a_night_does_not_touch_is_the_file_of_the_run_before(divided: Store) -> None:
    runs = [divided.tables(run_id).files("members") for run_id in divided.runs()]
    same = [[now[part].samefile(file) for part, file in was.items()] for was, now in itertools.pairwise(runs)]
    assert not all(map(all, same))
    assert sum(map(sum, same)) > len(runs) / 2


def test_what_no_longer_touches_a_later_story_leaves_that_ones_part(tmp_path: Path) -> None:
    """What two articles share lies with the later one, of which nothing else is other when the earlier has a new text."""
    passage = " ".join(f"shared{i}" for i in range(60))
    own = {name: " ".join(f"{name}{i}" for i in range(400)) for name in "abc"}
    early = article("a", FIRST, f"{own['a']} {passage}")
    late = article("b", FIRST + timedelta(days=13), f"{passage} {own['b']}")
    mended = early | {"text": own["c"], "modified_at": (FIRST + timedelta(days=1)).isoformat()}
    store, counts = Store(tmp_path / "store"), list[list[int]]()
    for number, row in enumerate((early, late, mended)):
        file = night(tmp_path, f"{number}", row)
        flow.run([str(file)], store, settings(DIVIDED), as_of=FIRST + timedelta(days=14 + number))
        counts.append([store.tables().count(name) for name in ("members", "matches", "links", "excerpts")])
    assert counts == [[1, 0, 0, 0], [2, 1, 1, 1], [2, 0, 0, 0]]


def test_what_is_wider_than_the_window_is_retired_with_all_its_members(tmp_path: Path) -> None:
    """As is frozen where the window was wider: its members lie in parts that no window of today reaches from the horizon."""
    store, wide = Store(tmp_path / "store"), settings(DIVIDED)
    at = [FIRST, FIRST + timedelta(days=12)]
    file = night(tmp_path, "n", *(article(name, time) for name, time in zip("ab", at, strict=True)))
    flow.run([str(file)], store, wide, as_of=at[1])
    members = store.table("members")
    (cluster_id,) = set(members["cluster_id"].to_pylist())
    narrow = msgspec.structs.replace(wide, pair=msgspec.structs.replace(wide.pair, window_days=2))
    frozen = store.tables().read("members", ["article_id", "effective_at"])
    passed = at[1] + timedelta(days=wide.store.horizon_days + 1)
    found = published.expired(store, passed - timedelta(days=2), passed, narrow, frozen)
    assert (found.cluster_ids.to_pylist(), sorted(found.at.to_pylist())) == ([cluster_id], at)


def test_a_table_without_rows_is_there_all_the_same(divided: Store) -> None:
    assert divided.tables().count("excerpts") == 0
    assert list(pd.read_parquet(divided.path / "current" / "excerpts.parquet").columns)


def test_a_table_whose_last_rows_the_horizon_passes_stays_there(tmp_path: Path) -> None:
    store, late = Store(tmp_path / "store"), FIRST + timedelta(days=200)
    nights_ = [[article("a", FIRST), article("b", FIRST)], [article("c", late, body="Another story, of a few words.")]]
    for number, rows_ in enumerate(nights_):
        file = night(tmp_path, f"{number}", *rows_)
        flow.run([str(file)], store, settings(DIVIDED), as_of=(FIRST, late)[number] + timedelta(days=1))
    assert store.tables().count("matches") == 0
    assert [file.stem for file in store.tables().files("matches").values()] == ["none"]
    assert not [check for check in checkup(store) if check.broken]
