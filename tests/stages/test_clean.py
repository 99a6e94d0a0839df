"""The clean stage on pages and bodies of our own invention, in the forms that real ones take."""

from __future__ import annotations

import textwrap
from datetime import UTC, datetime

import pytest

from pipeline import schema
from pipeline.stages import clean
from tests.stages.cleaning import KNOWN, SETTINGS, STORY, kinds, records, run

PAGE = """Business Standard

Ferry line to test electric boats between Goa islands

The operator wants to run half of its fleet on batteries within four years

Goa ferry

Goa ferry

ANI Asia
A ferry operator in Goa said on Monday it would test two electric boats between the islands of the Mandovi river.
The boats carry 60 people each and need 40 minutes at the pier to charge, the company said.
"We have counted every litre of diesel since 2019," said its head, Rosalba Menezes.
Fares will not change, she told reporters.

(Our desk wrote only the headline; the text of this story was taken from a syndicated feed.)

Never miss a headline that matters. Follow us on our Telegram channel

First Published: Apr 02 2024 | 7:15 PM IST

Explore News"""

# --- a page -----------------------------------------------------------------------------------------------------


def test_a_scraped_page() -> None:
    article, stripped = run(PAGE, field="page")
    assert article["publisher"] == "Business Standard"
    assert article["publisher_id"] == "business-standard"
    assert article["headline"] == "Ferry line to test electric boats between Goa islands"
    assert article["deck"].startswith("The operator wants")
    assert (article["byline"], article["byline_field"]) == ("ANI Asia", "page")
    assert PAGE[article["byline_start"] : article["byline_end"]] == "ANI Asia"
    assert article["published_at"] == datetime(2024, 4, 2, 13, 45, tzinfo=UTC)
    assert (article["published_precision"], article["published_zone"]) == ("minute", "abbreviation")
    assert article["published_raw"] == "Apr 02 2024 | 7:15 PM IST"
    assert article["body"].split("\n") == PAGE.split("ANI Asia\n")[1].split("\n\n(Our", maxsplit=1)[0].split("\n")
    assert [row["kind"] for row in stripped] == [
        "publisher", "headline", "deck", "caption", "caption", "byline", "disclaimer", "furniture", "stamp", "furniture"
    ]  # fmt: skip
    assert all(row["line"] == PAGE[row["start"] : row["end"]] for row in stripped)


def test_a_page_of_another_house() -> None:
    page = (
        "Larkhill Evening Echo\nWorld | Sport | Weather | Obituaries\nHarbour wall to be raised by a metre\n"
        "By Ottoline Grieve | Published March 3, 2020 5:04 pm\n"
        "LARKHILL — The harbour wall will be raised by a metre before the autumn storms, the council said.\n"
        "Also Read: What the sea took in 1953\n"
        "Work begins in June and will close the promenade for eleven weeks, it added.\n"
        "Share this story\n© 2020 Larkhill Media Group. All rights reserved.\n"
    )
    article, stripped = run(page, field="page", url="https://www.larkhill-echo.co.uk/a/1")
    assert article["publisher_id"] == "larkhill-echo.co.uk"
    assert article["headline"] == "Harbour wall to be raised by a metre"
    assert article["byline"] == "By Ottoline Grieve"
    assert article["dateline"] == "LARKHILL —"
    assert article["published_at"] == datetime(2020, 3, 3, 17, 4, tzinfo=UTC)
    assert article["body"] == (
        "The harbour wall will be raised by a metre before the autumn storms, the council said.\n"
        "Work begins in June and will close the promenade for eleven weeks, it added."
    )
    assert ("furniture", "Also Read: What the sea took in 1953") in kinds(stripped)
    assert ("copyright", "© 2020 Larkhill Media Group. All rights reserved.") in kinds(stripped)


