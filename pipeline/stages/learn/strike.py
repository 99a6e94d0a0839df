"""Texts without the lines that were learned, at their ends."""

from __future__ import annotations

import functools
import itertools
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline import config, schema
from pipeline.stages._fold import place_in
from pipeline.stages._words import count_words, is_unspaced

__all__ = ["RULE", "Furniture", "only", "strike"]

#: The rule in the stripped lines.
RULE = "learned"

_LINK_WORDS = 12
_ENDS = (".", "!", "?", "。", "।")


def strike(
    texts: pa.Table, lines: Furniture, settings: config.Learn, stub_words: int
) -> tuple[pa.Table, pa.Table, NDArray[np.int64]]:
    """Those of the texts (`schema.ARTICLES`) that lose learned lines at their ends, without them; these lines, as
    `schema.STRIPPED`; and the rows of these texts.

    `lines`: which of each body's lines are learned; none where it is to stay as it is. So does a body more of whose words
    than `settings.max_share` would go. What is left with fewer than `stub_words` is a stub.
    """
    rows: list[int] = []
    bare: list[dict[str, Any]] = []
    stripped: list[dict[str, Any]] = []
    reached = np.flatnonzero(lines.at_ends())  # elsewhere the story reaches to both ends
    for row, text in zip(reached.tolist(), texts.select(_READ).take(pa.array(reached)).to_pylist(), strict=True):
        paragraphs = _Paragraphs(text)
        is_furniture = paragraphs.with_enclosed(lines.of(row))
        first, last = _story(is_furniture)
        if last - first == len(is_furniture):
            continue
        n_words, gone = paragraphs.kept_and_gone(first, last)
        if not n_words or gone > settings.max_share * (n_words + gone):
            continue
        stripped += [paragraphs.stripped(number, "head") for number in range(first)]
        stripped += [paragraphs.stripped(number, "tail") for number in range(last, len(is_furniture))]
        state = "stub" if n_words < stub_words else text["text_state"]
        bare.append({**paragraphs.only(first, last), "n_words": n_words, "text_state": state})
        rows.append(row)
    lost = np.array(rows, np.int64)
    return _with(texts.take(pa.array(lost)), bare, _CHANGED), pa.Table.from_pylist(stripped, schema.STRIPPED), lost


class Furniture(NamedTuple):
    """Which lines of some texts are furniture: text i has the lines is_furniture[offsets[i]:offsets[i + 1]]."""

    is_furniture: NDArray[np.bool_]
    offsets: NDArray[np.int64]

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


def only(texts: pa.Table, heads: NDArray[np.int64], tails: NDArray[np.int64]) -> pa.Table:
    """Texts (`schema.ARTICLES`) without so many lines at their heads and tails: `body` and `body_map` as `strike` left them."""
    rows = []
    for text, head, tail in zip(texts.select(_READ).to_pylist(), heads.tolist(), tails.tolist(), strict=True):
        paragraphs = _Paragraphs(text)
        rows.append(paragraphs.only(head, len(paragraphs.lines) - tail))
    return _with(texts, rows, ("body", "body_map"))


def _with(texts: pa.Table, rows: list[dict[str, Any]], names: tuple[str, ...]) -> pa.Table:
    """The texts with these columns of the rows in place of their own."""
    for name in names:
        column = schema.ARTICLES.field(name)
        values = pa.array([row[name] for row in rows], column.type)
        texts = texts.set_column(texts.column_names.index(name), column, values)
    return texts


_CHANGED = ("body", "body_map", "n_words", "text_state")
_READ = ("record", "article_id", "publisher_id", "field", *_CHANGED)


def _story(is_furniture: list[bool]) -> tuple[int, int]:
    """Where the story begins and ends: (0, 0) if nothing is one."""
    story = [number for number, furniture in enumerate(is_furniture) if not furniture]
    return (story[0], story[-1] + 1) if story else (0, 0)


class _Paragraphs:
    """The paragraphs of a text (a row of articles), with their places in the field as it was read."""

    def __init__(self, text: dict[str, Any]) -> None:
        self.text = text
        self.lines: list[str] = text["body"].split("\n")
        self.begins = [0, *itertools.accumulate(len(line) + 1 for line in self.lines)]

    @functools.cached_property
    def is_unspaced(self) -> bool:
        """Whether words are to be counted line by line: two signs are one, rounded up."""
        return is_unspaced(self.text["body"])

    def n_words(self, first: int, last: int) -> int:
        """How many those of [first, last) have."""
        if self.is_unspaced:
            return sum(map(count_words, self.lines[first:last]))
        return len(self.text["body"][self.begins[first] : self.begins[last]].split())

    @functools.cached_property
    def spans(self) -> list[tuple[int, int]]:
        """The map of the body."""
        return [(entry["at"], entry["raw"]) for entry in self.text["body_map"]]

    def with_enclosed(self, is_furniture: list[bool]) -> list[bool]:
        """A few words between two lines of furniture are a link among links, or a name that holds a number."""
        return [
            own
            or (
                before
                and after
                and not self.lines[number].endswith(_ENDS)
                and self.n_words(number, number + 1) <= _LINK_WORDS
            )
            for number, (before, own, after) in enumerate(
                zip([False, *is_furniture], is_furniture, [*is_furniture[1:], False], strict=False)
            )
        ]

    def kept_and_gone(self, first: int, last: int) -> tuple[int, int]:
        """How many words those of [first, last) have, and how many the others."""
        gone = self.n_words(0, first) + self.n_words(last, len(self.lines))
        return self.n_words(first, last) if self.is_unspaced else self.text["n_words"] - gone, gone

    def only(self, first: int, last: int) -> dict[str, Any]:
        """The body and its map with those paragraphs alone."""
        start, end = self.begins[first], self.begins[last] - 1
        kept = [(0, place_in(self.spans, start)), *((at - start, raw) for at, raw in self.spans if start < at < end)]
        return {"body": self.text["body"][start:end], "body_map": [{"at": at, "raw": raw} for at, raw in kept]}

    def stripped(self, number: int, position: str) -> dict[str, Any]:
        """A row of `schema.STRIPPED` for one of them. The last character is mapped, not what follows it."""
        start, end = self.begins[number], self.begins[number] + len(self.lines[number])
        return {
            **{name: self.text[name] for name in ("record", "article_id", "field")},
            "line": self.lines[number],
            "start": place_in(self.spans, start),
            "end": place_in(self.spans, end - 1) + 1,
            "position": position,
            "kind": "furniture",
            "rule": RULE,
        }
