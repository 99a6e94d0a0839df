"""What a store does with awkward nights: only rejects, future and ancient dates, twins, its own folder as input."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from pipeline import config, flow
from pipeline.arrive import in_words
from pipeline.checkup import checkup
from pipeline.errors import AuditError, InputError
from pipeline.stages import clean, trace
from pipeline.storage.store import Store
from pipeline.watch import Watch

BODY = " ".join(f"word{i} and thing{i * 7 % 40}" for i in range(60))
NIGHT = datetime(2026, 3, 9, 8, tzinfo=UTC)
LENIENT = config.Config(audit=config.Audit(max_rejects=1.0, max_failed_files=1.0))


def article(id_: str, at: datetime | None = NIGHT, body: str = BODY, **more: Any) -> dict[str, Any]:
    row = {"id": id_, "publisher": f"Paper of {id_}", "title": f"Headline {id_}", "text": body, **more}
    return row | ({"published_at": at.isoformat()} if at else {})


def night(folder: Path, name: str, *rows: dict[str, Any]) -> Path:
    path = folder / f"{name}.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def run(store: Path, *inputs: Path, settings: config.Config = LENIENT, **options: Any) -> flow.Outcome:
    return flow.run([str(path) for path in inputs], Store(store), settings, **options)


def partition(store: Path) -> set[frozenset[str]]:
    clusters: dict[str, set[str]] = {}
    for row in Store(store).table("members").to_pylist():
        clusters.setdefault(row["cluster_id"], set()).add(row["article_id"])
    return {frozenset(ids) for ids in clusters.values()}


def test_a_night_of_rejects_is_a_fault_also_when_nothing_is_new(tmp_path: Path) -> None:
    store = tmp_path / "store"
    run(store, night(tmp_path, "a", article("a")))
    bad = tmp_path / "bad.jsonl"
    bad.write_text("broken\n" * 5 + json.dumps(article("a")) + "\n")
    with pytest.raises(
        AuditError, match=r"5 of 6 records are more than audit.max_rejects = 0.2; most of all, 5 × broken JSON"
    ):
        run(store, bad, settings=config.Config())
    assert len(Store(store).runs()) == 1


def test_an_archive_that_the_horizon_leaves_out_is_told_the_one_that_takes_it(tmp_path: Path) -> None:
    rows = [article("b"), *(article(f"a{i}", NIGHT - timedelta(days=400 + i)) for i in range(4))]
    archive, store, wide = night(tmp_path, "a", *rows), tmp_path / "store", config.Store(horizon_days=403.0)
    with pytest.raises(AuditError, match=r"4 × too_late: .*; store.horizon_days = 403 would take all"):
        run(store, archive, settings=config.Config(), as_of=NIGHT)
    taken = run(store, archive, settings=config.Config(store=wide), as_of=NIGHT)
    assert (taken.counts["added"], taken.counts["rejected"]) == (5, 0)
    later = night(tmp_path, "b", *(article(f"c{i}", NIGHT - timedelta(days=500)) for i in range(4)))
    with pytest.raises(AuditError, match=r"4 × too_late: .*\(store.horizon_days\); --publish-anyway"):
        run(store, later, settings=config.Config(store=wide), as_of=NIGHT)


def test_a_text_that_breaks_a_rule_costs_itself_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read_story = clean.read_story

    def broken(text: str, *of: Any) -> Any:
        return text[len(text) :][0] if "unheard" in text else read_story(text, *of)

    monkeypatch.setattr(clean, "read_story", broken)
    rows = [article(f"a{i}", body=" ".join(f"word{i}x{j}" for j in range(60))) for i in range(9)]
    outcome = run(tmp_path / "store", night(tmp_path, "a", *rows[:5], article("b", body="An unheard text."), *rows[5:]))
    assert (outcome.counts["added"], outcome.counts["rejected"]) == (9, 1)
    told = outcome.tables["rejects"].to_pylist()[0]
    assert (told["source"].endswith("a.jsonl:6"), told["stage"]) == (True, "clean")
    assert told["reason"] == "a bug in the rules, please report it with the text: IndexError: string index out of range"


def test_a_text_that_breaks_a_rule_of_credits_stays_without_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    find = trace.citations.find

    def broken(page: Any, *of: Any) -> Any:
        return page.body[len(page.body) :][0] if "unheard" in page.body else find(page, *of)

    monkeypatch.setattr(trace.citations, "find", broken)
    told = ' "It is so," the Reuters news agency reported. '
    rows = [article(f"a{i}", body=" ".join(f"word{i}x{j}" for j in range(60)) + told) for i in range(3)]
    files = night(tmp_path, "a", rows[0], article("b", body=f"An unheard text.{told}"), *rows[1:])
    outcome = run(tmp_path / "store", files, watch=Watch())
    assert (outcome.counts["added"], outcome.counts["rejected"]) == (4, 0)
    assert outcome.tables["citations"]["article_id"].to_pylist() == ["a0", "a1", "a2"]
    warned = [line for line in capsys.readouterr().err.splitlines() if '"warning"' in line]
    assert len(warned) == 1
    assert "a.jsonl: whose copy b is, is not known: a bug in the rules" in warned[0]


def test_columns_that_are_not_read_are_told_where_something_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in "ab":
        rows = (
            f'{{"id": "{name}{n}", "text": "The {name} bell rang {n} times.", "rung": "2026-03-09"}}' for n in range(3)
        )
        (tmp_path / f"{name}.jsonl").write_text("\n".join(rows))
    (tmp_path / "c.jsonl").write_text(
        '{"id": "c", "title": "Bell", "date": "2026-03-09", "text": "It rang.", "odd": 1}'
    )
    run(tmp_path / "store", tmp_path / "[abc].jsonl", watch=Watch(), as_of=datetime(2026, 3, 9, tzinfo=UTC))
    (warned,) = [line for line in capsys.readouterr().err.splitlines() if '"warning"' in line]
    assert "a.jsonl and 1 more: no row says a headline or when it was published; not read are: rung." in warned
    inputs = Store(tmp_path / "store").manifest()["inputs"]
    assert ["warning" in one for one in inputs] == [True, True, False]


def test_the_horizon_is_as_long_when_clocks_change(tmp_path: Path) -> None:
    as_of = datetime(2026, 5, 1, 23, 59, tzinfo=ZoneInfo("America/New_York"))  # in winter an hour later
    horizon = as_of.astimezone(UTC) - timedelta(days=90)
    rows = [
        article(f"a{i}", horizon + timedelta(minutes=15 * i), " ".join(f"word{i + 9}x{j}" for j in range(60)))
        for i in range(-6, 6)
    ]
    files = night(tmp_path, "a", *rows, article("b", as_of - timedelta(hours=1)))
    found = []
    for name, time in (("zone", as_of), ("offset", datetime.fromisoformat(as_of.isoformat()))):
        run(tmp_path / name, files, as_of=time)
        assert not [check for check in checkup(Store(tmp_path / name)) if check.broken]
        found.append({row["article_id"] for row in Store(tmp_path / name).table("members").to_pylist()})
    assert found[0] == found[1] == {"b", *(f"a{i}" for i in range(6))}


@pytest.mark.parametrize("content", ["", "\n\n"])
def test_an_empty_file_is_an_empty_night(tmp_path: Path, content: str) -> None:
    (tmp_path / "empty.jsonl").write_text(content)
    outcome = run(tmp_path / "store", tmp_path / "empty.jsonl")
    assert (outcome.run_id, outcome.counts["records"], Store(tmp_path / "store").runs()) == ("", 0, [])
    run(tmp_path / "store", night(tmp_path, "a", article("a")))
    assert run(tmp_path / "store", tmp_path / "empty.jsonl").run_id == ""


def test_one_article_of_the_far_future_neither_moves_the_night_nor_is_lost(tmp_path: Path) -> None:
    store = tmp_path / "store"
    rows = [article(f"a{i}", NIGHT + timedelta(minutes=i), f"{BODY} own{i}") for i in range(20)]
    outcome = run(
        store, night(tmp_path, "a", *rows, article("b", datetime(2026, 8, 1, tzinfo=UTC), "the later text " * 20))
    )
    assert (outcome.run_id, outcome.counts["added"], outcome.counts["rejected"]) == ("2026-03-09.1", 20, 1)
    assert outcome.tables["rejects"]["reason"].to_pylist()[0].startswith("too_early")
    later = run(store, night(tmp_path, "c", article("c", datetime(2026, 8, 2, tzinfo=UTC), "another text " * 20)))
    assert later.run_id == "2026-08-02.1"
    assert {"b", "c"} <= set(later.tables["members"]["article_id"].to_pylist())


@pytest.mark.parametrize(("days", "as_of"), [((0, 0, 60, 130), "2026-07-17.1"), ((0, 0, 0, 60, 130), "2026-05-08.1")])
def test_a_night_is_as_of_the_newest_time_that_makes_half_of_it_too_late_at_most(
    tmp_path: Path, days: tuple[int, ...], as_of: str
) -> None:
    rows = [article(f"a{i}", NIGHT + timedelta(days=day), f"{BODY} own{i}") for i, day in enumerate(days)]
    assert run(tmp_path / "store", night(tmp_path, "a", *rows)).run_id == as_of


def test_an_article_may_be_dated_a_day_ahead(tmp_path: Path) -> None:
    """Clocks are off, and it is tomorrow elsewhere."""
    rows = [article(f"a{hours}", NIGHT + timedelta(hours=hours), f"{BODY} own{hours}") for hours in (0, 24, 25)]
    outcome = run(tmp_path / "store", night(tmp_path, "a", *rows), as_of=NIGHT)
    assert outcome.tables["members"]["article_id"].to_pylist() == ["a0", "a24"]


def test_late_articles_do_not_move_the_date_back_and_count_the_same_in_any_order(tmp_path: Path) -> None:
    x = article("x", NIGHT - timedelta(days=95))
    y = article("y", NIGHT - timedelta(days=85))
    z = article("z", NIGHT, "entirely other words " * 20)
    found = []
    for order in ([x, y, z], [z, y, x], [z, x, y], [y, z, x]):
        store = tmp_path / "-".join(row["id"] for row in order)
        for row in order:
            outcome = run(store, night(tmp_path, row["id"], row))
        found.append(partition(store))
        assert Store(store).as_of() == NIGHT
    together = run(tmp_path / "together", night(tmp_path, "all", x, y, z))
    assert found == [{frozenset("xy"), frozenset("z")}] * 4
    assert partition(tmp_path / "together") == found[0]
    assert outcome.counts["records"] == 1
    assert together.counts["added"] == 3


def test_a_cluster_reaches_two_windows_behind_the_horizon(tmp_path: Path) -> None:
    """Its anchor lies a window before its newest member, and a window behind that its oldest, which meets the anchor alone."""
    settings = msgspec.structs.replace(LENIENT, store=config.Store(horizon_days=10), pair=config.Pair(window_days=4))
    ago = {"new": 9.0, "anchor": 13.0, "old": 17.0, "gone": 21.0}
    rows = [article(name, NIGHT - timedelta(days=days)) for name, days in ago.items()]
    outcome = run(tmp_path / "store", night(tmp_path, "a", *rows), settings=settings, as_of=NIGHT)
    assert partition(tmp_path / "store") == {frozenset(["new", "anchor", "old"])}
    assert outcome.tables["rejects"]["article_id"].to_pylist() == ["gone"]


def test_what_no_cluster_reaches_is_too_late(tmp_path: Path) -> None:
    ancient, old = (
        article("a", NIGHT - timedelta(days=400)),
        article("b", NIGHT - timedelta(days=92), "old words " * 30),
    )
    outcome = run(tmp_path / "store", night(tmp_path, "a", ancient, old, article("c")))
    rejects = {row["article_id"]: row["reason"] for row in outcome.tables["rejects"].to_pylist()}
    assert set(rejects) == {"a", "b"}
    assert all(reason.startswith("too_late") for reason in rejects.values())


@pytest.mark.parametrize("order", ["abx", "bax", "xba", "xab"])
def test_twins_are_one_story_whoever_comes_first(tmp_path: Path, order: str) -> None:
    """a and b print the same words at the same time; x shares half of them, and its publisher is that of a."""
    words = BODY.split()
    x = " ".join(words[:100] + [f"own{i}" for i in range(80)])
    rows = {
        "a": article("a", publisher="Alder Post"),
        "b": article("b", publisher="Birch Post"),
        "x": article("x", body=x, publisher="Alder Post"),
    }
    outcome = run(tmp_path / "store", night(tmp_path, "n", *(rows[name] for name in order)))
    assert partition(tmp_path / "store") == {frozenset("abx")}
    clusters = outcome.tables["clusters"].to_pylist()
    assert [row["cluster_id"] for row in clusters] == ["c-b"]  # x is verified against b, whose publisher is another
    matches = {(row["left_id"], row["right_id"]): row for row in outcome.tables["matches"].to_pylist()}
    assert matches["a", "b"]["relation"] == "identical"
    assert not matches["a", "x"]["accepted"]


def test_every_twin_has_its_match_with_the_anchor(tmp_path: Path) -> None:
    edited = BODY.replace("word7", "word")
    rows = [article(id_, body=BODY, publisher="Alder Post") for id_ in "bcd"]
    rows += [article("a", NIGHT - timedelta(hours=1), edited), article("e", NIGHT + timedelta(hours=1), edited)]
    outcome = run(tmp_path / "store", night(tmp_path, "n", *rows))
    (cluster,) = outcome.tables["clusters"].to_pylist()
    matches = {(row["left_id"], row["right_id"]) for row in outcome.tables["matches"].to_pylist() if row["accepted"]}
    for member in "abcde":
        assert member == cluster["anchor_id"] or tuple(sorted((member, cluster["anchor_id"]))) in matches


def test_a_short_cut_of_a_story_with_many_prints_is_found(tmp_path: Path) -> None:
    words = [f"story{i}" for i in range(400)]
    prints = [article(f"p{i:03}", NIGHT + timedelta(minutes=i), " ".join([*words, f"paper{i}"])) for i in range(90)]
    cut = article("cut", NIGHT + timedelta(hours=3), " ".join(words[:72]))
    run(tmp_path / "store", night(tmp_path, "n", *prints, cut))
    assert len(partition(tmp_path / "store")) == 1


def test_run_ids_are_never_used_twice(tmp_path: Path) -> None:
    one = msgspec.structs.replace(LENIENT, store=config.Store(keep_runs=1))
    nights: Iterator[str] = iter("abc")
    for id_ in nights:
        outcome = run(tmp_path / "store", night(tmp_path, id_, article(id_, body=f"{BODY} {id_}")), settings=one)
    assert outcome.run_id == "2026-03-09.3"
    assert Store(tmp_path / "store").runs() == ["2026-03-09.3"]
    assert partition(tmp_path / "store") == {frozenset("abc")}


def test_other_settings_derive_the_tables_anew_and_the_same_do_not(tmp_path: Path) -> None:
    file = night(tmp_path, "a", article("a"), article("b", body=f"{BODY} {' '.join(f'new{i}' for i in range(60))}"))
    run(tmp_path / "store", file)
    assert run(tmp_path / "store", file).run_id == ""
    strict = msgspec.structs.replace(LENIENT, verify=config.Verify(min_jaccard=0.9, min_share=1.0, early_ease=1.0))
    again = run(tmp_path / "store", file, settings=strict)
    assert again.run_id == "2026-03-09.2"
    assert partition(tmp_path / "store") == {frozenset("a"), frozenset("b")}
    assert run(tmp_path / "store", file, settings=strict).run_id == ""


def test_a_store_in_its_own_input_folder_is_not_read(tmp_path: Path) -> None:
    night(tmp_path, "a", article("a"))
    store = tmp_path / "store"
    assert run(store, tmp_path).counts["files"] == 1
    assert run(store, tmp_path).counts["files"] == 1
    with pytest.raises(
        InputError, match=r"lies in .*store, which is named as the store; --store is to be a folder of its own"
    ):
        run(store, store)
    (tmp_path / "desk").mkdir()
    with pytest.raises(InputError, match=r"lies in .*desk, .* folder of its own"):  # no store yet
        run(tmp_path / "desk", night(tmp_path / "desk", "b", article("b")))
    assert not (tmp_path / "desk" / "latest.json").exists()


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
@pytest.mark.parametrize("said", ["fetched_at", "version"])
def test_a_page_that_is_fetched_again_has_its_last_text(tmp_path: Path, order: tuple[int, ...], said: str) -> None:
    """In whatever order the nights come, and although it never says that it was modified."""
    store = tmp_path / "store"
    for number in order:
        rows = []
        for page in range(4):  # one of them might come right by chance
            fetched = (NIGHT + timedelta(hours=9 + number)).isoformat()
            more = {"title": f"Draft {number}", said: fetched if said == "fetched_at" else number + 8}
            rows.append(article(f"a{page}", body=f"{BODY} and draft {number}") | more)
        run(store, night(tmp_path, str(number), *rows))
    assert [row["headline"] for row in Store(store).table("members").to_pylist()] == ["Draft 2"] * 4


def words_of(number: int, n: int = 60) -> str:
    return " ".join(f"word{number}x{j}" for j in range(n))


@pytest.mark.parametrize(
    ("change", "n_reused"),
    [
        ({"title": "Another {i}", "url": "https://fen.example/b{i}", "text": words_of(999) + " {i}"}, 25),
        ({"title": "Another {i}", "url": "https://fen.example/b{i}"}, 0),  # the story goes on
        ({"title": "Another {i}", "text": words_of(999) + " {i}"}, 0),  # and here the page does
        ({"url": "https://fen.example/b{i}", "text": words_of(999) + " {i}"}, 25),  # under the headline of a column
        ({"url": "", "text": words_of(999) + " {i}"}, 0),
        ({"url": "", "title": "Another {i}", "text": words_of(999) + " {i}"}, 25),
    ],
)
def test_ids_that_stand_for_other_stories_than_before_are_told_of(
    tmp_path: Path, change: dict[str, str], n_reused: int
) -> None:
    """An export that numbers its rows, beside new versions that are some."""
    rows = [
        {"id": str(i), "publisher": "Fen", "title": f"Row {i}", "url": f"https://fen.example/{i}", "text": words_of(i)}
        | {"published_at": NIGHT.isoformat(), "host": "fen.example"}
        for i in range(25)
    ]
    changed = [row | {"text": f"{row['text']} {words_of(500, 40)}"} for row in rows]
    changed = [row | {name: to.format(i=i) for name, to in change.items()} for i, row in enumerate(changed)]
    first = run(tmp_path / "store", night(tmp_path, "a", *rows))
    assert (first.counts["versions"], first.counts["reused_ids"]) == (0, 0)
    later = [row | {"modified_at": (NIGHT + timedelta(days=1)).isoformat()} for row in changed]
    outcome = run(tmp_path / "store", night(tmp_path, "b", *later, article("new", body=words_of(26))))
    assert (outcome.counts["added"], outcome.counts["versions"], outcome.counts["reused_ids"]) == (26, 25, n_reused)
    assert "26 new articles, 25 of them new versions of earlier ones, 0 repeats" in in_words(outcome.counts)
    assert ("reused_ids" in {finding.audit for finding in outcome.findings}) == bool(n_reused)


def test_feeds_of_unknown_publishers_keep_their_articles_apart(tmp_path: Path) -> None:
    files = [tmp_path / f"{name}.jsonl" for name in "ab"]
    for file, body in zip(files, (BODY, "entirely other words " * 20), strict=True):
        file.write_text(json.dumps({"id": "1", "text": body, "published_at": NIGHT.isoformat()}) + "\n")
    outcome = run(tmp_path / "store", *files)
    assert (outcome.tables["members"].num_rows, outcome.counts["superseded"]) == (2, 0)


def test_a_file_whose_name_is_not_utf8_is_read_and_named_as_far_as_it_can_be(tmp_path: Path) -> None:
    good = night(tmp_path, "a", article("a"))
    shutil.copy(good, tmp_path / "n\udce9.jsonl")
    outcome = run(tmp_path / "store", tmp_path)
    assert [outcome.counts[name] for name in ("added", "repeats", "files_failed")] == [1, 1, 0]
    inputs = Store(tmp_path / "store").manifest()["inputs"]
    assert {Path(entry["path"]).name for entry in inputs} == {good.name, "n\ufffd.jsonl"}


def test_after_a_rollback_the_next_run_reads_again_what_was_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "store"
    one, two = night(tmp_path, "a", article("a")), night(tmp_path, "b", article("b", body=f"{BODY} and more"))
    run(path, one)
    run(path, two)
    together = partition(path)
    store = Store(path)
    with store.locked():
        store.rollback()
    assert partition(path) == {frozenset("a")}
    assert run(path, two).run_id == "2026-03-09.3"
    assert partition(path) == together == {frozenset("ab")}


def credited_story(story: str, day: int, *papers: str, without: str = "") -> list[dict[str, Any]]:
    """A wire story of its own words in some papers, each with its agency's credit but for one."""
    body = " ".join(f"{story}{i} and {story}{i * 7 % 40}" for i in range(120))
    return [
        article(
            f"{story}-{paper}",
            NIGHT + timedelta(days=day, hours=number),
            body if paper == without else f"WASHINGTON (Reuters) - {body}",
            publisher=paper,
        )
        for number, paper in enumerate(papers)
    ]


