"""Agencies' lines above a story that are not the first byline, from the text as read. All texts and people are invented."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from pipeline import config
from pipeline.stages import clean, trace
from tests.stages.cleaning import KNOWN, SETTINGS, STORY, records


def read(text: str, **columns: Any) -> tuple[list[dict[str, Any]], list[str]]:
    """The credits of a text, and the lines that were taken out of it."""
    articles, stripped, rejects = clean.run(records({"text": text, **columns}), SETTINGS, KNOWN)
    assert rejects.num_rows == 0
    credits, _ = trace.run(articles, stripped, config.Trace())
    return credits.to_pylist(), stripped["line"].to_pylist()


def credited(text: str, **columns: Any) -> set[tuple[str, str]]:
    return {(row["agency"], row["grade"]) for row in read(text, **columns)[0]}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["By Ana Wells", "Associated Press"], {("ap", "full")}),
        (["By ANA WELLS", "AP Sports Writer"], {("ap", "full")}),
        (["By ANA WELLS", "and TOM BELL", "Associated Press"], {("ap", "full")}),
        (["By Ana Wells", "Reuters"], {("reuters", "full")}),
        (["By Ana Wells", "Bloomberg News"], {("bloomberg", "full")}),
        (["By Ana Wells", "The Canadian Press"], {("cp", "full")}),
        (["By Ana Wells", "Tribune News Service"], {("tns", "full")}),
        (["By Ana Wells", "The Washington Post"], {("The Washington Post", "full")}),
        (["By Ana Wells", "The Denver Post"], set()),
        (["By Ana Wells"], set()),
    ],
)
@pytest.mark.parametrize("author", [None, "Ana Wells"])
def test_an_agency_below_its_writer(lines: list[str], expected: set[tuple[str, str]], author: str | None) -> None:
    text = "\n".join([*lines, STORY])
    assert credited(text, byline=author, publisher="The Denver Post") == expected
    assert read(text, byline=author, publisher="The Denver Post")[1] == lines


@pytest.mark.parametrize(
    ("author", "line", "expected"),
    [
        ("Web Staff", "By The Associated Press", {("ap", "full")}),
        ("admin", "The Associated Press", {("ap", "full")}),
        ("Web Desk", "PTI", {("pti", "full")}),
        ("Ana Wells", "By The Associated Press", {("ap", "full")}),
        ("Ana Wells", "AFP", {("afp", "partial")}),  # who has used it, unless the line is a byline's by its words
        ("Ana Wells, Reuters", "AFP", {("reuters", "full")}),
    ],
)
def test_an_agency_beside_the_author_of_the_record(author: str, line: str, expected: set[tuple[str, str]]) -> None:
    assert credited(f"{line}\n{STORY}", byline=author) == expected


def test_a_name_above_the_author_is_that_of_a_picture() -> None:
    assert credited(f"Reuters\nBy Ana Wells\n{STORY}", byline="Ana Wells") == set()


@pytest.mark.parametrize(
    ("line", "author", "is_picture"),
    [
        ("Tom Bell/AP", None, True),
        ("(Tom Bell/AP)", "Ana Wells", True),
        ("Tom Bell / Reuters", "Ana Wells", True),
        ("Tom Bell | AP", "Ana Wells", True),
        ("Tom Bell | AP", None, False),
        ("Tom Bell/AP", "Tom Bell", False),
        ("By Tom Bell/AP", "Ana Wells", False),
        ("Tom Bell, AP", None, False),
        ("CBS/AP", None, False),
    ],
)
def test_a_photographer_above_a_story_is_no_author(line: str, author: str | None, is_picture: bool) -> None:
    credits, lines = read(f"{line}\n{STORY}", byline=author)
    assert lines == [line]
    assert is_picture == (not credits)


def test_an_editor_writes_for_nobody() -> None:
    assert credited(f"By Ana Wells\nEdited by: Tom Bell, AFP\n{STORY}") == set()


def test_a_credit_below_its_writer_stands_where_it_was_read() -> None:
    text = f"By Ana Wells\n \nAssociated Press Writer\n{STORY}"
    (row,), _ = read(text)
    assert text[row["start"] : row["end"]] == row["text"] == "Associated Press Writer"


def test_the_order_of_stripped_lines_does_not_matter() -> None:
    articles, stripped, _ = clean.run(records({"text": f"By Ana Wells\nReuters\n{STORY}"}), SETTINGS, KNOWN)
    backwards = stripped.take(pa.array(range(stripped.num_rows - 1, -1, -1)))
    assert trace.run(articles, backwards, config.Trace()) == trace.run(articles, stripped, config.Trace())


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Piše: Tanjug", {("tanjug", "full")}),
        ("Autor: ČTK", {("ctk", "full")}),
        ("autor:PAP", {("pap", "full")}),
        ("Oprac.: PAP", {("pap", "full")}),
        ("Av NTB", {("ntb", "full")}),
        ("Av: NTB", {("ntb", "full")}),
        ("Tekst: NTB", {("ntb", "full")}),
        ("Text: TT", {("tt", "full")}),
        ("Af Ritzau", {("ritzau", "full")}),
        ("Szerző: MTI", {("mti", "full")}),
        ("írta: MTI", {("mti", "full")}),
        ("WRITER: AFP", {("afp", "full")}),
        ("by DHA", {("dha", "full")}),
        ("por Lusa", {("lusa", "full")}),
        ("Da Reuters", {("reuters", "full")}),
        ("Пише: Танјуг", {("tanjug", "full")}),
        ("EFE / Madrid", {("efe", "full")}),
        ("TT-AFP", {("tt", "full"), ("afp", "full")}),
        ("STT–AFP", {("stt", "full"), ("afp", "full")}),
        ("AFP-JIJI", {("afp", "full"), ("jiji", "full")}),
        ("c.1999 N.Y. Times News Service", {("nytns", "full")}),
        ("c.2003 Bloomberg News", {("bloomberg", "full")}),
        ("Afp", {("afp", "full")}),
        ("The Canadian Press - Mar 7, 2023 / 10:45 am | Story: 468123", {("cp", "full")}),
        ("ČTK, redakce", {("ctk", "partial")}),
        ("oprac. kn, PAP", {("pap", "partial")}),
        ("red/dpa/lsw", {("dpa", "partial")}),
    ],
)
def test_what_a_byline_may_begin_with_and_how_it_joins(line: str, expected: set[tuple[str, str]]) -> None:
    credits, lines = read(f"{line}\n{STORY}")
    assert {(row["agency"], row["grade"]) for row in credits} == expected
    assert lines
    assert all(part in line for part in lines)


@pytest.mark.parametrize(
    ("byline", "expected"),
    [
        ("Piše: Tanjug", {("tanjug", "full")}),
        ("writer: Reuters", {("reuters", "full")}),
        ("Autor: ČTK", {("ctk", "full")}),
        ("TT-AFP", {("tt", "full"), ("afp", "full")}),
        ("Afp", {("afp", "full")}),
        ("Ani", set()),  # a person
        ("ani", set()),
        ("Ana-Maria Bell", set()),
        ("dpa-AFX", {("dpaafx", "full")}),
        ("jvh, Bron: Belga", {("belga", "partial")}),
        ("中央社 巴黎7日綜合外電報導", {("cna_tw", "full")}),
        ("COLPISA / AFP", {("colpisa", "full"), ("afp", "full")}),
    ],
)
def test_the_same_in_the_field_of_a_record(byline: str, expected: set[tuple[str, str]]) -> None:
    assert credited(STORY, byline=byline) == expected


def test_an_agency_named_without_a_country_counts_behind_a_label_in_its_own() -> None:
    assert credited(f"Piše: Hina\n{STORY}", host="dunmorepost.example") == set()
    assert credited(f"Piše: Hina\n{STORY}", host="index.hr", url="https://index.hr/1") == {("hina", "full")}


@pytest.mark.parametrize(
    ("line", "host", "expected"),
    [
        ("Expresso com Lusa", "expresso.pt", {("lusa", "partial")}),
        ("MTI / hvg.hu", "hvg.hu", {("mti", "partial")}),
    ],
)
def test_an_agency_beside_the_house(line: str, host: str, expected: set[tuple[str, str]]) -> None:
    credits, lines = read(f"{line}\n{STORY}", host=host, url=f"https://{host}/1")
    assert {(row["agency"], row["grade"]) for row in credits} == expected
    assert lines == [line]


@pytest.mark.parametrize("line", ["Text: Ana Wells ran for mayor", "By the river AFP met him", "Madrid com vista"])
def test_a_sentence_is_no_byline(line: str) -> None:
    assert read(f"{line}\n{STORY}") == ([], [])


def test_an_agency_behind_the_headline_and_the_time() -> None:
    headline = "Lamp of the north stays lit for another year"
    credits, lines = read(f"{headline} Updated: 2026-03-09 06:50 (Xinhua)\nOSLO - {STORY}", headline=headline)
    assert [(row["agency"], row["grade"], row["text"]) for row in credits] == [("xinhua", "full", "Xinhua")]
    assert lines == [f"{headline} Updated: 2026-03-09 06:50", "(Xinhua)", "OSLO -"]
    assert credited(f"{headline} Updated: 2026-03-09 06:50 (Agencies)\n{STORY}", headline=headline) == {
        ("unspecified", "partial")
    }
    assert credited(f"The keeper and his goat, updated: 2026-03-09 06:50 (Xinhua)\n{STORY}", headline=headline) == set()
