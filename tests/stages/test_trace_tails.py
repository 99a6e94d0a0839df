"""What stands below a story, or behind its last sentence, and says whose copy it is. All texts and people are invented."""

from __future__ import annotations

import pytest

from tests.stages.cleaning import STORY
from tests.stages.test_trace_bylines import read

LAST = "The lamp at the end of the long pier will stay lit until the end of May, the council said."


def below(
    line: str, author: str | None = "Ana Wells", host: str | None = None
) -> tuple[set[tuple[str, str]], list[str]]:
    """The credits of a story with a line below it, and the lines taken out."""
    url = f"https://{host}/1" if host else None
    credits, lines = read(f"{STORY}\n{LAST}\n{line}", byline=author, host=host, url=url)
    return {(row["agency"], row["grade"]) for row in credits}, lines


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Some information for this report came from AP and Reuters.", {("ap", "partial"), ("reuters", "partial")}),
        ("Some information was provided by The Associated Press.", {("ap", "partial")}),
        ("Portions of this story were reported by The Associated Press.", {("ap", "partial")}),
        ("Based on reporting by AFP and TASS", {("afp", "partial"), ("tass", "partial")}),
        ("– Additional reporting: Reuters, AFP", {("reuters", "partial"), ("afp", "partial")}),
        ("Additional reporting Reuters", {("reuters", "partial")}),
        ("Avec les informations de La Presse canadienne", {("cp", "partial")}),
        ("Mit Informationen von dpa", {("dpa", "partial")}),
        ("Con información de EFE y AP.", {("efe", "partial"), ("ap", "partial")}),
        ("With Vale wires", {("unspecified", "partial")}),
        ("• This article is based in part on wire service reports.", {("unspecified", "partial")}),
        ("Ashford wire services contributed to this report.", {("unspecified", "partial")}),
        ("Material from Ashford wire services was used in this report.", {("unspecified", "partial")}),
        ("Material from the Vale News Service was used in this report.", {("Vale News Service", "partial")}),
    ],
)  # fmt: skip
def test_from_whom_some_of_it_is(line: str, expected: set[tuple[str, str]]) -> None:
    assert below(line) == (expected, [line])


ORIGIN = (
    "The lamp of the far north stays lit originally appeared on {} on Mon, 1 Jan 2018 at 10:05:01 EDT. See our terms."
)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (ORIGIN.format("Reuters"), {("reuters", "full")}),
        (ORIGIN.format("BGR.com"), {("BGR", "full")}),
        ("Read the original article on Norrvik Now. Follow Norrvik Now on Twitter. Copyright 2018.", {("Norrvik Now", "full")}),
        (
            "Content created by The Daily Caller News Foundation is available without charge to any eligible news publisher.",
            {("dcnf", "full")},
        ),
        (
            "All content created by Reuters, an independent news service, is available without charge to any legitimate "
            "news publisher that can provide a large audience. All its articles must include the byline.",
            {("reuters", "full")},
        ),
        ("— With assistance by Ada Lund", {("bloomberg", "full")}),
    ],
)  # fmt: skip
def test_from_where_all_of_it_is(line: str, expected: set[tuple[str, str]]) -> None:
    assert below(line, author=None) == (expected, [line])


@pytest.mark.parametrize(
    "line",
    [
        "The keeper of the lamp originally appeared on BGR.com in May, where he spoke of his goat, the council said.",
        "Content created by the keepers is available without charge to any visitor who asks for it, the council said.",
        "Read the original article on St. Ives, the keeper said to all who asked him what he had read in the tower.",
    ],
)
def test_what_only_sounds_like_an_origin_credits_nobody(line: str) -> None:
    assert below(line)[0] == set()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("With Tom Bell and AP", {("ap", "partial")}),
        ("With Tom Bell, Ida Moss and The Associated Press", {("ap", "partial")}),
        ("With Tom Bell and Ida Moss", set()),
        ("With Tom Bell gone and AP on strike", set()),
        ("Barbed wire", set()),
        ("This story appears courtesy of Vale Notes.", {("Vale Notes", "full")}),
        ("This story was originally published by Vale Notes and is reproduced here as part of it.", {("Vale Notes", "full")}),
    ],
)  # fmt: skip
def test_words_around_who_gave_it(line: str, expected: set[tuple[str, str]]) -> None:
    assert below(line)[0] == expected


