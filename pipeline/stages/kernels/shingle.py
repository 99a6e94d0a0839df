"""From UTF-8 bytes to tokens, and from those to shingle hashes, text after text of an Arrow buffer.

A text is a sequence of tokens: words (runs of letters, marks and digits), numbers, and single signs of scripts that put
no spaces between words. The shingle that begins at a word is `words` tokens long, one that begins at a sign is `chars`
long. Its hash is the 32 high bits of a mixed polynomial over 64-bit token hashes, which rolls: with P(n) the polynomial
of the first n tokens, that of the last w of them is P(n) - P(n - w) * STEP**w (Karp and Rabin 1987), modulo 2**64. A
text shorter than its first shingle has none; its `content` hash still tells it from others.

With words = 3, "The cat sat on the mat" has the tokens the, cat, sat, on, the, mat and the four shingles
(the cat sat), (cat sat on), (sat on the), (on the mat).

Figures are the tokens that begin with a digit; a comma between digits is dropped and a point kept, so that "12,500",
"12500" and "١٢٬٥٠٠" are one figure.

Names are the capitalised words that begin no sentence, as far as signs and line breaks tell; German nouns are among them.

A shingle is quoted if its first and last token stand between quotation marks; a line break ends a quotation.

Lines, which is what paragraphs are in a body, have a hash of their own over their tokens: two that differ only in case, signs
and spaces are one. A short line with a figure in it is more likely data than furniture, and its hash is odd.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from pipeline.stages.kernels.bits import alphanumeric, load64, loop, store64, trailing_zeros
from pipeline.stages.kernels.characters import CAPITAL, DIGIT, GAP, IGNORED, SIGN, WORD

__all__ = [
    "DATA_TOKENS",
    "FIGURES",
    "LINES",
    "NAMES",
    "QUOTES",
    "SHINGLES",
    "SIGNS",
    "TOKENS",
    "fmix32",
    "scan",
]

#: A line of fewer tokens with a figure among them is taken for data.
DATA_TOKENS = 12

#: Columns of the counts that `scan` writes for each text.
SHINGLES, FIGURES, TOKENS, SIGNS, LINES, NAMES, QUOTES = range(7)

_OFFSET = np.uint64(0xCBF29CE484222325)
_STEP = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio, odd
_MIX = np.uint64(0xFF51AFD7ED558CCD)  # of MurmurHash3's 64-bit finaliser
_CASE = np.uint64(0x2020202020202020)  # set in every lower-case letter and digit of ASCII
_IS_SIGN, _IS_QUOTED = np.uint8(1), np.uint8(2)  # flags of a token
_ALL_QUOTED = np.uint64(0x0202020202020202)
_GAP, _WORD, _SIGN, _IGNORED, _DIGIT, _CAPITAL = map(np.uint32, (GAP, WORD, SIGN, IGNORED, DIGIT, CAPITAL))


@numba.njit("uint32(uint32)", nogil=True, cache=True, inline="always")
def fmix32(h: np.uint32) -> np.uint32:
    """MurmurHash3's 32-bit finaliser, as datasketch applies it once before its affine permutations."""
    h = np.uint32(h ^ (h >> np.uint32(16)))
    h = np.uint32(h * np.uint32(0x85EBCA6B))
    h = np.uint32(h ^ (h >> np.uint32(13)))
    h = np.uint32(h * np.uint32(0xC2B2AE35))
    return np.uint32(h ^ (h >> np.uint32(16)))


@numba.njit(nogil=True, cache=True, inline="always")
def _decode(data: NDArray[np.uint8], i: int, end: int) -> tuple[int, int]:
    """The code point at byte i and its length; (-1, 1) where the bytes are not UTF-8. Never reads at or past `end`."""
    lead = int(data[i])
    if lead >= 0xF0:
        size, point = 4, lead & 0x07
    elif lead >= 0xE0:
        size, point = 3, lead & 0x0F
    else:
        size, point = 2, lead & 0x1F
    if lead < 0xC2 or lead > 0xF4 or i + size > end:
        return -1, 1
    for k in range(1, size):
        byte = int(data[i + k])
        if byte & 0xC0 != 0x80:
            return -1, 1
        point = point << 6 | byte & 0x3F
    return (point, size) if point <= 0x10FFFF else (-1, 1)


