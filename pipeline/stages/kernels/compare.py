"""Exact comparison of candidate pairs: shared shingles, how many of them are quoted, the longest shared run, shared figures.

The pairs come grouped by their left text. Its shingles go into one open-addressing table of positions, and the shingles of
each right text are looked up in it: no set is kept for any text, and nothing is sorted. Most shingles of most pairs are not
shared, and a processor is slow where it cannot foresee which: so a first pass without a branch picks out those that may
be, by a table of bytes, and only they are looked up. Meanwhile the text after the next is fetched from memory.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from pipeline.stages.kernels.bits import loop, prefetch

__all__ = ["GAPS", "PASSAGE", "RUNS", "SWAPPED", "SWAPS", "compare", "distinct_counts", "shared_values"]

#: Shingles in a run that is long enough to be a passage and no turn of phrase.
PASSAGE = 8

#: Words in the place of others that are few enough to fill a slot of a form, or to be an editor's choice.
SWAPPED = 8

#: Columns of what `compare` counts for each pair.
RUNS, GAPS, SWAPS = range(3)

_PLACES = np.uint32(8)  # bytes of the first pass for each slot of the table: of values not shared one in 64 passes
_LINE = 64 // 4  # values in a line of memory
_TOGETHER = 8  # values that are compared without a branch

# Shingles, and where those of each text begin and end among them; and the same of its quotations.
Lists = tuple[
    NDArray[np.uint32], NDArray[np.int64], NDArray[np.int64], NDArray[np.uint32], NDArray[np.int64], NDArray[np.int64]
]


# What is found: shared, longest and quoted, one a pair; begins, onsets, tails and counts, several a pair.
Found = tuple[
    NDArray[np.int64],
    NDArray[np.int64],
    NDArray[np.int64],
    NDArray[np.int64],
    NDArray[np.int64],
    NDArray[np.int64],
    NDArray[np.int64],
]


@numba.njit(nogil=True, cache=True, inline="always")
def _find(
    table: NDArray[np.int32], mask: np.uint32, values: NDArray[np.uint32], first: int, value: np.uint32
) -> tuple[np.uint32, int]:
    """Where `value` is in the table or would go: (slot, position of it in `values` less `first`, or -1).

    Shingles are hashes: their low bits are as good as any.
    """
    slot = value & mask
    while table[slot] >= 0 and values[np.uint64(first + table[slot])] != value:
        slot = (slot + np.uint32(1)) & mask
    return slot, table[slot]


@loop
def _mask(size: int) -> np.uint32:
    """The mask of a table at most an eighth full with so many entries: a value that is not there nearly always meets an
    empty place, which is what the processor bets on."""
    slots = 16
    while slots < 8 * size:
        slots *= 2
    return np.uint32(slots - 1)


@loop
def _wide(mask: np.uint32) -> np.uint32:
    """The mask of the bytes of the first pass, of that of the table."""
    return np.uint32(_PLACES * (mask + np.uint32(1)) - np.uint32(1))


@loop
def _mark(quotes: NDArray[np.uint32], first: int, last: int, size: int, marks: NDArray[np.bool_]) -> None:
    """Marks which of `size` shingles stand in the ranges [begin, end) that quotes[first:last] has in turn."""
    marks[:size] = False
    for at in range(first, last, 2):
        marks[quotes[at] : quotes[at + 1]] = True


@loop
def _covered(quotes: NDArray[np.uint32], first: int, last: int, begin: int, end: int) -> int:
    """How many of the shingles [begin, end) stand in the ranges that quotes[first:last] has in turn."""
    count = 0
    for at in range(first, last, 2):
        count += max(0, min(int(quotes[at + 1]), end) - max(int(quotes[at]), begin))
    return count


@loop
def _alike(values: NDArray[np.uint32], one: int, other: int, most: int) -> int:
    """How many values from `one` on are those from `other` on, `most` of them looked at: eight at a time, then each."""
    run = 0
    while run + _TOGETHER <= most:
        differ = np.uint32(0)
        for k in range(_TOGETHER):
            differ |= values[np.uint64(one + run + k)] ^ values[np.uint64(other + run + k)]
        if differ:
            break
        run += _TOGETHER
    while run < most and values[np.uint64(one + run)] == values[np.uint64(other + run)]:
        run += 1
    return run


@numba.njit(nogil=True, cache=True, inline="always")
def _are_swapped(one: int, other: int) -> bool:
    """Whether so many words of one list stand for so many of the other, and both are few."""
    return 0 < one <= SWAPPED and 0 < other <= SWAPPED


@numba.njit(nogil=True, cache=True)
def _largest(begins: NDArray[np.int64], ends: NDArray[np.int64], rows: NDArray[np.int64]) -> int:
    """The size of the largest of the lists `rows`."""
    most = 0
    for row in rows:
        most = max(most, ends[row] - begins[row])
    return most


@numba.njit(nogil=True, cache=True)
def distinct_counts(
    values: NDArray[np.uint32],
    firsts: NDArray[np.int64],
    lasts: NDArray[np.int64],
    quotes: NDArray[np.uint32],
    quote_firsts: NDArray[np.int64],
    quote_lasts: NDArray[np.int64],
    rows: NDArray[np.int64],
    out: NDArray[np.int64],
) -> None:
    """How many distinct values each of the lists `rows`, values[firsts[row]:lasts[row]], holds, to out[row, 0], and how many of
    them stand first outside of the ranges of its `quotes`, to out[row, 1]."""
    most = _largest(firsts, lasts, rows)
    table, quoted = np.empty(np.int64(_mask(most)) + 1, np.int32), np.empty(most, np.bool_)
    _distinct_counts((values, firsts, lasts, quotes, quote_firsts, quote_lasts), rows, out, table, quoted)


@loop
def _distinct_counts(
    lists: Lists,
    rows: NDArray[np.int64],
    out: NDArray[np.int64],
    table: NDArray[np.int32],
    quoted: NDArray[np.bool_],
) -> None:
    values, firsts, lasts, quotes, quote_firsts, quote_lasts = lists
    for row in rows:
        first, last = firsts[row], lasts[row]
        mask = _mask(last - first)
        table[: np.int64(mask) + 1] = -1
        _mark(quotes, quote_firsts[row], quote_lasts[row], last - first, quoted)
        count, narrated = 0, 0
        for i in range(last - first):
            slot, at = _find(table, mask, values, first, values[first + i])
            if at < 0:
                table[slot] = i
                count += 1
                narrated += not quoted[i]
        out[row, 0], out[row, 1] = count, narrated


@numba.njit(nogil=True, cache=True)
def compare(
    values: NDArray[np.uint32],
    firsts: NDArray[np.int64],
    lasts: NDArray[np.int64],
    quotes: NDArray[np.uint32],
    quote_firsts: NDArray[np.int64],
    quote_lasts: NDArray[np.int64],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    distinct: NDArray[np.int64],
    shared: NDArray[np.int64],
    longest: NDArray[np.int64],
    begins: NDArray[np.int64],
    onsets: NDArray[np.int64],
    tails: NDArray[np.int64],
    quoted: NDArray[np.int64],
    counts: NDArray[np.int64],
    width: int,
) -> None:
    """For each pair the number of distinct values that both lists hold, and the longest run of values that stand one
    after another in both: its length, and to begins[pair] where it begins in the left and in the right list. To
    onsets[pair] goes where the first passage that both share begins in each: a run of `PASSAGE` values, or the longest
    where none is so long; to tails[pair] how many values stand behind the last one. To quoted[pair] goes how many of the shared
    ones stand in quotation marks, in the list where more of them do: marks are lost on the way from one page to another.

    To counts[pair], in the columns named above: the runs, the gaps before, between and behind them, and those gaps in which a
    few words (1 to `SWAPPED`) of the one list stand for a few of the other. A value is `width` words long, so two runs that one
    word of a list parts are `width` values apart in it.

    `left` is grouped, and `distinct` is what `distinct_counts` gives. For [1, 2, 3, 4, 2] and [9, 2, 3, 4, 1] that is 4
    shared, and the longest run is 3 (2 3 4), which begins at 1 in both. A run is followed from the first place a value has in
    the left list, so in a text that repeats itself it is a lower bound. Of runs as long the first in the right list counts.
    """
    most, most_right = _largest(firsts, lasts, left), _largest(firsts, lasts, right)
    table = np.empty(np.int64(_mask(most)) + 1, np.int32)
    may = np.empty(np.int64(_wide(_mask(most))) + 1, np.bool_)  # by low bits: whether the left list may have a value
    hits = np.empty(most_right + 1, np.int32)  # positions in the right list of values that may be in the left one
    seen = np.empty(most, np.int64)  # by position in the left list: the last pair that met it
    places = np.empty(most, np.int32)  # by position in the left list: the first one that has its value
    in_left = np.empty(most, np.bool_)  # by position in the left list: whether it is quoted
    in_right = np.empty(most_right, np.bool_)
    lists = (values, firsts, lasts, quotes, quote_firsts, quote_lasts)
    sides, found = (left, right), (shared, longest, quoted, begins, onsets, tails, counts)
    _compare(lists, distinct, sides, found, width, table, may, hits, seen, places, in_left, in_right)


@loop
def _compare(
    lists: Lists,
    distinct: NDArray[np.int64],
    sides: tuple[NDArray[np.int64], NDArray[np.int64]],
    found: Found,
    width: int,
    table: NDArray[np.int32],
    may: NDArray[np.bool_],
    hits: NDArray[np.int32],
    seen: NDArray[np.int64],
    places: NDArray[np.int32],
    in_left: NDArray[np.bool_],
    in_right: NDArray[np.bool_],
) -> None:
    values, firsts, lasts, quotes, quote_firsts, quote_lasts = lists
    left, right = sides
    shared, longest, quoted, begins, onsets, tails, counts = found
    mask = wide = np.uint32(0)
    for pair in range(left.size):
        if pair + 2 < left.size:
            for at in range(firsts[right[pair + 2]], lasts[right[pair + 2]], _LINE):
                prefetch(values, at)
        first = firsts[left[pair]]
        size = lasts[left[pair]] - first
        if pair == 0 or left[pair] != left[pair - 1]:
            mask = _mask(size)
            wide = _wide(mask)
            _mark(quotes, quote_firsts[left[pair]], quote_lasts[left[pair]], size, in_left)
            table[: np.int64(mask) + 1] = -1
            may[: np.int64(wide) + 1] = False
            seen[:size] = -1
            for i in range(size):
                value = values[np.uint64(first + i)]
                slot, at = _find(table, mask, values, first, value)
                if at < 0:
                    table[slot] = i
                places[i] = table[slot]
                may[value & wide] = True
        begin, size_right = firsts[right[pair]], lasts[right[pair]] - firsts[right[pair]]
        # Where no value comes twice in its list, what is shared is the sum of the runs.
        is_plain = distinct[left[pair], 0] == size and distinct[right[pair], 0] == size_right
        if not is_plain:
            _mark(quotes, quote_firsts[right[pair]], quote_lasts[right[pair]], size_right, in_right)
        count, quoted_left, quoted_right = 0, 0, 0
        best, best_left, best_right = 0, 0, 0
        onset_left, onset_right = size, np.int64(-1)
        last_left, last_right = 0, 0
        runs, gaps, swaps, end_left, joint = 0, 0, 0, 0, 0
        n_hits = 0
        for j in range(size_right):
            hits[n_hits] = j  # stays if the next one does not take its place
            n_hits += may[values[np.uint64(begin + j)] & wide]
        end = 0  # of the run before
        for hit in range(n_hits):
            j = np.int64(hits[hit])
            if j < end:
                continue
            _, at = _find(table, mask, values, first, values[begin + j])
            if at < 0:
                continue
            run, most = 0, min(size - at, size_right - j)
            if is_plain:
                run = _alike(values, first + at, begin + j, most)
                count += run
                quoted_left += _covered(quotes, quote_firsts[left[pair]], quote_lasts[left[pair]], at, at + run)
                quoted_right += _covered(quotes, quote_firsts[right[pair]], quote_lasts[right[pair]], j, j + run)
            while (
                not is_plain
                and run < most
                and (values[np.uint64(first + at + run)] == values[np.uint64(begin + j + run)])
            ):
                place = np.uint64(places[np.uint64(at + run)])
                if seen[place] != pair:
                    seen[place] = pair
                    count += 1
                    quoted_left += in_left[place]
                    quoted_right += in_right[np.uint64(j + run)]
                run += 1
            if run >= PASSAGE:
                onset_left = min(onset_left, at)
                onset_right = j if onset_right < 0 else onset_right
                last_left, last_right = max(last_left, at + run), j + run
            if run > best:
                best, best_left, best_right = run, at, j
            gaps += at + j > 0
            swaps += _are_swapped(at - end_left - joint, j - end - joint)
            runs, joint = runs + 1, width - 1
            end_left, end = at + run, j + run
        shared[pair] = count
        longest[pair] = best
        quoted[pair] = max(quoted_left, quoted_right)
        begins[pair, 0], begins[pair, 1] = best_left, best_right
        if onset_right < 0:
            onset_left, onset_right = best_left, best_right
            last_left, last_right = best_left + best, best_right + best
        onsets[pair, 0], onsets[pair, 1] = onset_left, onset_right
        tails[pair, 0], tails[pair, 1] = size - last_left, size_right - last_right
        counts[pair, RUNS] = runs
        counts[pair, GAPS] = gaps + (size > end_left or size_right > end)
        counts[pair, SWAPS] = swaps + _are_swapped(size - end_left, size_right - end)


@numba.njit(nogil=True, cache=True)
def shared_values(
    values: NDArray[np.uint32],
    firsts: NDArray[np.int64],
    lasts: NDArray[np.int64],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    out: NDArray[np.int64],
) -> None:
    """How many values both of two sorted, distinct lists hold, for each pair."""
    for pair in range(left.size):
        i, i_end = firsts[left[pair]], lasts[left[pair]]
        j, j_end = firsts[right[pair]], lasts[right[pair]]
        count = 0
        while i < i_end and j < j_end:
            one, other = values[np.uint64(i)], values[np.uint64(j)]
            count += one == other  # without a branch: which of them is less nobody can foresee
            i += one <= other
            j += other <= one
        out[pair] = count
