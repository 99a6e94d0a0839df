"""The benchmarks measure what they say: invented news is reproducible, every contender does the same job."""

from __future__ import annotations

import doctest
import itertools
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import (
    answers,
    bounds,
    contender,
    core,
    generate,
    judge,
    languages,
    ours,
    page,
    quality,
    signatures,
    thirty,
    whole,
)
from benchmarks.contender import Job, Outcome, measure
from benchmarks.peers import datasketch_peer, shared

ARTICLES = 600


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bench") / "news.parquet"
    generate.write(path, ARTICLES, seed=3)
    return path


@pytest.fixture(scope="module")
def job(corpus: Path) -> Job:
    return Job(str(corpus), str(corpus), processes=1)


@pytest.fixture(scope="module", params=[ours, datasketch_peer], ids=["ours", "datasketch"])
def outcome(request: pytest.FixtureRequest, job: Job) -> Outcome:
    found: Outcome = request.param.run(job)
    return found


def sets_of(path: Path) -> list[set[bytes]]:
    return [shared.shingles(body, 5) for body in pq.read_table(path)["body"].to_pylist()]


def pairs_of(outcome: Outcome) -> set[tuple[int, int]]:
    return set(zip(outcome.left.tolist(), outcome.right.tolist(), strict=True))


@pytest.mark.parametrize("module", [generate, judge, contender, shared])
def test_examples_in_docstrings(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0


# --- the corpus ---------------------------------------------------------------------------------------------------


def test_same_seed_same_bytes(corpus: Path, tmp_path: Path) -> None:
    again, other = tmp_path / "again.parquet", tmp_path / "other.parquet"
    generate.write(again, ARTICLES, seed=3)
    generate.write(other, ARTICLES, seed=4)
    assert again.read_bytes() == corpus.read_bytes()
    assert pq.read_table(other)["body"] != pq.read_table(corpus)["body"]


def test_texts_do_not_depend_on_the_batch() -> None:
    whole = pa.Table.from_batches(generate.batches(50, seed=5))
    parts = pa.Table.from_batches(generate.batches(50, seed=5, size=7))
    assert whole.combine_chunks() == parts.combine_chunks()


def test_corpus_looks_like_a_fortnight_of_news() -> None:
    plan = generate.plan(20_000, seed=1)
    sizes = np.bincount(plan.story)
    assert len(plan.story) == sizes.sum() == 20_000
    assert (plan.rank > 0).mean() == pytest.approx(generate.REPRINT_SHARE, abs=1e-3)
    assert sizes.max() > 30
    assert np.median(sizes) == 1
    assert (np.diff(plan.published) >= 0).all()
    assert plan.published[-1] < 14 * generate.DAY
    prints = np.stack([plan.story, plan.publisher])
    assert np.unique(prints, axis=1).shape[1] == 20_000, "a publisher printed one story twice"
    first = plan.rank == 0
    assert (plan.kept[first] == 1).all()
    assert not plan.inserted[first].any()


def test_lengths_of_bodies(corpus: Path) -> None:
    table = pq.read_table(corpus)
    assert table.schema.equals(generate.SCHEMA)
    words = [len(re.findall(r"\w+", body)) for body in table["body"].to_pylist()]
    assert 350 < np.median(words) < 500
    assert 2_700 < np.mean([len(body.encode()) for body in table["body"].to_pylist()]) < 3_900


def test_furniture_recurs_within_a_publisher(corpus: Path) -> None:
    table = pq.read_table(corpus).to_pandas()
    tails = table["body"].str.split().str[-6:].str.join(" ")
    shared = tails.groupby(tails).agg(list)
    recurring = shared[shared.str.len() > 1]
    assert len(recurring) > 10
    assert all(table["publisher"][tails == tail].nunique() == 1 for tail in recurring.index)


def test_too_small_a_corpus_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 10"):
        generate.plan(3, seed=1)


@given(st.lists(st.integers(0, 6), max_size=20))
def test_ragged_numbers_every_cell(lengths: list[int]) -> None:
    row, position = generate.ragged(np.array(lengths, np.int64))
    expected = [(i, j) for i, length in enumerate(lengths) for j in range(length)]
    assert list(zip(row.tolist(), position.tolist(), strict=True)) == expected


@given(st.integers(0, 2**63), st.integers(0, 2**63))
def test_keys_are_functions_of_their_parts(one: int, other: int) -> None:
    key = generate.mix(np.array([one], np.uint64), 1)
    assert key == generate.mix(np.array([one], np.uint64), 1)
    assert 0 <= generate.unit(key)[0] < 1
    assert (key == generate.mix(np.array([other], np.uint64), 1)) == (one == other)


# --- the reference ------------------------------------------------------------------------------------------------


@settings(max_examples=50)
@given(st.lists(st.sets(st.sampled_from([bytes([c]) for c in b"abcdefgh"])), max_size=12), st.floats(0.1, 1.0))
def test_exhaustive_search_is_every_pair(sets: list[set[bytes]], cut: float) -> None:
    left, right = judge.exhaustive(sets, cut)
    expected = {
        (i, j)
        for (i, one), (j, other) in itertools.combinations(enumerate(sets), 2)
        if (one & other) and len(one & other) >= cut * len(one | other)
    }
    assert set(zip(left.tolist(), right.tolist(), strict=True)) == expected
    assert len(left) == len(expected)


def test_judge_sees_what_is_missing_and_what_is_false(corpus: Path, job: Job) -> None:
    left, right = judge.exhaustive(sets_of(corpus), job.cut)
    assert len(left) > 50
    reference = judge.Reference.of(corpus, ARTICLES, job)
    scores, label = np.full(len(left), 0.9), np.arange(ARTICLES)
    perfect = reference.verdict({"left": left, "right": right, "jaccard": scores, "label": label})
    assert (perfect.recall, perfect.precision, perfect.false) == (1.0, 1.0, 0)
    half = reference.verdict({"left": left[::2], "right": right[::2], "jaccard": scores[::2], "label": label})
    assert half.recall == pytest.approx(0.5, abs=0.02)
    story = pq.read_table(corpus)["story"].to_numpy()
    stranger = int(np.flatnonzero(story != story[0])[0])
    wrong = {"left": [*left, 0], "right": [*right, stranger], "jaccard": [*scores, 0.9], "label": label}
    verdict = reference.verdict({name: np.array(values) for name, values in wrong.items()})
    assert verdict.precision < 1
    assert verdict.false == 1
    assert verdict.worst > 0.5
    with pytest.raises(ValueError, match="twice"):
        reference.verdict({"left": np.array([0, 0]), "right": np.array([1, 1]), "jaccard": np.ones(2), "label": label})


# --- the contenders -----------------------------------------------------------------------------------------------


def _found_by_bands(one: set[bytes], other: set[bytes], job: Job) -> float:
    """The chance that a pair shares a band: 1 - (1 - J**rows)**bands."""
    return float(1 - (1 - (len(one & other) / len(one | other)) ** job.rows) ** job.bands)


def test_contender_does_the_job(outcome: Outcome, corpus: Path, job: Job) -> None:
    sets = sets_of(corpus)
    expected = set(zip(*(side.tolist() for side in judge.exhaustive(sets, job.cut)), strict=True))
    found = pairs_of(outcome)
    assert found <= expected
    chances = np.array([_found_by_bands(sets[left], sets[right], job) for left, right in expected])
    assert abs(len(found) - chances.sum()) <= 4 * np.sqrt((chances * (1 - chances)).sum())  # 4 standard deviations
    for left, right, jaccard in zip(outcome.left, outcome.right, outcome.jaccard, strict=True):
        assert jaccard == pytest.approx(len(sets[left] & sets[right]) / len(sets[left] | sets[right]), abs=1e-3)
    assert outcome.candidates >= len(found)
    assert len(outcome.label) == ARTICLES
    grouped = outcome.label[outcome.left] == outcome.label[outcome.right]
    assert grouped.mean() > 0.9


def test_all_cores_find_what_one_finds(job: Job) -> None:
    single = datasketch_peer.run(job)
    double = datasketch_peer.run(Job(job.path, job.warm_path, processes=2))
    assert pairs_of(single) == pairs_of(double)
    assert (single.label == double.label).all()


def test_the_peer_gets_the_shingles_of_the_brief() -> None:
    text = "“One Two,” three; four\nFIVE six"
    assert shared.shingles(text, 5) == {b"one two three four five", b"two three four five six"}
    assert shared.shingles("too short", 5) == set()


# --- the measurement ----------------------------------------------------------------------------------------------


def test_one_measurement(job: Job, tmp_path: Path) -> None:
    result = measure("benchmarks.peers.datasketch_peer", job, tmp_path / "out")
    loaded = judge.load(tmp_path / "out")
    assert len(loaded["left"]) == result["edges"] > 0
    assert sum(result["steps"].values()) <= result["wall"]
    assert result["peak_own_bytes"] > 1e7


def test_memory_of_a_process_tree() -> None:
    if not Path("/proc/self/smaps_rollup").exists():
        pytest.skip("no /proc here")
    assert core.tree_memory(os.getpid()) > 1e7
    assert core.tree_memory(2**30) == 0


# Contenders that stand in for peers whose packages are not at hand.
STUBS = {
    "stub_fails": """
def run(job):
    raise ValueError("no such call")
""",
    "stub_clusters": """
import numpy as np
import pyarrow.parquet as pq
from benchmarks.contender import Outcome

PACKAGE = "numpy"

def run(job):
    return Outcome(label=pq.read_table(job.path)["story"].to_numpy(), seconds={"cheat": 0.0})
""",
}


@pytest.fixture(scope="module")
def stubs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("stubs")
    for name, source in STUBS.items():
        (folder / f"{name}.py").write_text(source)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")]))
        yield folder


def compared(field: list[core.Contender], folder: Path, **others: dict[str, str]) -> page.Comparison:
    return core.compare(field, articles=200, rounds=1, seed=2, folder=folder, sample=200, **others)


def tables_of(text: str) -> list[list[str]]:
    blocks = itertools.groupby(text.splitlines(), key=lambda line: line.startswith("|"))
    return [list(lines) for is_table, lines in blocks if is_table]


def test_page_is_written_from_a_whole_comparison(tmp_path: Path) -> None:
    comparison = compared(core.contenders(1), tmp_path)
    found = bounds.measure(core.corpus(tmp_path, 200, 2))
    assert all(one.taken > 0 and (one.least > 0) == bool(one.bound) for one in found)
    text = page.render([comparison], "the command", [], bounds.table(found))
    for one in found:
        assert f"| {one.step} | {one.taken:.2f} | {one.bound or '–'} |" in text
    assert text.startswith("# Performance")
    assert "datasketch, 1 process" in text
    assert "the command" in text
    assert all(verdict.false == 0 for verdict in comparison.verdicts.values())
    assert "- daft could not be installed: its environment is missing, make bench sets it up" in text
    for table in tables_of(text):
        assert len({line.count("|") for line in table}) == 1, "a row of another width"


def test_a_peer_that_fails_is_on_the_page_with_its_reason(tmp_path: Path, stubs: Path) -> None:
    log = tmp_path / "venvs" / "broken.log"
    log.parent.mkdir()
    log.write_text("much ado\nERROR: No matching distribution found for broken\n\n")
    field = [
        core.contenders(1)[0],
        core.Contender("failing", "stub_fails", 1),
        core.Contender("broken", "stub_fails", 1, environment="broken"),
    ]
    comparison = compared(field, tmp_path)
    assert list(comparison.runs) == ["newswire-reprints"]
    text = page.render([comparison], "the command", [], [])
    assert "- failing failed: ValueError: no such call" in text
    assert "- broken could not be installed: ERROR: No matching distribution found for broken" in text
    with pytest.raises(core.Unmeasured, match="no such call"):  # without ours there is nothing to compare with
        compared(field[1:], tmp_path)


CLUSTERS = core.Contender("clusters", "stub_clusters", 1, "clusters, unverified")


@pytest.fixture(scope="module")
def beside_clusters(stubs: Path, tmp_path_factory: pytest.TempPathFactory) -> page.Comparison:
    return compared([core.contenders(1)[0], CLUSTERS], tmp_path_factory.mktemp("beside-clusters"))


def test_clusters_alone_are_judged_by_the_pairs_within(beside_clusters: page.Comparison) -> None:
    comparison = beside_clusters
    verdict = comparison.verdicts["clusters"]
    assert (verdict.recall, verdict.truth_recall, verdict.truth_precision) == (1, 1, 1)
    assert 0.1 < verdict.precision < 1, "prints of one story lie below the cut, too"
    assert verdict.false > 0
    assert np.isnan(verdict.worst)
    text = page.render([comparison], "the command", [], [])
    rows = [line for line in text.splitlines() if line.startswith("| clusters | clusters, unverified |")]
    assert len(rows) == 2
    assert "| – |" in rows[1]
    assert "numpy " in text


def test_who_would_take_too_long_is_not_run_and_said_so(beside_clusters: page.Comparison, tmp_path: Path) -> None:
    field, small = [core.contenders(1)[0], CLUSTERS], beside_clusters
    assert core.too_slow(small, 10**3, patience=1e6) == {}
    spared = core.too_slow(small, 10**9, patience=1e-6)
    large = compared(field, tmp_path, spared=spared)
    text = page.render([small, large], "the command", [], [])
    assert "- clusters not run: at its pace on 200 articles it would take" in text
    assert core.too_slow(large, 10**9, patience=1e9) == spared
    assert [len(table) for table in tables_of(text)] == [
        4,
        3,
        3,
        4,
        4,
        2,
    ]  # by size; large, small: time, verdict; bounds


def test_every_peer_has_an_environment_and_needs_nothing_of_ours() -> None:
    root = Path(core.__file__).parent.parent
    for one in core.contenders(2)[1:]:
        source = root.joinpath(*one.module.split(".")).with_suffix(".py").read_text()
        imported = set(re.findall(r"^(?:from|import) (\w+)", source, re.MULTILINE))
        assert not imported & {"pipeline", "numba"}
        assert page.described(one.module).startswith(f"- **{one.environment or 'datasketch'}**: ")
        if one.environment:
            required = (root / "benchmarks" / "peers" / f"{one.environment}.txt").read_text()
            assert re.search(rf"^{one.environment}\b", required, re.MULTILINE)


# --- the page of quality ------------------------------------------------------------------------------------------


def test_one_section_of_the_page_is_made_anew() -> None:
    written = "# Quality\n\n## One\n\nold\n\n## Two\n\ntwo\n\n## Three\n\nthree\n"
    anew = quality.renewed(written, ["## Two", "", "new"])
    assert "\n".join(anew) + "\n" == written.replace("\ntwo", "\nnew")
    with pytest.raises(ValueError, match="no section '## Four'"):
        quality.renewed(written, ["## Four"])


def test_the_page_says_what_is_found_in_each_language() -> None:
    lines = list(languages.section())
    rows = [line for line in lines if line.startswith("| ") and not line.startswith("| language")]
    assert len({line.count("|") for line in rows}) == 1
    assert len(rows) == 1 + 27 + 1  # the rule below the header, 23 ways of writing, 4 mixtures, all
    assert "| **all** | 196 | 150 |" in lines[-3]


def test_thirty_nights_bring_the_same_from_the_same_seed_and_all_that_may_go_wrong(tmp_path: Path) -> None:
    for name in ("one", "two"):
        thirty.deliver(tmp_path / name, thirty.deliveries(7))
    one, two = (
        {str(p.relative_to(f)): p.read_bytes() for p in f.rglob("*") if p.is_file()} for f in tmp_path.iterdir()
    )
    assert one == two
    nights = thirty.deliveries(7)
    items = [item for night in nights for item in night["items"]]
    texts = {(item["id"], item["text"]) for item in items}
    assert len(items) > len(texts) > len({item["id"] for item in items}) > 150  # repeats, and changed texts
    assert len({item["story"] for item in items}) > 30
    assert sum(bool(night["items"]) for night in nights) > thirty.NIGHTS - 3
    assert any(night["late"] for night in nights)
    assert any(item["id"] == "ap-kill-1" for item in items)


def test_the_whole_run_is_told_beside_its_core_and_by_stage(tmp_path: Path) -> None:
    found = {300: whole.measure(300, 1, 7, tmp_path)}
    assert list(found[300]["core"][0].stages) == ["read, shingle, sign", "pair", "verify", "cluster"]
    assert {"read", "clean", "trace", "learn", "elect", "write"} < found[300]["run"][0].stages.keys()
    found[600] = {name: [of._replace(seconds=10 * of.seconds) for of in runs] for name, runs in found[300].items()}
    page = whole.page(
        found, [1.5, 1.75], {"ordinary": found[300]["run"][0], "identical": found[600]["run"][0]}, "the command"
    )
    assert "`the command`" in page
    assert [line.count("|") for line in page.split("\n") if line.startswith("| clean")] == [5]
    assert "| 600 |" in page
    assert "1.6 times as long" in page
    assert [line.split(" | ")[2] for line in page.split("\n") if line.startswith("| identical")] == ["10.00"]


def test_skewed_articles_are_one_text_but_for_some_words(tmp_path: Path) -> None:
    path = core.corpus(tmp_path, 3_000, 7)
    same, near = (pq.read_table(whole.skewed(path, changed)) for changed in (0, 4))
    assert same.num_rows == near.num_rows == 3_000
    text, *others = same["body"].unique().to_pylist()
    assert not others
    differing = [
        sum(a != b for a, b in zip(text.split(" "), body.split(" "), strict=True)) for body in near["body"].to_pylist()
    ]
    assert 0 < max(differing) <= 4


def test_signatures_are_told_beside_datasketchs_and_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["", "--articles", "300", "--rounds", "1", "--folder", str(tmp_path)])
    signatures.main()
    told = capsys.readouterr().out
    assert "300 articles: all 38,400 values the same, bit for bit" in told
    assert [line.split()[:2] for line in told.splitlines()[2:]].count(["from", "texts"]) >= 1


def test_queries_are_measured_step_by_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    options = ["--articles", "400", "--queries", "2", "--folder", str(tmp_path)]
    monkeypatch.setattr(sys, "argv", ["answers", *options])
    answers.main()
    told = capsys.readouterr().out
    assert told.startswith("400 articles in the window; ")
    assert all(re.search(rf"^  {step} +\d\.\d+$", told, re.M) for step in answers.STEPS)
    assert re.search(
        r"^the command \d.*; kept open, from a line to its answer \d\.\d\d s \(2 articles, medians\)$", told, re.M
    )
