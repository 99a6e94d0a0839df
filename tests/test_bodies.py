"""The words of old articles may be let go (`store.bodies_days`): what goes, when, and how the rest does without."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from pipeline import config, forget
from pipeline.checkup import checkup
from pipeline.storage.store import Store
from tests import strategies
from tests.conftest import Ended
from tests.stores import made_once
from tests.test_nights import LENIENT, NIGHT, article, night, partition, run

WORDS = {"bodies.parquet", "records.parquet"}
FURNITURE = "Our printers in Quillmere have set this page since the old bridge"


def kept(days: float, *, keep_runs: int = 1, **more: Any) -> config.Config:
    store = config.Store(bodies_days=days, keep_runs=keep_runs)
    return msgspec.structs.replace(LENIENT, store=store, learn=config.Learn(min_texts=3), **more)


def own(number: int, at: datetime, **more: Any) -> dict[str, Any]:
    """An article of its own story, with a line below that its paper prints below every story."""
    paragraphs = strategies.paragraphs_of(number, "latin", 4)
    text = "\n".join([*paragraphs, FURNITURE])
    return article(f"s{number}", at, text) | {"publisher": "Quillmere Courier", "title": paragraphs[0][:40]} | more


def have_words(store: Path) -> list[bool]:
    """Of each part of the newest run, whether the words of its articles are there."""
    found = [{path.name for path in ref.folder.iterdir()} & WORDS for ref in Store(store).state().parts]
    assert all(names in (set(), WORDS) for names in found)
    return [bool(names) for names in found]


def sound(store: Path) -> bool:
    return [check for check in checkup(Store(store)) if check.broken] == []


@made_once
def nights(folder: Path, settings: config.Config, count: int = 4, *, name: str = "store") -> Path:
    """A night every ten days: three stories, and a print of one of the night before."""
    store = folder / name
    for number in range(count):
        at = NIGHT + timedelta(days=10 * number)
        rows = [own(10 * number + i, at + timedelta(minutes=i)) for i in range(3)]
        again = own(10 * (number - 1), at, id=f"p{number}", publisher="Alder Post") if number else own(99, at)
        run(store, night(folder, f"{name}{number}", *rows, again), settings=settings)
    return store


@pytest.fixture(scope="module")
def aged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return nights(tmp_path_factory.mktemp("aged"), kept(15))


def test_they_stay_as_long_as_what_is_compared_unless_a_setting_says_otherwise(tmp_path: Path) -> None:
    assert have_words(nights(tmp_path, kept(0))) == [True] * 4


def test_they_go_when_they_are_older_than_the_oldest_kept_run_by_so_many_days(aged: Path, tmp_path: Path) -> None:
    assert have_words(aged) == [False, False, True, True]
    assert sound(aged)
    assert have_words(nights(tmp_path, kept(15, keep_runs=2), name="two")) == [False, True, True, True]


def test_those_that_are_just_so_many_days_older_stay(tmp_path: Path) -> None:
    assert have_words(nights(tmp_path, kept(20))) == [False, True, True, True]


def test_the_run_that_is_gone_back_to_has_its_own(tmp_path: Path) -> None:
    store = nights(tmp_path, kept(15, keep_runs=3))
    with Store(store).locked():
        assert Store(store).rollback("2026-03-19.1") == "2026-03-19.1"
    assert have_words(store) == [True, True]
    assert sound(store)


def test_what_is_published_is_the_same_without_them(tmp_path: Path) -> None:
    stores = [nights(tmp_path / f"{days}", kept(days)) for days in (0, 5)]
    assert have_words(stores[1]) == [False, False, False, True]
    for name in ("clusters", "members", "matches", "stripped", "furniture", "events", "changes", "credits"):
        left, right = (Store(store).table(name) for store in stores)
        assert left.equals(right), name
    assert FURNITURE in Store(stores[0]).table("furniture")["line"].to_pylist()


@pytest.mark.parametrize("how", ["settings", "takedown"])
def test_learned_lines_that_were_struck_stay_so_when_all_is_compared_again(tmp_path: Path, how: str) -> None:
    store = nights(tmp_path, kept(5))
    before = {name: Store(store).table(name) for name in ("members", "stripped", "matches", "furniture")}
    assert pc.sum(pc.equal(before["stripped"]["rule"], "learned")).as_py() >= 9
    if how == "settings":
        file = night(tmp_path, "none")
        run(store, file, settings=kept(5, elect=config.Elect(tie_minutes=14)))
        gone = pa.array([], pa.string())
    else:
        gone = pa.array(["s2"])
        forget.forget(["s2"], Store(store), kept(5))
    assert len(Store(store).history()) == 5
    for name, rows in before.items():
        ids = next(column for column in ("article_id", "left_id", "line") if column in rows.column_names)
        left = rows.filter(pc.invert(pc.is_in(rows[ids], gone)))
        columns = [column for column in rows.column_names if column not in {"changed_run_id", "n_articles"}]
        assert Store(store).table(name).select(columns).equals(left.select(columns)), name
    assert sound(store)


def test_a_late_night_does_nothing_again_whose_words_are_gone(tmp_path: Path) -> None:
    """A line becomes furniture by an old article that comes late: those that lost their words keep it."""
    settings = kept(5)
    rows = [own(1, NIGHT), own(2, NIGHT + timedelta(hours=1))]
    later = [own(30, NIGHT + timedelta(days=20), id="new", text=strategies.paragraphs_of(30, "latin", 4)[0])]
    late = own(3, NIGHT + timedelta(hours=2))
    stores = {}
    for name, files in {"late": ([rows, later, [late]]), "at once": ([[*rows, late], later])}.items():
        stores[name] = tmp_path / name
        for number, of_night in enumerate(files):
            run(stores[name], night(tmp_path, f"{name}{number}", *of_night), settings=settings)
    learned = {
        name: {row["article_id"] for row in Store(store).table("stripped").to_pylist() if row["rule"] == "learned"}
        for name, store in stores.items()
    }
    assert learned == {"late": {"s3"}, "at once": {"s1", "s2", "s3"}}
    assert partition(stores["late"]) == partition(stores["at once"])
    assert sound(stores["late"])


def test_excerpts_have_their_places_as_long_as_the_words_are_there(tmp_path: Path) -> None:
    story = strategies.paragraphs_of(1, "latin", 6)
    other = strategies.paragraphs_of(2, "latin", 30)
    rows = [
        own(1, NIGHT, text="\n".join(story)),
        own(1, NIGHT + timedelta(hours=1), id="print", publisher="Alder Post", text="\n".join(story)),
        own(2, NIGHT + timedelta(hours=2), id="borrows", text="\n".join([*other[:15], *story[2:4], *other[15:]])),
    ]
    later = own(30, NIGHT + timedelta(days=12), text=strategies.paragraphs_of(30, "latin", 4)[0])
    again = own(1, NIGHT + timedelta(hours=3), id="late", publisher="Birch Post", text="\n".join(story))
    found = []
    for days in (0, 5):
        for number, of_night in enumerate((rows, [later], [again])):
            run(tmp_path / f"{days}", night(tmp_path, f"{days}-{number}", *of_night), settings=kept(days))
        found.append([row["article_id"] for row in Store(tmp_path / f"{days}").table("excerpts").to_pylist()])
    assert found == [["borrows"], []]
    assert sound(tmp_path / "5")


def test_explain_says_that_the_text_is_no_longer_kept(aged: Path, reprints: Callable[..., Ended]) -> None:
    told = {id_: reprints("explain", id_, "--store", aged).out for id_ in ("s0", "s30")}
    assert "words; the text is no longer kept\n" in told["s0"]
    assert "store0.jsonl" in told["s0"]
    assert "paragraphs or lines\n" in told["s30"]


def test_a_kill_while_they_go_leaves_a_sound_store_and_the_next_run_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = nights(tmp_path, kept(15), 3)
    gone = list[Path]()

    unlink = Path.unlink

    def killed(path: Path, missing_ok: bool = False) -> None:
        if path.suffix == ".parquet":
            if gone:
                raise KeyboardInterrupt
            gone.append(path)
        unlink(path, missing_ok)

    late, file = NIGHT + timedelta(days=30), night(tmp_path, "4", own(40, NIGHT + timedelta(days=30)))
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", killed)
        with pytest.raises(KeyboardInterrupt):
            run(store, file, settings=kept(15))
    assert [path.name for path in gone] == ["records.parquet"]
    assert Store(store).as_of() == late
    assert sound(store)
    run(store, night(tmp_path, "5", own(50, late + timedelta(minutes=5))), settings=kept(15))
    assert have_words(store) == [False, False, True, True, True]
    assert sound(store)


def test_a_takedown_leaves_words_gone_that_are_gone(aged: Path, tmp_path: Path) -> None:
    store = Path(shutil.copytree(aged, tmp_path / "store", symlinks=True))
    forget.forget(["s1", "s31"], Store(store))
    assert have_words(store) == [False, False, True, True, True]
    assert not {"s1", "s31"} & set(Store(store).table("members")["article_id"].to_pylist())
    assert sound(store)
