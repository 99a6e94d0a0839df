"""What an article is, from its headline, notes and lines: version, status, kind, completeness, language."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import regex
from ahocorasick_rs import AhoCorasick, Implementation

from pipeline.stages import lexicon
from pipeline.stages._fold import flatten
from pipeline.stages._language import by_script
from pipeline.stages._late import late
from pipeline.stages._words import count_words
from pipeline.stages.clean import structure
from pipeline.stages.clean.galleries import is_gallery
from pipeline.stages.clean.lines import Shape, Strip

__all__ = [
    "Version",
    "kind_of",
    "language_of",
    "opening_cues",
    "stated",
    "text_state_of",
    "untagged",
    "version_of",
]


@dataclass(frozen=True, slots=True)
class Version:
    """`text` as marked (None: not marked); `rank` orders the versions of one item: 0 the unmarked first one, larger is
    later, an alert before it is -1; `status` usable, corrected or withdrawn."""

    text: str | None
    rank: int
    status: str


@dataclass(frozen=True, slots=True)
class _Rule:
    """One rule of versions.toml, which says what its parts mean. A version has a rank and a status, a kind its condition."""

    pattern: regex.Pattern[str]
    verdict: str  # status or kind
    rank: int = 0
    condition: str = ""


@dataclass(frozen=True, slots=True)
class _Rules:
    """Rules in the order of the file, and their cues, all looked for at once: most headlines meet no pattern at all."""

    rules: tuple[_Rule, ...]
    cues: AhoCorasick
    rule_of_cue: tuple[int, ...]  # cue number -> rule number

    def found_in(self, text: str) -> Iterator[tuple[_Rule, regex.Match[str]]]:
        """The rules whose words are in the text, and where."""
        hits = self.cues.find_matches_as_indexes(text.lower(), overlapping=True)
        for number in sorted({self.rule_of_cue[cue] for cue, _, _ in hits}) if hits else ():
            if match := self.rules[number].pattern.search(text):
                yield self.rules[number], match


@dataclass(frozen=True, slots=True)
class _Lexicon:
    versions: _Rules
    headline: _Rules  # kinds
    opening: _Rules  # kinds
    opening_cues: tuple[str, ...]
    correcting: regex.Pattern[str]
    killing: regex.Pattern[str]
    withdrawing: regex.Pattern[str]
    chronicle: regex.Pattern[str]
    reporting: tuple[str, ...]


@functools.cache
def _lexicon() -> _Lexicon:
    table = lexicon.load_toml("versions.toml")
    parts: dict[str, list[dict[str, Any]]] = {"headline": [], "opening": []}
    for entry in table["kind"]:
        parts[entry.get("part", "headline")].append(entry)
    return _Lexicon(
        _compiled(table["version"], "status"),
        _compiled(parts["headline"], "kind"),
        _compiled(parts["opening"], "kind"),
        tuple(cue for entry in parts["opening"] for cue in entry["cues"]),
        late(table["correcting"], regex.IGNORECASE),
        late(table["killing"], regex.IGNORECASE),
        late(table["withdrawing"], regex.IGNORECASE),
        late(table["chronicle"], regex.IGNORECASE),
        tuple(table["reporting"]),
    )


def _compiled(entries: list[dict[str, Any]], verdict: str) -> _Rules:
    cues = [(cue, number) for number, entry in enumerate(entries) for cue in entry["cues"]]
    return _Rules(
        tuple(
            _Rule(
                late(entry["pattern"], 0 if entry.get("case") else regex.IGNORECASE),
                entry[verdict],
                entry.get("rank", 0),
                entry.get("if", ""),
            )
            for entry in entries
        ),
        AhoCorasick([cue for cue, _ in cues], implementation=Implementation.DFA),
        tuple(number for _, number in cues),
    )


_WITHDRAWN = frozenset(
    {"canceled", "cancelled", "withheld", "withdrawn", "killed", "kill", "elimination", "retracted", "deleted"}
)
_CORRECTED = frozenset({"corrected", "correction", "corrective"})
_HIGHEST = 1_000_000  # a rank above this is no count of versions but a date or an id


def version_of(headline: str | None, version: str | None, status: str | None, notes: list[str], top: str) -> Version:
    """The version: from the record's own field if that is a number, else from the headline's tag.

    `status` is the record's (IPTC pubstatus: canceled and withheld count as withdrawn), `notes` its editor's note and
    the version notes found in the text; `top` the beginning of a short text, "" of a longer one.
    """
    text, rank, found = _tagged(flatten(headline).strip() if headline else "")
    if version and version.strip():
        text = version.strip()
        rank = int(text) if text.isascii() and text.isdigit() and int(text) <= _HIGHEST else rank
    said = {found, stated(status)}
    killed = any(_lexicon().killing.search(note) for note in (*notes, top) if note)
    if "withdrawn" in said or killed or any(_lexicon().withdrawing.search(note) for note in notes):
        return Version(text, rank, "withdrawn")
    corrected = "corrected" in said or any(_lexicon().correcting.search(note) for note in notes)
    return Version(text, rank, "corrected" if corrected else "usable")


def stated(status: str | None) -> str:
    """What a record's own status says: withdrawn, corrected or "" for anything else."""
    if not status:
        return ""
    said = status.strip().casefold().rpartition(":")[2]  # "stat:canceled"
    return "withdrawn" if said in _WITHDRAWN else "corrected" if said in _CORRECTED else ""


