"""Many words looked for in many texts at once, in one compiled pass over a batch.

A text is first *narrowed* to one byte a character, so that places in it are those of the text in code points. The code of an
ASCII character is that of its fold; all others share the codes above, in classes (`BREAK`, `UNSEEN`) and beyond these by hash.
So equal words have equal codes, and words in ASCII only then; whoever looks for others has to look at the text again.

A word is looked for by its *gram*: those six of its characters, one after the other, that are rarest in news, three of a word
of less than six, one of a still shorter one. A table of bits over hashed grams passes most places of a text by; where a bit is
set the words of that gram are compared.

Words belong to lines of up to so many words (`longest`); the longer a line, the fewer are looked for in it, and the fewer bits
are set: a table of bits for each *tier* of lengths.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from pipeline.stages.kernels.bits import load64

__all__ = [
    "ANY",
    "ASTRAL",
    "BREAK",
    "UNSEEN",
    "Literals",
    "Narrowed",
    "codes",
    "find",
    "literals",
    "narrow",
    "narrowed",
    "places",
]

#: Codes of classes of characters beyond ASCII.
BREAK, UNSEEN, OTHER = 0x80, 0x81, 0x82

#: `longest` of a word that is looked for in every line.
ANY = 2**31 - 1

#: The mark of characters beyond the basic plane, which share one code.
ASTRAL = 0x80

_LONG, _SHORT = 6, 3  # characters of a gram
_LONG_MASK, _SHORT_MASK = np.uint64(2 ** (8 * _LONG) - 1), np.uint64(2 ** (8 * _SHORT) - 1)
_SLOT_BITS = 17
_SLOTS = 1 << _SLOT_BITS
_SHIFT = np.uint64(64 - _SLOT_BITS)
_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio, odd
_TIERS = (6, 12, 24, 45)  # words of a line: up to six, up to twelve...

#: Characters from the commonest of news to the rarest; one that is not here is rarer still.
_COMMON = " etaoinsrhldcumfpgwybvk,.0123456789\"'-xjqz:"
#: Words so common that a gram in them tells little.
_COMMON_TEXT = (
    " the of and to in for that with was were his her has have had from this they been will would said also which their "
    "who more not but are its when about after first over into out there what could than other some two new year years "
    "people government report reported news company national public press part state states president police according "
    "during against between before because where while through being under making including coming position ment ments "
    "ally ation ations ating ering ional united million percent just like "
)


class Literals(NamedTuple):
    """Words to look for, as arrays. `tiers`: int8, the tier of a line by its words, -1 above the longest of all.

    `bits`: uint64 (2, tiers, slots / 64), which long and which short grams are looked for; `alone`: uint8 (tiers, 256), the
    number of the group of words of one or two characters by the rarer of them, 0 for none. `entries`: int32 (n, 2), word and
    place of its gram in it, by slot from `heads`: those of long grams, then of short ones, then the groups. `codes`: uint8, all
    words end to end from `starts`; `longest`: int32.
    """

    tiers: NDArray[np.int8]
    bits: NDArray[np.uint64]
    alone: NDArray[np.uint8]
    heads: NDArray[np.int32]
    entries: NDArray[np.int32]
    codes: NDArray[np.uint8]
    starts: NDArray[np.int32]
    longest: NDArray[np.int32]


def codes(fold: Callable[[str], str], breaks: str = "", unseen: str = "") -> NDArray[np.uint8]:
    """The code of each character of the basic plane, uint8 (65536,), under a fold that keeps the length of a text.

    `breaks`, `unseen`: the characters beyond ASCII that have a class of their own.
    """
    every = np.arange(0x10000, dtype="<u4").tobytes().decode("utf-32-le", "surrogatepass")
    folded = np.frombuffer(fold(every).encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint64)
    hashed = np.uint64(OTHER) + ((folded * _MIX) >> np.uint64(32)) % np.uint64(0x100 - OTHER)
    table = np.where(folded < 0x80, folded, hashed).astype(np.uint8)
    for code, characters in ((BREAK, breaks), (UNSEEN, unseen)):
        table[[ord(character) for character in characters if not character.isascii()]] = code
    return table


def literals(words: Sequence[str], longest: Sequence[int], table: NDArray[np.uint8]) -> Literals:
    """The tables for these words, none of them empty; `longest`: the most words of a line each is looked for in."""
    sizes = np.array([len(word) for word in words], np.int64)
    starts = np.append(0, np.cumsum(sizes))
    points = np.frombuffer("".join(words).encode("utf-16-le"), "<u2")
    if len(points) != starts[-1]:
        raise ValueError("a word to look for has a character beyond the basic plane")
    coded, at_most = table[points], np.array(longest, np.int32)
    spans = np.where(sizes >= _LONG, _LONG, np.where(sizes >= _SHORT, _SHORT, 1))
    place = _rarest(coded, sizes, starts, spans)
    masks = (np.uint64(1) << (np.uint64(8) * spans.astype(np.uint64))) - np.uint64(1)
    grams = _grams(coded)[starts[:-1] + place] & masks
    hashed = ((grams * _MIX) >> _SHIFT).astype(np.int64)
    singles = np.unique(grams[spans == 1])
    group = 1 + np.searchsorted(singles, grams)
    slot = np.select([spans == _LONG, spans == _SHORT], [hashed, _SLOTS + hashed], 2 * _SLOTS + group)
    least = np.array([0, *(tier + 1 for tier in _TIERS)])  # words of the shortest line of each tier
    bits, alone = np.zeros((2, len(least), _SLOTS // 64), np.uint64), np.zeros((len(least), 256), np.uint8)
    for tier, n_words in enumerate(least):
        is_wanted = at_most >= n_words
        for kind, span in enumerate((_LONG, _SHORT)):
            slots = hashed[is_wanted & (spans == span)].astype(np.uint64)
            np.bitwise_or.at(bits[kind, tier], slots >> np.uint64(6), np.uint64(1) << (slots & np.uint64(63)))
        alone[tier, grams[is_wanted & (spans == 1)]] = group[is_wanted & (spans == 1)]
    most = int(at_most.max(initial=-1))
    tiers = np.searchsorted(_TIERS, np.arange(min(most, _TIERS[-1] + 1) + 1)).astype(np.int8)
    order = np.lexsort((-at_most.astype(np.int64), slot))  # in a slot, the words of the longest lines first
    return Literals(
        tiers if most > _TIERS[-1] else np.append(tiers, np.int8(-1)),
        bits,
        alone,
        np.searchsorted(slot[order], np.arange(2 * _SLOTS + len(singles) + 2)).astype(np.int32),
        np.stack([order, place[order]], axis=1).astype(np.int32),
        coded,
        starts.astype(np.int32),
        at_most,
    )


def _rarest(
    coded: NDArray[np.uint8], sizes: NDArray[np.int64], starts: NDArray[np.int64], spans: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Where in each word the rarest `spans` characters begin, those of common words last of all, else the first."""
    rank = np.full(256, len(_COMMON), np.int64)
    rank[0x80:] *= 2
    rank[np.frombuffer(_COMMON.encode(), np.uint8)] = np.arange(len(_COMMON))
    word = np.repeat(np.arange(len(sizes)), sizes)
    place = np.arange(len(coded)) - starts[word]
    grams, common = _grams(coded), _grams(np.frombuffer(_COMMON_TEXT.encode(), np.uint8))
    ranks = np.append(rank[coded], np.zeros(_LONG, np.int64))
    score = np.zeros(len(coded), np.int64)
    for span, mask in ((_LONG, _LONG_MASK), (_SHORT, _SHORT_MASK), (1, np.uint64(0xFF))):
        sums = sum(ranks[i : i + len(coded)] for i in range(span))
        is_common = np.isin(grams & mask, common & mask) if span > 1 else np.zeros(len(coded), np.bool_)
        score = np.where(spans[word] == span, sums - 1_000 * is_common, score)
    score[place + spans[word] > sizes[word]] = -10_000
    order = np.lexsort((place, -score, word))
    found: NDArray[np.int64] = place[order][starts[:-1]]  # the best of each word comes first
    return found


