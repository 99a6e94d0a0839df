"""A gallery amid a text: captions numbered from the first picture on, "1/30 ...", "2/30 ...", a line each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import regex

from pipeline.stages.clean.lines import ENTRY, Lines, Mark, Marks, key

__all__ = ["GALLERIES", "is_gallery", "mark_galleries"]

#: The rules that take a gallery's captions.
GALLERIES = frozenset({"caption-numbered", "caption-slides"})

_LEAST = 3  # captions
_CLOSED_SHARE = 0.5  # of captions that close like a sentence, at the most
_MONTHS = 12
_NUMBERED = regex.compile(r"(?P<place>\d{1,3})/(?P<of>\d{1,3}) (?=\S)")
_HEADER = regex.compile(r"(?:\d{1,3}|\+) show all (?P<title>.{3,100})", regex.IGNORECASE)
_BEHIND = regex.compile(r"\b(?:hide|show) caption \d{1,3} of \d{1,3}\Z", regex.IGNORECASE)
_BEHIND_WIDTH = 30


class _Caption(NamedTuple):
    """The number of a line, and which picture it is of how many."""

    line: int
    place: int
    of: int


def mark_galleries(lines: Lines, marks: Marks) -> None:
    """Marks, in place, the captions of galleries from the first one on, and the title above them.

    So are the parts of a tweet numbered, which are sentences, and the days of a month: of so few pictures the last is there.
    """
    if lines.shape.entries < _LEAST:
        return
    for run in _runs(lines):
        closed = sum(lines[caption.line].ends_sentence for caption in run)
        is_numbered = run[0].place == 1 and (run[-1].of > _MONTHS or run[-1].place == run[-1].of)
        if len(run) >= _LEAST and is_numbered and closed <= _CLOSED_SHARE * len(run):
            first = run[0].line - _title_lines(lines, run[0].line)
            for number in range(first, run[-1].line + 1):
                marks[number] = Mark("body", "caption", "caption-numbered")


def _runs(lines: Lines) -> Iterator[list[_Caption]]:
    """Numbered lines one right below the other, of as many and in their order."""
    run: list[_Caption] = []
    for number, kind in enumerate(lines.kinds):
        match = _NUMBERED.match(lines[number].flat) if kind & ENTRY else None
        if match is None:
            continue
        caption = _Caption(number, int(match["place"]), int(match["of"]))
        if run and not (
            caption.line == run[-1].line + 1 and run[-1].place < caption.place and caption.of == run[-1].of
        ):
            yield run
            run = []
        run.append(caption)
    if run:
        yield run


def _title_lines(lines: Lines, first: int) -> int:
    """How many lines right above the first caption are the gallery's title: "+ show all Lamps", and "Lamps" above it."""
    header = _HEADER.fullmatch(lines[first - 1].flat) if first else None
    if header is None:
        return 0
    return 1 + (first > 1 and key(lines[first - 2].flat) == key(header["title"]))


def is_gallery(paragraphs: list[str]) -> bool:
    """Whether the text is captions of a gallery and nothing else."""
    if len(paragraphs) < _LEAST or not (paragraphs[0][:1].isdigit() or paragraphs[0][-1:].isdigit()):
        return False
    return all(_NUMBERED.match(text) or _BEHIND.search(text, max(0, len(text) - _BEHIND_WIDTH)) for text in paragraphs)
