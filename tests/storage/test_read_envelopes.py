"""Articles in what interfaces, databases and exports put around them, and several values where one is due. All invented."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.storage.test_read import run

LAMP = {
    "title": "Lighthouse lit",
    "text": "The lighthouse at Gull Point was lit again.",
    "url": "https://g.example/lamp",
}
BELL = {"title": "Bell found", "text": "Divers have found the bell of the barge.", "url": "https://g.example/bell"}
BOTH = [LAMP, BELL]


def read_json(tmp_path: Path, value: object, name: str = "a.json") -> list[dict[str, Any]]:
    path = tmp_path / name
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    records, rejects, _ = run(path)
    assert rejects == []
    return list(records)


@pytest.mark.parametrize(
    "value",
    [
        {"status": "ok", "stories": BOTH},
        {
            "took": 3,
            "hits": {
                "total": 2,
                "hits": [{"_index": "n", "_id": str(n), "_source": one} for n, one in enumerate(BOTH)],
            },
        },
        {"data": {"posts": {"edges": [{"cursor": "x", "node": one} for one in BOTH]}}},
        {"data": [{"type": "article", "id": "1", "attributes": one} for one in BOTH]},
        {"response": {"results": [{"id": one["url"], "fields": one} for one in BOTH]}},
        {"total_rows": 2, "rows": [{"id": "1", "value": {"rev": "1-a"}, "doc": one} for one in BOTH]},
        {"db": [{"meta": {"version": "5"}, "data": {"posts": BOTH, "tags": [{"name": "sea"}]}}]},
        {"a-1": LAMP, "a-2": BELL},
        {"eng-100": {"articles": {"results": BOTH}}},
        {name: {str(n): one[name] for n, one in enumerate(BOTH)} for name in LAMP},
        [[LAMP], [BELL]],
        {"anything": {"at all": BOTH}},
        {"content": [one | {"published": "2024-05-01"} for one in BOTH], "totalElements": 2},
    ],
)
def test_articles_in_an_answer(tmp_path: Path, value: object) -> None:
    for name, text in (("a.json", json.dumps(value, indent=1)), ("b.jsonl", json.dumps(value) + "\n")):
        if isinstance(value, list) and name == "b.jsonl":
            continue
        found = read_json(tmp_path, text, name)
        assert [(one["headline"], one["text"], one["url"]) for one in found] == [(*one.values(),) for one in BOTH]


def test_what_a_wrapper_says_counts_below_what_the_article_does(tmp_path: Path) -> None:
    hit = {"_id": "h-1", "_index": "news", "language": "en", "_source": LAMP | {"language": "de"}}
    answer = {"success": True, "data": {"url": "https://g.example/x", "id": 7, "article": LAMP}}
    (one,) = read_json(tmp_path, hit)
    assert (one["source_id"], one["language"], one["url"]) == ("h-1", "de", LAMP["url"])
    (one,) = read_json(tmp_path, answer)
    assert (one["source_id"], one["headline"], one["url"]) == ("7", LAMP["title"], LAMP["url"])
    path = tmp_path / "a.parquet"
    pq.write_table(pa.Table.from_pylist([hit]), path)
    records, rejects, _ = run(path)
    assert (rejects, [record["source_id"] for record in records]) == ([], ["h-1"])


def test_articles_of_a_list_say_nothing_of_the_answer(tmp_path: Path) -> None:
    found = read_json(tmp_path, {"id": 9, "title": "News of the day", "articles": [{"text": "A lamp."}, LAMP]})
    assert [(one["source_id"], one["headline"]) for one in found] == [(None, None), (None, LAMP["title"])]


@pytest.mark.parametrize(
    "row",
    [
        {"title": "Lamp", "comments": [{"author": "Olaf", "text": "How fine."}]},
        {"title": "Lamp", "image": {"text": "The lamp by night."}},
        {"title": "Lamp", "url": "https://g.example/1", "news": []},
        {"title": "Lamp", "url": "https://g.example/1", "related": BOTH},
        {
            "title": "Lamp",
            "url": "https://g.example/1",
            "author": {"title": "Keeper", "body": "She has kept it since May."},
        },
        {"title": "Lamp", "more": [{"title": "Bell"}, LAMP, {"title": "Mast"}]},
    ],
)
def test_what_is_no_article_is_none(tmp_path: Path, row: dict[str, Any]) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in (LAMP, row)))
    records, rejects, _ = run(path)
    assert [one["headline"] for one in records] == [LAMP["title"]]
    assert [one["reason"] for one in rejects] == ["no text"]


def test_a_text_of_its_own_comes_before_all_that_lies_in_it(tmp_path: Path) -> None:
    found = read_json(tmp_path, LAMP | {"related": BOTH, "data": BELL, "articles": BOTH})
    assert [one["text"] for one in found] == [LAMP["text"]]


def test_of_a_list_nothing_vanishes_and_an_answer_may_be_empty(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"stories": [LAMP, {"title": "Mast"}, BELL]}))
    records, rejects, _ = run(path)
    assert [one["line"] for one in records] == [1, 3]
    assert [(one["source"], one["reason"]) for one in rejects] == [(f"{path}:2", "no text")]
    for empty in ({"status": "ok", "articles": []}, {"response": {"docs": []}}, {"title": "The feed", "items": []}):
        assert read_json(tmp_path, empty) == []


def test_a_text_that_is_several_articles_says_how_to_name_it(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"things": [{"title": "One", "prose": "Lamp."}, {"title": "Two", "prose": "Bell."}]}))
    _, rejects, _ = run(path, fields={"text": "things.prose"})
    assert 'text = "prose"' in rejects[0]["reason"]
    records, rejects, _ = run(path, fields={"text": "prose"})
    assert (rejects, [one["text"] for one in records]) == ([], ["Lamp.", "Bell."])


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(LAMP) + json.dumps(BELL),
        f"{json.dumps(LAMP)} {json.dumps(BELL)}\n",
        f"{json.dumps(LAMP)},\n{json.dumps(BELL)}\n",
        f"{json.dumps(LAMP)},\n{json.dumps(BELL)},\n",
        f"\x1e{json.dumps(LAMP)}\n\x1e{json.dumps(BELL)}\n",
        f"\x1e{json.dumps(LAMP, indent=2)}\n\x1e{json.dumps(BELL, indent=2)}\n",
        json.dumps(LAMP, indent=2) + "\n" + json.dumps(BELL, indent=2),
        json.dumps(BOTH),
        json.dumps(BOTH, indent=2),
        f"[{json.dumps(LAMP)},\n{json.dumps(BELL)}]",
        f"[\n{json.dumps(LAMP)},\n{json.dumps(BELL)}\n]\n",
    ],
)
@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_several_values_where_one_is_due(tmp_path: Path, name: str, text: str) -> None:
    assert [one["headline"] for one in read_json(tmp_path, text, name)] == [LAMP["title"], BELL["title"]]


@pytest.mark.parametrize("first", ["{", "[", '{"title": "cut', f"{json.dumps(LAMP)} and more", f"7{json.dumps(LAMP)}"])
def test_a_broken_first_line_costs_itself(tmp_path: Path, first: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(f"{first}\n{json.dumps(BELL)}\n")
    records, rejects, _ = run(path)
    assert [one["headline"] for one in records] == [BELL["title"]]
    assert [one["source"] for one in rejects] == [f"{path}:1"]
