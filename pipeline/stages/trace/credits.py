"""Credits of one article: whose copy it is, from the slots and lines around the story.

The slots are the byline, the dateline and the metadata; the lines are what `clean` took out, and the last paragraphs of
the story, where a tail may have stayed. A disclaimer that names nobody joins those whom the slots name.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import ahocorasick_rs
import regex

from pipeline.stages._fold import flatten
from pipeline.stages.trace.mentions import resolve
from pipeline.stages.trace.names import HEAD, Hit, Names, Source
from pipeline.stages.trace.page import Line, Page
from pipeline.stages.trace.slots import UNSPECIFIED, Named, Slot, parse, signals, unknown_outlet

__all__ = ["Credit", "find"]

_NO_CREDIT = frozenset({"caption", "photo", "byline", "dateline", "stamp", "headline", "title", "deck", "related"})
_WHOLE_LINE = frozenset({"credit", "tail", "source", "body"})
_TAIL_PARAGRAPHS = 12  # of the story's end that are looked at; related links may follow a tail
_DISCLAIMER_PARAGRAPHS = 4
_LINE_LIMIT = 600
_WRITERS = regex.compile(r"\s+(?:\w+\s)?(?:writer|journalist|reporter|correspondent|photographer|researcher)s?\b")
_NOT_A_NAME = regex.compile(
    r"(?:\d|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w*\.?\b|\w+day\b|(?:The|A|An|Our|This)$)"
)
_OPENERS, _CLOSERS = "([/（【=＝「", ")]/）】」"
_URL = regex.compile(r"https?://([\w.-]+)")
_LIST_SPLIT = regex.compile(r"\s*(?:[;,]|\band\b)\s*|\.\s")
_POLICY_WORDS = ("not name", "not identify", "not publish", "ly name", "ly identify", "ly publish")
_POLICY = regex.compile(
    r"(?:^|[.!?]\s|\n)(?:The\s)?(?P<name>\p{Lu}[\w.-]*(?:\s\p{Lu}[\w.-]*){0,4})\s(?:(?:generally|typically|normally|usually|"
    r"ordinarily)\s(?:does|do)\snot|(?:does|do)\snot\s(?:generally|typically|normally|usually|ordinarily))\s"
    r"(?:name|identify|publish)\b[^.\n]*"
)
_ANI_RELEASE = regex.compile(r"\(ANI\s?/\s?(?P<client>[^)]{2,40})\)")


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


def find(page: Page, names: Names) -> list[Credit]:
    """The credits of a page, the slots first; empty for the house's own copy."""
    byline = parse(page.byline.text, page, names) if page.byline else Slot((), own=False, persons=False, partial=False)
    found = [*_home(page, names), *_slot(page, page.byline, byline, "byline")]
    found += _dateline(page, names)
    for line, signal in ((page.credit, "metadata"), (page.rights, "copyright")):
        if line is not None and signal == "metadata":
            found += _slot(page, line, parse(line.text, page, names), signal)
        elif line is not None:
            found += _ruled(page, names, line, byline, found, only="copyright")
    lines = _lines(page)
    for line in lines:
        found += _tail(page, names, line)
    for line in lines:
        found += _ruled(page, names, line, byline, found)
    found += _policy(page, names, byline)
    return _released(list(dict.fromkeys(found)))


def _home(page: Page, names: Names) -> Iterator[Credit]:
    """An agency on its own pages: nothing on the page need say so."""
    source = names.by_key(page.home_agency) or names.at_home(page.hosts)
    if source is not None and (source.is_wire or source.kind == "release"):
        grade = "release" if source.kind == "release" else "full"
        where = page.hosts[0] if page.hosts else page.home_agency
        yield Credit(source.key, None, grade, "home", where, None, None, None, "home_page")


def _slot(page: Page, line: Line | None, slot: Slot, signal: str) -> Iterator[Credit]:
    if line is None:
        return
    rule = f"joint_{signal}" if slot.partial else f"whole_{signal}"
    for named in slot.named:
        if named.source and named.source.is_agency and named.source.kind == "photo":
            continue
        grade = "release" if _is_release(named) else "partial" if slot.partial or named.key == UNSPECIFIED else "full"
        text = line.text[named.start : named.end]
        yield Credit(named.key, named.desk, grade, signal, text, *page.place(line, named.start, named.end), rule)


