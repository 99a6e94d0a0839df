"""A run in many small tasks comes to what it comes to at once: its tables, night by night, whatever stays of those before.

The tasks run in this process: those of a cluster (`inline`), and those of one machine that has too much to hold (`Alone`);
`test_parity` has Spark run some.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import checkup, config, flow, forget, rebuild
from pipeline.alone import Alone
from pipeline.hands import Hands
from pipeline.spread import Spread, clusters
from pipeline.spread.opening import bins_of
from pipeline.storage import part
from pipeline.storage.store import Store
from tests import strategies
from tests.conftest import GOLDEN
from tests.spark.inline import inline
from tests.spark.worlds import LOCAL, SETTINGS, run, same, written
from tests.test_many_nights import FIRST, deliveries
from tests.test_many_nights import SETTINGS as SIXTY_DAYS
from tests.test_many_nights import written as as_file

LATER = datetime(2026, 12, 1, tzinfo=UTC)  # than any article of those worlds
FIRST_NIGHT = 12  # of the deliveries


def with_store(of: config.Config, **changed: object) -> config.Config:
    return msgspec.structs.replace(of, store=msgspec.structs.replace(of.store, **changed))


@pytest.mark.parametrize("divide_over", [0, 500_000])
@pytest.mark.parametrize("hands", [Spread(inline()), Alone(most=20)])
def test_the_wire_day_at_once(tmp_path: Path, divide_over: int, hands: Hands) -> None:
    day = with_store(config.load(GOLDEN / "wire-day.toml"), divide_over=divide_over)
    one, other = Store(tmp_path / "one"), Store(tmp_path / "other")
    flow.run([str(GOLDEN / "wire-day")], one, day)
    flow.run([str(GOLDEN / "wire-day")], other, day, hands=hands)
    same(one, other)
    assert not [check for check in checkup.checkup(other) if check.broken]


@pytest.mark.parametrize("world", ["languages/articles.jsonl", "wires", "extractors", "html"])
def test_other_golden_worlds(tmp_path: Path, world: str) -> None:
    lenient = config.Config(audit=config.Audit(max_rejects=1.0), store=config.Store(horizon_days=3_650))
    one, other = Store(tmp_path / "one"), Store(tmp_path / "other")
    for store, hands in ((one, LOCAL), (other, Spread(inline()))):
        flow.run([str(GOLDEN / world)], store, lenient, as_of=LATER, hands=hands, publish_anyway=True)
    same(one, other)
    assert one.tables().count("members")


@given(
    world=strategies.worlds(),
    cuts=st.tuples(st.floats(0.1, 0.5), st.floats(0.5, 0.9)),
    turns=st.permutations([0, 1, 2]),
    block_texts=st.sampled_from([1, 3, 1000]),
    divide_over=st.sampled_from([0, 4, 500_000]),
)
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
def test_nights_in_any_order_by_either(
    world: tuple[strategies.Article, ...],
    cuts: tuple[float, float],
    turns: Sequence[int],
    block_texts: int,
    divide_over: int,
) -> None:
    first, second = (int(len(world) * cut) for cut in cuts)
    nights = [world[:first], world[first:second], world[second:]]
    on, alone = Spread(inline(split_mb=0.0005, block_texts=block_texts)), Alone(most=8 * block_texts)
    rules = with_store(SETTINGS, divide_over=divide_over)
    with tempfile.TemporaryDirectory() as folder:
        one, other = Store(Path(folder) / "one"), Store(Path(folder) / "other")
        files = [written(nights[turn], Path(folder) / f"night{turn}") for turn in turns if nights[turn]]
        run(files, one, rules, [LOCAL] * len(files))
        run(files, other, rules, [on, alone, on][: len(files)])
        same(one, other)
        assert not [check for check in checkup.checkup(other) if check.broken]


def test_versions_and_embargoes_by_either(tmp_path: Path) -> None:
    """Pages fetched again, also earlier than they were at first; ids given to other stories; what waits and comes in."""
    one, other = Store(tmp_path / "one"), Store(tmp_path / "other")
    for number, fetched in enumerate((2, 3, 1)):
        rows = [
            {"id": f"{i}", "publisher": f"Paper {i % 3}", "title": f"Page {i} as of {fetched}"}
            | {"text": " ".join(f"word{i % 4 + 9 * fetched * (i > 8)}x{j}" for j in range(60)) + f" fetch {fetched}"}
            | {"published_at": FIRST.isoformat(), "fetched_at": (FIRST + timedelta(days=fetched)).isoformat()}
            | ({"embargo": (FIRST + timedelta(days=2, hours=1)).isoformat()} if i < 2 else {})
            for i in range(12)
        ]
        path = as_file(tmp_path, f"{number}", rows)
        for store, hands in ((one, LOCAL), (other, Spread(inline(split_mb=0.0005)))):
            flow.run([str(path)], store, SETTINGS, as_of=FIRST + timedelta(days=2 + number), hands=hands)
        same(one, other)
    counts = [one.manifest(run_id)["counts"] for run_id in one.runs()]
    assert [(of["added"], of["versions"], of["superseded"]) for of in counts] == [(10, 0, 0), (12, 10, 0), (0, 0, 12)]
    assert {row["headline"][-1] for row in one.table("members").to_pylist()} == {"3"}


def test_many_are_opened_when_all_lies_in_the_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a night found is written while it opens clusters; who opens very many reads it."""
    add = part.add

    def slowly(folder: Path, name: str, rows: pa.Table) -> None:
        time.sleep(0.2 * (name in {"matches", "void"}))
        add(folder, name, rows)

    monkeypatch.setattr(part, "add", slowly)
    monkeypatch.setenv("REPRINTS_THREADS", "2")
    one, other = Store(tmp_path / "one"), Store(tmp_path / "other")
    for number, rows in enumerate(deliveries()[FIRST_NIGHT : FIRST_NIGHT + 2]):
        path = as_file(tmp_path, f"{number}", rows)
        for store, hands in ((one, LOCAL), (other, Alone(most=1))):
            night(path, store, SIXTY_DAYS, number, hands)
    same(one, other)


