"""Credits of one article: whose copy it is, from the slots and lines around the story.

The slots are the byline, the dateline and the metadata; the lines are what `clean` took out, and the last paragraphs of
the story, where a tail may have stayed. A disclaimer that names nobody joins those whom the slots name.
"""

from __future__ import annotations

import bisect
import functools
import itertools
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import regex
from numpy.typing import NDArray

from pipeline.stages._fold import flatten
from pipeline.stages.trace.bylines import NOBODY, bylines
from pipeline.stages.trace.cues import ANY
from pipeline.stages.trace.datelines import OPENING, dateline_credits
from pipeline.stages.trace.house import House
from pipeline.stages.trace.names import Hit, Names, Source
from pipeline.stages.trace.page import Line, Page
from pipeline.stages.trace.rules import Credit, goes_on_below, is_picture, ruled
from pipeline.stages.trace.scan import TAIL_PARAGRAPHS
from pipeline.stages.trace.senses import spells
from pipeline.stages.trace.slots import (
    UNSPECIFIED,
    Named,
    Slot,
    apart,
    parse,
    slot_hits,
    usable,
)
from pipeline.stages.trace.tables import signals

__all__ = ["Credit", "find", "may_find", "taken_out"]

_NO_CREDIT = frozenset({"caption", "photo", "dateline", "stamp", "headline", "title", "deck", "related"})
_WHOLE_LINE = frozenset({"credit", "tail", "source", "body"})
_DISCLAIMER_PARAGRAPHS = 4
_LINE_LIMIT = 600
_MARK_REACH = 80  # code points before the end in which an agency's mark stands
_SENTENCE_START = regex.compile(r"(?r)(?:\A|[.!?][\"')]?\s|\n)(?:The\s)?\Z")
_AGENCY_BEHIND = regex.compile(r"(?r)\b(?i:agency|agencia|agence|agenzia|agência|agentur) \(\Z")


def taken_out(stripped: pa.Table) -> dict[tuple[int, str], list[Line]]:
    """The lines taken out of articles (STRIPPED) that may hold a credit, by record and article id, in their order."""
    is_of_editor = pc.and_(
        pc.equal(stripped["kind"], "byline"),
        pc.or_(pc.not_equal(stripped["position"], "head"), pc.equal(stripped["rule"], "byline-editor")),
    )
    is_none = pc.or_(pc.is_in(stripped["kind"], value_set=pa.array(_NO_CREDIT)), is_of_editor)
    may_hold = pc.and_not(pc.less_equal(pc.utf8_length(stripped["line"]), _LINE_LIMIT), is_none)
    found: dict[tuple[int, str], list[Line]] = {}
    keys = [(name, "ascending") for name in ("record", "article_id", "field", "start", "end")]
    columns = ("record", "article_id", "line", "field", "start", "kind", "position")
    rows = stripped.filter(may_hold).sort_by(keys).select(columns)
    for record, article_id, *line in zip(*(column.to_pylist() for column in rows.columns), strict=True):
        found.setdefault((record, article_id), []).append(Line(*line))
    return found


def may_find(articles: pa.Table, houses: list[House], names: Names) -> NDArray[np.bool_]:
    """Which articles may have a credit that neither their body nor their lines tell of."""
    slots = [pc.is_valid(articles[name]) for name in ("byline", "dateline", "credit", "rights")]
    is_opened = pc.match_substring_regex(pc.utf8_slice_codeunits(articles["body"], 0, OPENING), r"[(（]")
    is_home = pa.array([_releases(house, names) is not None for house in houses], pa.bool_())
    return np.asarray(functools.reduce(pc.or_, [*slots, is_opened], is_home))


def find(page: Page, names: Names) -> list[Credit]:
    """The credits of a page, the slots first; empty for the house's own copy."""
    signed = bylines(page, names)
    byline = signed[0][1] if signed else NOBODY
    found = list(_home(page, names))
    for line, slot in signed:
        found += _slot(page, line, slot, "byline")
    found += dateline_credits(page, names)
    if page.credit:
        found += _slot(page, page.credit, parse(page.credit.text, page.house, names), "metadata")
    if page.rights:
        found += _rights(page, page.rights, names, byline)
    lines = [*(line for line in page.lines if line.kind != "byline"), *_paragraphs(page)]
    for line in lines:
        found += _tail(page, names, line, byline)
    for line in lines:
        found += ruled(page, names, line, byline, found)
    found += _policy(page, byline)
    first = {(row.agency, row.signal, row.field, row.start, row.rule): row for row in reversed(found)}
    return _released(list(first.values())[::-1], names)


