"""A store under other rules than it was made by: read again, compared again, or as it was; and what it says of it."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pipeline import config, explain, flow, forget, schema
from pipeline.checkup import checkup
from pipeline.errors import AuditError, IncompatibleStoreError, StoreError
from pipeline.stages import lexicon
from pipeline.storage import files, write
from pipeline.storage.header import LAYOUT
from pipeline.storage.store import Store
from pipeline.watch import Watch
from tests import strategies
from tests.conftest import GOLDEN, Ended
from tests.stores import made_once
from tests.test_bodies import have_words
from tests.test_nights import BODY, LENIENT, NIGHT, article, night, partition, run

LATER = datetime(2026, 4, 30, tzinfo=UTC)
ONLY_FURNITURE = "Follow us on Twitter and Facebook\nAlso read: the other story of the day"
STRICT = msgspec.structs.replace(LENIENT, clean=config.Clean(max_strip_share=1.0))

#: Of these a store tells the history, and those that differ in it alone are the same.
_HISTORY = {"first_run_id", "changed_run_id", "cluster_id", "other_id"}


def told(store: Path, *left_out: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every published table but those of history, as sorted rows."""
    found = {}
    for name in (
        "clusters",
        "members",
        "matches",
        "excerpts",
        "links",
        "credits",
        "citations",
        "stripped",
        "furniture",
    ):
        rows = Store(store).table(name)
        columns = [column for column in rows.column_names if column not in {*_HISTORY, *left_out}]
        found[name] = sorted((tuple(row.values()) for row in rows.select(columns).to_pylist()), key=repr)
    return found


def read_again(store: Path) -> dict[str, int] | None:
    return Store(store).manifest().get("read_again")


def sound(store: Path) -> bool:
    return [check for check in checkup(Store(store)) if check.broken] == []


# --- what one run under other rules comes to is what a store that never had others has