@pytest.mark.parametrize("turned", [False, True])
def test_a_credit_is_missed_once_its_publisher_is_seen_to_credit_whatever_the_night(
    tmp_path: Path, *, turned: bool
) -> None:
    papers = ("The Elm Herald", "The Oak Post", "The Ash Times", "The Yew Star")
    accused = credited_story("one", 0, *papers, without="The Yew Star")
    habit = [row for n, story in enumerate(("two", "six")) for row in credited_story(story, n + 1, "The Yew Star")]
    nights = [habit, accused] if turned else [accused, habit]

    def statuses(store: Path) -> dict[str, str]:
        members = Store(store).table("members").to_pylist()
        return {row["article_id"]: row["credit_status"] for row in members}

    run(tmp_path / "batch", night(tmp_path, "batch", *accused, *habit))
    for number, rows in enumerate(nights):
        run(tmp_path / "nights", night(tmp_path, str(number), *rows))
    assert statuses(tmp_path / "nights") == statuses(tmp_path / "batch")
    assert list(statuses(tmp_path / "batch").values()).count("dropped") == 1


def test_what_is_under_embargo_waits_for_its_hour_and_is_not_sent_again(tmp_path: Path) -> None:
    """An ordinary date may be a day ahead of the run, as a clock in another zone is."""
    store, hour = tmp_path / "store", timedelta(hours=1)
    held = article("b", body=words_of(1), embargoed=(NIGHT + 10 * hour).isoformat())
    ahead = article("c", at=NIGHT + 10 * hour, body=words_of(2))
    found = run(store, night(tmp_path, "one", article("a"), held, ahead), as_of=NIGHT + hour)
    assert partition(store) == {frozenset("a"), frozenset("c")}
    [reject] = found.tables["rejects"].to_pylist()
    assert (reject["article_id"], reject["reason"]) == (
        "b",
        "too_early: under embargo beyond the run, which is as of 2026-03-09",
    )
    for n, is_there in ((9, False), (10, True)):
        run(store, night(tmp_path, str(n), article(f"z{n}", body=words_of(n))), as_of=NIGHT + n * hour)
        assert (frozenset("b") in partition(store)) == is_there
    [member] = [row for row in Store(store).table("members").to_pylist() if row["article_id"] == "b"]
    assert member["published_at"] == NIGHT + 10 * hour


