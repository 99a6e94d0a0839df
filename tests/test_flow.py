"""The whole flow on the bundled wire day, and what a store promises about it."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import config, flow, schema
from pipeline.errors import IncompatibleStoreError, InputError, StoreBusyError, StoreError
from pipeline.storage import write
from pipeline.storage.store import Store
from tests.conftest import GOLDEN

DAY = GOLDEN / "wire-day"
SETTINGS = config.load(GOLDEN / "wire-day.toml")


def run(store: Path, *inputs: Path, settings: config.Config = SETTINGS, **options: Any) -> flow.Outcome:
    return flow.run([str(path) for path in inputs], Store(store), settings, **options)


def partition(store: Path) -> set[frozenset[str]]:
    members = pd.read_parquet(store / "current" / "members.parquet")
    return {frozenset(ids) for _, ids in members.groupby("cluster_id")["article_id"]}


def canonicals(store: Path) -> set[str]:
    members = pd.read_parquet(store / "current" / "members.parquet")
    return set(members.loc[members["is_canonical"], "article_id"])


def test_the_clusters_are_the_stories_an_editor_sees(wire_day: Path, wire_day_truth: dict[str, dict[str, str]]) -> None:
    stories: dict[str, set[str]] = {}
    for article_id, row in wire_day_truth.items():
        stories.setdefault(row["story"], set()).add(article_id)
    assert partition(wire_day) == {frozenset(ids) for ids in stories.values()}


def test_the_credits_are_those_an_editor_sees(wire_day: Path, wire_day_truth: dict[str, dict[str, str]]) -> None:
    members = pd.read_parquet(wire_day / "current" / "members.parquet").set_index("article_id")
    found = {
        article_id: (row["credit_agency"] if isinstance(row["credit_agency"], str) else "", row["credit_grade"])
        for article_id, row in members.iterrows()
    }
    assert found == {id_: (row["credit_agency"], row["credit_grade"]) for id_, row in wire_day_truth.items()}


def test_the_times_are_those_of_the_pages(wire_day: Path, wire_day_truth: dict[str, dict[str, str]]) -> None:
    members = pd.read_parquet(wire_day / "current" / "members.parquet").set_index("article_id")
    for article_id, row in wire_day_truth.items():
        if row["published_at"]:
            expected = datetime.fromisoformat(row["published_at"])
            expected = expected if expected.tzinfo else expected.replace(tzinfo=UTC)
            assert members.loc[article_id, "published_at"].floor("min") == expected, article_id


def test_every_record_is_accounted_for(wire_day: Path) -> None:
    manifest = json.loads((wire_day / "current" / "manifest.json").read_text())
    counts = manifest["counts"]
    assert (counts["records"], counts["added"]) == (85, 79)
    assert (counts["repeats"], counts["superseded"], counts["rejected"]) == (1, 1, 4)
    rejected = pd.read_parquet(wire_day / "current" / "rejects.parquet")
    expected = pd.read_csv(GOLDEN / "wire-day-rejected.csv").query("fate == 'reject'")
    assert sorted(Path(source).name for source in rejected["source"]) == sorted(
        f"{row.source}:{row.line}" for row in expected.itertuples()
    )
    assert all(len(entry["sha256"]) == 64 for entry in manifest["inputs"])


@pytest.mark.parametrize("name", schema.PUBLISHED)
def test_each_table_keeps_the_contract(wire_day: Path, name: str) -> None:
    table = pq.read_table(wire_day / "current" / f"{name}.parquet")
    assert table.schema.remove_metadata().equals(schema.PUBLISHED[name])
    assert table.schema.metadata[b"newswire_reprints.contract"] == schema.CONTRACT_VERSION.encode()
    assert table.equals(table.sort_by([(key, "ascending") for key in schema.KEYS[name]]))
    assert len(pd.read_parquet(wire_day / "current" / f"{name}.parquet")) == table.num_rows


def test_members_were_verified_against_their_anchor(wire_day: Path) -> None:
    read = {
        name: pq.read_table(wire_day / "current" / f"{name}.parquet").to_pylist()
        for name in ("clusters", "members", "matches")
    }
    anchors = {row["cluster_id"]: row["anchor_id"] for row in read["clusters"]}
    accepted = {(row["left_id"], row["right_id"]) for row in read["matches"] if row["accepted"]}
    assert len(accepted) > 30
    for row in read["members"]:
        anchor = anchors[row["cluster_id"]]
        assert anchor == row["article_id"] or tuple(sorted((anchor, row["article_id"]))) in accepted


def test_the_same_input_again_changes_nothing(wire_day: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    shutil.copytree(wire_day, store, symlinks=True)
    before = {path: path.read_bytes() for path in sorted(store.rglob("*")) if path.is_file()}
    outcome = run(store, DAY)
    assert (outcome.run_id, outcome.counts["added"], outcome.counts["repeats"]) == ("", 0, 81)
    assert {path: path.read_bytes() for path in sorted(store.rglob("*")) if path.is_file()} == before


@pytest.mark.parametrize("turned", [False, True])
def test_two_nights_make_what_one_batch_makes(wire_day: Path, tmp_path: Path, turned: bool) -> None:
    """The pages one night and the files of records the other, in both orders."""
    nights = [[DAY / "pages"], sorted(path for path in DAY.iterdir() if path.is_file())]
    for night in reversed(nights) if turned else nights:
        run(tmp_path / "store", *night, as_of=datetime(2026, 3, 9, 23, tzinfo=UTC))
    assert partition(tmp_path / "store") == partition(wire_day)
    assert canonicals(tmp_path / "store") == canonicals(wire_day)
    events = pd.read_parquet(tmp_path / "store" / "current" / "events.parquet")
    assert set(events["run_id"]) == {"2026-03-09.1", "2026-03-09.2"}
    assert "grew" in set(events["event"])


@pytest.mark.parametrize(("rows", "threads"), [(1, 1), (7, 3)])
def test_batches_and_threads_change_no_byte(
    wire_day: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int, threads: int
) -> None:
    monkeypatch.setenv("REPRINTS_THREADS", str(threads))
    text = (GOLDEN / "wire-day.toml").read_text().replace('"wire-day', f'"{GOLDEN}/wire-day')
    (tmp_path / "settings.toml").write_text(f"{text}\n[read]\nbatch_rows = {rows}\n[run]\nmemory_gb = 0.25\n")
    monkeypatch.setattr(config, "texts_at_once", lambda _: 10 * rows)
    run(tmp_path / "store", DAY, settings=config.load(tmp_path / "settings.toml"))
    for name in schema.PUBLISHED:
        path = Path("current") / f"{name}.parquet"
        assert (tmp_path / "store" / path).read_bytes() == (wire_day / path).read_bytes(), name


def test_a_run_that_dies_leaves_the_last_one_and_the_next_is_as_if_it_had_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages, rest = sorted(DAY.rglob("*.txt")), DAY / "harvest.jsonl"
    store, undisturbed = tmp_path / "store", tmp_path / "undisturbed"
    for path in (store, undisturbed):
        run(path, *pages)
    run(undisturbed, rest)
    published = (store / "latest.json").read_bytes()
    for name in ("arrange", "write_table", "write_json"):
        with monkeypatch.context() as patch:
            patch.setattr(write, name, lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
            with pytest.raises(StoreError, match="No space left"):
                run(store, rest)
        assert (store / "latest.json").read_bytes() == published
        assert len(pd.read_parquet(store / "current" / "members.parquet")) == len(pages)
    run(store, rest)
    for name in schema.PUBLISHED:
        path = Path("current") / f"{name}.parquet"
        assert (store / path).read_bytes() == (undisturbed / path).read_bytes(), name
    assert not (store / "work").exists()
    assert (store / "state").stat().st_mode & 0o777 == 0o700


def article(id_: str, day: int, body: str, **more: str) -> dict[str, str]:
    words = {"id": id_, "publisher": "Harbour Courier", "published_at": f"2026-03-{day:02}T08:00:00Z", "title": id_}
    return {**words, "text": body, **more}


def jsonl(path: Path, *rows: dict[str, str]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


BODY = " ".join(f"word{i} and thing{i * 7 % 40}" for i in range(60))


def test_articles_beyond_the_window_are_not_compared_and_beyond_the_horizon_rejected(tmp_path: Path) -> None:
    far = dict(article("old", 1, BODY), published_at="2025-11-01T08:00:00Z")
    days = {"a": 2, "b": 16, "c": 17, "d": 31}
    file = jsonl(tmp_path / "a.jsonl", *(article(id_, day, BODY) for id_, day in days.items()), far)
    outcome = run(tmp_path / "store", file, settings=config.Config(audit=config.Audit(max_rejects=1.0)))
    matches = outcome.tables["matches"].to_pylist()
    assert {row["left_id"] + row["right_id"] for row in matches} == {"ab", "bc", "cd"}
    assert partition(tmp_path / "store") == {frozenset("abc"), frozenset("d")}  # b has most neighbours, then c is taken
    assert outcome.tables["clusters"]["anchor_id"].to_pylist() == ["b", "d"]
    assert outcome.tables["links"].to_pylist()[0]["n_pairs"] == 1
    assert outcome.tables["rejects"]["reason"].to_pylist()[0].startswith("too_late")


def test_a_changed_text_replaces_the_old_one(tmp_path: Path) -> None:
    store = tmp_path / "store"
    run(store, jsonl(tmp_path / "a.jsonl", article("a", 2, BODY), article("b", 2, BODY)), settings=config.Config())
    changed = article("a", 2, " ".join(reversed(BODY.split())), modified_at="2026-03-03T08:00:00Z")
    outcome = run(store, jsonl(tmp_path / "b.jsonl", changed), settings=config.Config())
    assert outcome.counts["added"] == 1
    assert partition(store) == {frozenset({"a"}), frozenset({"b"})}
    moved = [row for row in outcome.tables["changes"].to_pylist() if row["kind"] == "moved"]
    assert [(row["article_id"], row["before"], row["after"]) for row in moved] == [("b", "c-a", "c-b")]
    again = run(store, jsonl(tmp_path / "c.jsonl", article("a", 2, BODY)), settings=config.Config())
    assert (again.run_id, again.counts["repeats"]) == ("", 1)


def test_clusters_leave_when_the_horizon_passes_them(tmp_path: Path) -> None:
    store = tmp_path / "store"
    run(store, jsonl(tmp_path / "a.jsonl", article("a", 2, BODY), article("b", 2, BODY)), settings=config.Config())
    later = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(days=120)
    new = dict(article("n", 1, "entirely other words " * 20), published_at=later.isoformat())
    outcome = run(store, jsonl(tmp_path / "b.jsonl", new), settings=config.Config())
    assert outcome.tables["members"]["article_id"].to_pylist() == ["n"]
    assert "retired" in outcome.tables["events"]["event"].to_pylist()


def test_a_store_of_other_settings_is_refused_in_words(wire_day: Path, tmp_path: Path) -> None:
    shutil.copytree(wire_day, tmp_path / "store", symlinks=True)
    with pytest.raises(IncompatibleStoreError, match="shingle_words is 5 there and 7 here"):
        run(tmp_path / "store", DAY, settings=config.Config(sketch=config.Sketch(shingle_words=7)))


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    with store.locked(), pytest.raises(StoreBusyError, match="--wait"):
        run(tmp_path / "store", DAY)


def test_a_run_without_any_time_asks_for_its_date(tmp_path: Path) -> None:
    file = jsonl(tmp_path / "a.jsonl", {"id": "a", "text": BODY})
    with pytest.raises(InputError, match="--as-of"):
        run(tmp_path / "store", file, settings=config.Config())
    outcome = run(tmp_path / "store", file, settings=config.Config(), as_of=datetime(2026, 3, 9, tzinfo=UTC))
    assert outcome.run_id == "2026-03-09.1"


def test_derive_needs_no_store(wire_day: Path) -> None:
    """The stages work on tables alone: two articles of a store that have met nobody are two clusters."""
    from pipeline import derive
    from pipeline.compare import Opened
    from pipeline.meet import articles_of
    from pipeline.published import everything
    from pipeline.stages import follow, rollup, verify
    from pipeline.storage.state import State
    from pipeline.watch import silent

    state = Store(wire_day).state()
    texts = state.texts(["key", "article_id"])
    chosen = texts.filter(pa.compute.is_in(texts["article_id"], pa.array(["mb-40012", "mb-40031"])))
    assert chosen.num_rows == 2
    known = articles_of(state, chosen["key"].to_numpy(), SETTINGS)
    nothing = verify.MATCHES.empty_table(), rollup.NAMED.empty_table()
    opened = Opened(known, *nothing, known.articles, known.articles.slice(0, 0))
    as_of = datetime(2026, 3, 9, tzinfo=UTC)
    was = everything(follow.Before.nothing())
    tables = derive.derive(derive.Given(opened, was, State(), "2026-03-09.1", as_of), SETTINGS, silent())
    assert tables["clusters"].num_rows == 2
