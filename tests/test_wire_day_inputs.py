"""The wire day is sound: it can be made again, its labels fit its files, and its stories overlap only where meant."""

from __future__ import annotations

import csv
import gzip
import io
import itertools
import json
import os
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings

from pipeline import schema
from pipeline.stages import lexicon
from tests import strategies
from tests.golden import edits
from tests.golden.make_wire_day import make

GOLDEN = Path(__file__).parent / "golden"
DAY = GOLDEN / "wire-day"


def rows(name: str) -> list[dict[str, str]]:
    with (GOLDEN / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def parsed(name: str) -> list[tuple[int, dict[str, Any]]]:
    """(line, record) of a line-based input file; broken lines are left out."""
    raw = (DAY / name).read_bytes()
    text = (gzip.decompress(raw) if name.endswith(".gz") else raw).decode()
    found = []
    for line, content in enumerate(text.splitlines(), start=1):
        try:
            found.append((line, json.loads(content)))
        except json.JSONDecodeError:
            continue
    return found


@pytest.fixture(scope="module")
def bodies() -> dict[str, str]:
    """Text by article id, as the files have it; of two versions the later."""
    found = {path.stem: path.read_text(encoding="utf-8") for path in sorted(DAY.glob("pages/*/*.txt"))}
    for name in ("harvest.jsonl", "crawl.jsonl.gz", "crawl-late.jsonl"):
        found |= {row["id"]: row.get("maintext") or row["text"] for _, row in parsed(name)}
    found |= {
        row["id"]: row["body"] for row in csv.DictReader(io.StringIO((DAY / "feed.csv").read_text(encoding="utf-8")))
    }
    found |= {row["id"]: row["text"] for row in pq.read_table(DAY / "archive.parquet").to_pylist()}
    return found


@pytest.fixture(scope="module")
def shingles(bodies: dict[str, str]) -> dict[str, set[tuple[str, ...]]]:
    """Word triples by article id, quotes and case folded."""
    found: dict[str, set[tuple[str, ...]]] = {}
    for id, body in bodies.items():
        words = re.findall(r"\w+", body.casefold())
        found[id] = set(zip(words, words[1:], words[2:], strict=False))
    return found


def containment(left: set[tuple[str, ...]], right: set[tuple[str, ...]]) -> float:
    return len(left & right) / min(len(left), len(right))


def prints(story: str, *notes: str) -> list[str]:
    found = [
        row["article_id"]
        for row in rows("wire-day-expected.csv")
        if row["story"] == story and (not notes or row["note"] in notes)
    ]
    assert found, story
    return found


def test_the_day_can_be_made_again() -> None:
    made = make()
    lying = {str(path.relative_to(GOLDEN)) for path in DAY.rglob("*") if path.is_file()}
    assert {name for name in made if name.startswith("wire-day/")} == lying
    for name, content in made.items():
        there = (GOLDEN / name).read_bytes()
        if name.endswith(".parquet"):
            assert pq.read_table(GOLDEN / name).equals(pq.read_table(io.BytesIO(content))), name
        elif name.endswith(".gz"):
            assert gzip.decompress(there) == gzip.decompress(content), name
        else:
            assert there == content, f"{name}: run python -m tests.golden.make_wire_day"


def test_every_record_has_one_label(bodies: dict[str, str]) -> None:
    expected = [row["article_id"] for row in rows("wire-day-expected.csv")]
    rejected = [
        row["article_id"] for row in rows("wire-day-rejected.csv") if row["fate"] == "reject" and row["article_id"]
    ]
    assert len(expected) == len(set(expected)) == 79
    assert sorted([*expected, *rejected]) == sorted(bodies)


def test_the_sorry_records_lie_where_the_list_says() -> None:
    lines = {row["line"]: row for row in rows("wire-day-rejected.csv") if row["source"] == "harvest.jsonl"}
    raw = (DAY / "harvest.jsonl").read_text(encoding="utf-8").splitlines()
    assert not json.loads(raw[7])["text"]
    assert lines["8"]["reason"] == "no text"
    with pytest.raises(json.JSONDecodeError):
        json.loads(raw[15])
    assert lines["16"]["reason"] == "broken JSON"
    assert (DAY / "feed.csv").read_text(encoding="utf-8").splitlines()[1].startswith("sl-77299,")

    early = dict(parsed("crawl.jsonl.gz"))
    corrected, repeated, impossible = (row for _, row in parsed("crawl-late.jsonl"))
    assert repeated in early.values()
    assert early[13]["id"] == corrected["id"] == "fp-88064"
    assert (early[13]["maintext"] == corrected["maintext"], early[13]["url"] == corrected["url"]) == (False, True)
    assert impossible["date_publish"].startswith("2026-02-31")


def test_credits_are_of_known_agencies() -> None:
    kinds = {agency.id: agency.kind for agency in lexicon.agencies()}
    for row in rows("wire-day-expected.csv"):
        assert row["credit_grade"] in {"full", "partial", "release", "none"}
        assert (row["credit_agency"] == "") == (row["credit_grade"] == "none"), row
        if row["credit_agency"]:
            assert (kinds[row["credit_agency"]] == "release") == (row["credit_grade"] == "release"), row
    assert len({row["credit_agency"] for row in rows("wire-day-expected.csv")} - {""}) >= 12


def test_newspapers_are_invented() -> None:
    real = {outlet.name.casefold() for outlet in lexicon.outlets()} | {
        agency.name.casefold() for agency in lexicon.agencies()
    }
    for row in rows("wire-day-publishers.csv"):
        assert row["hosts"].endswith(".example")
        assert row["name"].casefold() not in real


def test_the_day_is_as_large_as_it_says() -> None:
    stories = Counter(row["story"] for row in rows("wire-day-expected.csv"))
    assert sum(count >= 3 for count in stories.values()) >= 12
    assert sum(count == 1 for count in stories.values()) >= 12
    assert {row["note"] for row in rows("wire-day-expected.csv")} >= {
        "original", "full", "cut", "local", "light edit", "update", "roundup", "liveblog", "template", "release", "stub",
        "withdrawn", "correction", "single",
    }  # fmt: skip


def test_every_cut_print_lies_in_a_full_one(shingles: dict[str, set[tuple[str, ...]]]) -> None:
    cuts = [row for row in rows("wire-day-expected.csv") if row["note"].startswith("cut")]
    assert len(cuts) >= 10
    for row in cuts:
        whole = max((shingles[id] for id in prints(row["story"])), key=len)
        assert len(shingles[row["article_id"]]) < 0.75 * len(whole)
        assert containment(shingles[row["article_id"]], whole) > 0.75, row


def test_different_stories_hardly_overlap(shingles: dict[str, set[tuple[str, ...]]]) -> None:
    apart = {"roundup", "template"}
    labels = {row["article_id"]: row for row in rows("wire-day-expected.csv") if row["note"] not in apart}
    for left, right in itertools.combinations(labels, 2):
        if labels[left]["story"] != labels[right]["story"]:
            assert containment(shingles[left], shingles[right]) < 0.45, (left, right)


def test_two_agencies_share_quotations_only(shingles: dict[str, set[tuple[str, ...]]]) -> None:
    dpa, afp = shingles["rd-51015"], shingles["sl-77301"]
    assert 0.1 < containment(dpa, afp) < 0.3


@pytest.mark.parametrize("story", ["ferry", "kelp", "bell", "glass"])
def test_the_roundup_holds_whole_paragraphs(story: str, bodies: dict[str, str]) -> None:
    paragraphs = set(bodies["hc-world-in-brief"].splitlines())
    held = max(len(paragraphs.intersection(bodies[id].splitlines())) for id in prints(story))
    assert held >= 2


@pytest.mark.parametrize(("left", "right"), [("mb-bourse-08", "mb-bourse-09"), ("fp-88055", "fp-88056")])
def test_templates_tempt(
    left: str, right: str, shingles: dict[str, set[tuple[str, ...]]], bodies: dict[str, str]
) -> None:
    """Same form and much the same words, other figures."""
    assert containment(shingles[left], shingles[right]) > 0.45
    figures = [set(re.findall(r"\d+(?:[.,]\d+)*", bodies[id])) for id in (left, right)]
    assert len(figures[0] & figures[1]) < 0.4 * min(map(len, figures))


@pytest.mark.data
def test_no_sentence_is_borrowed(bodies: dict[str, str]) -> None:
    folder = os.environ.get("REPRINTS_DATA")
    if not folder:
        pytest.skip("REPRINTS_DATA is not set")

    def runs(text: str) -> set[tuple[str, ...]]:
        words = re.findall(r"\w+", text.casefold())
        return set(zip(*(words[start:] for start in range(7)), strict=False))

    ours = set().union(*map(runs, bodies.values()))
    for page in sorted(Path(folder).glob("*.txt")):
        assert not ours & runs(page.read_text(encoding="utf-8"))


STORY = ["one two three", 'four "five" six', "seven 'eight' nine", "ten eleven twelve"]


@pytest.mark.parametrize(
    ("edit", "result"),
    [
        ("", STORY),
        ("cut 0.5", STORY[:2]),
        ("cut 0.01", STORY[:2]),
        ("drop 0 -1", STORY[1:3]),
        ("tease 2", ["one two…"]),
        ("tease 5", [STORY[0], 'four "five"…']),
        ("insert 1 local", [STORY[0], "our", "town", *STORY[1:]]),
        ("cut 0.5 | replace two = 2, six = 6", ["one 2 three", 'four "five" 6']),
        ("drop 0 2 3 | curly", ["four “five” six"]),
        ("drop 0 2 3 | curly | straight", ['four "five" six']),
    ],
)
def test_edits(edit: str, result: list[str]) -> None:
    assert edits.edited(STORY, edit, {"local": "\nour\ntown\n"}) == result


@pytest.mark.parametrize("edit", ["replace thirteen = 13", "shuffle"])
def test_an_edit_that_cannot_be_done_is_an_error(edit: str) -> None:
    with pytest.raises(ValueError, match=r"is not in the story|no such edit"):
        edits.edited(STORY, edit, {})


@settings(max_examples=25, deadline=None)
@given(strategies.worlds())
def test_worlds_fit_the_contract(world: tuple[strategies.Article, ...]) -> None:
    assert len({article.id for article in world}) == len(world)
    assert all(article.body.strip() and article.headline for article in world)
    assert strategies.records(world).schema.equals(schema.RECORDS)
    articles = strategies.articles(world)
    articles.validate(full=True)
    assert articles.schema.equals(schema.ARTICLES)
    assert not any(
        column.null_count for field, column in zip(articles.schema, articles.columns, strict=True) if not field.nullable
    )


@settings(max_examples=50, deadline=None)
@given(strategies.texts(min_words=3, max_words=20))
def test_texts_survive_utf8(text: str) -> None:
    assert text
    assert text.encode().decode() == text
