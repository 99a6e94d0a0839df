"""The compiled pass over a batch says of every text what the slow rules say of it, which are spelled out here."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.stages._fold import every_character, flatten, is_plain, tangled
from pipeline.stages._words import count_words, is_unspaced
from pipeline.stages.clean import furniture, signatures, structure
from pipeline.stages.clean.datelines import find_dateline
from pipeline.stages.clean.lines import (
    CUELESS_WORDS,
    FULL_STOP,
    HEAD,
    WRAPPED_WIDTH,
    Known,
    Line,
    Lines,
    Shape,
    is_paragraph,
)
from pipeline.stages.clean.scan import _folded, _forms, _tables, scan
from pipeline.stages.clean.stamps import stamp_mark
from pipeline.stages.clean.story import read_story
from pipeline.stages.clean.structure import ENTRIES
from pipeline.stages.clean.verdicts import kind_of, opening_cues
from pipeline.stages.kernels.literals import ANY, codes, literals, narrowed, places
from tests.strategies import texts

EDGE = "\n\r\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029 \u00ad\u200b\u200e\u200f\u2060\ufeff"
CUES = [cue.text for cue in furniture.cues()]
OPENINGS = st.lists(st.sampled_from(["He left.", "(AP)", *opening_cues()]), max_size=4).map(" ".join)
PIECES = [
    *(
        "\n",
        "\r\n",
        "\u2028",
        "\x1f",
        "  ",
        "   ",
        "\t",
        "\u00a0",
        "\u200b",
        "İ",
        "\u212a",
        "ſ",
        "ς",
        "Σ",
        "Ａ",
        "“",
        "”",
        "—",
    ),
    *(
        "(AP)",
        "SEOUL, March 19 (Yonhap) --",
        "PARIS —",
        "He left. ",
        "said ",
        "12",
        "𝟙",
        "𠮷",
        "聞",
        "é",
        "e\u0301",
        "…",
        ".",
    ),
]


def lines(spelled: list[str]) -> list[Lines]:
    return list(scan(pa.array(spelled, pa.large_string()), spelled))


def split(text: str) -> list[Line]:
    """The lines of a text that hold anything: the slow rule."""
    flat, found, at = flatten(text), [], 0
    for whole in flat.splitlines(keepends=True):
        inner = whole.strip(EDGE)
        if inner:
            start = at + whole.index(inner)
            words = count_words(inner) if is_unspaced(flat) else inner.count(" ") - inner.count("  ") + 1
            found.append(Line(start, start + len(inner), inner, words))
        at += len(whole)
    return found


def cued(line: Line) -> tuple[int, ...]:
    """The rules for lines of so many words of which a cue stands in it: the slow rule."""
    lowered, found = line.flat.lower(), set()
    for cue in furniture.cues():
        if line.words <= cue.max_words and cue.text in lowered:
            pattern = "(?<![a-z])" * cue.begins_word + re.escape(cue.text)  # no word begins behind a letter
            if (place := re.search(pattern, lowered)) and place.start() < cue.within:
                found.add(cue.rule)
    return tuple(sorted(found))


def apt(line: Line, numbers: tuple[int, ...]) -> tuple[int, ...]:
    """Those of the rules that take lines of so many words, or what stands behind others in one of any."""
    rules = furniture.rules()
    return tuple(number for number in numbers if rules[number].behind or line.words <= rules[number].max_words)


def any_text() -> st.SearchStrategy[str]:
    shouted = st.sampled_from(CUES).flatmap(lambda cue: st.sampled_from([cue, cue.upper(), cue.capitalize()]))
    prose = st.integers(1, 40).map(lambda n: " ".join(["word"] * n))
    odd = st.text(st.characters(codec="utf-8"), max_size=6)
    pieces = st.one_of(texts(max_words=12), shouted, prose, st.sampled_from(PIECES), odd)
    return st.lists(pieces, max_size=14).map("".join)


@settings(max_examples=100, deadline=None)
@given(st.lists(any_text(), min_size=1, max_size=4))
def test_lines_words_and_cues_are_those_of_the_slow_rules(spelled: list[str]) -> None:
    for text, found in zip(spelled, lines(spelled), strict=True):
        assert found.flat == flatten(text)
        assert found.is_plain == is_plain(text)
        assert [line._replace(cued=None) for line in found] == split(text)
        assert [apt(line, line.cued or ()) for line in found] == [cued(line) for line in found]
        assert [apt(line, furniture.cued(line.flat)) for line in found] == [cued(line) for line in found]
        assert found.spans == [(line.start, line.end) for line in found]
        assert found.words == [line.words for line in found]
        if found.is_even:
            assert all(line.flat.count(" ") + 1 == count_words(line.flat) for line in found)


@settings(max_examples=100, deadline=None)
@given(any_text())
def test_prose_is_what_no_rule_takes_anywhere(text: str) -> None:
    (found,) = lines([text])
    for number, line in enumerate(found):
        if found.is_prose(number):
            assert is_paragraph(line)
            assert not found.may_be_taken(number)
            for position in ("head", "body", "tail"):
                assert furniture.match(line._replace(cued=None), position) is None
                assert stamp_mark(line, position) is None
            assert not signatures.is_agency_line(line.flat)
            assert not signatures.is_agency_line(line.flat.rstrip("."))
        if not found.may_be_taken(number):
            assert line.words > CUELESS_WORDS
            assert furniture.match(line._replace(cued=None), "body") is None
        if found.kind(number) & FULL_STOP:
            assert line.ends_sentence
        if not found.may_be_dated(number):
            assert find_dateline(line.flat, text[line.start : line.end]) is None


@given(
    st.lists(
        any_text()
        | st.sampled_from(
            ["- one", "• two", "▪three", "*", "> four", "At 3", "Gü", "[5", "12:30", "오전 3", "Q: who", "Ａｔ：", "u"]
        )
        | st.sampled_from(
            ["PARIS (AFP) - He left.", "OSLO, March 3 (AP) -- é", "ROME - Он", "He left. (AP)", "So. （ANI）", "[x]”"]
        )
    ).map("\n".join)
)
def test_lists_and_long_lines_are_counted(text: str) -> None:
    (found,) = lines([text])
    assert found.shape.bullets >= sum(line.flat[0] in "-•·*▪■>" for line in found)
    assert found.shape.entries >= sum(line.flat[:1] in ENTRIES or line.flat[:2] in ENTRIES for line in found)
    assert found.shape.labels >= sum(":" in line.flat[:HEAD] for line in found)
    dated = [find_dateline(line.flat, text[line.start : line.end]) for line in found]
    assert found.shape.datelines >= sum(map(bool, dated))
    assert found.shape.brackets >= sum(line.flat.endswith((")", "]")) for line in found)
    if structure.is_round_up([line.flat for line in found], dateline=bool(dated and dated[0])):
        assert structure.may_be_round_up(found.shape, dateline=bool(dated[0]))
    assert found.shape.wide == sum(len(line.flat) > WRAPPED_WIDTH for line in found)


@settings(max_examples=200, deadline=None)
@given(st.lists(any_text(), max_size=8).map("\n".join), st.booleans(), st.sampled_from([None, "He left"]))
def test_what_the_shape_of_a_text_spares_would_find_nothing(text: str, page: bool, headline: str | None) -> None:
    (found,) = lines([text])
    known = Known(page=page, headline=headline, byline="By Jane Roe, AP", is_publisher=lambda line: line == "word")
    looked_at = replace(found, shape=Shape(*[99] * len(Shape._fields))._replace(wide=found.shape.wide))
    spared, whole = read_story(text, found, known), read_story(text, looked_at, known)
    assert (spared.kept, spared.strips, spared.spans) == (whole.kept, whole.strips, whole.spans)


@settings(max_examples=200, deadline=None)
@given(st.lists(any_text() | OPENINGS, max_size=4).map("\n".join), st.sampled_from([None, "Ferry news: live updates"]))
def test_a_text_without_cues_in_it_announces_nothing(text: str, headline: str | None) -> None:
    (found,) = lines([text])
    paragraphs = [line.flat for line in found]
    whole = kind_of(headline, paragraphs, [], None, announced=True, paid=False)
    announced = found.shape.announced > 0
    assert kind_of(headline, paragraphs, [], found.shape, announced=announced, paid=False) == whole
    said = any(cue in line.flat.lower() for line in found for cue in opening_cues())
    assert announced >= said


def test_a_long_paragraph_is_prose() -> None:
    sentence = (
        "A lamp was lit in the old tower of Alder on Monday, and nobody in the town below knew who had climbed up there"
    )
    (found,) = lines([f"{sentence}.\n{sentence}”\n{sentence}.”\nRead more: {sentence}."])
    assert [found.is_prose(number) for number in range(4)] == [True, False, True, False]


# --- characters -------------------------------------------------------------------------------------------------


def test_the_code_of_a_character_is_that_of_its_small_letter() -> None:
    table = _tables().codes
    for point, character in enumerate(every_character()):
        if point in range(0xD800, 0xE000) or point == 0x130:
            continue
        small = flatten(character).lower()
        assert len(small) == 1
        assert table[point] == table[ord(small)]
        assert (table[point] < 0x80) == small.isascii() == (chr(table[point]) == small)
    assert chr(table[0x130]) == "i"  # dotted capital I, whose small letter is two characters
    astral = "".join(map(chr, range(0x10000, 0x110000)))
    assert not re.search("[\x00-\x7f]", flatten(astral).lower())


def test_cues_with_the_dot_of_a_capital_i() -> None:
    assert list(_forms("i\u0307lgi\u0307")) == ["ilgi", "ilgi\u0307", "i\u0307lgi", "i\u0307lgi\u0307"]
    assert _folded("AİΣς") == "aiσσ"
    spelled = ["İlgili haberler:", "i\u0307lgili haberler:", "ilgili haberler:"]
    for text, found in zip(spelled, lines(spelled), strict=True):
        assert found[0].cued == furniture.cued(text)


def test_what_is_not_tangled_composes_with_nothing() -> None:
    free = set(every_character()) - set(tangled())
    everything = every_character() + "".join(map(chr, range(0x10000, 0x110000)))
    apart = (
        unicodedata.normalize("NFD", character) for character in everything if unicodedata.decomposition(character)
    )
    assert not free & {character for letters in apart for character in letters[1:]}
    assert not any(map(unicodedata.combining, free))
    assert is_plain("".join(sorted(free - set(map(chr, range(0xD800, 0xE000))))))


# --- words in texts ---------------------------------------------------------------------------------------------


class Search(NamedTuple):
    words: list[str]
    longest: list[int]
    spelled: list[str]
    n_words: list[int]


@st.composite
def searches(draw: st.DrawFn) -> Search:
    letters = st.text(alphabet='abAB "é聞', min_size=1)
    words = draw(st.lists(letters.map(lambda word: word[:9]), min_size=1, max_size=20, unique=True))
    longest = [draw(st.sampled_from([1, 6, 7, 12, 45, 46, 200, ANY])) for _ in words]
    piece = st.one_of(letters, st.sampled_from(words))
    spelled = draw(st.lists(st.lists(piece, max_size=12).map("".join), min_size=1, max_size=5))
    return Search(words, longest, spelled, [draw(st.sampled_from([0, 1, 6, 7, 13, 45, 46, 201])) for _ in spelled])


@settings(max_examples=100, deadline=None)
@given(searches())
def test_every_word_is_found_wherever_it_stands_and_nowhere_else(search: Search) -> None:
    table = codes(lambda text: text)
    data = np.frombuffer("".join(search.spelled).encode() + b"\0", np.uint8)
    offsets = np.append(0, np.cumsum([len(text.encode()) for text in search.spelled]))
    text = narrowed(data, offsets, table, np.zeros(0x10000, np.uint64))
    spans = np.stack([text.starts[:-1], text.starts[1:]], axis=1)
    found = places(text.text, spans, np.array(search.n_words, np.int32), literals(search.words, search.longest, table))
    beyond = {word for word in search.words if not word.isascii()}  # these share codes: what is found is a superset
    expected = {
        (line, int(text.starts[line]) + at, number)
        for line, (spelled, n_words) in enumerate(zip(search.spelled, search.n_words, strict=True))
        for number, (word, most) in enumerate(zip(search.words, search.longest, strict=True))
        for at in range(len(spelled))
        if n_words <= most and spelled.startswith(word, at)
    }
    told = set(map(tuple, found.tolist()))
    assert len(told) == len(found)
    assert expected <= told
    assert {place for place in told - expected if search.words[place[2]] not in beyond} == set()


def test_more_places_than_were_made_room_for() -> None:
    table = codes(lambda text: text)
    text = narrowed(np.full(40_000, ord("a"), np.uint8), np.array([0, 40_000]), table, np.zeros(0x10000, np.uint64))
    found = places(text.text, np.array([[0, 40_000]]), np.zeros(1, np.int32), literals(["a", "aaa"], [ANY, ANY], table))
    assert len(found) == 40_000 + 39_998


def test_a_word_beyond_the_basic_plane_is_refused() -> None:
    with pytest.raises(ValueError, match="basic plane"):
        literals(["🚢"], [ANY], codes(lambda text: text))
