"""The agencies and papers in the dateline of a story: `SEOUL, March 19 (Yonhap) --`, `الرياض - واس`."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from pipeline.stages._fold import flatten
from pipeline.stages.trace.names import Hit, Names, Source
from pipeline.stages.trace.page import Line, Page
from pipeline.stages.trace.rules import Credit
from pipeline.stages.trace.senses import homeland, resolve, spells
from pipeline.stages.trace.slots import CLOSERS, is_native, may_name, slot_hits
from pipeline.stages.trace.tables import signals

__all__ = ["OPENING", "dateline_credits"]

#: Code points in which a dateline that was not set apart has its agency
OPENING = 160

_OPENERS = "([/（【=＝「〔"
_BEHIND = frozenset({"", "-", ".", ":", "\u060c", "।", "电", "電", "讯", "訊"})  # an agency that ends a dateline
_APART = frozenset({"-", "/", ":", '"', "ـ"})  # between a place and an agency in scripts without capitals
_DATELINE_NAMES = ("slot_names", "dateline_names")
_UNSPACED = regex.compile(r"[\p{Han}\p{Kana}\p{Hangul}]")
_AFTER_SLASH = regex.compile(r"(?r)\p{L}/\Z")
_ANI_RELEASE = regex.compile(r"\(ANI\s?/\s?(?P<client>[^)]{2,40})\)")


def dateline_credits(page: Page, names: Names) -> Iterator[Credit]:
    """The agencies in the dateline: on the list, and set apart by brackets, slashes or the dash that ends it."""
    line = page.dateline or _dateline_within(page, names)
    if line is None:
        return
    flat = flatten(line.text)
    paid = _ANI_RELEASE.search(flat)
    for hit in slot_hits(flat, names, *_DATELINE_NAMES):
        source = resolve(hit, frozenset(), page.house.country or homeland(flat[: hit.start]))
        if source is None or (source.is_agency and source.kind in {"photo", "broadcaster"}):
            continue
        if not source.is_agency and not (page.house.is_foreign(source) and _is_bracketed(flat, hit)):
            continue
        if source.kind == "supplemental" and page.house.owns(source):
            continue
        if not _set_apart(flat, hit, source, page.house.country):
            continue
        grade = "release" if source.kind == "release" or (paid and source.key == "ani") else "full"
        span = page.place(line, hit.start, hit.end)
        yield Credit(source.key, None, grade, "dateline", line.text[hit.start : hit.end], *span, "dateline")


def _is_bracketed(flat: str, hit: Hit) -> bool:
    """Whether a name fills a bracket."""
    return (
        hit.policy != "full" and flat[: hit.start].endswith(("(", "(The ", "(THE ")) and flat.startswith(")", hit.end)
    )


def _dateline_within(page: Page, names: Names) -> Line | None:
    """A dateline that `clean` has not set apart, as behind headline and byline where a page has lost its lines."""
    opening = page.body[:OPENING].partition("\n")[0]
    if "(" not in opening and "（" not in opening:
        return None
    opening = flatten(opening)
    if not may_name(opening, names, *_DATELINE_NAMES):
        return None
    match = signals()["patterns"]["dateline"].search(opening)
    return match and Line(match[0], page.field, match.start(), "body", "head")


def _set_apart(flat: str, hit: Hit, source: Source, country: str) -> bool:
    """Whether the name stands where datelines have their agency: in brackets or slashes, or before the dash at the end.

    An acronym of the policy `full` needs three letters (`ERIE (PA) -`) or the publisher's country, and a bracket or the
    day before it (`Accra, March 3, GNA -`). A name that explains itself (`the Press Trust of India (PTI)`) is a definition.
    """
    before, after = flat[: hit.start].rstrip()[-1:], flat[hit.end :].lstrip()[:1]
    if _AFTER_SLASH.search(flat, 0, hit.start):  # `(XINHUA/ITALPRESS)`; but `Ana Wells/AP` is a photograph's
        return after != "" and after in ")]）】"
    is_caseless = hit.alias.lower() == hit.alias.upper() and (is_native(hit) or country in source.countries)
    if is_caseless and (before in _APART or (hit.start == 0 and after in _APART)):
        return True  # `الرياض - واس`, `واس - الرياض`
    if (before and before in _OPENERS) or (after and after in CLOSERS):
        is_definition = flat[: hit.start].rstrip(" (").casefold().endswith(source.name.casefold()) or (
            len(hit.alias) > 2 and spells(flat, hit.start - 1, hit.alias) != ""
        )
        is_sure = hit.policy != "full" or country in source.countries or (len(hit.alias) > 2 and before in {"(", "/"})
        return is_sure and not is_definition
    if hit.start == 0:  # `新华社北京3月19日电`, `AGI -`, `एएनआई, नई दिल्ली।`
        is_named = hit.policy != "full" and (after in _BEHIND - {""} or (after == "," and not hit.alias.isascii()))
        return is_named or _UNSPACED.match(hit.alias) is not None
    is_dated = any(map(str.isdigit, flat[: hit.start]))
    is_acronym = hit.policy != "full" or (is_dated and len(hit.alias) > 2)
    is_spelled = hit.alias == hit.alias.upper() or (is_dated and hit.policy != "full")
    is_name = hit.policy == "any" or (is_acronym and is_spelled)
    return is_name and (after in _BEHIND or (is_dated and after == ","))
