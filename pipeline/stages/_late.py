"""Patterns that are compiled with their first use: of the hundreds in a lexicon a text needs a few."""

from __future__ import annotations

from typing import Any, cast

import regex

__all__ = ["late"]


class _Late:
    """In the place of a pattern: becomes one as soon as anything is asked of it."""

    def __init__(self, text: str, flags: int) -> None:
        self._text, self._flags = text, flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what copies and pickles look for
            raise AttributeError(name)
        pattern = regex.compile(self._text, self._flags)
        for known in ("pattern", "search", "match", "fullmatch", "finditer", "findall", "sub", "split"):
            setattr(self, known, getattr(pattern, known))  # the next time it is found without a detour
        return getattr(pattern, name)


def late(text: str, flags: int = 0) -> regex.Pattern[str]:
    """As `regex.compile`; a pattern that is wrong fails with its first use."""
    return cast("regex.Pattern[str]", _Late(text, flags))
