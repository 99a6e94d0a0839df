"""Names that only look like a newspaper's or a station's: no lexicon has them.

They end in such a word (`Dunmore Gazette`, `KXQZ-TV`, `Beachnews.com`), stand beside one (`the newspaper Anzeiger`, `Dunmore
Bugle, a local newspaper,`), or are the call sign of a US station.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import regex

from pipeline.stages.trace.names import HEAD, Hit, Source

__all__ = ["SKIPPED", "STATION", "WEAK", "Shape", "is_numbered"]

#: Words that begin a sentence with a capital and no name.
SKIPPED = (
    "The|A|An|In|On|At|By|As|But|And|Or|For|From|With|When|While|After|Before|Since|That|This|According|Per|"
    "Citing|Quoting|Both|His|Her|Its|Their|Our|My|If|So|Then|Now|Also|Meanwhile|However|Earlier|Later|Last|"
    "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August|September|October|"
    "November|December"
)
_OPENING = regex.compile(rf"(?:(?:{SKIPPED})\s+)+")
_WORDS_BEFORE = regex.compile(r"(?r)(?:\p{Lu}[\w.&']*(?:-\p{Lu}\w*)*(?:[ ](?:&|de|la|del))?[ -]){1,4}\Z")
#: `the state-backed Science and` before `Technology Daily newspaper`, which is one paper and not two.
_JOINED_BEFORE = regex.compile(
    r"(?r)(?<=\b(?:[Tt]he|[Aa]n?)[ ](?:[\p{Ll}-]+[ ]){0,3})\p{Lu}[\w.&']*(?:[ ]\p{Lu}[\w.&']*){0,2}[ ]and[ ]\Z"
)
_ONE_PAPER = regex.compile(r"[ ](?:newspaper|magazine|tabloid|website)\b")
_SENTENCE_BEFORE = regex.compile(r"(?r)\w{4}\.[ ]")  # `Gate. The Gazette`, not `St. Cloud Gazette`
_STATION_BEFORE = regex.compile(r"(?r)(?<![\w-])(?!(?:U?HD|O?LED|QLED|LCD|IP|SD|UHD)\Z)\p{Lu}[\p{Lu}\d]{1,4}\Z")
_CALL_SIGN_BEFORE = regex.compile(r"(?r)\b[KW][A-Z]{2,3}\Z")
_HOST_BEFORE = regex.compile(r"(?r)(?<![\w.@/-])[\p{L}\p{N}][\w-]*(?:\.[\w-]+)*\Z")
_NO_NAME = rf"{SKIPPED}|Mrs?|Ms|Dr|Prof|Sen|Rep|Gov|Sir"
_AFTER_CUE = regex.compile(
    rf",?[ ]\"?(?!(?:{_NO_NAME})\b)(?P<name>(?:[KW][A-Z]{{2,3}}\d{{0,2}}|[A-Z]{{3,5}})\b(?:-(?:TV|FM|AM|DT))?(?![ ]\p{{Lu}})"
    r"|(?:The[ ])?\p{Lu}[\w.'-]*(?:[ ](?:(?:de|della|la|le|der|of|and)[ ])?[\p{Lu}\d][\w-]*){1,3})"
)
_ONE_AFTER_CUE = regex.compile(
    rf",?[ ]\"?(?!(?:{_NO_NAME})\b)(?P<name>\p{{Lu}}[\w'-]*\p{{Ll}}\w*)(?=\"?(?:[.,;]|\s+\p{{Ll}}))"
)
_AFTER_CUE_THE = regex.compile(r",[ ](?P<name>The[ ]\p{Lu}[\w'-]+)(?=,)")
#: A name before a cue: one that no word or place is written like, or any before ", a local newspaper,".
_DEMONYM = r"(?:Dutch|French|Swiss|Greek|\p{L}+(?:ese|ish|ian|ean|can|man))"
_BEFORE_CUE = regex.compile(
    r"(?r)(?<=\b[Tt]he[ ]|^|[.,]\s)(?P<name>\p{Ll}{1,2}\p{Lu}[\w-]+|\p{Lu}\p{Ll}+(?:\p{Lu}\p{Ll}+)+"
    rf"|\p{{Lu}}[\p{{L}}\d]*(?:-(?!{_DEMONYM}\b)\p{{Lu}}[\p{{L}}\d]+)+)[ ]\Z"
)
_SOME_MAGAZINE = regex.compile(rf"(?:\p{{Lu}}\p{{L}}+[ ])?{_DEMONYM}[ ]magazine")
_APPOSED = regex.compile(
    r"(?r)(?P<name>\p{Lu}[\w.'-]*(?:[ ](?:(?:of|de|la|der)[ ])?\p{Lu}[\w.'-]*){0,3}),[ ]an?[ ](?:[\w'-]+[ ]){0,4}\Z"
)
_ENDS_APPOSITION = regex.compile(r"[,.;]")
_IN_APPOSITION = regex.compile(r"(?r),[ ](?:an?|the)[ ](?:[\w'-]+[ ]){0,5}\Z")
_SHOUTED = regex.compile(r" [A-Z]{2}")
STATION = "station"  # the policy of a hit that is a bare call sign
WEAK = "weak"  # that of a name which only the words of some frames show to be a paper's
_HEAD = Source(HEAD, "", "", (), (), is_agency=False)


@dataclass(frozen=True, slots=True)
class Shape:
    """How such names look: the words they end with, how they begin, go on and do not go on.

    `weak_heads` end much else, too, and names of papers only behind an article and before nothing; with words of `never_weak`
    before them they end none.
    """

    heads: frozenset[str]
    weak_heads: frozenset[str]
    sure_cues: frozenset[str]
    call_sign: regex.Pattern[str]
    number: regex.Pattern[str]
    host: regex.Pattern[str]
    never: regex.Pattern[str]
    never_before: regex.Pattern[str]
    never_weak: regex.Pattern[str]
    run: regex.Pattern[str]

    @classmethod
    def compile(cls, table: Mapping[str, Any]) -> Shape:
        """From the table `unknown` of `frames.toml`."""
        words = "|".join(head for head in table["heads"] if head[0].isupper())
        return cls(
            heads=frozenset(table["heads"]),
            weak_heads=frozenset(table["weak_heads"]),
            sure_cues=frozenset(table["sure_cues"]),
            call_sign=regex.compile(rf"{table['stations']}(?![\w.-]*\w)"),
            number=regex.compile(rf"{table['number']}(?: News\b)?"),
            host=regex.compile(table["host"]),
            never=regex.compile(rf"{table['never']}\s"),
            never_before=regex.compile(table["never_before"]),
            never_weak=regex.compile(rf"\b{table['never_weak']}\s"),
            run=regex.compile(
                rf"(?:[\s-](?:{words})\b|-\p{{Lu}}\p{{Ll}}+)*(?:\s(?:Service|Agency|Network|Wire|(?:Channel\s)?\d+)\b)?"
            ),
        )

    def place(self, body: str, hit: Hit) -> tuple[int, int] | None:
        """Where the name stands of which the hit is a word (`Gazette`, `-TV`) or the cue (`newspaper`, `affiliate`)."""
        if hit.policy == STATION:
            return hit.start, hit.end
        if hit.alias[0] == ".":
            host = _HOST_BEFORE.search(body, max(0, hit.start - 40), hit.start)
            return (host.start(), hit.end) if host else None
        if is_numbered(hit.alias):  # `FOX13`, `ABC7 News`, `13abc`
            return hit.start, hit.end + 5 * body.startswith(" News", hit.end)
        if hit.alias in self.weak_heads:
            return self._before_weak_head(body, hit)
        if hit.alias not in self.heads:
            return self._after_cue(body, hit) or _before_cue(body, hit)
        return self._around_head(body, hit)

    def is_paper(self, host: str) -> bool:
        """Whether a host is named like a paper: `Beachnews.com`."""
        return self.host.match(host) is not None

    def stations(self, body: str, calls: list[int]) -> list[Hit]:
        """Bare call signs of US stations among the words that begin at `calls`.

        None of letters that the text explains (`the Women's Agency (WAGY)`) or shouts.
        """
        found = (match for place in calls if (match := self.call_sign.match(body, place)))
        return [
            Hit(match.start(), self.channel(body, match.end()), match[0], STATION, (_HEAD,))
            for match in found
            if f"({match[0]})" not in body and not _SHOUTED.match(body, match.end())
        ]

    def channel(self, body: str, end: int) -> int:
        """Where the channel ends that stands behind a call sign or a network: `6 News`; `end` if none does."""
        number = self.number.match(body, end)
        return number.end() if number else end

    def _around_head(self, body: str, hit: Hit) -> tuple[int, int] | None:
        pattern = _WORDS_BEFORE
        if hit.alias[0] == "-":
            pattern = _STATION_BEFORE if hit.alias == "-TV" else _CALL_SIGN_BEFORE
        before = pattern.search(body, max(0, hit.start - 80), hit.start)
        if before is None:
            return None
        sentence = _SENTENCE_BEFORE.search(body, before.start(), hit.start)
        start = sentence.end() if sentence else before.start()
        opening = _OPENING.match(body, start, hit.start)
        start = opening.end() if opening else start
        if start >= hit.start or self.never.match(body, start, hit.start + 1):
            return None
        run = self.run.match(body, hit.end) if hit.alias[0].isupper() else None
        end = run.end() if run else hit.end
        if hit.alias[0] != "-" and (self.never_before.match(body, end) or _SOME_MAGAZINE.fullmatch(body, start, end)):
            return None
        joined = _JOINED_BEFORE.search(body, max(0, start - 60), start) if _ONE_PAPER.match(body, end) else None
        return joined.start() if joined else start, end

    def _before_weak_head(self, body: str, hit: Hit) -> tuple[int, int] | None:
        place = self._around_head(body, hit)
        if place is None or place[1] != hit.end:  # of `Dunmore Star-Telegram` the other word tells
            return None
        is_named = body.startswith(("The ", "the "), place[0] - 4) and not self.never_weak.search(body, *place)
        return place if is_named else None

    def _after_cue(self, body: str, hit: Hit) -> tuple[int, int] | None:
        match = _AFTER_CUE.match(body, hit.end, hit.end + 60) or _AFTER_CUE_THE.match(body, hit.end, hit.end + 40)
        # `told the newspaper Holt had left` names Holt, `told the German newspaper Anzeiger` a paper.
        is_the = body.startswith(("the ", "The "), max(0, hit.start - 4))
        if match is None and hit.alias in self.sure_cues and not is_the:
            match = _ONE_AFTER_CUE.match(body, hit.end, hit.end + 40)
        if match is None or _ends_apposition(body, hit, match.end()):
            return None
        start, end = match.span("name")
        return (start + 4 if body.startswith("The ", start) else start), end


def is_numbered(alias: str) -> bool:
    """Whether a head is a station's own name, with its channel: `FOX13`, `13abc`."""
    return alias[-1].isdigit() or alias[0].isdigit()


def _ends_apposition(body: str, hit: Hit, end: int) -> bool:
    """Whether the cue tells of a name before it and not of the one up to `end`: `Bugle, a local newspaper, Ana Wells said`."""
    is_apart = body.startswith(",", hit.end) and not body.startswith(",", end)
    return is_apart and _IN_APPOSITION.search(body, max(0, hit.start - 60), hit.start) is not None


def _before_cue(body: str, hit: Hit) -> tuple[int, int] | None:
    """`the iTele television station`, `Dunmore Bugle, a local newspaper,`."""
    match = _BEFORE_CUE.search(body, max(0, hit.start - 50), hit.start)
    if match is None and _ENDS_APPOSITION.match(body, hit.end):
        match = _APPOSED.search(body, max(0, hit.start - 90), hit.start)
    return match.span("name") if match else None
