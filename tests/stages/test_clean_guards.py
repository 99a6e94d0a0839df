"""What spares a slow pattern its search passes nothing by that the pattern would have found."""

from __future__ import annotations

import functools
from urllib.parse import urlsplit

import regex
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages import lexicon
from pipeline.stages._fold import flatten
from pipeline.stages.clean import agencies, dates, signatures
from pipeline.stages.clean.lines import key
from pipeline.stages.lexicon.publishers import urlsplit_host
from tests.strategies import texts

CASES = ("upper", "lower", "title", "swapcase")
ODD = {"i": "İıI", "s": "ſS", "k": "\u212a", "ß": "ẞ"}


@functools.cache
def labels() -> list[str]:
    return [label for role in lexicon.load_toml("dates.toml")["labels"].values() for label in role]


@st.composite
def labelled(draw: st.DrawFn) -> str:
    """Words, a label in any case and with letters that are others' without case, and a figure."""
    label = getattr(draw(st.sampled_from(labels())), draw(st.sampled_from(CASES)))()
    for plain, others in ODD.items():
        label = label.replace(plain, draw(st.sampled_from([plain, *others])))
    words = st.sampled_from(["", "ANI | ", "by x ", "(", "é"])
    return f"{draw(words)}{label}{draw(words)}{draw(st.sampled_from([': 3 May 2020', ' 4', '²', '']))}"


@given(labelled() | texts())
def test_a_line_with_a_label_has_the_first_word_of_one(line: str) -> None:
    words = dates._words()
    if words.label.search(flatten(line)):
        assert words.label_words.find_matches_as_indexes(dates._caseless(flatten(line)))


@given(
    st.lists(st.sampled_from(["2020", "3", "12", "May", "-", "/", ".", " ", ":", "T", "年", "月", "日", "1", "Z", "٣"]))
)
def test_what_states_a_time_has_a_year(parts: list[str]) -> None:
    phrase = "".join(parts)
    forms = [form.search(phrase) for form in dates._DATE_FORMS]
    if any([*forms, *(form.fullmatch(phrase) for form in (dates._ISO, dates._COMPACT, dates._EPOCH))]):
        assert dates.has_year(phrase)


NAMES = sorted(agencies.names(alone=True))


@given(
    st.lists(
        st.sampled_from(["By ", "Jane Roe", ", ", "for ", "the ", " Asia", "(", ")", "/", " and "])
        | st.sampled_from(NAMES),
        max_size=5,
    )
)
def test_an_agency_line_is_what_the_pattern_takes(parts: list[str]) -> None:
    line = "".join(parts)
    is_taken = signatures._is_labelled_name(line) or signatures._alone().fullmatch(line) is not None
    assert signatures.is_agency_line(line) == is_taken


@given(texts() | st.text())
def test_a_key_is_letters_and_digits_without_case(text: str) -> None:
    assert key(text) == regex.sub(r"[^\p{L}\p{M}\p{N}]+", "", flatten(text).casefold())


@given(
    st.lists(
        st.sampled_from(
            ["http://", "https://", "https:/", "//", "a.example", "A", "[::1]", "[", "@", ":80", "/", "?", "#"]
        )
        | st.text(max_size=2)
    )
)
def test_the_host_of_an_address_is_that_of_its_beginning(parts: list[str]) -> None:
    url = "".join(parts)
    try:
        host = urlsplit(url if "//" in url else f"//{url}").hostname if url else None
    except ValueError:
        host = None
    assert urlsplit_host(url) == host
