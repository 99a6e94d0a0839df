"""Words of which a line must have one before the rules for lines are tried (`lexicon/signals.toml`), all in one automaton."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import ahocorasick_rs

from pipeline.stages.trace.tables import signals

__all__ = ["CAPITAL", "automaton", "cued", "cues", "spellings"]

#: In place of a rule's number: the letter is none of ASCII and has a small one.
CAPITAL = -2

_OPENERS = ("", "(", "[", "<", "-", "- ", "(-", "【", "*", "* ", "\u25a0", "\u2022 ")


def cues(text: str, low: int) -> list[int]:
    """Where in `text[low:]` a cue of a rule, a link or a name that is one in slots only ends, as offsets in `text`.

    `low` is the start of a line.
    """
    lowered = "\n" + text[low:].lower()
    if len(lowered) != len(text) - low + 1:  # a letter of two small ones: no offset is sure
        return list(range(low, len(text)))
    spelled = lowered.encode()
    ends = (end for _, _, end in automaton()[0].find_matches_as_indexes(spelled, overlapping=True))
    return [low + len(spelled[:end].decode()) - 2 for end in ends]


@functools.cache
def automaton() -> tuple[ahocorasick_rs.BytesAhoCorasick, tuple[int, ...]]:
    """Finds cues in text in small letters, and the number of the rule that each is of.

    Letters beyond ASCII that have small ones (`CAPITAL`) are found, too: only ASCII is made small at no cost.
    """
    capitals = [(letter, CAPITAL) for letter in map(chr, range(0x80, 0x20000)) if letter.lower() != letter]
    pairs = [*spellings(), *capitals]
    table = ahocorasick_rs.Implementation.DFA  # scans twice as fast
    automaton = ahocorasick_rs.BytesAhoCorasick([cue.encode() for cue, _ in pairs], implementation=table)
    return automaton, tuple(number for _, number in pairs)


def spellings() -> list[tuple[str, int]]:
    """The cues of all rules, each with the number of its rule; -1 for none of them.

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
    return pairs + [(cue, -1) for cue in ("://", *slots)]


@functools.lru_cache(maxsize=8192)
def cued(text: str) -> tuple[Mapping[str, Any], ...]:
    """The rules of which a cue stands in the line, in their order; kept, as the lines of a house come again."""
    finder, rules = automaton()
    matches = finder.find_matches_as_indexes(f"\n{text.lower()}".encode(), overlapping=True)
    numbers = {rules[index] for index, _, _ in matches}
    return tuple(signals()["rule"][number] for number in sorted(numbers) if number >= 0)
