"""A store built beside another one under sketches that do not mix: as if it had come so, with its ids and its history."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from filelock import FileLock
from hypothesis import HealthCheck, Phase, given, settings

from pipeline import config, flow, forget, rebuild
from pipeline.checkup import checkup
from pipeline.errors import AuditError, InputError, StoreBusyError, StoreError
from pipeline.spread import Spread
from pipeline.storage.store import Store
from tests import strategies
from tests.conftest import GOLDEN, Ended
from tests.spark.inline import inline
from tests.spark.worlds import same
from tests.test_bodies import have_words, kept, nights, own
from tests.test_compatibility import LATER, downgraded, told, two_nights
from tests.test_nights import BODY, LENIENT, NIGHT, article, night, partition, run

OTHER = msgspec.structs.replace(LENIENT, sketch=config.Sketch(shingle_words=4, permutations=256, seed=7))


_STRICT = config.Verify(min_jaccard=0.9, min_share=1.0, early_ease=1.0)


def other(of: config.Config) -> config.Config:
    return msgspec.structs.replace(of, sketch=OTHER.sketch)


def rebuilt(old: Path, new: Path, *inputs: Path, settings: config.Config = OTHER, **more: Any) -> rebuild.Rebuilt:
    return rebuild.rebuild(Store(old), Store(new), [str(path) for path in inputs], settings, **more)


def sound(store: Path) -> bool:
    return [check for check in checkup(Store(store)) if check.broken] == []


def content(store: Path) -> dict[str, str]:
    """A hash of every file of a store, and where its link leads."""
    files = sorted(path for path in store.rglob("*") if path.is_file() and "current" not in path.parts)
    links = {"current": str((store / "current").readlink())}
    return links | {str(path.relative_to(store)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def rows_of(store: Path, name: str, article_ids: set[str], *left_out: str) -> list[dict[str, Any]]:
    """Rows of a table that name one of these articles."""
    table = Store(store).table(name)
    named = [column for column in ("article_id", "canonical_id", "left_id") if column in table.column_names]
    rows = table.drop_columns(list(left_out)).to_pylist()
    return [row for row in rows if article_ids & {row[column] for column in named}]


# --- with every word kept


def test_the_wire_day_is_as_if_it_had_come_so_and_nothing_of_the_old_store_is_touched(
    wire_day: Path, tmp_path: Path
) -> None:
    plain = config.load(GOLDEN / "wire-day.toml")
    under = msgspec.structs.replace(
        other(plain), clean=msgspec.structs.replace(plain.clean, stub_words=60), verify=_STRICT
    )
    new, fresh, before = tmp_path / "new", tmp_path / "fresh", content(wire_day)
    done = rebuilt(wire_day, new, settings=under)
    assert content(wire_day) == before
    flow.run([str(GOLDEN / "wire-day")], Store(fresh), under, as_of=Store(wire_day).as_of())
    assert told(new) == told(fresh)
    assert (done.from_run, done.run_id, done.frozen) == ("2026-03-09.1", "2026-03-09.2", {"articles": 0, "clusters": 0})
    assert done.read_again["read"] == 80
    assert sound(new)
    assert flow.run([str(GOLDEN / "wire-day")], Store(new), under).counts["repeats"] == 81
    # what changed, by the names it had
    difference = done.difference
    assert difference.split > 0
    assert (difference.articles, difference.in_both, difference.joined) == ((79, 79), 79, 0)
    ids = [set(Store(path).table("clusters")["cluster_id"].to_pylist()) for path in (wire_day, new)]
    assert ids[0] < ids[1]
    events = Store(new).table("events").to_pylist()
    assert Store(wire_day).table("events").to_pylist() == [row for row in events if row["run_id"] == "2026-03-09.1"]
    mine = [row for row in events if row["run_id"] == "2026-03-09.2"]
    assert {row["event"] for row in mine} >= {"split"}
    assert all(row["reason"].endswith("; rebuilt from run 2026-03-09.1") for row in mine)
    same = set(rows_of(wire_day, "clusters", {"ap-7c41e0"})[0].items()) & set(
        rows_of(new, "clusters", {"ap-7c41e0"})[0].items()
    )
    assert ("first_run_id", "2026-03-09.1") in same


@given(strategies.worlds(max_stories=3))
@settings(max_examples=4, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
def test_any_two_nights_are_one_under_the_new_settings(world: tuple[strategies.Article, ...]) -> None:
    rows = [
        {"id": a.id, "publisher": a.publisher, "title": a.headline, "text": a.body, "published_at": a.at.isoformat()}
        for a in world
    ]
    under = msgspec.structs.replace(OTHER, clean=config.Clean(max_strip_share=1.0), learn=config.Learn(min_texts=2))
    with tempfile.TemporaryDirectory() as folder:
        old, new, fresh = (Path(folder) / name for name in ("old", "new", "fresh"))
        cut = len(rows) // 2
        run(old, night(Path(folder), "a", *rows[:cut]), as_of=LATER)
        run(old, night(Path(folder), "b", *rows[cut:]), as_of=LATER)
        rebuilt(old, new, settings=under)
        run(fresh, night(Path(folder), "all", *rows), settings=under, as_of=LATER)
        assert told(new) == told(fresh)
        assert sound(new)


def test_history_takedowns_and_used_ids_are_carried_over(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    file = night(tmp_path, "a", article("a"), article("v", body="a victim of its own words " * 20))
    run(old, file)
    run(old, night(tmp_path, "b", article("b")))
    with Store(old).locked():
        Store(old).rollback()
    forget.forget(["v"], Store(old))
    settings = msgspec.structs.replace(OTHER, store=config.Store(mode="0600"))
    done = rebuilt(old, new, file, night(tmp_path, "c", article("c")), settings=settings)
    assert (Store(new).folder() / "members.parquet").stat().st_mode & 0o777 == 0o600
    assert (done.run_id, Store(old).runs(), Store(new).runs()) == ("2026-03-09.4", ["2026-03-09.3"], ["2026-03-09.4"])
    assert Store(new).history() == ["2026-03-09.1", "2026-03-09.3", "2026-03-09.4"]
    assert Store(new).used_ids() == {f"2026-03-09.{n}" for n in (1, 2, 3, 4)}
    assert (done.counts["forgotten"], done.counts["repeats"], done.counts["added"]) == (1, 1, 1)
    assert partition(new) == {frozenset("ac")}
    assert "victim" not in json.dumps(
        [Store(new).table(name).to_pylist() for name in ("members", "rejects")], default=str
    )
    assert [len(entry["figures"]["publishers"]) for entry in Store(new).manifest()["nights"]] == [1]
    assert run(new, night(tmp_path, "d", article("d")), settings=OTHER).run_id == "2026-03-09.5"
    assert sound(new)


def test_an_article_without_a_time_keeps_the_day_it_came(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    run(old, night(tmp_path, "a", article("a", at=None)), as_of=NIGHT)
    run(old, night(tmp_path, "b", article("b", NIGHT + timedelta(days=20))))
    rebuilt(old, new)
    assert partition(new) == {frozenset("a"), frozenset("b")}  # twenty days apart
    run(new, night(tmp_path, "c", article("c", NIGHT + timedelta(days=10))), settings=OTHER)
    assert partition(new) == {frozenset("abc")}


def test_a_store_of_an_older_release_is_rebuilt_from_its_bodies(tmp_path: Path) -> None:
    new = tmp_path / "new"
    old, file = downgraded(two_nights(tmp_path, ("c",))), tmp_path / "a.jsonl"
    strict = msgspec.structs.replace(OTHER, clean=config.Clean(max_strip_share=1.0))
    done = rebuilt(old, new, settings=strict)
    assert (done.read_again["read"], done.read_again["without_words"], done.frozen["articles"]) == (0, 4, 0)
    assert partition(new) == {frozenset("ab"), frozenset("c"), frozenset("f")}
    assert sound(new)
    done = rebuilt(old, tmp_path / "with-input", file, settings=strict)
    assert (done.read_again["without_words"], done.counts["rejected"]) == (3, 1)
    assert partition(tmp_path / "with-input") == {frozenset("ab"), frozenset("c"), frozenset("f")}


# --- with words that are gone


@pytest.fixture(scope="module")
def aged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four nights, the words of the first two gone; p1 is a print of s0, p2 of s10, p3 of s20."""
    store = nights(tmp_path_factory.mktemp("aged"), kept(15))
    assert have_words(store) == [False, False, True, True]
    return store


