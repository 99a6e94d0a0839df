"""The rules of furniture.toml, compiled, and where in a page each may apply.

A rule is tried only on lines that hold one of its cues, which `scan` finds for a whole batch: most paragraphs of a story meet
no pattern at all.
"""

from __future__ import annotations

import functools
import itertools
import string
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import regex
from ahocorasick_rs import AhoCorasick

from pipeline.stages import lexicon
from pipeline.stages._fold import flatten
from pipeline.stages._words import count_words
from pipeline.stages.clean import agencies, signatures
from pipeline.stages.clean.lines import CUELESS_WORDS, PARAGRAPH_WORDS, Line
from pipeline.stages.clean.sentences import addresses_readers, is_story, sentences

__all__ = ["Cue", "Rule", "behind", "cued", "cues", "is_item", "is_short", "match", "pattern", "rules"]

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
    unspoken: bool  # it takes no sentence in which somebody says something
    behind: bool  # it may stand behind the last sentence of a paragraph, which it does not take


_LETTERS = frozenset(string.ascii_lowercase)
_ANY_WORDS = 2**31 - 1  # as `kernels.literals.ANY`


class Cue(NamedTuple):
    """A cue of a rule, named by its number, and the most words of a line in which it is looked for.

    It begins within so many characters of a line; that of a rule for what stands `behind` sentences anywhere in any. One that
    `begins_word` stands behind no letter of ASCII: `print` is none in `sprint`.
    """

    text: str
    rule: int
    max_words: int
    within: int = sys.maxsize
    begins_word: bool = False

    def may_stand(self, lowered: str, start: int) -> bool:
        """Whether it counts where it was found, in a line in small letters."""
        is_inside = self.begins_word and start > 0 and lowered[start - 1] in _LETTERS
        return start < self.within and not is_inside

    def stands_in(self, lowered: str) -> bool:
        """Whether it counts anywhere in a line in small letters."""
        start = lowered.find(self.text)
        while start >= 0 and not self.may_stand(lowered, start):
            start = lowered.find(self.text, start + 1)
        return start >= 0


@functools.cache
def _file() -> dict[str, Any]:
    file = lexicon.load_toml("furniture.toml")
    return file | {"rule": [entry if "pattern" in entry else _listed(entry) for entry in file["rule"]]}


#: What may stand behind the phrases that a rule lists, by how it lists them.
_BEHIND = {"lines": r"(?: ?[(\[]?\d{1,6}[)\]]?)?\W*", "heads": r"(?: ?[:|>\"-].*|\W*)", "begins": ".*"}


#: Letters with a dot below that pages also write as one character, which no normal form does: the `ड़` of Hindi.
_DOTTED = {
    unicodedata.normalize("NFC", letter): letter
    for letter in map(chr, range(0x900, 0xB00))
    if len(unicodedata.normalize("NFC", letter)) > 1
}


def _forms(phrase: str) -> Iterator[str]:
    """The spellings of a phrase: composed, and with dotted letters as one character each."""
    composed = unicodedata.normalize("NFC", phrase)
    yield composed
    yield functools.reduce(lambda text, pair: text.replace(*pair), _DOTTED.items(), composed)


def _listed(entry: dict[str, Any]) -> dict[str, Any]:
    """A rule that lists what it takes, with the cues and the pattern that the phrases come to."""
    phrases = {
        name: list(dict.fromkeys(form for phrase in entry.get(name, ()) for form in _forms(flatten(phrase).lower())))
        for name in _BEHIND
    }
    ways = (f"(?:{'|'.join(map(regex.escape, phrases[name]))}){_BEHIND[name]}" for name in _BEHIND if phrases[name])
    return entry | {"cues": [*itertools.chain(*phrases.values())], "pattern": rf"\W*(?:{'|'.join(ways)})"}


@functools.cache
def rules() -> tuple[Rule, ...]:
    """All rules, in the order of the file."""
    return tuple(
        Rule(
            entry["id"],
            entry["kind"],
            _WHERE[entry["at"]],
            entry["max_words"],
            entry["kind"] in _NEVER_SPOKEN and not entry.get("titles"),
            entry.get("behind", False),
        )
        for entry in _file()["rule"]
    )


@functools.cache
def pattern(number: int) -> regex.Pattern[str]:
    """The pattern of a rule, with the terms put in; compiled with the first line that holds a cue, for that takes its time."""
    entry = _file()["rule"][number]
    filled: str = entry["pattern"]
    for name, term in _file()["terms"].items():
        filled = filled.replace(f"{{{name}}}", term)
    return regex.compile(filled, 0 if entry.get("case") else regex.IGNORECASE)


@functools.cache
def cues() -> tuple[Cue, ...]:
    """The cues of all rules."""
    return tuple(
        Cue(
            cue,
            number,
            _ANY_WORDS if entry.get("behind") else entry["max_words"],
            sys.maxsize if entry.get("behind") else entry.get("within", sys.maxsize),
            entry.get("words", False) and cue[0] in _LETTERS,
        )
        for number, entry in enumerate(_file()["rule"])
        for cue in entry.get("cues", ())
    )