def _grams(coded: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Eight codes from each place on as one number, the first the lowest, as `load64` reads them; zeros beyond the end."""
    padded = np.append(coded, np.zeros(8, np.uint8)).astype(np.uint64)
    grams = np.zeros(len(coded), np.uint64)
    for i in range(8):
        grams |= padded[i : i + len(coded)] << np.uint64(8 * i)
    return grams


class Narrowed(NamedTuple):
    """Texts at a byte a character, from `starts` (n + 1,) on; `marked` has the marks of the characters of each."""

    text: NDArray[np.uint8]
    starts: NDArray[np.int64]
    marked: NDArray[np.uint64]


def narrowed(
    data: NDArray[np.uint8], offsets: NDArray[np.int64], table: NDArray[np.uint8], marks: NDArray[np.uint64]
) -> Narrowed:
    """Texts in UTF-8, as `arrays.texts` has them, narrowed; `marks`: bits of each character, uint64 (65536,)."""
    n = len(offsets) - 1
    size = int(offsets[-1] - offsets[0]) + 8  # `find` reads eight bytes at a time
    out = Narrowed(np.empty(size, np.uint8), np.empty(n + 1, np.int64), np.empty(n, np.uint64))
    narrow(data, offsets, table, marks, *out)
    return out


def places(
    text: NDArray[np.uint8], spans: NDArray[np.int64], n_words: NDArray[np.int32], words: Literals
) -> NDArray[np.int64]:
    """Where the words stand in the lines `spans` of a narrowed text: int64 (n, 3), line, place in the text, word."""
    out = np.empty((1 << 14, 3), np.int64)
    while (n := find(text, spans, n_words, *words, out)) > len(out):
        out = np.empty((n, 3), np.int64)
    return out[:n]


@numba.njit(nogil=True, cache=True)
def narrow(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    table: NDArray[np.uint8],
    marks: NDArray[np.uint64],
    out: NDArray[np.uint8],
    starts: NDArray[np.int64],
    marked: NDArray[np.uint64],
) -> int:
    """The codes of texts in UTF-8 to `out`, where each text begins in it to `starts` (n + 1,); how many there are.

    `out` needs a byte for each byte of the texts. `marks`: uint64 (65536,), bits of each character; `marked`: uint64
    (n,), the bits of all characters of each text together, `ASTRAL` among them.
    """
    n = 0
    for text in range(offsets.size - 1):
        starts[text] = n
        i, end = offsets[text], offsets[text + 1]
        bits = np.uint64(0)
        while i < end:
            point = np.uint32(data[i])
            if point < np.uint32(0x80):
                i += 1
            elif point < np.uint32(0xE0) and i + 1 < end:
                point = (point & np.uint32(0x1F)) << np.uint32(6) | np.uint32(data[i + 1] & 0x3F)
                i += 2
            elif point < np.uint32(0xF0) and i + 2 < end:
                point = (
                    (point & np.uint32(0x0F)) << np.uint32(12)
                    | np.uint32(data[i + 1] & 0x3F) << np.uint32(6)
                    | np.uint32(data[i + 2] & 0x3F)
                )
                i += 3
            else:
                out[n] = OTHER
                bits |= np.uint64(ASTRAL)
                n += 1
                i += 4
                continue
            out[n] = table[point]
            bits |= marks[point]
            n += 1
        marked[text] = bits
    starts[offsets.size - 1] = n
    return n


@numba.njit(nogil=True, cache=True)
def find(
    text: NDArray[np.uint8],
    spans: NDArray[np.int64],
    words: NDArray[np.int32],
    tiers: NDArray[np.int8],
    bits: NDArray[np.uint64],
    alone: NDArray[np.uint8],
    heads: NDArray[np.int32],
    entries: NDArray[np.int32],
    codes: NDArray[np.uint8],
    starts: NDArray[np.int32],
    longest: NDArray[np.int32],
    out: NDArray[np.int64],
) -> int:
    """Where words stand in the lines `text[spans[i, 0]:spans[i, 1]]`: (line, place, word) to `out` (capacity, 3).

    `words`: of each line. The places of a line may overlap and are in the order of their grams. Returns how many there are;
    above the capacity they are only counted. `text` needs eight bytes beyond its end.
    """
    n = 0
    size = 0
    for line in range(spans.shape[0]):
        size = max(size, spans[line, 1] - spans[line, 0])
    met = np.empty((3 * size + 1, 2), np.int64)  # slot and place of the grams in one line
    for line in range(spans.shape[0]):
        low, high = spans[line, 0], spans[line, 1]
        n_words = words[line]
        tier = tiers[min(n_words, tiers.size - 1)]
        if tier < 0:
            continue
        n_met = _grams_met(text, low, high, bits[0, tier], bits[1, tier], alone[tier], met)
        for i in range(n_met):
            slot = met[i, 0]
            for entry in range(heads[slot], heads[slot + 1]):
                word = entries[entry, 0]
                if n_words > longest[word]:
                    break  # those of the longest lines come first
                at, first = met[i, 1] - entries[entry, 1], starts[word]
                length = starts[word + 1] - first
                if at < low or at + length > high:
                    continue
                k = 0
                while k < length and text[at + k] == codes[first + k]:
                    k += 1
                if k == length:
                    if n < out.shape[0]:
                        out[n, 0], out[n, 1], out[n, 2] = line, at, word
                    n += 1
    return n


@numba.njit(nogil=True, cache=True)
def _grams_met(
    text: NDArray[np.uint8],
    low: int,
    high: int,
    longs: NDArray[np.uint64],
    shorts: NDArray[np.uint64],
    alone: NDArray[np.uint8],
    met: NDArray[np.int64],
) -> int:
    """Slot and place of each gram in `text[low:high]` whose bit is set, to `met`; how many."""
    n = 0
    for i in range(np.uint64(low), np.uint64(high)):
        eight = load64(text, i)
        long = ((eight & _LONG_MASK) * _MIX) >> _SHIFT
        short = ((eight & _SHORT_MASK) * _MIX) >> _SHIFT
        group = np.uint64(alone[eight & np.uint64(0xFF)])
        is_long = longs[long >> np.uint64(6)] >> (long & np.uint64(63)) & np.uint64(1)
        is_short = shorts[short >> np.uint64(6)] >> (short & np.uint64(63)) & np.uint64(1)
        if not (is_long | is_short | group):  # nearly always, and told by one branch
            continue
        if is_long:
            met[n, 0], met[n, 1] = long, i
            n += 1
        if is_short:
            met[n, 0], met[n, 1] = short + np.uint64(_SLOTS), i
            n += 1
        if group:
            met[n, 0], met[n, 1] = group + np.uint64(2 * _SLOTS), i
            n += 1
    return n
