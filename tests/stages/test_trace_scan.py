"""One pass over a batch finds in each body what is found in it alone, letter by letter."""

from __future__ import annotations

import re

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages.trace import citations
from pipeline.stages.trace.cues import ANY, Cue, spellings
from pipeline.stages.trace.names import load
from pipeline.stages.trace.scan import TAIL_PARAGRAPHS, scan
from tests.strategies import few, texts

NAMES = load("", citations.heads())
SPELLED = """
AP|Thursday|news |The New York Times|CNN News|MAP|-TV|WABC|KXQZ-TV|dpa-Angaben|TIMES|रॉयटर्स|共同|연합뉴스가|ТАСС|ТАССом|رويترز
(भाषा)|(rtr)|://|Source|- via |Con|© |Источник|источник|ΠΗΓΈΣ|πηγές|contributed|Übernommen|übernommen|SYNDICATED|x|_|@|"|-|'s
. |“|é|É|İ|Σ|\u212a|𐐀|🚢|\u0301|新|の|연| |  |Kan|K|W
"""
PIECES = [*SPELLED.strip().replace("\n", "|").split("|"), "\n", "\n\n"]


def bodies() -> st.SearchStrategy[str]:
    pieces = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)
    return st.lists(pieces | texts(max_words=6), max_size=16).map("\n".join)


def cues(text: str) -> list[Cue]:
    """Where cues end in a text, and their rules: the slow rule, and none to go by where small letters are more."""
    lowered = "\n" + text.lower()
    if len(lowered) != 1 + len(text):
        return [(place, ANY) for place in range(len(text))]
    places = ((cue, rule, place) for cue, rule in spellings() if cue in lowered for place in range(len(lowered)))
    return sorted((place + len(cue) - 2, rule) for cue, rule, place in places if lowered.startswith(cue, place))


def check(spelled: list[str]) -> None:
    """Each of the bodies, scanned together with the others, as it is alone."""
    scanned = scan(pa.chunked_array([pa.array(spelled, pa.large_string())]), NAMES)
    for number, body in enumerate(spelled):
        tail = "\n".join(body.split("\n")[-TAIL_PARAGRAPHS:])
        calls = [match.start() for match in re.finditer(r'(?<=[ \n"])[KW][A-Z]', body)]
        found = scanned.found(number, NAMES)
        assert (found.body, found.hits, found.calls) == (body, NAMES.find(body), calls)
        assert sorted(found.cues) == [(len(body) - len(tail) + place, rule) for place, rule in cues(tail)]
        assert scanned.has_any()[number] or not (found.hits or found.calls or found.cues)


@few(60)
@given(st.lists(bodies(), max_size=5))
def test_bodies_are_found_together_as_alone(spelled: list[str]) -> None:
    check(spelled)


@pytest.mark.parametrize("piece", PIECES)
def test_nothing_reaches_over_the_end_of_a_body(piece: str) -> None:
    check([piece, piece, "", piece[:1], piece[1:], f"The AP {piece}", f"{piece} said", ""])


def test_only_the_last_paragraphs_are_looked_at_for_cues() -> None:
    scanned = scan(pa.chunked_array([pa.array(["Source: AP" + "\nx" * TAIL_PARAGRAPHS], pa.large_string())]), NAMES)
    assert scanned.found(0, NAMES).cues == []
    assert scanned.found(0, NAMES).hits == NAMES.find("Source: AP") != []
