"""What is built with its first use, or when it pays: the same as if it had been there from the start."""

from __future__ import annotations

import copy
import gc

import pytest
import regex

from pipeline.stages._late import _Late, late
from pipeline.stages.clean import datelines, dates, verdicts
from pipeline.stages.trace import citations, senses, tables


def test_a_late_pattern_is_compiled_once_and_answers_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = []
    compile_ = regex.compile
    monkeypatch.setattr(regex, "compile", lambda *given: compiled.append(given) or compile_(*given))
    pattern = late(r"(?P<n>\d+)(st|nd)", regex.IGNORECASE)
    assert copy.copy(pattern) is not pattern
    assert compiled == []
    assert [match["n"] for match in pattern.finditer("the 1ST and the 2nd")] == ["1", "2"]
    assert pattern.fullmatch("the 1st") is None
    assert pattern.search("the 1st")[2] == "st"
    assert (pattern.pattern, len(compiled)) == (r"(?P<n>\d+)(st|nd)", 1)


def test_every_pattern_of_the_lexica_is_one() -> None:
    verdicts._lexicon(), datelines._native(), dates._words(), tables.signals(), senses.homonyms()
    assert all(citations._language(code) for code in tables.frames()["lang"])
    late_ones = [one for one in gc.get_objects() if isinstance(one, _Late)]
    assert len(late_ones) > 300
    assert all(isinstance(one.pattern, str) for one in late_ones)
