"""Which articles hold many stories, or none of their own: round-ups, live blogs, transcripts, pages of links."""

from __future__ import annotations

import pytest

from tests.stages.cleaning import STORY, run

ROUND_UPS = """
REUTER COMMODITY HIGHLIGHTS
REUTERS WORLD NEWS HIGHLIGHTS 1300 GMT MAY 7
BUSINESS BRIEFS
Sports in brief
AP News in Brief at 6:04 p.m. EDT
Top Asian News 4:17 a.m. GMT
NEWS SUMMARY
Reuters Domestic News Summary
What's happening today
5 things to know for Thursday
Five things you need to know today
10 things to know before the stock market opens Monday
Morning Report
Lamps, Goats, Herring: Your Tuesday Briefing
Council votes: Your Friday Evening Briefing
Goat makers respond to lamp probe - GN News Roundup
Lamp college wins again; top 25 football roundup
News at this hour
The Latest: Council keeps lamp
The Latest on the lamp: Council votes
Editorial Roundup: Northland
Regional roundup
AROUND THE STATE
PRESS DIGEST - Northern papers - May 4
Nation & World Briefs
AP Top Sports News at 12:05 a.m. EST
News Wrap: Council keeps lamp
In brief: goats at large
tagesschau in 100 Sekunden
Die Nachrichten am Morgen
Les 5 infos à retenir ce matin
Las noticias más importantes del día
As notícias do dia
Prima pagina: le notizie del giorno
Главное
Police blotter: goats at large
What the papers say - May 4
The week in pictures
Tagesschau kompakt
Kurznachrichten vom Donnerstag
Das Wichtigste vom Tag
Nachrichtenüberblick am Morgen
Presseschau: Stimmen zum Leuchtturm
Meldungen des Tages
En bref
L'actualité régionale en bref
Brèves du 4 mai
Revue de presse du jeudi
Les titres du 20 heures
Resumen
Resumen informativo de la tarde
Titulares de la prensa
Las noticias de hoy, 4 de mayo
Breves
Resumo do dia
Destaques do dia
Il punto alle 13
Notizie in breve
Rassegna stampa del 4 maggio
Le prime pagine dei giornali
Nieuws in het kort
Nyheter i korthet
आज की बड़ी खबरें
आज की मुख्य खबरें: सुबह का हाल
प्रमुख समाचार
간추린 뉴스
[이 시각 헤드라인]
오늘의 주요뉴스
[모닝브리핑] 등대 소식
ニュース一覧
きょうのニュース
主要ニュース
早报｜灯塔再亮一年
5月4日早报
今日要闻
新闻早餐 5月4日
Главное за день
Главные новости дня
Обзор прессы
موجز الأنباء
عناوين الصحف العربية
Günün özeti
Berita terpopuler hari ini
Điểm báo ngày 4/5
""".strip().splitlines()

LIVE = """
Live updates: storm reaches the coast
Week 8 live blog: Keepers beat Herders
Elections in the north live blog
Storm reaches coast - as it happened
Harbour fire LIVE: As boats burn, crews rush in
Lamp vote: latest updates
Liveticker zum Leuchtturm
EN DIRECT - Le phare reste allumé
Le phare, suivez en direct
EN VIVO | El faro seguirá encendido
Minuto a minuto: la votación del faro
AO VIVO: farol segue aceso
लाइव अपडेट: बत्ती जलती रहेगी
[실시간] 등대 투표
""".strip().splitlines()

SINGLE = """
The keeper's latest lamp
Latest on the keeper's death: friends speak out
Weekend storm: what we know
Stocks end week higher: market wrap
Market roundup: lamp makers lead shares higher
Minister skips daily briefing for third time
Mayor ends weekly newsletter
Court bars live coverage of goat trial
Station cuts live stream of the launch
Band plays live in the lighthouse
How we live: a keeper's year
Fans to stream match live
The harbour papers: 7 things to know
5 things to know about the new keeper
Five surprising things about lighthouse lamps
What you need to know about the lamp vote
Police briefs council on missing goats
Keeper appears in brief remarks
Top news anchor resigns
Top 10 lamps sold at auction
Report highlights lamp costs
Lamp dispute highlights northern debts
World crop weather summary shows dry fields
Immigration roundup sweeps harbour
All news is local, says editor
This week in court a keeper denied it
Minister tritt in Kürze zurück
Die Presse streitet über den Leuchtturm
Das Interview mit dem Wärter sorgt für Streit
Le ministre répond en direct aux questions
Concierto en vivo en el faro
Resumen del partido deja dudas
El gobierno titulará las tierras
Il punto di vista del guardiano
실시간 시청률 1위 등대 드라마
Главное - не паниковать, сказал смотритель
联合早报：灯塔再亮一年
北京晚报记者获奖
अब तक की सबसे बड़ी नाव
Transcript shows keeper lied about lamp
Press digests the mayor's defeat
AP photographer wins news prize
PTI leader wins news conference row
Mayor gives news brief answers
Notícias falsas sobre o farol circulam
Die Nachrichten aus dem Norden sind schlecht
Interview with the keeper angers council
Full text of the lamp bill leaked, minister says
""".strip().splitlines()