def test_a_korean_page() -> None:
    page = (
        "솔빛신문\n등대 불빛 1년 더 켠다\n입력 2026.03.09. 오전 10:12\n"
        "(솔빛=연합뉴스) 한가람 기자 = 솔빛군은 마지막 등대의 불을 1년 더 켜기로 했다고 9일 밝혔다.\n"
        "어민 900명이 서명에 참여했다고 군은 설명했다.\n"
        "<저작권자(c) 연합뉴스, 무단 전재-재배포 금지>\n"
    )
    article, stripped = run(page, field="page")
    assert article["dateline"] == "(솔빛=연합뉴스) 한가람 기자 ="
    assert article["body"].startswith("솔빛군은 마지막")
    assert article["language"] == "ko"
    assert ("copyright", "<저작권자(c) 연합뉴스, 무단 전재-재배포 금지>") in kinds(stripped)
    assert article["published_raw"] == "2026.03.09. 오전 10:12"


def test_a_page_that_begins_with_its_story_has_no_headline() -> None:
    opening = (
        "A town in the far north has kept its last lighthouse lit for a year longer than it had meant to do, "
        "a spokeswoman for its council said."
    )
    article, stripped = run(f"{opening}\n{STORY}", field="page")
    assert article["body"] == f"{opening}\n{STORY}"
    assert (article["headline"], stripped) == (None, [])


# --- a body -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "dateline",
    [
        "SEOUL, March 19 (Yonhap) --", "New Delhi [India], March 19 (ANI):", "Mumbai (Maharashtra) [India], March 19 (ANI):",
        "WASHINGTON (AP) —", "ST. LOUIS (AP) _", "THE HAGUE —", "Berlin (dpa) -", "Berlin/München (dpa/lby) -",
        "MOSCOW, March 19. /TASS/.",
        "New Delhi, Mar 19 (PTI)", "Madrid, 3 may (EFE).-", "LONDON (Reuters) -", "(Reuters) -",
        "NEW YORK —", "WOODRUFF, S.C. --", "THE HAGUE:", "(The Beacon) -",
        "COLUMBIA, Mo. (KXYZ) —", "KARACHI:", "Kathmandu, March 3:", "(ANSA) - ROMA, 03 MAG -",
        "CNN —", "New York CNN —", "SYDNEY, March 3 AAP -", "Accra, March 3, GNA -", "Tamale (N/R), March 3, GNA -",
        "ABU DHABI, (UrduPoint / Pakistan Point News / WAM - 03rd March, 2021)",
        "KARACHI, (UrduPoint / Pakistan Point News - 3rd Mar, 2021 ) :",
        "नई दिल्ली, 19 मार्च (भाषा)", "नई दिल्ली, नौ मार्च (भाषा)",
        "МОСКВА, 19 мар - РИА Новости.", "【ソウル共同】", "新华社北京3月19日电（记者李四）", "（中央社記者王小明台北19日電）",
        "(서울=연합뉴스) 홍길동 기자 =",
    ],
)  # fmt: skip
def test_datelines_are_cut_with_their_offsets(dateline: str) -> None:
    text = f"{dateline} {STORY}"
    article, stripped = run(text)
    assert article["dateline"] == dateline
    assert text[article["dateline_start"] : article["dateline_end"]] == dateline
    assert article["body"] == STORY
    assert ("dateline", dateline) in kinds(stripped)


def test_who_speaks_in_a_transcript_is_no_dateline() -> None:
    text = f"ADA ROE: The lamp stays lit.\nIDA TERN: Why does it?\n{STORY}\nADA ROE: Because the town said so."
    article, stripped = run(text)
    assert (article["body"], article["dateline"], stripped) == (text, None, [])


@pytest.mark.parametrize(
    "opening",
    [
        "COVID-19 cases -", "FBI agents (AP) found that -", "WATCH: The lamp", "UPDATE — The lamp",
        "President Roe (Reuters) said",
        "In Larkhill, March 3 Jones -", "NATO (founded - it seems - in May 1949)",
        "In May 2019 (AP) the lamp", "The lamp (AP) - as", "Q: Why", "A NEW ERA:", "THE LAST LAMP:",
        "Jane Roe CNN -", "New York FC -",
    ],
)  # fmt: skip
def test_what_is_no_dateline_stays(opening: str) -> None:
    article, _ = run(f"{opening} {STORY}")
    assert article["body"].startswith(opening.replace("—", "-"))


