"""What `explain` says of ids that are in the tables no more, or never were: every id that was published leads somewhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline import config, explain
from pipeline.errors import StoreError
from pipeline.forget import forget
from pipeline.storage.store import Store
from tests.conftest import Ended
from tests.test_nights import BODY, LENIENT, NIGHT, article, night, run

OTHER = " ".join(f"other{i} and matter{i * 5 % 30}" for i in range(60))
THIRD = " ".join(f"third{i} and topic{i * 3 % 20}" for i in range(60))
FOURTH = " ".join(f"fourth{i} and end{i * 3 % 20}" for i in range(60))
SHORT = config.Config(store=config.Store(horizon_days=20.0), audit=LENIENT.audit, pair=config.Pair(window_days=5.0))


@pytest.fixture
def merged(tmp_path: Path) -> Store:
    """Three clusters of one; then the texts of b and c become that of a; then, long after, d alone is within the horizon."""
    store = tmp_path / "store"
    first = (article("a"), article("b", body=OTHER), article("c", body=THIRD), article("e", body=FOURTH))
    run(store, night(tmp_path, "1", *first), settings=SHORT)
    later = (NIGHT + timedelta(hours=1)).isoformat()
    changed = [article(name, modified_at=later) for name in ("b", "c")]
    run(store, night(tmp_path, "2", *changed), settings=SHORT, as_of=NIGHT + timedelta(days=1))
    waiting = article("w", NIGHT + timedelta(days=300), "the day will come " * 12)
    late = article("d", NIGHT + timedelta(days=30), "a word of its own " * 12)
    run(store, night(tmp_path, "3", late, waiting), settings=SHORT, as_of=NIGHT + timedelta(days=30))
    return Store(store)


def test_a_cluster_of_one_that_went_into_another_leads_there(merged: Store) -> None:
    first, second, _ = merged.runs()
    told = explain.article(merged, "c-b", second)
    assert told.startswith(f"c-b went into c-a in run {second}, as of 2026-03-10: ")
    assert "\na  Headline a\n" in told  # and then the cluster it is now, as its canonical is told
    assert f"run {second}  c-b came into it: " in told
    assert explain.article(merged, "c-b", first).startswith("b  Headline b")  # as it was then


def test_what_was_retired_is_told_with_the_run_that_had_it(merged: Store) -> None:
    _, second, third = merged.runs()
    told = explain.article(merged, "c-b")  # forwarded, and then retired
    assert told.splitlines()[0].startswith("c-b went into c-a")
    assert f"c-a was retired in run {third}, as of 2026-04-08: its newest print, of 2026-03-09, has left" in told
    assert f"see: reprints explain c-a --at {second}" in told
    article_ = explain.article(merged, "b")
    assert f"last in run {second}: b  Headline b, Paper of b" in article_
    assert f"left with run {third}: the newest print of its cluster was older than the horizon of 20 days" in article_


def test_a_cluster_of_one_without_an_event_is_known_by_kept_runs_and_then_by_its_article(merged: Store) -> None:
    _, second, third = merged.runs()
    told = explain.article(merged, "c-e")
    assert told.startswith(f"c-e was the cluster of e alone, until run {second} among those that are kept")
    assert f"e is in no table of run {third}" in told
    with merged.locked():
        merged._point([third])
        merged._clear()
    told = explain.article(merged, "c-e")
    assert told.startswith("c-e was minted from the id of e, and had no event\ne is in no table of run ")
    assert told.endswith("its text is kept, of 2026-03-09, and it is older than what is published")


def test_what_waits_what_was_rejected_and_what_came_later_is_said(merged: Store) -> None:
    first, _, third = merged.runs()
    assert "w was rejected by run 2026-04-08.1: too_early: dated after the run" in explain.article(merged, "w")
    assert f"it came later: it is in run {third}" in explain.article(merged, "d", first)
    with pytest.raises(StoreError, match=r"d is in no table of run 2026-03-09\.1; it came later"):
        explain.pair(merged, "a", "d", first)


def test_after_a_takedown_only_that_is_said(tmp_path: Path) -> None:
    store = tmp_path / "store"
    run(store, night(tmp_path, "1", article("a"), article("b", body=OTHER)))
    forget(["b"], Store(store))
    for name in ("b", "c-b"):
        assert explain.article(Store(store), name) == f"{name} was taken down by request; nothing of it is kept"


def test_an_id_of_several_sources_leads_to_all_of_them(tmp_path: Path) -> None:
    store = tmp_path / "store"
    rows = [article("7", body=body) | {"publisher": name} for name, body in (("P", BODY), ("Q", OTHER))]
    run(store, night(tmp_path, "1", *rows))
    ids = sorted(Store(store).table("members")["article_id"].to_pylist())
    assert len(ids) == 2
    assert explain.article(Store(store), "7") == f"7 is what a source calls its article; here it is {' and '.join(ids)}"


def test_an_unknown_id_is_an_error_that_names_the_runs(
    wire_day: Path, reprints: Callable[..., Ended], tmp_path: Path
) -> None:
    ended = reprints("explain", "nobody", "--store", wire_day)
    assert (ended.code, "nobody: no article or cluster of" in ended.err) == (2, True)
    assert "the kept runs 2026-03-09.1" in ended.err
    for command in (("explain", "a"), ("verify-store",)):
        ended = reprints(*command, "--store", wire_day, "--at", "2026-01-01.1")
        assert (ended.code, "run 2026-01-01.1 is not kept; there are 2026-03-09.1" in ended.err) == (2, True)
    assert reprints("verify-store", "--store", wire_day, "--at", "2026-03-09.1").code == 0
