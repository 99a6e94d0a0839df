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
