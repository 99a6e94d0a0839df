"""Notes on the text itself: what was changed and when, what was wrong, who paid for it."""

from __future__ import annotations

import pytest

from tests.stages.cleaning import STORY, kinds, run

FIRST, SECOND, LAST = STORY.split("\n")
NOTES = [
    "4:34 p.m.: This article was updated with the number of goats.",
    "4 p.m.: This article was updated with more details.",
    "2:40 a.m., Nov. 3: The story was updated with comments by the keeper.",
    "Nov. 2, 12:25 p.m.: This post has been revised throughout.",
    "11/2, 9 a.m. ET: Updated with the vote.",
    "8 a.m. This story updated with the names of the boats.",
    "The article was originally published at 7:45 a.m.",
]


@pytest.mark.parametrize("note", NOTES)
def test_a_note_under_a_time_goes_wherever_it_stands(note: str) -> None:
    for text in (f"{STORY}\n{note}", f"{FIRST}\n{note}\n{SECOND}\n{LAST}"):
        article, stripped = run(text)
        assert article["body"] == STORY
        assert kinds(stripped) == [("version_note", note)]


def test_a_story_with_many_notes_is_no_live_blog() -> None:
    many = [f"{hour}:10 p.m.: This article was updated with word of boat {hour}." for hour in range(9, 1, -1)]
    article, _ = run(
        "\n".join((STORY, "UPDATES:", *many, "More of this on Sunday", "The story was first posted at 1:30 p.m."))
    )
    assert article["kind"] == "editorial"
    assert article["body"].split("\n")[:3] == STORY.split("\n")
    assert "updated" not in article["body"]


@pytest.mark.parametrize(
    "line",
    [
        "4 p.m.: The lamp was updated with a bulb of glass.",
        "9 a.m.: This is where the keeper has his coffee.",
        "The story was published at a time when nobody had a boat.",
        "The article was first published in 1955 and made the keeper known.",
    ],
)
def test_an_hour_of_the_story_stays(line: str) -> None:
    assert run(f"{STORY}\n{line}")[1] == []
