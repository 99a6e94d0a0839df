"""Which lines of a text are no part of the story: the three zones and what is looked for in each."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import NamedTuple

import regex

from pipeline.stages.clean import furniture, signatures
from pipeline.stages.clean.lines import HEAD, TAKEN, Line, Lines, Mark, Marks, is_paragraph, key
from pipeline.stages.clean.stamps import stamp_mark

__all__ = ["Known", "head_mark", "is_person", "is_wrapped", "mark_by_rule", "mark_wrapped"]


class Known(NamedTuple):
    """What the record says beside the text. `is_publisher` tells whether a line is the name of a known publisher, or that
    of the record's own host."""

    page: bool = False
    headline: str | None = None
    deck: str | None = None
    publisher: str | None = None
    is_publisher: Callable[[str], bool] = bool
    byline: str | None = None
    max_strip_share: float = 1.0


_HEAD_LINES = 20  # the head of a text is not looked for beyond
_WRAPPED_WIDTH = 90  # characters; paragraphs that are not broken run longer
_RUN_ON_SHARE = 0.3  # of the line ends of a broken text have a small letter after them and no full stop before
_LABELS = 2  # lines above a broken text that may be labels: a section, "Breaking News"
_ENOUGH = 5  # words of a line that ends the tail when it closes like a sentence


def mark_by_rule(lines: Lines, marks: Marks, known: Known) -> None:
    """Marks, in place, what the rules know: repeated titles, then head, tail, what is sure anywhere, lists of links."""
    if known.page and lines and lines[0].words <= 6 and known.is_publisher(lines[0].flat):
        marks[0] = Mark(
            "head", "publisher", "page-publisher"
        )  # before a rule takes it: "Business Standard", "The Nation"
    _mark_repeats(lines, marks, known)
    head_end = _mark_head(lines, marks, known)
    _mark_labelled_byline(lines, marks, head_end)
    _mark_tail(lines, marks, head_end, known.byline or "")
    _mark_body(lines, marks, head_end)
    _mark_items(lines, marks)
    _mark_below(lines, marks)
    _mark_below_credit(lines, marks)


def is_wrapped(lines: Lines) -> bool:
    """Whether paragraphs are broken into lines of one width: then a line is no unit, and few rules are safe."""
    if len(lines) < 2 or lines.longer_than(_WRAPPED_WIDTH):
        return False
    pairs = list(itertools.pairwise(lines))
    run_on = sum(not line.ends_sentence and following.flat[0].islower() for line, following in pairs)
    return run_on >= max(1, _RUN_ON_SHARE * len(pairs))


def mark_wrapped(lines: Lines, marks: Marks) -> None:
    """Of a hard-wrapped text only labels that stand off from it at its top, and the last lines: an agency's name, a mark of
    the end."""
    for number in range(min(len(lines) - 1, _LABELS)):
        rule = furniture.match(lines[number], "head")
        if not (rule and rule.kind == "furniture" and _stands_off(lines, number)):
            break
        marks[number] = Mark("head", rule.kind, rule.id)
    for number in range(len(lines) - 1, max(len(lines) - 3, 0), -1):
        line = lines[number]
        rule = furniture.match(line, "tail")
        if rule and rule.kind in {"credit", "copyright"}:
            marks[number] = Mark("tail", rule.kind, rule.id)
        elif signatures.is_agency_line(line.flat.rstrip(".")):
            marks[number] = Mark("tail", "credit", "agency-line")
        else:
            return


def _stands_off(lines: Lines, number: int) -> bool:
    """Whether an empty line follows a line."""
    return lines.flat.count("\n", lines[number].end, lines[number + 1].start) > 1


_OPENING_WORDS = 25  # of the paragraph at which nothing more is looked for


def _mark_repeats(lines: Lines, marks: Marks, known: Known) -> None:
    """The publisher's name, the headline and the deck where the text repeats what the record already says."""
    longest = 2 * max(len(known.headline or ""), len(known.deck or ""), len(known.publisher or ""))
    if not lines:
        return
    words, characters = lines.size(0)
    if words >= _OPENING_WORDS and characters > longest and lines.is_prose(0):
        return  # most bodies begin with the story
    titles = [(kind, key(value)) for kind, value in (("headline", known.headline), ("deck", known.deck)) if value]
    titles = [(kind, title) for kind, title in titles if title]
    found = -1
    for number in range(min(len(lines), 8)):
        line = lines[number]
        own = key(line.flat) if len(line.flat) <= longest else ""
        kind = next((kind for kind, title in titles if _same_title(own, title)), None)
        if kind:
            marks[number] = Mark("head", kind, f"{kind}-repeated")
            found = number
        elif number == 0 and own and known.publisher and own == key(known.publisher):
            marks[number] = Mark("head", "publisher", "publisher-repeated")
        elif is_paragraph(line, _OPENING_WORDS):
            break
    # What stands above the repeated headline is the page's: a section, a programme, a series.
    for number in range(found):
        if marks[number] is None and lines[number].words <= 8 and not lines[number].ends_sentence:
            marks[number] = _furniture_or(lines[number], "head", Mark("head", "furniture", "above-headline"))


