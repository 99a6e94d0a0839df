"""The rules of furniture.toml, compiled, and where in a page each may apply.

A rule is tried only on lines that hold one of its cues, found for all rules at once by an Aho-Corasick automaton: most
paragraphs of a story meet no pattern at all.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import regex
from ahocorasick_rs import AhoCorasick, Implementation

from pipeline.stages import lexicon
from pipeline.stages.clean.lines import Line

__all__ = ["Rule", "is_item", "is_short", "match"]

#: A sentence in which somebody said something is the story's, though it begins like one of these.
_NEVER_SPOKEN = frozenset({"furniture", "copyright"})

_WHERE = {"head": ("head",), "tail": ("tail",), "ends": ("head", "tail"), "anywhere": ("head", "body", "tail")}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of furniture.toml, which says what its parts mean."""

    id: str
    kind: str
    where: tuple[str, ...]
    max_words: int
    pattern: regex.Pattern[str]
    unspoken: bool  # it takes no sentence in which somebody says something


@dataclass(frozen=True, slots=True)
class _Zone:
    """The rules that may apply at one position, in the order of the file."""

    rules: tuple[Rule, ...]
    cues: AhoCorasick
    rule_of_cue: tuple[int, ...]  # cue number -> rule number
    cueless: tuple[int, ...]  # rules without cues
    cueless_words: int  # they take no line of more words
    longest: int  # no rule takes a line of more words


@functools.cache
def _table() -> tuple[tuple[Rule, tuple[str, ...]], ...]:
    """All rules with their cues."""
    lexicon_file = lexicon.load_toml("furniture.toml")

    def filled(pattern: str) -> str:
        return functools.reduce(lambda text, term: text.replace(*term), terms, pattern)

    terms = [(f"{{{name}}}", term) for name, term in lexicon_file["terms"].items()]
    return tuple(
        (
            Rule(
                entry["id"],
                entry["kind"],
                _WHERE[entry["at"]],
                entry["max_words"],
                regex.compile(filled(entry["pattern"]), 0 if entry.get("case") else regex.IGNORECASE),
                entry["kind"] in _NEVER_SPOKEN and not entry.get("titles"),
            ),
            tuple(entry.get("cues", ())),
        )
        for entry in lexicon_file["rule"]
    )


@functools.cache
def _zone(position: str) -> _Zone:
    entries = [(rule, cues) for rule, cues in _table() if position in rule.where]
    rules = tuple(rule for rule, _ in entries)
    numbered = [(cue, number) for number, (_, cues) in enumerate(entries) for cue in cues]
    cueless = tuple(number for number, (_, cues) in enumerate(entries) if not cues)
    return _Zone(
        rules,
        AhoCorasick([cue for cue, _ in numbered], implementation=Implementation.DFA),
        tuple(number for _, number in numbered),
        cueless,
        max((rules[number].max_words for number in cueless), default=0),
        max(rule.max_words for rule in rules),
    )


def _candidates(line: Line, zone: _Zone) -> list[int]:
    """The numbers of the rules one of whose cues is in the line, in order."""
    hits = zone.cues.find_matches_as_indexes(line.flat.lower(), overlapping=True)
    cueless = zone.cueless if line.words <= zone.cueless_words else ()
    return sorted({*cueless, *(zone.rule_of_cue[cue] for cue, _, _ in hits)}) if hits else list(cueless)


#: What begins with a quotation mark is somebody's words, whatever they sound like.
_NEVER_SPEECH = frozenset({"disclaimer", "credit", "copyright", "version_note", "stamp"})


def match(line: Line, position: str) -> Rule | None:
    """The first rule, in the order of the file, that takes this line at that position (head, body or tail)."""
    zone = _zone(position)
    if line.words > zone.longest:
        return None
    speaks = line.flat.startswith('"')
    for number in _candidates(line, zone):
        rule = zone.rules[number]
        if speaks and rule.kind in _NEVER_SPEECH:
            continue
        if line.words <= rule.max_words and rule.pattern.fullmatch(line.flat):
            return None if rule.unspoken and line.ends_sentence and _spoken().search(line.flat) else rule
    return None


@functools.cache
def _spoken() -> regex.Pattern[str]:
    return regex.compile(lexicon.load_toml("furniture.toml")["spoken"], regex.IGNORECASE)


_ITEM_WORDS = 20


def is_short(line: Line) -> bool:
    """Whether a line is as short as a headline."""
    return line.words <= _ITEM_WORDS


def is_item(line: Line) -> bool:
    """Whether a line looks like a link below "Related stories": a few words, and no full stop at the end."""
    return is_short(line) and not (line.ends_sentence and not line.flat.endswith("?"))
