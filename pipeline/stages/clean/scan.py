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
from pipeline.stages.clean import furniture, structure, verdicts
from pipeline.stages.clean.datelines import FIRST_NATIVE
from pipeline.stages.clean.lines import (
    BRACKET,
    BULLET,
    CUELESS_WORDS,
    DATELINE,
    DIGIT,
    DOUBLED_WIDTH,
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
_FOREIGN = 1 << 10
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
    """`codes`, `marks`: of each character; `begins`: the bits of a line by its first two; the `literals` looked for in lines,
    and the `cues` that they are spellings of."""

    codes: NDArray[np.uint8]
    marks: NDArray[np.uint64]
    begins: NDArray[np.uint16]
    literals: Literals
    cues: _Cues


class _Cues(NamedTuple):
    """What is looked for in lines. Of each: the cue; its rule, `_OPENING` for one of `verdicts.opening_cues`; whether that is
    for lines amid the story; whether a place found for it is sure; whether it begins a word; and within how many characters of
    a line."""

    cues: tuple[furniture.Cue, ...]
    rules: NDArray[np.int64]
    in_body: NDArray[np.bool_]
    is_sure: NDArray[np.bool_]
    begins_word: NDArray[np.bool_]
    within: NDArray[np.int64]

    @classmethod
    def of(cls, cues: Sequence[furniture.Cue]) -> _Cues:
        amid = {number for number, rule in enumerate(furniture.rules()) if "body" in rule.where}
        return cls(
            tuple(cues),
            np.array([cue.rule for cue in cues], np.int64),
            np.array([cue.rule in amid for cue in cues], np.bool_),
            np.array([cue.text.isascii() for cue in cues], np.bool_),
            np.array([cue.begins_word for cue in cues], np.bool_),
            np.array([cue.within for cue in cues], np.int64),
        )


_OPENING = -1


@functools.cache
def _tables() -> _Tables:
    from pipeline.stages.kernels.literals import ANY, codes, literals

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
    cues = [cue for cue in furniture.cues() if flatten(cue.text).lower() == cue.text]
    cues += [furniture.Cue(cue, _OPENING, ANY) for cue in verdicts.opening_cues()]
    spelled = [(form, cue) for cue in cues for form in _forms(cue.text)]
    return _Tables(
        table,
        marks,
        _begins(),
        literals([form for form, _ in spelled], [cue.max_words for _, cue in spelled], table),
        _Cues.of([cue for _, cue in spelled]),
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
    from pipeline.stages.kernels.literals import narrowed

    tables = _tables()
    text, starts, marks = narrowed(data, offsets, tables.codes, tables.marks)
    marked = marks.astype(np.uint8)  # all but which characters are folded
    n, most = len(marked), int(starts[-1]) // 2 + len(marked)
    spans, words, firsts = np.empty((most, 2), np.int64), np.empty(most, np.int32), np.empty(n + 1, np.int64)
    kinds, uneven = np.empty(most, np.uint16), np.empty(n, np.uint8)
    count = kernel.split(
        text, starts, kernel.EDGES, tables.begins, _HEADS, _ENDS, HEAD, spans, words, kinds, firsts, uneven, DIGIT
    )
    text_of = np.repeat(np.arange(n), np.diff(firsts))
    lines = _Some(spans[:count], words[:count], kinds[:count], text_of, marked[text_of])
    line, cue = _standing(text, lines, tables)
    is_opening = tables.cues.rules[cue] == _OPENING
    opening, line, cue = line[is_opening], line[~is_opening], cue[~is_opening]
    is_sure = tables.cues.is_sure[cue] & (lines.marked[line] & _ODD == 0)
    unproved: dict[int, list[tuple[int, int]]] = {}
    for one, other in _distinct(line[~is_sure], cue[~is_sure]):  # a long line may have one in a thousand places
        unproved.setdefault(int(text_of[one]), []).append((one, other))
    cued: dict[int, tuple[int, ...]] = {}
    for one, rule in _distinct(line[is_sure], tables.cues.rules[cue[is_sure]]):
        cued[one] = (*cued.get(one, ()), rule)
    _tell(lines, line, line[is_sure & tables.cues.in_body[cue]])
    of_counted = _counted(text, lines, firsts)
    of_counted["taken"][line[~is_sure]] = True
    of_counted["announced"][opening] = True
    counts = {name: np.bincount(text_of[which], minlength=n).tolist() for name, which in of_counted.items()}
    shapes = list(map(Shape, *(counts[name] for name in Shape._fields)))
    low, high = (lines.spans - starts[text_of, None]).T.tolist()
    found = Found(low, high, lines.words.tolist(), lines.kinds.tolist(), cued)
    return _Scanned(found, firsts.tolist(), marks.tolist(), uneven.tolist(), shapes, unproved)


class _Some(NamedTuple):
    """The lines of some texts in a row: where each stands in the narrowed text (n, 2), its words and bits, the number of its
    text and the marks of that."""

    spans: NDArray[np.int64]
    words: NDArray[np.int32]
    kinds: NDArray[np.uint16]
    text_of: NDArray[np.int64]
    marked: NDArray[np.uint8]

    @property
    def is_counted(self) -> NDArray[np.bool_]:
        """Of which the gaps tell the words; elsewhere there may be more of them."""
        counted: NDArray[np.bool_] = self.marked & (_UNSPACED | _ASTRAL) == 0
        return counted

    @property
    def widths(self) -> NDArray[np.int64]:
        """The characters of each."""
        return self.spans[:, 1] - self.spans[:, 0]


def _standing(text: NDArray[np.uint8], lines: _Some, tables: _Tables) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The cues that may stand in lines: the number of the line, and that of the cue."""
    from pipeline.stages.kernels.literals import places

    words = np.where(lines.is_counted, lines.words, 0).astype(np.int32)
    line, at, cue = places(text, lines.spans, words, tables.literals).T
    offset = at - lines.spans[line, 0]
    is_inside = tables.cues.begins_word[cue] & (offset > 0) & _IS_LETTER[text[at - 1]]
    may_stand = ~is_inside & (offset < tables.cues.within[cue]) | (lines.marked[line] & _ODD > 0)
    return line[may_stand], cue[may_stand]


def _distinct(line: NDArray[np.int64], number: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """The distinct pairs of a line and a number, in order."""
    pairs = np.unique(line << 32 | number)
    return zip((pairs >> 32).tolist(), (pairs & 0xFFFFFFFF).tolist(), strict=True)


def _tell(lines: _Some, cued: NDArray[np.int64], taken: NDArray[np.int64]) -> None:
    """Set the bits of lines that take more than their first and last characters to tell; `cued` are those in which a cue may
    stand, `taken` those in which one for lines amid the story does."""
    kinds, words, marked = lines.kinds, lines.words, lines.marked
    is_other = marked & (_NATIVE | _ASTRAL) > 0
    kinds[(kinds & _FOREIGN > 0) & is_other | (marked & _ODD > 0)] |= DATELINE
    # A digit of another script is no letter of Latin or Greek.
    is_stamp = (kinds & (DIGIT | QUESTION) > 0) | is_other
    is_short = (words >= PARAGRAPH_WORDS) & (lines.widths > PARAGRAPH_WIDTH) & ~is_stamp
    is_prose = lines.is_counted & (kinds & FULL_STOP > 0) & ((words >= PROSE_WORDS) | is_short)
    is_prose[cued] = False
    kinds[is_prose] |= PROSE
    kinds[words <= CUELESS_WORDS] |= TAKEN
    kinds[taken] |= TAKEN


def _counted(text: NDArray[np.uint8], lines: _Some, firsts: NDArray[np.int64]) -> dict[str, NDArray[np.bool_]]:
    """Which lines count for each figure of `Shape`."""
    kinds, words, is_counted, number = lines.kinds, lines.words, lines.is_counted, np.arange(len(lines.words))
    is_open = (kinds & FULL_STOP == 0) & (words >= SHOUTED_WORDS[0]) & (words <= SHOUTED_WORDS[1])
    is_name = (words <= NAME_WORDS) | ~is_counted
    return {
        "bullets": kinds & BULLET > 0,
        "entries": kinds & ENTRY > 0,
        "labels": kinds & LABEL > 0,
        "datelines": kinds & DATELINE > 0,
        "brackets": kinds & BRACKET > 0,
        "taken": (kinds & TAKEN > 0) | ~is_counted,
        "wide": lines.widths > WRAPPED_WIDTH,
        "alike": _is_like_above(text, lines.spans, lines.text_of),
        "open_ended": is_open | ~is_counted,
        "names": is_name & (number < firsts[lines.text_of] + NAME_LINES),
        "initials": (lines.widths <= INITIALS_WIDTH) & (number >= firsts[lines.text_of + 1] - INITIALS_LINES),
        "announced": np.zeros(len(number), np.bool_),
    }


def _is_like_above(text: NDArray[np.uint8], spans: NDArray[np.int64], text_of: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which lines of a narrowed text may begin like the line above them in the same text."""
    opening = text[spans[:, :1] + np.arange(DOUBLED_WIDTH)]
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
        cues = [_tables().cues.cues[cue] for _, cue in suspected]
        rules = {cue.rule for cue in cues if cue.stands_in(line)}
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
