"""Excerpts: who borrows, and the exact place of the passage on the page as it was read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from pipeline import config
from pipeline.stages import excerpt, rollup, sketch
from pipeline.storage.store import Store
from tests.stages import oracle

WORDS = st.lists(
    st.sampled_from(["naïve", "the", "12,500", "東京", "Straße", "서울", "x", "--", "é", "“so”"]), max_size=30
)


@given(st.lists(WORDS.map(" ".join), max_size=4), st.integers(1, 5), st.integers(1, 5))
def test_each_span_holds_the_words_of_its_shingle(texts: list[str], words: int, chars: int) -> None:
    settings = config.Sketch(shingle_words=words, shingle_chars=chars)
    hashes = [oracle.shingles(text, words, chars) for text in texts]
    asked = [(row, first, n) for row, all_ in enumerate(hashes) for first in range(len(all_) + 1) for n in (1, 3)]
    bodies = [pa.array(texts[:1], pa.large_string()), pa.array(texts[1:], pa.large_string())]
    columns = np.array(asked[::-1], np.int64).reshape(-1, 3).T
    found = sketch.passages(pa.chunked_array(bodies), *columns, settings).tolist()
    where = dict(zip(asked[::-1], found, strict=True))
    for (row, first, n), (start, end) in where.items():
        if first + n > len(hashes[row]):
            assert (start, end) == (-1, -1)
        elif n == 1:
            passage = texts[row][start:end]
            assert hashes[row][first] in oracle.shingles(passage, words, chars)
            assert len(oracle.tokens(passage)) in (words, chars)
        else:
            assert [start, end] == [where[row, first, 1][0], where[row, first + n - 1, 1][1]]


def test_the_smaller_story_borrows_then_the_later_then_the_greater_id() -> None:
    at = [datetime(2026, 3, 9, hour, tzinfo=UTC) for hour in (6, 7, 8, 8, 5)]
    members = pa.table({"article_id": [*"abcde"], "cluster_id": [*"AACDE"]})
    sizes = pa.table({"cluster_id": [*"ACDE"], "n_articles": [2, 1, 1, 1]})
    pairs = [(0, 2, 40), (1, 2, 60), (2, 3, 50), (2, 4, 30)]
    common = {"jaccard": 0.1, "containment_left": 0.1, "containment_right": 0.2, "run_left": 1, "run_right": 2}
    rows = [
        common
        | {"left_id": "abcde"[left], "right_id": "abcde"[right], "left_at": at[left], "right_at": at[right]}
        | {"longest_run": run, "relation": "excerpt", "accepted": False, "reason": ""}
        for left, right, run in pairs
    ]
    matches = pa.Table.from_pylist(rows, rollup.NAMED)
    assert excerpt.borrowed(matches, members, sizes).to_pylist() == [
        {"article_id": "c", "cluster_id": "A", "containment": 0.2, "longest_run": 60, "run": 2},
        {"article_id": "c", "cluster_id": "E", "containment": 0.1, "longest_run": 30, "run": 1},
        {"article_id": "d", "cluster_id": "C", "containment": 0.2, "longest_run": 50, "run": 2},
    ]
    assert excerpt.borrowed(matches.slice(0, 0), members, sizes).num_rows == 0


def test_the_round_ups_passages_are_where_they_say(wire_day: Path) -> None:
    """It takes paragraphs of four stories, and each is found with its place on the page."""
    store = Store(wire_day)
    rows = [row for row in store.table("excerpts").to_pylist() if row["article_id"] == "hc-world-in-brief"]
    story = {"ap-7c41e0", "mb-40012", "AEN20260309004100320", "hrr-2619"}
    clusters = {row["article_id"]: row["cluster_id"] for row in store.table("members").to_pylist()}
    assert {row["cluster_id"] for row in rows} == {clusters[id_] for id_ in story}
    canonical = {row["cluster_id"]: row["canonical_id"] for row in store.table("clusters").to_pylist()}
    page = next((Path(__file__).parents[1] / "golden" / "wire-day").rglob("hc-world-in-brief.txt"))
    for row in rows:
        passage = page.read_text(encoding="utf-8")[row["start"] : row["end"]]
        original = store.state().newest([canonical[row["cluster_id"]]])["body"][0].as_py()
        hashes = oracle.shingles(passage, 5, 5)
        assert len(hashes) == row["longest_run"]
        assert len(np.intersect1d(hashes, oracle.shingles(original, 5, 5))) > 0.8 * len(set(hashes))
