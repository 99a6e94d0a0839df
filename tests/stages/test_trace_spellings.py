"""Sources as texts spell them: by their hosts, with other hyphens and capitals, and names that no lexicon has. All are invented
but those of known outlets."""

from __future__ import annotations

import pytest

from tests.stages.tracing import cited


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("News.com.au reported", "News.com.au"),
        ("ABC.net.au reported", "Australian Broadcasting Corporation"),
        ("BBC.co.uk reported", "BBC"),
        ("Beachnews.com reported", "Beachnews.com"),
        ("according to FoxNews.com", "Fox News"),
        ("according to the Hill", "The Hill"),
        ("the Verge reported", "The Verge"),
        ("the Kathmandu Post reported", "The Kathmandu Post"),
        ("Buzzfeed News reported", "BuzzFeed News"),
        ("the Erie Times News reported", "Erie Times-News"),
        ("France TV Info reported", "Franceinfo"),
        ("the Korean Central Television (KCTV) reported", "Korean Central Television"),
        ("the Dunmore Central Television (DCTV) reported", "Dunmore Central Television"),
        ("Dunmore Radio reported", "Dunmore Radio"),
        ("the state-backed Science and Technology Daily newspaper reported", "Science and Technology Daily"),
        ("the National Review reported", "National Review"),
        ("the Agence France-Presse reported", "Agence France-Presse"),
        ("The Sunday Express reported", "Sunday Express"),
        ("the Hill Times reported", "Hill Times"),
    ],
)
def test_the_name_of_a_source(told: str, name: str) -> None:
    assert cited(f"The lamp is lit, {told}.") == [(name, "cite")]


@pytest.mark.parametrize(
    "sentence",
    [
        "Amazon.com reported that lamps sell well.",
        "See https://www.beachnews.com/lamps reported by nobody.",
        "Write to ana@beachnews.com, reported the keeper.",
        "The result was published in The Astrophysical Journal on Tuesday.",
        "She told a French magazine that it was lit.",
        "Lobbyists on the Hill said on the Hill that it was lit.",
        "The probe orbits the Sun and sent data from the Sun.",
        "It was lit, according to Warner Bros. Television.",
    ],
)
def test_what_is_no_source(sentence: str) -> None:
    assert cited(sentence) == []


def test_a_name_that_no_lexicon_has_keeps_its_first_spelling() -> None:
    body = "The lamp is lit, the Dunmore Times-News reported. He told the Dunmore Times News so."
    assert cited(body) == [("Dunmore Times-News", "cite"), ("Dunmore Times-News", "interview")]


@pytest.mark.parametrize("host", ["cbssports.com", "CBSSports.com", "Cbssports.com"])
def test_a_host_in_any_spelling_is_its_outlet(host: str) -> None:
    assert cited(f"The lamp is lit, according to {host}.") == [("CBS News", "cite")]


def test_an_edition_of_another_country_speaks_of_itself() -> None:
    page = {"publisher": "Business Insider (Deutschland)", "publisher_id": "business-insider-de"}
    at = {"url": "https://www.businessinsider.de/lampe"}
    assert cited("The lamp is lit, she told Business Insider.", **page, **at) == [("Business Insider", "self")]
