"""A text as its lines, with their offsets: what every rule of `clean` looks at."""

from __future__ import annotations

import re
from dataclasses import dataclass

import regex

from pipeline.stages._fold import flatten

__all__ = ["Line", "Strip", "count_words", "is_paragraph", "key", "split"]

_LINE = regex.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
#: White space, and what is unseen at the ends of a line.
_EDGE = " \t\xa0\x1f\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000" + (
    "\u00ad\u200b\u200e\u200f\u2060\ufeff"
)
# Thai, Lao, Burmese, Khmer, kana, Han. Plain ranges and `re`: three times faster than script properties.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_SPACED_WORD = regex.compile(r"[^\W_]+(?:['.-][^\W_]+)*")
_SENTENCE_END = regex.compile(r"[.!?。！？…।॥؟](?:['\")\]»」』”’）\s]|\(\p{L}{2,10}\))*$")
_NOT_KEY = regex.compile(r"[^\p{L}\p{M}\p{N}]+")


@dataclass(frozen=True, slots=True)
class Line:
    """One line without the space at its ends: `flat` is `text[start:end]` of the field as read, flattened."""

    start: int
    end: int
    flat: str
    words: int

    @property
    def ends_sentence(self) -> bool:
        """Whether it closes like a sentence. A dotted abbreviation at the end counts too: better kept than lost."""
        return _SENTENCE_END.search(self.flat) is not None


@dataclass(frozen=True, slots=True)
class Strip:
    """A span taken out of the story, by which rule."""

    start: int
    end: int
    position: str
    kind: str
    rule: str


def split(text: str, whole: str) -> list[Line]:
    """The lines of a text that hold anything at all, in order; `whole` is the text flattened."""
    spaced = text.isascii() or not _UNSPACED.search(text)
    lines = []
    for match in _LINE.finditer(text):
        raw = match[0]
        left = len(raw) - len(raw.lstrip(_EDGE))
        right = len(raw.rstrip(_EDGE))
        if left < right:
            start, end = match.start() + left, match.start() + right
            flat = whole[start:end]
            lines.append(Line(start, end, flat, len(flat.split()) if spaced else count_words(flat)))
    return lines


def count_words(text: str) -> int:
    """Words; in scripts that are written without spaces two characters count as one word, rounded up.

    >>> count_words("Two words"), count_words("新华社北京电")
    (2, 3)
    """
    if text.isascii():
        return len(text.split())
    if not _UNSPACED.search(text):
        return len(text.split())
    unspaced = len(_UNSPACED.findall(text))
    return (unspaced + 1) // 2 + len(_SPACED_WORD.findall(_UNSPACED.sub(" ", text)))


def is_paragraph(line: Line, least: int = 12) -> bool:
    """Whether a line reads like a paragraph of a story: some words, and a sentence's end."""
    return line.words >= least and line.ends_sentence


def key(text: str) -> str:
    """What two spellings of one headline have in common: letters and digits, without case.

    >>> key("It’s  HERE!") == key("It's here")
    True
    """
    return str(_NOT_KEY.sub("", flatten(text).casefold()))
