"""Clean and trace on real-looking pages after accidents, with whatever may stand in the fields beside the text."""

from __future__ import annotations

import functools
import itertools
from pathlib import Path
from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from pipeline import config, schema
from pipeline.stages import clean, identify, trace
from pipeline.stages._fold import fold
from tests.stages.cleaning import KNOWN, SETTINGS, STORY, back, records
from tests.strategies import few, spoiled, texts

GOLDEN = Path(__file__).parents[1] / "golden"
BESIDE = [name for name in schema.RECORDS.names if name not in {"record", "source", "line", "field", "text"}]

SENSIBLE = """
Dawn|https://www.dawn.com/news/1|http://[::1|By Jo Marsh, Reuters|ANI|2026-03-09T10:00:00+99:00|en-GB|hi|zh|(AP)|KILL|0000-00-00
UPDATE 1-Ferry|1773043200000|999999999999999999999999999999|embargoed until 99:99
"""


@functools.cache
def pages() -> tuple[str, ...]:
    """Pages of the wire day, short ones first."""
    found = [path.read_text(encoding="utf-8") for path in sorted((GOLDEN / "wire-day").glob("pages/*/*.txt"))]
    return (STORY, *sorted(found, key=len))


@st.composite
def rows(draw: st.DrawFn) -> dict[str, Any]:
    """A record: a page after accidents, and fields that say nothing, something sensible or anything at all."""
    text = draw(spoiled(draw(st.sampled_from(pages()))) | texts())
    sensible = st.sampled_from(SENSIBLE.strip().replace("\n", "|").split("|"))
    beside = draw(
        st.dictionaries(st.sampled_from(BESIDE), sensible | st.text(max_size=12) | texts(max_words=6), max_size=6)
    )
    return {"text": text, "field": draw(st.sampled_from(["page", "body"])), **beside}


def through(*given: dict[str, Any]) -> tuple[pa.Table, pa.Table, pa.Table, pa.Table, pa.Table]:
    """Articles, stripped lines, rejects, credits, citations; a text is named by its record."""
    articles, stripped, rejects = clean.run(records(*given), SETTINGS, KNOWN)
    at, field = articles.column_names.index("article_id"), schema.ARTICLES.field("article_id")
    articles = articles.set_column(at, field, articles["record"].cast(pa.string()))
    stripped = identify.attach(stripped, articles)
    return articles, stripped, rejects, *trace.run(articles, stripped, config.Trace())


def folded(text: str) -> str:
    return fold(text, 0, len(text))[0]


@few(120)
@given(rows())
def test_every_word_that_is_found_stands_where_it_is_said_to(row: dict[str, Any]) -> None:
    articles, stripped, rejects, credits, citations = through(row)
    assert articles.num_rows + rejects.num_rows == 1
    for table in (articles, stripped, rejects, credits, citations):
        table.validate(full=True)
    if rejects.num_rows:
        assert not stripped.num_rows + credits.num_rows + citations.num_rows
        return
    article = articles.to_pylist()[0]
    as_read = {row["field"]: row["text"], "byline": row.get("byline") or ""}
    for line in stripped.to_pylist():
        assert line["line"] == row["text"][line["start"] : line["end"]] != ""
    for part in ("byline", "dateline"):
        start, end = article[f"{part}_start"], article[f"{part}_end"]
        assert (start is None) == (end is None)
        if start is not None:
            where = article["byline_field"] if part == "byline" else row["field"]
            assert as_read[where][start:end] == article[part]
    for found in (*credits.to_pylist(), *citations.to_pylist()):
        assert found["text"].strip()
        if found.get("start") is not None:
            place = as_read[found["field"]][found["start"] : found["end"]]
            assert folded(place) == folded(found["text"]), found


@few(60)
@given(rows())
def test_every_character_of_a_body_leads_back_to_the_text(row: dict[str, Any]) -> None:
    articles, *_ = through(row)
    for article in articles.to_pylist():
        places = [back(article, position) for position in range(len(article["body"]))]
        assert all(0 <= place < len(row["text"]) for place in places)
        assert all(first <= second for first, second in itertools.pairwise(places))


@few(40)
@given(st.lists(rows(), min_size=2, max_size=4))
def test_articles_are_treated_alike_alone_and_together(given: list[dict[str, Any]]) -> None:
    together = through(*given)
    for number, row in enumerate(given):
        alone = through(row)
        for one, many in zip(alone, together, strict=True):
            found = [found for found in many.to_pylist() if _number(found) == number]
            assert [_plain(found) for found in found] == [_plain(found) for found in one.to_pylist()]


def _number(found: dict[str, Any]) -> int:
    """The record a row is of; a reject names its line."""
    if "reason" in found:
        return int(found["source"].rpartition(":")[2]) - 1
    return int(found["record"] if "record" in found else found["article_id"])


def _plain(found: dict[str, Any]) -> dict[str, Any]:
    names = {"record", "article_id"} | ({"source"} if "reason" in found else set())
    return {name: value for name, value in found.items() if name not in names}