def _same_title(own: str, title: str) -> bool:
    """Equal, or the record's title carries the site's name behind it."""
    return bool(own) and (own == title or (len(own) >= 16 and title.startswith(own) and len(own) >= 0.6 * len(title)))


def _furniture_or(line: Line, position: str, otherwise: Mark) -> Mark:
    rule = furniture.match(line, position)
    return Mark(position, rule.kind, rule.id) if rule else otherwise


def _mark_head(lines: Lines, marks: Marks, known: Known) -> int:
    """Marks the head by rule; returns the number of the first paragraph (of `lines` if there is none)."""
    for number in range(min(len(lines), _HEAD_LINES)):
        if marks[number] is None and not lines.is_prose(number):
            marks[number] = head_mark(lines[number], known)
        if marks[number] is not None or (known.page and number < 2):
            continue
        if lines.is_paragraph(number):
            return number
    return min(len(lines), _HEAD_LINES)


_PERSON = regex.compile(r"\p{Lu}[\p{L}'’.-]+(?: (?:\p{Lu}[\p{L}'’.-]*|de|van|von|bin|al|da)){1,3}")
_BYLINE_LABEL = regex.compile(r"(?i:by|author of the article) ?:?")
_JOB = regex.compile(r"(?:[\p{Lu}&][\p{L}&'-]* ){0,4}(?:Reporter|Editor|Writer|Correspondent|Journalist|Columnist)")


def is_person(flat: str) -> bool:
    """Whether a line is a name of two to four words and nothing else."""
    return _PERSON.fullmatch(flat) is not None


def _mark_labelled_byline(lines: Lines, marks: Marks, head_end: int) -> None:
    """A byline on lines of its own: "By", a name, perhaps what that person is."""
    label = next((n for n in range(min(head_end, len(lines) - 1)) if _BYLINE_LABEL.fullmatch(lines[n].flat)), None)
    if label is None:
        return
    name, job = label + 1, label + 2
    mark = marks[name]
    if mark.kind != "byline" if mark else not is_person(lines[name].flat):
        return
    marks[label] = Mark("head", "furniture", "byline-label")
    marks[name] = mark or Mark("head", "byline", "byline-below-label")
    if job < len(lines) and marks[job] is None and _JOB.fullmatch(lines[job].flat):
        marks[job] = Mark("head", "byline", "byline-job")


_BEHIND = regex.compile(r".{30,}[.!?][\"')]*\s+(?P<who>\p{Lu}[^.!?]{1,40})")


def _names_outlet_behind(line: Line, known: Known) -> bool:
    """Whether an outlet's or agency's name stands behind the last sentence: the caption of a picture or a video."""
    found = _BEHIND.fullmatch(line.flat) if not line.ends_sentence else None
    return found is not None and (known.is_publisher(found["who"]) or signatures.is_agency_line(found["who"]))


def head_mark(line: Line, known: Known) -> Mark | None:
    """What a line is in the head of a text, by its own words; None if they do not say."""
    stamp = stamp_mark(line, "head")
    if stamp:
        return stamp
    if signatures.is_agency_line(line.flat):
        return Mark("head", "byline", "byline-agency")
    rule = furniture.match(line, "head")
    if rule:
        return Mark("head", rule.kind, rule.id)
    return Mark("head", "caption", "caption-outlet") if _names_outlet_behind(line, known) else None


def _mark_tail(lines: Lines, marks: Marks, head_end: int, byline: str) -> None:
    """Marks the tail from its end, up to the last paragraph that no rule takes."""
    for number in range(len(lines) - 1, head_end - 1, -1):
        if marks[number] is not None:
            continue
        if lines.is_prose(number):
            break
        line = lines[number]
        marks[number] = _tail_mark(line)
        if marks[number] is None and is_paragraph(line, _ENOUGH):
            break
    _mark_initials(lines, marks, head_end)
    _mark_last_initials(lines, marks, head_end, byline)


_INITIALS_WORDS = 4
_LAST_LINES = 4  # a link or two may stand below
_SIGNED = frozenset({"byline", "credit", "copyright"})
_SIGN_REACH = 30  # characters at the end of a paragraph in which an agency's mark stands


