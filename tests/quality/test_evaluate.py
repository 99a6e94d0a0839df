"""evaluate: label files, figures against plain counting, and the scores of the bundled day."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import measure
from pipeline.errors import InputError
from pipeline.quality import evaluate, labels, pages
from pipeline.quality.scores import Bootstrap, agreement, estimate, rates, story_sums
from pipeline.storage.store import Store
from tests.conftest import GOLDEN, Ended

Reprints = Callable[..., Ended]

GROUPINGS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=24)


def figures(stories: Sequence[int], clusters: Sequence[int]) -> dict[str, float]:
    totals = story_sums(np.array(stories), np.array(clusters)).sum(axis=0)
    return {name: float(value) for name, value in agreement(totals).items()}


def counted(stories: Sequence[int], clusters: Sequence[int]) -> dict[str, float]:
    """The same figures by their definitions, article by article and pair by pair."""
    n = len(stories)
    pairs = list(itertools.combinations(range(n), 2))
    wanted = {(i, j) for i, j in pairs if stories[i] == stories[j]}
    found = {(i, j) for i, j in pairs if clusters[i] == clusters[j]}
    both = len(wanted & found)
    story = [{j for j in range(n) if stories[j] == stories[i]} for i in range(n)]
    cluster = [{j for j in range(n) if clusters[j] == clusters[i]} for i in range(n)]
    precision = sum(len(story[i] & cluster[i]) / len(cluster[i]) for i in range(n)) / n
    recall = sum(len(story[i] & cluster[i]) / len(story[i]) for i in range(n)) / n
    chance = len(wanted) * len(found) / len(pairs) if pairs else 0
    room = (len(wanted) + len(found)) / 2 - chance
    return {
        "pair_precision": both / len(found) if found else math.nan,
        "pair_recall": both / len(wanted) if wanted else math.nan,
        "pair_f1": 2 * both / (len(wanted) + len(found)) if wanted or found else math.nan,
        "b_cubed_precision": precision,
        "b_cubed_recall": recall,
        "b_cubed_f1": 2 * precision * recall / (precision + recall),
        "ari": (both - chance) / room if room else 1.0,
    }


@given(GROUPINGS)
def test_figures_are_those_of_plain_counting(articles: list[tuple[int, int]]) -> None:
    stories, clusters = zip(*articles, strict=True)
    assert figures(stories, clusters) == pytest.approx(counted(stories, clusters), nan_ok=True)


@given(GROUPINGS, st.permutations(range(6)), st.permutations(range(6)), st.randoms(use_true_random=False))
def test_names_and_order_say_nothing(
    articles: list[tuple[int, int]], story_names: list[int], cluster_names: list[int], chance: Random
) -> None:
    renamed = [(story_names[story], cluster_names[cluster]) for story, cluster in articles]
    chance.shuffle(renamed)
    assert figures(*zip(*renamed, strict=True)) == pytest.approx(figures(*zip(*articles, strict=True)), nan_ok=True)


@given(GROUPINGS)
def test_precision_of_one_way_is_recall_of_the_other(articles: list[tuple[int, int]]) -> None:
    stories, clusters = zip(*articles, strict=True)
    one, other = figures(stories, clusters), figures(clusters, stories)
    for measured in ("pair", "b_cubed"):
        assert one[f"{measured}_precision"] == pytest.approx(other[f"{measured}_recall"], nan_ok=True)
    assert one["ari"] == pytest.approx(other["ari"])


@given(st.lists(st.integers(0, 5), min_size=1, max_size=24))
def test_a_grouping_agrees_with_itself(stories: list[int]) -> None:
    assert {value for value in figures(stories, stories).values() if not math.isnan(value)} == {1.0}


def test_a_known_ari() -> None:
    """Two groups of three against a group of two, two and two: index 2, expected 6 * 3 / 15, maximum 4.5."""
    assert figures([0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 2, 2])["ari"] == pytest.approx((2 - 1.2) / (4.5 - 1.2))


def test_intervals_hold_the_figure_and_come_out_the_same_again() -> None:
    sums = np.array([[1, 0, 0]] * 40 + [[0, 1, 0]] * 5 + [[0, 0, 1]] * 15, float)
    found = estimate(sums, rates, Bootstrap(500, seed=3))
    precision = found["precision"]
    assert precision.value == pytest.approx(40 / 45)
    assert precision.low is not None
    assert precision.high is not None
    assert 0.75 < precision.low < 40 / 45 < precision.high < 1
    assert estimate(sums, rates, Bootstrap(500, seed=3)) == found
    wide, narrow = (estimate(sums, rates, Bootstrap(500, level=level))["recall"] for level in (0.99, 0.5))
    assert (wide.high or 0) - (wide.low or 0) > (narrow.high or 1) - (narrow.low or 0)


def test_what_was_never_found_has_no_precision() -> None:
    found = estimate(np.array([[0.0, 0.0, 1.0]]), rates)
    assert (found["precision"].value, found["precision"].low) == (None, None)
    assert found["recall"].value == 0.0


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("left_id,right_id,label\na,b,maybe\n", "x.csv:2: label 'maybe' is none of R, P, D, 1, 0"),
        ("left_id,right_id,label,weight\na,b,R,heavy\n", "x.csv:2: weight 'heavy'"),
        ("left_id,right_id,label,weight\na,b,R,-1\n", "x.csv:2: weight '-1'"),
        ("left_id,right_id,label\na,b,R\nb,a,D\n", "x.csv:3: a and b have another label in an earlier row"),
        ("left_id,right_id,label\na,a,R\n", "x.csv:2: left_id and right_id are both a"),
        ("left_id,right_id,label\na,,R\n", "x.csv:2: there is no right_id"),
        ("left_id,right_id\na,b\n", "x.csv:2: there is no column label"),
        ("left_id,right_id,label\na,b\n", "x.csv:2: the header has 3 columns"),
        ("article_id,cluster\na,1\na,2\n", "x.csv:3: article a is in cluster 1 in an earlier row"),
        ("article_id,colour\na,red\n", "no labels (1 rows)"),
        ("left_id,right_id,label\na,b,\n", "all 1 pairs have an empty label"),
        ("", "no labels"),
        ('{"id": "a", "cites": [{"source": 3}]}\n', "x.csv:1: Expected `str`, got `int` - at `$.cites[0].source`"),
        ('{"id": "a", "cites": []}\n{oops\n', "x.csv:2: is no JSON"),
        ('{"id": "a", "credit_grade": "some", "credit_agency": "ap"}\n', "credit_grade 'some' is none of full"),
        ('{"id": "a", "credit_grade": "full"}\n', "credit_grade is full, but credit_agency is empty"),
    ],
)
def test_a_wrong_row_is_named(content: str, told: str) -> None:
    with pytest.raises(InputError) as error:
        labels.parse("x.csv", content.encode())
    assert told in str(error.value)


def test_labels_in_other_encodings_are_refused() -> None:
    with pytest.raises(InputError, match="is not UTF-8"):
        labels.parse("x.csv", "article_id,cluster\nä,1\n".encode("latin-1"))


def test_pairs_are_read_in_either_order_and_spelling() -> None:
    content = b"\xef\xbb\xbfleft_id,right_id,label,note\nb,a,1,x\nc,d,0,\ne,f,p,\ng,h, ,\n"
    found = labels.parse("x.csv", content)
    assert found.pairs == [
        labels.Pair("a", "b", "R", 1.0),
        labels.Pair("c", "d", "D", 1.0),
        labels.Pair("e", "f", "P", 1.0),
    ]
    assert found.n_unlabelled == 1


def test_one_file_may_say_several_things() -> None:
    found = labels.parse("x.csv", b"article_id,story,event,credit_agency,credit_grade\na,s,e,ap,full\nb,t,e,,\n")
    assert found.story_of == {"a": "s", "b": "t"}
    assert list(found.pages) == ["a"]


def member(article_id: str, cluster_id: str) -> evaluate.Row:
    return {"article_id": article_id, "cluster_id": cluster_id, "headline": f"About {article_id}"}


def match(jaccard: float, *, accepted: bool, relation: str) -> evaluate.Row:
    figures = {"jaccard": jaccard, "containment_left": 0.5, "containment_right": 0.4, "longest_run": 9}
    return figures | {"relation": relation, "accepted": accepted, "reason": f"jaccard {jaccard}"}


@pytest.fixture
def published() -> evaluate.Published:
    """Clusters {a, b, c} and {d}; a was compared with b and d."""
    return evaluate.Published(
        {row["article_id"]: row for row in (member("a", "x"), member("b", "x"), member("c", "x"), member("d", "y"))},
        {
            ("a", "b"): match(0.9, accepted=True, relation="light_edit"),
            ("a", "d"): match(0.1, accepted=False, relation="excerpt"),
        },
        frozenset({("d", "x")}),
        {"x": "a", "y": "d"},
    )


def test_pairs_are_scored_by_weight_and_by_head(published: evaluate.Published) -> None:
    labelled = [
        labels.Pair("a", "b", "R", 3.0),
        labels.Pair("b", "c", "D", 1.0),
        labels.Pair("b", "d", "R", 2.0),
        labels.Pair("a", "d", "P", 9.0),
        labels.Pair("a", "gone", "R", 5.0),
    ]
    found = evaluate.pairs(labelled, published)
    assert found.n == {"R": 2, "P": 1, "D": 1}
    assert found.merged == {"R": 1, "P": 0, "D": 1}
    assert [found.weighted[name].value for name in ("precision", "recall", "f1")] == [3 / 4, 3 / 5, 2 / 3]
    assert [found.plain[name].value for name in ("precision", "recall", "f1")] == [0.5, 0.5, 0.5]
    assert found.partial == {"in_excerpts": 1, "merged": 0, "relation_excerpt": 1}
    false, missed = found.errors
    assert (false.wrong, false.left_id, false.right_id, false.jaccard) == ("false merge", "b", "c", None)
    assert false.reason == "never compared; joined by the anchor of x, a"
    assert (missed.wrong, missed.left_headline, missed.reason) == ("missed", "About b", "never compared")


def test_clusters_that_differ_are_shown_by_the_pair_that_came_nearest(published: evaluate.Published) -> None:
    found = evaluate.clusters({"a": "1", "b": "2", "c": "1", "d": "1", "gone": "1"}, published)
    assert (found.n_articles, found.n_stories, found.n_clusters, found.n_split, found.n_mixed) == (4, 2, 2, 1, 1)
    assert found.figures["pair_precision"].value == pytest.approx(1 / 3)
    assert [(error.wrong, error.left_id, error.right_id) for error in found.errors] == [
        ("false merge", "a", "b"),
        ("missed", "a", "d"),
    ]
    assert found.errors[1].jaccard == 0.1


def test_missing_articles_are_named(published: evaluate.Published) -> None:
    labelled = labels.parse("x", b"left_id,right_id,label\na,gone,R\nlost,gone,D\n")
    assert evaluate.missing(labelled, published) == evaluate.Missing(2, ("gone", "lost"), 2)


def found(**changed: object) -> pages.Found:
    return pages.Found("Head", None, "none", [], [], [], None)._replace(**changed)


def page(**values: object) -> labels.Page:
    parsed = labels.parse("x", json.dumps({"id": "a"} | values).encode())
    return parsed.pages["a"]


def test_credits_need_agency_and_grade() -> None:
    labelled = {
        "a": page(credit_agency="ap", credit_grade="full"),
        "b": page(credit_agency="The Associated Press", credit_grade="partial"),
        "c": page(credit_grade="none"),
        "d": page(credit_agency="afp", credit_grade="full"),
    }
    has = {
        "a": found(credit_agency="ap", credit_grade="full"),
        "b": found(credit_agency="ap", credit_grade="full", credit_texts=["By AP"]),
        "c": found(credit_agency="pti", credit_grade="partial"),
        "d": found(),
    }
    scores = pages.score(labelled, has)
    assert (scores.n_credited, scores.n_uncredited, scores.n_false_credits) == (3, 1, 1)
    assert [scores.credit[name].value for name in ("precision", "recall")] == [1 / 2, 1 / 3]
    wrong = [(error.wrong, error.article_id, error.expected, error.found, error.text) for error in scores.errors]
    assert wrong == [
        ("credit", "b", "The Associated Press partial", "ap full", "By AP"),
        ("credit", "d", "afp full", "none", ""),
        ("false credit", "c", "none", "pti partial", ""),
    ]


def test_sources_are_counted_once_an_article() -> None:
    labelled = page(
        cites=[{"source": "Reuters"}, {"source": "Harbour Gazette", "weak": True}, {"source": "CNN"}],
        interviews=[{"source": "Morning Talk", "network": "BBC"}, {"source": "Own Daily", "self": "publisher"}],
    )
    named = ["Reuters", "Reuters", "BBC", "The Harbour Gazette", "Own Daily", "Yonhap News Agency"]
    scores = pages.score({"a": labelled}, {"a": found(sources=[(name, f"{name} said") for name in named])})
    assert scores.n_sources == 3
    assert [scores.sources[name].value for name in ("precision", "recall")] == [2 / 3, 2 / 3]
    wrong = [(error.wrong, error.expected, error.found) for error in scores.errors]
    assert wrong == [("missed source", "CNN", ""), ("false source", "", "Yonhap News Agency")]


def test_furniture_lines_and_what_was_touched_beside_them() -> None:
    lines = ["Sign up here", "More on  boats", "By Ann Ode"]
    labelled = page(furniture_lines=lines, furniture_kinds=["widget", "related", "byline"])
    stripped = [("More on boats", "furniture"), ("A true sentence.", "furniture"), ("SALTPORT --", "dateline")]
    has = found(stripped=stripped, body="First.\nSecond.\nSign up here\nThird.")
    scores = pages.score({"a": labelled}, {"a": has})
    assert (scores.n_furniture_lines, scores.n_other_lines, scores.n_other_lines_touched) == (2, 4, 1)
    assert scores.furniture["recall"].value == 0.5
    assert scores.furniture["other_lines_touched"].value == 0.25
    assert [(error.wrong, error.text) for error in scores.errors] == [
        ("furniture kept", "Sign up here"),
        ("line taken", "A true sentence."),
    ]
    more = page(furniture_lines=lines[:2], furniture_more=True)
    assert pages.score({"a": more}, {"a": has}).n_other_lines == 0


def test_the_bundled_day_agrees_with_its_labels(reprints: Reprints, wire_day: Path) -> None:
    """The gate: what an editor says of every article of the day is what comes out."""
    ended = reprints("evaluate", GOLDEN / "wire-day-expected.csv", "--store", wire_day, "--format", "json")
    assert ended.code == 0
    scores = json.loads(ended.out)
    assert scores["missing"]["n_articles"] == 0
    assert scores["clusters"]["n_articles"] == 79
    assert scores["clusters"]["figures"]["pair_precision"]["value"] == 1.0
    assert scores["clusters"]["figures"]["b_cubed_f1"]["value"] == 1.0
    assert scores["provenance"]["credit"]["f1"]["value"] == 1.0
    assert scores["provenance"]["n_false_credits"] == 0
    assert "pairs" not in scores


def test_the_command_tells_people_what_is_wrong(reprints: Reprints, wire_day: Path, tmp_path: Path) -> None:
    rows = ["ap-7c41e0,hc-ferry-breakwater,R,", "ap-7c41e0,hc-world-in-brief,P,2", "ap-7c41e0,mb-bourse-08,R,4"]
    (tmp_path / "pairs.csv").write_text("\n".join(["left_id,right_id,label,weight", *rows, "ap-7c41e0,nobody,D,1", ""]))
    ended = reprints("evaluate", tmp_path / "pairs.csv", "--store", wire_day, "--at", "2026-03-09.1")
    assert ended.code == 0
    assert "1 labelled articles are not in this run: nobody; 1 pairs with them are not scored" in ended.out
    assert "Pairs: 2 reprints (R) against 0 different (D)" in ended.out
    assert "recall     0.200" in ended.out
    assert "0 of 1 in one cluster" in ended.out
    assert "Missed: 1" in ended.out
    assert "weight 4; never compared" in ended.out
    assert "Ferry with 212 aboard" in ended.out


def test_labels_that_do_not_fit_end_with_code_2(reprints: Reprints, wire_day: Path, tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    for content, told in (("left_id,right_id,label\na,b,X\n", ":2: label 'X'"), ("id,story\nzz,1\n", "none of its 1")):
        path.write_text(content)
        ended = reprints("evaluate", path, "--store", wire_day)
        assert ended.code == 2
        assert told in ended.err
        assert len(ended.err.splitlines()) == 1
    assert reprints("evaluate", tmp_path / "none.csv", "--store", wire_day).code == 2


def test_furniture_is_scored_from_the_state(wire_day: Path, tmp_path: Path) -> None:
    row = {"id": "hc-ferry-breakwater", "furniture_lines": ["More from the quayside", "Nobody wrote this line"]}
    found = measure.evaluate(labels.parse("x", json.dumps(row).encode()), Store(wire_day))
    assert found.provenance is not None
    assert found.provenance.furniture["recall"].value == 0.5
    assert found.provenance.n_other_lines > 10


@pytest.mark.data
def test_labelled_articles_agree(data: Path, tmp_path: Path) -> None:
    from pipeline import config, flow

    store = Store(tmp_path / "store")
    flow.run([str(data / "odu-2016" / "articles.parquet")], store, config.Config())
    pairs = measure.evaluate(measure.read_labels(data / "odu-2016" / "pairs.csv"), store).pairs
    assert pairs is not None
    assert sum(pairs.n.values()) == 101
    assert (pairs.weighted["f1"].value or 0) >= 0.93
    scored = measure.evaluate(measure.read_labels(data / "odu-2016" / "provenance.jsonl"), store).provenance
    assert scored is not None
    assert scored.n_false_credits <= 2
    assert (scored.credit["f1"].value or 0) >= 0.9
    assert (scored.sources["f1"].value or 0) >= 0.85
    assert (scored.furniture["recall"].value or 0) >= 0.7
    assert (scored.furniture["other_lines_touched"].value or 0) <= 0.01