@pytest.mark.parametrize("headline", ROUND_UPS)
def test_headlines_of_round_ups(headline: str) -> None:
    assert run(STORY, headline=headline)[0]["kind"] == "digest"


@pytest.mark.parametrize("headline", LIVE)
def test_headlines_of_live_blogs(headline: str) -> None:
    assert run(STORY, headline=headline)[0]["kind"] == "liveblog"


@pytest.mark.parametrize("headline", SINGLE)
def test_headlines_of_single_stories(headline: str) -> None:
    assert run(STORY, headline=headline)[0]["kind"] == "editorial"


ENTRY = "The storm has moved another mile to the east and took two roofs, the coast guard says."
STYLES = [
    ("{} p.m.", range(9, 2, -1)),
    ("{}:15 p.m.: {entry}", range(9, 2, -1)),
    ("{}:05am GMT {entry}", range(11, 3, -1)),
    ("{}h32 - {entry}", range(22, 14, -1)),
    ("{}.32 Uhr: {entry}", range(22, 14, -1)),
    ("오후 {}시 32분 {entry}", range(9, 2, -1)),
    ("午後{}時32分 {entry}", range(9, 2, -1)),
    ("Updated at {}:15 IST", range(22, 14, -1)),
    ("[{}:15] {entry}", range(22, 14, -1)),
    ("{}:15 {entry}", range(14, 22)),
]


@pytest.mark.parametrize(("style", "hours"), STYLES)
def test_entries_under_times_are_a_live_blog(style: str, hours: range) -> None:
    entries = [style.format(hour, entry=ENTRY) for hour in hours]
    if "{entry}" not in style:
        entries = [line for entry in entries for line in (entry, ENTRY)]
    assert run("\n".join(["The storm is here, and this is how the night went.", *entries]))[0]["kind"] == "liveblog"


def test_a_running_file_is_known_by_its_first_line() -> None:
    body = f"NORRVIK (AP) - The Latest on the lamp of the north (all times local):\n3:15 p.m.\n{STORY}"
    assert run(body, headline="Council keeps lamp")[0]["kind"] == "digest"


def test_three_entries_do_below_a_headline_that_speaks_of_updates() -> None:
    body = "\n".join(f"{hour}:15 pm: {ENTRY}" for hour in (9, 8, 7))
    assert run(body, headline="Storm updates from the coast")[0]["kind"] == "liveblog"
    assert run(body, headline="Storm on the coast")[0]["kind"] == "editorial"


def test_times_alone_make_no_live_blog() -> None:
    table = "\n".join(f"{hour}.15 {hour}.40 Norrvik {hour}.55 Sund" for hour in range(6, 20))
    guide = "\n".join(f"{hour} p.m.\n{ENTRY}\n{ENTRY}\n{ENTRY}\n{ENTRY}" for hour in range(5, 11))
    chronicle = "\n".join(f"{hour}:15 pm: {ENTRY}" for hour in range(1, 9))
    assert run(table)[0]["kind"] == "editorial"
    assert run(f"{STORY}\n{guide}", headline="A guide to the night of the vote")[0]["kind"] == "editorial"
    assert run(chronicle, headline="Timeline of the storm")[0]["kind"] == "editorial"


PLACES = ("SUND", "NORRVIK", "BRANN", "OST HARBOUR", "TILDEN", "KVALVIK")


def _items(dateline: str, n: int) -> str:
    return "\n".join(f"{dateline.format(place)} {ENTRY}\nNobody was hurt, the mayor said." for place in PLACES[:n])


def test_stories_under_their_own_datelines_are_a_round_up() -> None:
    assert run(_items("{} (AP) -", 3))[0]["kind"] == "digest"
    assert run(_items("{}, March 9 -", 3))[0]["kind"] == "digest"
    assert run(_items("{} -", 6))[0]["kind"] == "digest"
    marked = "\n".join(f"{ENTRY} ({agency})" for agency in ("Reuters", "AP", "dpa", "AFP"))
    assert run(marked)[0]["kind"] == "digest"


def test_two_datelines_slugs_and_tables_are_none() -> None:
    assert run(_items("{} (AP) -", 2))[0]["kind"] == "editorial"
    assert run(_items("{} -", 3))[0]["kind"] == "editorial"
    assert run(_items("{}:", 6))[0]["kind"] == "editorial"
    metals = "\n".join(
        f"{metal} - 1550 tonnes, cash nil" for metal in ("LEAD", "ZINC", "TIN", "NICKEL", "COPPER", "SILVER")
    )
    assert run(f"{STORY}\n{metals}")[0]["kind"] == "editorial"


