"""Texts without the lines that were learned, at their ends."""

from __future__ import annotations

import functools
import itertools
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline import config, schema
from pipeline.stages._fold import place_in
from pipeline.stages._words import count_words

__all__ = ["RULE", "only", "strike"]

#: The rule in the stripped lines.
RULE = "learned"

_LINK_WORDS = 12
_ENDS = (".", "!", "?", "。", "।")


def strike(
    texts: pa.Table,
    lines: pa.ChunkedArray,
    stretches: NDArray[np.int64],
    learned: pa.Table,
    settings: config.Learn,
    stub_words: int,
) -> tuple[pa.Table, pa.Table]:
    """Texts (`schema.ARTICLES`) without learned lines at their ends, and those lines, as `schema.STRIPPED`.

    `lines` has the hashes of each body's lines, as `sketch.lines` gives them, or none where it is to stay as it is. So does
    a body more of whose words than `settings.max_share` would go. What is left with fewer than `stub_words` is a stub.
    """
    known: dict[tuple[int, str], set[int]] = {}
    for stretch, publisher, line in zip(*(column.to_pylist() for column in learned.columns), strict=True):
        known.setdefault((stretch, publisher), set()).add(line)
    rows: list[dict[str, Any]] = []
    stripped: list[dict[str, Any]] = []
    for text, hashes, stretch in zip(texts.select(_READ).to_pylist(), lines, stretches.tolist(), strict=True):
        furniture = known.get((stretch, text["publisher_id"]), set())
        is_furniture = [line in furniture for line in hashes.as_py()]
        if not any(is_furniture[:1] + is_furniture[-1:]):  # the story reaches to both ends
            rows.append(text)
            continue
        paragraphs = _Paragraphs(text)
        is_furniture = paragraphs.with_enclosed(is_furniture)
        first, last = _story(is_furniture)
        if last - first == len(is_furniture) or not paragraphs.may_be(first, last, settings.max_share):
            rows.append(text)
            continue
        stripped += [paragraphs.stripped(number, "head") for number in range(first)]
        stripped += [paragraphs.stripped(number, "tail") for number in range(last, len(is_furniture))]
        n_words = sum(paragraphs.words[first:last])
        state = "stub" if n_words < stub_words else text["text_state"]
        rows.append({**text, **paragraphs.only(first, last), "n_words": n_words, "text_state": state})
    for name in _CHANGED:
        column = schema.ARTICLES.field(name)
        texts = texts.set_column(
            texts.column_names.index(name), column, pa.array([row[name] for row in rows], column.type)
        )
    return texts, pa.Table.from_pylist(stripped, schema.STRIPPED)


def only(texts: pa.Table, heads: NDArray[np.int64], tails: NDArray[np.int64]) -> pa.Table:
    """Texts (`schema.ARTICLES`) without so many lines at their heads and tails: `body` and `body_map` as `strike` left them."""
    rows = []
    for text, head, tail in zip(texts.select(_READ).to_pylist(), heads.tolist(), tails.tolist(), strict=True):
        paragraphs = _Paragraphs(text)
        rows.append(paragraphs.only(head, len(paragraphs.lines) - tail))
    for name in ("body", "body_map"):
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
    def words(self) -> list[int]:
        """How many each has."""
        return [count_words(line) for line in self.lines]

    @functools.cached_property
    def spans(self) -> list[tuple[int, int]]:
        """The map of the body."""
        return [(entry["at"], entry["raw"]) for entry in self.text["body_map"]]

    def with_enclosed(self, is_furniture: list[bool]) -> list[bool]:
        """A few words between two lines of furniture are a link among links, or a name that holds a number."""
        return [
            own or (before and after and not self.lines[number].endswith(_ENDS) and self.words[number] <= _LINK_WORDS)
            for number, (before, own, after) in enumerate(
                zip([False, *is_furniture], is_furniture, [*is_furniture[1:], False], strict=False)
            )
        ]

    def may_be(self, first: int, last: int, max_share: float) -> bool:
        """Whether enough of the words is left when only those paragraphs stay."""
        left, all_words = sum(self.words[first:last]), sum(self.words)
        return left > 0 and all_words - left <= max_share * all_words

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
