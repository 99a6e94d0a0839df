"""Which story a notice is about: an agency that kills or corrects one names it by headline, slug or number."""

from __future__ import annotations

import regex

from pipeline.stages._fold import flatten
from pipeline.stages.clean.verdicts import untagged

__all__ = ["SHORT", "TOP", "names"]

SHORT = 150  # words; a shorter text may be a notice and nothing else
TOP = 300  # characters of such a text that may say so

_READ = 2_000  # characters
_MOST = 20
_QUOTED = regex.compile(r"[\"“„«「『‹'‘]([^\"“”„«»「」『』‹›\n]{8,200})[\"”“»」』›'’](?!\p{L})")
_SLUG = regex.compile(r"\b\p{L}\w*(?:--?\w+)+\b|\b(?=\w*\p{L})(?=\w*\p{N})\w{6,40}\b|\b\p{N}{6,20}\b")
_TELLING = regex.compile(
    r".*--.*|\p{Lu}[\p{Lu}\p{N}]*-.*-.*|\p{Lu}{3,}-\p{Lu}{3,}|"
    r"(?!\D*(?:19|20)\d\d\D*$)(?:\D*\d){4}.*"  # four digits that are no year
)


def names(headline: str | None, text: str, n_words: int) -> list[str]:
    """What a notice calls the story: its own headline without the tag and, if it is short, what it quotes, slugs and numbers.

    Examples: `WITHDRAWN: Ferry hits pier` names `Ferry hits pier`; `Kill BC-US--Ferry. The story headlined "Ferry hits pier"
    is wrong` names both. A longer text is the story itself, or tells it again. What looks like a slug and may be a subject is
    none: `COVID-19`, `G-20`, `Tokyo-2020`. Names that no story of the agency has do no harm.
    """
    found = [untagged(headline)]
    if n_words < SHORT:
        flat = flatten(text[:_READ])
        slugs = _SLUG.findall(f"{flatten(headline or '')}\n{flat}")
        found += [*_QUOTED.findall(flat), *filter(_TELLING.fullmatch, slugs)]
    return list(dict.fromkeys(name.strip(" .,;:") for name in found if name.strip(" .,;:")))[:_MOST]