def _is_release(named: Named) -> bool:
    return named.source is not None and named.source.kind == "release"


def _dateline(page: Page, names: Names) -> Iterator[Credit]:
    """The agencies in the dateline: on the list, and set apart by brackets, slashes or the dash that ends it."""
    line = page.dateline
    if line is None:
        opening = page.body[:160]
        is_marked = any(opener in opening for opener in "([/（【")
        match = signals()["patterns"]["dateline"].match(opening) if is_marked else None
        if not match:
            return
        line = Line(match[0], page.field, 0, "body", "head")
    flat = flatten(line.text)
    paid = _ANI_RELEASE.search(flat)
    for hit in _slot_hits(flat, names):
        source = resolve(hit, frozenset(), page.country)
        if source is None or not source.is_agency or source.kind in {"photo", "broadcaster"}:
            continue
        if not _set_apart(flat, hit, source, page.country):
            continue
        grade = "release" if source.kind == "release" or (paid and source.key == "ani") else "full"
        span = page.place(line, hit.start, hit.end)
        yield Credit(source.key, None, grade, "dateline", line.text[hit.start : hit.end], *span, "dateline")


def _slot_hits(flat: str, names: Names) -> list[Hit]:
    """Names in a dateline, those of the slot list before the general ones."""
    special = []
    for alias, key in signals()["slot_names"].items():
        source = names.by_key(key)
        start = flat.find(alias)
        end = start + len(alias)
        if start >= 0 and source and flat[end : end + 1] in {*_CLOSERS, ""}:
            special.append(Hit(start, end, alias, "slot", (source,)))
    taken = {hit.start for hit in special}
    general = [hit for hit in names.find(flat) if hit.start not in taken and hit.sources[0].key != HEAD]
    return sorted([*special, *general])


def _set_apart(flat: str, hit: Hit, source: Source, country: str) -> bool:
    before, after = flat[: hit.start].rstrip()[-1:], flat[hit.end :].lstrip()[:1]
    if (before in _OPENERS and before) or (after in _CLOSERS and after):
        expansion = flat[: hit.start].rstrip(" (")
        is_definition = expansion.casefold().endswith(source.name.casefold())
        return not is_definition and (
            hit.policy != "full" or source.country == country or (before in "(/" and before != "")
        )
    if hit.policy == "full":
        return False
    is_cjk = hit.start == 0 and not hit.alias.isascii()
    return is_cjk or (after in {"", "-", ".", ":"} and hit.start > 0 and (hit.alias.isupper() or hit.policy == "any"))


def _lines(page: Page) -> list[Line]:
    """What may hold a credit: the stripped lines that are no caption, and the last paragraphs of the story."""
    found = [line for line in page.lines if line.kind not in _NO_CREDIT and len(line.text) <= _LINE_LIMIT]
    end = len(page.body)
    for number in range(_TAIL_PARAGRAPHS):
        if end <= 0:
            break
        start = page.body.rfind("\n", 0, end) + 1
        text = page.body[start:end]
        if text.strip() and len(text) <= _LINE_LIMIT:
            position = "end" if number == 0 else "tail" if number < _DISCLAIMER_PARAGRAPHS else "body"
            found.append(Line(text, page.field, start, "body", position))
        elif number == 0 and text.strip():
            cut = max(end - 80, start)
            found.append(Line(page.body[cut:end], page.field, cut, "body", "end"))
        end = start - 1
    return found