@pytest.mark.parametrize(
    "mark",
    ["(ANI)", "PTI ABC DEF", "- Reuters", "(AFP)", "–Bernama", "/ritzau/", "(Reporting by A. Roe; Editing by B. Poe)",
     "(With inputs from agencies)", "(END)", "（共同）"],
)  # fmt: skip
def test_tail_marks_are_cut_and_kept_as_credits(mark: str) -> None:
    for joint in (" ", "\n"):
        text = f"{STORY}{joint}{mark}"
        article, stripped = run(text)
        assert article["body"] == STORY
        assert kinds(stripped)[-1] == ("credit", mark)


@pytest.mark.parametrize(
    "mark",
    ["— Bernama Bernama", "- Emirates News Agency, WAM –", "- Sapa-AFP", "/BSS", "IANS", "(NAN) (www.nannews.example)",
     "– African News Agency (ANA)", "(Agencies)", "- Agencies", "/jpv"],
)  # fmt: skip
def test_marks_behind_the_last_sentence_are_cut(mark: str) -> None:
    article, stripped = run(f"{STORY} {mark}")
    assert article["body"] == STORY
    assert kinds(stripped) == [("credit", mark)]


@pytest.mark.parametrize(
    "last", ["He works for IANS.", "She left for Sapa", "It was over, and/or so it seemed to all at AFP"]
)
def test_a_last_sentence_with_an_agency_stays(last: str) -> None:
    article, _ = run(f"{STORY} {last}")
    assert article["body"].endswith(last)


@pytest.mark.parametrize(
    "mark",
    ["(dpa/AFP)", "(AP/AFP)", "(PTI/ANI)", "(SD-Agencies/Xinhua)", "(sda/afp)", "(ats/afp)", "(apa/dpa)", "(EFE/AFP)",
     "(jmr/AFP)", "(APA/dpa/Reuters)", "(red, APA)", "- Reuters/AFP"],
)  # fmt: skip
def test_the_mark_of_several_agencies_makes_no_caption(mark: str) -> None:
    article, stripped = run(f"{STORY} {mark}")
    assert article["body"] == STORY
    assert kinds(stripped) == [("credit", mark)]
    item, *rest = STORY.split("\n")
    assert run(f"{item} {mark}\n" + "\n".join(rest))[0]["body"].startswith(item), "the first of several items"


@pytest.mark.parametrize(
    "mark", ["(Ana Wells/dpa)", "(AFP/Getty Images)", "(Pool/AFP)", "(STR/AFP)", "(Ana Wells/AP/dpa)"]
)
def test_a_picture_behind_a_sentence_makes_one(mark: str) -> None:
    caption = f"A stork stands on the old quay of the harbour, where no boats go. {mark}"
    first, *rest = STORY.split("\n")
    assert kinds(run("\n".join((first, caption, *rest)))[1]) == [("caption", caption)]


@pytest.mark.parametrize(
    "line",
    ["svs/dpa", "mfh/AFP/Reuters", "dpa/mho", "(dpa/AFP)", "(red, APA, 4.3.2026)", "jm/dm (dpa)", "mho (dpa/AFP)",
     "(Alder Post with AFP, AP and Reuters)", "(SDA)", "Por Agência Brasil –"],
)  # fmt: skip
def test_agencies_with_initials_or_the_house_in_a_last_line(line: str) -> None:
    article, stripped = run(f"{STORY}\n{line}")
    assert article["body"] == STORY
    assert kinds(stripped) == [("credit", line)]


@pytest.mark.parametrize("line", ["-- -30-", "- - Our Bureau", "- -", "-- - Jo Smith", " - - (More)", "— — —"])
def test_a_last_line_of_dashes_says_no_house(line: str) -> None:
    article, _ = run(f"{STORY}\n\n{line}")
    assert article["body"].startswith(STORY)


@pytest.mark.parametrize("initials", ["str/jm/dw", "bur-jm/gw", "jc/er/lll", "ABC // JLG", "kru/ par/"])
def test_initials_of_editors_below_an_agencys_text(initials: str) -> None:
    for text, known in ((f"{STORY} (EFE)", {}), (f"{STORY} EFE", {}), (STORY, {"byline": "AFP"})):
        article, stripped = run(f"{text}\n{initials}", **known)
        assert article["body"] == STORY
        assert ("credit", initials) in kinds(stripped)
    for article, _ in (run(f"{STORY}\n{initials}"), run(f"{STORY}\n{initials}\n{STORY}", byline="AFP")):
        assert initials in article["body"], "no agency; in the midst"


