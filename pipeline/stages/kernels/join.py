"""Joins by sorting: rows that share a value, found by sorting keys that carry the value high and the row low.

A key is `value << 32 | row`, uint64 (`kernels.in_common`), and rows are numbered in the order of their time. A *bucket* is a
stretch of equal values in the sorted keys (`buckets`). Turned round, each row goes through the buckets that it is in (`by_row`)
and counts whom it meets (`often_met`): pairs come out as left << 32 | right with left < right, each once.

Within a bucket each row looks back. As long as no more than `cap` rows lie within the window before it, it meets them all;
when there are more, it meets the *pivots* of the stretches of time that the window touches: the first few rows of each with
different contents. So what a row meets among those before it never depends on those that come after it, and a bucket of n
rows makes at most n * max(cap, 3 * pivots) pairs.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from pipeline.stages.kernels.bits import loop, prefetch

__all__ = [
    "MOST_ROWS",
    "buckets",
    "by_row",
    "disturb",
    "often_met",
    "windows",
]

_ROW = np.uint64(0xFFFFFFFF)
_VALUE = np.uint64(32)
_SLOTS = 3  # a window of two slots' length touches so many, the present one among them

#: Rows that `buckets` can tell apart: above them an entry has its marks.
MOST_ROWS = 1 << 29
_ENTRY = np.uint32(MOST_ROWS - 1)
_FIRST = np.uint32(1 << 29)  # of its bucket
_CROWDED = np.uint32(1 << 30)  # it meets pivots
_MEETS = np.uint32(1 << 31)  # it may meet somebody
_AHEAD = 8  # lists that are on their way to the caches while another is gone through


@loop
def windows(times: NDArray[np.int64], window: int, earliest: NDArray[np.uint32], slots: NDArray[np.uint32]) -> None:
    """Of each row the first within the window before it, and its slot of time: to `earliest` and `slots`, by row.

    `times` ascend, in the unit of `window`. A window touches a slot and the two before it; slots further from one another than
    that may have any numbers that are as far.
    """
    if times.size == 0:
        return
    length = window // 2 + 1
    since, number, slot = 0, np.uint32(_SLOTS), times[0] // length
    for row in range(times.size):
        while times[since] < times[row] - window:
            since += 1
        earliest[row] = since
        number += np.uint32(min(times[row] // length - slot, _SLOTS))
        slot = times[row] // length
        slots[row] = number


@loop
def _bucket_end(keys: NDArray[np.uint64], first: int) -> int:
    last = first + 1
    while last < keys.size and keys[np.uint64(last)] >> _VALUE == keys[np.uint64(first)] >> _VALUE:
        last += 1
    return last


@loop
def _row(keys: NDArray[np.uint64], place: int) -> np.uint64:
    return keys[np.uint64(place)] & _ROW


@loop
def _below(ascending: NDArray[np.integer], value: np.integer) -> int:
    """How many of the values are below another."""
    low, high = 0, ascending.size
    while low < high:
        middle = (low + high) >> 1
        if ascending[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low


@loop
def _offer(
    heads: NDArray[np.int64], n_heads: NDArray[np.int64], seen: NDArray[np.uint32], row: np.int64, slot: np.int64,
    contents: NDArray[np.int64],
) -> bool:  # fmt: skip
    """Make a row a pivot of its slot if there is room and none of its content. A slot's place is its number modulo three."""
    place = slot % _SLOTS
    if seen[place] != slot:
        seen[place] = slot
        n_heads[place] = 0
    if n_heads[place] == heads.shape[1]:
        return False
    for k in range(n_heads[place]):
        if contents[heads[place, k]] == contents[row]:
            return False
    heads[place, n_heads[place]] = row
    n_heads[place] += 1
    return True


