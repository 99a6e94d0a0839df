"""Credits: whose copy an article is. All texts, people and small papers are invented."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.config import Trace
from pipeline.errors import ConfigError
from tests.stages.tracing import cited, credited, line, traced

STORY = "The harbour of Ashford reopened on Monday after a week of storms.\nFerries left on time, the port said."


@pytest.mark.parametrize(
    ("byline", "expected"),
    [
        ("ANI Asia", {("ani", "full")}),
        ("By The Associated Press", {("ap", "full")}),
        ("AP", {("ap", "full")}),
        ("Associated Press", {("ap", "full")}),
        ("Maria Holt, Associated Press", {("ap", "full")}),
        ("Maria Holt of The Associated Press", {("ap", "full")}),
        ("Maria Holt | Reuters", {("reuters", "full")}),
        ("Reuters in Lisbon", {("reuters", "full")}),
        ("By Jon Reed, AP Sports Writer", {("ap", "full")}),
        ("AP | Updated: March 3, 2021", {("ap", "full")}),
        ("AP December 6", {("ap", "full")}),
        ("Maria Holt (AP)", {("ap", "full")}),
        ("Maria van den Berg Reuters", {("reuters", "full")}),
        ("MARIA HOLT\nAssociated Press", {("ap", "full")}),
        ("Lisbon (AFP)", {("afp", "full")}),
        ("Asian News International (ANI)", {("ani", "full")}),
        ("By PA Reporter", {("pa", "full")}),
        ("Press Trust of India", {("pti", "full")}),
        ("AP - AFP", {("ap", "full"), ("afp", "full")}),
        ("XINHUA/ITALPRESS", {("xinhua", "full"), ("italpress", "full")}),
        ("AFP=時事", {("afp", "full"), ("jiji", "full")}),
        ("APA/dpa", {("dpa", "full")}),  # APA is two agencies; without a country it is neither
        ("Maria Holt; The Denver Post", {("The Denver Post", "full")}),
        ("Maria Holt; Dunmore Valley Gazette", {("Dunmore Valley Gazette", "full")}),
        ("Staff and AP", {("ap", "partial")}),
        ("The Ashford Post with AFP", {("afp", "partial")}),
        ("Ashford Post staff and Reuters", {("reuters", "partial")}),
        ("Le Monde avec AFP", {("Le Monde", "partial"), ("afp", "partial")}),
        ("Agencies", {("unspecified", "partial")}),
        ("PRNewswire", {("prnewswire", "release")}),
        ("ANI/VMPL", {("pnn", "release")}),
        ("Getty Images", set()),
        ("Maria Holt", set()),
        ("Ani Sharma", set()),
        ("Michael Bloomberg", set()),
        ("Dubai - Reuters", {("reuters", "full")}),
        ("دبي - رويترز", {("reuters", "full")}),
        ("كتب: رويترز", {("reuters", "full")}),
        ("عواصم - وكالات", {("unspecified", "partial")}),
        ("Petra Novak", set()),
        ("Emily Jane Fox", set()),  # neither at Fox nor, below, at Bild, Dawn or a paper called the Sun
        ("Emily J. Fox, Staff Writer", set()),
        ("Hans Peter Bild", set()),
        ("Amy Ann Dawn and Tom Bell", set()),
        ("Lena H. Sun", set()),
        ("Emily Jane Fox, Fox News", {("Fox News", "full")}),
        ("TNN", set()),
        ("Web Desk", set()),
        ("By Ashford Post Staff", set()),
    ],
)
def test_byline(byline: str, expected: set[tuple[str, str]]) -> None:
    assert credited(STORY, byline=byline) == expected


@pytest.mark.parametrize(
    ("byline", "desk"),
    [
        ("ANI Asia", "Asia"),
        ("ANI", None),
        ("PTI New Delhi", "New Delhi"),
        ("Reuters Health", "Health"),
        ("Yonhap News Agency", None),
        ("EFE Noticias", None),
        ("RIA Novosti", None),
        ("TT Nyhetsbyrån", None),
        ("USA TODAY Network", None),
        ("PTI Bhasha", "Bhasha"),
        ("AP Business Writer Tom Bell", "Business"),
        ("Associated Press Writer Tom Bell", None),
    ],
)
def test_desk(byline: str, desk: str | None) -> None:
    (credit,) = traced(STORY, byline=byline)[0]
    assert credit["desk"] == desk


def test_a_joint_byline_of_the_house_and_an_agency_is_partial() -> None:
    page = {"publisher": "CBS News", "publisher_id": "cbsnews", "url": "https://www.cbsnews.com/news/x/"}
    assert credited(STORY, byline="CBS; AP", **page) == {("ap", "partial")}
    assert credited(STORY, byline="AP", **page) == {("ap", "full")}
    assert credited(STORY, byline="CBS News", **page) == set()


@pytest.mark.parametrize(
    ("byline", "expected"),
    [
        ("Ana Wells and The Associated Press", {("ap", "partial")}),
        ("By Ana Wells and Reuters", {("reuters", "partial")}),
        ("Ana Wells, Tom Bell and CNN Wire", {("cnnwire", "partial")}),
        ("Ana Wells und dpa", {("dpa", "partial")}),
        ("Ana Wells and The Washington Post", {("The Washington Post", "partial")}),
        ("Ana Wells and Tom Bell, Associated Press", {("ap", "full")}),
        ("Ana Wells, Associated Press", {("ap", "full")}),
        ("Ana Wells for Reuters", {("reuters", "full")}),
        ("Reuters and AFP", {("reuters", "full"), ("afp", "full")}),
        ("Associated Press Writers Ana Wells and Tom Bell", {("ap", "full")}),
    ],
)
def test_a_reporter_and_an_agency(byline: str, expected: set[tuple[str, str]]) -> None:
    assert credited(STORY, byline=byline) == expected


def test_an_outlet_on_its_own_pages_is_no_credit() -> None:
    assert credited(STORY, byline="The Denver Post", publisher="denverpost.com", publisher_id="denverpost.com") == set()


@pytest.mark.parametrize(
    ("host", "byline", "expected"),
    [
        ("ashfordindependent.example", "Maria Holt; Dunmore Ashford Independent News", set()),
        ("vdr.example", "Maria Holt; Vale Daily Record", set()),
        ("www.harbournews.example", "Maria Holt; Harbour News", set()),
        ("telegraph.example", "Maria Holt; Dunmore Telegraph", {("Dunmore Telegraph", "full")}),
        ("ashfordpost.example", "Maria Holt; Vale Daily Record", {("Vale Daily Record", "full")}),
    ],
)
def test_a_paper_that_its_host_spells_out_is_the_house(host: str, byline: str, expected: set[tuple[str, str]]) -> None:
    page = {"publisher": host, "publisher_id": host, "url": f"https://{host}/news/x"}
    assert credited(STORY, byline=byline, **page) == expected


@pytest.mark.parametrize(
    ("name", "is_own"),
    [("Saltmere State Journal", True), ("State Journal", True), ("Saltmere News", True), ("Saltmere Gazette", False)],
)
def test_a_house_by_the_beginning_or_end_of_its_name_or_by_its_host(name: str, is_own: bool) -> None:
    house = {"publisher": "Saltmere State Journal", "publisher_id": "saltmere.example"}
    assert credited(STORY, byline=f"Ana Wells, {name}", **house) == (set() if is_own else {(name, "full")})
    (_, role) = cited(f"The dam held, a guard told the {name}.", **house)[0]
    assert role == ("self" if is_own else "interview")


@pytest.mark.parametrize(
    ("host", "text"),
    [
        ("fool.com", "The Motley Fool is a USA TODAY content partner offering advice."),
        ("nbcbayarea.com", "NBC Bay Area's Tom Bell contributed to this report."),
        ("qz.com", "This story was originally published on Quartz."),
        ("greenvilleonline.com", "Contributing: Tom Bell, The Greenville (S.C.) News"),
    ],
)
def test_the_houses_own_name_in_a_line_is_no_credit(host: str, text: str) -> None:
    page = {"publisher": host, "publisher_id": host, "url": f"https://{host}/news/x"}
    assert credited(STORY, line(text, "credit"), byline="Maria Holt", **page) == set()


@pytest.mark.parametrize(
    ("byline", "expected"),
    [
        ("TOI staff", set()),
        ("By TOI STAFF AND AGENCIES", {("unspecified", "partial")}),
        ("AP and TOI Staff", {("ap", "partial")}),
        ("The Times of India", {("The Times of India", "full")}),
    ],
)
def test_the_initials_of_the_house(byline: str, expected: set[tuple[str, str]]) -> None:
    page = {"publisher": "The Times of Israel", "url": "https://www.timesofisrael.com/x"}
    assert credited(STORY, byline=byline, **page) == expected


@pytest.mark.parametrize(
    ("byline", "expected"),
    [
        ("Maria Holt, The (Wilmington, Del.) News Journal", {("Wilmington News Journal", "full")}),
        ("Maria Holt; The Wilmington; Del News Journal", {("The News Journal", "full")}),  # as cut at the commas
        ("Maria Holt; The Bergen County; N J Record", set()),
        ("Maria Holt; The Stuart; Fla News", set()),
        ("Maria Holt; La Gazette", {("La Gazette", "full")}),
    ],
)
def test_the_place_in_the_name_of_a_paper(byline: str, expected: set[tuple[str, str]]) -> None:
    assert credited(STORY, byline=byline) == expected


def test_unknown_papers_beside_those_that_are_known() -> None:
    text = "Contributing: The Tennessean; Dunmore Gazette; The (Stuart, Fla.) News"
    papers = ("The Tennessean", "Dunmore Gazette", "Stuart News")
    assert credited(STORY, line(text, "credit")) == {(name, "partial") for name in papers}


@pytest.mark.parametrize(
    ("byline", "name"),
    [
        ("Maria Holt, Dunmore News Service", "Dunmore News Service"),
        ("DUNMORE NEWS", "DUNMORE NEWS"),
        ("MARIA HOLT, VALE DAILY RECORD", "VALE DAILY RECORD"),
        ("News Service", ""),
        ("KXYZ NEWS", ""),
        ("Vale News Service", ""),
    ],
)
def test_services_and_names_in_capitals(byline: str, name: str) -> None:
    page = {"publisher": "Vale", "publisher_id": "vale.example", "url": "https://vale.example/x"}
    assert credited(STORY, byline=byline, **page) == ({(name, "full")} if name else set())


@pytest.mark.parametrize(
    ("byline", "country", "agency"),
    [
        ("واس", "", "spa"),
        ("واس", "JO", "spa"),
        ("中新社", "SG", "cns"),
        ("रासस", "", "rss_np"),
        ("مهر", "", ""),  # words and persons, too
        ("Бета", "", ""),
        ("Бета", "RS", "beta_rs"),
    ],
)
def test_a_name_in_a_script_of_its_own_needs_no_country(byline: str, country: str, agency: str) -> None:
    assert credited(STORY, byline=byline, publisher_country=country) == ({(agency, "full")} if agency else set())


def test_a_house_desk_with_an_agencys_name_is_the_houses() -> None:
    own = {"publisher": "The Tribune", "url": "https://www.tribuneindia.com/news/x"}
    assert credited(STORY, byline="Tribune News Service", **own) == set()
    assert credited(STORY, byline="Tribune News Service") == {("tns", "full")}


@pytest.mark.parametrize(
    ("dateline", "agency"),
    [
        ("SEOUL, March 19 (Yonhap) --", "yonhap"),
        ("WASHINGTON (AP) —", "ap"),
        ("MOSCOW, March 19. /TASS/.", "tass"),
        ("Berlin (dpa) -", "dpa"),
        ("New Delhi [India], March 19 (ANI):", "ani"),
        ("Mumbai, Mar 19 (PTI)", "pti"),
        ("Madrid, 19 mar (EFE).-", "efe"),
        ("OSLO (RTR) -", "reuters"),
        ("(서울=연합뉴스) 홍길동 기자 =", "yonhap"),
        ("【ソウル共同】", "kyodo"),
        ("新华社北京3月19日电", "xinhua"),
        ("ATLANTA (CNN) —", "cnnwire"),
        ("BAKU, March 19, AZERTAC", "azertac"),
    ],
)
def test_dateline(dateline: str, agency: str) -> None:
    (credit,) = traced(STORY, dateline=dateline)[0]
    assert (credit["agency"], credit["grade"], credit["signal"]) == (agency, "full", "dateline")


@pytest.mark.parametrize(
    "dateline",
    [
        "COLUMBIA, Mo. (KMIZ) —",
        "PETRA, Jordan —",
        "LONDON (sources) —",
        "ASHFORD —",
        "SANA, Yemen (file) -",
        "PERTH (PA) -",
    ],
)
def test_what_only_looks_like_an_agencys_dateline(dateline: str) -> None:
    assert credited(STORY, dateline=dateline) == set()


def test_a_dateline_that_stayed_in_the_story() -> None:
    assert credited("OSLO, Norway (AP) - " + STORY) == {("ap", "full")}
    assert credited("The Press Trust of India (PTI) said it would hire. " + STORY) == set()
    assert credited("Officials at the China Global network (CGTN) released a film. " + STORY) == set()


def test_paid_copy_is_a_release_whoever_carries_it() -> None:
    assert credited(STORY, byline="ANI", dateline="Pune [India], March 19 (ANI/BrandWorks):") == {("ani", "release")}
    assert credited(STORY, dateline="LEEDS, March 19, 2023 /PRNewswire/ --") == {("prnewswire", "release")}
    paid = line(
        "(Disclaimer: The above press release has been provided by VMPL. The portal is not responsible for it.)",
        "disclaimer",
    )
    assert credited(STORY, paid, byline="ANI") == {("pnn", "release")}


FEED = "(This copy has not been edited by our staff and comes from a syndicated feed.)"


def test_a_disclaimer_joins_the_agency_that_the_byline_names() -> None:
    credits = traced(STORY, line(FEED, "disclaimer", start=900), byline="ANI Asia")[0]
    assert [(row["agency"], row["grade"], row["signal"]) for row in credits] == [
        ("ani", "full", "byline"),
        ("ani", "full", "disclaimer"),
    ]
    assert credits[1] | {"text": FEED, "field": "page", "start": 900, "end": 900 + len(FEED)} == credits[1]


def test_a_disclaimer_joins_the_dateline_and_lifts_a_desk() -> None:
    disclaimer = line(FEED, "disclaimer")
    assert credited(STORY, disclaimer, dateline="Mumbai, Mar 19 (PTI)") == {("pti", "full")}
    assert credited(STORY, disclaimer, byline="Web Desk, ANI") == {("ani", "partial"), ("ani", "full")}


@pytest.mark.parametrize(
    "text",
    [
        "This report is auto-generated from PTI news service. The portal holds no responsibility for its content.",
        "(Except for the headline, this story has not been edited by our staff and is published from a syndicated feed - PTI)",
        "This is published unedited from the PTI feed.",
    ],
)
def test_a_disclaimer_that_names_its_agency(text: str) -> None:
    assert credited(STORY, line(text, "disclaimer")) == {("pti", "full")}


def test_a_sentence_with_words_of_a_disclaimer_is_none() -> None:
    said = 'The mayor said: "We have not received any information from the agencies that run the port."'
    assert credited(f"{STORY}\n{said}") == set()
    assert credited(STORY, line(said, "furniture")) == set()


def test_a_disclaimer_that_nobody_names() -> None:
    assert credited(STORY, line(FEED, "disclaimer"), byline="Maria Holt") == {("unspecified", "full")}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Associated Press", {("ap", "full")}),
        ("(Reuters)", {("reuters", "full")}),
        ("(With inputs from ANI)", {("ani", "partial")}),
        ("With inputs from PTI and ANI", {("pti", "partial"), ("ani", "partial")}),
        ("(With PTI inputs)", {("pti", "partial")}),
        ("(With inputs from agencies.)", {("unspecified", "partial")}),
        ("(Agencies)", {("unspecified", "partial")}),
        ("With reporting by Reuters", {("reuters", "partial")}),
        ("avec AFP", {("afp", "partial")}),
        ("The Associated Press contributed to this report.", {("ap", "partial")}),
        ("The Associated Press contributed this report.", {("ap", "partial")}),
        (
            "Tom Bell contributed to this report. The Associated Press also contributed to this report.",
            {("ap", "partial")},
        ),
        ("Bell reported from Oslo. Contributing: Ana Wells; the Associated Press", {("ap", "partial")}),
        ("AP Science Writer Ana Wells reported from Oslo.", {("ap", "partial")}),
        ("Ana Wells writes for the Associated Press.", {("ap", "partial")}),
        ("Ana Wells covers ports and ferries for The Associated Press. Follow her there.", {("ap", "partial")}),
        ("Storms, Reuters and bad luck contributed to this delay.", set()),
        ("She would not talk to Reuters.", set()),
        ("It was the third such call from the Associated Press.", set()),
        ("Contributing: Ana Wells, Dunmore (Md.) Independent Mail", {("Dunmore Independent Mail", "partial")}),
        ("Contributing: The Associated Press", {("ap", "partial")}),
        ("Contributing: Ana Wells, Dunmore Valley Gazette", {("Dunmore Valley Gazette", "partial")}),
        ("Source: Reuters", {("reuters", "partial")}),
        ("Sources: city records, Associated Press", set()),
        ("Sources: Reuters, Der Spiegel", set()),
        ("Reporting by Ana Wells and Tom Bell; Editing by Ida Moss", {("reuters", "full")}),
        ("This story originally appeared on The Denver Post.", {("The Denver Post", "full")}),
        ("This article was originally published in Harbour Notes.", {("Harbour Notes", "full")}),
        ("This article was originally published at 11:45 a.m.", set()),
        ("This article was originally published on March 3, 2021.", set()),
        ("Coinwise is an Ashford Post content partner providing advice.", {("Coinwise", "full")}),
        ("Tom Bell contributed to this report.", set()),
        ("Tom Bell and Emily Jane Fox contributed to this report.", set()),
        ("The Associated Press and Megyn Fox contributed to this report.", {("ap", "partial")}),
        ("Fox and CBS contributed to this report.", {("Fox News", "partial"), ("CBS News", "partial")}),
        ("The Ashford Post's Tom Bell contributed to this report.", set()),
    ],
)
def test_tail_lines(text: str, expected: set[tuple[str, str]]) -> None:
    assert credited(STORY, line(text, "credit"), byline="Maria Holt") == expected
    assert credited(f"{STORY}\n{text}", byline="Maria Holt") == expected, "the same line, left in the story"


def test_an_agencys_own_tail_counts_in_full_where_no_other_author_is_named() -> None:
    tail = "Associated Press writers Ana Wells in Oslo and Tom Bell in Bergen contributed to this report."
    assert credited(STORY, line(tail, "credit")) == {("ap", "full")}
    assert credited(STORY, line(tail, "credit"), byline="The Ashford Post") == {("ap", "full")}
    assert credited(STORY, line(tail, "credit"), byline="Maria Holt") == {("ap", "partial")}


def test_whose_coverage_is_funded_is_whose_it_is() -> None:
    tail = "The Associated Press receives support from a fund. The AP is solely responsible for all content."
    assert credited(STORY, line(tail, "disclaimer")) == {("ap", "full")}
    assert credited(STORY, line(tail, "disclaimer"), byline="Maria Holt") == {("ap", "partial")}


def test_a_newsroom_that_introduces_itself_where_its_copy_is_printed() -> None:
    note = "ProPublica is a nonprofit newsroom that looks into ports. Sign up for its letter."
    assert credited(STORY, line(note, "furniture", position="head"), byline="Maria Holt") == {("ProPublica", "full")}
    assert credited(f"{STORY}\n{note}", byline="Maria Holt") == set(), "a story may say so, too"
    plain = "ProPublica is a nonprofit newsroom that has sued the port."
    assert credited(STORY, line(plain, "furniture"), byline="Maria Holt") == set()
    network = (
        "Kansas Reflector is part of States Newsroom, a nonprofit news network. It keeps its editorial independence."
    )
    assert credited(STORY, line(network, "furniture")) == {("Kansas Reflector", "full"), ("statesnewsroom", "full")}


def test_a_release_of_news_aktuell_by_its_last_line() -> None:
    tail = "Original-Content von: Hafenamt Ashford, übermittelt durch news aktuell"
    assert credited(STORY, line(tail, "disclaimer"), language="de") == {("presseportal", "release")}
    assert credited("Der Original-Content von Ashford liegt im Museum.", language="de") == set()


@pytest.mark.parametrize(
    ("byline", "expected"),
    [
        (None, {("reuters", "full")}),
        ("Web Desk", {("reuters", "full")}),
        ("The Ashford Post", {("reuters", "full")}),
        ("admin", {("reuters", "full")}),
        ("Maria Holt, Online Desk", {("reuters", "partial")}),
        ("Maria Holt", {("reuters", "partial")}),
        ("Maria Holt, The Ashford Post", set()),
        ("Maria Holt, Staff Writer", set()),
    ],
)
def test_a_source_below_the_houses_own_author_is_that_of_figures(
    byline: str | None, expected: set[tuple[str, str]]
) -> None:
    assert credited(STORY, line("Source: Reuters", "credit"), byline=byline) == expected
    assert credited(f"{STORY}\nSource: Reuters", byline=byline) == expected


def test_a_source_in_the_midst_of_the_story_is_that_of_a_chart() -> None:
    goes_on = "The port will stay open all night for the rest of the week, so that nobody has to wait."
    assert credited(f"{STORY}\nSource: Bloomberg\n{goes_on}") == set()
    assert credited(f"{STORY}\nSource: Bloomberg\nThe port in pictures") == {("bloomberg", "full")}


@pytest.mark.parametrize("name", ["Reuters", "연합뉴스", "(AFP)"])
def test_a_name_alone_in_the_midst_of_the_story_is_that_of_a_picture(name: str) -> None:
    goes_on = "The port will stay open all night for the rest of the week, so that nobody has to wait."
    assert credited(f"{STORY}\n{name}\n{goes_on}") == set()
    assert len(credited(f"{STORY}\n{name}\nThe port in pictures")) == 1


@pytest.mark.parametrize(
    ("text", "byline", "expected"),
    [
        ("Ana Wells, The Canadian Press", None, {("cp", "full")}),
        ("By Ana Wells and Jon Reed, The Associated Press", None, {("ap", "full")}),
        ("Ana Wells, The Canadian Press", "Ana Wells", {("cp", "full")}),
        ("Ana Wells, The Canadian Press", "Jon Reed", set()),  # a picture's, for the story has another author
        ("Ana Wells, The Canadian Press/Jon Reed", None, set()),
    ],
)
def test_a_closing_line_names_the_agencys_own_author(
    text: str, byline: str | None, expected: set[tuple[str, str]]
) -> None:
    assert credited(STORY, line(text, "credit"), byline=byline, publisher_country="CA") == expected
    assert credited(STORY, line(text, "caption"), byline=byline, publisher_country="CA") == set()


@pytest.mark.parametrize(
    ("country", "text", "expected"),
    [
        ("SG", "Source: Reuters/kg", {("reuters", "full")}),
        ("SG", "Source: AFP/Reuters/kg", {("afp", "partial"), ("reuters", "partial")}),
        ("SG", "Source: AGENCIES/nc", {("unspecified", "partial")}),
        ("SG", "Source: The Ashford Post/Agencies/rc(gs)", {("unspecified", "partial")}),
        ("DE", "Quelle: ashfordpost.example, mau/dpa", {("dpa", "partial")}),
        ("DE", "svs/dpa", {("dpa", "partial")}),
        ("DE", "mfh/AFP/Reuters", {("afp", "partial"), ("reuters", "partial")}),
        ("DE", "dpa/mho", {("dpa", "full")}),
        ("DE", "RND/dpa", {("dpa", "partial")}),  # another newsroom
        ("DE", "Foto: RND/dpa", set()),
        ("DE", "(jmr/AFP)", {("afp", "partial")}),
        ("DE", "mho (dpa/AFP)", {("dpa", "partial"), ("afp", "partial")}),
        ("AT", "(red, APA, 4.3.2026)", {("apa_at", "partial")}),
        ("AT", "(APA/red)", {("apa_at", "partial")}),
        ("CH", "(sda/afp)", {("sda", "full"), ("afp", "full")}),
        ("CH", "SDA", {("sda", "full")}),
        ("US", "SDA", set()),
        ("FR", "(The Ashford Post with AFP, AP and Reuters)", {(a, "partial") for a in ("afp", "ap", "reuters")}),
        ("GB", "- Reuters/AFP", {("reuters", "full"), ("afp", "full")}),
        ("GB", "Ana Wells/AFP", set()),
        ("GB", "Yonhap/AFP", set()),
        ("GB", "(Pool/AFP)", set()),
        ("GB", "Ana Wells/dpa", set()),
    ],
)
def test_initials_and_the_house_beside_agencies(country: str, text: str, expected: set[tuple[str, str]]) -> None:
    house = {"publisher_country": country, "url": "https://www.ashfordpost.example/news/x"}
    assert credited(STORY, line(text, "credit"), **house) == expected


def test_initials_in_a_byline() -> None:
    assert credited(STORY, byline="dpa/lnw") == {("dpa", "full")}
    assert credited(STORY, byline="dpa/AFP/mho") == {("dpa", "partial"), ("afp", "partial")}
    assert credited(STORY, byline="mho/dpa") == {("dpa", "partial")}
    assert credited(STORY, byline="ATS", publisher_country="CH") == {("sda", "full")}
    assert credited(STORY, byline="ATS", publisher_country="US") == set()


@pytest.mark.parametrize(
    "sentence",
    [
        '"The report was not written by lawyers," Wells said.',
        "The committee's report has not been altered since last year, Wells said.",
        "The harbour master said that the content of the log was not edited.",
        '"Only the picture has been changed," the inspector said of one card.',
        "Der Artikel 14 der Satzung wurde nicht verändert oder bearbeitet, sagte der Minister.",
        "The article was not edited before it went to press, the panel found.",
        "The report was not written by lawyers and is not easy to read.",
        "Only the title of the play was changed.",
    ],
)
def test_what_somebody_says_of_a_text_is_no_disclaimer(sentence: str) -> None:
    assert credited(f"{STORY}\n{sentence}", byline="Maria Holt") == set()


def test_disclaimers_of_like_words_count() -> None:
    for note in ("This report has not been edited by our staff.", "Only the headline has been changed by the desk."):
        assert credited(f"{STORY}\n{note}", byline="ANI") == {("ani", "full")}
    assert credited(
        f"{STORY}\nDisclaimer: As told to our desk, this story has not been edited.", byline="Web Desk"
    ) == {("unspecified", "full")}


@pytest.mark.parametrize(
    ("ending", "agency"),
    [
        ("(ANI)", "ani"),
        ("PTI SKL RDS", "pti"),
        ("--IANS ms/vd", "ians"),
        ("(XINHUA/ITALPRESS)", "italpress"),
        ("/ritzau/", "ritzau"),
        ("- Bernama", "bernama"),
    ],
)
def test_marks_at_the_end_of_the_text(ending: str, agency: str) -> None:
    assert (agency, "full") in credited(f"{STORY} {ending}")


@pytest.mark.parametrize(
    "story", ["港は月曜に再開した。（共同）", "港は月曜に再開した。\n（共同）", "共同で港を開いた。(共同)"]
)
def test_the_mark_of_an_agency_whose_name_is_a_word(story: str) -> None:
    assert credited(story, language="ja") == {("kyodo", "full")}
    assert credited("市と県は共同で港を開いた。", language="ja") == set()


@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        ("(mit dpa)", {("dpa", "partial")}),
        ("(avec Belga)", {("belga", "partial")}),
        ("(con EFE)", {("efe", "partial")}),
        ("(mit dpa und Muße)", set()),
        ("(mit Tusche)", set()),
    ],
)
def test_what_a_house_adds_an_agency_with(ending: str, expected: set[tuple[str, str]]) -> None:
    assert credited(f"{STORY} {ending}", language="de") == expected


@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        ("ats/AFP", {("sda", "full"), ("afp", "full")}),
        ("dpa/AFP", {("dpa", "full"), ("afp", "full")}),
        ("sda", {("sda", "full")}),
        ("Wells/AFP", set()),
        ("AFP", set()),
    ],
)
def test_agencies_joined_behind_the_last_sentence(ending: str, expected: set[tuple[str, str]]) -> None:
    assert credited(f"{STORY} {ending}", language="fr", publisher_country="CH") == expected


def test_a_section_of_an_agency() -> None:
    assert credited(STORY, byline="NTB utenriks", language="no") == {("ntb", "full")}


def test_agencies_behind_a_slash_are_no_photographers() -> None:
    assert credited(f"{STORY}\n/ritzau/Reuters", language="da") == {("ritzau", "full"), ("reuters", "full")}
    assert credited(f"{STORY}\n/Ana Wells/Reuters", language="da") == set()


def test_an_acronym_in_the_last_sentence_is_no_mark() -> None:
    assert credited(STORY + " The rally was called by the party's chairman (PTI) core members said.") == set()
    assert credited(STORY + " She moved to Erie (PA)") == set()


def test_copyright_names_the_owner() -> None:
    agency = (
        "Copyright 2016 The Associated Press. All rights reserved. This material may not be published or rewritten."
    )
    assert credited(STORY, line(agency, "copyright")) == {("ap", "full")}
    assert credited(STORY, line("© 2016 The Ashford Post. This material may not be published.", "copyright")) == set()
    tail = "The-CNN-Wire ™ & © 2023 Cable News Network, Inc. All rights reserved."
    assert credited(STORY, line(tail, "copyright")) == {("cnnwire", "full")}
    assert credited(STORY, rights="© 2023 Reuters") == {("reuters", "full")}
    assert credited(STORY, rights="Agence France-Presse") == {("afp", "full")}


def test_metadata() -> None:
    (credit,) = traced(STORY, credit="Reuters")[0]
    assert (credit["agency"], credit["signal"], credit["field"], credit["start"]) == (
        "reuters",
        "metadata",
        "metadata",
        None,
    )


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("A ferry leaves Ashford. (AP Photo/Ana Wells)", "caption"),
        ("Ana Wells/Associated Press", "credit"),
        ("Photo: Reuters", "credit"),
        ("AFP via Getty Images", "credit"),
        ("사진: 신화통신", "credit"),
        ("Video provided by AFP", "furniture"),
    ],
)
def test_a_photographs_credit_credits_no_text(text: str, kind: str) -> None:
    assert credited(STORY, line(text, kind)) == set()
    assert credited(f"{STORY}\n{text}") == set()


def test_pictures_at_the_start_and_the_end_of_a_story() -> None:
    assert credited("Enlarge this image toggle caption Ana Wells/AP Ana Wells/AP\n" + STORY) == set()
    assert credited(STORY + "\nA ferry in the harbour of Ashford ©Ana Wells (AFP)") == set()
    assert credited(STORY, line("© Reuters/Ana Wells", "copyright")) == set()


def test_a_source_that_a_quotation_is_announced_by_is_no_tail() -> None:
    assert credited(STORY + "\nFrom Yonhap:\n" + STORY) == set()


def test_being_at_home_is_no_credit_but_for_a_distributor_of_releases() -> None:
    assert credited(STORY, home_agency="reuters") == set()
    assert credited(STORY, url="https://apnews.com/article/x", byline="Maria Holt") == set()
    assert credited(STORY, url="https://apnews.com/article/x", byline="Maria Holt, Associated Press") == {
        ("ap", "full")
    }
    (credit,) = traced(STORY, url="https://www.prnewswire.com/x")[0]
    assert (credit["agency"], credit["grade"], credit["signal"]) == ("prnewswire", "release", "home")
    assert (
        credited(
            STORY, url="https://www.cnn.com/x", publisher="CNN", byline="Maria Holt, CNN", dateline="ATLANTA (CNN) -"
        )
        == set()
    )


def test_an_agencys_own_policy_and_its_reporters_link() -> None:
    policy = "The Associated Press generally does not name people who say they were attacked.\n"
    assert credited(policy + STORY) == {("ap", "full")}
    assert credited(policy + STORY, byline="Maria Holt") == {("ap", "partial")}
    for words in ("doesn't typically identify minors", "is not naming her because of her age"):
        (credit,) = traced(f"The AP {words}.\n{STORY}")[0]
        assert (credit["agency"], credit["signal"], credit["text"]) == ("ap", "policy", f"AP {words}")
    assert credited("The mayor said the AP does not usually name ships.\n" + STORY) == set()
    assert credited(f"{STORY}\nWells covers ports for the Associated Press.", byline="Ana Wells") == {("ap", "full")}
    note = "\nWells reported from Oslo. Read more of her work at https://apnews.com/ana-wells"
    assert credited(STORY + note) == {("ap", "full")}


def test_places_are_those_of_the_text_as_read() -> None:
    body = f"{STORY}\nThe Associated Press contributed to this report."
    start = body.index("The Associated Press")
    (credit,) = traced(body, field="page", body_map=[{"at": 0, "raw": 40}, {"at": start, "raw": 400}])[0]
    assert (credit["field"], credit["start"], credit["end"]) == ("page", 400, 400 + len(body) - start)


def test_an_agency_of_ones_own(tmp_path: Path) -> None:
    own = tmp_path / "agencies.csv"
    header = "id,name,kind,policy,country,domains,languages,aliases,native_aliases\n"
    own.write_text(header + "fjord,Fjord Press,national,any,NO,fjord.example,no,Fjord Press;FJP,\n", encoding="utf-8")
    settings = Trace(agencies=str(own))
    assert {row["agency"] for row in traced(STORY, byline="FJP", settings=settings)[0]} == {"fjord"}
    own.with_name("short.csv").write_text("id,name\nx,X\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"short\.csv"):
        traced(STORY, settings=Trace(agencies=str(own.with_name("short.csv"))))