def test_a_note_on_pictures_below_an_agencys_initials() -> None:
    article, stripped = run(f"{STORY} EFE\nfgg/erm\n(foto) (vídeo)")
    assert article["body"] == STORY
    assert {kind for kind, _ in kinds(stripped)} == {"credit"}


def test_an_acronym_that_ends_the_sentence_stays() -> None:
    article, stripped = run(f"{STORY[:-1]} said the Andorran Public Society (APS).")
    assert article["body"].endswith("(APS).")
    assert stripped == []


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("The Associated Press contributed to this report.", "credit"),
        ("Jo Marsh in Oslo contributed.", "credit"),
        ("Contributing: The Associated Press", "credit"),
        ("Associated Press", "credit"),
        ("Source: Xinhua", "credit"),
        ("来源：新华社", "credit"),
        (
            "(This story has not been edited by Northern Post staff and is auto-generated from a syndicated feed.)",
            "disclaimer",
        ),
        ("(Except for the headline, nothing in this story was edited by our desk.)", "disclaimer"),
        (
            "This report is auto-generated from PTI news service. The Post holds no responsibility for its content.",
            "disclaimer",
        ),
        ("This article originally appeared on Fenwick Argus.", "disclaimer"),
        ("Diese Meldung wurde automatisch von der dpa übernommen.", "disclaimer"),
        ("Copyright 2023 The Associated Press. All rights reserved.", "copyright"),
        ("© dpa-infocom, dpa:230319-99-12345/2", "copyright"),
        ("Tous droits réservés", "copyright"),
        ("Updated: March 19, 2023 8:42 am IST", "stamp"),
        ("5 min read", "stamp"),
        ("This story has been corrected to show that the lamp is electric.", "version_note"),
        ("This is a breaking news story. Check back for updates.", "version_note"),
        ("Photo: Jo Marsh", "caption"),
        ("(File photo)", "caption"),
        ("Edited by: Jo Marsh", "byline"),
        ("홍길동 기자 hong@example.kr", "byline"),
        ("Tags: lighthouse, north", "furniture"),
        ("Follow us on Twitter and Facebook", "furniture"),
        ("Twitter @jomarsh", "furniture"),
        ("Subscribe to our newsletter", "furniture"),
        ("यह भी पढ़ें: बत्ती कब जली", "furniture"),
        ("Lesen Sie auch: Wie das Licht kam", "furniture"),
        ("▶ 제보는 카카오톡", "furniture"),
        ("———", "furniture"),
        ("Advertisement", "furniture"),
    ],
)
def test_tail_lines_by_kind(line: str, kind: str) -> None:
    article, stripped = run(f"{STORY}\n{line}")
    assert article["body"] == STORY
    assert kinds(stripped) == [(kind, line)]


@pytest.mark.parametrize(
    "sentence",
    [
        "“The council is not responsible for the accuracy of the charts,” the mayor said on Sunday.",
        "Read more about the lamp, she said, and you will understand why the town would not let it go.",
        "He had contributed to the fund since it was founded, long before anyone knew how it would end.",
        "Follow the coast for a mile and you will see it, the keeper wrote on Facebook before he left.",
        "The photo shows the tower in 1911, with a goat that no one remembers on its gallery.",
        "Updated rules for 12 harbours come into force in May, and none of them mentions a lighthouse.",
        "All rights to the lamp had been sold in 1902, a copyright lawyer from the mainland told the council.",
        "By noon the whole town had come to the pier, and most of it stayed until the lamp was lit.",
    ],
)
def test_sentences_that_sound_like_furniture_stay(sentence: str) -> None:
    for text in (f"{sentence}\n{STORY}", f"{STORY}\n{sentence}", f"{STORY}\n{sentence}\n{STORY}"):
        article, stripped = run(text)
        assert stripped == []
        assert article["n_words"] == len(text.split())