def _home(page: Page, names: Names) -> Iterator[Credit]:
    """A distributor of releases on its own pages: nothing on the page need say so.

    That an agency's page is its own is no credit: it is known from `home_agency`, not from the page.
    """
    source = _releases(page.house, names)
    if source is not None:
        where = page.house.hosts[0] if page.house.hosts else page.house.home_agency
        yield Credit(source.key, None, "release", "home", where, None, None, None, "home_page")


@functools.lru_cache(maxsize=4096)
def _releases(house: House, names: Names) -> Source | None:
    """The distributor of releases that a publisher is."""
    source = names.by_key(house.home_agency) or names.at_home(house.hosts)
    return source if source is not None and source.kind == "release" else None


def _slot(page: Page, line: Line, slot: Slot, signal: str) -> Iterator[Credit]:
    rule = f"joint_{signal}" if slot.partial else f"whole_{signal}"
    for named in slot.named:
        if named.source and named.source.is_agency and named.source.kind == "photo":
            continue
        grade = (
            "release"
            if _is_release(named)
            else "partial"
            if slot.is_partial(named) or named.key == UNSPECIFIED
            else "full"
        )
        text = line.text[named.start : named.end]
        yield Credit(named.key, named.desk, grade, signal, text, *page.place(line, named.start, named.end), rule)


def _rights(page: Page, line: Line, names: Names, byline: Slot) -> list[Credit]:
    """The owner in the metadata: a copyright line, or a name alone."""
    owner = parse(line.text, page.house, names)
    stated = ruled(page, names, line, byline, (), only="copyright")
    return stated or (list(_slot(page, line, owner, "copyright")) if owner.is_whole else [])


def _is_release(named: Named) -> bool:
    return named.source is not None and named.source.kind == "release"


def _paragraphs(page: Page) -> Iterator[Line]:
    """The last paragraphs of the story in which a name or the cue of a rule stands, the last first; of a long one its end."""
    if not (page.hits or page.cues):
        return
    paragraphs = page.body.rsplit("\n", TAIL_PARAGRAPHS)[-TAIL_PARAGRAPHS:]
    sizes = [len(paragraph) + 1 for paragraph in paragraphs]
    starts = list(itertools.accumulate(sizes[:-1], initial=len(page.body) + 1 - sum(sizes)))
    cued: dict[int, set[int]] = {
        bisect.bisect(starts, hit.start) - 1: set() for hit in page.hits if hit.start >= starts[0]
    }
    for place, rule in page.cues:
        cued.setdefault(bisect.bisect(starts, place) - 1, set()).add(rule)
    for at in sorted(cued, reverse=True):
        paragraph, start, number = paragraphs[at], starts[at], len(paragraphs) - 1 - at
        if len(paragraph) <= _LINE_LIMIT:
            position = "end" if number == 0 else "tail" if number < _DISCLAIMER_PARAGRAPHS else "body"
            yield Line(paragraph, page.field, start, "body", position, None if ANY in cued[at] else cued[at])
        elif number == 0:
            yield Line(paragraph[-_MARK_REACH:], page.field, len(page.body) - _MARK_REACH, "body", "end")


def _tail(page: Page, names: Names, line: Line, byline: Slot) -> Iterator[Credit]:
    """A line that is an agency's name and nothing else, or the mark an agency leaves at the end of its text."""
    if line.kind not in _WHOLE_LINE:
        return
    text = apart(flatten(line.text).rstrip(), names)
    if text.endswith(")"):
        text = signals()["patterns"]["staffed"].sub("", text)
    low = max(0, len(text) - _MARK_REACH)
    may_be_whole = low == 0 and (line.kind != "body" or line.position != "body")
    may_have_mark = line.kind != "body" or line.position == "end"
    if not (may_be_whole or may_have_mark):
        return
    hits = [hit for hit in slot_hits(text[low:], names, "slot_names") if hit.sources[0].is_agency]
    if not (hits or line.kind == "credit") or text.endswith(":") or "©" in text[low:]:
        return
    whole = list(_whole_line(page, names, line, text, byline)) if may_be_whole else []
    if whole or not may_have_mark:
        yield from whole
        return
    for hit in hits:
        source = usable(hit, page.house) or _set_behind(line, hit)
        if source is None or not source.is_wire:
            continue
        before = text[: low + hit.start]
        if before.endswith("(") and (_AGENCY_BEHIND.search(before) or spells(text, low + hit.start - 1, hit.alias)):
            continue  # `the Press Trust of India (PTI).` explains an acronym
        for rule, grade, mark in _marks(hit.alias):
            match = mark.search(text, low)
            if match and not signals()["patterns"]["photo"].search(match["mark"]):  # `(Pool/AFP)`
                place = page.place(line, *match.span("mark"))
                yield Credit(source.key, None, grade, "tail", match["mark"], *place, rule)
                break


def _set_behind(line: Line, hit: Hit) -> Source | None:
    """The agency of an acronym that is worth nothing alone, where `clean` found it behind the last sentence: `(NAN)`."""
    return hit.sources[0] if line.kind == "credit" and len(hit.sources) == 1 and len(hit.alias) > 2 else None


