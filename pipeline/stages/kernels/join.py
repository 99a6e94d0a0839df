"""Joins by sorting: rows that share a value, found by sorting keys that carry the value high and the row low.

A key is `value << 32 | row`, uint64: the value is a 32-bit hash, of an LSH band or a shingle, and rows are numbered in the
order of their time. A *bucket* is a stretch of equal values in the sorted keys (`buckets`). Turned round, each row goes through
the buckets that it is in (`by_row`) and counts whom it meets (`often_met`): pairs come out as left << 32 | right with
left < right, each once.

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
from pipeline.stages.kernels.shingle import fmix32

__all__ = [
    "MOST_ROWS",
    "band_values",
    "buckets",
    "by_row",
    "disturb",
    "list_keys",
    "often_met",
    "sampled_values",
    "touching",
]

_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xFF51AFD7ED558CCD)
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


@numba.njit(nogil=True, cache=True)
def band_values(signature: NDArray[np.uint32], rows: int, out: NDArray[np.uint32]) -> None:
    """Hash of each band: `out` (texts, bands) from `signature` (texts, permutations), `rows` columns a band."""
    for i in range(out.shape[0]):
        for band in range(out.shape[1]):
            h = np.uint64(band * rows + 1)
            for k in range(band * rows, (band + 1) * rows):
                h = (h ^ np.uint64(signature[i, k])) * _STEP
                h ^= h >> _VALUE
            out[i, band] = np.uint32((h * _MIX) >> _VALUE)


@numba.njit(nogil=True, cache=True)
def sampled_values(
    shingles: NDArray[np.uint32],
    offsets: NDArray[np.int64],
    one_in: int,
    out: NDArray[np.uint32],
    counts: NDArray[np.int64],
) -> int:
    """One shingle in `one_in`, chosen by its hash and so the same in every text, to `out`; `counts` of each text.

    `out` must hold every shingle. A shingle that a text repeats comes as often. Returns how many there are in all.
    """
    n = 0
    limit = np.uint32(0xFFFFFFFF // one_in)
    for i in range(offsets.size - 1):
        first = n
        for j in range(offsets[i], offsets[i + 1]):
            value = shingles[np.uint64(j)]
            out[np.uint64(n)] = value  # stays if the next one does not take its place
            n += fmix32(value) <= limit
        counts[i] = n - first
    return n


@numba.njit(nogil=True, cache=True, inline="always")
def _bit(value: np.uint32, bits: NDArray[np.uint64]) -> np.uint64:
    """The place of a value in a Bloom filter of one hash, of a length that is a power of two."""
    return ((np.uint64(value) * _STEP) >> _VALUE) & np.uint64(bits.size * 64 - 1)


@numba.njit(nogil=True, cache=True, inline="always")
def _mark(value: np.uint32, bits: NDArray[np.uint64]) -> None:
    place = _bit(value, bits)
    bits[place >> np.uint64(6)] |= np.uint64(1) << (place & np.uint64(63))


@numba.njit(nogil=True, cache=True, inline="always")
def _is_marked(value: np.uint32, bits: NDArray[np.uint64]) -> bool:
    place = _bit(value, bits)
    return bits[place >> np.uint64(6)] >> (place & np.uint64(63)) & np.uint64(1) != 0


@numba.njit(nogil=True, cache=True)
def touching(
    values: NDArray[np.uint32], wanted: NDArray[np.uint32], bits: NDArray[np.uint64], out: NDArray[np.int64]
) -> int:
    """Places of `values` that may be among `wanted`, to `out`; returns how many.

    `bits`, of a length that is a power of two, is scratch: a Bloom filter of one hash. None is missed; few others come along.
    """
    bits[:] = 0
    for value in wanted:
        _mark(value, bits)
    n = 0
    for i in range(values.size):
        if _is_marked(values[i], bits):
            out[n] = i
            n += 1
    return n


@numba.njit(nogil=True, cache=True)
def list_keys(
    values: NDArray[np.uint32],
    offsets: NDArray[np.int64],
    at: NDArray[np.int64],
    rows: NDArray[np.int64],
    fresh: NDArray[np.bool_],
    least: np.uint32,
    most: np.uint32,
    bits: NDArray[np.uint64],
    out: NDArray[np.uint64],
) -> int:
    """The keys of the values in [least, most] of `rows`, those of row r the list number at[r], to `out`; returns how many.

    Those alone that may be among the values of a `fresh` row, by a filter in `bits` as in `touching`, unless that is empty.
    `out` must hold all values.
    """
    bits[:] = 0
    for row in rows if bits.size else rows[:0]:
        if fresh[row]:
            for k in range(offsets[at[row]], offsets[at[row] + 1]):
                if least <= values[k] <= most:
                    _mark(values[k], bits)
    n = 0
    for row in rows:
        for k in range(offsets[at[row]], offsets[at[row] + 1]):
            value = values[np.uint64(k)]
            if least <= value <= most and (not bits.size or _is_marked(value, bits)):
                out[n] = np.uint64(value) << _VALUE | np.uint64(row)
                n += 1
    return n


@numba.njit(nogil=True, cache=True)
def _bucket_end(keys: NDArray[np.uint64], first: int) -> int:
    last = first + 1
    while last < keys.size and keys[last] >> _VALUE == keys[first] >> _VALUE:
        last += 1
    return last


@numba.njit(nogil=True, cache=True)
def _is_any(keys: NDArray[np.uint64], first: int, last: int, chosen: NDArray[np.bool_]) -> bool:
    """Whether any row of a bucket is one of the chosen."""
    found = False
    for j in range(first, last):
        found |= chosen[np.int64(keys[j] & _ROW)]
    return found


@numba.njit(nogil=True, cache=True)
def _offer(
    heads: NDArray[np.int64], n_heads: NDArray[np.int64], slots: NDArray[np.int64], row: np.int64, slot: int, content: int,
    contents: NDArray[np.int64],
) -> bool:  # fmt: skip
    """Make a row a pivot of its slot if there is room and none of its content. A slot's place is its number modulo three."""
    place = slot % _SLOTS
    if slots[place] != slot:
        slots[place] = slot
        n_heads[place] = 0
    if n_heads[place] == heads.shape[1]:
        return False
    for k in range(n_heads[place]):
        if contents[heads[place, k]] == content:
            return False
    heads[place, n_heads[place]] = row
    n_heads[place] += 1
    return True


