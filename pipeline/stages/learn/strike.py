"""Texts without the lines that were learned, at their ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline import config, schema
from pipeline.stages._maps import Maps
from pipeline.stages._words import count_words, is_unspaced
from pipeline.stages.kernels import arrays

__all__ = ["RULE", "Furniture", "only", "strike"]

#: The rule in the stripped lines.
RULE = "learned"

_LINK_WORDS = 12
_ENDS = (".", "!", "?", "。", "।")

Numbers = NDArray[np.int64]


class Furniture(NamedTuple):
    """Which lines of some texts are furniture: text i has the lines is_furniture[offsets[i]:offsets[i + 1]]."""

    is_furniture: NDArray[np.bool_]
    offsets: Numbers

    def of(self, row: int) -> list[bool]:
        """Which lines of that text are."""
        found: list[bool] = self.is_furniture[self.offsets[row] : self.offsets[row + 1]].tolist()
        return found

    def at_ends(self) -> NDArray[np.bool_]:
        """The texts whose first or last line is."""
        has_lines = self.offsets[1:] > self.offsets[:-1]
        found = np.zeros(len(has_lines), np.bool_)
        ends = self.offsets[:-1][has_lines], self.offsets[1:][has_lines] - 1
        found[has_lines] = self.is_furniture[ends[0]] | self.is_furniture[ends[1]]
        return found

    def only(self, rows: Numbers) -> Furniture:
        """The same of some of the texts."""
        sizes = np.diff(self.offsets)[rows]
        offsets = arrays.offsets(sizes)
        places = np.arange(offsets[-1]) + np.repeat(self.offsets[rows] - offsets[:-1], sizes)
        return Furniture(self.is_furniture[places], offsets)

    def enclosed(self) -> Numbers:
        """The places of lines that are none, between two that are."""
        before, after = np.roll(self.is_furniture, 1), np.roll(self.is_furniture, -1)
        has_lines = self.offsets[1:] > self.offsets[:-1]
        before[self.offsets[:-1][has_lines]] = after[self.offsets[1:][has_lines] - 1] = False
        return np.flatnonzero(~self.is_furniture & before & after)

    def around_story(self) -> tuple[Numbers, Numbers]:
        """How many lines of furniture each text has before its first other line, and how many behind its last; (0, 0) for a
        text that has no other."""
        story = np.flatnonzero(~self.is_furniture)
        low, high = (np.searchsorted(story, edge) for edge in (self.offsets[:-1], self.offsets[1:]))
        heads, tails = np.zeros(len(low), np.int64), np.zeros(len(low), np.int64)
        has = high > low
        heads[has] = story[low[has]] - self.offsets[:-1][has]
        tails[has] = self.offsets[1:][has] - 1 - story[high[has] - 1]
        return heads, tails


def strike(
    texts: pa.Table, lines: Furniture, settings: config.Learn, stub_words: int
) -> tuple[pa.Table, pa.Table, Numbers]:
    """Those of the texts (`schema.ARTICLES`) that lose learned lines at their ends, without them; these lines, as
    `schema.STRIPPED`; and the rows of these texts.

    `lines`: which of each body's lines are learned; none where it is to stay as it is. So does a body more of whose words
    than `settings.max_share` would go. What is left with fewer than `stub_words` is a stub.
    """
    reached = np.flatnonzero(lines.at_ends())  # elsewhere the story reaches to both ends
    bodies = _Bodies(texts["body"].take(pa.array(reached)))
    heads, tails = _with_enclosed(bodies, lines.only(reached)).around_story()
    some = np.flatnonzero(heads + tails)
    starts, ends = bodies.cut(some, heads[some], tails[some])
    n_words = texts["n_words"].to_numpy()[reached[some]].tolist()
    chosen, left, struck = list[int](), list[int](), list[_Line]()
    for place, (row, words, start, end) in enumerate(
        zip(some.tolist(), n_words, starts.tolist(), ends.tolist(), strict=True)
    ):
        head, tail = bodies.around(row, start, end)
        kept, gone = _kept_and_gone(bodies, row, (head, tail), words)
        if kept and gone <= settings.max_share * (kept + gone):
            struck += _lines(len(chosen), head, tail, bodies.characters(row))
            chosen.append(place)
            left.append(kept)
    some, starts, ends = some[chosen], starts[chosen], ends[chosen]
    lost = reached[some]
    maps = Maps(texts["body_map"].take(pa.array(lost)))
    state = np.where(np.array(left, np.int64) < stub_words, "stub", texts["text_state"].take(pa.array(lost)).to_numpy())
    bare = _with(
        texts.drop_columns(_REPLACED).take(pa.array(lost)),
        {
            "body": bodies.between(starts, ends),
            "body_map": maps.between(bodies.in_characters(some, starts, ends)),
            "n_words": left,
            "text_state": state,
        },
    )
    return bare, _stripped(bare, struck, maps), lost


def only(texts: pa.Table, heads: Numbers, tails: Numbers) -> pa.Table:
    """Texts (`schema.ARTICLES`) without so many lines at their heads and tails: `body` and `body_map` as `strike` left them."""
    bodies, rows = _Bodies(texts["body"]), np.arange(texts.num_rows)
    starts, ends = bodies.cut(rows, heads, tails)
    cut = {
        "body": bodies.between(starts, ends),
        "body_map": Maps(texts["body_map"]).between(bodies.in_characters(rows, starts, ends)),
    }
    return _with(texts.drop_columns(list(cut)), cut)


_REPLACED = ["body", "body_map", "n_words", "text_state"]


class _Line(NamedTuple):
    """A line that goes: of which text, where it begins in its body, its words, and whether it is at the head or the tail."""

    row: int
    start: int
    line: str
    position: str


class _Bodies:
    """Bodies as they lie, end to end in UTF-8: few of them come to Python, and of most only the lines that go.

    Places are those of bytes, from the beginning of all bodies on.
    """

    def __init__(self, column: pa.ChunkedArray) -> None:
        self._column = column.combine_chunks()
        self._data, self._offsets = arrays.texts(self._column)
        self._view = self._data.data
        low, high = int(self._offsets[0]), int(self._offsets[-1])
        self._breaks = low + np.flatnonzero(self._data[low:high] == _BREAK)
        # With such bytes unspaced letters begin, as do others; punctuation, as quotation marks are, does not.
        far = low + np.flatnonzero(self._data[low:high] >= _FAR)
        far = far[self._data[far] != _PUNCTUATION]
        self._may_be_unspaced = (np.diff(np.searchsorted(far, self._offsets)) > 0).tolist()
        self._sizes = pc.utf8_length(self._column).to_numpy(zero_copy_only=False)

    def text(self, row: int) -> str:
        """A body."""
        return str(self._view[self._offsets[row] : self._offsets[row + 1]], "utf-8")

    def line(self, row: int, number: int) -> str:
        """A line of a body."""
        breaks = self._within(row)
        starts, ends = [self._offsets[row] - 1, *breaks], [*breaks, self._offsets[row + 1]]
        return str(self._view[starts[number] + 1 : ends[number]], "utf-8")

    def characters(self, row: int) -> int:
        """How many a body has."""
        return int(self._sizes[row])

    def is_unspaced(self, row: int) -> bool:
        """`is_unspaced` of a body."""
        return self._may_be_unspaced[row] and is_unspaced(self.text(row))

    def cut(self, rows: Numbers, heads: Numbers, tails: Numbers) -> tuple[Numbers, Numbers]:
        """What stays of each of those bodies without so many lines at its head and tail: where it begins and ends."""
        first, last = (np.searchsorted(self._breaks, self._offsets[rows + edge]) for edge in (0, 1))
        starts, ends = self._offsets[rows].copy(), self._offsets[rows + 1].copy()
        has_head, has_tail = heads > 0, tails > 0
        starts[has_head] = self._breaks[(first + heads - 1)[has_head]] + 1
        ends[has_tail] = self._breaks[(last - tails)[has_tail]]
        return starts, ends

    def around(self, row: int, start: int, end: int) -> tuple[str, str]:
        """What stands before and behind a part of a body."""
        low, high = self._offsets[row], self._offsets[row + 1]
        return str(self._view[low:start], "utf-8"), str(self._view[end:high], "utf-8")

    def between(self, starts: Numbers, ends: Numbers) -> pa.LargeStringArray:
        """What stands between those places."""
        pieces = [self._view[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
        offsets = arrays.offsets(ends - starts)
        return pa.LargeStringArray.from_buffers(len(starts), pa.py_buffer(offsets), pa.py_buffer(b"".join(pieces)))

    def in_characters(self, rows: Numbers, starts: Numbers, ends: Numbers) -> list[tuple[int, int]]:
        """Where in each of those bodies a part of it begins and ends."""
        around = (self.between(self._offsets[rows], starts), self.between(ends, self._offsets[rows + 1]))
        low, high = (pc.utf8_length(part).to_numpy(zero_copy_only=False) for part in around)
        return list(zip(low.tolist(), (self._sizes[rows] - high).tolist(), strict=True))

    def _within(self, row: int) -> Numbers:
        """The line breaks in a body."""
        low, high = np.searchsorted(self._breaks, self._offsets[row : row + 2])
        return self._breaks[low:high]


_BREAK, _FAR, _PUNCTUATION = ord("\n"), 0xE0, 0xE2


def _with_enclosed(bodies: _Bodies, lines: Furniture) -> Furniture:
    """A few words between two lines of furniture are furniture: a link among links, or a name that holds a number."""
    found, enclosed = lines.is_furniture.copy(), lines.enclosed()
    rows = np.searchsorted(lines.offsets, enclosed, side="right") - 1
    for place, row, number in zip(
        enclosed.tolist(), rows.tolist(), (enclosed - lines.offsets[rows]).tolist(), strict=True
    ):
        line = bodies.line(row, number)
        words = count_words(line) if bodies.is_unspaced(row) else len(line.split())
        found[place] = words <= _LINK_WORDS and not line.endswith(_ENDS)
    return Furniture(found, lines.offsets)


def _kept_and_gone(bodies: _Bodies, row: int, goes: tuple[str, str], n_words: int) -> tuple[int, int]:
    """How many of the words of a body stay, and how many go. Unspaced signs are counted in pairs, line by line."""
    if not bodies.is_unspaced(row):
        gone = sum(len(part.split()) for part in goes)
        return n_words - gone, gone
    head, tail = goes
    body = bodies.text(row)
    stays, *gone_ = (
        sum(map(count_words, part.split("\n"))) for part in (body[len(head) : len(body) - len(tail)], head, tail)
    )
    return stays, sum(gone_)


def _lines(row: int, head: str, tail: str, size: int) -> Iterator[_Line]:
    """The lines of a body of that size that go: what stands before what stays, and what behind."""
    start = 0
    for line in head.split("\n")[:-1]:
        yield _Line(row, start, line, "head")
        start += len(line) + 1
    start = size - len(tail) + 1
    for line in tail.split("\n")[1:]:
        yield _Line(row, start, line, "tail")
        start += len(line) + 1


def _with(texts: pa.Table, columns: dict[str, object]) -> pa.Table:
    """The texts with these columns, in the order of `schema.ARTICLES`."""
    own = {name: texts[name] for name in texts.column_names}
    for name, values in columns.items():
        own[name] = values if isinstance(values, pa.Array) else pa.array(values, schema.ARTICLES.field(name).type)
    wanted = pa.schema([field for field in schema.ARTICLES if field.name in own])
    return pa.table({name: own[name] for name in wanted.names}, schema=wanted)


def _stripped(texts: pa.Table, lines: list[_Line], maps: Maps) -> pa.Table:
    """The lines as `schema.STRIPPED`. Of each the last character is mapped, not what follows it."""
    rows = np.array([line.row for line in lines], np.int64)
    start = np.array([line.start for line in lines], np.int64)
    end = start + np.array([len(line.line) for line in lines], np.int64)
    columns = {name: texts[name].take(pa.array(rows)) for name in ("record", "article_id", "field")}
    columns |= {
        "line": [line.line for line in lines],
        "start": maps.place(rows, start),
        "end": maps.place(rows, end - 1) + 1,
        "position": [line.position for line in lines],
        "kind": pa.repeat("furniture", len(lines)),
        "rule": pa.repeat(RULE, len(lines)),
    }
    return pa.Table.from_arrays(
        [
            column.cast(field.type) if isinstance(column, pa.ChunkedArray | pa.Array) else pa.array(column, field.type)
            for field, column in ((field, columns[field.name]) for field in schema.STRIPPED)
        ],
        schema=schema.STRIPPED,
    )