@numba.njit(nogil=True, cache=True)
def buckets(
    keys: NDArray[np.uint64],
    earliest: NDArray[np.uint32],
    slots: NDArray[np.uint32],
    contents: NDArray[np.int64],
    fresh: NDArray[np.bool_],
    cap: int,
    pivots: int,
    out: NDArray[np.uint32],
    turns: NDArray[np.int64],
    turned: NDArray[np.uint32],
) -> tuple[int, int]:
    """The rows of each bucket of the sorted `keys`, one bucket behind the other, to `out`: what `often_met` looks back on.

    Those alone that may meet one that is `fresh`, and what decides whom those do. Besides its row an entry says whether it
    is the first of its bucket, whether it may meet any, and whether it meets pivots instead of those that stand before it.
    Whenever a bucket has other pivots, the place of the entry after which it does goes to `turns`, and those within its window
    to `turned`, uint32 (turns, 3 * pivots), filled up with `MOST_ROWS`. Gives how many entries and how many turns there are.
    `out` must hold as many as there are keys; when there are more turns than `turns` holds, those are not written.

    `earliest` and `slots` (see `windows`), `contents` and `fresh` are by row.
    """
    n, n_turns = 0, 0
    heads = np.empty((_SLOTS, pivots), np.int64)
    n_heads, seen = np.empty(_SLOTS, np.int64), np.empty(_SLOTS, np.uint32)
    last = 0
    while last < keys.size:
        first = last
        last = _bucket_end(keys, first)
        # Up to the last row that may meet one that is fresh, from the first that may be met, or is among what decides.
        end, begin = last, first
        while end > first and not fresh[_row(keys, end - 1)]:
            end -= 1
        if end == first or last - first == 1:
            continue
        latest = np.uint32(_row(keys, end - 1))
        while end < last and earliest[_row(keys, end)] <= latest:
            end += 1
        while not fresh[_row(keys, begin)]:
            begin += 1
        is_hot = last - first > cap + 1
        oldest = _row(keys, begin)
        from_row = np.uint64(_below(slots, slots[oldest] - np.uint32(2)) if is_hot else earliest[oldest])
        while begin > first and _row(keys, begin - 1) >= from_row:
            begin -= 1
        if end - begin == 1:
            continue
        seen[:] = 0
        since, latest_at = begin, -1  # the first row within the window, the last one that is fresh
        for j in range(begin, end):
            row = _row(keys, j)
            while _row(keys, since) < earliest[row]:
                since += 1
            entry = np.uint32(row)
            if j == begin:
                entry |= _FIRST
            if j - since > cap:
                entry |= _CROWDED | _MEETS
            elif j > since and (fresh[row] or latest_at >= since):
                entry |= _MEETS
            out[np.uint64(n)] = entry
            if is_hot and _offer(heads, n_heads, seen, np.int64(row), np.int64(slots[row]), contents):
                if n_turns < turns.size:
                    turns[n_turns] = n
                    k = 0
                    for place in range(_SLOTS):
                        for at in range(n_heads[place] if seen[place] + np.uint32(2) >= slots[row] else 0):
                            turned[n_turns, k] = np.uint32(heads[place, at])
                            k += 1
                    turned[n_turns, k:] = np.uint32(MOST_ROWS)
                n_turns += 1
            if fresh[row]:
                latest_at = j
            n += 1
    return n, n_turns


@numba.njit(nogil=True, cache=True)
def by_row(entries: NDArray[np.uint32], next_of: NDArray[np.int64], out: NDArray[np.uint32]) -> None:
    """The places of the entries of each row that may meet any, to `out`: those of a row r from next_of[r] on, which moves on.

    When `out` is empty nothing is written, and `next_of` counts them.
    """
    for at in range(entries.size):
        if entries[at] & _MEETS:
            row = np.int64(entries[at] & _ENTRY)
            if out.size:
                out[next_of[row]] = np.uint32(at)
            next_of[row] += 1


@loop
def _add(left: np.uint32, counts: NDArray[np.uint32], met: NDArray[np.uint32], n_met: int) -> int:
    """Count one more value in common with a row; who has one for the first time goes to `met`."""
    count = counts[left]
    met[n_met] = left  # stays if the next one does not take its place
    counts[left] = count + np.uint32(1)
    return n_met + (count == 0)


@loop
def often_met(
    rows: tuple[int, int],
    ends: NDArray[np.int64],
    places: NDArray[np.uint32],
    entries: NDArray[np.uint32],
    turns: NDArray[np.int64],
    turned: NDArray[np.uint32],
    earliest: NDArray[np.uint32],
    fresh: NDArray[np.bool_],
    at_least: int,
    counts: NDArray[np.uint32],
    met: NDArray[np.uint32],
    out: NDArray[np.uint64],
    found: NDArray[np.uint32],
) -> tuple[int, int]:
    """The pairs that have `at_least` so many values in common, and a row that is `fresh`, right row by right row, to `out`, and
    how many they have to `found`; of the rows [first, last).

    Who meets whom is counted where it arises: for one row after the other. `entries`, `turns` and `turned` are those of
    `buckets`, `places` those of `by_row`, up to ends[r] for row r. `counts` (of every row, all 0) and `met` (room for every
    row, and one) are scratch. Gives the row that is next and the number of pairs: before the last where `out`, which must hold
    as many as there are rows, is full.
    """
    n = 0
    right, last = rows
    while right < last:
        begin, n_met = earliest[right], 0
        first = ends[right - 1] if right else 0
        for at in range(first, ends[right]):
            if at + _AHEAD < places.size:
                prefetch(entries, np.int64(places[at + _AHEAD]) - _AHEAD)
            place = np.int64(places[at])
            if entries[place] & _CROWDED:
                turn = _below(turns, place) - 1  # the last before it, of which there is one
                for k in range(turned.shape[1]):  # those of slots that the window does not touch are older than it
                    left = turned[turn, k]
                    if left == MOST_ROWS:
                        break
                    if left >= begin and (fresh[left] or fresh[right]):
                        n_met = _add(left, counts, met, n_met)
                continue
            while not entries[place] & _FIRST:
                place -= 1
                left = entries[place] & _ENTRY
                if left < begin:
                    break
                if fresh[left] or fresh[right]:
                    n_met = _add(left, counts, met, n_met)
        is_full = n + n_met > out.size
        for k in range(n_met):
            left = met[k]
            if counts[left] >= at_least and not is_full:
                out[n] = np.uint64(left) << _VALUE | np.uint64(right)
                found[n] = counts[left]
                n += 1
            counts[left] = 0
        if is_full:
            break
        right += 1
    return right, n


