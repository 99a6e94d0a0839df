"""A text as its lines, with their offsets: what every rule of `clean` looks at.

Most lines of news are prose that no rule takes. So `scan` finds the lines of many texts at once, and a `Line` is made only
where somebody looks at one.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, overload

import regex

from pipeline.stages._fold import flatten

__all__ = [
    "BRACKET",
    "BULLET",
    "CUELESS_WORDS",
    "DATELINE",
    "DIGIT",
    "DOUBLED_WIDTH",
    "ENTRY",
    "FULL_STOP",
    "HEAD",
    "INITIALS_LINES",
    "INITIALS_WIDTH",
    "LABEL",
    "NAME_LINES",
    "NAME_WORDS",
    "PARAGRAPH_WIDTH",
    "PARAGRAPH_WORDS",
    "PROSE",
    "PROSE_WORDS",
    "QUESTION",
    "SHOUTED_WORDS",
    "TAKEN",
    "WRAPPED_WIDTH",
    "Found",
    "Known",
    "Line",
    "Lines",
    "Mark",
    "Marks",
    "Shape",
    "Strip",
    "ends_sentence",
    "has_digit",
    "is_paragraph",
    "is_person",
    "is_shouted",
    "key",
]

# Read backwards, so that to match is to match at the end.
_SENTENCE_END = regex.compile(r"(?r)[.!?。！？…।॥؟۔။។։።](?:['\")\]»」』”’）\s]|\(\p{L}{2,10}\))*")
_DIGIT = re.compile(r"\d")
_NOT_KEY = regex.compile(r"[^\p{L}\p{M}\p{N}]+")
_NOT_KEY_ASCII = bytes(code for code in range(128) if not chr(code).isalnum())

#: Rules without cues take no line of more words than these.
CUELESS_WORDS = 4

#: Bits of a line: in its head, its first so many characters, stands what every dateline has; it ends in one of ".!?", a
#: quotation mark behind it or not; it is prose; it begins as an item of a list may; a rule of furniture.toml might take it amid
#: the story, for a cue stands in it or it is so short as to need none; it begins as an entry under a time of day may; a colon
#: stands in its head; it ends in a bracket, a quotation mark behind it or not; it has a digit; it ends like a question.
DATELINE, FULL_STOP, PROSE, BULLET, TAKEN, ENTRY, LABEL, BRACKET, DIGIT, QUESTION = (1 << bit for bit in range(10))
HEAD = 140

#: Characters of a line of a text whose paragraphs are broken into lines of one width, at the most.
WRAPPED_WIDTH = 90

#: Two lines that say the same begin with so many of the same characters.
DOUBLED_WIDTH = 8

#: The words of a headline in capitals: the fewest and the most.
SHOUTED_WORDS = 7, 24

#: An agency's byline has no more words, and stands in the first so many lines.
NAME_WORDS, NAME_LINES = 4, 12

#: Initials have no more characters, and stand in the last so many lines: a link or two may stand below.
INITIALS_WIDTH, INITIALS_LINES = 41, 4

#: The fewest words of prose: more than any stamp, byline or agency's line has. Without a digit it is no stamp, and fewer do,
#: if there are so many characters.
PROSE_WORDS, PARAGRAPH_WORDS, PARAGRAPH_WIDTH = 23, 12, 70


class Line(NamedTuple):
    """One line without the space at its ends: `flat` is `text[start:end]` of the field as read, flattened.

    `cued`: the numbers of the rules of furniture.toml of which a cue stands in it; None where nobody has looked.
    """

    start: int
    end: int
    flat: str
    words: int
    cued: tuple[int, ...] | None = None

    @property
    def ends_sentence(self) -> bool:
        """Whether it closes like a sentence (`ends_sentence`)."""
        return ends_sentence(self.flat)


@dataclass(frozen=True, slots=True)
class Found:
    """The lines of many texts, end to end: where each begins and ends in its own, its words, and its `Line.cued` if any.

    `kinds`: the bits of each line (`DATELINE`...).
    """

    starts: list[int]
    ends: list[int]
    words: list[int]
    kinds: list[int]
    cued: dict[int, tuple[int, ...]]


class Shape(NamedTuple):
    """How many lines of a text begin as items of a list may or as entries under a time, have a colon in their head, may
    begin with a dateline, end in a bracket; may be taken amid the story; are wider than a line of a text that is broken into
    lines; begin like the line above; are as long as a headline and close no sentence; of the first ones, are as short as a
    name; of the last ones, as initials; may say what the text is that they open."""

    bullets: int
    entries: int
    labels: int
    datelines: int
    brackets: int
    taken: int
    wide: int
    alike: int
    open_ended: int
    names: int
    initials: int
    announced: int


@dataclass(slots=True)
class Lines(Sequence[Line]):
    """The lines of one text that hold anything, in order: those from `first` to before `last` of `found`."""

    flat: str  # the whole text, flattened
    is_plain: bool  # see `_fold.is_plain`
    is_even: bool  # one space, and nothing else, stands between any two words of a line
    shape: Shape
    found: Found
    first: int
    last: int
    _made: dict[int, Line] = field(default_factory=dict)

    def __len__(self) -> int:
        return self.last - self.first

    @overload
    def __getitem__(self, number: int) -> Line: ...
    @overload
    def __getitem__(self, number: slice) -> list[Line]: ...
    def __getitem__(self, number: int | slice) -> Line | list[Line]:
        """One line, or some of them."""
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        line = self._made.get(number)
        if line is None:
            at = self.first + (number if number >= 0 else len(self) + number)
            if not self.first <= at < self.last:
                raise IndexError(number)
            start, end = self.found.starts[at], self.found.ends[at]
            line = Line(start, end, self.flat[start:end], self.found.words[at], self.found.cued.get(at, ()))
            self._made[number] = line
        return line

    def __iter__(self) -> Iterator[Line]:
        return (self[number] for number in range(len(self)))

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Where each line stands in the text."""
        return list(
            zip(self.found.starts[self.first : self.last], self.found.ends[self.first : self.last], strict=True)
        )

    @property
    def words(self) -> list[int]:
        """The words of each line."""
        return self.found.words[self.first : self.last]

    @property
    def kinds(self) -> list[int]:
        """The bits of each line."""
        return self.found.kinds[self.first : self.last]

    def size(self, number: int) -> tuple[int, int]:
        """The words and the characters of a line."""
        at, found = self.first + number, self.found
        return found.words[at], found.ends[at] - found.starts[at]

    def kind(self, number: int) -> int:
        """The bits of a line."""
        return self.found.kinds[self.first + number]

    def alike(self, number: int, reach: int, width: int) -> list[int]:
        """Which of the next lines begin with the same characters; none of them need be made."""
        starts, at = self.found.starts, self.first + number
        opening = self.flat[starts[at] : min(starts[at] + width, self.found.ends[at])]
        below = range(at + 1, min(at + 1 + reach, self.last))
        return [line - self.first for line in below if self.flat.startswith(opening, starts[line])]

    def recurs(self, number: int, reach: int, width: int) -> bool:
        """Whether the characters with which a line begins stand again within so many behind it."""
        start, end = self.found.starts[self.first + number], self.found.ends[self.first + number]
        return self.flat.find(self.flat[start : min(start + width, end)], end, end + reach) >= 0

    def stands_off(self, number: int) -> bool:
        """Whether an empty line follows a line."""
        at, found = self.first + number, self.found
        return at + 1 < self.last and self.flat.count("\n", found.ends[at], found.starts[at + 1]) > 1

    def is_prose(self, number: int) -> bool:
        """Whether a line is so surely a paragraph of the story that no rule takes it, wherever it stands: it is long, closes
        like a sentence and holds no cue. Most lines are."""
        return self.kind(number) & PROSE != 0

    def cued_at(self, offset: int) -> tuple[int, ...]:
        """The numbers of the rules of which a cue stands in the line at an offset in the text."""
        return self.found.cued.get(bisect.bisect_right(self.found.starts, offset, self.first, self.last) - 1, ())

    def has_cue(self, number: int) -> bool:
        """Whether a cue of a rule of furniture.toml stands in a line."""
        return self.first + number in self.found.cued

    def is_paragraph(self, number: int, least: int = PARAGRAPH_WORDS) -> bool:
        """As `is_paragraph` of a line, which for prose need not be made; `least`: no more than `PARAGRAPH_WORDS`."""
        return self.is_prose(number) or is_paragraph(self[number], least)

    def may_be_dated(self, number: int) -> bool:
        """Whether a line may begin with a dateline."""
        return self.kind(number) & DATELINE != 0

    def may_be_taken(self, number: int) -> bool:
        """Whether a rule of furniture.toml might take the line amid the story."""
        return self.kind(number) & TAKEN != 0


