"""The grammar of a credit slot: a byline, a credit line or a metadata field, taken apart into those it names.

`By Jane Doe, The Associated Press`, `ANI Asia`, `CBS/AP`, `Reuters in Kyiv`, `Le Journal avec AFP`, `XINHUA/ITALPRESS`.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import regex

from pipeline.stages import lexicon
from pipeline.stages._fold import flatten
from pipeline.stages.trace.house import House
from pipeline.stages.trace.names import HEAD, Hit, Names, Source
from pipeline.stages.trace.papers import PLACED, paper, unknown_outlet
from pipeline.stages.trace.senses import is_longer_name, is_surname, resolve, spells
from pipeline.stages.trace.tables import signals

__all__ = [
    "CLOSERS",
    "UNSPECIFIED",
    "Named",
    "Slot",
    "apart",
    "is_native",
    "may_name",
    "parse",
    "slot_hits",
    "usable",
]

#: What may close the bracket that an agency's name stands in.
CLOSERS = ")]/）】」〕"

#: The agency of a credit that says "agencies" or "a syndicated feed" and names none.
UNSPECIFIED = "unspecified"

_MASK = "\ue000"
_INITIALS = 4  # letters that they have at most
_STAFF = regex.compile(
    r"\s+(?:staff|(?:news\s+)?wire|news|agency|inputs?|feed|(?:innen|uten)riks|(?:in|ut)rikes|(?P<desk>(?:\p{Lu}[\w&-]*\s+)*)(?:correspondents?|reporters?|writers?|editors?|"
    r"journalists?)(?-i:\s+\p{Lu}[\p{L}.'-]+){0,4})?\s*",
    regex.IGNORECASE,
)
_DESK = regex.compile(r"\s+(?P<desk>\p{Lu}[\p{L}&-]*(?:\s\p{Lu}[\p{L}&-]*){0,2})")
_REPORTER = regex.compile(r"\bReporters?\Z")
_ACRONYM = regex.compile(r"^\s\(\p{Lu}{2,6}\)?$")  # `African News Agency (ANA)`
_LATIN = regex.compile(r"\p{Latin}")
_HYPHENED = regex.compile(r"(?<![\w-])\p{L}[\p{L}.]+(?:-\p{L}[\p{L}.]+)+(?![\w-])")
_CHANNEL = regex.compile(r"^(?:客户端|客戶端|官方|微信|微博|公众号)+$")  # `新华社客户端`
_PERSON = regex.compile(
    r"(?:[\p{Lu}\p{Lo}][\p{L}\p{M}.'-]*|d[aeiou]s?|van|von|der|den|bin|al|el|la|le|the)"
    r"(?:\s(?:[\p{Lu}\p{Lo}][\p{L}\p{M}.'-]*|d[aeiou]s?|van|von|der|den|bin|al|el|la|le|the)){0,5}"
)
_PICTURES = frozenset({"Image", "Images", "Photo", "Photos", "Pictures"})
_NEWSROOM = frozenset({"", "the", "redazione", "redacción", "redação", "rédaction", "redaktion"})  # `Redazione ANSA`
#: Words behind an agency's acronym that name no desk of it.
_PLAIN = frozenset(
    "news agency newswire newsroom staff wire press television tv service media reporter reporters l.p. noticias novosti "
    "nowosti".split()
)
_EDGES = ' \t\n()[]{}（）【】〔〕<>*_-.,:："'


class Named(NamedTuple):
    """An agency or outlet in a slot, at `text[start:end]`; `source` is null for an outlet no lexicon knows."""

    key: str
    source: Source | None
    desk: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Slot:
    """What a slot names, in its order. `own`: the house, or a desk of it; `joined`: where "with" stands, -1 if nowhere."""

    named: tuple[Named, ...]
    own: bool
    persons: bool
    partial: bool
    joined: int = -1

    def is_partial(self, named: Named) -> bool:
        """Whether one of those it names only gave something: all do but the agency in `AAP with Reuters`."""
        is_author = not self.own and named.end <= self.joined and named.source is not None and named.source.is_wire
        return self.partial and not is_author

    @property
    def is_whole(self) -> bool:
        """Whether it names agencies or outlets and nobody else."""
        return bool(self.named) and not self.own and not self.persons


@functools.lru_cache(maxsize=8192)
def parse(text: str, house: House, names: Names, *, is_folded: bool = False) -> Slot:
    """The slot taken apart. A part that is neither agency, outlet, house nor desk counts as a person.

    `Ana Wells and Reuters` are two, of whom each gave something; `Ana Wells, Reuters` and `Ana Wells for Reuters` are one.
    `is_folded`: an agency may be spelled in small letters throughout, `(antara)`.
    """
    patterns = signals()["patterns"]
    flat = apart(flatten(text), names)
    tail = patterns["byline_tail"].search(flat)
    head = patterns["byline_head"].match(flat)
    low, high = head.end() if head else 0, tail.start() if tail and tail.start() else len(flat)
    hits = [hit for hit in slot_hits(flat, names, "slot_names") if low <= hit.start and hit.end <= high]
    masked = flat
    for hit in hits:
        masked = masked[: hit.start] + _MASK * (hit.end - hit.start) + masked[hit.end :]
    masked = PLACED.sub(lambda place: " " * len(place[0]), masked) if "(" in masked else masked
    named: list[Named] = []
    own = persons = signed = beside = False
    person = -1  # where the part before ends, if that is one
    for start, end in _parts(masked, low, high):
        if patterns["day"].fullmatch(flat, start, end):
            continue
        inside = [hit for hit in hits if start <= hit.start < end]
        may_shout = bool(hits) or (is_folded and end - start > 2) or (start, end) == (low, high)
        if not inside and (whole := _whole(flat[start:end], house, names, is_beside=bool(hits), may_shout=may_shout)):
            inside = [whole._replace(start=start, end=end)]
        address = None if inside else _at_home(flat[start:end], start, house, names)
        found = address or _part(flat, start, end, inside, house, names)
        if isinstance(found, Named):
            named += [found, *_distributor(flat, found, inside, house)]
            beside = beside or (person >= 0 and patterns["together"].fullmatch(masked, person, start) is not None)
        elif found == "own" and named and _is_signed(flat, start, end):
            signed = True
        elif found == "own":
            own = True
        elif found == "person":
            persons = True
        person = end if found == "person" else -1
    own = own or (signed and len(named) > 1)  # who edits the copy of several has put it together
    joint = patterns["byline_partial"].search(masked, low, high) if named else None
    return Slot(tuple(named), own, persons, own or beside or joint is not None, joint.start() if joint else -1)


def _whole(part: str, house: House, names: Names, *, is_beside: bool, may_shout: bool) -> Hit | None:
    """The one whom a part names that has no name in it as it is spelled."""
    shouted = _shouted(part, house, names, is_beside=is_beside) if may_shout else None
    plain = paper(part)
    return shouted or (None if plain == part else names.exact(plain) or names.exact(f"The {plain}"))


def _shouted(part: str, house: House, names: Names, *, is_beside: bool) -> Hit | None:
    """The agency that a part names in other letters: the Ap of `Reuters - Ap - Afp`; initials mean one more seldom.

    Those in small letters, or of a part that stands beside no other agency, must be a global agency's, the country's own, or as
    long as a word; `Ani` alone is a person.
    """
    hit = names.exact(part.upper())
    if hit is None or (is_beside and not part.islower()):
        return hit
    source = usable(hit, house) if (is_beside or len(part) > 2) and part != part.upper() else None
    if source is None or not source.is_wire:
        return None
    is_long = len(part) > _INITIALS or house.country in source.countries
    return hit if source.kind == "global" or (part.islower() and is_long) else None


def apart(flat: str, names: Names) -> str:
    """The text with a slash between agencies that a hyphen joins: `TT/AFP` for `TT-AFP`; but `dpa-AFX` is one."""

    def parted(match: regex.Match[str]) -> str:
        if names.exact(match[0]) or not all(_is_wire(names.exact(word)) for word in match[0].split("-")):
            return str(match[0])
        return str(match[0]).replace("-", "/")

    return str(_HYPHENED.sub(parted, flat)) if "-" in flat else flat


def _is_wire(hit: Hit | None) -> bool:
    return hit is not None and any(source.is_wire for source in hit.sources)


def _at_home(part: str, start: int, house: House, names: Names) -> Named | None:
    """The agency of which a part is the address: `telam.com.ar`; None for the house's own and for others."""
    source = names.at_home((part.lower(),)) if "." in part and " " not in part else None
    is_other = source is not None and source.is_wire and not house.owns(source)
    return Named(source.key, source, None, start, start + len(part)) if source and is_other else None


