"""Pages of American and Canadian stations, papers and portals: what their systems for sites put around a story."""

from __future__ import annotations

import pytest

from tests.stages.cleaning import STORY, kinds, run


# --- datelines -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "dateline",
    [
        "(KXQZ)  -- ",
        "(ABC 6 News) – ",
        "NORRVIK, Ariz. (AP)",
        "NORRVIK (AP) ",
        "NORRVIK, Jamaica, CMC – ",
        "NORRVIK, March 9, CMC - ",
        "NORRVIK, Barbados (CANA) - ",
    ],
)
def test_datelines_are_cut(dateline: str) -> None:
    article, stripped = run(f"{dateline}{STORY}")
    assert article["body"] == STORY
    assert kinds(stripped) == [("dateline", dateline.rstrip())]


@pytest.mark.parametrize(
    "opening",
    [
        "(Opinion) - ",
        "(Un)",
        "(the lamp) - ",
        "NORRVIK, Jamaica, LAMP - ",
        "The town, Jamaica, CMC - ",
        "Norrvik (AP) ",
    ],
)
def test_what_only_looks_like_them_stays(opening: str) -> None:
    assert run(f"{opening}{STORY}")[1] == []
