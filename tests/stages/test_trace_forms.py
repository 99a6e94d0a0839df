"""Forms that English-language sites print: credits of 2019 and later, stations, apposed names, homonyms. All invented."""

from __future__ import annotations

import pytest

from tests.stages.tracing import cited, credited

STORY = "The harbour of Ashford reopened on Monday after a week of storms.\nFerries left on time, the port said."
NOTICE = "This material may not be published, broadcast, rewritten or redistributed without permission."


@pytest.mark.parametrize(
    ("byline", "expected"),
    [
        ("AP via Nexstar Media Wire", {("ap", "full"), ("nexstar", "full")}),
        ("CNN Newsource", {("cnnwire", "full")}),
        ("Maria Holt, CNN Newsource", {("cnnwire", "full")}),
        ("CNN Wire", {("cnnwire", "full")}),
        ("Posted By: CNN Wire", {("cnnwire", "full")}),
        ("Maria Holt, KFF Health News", {("kff", "full")}),
        ("BANG Showbiz", {("bangshowbiz", "full")}),
        ("PA Media", {("pa", "full")}),
        ("Maria Holt Tribune News Service", {("tns", "full")}),
        ("Gray News staff", {("gray", "full")}),
        ("Scripps National", {("scripps", "full")}),
        ("By Maria Holt, Cox Media Group National Content Desk", {("coxmedia", "full")}),
        ("Xinhua/IANS", {("xinhua", "full"), ("ians", "full")}),
        ("The Canadian Press", {("cp", "full")}),
        ("African News Agency (ANA)", {("ana_za", "full")}),
        ("News Agency of Nigeria", {("nan_ng", "full")}),
        ("Maria Holt / PNA", {("pna", "full")}),
        ("APP", {("app_pk", "full")}),
        ("Maria Holt (c) 2024 Bloomberg", {("bloomberg", "full")}),
        ("The New York Times News Service", {("nytns", "full")}),
        ("Agency Report", {("unspecified", "partial")}),
        ("Staff Writer with Reuters", {("reuters", "partial")}),
        ("Our Correspondent", set()),
        ("Thomson Reuters Institute", set()),
    ],
)
def test_bylines(byline: str, expected: set[tuple[str, str]]) -> None:
    assert credited(STORY, byline=byline) == expected


@pytest.mark.parametrize(
    ("byline", "house", "expected"),
    [
        ("TNN", "The Times of India", set()),
        ("ENS", "The Indian Express", set()),
        ("HT Correspondent", "Hindustan Times", set()),
        ("Deccan Chronicle | PTI", "Deccan Chronicle", {("pti", "partial")}),
        ("AFP | Dawn.com", "Dawn", {("afp", "partial")}),
    ],
)
def test_desks_of_a_house(byline: str, house: str, expected: set[tuple[str, str]]) -> None:
    assert credited(STORY, byline=byline, publisher=house) == expected


@pytest.mark.parametrize(
    ("tail", "expected"),
    [
        (
            "© 2024 Cable News Network, Inc., a Warner Bros. Discovery Company. All rights reserved.",
            ("cnnwire", "full"),
        ),
        ("The-CNN-Wire™ & © 2024 Cable News Network, Inc. All rights reserved.", ("cnnwire", "full")),
        (f"Copyright 2024 The Associated Press. All rights reserved. {NOTICE}", ("ap", "full")),
        ("This article was originally published by ProPublica.", ("ProPublica", "full")),
        (
            "This article is republished from The Conversation under a Creative Commons license.",
            ("theconversation", "full"),
        ),
        ("This story was produced by Stacker and reviewed by its editors.", ("stacker", "full")),
        ("Ashford Reflector is part of States Newsroom, a nonprofit news network.", ("statesnewsroom", "full")),
        ("KFF Health News is a national newsroom that writes on health.", ("kff", "full")),
        ("©2024 The Ashford Bugle. Distributed by Tribune Content Agency, LLC.", ("tns", "full")),
        ("&copy 2026 The Canadian Press", ("cp", "full")),
        ("Copyright 2024 Gray News. All rights reserved.", ("gray", "full")),
        ("(with inputs from ANI)", ("ani", "partial")),
        ("With PTI inputs", ("pti", "partial")),
        ("- with files from The Canadian Press", ("cp", "partial")),
        ("Additional reporting by Reuters", ("reuters", "partial")),
        ("Additional reporting from agencies", ("unspecified", "partial")),
        ("Compiled from wire reports", ("unspecified", "partial")),
        ("Contains information from The Associated Press.", ("ap", "partial")),
        ("jm/dm (dpa)", ("dpa", "full")),
        ("jm/dm (Reuters, dpa)", ("dpa", "partial")),
        (
            "Den Originalartikel gibt es auf Dunmore Herald Australia. Copyright 2018.",
            ("Dunmore Herald Australia", "full"),
        ),
        ("Este artículo fue publicado originalmente en Dunmore Herald.", ("Dunmore Herald", "full")),
    ],
)
def test_tails(tail: str, expected: tuple[str, str]) -> None:
    assert expected in credited(f"{STORY}\n{tail}")