def test_headline_and_deck_repeated_in_the_body_go() -> None:
    text = f"Far North\nLamp to Stay Lit, Town’s Council Says\nA year’s reprieve for the tower\n{STORY}"
    article, stripped = run(
        text, headline="Lamp to stay lit, town's council says - Fenwick Argus", deck="A year's reprieve for the tower"
    )
    assert article["body"] == STORY
    assert [row["kind"] for row in stripped] == ["furniture", "headline", "deck"]


LEDE = "The lamp at Larkhill will stay lit for another year, the town council of Far North said on Monday after a vote that"


@pytest.mark.parametrize(
    ("lede", "deck"),
    [
        (f"{LEDE} few had thought it would win.", "{lede}"),
        ("LARKHILL, May 4 (AP) -- The lamp at Larkhill will stay lit.", "{lede}"),
        ("The lamp at Larkhill will stay lit for a year.", "{lede} " + STORY[:24]),
    ],
)
def test_a_first_paragraph_that_describes_the_page_stays(lede: str, deck: str) -> None:
    _, stripped = run(f"{lede}\n{STORY}", headline="Lamp to stay lit", deck=deck.format(lede=lede))
    assert "deck" not in {row["kind"] for row in stripped}


def test_a_long_description_above_a_byline_is_a_deck() -> None:
    deck = f"{LEDE} few had thought it would win."
    article, _ = run(f"{deck}\nBy Jane Roe\n{STORY}", headline="Lamp to stay lit", deck=deck)
    assert article["body"] == STORY


DECK = "The lamp had been due to go dark at the end of May after its keeper retired to the mainland."


@pytest.mark.parametrize(
    ("below", "kinds_below"),
    [
        ("ANI\nUpdated: April 9, 2019\nFar North on the Map\nLamp to Stay Lit", "byline stamp furniture headline"),
        ("ANI | Larkhill (Far North) | Updated: 09-04-2019 11:33 IST | Created: 09-04-2019 11:33 IST", "byline stamp"),
        ("By Jane Roe\nPublished: 9 April 2019", "byline stamp"),
    ],
)
def test_what_stands_below_a_deck_is_of_the_head(below: str, kinds_below: str) -> None:
    article, stripped = run(f"Lamp to Stay Lit\n{DECK}\n{below}\n{STORY}", headline="Lamp to stay lit")
    assert article["body"] == STORY, "the story says what the deck said"
    assert [row["kind"] for row in stripped] == ["headline", "deck", *kinds_below.split()]


def test_a_deck_that_the_story_does_not_repeat_stays() -> None:
    deck = "Nobody on the two islands had asked for a tower that costs more than the ferry does."
    article, stripped = run(f"{deck}\nBy Jane Roe\nPublished: 9 April 2019\n{STORY}")
    assert article["body"] == f"{deck}\n{STORY}"
    assert [row["kind"] for row in stripped] == ["byline", "stamp"]


@pytest.mark.parametrize("between", ["Reuters", "April 9, 2019", "Jane Roe", "Updated rules"])
def test_without_a_labelled_time_below_it_a_paragraph_is_no_deck(between: str) -> None:
    text = f"{DECK}\n{between}\n{STORY}"
    assert run(text)[0]["body"] == text


def test_a_text_that_only_repeats_its_headline_is_a_story() -> None:
    article, _ = run("COUNCIL KEEPS LAMP LIT", headline="Council keeps lamp lit")
    assert article["body"] == "COUNCIL KEEPS LAMP LIT"
    assert article["text_state"] == "stub"


TEASERS = """Owners hire lawyer to fight harbour tax
Town hall notified of pending lawsuit
BREAKING: Arrest made in old case of a missing boat
A keeper of 55 was taken to the mainland on Thursday"""


def test_headlines_below_the_agencys_line_go() -> None:
    article, stripped = run(f"{STORY}\nThe Associated Press\n{TEASERS}")
    assert article["body"] == STORY
    assert [row["rule"] for row in stripped] == ["agency-line", *["below-closing-line"] * 4]


