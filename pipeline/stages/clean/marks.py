"""Which lines of a text are no part of the story: the three zones and what is looked for in each."""

from __future__ import annotations

import itertools

import regex

from pipeline.stages.clean import furniture, signatures
from pipeline.stages.clean.datelines import find_dateline, is_dateline
from pipeline.stages.clean.galleries import mark_galleries
from pipeline.stages.clean.lines import (
    HEAD,
    INITIALS_LINES,
    INITIALS_WIDTH,
    NAME_LINES,
    NAME_WORDS,
    TAKEN,
    Known,
    Line,
    Lines,
    Mark,
    Marks,
    has_digit,
    is_paragraph,
    is_person,
    is_shouted,
)
from pipeline.stages.clean.links import mark_below_credit, mark_links
from pipeline.stages.clean.repeats import mark_alt_texts, mark_doubles, mark_repeats
from pipeline.stages.clean.stamps import stamp_mark

__all__ = ["head_mark", "is_wrapped", "mark_by_rule", "mark_wrapped"]


_HEAD_LINES = 20  # the head of a text is not looked for beyond
_RUN_ON_SHARE = 0.3  # of the line ends of a broken text have a small letter after them and no full stop before
_LABELS = 2  # lines above a broken text that may be labels: a section, "Breaking News"
_ENOUGH = 5  # words of a line that ends the tail when it closes like a sentence


def mark_by_rule(lines: Lines, marks: Marks, known: Known) -> None:
    """Marks, in place, what the rules know: repeated titles, then head, tail, what is sure anywhere, lists of links."""
    if known.page and lines and lines[0].words <= 6 and known.is_publisher(lines[0].flat):
        marks[0] = Mark(
            "head", "publisher", "page-publisher"
        )  # before a rule takes it: "Business Standard", "The Nation"
    mark_doubles(lines, marks)
    mark_repeats(lines, marks, known)
    if lines.shape.alike:
        mark_alt_texts(lines, marks)
    mark_galleries(lines, marks)
    head_end = _mark_head(lines, marks, known)
    if head_end:  # many bodies begin with the story
        _mark_labelled_byline(lines, marks, head_end)
        _mark_house_byline(lines, marks, head_end, known)
        _mark_below_byline(lines, marks, head_end, known)
    if lines.shape.names:
        _mark_agency_byline(lines, marks, head_end)
    if head_end:
        if not known.page:
            _mark_pictured(lines, marks, head_end)
        _mark_between_title_and_story(lines, marks, head_end)
    last = _mark_tail(lines, marks, head_end, known)
    if lines.shape.taken:
        _mark_body(lines, marks, head_end, last)
    mark_links(lines, marks)
    if not any(marks):
        return
    _mark_above_captions(lines, marks, head_end)
    if _mark_below(lines, marks):
        _mark_tail(lines, marks, head_end, known)  # which begins further up now
    mark_below_credit(lines, marks)


def is_wrapped(lines: Lines) -> bool:
    """Whether paragraphs are broken into lines of one width: then a line is no unit, and few rules are safe."""
    if len(lines) < 2 or lines.shape.wide:
        return False
    pairs = list(itertools.pairwise(lines))
    run_on = sum(not line.ends_sentence and following.flat[0].islower() for line, following in pairs)
    return run_on >= max(1, _RUN_ON_SHARE * len(pairs))


def mark_wrapped(lines: Lines, marks: Marks) -> None:
    """Of a hard-wrapped text only labels that stand off from it at its top, and the last lines: an agency's name, a mark of
    the end."""
    for number in range(min(len(lines) - 1, _LABELS)):
        rule = furniture.match(lines[number], "head")
        if not (rule and rule.kind == "furniture" and lines.stands_off(number)):
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


def _mark_head(lines: Lines, marks: Marks, known: Known) -> int:
    """Marks the head by rule; returns the number of the first paragraph (of `lines` if there is none)."""
    titled = False
    for number in range(min(len(lines), _HEAD_LINES)):
        if marks[number] is None and not lines.is_prose(number):
            marks[number] = head_mark(lines[number], known)
            if marks[number] is None and titled and not known.page and _is_name_above(lines, number):
                marks[number] = Mark("head", "caption", "name-below-headline")  # who wrote it, or who is pictured
        titled = titled or ((mark := marks[number]) is not None and mark.kind == "headline")
        if marks[number] is not None or (known.page and number < 2):
            continue
        if lines.is_paragraph(number):
            if not _is_pictured(lines, number, known):
                return number
            marks[number] = Mark("head", "caption", "caption-above-credit")
            if number and marks[number - 1] is None and furniture.is_item(lines[number - 1]):
                marks[number - 1] = Mark("head", "caption", "caption-above-credit")  # what a screen reader says
    return min(len(lines), _HEAD_LINES)


