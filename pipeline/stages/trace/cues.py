"""Words of which a line must have one before the rules for lines are tried (`lexicon/signals.toml`), all in one automaton."""

from __future__ import annotations

import functools

from pipeline.stages.trace.finder import Finder
from pipeline.stages.trace.tables import signals

__all__ = ["ANY", "CAPITAL", "Cue", "automaton", "cued", "cues", "spellings"]

#: In place of a rule's number: a link or a name that is one in slots only, which may credit without a rule; a letter that is
#: none of ASCII and has a small one; any rule may have a cue there.
LINK, CAPITAL, ANY = -1, -2, -3

#: Where a cue of a rule ends (its last character), and the number of the rule.
Cue = tuple[int, int]

_MUCH = 1 << 21  # bytes to look through before the fast table is built, in 0.02 s

_OPENERS = ("", "(", "[", "<", "-", "- ", "(-", "【", "*", "* ", "\u25a0", "\u2022 ")


def cues(text: str, low: int) -> list[Cue]:
    """The cues in `text[low:]`, the offsets those in `text`; `low` is the start of a line."""
    lowered = "\n" + text[low:].lower()
    if len(lowered) != len(text) - low + 1:  # a letter of two small ones: no offset is sure
        return [(place, ANY) for place in range(low, len(text))]
    finder, rules = automaton()
    spelled = lowered.encode()
    found = finder.places(spelled)
    return [(low + len(spelled[:end].decode()) - 2, rules[cue]) for cue, _, end in found]


@functools.cache
def automaton() -> tuple[Finder, tuple[int, ...]]:
    """Finds cues in text in small letters, and the number of the rule that each is of.

    Letters beyond ASCII that have small ones (`CAPITAL`) are found, too: only ASCII is made small at no cost.
    """
    capitals = [(letter, CAPITAL) for letter in map(chr, range(0x80, 0x20000)) if letter.lower() != letter]
    pairs = [*spellings(), *capitals]
    return Finder([cue for cue, _ in pairs], much=_MUCH), tuple(number for _, number in pairs)


def spellings() -> list[tuple[str, int]]:
    """The cues of all rules, each with the number of its rule.

    The words of a rule stand at the start of a line: many are as short as "con".
    """
    pairs = [(cue, number) for number, rule in enumerate(signals()["rule"]) for cue in rule.get("cues", ())]
    pairs += [
        (f"\n{opener}{word}", number)
        for number, rule in enumerate(signals()["rule"])
        for word in signals()["words"].get(rule.get("words"), ())
        for opener in _OPENERS
    ]
    slots = (f"({name})" if name.isascii() else name for name in signals()["slot_names"])
    return pairs + [(cue, LINK) for cue in ("://", *slots)]


@functools.lru_cache(maxsize=8192)
def cued(line: str) -> frozenset[int]:
    """The rules of which a cue stands in the line; kept, as the lines of a house come again."""
    finder, rules = automaton()
    found = finder.places(f"\n{line.lower()}".encode())
    return frozenset(rules[cue] for cue, _, _ in found)
