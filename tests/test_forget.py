"""A takedown: nothing of the article is left on the disk, the rest is as if it had never come, and it stays away."""

from __future__ import annotations

import hashlib
import json
import pkgutil
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import config, flow, forget
from pipeline.checkup import checkup
from pipeline.errors import ConfigError, IncompatibleStoreError, StoreError
from pipeline.storage import files, write
from pipeline.storage.store import Store
from tests.conftest import GOLDEN, Ended
from tests.stores import made_once
from tests.test_nights import BODY, LENIENT, NIGHT, article, night, partition, run, words_of

VICTIM = "victim-4711"
SENTENCE = "Orsolya Tveit of Quillmere said that nobody had asked the ferrymen."
HEADLINE = "Quillmere ferrymen were never asked"
URL = "https://quillmere.example/ferrymen-never-asked"
TRACES = (VICTIM, "Orsolya", "ferrymen", "quillmere.example")
OTHER = " ".join(f"harbour{i} and ferry{i * 7 % 40}" for i in range(60))
TABLES = ("clusters", "members", "matches", "credits", "citations", "stripped", "links", "excerpts", "furniture")


def victim(**more: Any) -> dict[str, Any]:
    """The first and longest print of its story, by an agency's byline; so it leads."""
    words = f"By Orsolya Tveit\n{BODY}\n{SENTENCE}\n{' '.join(f'tail{i} of it' for i in range(40))}"
    row = {"publisher": "Quillmere Courier", "title": HEADLINE, "url": URL, "byline": "Orsolya Tveit, Reuters"}
    return article(VICTIM, NIGHT - timedelta(hours=2), words) | row | more


@made_once
def nights(folder: Path, *, with_victim: bool = True) -> Path:
    """A store of four nights. The article comes in the second, before a print of it, and anew in the third."""
    store = folder / ("store" if with_victim else "without")
    own = [victim()] if with_victim else []
    anew = [victim(text=f"{BODY}\n{SENTENCE}\nAnd a last word of Orsolya.")] if with_victim else []
    for name, *rows in (
        ("1", article("a", body=OTHER)),
        ("2", article("p", NIGHT + timedelta(hours=1)), *own),
        ("3", article("b", body=f"{OTHER} again"), *anew),
        ("4", article("q", NIGHT + timedelta(hours=2), f"{BODY} {SENTENCE.split(' of ')[1][:9]}")),
    ):
        run(store, night(folder, f"{store.name}{name}", *rows))
    return store


def test_what_looks_the_same_and_stays_is_named_with_what_takes_it_down(
    tmp_path: Path, reprints: Callable[..., Ended]
) -> None:
    """A page that a crawler and an interface deliver; not the prints of others, nor what else its publisher has."""
    same = article("api-99", body=BODY, publisher="Quillmere Courier", url=f"{URL}?utm_source=api")
    rows = [
        victim(text=BODY),
        same,
        same | {"id": "words", "url": "https://quillmere.example/other"},
        same | {"id": "address", "text": words_of(1)},
        same | {"id": "neither", "url": "https://quillmere.example/ferry", "text": words_of(2)},
        article("print", url="https://print.example/ferrymen-never-asked"),
    ]
    run(tmp_path / "store", night(tmp_path, "v", *rows))
    told = reprints("forget", VICTIM, "--store", tmp_path / "store").out.splitlines()
    assert told[-2] == (
        "still published by the same publisher: address (the same address), api-99 (the same address and words), "
        "words (the same words); to take that down, too: reprints forget address api-99 words --store "
        f"{tmp_path / 'store'}"
    )
    told = reprints("forget", "api-99", "words", "address", "--store", tmp_path / "store").out.splitlines()
    assert not [line for line in told if line.startswith("still published")]
    assert partition(tmp_path / "store") == {frozenset({"print"}), frozenset({"neither"})}


