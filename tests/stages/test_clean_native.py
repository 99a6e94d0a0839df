"""Furniture of sites from Oslo to Athens: what they print around a story goes, sentences of the same words stay. Invented."""

from __future__ import annotations

import pytest

from tests.stages.cleaning import STORY, run

FIRST, *REST = STORY.split("\n")

ANYWHERE = """
Läs också: Så släcktes lampan
Läs mer
Les mer
Les også: Slik ble lampen slukket
Mer om saken
Læs også: Sådan blev lampen slukket
Læs mere
Lue myös: Näin lamppu sammui
Lue lisää
Lue lisää aiheesta
Čtěte také: Jak zhasla lampa
Související články
Prečítajte si tiež: Ako zhasla lampa
CZYTAJ WIĘCEJ: Jak zgasła lampa
Zobacz także: Jak zgasła lampa
Olvassa el ezt is: Így aludt ki a lámpa
Kapcsolódó cikkek
Citește și: Cum s-a stins lampa
Cele mai citite
Pročitajte više
Povezane vijesti
Preberite tudi: Kako je ugasnila svetilka
Прочетете още: Как изгасна лампата
Дивіться також: Як згасла лампа
Διαβάστε επίσης: Πώς έσβησε η λάμπα
Meer over Dunmore
Dela på Facebook
Del på Facebook
Jaa Facebookissa
Zdieľať
Podziel się
Distribuie
Podijeli na Facebooku
Kommentarer (12)
Komentáře
Komentarze
3 hozzászólás
Új hozzászólás
Lasă un comentariu
Komentiraj!
Ostavite komentar
Habere yorum yap
No hay comentarios:
Fotogalerie
7 fotografií
Sursa foto: Primăria Dunmore
Źródło zdjęcia głównego: Shutterstock
Ilustrační foto
Arkivbilde
Kuvituskuva
För dig som är prenumerant
Tento článek je uzamčen
Celotna novica je dostopna le naročnikom.
Subskrybuj
Urmărește-ne pe Google News
Sledujte nás na Instagramu
Підписуйтесь на наш канал
Kaçırmamak için Google News'te ŞEHİRHABER'e abone olun.
Read entire article
Taille du texte:
Partager cet article sur:
Podelite vest:
(Obala.rs)
(Por Ana Reis, em Dunmore)
(Reportagem de Ana Reis; Edição de Rui Sá)
Stand:
Uppdaterad
Publicerad
Últimas notícias
Você pode gostar
Najnovije vijesti Obale i na Viberu
3 comentários
Gerelateerd nieuws
Leia mais em Voz de Dunmore
Outras notícias
Más noticias
Opiná, dejá tu comentario:
Ce contenu n'est pas ouvert aux commentaires.
Diese Inhalte sind für unsere Abonnenten.
Um diesen Artikel vollständig lesen zu können, benötigen Sie ein Abo.
Pročitaj više na: Obala.hr
Partilhar este artigo
Continua a leggere su https://dunmore.example/faro
Únase al canal de La Voz de Dunmore en WhatsApp
""".strip().splitlines()

AT_THE_END = """
Artikeln uppdateras.
Saken oppdateres.
Juttu päivittyy.
Článek aktualizujeme.
В новость были внесены изменения (11:57 мск) - добавлены подробности
Vijest se dopunjava.
Publisert: 17.12.19 kl. 11:29
Publicat: 28 04. 2012, 15:57
Yayınlanma:
Oluşturulma Tarihi : 24.07.2019 13:49
19 Temmuz 2019, Cuma 10:41
2019. július 19. 10:41
21:51 04 бер 2025
Torstai 4. syyskuuta 2025
Zdroj: Obec Dunmore
Forrás: Dunmore város
Källa: Dunmore kommun
Autor: Jan Novák
Témata: maják, moře, Dunmore
Avainsanat: majakka, meri
Okunma Sayısı: 1040
YASAL UYARI: Sitemizdeki haberlerin tüm hakları Dunmore Gazetesi'ne aittir.
Hledat
Zaloguj się
Letzte Änderung: Dienstag, 10. Oktober 2017 05:40 Uhr
Dernière mise à jour: 8 février 2023
Temps de lecture estimé : moins d'1 minute
Fonte:
Κατηγορία: Ελλάδα
Newspapers in Danish
Obala.rs zadržava sva prava nad sadržajem.
Editor : Ana Popescu
Hebt u een taalfout gezien? Mail naar redactie@dunmore.example
Našli jste chybu v článku? Napište nám.
Hodnotenie článku
Première publication : 01/02/2017
Jueves 10 de Noviembre de 2011 - 20:19 hs
""".strip().splitlines()