@numba.njit(nogil=True, cache=True)
def _is_digit(
    data: NDArray[np.uint8], i: int, end: int, blocks: NDArray[np.uint16], entries: NDArray[np.uint32]
) -> bool:
    """Whether a decimal digit of any script begins at byte i."""
    if i >= end or data[i] < 0x80:
        return i < end and 0x30 <= data[i] <= 0x39
    point, _ = _decode(data, i, end)
    return point >= 0 and entries[(np.int64(blocks[point >> 7]) << 7) | (point & 127)] >> np.uint32(24) == _DIGIT


@numba.njit(nogil=True, cache=True, inline="always")
def _high(h: np.uint64) -> np.uint32:
    """32 well-mixed bits of a polynomial."""
    return np.uint32(((h ^ (h >> np.uint64(32))) * _MIX) >> np.uint64(32))


@numba.njit(nogil=True, cache=True, inline="always")
def _all_bits(condition: bool) -> np.uint64:
    """All bits if it holds, none if not: what to keep of a difference, without a branch."""
    return np.uint64(0) - np.uint64(condition)


@numba.njit(nogil=True, cache=True, inline="always")
def _absorb(token: np.uint64, block: np.uint64) -> np.uint64:
    """The hash of a word with eight more of its bytes."""
    token = (token ^ block) * _STEP
    return token ^ (token >> np.uint64(32))


# Quotation marks. A straight one opens after a space and closes after a word, so that a paragraph that goes on with a quotation
# may open it again; between signs of scripts without spaces they take turns. A single one is also an apostrophe: it closes
# after the signs that stand inside a quotation, or before a space.
_SPACES = tuple(map(ord, " \n"))
_BEFORE_QUOTE = tuple(map(ord, " \n([-\"'"))
_BEFORE_CLOSING = tuple(map(ord, ",.!?"))
_OPENING = tuple(map(ord, "“„«「『"))
_CLOSING = tuple(map(ord, "”»」』"))
_CLOSING_SENTENCE = tuple(map(ord, ".!?:。！？"))


@numba.njit(nogil=True, cache=True, inline="always")
def _is_in(point: np.integer | int, points: tuple[int, ...]) -> bool:
    found = False
    for other in points:
        found |= point == other
    return found


@numba.njit(nogil=True, cache=True, inline="always")
def _of_line(polynomial: np.uint64, n_tokens: int, has_figure: bool) -> np.uint64:
    """The hash of a line: 0 without tokens; odd for a short one with a figure, even for others."""
    if n_tokens == 0:
        return np.uint64(0)
    mixed = (polynomial ^ (polynomial >> np.uint64(32))) * _MIX
    is_data = has_figure and n_tokens < DATA_TOKENS
    return (mixed | np.uint64(2)) & ~np.uint64(1) | np.uint64(is_data)


@loop
def _of_words(
    prefixes: NDArray[np.uint64], words: int, step: np.uint64, size: int, shingles: NDArray[np.uint32], at: int
) -> None:
    """The shingles of a text of words alone, to shingles[at:at + size]: one begins at each token, but for the last few."""
    for k in range(size):
        first = np.uint64(k)
        dropped = prefixes[first] * step
        shingles[np.uint64(at) + first] = _high(prefixes[first + np.uint64(words)] - dropped)


@loop
def _quoted(flags: NDArray[np.uint8], words: int, size: int, quotes: NDArray[np.int32], at: int) -> int:
    """Where runs of those that are quoted begin and end, from quotes[at] on; where the next text's have their place."""
    k = 0
    quoted = False  # whether the shingle before was
    while k < size:
        if load64(flags, k) & load64(flags, k + words - 1) == _ALL_QUOTED & _all_bits(quoted):
            k += 8  # eight go on as the one before, and so it is as a rule
            continue
        is_quoted = flags[np.uint64(k)] & flags[np.uint64(k + words - 1)] != 0
        if is_quoted != quoted:
            quotes[np.uint64(at)] = k
            at += 1
            quoted = is_quoted
        k += 1
    if quoted:
        quotes[np.uint64(at)] = size
        at += 1
    return at