def _is_signed(flat: str, start: int, end: int) -> bool:
    """Whether a part is the initials of who edited the copy of the agency before it: `Reuters/kg`; but `dpa/red`, the house."""
    is_initials = signals()["patterns"]["initials"].fullmatch(flat, start, end) is not None
    return is_initials and flat[start - 1] == "/" and flat[start:end] != "red"


@functools.lru_cache(maxsize=8192)
def slot_hits(flat: str, names: Names, *tables: str) -> tuple[Hit, ...]:
    """The names in a slot; those that mean an agency only there (`tables` of `signals.toml`) before the general ones."""
    general = [hit for hit in names.find(flat) if hit.sources[0].key != HEAD and not is_longer_name(flat, hit)]
    special = [hit for table in tables for hit in _special(flat, names, table)]
    if not special:
        return tuple(general)
    taken = {hit.start for hit in special}
    return tuple(sorted([*special, *(hit for hit in general if hit.start not in taken)], key=lambda hit: hit.start))


def may_name(flat: str, names: Names, *tables: str) -> bool:
    """Whether `slot_hits` may find a name in the text or the beginning of it."""
    return names.begins_in(flat) or any(name in flat for table in tables for name in signals()[table])


def _special(flat: str, names: Names, table: str) -> Iterator[Hit]:
    for match in _ending_slot(table).finditer(flat):
        source = names.by_key(signals()[table][match[0]])
        if source is not None:
            is_acronym = table == "slot_names" and match[0].isascii() and match[0].isupper()
            yield Hit(match.start(), match.end(), match[0], "full" if is_acronym else "slot", (source,))


