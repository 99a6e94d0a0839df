"""A page or body as its parts: what is the story, and what each other line is, by which rule.

The lines fall into three zones. The *head* ends at the first paragraph, the *tail* begins after the last; between them only
rules that are sure anywhere apply. A line is kept or stripped whole, but for the dateline, which is cut from the first
paragraph, and the agency's mark, which is cut from the last.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.stages._fold import flatten
from pipeline.stages.clean import signatures
from pipeline.stages.clean.lines import Line, Mark, Marks, Strip, split
from pipeline.stages.clean.marks import Known, is_wrapped, mark_by_rule, mark_wrapped
from pipeline.stages.clean.masthead import mark_page
from pipeline.stages.clean.stamps import Stated, stated_times

__all__ = ["Known", "Stated", "Story", "read_story"]

Span = tuple[int, int]


@dataclass(slots=True)
class Story:
    """The parts of a text. Spans are (start, end) offsets in it; `kept` are the story's lines in order, cut to size."""

    flat: str  # the whole text, flattened
    lines: list[Line]
    kept: list[Span] = field(default_factory=list)
    strips: list[Strip] = field(default_factory=list)
    stated: list[Stated] = field(default_factory=list)
    spans: dict[str, Span] = field(default_factory=dict)  # publisher, headline, deck, byline, dateline, where found
    paid_dateline: bool = False
    wrapped: bool = False  # its paragraphs are broken into lines of one width


def read_story(text: str, known: Known) -> Story:
    """The parts of a text as read; pure, and the same for the same text."""
    flat = flatten(text)
    lines = split(flat)
    marks: Marks = [None] * len(lines)
    wrapped = is_wrapped(lines)
    if wrapped:
        mark_wrapped(lines, marks)
    else:
        mark_by_rule(lines, marks, known)
        if known.page:
            mark_page(lines, marks, known)
        _mark_above_dateline(text, lines, marks)
    _limit(lines, marks, known.max_strip_share)
    story = Story(flat, lines, wrapped=wrapped)
    _collect(lines, marks, story)
    _cut_dateline(text, story)
    _cut_tail(story)
    story.strips.sort(key=lambda strip: (strip.start, strip.end))
    return story


_ABOVE_LINES = 3
_ABOVE_WORDS = 90
_LOOKED_AT = 40  # lines in which a second dateline would say that this is a round-up


def _mark_above_dateline(text: str, lines: list[Line], marks: Marks) -> None:
    """A story begins at its dateline: a few unmarked lines above the only one are a caption, a blurb, a deck."""
    numbers = [number for number in range(min(len(lines), _LOOKED_AT)) if marks[number] is None]

    def begins(number: int) -> bool:
        line = lines[number]
        return signatures.find_dateline(line.flat, text[line.start : line.end]) is not None

    place = next((place for place, number in enumerate(numbers[: _ABOVE_LINES + 1]) if begins(number)), 0)
    above = numbers[:place]
    if not above or sum(lines[number].words for number in above) > _ABOVE_WORDS:
        return
    if any(begins(number) for number in numbers[place + 1 :]):
        return
    for number in above:
        marks[number] = Mark("head", "caption", "above-dateline")


_LAYOUT = frozenset({"publisher", "headline", "deck", "byline", "dateline"})
_SURE = _LAYOUT | {"disclaimer", "credit", "copyright", "stamp"}


def _limit(lines: list[Line], marks: Marks, max_share: float) -> None:
    """Where more than the share of the words would go as furniture, only what is sure at either end goes.

    A text that only repeats its headline (an alert) is a story all the same.
    """
    if all(marks):
        for number, mark in enumerate(marks):
            if mark and mark.rule.endswith("-repeated"):
                marks[number] = None
    candidates = [(line, mark) for line, mark in zip(lines, marks, strict=True) if not (mark and mark.kind in _LAYOUT)]
    stripped = sum(line.words for line, mark in candidates if mark)
    if stripped <= max_share * sum(line.words for line, _ in candidates):
        return
    for number, mark in enumerate(marks):
        if mark and (mark.position == "body" or mark.kind not in _SURE):
            marks[number] = None


def _collect(lines: list[Line], marks: Marks, story: Story) -> None:
    for line, mark in zip(lines, marks, strict=True):
        if mark is None:
            story.kept.append((line.start, line.end))
            continue
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
    if not story.kept:
        return
    start, end = story.kept[0]
    flat = story.flat[start:end]
    found = signatures.find_dateline(flat, text[start:end])
    if found is None:
        return
    span = (start, start + len(flat[: found.end].rstrip()))
    story.strips.append(Strip(*span, "head", "dateline", found.rule))
    story.spans["dateline"] = span
    story.paid_dateline = found.release
    rest = start + len(flat) - len(flat[found.end :].lstrip())
    story.kept[:1] = [(rest, end)] if rest < end else []


_TAIL_MARKS = 3


def _cut_tail(story: Story) -> None:
    for _ in range(_TAIL_MARKS):
        if not story.kept:
            return
        start, end = story.kept[-1]
        flat = story.flat[start:end]
        found = signatures.find_tail_mark(flat)
        if found is None:
            return
        story.strips.append(Strip(start + found[0], start + found[1], "tail", "credit", "tail-mark"))
        story.kept[-1] = (start, start + len(flat[: found[0]].rstrip()))
