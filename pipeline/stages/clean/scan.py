"""From texts to their lines and the cues in them: a compiled pass over a whole batch (`kernels.literals`, `kernels.lines`).

What it tells of a text is what the slow rules tell: `flatten`, `is_plain`, `count_words`, and of a line `furniture.cued`.
"""

from __future__ import annotations

import functools
import itertools
import operator
import string
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.stages._fold import every_character, flatten, flatten_only, is_plain, tangled, variants
from pipeline.stages._words import count_words, is_unspaced, unspaced
from pipeline.stages.clean import furniture, structure
from pipeline.stages.clean.datelines import FIRST_NATIVE
from pipeline.stages.clean.lines import (
    ALIKE,
    BRACKET,
    BULLET,
    CUELESS_WORDS,
    DATELINE,
    DIGIT,
    ENTRY,
    FULL_STOP,
    HEAD,
    INITIALS_LINES,
    INITIALS_WIDTH,
    LABEL,
    NAME_LINES,
    NAME_WORDS,
    PARAGRAPH_WIDTH,
    PARAGRAPH_WORDS,
    PROSE,
    PROSE_WORDS,
    QUESTION,
    SHOUTED_WORDS,
    TAKEN,
    WRAPPED_WIDTH,
    Found,
    Lines,
    Shape,
)
from pipeline.stages.kernels import arrays

if TYPE_CHECKING:
    from pipeline.stages.kernels.literals import Literals

__all__ = ["scan"]

_TASK_BYTES = 1 << 20  # text that one thread takes at a time

# Marks of characters. A text in which none has one is flat and plain, has spaces between all its words, and its small letters
# are as many and no more ASCII than it; one that has some is looked at again. `_NATIVE` is that of what stays as it is and is
# neither Latin nor Greek, `_ASTRAL` that of characters beyond the basic plane; above it, each character that is folded has a
# bit of its own, the full-width ones share the highest.
_TANGLED, _UNSPACED, _ODD, _NATIVE, _ASTRAL = 1, 2, 4, 8, 0x80
_VARIANT, _WIDE = 8, 63

# The bits of a line by what stands at its beginning, in its head and at its end. A dateline has a bracket or slash around an
# agency, a dash or colon or the like behind a place, or letters of a script that has forms of its own: `_FOREIGN`, if the text
# has any such letters.
_FOREIGN = 256
_HEADS = np.array(
    [DATELINE * (code in b"(/-:=") | LABEL * (code == ord(":")) | _FOREIGN * (code >= 0x80) for code in range(256)],
    np.uint16,
)
_ENDS = np.array(
    [FULL_STOP * (code in b".!?") | QUESTION * (code == ord("?")) | BRACKET * (code in b")]") for code in range(256)],
    np.uint16,
)

_IS_LETTER = np.array([chr(code) in string.ascii_letters for code in range(256)])


def _begins() -> NDArray[np.uint16]:
    """The bits of a line by its first two characters, the first times 256."""
    begins = np.zeros((256, 256), np.uint16)
    begins[0x80:] = BULLET | ENTRY
    begins[:, 0x80:] |= ENTRY
    begins[list(b"-*>")] |= BULLET
    for opening in filter(str.isascii, structure.ENTRIES):
        begins[tuple(opening.lower().encode())] |= ENTRY
    return begins.ravel()


# What ends a line, and what is unseen and cut from the ends of one, as far as it is not ASCII.
_BREAKS = "\x85\u2028\u2029"
_UNSEEN = "\u00ad\u200b\u200e\u200f\u2060\ufeff"


def scan(texts: pa.Array, spelled: Sequence[str]) -> Iterator[Lines]:
    """The lines of each text, in their order; `spelled` are the same texts as Python has them."""
    from pipeline.stages.kernels.threads import parallel, split

    data, offsets = arrays.texts(texts)
    tasks = split(offsets, _TASK_BYTES)
    done = parallel(lambda task: _scanned(data, offsets[task[0] : task[1] + 1]), tasks)
    for (first, last), scanned in zip(tasks, done, strict=True):
        for number, text in enumerate(spelled[first:last]):
            yield _lines(text, scanned, number)


class _Tables(NamedTuple):
    """`codes`, `marks`: of each character; `begins`: the bits of a line by its first two; `cues` with the rule of each,
    whether that is for lines amid the story, whether a place found for it is sure, whether it begins a word, and within how
    many characters of a line."""

    codes: NDArray[np.uint8]
    marks: NDArray[np.uint64]
    begins: NDArray[np.uint16]
    literals: Literals
    cues: tuple[furniture.Cue, ...]
    rules: NDArray[np.int64]
    in_body: NDArray[np.bool_]
    is_sure: NDArray[np.bool_]
    begins_word: NDArray[np.bool_]
    within: NDArray[np.int64]


