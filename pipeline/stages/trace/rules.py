"""Rules for lines: the sentences by which houses and agencies say whose copy a text is (`lexicon/signals.toml`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import regex

from pipeline.stages._fold import flatten
from pipeline.stages.trace.cues import cued
from pipeline.stages.trace.house import House
from pipeline.stages.trace.names import HEAD, Hit, Names
from pipeline.stages.trace.page import Line, Page
from pipeline.stages.trace.papers import unknown_outlet, unplaced
from pipeline.stages.trace.senses import is_longer_name, is_surname
from pipeline.stages.trace.slots import UNSPECIFIED, Slot, parse, usable
from pipeline.stages.trace.tables import signals

__all__ = ["Credit", "goes_on_below", "is_picture", "ruled", "source_grade"]

_WRITERS = regex.compile(r"\s+(?:\w+\s)?(?:writer|journalist|reporter|correspondent|photographer|researcher)s?\b")
_GOES_ON = regex.compile(r"\s(?!(?:Company|Co|Corp|Inc|Ltd|Limited)\b)\p{Lu}\p{Ll}")
_OF_WRITERS = frozenset({"contributed", "writers_reported"})
_NOT_A_NAME = regex.compile(
    r"(?:\d|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w*\.?\b|\w+day\b|(?:The|A|An|Our|This)$)"
)
_PARAGRAPH = 12  # words of a line that is the story's
_HAN = regex.compile(r"\p{Han}")
_COPY_DESK = regex.compile(r"\b(?i:desk|newsroom|team|web|online|digital)\b")  # which prints what comes in
_URL = regex.compile(r"https?://([\w.-]+)")
_LIST_SPLIT = regex.compile(r"\s*(?:[;,]|\band\b)\s*|\.\s")


class Credit(NamedTuple):
    """One row of the credits table, without the article's id."""

    agency: str
    desk: str | None
    grade: str
    signal: str
    text: str
    field: str | None
    start: int | None
    end: int | None
    rule: str


def ruled(page: Page, names: Names, line: Line, byline: Slot, found: Iterable[Credit], only: str = "") -> list[Credit]:
    """The credits that the rules of `signals.toml` find on a line: the first rule that fits decides."""
    text = flatten(line.text).strip()
    numbers = cued(text) if line.cued is None or text != line.text else line.cued
    if not numbers:
        return []
    shift = len(line.text) - len(line.text.lstrip())
    for rule in (signals()["rule"][number] for number in sorted(numbers) if number >= 0):
        is_disclaimer = rule["signal"] == "disclaimer"
        if only and rule["signal"] != only:
            continue
        if (is_disclaimer or rule.get("last")) and line.kind == "body" and line.position == "body":
            continue
        if rule.get("outside") and line.kind == "body":
            continue
        matches = list(rule["pattern"].finditer(text))
        if not matches or _is_of_another(rule, line, text, page, names):
            continue
        parts = [match["list"] or "" for match in matches] if rule["names"] in {"list", "all"} else [text]
        is_note = rule["id"] == "reporter_note" and page.byline and text.split(maxsplit=1)[0] in page.byline.text
        others = replace(byline, persons=False) if is_note else byline  # a note on the author names no other one
        rows = [row for part in parts for row in _of_rule(page, names, rule, part, others, found)]
        if line.kind == "body" and rows == [(UNSPECIFIED, rule["grade"])] and not _is_of_copy(rule, text):
            rows = []
        if rule["signal"] == "source":
            worth = ((agency, source_grade(page, line, text, byline, grade)) for agency, grade in rows)
            rows = [row for row in worth if row[1]]
        if rows or is_disclaimer:
            start, end = (0, len(text)) if is_disclaimer else (matches[0].start(), matches[-1].end())
            place = page.place(line, start + shift, end + shift)
            return [
                Credit(agency, None, grade, rule["signal"], text[start:end], *place, rule["id"])
                for agency, grade in dict.fromkeys(rows)
            ]
    return _reporter_link(page, names, line, text, byline) if "://" in text and not only else []