HEADINGS = (
    "Council keeps the lamp of the north",
    "Goats rescued from a roof at dawn",
    "Herring prices fall to a new low",
)


def _sections(who: list[str], headings: tuple[str, ...] = HEADINGS) -> str:
    told = (
        "{0} said on the quay of {1} that nobody in {2} had been asked before the vote of the council was taken.",
        "The boats will stay in {1} until {0} and {3} have looked at the books of the last ten years, it was said.",
    )
    return "\n".join(f"{head}\n{told[0]}\n{told[1]}".format(*who[4 * n :]) for n, head in enumerate(headings))


NAMED = "He and Vik|Sund|Brann|Lund|As Stroh|Tilden|Norrvik|Dahl|So Moss|Osthafen|Lee|Berg".split("|")


def test_headings_over_stories_that_name_nobody_in_common_make_a_round_up() -> None:
    """Subheads of one story do not, nor what a story counts."""
    assert run(_sections(NAMED), headline="Lamp stays; goats rescued; herring cheap")[0]["kind"] == "digest"
    assert run(_sections(3 * NAMED[:4]), headline="Council keeps lamp after a long night")[0]["kind"] == "editorial"
    counted = tuple(f"{n}. {head}" for n, head in enumerate(HEADINGS, start=1))
    assert run(_sections(NAMED, counted), headline="Why the lamp matters")[0]["kind"] == "editorial"


TALK = "\n".join(
    f"{who}: {what}"
    for who, what in [
        ("ADA LUND", "Why did you keep the lamp?"),
        ("PIET STROH", "Because the boats need it and the town wanted it."),
    ]
    * 6
)


def test_transcripts_are_found_by_their_voices() -> None:
    assert run(f"The lamp of the north stays, and its keeper came to speak of it.\n{TALK}")[0]["kind"] == "digest"
    named = TALK.replace("ADA LUND", "Ada Lund").replace("PIET STROH", "Piet Stroh")
    assert run(named, headline="The keeper on his lamp")[0]["kind"] == "digest"
    asked = "\n".join(("Q: Why did you keep the lamp?", "A: Because the boats need it.") * 4)
    assert run(asked, headline="Interview: the keeper on his lamp")[0]["kind"] == "digest"


def test_voices_of_a_script_without_spaces() -> None:
    asked = "\n".join(("记者：为什么留下这盏灯？", "守灯人：因为船需要它，镇上的人也愿意。") * 6)
    assert run(asked, headline="专访守灯人")[0]["kind"] == "digest"
    assert run(asked, headline="镇议会决定灯塔再亮一年")[0]["kind"] == "digest"


def test_an_agency_s_questions_and_answers_are_its_own_story() -> None:
    asked = "\n".join(("Q: Who keeps the lamp?", "A: The council does, for another year.") * 6)
    assert run(asked, headline="The lamp vote explained")[0]["kind"] == "editorial"


def test_lists_of_values_are_no_transcript() -> None:
    gifts = "\n".join(("Lamp: A small one for the desk.", "Price: About 40 crowns in most shops.") * 6)
    assert run(gifts, headline="Gifts for keepers")[0]["kind"] == "editorial"


def test_a_check_of_facts_quotes_and_is_no_transcript() -> None:
    checked = "\n".join(('LUND: "The lamp costs nothing."', "THE FACTS: It costs the town 90 crowns a night.") * 5)
    assert run(checked, headline="Fact check: claims from the harbour debate")[0]["kind"] == "editorial"


SPEECH = "\n".join(
    ["Fellow citizens, I thank you for coming out tonight.", "We have kept this lamp for a hundred years, and we will."]
    * 4
)


@pytest.mark.parametrize(
    "headline",
    [
        "Full text of the mayor's speech on the lamp",
        "Read the mayor's full remarks on the lamp",
        "Transcript: The mayor on the lamp",
        "TEXT-Statement by the harbour board",
        "Im Wortlaut: Rede der Bürgermeisterin",
        "Discours de la maire sur le phare (texte intégral)",
        "[전문] 시장 신년사",
        "市长新年致辞（全文）",
    ],
)
def test_a_speech_in_full_is_the_event_s_and_no_outlet_s(headline: str) -> None:
    assert run(SPEECH, headline=headline)[0]["kind"] == "digest"


def test_pages_of_links_are_digests() -> None:
    links = "\n".join(
        f"{who} {what} over lamp of the north"
        for who in ("Council", "Keeper", "Harbour board", "Mayor")
        for what in ("wins vote", "faces inquiry", "calls for talks")
    )
    results = "\n".join(f"{place} {n} Sund {n + 1}" for n, place in enumerate(PLACES * 2))
    winners = "\n".join(f"Best {what}: Tilda Ravn" for what in "song singer album video band duo tour debut".split())
    assert run(links)[0]["kind"] == "digest"
    assert run(results)[0]["kind"] == "editorial"
    assert run(winners)[0]["kind"] == "editorial"
