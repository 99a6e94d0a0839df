"""The names of agencies, as clean looks for them."""

from __future__ import annotations

import functools
from typing import Any

import regex

from pipeline.stages import lexicon

__all__ = ["acronyms", "acronyms_alone", "kinds", "names", "one_of", "signals"]


@functools.cache
def signals() -> dict[str, Any]:
    """What signals.toml says, its patterns as text."""
    return lexicon.load_toml("signals.toml")


def _slot_names() -> tuple[str, ...]:
    """Words that mean an agency only where an agency's name is due, such as the Hindi service of PTI ("language")."""
    return tuple(signals()["slot_names"])


@functools.cache
def kinds() -> dict[str, str]:
    """Names and aliases of agencies, without case -> kind; two agencies of one name: the first in the file."""
    found: dict[str, str] = {}
    for agency in lexicon.agencies():
        for name in (agency.name, *agency.aliases, *agency.native_aliases):
            found.setdefault(name.strip("/").casefold(), agency.kind)
    found |= dict.fromkeys(_slot_names(), "national")
    for outlet in lexicon.outlets():  # "(CNN) ..."
        if outlet.policy == "any":
            found.setdefault(outlet.name.casefold(), outlet.type)
    return found


@functools.cache
def names(*, alone: bool, languages: str = "") -> frozenset[str]:
    """The agencies' names as written.

    `alone`: without acronyms that never stand alone; `languages` ("ru|uk"): of the agencies that write in one of them.
    """
    found = {
        name
        for agency in lexicon.agencies()
        if agency.kind != "photo" and (not languages or set(languages.split("|")) & set(agency.languages))
        for name in (agency.name, *agency.aliases, *agency.native_aliases)
        if not (alone and agency.policy == "full" and " " not in name)
    }
    return frozenset(found.union(name for name in _slot_names() if not (alone and name in acronyms())))


@functools.cache
def acronyms_alone() -> frozenset[str]:
    """What begins a story without brackets: the names that stand alone, and outlets in capitals that mean nothing else."""
    return names(alone=True) | {one.name for one in lexicon.outlets() if one.policy == "any" and one.name.isupper()}


@functools.cache
def acronyms() -> frozenset[str]:
    """Those of the slot names that are too short to have a desk or a person beside them: SDA."""
    return frozenset(name for name in _slot_names() if name.isascii() and name.isupper())


def one_of(*, alone: bool, languages: str = "", script: str = "") -> str:
    """A pattern for any of these names, the longest first; `script`: of those written in it ("Thai")."""
    known = names(alone=alone, languages=languages)
    if script:
        is_written = regex.compile(rf"\p{{{script}}}")
        known = frozenset(filter(is_written.match, known))
    return f"(?:{lexicon.one_of(known)})"