@pytest.mark.parametrize(
    "below",
    [
        f"The Associated Press\n{TEASERS}\nThe keeper told the paper that he would stay where he was.",
        "The Associated Press\nHow the council voted: nine to four\n9 for the lamp\n4 for the dark",
        "The Associated Press\nTown hall notified of pending lawsuit",
        TEASERS,
    ],
)
def test_what_may_be_of_the_story_stays_below_the_agencys_line(below: str) -> None:
    article, _ = run(f"{STORY}\n{below}")
    assert article["body"].endswith(below.rpartition("\n")[2])


def test_links_below_a_heading_go_with_it() -> None:
    links = "ALSO\nKeeper's goat finds a home\nWho pays for the lamp?\nTwo islands, one ferry"
    article, stripped = run(f"{STORY}\n{links}")
    assert article["body"] == STORY
    assert [row["kind"] for row in stripped] == ["furniture"] * 4


def test_captions_above_the_dateline_go() -> None:
    article, stripped = run(f"The tower seen from the pier on a clear day in March.\nLARKHILL, Maine (AP) — {STORY}")
    assert article["body"] == STORY
    assert [row["kind"] for row in stripped] == ["caption", "dateline"]


def test_never_more_than_the_share_of_words() -> None:
    links = "\n".join(
        f"Read more: the long and winding history of lamp number {number}, told by its keepers" for number in range(9)
    )
    body = f"{STORY}\n{links}\n(ANI)"
    assert run(body)[0]["body"].startswith(STORY + "\nRead more")
    assert ("credit", "(ANI)") in kinds(run(body)[1])


def test_hard_wrapped_lines_are_no_furniture() -> None:
    text = (
        "The council, which owns the lamp and a\nshare.\n   It said the keeper would be paid until\nMay by\nReuters.\n"
    )
    article, stripped = run(text + "Nobody in the town could say who would follow him in the\ntower.")
    assert "share." in article["body"]
    assert stripped == []


def test_a_label_above_hard_wrapped_lines_does_not_hide_the_dateline() -> None:
    wrapped = "\n".join(textwrap.wrap(f"LARKHILL (Reuters) - {STORY}", 60))
    for gap, kinds_found in (("\n\n\n", ["furniture", "dateline"]), ("\n", [])):
        article, stripped = run(f"Breaking News{gap}{wrapped}")
        assert [row["kind"] for row in stripped] == kinds_found
        assert article["dateline"] == ("LARKHILL (Reuters) -" if kinds_found else None)


def test_a_byline_on_lines_of_its_own_names_the_person_and_not_the_job() -> None:
    article, stripped = run(f"By\nAda Lund\nSenior Reporter\n{STORY}")
    assert (article["byline"], article["body"]) == ("Ada Lund", STORY)
    assert [row["rule"] for row in stripped] == ["byline-label", "byline-below-label", "byline-desk"]
    assert run(f"Author of the article:\nThe Canadian Press\n{STORY}")[0]["byline"] == "The Canadian Press"
    verse = f"By\nthe harbour\n{STORY}"
    assert run(verse)[0]["body"] == verse


@pytest.mark.parametrize("line", ["von Ada Lund", "von Ada Lund, 8.5.12", "par Ada Lund et Jo Marsh"])
def test_bylines_without_a_capital_or_with_their_date(line: str) -> None:
    article, stripped = run(f"{line}\n{STORY}")
    assert (article["byline"], article["body"]) == (line, STORY)
    assert [row["kind"] for row in stripped] == ["byline"]
    article, stripped = run(f"Ada Lund | Norrvik | 08/01/2014\n{STORY}")
    assert (article["byline"], article["published_raw"]) == ("Ada Lund | Norrvik", "08/01/2014")
    assert [row["kind"] for row in stripped] == ["byline", "stamp"]
    verse = f"von Nacht und Wind erzählt er\n{STORY}"
    assert run(verse)[0]["body"] == verse


@pytest.mark.parametrize(
    ("line", "byline"),
    [
        ("Dubai - Reuters", "Dubai - Reuters"),
        ("دبي - رويترز", "دبي - رويترز"),
        ("عواصم - وكالات", "عواصم - وكالات"),
        ("كتب: رويترز الخميس 20-04-2017 22:27", "كتب: رويترز"),
    ],
)
def test_an_agency_behind_a_place_is_a_byline(line: str, byline: str) -> None:
    article, _ = run(f"{line}\n{STORY}")
    assert (article["byline"], article["body"]) == (byline, STORY)


