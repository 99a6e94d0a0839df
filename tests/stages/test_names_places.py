"""Names found where they may begin, beside what Python finds one place after the other."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages.kernels.names import SPARE, dictionary, places
from tests.strategies import few

LETTERS = "abAB1 -'é한"
NAMES = st.lists(st.text(LETTERS, min_size=1, max_size=12).filter(lambda name: name[0] != " "), max_size=9, unique=True)


def found(names: list[str], text: str) -> list[tuple[int, int, int]]:
    spelled = text.encode()
    data = np.frombuffer(spelled + b"a" * SPARE, np.uint8)  # what stands behind a text is none of it
    return [tuple(place) for place in places(data, len(spelled), dictionary(names)).tolist()]


def slowly(names: list[str], text: str) -> list[tuple[int, int, int]]:
    """From left to right the longest name at each place where one may begin, by bytes; one that ends amid a word hides none."""
    told, start = list[tuple[int, int, int]](), 0
    while start < len(text):
        before, first = text[:start][-1:], text[start]
        is_amid = before.isascii() and before.isalnum() and first.isascii() and first.isalnum()
        here = [] if is_amid else [number for number, name in enumerate(names) if text.startswith(name, start)]
        if here:
            best = max(here, key=lambda number: len(names[number].encode()))
            low = len(text[:start].encode())
            told.append((best, low, low + len(names[best].encode())))
        stop = start + len(names[told[-1][0]]) if here else start + 1
        last, behind = text[stop - 1 : stop], text[stop : stop + 1]
        is_part = last.isascii() and last.isalnum() and behind.isascii() and behind.isalnum()
        start = start + 1 if is_part else stop
    return told


@few(300)
@given(NAMES, st.data())
def test_the_longest_name_is_found_wherever_one_may_begin(names: list[str], data: st.DataObject) -> None:
    piece = st.text(LETTERS, max_size=8) | st.sampled_from(names or [""]) | st.just("x" * 61)
    text = "".join(data.draw(st.lists(piece, max_size=12)))
    assert found(names, text) == slowly(names, text)


def test_names_alike_in_their_first_bytes_and_names_across_blocks() -> None:
    names = ["The Times", "The Times of India", "The T", "The", "T", "-TV", "연합뉴스"]
    assert found(names, "The Times of Indiana, The Tin, Them, T") == [
        (1, 0, 18),
        (4, 4, 5),
        (2, 22, 27),
        (4, 26, 27),
        (3, 31, 34),
        (4, 37, 38),
    ]
    assert found(["the Sun", "Sunday Times"], "the Sunday Times") == [(0, 0, 7), (1, 4, 16)]
    assert found(names, "NBC-TV XTV 5연합뉴스가") == [(5, 3, 6), (6, 12, 24)]
    for shift in range(130):
        assert found(names, "x" * shift + " The Times of India") == [(1, shift + 1, shift + 19)]


def test_more_names_than_were_made_room_for() -> None:
    assert len(found(["a"], "a " * 9_000)) == 9_000
