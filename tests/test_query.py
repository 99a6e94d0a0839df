"""query: what it says of an article is what a run with that article alone then does."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline import config, explain, flow, query, schema
from pipeline.errors import InputError
from pipeline.query.rehearse import rehearsed
from pipeline.stages import pair, sketch
from pipeline.storage import index
from pipeline.storage.sharing import sharing
from pipeline.storage.store import Store
from tests import stores, strategies
from tests.conftest import GOLDEN, Ended
from tests.strategies import Article, few

SETTINGS = config.load(GOLDEN / "wire-day.toml")
MEMBER = [
    "relation",
    "jaccard",
    "containment",
    "share_of_canonical",
    "is_canonical",
    "credit_agency",
    "credit_status",
    "kind",
]
MATCH = [
    "left_id",
    "right_id",
    "jaccard",
    "containment_left",
    "containment_right",
    "longest_run",
    "relation",
    "accepted",
    "reason",
]


def written(world: tuple[Article, ...], path: Path) -> Path:
    rows = [
        {
            "id": one.id,
            "publisher": one.publisher,
            "published": one.at.isoformat(),
            "title": one.headline,
            "text": one.body,
        }
        for one in world
    ]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def one_of(rows: pa.Table, article_id: str) -> dict[str, Any]:
    [row] = rows.filter(pc.equal(rows["article_id"], article_id)).to_pylist()
    return row


def matches_of(rows: pa.Table, article_id: str) -> list[dict[str, Any]]:
    own = pc.or_(pc.equal(rows["left_id"], article_id), pc.equal(rows["right_id"], article_id))
    return sorted(rows.filter(own).select(MATCH).to_pylist(), key=lambda row: (row["left_id"], row["right_id"]))


@given(strategies.worlds(max_stories=4, max_prints=6, days=40), st.data())
@few(8)
def test_a_run_puts_the_article_where_the_query_said(
    tmp_path_factory: pytest.TempPathFactory, world: tuple[Article, ...], data: st.DataObject
) -> None:
    assume(len(world) > 1)
    folder = tmp_path_factory.mktemp("query")
    held_out = world[data.draw(st.integers(0, len(world) - 1))]
    nights = data.draw(st.integers(1, 3))
    rest = [one for one in world if one is not held_out]
    settings = data.draw(st.sampled_from([config.Config(), config.Config(pair=config.Pair(bucket_cap=2, pivots=1))]))
    store = Store(folder / "store")
    for night in range(nights):
        if some := tuple(rest[night::nights]):
            flow.run([str(written(some, folder / f"{night}.jsonl"))], store, settings, publish_anyway=True)
    before, file = store.run_id(), written((held_out,), folder / "held-out.jsonl")
    taught = store.state().learned()
    with rehearsed(file, store, before) as found:
        formed, known = found.formed, found.known
        rejects = [] if found.night is None else found.night.rejects["reason"].to_pylist()
    outcome = flow.run([str(file)], store, settings, publish_anyway=True)
    if not outcome.run_id:
        assert known.get("version") or rejects
        return
    assume(store.state().learned().equals(taught))  # what the article itself teaches is not known before
    told, came = one_of(formed["members"], held_out.id), one_of(outcome.tables["members"], held_out.id)
    assert told["cluster_id"] == came["cluster_id"]
    assert {name: told[name] for name in MEMBER} == {name: came[name] for name in MEMBER}
    ids = {row["article_id"] for row in formed["members"].to_pylist() if row["cluster_id"] == told["cluster_id"]}
    members = outcome.tables["members"]
    assert ids == set(members.filter(pc.equal(members["cluster_id"], came["cluster_id"]))["article_id"].to_pylist())
    assert matches_of(formed["matches"], held_out.id) == matches_of(outcome.tables["matches"], held_out.id)
    clusters = [
        next(row for row in tables["clusters"].to_pylist() if row["cluster_id"] == came["cluster_id"])
        for tables in (formed, outcome.tables)
    ]
    for name in (
        "canonical_id",
        "canonical_reason",
        "runner_up_id",
        "anchor_id",
        "n_articles",
        "origin_agency",
        "cohesion_min",
    ):
        assert clusters[0][name] == clusters[1][name], name
    shutil.rmtree(folder)


def snapshot(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path): (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
        for path in [folder, *folder.rglob("*")]
    }


PAGE = GOLDEN / "wire-day" / "pages" / "tricountystandard" / "tcs-tansy-island-ferry.txt"


@pytest.fixture
def edited(tmp_path: Path) -> Path:
    """A page of the wire day, as another one might have it."""
    page = tmp_path / "edited.txt"
    page.write_text(PAGE.read_text(encoding="utf-8").replace("Marguerite Lane", "Marguerite"), encoding="utf-8")
    return page


def test_a_query_tells_where_an_article_would_go_and_changes_nothing(
    wire_day: Path, edited: Path, reprints: Callable[..., Ended]
) -> None:
    before = snapshot(wire_day)
    ended = reprints("query", edited, "--store", wire_day)
    assert ended.code == 0
    first, second, *rest = ended.out.splitlines()
    assert first == f"{edited}: a new article, edited"
    assert second == "It would be in c-ap-7c41e0: 8 prints then, 7 now."
    for words in (
        "The canonical is still ap-7c41e0",
        "How it was read",
        "Associated Press (ap): full",
        "closest, but not joined",
    ):
        assert any(words in line for line in rest), words
    assert snapshot(wire_day) == before


def test_the_text_and_the_data_say_the_same(
    wire_day: Path, edited: Path, reprints: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = json.loads(reprints("query", edited, "--store", wire_day, "--format", "json").out)
    assert (told["fate"], told["cluster_id"], told["joins"], told["n_prints_before"]) == ("new", "c-ap-7c41e0", True, 7)
    assert told["article"]["reading"]["source"] == str(edited)
    assert {one["agency"] for one in told["article"]["credits"]} == {"ap"}
    answer = msgspec.convert(told, query.Answer)
    assert query.text(answer) == reprints("query", edited, "--store", wire_day).out.rstrip("\n")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(edited.read_bytes())))
    assert (
        json.loads(reprints("query", "-", "--store", wire_day, "--format", "json").out)["cluster_id"] == "c-ap-7c41e0"
    )


@pytest.mark.parametrize("name", ["hc-ferry-breakwater", "hc-world-in-brief"])
def test_what_the_store_has_is_a_repeat_and_is_explained(
    wire_day: Path, name: str, reprints: Callable[..., Ended]
) -> None:
    page = next((GOLDEN / "wire-day" / "pages").rglob(f"{name}.txt"))
    answer = query.query(page, Store(wire_day))
    assert (answer.fate, answer.article_id) == ("repeat", name)
    assert answer.article == explain.gathered(Store(wire_day), name).article
    assert "change nothing" in reprints("query", page, "--store", wire_day).out


def record(path: Path, **fields: str) -> Path:
    path.write_text(json.dumps({"publisher": "Mill Post", "date": "2026-03-09T12:00:00Z"} | fields), encoding="utf-8")
    return path


def test_fates_are_told(wire_day: Path, tmp_path: Path) -> None:
    store, words = Store(wire_day), "the frog in the mill was white and nobody had seen one so pale " * 4
    alone = query.query(record(tmp_path / "a.json", id="frog", text=words), store)
    assert (alone.fate, alone.joins, alone.cluster_id) == ("new", False, "c-frog")
    assert "It would be a story of its own, c-frog." in query.text(alone)
    page = (GOLDEN / "wire-day" / "pages" / "harbourcourier" / "hc-ferry-breakwater.txt").read_text(encoding="utf-8")
    (tmp_path / "hc-ferry-breakwater.txt").write_text(page.replace("212", "213"), encoding="utf-8")
    version = query.query(tmp_path / "hc-ferry-breakwater.txt", store)
    assert (version.fate, version.cluster_id, version.n_prints_before) == ("version", "c-ap-7c41e0", 7)
    assert version.article is not None
    assert version.article.cluster.n_articles == 7  # in the place of the one that is there
    late = query.query(record(tmp_path / "l.json", id="late", text=words, date="2019-03-09T12:00:00Z"), store)
    assert (late.fate, late.article) == ("too_late", None)
    assert "a run would not take it: too_late: older than the horizon" in query.text(late)
    empty = query.query(record(tmp_path / "e.json", id="empty", text="", title="Nothing"), store)
    assert (empty.fate, empty.reason) == ("rejected", "no text")
    (tmp_path / "two.jsonl").write_text((tmp_path / "a.json").read_text() + "\n" + (tmp_path / "l.json").read_text())
    with pytest.raises(InputError, match="holds 2 records"):
        query.query(tmp_path / "two.jsonl", store)
    with pytest.raises(InputError, match="no such file"):
        query.query(tmp_path / "nowhere.txt", store)


LINES = b"""\
{"id": "frog", "publisher": "Mill Post", "date": "2026-03-09T12:00:00Z", "text": "the frog in the mill was white; nobody knew"}