@pytest.mark.parametrize("line", ["Por AFP", "La Presse Canadienne", "By PTI"])
def test_an_agency_below_the_deck_is_a_byline(line: str) -> None:
    deck, story = STORY.split("\n", 1)
    article, _ = run(f"{deck}\n{line}\n{story}")
    assert (article["byline"], article["body"]) == (line, STORY)
    assert run(f"{STORY}\n{line}\n{STORY}")[0]["byline"] is None or line.startswith(("By", "Por"))


def test_what_stands_between_a_deck_and_the_same_sentence_is_the_story_s() -> None:
    deck = STORY.split("\n")[0]
    opening = "In the harbour of the northern town the council has met for the third time in a week, and"
    assert run(f"{deck}\n{opening}\n{STORY}")[0]["body"] == f"{opening}\n{STORY}"
    assert run(f"{deck}\nHarbour news\n{STORY}")[0]["body"] == STORY


def test_what_stands_above_the_lines_below_a_copyright_is_the_end_of_the_page() -> None:
    below = (
        "---\nAssociated Press writers Ada Lund in Norrvik and Jo Marsh in Ashford contributed to this story.\n"
        "© 2016 The Associated Press. All rights reserved.\nAP Photo/Uncredited\n©2015 The Associated Press.\n"
        "All rights reserved. Terms under which this site is provided.\nLearn more about our Privacy Policy."
    )
    article, stripped = run(f"{STORY}\n{STORY.replace('lamp', 'light')}\n{below}")
    assert article["body"] == f"{STORY}\n{STORY.replace('lamp', 'light')}"
    assert ("credit", below.split("\n")[1]) in kinds(stripped)


def test_the_last_paragraph_of_a_japanese_story_is_no_caption_though_it_is_signed_like_one() -> None:
    story = (
        "橋は16日夜に崩れ、町の中心で二人がけがをした。\n当局者は「捜査は続いている」と指摘している。(c)AFP/Hana SATO"
    )
    article, stripped = run(f"【6月18日 AFP】北部の町で橋が崩れた。\n{story}")
    assert article["body"].endswith(story.removesuffix("(c)AFP/Hana SATO"))
    assert kinds(stripped)[-1] == ("copyright", "(c)AFP/Hana SATO")
    caption = "崩れた橋(6月17日撮影)。(c)AFP/Hana SATO"
    assert kinds(run(f"{STORY}\n{caption}")[1]) == [("caption", caption)]


def test_the_record_s_own_byline_wins_unless_it_is_none() -> None:
    article, _ = run(f"By Jo Marsh\n{STORY}", byline="Asta Roe, Reuters")
    assert (article["byline"], article["byline_field"], article["byline_start"], article["byline_end"]) == (
        "Asta Roe, Reuters", "byline", 0, 17
    )  # fmt: skip
    article, _ = run(f"By Jo Marsh\n{STORY}", byline="Sign In")
    assert (article["byline"], article["byline_field"]) == ("By Jo Marsh", "body")


# --- times ------------------------------------------------------------------------------------------------------


def test_an_agency_in_the_publisher_s_place_is_credited() -> None:
    article, _ = run(STORY, publisher="Associated Press", url="https://valepost.example/lamp")
    assert (article["publisher"], article["home_agency"], article["credit"]) == (
        "valepost.example",
        None,
        "Associated Press",
    )
    article, _ = run(STORY, publisher="Reuters", host="denverpost.com", credit="AP")
    assert (article["publisher"], article["credit"]) == ("The Denver Post", "AP; Reuters")
    article, _ = run(STORY, publisher="Reuters", host="denverpost.com", credit="Reuters")
    assert article["credit"] == "Reuters"
    article, _ = run(STORY, publisher="Reuters", host="reuters.com")
    assert (article["home_agency"], article["credit"]) == ("reuters", None)


