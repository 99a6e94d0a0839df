from __future__ import annotations

import bisect
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages._fold import SpanMap, flatten, fold, is_plain
from tests.stages.test_clean_scan import lines
from tests.strategies import texts

UNSEEN = "\u00ad\u200b\u200d\ufeff"


def back(spans: SpanMap, position: int) -> int:
    """The documented way back: the last entry that starts at or before the position."""
    at, raw = spans[bisect.bisect_right([at for at, _ in spans], position) - 1]
    return raw + position - at


def hard() -> st.SearchStrategy[str]:
    """Text in any script with typographic marks, decomposed letters and invisible characters strewn in."""
    pieces = st.one_of(
        texts(),
        st.sampled_from(["“", "’", " – ", "\u00a0", "\u3000", "é", "क़", "\u0301", "Å", "ﬁ", "ＡＦＰ", *UNSEEN]),
        st.sampled_from(["각하", "Việt Nam", "für"]).map(lambda word: unicodedata.normalize("NFD", word)),
        st.text(max_size=4),
    )
    return st.lists(pieces, max_size=12).map("".join)


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("“We’re\u00a0in” – he said", '"We\'re in" - he said'),
        ("co\u00adop\u200beration", "cooperation"),
        (unicodedata.normalize("NFD", "Müller, 서울"), "Müller, 서울"),
        ("（ＡＦＰ）１２", "(AFP)12"),
        ("", ""),
    ],
)
def test_one_spelling(raw: str, folded: str) -> None:
    assert fold(raw, 0, len(raw))[0] == folded


@given(hard())
def test_every_character_leads_back_to_the_one_it_came_from(text: str) -> None:
    folded, spans = fold(text, 0, len(text))
    for position, character in enumerate(folded):
        raw = back(spans, position)
        # The source character, with the marks and jamo behind it, folds to something that holds this character.
        end = raw + 1
        while end < len(text) and (
            unicodedata.category(text[end])[0] == "M" or 0x1160 <= ord(text[end]) <= 0x11FF or text[end] in UNSEEN
        ):
            end += 1
        source = flatten(unicodedata.normalize("NFC", "".join(c for c in text[raw:end] if c not in UNSEEN)))
        assert character in source


@given(hard())
def test_folding_is_final_and_never_grows_out_of_order(text: str) -> None:
    folded, spans = fold(text, 0, len(text))
    assert fold(folded, 0, len(folded))[0] == folded
    assert unicodedata.is_normalized("NFC", folded)
    assert [at for at, _ in spans] == sorted({at for at, _ in spans})
    raws = [back(spans, position) for position in range(len(folded))]
    assert raws == sorted(raws)


@given(hard(), hard())
def test_a_piece_folds_with_the_offsets_of_the_whole(before: str, text: str) -> None:
    whole = before + text
    alone, spans = fold(text, 0, len(text))
    inside, moved = fold(whole, len(before), len(whole))
    assert inside == alone
    assert moved == [(at, raw + len(before)) for at, raw in spans]


@given(hard())
def test_flattening_keeps_the_length(text: str) -> None:
    assert len(flatten(text)) == len(text)
    assert flatten(flatten(text)) == flatten(text)
    if is_plain(text):
        assert fold(text, 0, len(text))[0] == flatten(text)


@given(hard())
def test_lines_are_what_lies_between_the_breaks(text: str) -> None:
    for line in lines([text])[0]:
        assert line.flat == flatten(text[line.start : line.end])
        assert line.flat.strip() == line.flat != ""
        assert "\n" not in line.flat