def _tail(page: Page, names: Names, line: Line) -> Iterator[Credit]:
    """A line that is an agency's name and nothing else, or the mark an agency leaves at the end of its text."""
    text = flatten(line.text).rstrip()
    in_body = line.kind == "body"
    if line.kind not in _WHOLE_LINE and line.kind != "body":
        return
    low = max(0, len(text) - 80)
    hits = [hit for hit in names.find(text[low:]) if hit.sources[0].is_agency]
    if not hits:
        return
    if len(text) < 80 and not signals()["patterns"]["photo"].search(text):
        slot = parse(text, page, names)
        known = [named for named in slot.named if named.source is not None and named.source.is_agency]
        if slot.is_whole and len(known) == len(slot.named):
            for named in known:
                if named.source and named.source.kind in {"photo", "broadcaster"}:
                    continue
                grade = "release" if _is_release(named) else "full"
                place = page.place(line, named.start, named.end)
                yield Credit(named.key, named.desk, grade, "tail", text[named.start : named.end], *place, "whole_line")
            return
    if in_body and line.position != "end":
        return
    for hit in hits:
        source = resolve(hit, frozenset(), page.country)
        if source is None or not source.is_wire or (hit.policy == "full" and source.country != page.country):
            continue
        for rule, mark in _marks(hit.alias):
            match = mark.search(text, low)
            if match:
                place = page.place(line, *match.span("mark"))
                yield Credit(source.key, None, "full", "tail", match["mark"], *place, rule)
                break


@functools.lru_cache(maxsize=512)
def _marks(alias: str) -> tuple[tuple[str, regex.Pattern[str]], ...]:
    name = regex.escape(alias)
    others = rf"(?:{name}|[\p{{Lu}}][\w.-]{{1,20}})"
    return tuple(
        (row["id"], regex.compile(row["pattern"].replace("{S}", name, 1).replace("{S}", others)))
        for row in signals()["mark"]
    )


def _ruled(page: Page, names: Names, line: Line, byline: Slot, found: Iterable[Credit], only: str = "") -> list[Credit]:
    """The credits that the rules of `signals.toml` find on a line: the first rule that fits decides."""
    text = flatten(line.text).strip()
    shift = len(line.text) - len(line.text.lstrip())
    for rule in _cued(text.lower()):
        is_disclaimer = rule["signal"] == "disclaimer"
        if only and rule["signal"] != only:
            continue
        if is_disclaimer and line.kind == "body" and line.position == "body":
            continue
        match = rule["pattern"].search(text)
        if match is None or (not is_disclaimer and signals()["patterns"]["photo"].search(text)):
            continue
        group = "list" if rule["names"] in {"list", "all"} else 0
        place = page.place(line, match.start() + shift, match.end() + shift)
        rows = _of_rule(page, names, rule, match, group, byline, found)
        if rows or is_disclaimer:
            return [
                Credit(agency, None, grade, rule["signal"], match[0], *place, rule["id"])
                for agency, grade in dict.fromkeys(rows)
            ]
    return _reporter_link(page, names, line, text, byline) if "://" in text and not only else []


@functools.cache
def _cues() -> tuple[ahocorasick_rs.AhoCorasick, tuple[int, ...]]:
    """The cues of all rules in one automaton, and the number of the rule that each is of."""
    pairs = [(cue, number) for number, rule in enumerate(signals()["rule"]) for cue in rule["cues"]]
    automaton = ahocorasick_rs.AhoCorasick([cue for cue, _ in pairs])
    return automaton, tuple(number for _, number in pairs)


def _cued(lowered: str) -> list[Mapping[str, Any]]:
    """The rules of which a cue stands in the line, in their order."""
    automaton, rules = _cues()
    cued = {rules[index] for index, _, _ in automaton.find_matches_as_indexes(lowered, overlapping=True)}
    return [signals()["rule"][number] for number in sorted(cued)]