@numba.njit(nogil=True, cache=True)
def buckets(
    keys: NDArray[np.uint64],
    times: NDArray[np.int64],
    contents: NDArray[np.int64],
    fresh: NDArray[np.bool_],
    window: int,
    cap: int,
    pivots: int,
    out: NDArray[np.uint32],
    turns: NDArray[np.int64],
    turned: NDArray[np.uint32],
) -> tuple[int, int]:
    """The rows of each bucket of the sorted `keys`, one bucket behind the other, to `out`: what `often_met` looks back on.

    Those buckets alone in which somebody meets somebody and one of them is `fresh`. Besides its row an entry says whether it
    is the first of its bucket, whether it may meet any, and whether it meets pivots instead of those that stand before it.
    Whenever a bucket has other pivots, the place of the entry after which it does goes to `turns`, and those within its window
    to `turned`, uint32 (turns, 3 * pivots), filled up with `MOST_ROWS`. Gives how many entries and how many turns there are;
    nothing is written when `out` is empty.

    `times` (int64 microseconds, ascending), `contents` (int64) and `fresh` are by row.
    """
    n, n_turns = 0, 0
    slot_length = window // 2 + 1
    heads = np.empty((_SLOTS, pivots), np.int64)
    n_heads, slots = np.empty(_SLOTS, np.int64), np.empty(_SLOTS, np.int64)
    first = 0
    while first < keys.size:
        last = _bucket_end(keys, first)
        if last - first == 1 or not _is_any(keys, first, last, fresh):
            first = last
            continue
        is_hot = last - first > cap + 1
        if is_hot:
            slots[:] = np.iinfo(np.int64).min
        since, latest = first, -1  # the first row within the window, the last one that is fresh
        for j in range(first, last):
            row = np.int64(keys[j] & _ROW)
            begin = times[row] - window
            while times[np.int64(keys[since] & _ROW)] < begin:
                since += 1
            entry = np.uint32(row)
            if j == first:
                entry |= _FIRST
            if j - since > cap:
                entry |= _CROWDED | _MEETS
            elif j > since and (fresh[row] or latest >= since):
                entry |= _MEETS
            if out.size:
                out[n] = entry
            slot = times[row] // slot_length if is_hot else 0
            if is_hot and _offer(heads, n_heads, slots, row, slot, contents[row], contents):
                if out.size:
                    turns[n_turns] = n
                    k = 0
                    for place in range(_SLOTS):
                        for at in range(n_heads[place] if slots[place] >= slot - 2 else 0):
                            turned[n_turns, k] = np.uint32(heads[place, at])
                            k += 1
                    turned[n_turns, k:] = np.uint32(MOST_ROWS)
                n_turns += 1
            if fresh[row]:
                latest = j
            n += 1
        first = last
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
def _last_before(turns: NDArray[np.int64], place: np.int64) -> int:
    """The last of the ascending `turns` before a place, of which there is one."""
    low, high = 0, turns.size
    while high - low > 1:
        middle = (low + high) >> 1
        if turns[middle] < place:
            low = middle
        else:
            high = middle
    return low


