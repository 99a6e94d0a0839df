"""Acronyms of several senses: each both ways. All texts are invented."""

from __future__ import annotations

import pytest

from pipeline.stages import lexicon
from pipeline.stages.trace.citations import heads
from pipeline.stages.trace.names import load
from pipeline.stages.trace.senses import spells
from pipeline.stages.trace.tables import frames
from tests.stages.tracing import cited, credited, traced

# Acronym, a text about the other thing, and the agency as the plain text names it.
BOTH_WAYS = [
    ("PTI", "The Pakistan Tehreek-e-Insaf called a rally.", "Press Trust of India"),
    ("PTI", "Bushra Bibi met Barrister Gohar at the gate.", "Press Trust of India"),
    ("AAP", "The Aam Aadmi Party chose a new leader.", "Australian Associated Press"),
    ("AAP", "The American Academy of Pediatrics (AAP) chose a new leader.", "Australian Associated Press"),
    ("AFP", "The Armed Forces of the Philippines sent two ships.", "Agence France-Presse"),
    ("AFP", "The Australian Federal Police searched a house.", "Agence France-Presse"),
    ("AP", "Andhra Pradesh and Telangana share the river.", "Associated Press"),
    ("AP", "Pupils sat an Advanced Placement test.", "Associated Press"),
    ("UPI", "The Unified Payments Interface was down.", "United Press International"),
    ("DPA", "The Data Protection Act was broken.", "Deutsche Presse-Agentur"),
    ("DPA", "The Democratic Progressive Alliance (DPA) chose a new leader.", "Deutsche Presse-Agentur"),
    ("DPA", "The Dunmore Planning Agency (DPA) chose a new leader.", "Deutsche Presse-Agentur"),
    ("DPA", 'The Dunmore Planning Agency ("DPA") chose a new leader.', "Deutsche Presse-Agentur"),
    ("DPA", "The Dunmore Planning Agency (DPA; founded in 1951) chose a new leader.", "Deutsche Presse-Agentur"),
    ("DPA", "The gate belongs to DPA (Dunmore Planning Agency).", "Deutsche Presse-Agentur"),
    ("DPA", "The gate belongs to DPA (the Dunmore Planning Agency).", "Deutsche Presse-Agentur"),
    ("ANI", "The Agencia Nacional de Infraestructura signed for the road.", "Asian News International"),
    ("ANI", "The Alliance of Northern Islands (ANI) chose a new leader.", "Asian News International"),
    ("IANS", "Hackers were studied by IANS Research.", "Indo-Asian News Service"),
    ("SID", "The sports information director wrote a note.", "Sport-Informations-Dienst"),
    ("STT", "The securities transaction tax went up.", "STT"),
    ("TT", "The Isle of Man was wet.", "TT Nyhetsbyrån"),
    ("NTB", "Nusa Tenggara Barat was wet.", "NTB"),
    ("ANP", "The Awami National Party chose a new leader.", "ANP"),
    ("PAP", "The People's Action Party chose a new leader.", "Polska Agencja Prasowa"),
    ("AGI", "Nobody agrees on artificial general intelligence.", "Agenzia Giornalistica Italia"),
    ("ISNA", "The Islamic Society of North America met.", "ISNA"),
    ("IPN", "The Instituto Politécnico Nacional met.", "Interpressnews"),
    ("DHA", "The Defence Housing Authority sold land.", "Demirören News Agency"),
    ("PPI", "The producer price index rose.", "Pakistan Press International"),
    ("UNB", "The University of New Brunswick met.", "United News of Bangladesh"),
    ("BNS", "He was held under the Bharatiya Nyaya Sanhita.", "Baltic News Service"),
    ("EFE", "The Eastern Front Election (EFE) was put off.", "Agencia EFE"),
    ("Belga", "", "Belga"),
    ("RBC", "The Royal Bank of Canada met.", "RBC"),
    ("AA", "She went to Alcoholics Anonymous.", "Anadolu Agency"),
]


