"""What an acronym means in one text: PTI is a party where the text is about it, and AAP what the text spells it out to be."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import regex

from pipeline.stages.trace.names import HEAD, Hit
from pipeline.stages.trace.tables import frames

__all__ = ["homonyms", "is_longer_name", "other_senses", "spells"]

_WORDS_BEFORE = regex.compile(r"(?r)(?:[\p{L}\p{M}'.]+[ -]+(?:&[ ])?){1,9}\"?\Z")
_WORD = regex.compile(r"[\p{L}\p{M}'.]+")
_OF_THE_PRESS = regex.compile(
    r"(?i:\b(?:news|press|presse|prensa|stampa|agen(?:cy|ce|cia|zia|tur)|agência|nachrichten\w*|wire|media)\b)"
)
_SMALL = 3  # letters of a word that acronyms may leave out: "of the"


@dataclass(frozen=True, slots=True)
class Homonym:
    """A name that also means something else. `next`: what follows it where it does; `everywhere`: in credits, too."""

    elsewhere: tuple[str, ...]
    hints: tuple[str, ...]
    next: regex.Pattern[str]
    everywhere: bool

    def rules(self, body: str) -> bool:
        """Whether the text is about the other thing of that name."""
        return any(words in body for words in self.elsewhere) or sum(hint in body for hint in self.hints) > 1


@functools.cache
def homonyms() -> Mapping[str, Homonym]:
    """By alias, from the tables `homonym` of `frames.toml`."""
    return {
        alias: Homonym(
            tuple(row.get("elsewhere", ())),
            tuple(row.get("hints", ())),
            regex.compile(rf"\s(?:{row.get('next', '(?!)')})\b"),
            row.get("everywhere", False),
        )
        for row in frames()["homonym"]
        for alias in row["aliases"]
    }


def is_longer_name(text: str, hit: Hit) -> bool:
    """Whether the name goes on to that of another body, even in a byline: `Reuters` in `Thomson Reuters Institute`."""
    homonym = homonyms().get(hit.alias)
    return homonym is not None and homonym.everywhere and homonym.next.match(text, hit.end) is not None


def other_senses(body: str, hits: Sequence[Hit], spelled: frozenset[str]) -> frozenset[str]:
    """Aliases among the hits that are no sources in this text.

    They are those that it defines otherwise (`the American Academy of Pediatrics (AAP)`), and those of which it is
    about the other thing and spells the agency out nowhere.
    """
    found = {hit.alias: hit for hit in hits if hit.sources[0].key != HEAD}
    return frozenset(alias for alias, hit in found.items() if _is_other(body, alias, hit, spelled))


def _is_other(body: str, alias: str, hit: Hit, spelled: frozenset[str]) -> bool:
    homonym = homonyms().get(alias)
    if homonym and homonym.rules(body) and not any(source.key in spelled for source in hit.sources):
        return True
    return alias.isascii() and alias.isalpha() and alias.isupper() and _is_defined_otherwise(body, alias)


def _is_defined_otherwise(body: str, alias: str) -> bool:
    at = body.find(f"({alias})")
    while at >= 0:
        words = spells(body, at, alias)
        if words and not _OF_THE_PRESS.search(words):
            return True
        at = body.find(f"({alias})", at + 1)
    return False


def spells(text: str, end: int, alias: str) -> str:
    """The words right before `text[end]` of which the acronym has the initials; "" if they have others or end a sentence.

    >>> spells("the Armed Forces of the Philippines (AFP)", 36, "AFP")
    'Armed Forces of the Philippines'
    """
    before = _WORDS_BEFORE.search(text, max(0, end - 120), end)
    if before is None or before[0].endswith(". "):  # `A fine place. (AFP)`
        return ""
    every = list(_WORD.finditer(before[0]))
    told = [word for word in every if not (word[0].islower() and len(word[0]) <= _SMALL)]
    for words in (told, every):
        last = words[-len(alias) :]
        if "".join(word[0][0] for word in last).casefold() == alias.casefold():
            return str(before[0][last[0].start() :]).strip(' "')
    return ""