@functools.cache
def _ending_slot(table: str) -> regex.Pattern[str]:
    spellings = (rf"(?<![\w-]){name}" if name.isascii() else name for name in map(regex.escape, signals()[table]))
    closers = regex.escape(CLOSERS + "/" * (table == "slot_names"))
    dash = r"| -{1,3}\s*\Z" * (table == "dateline_names")  # "New York CNN -"
    return regex.compile(rf"(?:{'|'.join(spellings)})(?=[{closers}]|\Z{dash})")


def _parts(masked: str, low: int, high: int) -> list[tuple[int, int]]:
    """Spans between separators, without the brackets and blanks at their edges, empty ones left out."""
    cuts = [match.span() for match in signals()["patterns"]["byline_split"].finditer(masked, low, high)]
    starts, ends = [low, *(end for _, end in cuts)], [*(start for start, _ in cuts), high]
    spans = []
    for start, end in zip(starts, ends, strict=True):
        part = masked[start:end]
        left = start + len(part) - len(part.lstrip(_EDGES))
        if part.strip(_EDGES):
            spans.append((left, left + len(part.strip(_EDGES))))
    return spans


def _part(flat: str, start: int, end: int, hits: list[Hit], house: House, names: Names) -> Named | str:
    """What one part of a slot is: a source, `own`, or `person`."""
    patterns = signals()["patterns"]
    part = flat[start:end]
    desk_of = lexicon.house_desks().get(part.casefold().removeprefix("the "))
    if desk_of is not None and (
        not desk_of or any(house.owns_name(outlet) for outlet in desk_of) or _owns_any(house, desk_of)
    ):
        return "own"
    if patterns["unnamed"].match(part):
        return Named(UNSPECIFIED, None, None, start, end)
    if house.owns_name(part) or house.owns_name(paper(part)):
        return "own"
    for hit in hits:
        source = usable(hit, house)
        if source is None:
            continue
        is_own = house.owns(source) or (hit.alias.isupper() and house.owns_name(hit.alias))  # `TOI staff`
        if is_own and (not source.is_wire or source.kind == "supplemental"):
            return "own"
        desk = _around(flat, start, end, hit)
        if desk is not None and (source.is_agency or not desk):
            return Named(source.key, source, desk or _desk_of(hit, source, names), start, end)
    if patterns["desk_words"].search(part):
        return "own"
    outlet = unknown_outlet(part)
    if outlet is None:
        return "person"
    return "own" if house.calls_itself(outlet) else Named(outlet, None, None, start, end)