@pytest.mark.parametrize(("alias", "about", "name"), BOTH_WAYS)
def test_an_acronym_both_ways(alias: str, about: str, name: str) -> None:
    told = f"The gate was shut, a guard told {alias}."
    assert cited(told) == [(name, "interview")]
    assert cited(f"{about}\n{told}") == [] or not about


@pytest.mark.parametrize(
    ("alias", "text", "name"),
    [
        ("PAP", "The Polska Agencja Prasowa (PAP) is in Warsaw.", "Polska Agencja Prasowa"),
        ("PAP", "PAP (Polska Agencja Prasowa) is in Warsaw.", "Polska Agencja Prasowa"),
        ("PAP", 'The Polska Agencja Prasowa ("PAP") met the People\'s Action Party.', "Polska Agencja Prasowa"),
        ("AA", "The state-run Anadolu Agency (AA) is in Ankara.", "Anadolu Agency"),
        ("ANI", "The Alto News Index (ANI) fell.", "Asian News International"),
        ("DPA", "A guard of the Dunmore Planning Office (DPA) came.", "Deutsche Presse-Agentur"),
        ("BNS", "The FIRST man was held under the IPC.", "Baltic News Service"),
        ("PTI", "Imran Khan came.", "Press Trust of India"),
    ],
)
def test_an_acronym_that_keeps_its_sense(alias: str, text: str, name: str) -> None:
    assert (name, "interview") in cited(f"{text}\nThe gate was shut, a guard told {alias}.")


SHARED = [
    ("KNA", "DE", "Katholische Nachrichten-Agentur", "The Kuki National Army chose a new leader."),
    ("KNA", "KE", "Kenya News Agency", "The Karen National Army chose a new leader."),
    ("APA", "AT", "Austria Presse Agentur", "The American Psychological Association met."),
]


@pytest.mark.parametrize(("alias", "country", "name", "about"), SHARED)
def test_a_shared_acronym_both_ways(alias: str, country: str, name: str, about: str) -> None:
    told = f"The gate was shut, a guard told {alias}."
    assert (name, "interview") in cited(told, publisher_country=country)
    assert cited(told) == []
    assert cited(f"{about}\n{told}", publisher_country=country) == []


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("the Austrian news agency APA", "Austria Presse Agentur"),
        ("the Azerbaijani news agency APA", "APA (Azerbaijan)"),
        ("Taiwan's CNA", "Central News Agency (Taiwan)"),
        ("the Singapore-based broadcaster CNA", "Channel NewsAsia"),
        ("the Serbian broadcaster RTS", "Radio Television of Serbia"),
        ("the Swiss broadcaster RTS", "Radio Télévision Suisse"),
        ("the US network ABC", "ABC News"),
        ("the Australian broadcaster ABC", "Australian Broadcasting Corporation"),
    ],
)
@pytest.mark.parametrize("country", ["", "AU", "AZ"])
def test_a_shared_acronym_is_that_of_the_country_before_it(words: str, name: str, country: str) -> None:
    assert cited(f"The gate was shut, {words} reported.", publisher_country=country) == [(name, "cite")]


def test_a_shared_acronym_keeps_the_country_that_the_text_has_told() -> None:
    told = "The gate was shut, the Austrian news agency APA reported."
    later = "APA reported a leak."
    assert [source for source, _ in cited(f"{told}\n{later}")] == ["Austria Presse Agentur"] * 2
    assert [source for source, _ in cited(f"{later}\n{told}")] == ["Austria Presse Agentur"]
    other = "The Azerbaijani news agency APA reported rain. APA also reported wind."
    assert [source for source, _ in cited(f"{told}\n{other}")][1:] == ["APA (Azerbaijan)"] * 2


@pytest.mark.parametrize("words", ["the APA news agency", "the state news agency APA", "the news service RTS", "RTS"])
def test_a_shared_acronym_without_a_country_is_nobodys(words: str) -> None:
    assert cited(f"The gate was shut, {words} reported.") == []


