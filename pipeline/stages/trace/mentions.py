"""Mentions of sources in a body: known names that mean the source here, and names that only look like a newspaper's."""

from __future__ import annotations

import functools
import string
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ahocorasick_rs
import regex

from pipeline.stages import lexicon
from pipeline.stages.trace.coreference import Named, short_names
from pipeline.stages.trace.names import HEAD, Hit, Source
from pipeline.stages.trace.page import Page

__all__ = ["Mention", "Vocabulary", "is_longer_name", "mentions", "resolve", "spelled_out"]

_SKIPPED = (
    "The|A|An|In|On|At|By|As|But|And|Or|For|From|With|When|While|After|Before|Since|That|This|According|Per|"
    "Citing|Quoting|Both|His|Her|Its|Their|Our|My|If|So|Then|Now|Also|Meanwhile|However|Earlier|Later|Last|"
    "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August|September|October|"
    "November|December"
)
_OPENING = regex.compile(rf"(?:(?:{_SKIPPED})\s+)+")
_WORDS_BEFORE = regex.compile(r"(?r)(?:\p{Lu}[\w.&']*(?:-\p{Lu}\w*)*(?:[ ](?:&|de|la|del))?[ -]){1,4}\Z")
_STATION_BEFORE = regex.compile(r"(?r)(?<![\w-])(?!(?:U?HD|O?LED|QLED|LCD|IP|SD|UHD)\Z)\p{Lu}[\p{Lu}\d]{1,4}\Z")
_CALL_SIGN_BEFORE = regex.compile(r"(?r)\b[KW][A-Z]{2,3}\Z")
_AFTER_CUE = regex.compile(
    rf",?[ ]\"?(?!(?:{_SKIPPED})\b)(?P<name>(?:[KW][A-Z]{{2,3}}\d{{0,2}}|[A-Z]{{3,5}})\b(?:-(?:TV|FM|AM|DT))?(?![ ]\p{{Lu}})"
    r"|(?:The[ ])?\p{Lu}[\w.'-]*(?:[ ](?:(?:de|della|la|le|der|of|and)[ ])?[\p{Lu}\d][\w-]*){1,3})"
)
_ONE_AFTER_CUE = regex.compile(
    rf",?[ ]\"?(?!(?:{_SKIPPED})\b)(?P<name>\p{{Lu}}[\w'-]*\p{{Ll}}\w*)(?=\"?(?:[.,;]|\s+\p{{Ll}}))"
)
#: A name before a cue: one that no word or place is written like, or any before ", a local newspaper,".
_DEMONYM = r"(?:Dutch|French|Swiss|Greek|\p{L}+(?:ese|ish|ian|ean|can|man))"
_BEFORE_CUE = regex.compile(
    r"(?r)(?<=\b[Tt]he[ ]|^|[.,]\s)(?P<name>\p{Ll}{1,2}\p{Lu}[\w-]+|\p{Lu}\p{Ll}+(?:\p{Lu}\p{Ll}+)+"
    rf"|\p{{Lu}}[\p{{L}}\d]*(?:-(?!{_DEMONYM}\b)\p{{Lu}}[\p{{L}}\d]+)+)[ ]\Z"
)
_APPOSED = regex.compile(
    r"(?r)(?P<name>\p{Lu}[\w.'-]*(?:[ ](?:(?:of|de|la|der)[ ])?\p{Lu}[\w.'-]*){0,3}),[ ]an?[ ](?:[\w'-]+[ ]){0,4}\Z"
)
_ENDS_APPOSITION = regex.compile(r"[,.;]")
_AFTER_CUE_THE = regex.compile(r",[ ](?P<name>The[ ]\p{Lu}[\w'-]+)(?=,)")
_AFFILIATE = regex.compile(r"[\s-](?:TV\s|radio\s|news\s)?(?:affiliate|station|member station)s?\b")
_SHOUTED = regex.compile(r" [A-Z]{2}")
_CALL_LETTERS = ahocorasick_rs.AhoCorasick(
    [f"{before}{first}{second}" for before in ' \n"' for first in "KW" for second in string.ascii_uppercase]
)
_STATION = "station"  # the policy of a hit that is a bare call sign
_HEAD = Source(HEAD, "", "", "", (), is_agency=False)
_PERSON_BEFORE = regex.compile(rf"(?r)(?<!(?:^|[.!?\"]\s?))\b(?!(?:{_SKIPPED})\s)\p{{Lu}}[\w'.]+\s\Z")