def _distributor(flat: str, named: Named, hits: list[Hit], house: House) -> Iterator[Named]:
    """The agency in brackets behind the one whose copy it distributes: `Bloomberg News (TNS)`."""
    for author, hit in itertools.pairwise(hits):
        if flat[author.end : hit.start] != " (" or spells(flat, hit.start - 1, hit.alias):
            continue
        source = usable(hit, house)
        if source is not None and source.key != named.key and not house.owns(source):
            yield Named(source.key, source, None, hit.start, hit.end)


def _owns_any(house: House, outlets: tuple[str, ...]) -> bool:
    known = {outlet.name: outlet for outlet in lexicon.outlets()}
    rows = [known[name] for name in outlets if name in known]
    return any(house.owns(Source.of_outlet(row)) for row in rows)


def usable(hit: Hit, house: House) -> Source | None:
    """The source of a name where one is due; an acronym of the policy `full` needs the country to agree."""
    source = resolve(hit, frozenset(), house.country)
    if source is None or (hit.policy == "full" and house.country not in source.countries and not is_native(hit)):
        return None
    return source


def is_native(hit: Hit) -> bool:
    """Whether a name in a script of its own means one agency and nothing else: `واس`, but not `مهر`."""
    is_one = len(hit.sources) == 1 and _LATIN.search(hit.alias) is None
    return is_one and hit.alias not in signals()["plain"]


def _around(flat: str, start: int, end: int, hit: Hit) -> str | None:
    """The desk that stands beside the name, empty if none does; None if the part is something else."""
    before, after = flat[start : hit.start].rstrip(), flat[hit.end : end]
    is_bracketed = before.endswith(("(", "["))
    before = before.rstrip("([ \n")
    after = _CHANNEL.sub("", _ACRONYM.sub("", after))
    place = signals()["patterns"]["place_in"].match(after)
    if place:
        after = ""
    is_told = before.casefold() in _NEWSROOM or before.casefold() in signals()["words"]["agency"]  # `Agencia Reuters`
    if not is_told and not (
        _PERSON.fullmatch(before)
        and (is_bracketed or 1 < len(before.split()) <= (5 if before[0].isupper() else 3))
        and (is_bracketed or not is_surname(flat, hit))
    ):
        return None
    if not after:
        return ""
    staff = _STAFF.fullmatch(after)
    if staff:
        return (staff["desk"] or "").strip()
    desk = _DESK.fullmatch(after)
    if desk and desk["desk"] in _PICTURES:
        return None  # `AP Images`
    is_sure = hit.alias.isupper() or hit.policy == "any"
    if desk is None or not is_sure or before:
        return None
    return "" if _REPORTER.search(hit.alias) else desk["desk"]  # `PA Reporter Jane Doe` names a person


def _desk_of(hit: Hit, source: Source, names: Names) -> str | None:
    """The desk within an alias that begins with another: `ANI Asia` is the desk Asia of ANI, `PA Media` is PA's whole name."""
    first, _, rest = hit.alias.partition(" ")
    agency = names.exact(first) if rest and hit.alias.isascii() else None
    is_whole = hit.alias.casefold() == source.name.casefold() or _PLAIN.issuperset(rest.casefold().split())
    return None if is_whole or agency is None or source not in agency.sources else rest
