"""Newspapers and stations that no lexicon has, by the words they end with and those beside them. All names are invented."""

from __future__ import annotations

import pytest

from tests.stages.tracing import cited


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The gate was shut, a guard told The Dunmore Advocate.", ["Dunmore Advocate"]),
        ("The gate was shut, a guard told the Dunmore Record on Monday.", ["Dunmore Record"]),
        ("The gate was shut, according to the Dunmore Mercury.", ["Dunmore Mercury"]),
        ("The gate was shut, as reported by the Dunmore Star.", ["Dunmore Star"]),
        ("The gate was shut, a guard told the Ashford City Record-Eagle.", ["Ashford City Record-Eagle"]),
        ("The gate was shut, a guard told the Dunmore Star-Telegram.", ["Dunmore Star-Telegram"]),
        ("The Dunmore Star newspaper reported a leak.", ["Dunmore Star"]),
        ("The gate was shut, a guard told Dunmore Public Radio.", ["Dunmore Public Radio"]),
        ("The gate was shut, Dunmore Public Media reported.", ["Dunmore Public Media"]),
        ("The gate was shut, a guard told KXQZ7.", ["KXQZ7"]),
        ("The gate was shut, a guard told Fox 26 Dunmore on Monday.", ["Fox 26"]),
    ],
)
def test_by_the_words_they_end_with(sentence: str, expected: list[str]) -> None:
    assert [source for source, _ in cited(sentence)] == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "The Dunmore Star reported a leak to the coast guard.",  # a ship
        "The Dunmore Star sank. The Star said nothing.",
        "The gate was shut, a guard told Dunmore Star.",
        "The gate was shut, a guard told the Public Advocate.",
        "The drought grew, according to the U.S. Drought Monitor.",
        "It is law, according to the Federal Register.",
        "The (Dunmore) Telegraph reported a leak.",
        "A guard told the Dunmore Star of India that it was shut.",
        "A guard told KXQZ2000 that it was shut.",
    ],
)
def test_what_only_ends_like_them(sentence: str) -> None:
    assert cited(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("He told a local newspaper, Dunmore Reef, that it was shut.", ["Dunmore Reef"]),
        ("On Monday, an Ashford newspaper, La Voce Alta, reported a leak.", ["La Voce Alta"]),
        ("It stood on Vesti, an Ashford news website, Tom Bell said.", []),
        ("It stood on a news website, Mr. Bell said.", []),
        ("She told the news website Mr. Bell had left.", []),
    ],
)
def test_beside_their_class(sentence: str, expected: list[str]) -> None:
    assert [source for source, _ in cited(sentence)] == expected