@dataclass(frozen=True, slots=True)
class Mention:
    """A source named in a body. `left`, `right`: with the words around the name that belong to it.

    `is_classed`: one of these words says that it is a newspaper, an agency... `continues`: a capitalised word stands
    before a name of one word, which makes it part of another (`Mayor Bloomberg`). `source` is null if no lexicon has it.
    """

    name: str
    source: Source | None
    policy: str
    left: int
    right: int
    is_classed: bool
    continues: bool


@dataclass(frozen=True, slots=True)
class _Homonym:
    elsewhere: regex.Pattern[str]
    hints: tuple[str, ...]
    next: regex.Pattern[str]

    def rules(self, body: str) -> bool:
        """Whether the text is about the other thing of that name."""
        return sum(hint in body for hint in self.hints) > 1 or self.elsewhere.search(body) is not None


@dataclass(frozen=True, slots=True)
class _Unknown:
    """How names that no lexicon has look: the words they end with, how they begin, go on and do not go on."""

    heads: frozenset[str]
    sure_cues: frozenset[str]
    stations: regex.Pattern[str]
    never: regex.Pattern[str]
    never_before: regex.Pattern[str]
    run: regex.Pattern[str]

    @classmethod
    def compile(cls, table: Mapping[str, Any]) -> _Unknown:
        words = "|".join(head for head in table["heads"] if head[0].isupper())
        return cls(
            heads=frozenset(table["heads"]),
            sure_cues=frozenset(table["sure_cues"]),
            stations=regex.compile(rf"{table['stations']}(?![\w.-]*\w)"),
            never=regex.compile(rf"{table['never']}\s"),
            never_before=regex.compile(table["never_before"]),
            run=regex.compile(
                rf"(?:[\s-](?:{words})\b|-\p{{Lu}}\p{{Ll}}+)*(?:\s(?:Service|Agency|Network|Wire|(?:Channel\s)?\d+)\b)?"
            ),
        )


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A language's words around names, compiled."""

    prefix: regex.Pattern[str]
    suffix: regex.Pattern[str]
    homonyms: Mapping[str, _Homonym]
    unknown: _Unknown | None

    @classmethod
    def compile(
        cls, prefix: str, suffix: str, homonyms: Sequence[Mapping[str, Any]], unknown: Mapping[str, Any] | None
    ) -> Vocabulary:
        """From the tables of `frames.toml`; without `unknown`, names that no lexicon has are not looked for."""
        table = {
            alias: _Homonym(
                regex.compile(row["elsewhere"]), tuple(row["hints"]), regex.compile(rf"\s(?:{row['next']})\b")
            )
            for row in homonyms
            for alias in row["aliases"]
        }
        return cls(
            prefix=regex.compile(rf"(?r){prefix}\Z"),
            suffix=regex.compile(suffix),
            homonyms=table,
            unknown=_Unknown.compile(unknown) if unknown else None,
        )


def mentions(page: Page, hits: list[Hit], vocabulary: Vocabulary, credited: Collection[str] = ()) -> list[Mention]:
    """The mentions in a page's body outside direct quotations, left to right, none overlapping.

    `credited`: keys of the agencies and outlets that the page gives as its own.
    """
    body = page.body
    hits = [*hits, *_stations(body, vocabulary)]
    hits.sort(key=lambda hit: hit.start)
    spelled = spelled_out(hits)
    off = {
        alias
        for alias in {hit.alias for hit in hits} & vocabulary.homonyms.keys()
        if vocabulary.homonyms[alias].rules(body)
    }
    known = [
        hit
        for hit in hits
        if hit.sources[0].key != HEAD and hit.policy != "full" and not _AFFILIATE.match(body, hit.end)
    ]
    found: list[Mention] = []
    for hit in hits:
        if hit.sources[0].key == HEAD:
            mention = _unknown(body, hit, vocabulary)
            if mention and any(other.start < mention.right and mention.left < other.end for other in known):
                continue
        else:
            mention = _known(page, hit, spelled, off, vocabulary)
        if mention is None or _in_quotation(body, mention):
            continue
        if found and mention.left < found[-1].right:
            if mention.source is None or found[-1].source is not None:
                continue
            found.pop()  # `the German magazine` of `the German magazine Der Spiegel` is no name
        found.append(mention)
    return _with_short_names(page, hits, found, vocabulary, credited) if vocabulary.unknown else found