_CREDIT_WORDS = 10


def _is_pictured(lines: Lines, number: int, known: Known) -> bool:
    """Whether the line below is the credit of a picture, alone in brackets: "(Ada Lund / AP)", and a byline or a time below
    it: else the picture may stand amid the story."""
    if number + 2 >= len(lines) or lines.size(number + 1)[0] > _CREDIT_WORDS:
        return False
    line = lines[number + 1]
    if not (line.flat[0] == "(" and line.flat[-1] == ")" and "/" in line.flat):
        return False
    rule, below = furniture.match(line, "head"), head_mark(lines[number + 2], known)
    return rule is not None and rule.kind == "caption" and below is not None and below.kind in _BELOW_BYLINE


_BELOW_BYLINE = frozenset({"byline", "stamp"})


def _is_name_above(lines: Lines, number: int) -> bool:
    """Whether a line is a person's name, in small letters, above another line."""
    flat = lines[number].flat
    return number + 1 < len(lines) and not flat.isupper() and is_person(flat)


def _is_open(mark: Mark | None) -> bool:
    """Whether a line may still be a byline: nobody knows what it is, but perhaps that it is a person's or a paper's name."""
    return mark is None or mark.rule in {"name-below-headline", "publisher-above"}


_BYLINE_LABEL = regex.compile(
    r"(?i:by|author of the article) ?:?|(?i:szerző|autor|autorka|författare|von|por|par|autore) ?:"
)
_JOB = regex.compile(r"(?:[\p{Lu}&][\p{L}&'-]* ){0,4}(?:Reporter|Editor|Writer|Correspondent|Journalist|Columnist)")


def _mark_labelled_byline(lines: Lines, marks: Marks, head_end: int) -> None:
    """A byline on lines of its own: "By", a name, perhaps what that person is."""
    label = next((n for n in range(min(head_end, len(lines) - 1)) if _BYLINE_LABEL.fullmatch(lines[n].flat)), None)
    if label is None:
        return
    name, job = label + 1, label + 2
    mark = marks[name]
    if not (_is_open(mark) and is_person(lines[name].flat)) and not (mark and mark.kind == "byline"):
        return
    marks[label] = Mark("head", "furniture", "byline-label")
    marks[name] = Mark("head", "byline", "byline-below-label") if _is_open(mark) else mark
    if job < len(lines) and marks[job] is None and _JOB.fullmatch(lines[job].flat):
        marks[job] = Mark("head", "byline", "byline-job")


_HOUSE_WORDS = 5


def _mark_house_byline(lines: Lines, marks: Marks, head_end: int, known: Known) -> None:
    """A person and, on the line below, the paper that person writes for; below what is no story, above a paragraph."""
    if head_end >= len(lines) or not lines.is_paragraph(head_end):
        return
    for number in range(1, head_end - 1):
        if marks[number - 1] is None or not _is_open(marks[number]) or not _is_open(marks[number + 1]):
            continue
        person, house = lines[number], lines[number + 1]
        if house.words <= _HOUSE_WORDS and is_person(person.flat) and known.is_publisher(house.flat):
            marks[number] = marks[number + 1] = Mark("head", "byline", "byline-house")


_OF_PERSONS = frozenset({"byline-by", "byline-another", "byline-below-label"})
_ANOTHER = regex.compile(r"(?i:and|und|et|y|e|en|og|och|&) (?P<who>.+)")


def _mark_below_byline(lines: Lines, marks: Marks, head_end: int, known: Known) -> None:
    """Below "By ANA WELLS" a second author, "and TOM BELL", and the paper these write for."""
    for number in range(1, head_end):
        above = marks[number - 1]
        if above is None or above.kind != "byline" or not _is_open(marks[number]):
            continue
        flat = lines[number].flat
        another = _ANOTHER.fullmatch(flat)
        if another and is_person(another["who"]):
            marks[number] = Mark("head", "byline", "byline-another")
        elif above.rule in _OF_PERSONS and _names_house(lines[number], known):
            marks[number] = Mark("head", "byline", "byline-house")


def _mark_pictured(lines: Lines, marks: Marks, head_end: int) -> None:
    """The last line left above the first paragraph, if an agency in brackets ends it: a picture's. Several are a list."""
    if head_end >= len(lines):
        return
    found = [n for n in range(head_end) if marks[n] is None and signatures.is_pictured(lines[n].flat)]
    if len(found) == 1 and all(marks[found[0] + 1 : head_end]):
        flat = lines[found[0]].flat
        if not find_dateline(flat, flat):
            marks[found[0]] = Mark("head", "caption", "caption-agency-in-brackets")


