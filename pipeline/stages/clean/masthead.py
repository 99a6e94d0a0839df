"""The head of a scraped page: publisher, headline, deck, captions, byline, in that order."""

from __future__ import annotations

import itertools

from pipeline.stages.clean import dates
from pipeline.stages.clean.datelines import find_dateline
from pipeline.stages.clean.lines import (
    PROSE_WORDS,
    Known,
    Line,
    Lines,
    Mark,
    Marks,
    has_digit,
    is_paragraph,
    is_person,
    key,
)
from pipeline.stages.clean.marks import head_mark

__all__ = ["mark_below_deck", "mark_page"]

_DECK_WORDS = 60


def mark_page(lines: Lines, marks: Marks, known: Known) -> None:
    """The head of a scraped page: publisher, headline, deck, captions, byline, in that order, each but the headline
    optional. The head ends at its last byline or stamp, else at the first paragraph, and always before a dateline."""
    start = _mark_publisher(lines, marks, known)
    headline = next((n for n in range(start, min(len(lines), start + 6)) if _may_be_headline(lines[n], marks[n])), None)
    if headline is None or is_paragraph(lines[headline], PROSE_WORDS):
        return  # a text that begins with the story has none
    mark = marks[headline]
    if mark is None or mark.kind != "headline":
        marks[headline] = Mark("head", "headline", "page-headline")
    end = _page_head_end(lines, marks, headline)
    deck_open = True
    for number in range(headline + 1, end):
        if marks[number] is not None:
            continue
        line = lines[number]
        if deck_open and line.words >= 6 and line.words <= _DECK_WORDS:
            marks[number] = Mark("head", "deck", "page-deck")
        elif number == end - 1 and is_person(line.flat) and not _has_byline(marks[:end]):
            marks[number] = Mark("head", "byline", "byline-name")
        else:
            marks[number] = Mark("head", "caption", "page-caption")
        deck_open = False


def _may_be_headline(line: Line, mark: Mark | None) -> bool:
    """Unmarked, or marked by a rule that reads a whole headline as an invitation ("Watch: ...")."""
    if mark is None or mark.kind == "headline":
        return True
    return mark.kind in {"furniture", "version_note"} and line.words >= 6 and not mark.rule.startswith("navigation")


_MASTHEAD_LINES = 6


def _mark_publisher(lines: Lines, marks: Marks, known: Known) -> int:
    """The publisher's line, if the page begins with one, below navigation perhaps; returns the number of the line after."""
    first = next((n for n in range(min(len(lines), _MASTHEAD_LINES)) if marks[n] is None or _is_layout(marks[n])), None)
    if first is None or ((mark := marks[first]) is not None and mark.kind in {"headline", "deck"}):
        return 0
    line = lines[first]
    named = mark is not None or (line.words <= 6 and known.is_publisher(line.flat))
    if named or (first == 0 and not known.publisher and _looks_like_masthead(lines)):
        marks[first] = Mark("head", "publisher", "page-publisher")
        return first + 1
    return 0


def _is_layout(mark: Mark | None) -> bool:
    return mark is not None and mark.kind in {"publisher", "headline", "deck"}


def _looks_like_masthead(lines: Lines) -> bool:
    """Whether a page begins with a short line above a longer one."""
    first = lines[0]
    short = first.words <= 4 and not first.ends_sentence and not has_digit(first.flat)
    return short and len(lines) > 2 and lines[1].words > max(4, first.words)


def _page_head_end(lines: Lines, marks: Marks, headline: int) -> int:
    """The number of the first line of the story proper."""
    first = headline + 1
    while first < len(lines) and (marks[first] is not None or not lines.is_paragraph(first)):
        if marks[first] is None and (_is_dated(lines, first) or _is_short_lead(lines, marks, headline, first)):
            return first
        first += 1
    if first == len(lines):
        return headline + 1  # no paragraph at all: nothing is thrown out for standing above it
    # A byline below a paragraph says that the paragraph is a deck; two paragraphs are a story.
    for number in range(min(len(lines) - 1, first + 4), first, -1):
        mark = marks[number]
        between = [n for n in range(first, number) if marks[n] is None]
        ends_head = mark is not None and mark.position != "tail" and mark.kind in {"byline", "stamp"}
        if ends_head and len(between) <= 3 and sum(lines[n].words for n in between) <= _DECK_WORDS:
            return number + 1
    return first


