"""tune: the curves, the exhaustive search against brute force, the grid of cuts, and the pairs to label."""

from __future__ import annotations

import csv
import itertools
import random
import xml.etree.ElementTree as ET
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import config
from pipeline.quality import diffs, labels, tune
from pipeline.report import charts
from pipeline.stages import pair, sketch
from tests.conftest import GOLDEN, Ended

Reprints = Callable[..., Ended]
DAY = 86_400_000_000


def corpus(texts: list[str], settings: config.Pair, days: list[int] | None = None) -> tune.Corpus:
    """Articles a0, a1 ... with these bodies, each by a publisher of its own."""
    ids = [f"a{number}" for number in range(len(texts))]
    articles = pa.table({"article_id": ids, "body": texts})
    sketches = sketch.run(articles, config.Sketch())
    articles = articles.append_column("headline", pa.array([f"Head {name}" for name in ids]))
    times = np.array(days or [0] * len(ids), np.int64) * DAY
    nothing = pa.nulls(len(ids), pa.string())
    kind = pa.array(["editorial"] * len(ids))
    headlines = sketch.words(pa.chunked_array([nothing]))
    columns = {"agency": nothing, "publisher": pa.array(ids), "kind": kind, "version": nothing}
    columns["day"] = pa.nulls(len(ids), pa.int8())
    facts = pa.table({**columns, "headline": headlines, "at": times})
    candidates, width = pair.run(pair.keys(sketches, settings), times, settings), config.Sketch().shingle_words
    return tune.Corpus(articles, sketches, facts, times, np.arange(len(ids)), candidates, width)


def shingles(text: str) -> set[tuple[str, ...]]:
    words = text.split()
    return {tuple(words[at : at + 5]) for at in range(len(words) - 4)}


def world(seed: int, n: int = 30) -> list[str]:
    """Texts of invented words; each but the first is cut together from earlier ones and words of its own."""
    draw = random.Random(seed)
    texts = []
    for _ in range(n):
        own = [f"w{draw.randrange(10**6)}" for _ in range(draw.randint(5, 60))]
        for text in draw.sample(texts, min(len(texts), draw.randint(0, 2))):
            words = text.split()
            start = draw.randrange(len(words))
            own += words[start : start + draw.randint(5, 60)]
        texts.append(" ".join(own))
    return [*texts, texts[0]]


@pytest.mark.parametrize("seed", range(3))
def test_the_search_finds_every_pair_that_shares_words(seed: int) -> None:
    texts, settings = world(seed), config.Pair()
    days = [random.Random(seed).randrange(30) for _ in texts]
    bins = tune.recall(corpus(texts, settings, days), settings, 128, sample=len(texts))
    expected: dict[str, list[float]] = {"jaccard": [], "containment": []}
    for (left, day), (right, other) in itertools.combinations(zip(texts, days, strict=True), 2):
        one, two = shingles(left), shingles(right)
        shared = len(one & two)
        if shared and abs(day - other) <= settings.window_days:
            expected["jaccard"].append(shared / len(one | two))
            expected["containment"].append(shared / min(len(one), len(two)))
    for measure, values in expected.items():
        wanted = sum(value >= 0.05 for value in values)
        assert sum(found.n_pairs for found in bins if found.measure == measure) == wanted
        assert all(0 <= found.recall <= 1 and found.low < found.high for found in bins)


def test_a_sample_sees_each_of_its_pairs_once() -> None:
    texts, settings = world(7), config.Pair()
    everything = corpus(texts, settings)
    whole = sum(found.n_pairs for found in tune.recall(everything, settings, 128, sample=1_000))
    parts = [sum(found.n_pairs for found in tune.recall(everything, settings, 128, sample=n)) for n in (5, 15, 31)]
    assert sorted(parts) == parts
    assert parts[-1] == whole


def test_likely_pairs_are_found_and_the_path_is_told() -> None:
    words = [f"w{number}" for number in range(400)]
    texts = [" ".join(words), " ".join(words[:380]), " ".join(words[:60]), " ".join(words)]
    settings = config.Pair()
    bins = tune.recall(corpus(texts, settings), settings, 128, sample=10)
    high = [found for found in bins if found.measure == "jaccard" and found.low >= 0.9]
    assert sum(found.n_pairs for found in high) == 3
    assert all(found.recall == 1.0 and found.by_sample == 0 for found in high)
    low = [found for found in bins if found.measure == "jaccard" and found.low < 0.2]
    assert sum(found.n_pairs for found in low) == 3
    off = config.Pair(sample=0, bands=1, rows=64)
    blind = tune.recall(corpus(texts, off), off, 128, sample=10)
    assert sum(found.by_bands + found.by_sample for found in blind if found.low < 0.2) == 0


