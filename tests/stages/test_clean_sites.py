"""What sites say of themselves and ask of their readers, by language; and sentences of a story that begin like it."""

from __future__ import annotations

import pytest

from pipeline.stages.clean.verdicts import text_state_of
from tests.stages.cleaning import STORY, run

FIRST, SECOND, LAST = STORY.split("\n")


def amid(line: str) -> str:
    return f"{FIRST}\n{SECOND}\n{line}\n{LAST}"


@pytest.mark.parametrize(
    "line",
    """
    Reklama|Inzerce|INZERCIA|Hirdetés|Publicitate|ANNONS|Annonse|Annonce|Mainos|Διαφήμιση|ΔΙΑΦΗΜΙΣΗ|Advertentie|Oglas|ADV
    Lees verder onder de advertentie|Saken fortsetter under annonsen|Juttu jatkuu mainoksen jälkeen
    Artikel nach der Anzeige fortsetzen
    Читайте також:|Читайте також: Маяк у тумані|ЧИТАЙТЕ ТАКОЖ: Маяк|Lee también El faro de la isla
    MIRA: El faro|Lee aquí: El faro
    À lire aussi Le phare dans la brume|Lire aussi Le phare|(Re)lire : Le phare|Haberin Devamı
    İLGİLİ HABER|Bunlar da İlginizi Çekebilir
    【関連記事】|【関連記事】灯台|【写真】屋根の上の灯台|ΔΙΑΒΑΣΤΕ ΕΠΙΣΗΣ|Διαβάστε επίσης: Ο φάρος|CITEȘTE ȘI Farul din nord
    ZOBACZ: Latarnia|Zobacz wideo Latarnia|Olvasta már?|Lesen Sie hier: Turm im Nebel|BONUS VIDEO|Per approfondire|Bekijk ook:
    FULL COVERAGE: Lamp stays lit|READ: Why the lamp stays lit|PREVIOUSLY: Lamp may go dark|Related article Lamp stays lit
    People are also reading…|खबरें और भी हैं...|Haberin devamı için tıklayınız...|More in this section|Recommended from Editorial
    Something went wrong, please try again later.|Join the Norrvik Evening News WhatsApp group HERE|after newsletter promotion
    Log in, register or subscribe to save articles for later.|Very large text size|Related Stories from Norrvik Herald
    Start and end your day informed with our newsletters|Catch the latest in Opinion|Siga a Folha do Norte no Instagram
    KEEPER OF THE LAMP WINS ISLAND VOTE|Beeld: ANP|Nyitókép: MTI|사진 연합뉴스|한가람 기자 구독
    """.replace("\n", "|").split("|"),
)
def test_words_of_sites_go(line: str) -> None:
    if line.strip():
        article, _ = run(amid(line.strip()))
        assert article["body"] == STORY
        assert article["text_state"] == "full"


@pytest.mark.parametrize(
    "line",
    [
        "Get more from The Norrvik Echo with a digital subscription from as little as only £1.50 a week.",
        "We want our comments to be a lively and valuable part of our community.",
        "Do you see a spelling or grammar error in this story? Report it HERE.",
        "Norrvik Post is committed to maintaining a lively but civil forum for discussion. Comments may take an hour.",
        "To send flowers to the family or plant a tree in memory of Harold, please visit our floral store.",
        "Якщо ви помітили помилку, виділіть необхідний текст і натисніть Ctrl + Enter",
        "Dziękujemy, że przeczytałaś/eś nasz artykuł do końca.",
        "Prenumerera på Norrbladets nyhetsbrev",
        "Transparenzhinweis: Dieser Artikel wurde mit KI erstellt.",
        "Guardar",
        "Lesedauer: 2 Min.",
    ],
)
def test_what_a_house_asks_below_a_story_goes(line: str) -> None:
    assert run(f"{STORY}\n{line}")[0]["body"] == STORY


@pytest.mark.parametrize(
    "line",
    """
    Reklama, která běží od pondělí, stála město milion korun.
    Annonsen kostade kommunen en miljon kronor.
    Read: the verb that the school has banned.
    Previously unseen letters of the keeper were sold on Monday.
    Lire un livre par semaine, voilà son secret.
    Mira Lund, 43, was the first woman to keep the lamp.
    Mira: Lund no ha vuelto a la isla, dijo.
    Lee también vive en la isla, dijo el alcalde.
    Leggi e regolamenti vietano la lampada, ha detto il sindaco.
    Haberin devamı gelmedi, dedi bekçi.
    Son dakika golüyle kazandılar.
    Guardar silencio es un derecho, dijo.
    Kommentieren wollte der Rat das nicht.
    Теми перемовин не розкриваються.
    Join us, the mayor said, and the whole of WhatsApp will know.
    Prenumerera på en tidning gör färre öbor än förr, säger redaktören.
    【写真】灯台を守る人々の一年を追った写真展が7日、町で開かれた。
    관련 사진 연합뉴스 기자가 찍은 것이라고 밝혔다.
    Published by the council on Monday, the report says little.
    Find Ada Lund on the pier, not on WhatsApp, he said.
    """.strip().split("\n"),
)
def test_sentences_that_begin_like_them_stay(line: str) -> None:
    line = line.strip()
    assert run(amid(line))[0]["body"] == amid(line)
    assert run(f"{STORY}\n{line}")[0]["body"] == f"{STORY}\n{line}"


def test_only_prose_breaks_off() -> None:
    for last, state in (
        ("Please hold on...", "full"),
        ("But the goat of the keeper...", "stub"),
        ("The council said that nobody, not even the keeper, would ever again …", "stub"),
    ):
        assert text_state_of(f"{STORY}\n{last}", 60, [], 30) == state
    assert text_state_of("The lamp went...", 60, [], 30) == "stub"


def test_below_a_short_story_a_long_notice_of_the_house_goes_all_the_same() -> None:
    notice = (
        "We want our comments to be a lively and valuable part of our community - a place where readers can debate. "
        "The ability to comment is a privilege, not a right, and that privilege may be withdrawn if it is abused."
    )
    assert run(f"{STORY}\n{notice}\nRead the rules here\n{notice}")[0]["body"] == STORY


@pytest.mark.parametrize(
    "line", ["Ada Lund covers lighthouses for the Norrvik Herald.", "305-376-2708", "Ada Lund • 314-340-8000"]
)
def test_who_wrote_it_goes_below_the_story(line: str) -> None:
    assert run(f"{STORY}\n{line}")[0]["body"] == STORY


def test_a_heading_in_capitals_that_tells_of_it_or_us_stays() -> None:
    text = amid("IT IS HARD TO KEEP A LAMP")
    assert run(text)[0]["body"] == text
