"""The sentences of a line: where each begins, and whether those before what a page adds are a story's."""

from __future__ import annotations

import regex

from pipeline.stages._words import count_words
from pipeline.stages.clean.lines import ends_sentence

__all__ = ["addresses_readers", "is_story", "sentences"]

_APART = regex.compile(r"(?<=[.!?…][\"')\]»]{0,3})\s+(?=[\p{Lu}\p{Lo}\p{N}\"'(\[©«@])|(?<=[。！？।])\s*(?=\S)")
_SHORTENED = regex.compile(r"(?r)(?:\b\p{L}(?:\.\p{L}+)*|[.\p{L}]*\.\p{L}+|\b(?P<word>\p{L}{2,5}))\.[\"')\]]{0,3}")
#: Words that are written short, with a full stop behind which a name or a figure follows.
_SHORT_WORDS = frozenset(
    "mr mrs ms dr st ste sr jr gen sen sens rep reps gov lt col sgt capt maj cpl adm rev hon prof fr supt det insp "
    "no nos vs dept inc corp ltd co bros assn ave blvd mt ft jan feb apr jun jul aug sept sep oct nov dec ala ariz ark calif "
    "colo conn del fla ga ill ind kan ky la md mass mich minn miss mo mont neb nev okla ore pa tenn tex vt va wash wis "
    "wyo ont que alta bzw nr str ca sog ev sra sr srta dna sta mme mm pol ing mgr art fig vol pp ed eds".split()
)


def sentences(flat: str) -> list[int]:
    """Where the sentences of a line begin, the first one at 0; what only looks like a sentence's end behind a word that is
    written short parts none.

    >>> sentences("He went to St. Ives. Jane Roe, of the U.S. Navy, did not.")
    [0, 21]
    """
    return [0, *(apart.end() for apart in _APART.finditer(flat) if not _is_short(flat[: apart.start()]))]


def _is_short(before: str) -> bool:
    found = _SHORTENED.match(before)
    return found is not None and (found["word"] is None or found["word"].casefold() in _SHORT_WORDS)


_STORY_WORDS = 5
# What is said of the story, and more of it behind.
_OF_THE_TEXT = regex.compile(
    r"\W*(?:(?:this|the above|the following) (?:story|article|report|copy|post|piece|content|item|text|material|page|news)\b"
    r"|disclaimer|(?:editor's )?note\b|copyright|©)",
    regex.IGNORECASE,
)


def is_story(before: str) -> bool:
    """Whether what stands before a credit, a disclaimer or the like reads like sentences of a story."""
    return count_words(before) >= _STORY_WORDS and ends_sentence(before) and _OF_THE_TEXT.match(before) is None


_WRITERS = (
    "reporters? correspondents? columnists? journalists? editors? producers? contributors? hosts? writers? authors?"
)
_OF_AUTHOR = regex.compile(
    r"(?:The )?(?-i:\p{Lu})(?:[^.!?]|\.(?=\w)){2,100}\b(?:covers|(?:is|are|has been|(?:currently )?serves as|works as)\b"
    rf"[^.!?]{{0,90}}\b(?:{'|'.join(_WRITERS.split())})\b)|The [^.!?]{{2,60}} columnist, ",
    regex.IGNORECASE,
)
_ASKS = regex.compile(
    r"(?:call|contact|reach|e-?mail|keep|never|don't|stay|get|want|like|love|enjoy|join|follow|download|catch|subscribe"
    r"|click) ",
    regex.IGNORECASE,
)
_YOU = regex.compile(r"\b(?:you|your|we|our|us)\b", regex.IGNORECASE)


def addresses_readers(before: str) -> bool:
    """Whether a house tells its readers who wrote the story, or asks them for something."""
    if _OF_AUTHOR.match(before) or _ASKS.match(before):
        return True
    return '"' not in before and _YOU.search(before) is not None