@numba.njit(nogil=True, cache=True, inline="always")
def _mixed(
    prefixes: NDArray[np.uint64],
    flags: NDArray[np.uint8],
    n_tokens: int,
    sizes: tuple[int, int],
    steps: tuple[np.uint64, np.uint64],
    shingles: NDArray[np.uint32],
    at: int,
    quotes: NDArray[np.int32],
    quotes_at: int,
    bounds: NDArray[np.int64],
    spans: NDArray[np.int64],
) -> tuple[int, int]:
    """The shingles of a text with signs, from shingles[at] on, their quotations and spans; where the next text's have theirs.

    `sizes` and `steps`: of a shingle that begins at a word, and of one that begins at a sign.
    """
    begin = at
    quoted = False
    for n in range(1, n_tokens + 1):
        for of_sign in range(2):  # of those that end with the last of n tokens, one that began at a word, one at a sign
            first = n - sizes[of_sign]
            if first < 0 or flags[first] & _IS_SIGN != of_sign:
                continue
            is_quoted = flags[first] & flags[n - 1] & _IS_QUOTED != 0
            if is_quoted != quoted:
                quotes[quotes_at] = at - begin
                quotes_at += 1
                quoted = is_quoted
            shingles[at] = _high(prefixes[n] - prefixes[first] * steps[of_sign])
            if spans.size:
                spans[at, 0], spans[at, 1] = bounds[first, 0], bounds[n - 1, 1]
            at += 1
    if quoted:
        quotes[quotes_at] = at - begin
        quotes_at += 1
    return at, quotes_at


