"""The last lines of a page: what says of itself what it is goes, though something unknown stands below it."""

from __future__ import annotations

import pytest

from tests.stages.cleaning import STORY, kinds, run

UNKNOWN = (
    "The Norrvik Post has lit up the far north since 1903, and with the help of its readers it will go on to do so."
)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (
            "(This story was published from a syndicated feed. No part of it has been edited by our staff.)",
            "disclaimer",
        ),
        ("Lamps Inc. is a Norrvik Post content partner that offers light.", "disclaimer"),
        ("Read the original article on Norrvik Post", "disclaimer"),
        ("This post has been updated with the keeper's words.", "version_note"),
        ("Ana Wells and Tom Bell contributed to this report.", "credit"),
        ("Ana Wells contributed reporting.", "credit"),
        ("Norrvik critic Ana Wells contributed.", "credit"),
    ],
)
def test_what_says_what_it_is_goes_from_above_an_unknown_line(line: str, kind: str) -> None:
    for below in ("", f"\n{UNKNOWN}", f"\nDear reader of the north\n{UNKNOWN}\nYours"):
        article, stripped = run(f"{STORY}\n{line}{below}")
        assert article["body"].split("\n")[:3] == STORY.split("\n")
        assert (kind, line) in kinds(stripped)


@pytest.mark.parametrize(
    "line",
    [
        "More than 900 people contributed.",
        "Original story: A lamp went out in the far north.",
        "© Reuters/Ana Wells The lamp in the far north, lit for another year",
        "Agencies",
    ],
)
def test_what_only_sounds_so_stays(line: str) -> None:
    assert not {"credit", "disclaimer", "copyright"} & {
        kind for kind, _ in kinds(run(f"{STORY}\n{line}\n{UNKNOWN}")[1])
    }


def test_above_the_last_lines_nothing_is_looked_for() -> None:
    note = "Ana Wells contributed to this report."
    assert run("\n".join((STORY, note, *[UNKNOWN] * 6)))[1] == []


@pytest.mark.parametrize(
    "line",
    [
        "By Ana Wells (ana@norrvik-post.example)",
        "BY ANA WELLS, TOM BELL [ana@norrvik.example]",
        "Provided by University of Norrvik",
        "More information: Ana Wells et al, Lit lamps, Lamp (2021). DOI: 10.1038/s41586-021-00000-0",
        "Journal information: Lamp",
        "Citation: Lamp stays lit (2021, March 3) retrieved 4 March 2021 from https://lamps.example/2021-03-lamp.html",
        "(END) Dow Jones Newswires",
        "03-03-2021 0912ET",
        "Read it at Norrvik Post",
        "Originally published on Norrvik Science.",
        "Copy this link",
        "Got a story? Ring the Post on 0207 555 0100.",
    ],
)
def test_lines_that_sites_put_below_a_story_go(line: str) -> None:
    assert run(f"{STORY}\n{line}")[0]["body"] == STORY


@pytest.mark.parametrize(
    "line",
    [
        "Citation: a fine of 90 crowns for the keeper.",
        "Provided by the council were two goats and a boat.",
        "Read it in bed, the keeper said.",
        "Originally published in 1903, the book of lamps was read by all who went to sea.",
    ],
)
def test_sentences_that_begin_like_them_stay(line: str) -> None:
    assert run(f"{STORY}\n{line}")[1] == []
