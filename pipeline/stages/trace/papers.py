"""Names of papers as lists of authors spell them, whether a lexicon has them or not.

The place may stand in brackets, `The (Wilmington, Del.) News Journal`; of that a tool that cuts lists at their commas leaves
`The Wilmington` and `Del News Journal`.
"""

from __future__ import annotations

import functools

import regex

from pipeline.stages import lexicon
from pipeline.stages.trace.tables import signals

__all__ = ["PLACED", "paper", "unknown_outlet", "unplaced"]

#: A place in brackets within a name.
PLACED = regex.compile(r"(?<=\p{L}\.?\s)\(\p{Lu}[^()]*\)(?=\s\p{Lu})")

_CITY_PLACED = regex.compile(r"(?<=\b[Tt]he\s)\((?P<city>\p{Lu}[^(),]*)(?:,[^()]*)?\)(?=\s\p{Lu})")
_INITIAL = regex.compile(r"\s\p{Lu}\.\s")  # `Lena H. Sun` is a person
_ACRONYM = regex.compile(r"(?:[KW][A-Z]{2,3}|[A-Z]{2})\s")  # `KXYZ NEWS`, `PR TIMES`
_ARTICLES = frozenset({"La"})


def unplaced(text: str) -> str:
    """The text with places in brackets as words of the names, a city, or gone, a state.

    >>> unplaced("The (Stuart, Fla.) News"), unplaced("Ashford (N.C.) Times")
    ('The Stuart News', 'Ashford Times')
    """
    return str(PLACED.sub("", _CITY_PLACED.sub(r"\g<city>", text)).replace("  ", " ")) if "(" in text else text


def paper(part: str) -> str:
    """A part of a list of authors as the paper calls itself, without the state that stood in brackets with its city.

    >>> paper("Del News Journal"), paper("N J Record"), paper("Vale News")
    ('News Journal', 'Record', 'Vale News')
    """
    cut = _state().match(part)
    return part[cut.end() :] if cut else unplaced(part)


@functools.cache
def _state() -> regex.Pattern[str]:
    """A state's short name as such tools leave it, without full stops."""
    regions = lexicon.load_toml("places.toml")["regions"]
    return regex.compile(
        rf"(?:{lexicon.one_of({name.replace('.', ' ') for name in regions} - _ARTICLES)})\s(?=\p{{Lu}})"
    )


def unknown_outlet(part: str) -> str | None:
    """The name, if it reads like a newspaper's: two words or more that end in `Gazette`, three that end in `Press`."""
    patterns = signals()["patterns"]
    name = unplaced(part).strip().removeprefix("the ").removeprefix("The ")
    words = (name.title() if name.isupper() else name).split()
    if name.isupper() and _ACRONYM.match(name):
        return None
    if len(words) < 2 or not patterns["unknown_outlet"].fullmatch(name) or _INITIAL.search(name):
        return None
    if " " not in paper(name):
        return None  # one common word, whatever stood before it
    ends = (words[-1], " ".join(words[-2:]))
    if any(map(patterns["outlet_heads"].fullmatch, ends[: len(words) - 1])):
        return name
    return name if len(words) > 2 and any(map(patterns["outlet_heads_long"].fullmatch, ends)) else None