def _of_rule(
    page: Page,
    names: Names,
    rule: Mapping[str, Any],
    match: regex.Match[str],
    group: str | int,
    byline: Slot,
    found: Iterable[Credit],
) -> list[tuple[str, str]]:
    """Agencies and grades of one rule that fits."""
    wanted, grade = rule["names"], rule["grade"]
    if wanted not in {"list", "whole", "join", "all"}:
        source = names.by_key(wanted)
        return [] if source is None or page.owns(source) else [(wanted, grade)]
    text = match[group]
    if wanted == "all":
        slot = parse(text, page, names)
        return [(named.key, grade) for named in slot.named if named.source] if slot.is_whole else []
    hits = [hit for hit in names.find(text) if hit.sources[0].key != HEAD]
    rows = [row for hit in hits if (row := _listed(page, rule, text, hit, byline)) is not None]
    if any(kind == "release" for _, kind in rows):
        rows = [row for row in rows if row[1] == "release"]
    if rule.get("outlets") and not rows:
        rows = [(name, grade) for name in _outlets_in(text, rule, page)]
    if not rows and any(signals()["patterns"]["unnamed"].match(part.strip()) for part in _LIST_SPLIT.split(text)):
        rows = [(UNSPECIFIED, "partial")]
    if wanted == "join" and not rows:
        joined = [row.agency for row in found if row.signal not in {"home", "disclaimer"} and row.agency != UNSPECIFIED]
        rows = [(agency, grade) for agency in dict.fromkeys(joined)] or [(UNSPECIFIED, grade)]
    return rows


def _listed(page: Page, rule: Mapping[str, Any], text: str, hit: Hit, byline: Slot) -> tuple[str, str] | None:
    """What one name in a rule's words comes to; None if it credits nobody."""
    source = resolve(hit, frozenset(), page.country)
    if source is None or page.owns(source) or (hit.policy == "full" and source.country != page.country):
        return None
    if source.is_agency and source.kind == "release":
        return source.key, "release"
    if not source.is_wire and not (rule.get("outlets") and not source.is_agency):
        return None
    if rule["id"] == "copyright" and hit.start > 4:
        return None
    grade = rule["grade"]
    if rule["id"] == "contributed" and source.is_wire and not byline.persons and _WRITERS.match(text, hit.end):
        grade = "full"  # the tail of the agency's own text, under a page that names no other author
    return source.key, grade


def _outlets_in(text: str, rule: Mapping[str, Any], page: Page) -> list[str]:
    """Outlets that no lexicon knows, in a list of contributors or after "originally appeared in"."""
    if rule["grade"] == "full":
        match = signals()["patterns"]["unknown_outlet"].match(text.removeprefix("the ").removeprefix("The "))
        name = match[0].rstrip(".") if match else ""
        return [name] if name and not _NOT_A_NAME.match(name) and not page.owns_name(name) else []
    parts = (unknown_outlet(part) for part in _LIST_SPLIT.split(text))
    return [part for part in parts if part and not page.owns_name(part)]


def _reporter_link(page: Page, names: Names, line: Line, text: str, byline: Slot) -> list[Credit]:
    """A reporter's note at the end that links to the agency's own pages."""
    found = []
    for match in _URL.finditer(text):
        source = names.at_home((match[1].lower(),))
        if source is None or not source.is_wire or source.kind == "supplemental" or page.owns(source):
            continue
        if signals()["patterns"]["reporter_link"].search(text, 0, match.start()):
            grade = "partial" if byline.persons else "full"
            shift = len(line.text) - len(line.text.lstrip())
            place = page.place(line, match.start() + shift, match.end() + shift)
            found.append(Credit(source.key, None, grade, "tail", match[0], *place, "reporter_link"))
    return found


def _policy(page: Page, names: Names, byline: Slot) -> Iterator[Credit]:
    """A sentence that states the agency's own rule ("... generally does not name ...") is the agency's own text."""
    if not any(words in page.body for words in _POLICY_WORDS):
        return
    for match in _POLICY.finditer(page.body):
        hit = names.exact(match["name"])
        source = hit.sources[0] if hit and len(hit.sources) == 1 else None
        if source and source.is_wire and source.kind != "supplemental" and not page.owns(source):
            grade = "partial" if byline.persons else "full"
            start = match.start("name")
            text = page.body[start : match.end()]
            yield Credit(
                source.key, None, grade, "policy", text, page.field, *page.span(start, match.end()), "self_policy"
            )


def _released(found: list[Credit]) -> list[Credit]:
    """A text that is a release is nobody's editorial copy, whoever carries it."""
    if any(row.grade == "release" and row.signal in {"dateline", "disclaimer", "byline"} for row in found):
        return [row._replace(grade="release") for row in found]
    return found
