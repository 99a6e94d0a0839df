"""Where the head of a scraped page ends, and what stands above a dateline."""

from __future__ import annotations

import pytest

from tests.stages.cleaning import STORY, run

HEAD = "Norrvik Post\n\nKeeper of the lamp retires\n\n"
LEAD = "The keeper of the lamp has retired."


def body(page: str) -> str:
    return str(run(page, field="page")[0]["body"])


@pytest.mark.parametrize(
    "dateline", ["NORRVIK (Reuters) -", "NORRVIK (KXYZ) -", "ERIE, Pa. —", "NORRVIK, March 3 (AP) —"]
)
@pytest.mark.parametrize(
    "head", [HEAD, f"{HEAD}By Ana Wells\nMarch 3, 2020\n", f"{HEAD}March 3, 2020\nFACEBOOK\nTWITTER\n\n"]
)
def test_the_head_of_a_page_ends_before_a_dateline_however_short_the_lead(head: str, dateline: str) -> None:
    article, _ = run(f"{head}{dateline} {LEAD}\n{STORY}", field="page")
    assert (article["dateline"], article["body"]) == (dateline, f"{LEAD}\n{STORY}")


@pytest.mark.parametrize(
    "above", ["By Ana Wells", "March 3, 2020", "AFP", "March 3, 2020\n\nNORRVIK (AFP) -", "March 3, 2020\nShare"]
)
def test_a_short_lead_opens_the_block_below_byline_or_time(above: str) -> None:
    assert body(f"{HEAD}{above}\n\n{LEAD}\n{STORY}") == f"{LEAD}\n{STORY}"


@pytest.mark.parametrize(
    "above",
    [
        f"By Ana Wells\n\n{LEAD}\n\n",  # a block of its own: a caption
        f"{LEAD}\n",  # no byline above: a deck
        f"By Ana Wells\n\n{LEAD[:-1]}\n",  # closes no sentence
        f"By Ana Wells\n{LEAD}\n",  # below the byline as all lines of this page are
        f"By Ana Wells\n\n{LEAD}\nMarch 3, 2020\n\n",  # the time stands below
    ],
)
def test_a_short_line_above_the_story_is_a_deck_or_a_caption(above: str) -> None:
    assert body(f"{HEAD}{above}{STORY}") == STORY


def test_one_sentence_above_a_dateline_is_a_caption_and_two_are_news() -> None:
    news = ("The keeper has been found on the mainland.", "He is well, the council said on Tuesday.")
    dated = f"NORRVIK (AP) - {STORY}"
    assert run(f"{news[0]}\n{dated}")[0]["body"] == STORY
    assert run(f"Lamp\n{news[0]}\n{dated}")[0]["body"] == STORY
    assert run("\n".join((*news, dated)))[0]["body"] == "\n".join((*news, dated))