@pytest.mark.parametrize("hands", [LOCAL, Alone(most=0)])
def test_clusters_of_two_bins_that_might_be_named_alike(tmp_path: Path, hands: Hands) -> None:
    """An article is named as the second cluster of another is: each is named where it is formed, which knows its own alone."""
    body = " ".join(f"w{number} x{number * 7 % 41}" for number in range(60))
    longer = body + "\n" + " ".join(f"more{number}" for number in range(20))
    rows = [
        {"id": one, "publisher": one, "text": text, "date": f"2026-03-09T0{hour}:00:00Z"}
        for hour, (one, text) in enumerate((("x", body), ("y", longer)))
    ]
    orders = tmp_path / "orders.csv"
    orders.write_text("order,left_id,right_id,note\ncannot_link,x,y,\n")
    third = {
        "id": "x~2",
        "publisher": "z",
        "text": " ".join(f"z{number}" for number in range(60)),
        "date": "2026-03-10",
    }
    store = Store(tmp_path / "store")
    night(as_file(tmp_path, "0", rows), store, SETTINGS, 0, LOCAL)
    assert store.table("clusters")["cluster_id"].to_pylist() == ["c-x"]
    rules = msgspec.structs.replace(SETTINGS, override=config.Override(orders=str(orders)))
    night(as_file(tmp_path, "1", [third]), store, rules, 1, hands)
    anchors = store.table("clusters").select(["cluster_id", "anchor_id"]).to_pylist()
    assert [tuple(row.values()) for row in anchors] == [("c-x", "y"), ("c-x~2", "x"), ("c-x~2~1", "x~2")]


def test_nights_that_go_on(tmp_path: Path) -> None:
    """Over eight nights with late articles and changed texts, orders of an editor, a takedown, other rules, and an end."""
    one, other = Store(tmp_path / "one"), Store(tmp_path / "other")
    on, alone = Spread(inline(block_texts=2)), Alone(most=9)
    turns = [LOCAL, on, alone, LOCAL, alone, on, alone, on]
    divide_over = [10_000, 0, 0, 0, 10_000, 10_000, 0, 0]
    orders = tmp_path / "orders.csv"
    for number, (rows, over, turn) in enumerate(zip(deliveries()[FIRST_NIGHT:], divide_over, turns, strict=False)):
        rules = with_store(SIXTY_DAYS, divide_over=over, horizon_days=5 if number == 7 else 60)
        if number >= 3:
            orders.write_text(ORDERS.format(*linked(one)))
            rules = msgspec.structs.replace(rules, override=config.Override(orders=str(orders)))
        if number == 5:
            rules = msgspec.structs.replace(rules, verify=config.Verify(min_jaccard=0.9, min_containment=0.95))
        path = as_file(tmp_path, f"{number}", rows)
        for store, hands in ((one, LOCAL), (other, turn)):
            night(path, store, rules, number, hands)
        same(one, other)
        if number == 2:
            gone = one.table("members")["article_id"][3].as_py()
            for store in (one, other):
                forget.forget([gone], store)
    assert not [check for check in checkup.checkup(other) if check.broken]
    assert one.tables().count("events")


