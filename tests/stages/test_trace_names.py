"""Names in text: boundaries, case, the longest alias, and shared acronyms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages import lexicon
from pipeline.stages.trace import citations
from pipeline.stages.trace.names import HEAD, load
from tests.stages.tracing import cited
from tests.strategies import texts

NAMES = load("", citations.heads())


def keys(text: str) -> list[str]:
    return [hit.sources[0].key for hit in NAMES.find(text) if hit.sources[0].key != HEAD]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the AP said", ["ap"]),
        ("AP", ["ap"]),
        ("a MAP of APs", ["map"]),
        ("AP-NORC and @AP and #AP and AP_x", []),
        ("ap and Ap", []),
        ("AAP", ["aap"]),
        ("dpa-AFX", ["dpaafx"]),
        ("Interfax-Ukraine and Interfax", ["interfax_ua", "interfax"]),
        ("Xinhua-AsiaNet", ["asianet"]),
        ("UNIAN", ["unian"]),
        ("ANI Newsroom", ["ani"]),
        ("Reuters/Ipsos", ["reuters"]),
        ("XINHUA/ITALPRESS", ["xinhua", "italpress"]),
        ("ESPN.com", ["ESPN"]),
        ("ESPN.org", []),
        ("The New York Times News Service", ["nytns"]),
        ("THE WASHINGTON POST", ["The Washington Post"]),
        ("The Sunday Express", ["Sunday Express"]),
        ("연합뉴스가", ["yonhap"]),
        ("新华社报道", ["xinhua"]),
        ("共同通信によると", ["kyodo"]),
        ("रॉयटर्स ने", ["reuters"]),
        ("रॉयटर्सों", []),
        ("Рейтер сообщил", ["reuters"]),
    ],
)
def test_find(text: str, expected: list[str]) -> None:
    assert keys(text) == expected


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("TimesLIVE", "TimesLIVE"),
        ("Newstalk ZB", "Newstalk ZB"),
        ("Morning Ireland", "Morning Ireland"),
        ("Capital FM", "Capital FM (Kenya)"),
        ("Free Malaysia Today", "Free Malaysia Today"),
        ("Radio 3AW", "3AW"),
        ("Stuff", "Stuff"),
        ("The Age", "The Age"),
        ("NCA NewsWire", "NCA NewsWire"),
        ("ZANIS", "Zambia News and Information Services"),
        ("the news agency GNS", "Global News Service (Kashmir)"),
        ("the South African Press Association", "South African Press Association"),
        ("the New Zealand Press Association", "New Zealand Press Association"),
        ("the Press Association", "PA Media"),
        ("Ynet", "Ynet"),
        ("Aaj Tak", "Aaj Tak"),
        ("NDTV Profit", "NDTV Profit"),
        ("24.kg", "24.kg"),
        ("Radio Free Asia", "Radio Free Asia"),
        ("404 Media", "404 Media"),
        ("The Wrap", "TheWrap"),
        ("Houston Public Media", "Houston Public Media"),
        ("Local 10 News", "Local 10 News"),
        ("the Times of Zambia", "Times of Zambia"),
    ],
)
def test_papers_and_agencies_of_the_commonwealth(told: str, name: str) -> None:
    assert cited(f"A guard told {told} that it was shut.") == [(name, "interview")]


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("Buzzfeed News", "BuzzFeed News"),
        ("Propublica", "ProPublica"),
        ("the Sueddeutsche Zeitung", "Süddeutsche Zeitung"),
        ("Correio da Manha", "Correio da Manhã"),
        ("Reuters-on condition of anonymity-", "Reuters"),
    ],
)
def test_other_spellings(told: str, name: str) -> None:
    assert cited(f"A guard told {told} that it was shut.") == [(name, "interview")]


def test_no_other_spelling_is_a_name_of_someone_else() -> None:
    assert {source.key for source in NAMES.find("Newsday")[0].sources} == {"Newsday"}, "not NewsDay of Zimbabwe"
    assert keys("AP-style and Reuters-led") == []


def test_a_shared_acronym_keeps_all_its_owners() -> None:
    (hit,) = NAMES.find("CNA")
    assert {source.key for source in hit.sources} == {"cna_tw", "cna_cy", "Channel NewsAsia"}


def test_exact_takes_an_article() -> None:
    hit = NAMES.exact("The Associated Press")
    assert hit is not None
    assert hit.sources[0].key == "ap"
    assert NAMES.exact("Associated Press writers") is None
    assert NAMES.exact("Gazette") is None


def test_an_agencys_pages() -> None:
    home = NAMES.at_home(["en.yna.co.kr"])
    assert home is not None
    assert home.key == "yonhap"
    assert NAMES.at_home(["cnn.com", "example"]) is None, "a supplemental service has no pages of its own"


@given(texts(), st.sampled_from([agency.name for agency in lexicon.agencies()]), texts())
def test_hits_lie_in_the_text_in_order_and_apart(before: str, name: str, after: str) -> None:
    text = f"{before} {name} {after}"
    end = 0
    for hit in NAMES.find(text):
        assert end <= hit.start < hit.end <= len(text)
        assert text[hit.start : hit.end] == hit.alias
        end = hit.end


def test_every_id_and_name_of_the_lexicon_is_one_sources() -> None:
    agencies = [agency.id for agency in lexicon.agencies()]
    outlets = [outlet.name for outlet in lexicon.outlets()]
    assert len(set(agencies)) == len(agencies)
    assert len(set(outlets)) == len(outlets)
    assert {agency.policy for agency in lexicon.agencies()} <= {"any", "cue", "slot", "full"}
    assert {outlet.policy for outlet in lexicon.outlets()} <= {"any", "cue", "slot", "full"}


def test_only_acronyms_some_titles_and_one_scheme_are_shared() -> None:
    owners: dict[str, set[str]] = {}
    rows = [(agency.id, (agency.name, *agency.aliases, *agency.native_aliases)) for agency in lexicon.agencies()]
    for key, aliases in rows + [(outlet.name, (outlet.name, *outlet.aliases)) for outlet in lexicon.outlets()]:
        for alias in aliases:
            owners.setdefault(alias, set()).add(key)
    shared = {alias for alias, keys in owners.items() if len(keys) > 1}
    local_democracy = {f"Local Democracy {word}" for word in ("Reporting", "Reporter", "Reporters")}
    acronyms = {"ABC", "APA", "APS", "BNA", "CNA", "DN", "ET", "KNA", "MNA", "RTS", "TV 2", "TV2"}
    titles = {f"The {word}" for word in ("Citizen", "Herald", "Mercury", "Standard", "Star")}
    assert shared == acronyms | titles | {"Business Day", "Daily Mirror", "Sunday Times"} | local_democracy


def test_every_rule_and_frame_has_its_own_id() -> None:
    frames, signals = lexicon.load_toml("frames.toml"), lexicon.load_toml("signals.toml")
    ids = [row["id"] for row in (*frames["frame"], *signals["rule"], *signals["mark"])]
    assert len(set(ids)) == len(ids)
    with_frames = {row.get("lang", "en") for row in frames["frame"]}
    assert with_frames == {code for code, words in frames["lang"].items() if "like" not in words}
    assert {words["like"] for words in frames["lang"].values() if "like" in words} <= with_frames
    known = {agency.id for agency in lexicon.agencies()}
    assert {*signals["slot_names"].values(), *signals["dateline_names"].values()} <= known
    assert {rule["grade"] for rule in signals["rule"]} <= {"full", "partial", "release"}


def test_house_desks_of_one_name_keep_all_their_houses() -> None:
    assert {"The Tribune (India)", "Chicago Tribune"} <= set(lexicon.house_desks()["tribune news service"])