@pytest.mark.parametrize(
    ("title", "country", "name"),
    [
        ("The Star", "KE", "The Star (Kenya)"),
        ("The Star", "MY", "The Star (Malaysia)"),
        ("The Herald", "ZW", "The Herald (Zimbabwe)"),
        ("the Sunday Times", "LK", "Sunday Times (Sri Lanka)"),
        ("the Daily Mirror", "LK", "Daily Mirror (Sri Lanka)"),
        ("the Daily Mirror", "", "Daily Mirror"),
    ],
)
def test_a_title_that_several_papers_share_is_that_of_the_publishers_country(
    title: str, country: str, name: str
) -> None:
    assert cited(f"A guard told {title} that it was shut.", publisher_country=country) == [(name, "interview")]


HOME_NAMES = [
    ("The Telegraph", "IN", "The Telegraph (India)"),
    ("The Telegraph", "GB", "The Daily Telegraph"),
    ("The Telegraph", "", "The Daily Telegraph"),
    ("The Daily Telegraph", "AU", "The Daily Telegraph (Sydney)"),
    ("the Daily Telegraph", "", "The Daily Telegraph"),
    ("The Guardian", "NG", "The Guardian (Nigeria)"),
    ("The Guardian", "IN", "The Guardian"),
    ("the Independent", "IE", "Irish Independent"),
    ("the Independent", "US", "The Independent"),
    ("The Sunday Times", "LK", "Sunday Times (Sri Lanka)"),
    ("The Sunday Times", "US", "The Sunday Times"),
    ("9News", "US", "KUSA"),
    ("9News", "AU", "9News"),
    ("The Times", "GB", "The Times"),
    ("The Times newspaper", "", "The Times"),
    ("The Nation", "NG", "The Nation (Nigeria)"),
    ("The Nation", "PK", "The Nation (Pakistan)"),
    ("The Business Standard", "BD", "The Business Standard (Bangladesh)"),
    ("The Business Standard", "IN", "Business Standard"),
    ("Eyewitness News", "ZA", "Eyewitness News (South Africa)"),
]


@pytest.mark.parametrize(("title", "country", "name"), HOME_NAMES)
def test_a_plain_title_is_the_papers_of_the_publishers_country_and_else_the_one_known_abroad(
    title: str, country: str, name: str
) -> None:
    assert cited(f"A guard told {title} that it was shut.", publisher_country=country) == [(name, "interview")]


@pytest.mark.parametrize(
    ("title", "country"),
    [("The Nation", ""), ("The Times", "US"), ("Eyewitness News", "US"), ("The Sentinel", "US"), ("Today", "US")],
)
def test_a_plain_title_alone_is_nobodys_abroad(title: str, country: str) -> None:
    assert cited(f"A guard told {title} that it was shut.", publisher_country=country) == []


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Nigeria's The Guardian", "The Guardian (Nigeria)"),
        ("the Indian newspaper The Telegraph", "The Telegraph (India)"),
        ("the Turkish broadcaster NTV", "NTV (Türkiye)"),
        ("Russia's NTV", "NTV (Russia)"),
    ],
)
def test_a_plain_title_is_that_of_the_country_before_it(words: str, name: str) -> None:
    assert cited(f"The gate was shut, {words} reported.", publisher_country="US") == [(name, "cite")]


def test_no_name_at_home_takes_a_name_from_abroad_or_a_word_that_ends_titles() -> None:
    rows = lexicon.outlets()
    names = {name for row in rows for name in (row.name, *row.aliases)}
    plain = [name for row in rows for name in row.home_names]
    assert len(plain) > 40
    short = {name for name in plain if name.removeprefix("The ") != name and name.removeprefix("The ") in names}
    assert short <= names, "`The Paper` at home would hide `Paper` abroad"
    assert not {name for name in plain if name not in names} & set(frames()["unknown"]["heads"])


