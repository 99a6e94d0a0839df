"""Words found by the automaton, beside what Python's own search finds; small or large, it finds the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages.trace.finder import Finder

LETTERS = "ab é한"
WORDS = st.lists(st.text(LETTERS, min_size=1, max_size=4), min_size=1, max_size=8, unique=True)


def everywhere(words: list[bytes], text: bytes) -> set[tuple[int, int, int]]:
    return {
        (number, start, start + len(word))
        for number, word in enumerate(words)
        for start in range(len(text))
        if text.startswith(word, start)
    }


@given(WORDS, st.lists(st.text(LETTERS, max_size=30), min_size=1, max_size=4), st.sampled_from([0, 5, 40, 1 << 20]))
def test_finds_what_is_there_before_and_after_it_grows(words: list[str], texts: list[str], much: int) -> None:
    spelled = [word.encode() for word in words]
    finder = Finder(words, much=much)
    for text in texts:
        data = text.encode()
        assert set(finder.places(data)) == everywhere(spelled, data)


def test_grows_once_there_is_much_to_look_through() -> None:
    finder = Finder(["a"], much=10)
    small = finder._automaton
    finder.places(b"b" * 10)
    assert finder._automaton is small
    finder.places(b"b")
    grown = finder._automaton
    assert grown is not small
    finder.places(b"b" * 100)
    assert finder._automaton is grown
