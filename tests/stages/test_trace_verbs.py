"""By which words English news says that it leans on a source, and which only tell what a house does. All texts are invented."""

from __future__ import annotations

import pytest

from tests.stages.tracing import cited, traced


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        # what a text does
        ("MacRumors points out that the lamp is new.", [("MacRumors", "cite")]),
        ("The lamp is new, Reuters notes.", [("Reuters", "cite")]),
        ("The Washington Post meanwhile says the lamp will burn.", [("The Washington Post", "cite")]),
        ("The lamp, Axios explains, was never lit.", [("Axios", "cite")]),
        ("USA Today suggests that the keeper slept.", [("USA TODAY", "cite")]),
        ("TMZ claims that the keeper slept.", [("TMZ", "cite")]),
        ("The Associated Press adds: the keeper slept.", [("Associated Press", "cite")]),
        ('The Wall Street Journal found "little oversight" of lamps.', [("The Wall Street Journal", "cite")]),
        ("The Associated Press found no lamp that burned.", [("Associated Press", "cite")]),
        (
            "The Associated Press counted at least 50 lamps, and the AP found that most burned.",
            [("Associated Press", "cite")],
        ),
        ("ProPublica obtained copies of the letters.", [("ProPublica", "cite")]),
        ("The New York Times identified the keeper as Ana Roe.", [("The New York Times", "cite")]),
        ('The Jerusalem Post called the lamp a "poor thing".', [("The Jerusalem Post", "cite")]),
        ("CNN projects that Ms. Roe will win.", [("CNN", "cite")]),
        ("Deutsche Welle quotes the keeper as saying so.", [("Deutsche Welle", "cite")]),
        ("The lamp was, as The Verge puts it, dim.", [("The Verge", "cite")]),
        ("As NPR wrote last month, the lamp is dim.", [("NPR", "cite")]),
        ("Documents shared with Reuters show the lamp.", [("Reuters", "cite")]),
        ('From the AP: "The lamp burns."', [("Associated Press", "cite")]),
        ("CNN, which first reported the fire, declined to name him.", [("CNN", "cite")]),
        ("Bloomberg News, which broke the story, had seen the lamp.", [("Bloomberg", "cite")]),
        ("The Washington Post, part of the consortium, found 300 lamps.", [("The Washington Post", "cite")]),
        ("Le Monde, which is close to the mayor, said the lamp burned.", [("Le Monde", "cite")]),
        ("The Dunmore Gazette, a paper founded last year, said the lamp burned.", [("Dunmore Gazette", "cite")]),
        ("The BBC and Wired have both reported on the lamp.", [("BBC", "cite"), ("Wired", "cite")]),
        ("CNN and other outlets have all reported on the lamp.", [("CNN", "cite")]),
        ("Per CNN, the lamp is dim.", [("CNN", "cite")]),
        ("The lamp is dim, per Ana Roe of ESPN.", [("ESPN", "cite")]),
        ("According to Ana Roe of the Washington Post, it is dim.", [("The Washington Post", "cite")]),
        ("Reporting by ProPublica showed that it is dim.", [("ProPublica", "cite")]),
        ("CNN wrote that it was about time.", [("CNN", "cite")]),
        ("The Kan public broadcaster said no one was hurt.", [("Kan", "cite")]),
        ("The inquiry came after The Indianapolis Star detailed the fires.", [("The Indianapolis Star", "cite")]),
        ("The inquiry came after The Guardian exposed the fires.", [("The Guardian", "cite")]),
        ("In Monday's edition of Bild, the keeper wrote of it.", []),
        ("The keeper wrote in Monday's edition of The Guardian.", [("The Guardian", "cite")]),
        ("The daily al-Ahram said the lamp burned.", [("Al Ahram", "cite")]),
        # through whom the state speaks
        ("The state news agency KCNA threatened the islands.", [("Korean Central News Agency", "cite")]),
        ("The Global Times called the mayor a novice.", [("Global Times", "cite")]),
        # its people
        ("MSNBC political correspondent Ana Roe said a guest had seen it.", [("NBC News", "cite")]),
        ("The BBC's Ana Roe says the crowd is angry.", [("BBC", "cite")]),
        ("The lamp burns, reports CBS News' Ana Roe.", [("CBS News", "cite")]),
        ("The lamp burns, writes New York Times columnist Ana Roe.", [("The New York Times", "cite")]),
        ("Le Monde journalist Jean Roe, who had been watching, wrote of it.", [("Le Monde", "cite")]),
        ("Politico's Ana Roe and Ben Wells report that she will run.", [("Politico", "cite")]),
        # interviews
        ("The actor opened up to Vanity Fair about the years.", [("Vanity Fair", "interview")]),
        ("The keeper sat down with CNN on Monday.", [("CNN", "interview")]),
        ("The keeper explained to NPR's Ana Roe how it works.", [("NPR", "interview")]),
        ("Asked by Reuters whether he would sell, he laughed.", [("Reuters", "interview")]),
        ("In response to a question from AFP, he laughed.", [("Agence France-Presse", "interview")]),
        ("He laughed in a rare BBC interview.", [("BBC", "interview")]),
        ("CNN's Ana Roe asked him about the lamp.", [("CNN", "interview")]),
        ("She told Ana Roe of CNN that she was glad.", [("CNN", "interview")]),
        ("The keeper confirmed the news to Reuters.", [("Reuters", "interview")]),
        ("The keeper told Tuesday's edition of the daily Bild that it burned.", [("Bild", "interview")]),
        ("The keeper told the Sunday edition of Bild that it burned.", [("Bild", "interview")]),
        ("A man told a reporter from The Beijing News that he fell.", [("Beijing News", "interview")]),
    ],
)
def test_who_is_leaned_on(sentence: str, expected: list[tuple[str, str]]) -> None:
    found = cited(f"The harbour was quiet.\n{sentence}\nNobody sailed.")
    assert list(dict.fromkeys(found)) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "CNN fired two reporters.",
        "The Guardian apologised for the error.",
        "Fox News threatened to sue the mayor.",
        "NBC denied that it had known. The BBC vowed to appeal.",
        "The Washington Post argued in court that it was right.",
        "The BBC warned its staff, and the BBC warned that it would cut jobs.",
        "CNN asked the court to rule and called Ana Roe on Friday.",
        "Fox News added two hours to its schedule.",
        "CNN found itself in trouble. NPR obtained a licence.",
        "Rolling Stone described the suit as baseless.",
        "As CNN announced the cuts, its staff wept.",
        "CNN adds a show. ABC projects like it were cut.",
        "The Daily Mail published a correction. The Daily Mail published an apology to the keeper.",
        "The New York Times corrected the editorial.",
        "The New York Times reported a third-quarter profit of $9 million.",
        "The Associated Press said Monday it would cut its staff. CNN said on Friday that it would, too.",
        "CNN, which aired the show, denied it. Fox News, which published its results, fell.",
        "CNN said no to the keeper.",
        "Per person, it costs $3.",
        "He said so in an interview with Ana Roe of Breitbart.",
        # another one is the subject
        "A spokesman for CNN said the show would end.",
        "Attorneys for Rolling Stone said the story was true.",
        "Ana Roe, the star anchor at Fox News, has alleged that he lied.",
        "A report commissioned by Rolling Stone found that he lied.",
        "A former Wall Street Journal reporter said the town was calm.",
        "CNN reporter Ana Roe said she was fired.",
        # an act towards it, or within it
        "He was asked by the BBC to resign.",
        "He did not respond to questions from the Guardian.",
        "An email sent to a 9to5Mac reader says that the fault is known.",
        "The chief told CNN employees that he would leave.",
        "The provider shared with CNN a love of print.",
        "Her face appears on the BuzzFeed list.",
        "The lamp story originally appeared on BGR.com on Monday.",
        "National Geographic revealed the cover of its next issue.",
    ],
)
def test_what_a_house_does_is_no_citation(sentence: str) -> None:
    assert cited(f"The harbour was quiet.\n{sentence}\nNobody sailed.") == []


def test_a_list_before_the_next_ones_report_is_two_frames() -> None:
    assert cited("The keeper told CNN, Reuters reported.") == [("CNN", "interview"), ("Reuters", "cite")]


def test_the_words_reach_from_the_name_to_the_verb() -> None:
    (row,) = traced("The lamp is lit. NPR's Ana Roe, who was there, wrote of it.")[1]
    assert (row["text"], row["frame"]) == ("NPR's Ana Roe, who was there, wrote", "S_X_said")
