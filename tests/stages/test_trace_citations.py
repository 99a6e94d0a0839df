"""Citations: whom an article leans on. All sentences are invented."""

from __future__ import annotations

import time
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config import Trace
from pipeline.schema import ARTICLES, CITATIONS, CREDITS, STRIPPED
from pipeline.stages import trace
from tests.stages.tracing import article, cited, line, traced
from tests.strategies import texts


@pytest.mark.parametrize(
    ("sentence", "source", "role", "words"),
    [
        (
            "The dam held through the night, Yonhap News Agency reported.",
            "Yonhap News Agency",
            "cite",
            "Yonhap News Agency reported",
        ),
        (
            "The Japan Times reported on Friday that the dam held.",
            "The Japan Times",
            "cite",
            "The Japan Times reported on Friday",
        ),
        (
            "The dam held after all, reported CNN.",
            "CNN",
            "cite",
            "reported CNN",
        ),
        (
            "The dam held after all, reports Efe news agency.",
            "Agencia EFE",
            "cite",
            "reports Efe news agency",
        ),
        (
            "A report published in CNN stated that the dam held.",
            "CNN",
            "cite",
            "A report published in CNN stated",
        ),
        (
            "According to Reuters, the dam held.",
            "Reuters",
            "cite",
            "According to Reuters",
        ),
        (
            "The dam held, as per a report in The Hindu.",
            "The Hindu",
            "cite",
            "as per a report in The Hindu",
        ),
        (
            "The dam held, per Bloomberg.",
            "Bloomberg",
            "cite",
            "per Bloomberg",
        ),
        (
            "The dam held, she told AFP.",
            "Agence France-Presse",
            "interview",
            "told AFP",
        ),
        (
            "In an interview with the BBC she said the dam held.",
            "BBC",
            "interview",
            "interview with the BBC",
        ),
        (
            "She said on CNN that the dam held.",
            "CNN",
            "interview",
            "said on CNN",
        ),
        (
            'Speaking on "Good Morning America," Holt said it held.',
            "Good Morning America",
            "interview",
            'Speaking on "Good Morning America,"',
        ),
        (
            "The dam held, officials said, citing AFP.",
            "Agence France-Presse",
            "cite",
            "citing AFP",
        ),
        (
            "It was first reported by Politico.",
            "Politico",
            "cite",
            "was first reported by Politico",
        ),
        (
            "He was quoted as saying by Interfax that it held.",
            "Interfax",
            "cite",
            "was quoted as saying by Interfax",
        ),
        (
            "Interfax quoted the minister as saying it held.",
            "Interfax",
            "cite",
            "Interfax quoted the minister as saying",
        ),
        (
            "A draft seen by Reuters says the dam held.",
            "Reuters",
            "cite",
            "seen by Reuters",
        ),
        (
            "The CNN report said the dam held.",
            "CNN",
            "cite",
            "The CNN report",
        ),
        (
            "Iran's semiofficial Tasnim news agency said the dam held.",
            "Tasnim",
            "cite",
            "Iran's semiofficial Tasnim news agency said",
        ),
        (
            "CNN's Ana Wells reported that the dam held.",
            "CNN",
            "cite",
            "CNN's Ana Wells reported",
        ),
        (
            "Prices rose by a tenth, according to data compiled by Bloomberg.",
            "Bloomberg",
            "data",
            "data compiled by Bloomberg",
        ),
        (
            "A Reuters/Ipsos poll found little support.",
            "Reuters",
            "data",
            "A Reuters/Ipsos poll",
        ),
        (
            "The Times newspaper reported that it held.",
            "The Times",
            "cite",
            "The Times newspaper reported",
        ),
        (
            "The Dunmore Valley Gazette reported that it held.",
            "Dunmore Valley Gazette",
            "cite",
            "The Dunmore Valley Gazette reported",
        ),
        (
            "The engineer told the Dunmore Citizen-Times it held.",
            "Dunmore Citizen-Times",
            "interview",
            "told the Dunmore Citizen-Times",
        ),
        (
            "The dam held, according to NBC affiliate KXQZ.",
            "KXQZ",
            "cite",
            "according to NBC affiliate KXQZ",
        ),
        (
            "The engineer told WQXB-TV it held.",
            "WQXB-TV",
            "interview",
            "told WQXB-TV",
        ),
        (
            "The dam held, according to daily newspaper La Voce Alta.",
            "La Voce Alta",
            "cite",
            "according to daily newspaper La Voce Alta",
        ),
        (
            "The Japan Times, citing two people at the port, reported that it held.",
            "The Japan Times",
            "cite",
            "The Japan Times, citing two people at the port, reported",
        ),
        (
            "The AP also reports that the dam held.",
            "Associated Press",
            "cite",
            "The AP also reports",
        ),
        (
            "NPR's Ana Wells has reported on the dam.",
            "NPR",
            "cite",
            "NPR's Ana Wells has reported",
        ),
        (
            "The Charlotte Observer (http://short.example/2x) reports that it held.",
            "The Charlotte Observer",
            "cite",
            "The Charlotte Observer (http://short.example/2x) reports",
        ),
        (
            "The dam held, as first reported in the New York Post.",
            "New York Post",
            "cite",
            "reported in the New York Post",
        ),
        (
            "Half would move away, says a poll by ABC News.",
            "ABC News",
            "data",
            "poll by ABC News",
        ),
        (
            "The engineer said so in a Rolling Stone interview last year.",
            "Rolling Stone",
            "interview",
            "in a Rolling Stone interview",
        ),
        (
            "The engineer told USA TODAY Sports it held.",
            "USA TODAY",
            "interview",
            "told USA TODAY Sports",
        ),
        (
            "The German magazine Der Spiegel reported that it held.",
            "Der Spiegel",
            "cite",
            "The German magazine Der Spiegel reported",
        ),
        (
            "The engineer told the Dunmore Gazette-Mail it held.",
            "Dunmore Gazette-Mail",
            "interview",
            "told the Dunmore Gazette-Mail",
        ),
        (
            "Early reports from Yonhap indicated that the dam held.",
            "Yonhap News Agency",
            "cite",
            "reports from Yonhap indicated",
        ),
        (
            "The dam held, according to the Emirati news agency (WAM), which named nobody.",
            "Emirates News Agency",
            "cite",
            "according to the Emirati news agency (WAM",
        ),
        (
            "The dam held for a second day, nzherald.co.nz reported.",
            "The New Zealand Herald",
            "cite",
            "nzherald.co.nz reported",
        ),
        (
            "The engineer spoke to broadcaster TXV.",
            "TXV",
            "interview",
            "spoke to broadcaster TXV",
        ),
    ],
)
def test_frames(sentence: str, source: str, role: str, words: str) -> None:
    (citation,) = traced(sentence)[1]
    assert (citation["source"], citation["role"], citation["text"]) == (source, role, words)
    assert sentence[citation["start"] : citation["end"]] == words
    assert citation["field"] == "body"