def _is_of_another(rule: Mapping[str, Any], line: Line, text: str, page: Page, names: Names) -> bool:
    """Whether a line that fits is about a picture, or what somebody says of another text."""
    if rule["signal"] == "disclaimer":
        return line.kind != "disclaimer" and signals()["patterns"]["attributed"].search(text) is not None
    return is_picture(text, page.house, names)


def _is_of_copy(rule: Mapping[str, Any], text: str) -> bool:
    """Whether a line says in a word that it is about copy; `The report was not written by lawyers` does not."""
    return rule["signal"] != "disclaimer" or signals()["patterns"]["of_copy"].search(text) is not None


def is_picture(text: str, house: House, names: Names) -> bool:
    """Whether a line says so of a picture: in a word, or as `Ana Wells/AFP` or `Yonhap/AFP`.

    But `(Reuters/AFP)`, `/ritzau/AFP`, `kg/AFP`, `with inputs from PTI/AFP` and the house's own name say so of a text.
    """
    patterns = signals()["patterns"]
    if patterns["photo"].search(text):
        return True
    match = patterns["photographer"].search(text.removeprefix("/"))
    if match is None or text.islower() or house.owns_name(match["who"]):  # `sda/reuters/mho`
        return False
    slash = match.end("who") + text.startswith("/")
    if any(hit.start < slash < hit.end for hit in names.find(text)):  # `Thomson/Reuters`
        return False
    return (names.exact(match["who"]) is not None and not text.startswith("/")) or not all(
        _signs(part, names) for part in match["who"].split("/")
    )


def _signs(part: str, names: Names) -> bool:
    """Whether what stands before a slash is initials or ends in the name of an agency that signs texts."""
    part = part.strip("([-\u2022* ")
    hits = names.find(part)
    is_agency = bool(hits) and hits[-1].end == len(part) and hits[-1].sources[0].is_wire
    return is_agency or signals()["patterns"]["initials"].fullmatch(part) is not None


def source_grade(page: Page, line: Line, text: str, byline: Slot, grade: str) -> str:
    """What `Source: Reuters` is worth, at most `grade`; "" where it is the source of a chart or of figures.

    It is that in the midst of the story, and below the house's own author. An author of whom no more is said has used it,
    but a Chinese page names the source of its text so, whoever has edited it.
    """
    if goes_on_below(page, line):
        return ""
    author = page.byline.text if page.byline and byline.persons and not byline.named else ""
    if len(author.split()) < 2 or _HAN.search(text):  # nobody, an acronym, "admin"
        return grade
    return "partial" if not byline.own or _COPY_DESK.search(author) else ""


def goes_on_below(page: Page, line: Line) -> bool:
    """Whether a line is in the midst of the story."""
    return line.kind == "body" and any(len(later.split()) >= _PARAGRAPH for later in _below(page, line))


def _below(page: Page, line: Line) -> list[str]:
    """The paragraphs below one of the story's."""
    return page.body[(line.start or 0) + len(line.text) :].split("\n")[1:]