@functools.cache
def _tables() -> _Tables:
    from pipeline.stages.kernels.literals import codes, literals

    table = codes(_folded, _BREAKS, _UNSEEN)
    every = every_character()
    marks = np.zeros(len(every), np.uint64)
    for mark, characters in ((_TANGLED, tangled()), (_UNSPACED, unspaced(every)), (_ODD, "\u0130\u212a")):
        marks[[ord(character) for character in characters]] |= np.uint64(mark)
    marks[ord(FIRST_NATIVE) :] |= np.uint64(_NATIVE)
    marks[[ord(variant) for variant in variants()]] &= ~np.uint64(_NATIVE)
    for number, variant in enumerate(variants()):
        marks[ord(variant)] |= np.uint64(1 << min(_VARIANT + number, _WIDE))
    # A cue that changes when it is folded is in no line: lines are folded.
    spelled = [
        (form, cue) for cue in furniture.cues() if flatten(cue.text).lower() == cue.text for form in _forms(cue.text)
    ]
    return _Tables(
        table,
        marks,
        _begins(),
        literals([form for form, _ in spelled], [cue.max_words for _, cue in spelled], table),
        tuple(cue for _, cue in spelled),
        np.array([cue.rule for _, cue in spelled], np.int64),
        np.array(["body" in furniture.rules()[cue.rule].where for _, cue in spelled], np.bool_),
        np.array([cue.text.isascii() for _, cue in spelled], np.bool_),
        np.array([cue.begins_word for _, cue in spelled], np.bool_),
        np.array([cue.within for _, cue in spelled], np.int64),
    )


def _forms(cue: str) -> Iterator[str]:
    """The spellings of a cue in texts as `_folded`: the small letter of dotted capital I is two characters."""
    for dots in itertools.product(("i", "i\u0307"), repeat=cue.count("i\u0307")):
        parts = cue.split("i\u0307")
        yield parts[0] + "".join(dot + part for dot, part in zip(dots, parts[1:], strict=True))


def _folded(text: str) -> str:
    """`flatten(text).lower()`, a character for a character: dotted capital I is a plain one, and there is one small sigma."""
    return flatten(text).replace("\u0130", "i").lower().replace("ς", "σ")


class _Scanned(NamedTuple):
    """Texts: their lines, the first line of each (n + 1), their marks, whether other gaps than single spaces stand in one,
    its shape; and (line, cue) by text that are still to be proved."""

    found: Found
    firsts: list[int]
    marked: list[int]
    uneven: list[int]
    shapes: list[Shape]
    unproved: dict[int, list[tuple[int, int]]]