@pytest.fixture(scope="module")
def frozen(aged: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, rebuild.Rebuilt]:
    """The same, rebuilt."""
    new = tmp_path_factory.mktemp("frozen") / "new"
    return new, rebuilt(aged, new, settings=other(kept(15)))


@pytest.fixture
def new(frozen: tuple[Path, rebuild.Rebuilt], tmp_path: Path) -> Path:
    return Path(shutil.copytree(frozen[0], tmp_path / "new", symlinks=True))


def names(night: int, *more: str) -> set[str]:
    """The ids of a night's articles, of its own stories."""
    return {*(f"s{10 * night + i}" for i in range(3)), *more}


#: Those without words, and p2, whose words are there: it shares a cluster with s10.
FROZEN = names(0, "s99", "p1", "p2") | names(1)


def test_clusters_of_which_words_are_gone_stay_as_they_were_published(
    aged: Path, frozen: tuple[Path, rebuild.Rebuilt]
) -> None:
    new, done = frozen
    assert partition(new) == partition(aged)
    for name in ("clusters", "members", "matches", "credits", "stripped"):
        assert rows_of(new, name, FROZEN) == rows_of(aged, name, FROZEN), name
    assert len(rows_of(new, "stripped", FROZEN)) >= 6
    assert (done.frozen, done.read_again["read"]) == ({"articles": 9, "clusters": 7}, 8)
    assert Store(new).manifest()["rebuilt"]["frozen"] == done.frozen
    assert (done.difference.split, done.difference.joined) == (0, 0)
    assert set(Store(new).state().texts(["article_id"])["article_id"].to_pylist()) == names(2) | names(3, "p3")
    assert sound(new)


