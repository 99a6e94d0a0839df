"""A page or body as its parts: what is the story, and what each other line is, by which rule.

The lines fall into three zones. The *head* ends at the first paragraph, the *tail* begins after the last; between them only
rules that are sure anywhere apply. A line is kept or stripped whole, but for the dateline, which is cut from the first
paragraph, and the agency's mark, which is cut from the last.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field

import regex

from pipeline.stages.clean import furniture, signatures
from pipeline.stages.clean.datelines import Dateline, find_dateline
from pipeline.stages.clean.galleries import GALLERIES
from pipeline.stages.clean.lines import Known, Lines, Mark, Marks, Strip, ends_sentence
from pipeline.stages.clean.marks import is_wrapped, mark_by_rule, mark_wrapped
from pipeline.stages.clean.masthead import mark_below_deck, mark_page
from pipeline.stages.clean.stamps import Stated, stated_times

__all__ = ["Stated", "Story", "read_story"]

Span = tuple[int, int]


@dataclass(slots=True)
class Story:
    """The parts of a text. Spans are (start, end) offsets in it; `kept` are the story's lines in order, cut to size."""

    lines: Lines
    kept: list[Span] = field(default_factory=list)
    n_words: int = 0  # of what is kept, if one space stands between any two (`Lines.is_even`)
    strips: list[Strip] = field(default_factory=list)
    stated: list[Stated] = field(default_factory=list)
    spans: dict[str, Span] = field(default_factory=dict)  # publisher, headline, deck, byline, dateline, where found
    paid_dateline: bool = False
    wrapped: bool = False  # its paragraphs are broken into lines of one width


def read_story(text: str, lines: Lines, known: Known) -> Story:
    """The parts of a text as read, whose lines these are; pure, and the same for the same text."""
    marks: Marks = [None] * len(lines)
    wrapped = is_wrapped(lines)
    if wrapped:
        mark_wrapped(lines, marks)
    else:
        mark_by_rule(lines, marks, known)
        if known.page:
            mark_page(lines, marks, known)
        else:
            mark_below_deck(lines, marks, known)
        _mark_above_dateline(text, lines, marks)
    _limit(lines, marks, known.max_strip_share)
    story = Story(lines, wrapped=wrapped)
    _collect(lines, marks, story)
    if story.kept and lines.may_be_dated(marks.index(None)):
        _cut_dateline(text, story)
    _drop_below_mark(story)
    _cut_tail(story, is_signed="byline" in story.spans or bool(known.byline))
    _cut_house(story, known)
    story.strips.sort(key=lambda strip: (strip.start, strip.end))
    return story


_ABOVE_LINES = 3
_ABOVE_WORDS = 90
_UPDATE = re.compile(r"\W*(?:update|breaking)", re.IGNORECASE)  # what is new stands above the story of before
_OPENS_STORY = regex.compile(r"[\p{Lu}\p{Lo}\"']")
_LOOKED_AT = 40  # lines in which a second dateline would say that this is a round-up


def _mark_above_dateline(text: str, lines: Lines, marks: Marks) -> None:
    """A story begins at its dateline: a few unmarked lines above the only one are a caption, a blurb, a deck."""
    if not lines.shape.datelines:
        return
    numbers = [number for number, mark in enumerate(marks[:_LOOKED_AT]) if mark is None]
    if not any(map(lines.may_be_dated, numbers[1 : _ABOVE_LINES + 1])):
        return
    words = lines.words
    sums = itertools.accumulate(words[number] for number in numbers[:_ABOVE_LINES])
    most = sum(above <= _ABOVE_WORDS for above in sums)  # lines that are short enough together

    def begins(number: int) -> Dateline | None:
        if not lines.may_be_dated(number):
            return None
        line = lines[number]
        return find_dateline(line.flat, text[line.start : line.end])

    place = next((place for place in range(1, min(most + 1, len(numbers))) if begins(numbers[place])), 0)
    if any(_UPDATE.match(lines[number].flat) for number in numbers[:place]):
        return
    found = begins(numbers[place]) if place else None
    if not found or begins(numbers[0]) or any(begins(number) for number in numbers[place + 1 :]):
        return
    if _may_stand_above(lines, numbers[:place], found, lines[numbers[place]].flat):
        for number in numbers[:place]:
            marks[number] = Mark("head", "caption", "above-dateline")