@pytest.fixture(scope="module")
def agencies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An agency beside the built-in ones, to which the wire day gives bylines of its own."""
    path = tmp_path_factory.mktemp("agencies") / "agencies.csv"
    columns = "id,name,kind,policy,country,domains,languages,aliases,native_aliases"
    path.write_text(f"{columns}\nhalversen,Halversen Wire,regional,any,US,,en,Nora Halversen,\n", encoding="utf-8")
    return path


def test_the_wire_day_under_other_rules_is_as_if_it_had_come_under_them(
    wire_day: Path, agencies: Path, tmp_path: Path
) -> None:
    """Publishers nobody knew, another agency, another cut for stubs and for furniture, another length of short texts."""
    plain, store = config.load(GOLDEN / "wire-day.toml"), tmp_path / "store"
    other = config.Config(
        clean=config.Clean(
            publishers=plain.clean.publishers, stub_words=60, max_strip_share=0.4, default_zone="Asia/Seoul"
        ),
        trace=config.Trace(agencies=str(agencies)),
        sketch=config.Sketch(short_words=40),
        verify=config.Verify(min_jaccard=0.25),
    )
    files = [str(GOLDEN / "wire-day")]
    flow.run(files, Store(store), config.Config(), as_of=LATER)
    assert told(store) != told(wire_day)
    changed = []
    for number, rules in enumerate((plain, other)):
        fresh = tmp_path / f"fresh{number}"
        flow.run(files, Store(fresh), rules, as_of=LATER)
        outcome = flow.run(files, Store(store), rules, as_of=LATER)
        assert told(store) == told(fresh)
        assert outcome.counts["repeats"] == 81
        assert outcome.counts["added"] == 0
        assert read_again(fresh) is None
        changed.append(read_again(store)["changed"])
        assert read_again(store) == {"read": 80, "changed": changed[-1], "rejected": 0, "without_words": 0}
    assert changed[0] > changed[1] > 0
    assert sound(store)


RULES = [
    LENIENT,
    msgspec.structs.replace(LENIENT, clean=config.Clean(stub_words=45, max_strip_share=0.2)),
    msgspec.structs.replace(LENIENT, sketch=config.Sketch(short_words=45), learn=config.Learn(min_texts=2)),
    msgspec.structs.replace(LENIENT, clean=config.Clean(max_strip_share=1.0), pair=config.Pair(window_days=5)),
]


@given(strategies.worlds(max_stories=3), st.permutations(range(len(RULES))), st.booleans())
@settings(max_examples=6, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
def test_rules_may_change_from_night_to_night(
    world: tuple[strategies.Article, ...], order: Sequence[int], again: bool
) -> None:
    """Two nights under two rules are one night under the second, whether or not all of it comes again."""
    rows = [
        {"id": a.id, "publisher": a.publisher, "title": a.headline, "text": a.body, "published_at": a.at.isoformat()}
        for a in world
    ]
    with tempfile.TemporaryDirectory() as folder:
        store, fresh = Path(folder) / "store", Path(folder) / "fresh"
        first, last = (RULES[number] for number in order[:2])
        cut = len(rows) // 2
        everything = night(Path(folder), "all", *rows)
        run(store, night(Path(folder), "a", *rows[:cut]), settings=first, as_of=LATER)
        run(store, everything if again else night(Path(folder), "b", *rows[cut:]), settings=last, as_of=LATER)
        run(fresh, everything, settings=last, as_of=LATER)
        assert told(store) == told(fresh)
        assert sound(store)


def test_rules_may_change_back(tmp_path: Path) -> None:
    store, file = (
        tmp_path / "store",
        night(tmp_path, "a", article("a"), article("b"), article("c", body="other words " * 20)),
    )
    run(store, file)
    before = told(store)
    for rules in (STRICT, LENIENT):
        outcome = run(store, file, settings=rules)
        assert (outcome.counts["repeats"], bool(outcome.run_id)) == (3, True)
        assert run(store, file, settings=rules).run_id == ""
    assert told(store) == before


# --- what is kept of an article, whatever the rules


def test_a_publisher_that_is_called_otherwise_changes_no_id_and_its_articles_are_known_again(tmp_path: Path) -> None:
    """By source id, by address, by their words alone: each is a repeat under the other name, and under the first again."""
    store = tmp_path / "store"
    rows = [
        {"id": "s1", "publisher": "quillmere.example", "title": "By its id", "text": BODY},
        {"url": "https://quillmere.example/2026/by-its-address", "title": "By its address", "text": f"{BODY} address"},
        {"publisher": "quillmere.example", "title": "By its words", "text": f"{BODY} words"},
    ]
    file = night(tmp_path, "a", *rows)
    run(store, file, as_of=NIGHT)
    csv = tmp_path / "publishers.csv"
    csv.write_text("id,name,hosts\nquillmere,The Quillmere,quillmere.example\n", encoding="utf-8")
    named = msgspec.structs.replace(LENIENT, clean=config.Clean(publishers=str(csv)))
    ids = set(Store(store).table("members")["article_id"].to_pylist())
    for rules, publisher in ((named, "quillmere"), (LENIENT, "quillmere.example")):
        outcome = run(store, file, settings=rules, as_of=NIGHT)
        assert (outcome.counts["repeats"], outcome.counts["added"]) == (3, 0)
        members = Store(store).table("members")
        assert set(members["article_id"].to_pylist()) == ids
        assert set(members["publisher_id"].to_pylist()) == {publisher}
    changed = night(tmp_path, "b", rows[0] | {"text": f"{BODY} corrected", "date_modify": NIGHT.isoformat()})
    assert run(store, changed, as_of=NIGHT).tables["members"].num_rows == 3  # a new version of the first


def test_what_was_taken_down_stays_away_under_another_name_of_its_publisher(tmp_path: Path) -> None:
    """By its source id, by its address, by its words alone; other articles of the paper come."""
    store = tmp_path / "store"
    rows = [
        {"id": "v1", "source_domain": "quillmere.example", "title": "By its id", "text": BODY},
        {"url": "https://quillmere.example/2026/by-its-address", "title": "By its address", "text": f"{BODY} address"},
        {"publisher": "Quillmere", "title": "By its words", "text": f"{BODY} words"},
    ]
    file = night(tmp_path, "a", *rows)
    run(store, file, as_of=NIGHT)
    forget.forget(Store(store).table("members")["article_id"].to_pylist(), Store(store))
    csv = tmp_path / "publishers.csv"
    csv.write_text("id,name,hosts\nthe-quillmere,Quillmere,quillmere.example\n", encoding="utf-8")
    named = msgspec.structs.replace(LENIENT, clean=config.Clean(publishers=str(csv)))
    changed = rows[0] | {"text": f"{BODY} corrected"}
    other = {"id": "w1", "source_domain": "quillmere.example", "title": "Another", "text": f"{BODY} another"}
    outcome = run(store, file, night(tmp_path, "b", changed, other), settings=named, as_of=NIGHT)
    assert (outcome.counts["forgotten"], outcome.counts["rejected"], outcome.counts["added"]) == (4, 4, 1)
    assert Store(store).table("members")["publisher_id"].to_pylist() == ["the-quillmere"]
    assert sound(store)


def test_an_order_that_names_a_publisher_reads_again(tmp_path: Path) -> None:
    store, file = tmp_path / "store", night(tmp_path, "a", article("a", publisher="Alder"), article("b"))
    run(store, file)
    orders = tmp_path / "orders.csv"
    orders.write_text("order,left_id,right_id,note\npublisher,Alder,alder-post,\n", encoding="utf-8")
    ordered = msgspec.structs.replace(LENIENT, override=config.Override(orders=str(orders)))
    assert run(store, file, settings=ordered).counts["repeats"] == 2
    assert read_again(store) == {"read": 2, "changed": 1, "rejected": 0, "without_words": 0}
    assert "alder-post" in Store(store).table("members")["publisher_id"].to_pylist()


def test_an_article_without_a_time_keeps_the_day_it_came(tmp_path: Path) -> None:
    store = tmp_path / "store"
    run(store, night(tmp_path, "a", article("a", at=None)), as_of=NIGHT)
    run(store, night(tmp_path, "b", article("b", NIGHT + timedelta(days=20))), settings=STRICT)
    assert partition(store) == {frozenset("a"), frozenset("b")}  # twenty days apart


# --- what the new rules do not take


def test_what_the_new_rules_reject_leaves_with_a_word_and_comes_back_under_the_old(tmp_path: Path) -> None:
    store = tmp_path / "store"
    file = night(tmp_path, "a", article("a"), article("f", body=ONLY_FURNITURE), article("c", body="other words " * 20))
    run(store, file)
    before = told(store)
    outcome = run(store, night(tmp_path, "b", article("d", body="yet other words " * 20)), settings=STRICT)
    assert outcome.tables["rejects"].to_pylist() == [
        {"article_id": "f", "source": f"{file}:2", "stage": "clean", "reason": "no text: only furniture"}
    ]
    assert (outcome.counts["records"], outcome.counts["added"], outcome.counts["rejected"]) == (1, 1, 0)
    assert ("f", "removed") in {(row["article_id"], row["kind"]) for row in outcome.tables["changes"].to_pylist()}
    assert "f" not in Store(store).table("members")["article_id"].to_pylist()
    assert sound(store)
    assert (
        run(store, night(tmp_path, "e", article("e", body="more words " * 20)), settings=STRICT)
        .tables["rejects"]
        .num_rows
        == 0
    )  # it is told once
    forget.forget(["d", "e"], Store(store), STRICT)
    outcome = run(store, file, settings=LENIENT)
    assert (outcome.counts["repeats"], outcome.tables["rejects"].num_rows) == (3, 0)
    assert told(store) == before


def test_rules_that_reject_too_much_of_what_was_there_are_refused(tmp_path: Path) -> None:
    store = tmp_path / "store"
    rows = [article(id_, body=f"{ONLY_FURNITURE} {id_}") for id_ in "abc"]
    file = night(tmp_path, "a", *rows, article("d"))
    run(store, file)
    strict = config.Config(clean=config.Clean(max_strip_share=1.0))
    with pytest.raises(AuditError, match=r"3 of 4 articles of earlier nights, read again .* audit.max_rejects = 0.2"):
        run(store, night(tmp_path, "b", article("e")), settings=strict)
    assert Store(store).runs() == ["2026-03-09.1"]
    run(store, night(tmp_path, "b", article("e")), settings=strict, publish_anyway=True)
    assert Store(store).table("rejects").num_rows == 3


# --- how it is done


def test_a_release_with_other_lexica_reads_again_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store, file = tmp_path / "store", night(tmp_path, "a", article("a"), article("b"))
    run(store, file)
    before = told(store)
    monkeypatch.setattr(lexicon, "digest", lambda: "another")
    assert run(store, file, watch=Watch()).run_id == "2026-03-09.2"
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["message"] for line in lines if "again" in line.get("message", "")] == [
        "the rules of reading are others: 2 articles were read again, 0 of them otherwise, 0 rejected; "
        "0 without their words stay as they are"
    ]
    assert [part["run_id"] for part in Store(store).parts()] == ["2026-03-09.1~2026-03-09.2", "2026-03-09.2"]
    assert [part["number"] for part in Store(store).parts()] == [1, 2]
    assert told(store) == before
    assert run(store, file).run_id == ""
    with Store(store).locked():
        Store(store).rollback()  # to a run of the rules before
    assert run(store, file).run_id == "2026-03-09.3"
    assert told(store) == before
    assert sound(store)


def test_settings_by_which_articles_are_compared_read_nothing_again(tmp_path: Path) -> None:
    store, file = tmp_path / "store", night(tmp_path, "a", article("a"), article("b"))
    run(store, file)
    run(store, file, settings=msgspec.structs.replace(LENIENT, verify=config.Verify(min_jaccard=0.5)))
    assert (read_again(store), Store(store).parts()[0]["run_id"]) == (None, "2026-03-09.1")


def test_parts_without_words_stay_as_they_are_and_the_rest_is_read_again(tmp_path: Path) -> None:
    aged = msgspec.structs.replace(LENIENT, store=config.Store(bodies_days=5, keep_runs=1))
    store = tmp_path / "store"
    late = NIGHT + timedelta(days=10)
    run(store, night(tmp_path, "a", article("a"), article("f", body=ONLY_FURNITURE)), settings=aged)
    run(store, night(tmp_path, "b", article("b", late), article("g", late, ONLY_FURNITURE)), settings=aged)
    assert have_words(store) == [False, True]
    strict = msgspec.structs.replace(aged, clean=config.Clean(max_strip_share=1.0))
    run(store, night(tmp_path, "c", article("c", late)), settings=strict)
    assert read_again(store) == {"read": 2, "changed": 0, "rejected": 1, "without_words": 2}
    assert set(Store(store).table("members")["article_id"].to_pylist()) == set("abcf")
    assert have_words(store) == [False, True, True]
    run(store, night(tmp_path, "d", article("d", late)), settings=strict)
    assert read_again(store) is None
    assert sound(store)


def test_a_takedown_under_other_settings_leaves_the_reading_to_the_next_run(tmp_path: Path) -> None:
    store = two_nights(tmp_path)
    forget.forget(["b"], Store(store), STRICT)
    assert (partition(store), read_again(store)) == ({frozenset("a"), frozenset("f")}, None)
    run(store, night(tmp_path, "c", article("c")), settings=STRICT)
    assert (partition(store), read_again(store)["rejected"]) == ({frozenset("ac")}, 1)
    assert sound(store)


def _failing_at(number: int) -> Any:
    count, replace = iter(range(1, 1_000)), Path.rename

    def failing(path: Path, target: Path) -> Path:
        if next(count) == number:
            raise OSError(28, "No space left on device")
        return replace(path, target)

    return failing


@made_once
def two_nights(folder: Path, more: tuple[str, ...] = ()) -> Path:
    """Nights of a and f, of whose words nothing but furniture is left under `STRICT`, and of b, a print of a."""
    store = folder / "store"
    run(store, night(folder, "a", article("a"), article("f", body=ONLY_FURNITURE)))
    run(store, night(folder, "b", article("b"), *(article(id_, body="other words " * 20) for id_ in more)))
    return store


@made_once
def third_night(folder: Path) -> Path:
    """The same and a night of c, under `STRICT`."""
    store = two_nights(folder)
    run(store, night(folder, "c", article("c")), settings=STRICT)
    return store


@pytest.mark.parametrize("number", [1, 2, 3, 4, 0])
def test_interrupted_it_is_done_by_the_next_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """As the tables, the new part, a part written anew are moved to their places, and as latest.json is about to be."""
    store, whole = two_nights(tmp_path), third_night(tmp_path / "whole")
    last = night(tmp_path, "c", article("c"))
    with monkeypatch.context() as patch:
        if number:
            patch.setattr(Path, "rename", _failing_at(number))
        else:
            patch.setattr(Store, "_point", lambda *_, **__: (_ for _ in ()).throw(OSError(28, "No space left")))
        with pytest.raises(StoreError, match="No space left"):
            run(store, last, settings=STRICT)
    assert Store(store).runs() == ["2026-03-09.1", "2026-03-09.2"]
    assert sound(store)
    assert partition(store) == {frozenset("ab"), frozenset("f")}
    run(store, last, settings=STRICT)
    for table in sorted((whole / "current").glob("*.parquet")):
        assert (store / "current" / table.name).read_bytes() == table.read_bytes(), table.name
    assert {path.name for path in (store / "state").iterdir()} == {path.name for path in (whole / "state").iterdir()}


# --- what does not mix, and what an older release left


def packed(store: Path) -> Path:
    """The store as one of layout 6, in which all tables were Parquet, and none said until when an article is embargoed."""
    for path in (
        path for name in ("sketches", "redone", "texts") for path in (store / "state").glob(f"*/{name}.arrow")
    ):
        pq.write_table(files.read(path), path.with_suffix(".parquet"), compression="zstd")
        path.unlink()
    for name, column in (("articles", "embargoed_until"), ("records", "embargo")):
        for path in (store / "state").glob(f"*/{name}.parquet"):
            pq.write_table(pq.read_table(path).drop_columns([column]), path, compression="zstd")
    for path in (store / "runs").glob("*/manifest.json"):
        told = write.read_json(path)
        told["header"]["layout"] = 6
        write.write_json(path, told)
    return store


def test_parts_in_which_all_is_packed_are_read_as_they_lie(tmp_path: Path) -> None:
    store = two_nights(tmp_path, ("c",))
    older = packed(shutil.copytree(store, tmp_path / "older", symlinks=True))
    assert explain.article(Store(older), "a") == explain.article(Store(store), "a")
    third = night(tmp_path, "d", article("d"))
    for one in (store, older):
        assert run(one, third).run_id == "2026-03-09.3"
        assert sound(one)
    assert told(older) == told(store)
    assert [part["run_id"] for part in Store(older).parts()] == [part["run_id"] for part in Store(store).parts()]
    assert [len(list(ref.folder.glob("sketches.parquet"))) for ref in Store(older).state().parts] == [1, 1, 0]
    for one in (store, older):
        forget.forget(["a"], Store(one))
        assert sound(one)
    assert told(older) == told(store)


def downgraded(store: Path) -> Path:
    """The store as an older release would have left it: of layout 3, with bodies beside their articles, without records,
    rules, and who credits; and of contract 1, whose members do not tell their time.
    """
    for folder in (packed(store) / "state").iterdir():
        tables = {path.stem: pq.read_table(path) for path in folder.glob("*.parquet")}
        whole = tables["articles"].drop_columns(["rejected"])
        for name in ("body", "body_map"):
            whole = whole.append_column(tables["bodies"].schema.field(name), tables["bodies"][name])
        columns = [name for name in schema.ARTICLES.names if name in whole.column_names]
        pq.write_table(whole.select(columns), folder / "articles.parquet")
        pq.write_table(tables["texts"].drop_columns(["credits"]), folder / "texts.parquet")
        for name in ("bodies", "records"):
            (folder / f"{name}.parquet").unlink()
    for path in (store / "runs").glob("*/manifest.json"):
        told = write.read_json(path)
        del told["rules"], told["header"]["datasketch"], told["header"]["bands"]
        told["header"] |= {"layout": 3, "short_words": 25}
        told["contract"] = "1"
        told["parts"] = [{key: value for key, value in part.items() if key != "read_by"} for part in told["parts"]]
        write.write_json(path, told)
        members = path.with_name("members.parquet")
        pq.write_table(pq.read_table(members).drop_columns(["effective_at"]), members)
    return store


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return downgraded(two_nights(tmp_path, ("c",)))


def test_a_store_of_an_older_release_is_migrated_by_the_next_run(
    old: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = told(old, "effective_at")
    assert sound(old)
    assert run(old, night(tmp_path, "none"), watch=Watch()).run_id == "2026-03-09.3"
    said = capsys.readouterr().err
    assert "the state is of an older release: its 2 parts were written anew" in said
    assert "0 articles were read again, 0 of them otherwise, 0 rejected; 4 without their words stay as they are" in said
    assert told(old, "effective_at") == before
    assert None not in Store(old).table("members")["effective_at"].to_pylist()
    assert [part["run_id"].partition("~")[2] for part in Store(old).parts()] == ["2026-03-09.3"] * 2 + [""]
    assert [{path.name for path in ref.folder.glob("[br]*s.parquet")} for ref in Store(old).state().parts] == [
        {"bodies.parquet"},
        {"bodies.parquet"},
        {"bodies.parquet", "records.parquet"},
    ]
    assert sound(old)
    assert run(old, night(tmp_path, "none")).run_id == ""
    run(old, night(tmp_path, "d", article("d")), settings=STRICT)
    assert partition(old) == {frozenset("abd"), frozenset("c"), frozenset("f")}
    assert sound(old)


def test_an_article_of_an_older_release_can_be_explained_and_taken_down(
    old: Path, reprints: Callable[..., Ended]
) -> None:
    assert "the text is no longer kept" in reprints("explain", "a", "--store", old).out
    forget.forget(["a"], Store(old))
    assert partition(old) == {frozenset("b"), frozenset("c"), frozenset("f")}
    assert sound(old)
    assert "in 1 paragraph\n" in reprints("explain", "b", "--store", old).out
    assert run(old, night(old.parent, "again", article("a"), article("b"))).counts["forgotten"] == 1


@pytest.mark.parametrize(
    ("layout", "found"),
    [
        (2, "of a release before the oldest that this one reads .* reprints backfill FROM TO --config FILE"),
        (LAYOUT + 1, f"written by a newer release than this one, which knows 3 to {LAYOUT}. Use that release"),
    ],
)
def test_a_layout_that_cannot_be_read_is_refused(old: Path, layout: int, found: str) -> None:
    path = Store(old).folder() / "manifest.json"
    content = write.read_json(path)
    content["header"]["layout"] = layout
    write.write_json(path, content)
    for command in (lambda: run(old, old.parent / "a.jsonl"), lambda: forget.forget(["a"], Store(old), LENIENT)):
        with pytest.raises(IncompatibleStoreError, match=found):
            command()


@made_once
def one_night(folder: Path) -> Path:
    run(folder / "store", night(folder, "a", article("a")))
    return folder / "store"


@pytest.mark.parametrize(
    ("name", "value", "meaning"),
    [
        ("scheme", "legacy", "signatures are made by another formula"),
        ("permutations", 64, "signatures have another length"),
        ("seed", 2, "signatures are made with other random numbers"),
        ("hash", "murmur", "shingles are hashed otherwise"),
        ("shingle_words", 7, "shingles of another length have nothing in common"),
        ("shingle_chars", 7, "shingles of another length have nothing in common"),
        ("normaliser", 1, "the same words are spelled otherwise before they are compared"),
        ("datasketch", "3.1", ""),
        ("bands", "20x6", ""),
    ],
)
def test_what_does_not_mix_is_refused_with_what_it_means_and_what_to_do(
    tmp_path: Path, reprints: Callable[..., Ended], name: str, value: object, meaning: str
) -> None:
    store, file = one_night(tmp_path), tmp_path / "a.jsonl"
    path = Store(store).folder() / "manifest.json"
    content = write.read_json(path)
    now, content["header"][name] = content["header"][name], value
    write.write_json(path, content)
    ended = reprints("run", file, "--store", store)
    if not meaning:
        assert ended.code == 0
        return
    assert ended.code == 4
    assert f"{name} is {value} there and {now} here ({meaning})" in ended.err
    assert f'reprints rebuild --store {store} --into NEW"' in ended.err
    assert Store(store).runs() == ["2026-03-09.1"]
