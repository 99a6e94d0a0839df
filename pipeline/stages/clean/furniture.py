"""The rules of furniture.toml, compiled, and where in a page each may apply.

A rule is tried only on lines that hold one of its cues, found for all rules at once by an Aho-Corasick automaton: most
paragraphs of a story meet no pattern at all.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass

import regex
from ahocorasick_rs import AhoCorasick

from pipeline.stages import lexicon
from pipeline.stages.clean.lines import Line

__all__ = ["Rule", "is_item", "match"]

_WHERE = {"head": ("head",), "tail": ("tail",), "ends": ("head", "tail"), "anywhere": ("head", "body", "tail")}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `items`: the short lines after it go with it."""

    id: str
    kind: str
    where: tuple[str, ...]
    max_words: int
    pattern: regex.Pattern[str]
    items: bool


@dataclass(frozen=True, slots=True)
class _Rules:
    rules: tuple[Rule, ...]
    cues: AhoCorasick
    rule_of_cue: tuple[int, ...]  # cue number -> rule number
    always: tuple[int, ...]  # rules without cues
    longest: int  # no rule takes a line of more words


@functools.cache
def _rules() -> _Rules:
    table = lexicon.load_toml("furniture.toml")["rule"]
    rules = tuple(
        Rule(
            entry["id"],
            entry["kind"],
            _WHERE[entry["at"]],
            entry["max_words"],
            regex.compile(entry["pattern"], 0 if entry.get("case") else regex.IGNORECASE),
            entry.get("items", False),
        )
        for entry in table
    )
    cues = [(cue, number) for number, entry in enumerate(table) for cue in entry.get("cues", ())]
    return _Rules(
        rules,
        AhoCorasick([cue for cue, _ in cues]),
        tuple(number for _, number in cues),
        tuple(number for number, entry in enumerate(table) if not entry.get("cues")),
        max(rule.max_words for rule in rules),
    )


def _candidates(flat: str) -> Iterator[int]:
    rules = _rules()
    hits = rules.cues.find_matches_as_indexes(flat.lower(), overlapping=True)
    yield from sorted({*rules.always, *(rules.rule_of_cue[cue] for cue, _, _ in hits)})


#: What begins with a quotation mark is somebody's words, whatever they sound like.
_NEVER_SPEECH = frozenset({"disclaimer", "credit", "copyright", "version_note", "stamp"})


def match(line: Line, position: str) -> Rule | None:
    """The first rule, in the order of the file, that takes this line at that position (head, body or tail)."""
    rules = _rules()
    if line.words > rules.longest:
        return None
    speaks = line.flat.startswith('"')
    for number in _candidates(line.flat):
        rule = rules.rules[number]
        if speaks and rule.kind in _NEVER_SPEECH:
            continue
        if line.words <= rule.max_words and position in rule.where and rule.pattern.fullmatch(line.flat):
            return rule
    return None


_ITEM_WORDS = 20


def is_item(line: Line) -> bool:
    """Whether a line looks like a link below "Related stories": a few words, and no full stop at the end."""
    return line.words <= _ITEM_WORDS and not (line.ends_sentence and not line.flat.endswith("?"))
