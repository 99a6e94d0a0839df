"""Galleries in a text: numbered captions go, whatever else is numbered so stays. All texts are invented."""

from __future__ import annotations

import pytest

from tests.stages.cleaning import STORY, kinds, run

FIRST, *REST = STORY.split("\n")
SHOWN = (
    "The lamp at dusk Ada Lund",
    "The keeper, who said that he would leave. Ada Lund/AP",
    "His goat",
    "The tower at night",
)


def numbered(of: int, *shown: str) -> list[str]:
    return [f"{place}/{of} {caption}" for place, caption in enumerate(shown, 1)]


def amid(*lines: str) -> str:
    return "\n".join((FIRST, *lines, *REST))


@pytest.mark.parametrize("title", [(), ("4 show all The last night",), ("The last night", "+ show all The last night")])
def test_numbered_captions_go_with_the_title_above_them(title: tuple[str, ...]) -> None:
    captions = [*title, *numbered(4, *SHOWN)]
    article, stripped = run(amid(*captions))
    assert article["body"] == STORY
    assert kinds(stripped) == [("caption", line) for line in captions]
    assert {row["rule"] for row in stripped} == {"caption-numbered"}


def test_of_many_pictures_the_first_may_be_all_that_is_there() -> None:
    assert run(amid(*numbered(30, *SHOWN)))[0]["body"] == STORY


def test_a_gallery_may_be_longer_than_the_story() -> None:
    captions = [f"The lamp of the last tower in the far north on night {night} of the year" for night in range(1, 31)]
    assert run(amid(*numbered(30, *captions)))[0]["body"] == STORY


@pytest.mark.parametrize(
    "lines",
    [
        numbered(12, *SHOWN),  # the first days of December
        numbered(4, *SHOWN)[:2],
        numbered(4, *SHOWN)[1:],
        numbered(4, "The lamp stays lit.", "We thank the town.", "The goat stays too.", "Good night!"),
        ["1/4 cup of oil", "2/3 cup of milk", "3/4 cup of flour", "4/4 cups of luck"],
        ["1/4 Norrvik", "the old harbour", "2/4 Vale", "3/4 Dunmore", "4/4 Ashford"],
        ["4/4 Norrvik", "3/4 Vale", "2/4 Dunmore", "1/4 Ashford"],
    ],
)
def test_what_else_is_numbered_so_stays(lines: list[str]) -> None:
    assert run(amid(*lines))[1] == []


LONG = (
    "In February the keeper said that he would leave in spring, for the stairs were too much for him. "
    '"I had the best of lives up there," he told the council, which had asked him to stay for another year. '
    "He took the goat along to the mainland, where his daughter keeps a shop. She told the Courier that it was glad."
)
IN_ONE_LINE = [
    f"Photos: The last night of the lamp {LONG} Show Caption 4 of 12",
    f"Photos: The last night Photos: The last night {LONG} Hide Caption 1 of 3 {LONG} {LONG} {LONG} Hide Caption 3 of 3",
    f"The last night 8 show all The last night 1/8 {LONG} Ada Lund 2/8 {LONG} 8/8 The tower at night Ada Lund/PA",
    f"1 of 26 Full Screen Autoplay Close Skip Ad × The last night View Photos {LONG} Buy Photo Wait 1 second to continue.",
    f"Photo: Ada Lund, AP Image 1 of / 8 Caption Close Image 1 of 8 {LONG} Image 2 of 8 The last night 1 / 8 Back to Gallery",
]


@pytest.mark.parametrize("line", IN_ONE_LINE)
def test_a_gallery_in_one_line_is_told_by_the_words_of_its_site(line: str) -> None:
    for text in (amid(line), f"{line}\n{STORY}"):
        article, stripped = run(text)
        assert article["body"] == STORY
        assert kinds(stripped) == [("caption", line)]


@pytest.mark.parametrize(
    "line",
    [
        "The album opens with photos: the keeper, his goat, and a note that asks who will show caption 3 of 12 to the mayor.",
        "The council voted to show all 8 of the old lamps, and 8/8 of its members came to see them on the first night.",
        "Visitors may walk back to gallery 3, where the old lens stands, once the wardens have counted to 1 of 8.",
    ],
)
def test_a_sentence_with_such_words_stays(line: str) -> None:
    assert run(amid(line))[1] == []


@pytest.mark.parametrize(
    "captions",
    [
        numbered(4, *SHOWN),
        [f"Photos: The last night {caption}. Hide Caption {place} of 4" for place, caption in enumerate(SHOWN, 1)],
    ],
)
def test_a_page_of_captions_alone_keeps_them_and_is_a_digest(captions: list[str]) -> None:
    article, stripped = run("\n".join(captions))
    assert (article["body"], article["kind"], stripped) == ("\n".join(captions), "digest", [])
    assert run(amid(*captions))[0]["kind"] == "editorial"