def _may_stand_above(lines: Lines, above: list[int], found: Dateline, dated: str) -> bool:
    """Whether lines may go for standing above a dateline: one that ends like a sentence is a caption, several are a story's.

    Capitals that nobody knows for a place need more: where no story begins behind them, or a sentence stands above, they head
    a list or a section: "TIMELINE: how", "YEAR - 1986".
    """
    closed = sum(lines[number].ends_sentence for number in above)
    return closed <= 1 if found.is_sure else not closed and _OPENS_STORY.match(dated, found.end) is not None


_LAYOUT = frozenset({"publisher", "headline", "deck", "byline", "dateline"})
_SURE = _LAYOUT | {"disclaimer", "credit", "copyright", "stamp"}
# Words that a site's own machinery puts between paragraphs: no share of them is a story.
_NEVER_STORY = GALLERIES.union(
    "advertisement advertisement-words house-asks house-asks-amid interest page-words-listed "
    "paywall-cipher placeholder radio-player script share share-buttons version-note-stamped".split()
)


def _limit(lines: Lines, marks: Marks, max_share: float) -> None:
    """Where more than the share of the words would go as furniture, only what is sure at either end goes.

    A text that only repeats its headline (an alert) is a story all the same, and so are captions without one.
    """
    if not any(marks):
        return
    captions = [number for number, mark in enumerate(marks) if mark and mark.rule in GALLERIES]
    if captions and not any(mark is None and lines.is_paragraph(number) for number, mark in enumerate(marks)):
        for number in captions:
            marks[number] = None
    if all(marks):
        for number, mark in enumerate(marks):
            if mark and mark.rule.endswith("-repeated"):
                marks[number] = None
    pairs = zip(lines.words, marks, strict=True)
    counted = [
        (words, mark) for words, mark in pairs if not (mark and (mark.kind in _LAYOUT or mark.rule in _NEVER_STORY))
    ]
    stripped = sum(words for words, mark in counted if mark)
    if stripped <= max_share * sum(words for words, _ in counted):
        return
    for number, mark in enumerate(marks):
        if mark and mark.rule not in _NEVER_STORY and (mark.position == "body" or mark.kind not in _SURE):
            marks[number] = None


def _collect(lines: Lines, marks: Marks, story: Story) -> None:
    if not any(marks):
        story.kept, story.n_words = lines.spans, sum(lines.words)
        return
    for number, (span, words, mark) in enumerate(zip(lines.spans, lines.words, marks, strict=True)):
        if mark is None:
            story.kept.append(span)
            story.n_words += words
            continue
        line = lines[number]
        end = mark.cut or line.end
        story.strips.append(Strip(line.start, end, mark.position, mark.kind, mark.rule))
        rest = line.start + len(line.flat) - len(line.flat[end - line.start :].lstrip(" |•·,;/-"))
        if mark.cut:
            story.strips.append(Strip(rest, line.end, mark.position, mark.rest, mark.rule))
        if mark.kind in _LAYOUT and mark.rule != "byline-editor":
            story.spans.setdefault(mark.kind, (line.start, end))
        if mark.kind == "stamp":
            story.stated.extend(stated_times(line.flat[: end - line.start]))
        elif mark.rest == "stamp":
            story.stated.extend(stated_times(line.flat[rest - line.start :]))


