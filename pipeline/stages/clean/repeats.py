"""What a text says twice: the titles that the record has already, and a line that stands right above itself."""

from __future__ import annotations

import itertools

import regex

from pipeline.stages.clean import furniture
from pipeline.stages.clean.lines import Line, Lines, Mark, Marks, is_paragraph, is_person, key

__all__ = ["mark_doubles", "mark_repeats"]

_OPENING_WORDS = 25  # of the paragraph at which nothing more is looked for


def mark_repeats(lines: Lines, marks: Marks, headline: str | None, deck: str | None, publisher: str | None) -> None:
    """The publisher's name, the headline and the deck where the text repeats what the record already says."""
    longest = 2 * max(len(headline or ""), len(deck or ""), len(publisher or ""))
    if not lines:
        return
    words, characters = lines.size(0)
    if words >= _OPENING_WORDS and characters > longest and lines.is_prose(0):
        return  # most bodies begin with the story
    titles = [(kind, key(value)) for kind, value in (("headline", headline), ("deck", deck)) if value]
    titles = [(kind, title) for kind, title in titles if title]
    found = -1
    for number in range(min(len(lines), 8)):
        line = lines[number]
        own = key(line.flat) if len(line.flat) <= longest else ""
        kind = next((kind for kind, title in titles if _same_title(line, own, title)), None)
        if kind:
            marks[number] = Mark("head", kind, f"{kind}-repeated")
            found = number
        elif number == 0 and own and publisher and own == key(publisher):
            marks[number] = Mark("head", "publisher", "publisher-repeated")
        elif is_paragraph(line, _OPENING_WORDS):
            break
    # What stands above the repeated headline is the page's: a section, a programme, a series.
    for number in range(found):
        if marks[number] is None and lines[number].words <= 8 and not lines[number].ends_sentence:
            marks[number] = _furniture_or(lines[number], "head", Mark("head", "furniture", "above-headline"))


_TITLE_LETTERS = 16  # of a title that may be part of a line
_TITLE_SHARE = 0.6  # of the letters of the longer of the two


def _same_title(line: Line, own: str, title: str) -> bool:
    """Equal, or either has the site's name behind it; or the way to the page before it."""
    if not own or own == title:
        return bool(own)
    short, long = sorted((own, title), key=len)
    if len(short) < _TITLE_LETTERS or len(short) < _TITLE_SHARE * len(long):
        return False
    if short == own:
        return title.startswith(own)
    return not line.ends_sentence and (own.startswith(title) or (line.flat.startswith("Home ") and own.endswith(title)))


def _furniture_or(line: Line, position: str, otherwise: Mark) -> Mark:
    rule = furniture.match(line, position)
    return Mark(position, rule.kind, rule.id) if rule else otherwise


# --- right above itself -----------------------------------------------------------------------------------------

_BEGINNING = 8  # characters in which two lines must be the same before they are looked at
_CAPTION_LETTERS = 20  # of a caption that stands above itself with its credit
_CREDIT = regex.compile(
    r"\.? ?(?:\([^()]{2,60}\)|(?:Photo|Pic|Picture|Image|Credit|Source|File)s? ?[:|/].{2,60})"
    r"|(?<=[.!?][\"')]*) \p{Lu}[^.!?]{1,38}"
)
_CUT = regex.compile(r"(?r)\s?(?:\.{3}|…)\Z")
_LINE_WORDS = 5


def mark_doubles(lines: Lines, marks: Marks) -> None:
    """A line right above itself: a picture is described for those who cannot see it, and then has its caption.

    Of a sentence that stands there twice one stays, for it may be the story's.
    """
    flat, found = lines.flat, lines.found
    spans = zip(found.starts[lines.first : lines.last], found.ends[lines.first : lines.last], strict=True)
    for number, ((start, end), (below, last)) in enumerate(itertools.pairwise(spans)):
        if flat[start] != flat[below] or flat[start : start + _BEGINNING] != flat[below : below + _BEGINNING]:
            continue
        if min(end - start, last - below) < _BEGINNING:
            continue
        for offset in range(_doubled(lines[number], flat[below:last])):
            marks[number + offset] = marks[number + offset] or Mark("body", "caption", "line-doubled")


def _doubled(line: Line, below: str) -> int:
    """How many of two lines are a picture's: both, the first or neither."""
    if line.flat == below:
        if is_person(below) or (line.words >= _LINE_WORDS and below[-1].isalnum()):
            return 2
        return int(line.words >= _LINE_WORDS and line.ends_sentence)
    cut = _CUT.search(line.flat)
    stem = line.flat[: cut.start()] if cut else line.flat
    if len(stem) < _CAPTION_LETTERS or not below.startswith(stem):
        return 0
    return 1 if cut else 2 * (_CREDIT.fullmatch(below, len(stem)) is not None)