def test_takedowns_and_rebuilds_of_more_than_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They form everything anew, and hold no more of it at once than a run does."""
    stores = [Store(tmp_path / "one"), Store(tmp_path / "other")]
    rules = with_store(SIXTY_DAYS, divide_over=0)
    for number, rows in enumerate(deliveries()[FIRST_NIGHT : FIRST_NIGHT + 6]):
        path = as_file(tmp_path, f"{number}", rows)
        for store in stores:
            night(path, store, rules, number, LOCAL)
    gone = stores[0].table("clusters")["canonical_id"].to_pylist()[:3]
    opened, made = clusters.derived, list[str]()

    def derived(*given: Any) -> Any:
        made.append(given[1].run_id)
        return opened(*given)

    monkeypatch.setattr(clusters, "derived", derived)
    stricter = msgspec.structs.replace(rules, sketch=config.Sketch(shingle_words=4))
    for store in stores:
        forget.forget(gone, store)
        rebuild.rebuild(store, Store(tmp_path / f"{store.path.name} anew"), [], stricter, publish_anyway=True)
        monkeypatch.setattr(config, "opened_at_once", lambda _: 4)
    assert len(made) == 2  # of the second store
    same(*stores)
    same(*(Store(tmp_path / f"{store.path.name} anew") for store in stores))


ORDERS = "order,left_id,right_id,note\nmust_link,{0},{1},one event\ncannot_link,{2},{3},two\npin,{3},,ours\n"


def linked(store: Store) -> list[str]:
    """Two articles of different clusters, and two of one."""
    rows = store.table("members").select(["article_id", "cluster_id"]).to_pylist()
    several = [row for row in rows if sum(other["cluster_id"] == row["cluster_id"] for other in rows) > 1]
    other = next(row for row in rows if row["cluster_id"] != several[0]["cluster_id"])
    mate = next(row for row in several[1:] if row["cluster_id"] == several[0]["cluster_id"])
    return [several[0]["article_id"], other["article_id"], several[0]["article_id"], mate["article_id"]]


def night(path: str, store: Store, rules: config.Config, number: int, hands: Hands) -> None:
    as_of = FIRST + timedelta(days=number + FIRST_NIGHT + 1)
    flow.run([path], store, rules, as_of=as_of, hands=hands, publish_anyway=True)


@given(
    st.integers(1, 30).flatmap(
        lambda n: st.tuples(
            st.just(n),
            st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=30),
            st.lists(st.one_of(st.none(), st.integers(0, 5)), min_size=n, max_size=n),
            st.integers(1, 8),
        )
    )
)
def test_bins_hold_whole_components_and_clusters_in_the_order_of_time(
    drawn: tuple[int, list[tuple[int, int]], list[int | None], int],
) -> None:
    import networkx

    n, edges, clusters, most = drawn
    ids = pa.array([f"a{row}" for row in range(n)])
    held = [(f"a{row}", f"c{cluster}") for row, cluster in enumerate(clusters) if cluster is not None]
    was = pa.table({"article_id": [*(one for one, _ in held), "gone"], "cluster_id": [*(c for _, c in held), "c0"]})
    opened = Opened(pa.table({"article_id": ids}), edges)
    with tempfile.TemporaryDirectory() as folder:
        bins = bins_of(inline(), opened, was, most, Path(folder))  # type: ignore[arg-type]
    graph = networkx.Graph([*edges, *((f"a{row}", row) for row in range(n)), *held])
    components = [{node for node in part if isinstance(node, int)} for part in networkx.connected_components(graph)]
    components = sorted((part for part in components if part), key=min)
    assert all(len(set(bins[list(part)])) == 1 for part in components)
    sequence = [int(bins[min(part)]) for part in components]
    assert sequence == sorted(sequence)
    assert sorted(set(sequence)) == list(range(len(set(sequence))))
    for number in set(sequence):
        parts = [len(part) for part, found in zip(components, sequence, strict=True) if found == number]
        assert sum(parts[:-1]) < most + max(parts)


class Opened:
    """What `bins_of` looks at."""

    def __init__(self, articles: pa.Table, edges: list[tuple[int, int]]) -> None:
        sides = np.array(edges, np.int64).reshape(-1, 2)
        self.matches = pa.table({"left": sides[:, 0], "right": sides[:, 1]})
        self.known = self
        self.articles = articles