AT_THE_HEAD = ["innenriks", "Ulkomaat", "Inrikes", "Külföld", "Hoppa till innehåll", "Přejít k obsahu"]

SENTENCES = """
Läs också den andra boken om lampan, sade vaktaren.
Mer om det senare, lovade vaktaren.
Kommentarer från vaktaren lät vänta på sig.
Lue lisää kirjoja, majakanvartija sanoi lapsille.
Čtěte také druhou knihu o lampě, řekl strážce.
Další zprávy strážce neměl, a tak šel spát.
Zobacz także latarnię, powiedział latarnik.
Źródło światła zgasło w maju.
Zdroj světla zhasl v květnu.
Vezi mai mult noaptea, a spus paznicul.
Povezani su kabelom s kopnom.
Autor knihy bydlí v majáku.
Uyarı ışığı mayısta söndü.
Sökandet efter lampan fortsätter.
Hledat lampu začali v květnu.
Téma majáku se vrátilo do rady.
I april 2019 var lampan tänd.
Ilustrační foto pořídil strážce a poslal ho do redakce novin.
Abonnenter fikk strøm igjen i mai.
(Por fim, o faroleiro acenou aos barcos.)
Partager cet article de foi fut long.
Uppdaterad lampa, nytt ljus
(Obala)
Relacionadas con el faro hay tres causas.
Une erreur dans les plans coûta cher.
Más noticias llegaron del faro en mayo.
Pressekontakt hielt der Wärter nie.
De wachter gaf hun een mooi beeld van de toren.
Fonte de luz no norte
""".strip().splitlines()


def below_first(line: str) -> str:
    return "\n".join((FIRST, line, *REST))


@pytest.mark.parametrize("line", ANYWHERE)
def test_furniture_goes_wherever_it_stands(line: str) -> None:
    for text in (below_first(line), f"{STORY}\n{line}"):
        assert run(text)[0]["body"] == STORY


@pytest.mark.parametrize("line", AT_THE_END)
def test_furniture_goes_from_the_end(line: str) -> None:
    assert run(f"{STORY}\n{line}")[0]["body"] == STORY


@pytest.mark.parametrize("line", AT_THE_HEAD)
def test_furniture_goes_from_the_head(line: str) -> None:
    assert run(f"{line}\n{STORY}")[0]["body"] == STORY


@pytest.mark.parametrize("line", SENTENCES)
def test_sentences_of_the_same_words_stay(line: str) -> None:
    for text in (below_first(line), f"{STORY}\n{line}"):
        assert line in run(text)[0]["body"].split("\n")


def test_an_agencys_name_above_a_caption_in_the_midst_is_whose_picture_it_is() -> None:
    caption = "De vuurtorenwachter zwaait naar de boten bij Dunmore. beeld ANP, Ada Lund"
    article, stripped = run("\n".join((FIRST, "ANP", caption, *REST)))
    assert article["body"] == STORY
    assert {row["kind"] for row in stripped} == {"caption"}
    article, stripped = run(f"{STORY}\nANP")
    assert article["body"] == STORY
    assert [row["kind"] for row in stripped] == ["credit"]


def test_an_agency_behind_a_bar_at_the_head_is_whose_picture_it_is() -> None:
    article, stripped = run(f"|  REUTERS\n{STORY}")
    assert article["body"] == STORY
    assert [row["kind"] for row in stripped] == ["caption"]


def test_whom_the_press_may_ask_takes_the_lines_below() -> None:
    assert run(f"{STORY}\nPressekontakt:\nStadt Dunmore\nAda Lund\nTelefon: 030 1234")[0]["body"] == STORY