@made_once
def two(folder: Path) -> Path:
    """A store of one night: the article, and a print of it."""
    store = folder / "store"
    run(store, night(folder, "v", victim(), article("a")))
    return store


def found_in(store: Path, *words: str) -> Iterator[str]:
    """Where any of the words stands in a store: in any cell of any table, in any other file, in any name."""
    for path in sorted(store.rglob("*")):
        if any(word in path.name for word in words):
            yield str(path)
        if not path.is_file():
            continue
        if path.suffix == ".parquet" or path.stem in {"sketches", "redone", "texts"}:
            table = files.read(path)
            cells = ((name, str(value)) for name in table.column_names for value in table[name].to_pylist())
            minted = {f"c-{word}" for word in words}  # a cluster's id is opaque
            yield from (
                f"{path}: {name}" for name, cell in cells for word in words if word in cell and cell not in minted
            )
        elif path.suffix == ".arrow":  # numbers alone; those of `seen` are of the articles that it has
            columns = pa.ipc.open_file(pa.memory_map(str(path))).schema
            assert all(pa.types.is_large_list(one.type) and pa.types.is_integer(one.type.value_type) for one in columns)
            seen = pq.read_table(path.with_name("articles.parquet"), columns=["article_id"])["article_id"].to_pylist()
            yield from (f"{path}: {word}" for word in words if word in seen)
        elif any(word in re.sub(rf'"c-{word}"', "", path.read_text()) for word in words):
            yield str(path)


def sound(store: Path) -> bool:
    return [check for check in checkup(Store(store)) if check.broken] == []


