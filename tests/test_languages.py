"""The gate of the multilingual set: for each language, what is one story, what is not, and whose copy it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

from pipeline import config, flow, measure
from pipeline.quality.pages import PageScores
from pipeline.stages import lexicon
from pipeline.storage.store import Store
from tests.conftest import GOLDEN
from tests.golden.make_languages import PRINTS, Article, articles, make, texts

SET = GOLDEN / "languages"
ARTICLES: Mapping[str, Article] = {article.record["id"]: article for article in articles()}
LANGUAGES = tuple(texts())
COPIES = ("whole", "cut", "local", "edit")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    found = Store(tmp_path_factory.mktemp("languages") / "store")
    flow.run([str(SET / "articles.jsonl")], found, config.load(SET / "languages.toml"))
    return found


@pytest.fixture(scope="module")
def members(store: Store) -> pd.DataFrame:
    return pd.read_parquet(store.path / "current" / "members.parquet").set_index("article_id")


@pytest.fixture(scope="module")
def provenance(store: Store) -> PageScores:
    scores = measure.evaluate(measure.read_labels(SET / "provenance.jsonl"), store).provenance
    assert scores is not None
    return scores


# --- one story, and several -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_prints_of_a_story_are_one_cluster(members: pd.DataFrame, language: str) -> None:
    prints = [f"{language}-{note}" for note in COPIES if f"{language}-{note}" in ARTICLES]
    assert len(prints) >= 3
    assert len(set(members.loc[prints, "cluster_id"])) == 1


@pytest.mark.parametrize("language", [name for name in LANGUAGES if f"{name}-other" in ARTICLES])
def test_another_agencys_words_are_another_story(members: pd.DataFrame, language: str) -> None:
    """Even with the same quotation in them."""
    assert alone(members, f"{language}-other")


@pytest.mark.parametrize("language", [name for name in LANGUAGES if f"{name}-brief-1" in ARTICLES])
def test_two_days_of_one_form_are_two_stories(members: pd.DataFrame, language: str) -> None:
    assert alone(members, f"{language}-brief-1")
    assert alone(members, f"{language}-brief-2")


@pytest.mark.parametrize(
    "language",
    [name for name in LANGUAGES if f"{name}-digest" in ARTICLES],
)
def test_a_digest_is_no_print_of_what_it_quotes(members: pd.DataFrame, language: str) -> None:
    assert alone(members, f"{language}-digest")


def alone(members: pd.DataFrame, article_id: str) -> bool:
    return bool((members["cluster_id"] == members.loc[article_id, "cluster_id"]).sum() == 1)


def test_two_languages_never_meet(members: pd.DataFrame) -> None:
    languages = members.index.to_series().map(lambda name: ARTICLES[name].language)
    assert (languages.groupby(members["cluster_id"]).nunique() == 1).all()


def test_a_language_that_is_not_named_changes_no_cluster(members: pd.DataFrame, tmp_path: Path) -> None:
    rows = ({key: value for key, value in row.record.items() if key != "language"} for row in ARTICLES.values())
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    settings = config.load(SET / "languages.toml")
    outcome = flow.run([str(tmp_path / "a.jsonl")], Store(tmp_path / "store"), settings)
    again = outcome.tables["members"].to_pandas().set_index("article_id")["cluster_id"]
    assert again.to_dict() == members["cluster_id"].to_dict()


# --- whose copy it is -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("article_id", [name for name, row in ARTICLES.items() if row.credit[0]])
def test_the_agency_that_a_page_credits_is_found(members: pd.DataFrame, article_id: str) -> None:
    found = members.loc[article_id]
    assert (found["credit_agency"], found["credit_grade"]) == ARTICLES[article_id].credit


def test_no_credit_and_no_source_is_made_up(provenance: PageScores) -> None:
    assert provenance.n_uncredited > 80
    assert provenance.n_false_credits == 0
    assert provenance.sources["precision"].value == 1


def test_no_line_of_a_story_is_taken_for_furniture(provenance: PageScores) -> None:
    assert provenance.n_other_lines > 1_000
    assert provenance.n_other_lines_touched == 0


# --- the set itself -------------------------------------------------------------------------------------------------


def test_the_set_can_be_made_again() -> None:
    for name, content in make().items():
        assert (SET / name).read_bytes() == content, f"{name}: run python -m tests.golden.make_languages"


def test_the_agencies_are_real_and_the_papers_are_not() -> None:
    agencies = {agency.id for agency in lexicon.agencies()}
    real = {outlet.name.casefold() for outlet in lexicon.outlets()} | {
        row.name.casefold() for row in lexicon.agencies()
    }
    for row in ARTICLES.values():
        assert {*row.cites, row.credit[0] or "ap"} <= agencies
        assert row.record["publisher"].casefold() not in real
        assert ".example/" in row.record["url"]


@pytest.mark.parametrize("language", [name for name in LANGUAGES if f"{name}-other" in ARTICLES])
def test_the_traps_are_set(language: str) -> None:
    """The other agency shares a sentence with the story, the digest two paragraphs, the briefs their form."""
    text = texts()[language]
    body = {note: ARTICLES[f"{language}-{note}"].record["body"].split("\n") for note in PRINTS}
    assert len(set(body["digest"]) & set(text["story"]["body"].split("\n"))) == 2
    first, second = (set(body[f"brief-{day}"]) for day in (1, 2))
    assert not first & second
    story, other = "\n".join(body["whole"]), "\n".join(body["other"])
    assert any(other[at : at + 24] in story for at in range(0, len(other) - 24, 4))