@pytest.mark.parametrize(
    "sentence",
    [
        "The minister told reporters that the dam held.",
        "CNN anchor Ana Wells was at the dam.",
        "The crowd outside CNN headquarters cheered.",
        "Reuters Institute fellows visited the dam.",
        "Bloomberg Philanthropies paid for the dam.",
        "Mayor Bloomberg said the dam held.",
        "The Foreign Press Association said the dam held.",
        "Iowa City Press clubs said the dam held.",
        "Damage reports from CNN Center were few.",
        "See the pictures of the dam at www.nzherald.co.nz/dam today.",
        "Police reviewed CCTV footage of the dam, according to CCTV footage.",
        "Growth in the MENA region slowed, according to MENA countries.",
        "The dam was told of in a story from the Wall.",
        'The mayor said, "The dam held, according to Reuters, and that is that."',
        "The MAP was drawn in 1801.",
        "He reported Times Square was full.",
        "She told the Washington Nationals that the dam held.",
        "Fox shares fell by a tenth.",
        "CNN said in a statement that it had hired Holt.",
        "UPI payments rose, UPI transactions reported show.",
        "The Sun said nothing that day.",
        "Happy people said the dam held.",
        'It will be back soon, "we hope," said CNN in a statement.',
        "The dam held, according to the Ashford Medical Examiner.",
        "A study published in the Dunmore Journal of Surgery praised it.",
        "Polls close at 7:30 p.m. ET. ET polls are the first to close.",
    ],
)
def test_what_is_no_citation(sentence: str) -> None:
    assert cited(sentence) == []


