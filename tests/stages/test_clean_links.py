"""Lists at the ends of a text: those of links go, those of the story stay."""

from __future__ import annotations

import pytest

from tests.stages.cleaning import STORY, kinds, run

FIRST, SECOND, LAST = STORY.split("\n")
LINKS = [
    "- Keeper of the lamp wants his old boat back",
    "- Island council votes on the lamp in May",
    "- Fishermen march to the harbour with lanterns",
    "- Two goats rescued from the lighthouse roof",
]


def listed(*items: str, above: str = LAST) -> str:
    return "\n".join((FIRST, SECOND, above, *items))


@pytest.mark.parametrize(
    "items",
    [
        LINKS,
        [*LINKS[:3], "- Lamp plan: What we know about the new bulb of the old tower"],
        [*LINKS[:2], "- Neighbour reflects on the night of the flood.", *LINKS[2:]],
    ],
)
def test_a_list_of_links_below_the_story_goes(items: list[str]) -> None:
    assert run(listed(*items))[0]["body"] == listed()


def test_a_sentence_right_above_a_list_of_links_stays() -> None:
    assert run(listed("- The lamp stays lit for a year.", *LINKS))[0]["body"] == listed(
        "- The lamp stays lit for a year."
    )


@pytest.mark.parametrize(
    ("above", "items"),
    [
        ("But keepers can follow these tips for a safer night:", LINKS),
        (
            LAST,
            [
                "- The Last Lamp (Norrvik) 8.8",
                "- Goats of the Far North 2.5",
                "- How to Mend a Roof 2.4",
                "- Old Salt 1.6",
            ],
        ),
        (
            LAST,
            [
                "• Ashford Road Bridge, Dunmore",
                "• Harbour of St. Mary, Kilburn",
                "• Old Mill Bridge, Upper Kilburn",
                "• Ferry, Oslo",
            ],
        ),
        (LAST, ["- Director: Jane Roe", "- Cast: Two old goats", "- Where: Harbour hall", "- Music: The keeper"]),
        (
            LAST,
            [f"- {what}: What the keeper said of it to the council" for what in ("Goats", "Lamps", "Boats", "Nets")],
        ),
        (LAST, [f"{line}." for line in LINKS]),
    ],
)
def test_a_list_of_the_story_stays(above: str, items: list[str]) -> None:
    assert run(listed(*items, above=above))[1] == []


def test_what_one_might_also_like_heads_links() -> None:
    article, _ = run(listed("Want more? You might also like:", "• How to keep a lamp", "• Five easy lamps"))
    assert article["body"] == listed()


@pytest.mark.parametrize(
    "line", ["Why the lamp stays lit, and who pays for it »", "Q&A: What we know about the lamp »"]
)
def test_a_line_that_ends_in_an_arrow_is_a_link(line: str) -> None:
    article, stripped = run(f"{FIRST}\n{line}\n{SECOND}\n{LAST}")
    assert article["body"] == STORY
    assert kinds(stripped) == [("furniture", line)]


@pytest.mark.parametrize(
    "line", ["Nous avons tout perdu dans la tempête. »", "« Nous avons tout perdu dans la tempête »"]
)
def test_a_quotation_is_none(line: str) -> None:
    assert run(f"{FIRST}\n{line}\n{SECOND}\n{LAST}")[1] == []


@pytest.mark.parametrize("line", ["- Reply", "- Retweet", "Reply Retweet Favorite"])
def test_buttons_of_a_tweet_go(line: str) -> None:
    assert run(f"{FIRST}\n{line}\n{SECOND}\n{LAST}")[0]["body"] == STORY


@pytest.mark.parametrize(
    "line", ["MORE : Goat grows a beard", "MORE NEWS: Goat honoured", "SUGGESTED VIDEOS | Goats of the north"]
)
def test_a_label_before_a_headline_says_that_it_is_a_link(line: str) -> None:
    assert run(f"{FIRST}\n{line}\n{SECOND}\n{LAST}")[0]["body"] == STORY