@given(st.integers(1, 60), st.integers(1, 8), st.floats(0, 1))
def test_the_s_curve_is_a_chance_that_grows(bands: int, rows: int, jaccard: float) -> None:
    low, high = tune.by_bands(np.array([jaccard, min(1.0, jaccard + 0.1)]), bands, rows)
    assert 0 <= low <= high <= 1


def test_the_curve_of_known_shapes() -> None:
    points = {round(point.jaccard, 2): point for point in tune.curve(42, 3, config.Pair(), 400)}
    assert points[0.0].either == 0.0
    assert points[1.0].bands == 1.0
    assert points[0.5].bands == pytest.approx(1 - (1 - 0.125) ** 42)
    assert points[0.3].bands == pytest.approx(1 - (1 - 0.027) ** 42)
    short = {round(point.jaccard, 2): point for point in tune.curve(42, 3, config.Pair(), 20)}
    assert short[0.3].sample < points[0.3].sample
    assert all(point.sample == 0 for point in tune.curve(42, 3, config.Pair(sample=0), 400))


def test_cuts_tell_what_each_gains_and_loses() -> None:
    words = [f"w{number}" for number in range(300)]
    other = [f"v{number}" for number in range(300)]
    texts = [" ".join(words), " ".join(words[:110] + other[:190]), " ".join(words[5:] + other[:5])]
    settings = config.Pair()
    labelled = labels.parse("x", b"left_id,right_id,label\na0,a2,R\na0,a1,D\na0,gone,R\n")
    found = tune.cuts(corpus(texts, settings), labelled, config.Verify())
    now = [cut for cut in found if cut.is_current]
    assert [(cut.min_jaccard, cut.min_containment) for cut in now] == [(0.2, 0.6)]
    assert (now[0].precision, now[0].recall, now[0].reprints, now[0].different) == (0.5, 1.0, 1, 1)
    strict = next(cut for cut in found if (cut.min_jaccard, cut.min_containment) == (0.5, 0.6))
    assert (strict.precision, strict.recall, strict.reprints, strict.different) == (1.0, 1.0, 1, 0)
    stories = labels.parse("x", b"article_id,story\na0,s\na2,s\na1,t\n")
    by_story = {
        (cut.min_jaccard, cut.min_containment): cut
        for cut in tune.cuts(corpus(texts, settings), stories, config.Verify())
    }
    assert (by_story[0.5, 0.6].precision, by_story[0.5, 0.6].recall) == (1.0, 1.0)
    assert (by_story[0.2, 0.6].reprints, by_story[0.2, 0.6].different) == (1, 2)


def test_borderline_pairs_are_near_unlabelled_and_each_article_once() -> None:
    words = [f"w{number}" for number in range(300)]
    texts = [" ".join(words[:cut] + [f"v{cut}x{number}" for number in range(300 - cut)]) for cut in range(60, 300, 30)]
    everything = corpus([*texts, texts[-1]], config.Pair())
    labelled = labels.parse("x", b"left_id,right_id,label\na0,a1,R\n")
    near = tune.borderline(everything, labelled, config.Verify(), 3)
    used = [name for found in near for name in (found.left_id, found.right_id)]
    assert len(near) == 3
    assert len(set(used)) == len(used)
    assert ("a0", "a1") not in {(found.left_id, found.right_id) for found in near}
    assert all(found.relation != "identical" and found.left_id < found.right_id for found in near)
    distances = [abs(np.log(found.margin)) for found in near]
    assert distances == sorted(distances)
    stories = labels.parse("x", "\n".join(["id,story", *(f"a{n},s" for n in range(9))]).encode())
    assert tune.borderline(everything, stories, config.Verify(), 3) == []


SENTENCES = st.lists(
    st.sampled_from(["The boat came in.", "It rained.", "“Why?” asked Ode.", "Nobody knew!"]), max_size=8
)


@given(SENTENCES, SENTENCES)
def test_a_diff_has_every_word_of_both_sides(left: list[str], right: list[str]) -> None:
    rows = diffs.aligned(" ".join(left), "\n".join(right))
    folded = sum(row.folded for row in rows)
    shown = [(row.left.count("."), row.right.count(".")) for row in rows]
    assert all((row.left == row.right) == row.same for row in rows)
    if not folded:
        assert sum(count for count, _ in shown) == sum(sentence.count(".") for sentence in left)
        assert sum(count for _, count in shown) == sum(sentence.count(".") for sentence in right)


def test_a_diff_folds_what_agrees() -> None:
    left = "One. Two. Three. Four. Five. Six is here."
    rows = diffs.aligned(left, left.replace("Six is", "Six was"))
    assert rows[0].folded == 4
    assert rows[-1] == diffs.Row("Six is here.", "Six was here.", same=False)
    lines = diffs.as_text(rows, 60).splitlines()
    assert lines[0] == "… 4 sentences the same …"
    assert lines[-1].split("|")[0].strip() == "Six is here."