@pytest.mark.parametrize(
    "body",
    [
        "Imran Khan's Pakistan Tehreek-e-Insaf held a rally.\nThe march would go on, a leader told PTI.",
        "Kejriwal met the Aam Aadmi Party.\nThe vote was near, according to AAP.",
        "The Armed Forces of the Philippines sent ships.\nThe reef was calm, according to AFP.",
        "Andhra Pradesh and the TDP agreed.\nThe road opens soon, according to AP.",
        "The Unified Payments Interface grew.\nVolumes doubled, according to UPI.",
    ],
)
def test_an_acronym_of_several_senses_is_off_where_the_text_is_about_the_other(body: str) -> None:
    assert cited(body) == []


def test_an_acronym_is_sure_where_its_agency_is_spelled_out() -> None:
    body = "Imran Khan spoke in Bani Gala, the Press Trust of India reported.\nThe rally was small, an aide told PTI."
    assert cited(body) == [("Press Trust of India", "cite"), ("Press Trust of India", "interview")]


def test_an_acronym_that_several_agencies_share_goes_to_the_one_that_is_meant() -> None:
    assert cited("The strait was calm, according to CNA.") == []
    assert cited("The strait was calm, according to CNA.", publisher_country="SG") == [("Channel NewsAsia", "cite")]
    spelled = "Taiwan's Central News Agency reported gales.\nThe strait was calm, according to CNA."
    assert [source for source, _ in cited(spelled)] == ["Central News Agency (Taiwan)"] * 2


def test_a_chain_names_the_one_it_came_through() -> None:
    first, second = traced("The launch failed, Yonhap reported, citing KCNA. The BBC reported gales.")[1][:2]
    assert (first["source"], first["via"]) == ("Yonhap News Agency", None)
    assert (second["source"], second["via"]) == ("Korean Central News Agency", "Yonhap News Agency")
    apart = traced("Yonhap reported a launch. Officials spoke of gales, citing KCNA.")[1]
    assert [row["via"] for row in apart] == [None, None]


def test_names_end_with_their_paragraph() -> None:
    body = "The dam held, she told TV station TXV.\nPolice agreed.\nIt is in Ashford County.\nThe Vale Gazette reported it."
    assert cited(body) == [("TXV", "interview"), ("Vale Gazette", "cite")]


def test_two_sources_in_one_frame() -> None:
    rows = traced("Politico and The Washington Post are reporting a deal.")[1]
    assert [row["source"] for row in rows] == ["Politico", "The Washington Post"]
    assert {row["text"] for row in rows} == {"Politico and The Washington Post are reporting"}


def test_a_name_behind_the_comma_that_ends_an_opening_is_who_acts() -> None:
    assert cited("According to CNN, Breitbart may use the film.") == [("CNN", "cite")]
    assert cited("According to CNN, The New York Times reported a leak.") == [
        ("CNN", "cite"),
        ("The New York Times", "cite"),
    ]
    assert len(cited("According to CNN, Breitbart and Reuters the dam held.")) == 3


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ('In fact, he told "Today," the dam held.', ["Today"]),
        ('In an interview on "Today" last week she said so.', ["Today"]),
        ("Today, Deutsche Welle quotes the mayor.", ["Deutsche Welle"]),
        ("She told Reuters and TIME that it held.", ["Reuters"]),
        ('"Today," she said, "it held." He told of "Time" and of it.', []),
    ],
)
def test_a_word_is_a_title_in_quotes_and_else_no_name_in_a_list(sentence: str, expected: list[str]) -> None:
    assert [source for source, _ in cited(sentence)] == expected