def _of_rule(
    page: Page,
    names: Names,
    rule: Mapping[str, Any],
    text: str,
    byline: Slot,
    found: Iterable[Credit],
) -> list[tuple[str, str]]:
    """Agencies and grades of one rule that fits; `text` is where the names stand."""
    wanted, grade = rule["names"], rule["grade"]
    if wanted not in {"list", "whole", "join", "all"}:
        source = names.by_key(wanted)
        return [] if source is None or page.house.owns(source) else [(wanted, grade)]
    if wanted == "all":
        slot = parse(text, page.house, names)
        is_agencies = not slot.persons and all(
            named.key == UNSPECIFIED or (named.source and named.source.is_wire) for named in slot.named
        )
        grade = "partial" if slot.own else grade
        rows = [(named.key, "partial" if named.key == UNSPECIFIED else grade) for named in slot.named]
        return rows if is_agencies else []
    text = unplaced(text)
    hits = [hit for hit in names.find(text) if hit.sources[0].key != HEAD and not is_longer_name(text, hit)]
    listed = {hit: row for hit in hits if (row := _listed(page, rule, text, hit, byline)) is not None}
    rows = list(listed.values())
    if any(kind == "release" for _, kind in rows):
        rows = [row for row in rows if row[1] == "release"]
    elif rule.get("outlets") == "any" and not (rows and grade == "full"):
        told = [hit.alias.removeprefix("The ") for hit in hits if hit in listed or _is_own(page, hit)]
        rows += [(name, grade) for name in _outlets_in(text, rule, page) if not any(alias in name for alias in told)]
    parts = (part.strip() for part in _LIST_SPLIT.split(text))
    if wanted == "list" and not rows and any(map(signals()["patterns"]["unnamed"].match, parts)):
        rows = [(UNSPECIFIED, "partial")]
    if wanted == "join" and not rows:
        joined = [row.agency for row in found if row.signal not in {"home", "disclaimer"} and row.agency != UNSPECIFIED]
        rows = [(agency, grade) for agency in dict.fromkeys(joined)] or [(UNSPECIFIED, grade)]
    if "also" in rule:
        rows.append((rule["also"], grade))
    return rows


def _is_own(page: Page, hit: Hit) -> bool:
    """Whether a name is the house's."""
    source = usable(hit, page.house)
    return source is not None and page.house.owns(source)


def _listed(page: Page, rule: Mapping[str, Any], text: str, hit: Hit, byline: Slot) -> tuple[str, str] | None:
    """What one name in a rule's words comes to; None if it credits nobody."""
    source = usable(hit, page.house)
    if source is None or page.house.owns(source):
        return None
    if source.is_agency and source.kind == "release":
        return source.key, "release"
    if not source.is_wire and (source.is_agency or not rule.get("outlets")):
        return None
    if not source.is_wire and rule["outlets"] == "known" and hit.policy != "any" and text[hit.end :].strip(" ,;)"):
        return None
    is_part = " " not in hit.alias or rule["grade"] == "full"
    if not source.is_agency and is_part and (_GOES_ON.match(text, hit.end) or is_surname(text, hit)):
        return None  # `Independent` of the `Ashford Independent Mail`, or of Mary Independent
    if rule["id"] == "copyright" and (hit.start > 4 or text[hit.end :].lstrip().startswith("/")):
        return None  # not the owner, or `© Reuters/Ana Wells`, a photograph's
    grade = rule["grade"]
    is_author = rule.get("author") or (rule["id"] in _OF_WRITERS and _WRITERS.match(text, hit.end))
    if is_author and source.is_wire and not byline.persons:
        grade = "full"  # the tail of the agency's own text, under a page that names no other author
    return source.key, grade


def _outlets_in(text: str, rule: Mapping[str, Any], page: Page) -> list[str]:
    """Outlets that no lexicon knows, in a list of contributors or after "originally appeared in"."""
    if rule["grade"] == "full":
        match = signals()["patterns"]["unknown_outlet"].match(text.removeprefix("the ").removeprefix("The "))
        name = match[0].rstrip(".") if match else ""
        return [name] if name and not _NOT_A_NAME.match(name) and not page.house.owns_name(name) else []
    parts = (unknown_outlet(part) for part in _LIST_SPLIT.split(text))
    return [part for part in parts if part and not page.house.owns_name(part)]


def _reporter_link(page: Page, names: Names, line: Line, text: str, byline: Slot) -> list[Credit]:
    """A reporter's note at the end that links to the agency's own pages."""
    found = []
    for match in _URL.finditer(text):
        source = names.at_home((match[1].lower(),))
        if source is None or not source.is_wire or source.kind == "supplemental" or page.house.owns(source):
            continue
        if signals()["patterns"]["reporter_link"].search(text, 0, match.start()):
            grade = "partial" if byline.persons else "full"
            shift = len(line.text) - len(line.text.lstrip())
            place = page.place(line, match.start() + shift, match.end() + shift)
            found.append(Credit(source.key, None, grade, "tail", match[0], *place, "reporter_link"))
    return found