@pytest.mark.parametrize(
    ("paper", "expected"),
    [
        ("the Zambia Daily Mail", ["Zambia Daily Mail"]),
        ("the Ashford Daily Mail", []),
        ("the Dunmore Sunday Times", []),
        ("Britain's Daily Mail", ["Daily Mail"]),
        ("The Daily Mail", ["Daily Mail"]),
        ("the tabloid Daily Mail", ["Daily Mail"]),
    ],
)
def test_a_paper_of_common_words_behind_a_name_is_another(paper: str, expected: list[str]) -> None:
    assert [source for source, _ in cited(f"The gate was shut, {paper} reported.")] == expected


@pytest.mark.parametrize("name", ["Dunmore Business Daily", "Star Ledger"])
def test_a_title_in_a_longer_one_is_not_the_shorter(name: str) -> None:
    assert cited(f"The gate was shut, according to The {name}.", publisher_country="US") == [(name, "cite")]


def test_a_shared_title_abroad_is_nobodys() -> None:
    assert cited("A guard told The Star that it was shut.", publisher_country="US") == []


@pytest.mark.parametrize("told", ["The ABC reported a leak.", "A guard told ABC that it was shut."])
def test_abc_is_the_one_of_the_publishers_country_and_by_default_the_american(told: str) -> None:
    assert [source for source, _ in cited(told, publisher_country="AU")] == ["Australian Broadcasting Corporation"]
    assert [source for source, _ in cited(told, publisher_country="US")] == ["ABC News"]
    assert [source for source, _ in cited(told)] == ["ABC News"]
    spelled = f"A guard told ABC Radio Hobart of a leak.\n{told}"
    assert {source for source, _ in cited(spelled)} == {"Australian Broadcasting Corporation"}


def test_the_spanish_abc_in_spain() -> None:
    told = "La puerta estaba cerrada, según publicó ABC."
    assert cited(told, language="es", publisher_country="ES") == [("ABC (España)", "cite")]


@pytest.mark.parametrize("station", ["Fox 26", "CBS 2", "NBC 5", "ABC 13"])
def test_a_network_and_a_number_are_a_local_station(station: str) -> None:
    network = station.partition(" ")[0]
    assert cited(f"The gate was shut, a guard told {station} on Monday.") == [(station, "interview")]
    assert cited(f"{station.upper()} News reports that the gate was shut.") == [(station, "cite")]
    assert cited(f"The gate was shut, a guard told {station} days later.") == []
    assert len(cited(f"The gate was shut, a guard told {network} on Monday.")) == 1
    assert credited("The gate was shut.", byline=f"{station} Staff") == set()


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The gate was shut, a guard told KXQZ 6 News on Monday.", [("KXQZ", "interview")]),
        ("The gate was shut, KXQZ Channel 6 reported.", [("KXQZ", "cite")]),
        ("The gate was shut, a guard told KING 5.", [("KING", "interview")]),
        ("The gate was shut, and a guard told KING so.", []),
        ("The gate was shut, KXQZ 6 people said.", []),
        ("The gate was shut, a guard told FOX13.", [("FOX13", "interview")]),
        ("ABC7 News reported that the gate was shut.", [("ABC7", "cite")]),
        ("The gate was shut, a guard told ABC700.", []),
        ("The gate was shut, NBC1 reported.", []),
        ("The gate was shut, a guard told 13abc.", [("13abc", "interview")]),
        ("The gate was shut, 12News reported.", [("12News", "cite")]),
        ("The gate was shut, a guard told 113abc.", []),
        ("The gate was shut, 12Newsmen reported.", []),
    ],
)
def test_a_call_sign_may_have_its_channel_behind_it(sentence: str, expected: list[tuple[str, str]]) -> None:
    assert cited(sentence) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Le maire a confié au Monde qu'il partait.", ["Le Monde"]),
        ("Selon une enquête du Monde, la porte est fermée.", ["Le Monde"]),
        ("La Coupe du Monde a annoncé un départ.", []),
        ("Les Médecins du Monde ont révélé une fuite.", []),
        ("Le maire a confié au Monde diplomatique qu'il partait.", []),
    ],
)
def test_a_melted_title_needs_its_words_before_it(sentence: str, expected: list[str]) -> None:
    assert [source for source, _ in cited(sentence, language="fr")] == expected
    assert credited("La porte est fermée.", byline="Ana Wells, Tour du Monde", language="fr") == set()


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("A guard told the Greek state broadcaster ERT.", ["ERT"]),
        ("A guard told ERT.", []),
        ("A guard told the Danish broadcaster DR.", ["DR"]),
        ("A guard told DR JOHN HOLT.", []),
        ("According to DR, it was shut.", []),
        ("A guard told RFI.", ["RFI"]),
        ("It was a request for information.\nA guard told RFI.", []),
        ("The World Development Report is out.\nAccording to WDR, it was shut.", []),
    ],
)
def test_short_names_of_broadcasters_both_ways(told: str, expected: list[str]) -> None:
    assert [source for source, _ in cited(told)] == expected