def test_the_credited_agency_and_the_publisher_speak_of_themselves() -> None:
    body = "The dam held, she told AFP.\nIt leaked later, she told the Denver Post.\nReuters could not verify this."
    rows = cited(body, byline="AFP", publisher="The Denver Post")
    assert rows == [("Agence France-Presse", "self"), ("The Denver Post", "self"), ("Reuters", "self")]
    assert cited("The dam held, she told AFP.", byline="Reuters") == [("Agence France-Presse", "interview")]


def test_one_row_for_a_source_at_one_place() -> None:
    rows = traced("She said on CNN and then again on CNN that it held.")[1]
    assert len({row["start"] for row in rows}) == len(rows) == 1


def test_staff_of_a_source_counts_only_as_its_own_eye() -> None:
    assert cited("An AFP reporter saw the dam.", byline="AFP") == [("Agence France-Presse", "self")]
    assert cited("An AFP reporter saw the dam.") == []


LANGUAGES = [
    ("ko", "연합뉴스에 따르면 댐은 무사했다.", "Yonhap News Agency", "cite"),
    ("ko", "로이터통신은 댐이 무사했다고 보도했다.", "Reuters", "cite"),
    ("ko", "시장은 교도통신과의 인터뷰에서 이같이 말했다.", "Kyodo News", "interview"),
    ("ko", "교도통신과 NHK에 따르면 댐은 무사했다.", "Kyodo News", "cite"),
    ("hi", "महापौर ने 'पीटीआई-भाषा' को बताया कि बांध सुरक्षित है।", "Press Trust of India", "interview"),
    ("fr", "Le barrage a tenu, rapporte Le Monde.", "Le Monde", "cite"),
    ("fr", "Invité de BFMTV, le maire a dit que le barrage avait tenu.", "BFMTV", "interview"),
    ("de", "Der Damm hielt, berichtet die Bild-Zeitung.", "Bild", "cite"),
    ("de", "Das sagte eine Sprecherin der Deutschen Presse-Agentur.", "Deutsche Presse-Agentur", "interview"),
    ("ja", "ロイター通信によると、ダムは無事だった。", "Reuters", "cite"),
    ("ja", "共同通信は、ダムは無事だったと報じた。", "Kyodo News", "cite"),
    ("zh", "据新华社报道，水坝安然无恙。", "Xinhua News Agency", "cite"),
    ("zh", "报告援引路透社的消息。", "Reuters", "cite"),
    ("hi", "समाचार एजेंसी रॉयटर्स के अनुसार बांध सुरक्षित रहा।", "Reuters", "cite"),
    ("hi", "महापौर ने एएफपी को बताया। फिर एएनआई ने बताया कि बांध सुरक्षित है।", "Agence France-Presse", "interview"),
    ("fr", "Le barrage a tenu, selon l'agence Reuters.", "Reuters", "cite"),
    ("fr", "Le barrage a tenu, a déclaré à l'AFP le maire.", "Agence France-Presse", "interview"),
    ("fr", "Le Figaro a révélé la fuite.", "Le Figaro", "cite"),
    ("de", "Laut der Nachrichtenagentur Reuters hielt der Damm.", "Reuters", "cite"),
    ("de", "Wie die Süddeutsche Zeitung berichtet, hielt der Damm.", "Süddeutsche Zeitung", "cite"),
    ("de", "Der Damm halte, sagte sie der dpa.", "Deutsche Presse-Agentur", "interview"),
    ("es", "La presa aguantó, según la agencia EFE.", "Agencia EFE", "cite"),
    ("es", "La presa aguantó, dijo a Reuters el alcalde.", "Reuters", "interview"),
]


@pytest.mark.parametrize(("language", "sentence", "source", "role"), LANGUAGES)
def test_other_languages(language: str, sentence: str, source: str, role: str) -> None:
    first = traced(sentence, language=language)[1][0]
    assert (first["source"], first["role"]) == (source, role)
    assert first["text"] in sentence
    if language in {"ko", "ja", "zh", "hi"}:
        assert traced(sentence, language=None)[1][0] == first, "told by its script"


