"""Where names, call signs and the cues of rules stand in the bodies of a batch: one pass over all bodies at once for each.

The bodies are laid end to end in UTF-8, each behind a line break. Much of what begins like a name is a longer word (`AP` in
`APRIL`), which the byte behind it tells: a body in which nothing else stands is never decoded.
"""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.stages.kernels import arrays
from pipeline.stages.trace.cues import CAPITAL, Cue, automaton, cues
from pipeline.stages.trace.names import Hit, Names

__all__ = ["TAIL_PARAGRAPHS", "Found", "Scan", "scan"]

TAIL_PARAGRAPHS = 12  # of a story's end in which cues are looked for; related links may follow a tail

_BREAK = ord("\n")
_IS_WORD = np.array([code < 0x80 and chr(code).isalnum() for code in range(256)])
_IS_CAPITAL = np.array([chr(code) in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" for code in range(256)])
_IS_BEFORE_CALL = np.array([chr(code) in ' \n"' for code in range(256)])


class Found(NamedTuple):
    """What stands in a body, offsets in code points.

    `hits`: the names, in their order. `calls`: where words begin that may be the call sign of a US station. `cues`: those
    in the last paragraphs.
    """

    body: str
    hits: list[Hit]
    calls: list[int]
    cues: list[Cue]


class _Places(NamedTuple):
    """Places in the bodies of a batch, and which pattern each is of: those of body `i` are `low[firsts[i]:firsts[i + 1]]`."""

    kinds: list[int]
    low: list[int]
    firsts: list[int]

    @classmethod
    def group(cls, kinds: NDArray[np.int64], low: NDArray[np.int64], starts: NDArray[np.int64]) -> _Places:
        """From places in ascending order; body `i` begins behind the break at `starts[i]`."""
        return cls(kinds.tolist(), low.tolist(), np.searchsorted(low, starts).tolist())

    def of(self, body: int) -> tuple[list[int], list[int]]:
        """Kinds and places of those in a body."""
        first, last = self.firsts[body], self.firsts[body + 1]
        return self.kinds[first:last], self.low[first:last]


class Scan(NamedTuple):
    """The bodies of a batch, scanned. Body `i` is `data[starts[i] + 1:starts[i + 1]]`."""

    data: memoryview
    starts: list[int]
    names: _Places
    calls: _Places
    cues: _Places

    def has_any(self) -> NDArray[np.bool_]:
        """In which bodies anything may stand."""
        counts = sum(np.diff(places.firsts) for places in (self.names, self.calls, self.cues))
        return np.asarray(counts) > 0

    def found(self, number: int, names: Names) -> Found:
        """What stands in one body."""
        first, last = self.starts[number] + 1, self.starts[number + 1]
        body = str(self.data[first:last], "utf-8")

        def points(places: list[int]) -> list[int]:  # ascending
            if body.isascii():
                return [place - first for place in places]
            pieces = itertools.pairwise([first, *places])
            return list(itertools.accumulate(len(str(self.data[low:high], "utf-8")) for low, high in pieces))

        (aliases, low), (rules, ends) = self.names.of(number), self.cues.of(number)
        hits = names.standing(body, zip(aliases, points(low), strict=True))
        calls = points(self.calls.of(number)[1])
        if CAPITAL in rules:  # the small letters are not those of the automaton's text
            tail = "\n".join(body.rsplit("\n", TAIL_PARAGRAPHS)[-TAIL_PARAGRAPHS:])
            return Found(body, hits, calls, cues(body, len(body) - len(tail)))
        return Found(body, hits, calls, [(end - 1, rule) for end, rule in zip(points(ends), rules, strict=True)])


def scan(bodies: pa.ChunkedArray, names: Names) -> Scan:
    """The bodies (large strings), scanned."""
    from pipeline.stages.kernels.names import SPARE

    nothing, before = (pa.scalar(text, pa.large_string()) for text in ("", "\n"))
    data, starts = arrays.texts(pc.binary_join_element_wise(nothing, bodies.combine_chunks(), before))
    data = np.append(data[: starts[-1]], np.full(1 + SPARE, _BREAK, np.uint8))  # one behind the last body, too
    found = _names(data, starts, names)
    data = data[:-SPARE]
    return Scan(data.data, starts.tolist(), found, _calls(data, starts), _cues(data, starts))


def _names(data: NDArray[np.uint8], starts: NDArray[np.int64], names: Names) -> _Places:
    alias, low, high = names.places(data, int(starts[-1])).T
    may_stand = ~(_IS_WORD[data[high]] & names.never_before[alias])
    return _Places.group(alias[may_stand], low[may_stand], starts)


def _calls(data: NDArray[np.uint8], starts: NDArray[np.int64]) -> _Places:
    """A K or W and another capital behind a blank or quote, but for the first word of a body."""
    low = np.sort(np.concatenate([np.flatnonzero(data == letter) for letter in b"KW"]))
    low = low[_IS_BEFORE_CALL[data[low - 1]] & _IS_CAPITAL[data[low + 1]]]
    low = low[~arrays.is_in(low - 1, starts)]
    return _Places.group(np.zeros(len(low), np.int64), low, starts)


def _cues(data: NDArray[np.uint8], starts: NDArray[np.int64]) -> _Places:
    """In the last paragraphs of each body, in lower case as far as it is ASCII, each behind its line break."""
    breaks = np.flatnonzero(data == _BREAK)
    first, last = np.searchsorted(breaks, starts[:-1]), np.searchsorted(breaks, starts[1:])
    low = breaks[np.maximum(first, last - TAIL_PARAGRAPHS)]
    view, (finder, rule_of) = data.data, automaton()
    tails = b"".join([view[start:end] for start, end in zip(low.tolist(), starts[1:].tolist(), strict=True)]).lower()
    tail_starts = arrays.offsets(starts[1:] - low)
    kind, start, end = _columns(finder.places(tails))
    body = np.searchsorted(tail_starts, start, side="right") - 1
    return _Places.group(np.array(rule_of)[kind], end - tail_starts[body] + low[body], starts + 1)


def _columns(found: list[tuple[int, int, int]]) -> tuple[NDArray[np.int64], ...]:
    """Pattern, start and end of what an automaton has found."""
    return tuple(np.fromiter(itertools.chain.from_iterable(found), np.int64, 3 * len(found)).reshape(-1, 3).T)
