"""Notes on the text itself: what was changed and when, what was wrong, who paid for it."""

from __future__ import annotations

import pytest

from tests.stages.cleaning import STORY, kinds, run

FIRST, SECOND, LAST = STORY.split("\n")
NOTES = [
    "4:34 p.m.: This article was updated with the number of goats.",
    "4 p.m.: This article was updated with more details.",
    "2:40 a.m., Nov. 3: The story was updated with comments by the keeper.",
    "Nov. 2, 12:25 p.m.: This post has been revised throughout.",
    "11/2, 9 a.m. ET: Updated with the vote.",
    "8 a.m. This story updated with the names of the boats.",
    "The article was originally published at 7:45 a.m.",
]


@pytest.mark.parametrize("note", NOTES)
def test_a_note_under_a_time_goes_wherever_it_stands(note: str) -> None:
    for text in (f"{STORY}\n{note}", f"{FIRST}\n{note}\n{SECOND}\n{LAST}"):
        article, stripped = run(text)
        assert article["body"] == STORY
        assert kinds(stripped) == [("version_note", note)]


def test_a_story_with_many_notes_is_no_live_blog() -> None:
    many = [f"{hour}:10 p.m.: This article was updated with word of boat {hour}." for hour in range(9, 1, -1)]
    article, _ = run(
        "\n".join((STORY, "UPDATES:", *many, "More of this on Sunday", "The story was first posted at 1:30 p.m."))
    )
    assert article["kind"] == "editorial"
    assert article["body"].split("\n")[:3] == STORY.split("\n")
    assert "updated" not in article["body"]


@pytest.mark.parametrize(
    "line",
    [
        "4 p.m.: The lamp was updated with a bulb of glass.",
        "9 a.m.: This is where the keeper has his coffee.",
        "The story was published at a time when nobody had a boat.",
        "The article was first published in 1955 and made the keeper known.",
    ],
)
def test_an_hour_of_the_story_stays(line: str) -> None:
    assert run(f"{STORY}\n{line}")[1] == []


@pytest.mark.parametrize(
    "note",
    [
        "Fe de errores: en una versión anterior se dijo que el faro es de 1901.",
        "Rectificatif le 12 avril à 14 h 10 : correction de la date du phare.",
        "Erramos: o farol é de 1903, e não de 1901.",
        "Sprostowanie: latarnię zbudowano w 1903 roku.",
        "Исправлено: маяк построили в 1903 году.",
        "Rättelse: I en tidigare version stod det att fyren är från 1901.",
        "Rettelse 12. april 14:10: I en tidligere versjon sto det at fyret er fra 1901.",
        "Oikaisu 12.4. kello 14.10: Jutussa majakan ikä oli väärin.",
        "Correctie: De vuurtoren is van 1903.",
        "Fejl og fakta: I en tidligere version stod der, at fyret er fra 1901.",
        "【訂正】灯台の建設を1901年としていたのは誤りでした。",
        "[바로잡습니다] 등대는 1901년이 아니라 1903년에 지어졌습니다.",
    ],
)
def test_a_correction_says_so_in_many_languages(note: str) -> None:
    article, stripped = run(f"{STORY}\n{note}")
    assert (article["status"], article["body"]) == ("corrected", STORY)
    assert kinds(stripped) == [("version_note", note)]


@pytest.mark.parametrize("headline", ["(Corrección) El faro es de 1903", "燈塔通車（更正）", "Der Turm (korrigiert)"])
def test_a_headline_says_that_it_is_corrected(headline: str) -> None:
    assert run(STORY, headline=headline)[0]["status"] == "corrected"


@pytest.mark.parametrize(
    "line", ["La corrección del rumbo: dos grados al norte", "Correctie is nodig, zei hij: de lamp moet aan."]
)
def test_a_word_for_correction_amid_a_sentence_is_none(line: str) -> None:
    assert run(f"{STORY}\n{line}")[0]["status"] == "usable"


@pytest.mark.parametrize(
    "label",
    """
    CONTENIDO PATROCINADO|Contenido ofrecido por Lámparas S.A.|PUBLI-RÉDACTIONNEL|Contenu conçu et proposé par LampeVie
    CONTEÚDO PATROCINADO|Contenuto sponsorizzato|Informazione pubblicitaria|Materiał sponsorowany|Komerční sdělení
    На правах рекламы|Bu bir ilandır.|محتوى مدفوع|Pressemitteilung
    Advertorial: Dieser Artikel entstand in Zusammenarbeit mit der Firma Leuchtturm und Lampe aus Norrvik
    """.strip()
    .replace("\n    ", "|")
    .split("|"),
)
def test_a_label_above_the_text_says_that_it_is_paid_for(label: str) -> None:
    article, stripped = run(f"{label}\n{STORY}")
    assert (article["kind"], article["body"]) == ("release", STORY)
    assert kinds(stripped) == [("disclaimer", label)]


@pytest.mark.parametrize(
    "byline", ["Anzeige", "Publirreportaje", "ANNONS FRÅN LAMPAB", "Advertorial", "PR TIMES", "Партнерский материал"]
)
def test_so_does_an_author_who_is_none(byline: str) -> None:
    assert run(STORY, byline=byline)[0]["kind"] == "release"
    assert run(STORY, byline=f"Ana {byline}")[0]["kind"] == "editorial"


@pytest.mark.parametrize(
    "line", ["Anzeige", "Annons", "Publicidad", "Реклама, ООО «Маяк», 16+ erid: 2VtzqwXyZ", "Contenido patrocinado"]
)
def test_the_mark_of_an_advertisement_amid_a_story_says_nothing_of_the_story(line: str) -> None:
    for text in (f"{FIRST}\n{line}\n{SECOND}\n{LAST}", f"{STORY}\n{line}"):
        assert run(text)[0]["kind"] == "editorial"


def test_a_text_that_is_marked_as_a_release_is_one() -> None:
    assert (
        run(
            "[보도자료] 솔빛군은 마지막 등대의 불을 1년 더 켜기로 했다고 9일 밝혔다.\n어민 900명이 서명했다고 군은 설명했다."
        )[0]["kind"]
        == "release"
    )
