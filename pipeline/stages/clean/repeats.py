"""What a text says twice: the titles that the record has, a first paragraph as a deck, a caption cut short, a line right
above itself."""

from __future__ import annotations

import regex

from pipeline.stages._fold import flatten
from pipeline.stages.clean import furniture, signatures
from pipeline.stages.clean.datelines import find_dateline
from pipeline.stages.clean.lines import (
    DOUBLED_WIDTH,
    PROSE,
    PROSE_WORDS,
    Known,
    Line,
    Lines,
    Mark,
    Marks,
    is_paragraph,
    is_person,
    key,
)
from pipeline.stages.clean.stamps import stamp_mark

__all__ = ["mark_alt_texts", "mark_doubles", "mark_repeats"]

_OPENING_WORDS = 25  # of the paragraph at which nothing more is looked for
_TITLE_LINES = 16  # in which a repeated title stands
_SECTION_WORDS = 14  # of a section's or programme's name, a slogan, another headline
_CAPTION_WORDS = 60
_TITLE_LETTERS = 16  # of a title that may be part of a line
_TITLE_SHARE = 0.6  # of the letters of the longer of the two
_TRAIL = 40  # letters of the sections that run into a headline: "HomeNewsKeeper leaves"
_CREDITED = regex.compile(r".*\((?=[^()]*\p{L})(?P<who>[^()]{2,60})\)")


def mark_repeats(lines: Lines, marks: Marks, known: Known) -> None:
    """The publisher's name, the headline and the deck where the text repeats what the record already says."""
    longest = 2 * max(len(known.headline or ""), len(known.deck or ""), len(known.publisher or ""))
    if not lines:
        return
    words, characters = lines.size(0)
    is_story = words >= _OPENING_WORDS and characters > longest and lines.is_prose(0) and marks[0] is None
    below = _captioned_title(lines, known.headline) if is_story else 0
    if is_story and not below:
        return  # most bodies begin with the story
    titles = [(kind, key(value)) for kind, value in (("headline", known.headline), ("deck", known.deck)) if value]
    titles = [(kind, title) for kind, title in titles if title]
    found = -1
    for number in range(min(len(lines), _TITLE_LINES)):
        line = lines[number]
        own = key(line.flat) if len(line.flat) <= longest else ""
        kind = next((kind for kind, title in titles if _same_title(own, title) or _names_site(line, own, title)), None)
        if kind == "deck" and _is_lede(lines, number, key(known.deck or "")):
            break
        if kind:
            marks[number] = Mark("head", kind, f"{kind}-repeated")
            found = number
        elif number == 0 and own and known.publisher and own == key(known.publisher):
            marks[number] = Mark("head", "publisher", "publisher-repeated")
        elif number < below:
            marks[number] = marks[number] or _furniture_or(line, "head", Mark("head", "caption", "above-headline"))
        elif marks[number] is None and is_paragraph(line, _OPENING_WORDS) and furniture.match(line, "head") is None:
            break
    # What stands above the repeated headline is the page's: a section, a series, other headlines, a picture's caption.
    for number in range(found):
        line = lines[number]
        if marks[number] is not None or (line.ends_sentence and not line.flat.endswith("?")):
            continue
        if line.words <= _SECTION_WORDS:
            marks[number] = _furniture_or(line, "head", Mark("head", "furniture", "above-headline"))
        elif line.words <= _CAPTION_WORDS and _CREDITED.fullmatch(line.flat):
            marks[number] = _furniture_or(line, "head", Mark("head", "caption", "above-headline"))


_TITLE_DEPTH = 3  # lines above a headline that are of the picture above it
_CAPTION_WIDTH = 600


def _captioned_title(lines: Lines, headline: str | None) -> int:
    """The number of the line that is the headline, letter for letter, where the paragraph above it is its picture's and a
    byline or a time below it; 0 if there is none."""
    title = flatten(headline or "")
    if not title or lines.flat.find(f"\n{title}\n", 0, _CAPTION_WIDTH + len(title)) < 0:
        return 0
    for number in range(1, min(len(lines) - 1, _TITLE_DEPTH + 1)):
        if lines[number].flat == title:
            return number if _opens_story(lines[number + 1]) else 0
        if lines.is_paragraph(number):
            break
    return 0


