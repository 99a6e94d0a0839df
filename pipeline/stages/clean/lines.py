"""A text as its lines, with their offsets: what every rule of `clean` looks at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

import regex

from pipeline.stages._fold import flatten
from pipeline.stages._words import count_words, is_unspaced

__all__ = ["Line", "Mark", "Marks", "Strip", "has_digit", "is_paragraph", "key", "split"]

#: What is cut from the ends of a flattened line: breaks, spaces, and what is unseen.
_EDGE = "\n\r\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029 \u00ad\u200b\u200e\u200f\u2060\ufeff"
_SENTENCE_END = regex.compile(r"[.!?。！？…।॥؟۔။។։።](?:['\")\]»」』”’）\s]|\(\p{L}{2,10}\))*$")
_DIGIT = re.compile(r"\d")
_NOT_KEY = regex.compile(r"[^\p{L}\p{M}\p{N}]+")


class Line(NamedTuple):
    """One line without the space at its ends: `flat` is `text[start:end]` of the field as read, flattened."""

    start: int
    end: int
    flat: str
    words: int

    @property
    def ends_sentence(self) -> bool:
        """Whether it closes like a sentence. A dotted abbreviation at the end counts too: better kept than lost."""
        last = self.flat[-1]
        return last in ".!?" or (not last.isalnum() and _SENTENCE_END.search(self.flat) is not None)


@dataclass(frozen=True, slots=True)
class Mark:
    """Why a line is no part of the story. `cut`: the offset in the text where a second part begins, of kind `rest`; that is
    the time behind a byline, or the source behind a time."""

    position: str
    kind: str
    rule: str
    cut: int | None = None
    rest: str = ""


Marks = list[Mark | None]


@dataclass(frozen=True, slots=True)
class Strip:
    """A span taken out of the story, by which rule."""

    start: int
    end: int
    position: str
    kind: str
    rule: str


def split(flat: str) -> list[Line]:
    """The lines of a flattened text that hold anything at all, in order."""
    spaced = not is_unspaced(flat)
    lines = []
    at = 0
    for whole in flat.splitlines(keepends=True):
        inner = whole.strip(_EDGE)
        if inner:
            start = at + whole.index(inner)
            # Twice as quick as `split`; a gap of three spaces counts as two words, which no rule minds.
            words = inner.count(" ") - inner.count("  ") + 1 if spaced else count_words(inner)
            lines.append(Line(start, start + len(inner), inner, words))
        at += len(whole)
    return lines


def has_digit(text: str) -> bool:
    """Whether a decimal digit, of any script, is in the text."""
    return _DIGIT.search(text) is not None


def is_paragraph(line: Line, least: int = 12) -> bool:
    """Whether a line reads like a paragraph of a story: some words, and a sentence's end."""
    return line.words >= least and line.ends_sentence


def key(text: str) -> str:
    """What two spellings of one headline have in common: letters and digits, without case.

    >>> key("It’s  HERE!") == key("It's here")
    True
    """
    return str(_NOT_KEY.sub("", flatten(text).casefold()))
