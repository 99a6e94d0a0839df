"""diffs: two texts side by side, sentence by sentence, with long stretches that agree folded away.

What is no part of a text but stood in it (furniture) may be given besides: it is shown where it stood, and never compared.
"""

from __future__ import annotations

import difflib
import io
import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import regex

__all__ = ["Beside", "Line", "Pieces", "Row", "aligned", "as_text", "beside", "marked"]

_SENTENCE = regex.compile(r"(?<=[.!?…]['\")\]»”’]*)\s+|(?<=[。！？।॥]['\"」』”’）]*)\s*")
_WORD = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]|[\p{L}\p{M}\p{N}]+(?:['’][\p{L}]+)?|\s+|.", regex.S)
_CONTEXT = 1  # sentences that are shown beside a difference
_WIDTH = 116
_MOST = 400_000  # equal pairs of sentences, or of words; texts with more differ as a whole, or they would take too long
_PAIRS = 10_000  # pairs of sentences that are looked at for being edits
_EDITED = 0.5  # words that two sentences share at least, if one is an edit of the other
_OTHER = 0.3  # passages with fewer words in common are not marked word by word


#: A passage in pieces: words, and whether this side alone has them.
Pieces = list[tuple[str, bool]]


class Line(NamedTuple):
    """A line of a text; or, with the `rule` by which it was taken out, one that is not the story."""

    words: str
    rule: str = ""


class Row(NamedTuple):
    """What stands beside one another. `same`: both read the same; `folded` sentences then stand for what is not shown.

    `rule`: by which a line was taken out of the one side that has it; such rows are compared with nothing.
    """

    left: str
    right: str
    same: bool
    folded: int = 0
    rule: str = ""


class Beside(NamedTuple):
    """A row, and its sides in pieces where they differ."""

    row: Row
    left: Pieces
    right: Pieces


class _Side(NamedTuple):
    """The sentences of a text, and what stands beside the story: (number of the sentence it stands before, line)."""

    sentences: list[str]
    asides: list[tuple[int, Line]]


def aligned(left: str | Sequence[Line], right: str | Sequence[Line]) -> list[Row]:
    """The rows of a side-by-side diff. What is only on one side has "" on the other."""
    one, other = _side(left), _side(right)
    if not _is_cheap(one.sentences, other.sentences):
        return [Row(" ".join(one.sentences), " ".join(other.sentences), same=one.sentences == other.sentences)]
    matcher = difflib.SequenceMatcher(None, one.sentences, other.sentences, autojunk=False)
    rows: list[Row] = []
    for kind, start, end, other_start, other_end in matcher.get_opcodes():
        rows += _asides(one, start, other, other_start)
        if kind == "equal":
            last = (end, other_end) == (len(one.sentences), len(other.sentences))
            rows += _folded(one.sentences[start:end], first=(start, other_start) == (0, 0), last=last)
        else:
            rows += _replaced(one.sentences[start:end], other.sentences[other_start:other_end])
    return [*rows, *_asides(one, len(one.sentences), other, len(other.sentences))]


def _side(text: str | Sequence[Line]) -> _Side:
    side = _Side([], [])
    for line in [Line(text)] if isinstance(text, str) else text:
        if line.rule:
            side.asides.append((len(side.sentences), line))
        else:
            side.sentences.extend(_sentences(line.words))
    return side


def _replaced(one: Sequence[str], other: Sequence[str]) -> Iterator[Row]:
    """What stands for one another: sentences that are alike beside each other, what lies between them in one row."""
    start = other_start = 0
    for at, other_at in [*_alike(one, other), (len(one), len(other))]:
        between = (" ".join(one[start:at]), " ".join(other[other_start:other_at]))
        if any(between):
            yield Row(*between, same=False)
        if at < len(one):
            yield Row(one[at], other[other_at], same=False)
        start, other_start = at + 1, other_at + 1


def _alike(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int]]:
    """The places of sentences that are edits of one another, in the order of both, chosen so that most words are shared.

    Passages of too many sentences are not looked into.
    """
    if not one or not other or len(one) * len(other) > _PAIRS:
        return []
    words, other_words = ([set(_WORD.findall(line.casefold())) for line in side] for side in (one, other))
    best = [[0.0] * (len(other) + 1) for _ in range(len(one) + 1)]
    shared = [[2 * len(a & b) / (len(a) + len(b)) for b in other_words] for a in words]
    for at, other_at in itertools.product(reversed(range(len(one))), reversed(range(len(other)))):
        skip = max(best[at + 1][other_at], best[at][other_at + 1])
        share = shared[at][other_at]
        best[at][other_at] = max(skip, share + best[at + 1][other_at + 1]) if share >= _EDITED else skip
    found, at, other_at = list[tuple[int, int]](), 0, 0
    while at < len(one) and other_at < len(other):
        if best[at][other_at] == best[at + 1][other_at]:
            at += 1
        elif best[at][other_at] == best[at][other_at + 1]:
            other_at += 1
        else:
            found.append((at, other_at))
            at, other_at = at + 1, other_at + 1
    return found


def _asides(one: _Side, until: int, other: _Side, other_until: int) -> Iterator[Row]:
    """What stands before these sentences and was not told yet, of each side; inside a stretch that is one row, after it."""
    for side, end in ((one, until), (other, other_until)):
        while side.asides and side.asides[0][0] <= end:
            words, rule = side.asides.pop(0)[1]
            left, right = (words, "") if side is one else ("", words)
            yield Row(left, right, same=True, rule=rule)


def beside(left: str | Sequence[Line], right: str | Sequence[Line]) -> list[Beside]:
    """The rows of a side-by-side diff, with the words marked that differ."""
    return [Beside(row, *(([], []) if row.same else marked(row.left, row.right))) for row in aligned(left, right)]


def marked(left: str, right: str) -> tuple[Pieces, Pieces]:
    """Two passages in pieces, which joined are the passages again.

    >>> marked("The ferry hit a wall.", "A ferry hit the wall.")[0]
    [('The', True), (' ferry hit ', False), ('a', True), (' wall.', False)]
    """
    one, other = _WORD.findall(left), _WORD.findall(right)
    if not one or not other or not _is_cheap(one, other):
        return _whole(left), _whole(right)
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    if matcher.ratio() < _OTHER:
        return _whole(left), _whole(right)
    pieces: tuple[Pieces, Pieces] = ([], [])
    for kind, start, end, other_start, other_end in matcher.get_opcodes():
        for side, words in zip(pieces, (one[start:end], other[other_start:other_end]), strict=True):
            if words:
                side.append(("".join(words), kind != "equal"))
    return _mended(pieces[0]), _mended(pieces[1])


def _is_cheap(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two sequences can be matched in little time: what it takes grows with their pairs of equal items."""
    counts = Counter(other)
    return sum(count * counts[item] for item, count in Counter(one).items()) <= _MOST


def _whole(words: str) -> Pieces:
    return [(words, True)] if words else []


def _mended(pieces: Pieces) -> Pieces:
    """Pieces that differ with nothing but white space between them as one, for a reader sees one change there."""
    joined: Pieces = []
    for number, (words, differs) in enumerate(pieces):
        between = 0 < number < len(pieces) - 1 and not words.strip()
        if joined and joined[-1][1] and (differs or between):
            joined[-1] = (joined[-1][0] + words, True)
        else:
            joined.append((words, differs))
    return joined


def _sentences(text: str) -> list[str]:
    return [part for line in text.splitlines() for part in _SENTENCE.split(line) if part.strip()]


def _folded(same: Sequence[str], *, first: bool, last: bool) -> Iterator[Row]:
    """The sentences of an equal stretch, without its middle if that is long."""
    head, tail = 0 if first else _CONTEXT, 0 if last else _CONTEXT
    if len(same) <= head + tail + 1:
        yield from (Row(words, words, same=True) for words in same)
        return
    yield from (Row(words, words, same=True) for words in same[:head])
    yield Row("", "", same=True, folded=len(same) - head - tail)
    yield from (Row(words, words, same=True) for words in same[len(same) - tail :])


def as_text(rows: Sequence[Row], width: int = _WIDTH) -> str:
    """The rows in two columns of characters; `|` stands between sides that differ."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    side = (width - 5) // 2
    table = Table.grid(padding=(0, 1))
    for size in (side, 1, side):
        table.add_column(width=size, overflow="fold")
    for row in rows:
        if row.folded:
            table.add_row(Text(_fold(row)), Text(""), Text(""))
        else:
            table.add_row(Text(row.left), Text(" " if row.same else "|"), Text(row.right))
    out = io.StringIO()
    Console(file=out, width=width, color_system=None, legacy_windows=False).print(table)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def _fold(row: Row) -> str:
    return f"… {row.folded:,} sentence{'' if row.folded == 1 else 's'} the same …"