def _cut_dateline(text: str, story: Story) -> None:
    start, end = story.kept[0]
    flat = story.lines.flat[start:end]
    found = find_dateline(flat, text[start:end])
    if found is None or (not found.is_sure and _is_speaker(flat[: found.end].rstrip(), story.lines.flat)):
        return
    span = (start, start + len(flat[: found.end].rstrip()))
    story.strips.append(Strip(*span, "head", "dateline", found.rule))
    story.spans["dateline"] = span
    story.paid_dateline = found.release
    rest = start + len(flat) - len(flat[found.end :].lstrip())
    story.kept[:1] = [(rest, end)] if rest < end else []
    story.n_words -= flat.count(" ", 0, rest - start) + (rest == end)


def _is_speaker(head: str, flat: str) -> bool:
    """Whether capitals before a colon name who speaks, and not a place: in a transcript they do so again further down."""
    return head.endswith(":") and f"\n{head}" in flat


_BELOW_LINES = 6
_ITEM_WORDS = 10


def _drop_below_mark(story: Story) -> None:
    """A story ends at the mark of its agency: short lines below it that close no sentence are the page's."""
    flat, kept = story.lines.flat, story.kept
    for place in range(len(kept) - 1, max(-1, len(kept) - _BELOW_LINES - 2), -1):
        line = flat[slice(*kept[place])]
        if place + 1 < len(kept) and signatures.find_tail_mark(line):
            for start, end in kept[place + 1 :]:
                story.strips.append(Strip(start, end, "tail", "furniture", "below-mark"))
                story.n_words -= flat.count(" ", start, end) + 1
            del kept[place + 1 :]
            return
        if line.count(" ") >= _ITEM_WORDS or ends_sentence(line):
            return


_TAIL_MARKS = 3


def _cut_tail(story: Story, *, is_signed: bool) -> None:
    """What stands behind the last sentence: the mark of an agency, who contributed, who holds the rights, whom to follow.

    Below another byline a bare "AFP" is a picture's.
    """
    if len(story.kept) > 1 and not is_signed:
        start, end = story.kept[-1]
        flat = story.lines.flat[start:end]
        bare = signatures.find_bare_mark(flat)
        if bare and not signatures.is_signed_bare(story.lines.flat[slice(*story.kept[-2])]):  # or both are captions
            _cut_end(story, flat, bare, len(flat))
            return
    for _ in range(_TAIL_MARKS):
        if not story.kept:
            return
        start, end = story.kept[-1]
        flat = story.lines.flat[start:end]
        mark = signatures.find_tail_mark(flat)
        if mark:
            _cut_end(story, flat, *mark)
        elif story.wrapped or not (found := furniture.behind(flat, story.lines.cued_at(start))):
            return
        else:
            for low, high, rule in found:
                _cut_end(story, flat[:high], low, len(flat[:high].rstrip()), rule.kind, rule.id)


_HOUSE_REACH = 30  # characters from the end within which a house signs its text
_HOUSE_WORDS = 4


def _cut_house(story: Story, known: Known) -> None:
    """The name of the publisher or of another behind the last sentence: "... he said. - Norrvik.example"."""
    if not story.kept:
        return
    start, end = story.kept[-1]
    flat = story.lines.flat[start:end]
    dash = flat.rfind(" -", -_HOUSE_REACH)
    if dash < 0 or not ends_sentence(flat[:dash].rstrip(" -")):
        return
    who = flat[dash:].strip(" -.")
    if who.count(" ") < _HOUSE_WORDS and known.is_publisher(who):
        _cut_end(story, flat, dash + 1, len(flat))


def _cut_end(story: Story, flat: str, low: int, high: int, kind: str = "credit", rule: str = "tail-mark") -> None:
    """Takes `flat[low:high]`, which is all but space to its end, from the last paragraph."""
    start = story.kept[-1][0]
    story.strips.append(Strip(start + low, start + high, "tail", kind, rule))
    rest = len(flat[:low].rstrip())
    story.kept[-1] = (start, start + rest)
    story.n_words -= flat.count(" ", rest) + (not rest)
