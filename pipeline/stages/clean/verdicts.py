"""What an article is, from its headline, notes and lines: version, status, kind, completeness, language."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import regex

from pipeline.stages import lexicon
from pipeline.stages._fold import flatten
from pipeline.stages.clean.lines import Strip, has_digit

__all__ = ["Version", "kind_of", "language_of", "text_state_of", "version_of"]


@dataclass(frozen=True, slots=True)
class Version:
    """`text` as marked (None: not marked); `rank` orders the versions of one item: 0 the unmarked first one, larger is
    later, an alert before it is -1; `status` usable, corrected or withdrawn."""

    text: str | None
    rank: int
    status: str


@dataclass(frozen=True, slots=True)
class _Rules:
    versions: tuple[tuple[regex.Pattern[str], int, str], ...]  # pattern, rank, status
    kinds: tuple[tuple[tuple[str, ...], regex.Pattern[str], str], ...]  # cues, pattern, kind


@functools.cache
def _rules() -> _Rules:
    table = lexicon.load_toml("versions.toml")
    return _Rules(
        tuple(
            (
                regex.compile(entry["pattern"], 0 if entry.get("case") else regex.IGNORECASE),
                entry["rank"],
                entry["status"],
            )
            for entry in table["version"]
        ),
        tuple(
            (tuple(entry["cues"]), regex.compile(entry["pattern"], regex.IGNORECASE), entry["id"])
            for entry in table["kind"]
        ),
    )


_WITHDRAWN = frozenset(
    {"canceled", "cancelled", "withheld", "withdrawn", "killed", "kill", "elimination", "retracted", "deleted"}
)
_CORRECTED = frozenset({"corrected", "correction", "corrective"})
_CORRECTING_NOTE = regex.compile(
    r"\b(corrects|corrected|correction|corrective|an editing error|misstated|misidentified)\b|\(정정\)|訂正|更正",
    regex.IGNORECASE,
)
_HIGHEST = 1_000_000  # a rank above this is no count of versions but a date or an id


def version_of(headline: str | None, version: str | None, status: str | None, notes: list[str]) -> Version:
    """The version: from the record's own field if that is a number, else from the headline's tag.

    `status` is the record's (IPTC pubstatus: canceled and withheld count as withdrawn), `notes` its editor's note and
    the version notes found in the text.
    """
    text, rank, found = _tagged(flatten(headline).strip() if headline else "")
    if version and version.strip():
        text = version.strip()
        rank = int(text) if text.isascii() and text.isdigit() and int(text) <= _HIGHEST else rank
    stated = (status or "").strip().casefold()
    stated = stated.rpartition(":")[2]  # "stat:canceled"
    if found == "withdrawn" or stated in _WITHDRAWN:
        return Version(text, rank, "withdrawn")
    corrected = found == "corrected" or stated in _CORRECTED or any(_CORRECTING_NOTE.search(note) for note in notes)
    return Version(text, rank, "corrected" if corrected else "usable")


def _tagged(headline: str) -> tuple[str | None, int, str]:
    for pattern, rank, status in _rules().versions:
        if match := pattern.search(headline):
            number = match.groupdict().get("n")
            return match[0].strip(" -:"), rank + (int(number) if number else 0), status
    return None, 0, "usable"


_TIMED = regex.compile(r"\W*\d{1,2}[:.]\d{2}\s*(?:[ap]\.?m\b\.?|uhr|h\b|ist|gmt|et|bst|cet)?(?:\W|$)", regex.IGNORECASE)
_TIMED_LEAST = 6  # lines that begin with a time of day
_TIMED_SHARE = 0.15


def kind_of(headline: str | None, paragraphs: list[str], strips: list[Strip], *, paid_dateline: bool) -> str:
    """editorial, release, digest or liveblog; a release is one by its dateline, its disclaimer or its headline."""
    if paid_dateline or any(strip.rule == "disclaimer-release" for strip in strips):
        return "release"
    text = flatten(headline).lower() if headline else ""
    for cues, pattern, kind in _rules().kinds:
        if any(cue in text for cue in cues) and pattern.search(text):
            return kind
    timed = sum(1 for text in paragraphs if has_digit(text[:4]) and _TIMED.match(text))
    return "liveblog" if timed >= max(_TIMED_LEAST, _TIMED_SHARE * len(paragraphs)) else "editorial"


_TEASER_WORDS = 120
_WALLED_WORDS = 250  # above, the words of a paywall stand beside a text that is there in full


def text_state_of(body: str, n_words: int, strips: list[Strip], stub_words: int) -> str:
    """full, stub (cut by a paywall, a teaser, or too short) or unknown (it breaks off with dots, at any length)."""
    breaks_off = body.endswith(("...", "…", "[...]", "[…]"))
    walled = n_words < _WALLED_WORDS and any(strip.rule == "paywall" for strip in strips)
    if n_words < stub_words or walled or (breaks_off and n_words < _TEASER_WORDS):
        return "stub"
    return "unknown" if breaks_off else "full"


_SCRIPTS = tuple(
    (language, regex.compile(pattern))
    for language, pattern in (
        ("ko", r"\p{Hangul}"),
        ("ja", r"[\p{Hiragana}\p{Katakana}]"),
        ("zh", r"\p{Han}"),
        ("hi", r"\p{Devanagari}"),
        ("th", r"\p{Thai}"),
        ("ar", r"\p{Arabic}"),
        ("ru", r"\p{Cyrillic}"),
        ("el", r"\p{Greek}"),
        ("he", r"\p{Hebrew}"),
    )
)
_LETTER = regex.compile(r"\p{L}")
_SAMPLE = 600  # characters
_SHARE = 0.3  # of the letters, for a script to name the language; kana are rarer among Han
_KANA_SHARE = 0.1


def language_of(stated: str | None, body: str) -> str | None:
    """The record's language as its primary subtag ("en-GB" -> "en"), else what the script alone says, else None.

    A script that several languages share names the one that most news in it is written in.
    """
    tag = regex.split(r"[-_]", stated.strip().casefold(), maxsplit=1)[0] if stated else ""
    if tag.isalpha() and 2 <= len(tag) <= 3:
        return tag
    sample = body[:_SAMPLE]
    if sample.isascii():
        return None
    letters = len(_LETTER.findall(sample))
    for language, pattern in _SCRIPTS:
        share = _KANA_SHARE if language == "ja" else _SHARE
        if letters and len(pattern.findall(sample)) >= share * letters:
            return language
    return None
