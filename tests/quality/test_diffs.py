"""Diffs: no word is lost or made up, what was taken out stands where it stood, and no text takes long."""

from __future__ import annotations

import random
import time

from hypothesis import given
from hypothesis import strategies as st

from pipeline.quality import diffs
from pipeline.quality.diffs import Line, Row

WORDS = st.lists(
    st.sampled_from(["the", "ferry", "hit", "a", "wall.", "Nobody", "橋は閉じた。", "नहर", " "]), max_size=30
)
LINES = st.lists(
    st.builds(
        Line, st.sampled_from(["It rained. All day.", "Nobody came.", "Who knew?"]), st.sampled_from(["", "", "rule"])
    ),
    max_size=8,
)


@given(WORDS, WORDS)
def test_pieces_are_the_passage_again(left: list[str], right: list[str]) -> None:
    one, other = " ".join(left), " ".join(right)
    for passage, pieces in zip((one, other), diffs.marked(one, other), strict=True):
        assert "".join(words for words, _ in pieces) == passage
    if one == other:
        assert not any(differs for pieces in diffs.marked(one, other) for _, differs in pieces)


@given(LINES, LINES)
def test_what_was_taken_out_is_shown_once_in_its_order_and_compared_with_nothing(
    left: list[Line], right: list[Line]
) -> None:
    rows = diffs.aligned(left, right)
    for side, lines in (("left", left), ("right", right)):
        asides = [getattr(row, side) for row in rows if row.rule and getattr(row, side)]
        assert asides == [line.words for line in lines if line.rule]
    plain = [[line for line in lines if not line.rule] for lines in (left, right)]
    told = [[row for row in found if not row.rule] for found in (rows, diffs.aligned(*plain))]
    assert told[0] == told[1]


def test_furniture_stands_where_it_stood() -> None:
    rows = diffs.aligned(
        [Line("Home", "nav"), Line("One is. Two is."), Line("A picture", "caption")], [Line("One is. Two was.")]
    )
    assert rows == [
        Row("Home", "", same=True, rule="nav"),
        Row("One is.", "One is.", same=True),
        Row("Two is.", "Two was.", same=False),
        Row("A picture", "", same=True, rule="caption"),
    ]


def test_edited_sentences_stand_beside_each_other() -> None:
    left = "The boat came in late on Monday. It rained. The crew went home by bus that evening."
    right = "The boat came in late on Sunday. Nobody was there to see it. The crew went home by train that evening."
    rows = diffs.aligned(left, right)
    assert [(row.left[:8], row.right[:8]) for row in rows] == [
        ("The boat", "The boat"),
        ("It raine", "Nobody w"),
        ("The crew", "The crew"),
    ]


def test_texts_of_few_words_over_and_over_take_no_time() -> None:
    rng = random.Random(1)
    texts = ["".join(rng.choice(["a. ", "b. "]) for _ in range(6_000)) for _ in range(2)]
    began = time.process_time()
    diffs.beside(*texts)
    diffs.marked(*(text.replace(".", "") for text in texts))
    assert time.process_time() - began < 5
