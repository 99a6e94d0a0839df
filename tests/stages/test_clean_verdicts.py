"""What the clean stage says an article is: version, status, kind, completeness, language."""

from __future__ import annotations

import pytest

from tests.stages.cleaning import STORY, run


@pytest.mark.parametrize(
    ("headline", "version", "rank", "status"),
    [
        ("Council keeps lamp", None, 0, "usable"),
        ("UPDATE 2-Council keeps lamp", "UPDATE 2", 2, "usable"),
        ("CORRECTED-UPDATE 1-Council keeps lamp", "CORRECTED-UPDATE 1", 1, "corrected"),
        ("WRAPUP 3-Lamps of the north", "WRAPUP 3", 103, "usable"),
        ("(LEAD) Council keeps lamp", "(LEAD)", 1, "usable"),
        ("(3rd LD) Council keeps lamp", "(3rd LD)", 3, "usable"),
        ("(URGENT) Council keeps lamp", "(URGENT)", -1, "usable"),
        ("[속보] 등대 불빛 유지", "[속보]", -1, "usable"),
        ("등대 불빛 유지(종합2보)", "(종합2보)", 2, "usable"),
        ("WITHDRAWN: Council keeps lamp", "WITHDRAWN", 0, "withdrawn"),
        ("Kill the lamp, council told", None, 0, "usable"),
        ("Correction: Council keeps lamp", "Correction:", 0, "corrected"),
        ("Lead pipes found under council house", None, 0, "usable"),
    ],
)
def test_versions(headline: str, version: str | None, rank: int, status: str) -> None:
    article, _ = run(STORY, headline=headline)
    found = article["version"]
    assert (found and found.strip(":"), article["version_rank"], article["status"]) == (
        version and version.strip(":"), rank, status
    )  # fmt: skip


def test_the_record_s_version_and_status_count() -> None:
    article, _ = run(STORY, version="4", status="canceled")
    assert (article["version"], article["version_rank"], article["status"]) == ("4", 4, "withdrawn")
    assert (
        run(f"{STORY}\nCorrection: An earlier version of this article misnamed the town.")[0]["status"] == "corrected"
    )


@pytest.mark.parametrize(
    ("headline", "kind"),
    [
        ("Council keeps lamp", "editorial"),
        ("The Latest: Council keeps lamp", "digest"),
        ("Your Friday evening briefing", "digest"),
        ("World in brief: lamps and goats", "digest"),
        ("Live updates: storm reaches the coast", "liveblog"),
        ("Storm reaches coast – as it happened", "liveblog"),
        ("Band plays live in the lighthouse", "editorial"),
        ("Five things to know about the keeper", "editorial"),
    ],
)
def test_kinds_by_headline(headline: str, kind: str) -> None:
    assert run(STORY, headline=headline)[0]["kind"] == kind


def test_releases_and_live_blogs_by_their_text() -> None:
    assert run(f"NEW YORK, March 3, 2020 /PRNewswire/ -- {STORY}")[0]["kind"] == "release"
    assert run(f"Mumbai (Maharashtra) [India], March 19 (ANI/PNN): {STORY}")[0]["kind"] == "release"
    posts = "\n".join(
        f"{hour}:15 pm: The storm has moved another mile to the east, the coast guard says." for hour in range(1, 9)
    )
    assert run(posts)[0]["kind"] == "liveblog"


def test_text_states() -> None:
    assert run(STORY)[0]["text_state"] == "full"
    assert run("The lamp stays.")[0]["text_state"] == "stub"
    assert run(f"{STORY}\nSubscribe to read the rest of this story")[0]["text_state"] == "stub"
    assert run(f"{STORY}\nBut the goat of the keeper...")[0]["text_state"] == "stub"
    assert run("\n".join([STORY] * 4) + "\nBut the goat of the keeper...")[0]["text_state"] == "unknown"


@pytest.mark.parametrize(
    ("text", "stated", "language"),
    [
        (STORY, None, None),
        (STORY, "en-GB", "en"),
        ("町の議会は灯台の明かりを一年残すと決めた。", None, "ja"),
        ("镇议会决定灯塔再亮一年。", None, "zh"),
        ("नगर परिषद ने बत्ती एक साल और जलाने का फैसला किया।", None, "hi"),
        ("Городской совет решил оставить маяк.", None, "ru"),
    ],
)
def test_languages_by_record_or_script(text: str, stated: str | None, language: str | None) -> None:
    assert run(text, language=stated)[0]["language"] == language


def test_words_of_scripts_without_spaces_count_by_pairs_of_characters() -> None:
    assert run("镇议会决定灯塔再亮一年")[0]["n_words"] == 6
