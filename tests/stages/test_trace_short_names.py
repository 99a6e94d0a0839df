"""Short names: the paper that a text has named before, and nobody where it could be another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages.trace.spans import Spans
from tests.stages.tracing import cited

SPAN = st.tuples(st.integers(0, 20), st.integers(1, 9)).map(lambda span: (span[0], span[0] + span[1]))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("The New York Times saw a letter. A guard told The Times that it was real.", ["The New York Times"]),
        ("A guard told the Los Angeles Times. The gate was shut, the Times reported.", ["Los Angeles Times"] * 2),
        ("A guard told The Times of India. The gate was shut, the Times said.", ["The Times of India"] * 2),
        ("A guard told the NYT. The gate was shut, The Times said.", ["The New York Times"] * 2),
        ("A guard told The Washington Post. According to the Post, it was shut.", ["The Washington Post"] * 2),
        ("A guard told The Wall Street Journal. It was shut, the Journal reported.", ["The Wall Street Journal"] * 2),
        ("A guard told The Wall Street Journal. The Journal also reported it.", ["The Wall Street Journal"] * 2),
        ("A guard told the Dunmore Gazette. It was shut, the Gazette reported.", ["Dunmore Gazette"] * 2),
        ("A guard told the Boston Globe. It was shut, the Globe reported.", ["The Boston Globe"] * 2),
    ],
)
def test_a_short_name_means_the_paper_that_the_text_has_named(body: str, expected: list[str]) -> None:
    assert [source for source, _ in cited(body, publisher="Vale Echo", publisher_id="vale.example")] == expected


@pytest.mark.parametrize(
    "body",
    [
        "A guard told The Times that it was shut.",
        "The gate was shut, the Post reported. It stands before The Washington Post.",
        "The New York Times and the Los Angeles Times sent people. A guard told The Times it was shut.",
        "The New York Times sent people, and so did the Vale Evening Times. A guard told The Times it was shut.",
        "The Washington Post sent people. The gate of the Post Office was shut, told of in the Post Office.",
        "The Wall Street Journal sent people, the Journal of Gates did too. A guard told the Journal it was shut.",
        "Staff of the Financial Times came. A guard told The Times it was shut.",
        "The New York Times sent people. They stood at Times Square.",
    ],
)
def test_a_short_name_of_none_or_of_two_papers_means_nobody(body: str) -> None:
    assert cited(body) == []


@pytest.mark.parametrize(
    ("full", "short", "name"),
    [
        ("the Dunmore Times Free Press", "the Times Free Press", "Dunmore Times Free Press"),
        ("the Dunmore American-Statesman", "the American-Statesman", "Dunmore American-Statesman"),
        ("The Dallas Morning News", "the Morning News", "The Dallas Morning News"),
        ("KXQZ", "KXQZ-TV", "KXQZ"),
        ("KXQZ-TV", "KXQZ", "KXQZ"),
        ("KXQZ-TV", "KXQZ-TV", "KXQZ-TV"),
    ],
)
def test_the_end_of_a_full_name_is_that_paper(full: str, short: str, name: str) -> None:
    found = cited(f"A guard told {full} it was shut. There is a leak, she told {short}.")
    assert found == [(name, "interview")] * 2


def test_the_end_of_two_full_names_is_neither() -> None:
    papers = "the Dunmore Times Free Press and the Ashford Times Free Press"
    found = cited(f"A guard told {papers} it was shut.\nThere is a leak, she told the Times Free Press.")
    assert found[-1] == ("Times Free Press", "interview")


def test_a_short_name_that_is_the_publishers_too_means_nobody() -> None:
    body = "The New York Times sent people. A guard told The Times it was shut."
    assert cited(body, publisher="Vale Times", publisher_id="valetimes.example") == []
    own = {"publisher": "The New York Times", "publisher_id": "nytimes.com", "url": "https://www.nytimes.com/x"}
    assert cited(body, **own) == [("The New York Times", "self")]


def test_a_short_name_of_the_paper_in_the_byline_is_itself() -> None:
    body = "The gate was shut. A guard told The Times that it would stay so."
    assert cited(body, byline="Maria Holt, Los Angeles Times") == [("Los Angeles Times", "self")]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("A guard told the Dunmore Gazette it was shut. The newspaper reported a leak.", 2),
        ("A guard told the Dunmore Gazette it was shut. There is a leak, she told the newspaper.", 2),
        ("A guard told the Dunmore Gazette it was shut. There is a leak, the paper said.", 2),
        ("A guard told the Dunmore Gazette and The Guardian it was shut. The newspaper reported a leak.", 2),
        ("The gate was shut. The newspaper reported a leak.", 0),
        ("A study was told of in the Dunmore Gazette. There is a leak, the paper said.", 0),
        ("A guard told the Dunmore Gazette it was shut.\nRain fell.\nIt was wet.\nThe newspaper reported a leak.", 1),
        ("A guard told the Dunmore Gazette it was shut. The paper mill told the paper mill of it.", 1),
    ],
)
def test_the_newspaper_is_the_one_paper_just_named(body: str, expected: int) -> None:
    assert len(cited(body)) == expected


@given(st.lists(SPAN, max_size=8), SPAN)
def test_spans_that_reach_into_another_are_those_of_a_plain_loop(
    spans: list[tuple[int, int]], asked: tuple[int, int]
) -> None:
    start, end = asked
    assert Spans(spans).reach_into(start, end) == any(low < end and start < high for low, high in spans)
    assert Spans(spans).last_end(start) == max((high for _, high in spans if high <= start), default=-1)