@loop
def scan(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    blocks: NDArray[np.uint16],
    entries: NDArray[np.uint32],
    words: int,
    chars: int,
    marks: NDArray[np.uint8],
    prefixes: NDArray[np.uint64],
    flags: NDArray[np.uint8],
    bounds: NDArray[np.int64],
    shingles: NDArray[np.uint32],
    figures: NDArray[np.uint32],
    names: NDArray[np.uint32],
    quotes: NDArray[np.int32],
    lines: NDArray[np.uint64],
    counts: NDArray[np.int64],
    contents: NDArray[np.uint64],
    spans: NDArray[np.int64],
) -> None:
    """Shingle the texts data[offsets[i]:offsets[i + 1]].

    Writes one text after another: hashes to `shingles` in the order of the text, repeats included, to `figures` and to
    `names`; to `quotes` where each run of quoted shingles begins and ends, by their numbers in the text; and for each text
    how many of each to `counts`, int64 (n, 7), in the columns named above, and the hash of all its tokens to `contents`,
    uint64 (n,): 0 for a text without tokens. `shingles`, `figures`, `names` and `quotes` must hold a token for
    every byte of the texts, the most there can be; what is not written is never touched. `spans`, int64 (the same, 2) or
    empty if they are not wanted, takes the bytes at which each shingle begins and ends. `lines` takes the hash of each
    line, 0 for one without tokens: it must hold one for every newline and every text, and no text has less than one.

    Scratch, for the longest of the texts: `marks`, a bit for each of its bytes, and 16 bytes more; for each of its tokens, of
    which there may be as many as bytes, `prefixes`, and one more, `flags`, and 8 more, and `bounds`, (tokens, 2), if spans are
    wanted.

    A word is hashed in blocks of eight bytes, of its folded characters: one byte for ASCII, three with the high bit set
    for others. Most words of most news are ASCII, and are read, measured and folded a block at a time.
    """
    words_step, chars_step = np.uint64(1), np.uint64(1)
    for _ in range(words):
        words_step *= _STEP
    for _ in range(chars):
        chars_step *= _STEP
    n_shingles = 0
    n_figures = 0
    n_lines = 0
    n_names = 0
    n_quotes = 0
    wants_spans = spans.size > 0
    for text in range(offsets.size - 1):
        i, end = offsets[text], offsets[text + 1]
        figures_before, lines_before, names_before = n_figures, n_lines, n_names
        marked, last = i, i  # up to `last`, bit n of `marks` tells of the byte at `marked` + n
        while last < end and last + 64 <= data.size:
            store64(marks, (last - marked) >> 3, alphanumeric(data, last))
            last += 64
        last = min(last, end) - 16
        double, single = False, False  # whether such a quotation mark is open
        upper = False  # of the word under way
        fresh = True  # whether it begins a sentence
        any_quoted = False
        polynomial = np.uint64(0)
        prefixes[0] = polynomial
        n_tokens = 0
        n_signs = 0
        # The line under way: the polynomial of its tokens, how many tokens came before it, whether it has a figure.
        line, line_begin, line_figure = np.uint64(0), 0, False
        # The word under way: its hash, the block not yet absorbed and how many bits of it are filled; and the class
        # of its first character, GAP when there is none.
        token, block, filled = _OFFSET, np.uint64(0), np.uint64(0)
        kind = _GAP
        begin = i
        while i <= end:
            if filled == 0 and i <= last:
                # A word of less than 16 bytes without a branch: how long words are is what nobody can predict.
                place = np.uint64(i - marked)
                ahead = load64(marks, np.int64(place >> np.uint64(3))) >> (place & np.uint64(7))
                length = min(trailing_zeros(~ahead), np.uint64(16))
                if length:
                    eight, after = load64(data, i), load64(data, i + 8)
                    if kind == _GAP:
                        begin = i
                        letter = eight & np.uint64(0xFF)
                        kind = _DIGIT if letter <= np.uint64(0x39) else _WORD
                        upper = np.uint64(0x41) <= letter <= np.uint64(0x5A)
                    i += np.int64(length)
                    eight |= _CASE
                    after |= _CASE
                    if length == 16:
                        token = _absorb(_absorb(token, eight), after)
                        continue
                    is_long = _all_bits(length >= np.uint64(8))
                    token ^= (token ^ _absorb(token, eight)) & is_long
                    filled = (length & np.uint64(7)) << np.uint64(3)
                    block = (eight ^ (eight ^ after) & is_long) & ((np.uint64(1) << filled) - np.uint64(1))
            here = i  # the character that is looked at now begins here
            cls = _GAP  # the end of the text is a gap, so that the last word is closed like the others
            fold = np.uint64(0)
            point = -1
            if i < end and data[np.uint64(i)] != 0x20:  # a space is a gap without looking it up
                if data[np.uint64(i)] < 0x80:
                    point = np.int64(data[np.uint64(i)])
                    i += 1
                else:
                    point, size = _decode(data, i, end)
                    i += size
            else:
                i += 1
            if point >= 0:
                entry = entries[np.uint64((np.int64(blocks[np.uint64(point >> 7)]) << 7) | (point & 127))]
                cls = entry >> np.uint32(24)
                fold = np.uint64((np.uint32(point) + entry) & np.uint32(0xFFFFFF))
                if cls == _IGNORED:
                    continue
                if cls == _GAP and kind == _DIGIT and _is_digit(data, i, end, blocks, entries):
                    if point in (0x2C, 0x66C):  # "12,500" is the number 12500, and so it is with the Arabic comma
                        continue
                    if point in (0x2E, 0x66B):  # "3.5" is one number
                        cls, fold = _DIGIT, np.uint64(0x2E)
                is_capital = cls == _CAPITAL
                if is_capital:
                    cls = _WORD
                if cls in (_WORD, _DIGIT):
                    if kind == _GAP:
                        kind, begin = cls, here
                        upper = is_capital
                    for k in range(1 if fold < 0x80 else 3):
                        byte = fold if fold < 0x80 else np.uint64(0x80) | (fold >> np.uint64(7 * k)) & np.uint64(0x7F)
                        block |= byte << filled
                        filled += np.uint64(8)
                        if filled == 64:
                            token, block, filled = _absorb(token, block), np.uint64(0), np.uint64(0)
                    continue
            # A gap or a sign: the word under way is a token now, and a sign is another.
            quoting = double or single
            any_quoted |= quoting
            if kind != _GAP:
                value = (token ^ (token ^ _absorb(token, block)) & _all_bits(filled != 0)) * _MIX
                if kind == _DIGIT:
                    figures[np.uint64(n_figures)] = np.uint32(value >> np.uint64(32))
                    n_figures += 1
                    line_figure = True
                elif upper and not fresh:
                    names[np.uint64(n_names)] = np.uint32(value >> np.uint64(32))
                    n_names += 1
                fresh = False
                token, block, filled = _OFFSET, np.uint64(0), np.uint64(0)
                kind = _GAP
                flags[np.uint64(n_tokens)] = _IS_QUOTED * np.uint8(quoting)
                if wants_spans:
                    bounds[n_tokens, 0], bounds[n_tokens, 1] = begin, here
                n_tokens += 1
                line = line * _STEP + value
                polynomial = polynomial * _STEP + value
                prefixes[np.uint64(n_tokens)] = polynomial
            if cls == _SIGN:
                value = (_OFFSET ^ fold) * _MIX
                flags[np.uint64(n_tokens)] = _IS_SIGN | _IS_QUOTED * np.uint8(quoting)
                if wants_spans:
                    bounds[n_tokens, 0], bounds[n_tokens, 1] = here, i
                n_tokens += 1
                n_signs += 1
                line = line * _STEP + value
                polynomial = polynomial * _STEP + value
                prefixes[np.uint64(n_tokens)] = polynomial
            elif point >= 0x21:
                fresh |= _is_in(point, _CLOSING_SENTENCE)
                if point >= 0x80:
                    opens = _is_in(point, _OPENING)
                    double = (double | opens) & (not _is_in(point, _CLOSING))
                    fresh |= opens
                elif point in (0x22, 0x27):
                    before = data[np.uint64(here - 1)] if here > offsets[text] else np.uint8(0x0A)
                    then = data[i] if i < end else np.uint8(0x0A)
                    opens = _is_in(before, _BEFORE_QUOTE) and not _is_in(then, _SPACES)
                    if point == 0x22:
                        double = not double if before >= 0x80 and then >= 0x80 else opens
                        fresh |= double
                    elif opens:
                        single, fresh = True, True
                    elif _is_in(before, _BEFORE_CLOSING) or _is_in(then, _SPACES):
                        single = False
            if point == 0x0A:
                double, single, fresh = False, False, True
                lines[n_lines] = _of_line(line, n_tokens - line_begin, line_figure)
                n_lines += 1
                line, line_begin, line_figure = np.uint64(0), n_tokens, False
        lines[n_lines] = _of_line(line, n_tokens - line_begin, line_figure)
        n_lines += 1
        # From the tokens to the shingles. Of a text of words alone they begin one token after another.
        shingles_before, quotes_before = n_shingles, n_quotes
        if n_signs == 0:
            size = max(n_tokens - words + 1, 0)
            _of_words(prefixes, words, words_step, size, shingles, n_shingles)
            n_quotes = _quoted(flags, words, size if any_quoted else 0, quotes, n_quotes)
            for k in range(size if wants_spans else 0):
                spans[n_shingles + k, 0], spans[n_shingles + k, 1] = bounds[k, 0], bounds[k + words - 1, 1]
            n_shingles += size
        else:
            sizes, steps = (words, chars), (words_step, chars_step)
            n_shingles, n_quotes = _mixed(
                prefixes, flags, n_tokens, sizes, steps, shingles, n_shingles, quotes, n_quotes, bounds, spans
            )
        counts[text, SHINGLES] = n_shingles - shingles_before
        counts[text, FIGURES] = n_figures - figures_before
        counts[text, TOKENS] = n_tokens
        counts[text, SIGNS] = n_signs
        counts[text, LINES] = n_lines - lines_before
        counts[text, NAMES] = n_names - names_before
        counts[text, QUOTES] = n_quotes - quotes_before
        contents[text] = polynomial