def test_what_a_label_says_of_a_list_holds_for_each_name() -> None:
    assert below("Additional reporting: AFP, Reuters", None)[0] == {("afp", "partial"), ("reuters", "partial")}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("NVK/AFP", {("afp", "partial")}),
        ("Reuters / NVK", {("reuters", "partial")}),
        ("SPA/AFP", set()),  # a picture's
        ("Tom Bell/AFP", set()),
    ],
)
def test_the_house_and_an_agency_behind_a_slash(line: str, expected: set[tuple[str, str]]) -> None:
    assert below(line, None, "nvk.example") == (expected, [line])


@pytest.mark.parametrize(
    ("line", "host", "credit"),
    [
        ("- The New York Times", "irishtimes.com", "The New York Times"),
        ("The Washington Post", "smh.com.au", "The Washington Post"),
        ("- smh.com.au", "nzherald.co.nz", "The Sydney Morning Herald"),
        ("– Copyright The Financial Times Limited 2023", "irishtimes.com", "Financial Times"),
        ("The Independent", "independent.co.uk", ""),
        ("The Sydney Morning Herald", "theage.com.au", ""),  # of one country, and of one owner
        ("The Guardian", "nvk.example", ""),  # of which nothing is known
    ],
)
def test_a_paper_of_another_country_alone(line: str, host: str, credit: str) -> None:
    assert below(line, "Ana Wells", host) == ({(credit, "full")} if credit else set(), [line])


@pytest.mark.parametrize(
    "line",
    [
        "Some information for this report came from the harbour master and two keepers.",
        "Based on reporting by AFP, the council voted to keep the lamp lit for another year.",
        "Additional information was given to AFP and to the council by the keeper of the lamp.",
    ],
)
def test_a_sentence_about_reporting_credits_nobody(line: str) -> None:
    assert below(line) == (set(), [])


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("pg/hf (dpa, afp)", {("dpa", "partial"), ("afp", "partial")}),
        ("kle/uh (dpa, afp, rtr)", {("dpa", "partial"), ("afp", "partial"), ("reuters", "partial")}),
        ("SRF 4 News, 7.3.2023, 14 Uhr;sda/kobt", {("sda", "full")}),
        ("sda/reuters/kobt;horm", {("sda", "partial"), ("reuters", "partial")}),
        ("afp/sbad", {("afp", "full")}),
        ("rös/dpa", {("dpa", "partial")}),
        ("rös / DPA", {("dpa", "partial")}),
        ("(afp)", {("afp", "full")}),
        ("(antara)", {("antara", "full")}),
        ("〔共同〕", {("kyodo", "full")}),
        ("STT–AFP", {("stt", "full"), ("afp", "full")}),
        ("AGERPRES/(AS - autor: Ana Wells, editor: Tom Bell)", {("agerpres", "full")}),
        ("Agencias AP y AFP", {("ap", "full"), ("afp", "full")}),
        ("Agencia Reuters", {("reuters", "full")}),
        ("Nachrichtenagentur dpa", {("dpa", "full")}),
        ("Sursa: Agerpres / Foto: Ana Wells", {("agerpres", "full")}),
        ("Kaynak: İhlas Haber Ajansı / Güncel", {("iha", "full")}),
        ("来源：中国新闻网", {("cns", "full")}),
        ("来源：新华社客户端", {("xinhua", "full")}),
        ("© 2023 Thomson/Reuters. All rights reserved.", {("reuters", "full")}),
        ("Ana Wells/AFP", set()),
        ("(photo: ana/afp)", set()),
        ("bur-jm/gw", set()),
        ("pg/hf (dpa, kna)", {("dpa", "partial")}),  # KNA is two agencies
        ("ina/kle", set()),  # initials
        ("ana/dpa", {("dpa", "partial")}),
        ("agenturen/sda/hosb;stal", {("sda", "partial")}),
        ("AGERPRES/(AS - autor: Ana Wells, editor: Tom Bell, editor online: Ida Moss)", {("agerpres", "full")}),
        ("(EFE) mv/rsm", {("efe", "full")}),
        ("(TTXVN/Vietnam+)", {("vna", "full")}),
        ("<연합뉴스>", {("yonhap", "full")}),
        ("PAP/IAR/pg", {("pap", "partial"), ("iar", "partial")}),
        ("Ana Wells (Theo AFP, Reuters)", {("afp", "partial"), ("reuters", "partial")}),
        ("Ana Wells (Theo thị trưởng)", set()),
    ],
)
def test_a_line_of_agencies_and_initials(line: str, expected: set[tuple[str, str]]) -> None:
    assert below(line, None)[0] == expected