@loop
def often_met(
    rows: tuple[int, int],
    ends: NDArray[np.int64],
    places: NDArray[np.uint32],
    entries: NDArray[np.uint32],
    turns: NDArray[np.int64],
    turned: NDArray[np.uint32],
    times: NDArray[np.int64],
    fresh: NDArray[np.bool_],
    window: int,
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
        begin, n_met = times[right] - window, 0
        first = ends[right - 1] if right else 0
        for at in range(first, ends[right]):
            if at + _AHEAD < places.size:
                prefetch(entries, np.int64(places[at + _AHEAD]) - _AHEAD)
            place = np.int64(places[at])
            if entries[place] & _CROWDED:
                turn = _last_before(turns, place)
                for k in range(turned.shape[1]):  # those of slots that the window does not touch are older than it
                    left = turned[turn, k]
                    if left == MOST_ROWS:
                        break
                    if times[left] >= begin and (fresh[left] or fresh[right]):
                        n_met = _add(left, counts, met, n_met)
                continue
            while not entries[place] & _FIRST:
                place -= 1
                left = entries[place] & _ENTRY
                if times[left] < begin:
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


@numba.njit(nogil=True, cache=True)
def _staying(
    heads: NDArray[np.int64], n_heads: NDArray[np.int64], slots: NDArray[np.int64], slot: int, begin: int,
    times: NDArray[np.int64], was: NDArray[np.bool_], now: NDArray[np.bool_], out: NDArray[np.int64],
) -> int:  # fmt: skip
    """The pivots within the window that are there in both worlds, to `out`, slot by slot; returns how many."""
    n = 0
    for number in range(slot - _SLOTS + 1, slot + 1):
        place = number % _SLOTS
        if slots[place] != number:
            continue
        for k in range(n_heads[place]):
            row = heads[place, k]
            if times[row] >= begin and was[row] and now[row]:
                out[n] = row
                n += 1
    return n


@numba.njit(nogil=True, cache=True)
def disturb(
    keys: NDArray[np.uint64],
    times: NDArray[np.int64],
    contents: NDArray[np.int64],
    was: NDArray[np.bool_],
    now: NDArray[np.bool_],
    window: int,
    cap: int,
    pivots: int,
    out: NDArray[np.bool_],
) -> None:
    """Mark, in `out`, the rows that meet other rows of those that stay, now, than they did before.

    `was` and `now` say which rows there were and are; a row that was and is may look back on a bucket that has grown above
    the cap, or shrunk below it, or has other pivots.
    """
    slot_length = window // 2 + 1
    heads_was, heads_now = np.empty((_SLOTS, pivots), np.int64), np.empty((_SLOTS, pivots), np.int64)
    n_was, n_now = np.empty(_SLOTS, np.int64), np.empty(_SLOTS, np.int64)
    slots_was, slots_now = np.empty(_SLOTS, np.int64), np.empty(_SLOTS, np.int64)
    met_was, met_now = np.empty(_SLOTS * pivots, np.int64), np.empty(_SLOTS * pivots, np.int64)
    first = 0
    while first < keys.size:
        last = _bucket_end(keys, first)
        if last - first > cap + 1:
            slots_was[:] = np.iinfo(np.int64).min
            slots_now[:] = np.iinfo(np.int64).min
            since, count_was, count_now = first, 0, 0
            for j in range(first, last):
                row = np.int64(keys[j] & _ROW)
                begin, slot = times[row] - window, times[row] // slot_length
                while times[np.int64(keys[since] & _ROW)] < begin:
                    count_was -= was[np.int64(keys[since] & _ROW)]
                    count_now -= now[np.int64(keys[since] & _ROW)]
                    since += 1
                if was[row] and now[row] and (count_was > cap or count_now > cap):
                    if count_was > cap and count_now > cap:
                        n = _staying(heads_was, n_was, slots_was, slot, begin, times, was, now, met_was)
                        m = _staying(heads_now, n_now, slots_now, slot, begin, times, was, now, met_now)
                        if n != m or not np.array_equal(met_was[:n], met_now[:m]):
                            out[row] = True
                    else:
                        out[row] = True
                if was[row]:
                    count_was += 1
                    _offer(heads_was, n_was, slots_was, row, slot, contents[row], contents)
                if now[row]:
                    count_now += 1
                    _offer(heads_now, n_now, slots_now, row, slot, contents[row], contents)
        first = last


@numba.njit(nogil=True, cache=True)
def common(keys: NDArray[np.uint64], at_least: int, counters: NDArray[np.uint8], out: NDArray[np.int64]) -> int:
    """The places of keys that may occur at least so often, to `out`; returns how many. None that does is left out.

    `counters`, a power of two of them and all 0, are shared by keys whose hashes fall together; they stop at 255.
    """
    shift = np.uint64(64 - int(np.log2(counters.size)))
    for i in range(keys.size):
        slot = np.int64((keys[i] * _MIX) >> shift)
        if counters[slot] < 255:
            counters[slot] += np.uint8(1)
    least, n = min(at_least, 255), 0
    for i in range(keys.size):
        if counters[np.int64((keys[i] * _MIX) >> shift)] >= least:
            out[n] = i
            n += 1
    return n
