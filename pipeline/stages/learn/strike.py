"""Texts without the lines that were learned, at their ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
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
    bodies = texts["body"].take(pa.array(reached)).to_pylist()
    heads, tails = _with_enclosed(bodies, lines.only(reached)).around_story()
    some = np.flatnonzero(heads + tails)
    n_words = texts["n_words"].to_numpy()[reached[some]].tolist()
    rows, cuts, left, struck = list[int](), list[_Cut](), list[int](), list[_Line]()
    for row, head, tail, words in zip(some.tolist(), heads[some].tolist(), tails[some].tolist(), n_words, strict=True):
        body = bodies[row]
        cut = _cut(body, head, tail)
        kept, gone = _kept_and_gone(body, cut, words)
        if kept and gone <= settings.max_share * (kept + gone):
            struck += _lines(len(rows), body, cut)
            rows.append(row)
            cuts.append(cut)
            left.append(kept)
    lost = reached[rows]
    maps = Maps(texts["body_map"].take(pa.array(lost)))
    state = np.where(np.array(left, np.int64) < stub_words, "stub", texts["text_state"].take(pa.array(lost)).to_numpy())
    bare = _with(
        texts.take(pa.array(lost)), body=[bodies[row][start:end] for row, (start, end) in zip(rows, cuts, strict=True)]
    )
    bare = _with(bare, body_map=maps.between(cuts), n_words=left, text_state=state)
    return bare, _stripped(bare, struck, maps), lost


def only(texts: pa.Table, heads: Numbers, tails: Numbers) -> pa.Table:
    """Texts (`schema.ARTICLES`) without so many lines at their heads and tails: `body` and `body_map` as `strike` left them."""
    bodies = texts["body"].to_pylist()
    cuts = [_cut(*one) for one in zip(bodies, heads.tolist(), tails.tolist(), strict=True)]
    short = [body[start:end] for body, (start, end) in zip(bodies, cuts, strict=True)]
    return _with(texts, body=short, body_map=Maps(texts["body_map"]).between(cuts))


class _Cut(NamedTuple):
    """What of a body stays: body[start:end], whole lines."""

    start: int
    end: int


class _Line(NamedTuple):
    """A line that goes: of which text, where it begins in its body, its words, and whether it is at the head or the tail."""

    row: int
    start: int
    line: str
    position: str


def _with_enclosed(bodies: list[str], lines: Furniture) -> Furniture:
    """A few words between two lines of furniture are furniture: a link among links, or a name that holds a number."""
    found, enclosed = lines.is_furniture.copy(), lines.enclosed()
    rows = np.searchsorted(lines.offsets, enclosed, side="right") - 1
    for place, row, number in zip(
        enclosed.tolist(), rows.tolist(), (enclosed - lines.offsets[rows]).tolist(), strict=True
    ):
        line = bodies[row].split("\n")[number]
        words = count_words(line) if is_unspaced(bodies[row]) else len(line.split())
        found[place] = words <= _LINK_WORDS and not line.endswith(_ENDS)
    return Furniture(found, lines.offsets)


def _cut(body: str, head: int, tail: int) -> _Cut:
    """A body without so many lines at its head and tail."""
    start, end = 0, len(body)
    for _ in range(head):
        start = body.index("\n", start) + 1
    for _ in range(tail):
        end = body.rindex("\n", 0, end)
    return _Cut(start, end)


def _kept_and_gone(body: str, cut: _Cut, n_words: int) -> tuple[int, int]:
    """How many of the words of a body stay, and how many go. Unspaced signs are counted in pairs, line by line."""
    start, end = cut
    if not is_unspaced(body):
        gone = len(body[:start].split()) + len(body[end:].split())
        return n_words - gone, gone
    stays, *goes = (sum(map(count_words, part.split("\n"))) for part in (body[start:end], body[:start], body[end:]))
    return stays, sum(goes)


def _lines(row: int, body: str, cut: _Cut) -> Iterator[_Line]:
    """The lines of a body that go."""
    start = 0
    for line in body[: cut.start].split("\n")[:-1]:
        yield _Line(row, start, line, "head")
        start += len(line) + 1
    start = cut.end + 1
    for line in body[cut.end :].split("\n")[1:]:
        yield _Line(row, start, line, "tail")
        start += len(line) + 1


def _with(texts: pa.Table, **columns: object) -> pa.Table:
    """The texts with these columns in place of their own."""
    for name, values in columns.items():
        field = schema.ARTICLES.field(name)
        column = values if isinstance(values, pa.Array) else pa.array(values, field.type)
        texts = texts.set_column(texts.column_names.index(name), field, column)
    return texts


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
