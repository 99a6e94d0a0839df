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
_SLUG = regex.compile(r"\b\p{L}\w*(?:--?\w+)+\b|\b(?=\w*\p{L})(?=\w*\p{N})\w{4,40}\b|\b\p{N}{6,20}\b")


def names(headline: str | None, text: str) -> list[str]:
    """What a notice calls the story: its own headline without the tag, what it quotes, and what looks like a slug or number.

    Examples: `WITHDRAWN: Ferry hits pier` names `Ferry hits pier`; `Kill BC-US--Ferry. The story headlined "Ferry hits pier"
    is wrong` names both. Names that no story has do no harm.
    """
    flat = flatten(text[:_READ])
    found = [untagged(headline), *_QUOTED.findall(flat), *_SLUG.findall(f"{flatten(headline or '')}\n{flat}")]
    return list(dict.fromkeys(name.strip(" .,;:") for name in found if name.strip(" .,;:")))[:_MOST]