def test_nights_go_on_and_what_is_frozen_is_compared_with_nothing(new: Path, tmp_path: Path) -> None:
    at = NIGHT + timedelta(days=11)
    again = [own(0, NIGHT), own(10, at, id="s10", text=f"{BODY} anew", date_modify=at.isoformat())]
    live = [
        own(10, at, id="x", publisher="Birch Post"),
        own(20, at + timedelta(days=10), id="y", publisher="Birch Post"),
    ]
    outcome = run(new, night(tmp_path, "n", *again, *live), settings=other(kept(15)))
    assert (outcome.counts["repeats"], outcome.counts["added"]) == (1, 2)
    reasons = {row["article_id"]: row["reason"] for row in outcome.tables["rejects"].to_pylist()}
    assert reasons == {"s10": "frozen: a rebuild left its cluster as it was published, for words of it are gone"}
    assert {frozenset(("s10", "p2")), frozenset("x"), frozenset(("s20", "p3", "y"))} <= partition(new)
    assert sound(new)


@pytest.mark.parametrize("how", ["comparing", "reading", "takedown"])
def test_what_is_frozen_stays_whatever_is_done_again(aged: Path, new: Path, tmp_path: Path, how: str) -> None:
    under = other(kept(15))
    if how == "takedown":
        forget.forget(["s20"], Store(new), under)
    elif how == "comparing":
        run(new, night(tmp_path, "n"), settings=msgspec.structs.replace(under, elect=config.Elect(tie_minutes=14)))
    else:
        run(new, night(tmp_path, "n"), settings=msgspec.structs.replace(under, clean=config.Clean(stub_words=29)))
        assert Store(new).manifest()["read_again"] == {"read": 8, "changed": 0, "rejected": 0, "without_words": 8}
    assert len(Store(new).runs()) == 1
    assert Store(new).run_id() == "2026-04-08.3"
    for name in ("clusters", "members", "matches", "stripped"):
        assert rows_of(new, name, FROZEN) == rows_of(aged, name, FROZEN), name
    assert sound(new)


def test_what_is_frozen_stays_where_clusters_are_formed_in_many_tasks(new: Path, tmp_path: Path) -> None:
    under, here = other(kept(15)), Path(shutil.copytree(new, tmp_path / "here", symlinks=True))
    again = msgspec.structs.replace(under, elect=config.Elect(tie_minutes=14))
    more = night(tmp_path, "more", own(10, NIGHT + timedelta(days=10), id="x", publisher="Birch Post"))
    for inputs in (night(tmp_path, "none"), more):
        run(here, inputs, settings=again)
        run(new, inputs, settings=again, hands=Spread(inline(block_texts=2)))
        same(Store(here), Store(new))
    assert {frozenset(("s10", "p2")), frozenset("x")} <= partition(new)
    assert sound(new)