def test_the_end_of_an_embargo_is_not_the_date_of_a_run(tmp_path: Path) -> None:
    store, day = tmp_path / "store", timedelta(days=1)
    held = article("b", body=words_of(1), embargo=(NIGHT + 5 * day).isoformat(), modified_at=NIGHT.isoformat())
    assert run(store, night(tmp_path, "one", held, article("a", at=NIGHT - day))).run_id == "2026-03-09.1"
    assert partition(store) == {frozenset("a")}
    undated = {"id": "d", "publisher": "Fen", "text": words_of(2), "embargo": (NIGHT + 5 * day).isoformat()}
    with pytest.raises(InputError, match="name the run's date with --as-of"):
        run(tmp_path / "other", night(tmp_path, "two", undated))


def test_what_waits_for_its_day_is_kept_though_nothing_else_is_new(tmp_path: Path) -> None:
    store, day = tmp_path / "store", timedelta(days=1)
    first = [article("a")]
    run(store, night(tmp_path, "one", *first), as_of=NIGHT)
    waits = article("b", at=NIGHT + 4 * day, body="A text of its own, dated ahead.")
    found = run(store, night(tmp_path, "two", *first, waits), as_of=NIGHT)
    assert [row["reason"].partition(":")[0] for row in found.tables["rejects"].to_pylist()] == ["too_early"]
    run(store, night(tmp_path, "three", *first), as_of=NIGHT + 5 * day)
    assert partition(store) == {frozenset("a"), frozenset("b")}