def test_the_publisher_s_country_reads_the_zone() -> None:
    article, _ = run(STORY, published="Mar 19 2023 8:42 AM IST", publisher="The Jerusalem Post")
    assert article["published_at"] == datetime(2023, 3, 19, 6, 42, tzinfo=UTC)
    article, _ = run(STORY, published="2023-03-19 08:42", host="yna.co.kr")
    assert (article["published_at"], article["published_zone"]) == (
        datetime(2023, 3, 18, 23, 42, tzinfo=UTC),
        "publisher",
    )


def test_a_crawler_s_clock_is_not_in_the_zone_of_the_publisher() -> None:
    article, _ = run(STORY, published="2023-03-19 08:42", fetched="2023-03-19 09:10", host="yna.co.kr")
    assert (article["published_at"].hour, article["fetched_at"].hour) == (23, 9)


@pytest.mark.parametrize(
    ("stated", "language"),
    [
        *(
            ("English", "en"),
            ("eng", "en"),
            ("GERMAN", "de"),
            ("Français (Canada)", "fr"),
            ("nb-NO", "no"),
            ("日本語", "ja"),
        ),
        *(("pt_BR", "pt"), ("ckb", "ckb"), ("the usual", None), ("", None)),
    ],
)
def test_languages_by_code_or_name(stated: str, language: str | None) -> None:
    assert run(STORY, language=stated)[0]["language"] == language


def test_unknown_forms_keep_their_words_and_future_times_do_not_count() -> None:
    article, _ = run(STORY, published="two days before the regatta")
    assert (article["published_at"], article["published_raw"]) == (None, "two days before the regatta")
    assert article["published_precision"] == "unknown"
    article, _ = run(STORY, published="2023-03-22T00:30:00Z", fetched="2023-03-19T10:00:00Z")
    assert article["published_at"] is None
    assert article["fetched_at"] == datetime(2023, 3, 19, 10, tzinfo=UTC)


def test_a_time_of_change_stands_in_for_a_missing_time_of_publication() -> None:
    article, _ = run(f"{STORY}\nUpdated: March 19, 2023 8:42 am GMT")
    assert article["published_at"] == article["modified_at"] == datetime(2023, 3, 19, 8, 42, tzinfo=UTC)


def test_a_text_under_embargo_is_published_when_that_ends() -> None:
    until = datetime(2023, 3, 22, 14, tzinfo=UTC)
    sent = {"published": "2023-03-19T08:00:00Z", "fetched": "2023-03-19T08:05:00Z"}
    article, _ = run(STORY, **sent, embargo="2023-03-22T15:00:00+01:00")
    assert (article["published_at"], article["embargoed_until"]) == (until, until)
    article, _ = run(STORY, embargo="22 March 2023, 14:00 GMT")
    assert (article["published_at"], article["embargoed_until"]) == (until, until)


@pytest.mark.parametrize(
    "embargo", ["2023-03-19T08:00:00Z", "2023-03-18", "true", "until further notice", "2023-02-30"]
)
def test_an_embargo_that_holds_nothing_back_is_none(embargo: str) -> None:
    article, _ = run(STORY, published="2023-03-19T08:00:00Z", embargo=embargo)
    assert article["published_at"] == datetime(2023, 3, 19, 8, tzinfo=UTC)
    assert article["embargoed_until"] is None


# --- rejects ----------------------------------------------------------------------------------------------------


def test_rejects_say_where_and_why() -> None:
    table = records(
        {"text": " \n\u00a0"},
        {"text": STORY},
        {"text": STORY, "published": "2023-02-31"},
        {"text": "© 2020 Fenwick Argus"},
    )
    articles, stripped, rejects = clean.run(table, SETTINGS, KNOWN)
    assert articles["record"].to_pylist() == [1]
    assert stripped.num_rows == 0
    assert [(row["source"], row["stage"], row["reason"]) for row in rejects.to_pylist()] == [
        ("in.jsonl:1", "clean", "no text"),
        ("in.jsonl:3", "clean", "impossible date '2023-02-31'"),
        ("in.jsonl:4", "clean", "no text: only furniture"),
    ]


def test_an_empty_table_gives_empty_tables() -> None:
    tables = clean.run(schema.RECORDS.empty_table(), SETTINGS, KNOWN)
    assert [table.schema for table in tables] == [schema.ARTICLES, schema.STRIPPED, schema.REJECTS]
    assert not any(table.num_rows for table in tables)