def test_what_shared_a_cluster_with_a_frozen_article_that_was_taken_down_is_a_story_of_its_own(new: Path) -> None:
    done = forget.forget(["s0", "s10"], Store(new), other(kept(15)))
    assert {frozenset(["p1"]), frozenset(["p2"])} <= partition(new)
    assert not {"s0", "s10"} & set(Store(new).table("members")["article_id"].to_pylist())
    rest = FROZEN - {"s0", "s10", "p1", "p2"}
    assert set(Store(new).state().frozen()["article_id"].to_pylist()) == rest
    assert len(rows_of(new, "members", rest)) == len(rest)
    assert done.articles == ["s0", "s10"]
    assert sound(new)


@pytest.mark.parametrize("divide_over", [250_000, 0])
def test_the_horizon_passes_them(new: Path, tmp_path: Path, divide_over: int) -> None:
    """One after the other, also where tables lie in parts by time."""
    under = other(kept(15))
    under = msgspec.structs.replace(under, store=msgspec.structs.replace(under.store, divide_over=divide_over))
    for days in (97, 120):
        at = NIGHT + timedelta(days=days)
        outcome = run(new, night(tmp_path, f"{days}", own(days, at)), settings=under)
        members = set(Store(new).table("members")["article_id"].to_pylist())
        assert ({"s0", "p1"} <= members, {"s1", "s99"} & members) == (days == 97, set())
        assert sound(new)
    assert {"c-s0", "c-s10"} <= {
        row["cluster_id"] for row in outcome.tables["events"].to_pylist() if row["event"] == "retired"
    }
    assert FROZEN.isdisjoint(members)


def test_words_that_come_again_free_them(aged: Path, new: Path, tmp_path: Path) -> None:
    """From the old store, and from one that was rebuilt without them."""
    under, files = other(kept(15)), sorted(aged.parent.glob("store*.jsonl"))
    fresh = tmp_path / "fresh"
    for file in files:
        run(fresh, file, settings=msgspec.structs.replace(under, store=config.Store()))
    for number, store in enumerate((aged, new)):
        freed = tmp_path / f"freed{number}"
        done = rebuilt(store, freed, *files, settings=under)
        assert done.frozen == {"articles": 0, "clusters": 0}
        assert (done.counts["records"], done.counts["added"], done.counts["repeats"]) == (16, 8, 8)
        assert told(freed) == told(fresh)
        assert set(Store(freed).table("clusters")["cluster_id"].to_pylist()) == set(
            Store(aged).table("clusters")["cluster_id"].to_pylist()
        )
        assert sound(freed)


@pytest.mark.parametrize("under", [other(kept(15)), kept(15)])
def test_some_words_free_what_they_are_of(new: Path, tmp_path: Path, under: config.Config) -> None:
    """Under the sketches of the store, and under others: s1 comes; s0 too, but p1, a print of it, does not."""
    file = night(tmp_path, "n", own(0, NIGHT), own(1, NIGHT + timedelta(minutes=1)))
    freed = tmp_path / "freed"
    done = rebuilt(new, freed, file, settings=under)
    assert set(Store(freed).state().frozen()["article_id"].to_pylist()) == FROZEN - {"s1"}
    assert (done.counts["added"], done.counts["rejected"], done.frozen) == (1, 1, {"articles": 8, "clusters": 6})
    assert partition(freed) == partition(new)
    assert sound(freed)


def test_under_settings_that_mix_nothing_is_frozen(aged: Path, tmp_path: Path) -> None:
    done = rebuilt(
        aged, tmp_path / "new", settings=msgspec.structs.replace(kept(15), verify=config.Verify(min_jaccard=0.3))
    )
    assert (done.frozen["articles"], done.read_again["without_words"]) == (0, 8)
    assert partition(tmp_path / "new") == partition(aged)
    assert len(rows_of(tmp_path / "new", "stripped", FROZEN)) == len(rows_of(aged, "stripped", FROZEN))
    assert sound(tmp_path / "new")


# --- what goes wrong


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    run(folder / "store", night(folder, "a", article("a"), article("b")))
    return folder / "store"


@pytest.mark.parametrize("where", ["itself", "within", "around", "runs", "things", "no store"])
def test_where_it_cannot_be_built(small: Path, tmp_path: Path, where: str) -> None:
    old, before = Path(shutil.copytree(small, tmp_path / "old" / "store", symlinks=True)), content(small)
    into = {"itself": old, "within": old / "new", "around": tmp_path / "old", "runs": small}.get(
        where, tmp_path / "new"
    )
    if where == "things":
        into.mkdir()
        (into / "mine.txt").write_text("")
    if where == "no store":
        old = tmp_path / "nothing"
    with pytest.raises(StoreError, match=r"Name another|with runs already|holds mine\.txt|no run is published"):
        rebuilt(old, into)
    assert content(small) == before
    assert not (tmp_path / "nothing").exists()