def _scanned(data: NDArray[np.uint8], offsets: NDArray[np.int64]) -> _Scanned:
    from pipeline.stages.kernels import lines as kernel
    from pipeline.stages.kernels.literals import narrowed, places

    tables = _tables()
    text, starts, marks = narrowed(data, offsets, tables.codes, tables.marks)
    marked = marks.astype(np.uint8)  # all but which characters are folded
    n, most = len(marked), int(starts[-1]) // 2 + len(marked)
    spans, words, firsts = np.empty((most, 2), np.int64), np.empty(most, np.int32), np.empty(n + 1, np.int64)
    kinds, uneven = np.empty(most, np.uint16), np.empty(n, np.uint8)
    count = kernel.split(
        text, starts, kernel.EDGES, tables.begins, _HEADS, _ENDS, HEAD, spans, words, kinds, firsts, uneven, DIGIT
    )
    spans, words, kinds, text_of = spans[:count], words[:count], kinds[:count], np.repeat(np.arange(n), np.diff(firsts))
    is_counted = marked[text_of] & (_UNSPACED | _ASTRAL) == 0  # elsewhere words may be more than gaps tell
    hits = places(text, spans, np.where(is_counted, words, 0).astype(np.int32), tables.literals)
    is_odd = marked[text_of] & _ODD > 0
    line, at, cue = hits.T
    is_inside = tables.begins_word[cue] & (at > spans[line, 0]) & _IS_LETTER[text[at - 1]]
    may_stand = ~is_inside & (at - spans[line, 0] < tables.within[cue]) | is_odd[line]
    line, cue = line[may_stand], cue[may_stand]
    is_sure = tables.is_sure[cue] & ~is_odd[line]
    unproved: dict[int, list[tuple[int, int]]] = {}
    suspected = np.unique(line[~is_sure] << 32 | cue[~is_sure])  # a long line may have one in a thousand places
    for one, at in zip((suspected >> 32).tolist(), (suspected & 0xFFFFFFFF).tolist(), strict=True):
        unproved.setdefault(int(text_of[one]), []).append((one, at))
    cued: dict[int, tuple[int, ...]] = {}
    pairs = np.unique(line[is_sure] << 32 | tables.rules[cue[is_sure]])
    for one, rule in zip((pairs >> 32).tolist(), (pairs & 0xFFFFFFFF).tolist(), strict=True):
        cued[one] = (*cued.get(one, ()), rule)
    is_native = (kinds & _FOREIGN > 0) & (marked[text_of] & (_NATIVE | _ASTRAL) > 0)
    kinds[is_native | is_odd] |= DATELINE
    widths = spans[:, 1] - spans[:, 0]
    # A digit of another script is no letter of Latin or Greek.
    is_stamp = (kinds & (DIGIT | QUESTION) > 0) | (marked[text_of] & (_NATIVE | _ASTRAL) > 0)
    is_short = (words >= PARAGRAPH_WORDS) & (widths > PARAGRAPH_WIDTH) & ~is_stamp
    is_prose = is_counted & (kinds & FULL_STOP > 0) & ((words >= PROSE_WORDS) | is_short)
    is_prose[line] = False  # a cue stands in it
    kinds[is_prose] |= PROSE
    kinds[words <= CUELESS_WORDS] |= TAKEN
    kinds[line[is_sure & tables.in_body[cue]]] |= TAKEN
    is_open = (kinds & FULL_STOP == 0) & (words >= SHOUTED_WORDS[0]) & (words <= SHOUTED_WORDS[1])
    may_be_taken = kinds & TAKEN > 0
    may_be_taken[line[~is_sure]] = True
    number = np.arange(count)
    of_counted = [
        *(kinds & kind > 0 for kind in (BULLET, ENTRY, LABEL, DATELINE, BRACKET)),
        may_be_taken | ~is_counted,
        widths > WRAPPED_WIDTH,
        _is_like_above(text, spans, text_of),
        is_open | ~is_counted,
        ((words <= NAME_WORDS) | ~is_counted) & (number < firsts[text_of] + NAME_LINES),
        (widths <= INITIALS_WIDTH) & (number >= firsts[text_of + 1] - INITIALS_LINES),
    ]
    shapes = (np.bincount(text_of[which], minlength=n).tolist() for which in of_counted)
    low, high = (spans - starts[text_of, None]).T.tolist()
    found = Found(low, high, words.tolist(), kinds.tolist(), cued)
    return _Scanned(found, firsts.tolist(), marks.tolist(), uneven.tolist(), list(map(Shape, *shapes)), unproved)


def _is_like_above(text: NDArray[np.uint8], spans: NDArray[np.int64], text_of: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which lines of a narrowed text may begin like the line above them in the same text."""
    opening = text[spans[:, :1] + np.arange(ALIKE)]
    found = np.zeros(len(spans), np.bool_)
    found[1:] = (opening[1:] == opening[:-1]).all(axis=1) & (text_of[1:] == text_of[:-1])
    return found


def _lines(text: str, scanned: _Scanned, number: int) -> Lines:
    """The lines of one text, with what only the text itself can tell of them."""
    marked, found = scanned.marked[number], scanned.found
    first, last = scanned.firsts[number], scanned.firsts[number + 1]
    flat = flatten(text) if marked >> _WIDE else flatten_only(text, _variants(marked >> _VARIANT))
    has_spaces = not (marked & _UNSPACED or (marked & _ASTRAL and is_unspaced(flat)))
    if not has_spaces:
        found.words[first:last] = [count_words(flat[found.starts[at] : found.ends[at]]) for at in range(first, last)]
        for at in range(first, last):
            found.kinds[at] |= TAKEN * (found.words[at] <= CUELESS_WORDS)
    for at, suspected in itertools.groupby(scanned.unproved.get(number, ()), key=operator.itemgetter(0)):
        line = flat[found.starts[at] : found.ends[at]].lower()
        rules = {int(_tables().rules[cue]) for _, cue in suspected if _tables().cues[cue].stands_in(line)}
        if rules:
            found.cued[at] = tuple(sorted(rules.union(found.cued.get(at, ()))))
            found.kinds[at] |= TAKEN
    plain = not marked & (_TANGLED | _ASTRAL) or is_plain(text)
    is_even = has_spaces and not scanned.uneven[number]
    return Lines(flat, plain, is_even, scanned.shapes[number], found, first, last)


@functools.lru_cache(maxsize=4_096)
def _variants(bits: int) -> str:
    """The folded characters of which these are the bits."""
    return "".join(variant for number, variant in enumerate(variants()[: _WIDE - _VARIANT]) if bits >> number & 1)
