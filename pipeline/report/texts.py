"""The words of articles, as far as the state of a run keeps them: the head of a story, and a print beside its canonical."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.quality.diffs import Line
from pipeline.storage.state import State
from pipeline.storage.tables import Tables

__all__ = ["Kept", "cut", "head"]

_KEYS = ["article_id", "key", "article", "redone"]
_STRIPPED = ["article_id", "field", "start", "line", "kind", "rule"]
_BATCH = 512  # articles whose bodies are held at a time
_LONGEST = 12_000  # characters of a text that are put beside another


class Kept:
    """The articles of a run whose words are kept."""

    def __init__(self, state: State, tables: Tables, article_ids: Iterable[str]) -> None:
        self._state, self._tables = state, tables
        rows = state.texts(_KEYS)
        rows = rows.filter(pc.is_in(rows["article_id"], pa.array(sorted(set(article_ids)), pa.string())))
        self._texts = rows.filter(pa.array(state.have_words(rows["article"].to_numpy())))

    def ids(self) -> set[str]:
        """Their ids."""
        return set(self._texts["article_id"].to_pylist())

    def lines(self, article_ids: Sequence[str], *, whole: bool) -> dict[str, list[Line]]:
        """Their texts line by line; `whole`: with the lines that were taken out, where they stood in the same field."""
        wanted = pa.array(article_ids, pa.string())
        texts, out = self._texts.filter(pc.is_in(self._texts["article_id"], wanted)), dict[str, list[Line]]()
        stripped = self._stripped(wanted) if whole else {}
        for start in range(0, texts.num_rows, _BATCH):
            bodies = self._state.bodies(texts.slice(start, _BATCH))
            for article_id, field, body, places in zip(*(column.to_pylist() for column in bodies.columns), strict=True):
                aside = [(at, line) for of, at, line in stripped.get(article_id, ()) if of == field]
                out[article_id] = _woven(cut(body, _LONGEST), places or (), aside)
        return out

    def _stripped(self, article_ids: pa.Array) -> dict[str, list[tuple[str, int, Line]]]:
        rows = self._tables.where("stripped", "article_id", article_ids, _STRIPPED)
        found = dict[str, list[tuple[str, int, Line]]]()
        for article_id, field, start, words, kind, rule in zip(*(c.to_pylist() for c in rows.columns), strict=True):
            line = Line(words, f"{kind.replace('_', ' ')}: {rule}")
            found.setdefault(article_id, []).append((field, start, line))
        return found


def _woven(body: str, places: Sequence[dict[str, int]], aside: Sequence[tuple[int, Line]]) -> list[Line]:
    """The lines of a body and those beside the story, in the order in which they stood in the field as it was read."""
    story, at = list[tuple[int, Line]](), 0
    for words in body.split("\n"):
        story.append((_raw(at, places), Line(words)))
        at += len(words) + 1
    return [line for _, line in heapq.merge(sorted(aside, key=_place), story, key=_place)]


def _place(line: tuple[int, Any]) -> int:
    return line[0]


def _raw(at: int, places: Sequence[dict[str, int]]) -> int:
    """Where the character at that place of a body stood in the field."""
    entry = next((entry for entry in reversed(places) if entry["at"] <= at), None)
    return entry["raw"] + at - entry["at"] if entry else at


def head(lines: Sequence[Line], longest: int) -> list[str]:
    """The first lines of a story, up to so many characters."""
    out, left = list[str](), longest
    for line in lines:
        if left <= 0:
            break
        out.append(cut(line.words, left))
        left -= len(line.words)
    return [line for line in out if line]


def cut(text: str, longest: int) -> str:
    """A text of at most so many characters; `…` stands for the rest."""
    if len(text) <= longest:
        return text
    return text[:longest].rsplit(" ", 1)[0] + " …"