{"id": "frog"
{"id": "frog", "publisher": "Mill Post", "date": "2026-03-09T12:00:00Z", "text": "the frog in the mill was white; nobody knew"}
"""


def test_each_line_is_answered_by_itself(wire_day: Path, tmp_path: Path, reprints: Callable[..., Ended]) -> None:
    store, file = Store(wire_day), tmp_path / "asked.jsonl"
    first, blank, broken, again = query.each(LINES.splitlines(keepends=True), store, called="asked")
    assert [one.source for one in (first, blank, broken, again)] == [f"asked, line {number}" for number in range(1, 5)]
    assert (blank.fate, broken.fate) == ("rejected", "rejected")
    assert (broken.reason or "").startswith("broken JSON")
    (tmp_path / "frog.jsonl").write_bytes(LINES.splitlines()[0])
    alone = query.query(tmp_path / "frog.jsonl", store, called="asked, line 1")
    assert first == alone  # and the third: it has not become a repeat
    assert (again.fate, again.cluster_id) == (alone.fate, alone.cluster_id) == ("new", "c-frog")
    file.write_bytes(LINES)
    printed = reprints("query", file, "--each-line", "--store", wire_day, "--format", "json").out.splitlines()
    assert [json.loads(line)["fate"] for line in printed] == ["new", "rejected", "rejected", "new"]
    assert reprints("query", file, "--each-line", "--store", wire_day).out.count("c-frog") >= 2
    refused = reprints("query", tmp_path / "nowhere.jsonl", "--each-line", "--store", wire_day)
    assert refused.code == 2
    assert "No such file or directory; name a file of JSON lines" in refused.err


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"id": 1}', "no column with text; found: id"),
        (b'["frog"]', "not a JSON object but an array"),
        (b'{"id": "frog"', "broken JSON"),
        (b"", "holds 0 records"),
        (b" \t\r", "holds 0 records"),
        (b"\xff\xfe{", "UTF-16 or UTF-32"),
        (b"\x1f\x8b\x08", "Truncated compressed stream"),
    ],
)
def test_a_line_that_cannot_be_read_is_answered_and_so_is_the_next(
    wire_day: Path, tmp_path: Path, reprints: Callable[..., Ended], line: bytes, reason: str
) -> None:
    good, file = LINES.splitlines()[0], tmp_path / "asked.jsonl"
    file.write_bytes(b"\n".join([line, good, line]))
    done = reprints("query", file, "--each-line", "--store", wire_day, "--format", "json")
    told = [json.loads(answer) for answer in done.out.splitlines()]
    assert (done.code, [one["fate"] for one in told]) == (0, ["rejected", "new", "rejected"][: 3 if line else 2])
    assert [one["source"] for one in told] == [f"{file}, line {number}" for number in range(1, len(told) + 1)]
    assert told[0]["reason"].startswith(reason)
    assert told[0]["as_of"] == told[1]["as_of"]


def test_standard_input_that_cannot_be_read_is_called_as_it_was_given(
    wire_day: Path, reprints: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"id": 1}')))
    refused = reprints("query", "-", "--store", wire_day)
    assert (refused.code, refused.err.partition(";")[0]) == (2, "reprints: -: no column with text")


def test_a_line_is_answered_before_the_next_is_written(wire_day: Path) -> None:
    """As an editing system would ask: one command is kept open, and spoken to through its pipes."""
    asked = LINES.splitlines(keepends=True)[0]
    command = [sys.executable, "-c", "from pipeline.cli import main; main()", "query", "-", "--each-line"]
    with subprocess.Popen(
        [*command, "--format", "json", "--store", str(wire_day)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for _ in range(2):
            process.stdin.write(asked)
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["article_id"] == "frog"
        process.stdin.close()
        assert process.wait(timeout=60) == 0


def test_a_store_that_nobody_may_write_to_without_indexes_gives_the_same(
    wire_day: Path, edited: Path, tmp_path: Path
) -> None:
    shutil.copytree(wire_day, tmp_path / "store", symlinks=True)
    indexes = {"seen.arrow", "shared.arrow", "edges.arrow"}
    indexes = [path for path in (tmp_path / "store" / "state").rglob("*.arrow") if path.name in indexes]
    assert indexes
    for path in indexes:
        path.unlink()
    for path in (tmp_path / "store").rglob("*"):
        path.chmod(0o500 if path.is_dir() else 0o400)
    assert query.query(edited, Store(tmp_path / "store")) == query.query(edited, Store(wire_day))
    for path in (tmp_path / "store").rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)


@given(strategies.worlds(max_stories=5, max_prints=6), st.integers(0, 40))
@few(20)
def test_the_index_finds_what_going_over_all_texts_finds(world: tuple[Article, ...], place: int) -> None:
    settings = config.Config()
    sketches = sketch.run(strategies.articles(world), settings.sketch)
    keys = pair.keys(sketches, settings.pair)
    times = np.array([int(one.at.timestamp() * 1e6) for one in world], np.int64)
    kin = np.zeros(len(world), np.int64)
    asked = place % len(world)
    with TemporaryDirectory() as folder:
        texts = keys.append_column("kin", pa.array(kin)).append_column(
            "effective_at", pa.array(times).cast(schema.TIME)
        )
        stores.indexed(texts, Path(folder))
        told = keys.append_column("key", pa.array(np.arange(len(world)))).append_column("at", pa.array(times))
        one = told.slice(asked, 1).combine_chunks()
        nobody, ever = np.empty(0, np.int64), (int(times.min()), int(times.max()))
        found = sharing({0: index.Shared(Path(folder))}, one, ever, nobody, settings.pair)
    rows = found["key"].to_numpy()
    fresh = np.arange(len(world)) == asked
    plain = pair.run(keys, times, settings.pair, kin, fresh).to_pydict()
    told = pair.run(found, found["at"].to_numpy(), settings.pair, kin[rows], rows == asked)
    named = {side: rows[told[side].to_numpy()].tolist() for side in ("left", "right")}
    assert named | {"path": told["path"].to_pylist()} == plain


@given(st.data(), st.sampled_from([np.uint32, np.int64]), st.integers(0, 3_000), st.integers(1, 900))
def test_a_value_is_found_in_a_sorted_column_wherever_it_stands(
    data: st.DataObject, kind: type, count: int, repeats: int
) -> None:
    bounds = np.iinfo(kind)
    chance = np.random.default_rng(data.draw(st.integers(0, 999)))
    values = chance.integers(bounds.min, bounds.max, count, dtype=kind, endpoint=True)
    values[: repeats if count else 0] = values[:1]  # far from even
    values.sort()
    wanted = data.draw(st.sampled_from(values.tolist() or [0]) | st.integers(int(bounds.min), int(bounds.max)))
    ends = tuple(int(np.searchsorted(values, kind(wanted), side)) for side in ("left", "right"))
    assert index._stretch(values, kind(wanted)) == ends


class Parts:
    """Texts in parts, each of which has them in the order of time, then id; `asked`: whose ids were read."""

    def __init__(self, texts: list[tuple[int, int, str]]) -> None:
        self.rows, self.asked = dict[int, tuple[int, str]](), set[int]()
        for part in sorted({part for part, _, _ in texts}):
            own = sorted((at, name) for of, at, name in texts if of == part)
            self.rows |= {part << 32 | row: told for row, told in enumerate(own)}

    def texts(self, columns: list[str], keys: NDArray[np.int64]) -> pa.Table:
        assert columns == ["key", "article_id"]
        self.asked |= set(keys.tolist())
        found = sorted(set(keys.tolist()))
        names = pa.array([self.rows[key][1] for key in found], pa.string())
        return pa.table({"key": pa.array(found, pa.int64()), "article_id": names})


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 4), st.sampled_from("abcdefgh")), max_size=14, unique=True),
    st.integers(0, 4),
)
def test_the_order_of_texts_is_that_of_time_and_id_though_few_ids_are_read(
    texts: list[tuple[int, int, str]], own: int
) -> None:
    from pipeline.query.rehearse import _ids, _ordered

    kept = Parts(texts)
    keys = np.array(sorted(kept.rows), np.int64)
    at = np.array([kept.rows[key][0] for key in keys.tolist()], np.int64)
    names = _ids(kept, keys, at, np.array([own]))  # type: ignore[arg-type]
    order = _ordered(pa.table({"at": at, "article_id": names, "key": keys}))
    assert keys[order].tolist() == sorted(kept.rows, key=lambda key: (*kept.rows[key], key))
    times = {part: {a for of, a, _ in texts if of == part} for part in range(3)} | {3: {own}}
    assert all(sum(kept.rows[key][0] in found for found in times.values()) > 1 for key in kept.asked)