def _whole_line(page: Page, names: Names, line: Line, text: str, byline: Slot) -> Iterator[Credit]:
    """The agencies of a line that names them and nobody else; none for one under a picture, as all are in the midst of a story.

    Beside the house, another newsroom, or initials before them, they have given something: `(France 24 with AFP)`, `mho/dpa`.
    """
    is_last = line.kind != "body" or line.position == "end"
    is_photographers = not is_last and signals()["patterns"]["photographer"].search(text)
    if (
        _is_ruled(text)
        or is_picture(flatten(line.text), page.house, names)
        or is_photographers
        or goes_on_below(page, line)
    ):
        return
    slot = parse(text, page.house, names, is_folded=line.kind == "credit")
    sources = [named.source for named in slot.named if named.key != UNSPECIFIED]
    is_syndicated = any(source and source.kind == "supplemental" for source in sources)  # `The Vale Post/TNS`
    is_beside = not is_syndicated and any(source and not source.is_agency for source in sources)
    if is_beside and line.kind == "credit" and slot.is_whole and all(map(page.house.is_foreign, sources)):
        is_beside = False  # `- The New York Times` in a paper of Dublin
    if (
        (slot.persons and not _is_author(page, line, text, byline))
        or (slot.partial and not (slot.own and is_last))
        or not all(source and (source.is_agency or is_syndicated or line.kind == "credit") for source in sources)
    ):
        return
    is_edited = len(slot.named) == 1 and _EDITED.match(text) is not None  # `jm/dm (dpa)`
    is_shared = is_beside or len(sources) < len(slot.named)  # `agencies/sda`
    least = "partial" if (slot.own and not is_edited) or is_shared else "full"
    for named in slot.named:
        if (
            named.source
            and named.source.kind not in {"photo", "broadcaster"}
            and (named.source.is_agency or not is_beside)
        ):
            grade = "release" if _is_release(named) else least
            place = page.place(line, named.start, named.end)
            yield Credit(named.key, named.desk, grade, "tail", text[named.start : named.end], *place, "whole_line")


_EDITED = regex.compile(r"\p{Ll}{2,5}(?:/\p{Ll}{2,5})*\s\([^,;/]+$")
_AUTHOR = regex.compile(r"(?:[Bb]y\s|\W)*(?P<who>[^/|,()]+),\s[^/|,()]+")


def _is_author(page: Page, line: Line, text: str, byline: Slot) -> bool:
    """Whether a closing line names the agency's own author and the page no other one: `Ana Wells, The Canadian Press`."""
    match = _AUTHOR.fullmatch(text) if line.kind == "credit" else None
    if match is None:
        return False
    return not byline.persons or (page.byline is not None and match["who"].strip() in page.byline.text)


def _is_ruled(text: str) -> bool:
    """Whether a line begins with "Source:", "With", "Additional reporting by" or the like: a rule reads it."""
    return any("words" in rule and rule["pattern"].match(text) for rule in signals()["rule"])


@functools.lru_cache(maxsize=512)
def _marks(alias: str) -> tuple[tuple[str, str, regex.Pattern[str]], ...]:
    parts = {"{S}": regex.escape(alias), "{O}": r"(?:\p{Lu}|\p{Ll}{2,4}(?!\p{L}))[\w.+-]{0,20}"}
    return tuple(
        (
            row["id"],
            row.get("grade", "full"),
            regex.compile(row["pattern"].replace("{S}", parts["{S}"]).replace("{O}", parts["{O}"])),
        )
        for row in signals()["mark"]
    )


def _policy(page: Page, byline: Slot) -> Iterator[Credit]:
    """A sentence that states the agency's own rule ("... generally does not name ...") is the agency's own text."""
    for hit in page.hits:
        source = hit.sources[0]
        if len(hit.sources) > 1 or not source.is_wire or source.kind == "supplemental" or page.house.owns(source):
            continue
        match = signals()["patterns"]["self_policy"].match(page.body, hit.end)
        if match and _SENTENCE_START.search(page.body, 0, hit.start):
            grade = "partial" if byline.persons else "full"
            text, span = page.body[hit.start : match.end()], page.span(hit.start, match.end())
            yield Credit(source.key, None, grade, "policy", text, page.field, *span, "self_policy")


def _released(found: list[Credit], names: Names) -> list[Credit]:
    """A text that is a release is nobody's editorial copy: the service's if one is named, else its carrier's release."""
    if not any(row.grade == "release" and row.signal in {"dateline", "disclaimer", "byline"} for row in found):
        return found
    services = [row for row in found if (source := names.by_key(row.agency)) and source.kind == "release"]
    return services or [row._replace(grade="release") for row in found]