@pytest.mark.parametrize(
    ("language", "told", "name"),
    [
        ("nl", "De poort is dicht, zei een wachter tegen de NOS.", "NOS"),
        ("el", "Η πύλη έκλεισε, δήλωσε στην ΕΡΤ ο φύλακας.", "ERT"),
        ("de", "Das Tor sei zu, sagte sie dem NDR.", "NDR"),
    ],
)
def test_broadcasters_at_home(language: str, told: str, name: str) -> None:
    assert cited(told, language=language) == [(name, "interview")]


@pytest.mark.parametrize(
    ("service", "name"),
    [
        ("BBC Scotland", "BBC"),
        ("BBC News NI", "BBC"),
        ("BBC Hausa", "BBC"),
        ("BBC Scotland News", "BBC"),
        ("ITV News Anglia", "ITV News"),
        ("CTV News Toronto", "CTV News"),
        ("CBC Manitoba", "CBC"),
        ("CBS News Bay Area", "CBS San Francisco"),
        ("ABC Radio Melbourne", "Australian Broadcasting Corporation"),
        ("ABC radio", "Australian Broadcasting Corporation"),
        ("TVNZ", "1News"),
    ],
)
def test_a_broadcasters_regional_service(service: str, name: str) -> None:
    (row,) = traced(f"A guard told {service} that it was shut.")[1]
    assert (row["source"], row["text"]) == (name, f"told {service}")


@pytest.mark.parametrize("body", ["BBC Studios", "BBC West Bank man", "CBC Pension Board"])
def test_what_is_no_service_of_a_broadcaster(body: str) -> None:
    assert cited(f"A guard told {body} that it was shut.") == []


def test_what_is_never_an_agency_alone_is_one_where_it_is_spelled_out() -> None:
    told = "The gate was shut, a guard told PA."
    assert cited(told) == []
    assert cited(f"He spoke to the PA news agency.\n{told}") == [("PA Media", "interview")] * 2
    assert cited(f"The Palestinian Authority met.\n{told}") == []
    assert cited("The Canadian Press saw the letter.\nThe gate was shut, a guard told CP.") == [
        ("The Canadian Press", "interview")
    ]
    assert cited("The Communist Party (CP) met, The Canadian Press reported.\nA guard told CP.") == [
        ("The Canadian Press", "cite")
    ]


@pytest.mark.parametrize(
    ("publisher_country", "dateline", "expected"),
    [
        ("CA", "MONTREAL (CP) -", {("cp", "full")}),
        ("US", "MONTREAL (CP) -", set()),
        ("GB", "LONDON (PA) -", {("pa", "full")}),
        ("US", "ERIE (PA) -", set()),
    ],
)
def test_datelines_of_two_letters_need_their_country(
    publisher_country: str, dateline: str, expected: set[tuple[str, str]]
) -> None:
    assert credited("The gate was shut.", dateline=dateline, publisher_country=publisher_country) == expected


