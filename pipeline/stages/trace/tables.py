"""What the trace stage knows of words: `frames.toml` (citations) and `signals.toml` (credits), each read once."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import regex

from pipeline.stages import lexicon
from pipeline.stages._late import late

__all__ = ["frames", "signals"]

_CASED = frozenset({"unknown_outlet", "outlet_heads", "outlet_heads_long", "dateline"})
_PARTS = ("programme", "staffed", "said_from")  # of other patterns


@functools.cache
def frames() -> Mapping[str, Any]:
    """`frames.toml` as it is written."""
    return lexicon.load_toml("frames.toml")


@functools.cache
def signals() -> Mapping[str, Any]:
    """`signals.toml` with its patterns compiled, and the words of a rule put into it."""
    table = lexicon.load_toml("signals.toml")
    words = {f"{{{name}}}": lexicon.one_of(listed) for name, listed in table["words"].items()}
    parts = words | {f"{{{name}}}": table["patterns"][name] for name in _PARTS}
    table["patterns"] = {
        name: late(_put_in(text, parts), 0 if name in _CASED else regex.IGNORECASE)
        for name, text in table["patterns"].items()
    }
    for rule in table["rule"]:
        own = lexicon.one_of(table["words"].get(rule.get("words"), ()))
        rule["pattern"] = late(_put_in(rule["pattern"], parts | {"{words}": own}), regex.IGNORECASE)
    return table


def _put_in(pattern: str, words: Mapping[str, str]) -> str:
    """The pattern with lists of words in place of their names."""
    for name, listed in words.items():
        pattern = pattern.replace(name, listed)
    return pattern