@pytest.mark.parametrize(
    ("joined", "first", "second"),
    [
        ("رويترز، فرانس برس", "reuters", "afp"),
        ("رويترز + فرانس برس", "reuters", "afp"),
        ("رويترز وفرانس برس", "reuters", "afp"),
        ("法新社、路透社", "afp", "reuters"),
        ("法新社和路透社", "afp", "reuters"),
        ("ロイター・共同", "reuters", "kyodo"),
        ("로이터·AFP", "reuters", "afp"),
        ("Reuters и AFP", "reuters", "afp"),
        ("ČTK a Reuters", "ctk", "reuters"),
        ("TT och AFP", "tt", "afp"),
        ("PAP i Reuters", "pap", "reuters"),
        ("AA ve DHA", "anadolu", "dha"),
        ("Reuters και ΑΠΕ-ΜΠΕ", "reuters", "amna"),
        ("Reuters và AFP", "reuters", "afp"),
        ("रॉयटर्स और एएफपी", "reuters", "afp"),
        ("רויטרס ואי-פי", "reuters", "ap"),
        ("รอยเตอร์ และเอเอฟพี", "reuters", "afp"),
    ],
)  # fmt: skip
def test_two_agencies_in_whatever_language(joined: str, first: str, second: str) -> None:
    both = {(first, "full"), (second, "full")}
    assert below(f"({joined})", None) == (both, [f"({joined})"])
    assert below(f"Source: {joined}", None)[0] == both
    credits, _ = read(f"{STORY}\n{LAST}", byline=joined)
    assert {(row["agency"], row["grade"]) for row in credits} == both


@pytest.mark.parametrize(
    "byline", ["Ana i Eva Wells", "Ana y Tom Bell", "Canal+", "アナ・ウェルズ", "和田与作", "Ana I. AFPson"]
)
def test_such_a_word_beside_no_agency_parts_nobody(byline: str) -> None:
    assert read(f"{STORY}\n{LAST}", byline=byline) == ([], [])


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("来源：路透社/法新社", {("reuters", "full"), ("afp", "full")}),
        ("출처: 로이터, AFP", {("reuters", "full"), ("afp", "full")}),
        ("المصدر: رويترز", {("reuters", "full")}),
    ],
)
def test_the_source_above_a_story_or_in_the_byline(line: str, expected: set[tuple[str, str]]) -> None:
    for text, byline in ((f"{line}\n{STORY}", None), (STORY, line)):
        credits, _ = read(text, byline=byline)
        assert {(row["agency"], row["grade"]) for row in credits} == expected


def test_an_acronym_of_several_is_that_of_the_country() -> None:
    assert below("(APA/Red.)", None, "derstandard.at") == ({("apa_at", "partial")}, ["(APA/Red.)"])


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        ("REUTERS", {("reuters", "full")}),
        ("BLOOMBERG", {("bloomberg", "full")}),
        ("AFP", {("afp", "full")}),
        ("Con información de EFE", {("efe", "partial")}),
        ("(mit Material von dpa)", {("dpa", "partial")}),
        ("Some information for this report came from Reuters.", {("reuters", "partial")}),
        ("NATO", set()),
        ("Reuters", set()),
    ],
)
def test_behind_the_last_sentence(mark: str, expected: set[tuple[str, str]]) -> None:
    credits, _ = read(f"{STORY}\n{LAST} {mark}")
    assert {(row["agency"], row["grade"]) for row in credits} == expected


def test_a_bare_name_is_a_pictures_below_an_author_and_another_caption() -> None:
    assert read(f"{STORY}\n{LAST} AFP", byline="Ana Wells") == ([], [])
    assert read(f"{STORY}\n{LAST} Reuters\n{LAST} AFP") == ([], [])
