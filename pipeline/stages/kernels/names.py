"""Many names looked for in texts where they may begin, the longest at each place, in one compiled pass over a batch.

A name that begins with a letter or digit of ASCII begins with a word; any other may begin amid one (`-TV`, `연합뉴스`), with
whatever is no blank. Where names may begin 64 bytes tell at once, and there the first bytes are looked up: names of eight bytes
and more lie by their first eight, shorter ones by four, two or one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.stages.kernels import arrays
from pipeline.stages.kernels.bits import alphanumeric, characters, has_bit, load64, loop, trailing_zeros

__all__ = ["SPARE", "Dictionary", "dictionary", "find", "places"]

#: Bytes that a text needs beyond its end.
SPARE = 64

_LENGTHS = (8, 4, 2, 1)  # bytes by which names lie, those of longer names first
_FOUR, _TWO, _ONE = 1, 2, 3
_MASKS = np.array([2 ** (8 * length) - 1 for length in _LENGTHS], np.uint64)
_SLOT_BITS = 16
_SHIFT = np.uint64(64 - _SLOT_BITS)
_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio, odd


class Dictionary(NamedTuple):
    """Names as arrays. `fours`, `twos`: uint64 (slots / 64,), bits for the slots of the first four bytes of longer names, and
    of the first two of shorter ones; `heads`: int32 (4 * slots + 1,), where the `entries` (numbers of names) of each slot
    begin, those of the longest names first; `codes`: uint8, all names end to end from `starts`, int32 (n + 1,).
    """

    fours: NDArray[np.uint64]
    twos: NDArray[np.uint64]
    heads: NDArray[np.int32]
    entries: NDArray[np.int32]
    codes: NDArray[np.uint8]
    starts: NDArray[np.int32]


def dictionary(names: Sequence[str]) -> Dictionary:
    """The tables for these names, none of them empty or with a blank or control character at its beginning."""
    spelled = [name.encode() for name in names]
    sizes = np.array([len(name) for name in spelled], np.int64)
    kinds = np.select([sizes >= length for length in _LENGTHS], range(len(_LENGTHS)))
    eights = np.frombuffer(b"".join(name[:8].ljust(8, b"\0") for name in spelled), "<u8").astype(np.uint64)
    slots = kinds << _SLOT_BITS | _slots(eights, kinds).astype(np.int64)
    order = np.lexsort((-sizes, slots))
    whatever_follows = np.arange(256, dtype=np.uint64) << np.uint64(8)
    short = np.append(eights[kinds == _TWO], eights[kinds == _ONE, None] | whatever_follows)
    return Dictionary(
        _bits(_slots(eights[kinds <= _FOUR], _FOUR)),
        _bits(_slots(short, _TWO)),
        np.searchsorted(slots[order], np.arange((len(_LENGTHS) << _SLOT_BITS) + 1)).astype(np.int32),
        order.astype(np.int32),
        np.frombuffer(b"".join(spelled), np.uint8),
        np.append(0, np.cumsum(sizes)).astype(np.int32),
    )


def _slots(eights: Any, kinds: Any) -> Any:
    """Where names lie that begin with these eight bytes, by as many of them as their kind goes by; of one or of an array."""
    return (eights & _MASKS[kinds]) * _MIX >> _SHIFT


_slot = loop(_slots)


def _bits(slots: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A bit for each slot, set for these."""
    bits = np.zeros((1 << _SLOT_BITS) // 64, np.uint64)
    np.bitwise_or.at(bits, slots >> np.uint64(6), np.uint64(1) << (slots & np.uint64(63)))
    return bits


def places(text: NDArray[np.uint8], end: int, names: Dictionary) -> NDArray[np.int64]:
    """Where the names stand in `text[:end]`, UTF-8 with `SPARE` bytes behind it: int64 (n, 3), name, start and end.

    From left to right the longest at each place, none overlapping but one that ends amid a word of ASCII (`the Sun` in `the
    Sunday Times`); what stands behind a name is for others to look at.
    """
    text, out = arrays.read_only(text), np.empty((max(64, end >> 6), 3), np.int64)
    while (n := find(text, end, *names, out)) > len(out):
        out = np.empty((n, 3), np.int64)
    return out[:n]


@loop
def find(
    text: NDArray[np.uint8],
    end: int,
    fours: NDArray[np.uint64],
    twos: NDArray[np.uint64],
    heads: NDArray[np.int32],
    entries: NDArray[np.int32],
    codes: NDArray[np.uint8],
    starts: NDArray[np.int32],
    out: NDArray[np.int64],
) -> int:
    """As `places`, to `out` (capacity, 3); how many there are: above the capacity they are only counted."""
    n = 0
    behind = np.uint64(0)  # whether the byte before these 64 is a letter or digit
    free = 0  # where the last name that ended with a word did
    for block in range(0, end, 64):
        words = alphanumeric(text, block)
        begins = words & ~(words << np.uint64(1) | behind) | (characters(text, block) & ~words)
        behind = words >> np.uint64(63)
        while begins:
            at = block + np.int64(trailing_zeros(begins))
            begins &= begins - np.uint64(1)
            eight = load64(text, at)
            may_begin = has_bit(fours, _slot(eight, _FOUR)) | has_bit(twos, _slot(eight, _TWO))
            if not may_begin or at < free:  # nearly always
                continue
            name = _longest(text, at, end, heads, entries, codes, starts)
            if name >= 0:
                stop = at + starts[name + 1] - starts[name]
                is_amid = stop < end and _is_word(text[stop - 1]) and _is_word(text[stop])
                free = at + 1 if is_amid else stop
                if n < out.shape[0]:
                    out[n, 0], out[n, 1], out[n, 2] = name, at, stop
                n += 1
    return n


@loop
def _is_word(code: int) -> bool:
    """Whether a byte is a letter or digit of ASCII."""
    return 48 <= code <= 57 or 97 <= code | 32 <= 122


@loop
def _longest(
    text: NDArray[np.uint8],
    at: int,
    end: int,
    heads: NDArray[np.int32],
    entries: NDArray[np.int32],
    codes: NDArray[np.uint8],
    starts: NDArray[np.int32],
) -> int:
    """The longest name that stands at a place; -1 if none does."""
    eight = load64(text, at)
    for kind in range(len(_LENGTHS)):
        slot = np.int64(_slot(eight, kind)) | kind << _SLOT_BITS
        for entry in range(heads[slot], heads[slot + 1]):
            name = entries[entry]
            first = starts[name]
            length = starts[name + 1] - first
            if at + length > end:
                continue
            k = 0
            while k < length and text[at + k] == codes[first + k]:
                k += 1
            if k == length:
                return name
    return -1