class Known(NamedTuple):
    """What the record says beside the text. `is_house` tells whether words are the name in the record's own host,
    `is_publisher` whether they are that or the name of any known publisher."""

    page: bool = False
    headline: str | None = None
    deck: str | None = None
    publisher: str | None = None
    is_publisher: Callable[[str], bool] = bool
    is_house: Callable[[str], bool] = bool
    byline: str | None = None
    max_strip_share: float = 1.0


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


def ends_sentence(flat: str) -> bool:
    """Whether a line closes like a sentence. A dotted abbreviation at the end counts too: better kept than lost."""
    last = flat[-1:]
    return last in {".", "!", "?"} or (not last.isalnum() and _SENTENCE_END.match(flat) is not None)


def is_shouted(flat: str) -> bool:
    """Whether a line is written in capitals. A paragraph in a script without them is not, though it names the CBI.

    >>> is_shouted("MAYOR TO LEAVE IN MAY"), is_shouted("मामले की जांच CBI को")
    (True, False)
    """
    return flat.isupper() and 2 * sum(map(str.isupper, flat)) > sum(map(str.isalpha, flat))


def has_digit(text: str) -> bool:
    """Whether a decimal digit, of any script, is in the text."""
    return _DIGIT.search(text) is not None


def is_paragraph(line: Line, least: int = PARAGRAPH_WORDS) -> bool:
    """Whether a line reads like a paragraph of a story: some words, and a sentence's end."""
    return line.words >= least and line.ends_sentence


_PERSON = regex.compile(r"\p{Lu}[\p{L}'’.-]+(?: (?:\p{Lu}[\p{L}'’.-]*|de|van|von|bin|al|da)){1,3}")


def is_person(flat: str) -> bool:
    """Whether a line is a name of two to four words and nothing else."""
    return _PERSON.fullmatch(flat) is not None


def key(text: str) -> str:
    """What two spellings of one headline have in common: letters and digits, without case.

    >>> key("It’s  HERE!") == key("It's here")
    True
    """
    flat = flatten(text).casefold()
    if flat.isascii():  # a tenth of the time
        return flat.encode().translate(None, _NOT_KEY_ASCII).decode()
    return str(_NOT_KEY.sub("", flat))
