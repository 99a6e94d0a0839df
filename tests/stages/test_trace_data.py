"""Credits and citations against the labelled articles, where they are at hand."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.config import Clean, Trace
from pipeline.schema import RECORDS
from pipeline.stages import clean, trace
from pipeline.stages.lexicon import publishers

pytestmark = pytest.mark.data

GRADES = ("release", "partial", "full")


def run(rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Credits and citations of records; the article's id is the source id."""
    blank = dict.fromkeys(RECORDS.names)
    records = [blank | {"record": n, "source": "data", "line": 1} | row for n, row in enumerate(rows)]
    articles, stripped, _ = clean.run(pa.Table.from_pylist(records, RECORDS), Clean(), publishers.load())
    tables = []
    for table in (articles, stripped):
        ids = pa.array([records[n]["source_id"] for n in table["record"].to_pylist()], pa.string())
        at = table.schema.get_field_index("article_id")
        tables.append(table.set_column(at, table.schema.field(at), ids))
    credits, citations = trace.run(tables[0], tables[1], Trace())
    return credits.to_pylist(), citations.to_pylist()


def folded(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold().removeprefix("the ").removesuffix("-tv"))


def f1(found: set[Any], wanted: set[Any]) -> float:
    return 2 * len(found & wanted) / (len(found) + len(wanted))


@pytest.fixture(scope="module")
def labels(data: Path) -> list[dict[str, Any]]:
    with (data / "odu-2016" / "provenance.jsonl").open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


@pytest.fixture(scope="module")
def found(data: Path, labels: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    wanted = {label["id"] for label in labels}
    rows = [row for row in pq.read_table(data / "odu-2016" / "articles.parquet").to_pylist() if row["id"] in wanted]
    return run(
        [
            {"field": "body", "text": row["body"], "source_id": row["id"], "url": row["url"]}
            | {"publisher": row["publisher"], "headline": row["title"], "byline": row["author"]}
            for row in rows
        ]
    )


def test_credits(labels: list[dict[str, Any]], found: tuple[list[dict[str, Any]], list[dict[str, Any]]]) -> None:
    best: dict[tuple[str, str], int] = {}
    for row in found[0]:
        key = (row["article_id"], folded(row["agency"]))
        best[key] = max(best.get(key, 0), GRADES.index(row["grade"]))
    predicted = {(*key, GRADES[grade]) for key, grade in best.items()}
    credited = [label for label in labels if label["credit_grade"] != "none"]
    wanted = {(label["id"], folded(label["credit_agency"]), label["credit_grade"]) for label in credited}
    assert f1(predicted, wanted) >= 0.95
    own = {label["id"] for label in labels if label["credit_grade"] == "none"}
    assert len({article_id for article_id, _ in best if article_id in own}) <= 2


def test_citations(labels: list[dict[str, Any]], found: tuple[list[dict[str, Any]], list[dict[str, Any]]]) -> None:
    wanted: set[tuple[str, str]] = set()
    unscored: set[tuple[str, str]] = set()
    programme: dict[tuple[str, str], tuple[str, str]] = {}
    for label in labels:
        for source in label["cites"] + label["interviews"]:
            key = (label["id"], folded(source["source"]))
            (unscored if source.get("self") or source.get("weak") else wanted).add(key)
            if source.get("network"):
                programme[label["id"], folded(source["network"])] = key
    rows = [row for row in found[1] if row["role"] in {"cite", "interview"}]
    keys = {(row["article_id"], folded(row["source"])) for row in rows}
    predicted = {programme.get(key, key) if key not in wanted else key for key in keys}
    assert f1(predicted - (unscored - wanted), wanted) >= 0.92


def test_the_scraped_page(data: Path) -> None:
    (page,) = data.glob("000_*.txt")
    text = page.read_text(encoding="utf-8")
    credits, citations = run([{"field": "page", "text": text, "source_id": "page"}])
    assert {(row["agency"], row["grade"], row["signal"]) for row in credits} == {
        ("ani", "full", "byline"),
        ("ani", "full", "disclaimer"),
    }
    assert {row["desk"] for row in credits if row["signal"] == "byline"} == {"Asia"}
    assert [row["source"] for row in citations] == ["Yonhap News Agency", "The Japan Times", "CNN", "CNN"]
    for row in credits + citations:
        assert text[row["start"] : row["end"]] == row["text"]