def digest(store: Path) -> dict[str, str]:
    """What is published, and the state below it: a hash of each file. Manifests have seconds in them and stay out."""
    paths = [path for kind in ("parquet", "arrow") for path in store.glob(f"[rs]*/*/*.{kind}") if path.is_file()]
    paths.append(store / "latest.json")
    return {str(path.relative_to(store)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def test_nothing_of_it_is_left_and_runs_from_before_it_came_stay(tmp_path: Path) -> None:
    store = nights(tmp_path)
    assert {trace for trace in TRACES if list(found_in(store, trace))} == set(TRACES)
    assert {found.split("/")[-1] for found in found_in(store, SENTENCE)} >= {
        "records.parquet: text",
        "bodies.parquet: body",
    }
    led = {row["cluster_id"]: row["canonical_id"] for row in Store(store).table("clusters").to_pylist()}
    assert VICTIM in led.values()
    done = forget.forget([VICTIM], Store(store))
    assert list(found_in(store, *TRACES)) == []
    assert (done.run_id, done.articles, done.earlier) == ("2026-03-09.5", [VICTIM], [])
    assert done.left == ["2026-03-09.2", "2026-03-09.3", "2026-03-09.4"]
    assert Store(store).runs() == ["2026-03-09.1", "2026-03-09.5"]
    assert sorted(path.name for path in (store / "state").iterdir()) == [
        "2026-03-09.1",
        "2026-03-09.2~2026-03-09.5",
        "2026-03-09.3~2026-03-09.5",
        "2026-03-09.4",
        "2026-03-09.5",
    ]
    assert (store / "state").stat().st_mode & 0o077 == 0
    assert sound(store)


def test_the_rest_is_as_if_it_had_never_come(tmp_path: Path) -> None:
    store, without = nights(tmp_path), nights(tmp_path, with_victim=False)
    forget.forget([VICTIM], Store(store))
    assert partition(store) == partition(without) == {frozenset("ab"), frozenset("pq")}
    names = ("cluster_id", "first_run_id", "changed_run_id", "other_id")  # of them the history tells, and may
    for name in TABLES:
        left, right = (Store(path).table(name) for path in (store, without))
        same = [column for column in left.column_names if column not in names]
        keys = [(column, "ascending") for column in same if not pa.types.is_boolean(left.schema.field(column).type)]
        assert left.select(same).sort_by(keys).equals(right.select(same).sort_by(keys)), name


def test_another_is_elected_and_the_events_tell_without_a_name(tmp_path: Path) -> None:
    store = nights(tmp_path)
    (cluster_id,) = {
        row["cluster_id"] for row in Store(store).table("members").to_pylist() if row["article_id"] == VICTIM
    }
    done = forget.forget([VICTIM], Store(store))
    events = Store(store).table("events").to_pylist()
    last = [row for row in events if row["run_id"] == done.run_id]
    assert [(row["event"], row["cluster_id"], row["from_id"]) for row in last] == [
        ("canonical_changed", cluster_id, None)
    ]
    assert last[0]["to_id"] in "pq"
    assert [
        line for line in done.clusters if line.startswith(f"{cluster_id}: 2 prints left, canonical {last[0]['to_id']}")
    ]
    changes = Store(store).table("changes").to_pylist()
    assert {row["cluster_id"] for row in changes if row["kind"] == "changed"} >= {cluster_id}
    assert Store(store).manifest()["taken_down"] == 1


def test_past_elections_of_it_keep_no_name_either(tmp_path: Path) -> None:
    store = tmp_path / "store"
    run(store, night(tmp_path, "a", article("a", NIGHT), article("b", NIGHT + timedelta(hours=1))))
    run(store, night(tmp_path, "v", victim()))
    longer = article("z", NIGHT - timedelta(days=1), f"{victim()['text']} {' '.join(f'more{i}' for i in range(90))}")
    run(store, night(tmp_path, "z", longer | {"byline": "Reuters"}))
    elected = [row for row in Store(store).table("events").to_pylist() if row["event"] == "canonical_changed"]
    assert [(row["from_id"], row["to_id"]) for row in elected] == [("a", VICTIM), (VICTIM, "z")]
    forget.forget([VICTIM], Store(store))
    elected = [row for row in Store(store).table("events").to_pylist() if row["event"] == "canonical_changed"]
    assert [(row["from_id"], row["to_id"]) for row in elected] == [("a", None), (None, "z")]
    assert elected[0]["reason"] == "led by an article that was taken down since"
    assert list(found_in(store, VICTIM)) == []
    assert sound(store)


def test_a_story_printed_once_leaves_in_silence(tmp_path: Path) -> None:
    store = tmp_path / "store"
    run(store, night(tmp_path, "a", article("a", body=OTHER), victim()))
    done = forget.forget([VICTIM], Store(store))
    assert done.clusters == [f"c-{VICTIM}: vanished"]
    assert b"victim" not in b"".join(str(pq.read_table(path).to_pylist()).encode() for path in store.rglob("*.parquet"))
    assert not [path for path in store.rglob("*.arrow") if b"victim" in path.read_bytes()]  # these are not packed
    assert Store(store).runs() == [done.run_id]


def test_a_cluster_of_which_nothing_is_left_is_retired(tmp_path: Path) -> None:
    store = tmp_path / "store"
    run(store, night(tmp_path, "a", article("a"), article("b"), article("c", body=OTHER)))
    done = forget.forget(["a", "b"], Store(store))
    assert [row["event"] for row in Store(store).table("events").to_pylist()] == ["created", "retired"]
    assert partition(store) == {frozenset("c")}
    assert len(done.clusters) == 1
    assert sound(store)


def test_the_last_article_leaves_an_empty_store_that_takes_the_next_night(tmp_path: Path) -> None:
    store = tmp_path / "store"
    run(store, night(tmp_path, "v", victim()))
    forget.forget([VICTIM], Store(store))
    assert partition(store) == set()
    assert [path.name for path in (store / "state").iterdir()] == ["2026-03-09.2"]
    assert sound(store)
    run(store, night(tmp_path, "a", article("a")))
    assert partition(store) == {frozenset("a")}


def test_it_does_not_come_back_and_is_no_fault_of_the_night(tmp_path: Path) -> None:
    store = nights(tmp_path)
    forget.forget([VICTIM], Store(store))
    again = night(tmp_path, "again", victim(), victim(text="entirely other words of Orsolya " * 20))
    outcome = run(store, again)
    assert (outcome.run_id, outcome.counts["records"], outcome.counts["forgotten"]) == ("", 2, 2)
    outcome = run(store, again, night(tmp_path, "more", article("c", body=f"{OTHER} more")), settings=config.Config())
    assert [(row["article_id"], row["stage"], row["reason"]) for row in outcome.tables["rejects"].to_pylist()] == [
        (None, "intake", "forgotten: taken down by request")
    ] * 2
    assert Store(store).manifest()["counts"]["forgotten"] == 2
    assert list(found_in(store, *TRACES)) == []
    assert sound(store)


@pytest.mark.parametrize("left_out", [["id"], ["id", "url"], ["publisher"]])
def test_it_does_not_come_back_with_less_said_of_it(tmp_path: Path, left_out: list[str]) -> None:
    """From a feed that gives no ids it is known by its address, and from one that gives no addresses by its words."""
    store = nights(tmp_path)
    forget.forget([VICTIM], Store(store))
    poorer = {name: value for name, value in victim().items() if name not in left_out}
    assert run(store, night(tmp_path, "again", poorer)).counts["forgotten"] == 1
    assert list(found_in(store, *TRACES)) == []
    assert sound(store)


def test_a_rollback_does_not_bring_it_back_and_no_run_id_is_used_twice(tmp_path: Path) -> None:
    store = nights(tmp_path)
    forget.forget([VICTIM], Store(store))
    with Store(store).locked():
        assert Store(store).rollback() == "2026-03-09.1"
    outcome = run(store, night(tmp_path, "again", victim(), article("p")))
    assert (outcome.run_id, outcome.counts["forgotten"]) == ("2026-03-09.6", 1)
    assert partition(store) == {frozenset("a"), frozenset("p")}
    with pytest.raises(StoreError, match=r"2026-03-09.4 is not kept"), Store(store).locked():
        Store(store).rollback("2026-03-09.4")


def test_its_id_is_not_given_to_another(tmp_path: Path) -> None:
    store = two(tmp_path)
    forget.forget([VICTIM], Store(store))
    run(store, night(tmp_path, "w", victim(publisher="Alder Post", text=OTHER, url="https://alder.example/1")))
    assert partition(store) == {frozenset("a"), frozenset([f"alder.example/{VICTIM}"])}


def test_what_only_older_runs_hold_leaves_with_them(tmp_path: Path) -> None:
    store = tmp_path / "store"
    run(store, night(tmp_path, "v", victim()))
    run(store, night(tmp_path, "a", article("a", NIGHT + timedelta(days=200), OTHER)))
    assert [part["run_id"] for part in Store(store).parts()] == ["2026-09-25.1"]
    done = forget.forget([VICTIM], Store(store))
    assert done.left == ["2026-03-09.1", "2026-09-25.1"]  # the second tells that it was removed
    assert partition(store) == {frozenset("a")}
    assert list(found_in(store, *TRACES)) == []
    assert run(store, night(tmp_path, "again", victim())).counts["forgotten"] == 1


def test_an_article_that_waits_for_its_time_can_be_taken_down(tmp_path: Path) -> None:
    store, later = tmp_path / "store", (NIGHT + timedelta(days=40)).isoformat()
    run(store, night(tmp_path, "v", victim(published_at=later), article("a"), article("b", body=OTHER)), as_of=NIGHT)
    assert partition(store) == {frozenset("a"), frozenset("b")}
    forget.forget([VICTIM], Store(store))
    assert list(found_in(store, *TRACES)) == []
    run(store, night(tmp_path, "c", article("c", NIGHT + timedelta(days=50), f"{OTHER} c")))
    assert VICTIM not in Store(store).table("members")["article_id"].to_pylist()


def test_a_second_takedown_follows_the_first(tmp_path: Path) -> None:
    store = nights(tmp_path)
    forget.forget([VICTIM], Store(store))
    done = forget.forget(["p", VICTIM], Store(store))
    assert (done.articles, done.earlier, done.left) == (["p"], [VICTIM], ["2026-03-09.5"])
    assert partition(store) == {frozenset("ab"), frozenset("q")}
    names = [part["run_id"] for part in Store(store).parts()]
    assert names == ["2026-03-09.1", "2026-03-09.3~2026-03-09.5", "2026-03-09.4", "2026-03-09.6"]
    assert sound(store)


@pytest.mark.parametrize("ids", [["nobody"], [VICTIM, "nobody"], [f"c-{VICTIM}"]])
def test_an_unknown_id_is_named_and_nothing_is_done(
    tmp_path: Path, ids: list[str], reprints: Callable[..., Ended]
) -> None:
    store = two(tmp_path)
    before = digest(store)
    ended = reprints("forget", *ids, "--store", store)
    assert (ended.code, digest(store)) == (2, before)
    assert f"nothing was taken down: {ids[-1]} is in no kept run" in ended.err
    assert reprints("forget", "a", "--store", tmp_path / "none").code == 2
    assert not (tmp_path / "none").exists()


def test_the_command_says_what_it_did_and_may_be_given_again(
    wire_day: Path, tmp_path: Path, reprints: Callable[..., Ended]
) -> None:
    store = Path(shutil.copytree(wire_day, tmp_path / "store", symlinks=True))
    ended = reprints("forget", "ap-7c41e0", "--store", store)
    assert ended.code == 0
    assert ended.out.startswith("run 2026-03-09.2: taken down: ap-7c41e0\nc-ap-7c41e0: 6 prints left, canonical ")
    assert " instead of ap-7c41e0: " in ended.out
    assert ended.out.rstrip().endswith("runs that held an article and left: 2026-03-09.1; kept: 2026-03-09.2")
    assert list(found_in(store, "ap-7c41e0")) == []
    assert reprints("verify-store", "--store", store).code == 0
    again = reprints("forget", "ap-7c41e0", "--store", store)
    assert (again.code, again.out) == (0, "ap-7c41e0: was taken down before\n")
    assert Store(store).runs() == ["2026-03-09.2"]


def test_of_any_article_of_the_day_the_rest_is_a_day_without_it(wire_day: Path, tmp_path: Path) -> None:
    """The anchor of a large cluster, a canonical, a runner-up, a round-up, a story printed once: one by one, and at once."""
    store = Path(shutil.copytree(wire_day, tmp_path / "store", symlinks=True))
    clusters = Store(store).table("clusters").sort_by([("n_articles", "descending"), ("cluster_id", "ascending")])
    largest = clusters.slice(0, 3).to_pylist()
    ids = {largest[0]["anchor_id"], largest[1]["canonical_id"], largest[2]["runner_up_id"], "hc-world-in-brief"}
    ids.add("mb-bourse-08")
    state = Store(store).state()
    texts = state.whole(state.articles(["article_id"])["key"].to_numpy()).select(["article_id", "body"]).to_pylist()
    others = "\n".join(text["body"] for text in texts if text["article_id"] not in ids)
    own = [line for text in texts if text["article_id"] in ids for line in text["body"].split("\n")]
    own = [line for line in own if line not in others]
    assert len(own) > 5
    assert list(found_in(store, *own))
    for article_id in sorted(ids):
        forget.forget([article_id], Store(store))
    assert list(found_in(store, *own, *ids)) == []
    together = Path(shutil.copytree(wire_day, tmp_path / "together", symlinks=True))
    forget.forget(ids, Store(together))
    assert partition(store) == partition(together)
    for name in ("members", "matches", "credits", "citations", "stripped", "furniture"):
        columns = [column for column in Store(store).table(name).column_names if not column.endswith("_run_id")]
        left, right = (Store(path).table(name).select(columns) for path in (store, together))
        assert left.equals(right), name
    assert sound(store)
    settings = config.load(GOLDEN / "wire-day.toml")
    again = flow.run([str(GOLDEN / "wire-day")], Store(store), settings)
    assert (again.run_id, again.counts["forgotten"] >= len(ids)) == ("", True)


def _fail_at(number: int, call: Callable[..., Any]) -> Callable[..., Any]:
    """The call, which at its n-th time raises instead, as a full disk or a kill would end it there."""
    count = iter(range(1, 1_000))

    def failing(*of: Any, **more: Any) -> Any:
        if next(count) == number:
            raise OSError(28, "No space left on device")
        return call(*of, **more)

    return failing


POINTS = [
    ("pipeline.storage.anew.without", 1),
    ("pipeline.storage.anew.without", 2),
    ("pipeline.storage.write.write_table", 1),
    ("pipeline.storage.write.write_json", 1),  # the manifest
    ("pathlib.Path.rename", 1),  # the tables
    ("pathlib.Path.rename", 2),  # a part
    ("pathlib.Path.rename", 3),
    ("pipeline.storage.write.write_json", 2),  # latest.json: until here nothing has happened, from here on all has
    ("pipeline.storage.store.Store._point_current", 1),
    ("shutil.rmtree", 3),  # the work of a killed run, as it begins and as it ends; then the first old run
    ("shutil.rmtree", 5),
]
_AFTER = ("pipeline.storage.store.Store._point_current", "shutil.rmtree")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return nights(tmp_path_factory.mktemp("nights"))


@pytest.fixture(scope="module")
def whole(base: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a takedown that nobody interrupts makes of it."""
    store = Path(shutil.copytree(base, tmp_path_factory.mktemp("whole") / "store", symlinks=True))
    forget.forget([VICTIM], Store(store))
    return digest(store)


@pytest.mark.parametrize(("point", "number"), POINTS)
def test_interrupted_anywhere_it_is_not_done_or_done_and_ends_the_same(
    base: Path, whole: dict[str, str], tmp_path: Path, point: str, number: int
) -> None:
    store = Path(shutil.copytree(base, tmp_path / "store", symlinks=True))
    with pytest.MonkeyPatch.context() as patch:
        owner, _, name = point.rpartition(".")
        patch.setattr(point, _fail_at(number, getattr(pkgutil.resolve_name(owner), name)))
        with pytest.raises(StoreError, match="No space"):
            forget.forget([VICTIM], Store(store))
    newest = json.loads((store / "latest.json").read_text())["run_id"]
    published = {path: of for path, of in digest(store).items() if newest in path.split("/")}
    expected = whole if newest == "2026-03-09.5" else digest(base)
    assert published == {path: of for path, of in expected.items() if newest in path.split("/")}
    assert len(published) > 10
    assert (newest == "2026-03-09.5") == (point in _AFTER)
    forget.forget([VICTIM], Store(store))
    assert digest(store) == whole
    assert list(found_in(store, *TRACES)) == []
    assert sound(store)


def test_what_cannot_be_removed_is_an_error_that_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = two(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr("shutil.rmtree", lambda *_, **__: None)
        with pytest.raises(StoreError, match=r"could not be removed; remove them: .*runs/2026-03-09.1, .*state/2026"):
            forget.forget([VICTIM], Store(store))
    assert forget.forget([VICTIM], Store(store)).earlier == [VICTIM]
    assert list(found_in(store, *TRACES)) == []


def test_settings_of_another_release_are_asked_for(tmp_path: Path) -> None:
    store = two(tmp_path)
    told = Store(store).manifest()
    told["settings"]["pair"]["of_old"] = 1
    write.write_json(Store(store).folder() / "manifest.json", told)
    with pytest.raises(IncompatibleStoreError, match="--config"):
        forget.forget([VICTIM], Store(store))
    assert forget.forget([VICTIM], Store(store), LENIENT).articles == [VICTIM]


def test_a_state_that_has_it_again_is_found_by_the_checkup(tmp_path: Path) -> None:
    store = two(tmp_path)
    identity = Store(store).state().table("articles")["identity"][0].as_py()
    latest = json.loads((store / "latest.json").read_text())
    write.write_json(store / "latest.json", latest | {"forgotten": [identity]})
    assert {check.name: check.broken for check in checkup(Store(store)) if check.broken} == {
        "forgotten": "1 articles that were taken down are in the state; take them down again"
    }


def test_a_file_that_its_settings_name_and_is_gone_is_named_with_what_to_do(tmp_path: Path) -> None:
    store, file = tmp_path / "store", tmp_path / "orders.csv"
    file.write_text("order,left_id,right_id,note\n")
    ordered = config.Config(audit=LENIENT.audit, override=config.Override(orders=str(file)))
    run(store, night(tmp_path, "v", victim(), article("a")), settings=ordered)
    file.unlink()
    with pytest.raises(
        ConfigError,
        match=r"override.orders: cannot read .*orders.csv: .* or name the settings of the store with --config",
    ):
        forget.forget([VICTIM], Store(store))
    assert Store(store).runs() == ["2026-03-09.1"]


def test_the_nights_whose_runs_left_are_still_compared_with(tmp_path: Path) -> None:
    store = tmp_path / "store"

    def day(n: int, *more: dict[str, Any]) -> flow.Outcome:
        at = NIGHT + timedelta(days=n)
        return run(store, night(tmp_path, f"d{n}", article(f"d{n}", at, f"{OTHER} of day {n}"), *more))

    for n in range(12):
        day(n, *([victim()] if n == 4 else []))
    forget.forget([VICTIM], Store(store))
    assert len(Store(store).runs()) == 5
    told = Store(store).manifest()["nights"]
    assert [entry["figures"]["records"] for entry in told] == [1] * 7 + [2]
    assert [entry["as_of"][:10] for entry in told][::7] == ["2026-03-20", "2026-03-13"]
    forget.forget(["d5"], Store(store))
    again = Store(store).manifest()["nights"]  # without the paper of which nothing is left
    assert [entry["as_of"] for entry in again] == [entry["as_of"] for entry in told]
    assert [entry["figures"]["publishers"] for entry in again[5:]] == [{"paper-of-d6": 1}, {}, {"paper-of-d4": 1}]
    missing = [finding.found for finding in day(14).findings if finding.audit == "missing_nights"]
    assert len(missing) == 1
    assert "the last night is 2026-03-20" in missing[0]
    assert list(found_in(store, *TRACES)) == []


def test_of_two_articles_that_an_order_made_one_neither_goes_alone(tmp_path: Path) -> None:
    orders = tmp_path / "orders.csv"
    orders.write_text("order,left_id,right_id\n")
    settings = msgspec.structs.replace(LENIENT, override=config.Override(orders=str(orders)))
    rows = [article("1") | {"publisher": "Mill Post"}, article("1", body=OTHER) | {"publisher": "The Old Mill"}]
    for number, row in enumerate(rows):
        run(tmp_path / "s", night(tmp_path, f"{number}", row), settings=settings)
    orders.write_text("order,left_id,right_id\npublisher,The Old Mill,Mill Post\n")
    run(
        tmp_path / "s",
        night(tmp_path, "last", article("9", body="A third story, told in a few words.")),
        settings=settings,
    )
    store = Store(tmp_path / "s")
    with pytest.raises(StoreError, match=r"nothing was taken down: old-mill/1 has the same publisher and source id"):
        forget.forget(["1"], store)
    assert forget.forget(["1", "old-mill/1"], store).run_id
    assert not [check for check in checkup(store) if check.broken]
