"""Mentions of sources in a body: known names that mean the source here, and others that look like a newspaper's."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import regex

from pipeline.stages.trace.coreference import Named, short_names
from pipeline.stages.trace.names import HEAD, Hit, Names, Source
from pipeline.stages.trace.page import Page
from pipeline.stages.trace.senses import homeland, homonyms, is_bare, is_one_everywhere, other_senses, resolve
from pipeline.stages.trace.spans import Spans
from pipeline.stages.trace.unknown import SKIPPED, STATION, WEAK, Shape, is_numbered

__all__ = ["Mention", "Vocabulary", "continues", "mentions", "spelled_out"]

_AFFILIATE = regex.compile(r"[\s-](?:TV\s|radio\s|news\s)?(?:affiliate|station|member station)s?\b")
_AFFILIATE_REACH = 24  # code points that `_AFFILIATE` takes at most
_ENDS_TITLE = regex.compile(r"(?:\s(?:\p{Lu}[\w']*|\d+|with|of|the|and|at|in|&))*[,.]?(?:[\"」』]|'')")
_PLACE_BEFORE = regex.compile(r"(?r)\b[Tt]he\s\(\p{Lu}[^()\n]{1,30}\)\s\Z")
_QUOTED = regex.compile(r"[,.]?\"")
_STATION_END = regex.compile(r"(?<=^[KW]\p{Lu}{2,3})-(?:TV|FM|AM|DT)$")
_REACH = 80  # code points before a name in which the words lie that belong to it
_BEHIND = 120  # and behind it, an address in brackets among them
_PERSON_BEFORE = regex.compile(rf"(?r)(?<!(?:^|[.!?\"]\s?))\b(?!(?:{SKIPPED})\s)\p{{Lu}}(?:[\w']+|[\w'.]{{0,3}}\.)\s\Z")
_LONGEST_QUOTATION = 500  # code points
_NO_CLASS = "(?P<class>(?!))?"  # gives the group to patterns that lack it


class Mention(NamedTuple):
    """A source named in a body. `left`, `right`: with the words around the name that belong to it.

    `is_classed`: one of these words says that it is a newspaper, an agency... `is_word`: nothing does, and the name is
    one word, not an acronym. `source` is null if no lexicon has it.
    """

    name: str
    source: Source | None
    policy: str
    left: int
    right: int
    is_classed: bool
    is_word: bool


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A language's words around names, compiled. `sure`: names that are worth more in it than elsewhere."""

    prefix: regex.Pattern[str]
    suffix: regex.Pattern[str]
    unknown: Shape | None
    sure: frozenset[str] = frozenset()

    @classmethod
    def compile(
        cls, prefix: str, suffix: str, unknown: Mapping[str, Any] | None, sure: Collection[str] = ()
    ) -> Vocabulary:
        """From the tables of `frames.toml`; without `unknown`, names that no lexicon has are not looked for."""
        return cls(
            prefix=regex.compile(rf"(?r){_NO_CLASS}{prefix}\Z"),
            suffix=regex.compile(suffix + _NO_CLASS),
            unknown=Shape.compile(unknown) if unknown else None,
            sure=frozenset(sure),
        )


def mentions(page: Page, names: Names, vocabulary: Vocabulary, credited: Collection[str] = ()) -> list[Mention]:
    """The mentions in a page's body outside direct quotations, left to right, none overlapping.

    `names`: those of the lexicon, for what is one of them but for its spelling. `credited`: keys of the agencies and outlets
    that the page gives as its own.
    """
    body = page.body
    shape = vocabulary.unknown
    stations = shape.stations(body, page.calls) if shape else []
    hits = _at_home(body, [hit for hit in page.hits if not is_bare(body, hit)], vocabulary)
    hits = sorted([*hits, *stations], key=lambda hit: hit.start) if stations else hits
    spelled = spelled_out(hits)
    off = other_senses(body, hits, spelled)
    affiliates = _affiliates(body, hits)
    sure = Spans(
        (hit.start, hit.end)
        for hit in hits
        if hit.sources[0].key != HEAD
        and hit.policy != "full"
        and hit.start not in affiliates
        and (hit.alias.isupper() or resolve(hit, spelled, page.house.country) is not None)
    )
    quotations = _Quotations(body)
    found: list[Mention] = []
    for hit in hits:
        if hit.sources[0].key == HEAD:
            mention = _unknown(body, hit, names, vocabulary)
            if mention and sure.reach_into(mention.left, mention.right):
                continue  # a known name stands in the words of one that no lexicon has
        elif hit.start in affiliates:
            continue
        else:
            mention = _known(page, hit, spelled, off, vocabulary)
        if mention is None or quotations.hold(_told_at(body, hit.start, hit.end, mention)):
            continue
        if found and mention.left < found[-1].right:
            if mention.source is None or found[-1].source is not None:
                continue
            found.pop()  # `the German magazine` of `the German magazine Der Spiegel` is no name
        found.append(mention)
    found = _of_one_spelling(found)
    if not shape:
        return found
    return _under_one_name(_with_short_names(page, hits, found, vocabulary, credited))