def untagged(headline: str | None) -> str:
    """A headline without what marks its version."""
    flat = flatten(headline).strip() if headline else ""
    for _, match in _lexicon().versions.found_in(flat):
        return f"{flat[: match.start()]} {flat[match.end() :]}".strip(" -:,|")
    return flat


def _tagged(headline: str) -> tuple[str | None, int, str]:
    for rule, match in _lexicon().versions.found_in(headline):
        number = match.groupdict().get("n")
        return match[0].strip(" -:"), rule.rank + (int(number) if number else 0), rule.verdict
    return None, 0, "usable"


def opening_cues() -> tuple[str, ...]:
    """The cues of rules for first paragraphs, one of which a paragraph must have to announce what follows."""
    return _lexicon().opening_cues


_OPENINGS = 2  # paragraphs that may say what follows
_OPENING = 200  # characters of each


def kind_of(
    headline: str | None,
    paragraphs: list[str],
    strips: list[Strip],
    shape: Shape | None,
    *,
    announced: bool,
    paid: bool,
) -> str:
    """editorial, release, digest or liveblog: by dateline and disclaimer, then by words, then by the shape of the body.

    A release has the dateline, byline, disclaimer or headline of one; of the first two `paid` tells. A digest is whatever
    holds several stories or none of its own: round-ups, running files, press reviews, pages of links or of captions; and
    speeches, interviews and other transcripts, whose words are the event's, so that two outlets that print them have not
    copied one another. `shape` is that of the text whose lines the paragraphs were, None where these may begin otherwise.
    `announced`: whether a paragraph may hold one of `opening_cues`.
    """
    if paid or any(strip.rule.startswith("disclaimer-release") for strip in strips):
        return "release"
    text = flatten(headline).strip() if headline else ""
    openings = [paragraph[:_OPENING] for paragraph in paragraphs[:_OPENINGS]] if announced else []
    said = map(_lexicon().opening.found_in, openings)
    for rule, _ in itertools.chain(_lexicon().headline.found_in(text), *said):
        if _bears_out(rule, paragraphs):
            return rule.verdict
    return _by_shape(text, paragraphs, strips, shape)


def _bears_out(rule: _Rule, paragraphs: list[str]) -> bool:
    """Whether the body looks like what the words of the rule announce."""
    if rule.condition == "entries":
        return structure.is_live_blog(paragraphs, announced=True)
    if rule.condition == "voices":
        return structure.is_transcript(paragraphs, announced=True)
    if rule.condition == "verbatim":
        return structure.is_verbatim(paragraphs, _lexicon().reporting)
    return True


def _by_shape(headline: str, paragraphs: list[str], strips: list[Strip], shape: Shape | None) -> str:
    if (shape is None or structure.may_be_live_blog(shape)) and structure.is_live_blog(paragraphs):
        return "editorial" if _lexicon().chronicle.search(headline) else "liveblog"
    dateline = any(strip.kind == "dateline" for strip in strips)
    if (
        (
            (shape is None or structure.may_be_round_up(shape, dateline=dateline))
            and structure.is_round_up(paragraphs, dateline=dateline)
        )
        or (
            (shape is None or structure.may_be_transcript(shape, len(paragraphs)))
            and structure.is_transcript(paragraphs)
        )
        or structure.is_list_of_links(paragraphs)
        or is_gallery(paragraphs)
    ):
        return "digest"
    return "editorial"


_TEASER_WORDS = 120
_WALLS = frozenset({"paywall", "paywall-cipher"})
_WALLED_WORDS = 250  # above, the words of a paywall stand beside a text that is there in full


def text_state_of(body: str, n_words: int, strips: list[Strip], stub_words: int) -> str:
    """full, stub (cut by a paywall, a teaser, or too short) or unknown (it breaks off with dots, at any length)."""
    breaks_off = body.endswith(("...", "…", "[...]", "[…]")) and _is_prose_at_end(body)
    walled = n_words < _WALLED_WORDS and any(strip.rule in _WALLS for strip in strips)
    if n_words < stub_words or walled or (breaks_off and n_words < _TEASER_WORDS):
        return "stub"
    return "unknown" if breaks_off else "full"


_PROSE_WORDS = 5


def _is_prose_at_end(body: str) -> bool:
    """Whether a body ends in prose, and not in a few words that stand below it: "Please wait..."."""
    above, _, last = body.rpartition("\n")
    return not above or count_words(last) >= _PROSE_WORDS


_SAMPLE = 600  # characters


@functools.lru_cache(maxsize=1_024)
def _tag(stated: str) -> str:
    """The code of a language by a code or its name; "" for what is neither."""
    name = regex.split(r"[-_(,;]", stated.casefold(), maxsplit=1)[0].strip()
    is_code = name.isalpha() and 2 <= len(name) <= 3
    return _languages().get(name, name if is_code else "")


@functools.cache
def _languages() -> dict[str, str]:
    """The codes of languages by their other codes and their names."""
    return {name: row["code"] for row in lexicon.rows("languages.csv") for name in row["names"].split(";")}


def language_of(stated: str | None, body: str) -> str | None:
    """The record's language as its primary subtag ("en-GB", "eng", "English" -> "en"), else what the script says, else None.

    Where several languages share a script, letters and words that only one has tell it; else it is the one of most news.
    """
    if tag := _tag(stated) if stated else "":
        return tag
    return by_script(body[:_SAMPLE])
