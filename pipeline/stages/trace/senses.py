"""What an acronym means in one text: PTI is a party where the text is about it, and AAP what the text spells it out to be."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import regex

from pipeline.stages._late import late
from pipeline.stages.trace.names import HEAD, Hit, Source
from pipeline.stages.trace.tables import frames

__all__ = [
    "homeland",
    "homonyms",
    "is_bare",
    "is_longer_name",
    "is_one_everywhere",
    "is_surname",
    "other_senses",
    "resolve",
    "spells",
]

_WORDS_BEFORE = regex.compile(r"(?r)(?:[\p{L}\p{M}'.]+[ -]+(?:&[ ])?){1,9}\"?\Z")
_WORD = regex.compile(r"[\p{L}\p{M}'.]+")
_OF_THE_PRESS = regex.compile(r"(?i:\b(?:news|press|presse|prensa|stampa|nachrichten|telegraph|wire|media))")
_NAME_BEFORE = regex.compile(r"(?r)(?<!\p{L})(?!(?:The|By|From|With|Via|And)\s)\p{Lu}[\p{L}\p{M}'.-]*\s\Z")
_NEAR = 40  # code points before a name in which the words lie that it needs there
_DOTS = str.maketrans("İı", "ii")
_SMALL = 3  # letters of a word that acronyms may leave out: "of the"


_OWNER_BEFORE = regex.compile(r"(?r)\b(?P<who>\p{Lu}[\w-]+)'s\s\Z")


@dataclass(frozen=True, slots=True)
class Homonym:
    """A name that also means something else.

    `next`: what follows it where it does; `behind`: what stands before it where it does not, null for anything; `ahead`:
    what follows it where it does not, whatever stands before it; `everywhere`: in credits, too. `otherwise`: the key of the
    source that it means where nothing tells, "" if none. `numbered`: a number behind it makes it the name of another source.
    `settles`: what follows it once says of the whole text what it means there.
    """

    elsewhere: tuple[str, ...]
    hints: tuple[str, ...]
    any_hint: regex.Pattern[str]
    next: regex.Pattern[str]
    behind: regex.Pattern[str] | None
    ahead: regex.Pattern[str]
    everywhere: bool
    otherwise: str
    numbered: bool
    settles: bool

    def rules(self, body: str) -> bool:
        """Whether the text is about the other thing of that name."""
        if any(words in body for words in self.elsewhere):
            return True
        may_stand = sum(words in body for words in self.hints) > 1  # as part of a longer word, too
        return may_stand and len(set(self.any_hint.findall(body))) > 1


@functools.cache
def homonyms() -> Mapping[str, Homonym]:
    """By alias, from the tables `homonym` of `frames.toml`."""
    return {
        alias: Homonym(
            tuple(row.get("elsewhere", ())),
            tuple(row.get("hints", ())),
            late(rf"\b(?:{'|'.join(map(regex.escape, row.get('hints', ()))) or '(?!)'})\b"),
            late(rf"\s(?:{row.get('next', '(?!)')})\b"),
            late(rf"(?r)(?:{row['behind']})\Z") if "behind" in row else None,
            late(rf"\s(?:{row.get('ahead', '(?!)')})\b"),
            row.get("everywhere", False),
            row.get("otherwise", ""),
            row.get("numbered", False),
            row.get("settles", False),
        )
        for row in frames()["homonym"]
        for alias in row["aliases"]
    }


def is_longer_name(text: str, hit: Hit) -> bool:
    """Whether the name is a part of that of another body, even in a byline: `Reuters` in `Thomson Reuters Institute`."""
    homonym = homonyms().get(hit.alias)
    if homonym is None:
        return False
    return is_bare(text, hit) or (homonym.everywhere and homonym.next.match(text, hit.end) is not None)


def is_surname(text: str, hit: Hit) -> bool:
    """Whether one plain word that names an outlet ends the name of a person here: `Emily Jane Fox`, `Amy Dawn`."""
    is_plain = not hit.sources[0].is_agency and hit.alias.isalpha() and not hit.alias.isupper()
    return is_plain and _NAME_BEFORE.search(text, max(0, hit.start - _NEAR), hit.start) is not None


def is_bare(text: str, hit: Hit) -> bool:
    """Whether the name lacks the words without which it is no source, or goes on as another: `Monde` in `Coupe du Monde`."""
    homonym = homonyms().get(hit.alias)
    if homonym is None or homonym.behind is None:
        return False
    if homonym.next.match(text, hit.end):
        return True
    if homonym.ahead.match(text, hit.end):
        return False
    return homonym.behind.search(text, max(0, hit.start - _NEAR), hit.start) is None


def resolve(hit: Hit, spelled: frozenset[str], country: str) -> Source | None:
    """The one source that the name means here: the only one, else the one spelled out, else the country's own.

    Else it is the one that it means by default, the one whose whole name it is, or that is called so abroad, too, if there
    is such a one.
    """
    if is_one_everywhere(hit):
        return hit.sources[0]
    homonym = homonyms().get(hit.alias)
    for choice in (
        [source for source in hit.sources if source.key in spelled],
        [source for source in hit.sources if country in source.countries],
        [source for source in hit.sources if homonym and source.key == homonym.otherwise],
        [source for source in hit.sources if source.name == hit.alias],
        [source for source in hit.sources if not source.is_home_name(hit.alias)],
    ):
        if len(choice) == 1:
            return choice[0]
    return None


def is_one_everywhere(hit: Hit) -> bool:
    """Whether a name means one source, on whosever pages it stands."""
    return len(hit.sources) == 1 and hit.policy != "home"


def homeland(words: str) -> str:
    """The country (ISO 3166) of which the words before a name speak, from `homelands`; "" if of none or of two.

    >>> homeland("the Austrian news agency ")
    'AT'
    """
    every = [f"{word} " for word in words.casefold().split()]
    told = {country for word in every for country, stems in _stems() if word.startswith(stems)}
    return told.pop() if len(told) == 1 else ""


@functools.cache
def _stems() -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((country, tuple(stems)) for country, stems in frames()["homelands"].items())


def other_senses(body: str, hits: Sequence[Hit], spelled: frozenset[str]) -> frozenset[str]:
    """Aliases among the hits that are no sources in this text.

    They are those that it defines otherwise (`the American Academy of Pediatrics (AAP)`), and those of which it is
    about the other thing and spells the agency out nowhere.
    """
    found = {hit.alias: hit for hit in hits if hit.sources[0].key != HEAD}
    return frozenset(alias for alias, hit in found.items() if _is_other(body, hit, hits, spelled))


def _is_other(body: str, hit: Hit, hits: Sequence[Hit], spelled: frozenset[str]) -> bool:
    homonym = homonyms().get(hit.alias)
    if homonym and not any(source.key in spelled for source in hit.sources):
        alike = [other for other in hits if other.alias == hit.alias] if homonym.settles else []
        if homonym.rules(body) or any(_is_settled(body, other, homonym) for other in alike):
            return True
    is_acronym = hit.alias.isascii() and hit.alias.isalpha() and hit.alias.isupper()
    return is_acronym and any(not _names(body, span, hit, hits) for span in _definitions(body, hit.alias))


def _is_settled(body: str, hit: Hit, homonym: Homonym) -> bool:
    """Whether the other thing of that name is meant here for sure: `PAP branches`, `Singapore's PAP`."""
    if homonym.next.match(body, hit.end):
        return True
    owner = _OWNER_BEFORE.search(body, max(0, hit.start - _NEAR), hit.start)
    country = homeland(owner["who"]) if owner else ""
    return country != "" and all(country not in source.countries for source in hit.sources)


def _definitions(body: str, alias: str) -> Iterator[tuple[int, int]]:
    """Where words stand that explain the acronym: `Aam Aadmi Party (AAP)`, `AAP (...)`, `AAP, the Aam Aadmi Party`."""
    if f"({alias}" in body or f'("{alias}' in body:
        for match in regex.finditer(rf'\("?{alias}"?[),;]', body):
            words = spells(body, match.start(), alias)
            if words:
                start = body.rindex(words, 0, match.start())
                yield start, start + len(words)
    if f"{alias}, the " in body:
        for match in regex.finditer(
            rf"\b{alias}, the (?P<words>(?:\p{{Lu}}[\w'-]*\s?|of\s|the\s|and\s|for\s){{2,9}})", body
        ):
            if _initialed(match["words"], alias).strip() == match["words"].strip():
                yield match.span("words")
    if f"{alias} (" in body:
        for match in regex.finditer(rf"\b{alias} \((?:the )?(?P<words>[^()\n]{{3,90}})\)", body):
            if _initialed(match["words"], alias) == match["words"]:
                yield match.span("words")


def _names(body: str, span: tuple[int, int], hit: Hit, hits: Sequence[Hit]) -> bool:
    """Whether such words name one of the hit's own sources, or some other of the press that no lexicon has."""
    is_own = any(
        other.end == span[1] and " " in other.alias and not set(hit.sources).isdisjoint(other.sources) for other in hits
    )
    return is_own or _OF_THE_PRESS.search(body, *span) is not None


def spells(text: str, end: int, alias: str) -> str:
    """The words right before `text[end]` of which the acronym has the initials; "" if they have others or end a sentence.

    >>> spells("the Armed Forces of the Philippines (AFP)", 36, "AFP")
    'Armed Forces of the Philippines'
    """
    before = _WORDS_BEFORE.search(text, max(0, end - 120), end)
    if before is None or before[0].endswith(". "):  # `A fine place. (AFP)`
        return ""
    return _initialed(before[0], alias)


def _initialed(words: str, alias: str) -> str:
    """The last of the words, if the acronym has their initials; small ones may count or not."""
    every = list(_WORD.finditer(words))
    told = [word for word in every if not (word[0].islower() and len(word[0]) <= _SMALL)]
    for chosen in (told, every):
        last = chosen[-len(alias) :]
        if _caseless("".join(word[0][0] for word in last)) == _caseless(alias):
            return words[last[0].start() :].strip(' "')
    return ""


def _caseless(letters: str) -> str:
    """Without case, in Turkish, too, where a dot more or less makes another letter."""
    return letters.translate(_DOTS).casefold()
