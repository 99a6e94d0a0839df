"""Links to other stories: below a heading, between two others, in a list at either end, in capitals amid the story."""

from __future__ import annotations

import regex

from pipeline.stages.clean import furniture
from pipeline.stages.clean.lines import FULL_STOP, SHOUTED_WORDS, Line, Lines, Mark, Marks, is_shouted

__all__ = ["mark_below_credit", "mark_links"]

_ITEMS = 12  # links below one heading


def mark_links(lines: Lines, marks: Marks) -> None:
    """Marks, in place, links: below a heading such as "Related stories", between two others, in a list before or after the
    story, in capitals between two paragraphs."""
    if any(marks):
        _mark_below_headings(lines, marks)
        _mark_between(lines, marks)
    if lines.shape.open_ended:
        _mark_shouted(lines, marks)
    if lines.shape.bullets >= _BULLETS:
        _mark_bullets(lines, marks)


def _mark_below_headings(lines: Lines, marks: Marks) -> None:
    """What stands below a heading, up to the first line that is no link."""
    left = 0
    rule = position = ""
    for number, mark in enumerate(marks):
        if mark is None and not left:
            continue
        line = lines[number]
        if mark and mark.rule.startswith("also-read") and _heads_items(line):
            left, rule, position = _ITEMS, mark.rule, mark.position
        elif mark is None and (furniture.is_item(line) or _only_items(lines, marks, number)):
            marks[number] = Mark(position, "furniture", f"{rule}-item")
            left -= 1
        elif mark is None:
            left = 0


_LINK = ("also-read", "link-", "read-more", "widget-caps")


def _mark_between(lines: Lines, marks: Marks) -> None:
    """A headline right between two links is a third."""
    links = {number for number, mark in enumerate(marks) if mark and mark.rule.startswith(_LINK)}
    for number in sorted(links):
        between = number + 1
        if between + 1 in links and marks[between] is None and furniture.is_item(lines[between]):
            marks[between] = Mark("body", "furniture", "also-read-between")


def _only_items(lines: Lines, marks: Marks, number: int) -> bool:
    """Whether a text ends in a list of links from this line on, though one closes like a sentence: short lines, most open."""
    rest = [line for line, mark in zip(lines[number:], marks[number:], strict=True) if mark is None]
    closed = sum(not furniture.is_item(line) for line in rest)
    return len(rest) <= _ITEMS and 2 * closed < len(rest) and all(furniture.is_short(line) for line in rest)


def _heads_items(line: Line) -> bool:
    """Whether a line announces links and names none itself."""
    return line.words <= 6 and (":" not in line.flat or line.flat.endswith(":"))


_ENOUGH_WORDS = 5  # of a line that ends a list when it closes like a sentence
_BULLET = regex.compile(r"[-•·*▪■>]\s*\S")
# What begins with a figure or names a value ("Director: Jane Roe") is of a list of the story's own.
_FACT = regex.compile(r"\W*(?:\p{N}|\p{Ll}).*|.*[:$€£].*")
_BULLETS = 4
_HEADLINE_WORDS = 5  # and the bullet


def _mark_bullets(lines: Lines, marks: Marks) -> None:
    """A run of bulleted lines at either end of the text, none of which closes like a sentence: a list of links."""
    for backwards in (False, True):
        order = range(len(lines) - 1, -1, -1) if backwards else range(len(lines))
        run: list[int] = []
        for number in order:
            if lines.is_prose(number) and (run or marks[number] is None):
                break
            if _BULLET.match(lines[number].flat) and furniture.is_item(lines[number]):
                run.append(number)
            elif run or (marks[number] is None and lines.is_paragraph(number, _ENOUGH_WORDS)):
                break
        facts = sum(_FACT.fullmatch(lines[number].flat) is not None for number in run)
        # Above a story short items are navigation; below it only what is as long as a headline is sure to be a link.
        like_headlines = not backwards or sum(lines[number].words for number in run) >= _HEADLINE_WORDS * len(run)
        if len(run) >= _BULLETS and 3 * facts <= len(run) and like_headlines:
            for number in run:
                marks[number] = marks[number] or Mark("tail" if backwards else "head", "furniture", "list-of-links")


# What begins a section asks or names its subject; what has two figures is a score.
_SECTION = regex.compile(
    r"(?:WHAT|HOW|WHY|WHO|WHOSE|WHERE|WHEN|WHICH|IS|ARE|DO|DOES|DID|CAN|WILL|SHOULD|IT|THIS|WE|YOUR?)\b|.*[,:;?]|(?:.*?\d+){2}"
)


def _mark_shouted(lines: Lines, marks: Marks) -> None:
    """A headline in capitals between two paragraphs of a text that is not written so."""
    least, most = SHOUTED_WORDS
    sizes = enumerate(zip(lines.words, lines.kinds, strict=True))
    open_ended = [number for number, (words, kind) in sizes if least <= words <= most and not kind & FULL_STOP]
    for number in open_ended:
        if marks[number] is not None or not 0 < number < len(lines) - 1 or not is_shouted(lines[number].flat):
            continue
        beside = (number - 1, number + 1)
        stands_between = all(
            marks[near] is None and lines.is_paragraph(near) and not is_shouted(lines[near].flat) for near in beside
        )
        if stands_between and _SECTION.match(lines[number].flat) is None:
            marks[number] = Mark("body", "furniture", "link-in-capitals")


def mark_below_credit(lines: Lines, marks: Marks) -> None:
    """Headlines and their decks below the agency's line that signs the story: two and more, none a sentence."""
    tail = [(number, mark) for number, mark in enumerate(marks) if mark and mark.position == "tail"]
    signed = [number for number, mark in tail if mark.rule == "agency-line"]
    if not signed:
        return
    unmarked = [number for number, mark in enumerate(marks) if mark is None]
    above = sum(lines[number].words for number in unmarked if number < signed[-1])
    below = [number for number in unmarked if number > signed[-1]]
    words = sum(lines[number].words for number in below)
    facts = sum(_FACT.fullmatch(lines[number].flat) is not None for number in below)
    are_headlines = all(furniture.is_item(lines[number]) for number in below) and words >= _HEADLINE_WORDS * len(below)
    if len(below) >= 2 and are_headlines and 3 * facts <= len(below) and words <= above:
        for number in below:
            marks[number] = Mark("tail", "furniture", "below-closing-line")
