"""Links to other stories: below a heading, between two others, in a list at either end, in capitals amid the story."""

from __future__ import annotations

import regex

from pipeline.stages.clean import furniture
from pipeline.stages.clean.lines import FULL_STOP, SHOUTED_WORDS, Line, Lines, Mark, Marks, is_shouted

__all__ = ["mark_below_credit", "mark_links"]

_ITEMS = 12  # links below one heading


def mark_links(lines: Lines, marks: Marks) -> None:
    """Marks, in place, links: below a heading such as "Related stories", between two others, in a list before or after the
    story, in capitals between two paragraphs; and what ends in an arrow."""
    _mark_pointed(lines, marks)
    if any(marks):
        _mark_below_headings(lines, marks)
        _mark_between(lines, marks)
    if lines.shape.open_ended:
        _mark_shouted(lines, marks)
    if lines.shape.bullets >= _BULLETS:
        _mark_bullets(lines, marks)


_POINTED_LINE = regex.compile(r'[^"]{12,200}[\p{L}\p{N}] "')


def _mark_pointed(lines: Lines, marks: Marks) -> None:
    """A short line behind which a guillemet stands apart, and no full stop: "Why the lamp stays lit »"."""
    flat = lines.flat
    pointed = [number for number, (_, end) in enumerate(lines.spans) if flat[end - 1] == '"' and flat[end - 2] == " "]
    for number in pointed:  # a guillemet is folded to a quotation mark
        if marks[number] is None and furniture.is_short(lines[number]) and _POINTED_LINE.fullmatch(lines[number].flat):
            marks[number] = Mark("body", "furniture", "link-guillemet")


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
# What begins or ends with a figure, names a value ("Director: Jane Roe") or a place ("Old Mill Bridge, Dunmore") is of a list
# of the story's own.
_NAME = r"(?:\p{Lu}[\p{L}.&'-]*|of|the|and|&)"
_FACT = regex.compile(
    r"\W*(?:\p{N}|\p{Ll}).*|.*[$€£].*|.*\p{N}\W*|[^:]{1,40}:\S*(?: \S+){0,4}"
    rf"|\W*{_NAME}(?: {_NAME})*,(?: \p{{Lu}}[\p{{L}}.'-]+)+"
)
_BULLETS = 4
_HEADLINE_WORDS = 5  # and the bullet


_CLOSED_SHARE = 1 / 4
_LABELLED_SHARE = 1 / 2  # a headline may have a colon, too


def _mark_bullets(lines: Lines, marks: Marks) -> None:
    """A run of bulleted lines at either end of the text, of which few close like a sentence: a list of links."""
    for backwards in (False, True):
        run = _bulleted(lines, marks, backwards=backwards)
        if len(run) < _BULLETS or _is_announced(lines, marks, min(run)) or not _are_headlines(lines, run):
            continue
        # Above a story short items are navigation; below it only what is as long as a headline is sure to be a link.
        if not backwards or sum(lines[number].words for number in run) >= _HEADLINE_WORDS * len(run):
            for number in run:
                marks[number] = marks[number] or Mark("tail" if backwards else "head", "furniture", "list-of-links")


def _bulleted(lines: Lines, marks: Marks, *, backwards: bool) -> list[int]:
    """The numbers of the bulleted lines at one end of the text, from the outermost on."""
    run: list[int] = []
    for number in range(len(lines) - 1, -1, -1) if backwards else range(len(lines)):
        if lines.is_prose(number) and (run or marks[number] is None):
            break
        if _BULLET.match(lines[number].flat) and furniture.is_short(lines[number]):
            run.append(number)
        elif run or (marks[number] is None and lines.is_paragraph(number, _ENOUGH_WORDS)):
            break
    closed = [not furniture.is_item(lines[number]) for number in run]
    while closed and (closed[-1] or sum(closed) > _CLOSED_SHARE * len(closed)):
        closed.pop()
    return run[: len(closed)]


def _is_announced(lines: Lines, marks: Marks, first: int) -> bool:
    """Whether the line above a list says what it is a list of, and is no heading of links: "Follow these tips:"."""
    return first > 0 and marks[first - 1] is None and lines[first - 1].flat.endswith(":")


def _are_headlines(lines: Lines, run: list[int]) -> bool:
    """Whether the items of a list are no facts."""
    facts = sum(_FACT.fullmatch(lines[number].flat) is not None for number in run)
    labelled = sum(":" in lines[number].flat for number in run)
    return 3 * facts <= len(run) and labelled <= _LABELLED_SHARE * len(run)


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
    are_items = all(furniture.is_item(lines[number]) for number in below) and words >= _HEADLINE_WORDS * len(below)
    if len(below) >= 2 and are_items and _are_headlines(lines, below) and words <= above:
        for number in below:
            marks[number] = Mark("tail", "furniture", "below-closing-line")