def _with_short_names(
    page: Page, hits: list[Hit], found: list[Mention], vocabulary: Vocabulary, credited: Collection[str]
) -> list[Mention]:
    """The mentions and those by a short name, which take the place of one that says less (`The Times`, whichever)."""
    unknown = [Named(mention.name, None, mention.left, mention.right) for mention in found if mention.source is None]
    short = []
    for name in short_names(page, hits, unknown, credited):
        mention = _mention(page.body, name.start, name.end, name.name, name.source, "any", vocabulary)
        if not _in_quotation(page.body, mention):
            short.append(mention)
    if not short:
        return found
    kept = [
        mention
        for mention in found
        if not any(other.left < mention.right and mention.left < other.right for other in short)
    ]
    return sorted([*kept, *short], key=lambda mention: mention.left)


def spelled_out(hits: Sequence[Hit]) -> frozenset[str]:
    """Keys of the sources that the text names in full somewhere, so that their acronyms are sure."""
    return frozenset(
        hit.sources[0].key for hit in hits if " " in hit.alias and hit.policy == "any" and len(hit.sources) == 1
    )


def resolve(hit: Hit, spelled: frozenset[str], country: str) -> Source | None:
    """The one source that the name means here: the only one, else the one spelled out, else the country's own."""
    if len(hit.sources) == 1:
        return hit.sources[0]
    for choice in (
        [source for source in hit.sources if source.key in spelled],
        [source for source in hit.sources if source.country == country],
    ):
        if len(choice) == 1:
            return choice[0]
    return None


def is_longer_name(text: str, hit: Hit) -> bool:
    """Whether the name goes on to that of another body, even in a byline: `Reuters` in `Thomson Reuters Institute`."""
    longer = _longer().get(hit.alias)
    return longer is not None and longer.match(text, hit.end) is not None


@functools.cache
def _longer() -> Mapping[str, regex.Pattern[str]]:
    rows = (row for row in lexicon.load_toml("frames.toml")["homonym"] if row.get("everywhere"))
    return {alias: regex.compile(rf"\s(?:{row['next']})\b") for row in rows for alias in row["aliases"]}


def _known(page: Page, hit: Hit, spelled: frozenset[str], off: set[str], vocabulary: Vocabulary) -> Mention | None:
    source = resolve(hit, spelled, page.country)
    if source is None or (source.is_agency and source.kind in {"photo", "release"}):
        return None
    if _AFFILIATE.match(page.body, hit.end):
        return None
    is_sure = source.key in spelled
    homonym = vocabulary.homonyms.get(hit.alias)
    if homonym and ((hit.alias in off and not is_sure) or homonym.next.match(page.body, hit.end)):
        return None
    policy = "any" if is_sure else hit.policy
    return _mention(page.body, hit.start, hit.end, source.name, source, policy, vocabulary)


def _mention(
    body: str, start: int, end: int, name: str, source: Source | None, policy: str, vocabulary: Vocabulary
) -> Mention:
    low = max(body.rfind("\n", 0, start) + 1, start - 80)
    prefix = vocabulary.prefix.search(body, low, start)
    suffix = vocabulary.suffix.match(body, end, end + 60)
    left, right = (prefix.start() if prefix else start), (suffix.end() if suffix else end)
    classed = any(match and "class" in match.re.groupindex and match["class"] for match in (prefix, suffix))
    is_word = " " not in body[start:end] and not body[start:end].isupper()
    return Mention(
        name=name,
        source=source,
        policy=policy,
        left=left,
        right=right,
        is_classed=classed,
        continues=is_word and not classed and _PERSON_BEFORE.search(body, low, left) is not None,
    )