def test_a_language_without_frames_has_no_citations() -> None:
    assert cited("According to Reuters, the dam held.", language="xx") == []


PAGE = (
    "The two ports agreed to share pilots, Yonhap News Agency reported.\nThe plan was welcomed in Kobe, but its date was "
    "unclear, The Japan Times reported.\nIt came after a meeting of harbour masters, reported CNN.\n"
    'The master of Kobe said, "We hope to see you often."\nA report published in CNN stated that a pilot boat had sunk.'
)


def test_a_scraped_page_of_an_agencys_copy() -> None:
    notice = "(Our desk chose the title of this story; all else is auto-generated from a syndicated feed.)"
    credits, citations = traced(PAGE, line(notice, "disclaimer", start=700), byline="ANI Asia", field="page")
    assert {(row["agency"], row["grade"]) for row in credits} == {("ani", "full")}
    assert credits[0]["desk"] == "Asia"
    assert {row["signal"] for row in credits} == {"byline", "disclaimer"}
    assert [row["source"] for row in citations] == ["Yonhap News Agency", "The Japan Times", "CNN", "CNN"]
    assert {row["role"] for row in citations} == {"cite"}


def test_no_articles() -> None:
    credits, citations = trace.run(ARTICLES.empty_table(), STRIPPED.empty_table(), Trace())
    assert credits.schema.equals(CREDITS)
    assert citations.schema.equals(CITATIONS)
    assert credits.num_rows == citations.num_rows == 0


@given(st.lists(st.sampled_from([sentence for _, sentence, *_ in LANGUAGES] + PAGE.split("\n")) | texts(), max_size=6))
def test_whatever_the_text_the_words_stand_where_they_are_said_to(paragraphs: list[str]) -> None:
    body = "\n".join(paragraphs)
    credits, citations = traced(body, byline="ANI Asia", body_map=[{"at": 0, "raw": 7}])
    assert len({(row["field"], row["start"], row["source"]) for row in citations}) == len(citations)
    for row in citations:
        assert body[row["start"] - 7 : row["end"] - 7] == row["text"] != ""
    for row in credits:
        if row["field"] == "body":
            assert body[row["start"] - 7 : row["end"] - 7] == row["text"]


@given(st.permutations(range(4)))
def test_an_articles_rows_do_not_depend_on_its_neighbours(order: list[int]) -> None:
    bodies = [PAGE, "According to Reuters, the dam held.", "", "The Associated Press contributed to this report."]
    rows: list[dict[str, Any]] = [article(bodies[n]) | {"record": n, "article_id": f"a{n}"} for n in order]
    together = trace.run(pa.Table.from_pylist(rows, ARTICLES), STRIPPED.empty_table(), Trace())
    for table, alone in zip(
        together, ([row for n in order for row in traced(bodies[n])[side]] for side in (0, 1)), strict=True
    ):
        assert [row | {"article_id": "a"} for row in table.to_pylist()] == alone


def test_a_long_story_takes_well_under_a_millisecond_for_each_of_its_thousand_words() -> None:
    body = "\n".join([PAGE, *["The harbour was calm and the pilots slept until the tide turned at noon."] * 600])
    articles = pa.Table.from_pylist([article(body) | {"record": n} for n in range(20)], ARTICLES)
    trace.run(articles, STRIPPED.empty_table(), Trace())
    began = time.process_time()
    trace.run(articles, STRIPPED.empty_table(), Trace())
    assert time.process_time() - began < 20 * len(body.split()) / 1000 * 0.001 * 5, "five times what it should take"


def test_a_sentence_cites_a_few_names_and_no_list_of_hundreds() -> None:
    names = ["AFP", "TASS", "Xinhua", "Kyodo News", "Yonhap"]
    assert len(cited(f"{', '.join(names)} reported that the dam held.")) == len(names)
    assert not cited(f"{', '.join(names * 20)} reported that the dam held.")