def _opens_story(line: Line) -> bool:
    rule = furniture.match(line, "head")
    return (
        stamp_mark(line, "head") is not None
        or signatures.is_agency_line(line.flat)
        or (rule is not None and rule.kind in {"byline", "credit", "stamp"})
    )


def _same_title(own: str, title: str) -> bool:
    """Equal, or the record's title carries the site's name behind it, or the line the names of its sections before it."""
    if own == title:
        return bool(own)
    if len(own) < _TITLE_LETTERS:
        return False
    if own.startswith("home") and own.endswith(title):
        return len(own) <= len(title) + _TRAIL
    return title.startswith(own) and len(own) >= _TITLE_SHARE * len(title)


_ON = 16  # letters in which a description goes on with what stands below


def _is_lede(lines: Lines, number: int, deck: str) -> bool:
    """Whether a line that the record has for its deck opens the story: many a site describes a page by its first paragraph.

    Such a line begins with a dateline, or is as long as a paragraph and not above a byline or a time; or the description goes
    on with the next one.
    """
    line, below = lines[number], lines[number + 1] if number + 1 < len(lines) else None
    if find_dateline(line.flat, line.flat) or below is None:
        return True
    rest = deck[len(key(line.flat)) :]
    if rest and key(below.flat).startswith(rest[:_ON]):
        return True
    return is_paragraph(line, _OPENING_WORDS) and not _opens_story(below)


_SITE_BEHIND = regex.compile(r" (?:\||-{1,2}|\u2013|\u2014|\u00bb) (?=\p{Lu}[^.!?]{1,40}(?:\.\p{Ll}{2,7})?$)")


def _names_site(line: Line, own: str, title: str) -> bool:
    """Whether the line is the title with the site's name behind it: "Keeper leaves | Norrvik Courier"."""
    if len(title) < _TITLE_LETTERS or not own.startswith(title) or len(own) > len(title) + _TRAIL:
        return False
    return any(key(line.flat[: found.start()]) == title for found in _SITE_BEHIND.finditer(line.flat))


def _furniture_or(line: Line, position: str, otherwise: Mark) -> Mark:
    rule = furniture.match(line, position)
    return Mark(position, rule.kind, rule.id) if rule else otherwise


_HEAD_LINES = 12  # in which something stands twice
_REACH = 4  # lines below in which it stands again
_ALIKE = 24  # characters by which the two begin
_LEAST_WORDS = 5  # a shorter line may be said twice
_INSIDE_WORDS = 8
_INSIDE_REACH = 2_000  # characters below in which a deck's words stand again


def mark_doubles(lines: Lines, marks: Marks) -> None:
    """What stands above a paragraph that says the same is its deck; above its own credited spelling, a caption.

    A caption may be cut short with dots, or be the longer of the two. What is said three times is a list's own, and
    nothing is looked for below the first paragraph, nor far below a line.
    """
    for number in range(min(len(lines) - 1, _HEAD_LINES)):
        if not lines.recurs(number, _INSIDE_REACH, _ALIKE):  # nearly all
            if marks[number] is None and lines.is_paragraph(number):
                return
            continue
        if marks[number] is None and lines.size(number)[0] >= _LEAST_WORDS:
            alike = lines.alike(number, _REACH, _ALIKE)
            found = [(below, kind) for below in alike if (kind := _double(lines, number, below))]
            if len(found) == 1:
                _mark_double(lines, marks, number, *found[0])
        if marks[number] is None and lines.is_paragraph(number):
            if lines.size(number)[0] < _INSIDE_WORDS or not _stands_below(lines, number):
                return
            marks[number] = Mark("head", "deck", "said-again")


def _double(lines: Lines, number: int, below: int) -> str:
    """Whether the first of two lines is a "caption" or a "deck" that says what the second does; "" if neither."""
    first, second = lines[number].flat, lines[below].flat
    is_cut = first.endswith("...")
    stem = first.rstrip(". ") if is_cut else first
    if not second.startswith(stem):
        return "caption" if first.startswith(second) and _is_credit(first[len(second) :]) else ""
    if _is_credit(second[len(stem) :]) or (second == first and _is_signed(first)):
        return "caption"
    return "deck" if is_cut or (second == first and lines.is_paragraph(number)) else ""