@loop
def _staying(
    heads: NDArray[np.int64], n_heads: NDArray[np.int64], seen: NDArray[np.uint32], slot: np.int64, begin: np.uint32,
    was: NDArray[np.bool_], now: NDArray[np.bool_], out: NDArray[np.int64],
) -> int:  # fmt: skip
    """The pivots within the window that are there in both worlds, to `out`, slot by slot; returns how many."""
    n = 0
    for number in range(slot - _SLOTS + 1, slot + 1):
        place = number % _SLOTS
        if seen[place] != number:
            continue
        for k in range(n_heads[place]):
            row = heads[place, k]
            if row >= begin and was[row] and now[row]:
                out[n] = row
                n += 1
    return n


@numba.njit(nogil=True, cache=True)
def disturb(
    keys: NDArray[np.uint64],
    earliest: NDArray[np.uint32],
    slots: NDArray[np.uint32],
    contents: NDArray[np.int64],
    was: NDArray[np.bool_],
    now: NDArray[np.bool_],
    cap: int,
    pivots: int,
    out: NDArray[np.bool_],
) -> None:
    """Mark, in `out`, the rows that meet other rows of those that stay, now, than they did before.

    `was` and `now` say which rows there were and are; a row that was and is may look back on a bucket that has grown above
    the cap, or shrunk below it, or has other pivots. `earliest` and `slots` (see `windows`) and `contents` are by row.
    """
    heads_was, heads_now = np.empty((_SLOTS, pivots), np.int64), np.empty((_SLOTS, pivots), np.int64)
    n_was, n_now = np.empty(_SLOTS, np.int64), np.empty(_SLOTS, np.int64)
    seen_was, seen_now = np.empty(_SLOTS, np.uint32), np.empty(_SLOTS, np.uint32)
    met_was, met_now = np.empty(_SLOTS * pivots, np.int64), np.empty(_SLOTS * pivots, np.int64)
    last = 0
    while last < keys.size:
        first = last
        last = _bucket_end(keys, first)
        if last - first <= cap + 1:
            continue
        # From the first row that comes or goes on, as far as the last one may count; and what decides about those.
        begin, end = first, last
        while begin < last and was[_row(keys, begin)] == now[_row(keys, begin)]:
            begin += 1
        if begin == last:
            continue
        while was[_row(keys, end - 1)] == now[_row(keys, end - 1)]:
            end -= 1
        latest = slots[_row(keys, end - 1)] + np.uint32(2)
        while end < last and slots[_row(keys, end)] <= latest:
            end += 1
        from_row = np.uint64(_below(slots, slots[_row(keys, begin)] - np.uint32(2)))
        while begin > first and _row(keys, begin - 1) >= from_row:
            begin -= 1
        seen_was[:], seen_now[:] = 0, 0
        since, count_was, count_now = begin, 0, 0
        slot_of_other = np.int64(-1)  # the last slot in which the pivots of both worlds are not the same rows
        for j in range(begin, end):
            row = np.int64(_row(keys, j))
            slot = np.int64(slots[row])
            while _row(keys, since) < earliest[row]:
                count_was -= was[_row(keys, since)]
                count_now -= now[_row(keys, since)]
                since += 1
            if was[row] and now[row] and (count_was > cap or count_now > cap):
                if count_was > cap and count_now > cap:
                    if slot <= slot_of_other + _SLOTS - 1:
                        n = _staying(heads_was, n_was, seen_was, slot, earliest[row], was, now, met_was)
                        m = _staying(heads_now, n_now, seen_now, slot, earliest[row], was, now, met_now)
                        if n != m or not np.array_equal(met_was[:n], met_now[:m]):
                            out[row] = True
                else:
                    out[row] = True
            is_pivot_was = was[row] and _offer(heads_was, n_was, seen_was, row, slot, contents)
            is_pivot_now = now[row] and _offer(heads_now, n_now, seen_now, row, slot, contents)
            if is_pivot_was != is_pivot_now:
                slot_of_other = slot
            count_was += was[row]
            count_now += now[row]