def test_a_run_on_the_old_store_comes_first(small: Path, tmp_path: Path, reprints: Callable[..., Ended]) -> None:
    with FileLock(small / "lock"):
        with pytest.raises(StoreBusyError):
            rebuilt(small, tmp_path / "new")
        assert reprints("rebuild", "--store", small, "--into", tmp_path / "new").code == 5
    with Store(small).held(), pytest.raises(StoreBusyError):
        run(small, night(tmp_path, "n", article("n")))


def test_input_in_a_store_is_none_and_bad_input_is_refused(small: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--store is to be a folder of its own"):
        rebuilt(small, tmp_path / "new", small)
    rubbish = tmp_path / "rubbish.jsonl"
    rubbish.write_text("broken\n" * 5 + json.dumps(article("c")) + "\n")
    strict = config.Config(sketch=OTHER.sketch)
    with pytest.raises(AuditError, match="5 of 6 records"):
        rebuilt(small, tmp_path / "new", rubbish, settings=strict)
    assert Store(tmp_path / "new").runs() == []
    done = rebuilt(small, tmp_path / "new", rubbish, settings=strict, publish_anyway=True)
    assert (done.counts["rejected"], partition(tmp_path / "new")) == (5, {frozenset("abc")})


@pytest.mark.parametrize(
    ("point", "number"),
    [
        ("pipeline.storage.anew.write", 1),
        ("pipeline.storage.part.freeze", 1),
        ("pipeline.storage.write.write_table", 1),
        ("pathlib.Path.rename", 1),
        ("pathlib.Path.rename", 3),
        ("pipeline.storage.store.Store._point", 1),
    ],
)
def test_killed_anywhere_it_is_given_again(
    aged: Path, frozen: tuple[Path, rebuild.Rebuilt], tmp_path: Path, point: str, number: int
) -> None:
    import pkgutil

    from tests.test_forget import _fail_at

    new, before = tmp_path / "new", content(aged)
    with pytest.MonkeyPatch.context() as patch:
        owner, _, name = point.rpartition(".")
        patch.setattr(point, _fail_at(number, getattr(pkgutil.resolve_name(owner), name)))
        with pytest.raises(StoreError, match="No space"):
            rebuilt(aged, new, settings=other(kept(15)))
    assert Store(new).runs() == []
    assert content(aged) == before
    assert rebuilt(aged, new, settings=other(kept(15))) == frozen[1]
    tables = {path: of for path, of in content(new).items() if path.endswith(".parquet")}
    assert tables == {path: of for path, of in content(frozen[0]).items() if path.endswith(".parquet")}


# --- what it tells


def test_the_command_says_what_it_did_and_how_the_stories_differ(
    aged: Path, tmp_path: Path, reprints: Callable[..., Ended]
) -> None:
    (tmp_path / "mine.toml").write_text(
        "[sketch]\nshingle_words = 4\n[learn]\nmin_texts = 3\n[verify]\nmin_jaccard = 1.0\nmin_containment = 1.0\n"
    )
    arguments = ("rebuild", "--store", aged, "--config", tmp_path / "mine.toml", "--into")
    ended = reprints(*arguments, tmp_path / "new")
    assert ended.code == 0
    lines = ended.out.splitlines()
    assert (
        lines[0]
        == f"run 2026-04-08.2 of {tmp_path / 'new'}, rebuilt from run 2026-04-08.1 of {aged}, which is as it was"
    )
    assert lines[1] == (
        "8 articles were read again, 0 of them otherwise, 0 rejected; 8 without their words stay as they are"
    )
    assert lines[2].startswith("9 articles in 7 clusters are frozen: words of them are gone")
    assert reprints(*arguments, tmp_path / "new").code == 2
    ended = reprints(*arguments, tmp_path / "json", "--format", "json")
    found = msgspec.json.decode(ended.out, type=rebuild.Rebuilt)
    assert found.run_id == "2026-04-08.2"
    assert found.difference.articles == (16, 16)
    assert reprints("verify-store", "--store", tmp_path / "new").code == 0
    shown = reprints("explain", "s0", "--store", tmp_path / "new").out
    assert "the text is no longer kept" in shown
    assert "Its cluster, c-s0" in shown
