"""What servers send in the place of an article: a page that asks for consent, or for a proof of being human, or an error.

Crawlers keep it as if it were the article, and by the hundred from one provider they would be prints of one story.
"""

from __future__ import annotations

import functools
import re

from ahocorasick_rs import AhoCorasick

from pipeline.stages import lexicon
from pipeline.stages._fold import flatten

__all__ = ["MOST_CHARACTERS", "MOST_WORDS", "wall"]

#: A longer text is an article, whatever stands in it.
MOST_WORDS, MOST_CHARACTERS = 250, 4_000
_SITE = re.compile(r"\s[|:·-]+\s")  # the name of the site stands behind it


@functools.cache
def _known() -> tuple[frozenset[str], AhoCorasick]:
    """The headlines of such pages, and words that stand in them."""
    walls = lexicon.load_toml("walls.toml")
    return frozenset(walls["titles"]), AhoCorasick(walls["phrases"])


def wall(headline: str | None, text: str) -> str | None:
    """The words by which a text is told to be no article: its headline, its first line, or what stands in it; None for one.

    >>> wall("Just a moment... | Norrvik Post", "One moment."), wall("Just a moment of joy", "It was that.")
    ('just a moment', None)
    """
    titles, phrases = _known()
    flat = flatten(text).lstrip()
    for line in (flatten(headline or ""), flat.partition("\n")[0]):
        title = _SITE.split(line, maxsplit=1)[0].strip(" .!?…").casefold()
        if title in titles:
            return title
    folded = flat.casefold()
    within = phrases.find_matches_as_indexes(folded)
    return folded[within[0][1] : within[0][2]] if within else None