@functools.cache
def _cueless() -> tuple[int, ...]:
    """The numbers of the rules without cues, which are for very short lines."""
    found = tuple(number for number, entry in enumerate(_file()["rule"]) if not entry.get("cues"))
    if wordy := [rules()[number].id for number in found if rules()[number].max_words > CUELESS_WORDS]:
        raise ValueError(f"furniture.toml: {wordy[0]} has no cues; then max_words is at most {CUELESS_WORDS}")
    return found


@functools.cache
def _automaton() -> AhoCorasick:
    return AhoCorasick([cue.text for cue in cues()])


def cued(flat: str) -> tuple[int, ...]:
    """The numbers of the rules of which a cue stands in a line, in their order; `scan` finds them for whole batches."""
    lowered = flat.lower()
    hits = _automaton().find_matches_as_indexes(lowered, overlapping=True)
    return tuple(sorted({cues()[cue].rule for cue, start, _ in hits if cues()[cue].may_stand(lowered, start)}))


#: What begins with a quotation mark is somebody's words, whatever they sound like.
_NEVER_SPEECH = frozenset({"disclaimer", "credit", "copyright", "version_note", "stamp"})


def match(line: Line, position: str, *, behind: bool = False) -> Rule | None:
    """The first rule, in the order of the file, that takes this line at that position (head, body or tail).

    `behind`: of the rules whose lines may stand behind a sentence.
    """
    numbers = cued(line.flat) if line.cued is None else line.cued
    if line.words <= CUELESS_WORDS:
        numbers = tuple(sorted({*_cueless(), *numbers})) if numbers else _cueless()
    speaks = line.flat.startswith('"')
    for number in numbers:
        rule = rules()[number]
        if position not in rule.where or line.words > rule.max_words or (behind and not rule.behind):
            continue
        if speaks and rule.kind in _NEVER_SPEECH:
            continue
        if pattern(number).fullmatch(line.flat):
            if rule.kind == "caption" and signatures.closes_jointly(line.flat):
                continue
            if rule.behind and _follows_story(line, position):
                return None
            return None if _is_spoken(rule, line) else rule
    return None


def _follows_story(line: Line, position: str) -> bool:
    """Whether only the last sentences of a line are what a rule looks for, and those before are a story's."""
    at, rule = _behind(line.flat, position)
    if rule is None:
        return False
    before = line.flat[:at].rstrip()
    if rule.kind == "caption" and count_words(before) < PARAGRAPH_WORDS:
        return False  # what is pictured, and by whom
    if rule.kind == "furniture" and addresses_readers(before) and not _spoken().search(before):
        return False
    return is_story(before) and match(_line(before), position) is None


def _line(flat: str) -> Line:
    return Line(0, len(flat), flat, count_words(flat))


_BEHIND_SENTENCES = 3


def _behind(flat: str, position: str) -> tuple[int, Rule | None]:
    """Where the last sentence, or the last few together, begin that are what a rule looks for which may stand behind others,
    and the rule; 0 if there is none, or if nothing stands before."""
    for at in reversed(sentences(flat)[1:][-_BEHIND_SENTENCES:]):
        rule = match(_line(flat[at:]), position, behind=True)
        if rule and (rule.kind != "caption" or position == "tail"):
            return at, rule
    return 0, None


_BEHIND_WIDTH = 600  # characters from the end in which such sentences stand


def behind(flat: str, cued: Sequence[int]) -> list[tuple[int, int, Rule]]:
    """What stands behind the last sentence of a story and is none of it: where, and by which rule; the last one first.

    `cued`: the rules of which the line holds a cue.
    """
    found: list[tuple[int, int, Rule]] = []
    if not any(rules()[number].behind for number in cued):
        return found
    low, end = max(0, len(flat) - _BEHIND_WIDTH), len(flat)
    while (part := _behind(flat[low:end], "tail"))[1] is not None:
        found.append((low + part[0], end, part[1]))
        end = low + part[0]
    if not found or not is_story(flat[:end].rstrip()):
        return []
    return _joined(found)


def _joined(parts: list[tuple[int, int, Rule]]) -> list[tuple[int, int, Rule]]:
    """The parts, those of one kind that stand side by side as one: "Copyright 2023 AP. All rights reserved."."""
    joined = parts[:1]
    for low, high, rule in parts[1:]:
        if rule.kind == joined[-1][2].kind:
            joined[-1] = (low, joined[-1][1], rule)
        else:
            joined.append((low, high, rule))
    return joined


def _is_spoken(rule: Rule, line: Line) -> bool:
    """Whether a line that a rule takes is a sentence in which somebody says something."""
    if rule.kind == "disclaimer":
        return _attributed().search(line.flat) is not None
    return rule.unspoken and line.ends_sentence and _spoken().search(line.flat) is not None


@functools.cache
def _attributed() -> regex.Pattern[str]:
    return regex.compile(agencies.signals()["patterns"]["attributed"], regex.IGNORECASE)


@functools.cache
def _spoken() -> regex.Pattern[str]:
    return regex.compile(_file()["spoken"], regex.IGNORECASE)


_ITEM_WORDS = 20


def is_short(line: Line) -> bool:
    """Whether a line is as short as a headline."""
    return line.words <= _ITEM_WORDS


def is_item(line: Line) -> bool:
    """Whether a line looks like a link below "Related stories": a few words, and no full stop at the end."""
    return is_short(line) and not (line.ends_sentence and not line.flat.endswith("?"))
