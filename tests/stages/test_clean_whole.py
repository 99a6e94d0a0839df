"""Nothing of a story is thrown away for what stands beside it: labels amid it, what is glued behind its last sentence."""

from __future__ import annotations

import pytest

from tests.stages.cleaning import STORY, kinds, run

LEAD, SECOND, LAST = STORY.split("\n")


@pytest.mark.parametrize(
    "label",
    [
        "THE NUMBERS: The lamp burns four litres a night.",
        "BACKDROP: The lamp was built in 1871.",
        "СПРАВКА: Маяк построен в 1871 году.",
        "ДОСЬЄ - Маяк збудовано 1871 року.",
        "CONTEXTE - Le phare date de 1871.",
        "KEEPERS, LAMPS - The lamp was built in 1871.",
    ],
)
def test_a_label_amid_the_story_is_no_dateline_above_which_nothing_stands(label: str) -> None:
    article, _ = run(f"{LEAD}\n{SECOND}\n{label}\n{LAST}")
    assert article["body"] == f"{LEAD}\n{SECOND}\n{label}\n{LAST}"
    assert article["text_state"] == "full"


@pytest.mark.parametrize(
    "place", ["WASHINGTON - ", "HARBOR BEACH, Mich. - ", "NORRVIK, Norway -- ", "LARKHILL (AP) - "]
)
def test_above_a_known_place_a_blurb_goes_though_it_is_a_sentence(place: str) -> None:
    article, stripped = run(f"A keeper shows how the lamp is lit.\n{place}{STORY}")
    assert article["body"] == STORY
    assert ("caption", "A keeper shows how the lamp is lit.") in kinds(stripped)


def test_above_an_unknown_place_only_what_is_no_sentence_goes() -> None:
    article, _ = run(f"A keeper lights the lamp in May\nLARKHILL - {STORY}")
    assert article["body"] == STORY
    article, _ = run(f"A keeper lights the lamp in May.\nLARKHILL - {STORY}")
    assert article["body"] == f"A keeper lights the lamp in May.\nLARKHILL - {STORY}"
    article, _ = run(f"Oil sold, in barrels a day, in all of the north\nYEAR - 1986: 12, 1987: 14, and so on\n{STORY}")
    assert article["body"].startswith("Oil sold")


@pytest.mark.parametrize(
    ("tail", "kind"),
    [
        ("The Associated Press contributed to this report.", "credit"),
        (
            "AP writers Ada Lund in St. Ives, Jo Marsh of Washington, D.C., and Ben Quill contributed to this report.",
            "credit",
        ),
        ("(With inputs from PTI)", "credit"),
        ("(mit Material von dpa)", "credit"),
        ("Con información de EFE", "credit"),
        ("Copyright 2023 The Associated Press. All rights reserved.", "copyright"),
        ("Copyright 2023 NPR", "copyright"),
        ("This story has not been edited by Courier staff and is published from a syndicated feed.", "disclaimer"),
        ("Follow us on Twitter @norrvik.", "furniture"),
        ("Follow her on Twitter @adalund.", "furniture"),
        ("Subscribe to our newsletter for more.", "furniture"),
        ("Photo: Reuters", "caption"),
        ("(©NTB)", "credit"),
        ("(© AFP)", "credit"),
        ("© Reuters", "credit"),
        ("(c) AFP", "credit"),
    ],
)
def test_what_is_glued_behind_the_last_sentence_goes_and_nothing_before_it(tail: str, kind: str) -> None:
    long = f"{LAST} {' '.join(['Nobody on the island has seen a darker night than that one.'] * 6)}"
    for last in (LAST, long):
        article, stripped = run(f"{LEAD}\n{SECOND}\n{last} {tail}")
        assert article["body"] == f"{LEAD}\n{SECOND}\n{last}"
        assert (kind, tail) in kinds(stripped)


def test_several_are_glued_behind_the_last_sentence() -> None:
    tail = "The Associated Press contributed to this report. Follow us on Twitter @norrvik."
    article, stripped = run(f"{STORY} {tail}")
    assert article["body"] == STORY
    assert [kind for kind, _ in kinds(stripped)] == ["credit", "furniture"]


def test_amid_the_story_a_paragraph_stays_whole() -> None:
    text = f"{LEAD}\n{SECOND} Follow us on Twitter @norrvik.\n{LAST}"
    assert run(text)[0]["body"] == text


def test_whom_to_follow_goes_with_the_sentences_that_say_who_wrote_it() -> None:
    for line in (
        "Ada Lund covers lighthouses for the Norrvik Courier. Follow her on Twitter @adalund.",
        "Never miss a lamp that matters. Follow us on Facebook.",
        "While you're here: every Monday our keepers look back. You can sign up here for the weekly newsletter.",
    ):
        assert run(f"{STORY}\n{line}")[0]["body"] == STORY


def test_what_is_pictured_goes_with_its_credit() -> None:
    assert run(f"{STORY}\nThe tower after the storm. Photo: Ada Lund")[0]["body"] == STORY


@pytest.mark.parametrize(
    "line",
    [
        "UP NEXT",
        "Subscribe to the view that a lamp is a lamp, or do not; the council will not ask.",
        "Subscribe to his odd theory of lamps, as half the island does, and you sleep well.",
        "Follow it on Instagram, it suggested, and I opened the window.",
    ],
)
def test_what_sounds_like_a_widget_and_is_the_story_stays(line: str) -> None:
    for text in (f"{LEAD}\n{SECOND}\n{line}\n{LAST}", f"{STORY}\n{line}\nNobody has asked for more so far, he said."):
        assert run(text)[0]["body"] == text
    assert run(f"{STORY}\n{line}")[0]["body"] == f"{STORY}\n{line}"


def test_a_widget_of_the_same_words_goes() -> None:
    for line in ("Up Next", "Subscribe to the Courier", "Follow it on Instagram"):
        assert run(f"{LEAD}\n{SECOND}\n{line}\n{LAST}")[0]["body"] == STORY