_CAPTION_WORDS = 50  # what is longer is the paragraph of a story that its agency signs
_DECK_WORDS = 5, 20
_TWO_SENTENCES = regex.compile(r".*[.!?][\"')]*\s+[\p{Lu}\"]")
_LONE_PLACE_WORDS = 4


_TITLE_REACH = 8  # lines below the headline in which its deck stands


def _mark_between_title_and_story(lines: Lines, marks: Marks, head_end: int) -> None:
    """The one line that is left above the first paragraph: a place in capitals below the byline, a deck below the headline."""
    number = next((n for n in range(min(head_end, len(lines) - 1) - 1, 0, -1) if marks[n] is None), 0)
    if not number or (above := marks[number - 1]) is None:
        return
    line = lines[number]
    if (
        above.kind in _BELOW_BYLINE
        and line.words <= _LONE_PLACE_WORDS
        and is_shouted(line.flat)
        and not has_digit(line.flat)
    ):
        marks[number] = Mark("head", "dateline", "dateline-alone")
    elif (
        any(mark and mark.rule == "headline-repeated" for mark in marks[max(0, number - _TITLE_REACH) : number])
        and _DECK_WORDS[0] <= line.words <= _DECK_WORDS[1]
        and not (line.ends_sentence or line.flat.endswith(":") or _TWO_SENTENCES.match(line.flat))
        and not find_dateline(line.flat, line.flat)
        and not signatures.may_sign(line.flat)
    ):
        marks[number] = Mark("head", "deck", "deck-below-headline")


_BEHIND = regex.compile(r".{30,}(?<!\b[ap]\.m)[.!?][\"')]*\s+(?P<who>\p{Lu}[^.!?]{1,40})")


_BY = regex.compile(r"(?i:by|von|par|por|di|door|av|af)\s")


def _mark_agency_byline(lines: Lines, marks: Marks, head_end: int) -> None:
    """ "By PTI" below a deck that closes like a sentence; or an agency's name in full, right below the one deck."""
    words, above = lines.words, 0
    for number in range(head_end, min(NAME_LINES, len(lines) - 1)):
        if marks[number] is not None:
            continue
        if words[number] <= NAME_WORDS:
            flat = lines[number].flat
            is_signed = _BY.match(flat) is not None and signatures.is_agency_line(flat)
            if is_signed or (above == 1 and " " in flat and signatures.is_agency_name(flat)):
                marks[number] = Mark("head", "byline", "byline-agency")
                continue
        above += 1


def _names_outlet_behind(line: Line, known: Known) -> bool:
    """Whether an outlet's or agency's name stands behind the last sentence: the caption of a picture or a video."""
    is_short = line.words <= _CAPTION_WORDS and not line.ends_sentence
    found = _BEHIND.fullmatch(line.flat) if is_short else None
    return found is not None and (known.is_publisher(found["who"]) or signatures.is_agency_line(found["who"]))


def _names_house(line: Line, known: Known) -> bool:
    """Whether a line is the name of the house or of another publisher, behind a dash perhaps, and no end of a sentence:
    "today." is none."""
    if line.words > NAME_WORDS + 1 or line.ends_sentence or line.flat[0].islower():
        return False
    name = line.flat.lstrip("- ")
    return name.count(" ") < NAME_WORDS and known.is_publisher(name)


def head_mark(line: Line, known: Known) -> Mark | None:
    """What a line is in the head of a text, by its own words; None if they do not say."""
    stamp = stamp_mark(line, "head", known.headline)
    if stamp:
        return stamp
    if signatures.is_photographer(line.flat, known.byline or ""):
        return Mark("head", "caption", "caption-photographer")
    if signatures.is_agency_line(line.flat):
        return Mark("head", "byline", "byline-agency")
    rule = furniture.match(line, "head")
    if rule:
        return Mark("head", rule.kind, rule.id)
    if signatures.is_shared_line(line.flat, known.is_publisher):
        return Mark("head", "byline", "byline-shared")
    if not known.page and line.words == 1 and signatures.is_agency_name(line.flat):
        return Mark("head", "byline", "byline-agency")
    if not known.page and _names_house(line, known):
        return Mark("head", "furniture", "publisher-above")
    if is_dateline(line.flat):
        return Mark("head", "dateline", "dateline-line")
    return Mark("head", "caption", "caption-outlet") if _names_outlet_behind(line, known) else None


