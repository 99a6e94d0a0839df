"""Many words found in one pass, by an automaton that is small until there is much to look through."""

from __future__ import annotations

from collections.abc import Sequence

from ahocorasick_rs import BytesAhoCorasick, Implementation

__all__ = ["Finder"]


class Finder:
    """Finds `words`, in UTF-8, wherever they stand: they may overlap.

    `much`: bytes to look through, from which on it pays to have built the table (a DFA) that looks several times as fast. It
    takes long to build, and much memory.
    """

    def __init__(self, words: Sequence[str], *, much: int) -> None:
        self._words = [word.encode() for word in words]
        self._much, self._n_searched = much, 0
        self._automaton = self._built(Implementation.ContiguousNFA)

    def _built(self, implementation: Implementation) -> BytesAhoCorasick:
        return BytesAhoCorasick(self._words, implementation=implementation)

    def places(self, spelled: bytes | memoryview) -> list[tuple[int, int, int]]:
        """Number of the word, start and end of each one found, in bytes, by their end."""
        if self._n_searched <= self._much < self._n_searched + len(spelled):
            self._automaton = self._built(Implementation.DFA)
        self._n_searched += len(spelled)
        return self._automaton.find_matches_as_indexes(spelled, overlapping=True)