def _stands_below(lines: Lines, number: int) -> bool:
    """Whether the next paragraph has the whole line in it, or the line the whole of a paragraph and dots: a deck.

    Further below a caption may say again what the first paragraph says.
    """
    line = lines[number]
    said = line.flat.rstrip(".")
    start = lines.flat.find(said, line.end, line.end + _INSIDE_REACH)
    if start >= 0:
        below = next((one for one in range(number + 1, len(lines)) if lines.is_paragraph(one)), None)
        if below is None or not lines[below].start <= start < lines[below].end:
            return False
        before, after = lines.flat[start - 1], lines.flat[start + len(said) : start + len(said) + 2]
        return not before.isalnum() and after[:1] not in {"", "\n"} and after != ".\n" and not after[:1].isalnum()
    if not line.flat.endswith("..."):
        return False
    return any(line.flat.startswith(lines[below].flat) for below in lines.alike(number, _TITLE_LINES, _ALIKE))


def _mark_double(lines: Lines, marks: Marks, number: int, below: int, kind: str) -> None:
    """Marks the first of two lines that say the same and what stands between; the second, too, if both are of a picture."""
    between = range(number + 1, below)
    unknown = [line for line in between if marks[line] is None]
    if any(lines.is_paragraph(line) for line in unknown):
        return
    if any(lines.size(line)[0] > _SECTION_WORDS for line in unknown):
        between = range(0)  # one is too long for what stands between a deck and its story
    marks[number] = _furniture_or(lines[number], "head", Mark("head", kind, "said-again"))
    for line in between:
        marks[line] = marks[line] or Mark("head", "caption", "said-again")
    if kind == "caption":
        marks[below] = Mark("head", "caption", "said-again")


def _is_signed(flat: str) -> bool:
    """Whether a line ends in an agency in brackets."""
    match = _CREDITED.fullmatch(flat)
    return match is not None and signatures.names_agency(match["who"])


def _is_credit(rest: str) -> bool:
    """Whether what one caption has beyond the other is who took the picture."""
    return _CREDITED.fullmatch(rest) is not None or rest.rstrip().casefold().endswith(
        ("hide caption", "toggle caption")
    )


# --- right above itself -----------------------------------------------------------------------------------------

_CAPTION_LETTERS = 20  # of a caption that stands above itself with its credit
_CREDIT = regex.compile(
    r"\.? ?(?:\([^()]{2,60}\)|(?:Photo|Pic|Picture|Image|Credit|Source|File)s? ?[:|/].{2,60})"
    r"|(?<=[.!?][\"')]*) \p{Lu}[^.!?]{1,38}"
)
_CUT = regex.compile(r"(?r)\s?(?:\.{3}|…)\Z")
_LINE_WORDS = 5


def mark_alt_texts(lines: Lines, marks: Marks) -> None:
    """A line right above itself: a picture is described for those who cannot see it, and then has its caption.

    Of a sentence that stands there twice one stays, for it may be the story's.
    """
    flat, starts, ends, first = lines.flat, lines.found.starts, lines.found.ends, lines.first
    for at in range(first, lines.last - 1):
        start, below = starts[at], starts[at + 1]
        if lines.found.kinds[at] & PROSE and lines.found.words[at] >= PROSE_WORDS:
            continue
        if flat[start : start + DOUBLED_WIDTH] != flat[below : below + DOUBLED_WIDTH]:
            continue
        if min(ends[at] - start, ends[at + 1] - below) < DOUBLED_WIDTH:
            continue
        number = at - first
        for offset in range(_doubled(lines[number], flat[below : ends[at + 1]])):
            marks[number + offset] = marks[number + offset] or Mark("body", "caption", "line-doubled")


def _doubled(line: Line, below: str) -> int:
    """How many of two lines are a picture's: both, the first or neither."""
    if line.words > _CAPTION_WORDS:
        return 0
    if line.flat == below:
        if is_person(below) or (line.words >= _LINE_WORDS and (below[-1].isalnum() or _is_signed(below))):
            return 2
        return int(line.words >= _LINE_WORDS and line.ends_sentence)
    cut = _CUT.search(line.flat)
    stem = line.flat[: cut.start()] if cut else line.flat
    if len(stem) < _CAPTION_LETTERS or not below.startswith(stem):
        return 0
    return 1 if cut else 2 * (_CREDIT.fullmatch(below, len(stem)) is not None)