def _mark_tail(lines: Lines, marks: Marks, head_end: int, known: Known) -> int:
    """Marks the tail from its end, up to the last paragraph that no rule takes; returns the number of that."""
    number = len(lines)
    for number in range(len(lines) - 1, head_end - 1, -1):
        if marks[number] is not None:
            continue
        if lines.is_prose(number):
            break
        line = lines[number]
        mark = _tail_mark(line, known)
        if mark is None and _names_house(line, known):
            mark = Mark("tail", "credit", "publisher-below")
        marks[number] = mark
        if mark and mark.rule.startswith("author-bio") and _names_who_follows(lines, number - 1):
            marks[number - 1] = mark
        if mark is None and is_paragraph(line, _ENOUGH):
            break
    _mark_above_unknown(lines, marks, head_end, number)
    is_marked = any(marks)
    if is_marked:
        _mark_initials(lines, marks, head_end)
    if is_marked or lines.shape.initials:
        _mark_last_initials(lines, marks, head_end, known.byline or "")
    return number


_LAST_LINES = 6
_SURE = frozenset({"disclaimer", "copyright", "version_note", "credit"})


def _mark_above_unknown(lines: Lines, marks: Marks, head_end: int, last: int) -> None:
    """In the last lines, above the one where the tail ends: those that say of themselves what they are, and of no picture;
    but for disclaimers only sentences do, which are long enough to need a cue.
    """
    for number in range(max(head_end, len(lines) - _LAST_LINES), last):
        if marks[number] is not None or not lines.has_cue(number):
            continue
        line = lines[number]
        rule = furniture.match(line, "tail")
        is_sure = rule is not None and (rule.kind == "disclaimer" or (rule.kind in _SURE and line.ends_sentence))
        if rule and is_sure and furniture.match(line, "body") in {None, rule}:
            marks[number] = Mark("tail", rule.kind, rule.id)


def _names_who_follows(lines: Lines, number: int) -> bool:
    """Whether a line is the name alone of the person of whom the line below tells."""
    return number > 0 and is_person(lines[number].flat) and lines[number + 1].flat.startswith(lines[number].flat)


_INITIALS_WORDS = 4
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
    last_few = list(itertools.islice(unmarked, INITIALS_LINES))
    if all(lines.size(number)[1] > INITIALS_WIDTH for number in last_few):  # nearly all
        return
    below = itertools.takewhile(lambda number: not lines.is_paragraph(number, _ENOUGH), last_few)
    last = next((number for number in below if signatures.is_initials(lines[number].flat)), None)
    if last is None:
        return
    above = next((number for number in range(last - 1, head_end - 1, -1) if marks[number] is None), last)
    signed = [lines[number].flat for number, mark in enumerate(marks) if mark and mark.kind in _SIGNED]
    if any(map(signatures.may_sign, [byline, lines[head_end].flat[:HEAD], lines[above].flat[-_SIGN_REACH:], *signed])):
        marks[last] = Mark("tail", "credit", "agency-initials")


def _tail_mark(line: Line, known: Known) -> Mark | None:
    stamp = stamp_mark(line, "tail")
    if stamp:
        return stamp
    if signatures.is_joint_line(line.flat) or signatures.is_of_house(line.flat, known.is_house):
        return Mark("tail", "credit", "agency-line")
    rule = furniture.match(line, "tail")
    if rule:
        return Mark("tail", rule.kind, rule.id)
    if signatures.is_agency_line(line.flat.rstrip(".")):
        return Mark("tail", "credit", "agency-line")
    return Mark("tail", "credit", "source-line") if signatures.is_source_line(line.flat) else None


def _mark_body(lines: Lines, marks: Marks, head_end: int, last: int) -> None:
    for number, kind in enumerate(lines.kinds[:last]):
        if kind & TAKEN and number >= head_end and marks[number] is None:
            rule = furniture.match(lines[number], "body")
            if rule:
                marks[number] = Mark("body", rule.kind, rule.id)


def _mark_above_captions(lines: Lines, marks: Marks, head_end: int) -> None:
    """An agency's name right above a caption in the midst of a story is whose picture it is."""
    for caption in [number for number, mark in enumerate(marks) if mark and mark.kind == "caption"]:
        above = caption - 1
        if above > head_end and marks[above] is None and signatures.is_agency_line(lines[above].flat):
            marks[above] = Mark("body", "caption", "caption-agency-above")


_BELOW_WORDS = 120  # of what may stand below the line that closes a page
_CLOSING = ("copyright-", "about-")


def _mark_below(lines: Lines, marks: Marks) -> bool:
    """What stands below the owner's copyright or "About the author", if it is little and the story stands above.

    Whether there is any: then the story's own tail lies above that line.
    """
    closing = next((number for number, mark in enumerate(marks) if mark and mark.rule.startswith(_CLOSING)), None)
    if closing is None:
        return False
    unmarked = [number for number, mark in enumerate(marks) if mark is None]
    above = sum(lines[number].words for number in unmarked if number < closing)
    below = [number for number in unmarked if number > closing]
    words = sum(lines[number].words for number in below)
    if not below or words > _BELOW_WORDS or 2 * words > above:
        return False
    for number in below:
        marks[number] = Mark("tail", "furniture", "below-closing-line")
    return True