@pytest.mark.parametrize(
    "ending",
    [
        "The reef was shut by the Armed Forces of the Philippines (AFP).",
        "She is a member of the Pakistan Tehreek-e-Insaf (PTI).",
        "The tax is collected by the Association of Northern Islands (ANI).",
        "It was found by the Press Trust of India (PTI).",
        "It was found by the Emirates News Agency (WAM).",
    ],
)
def test_a_definition_at_the_end_is_no_mark(ending: str) -> None:
    assert credited(f"The gate was shut.\n{ending}") == set()


def test_a_turkish_drone_is_no_agency() -> None:
    drone = "Bir insansız hava aracı (İHA) Norrvik'te düştü.\nVali, İHA'nın düştüğünü bildirdi."
    assert credited(drone, language="tr") == set()
    assert cited(drone, language="tr") == []
    assert credited("NORRVİK (İHA) - Köprü açıldı.", language="tr") == {("iha", "full")}


def test_a_mark_behind_the_last_sentence_counts_whatever_the_text_is_about() -> None:
    assert credited("The Armed Forces of the Philippines sent two ships. (AFP)") == {("afp", "full")}


@pytest.mark.parametrize(
    ("text", "alias", "words"),
    [
        ("the Aam Aadmi Party (AAP)", "AAP", "Aam Aadmi Party"),
        ("an Anti-Terrorism Squad (ATS)", "ATS", "Anti-Terrorism Squad"),
        ("the securities transaction tax (STT)", "STT", "securities transaction tax"),
        ("the Pakistan Tehreek-e-Insaf (PTI)", "PTI", "Pakistan Tehreek-e-Insaf"),
        ("the mayor of Ashford (PTI)", "PTI", ""),
        ("bir insansız hava aracı (İHA)", "İHA", "insansız hava aracı"),
        ("(PTI)", "PTI", ""),
        ("It was a fine place. (AFP)", "AFP", ""),
    ],
)
def test_spells(text: str, alias: str, words: str) -> None:
    assert spells(text, text.index("(" + alias), alias) == words


def test_every_homonym_is_a_name_of_the_lexicon_in_one_row() -> None:
    rows = frames()["homonym"]
    aliases = [alias for row in rows for alias in row["aliases"]]
    assert len(aliases) == len(set(aliases)) > 40
    assert [alias for alias in aliases if load("", heads()).exact(alias) is None] == []
    assert all(row.keys() & {"elsewhere", "hints", "next", "behind"} for row in rows)
    assert all(isinstance(row.get("elsewhere", []), list) for row in rows), (
        "a string would be looked for letter by letter"
    )


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("A guard told People on Thursday that it was shut.", [("People", "interview")]),
        ("The gate is shut, according to People.", [("People", "cite")]),
        ("People magazine reported a leak.", [("People", "cite")]),
        ("People reported feeling the gate fall.", []),
        ("A guard told people that it was shut.", []),
    ],
)
def test_the_magazine_and_the_people(sentence: str, expected: list[tuple[str, str]]) -> None:
    assert cited(sentence) == expected


def test_two_outlets_of_one_acronym_by_country() -> None:
    told = "A guard told ET that it was shut."
    assert [source for source, _ in cited(told, publisher_country="US")] == ["Entertainment Tonight"]
    assert [source for source, _ in cited(told, publisher_country="IN")] == ["The Economic Times"]
    assert cited(told) == []


@pytest.mark.parametrize("byline", ["AP Images", "Ana Wells, AP Photo", "Reuters Pictures"])
def test_a_picture_desk_writes_no_story(byline: str) -> None:
    assert credited("The gate was shut.", byline=byline) == set()


def test_an_agencys_other_desks_do() -> None:
    assert credited("The gate was shut.", byline="AP Asia") == {("ap", "full")}
    assert credited("The gate was shut.", byline="Via AP news wire") == {("ap", "full")}