def _of_one_spelling(found: list[Mention]) -> list[Mention]:
    """The mentions; of a name that no lexicon has the first spelling stands for all (`Times-News`, and then `Times News`)."""
    first: dict[str, str] = {}
    return [
        mention
        if mention.source is not None
        else mention._replace(name=first.setdefault(mention.name.casefold().replace("-", " "), mention.name))
        for mention in found
    ]


def _told_at(body: str, start: int, end: int, mention: Mention) -> int:
    """Where a mention of the name at `body[start:end]` must stand outside quotations: before the quotes of a title alone."""
    return mention.left if _ENDS_TITLE.match(body, end) else start


def _with_short_names(
    page: Page, hits: list[Hit], found: list[Mention], vocabulary: Vocabulary, credited: Collection[str]
) -> list[Mention]:
    """The mentions and those by a short name, which take the place of one that says less (`The Times`, whichever)."""
    known = Spans((hit.start, hit.end) for hit in hits if hit.sources[0].key != HEAD)
    unknown = [
        Named(mention.name, mention.source, mention.left, mention.right)
        for mention in found
        if (mention.source is None or not known.reach_into(mention.left, mention.right))
        and (mention.policy != WEAK or mention.is_classed)
    ]
    short, quotations = [], _Quotations(page.body)
    for name in short_names(page, hits, unknown, credited):
        mention = _mention(page.body, name.start, name.end, name.name, name.source, "any", vocabulary)
        if not quotations.hold(_told_at(page.body, name.start, name.end, mention)):
            short.append(mention)
    if not short:
        return found
    taken = Spans((mention.left, mention.right) for mention in short)
    kept = [mention for mention in found if not taken.reach_into(mention.left, mention.right)]
    return sorted([*kept, *short], key=lambda mention: mention.left)


def _under_one_name(found: list[Mention]) -> list[Mention]:
    """The mentions, each unknown name by the full one that the text has given before, if it has given just one.

    `Times Free Press` is the Dunmore Times Free Press, and `KXQZ-TV` the KXQZ that stands anywhere.
    """
    names = {mention.name for mention in found}
    full: dict[str, Mention] = {}
    named = []
    for mention in found:
        named.append(mention if mention.source else _in_full(mention, full, names))
        full.setdefault(named[-1].name, named[-1])
    return named


def _in_full(mention: Mention, full: Mapping[str, Mention], names: Collection[str]) -> Mention:
    short = mention.name
    longer = [other for name, other in full.items() if name.endswith((f" {short}", f"-{short}"))]
    if (" " in short or "-" in short) and len(longer) == 1:
        return mention._replace(name=longer[0].name, source=longer[0].source)
    station = _STATION_END.sub("", short)
    return mention._replace(name=station) if station in names else mention


def spelled_out(hits: Sequence[Hit]) -> frozenset[str]:
    """Keys of the sources that the text names in full somewhere, so that their acronyms are sure."""
    return frozenset(
        hit.sources[0].key for hit in hits if " " in hit.alias and hit.policy == "any" and len(hit.sources) == 1
    )


def _at_home(body: str, hits: list[Hit], vocabulary: Vocabulary) -> list[Hit]:
    """The hits; a name of several sources means the one of the country before it (`the Austrian news agency APA`).

    It means that one further on, too, until another country stands before it.
    """
    if all(is_one_everywhere(hit) for hit in hits):
        return hits
    found = []
    meant: dict[str, tuple[Source, ...]] = {}
    for hit in hits:
        if not is_one_everywhere(hit):
            prefix = vocabulary.prefix.search(body, _low(body, hit.start), hit.start)
            country = homeland(prefix[0]) if prefix else ""
            own = tuple(source for source in hit.sources if country and country in source.countries)
            meant |= {hit.alias: own} if own else {}
        own = meant.get(hit.alias, ())
        is_home = any(source.is_home_name(hit.alias) for source in own)
        found.append(hit._replace(sources=own or hit.sources, policy="cue" if is_home else hit.policy))
    return found


def continues(body: str, mention: Mention) -> bool:
    """Whether what stands before a name of one word makes it part of another: `Mayor Bloomberg`, `The (Dunmore) Telegraph`."""
    if not mention.is_word:
        return False
    low, left = _low(body, mention.left), mention.left
    return any(before.search(body, low, left) is not None for before in (_PERSON_BEFORE, _PLACE_BEFORE))


def _affiliates(body: str, hits: Sequence[Hit]) -> frozenset[int]:
    """Where names start that only say whose affiliate someone is: `NBC affiliate KXQZ`."""
    known = (hit for hit in hits if hit.sources[0].key != HEAD)
    return frozenset(hit.start for hit in known if _may_be_affiliate(body, hit.end) and _AFFILIATE.match(body, hit.end))


