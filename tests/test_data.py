"""Against real, labelled articles, where REPRINTS_DATA names their folder: nothing of them is in this repository."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tests.conftest import Ended

pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def odu(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from pipeline import config, flow
    from pipeline.storage.store import Store

    store = tmp_path_factory.mktemp("odu") / "store"
    flow.run([str(data / "odu-2016" / "articles.parquet")], Store(store), config.Config())
    return store


def test_a_scraped_page_comes_out_as_an_editor_would_file_it(
    data: Path, tmp_path: Path, reprints: Callable[..., Ended]
) -> None:
    page = next(data.glob("000_*.txt"))
    assert reprints("run", page, "--store", tmp_path).code == 0
    tables = {
        name: pd.read_parquet(tmp_path / "current" / f"{name}.parquet") for name in ("members", "credits", "citations")
    }
    member = tables["members"].iloc[0]
    assert (member["article_id"], member["publisher"]) == (page.stem, "Business Standard")
    assert (member["credit_agency"], member["credit_grade"]) == ("ani", "full")
    assert member["published_at"] == pd.Timestamp("2023-03-19T03:12:00Z")
    assert (member["published_precision"], member["text_state"], member["kind"]) == ("minute", "full", "editorial")
    assert set(tables["credits"]["agency"]) == {"ani"}
    assert {"byline", "disclaimer"} <= set(tables["credits"]["signal"])
    assert tables["credits"]["desk"].dropna().tolist() == ["Asia"]
    text = page.read_text(encoding="utf-8")
    cited = tables["citations"]
    assert cited["source"].tolist() == ["Yonhap News Agency", "The Japan Times", "CNN", "CNN"]
    for table in (tables["credits"], cited):
        for row in table.itertuples():
            assert text[row.start : row.end] == row.text
    told = reprints("explain", page.stem, "--store", tmp_path).out
    assert "12 paragraphs" in told
    assert "Asian News International (ani), desk Asia: full, by the byline" in told


def test_reprints_are_found_and_other_stories_left_apart(data: Path, odu: Path) -> None:
    cluster_of = pd.read_parquet(odu / "current" / "members.parquet").set_index("article_id")["cluster_id"]
    pairs = pd.read_csv(data / "odu-2016" / "pairs.csv")
    joined = cluster_of.reindex(pairs["left_id"]).to_numpy() == cluster_of.reindex(pairs["right_id"]).to_numpy()
    weight = pairs["weight"].where(joined, 0.0).groupby(pairs["label"]).sum()
    recall = weight["R"] / pairs.loc[pairs["label"] == "R", "weight"].sum()
    precision = weight["R"] / (weight["R"] + weight["D"])
    assert recall >= 0.95
    assert precision >= 0.97
    assert joined[pairs["label"] == "P"].sum() <= 4


def test_briefs_of_two_companies_are_never_one(data: Path, tmp_path: Path) -> None:
    """A wire of 1987 whose headlines name companies by ticker: hundreds of dividends and earnings in one form.

    A ticker may gain a suffix (P, P.O) or lose a letter from one print to the next, so names are compared too.
    """
    from pipeline import config, flow
    from pipeline.storage.store import Store

    wide = config.Config(store=config.Store(horizon_days=300))
    outcome = flow.run([str(data / "reuters-21578" / "articles.parquet")], Store(tmp_path), wide)
    members = outcome.tables["members"].to_pandas().dropna(subset=["headline"])
    members["ticker"] = members["headline"].str.extract(r"<([A-Z]+)[.>]")
    members["company"] = members["headline"].str.extract(r"([A-Z]{3,})")
    named = members.dropna(subset=["ticker", "company"]).groupby("cluster_id")
    several = named.filter(lambda rows: rows["ticker"].nunique() > 1 and rows["company"].nunique() > 1)
    assert several["cluster_id"].nunique() <= 2
    assert (members.groupby("cluster_id").size() > 1).sum() >= 700


def test_the_same_event_is_not_a_reprint(data: Path, tmp_path: Path) -> None:
    """Different articles on one event, 2016-18: hardly any share a text, and none of two events may."""
    from pipeline import config, flow
    from pipeline.storage.store import Store

    source = data / "giveme5w1h" / "articles.parquet"
    wide = config.Config(store=config.Store(horizon_days=3_000))
    outcome = flow.run([str(source)], Store(tmp_path), wide)
    events = pd.read_parquet(source).set_index("id")["event"]
    members = outcome.tables["members"].to_pandas()
    members["event"] = members["article_id"].map(events)
    sizes = members.groupby("cluster_id")["event"].agg(["size", "nunique"])
    assert len(members) + outcome.counts["rejected"] == len(events)
    assert (sizes["nunique"] <= 1).all()
