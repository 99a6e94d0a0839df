"""The lines of many texts, in one compiled pass over their narrowed form (`literals.narrow`)."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from pipeline.stages.kernels.literals import BREAK, UNSEEN

__all__ = ["EDGES", "split"]

_SPACE, _QUOTE, _APOSTROPHE, _ZERO, _NINE = 0x20, 0x22, 0x27, 0x30, 0x39
_SEPARATOR = 0x1F  # white space to Python, and the only one that stays within a line
_BREAKS = frozenset({0x0A, 0x0B, 0x0C, 0x0D, 0x1C, 0x1D, 0x1E, BREAK})

#: By code: 2 for what ends a line, 1 for what else is cut from the ends of one, 0 for all others.
EDGES = np.array([2 if code in _BREAKS else code in (_SPACE, _SEPARATOR, UNSEEN) for code in range(256)], np.uint8)


@numba.njit(nogil=True, cache=True)
def split(
    text: NDArray[np.uint8],
    starts: NDArray[np.int64],
    edges: NDArray[np.uint8],
    begins: NDArray[np.uint16],
    heads: NDArray[np.uint16],
    ends: NDArray[np.uint16],
    reach: int,
    spans: NDArray[np.int64],
    words: NDArray[np.int32],
    kinds: NDArray[np.uint16],
    firsts: NDArray[np.int64],
    uneven: NDArray[np.uint8],
    digit: int,
) -> int:
    """The lines that hold anything, without what is cut from their ends: where in `text` to `spans` (capacity, 2).

    `words`: of each line, told by its spaces, a gap of two or three as two words. `kinds`: the bits that `begins` has for
    the codes of its first two characters (the first times 256), `heads` for those of its first `reach` and `ends` for that of
    its last, or of the one before a closing quotation mark; and `digit`, if it has any of 0 to 9. `firsts`: the first line of
    each text, (n + 1,). `uneven`: (n,), 0 for a text in whose lines nothing but single spaces stands between words. The
    capacity that is sure to do: half the length of all texts, and one for each. Returns how many there are. `text` needs a
    byte beyond its end.
    """
    n = 0
    for number in range(starts.size - 1):
        firsts[number], uneven[number] = n, 0
        at, end = np.uint64(starts[number]), np.uint64(starts[number + 1])
        while at < end:
            low = at
            while at < end and edges[text[at]] != 2:
                at += np.uint64(1)
            high = at
            at += np.uint64(1)
            while low < high and edges[text[low]]:
                low += np.uint64(1)
            while low < high and edges[text[high - np.uint64(1)]]:
                high -= np.uint64(1)
            if low < high:
                spans[n, 0], spans[n, 1] = low, high
                gaps, is_even, has_digit = _gaps(text, low, high)
                words[n] = gaps + 1
                uneven[number] |= not is_even
                last = high - np.uint64(1)
                if last > low and (text[last] == _QUOTE or text[last] == _APOSTROPHE):
                    last -= np.uint64(1)
                two = np.uint64(text[low]) << np.uint64(8) | np.uint64(text[low + np.uint64(1)])
                kinds[n] = begins[two] | ends[text[last]] | np.uint16(digit * has_digit)
                for i in range(low, min(high, low + np.uint64(reach))):
                    kinds[n] |= heads[text[i]]
                n += 1
    firsts[starts.size - 1] = n
    return n


@numba.njit(nogil=True, cache=True, inline="always")
def _gaps(text: NDArray[np.uint8], low: np.uint64, high: np.uint64) -> tuple[int, bool, bool]:
    """How many gaps a line has, as `text.count(" ") - text.count("  ")` counts them, whether all are single spaces, and
    whether it has a digit."""
    spaces, others, digits = 0, 0, 0
    for i in range(low, high - np.uint64(1)):  # without a branch: the compiler does many bytes at a time
        spaces += text[i] == _SPACE
        others += (text[i] == _SPACE) & (text[i + np.uint64(1)] == _SPACE) | (text[i] == _SEPARATOR)
        digits += (text[i] >= _ZERO) & (text[i] <= _NINE)
    last = text[high - np.uint64(1)]
    has_digit = digits > 0 or _ZERO <= last <= _NINE
    if not others:
        return spaces, True, has_digit
    spaces, run = 0, 0
    for i in range(low, high):
        run = run + 1 if text[i] == _SPACE else 0
        spaces += run & 1  # a run of n spaces is n - n // 2 gaps
    return spaces, False, has_digit