def test_a_list_in_whatever_capitals() -> None:
    assert credited(f"{STORY}\nReuters - Ap - Afp") == {("reuters", "full"), ("ap", "full"), ("afp", "full")}
    assert credited(STORY, byline="Ap Somchai") == set()


def test_a_group_and_a_foundation_in_the_dateline() -> None:
    assert credited(STORY, dateline="(NEXSTAR) –") == {("nexstar", "full")}
    assert credited(STORY, dateline="LAGOS (Thomson Reuters Foundation) -") == {("trf", "full")}
    assert credited(STORY, dateline="Lagos, March 3, 2024 (NAN)") == {("nan_ng", "full")}


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("The mayor told WLWT the dam held.", "WLWT"),
        ("The dam held, WCPO reported.", "WCPO"),
        ("She said so in an interview with BFM-TV on Friday.", "BFMTV"),
        ("The dam held, CNN affiliate Telesol reported.", "Telesol"),
        ("He told German newspaper Anzeiger the dam held.", "Anzeiger"),
        ("He said so on the iKanal television station.", "iKanal"),
        ("The well keeper told The Paper, a Chinese news website.", "The Paper"),
        ("Dunmore Bugle, a local newspaper, reported it.", "Dunmore Bugle"),
        ("The People's Daily followed up with an account of the dam, noting that it held.", "People's Daily"),
        ("Cincinnati.com reported that the dam held.", "The Cincinnati Enquirer"),
        ("She told the American Prospect the dam held.", "The American Prospect"),
        ("The dam held, MarketWatch reported.", "MarketWatch"),
    ],
)
def test_sources(sentence: str, source: str) -> None:
    assert [name for name, _ in cited(sentence)] == [source]


def test_two_sources_with_their_own_prepositions() -> None:
    assert [name for name, _ in cited("The dam held, according to articles on CNN and in The New York Times.")] == [
        "CNN",
        "The New York Times",
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "According to KPMG, the dam held.",
        "The Works Agency of Dams (WAGD) told WAGD staff.",
        "SHE TOLD WORK CREWS: WE TOLD KEEN MEN.",
        "He told the newspaper Holt had left.",
        "A volunteer told The Paper.",
        "Maria Holt, a newspaper editor, reported it.",
        "He told the Boston newspaper it held.",
        "A Franco-German TV channel reported that it held.",
        "Miami television station reported it.",
        "The Spanish-language newspaper reported it.",
        "He sold the LED-TV and told UHD-TV owners.",
        "DNA reported from the scene matched.",
    ],
)
def test_what_only_looks_like_a_source(sentence: str) -> None:
    assert cited(sentence) == []


@pytest.mark.parametrize(
    ("alias", "name", "other"),
    [
        ("PTI", "Press Trust of India", "Pakistan Tehreek-e-Insaf won."),
        ("AFP", "Agence France-Presse", "The Armed Forces of the Philippines marched."),
        ("AP", "Associated Press", "He sat Advanced Placement exams."),
        ("UPI", "United Press International", "The Unified Payments Interface grew."),
        ("ANI", "Asian News International", "They build artificial narrow intelligence."),
        ("SID", "Sport-Informations-Dienst", "She studies sudden infant death."),
        ("TT", "TT Nyhetsbyrån", "He raced on the Isle of Man."),
        ("MTI", "MTI", "The Ministry of Trade and Industry met."),
        ("BTA", "BTA", "They signed a bilateral trade agreement."),
    ],
)
def test_an_acronym_that_means_something_else_in_the_text(alias: str, name: str, other: str) -> None:
    assert [source for source, _ in cited(f"The dam held, {alias} reported.")] == [name]
    assert cited(f"{other} The dam held, {alias} reported.") == []