def _unknown(body: str, hit: Hit, vocabulary: Vocabulary) -> Mention | None:
    """A name that ends in a newspaper's word (`Gazette`, `-TV`) or follows `newspaper`, `affiliate`..."""
    shape = vocabulary.unknown
    if shape is None:
        return None
    if hit.policy == _STATION:
        return _mention(body, hit.start, hit.end, hit.alias, None, "slot", vocabulary)
    if hit.alias not in shape.heads:
        return _after_cue(body, hit, vocabulary, shape) or _before_cue(body, hit, vocabulary)
    pattern = _WORDS_BEFORE
    if hit.alias[0] == "-":
        pattern = _STATION_BEFORE if hit.alias == "-TV" else _CALL_SIGN_BEFORE
    before = pattern.search(body, max(0, hit.start - 80), hit.start)
    if before is None:
        return None
    opening = _OPENING.match(body, before.start(), hit.start)
    start = opening.end() if opening else before.start()
    if start >= hit.start or shape.never.match(body, start, hit.start + 1):
        return None
    run = shape.run.match(body, hit.end) if hit.alias[0].isupper() else None
    end = run.end() if run else hit.end
    if hit.alias[0] != "-" and shape.never_before.match(body, end):
        return None
    return _mention(body, start, end, body[start:end], None, "slot", vocabulary)


def _stations(body: str, vocabulary: Vocabulary) -> list[Hit]:
    """Bare call signs of US stations, but for the first word of the body.

    None of letters that the text explains (`the Women's Agency (WAGY)`) or shouts.
    """
    if vocabulary.unknown is None:
        return []
    places = (start + 1 for _, start, _ in _CALL_LETTERS.find_matches_as_indexes(body))
    found = (match for place in places if (match := vocabulary.unknown.stations.match(body, place)))
    return [
        Hit(match.start(), match.end(), match[0], _STATION, (_HEAD,))
        for match in found
        if f"({match[0]})" not in body and not _SHOUTED.match(body, match.end())
    ]


def _after_cue(body: str, hit: Hit, vocabulary: Vocabulary, shape: _Unknown) -> Mention | None:
    match = _AFTER_CUE.match(body, hit.end, hit.end + 60) or _AFTER_CUE_THE.match(body, hit.end, hit.end + 40)
    # `told the newspaper Holt had left` names Holt, `told the German newspaper Anzeiger` a paper.
    if match is None and hit.alias in shape.sure_cues and not body.startswith(("the ", "The "), max(0, hit.start - 4)):
        match = _ONE_AFTER_CUE.match(body, hit.end, hit.end + 40)
    if match is None:
        return None
    start, end = match.span("name")
    start += 4 if body.startswith("The ", start) else 0
    return _mention(body, start, end, body[start:end], None, "slot", vocabulary)


def _before_cue(body: str, hit: Hit, vocabulary: Vocabulary) -> Mention | None:
    """`the iTele television station`, `Dunmore Bugle, a local newspaper,`."""
    match = _BEFORE_CUE.search(body, max(0, hit.start - 50), hit.start)
    if match is None and _ENDS_APPOSITION.match(body, hit.end):
        match = _APPOSED.search(body, max(0, hit.start - 90), hit.start)
    if match is None:
        return None
    start, end = match.span("name")
    return _mention(body, start, end, body[start:end], None, "slot", vocabulary)


def _in_quotation(body: str, mention: Mention) -> bool:
    """Whether the mention stands inside a direct quotation; a title in quotes (`"60 Minutes"`) is none."""
    low = body.rfind("\n", 0, mention.left) + 1
    quotes = body.count('"', low, mention.left)
    corners = body.count("「", low, mention.left) - body.count("」", low, mention.left)
    return quotes % 2 == 1 or corners > 0