def _mark_initials(lines: Lines, marks: Marks, head_end: int) -> None:
    """Below an agency's line at the end stand, in some houses, its editors and the hour: short lines, no sentences."""
    if not any(mark and mark.rule == "agency-line" for mark in marks):
        return
    below = False
    for number in range(head_end, len(lines)):
        line, mark = lines[number], marks[number]
        if mark is not None:
            below = mark.rule == "agency-line"
        elif below and line.words <= _INITIALS_WORDS and not line.ends_sentence:
            marks[number] = Mark("tail", "credit", "agency-initials")
        else:
            below = False


def _mark_last_initials(lines: Lines, marks: Marks, head_end: int, byline: str) -> None:
    """The initials of editors below the last paragraph of what an agency signs: "bur-jm/gw"."""
    unmarked = (number for number in range(len(lines) - 1, head_end - 1, -1) if marks[number] is None)
    last_few = itertools.islice(unmarked, _LAST_LINES)
    below = itertools.takewhile(lambda number: not lines.is_paragraph(number, _ENOUGH), last_few)
    last = next((number for number in below if signatures.is_initials(lines[number].flat)), None)
    if last is None:
        return
    above = next((number for number in range(last - 1, head_end - 1, -1) if marks[number] is None), last)
    signed = [lines[number].flat for number, mark in enumerate(marks) if mark and mark.kind in _SIGNED]
    if any(map(signatures.may_sign, [byline, lines[head_end].flat[:HEAD], lines[above].flat[-_SIGN_REACH:], *signed])):
        marks[last] = Mark("tail", "credit", "agency-initials")


def _tail_mark(line: Line) -> Mark | None:
    stamp = stamp_mark(line, "tail")
    if stamp:
        return stamp
    if signatures.is_joint_line(line.flat):
        return Mark("tail", "credit", "agency-line")
    rule = furniture.match(line, "tail")
    if rule:
        return Mark("tail", rule.kind, rule.id)
    if signatures.is_agency_line(line.flat.rstrip(".")):
        return Mark("tail", "credit", "agency-line")
    return Mark("tail", "credit", "source-line") if signatures.is_source_line(line.flat) else None


def _mark_body(lines: Lines, marks: Marks, head_end: int) -> None:
    for number, kind in enumerate(lines.kinds):
        if kind & TAKEN and number >= head_end and marks[number] is None:
            rule = furniture.match(lines[number], "body")
            if rule:
                marks[number] = Mark("body", rule.kind, rule.id)


_ITEMS = 12  # links below one heading


def _mark_items(lines: Lines, marks: Marks) -> None:
    """Links: below a heading such as "Related stories", between two others, in a list before or after the story."""
    if any(marks):
        _mark_below_headings(lines, marks)
        _mark_between(lines, marks)
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


_BELOW_WORDS = 120  # of what may stand below the line that closes a page
_CLOSING = ("copyright-", "about-")


def _mark_below(lines: Lines, marks: Marks) -> None:
    """What stands below the owner's copyright or "About the author", if it is little and the story stands above."""
    closing = next((number for number, mark in enumerate(marks) if mark and mark.rule.startswith(_CLOSING)), None)
    if closing is None:
        return
    unmarked = [number for number, mark in enumerate(marks) if mark is None]
    above = sum(lines[number].words for number in unmarked if number < closing)
    below = [number for number in unmarked if number > closing]
    words = sum(lines[number].words for number in below)
    if words <= _BELOW_WORDS and 2 * words <= above:
        for number in below:
            marks[number] = Mark("tail", "furniture", "below-closing-line")


def _mark_below_credit(lines: Lines, marks: Marks) -> None:
    """Headlines and their decks below the agency's line that signs the story: two and more, none a sentence."""
    signed = [
        number for number, mark in enumerate(marks) if mark and mark.rule == "agency-line" and mark.position == "tail"
    ]
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


def _heads_items(line: Line) -> bool:
    """Whether a line announces links and names none itself."""
    return line.words <= 6 and (":" not in line.flat or line.flat.endswith(":"))


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
            elif run or (marks[number] is None and is_paragraph(lines[number], _ENOUGH)):
                break
        facts = sum(_FACT.fullmatch(lines[number].flat) is not None for number in run)
        # Above a story short items are navigation; below it only what is as long as a headline is sure to be a link.
        like_headlines = not backwards or sum(lines[number].words for number in run) >= _HEADLINE_WORDS * len(run)
        if len(run) >= _BULLETS and 3 * facts <= len(run) and like_headlines:
            for number in run:
                marks[number] = marks[number] or Mark("tail" if backwards else "head", "furniture", "list-of-links")
