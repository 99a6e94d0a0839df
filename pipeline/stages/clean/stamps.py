"""Lines that state a time: alone, behind a byline, or before a source."""

from __future__ import annotations

from dataclasses import dataclass

import regex

from pipeline.stages._words import count_words
from pipeline.stages.clean import dates, furniture, signatures
from pipeline.stages.clean.lines import Line, Mark, has_digit, is_person, key

__all__ = ["Stated", "stamp_mark", "stated_times"]


@dataclass(frozen=True, slots=True)
class Stated:
    """A time that a line of the text states: its words, and whether of publication or of a change."""

    role: str
    text: str


_STAMP_WORDS = 22
_NAMED_WORDS = 4
_ALONE_WORDS = 12  # of a line without a label
_PART = regex.compile(r"\s*[|•·]\s*|\s+[-/]\s+|,?\s+")  # what may stand between a name and a time
_SOURCE = regex.compile(r"\s*[|•·]\s*|\s+-\s+|\s*(?=\([^()]+\)$)|\s+(?=(?:By|BY)\s)")  # between a time and a name
_NUMBERED = regex.compile(r"\s*\|\s*\p{L}+\s?[:#]\s?#?\d{3,}\Z")  # "| Story: 468123"
_EDGE = " |•·,;/-"
#: A person and where that person is or works: `Ada Lund | Norrvik`.
_NAME_BAR = regex.compile(r"\p{Lu}[\p{L}.'-]+(?: \p{Lu}[\p{L}.'-]+){1,2}(?: ?[|·•] ?\p{L}[\p{L} .'-]{1,40}){1,2}")
_BESIDE = regex.compile(r"[|•·]|\([^()]*\)|\[[^][]*\]")  # "ANI | Chennai (Tamil Nadu)" is a name and a place
_SOMEWHERE = dates.Place("GB")  # where no country is known a year of two digits is none
_PRODUCT = regex.compile(r"release date\b", regex.IGNORECASE)  # in a box of facts, of a film or a game


def stamp_mark(line: Line, position: str, headline: str | None = None) -> Mark | None:
    """A mark for a line that states a time: "Updated: 3 May", "ANI | Updated: Mar 19, 2023 08:42 IST", "3 May | Source: dpa".

    None if the line says anything else beside the time and the name, or the headline before them.
    """
    if line.words > _STAMP_WORDS or not has_digit(line.flat) or _PRODUCT.match(line.flat):
        return None
    found = dates.stamps(line.flat)
    if not found:
        return _unlabelled(line, position)
    before = line.flat[: found[0].label].rstrip(_EDGE)
    is_dated = before != "" and _is_date(before)  # "3 May 2020 14:35, updated 2 hours ago"
    is_headed = not before or is_dated or (headline is not None and key(before) == key(headline))
    source = _source_behind(line.flat, found[-1].start) if is_headed else None
    if source:
        return Mark(position, "stamp", "stamp-and-source", line.start + source[0], source[1])
    if not (is_dated or any(_is_date(line.flat[stamp.start : stamp.end]) for stamp in found)):
        return None
    if is_headed:
        return Mark(position, "stamp", "stamp-labelled")
    kind = "byline" if _is_named(before) else _name_kind(before)
    return Mark(position, kind, "byline-and-stamp", line.start + len(before), "stamp") if kind else None


def _source_behind(flat: str, start: int) -> tuple[int, str] | None:
    """Where the date that begins at `start` ends, if a source or byline stands behind it, and which of the two that is."""
    for part in _SOURCE.finditer(flat, start):
        if (kind := _name_kind(flat[part.end() :])) and _is_date(flat[start : part.start()]):
            return part.start(), kind
    return None


def _unlabelled(line: Line, position: str) -> Mark | None:
    """A mark for a date alone, behind a name or before one."""
    flat = _NUMBERED.sub("", line.flat) if line.flat[-1].isdigit() else line.flat
    words = line.words if flat == line.flat else count_words(flat)
    is_sentence = flat.endswith(".") and not flat.endswith("น.")  # which ends a clock in Thai
    if words > _ALONE_WORDS or is_sentence or not dates.has_year(flat):
        return None
    if _is_date(flat, bare=True):
        return Mark(position, "stamp", "stamp-date")
    for part in _PART.finditer(flat):
        before, after = flat[: part.start()], flat[part.end() :]
        apart = position == "head" and not part[0].strip(",").isspace()
        if _is_date(after, bare=True) and (kind := _name_kind(before) or (apart and _kind_beside(before, after))):
            return Mark(position, kind, "byline-and-stamp", line.start + part.start(), "stamp")
        if _is_date(before, bare=True) and (kind := _name_kind(after) or (apart and _kind_beside(after, before))):
            return Mark(position, "stamp", "stamp-and-source", line.start + part.start(), kind)
    return None


def _is_named(words: str) -> bool:
    """Whether words are a few with capitals: a person, a house, a town, "News Desk | New Delhi"."""
    most = _NAMED_WORDS * (1 + ("|" in words))
    is_short = count_words(_BESIDE.sub(" ", words)) <= most
    return is_short and words[0].isalpha() and not any(word[0].islower() for word in words.split())


def _kind_beside(name: str, date: str) -> str | None:
    """The kind of a name apart from a day and its hour: "Madrid" before it, "CBS News" behind; None if it is no name."""
    moment = dates.parse(date, _SOMEWHERE)
    if moment is None or moment.precision == "day" or not _is_named(name):
        return None
    return "byline" if is_person(name) else "furniture"


def _name_kind(name: str) -> str | None:
    """Whether words are a byline or a source ("byline", "credit"); None for any others."""
    rule = furniture.match(Line(0, len(name), name, count_words(name)), "head")
    if rule:
        return rule.kind if rule.kind in {"byline", "credit"} else None
    return "byline" if signatures.is_agency_line(name) or _NAME_BAR.fullmatch(name) else None


def _is_date(text: str, *, bare: bool = False) -> bool:
    try:
        return dates.parse(text, _SOMEWHERE, bare=bare) is not None
    except dates.ImpossibleDateError:
        return False


def stated_times(flat: str) -> list[Stated]:
    """The times a stamp states; an unlabelled date counts as that of publication."""
    labelled = dates.stamps(flat)
    found = [Stated(stamp.role, flat[stamp.start : stamp.end]) for stamp in labelled]
    before = flat[: labelled[0].label if labelled else len(flat)].strip(_EDGE)
    if before and _is_date(before):
        found.insert(0, Stated("published", before))
    return found