def test_sides_line_up_in_wide_scripts() -> None:
    text = diffs.as_text(diffs.aligned("橋は閉じた。雨だ。", "橋は開いた。雨だ。"), 60)
    first, second = text.splitlines()
    assert first.index("|") + len("橋は閉じた。") == 28  # a wide character takes two cells
    assert second.split() == ["雨だ。", "雨だ。"]


class Checker(HTMLParser):
    """Every tag that opens closes, and nothing is fetched."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert all(name != "src" and (name != "href" or value == "#main") for name, value in attrs)
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_command_end_to_end(reprints: Reprints, tmp_path: Path) -> None:
    truth, page, out = GOLDEN / "wire-day-expected.csv", tmp_path / "t.html", tmp_path / "to-label.csv"
    pairs = "left_id,right_id,label\nap-7c41e0,mg-20260309-014,R\nmb-bourse-08,mb-bourse-09,D\nap-7c41e0,nobody,R\n"
    (tmp_path / "pairs.csv").write_text(pairs)
    options = ("--config", GOLDEN / "wire-day.toml", "--pairs", 4)
    ended = reprints("tune", tmp_path / "pairs.csv", GOLDEN / "wire-day", *options, "--out", page, "--labels-out", out)
    assert ended.code == 0
    assert "1 labelled articles are not among the inputs: nobody" in ended.out
    assert "42 bands of 3 rows" in ended.out
    assert "Borderline 4 of 4" in ended.out
    current = next(line for line in ended.out.splitlines() if line.startswith("*"))
    assert current.split()[1:6] == ["0.20", "0.60", "1.000", "1.000", "1.000"]
    html = page.read_text(encoding="utf-8")
    checker = Checker()
    checker.feed(html)
    assert checker.open == []
    drawn = ET.fromstring(html[html.index("<svg") : html.index("</svg>") + 6])
    lines = {path.get("stroke") for path in drawn.iter() if path.get("stroke-width") == "2"}
    assert lines >= {"var(--bar)", "var(--partial)", "var(--ink)"}
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 4
    assert {row["label"] for row in rows} == {""}
    refused = reprints("tune", truth, GOLDEN / "wire-day", *options, "--labels-out", out)
    assert refused.code == 2
    assert "may have labels in it" in refused.err


def test_what_is_labelled_is_read_by_evaluate(reprints: Reprints, wire_day: Path, tmp_path: Path) -> None:
    out = tmp_path / "to-label.csv"
    options = ("--config", GOLDEN / "wire-day.toml", "--pairs", 3, "--labels-out", out)
    (tmp_path / "pairs.csv").write_text("left_id,right_id,label\nap-7c41e0,mg-20260309-014,R\n")
    assert reprints("tune", tmp_path / "pairs.csv", GOLDEN / "wire-day", *options).code == 0
    unlabelled = reprints("evaluate", out, "--store", wire_day)
    assert unlabelled.code == 2
    assert "all 3 pairs have an empty label" in unlabelled.err
    lines = out.read_text(encoding="utf-8").splitlines(keepends=True)
    out.write_text(lines[0] + lines[1].replace(",,", ",R,", 1) + "".join(lines[2:]), encoding="utf-8")
    ended = reprints("evaluate", out, "--store", wire_day)
    assert ended.code == 0
    assert "2 pairs without a label are skipped" in ended.out
    assert "Pairs: 1 reprints (R) against 0 different (D)" in ended.out


def test_labels_that_say_nothing_of_cuts_are_refused(reprints: Reprints, tmp_path: Path) -> None:
    (tmp_path / "pages.csv").write_text("id,credit_agency,credit_grade\nap-7c41e0,ap,full\n")
    ended = reprints("tune", tmp_path / "pages.csv", GOLDEN / "wire-day")
    assert ended.code == 2
    assert "has no labelled pairs or clusters" in ended.err


def test_labels_of_other_articles_are_refused(reprints: Reprints, tmp_path: Path) -> None:
    (tmp_path / "pairs.csv").write_text("left_id,right_id,label\nelsewhere-1,elsewhere-2,R\n")
    ended = reprints("tune", tmp_path / "pairs.csv", GOLDEN / "wire-day", "--config", GOLDEN / "wire-day.toml")
    assert ended.code == 2
    assert "none of its 2 articles is among the inputs; it has 'elsewhere-1'" in ended.err


def test_bins_of_one_measure_are_drawn() -> None:
    points = tune.curve(42, 3, config.Pair(), 100)
    plain = str(charts.recall(points, []))
    found = tune.Bin("jaccard", 0.5, 0.55, 8, 6, 1, 0.9)
    drawn = str(charts.recall(points, [found]))
    assert drawn.count('fill="var(--alarm)"') == plain.count('fill="var(--alarm)"') + 1
