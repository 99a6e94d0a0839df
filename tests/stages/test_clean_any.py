"""The clean stage on any text at all, and on real, labelled articles where REPRINTS_DATA names their folder."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages import clean
from pipeline.stages._words import count_words
from tests.stages.cleaning import KNOWN, SETTINGS, STORY, back, records, run
from tests.strategies import few, texts


def any_text() -> st.SearchStrategy[str]:
    lines = st.one_of(
        texts(),
        st.sampled_from(
            [*STORY.split("\n"), "Advertisement", "(ANI)", "SEOUL, March 19 (Yonhap) -- A lamp.", "By Jo Marsh", "———"]
        ),
        st.text(max_size=30),
        st.text("-–— .!?()/|:Ax3", max_size=12),  # marks of the end, and what is left of them
    )
    return st.lists(lines, max_size=9).map("\n".join)


@few(60)
@given(any_text(), st.sampled_from(["page", "body"]))
def test_nothing_is_lost_and_every_offset_holds(text: str, field: str) -> None:
    articles, stripped, rejects = clean.run(records({"text": text, "field": field}), SETTINGS, KNOWN)
    assert articles.num_rows + rejects.num_rows == 1
    if rejects.num_rows:
        return
    article = articles.to_pylist()[0]
    assert article["n_words"] == count_words(article["body"])
    covered = {back(article, position) for position in range(len(article["body"]))}
    for row in stripped.to_pylist():
        assert row["line"] == text[row["start"] : row["end"]]
        assert not covered & set(range(row["start"], row["end"]))
        covered |= set(range(row["start"], row["end"]))
    lost = [text[position] for position in range(len(text)) if position not in covered]
    assert not any(character.isalnum() for character in lost if character.isascii())


@few(30)
@given(any_text())
def test_a_text_is_cleaned_alike_alone_and_among_others(text: str) -> None:
    row = {"text": text, "publisher": "Dawn"}
    alone = clean.run(records(row), SETTINGS, KNOWN)
    among = clean.run(records(row, {"text": STORY}, {"text": "Dawn\n" + STORY, "field": "page"}), SETTINGS, KNOWN)
    for one, many in zip(alone, among, strict=True):
        assert [r for r in many.to_pylist() if r.get("record", 0) == 0] == one.to_pylist()


# --- measured ---------------------------------------------------------------------------------------------------

DATA = os.environ.get("REPRINTS_DATA", "")
needs_data = pytest.mark.skipif(not DATA, reason="REPRINTS_DATA names no folder")


@pytest.mark.data
@needs_data
def test_the_seed_page() -> None:
    text = (Path(DATA) / "000_3af428b7976886f3.txt").read_text(encoding="utf-8")
    article, _ = run(text, field="page")
    assert article["publisher_id"] == "business-standard"
    assert (article["byline"], article["dateline"]) == ("ANI Asia", None)
    assert article["published_at"] == datetime(2023, 3, 19, 3, 12, tzinfo=UTC)
    assert len(article["body"].split("\n")) == 12
    assert article["body_map"] == [{"at": 0, "raw": text.index("ANI Asia\n") + len("ANI Asia\n")}]


@pytest.mark.data
@needs_data
def test_labelled_furniture_is_found_and_little_else() -> None:
    import json

    import pyarrow.parquet as pq

    folder = Path(DATA) / "odu-2016"
    labels = {row["id"]: row for row in map(json.loads, (folder / "provenance.jsonl").read_text("utf-8").splitlines())}
    rows = [row for row in pq.read_table(folder / "articles.parquet").to_pylist() if row["id"] in labels]
    table = records(*({"text": row["body"], "publisher": row["publisher"], "headline": row["title"]} for row in rows))
    _, stripped, _ = clean.run(table, SETTINGS, KNOWN)
    gone: dict[int, set[str]] = {}
    for line in stripped.to_pylist():
        gone.setdefault(line["record"], set()).add(" ".join(line["line"].split()))
    found = total = wrong = other = 0
    for number, row in enumerate(rows):
        label, mine = labels[row["id"]], gone.get(number, set())
        furniture = {" ".join(line.split()) for line in label["furniture_lines"]}
        found += sum(any(line in own for own in mine) for line in furniture)
        total += len(furniture)
        if not label["furniture_more"]:
            lines = {" ".join(line.split()) for line in row["body"].split("\n") if line.strip()}
            rest = [line for line in lines if not any(line in one or one in line for one in furniture)]
            wrong += sum(line in mine for line in rest)
            other += len(rest)
    assert found / total >= 0.85
    assert wrong / other <= 0.01
