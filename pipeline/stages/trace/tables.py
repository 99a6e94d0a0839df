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


@functools.cache
def frames() -> Mapping[str, Any]:
    """`frames.toml` as it is written."""
    return lexicon.load_toml("frames.toml")


@functools.cache
def signals() -> Mapping[str, Any]:
    """`signals.toml` with its patterns compiled, and the words of a rule put into it."""
    table = lexicon.load_toml("signals.toml")
    table["patterns"] = {
        name: late(text, 0 if name in _CASED else regex.IGNORECASE) for name, text in table["patterns"].items()
    }
    for rule in table["rule"]:
        words = sorted(table["words"].get(rule.get("words"), ()), key=len, reverse=True)
        pattern = rule["pattern"].replace("{words}", "|".join(map(regex.escape, words)))
        rule["pattern"] = late(pattern, regex.IGNORECASE)
    return table
