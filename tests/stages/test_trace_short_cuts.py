"""Short cuts of the trace stage come to what the plain way comes to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages._fold import flatten
from pipeline.stages.trace.citations import _language, heads
from pipeline.stages.trace.mentions import _Quotations
from pipeline.stages.trace.names import load
from pipeline.stages.trace.senses import homonyms
from pipeline.stages.trace.slots import may_name, slot_hits
from pipeline.stages.trace.tables import frames
from tests.strategies import few, texts

CONTEXT = st.sampled_from(
    "told |reported by |according to |, citing |data from | said| reported Friday|'s report| interview|, which cited|. The"
    "| report, published by |speaking to | poll| noted that|the |(per |, first reported|-| has learned|'s Ana Roe|as | asked"
    "| how| correspondent Ana Roe wrote| meanwhile".split("|")
)


def is_quoted(text: str, place: int) -> bool:
    start = text.rfind("\n", 0, place) + 1
    opened = None
    for at in range(start, place):
        if text[at] == '"':
            opens, closes = (not text[beside : beside + 1].strip() for beside in (at - 1, at + 1))
            is_open = opens if opens != closes else opened is None
            opened = at if is_open else None
    before = text[start:place]
    return (opened is not None and place - opened < 500) or before.count("「") > before.count("」")


@given(st.text('"「」\n a', max_size=40), st.lists(st.integers(0, 40), max_size=8))
def test_a_place_is_quoted_whatever_was_asked_before(text: str, places: list[int]) -> None:
    quotations = _Quotations(text)
    for place in (min(place, len(text)) for place in places):
        assert quotations.hold(place) == is_quoted(text, place)


@few(150)
@given(st.lists(CONTEXT | texts(max_words=2), max_size=3), st.lists(CONTEXT | texts(max_words=2), max_size=3))
def test_no_frame_that_fits_is_left_out(before: list[str], after: list[str]) -> None:
    left, right = "".join(before), "".join(after)
    body = f"{left}Reuters{right}"
    start, end, high = len(left), len(left) + len("Reuters"), len(body)
    for code in frames()["lang"]:
        language = _language(code)
        assert language is not None
        found = language.frames.possible(body, 0, start, end, high)
        possible = [frame for frame, _ in found]
        assert possible == [frame for frame in language.frames.all if frame in possible], "in their order"
        led = {kind: way.match(body, end, high) for kind, way in language.frames.ways.items()}
        starts = {"name": end} | {kind: match.end() for kind, match in led.items() if match}
        for frame in language.frames.all:
            at = starts.get(frame.at)
            fits = at is not None and (frame.after is None or frame.after.match(body, at, high))
            fits = fits and (frame.before is None or frame.before.search(body, 0, start))
            assert not fits or (frame, at) in found


@given(
    st.lists(
        st.sampled_from(["(AP", "/AFP/", "CNN", "xNEXSTAR", ") ", "共同", "(rtr)", "-"]) | texts(max_words=2),
        max_size=5,
    )
)
def test_an_opening_without_names_has_none_in_its_beginning(pieces: list[str]) -> None:
    names, opening = load("", heads()), flatten("".join(pieces))
    for end in range(len(opening) + 1):
        found = slot_hits(opening[:end], names, "slot_names", "dateline_names")
        assert not found or may_name(opening, names, "slot_names", "dateline_names")


@pytest.mark.parametrize("alias", sorted(homonyms()))
def test_a_text_is_about_the_other_thing_if_it_has_two_of_its_words(alias: str) -> None:
    homonym = homonyms()[alias]
    for first, second in zip(homonym.hints, homonym.hints[1:], strict=False):
        for text in (first, f"{first} {first}", f"{first} x{second}", f"{first}, {second}", f"x{first}x {second}y"):
            is_elsewhere = any(words in text for words in homonym.elsewhere)
            assert homonym.rules(text) == (is_elsewhere or len(set(homonym.any_hint.findall(text))) > 1)