_LEAD_WORDS = 5
_ABOVE_LEAD = frozenset({"byline", "stamp", "dateline"})


def _is_dated(lines: Lines, number: int) -> bool:
    """Whether a line is a sentence behind a dateline, however short: "JAKARTA (Reuters) - The rain has stopped."."""
    line = lines[number]
    found = find_dateline(line.flat, line.flat) if line.ends_sentence and lines.may_be_dated(number) else None
    return found is not None and found.is_sure


def _is_short_lead(lines: Lines, marks: Marks, headline: int, number: int) -> bool:
    """Whether a sentence below the head's byline or stamp opens, set off by an empty line, a block of paragraphs."""
    line, below = lines[number], number + 1
    return (
        line.words >= _LEAD_WORDS
        and line.ends_sentence
        and lines.stands_off(number - 1)
        and not lines.stands_off(number)
        and below < len(lines)
        and marks[below] is None
        and lines.is_paragraph(below)
        and any(mark is not None and mark.kind in _ABOVE_LEAD for mark in marks[headline + 1 : number])
    )


def _has_byline(marks: Marks) -> bool:
    return any(mark is not None and mark.kind == "byline" for mark in marks)


# --- a deck above the byline, in a body -------------------------------------------------------------------------

_HEAD_LINES = 20
_BELOW_DECK = 5  # lines in which a labelled time must stand
_TIMES = frozenset({"stamp-labelled", "stamp-and-source", "byline-and-stamp"})


def mark_below_deck(lines: Lines, marks: Marks, known: Known) -> None:
    """What stands below a paragraph that is followed by "Updated: 3 May 2020" and so is the deck: byline, time, the headline
    once more. The deck itself stays, unless the story says it again word for word.
    """
    head = enumerate(marks[:_HEAD_LINES])
    deck = next((number for number, mark in head if mark is None and lines.is_paragraph(number)), None)
    if deck is None or deck + 1 == len(lines) or lines.is_paragraph(deck + 1):
        return  # most bodies go on with the story
    last = min(len(lines), deck + _HEAD_LINES)
    below = list(itertools.takewhile(lambda number: not lines.is_paragraph(number), range(deck + 1, last)))
    stamp = next((number for number in reversed(below[:_BELOW_DECK]) if _states_time(lines[number])), None)
    if stamp is None:
        return
    title = key(known.headline or "")
    titles = [number for number in below if number > stamp and _is_title(lines[number], title)]
    for number in below:
        mark = marks[number]
        if number in titles:
            marks[number] = Mark("head", "headline", "headline-repeated")
        elif mark is None or mark.rule == "above-headline":
            marks[number] = head_mark(lines[number], known) or mark
        if marks[number] is None and titles and stamp < number < titles[-1]:
            marks[number] = Mark("head", "furniture", "above-headline")
    said, story = key(lines[deck].flat), below[-1] + 1
    if any(key(line.flat).startswith(said) for line in lines[story : story + _HEAD_LINES]):
        marks[deck] = Mark("head", "deck", "deck-repeated")


def _states_time(line: Line) -> bool:
    """Whether a line states a time behind a label, and nothing else but who wrote it."""
    if not has_digit(line.flat) or not dates.stamps(line.flat):
        return False
    mark = head_mark(line, Known())
    return mark is not None and mark.rule in _TIMES


def _is_title(line: Line, title: str) -> bool:
    """Whether a line is the headline of this key, or all of it but the site's name."""
    own = key(line.flat) if len(line.flat) <= 2 * len(title) else ""
    return own != "" and title.startswith(own) and 2 * len(own) > len(title)