def _may_be_affiliate(body: str, end: int) -> bool:
    behind = body[end : end + _AFFILIATE_REACH]
    return "affiliate" in behind or "station" in behind


def _known(
    page: Page, hit: Hit, spelled: frozenset[str], off: frozenset[str], vocabulary: Vocabulary
) -> Mention | None:
    source = resolve(hit, spelled, page.house.country)
    if source is None or (source.is_agency and source.kind in {"photo", "release"}):
        return None
    is_sure = source.key in spelled
    homonym = homonyms().get(hit.alias)
    if hit.alias in off:
        return None
    if homonym and homonym.next.match(page.body, hit.end):
        return _channel(page.body, hit, vocabulary) if homonym.numbered else None
    is_home = source.is_home_name(hit.alias) and page.house.country in source.countries
    is_title = page.body[hit.start - 1 : hit.start] == '"' and _QUOTED.match(page.body, hit.end) is not None
    is_due = hit.policy == "full" and (is_title or is_home)
    policy = "any" if is_sure or hit.alias in vocabulary.sure else "cue" if is_due else hit.policy
    return _mention(page.body, hit.start, hit.end, source.name, source, policy, vocabulary)


def _low(body: str, start: int) -> int:
    """Where the words may begin that belong to a name at `body[start]`."""
    return max(body.rfind("\n", 0, start) + 1, start - _REACH)


def _mention(
    body: str, start: int, end: int, name: str, source: Source | None, policy: str, vocabulary: Vocabulary
) -> Mention:
    prefix = vocabulary.prefix.search(body, _low(body, start), start)
    suffix = vocabulary.suffix.match(body, end, end + _BEHIND)
    left, right = (prefix.start() if prefix else start), (suffix.end() if suffix else end)
    classed = bool((prefix and prefix["class"]) or (suffix and suffix["class"]))
    words = body[start:end]
    return Mention(
        name=name,
        source=source,
        policy=policy,
        left=left,
        right=right,
        is_classed=classed,
        is_word=not classed and " " not in words and not words.isupper(),
    )


def _unknown(body: str, hit: Hit, names: Names, vocabulary: Vocabulary) -> Mention | None:
    place = vocabulary.unknown.place(body, hit) if vocabulary.unknown else None
    if place is None:
        return None
    if hit.policy == STATION or is_numbered(hit.alias):
        return _mention(body, *place, hit.alias, None, "slot", vocabulary)
    name = body[slice(*place)]
    source = names.alike(name)
    if source is not None and not (source.is_agency and source.kind in {"photo", "release"}):
        return _mention(body, *place, source.name, source, "any", vocabulary)
    if hit.alias[0] == "." and vocabulary.unknown and not vocabulary.unknown.is_paper(name):
        return None
    policy = WEAK if vocabulary.unknown and hit.alias in vocabulary.unknown.weak_heads else "slot"
    return _mention(body, *place, name, None, policy, vocabulary)


def _channel(body: str, hit: Hit, vocabulary: Vocabulary) -> Mention | None:
    """The local station that a network's name and a number are: `Fox 26`, `NBC 6 News`."""
    end = vocabulary.unknown.channel(body, hit.end) if vocabulary.unknown else hit.end
    if end == hit.end:
        return None
    network = hit.sources[0].name.split()[0]  # one name for `FOX 5` and `Fox 5`
    return _mention(body, hit.start, end, network + body[hit.end : end].removesuffix(" News"), None, "slot", vocabulary)


class _Quotations:
    """The direct quotations of a text. It is read on from the place asked for last, or from the start of its paragraph.

    A mark that opens within one that is open does not close it: each paragraph of a long quotation opens anew, and in a text
    without paragraphs, too. One that is open for long was never closed.
    """

    def __init__(self, body: str) -> None:
        self._body = body
        self._read = self._corners = 0  # what has been read, and the corners that are open there
        self._opened = -1  # where the open quotation begins; -1 if none is open

    def hold(self, place: int) -> bool:
        """Whether a place stands inside a direct quotation; a title in quotes (`"60 Minutes"`) is none."""
        body = self._body
        if place < self._read:
            self._start(0)
        paragraph = body.rfind("\n", self._read, place) + 1
        if paragraph:
            self._start(paragraph)
        mark = body.find('"', self._read, place)
        while mark >= 0:
            self._pass(mark)
            mark = body.find('"', mark + 1, place)
        self._corners += body.count("「", self._read, place) - body.count("」", self._read, place)
        self._read = place
        return self._corners > 0 or (self._opened >= 0 and place - self._opened < _LONGEST_QUOTATION)

    def _start(self, place: int) -> None:
        self._read, self._corners, self._opened = place, 0, -1

    def _pass(self, mark: int) -> None:
        """Takes note of a double mark: behind a blank it opens, before one it closes; else it does what the last did not."""
        before, after = (not self._body[at : at + 1].strip() for at in (mark - 1, mark + 1))
        opens = before if before != after else self._opened < 0
        self._opened = mark if opens else -1
