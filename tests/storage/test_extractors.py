"""What trafilatura, news-please, fundus and newspaper4k make of one page is read by their own names, each as it is."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from pipeline import config
from pipeline.stages import clean
from pipeline.stages.lexicon import publishers
from pipeline.storage import read

FOLDER = Path(__file__).parents[1] / "golden" / "extractors"
URL = "https://www.harrowbaystandard.example/local/pie-auction-library-roof"
HEADLINE = "Pie auction pays for a new roof on Harrow Bay library"
TOOLS = ("trafilatura", "news-please", "fundus", "newspaper4k")


def record(name: str) -> dict[str, str | None]:
    (batch,) = read.batches([FOLDER / name], config.Read())
    assert batch.rejects.num_rows == 0
    (row,) = batch.records.to_pylist()
    return dict(row)


def article(name: str) -> dict[str, object]:
    (batch,) = read.batches([FOLDER / name], config.Read())
    cleaned: pa.Table = clean.run(batch.records, config.Clean(), publishers.load("", {}))[0]
    (row,) = cleaned.to_pylist()
    return dict(row)


@pytest.mark.parametrize("tool", TOOLS)
def test_the_fields_of_a_tool_are_known(tool: str) -> None:
    found = record(f"{tool}.json")
    assert found["headline"] == HEADLINE
    assert found["url"] == URL
    assert (
        (found["publisher"] or found["host"] or "")
        .replace(" ", "")
        .casefold()
        .removeprefix("www.")
        .startswith("harrowbaystandard")
    )
    assert (found["published"] or "").startswith("2026-03-09")
    assert found["byline"] == "Lena Oxholm"
    assert "after an auction of 91 pies" in (found["text"] or "")
    assert (found["text"] or "").rstrip().endswith("will hold umbrellas.")


@pytest.mark.parametrize("tool", [*TOOLS, "page.html"])
def test_the_body_is_the_same_whoever_took_it_out(tool: str) -> None:
    found = article(tool if tool.endswith(".html") else f"{tool}.json")
    assert found["body"] == article("fundus.json")["body"]
    assert found["dateline"] == article("fundus.json")["dateline"]


def test_the_page_itself_says_what_the_tools_leave_out() -> None:
    found = record("page.html")
    assert found["credit"] == "The Associated Press"
    assert found["published"] == "2026-03-09T14:05:00-05:00"
    assert found["modified"] == "2026-03-09T15:30:00-05:00"
    assert found["publisher"] == "Harrow Bay Standard"
