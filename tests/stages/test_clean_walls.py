"""Pages of consent, checks and errors are no articles; stories about them are."""

from __future__ import annotations

import pytest

from pipeline.stages import clean
from pipeline.stages.clean.walls import wall
from tests.stages.cleaning import KNOWN, SETTINGS, STORY, records, run

PHRASE = "We and our partners store information on a device, such as cookies, to show you what you may like."


@pytest.mark.parametrize(
    ("headline", "text"),
    [
        ("Just a moment...", "norrvik.example needs to review the security of your connection before proceeding."),
        ("Attention Required! | Cloudflare", "Sorry, you have been blocked from this site for a while."),
        ("Norrvik Post", PHRASE),
        (
            None,
            "Page not found - Norrvik Post\nThe page that you are looking for was moved, removed or never was there.",
        ),
        ("404", "Here is what others read today in Norrvik and in the valley around it."),
        ("Seite nicht gefunden", "Die Seite, die Sie suchen, gibt es nicht oder nicht mehr an dieser Stelle."),
        ("Oops! That page can’t be found.", "It looks like nothing was found at this location in our archive today."),
    ],
)
def test_what_stands_in_the_place_of_an_article_is_rejected(headline: str | None, text: str) -> None:
    articles, _, rejects = clean.run(records({"text": text, "headline": headline}), SETTINGS, KNOWN)
    assert articles.num_rows == 0
    assert rejects["reason"].to_pylist()[0].startswith("no article: a page of consent, of a check or of an error")


@pytest.mark.parametrize(
    ("headline", "text"),
    [
        ("Access denied to the old mill, court hears", STORY),
        ("Just a moment of joy in Norrvik", STORY),
        ("Page not found, poet writes", STORY),
        ("Regulator fines network for its cookies", f"{STORY}\nPartners have to ask for consent, the regulator said."),
        ("A long look at consent", "\n".join([STORY] * 20 + [PHRASE])),
    ],
)
def test_a_story_about_such_pages_is_an_article(headline: str, text: str) -> None:
    assert run(text, headline=headline)[0]["body"]


def test_words_are_compared_without_case_and_spelling_of_quotes() -> None:
    assert (
        wall(None, "As if\nYOU DON’T HAVE PERMISSION TO ACCESS this server.") == "you don't have permission to access"
    )
