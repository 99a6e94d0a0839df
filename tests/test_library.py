"""pipeline.reprints: the flow on tables in memory; and the notebook that shows it, from top to bottom."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

import pipeline
from pipeline import config, schema
from pipeline.errors import ConfigError, InputError, StoreError
from pipeline.storage.store import Store

ROOT = Path(__file__).parents[1]
NOTEBOOK = json.loads((ROOT / "docs" / "library.ipynb").read_text(encoding="utf-8"))
BODY = " ".join(f"word{i} and matter{i * 7 % 40}" for i in range(60))


def articles(**columns: Any) -> pd.DataFrame:
    rows = {
        "id": ["a", "b", "c"],
        "publisher": ["Alder Post", "Birch Courier", "Cedar Mail"],
        "date": pd.to_datetime(["2026-03-09 08:00", "2026-03-09 09:30", "2026-03-09 10:00"], utc=True),
        "text": [BODY, f"{BODY} The mayor thanked the crews.", "A frog sat in the flour of the mill. " * 6],
    }
    return pd.DataFrame(rows | columns)


def test_the_notebook_runs_from_top_to_bottom_and_prints_what_it_shows() -> None:
    names: dict[str, Any] = {}
    for cell in (cell for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code"):
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            exec("".join(cell["source"]), names)
        assert said.getvalue() == "".join(line for output in cell["outputs"] for line in output["text"])


@pytest.mark.parametrize(
    "of",
    [
        lambda rows: rows,
        pa.Table.from_pandas,
        lambda rows: rows.to_dict("list"),
        lambda rows: rows.to_dict("records"),
    ],
)
def test_tables_of_any_kind_go_in_and_data_frames_come_out(of: Any) -> None:
    with pipeline.reprints(of(articles())) as result:
        assert repr(result) == "<reprints 2026-03-09.1: 3 articles in 2 clusters>"
        assert sorted(result.clusters["n_articles"]) == [1, 2]
        assert result.members is result.members  # made once
        for name in schema.PUBLISHED:
            assert (
                list(getattr(result, name).columns) == result.arrow(name).column_names == schema.PUBLISHED[name].names
            )
        assert "Compared:" in result.explain("a", "b")
        assert result.explain("a").startswith("a  ")
        with pytest.raises(StoreError, match="a is one article"):
            result.explain("a", "a")
        folder = result.store.path.parent
        assert folder.exists()
    assert not folder.exists()


@pytest.mark.parametrize(
    ("as_of", "moment"),
    [
        (date(2026, 3, 10), "2026-03-10T23:59:59.999999+00:00"),
        ("2026-03-10", "2026-03-10T23:59:59.999999+00:00"),
        ("2026-03-10T06:00:00+05:30", "2026-03-10T00:30:00+00:00"),
        (datetime(2026, 3, 10, 6), "2026-03-10T06:00:00+00:00"),  # noqa: DTZ001 - without a zone
        (pd.Timestamp("2026-03-10 06:00"), "2026-03-10T06:00:00+00:00"),
        (datetime(2026, 3, 10, 6, tzinfo=UTC), "2026-03-10T06:00:00+00:00"),
    ],
)
def test_a_date_is_given_as_on_the_command_line(as_of: Any, moment: str) -> None:
    with pipeline.reprints(articles(), as_of=as_of) as result:
        assert result.run_id == "2026-03-10.1"
        assert result.store.as_of() == datetime.fromisoformat(moment)


@pytest.mark.parametrize("as_of", ["yesterday", "", 20260310, 1.5, pd.NaT, date(1026, 3, 10), "9999-12-31"])
def test_what_is_no_date_is_refused(as_of: Any) -> None:
    with pytest.raises(ConfigError, match=r"^as_of: .* is (not a date like 2026-11-24|no year of news)"):
        pipeline.reprints(articles(), as_of=as_of)


def test_the_folder_goes_with_the_result() -> None:
    result = pipeline.reprints(articles())
    folder = result.store.path.parent
    assert folder.exists()
    del result
    assert not folder.exists()


def test_a_store_that_is_named_stays_and_grows(tmp_path: Path) -> None:
    with pipeline.reprints(articles().iloc[:2], store=tmp_path / "store") as first:
        assert first.run_id == "2026-03-09.1"
    with pipeline.reprints(
        articles(), store=tmp_path / "store", config=config.Config(audit=config.Audit(records="off"))
    ) as both:
        assert (both.counts["repeats"], both.counts["added"], len(both.members)) == (2, 1, 3)
    with pipeline.reprints(articles(), store=str(tmp_path / "store")) as again:  # nothing new: the newest run
        assert (again.run_id, again.counts["repeats"], len(again.members)) == (both.run_id, 3, 3)
    assert Store(tmp_path / "store").runs() == ["2026-03-09.1", both.run_id]


def test_a_store_may_lie_at_a_url(bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pipeline.reprints(articles(), store=f"{bucket}/desk/store") as result:
        assert (result.run_id, len(result.members)) == ("2026-03-09.1", 3)
        assert result.explain("a").startswith("a  ")
    assert list(tmp_path.iterdir()) == []  # neither a folder s3: nor a copy
    with pipeline.reprints(articles(), store=f"{bucket}/desk/store") as again:
        assert (again.run_id, again.counts["repeats"], len(again.clusters)) == ("2026-03-09.1", 3, 2)


def test_a_store_that_cannot_be_opened_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(StoreError, match="nowhere://desk"):
        pipeline.reprints(articles(), store="nowhere://desk")
    assert list(tmp_path.iterdir()) == []


def test_settings_are_given_by_section_file_or_struct(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("[pair]\nwindow_days = 0.01\n")
    near = config.Config(pair=config.Pair(window_days=0.01))
    for options in ({"config": tmp_path / "mine.toml"}, {"config": near}, {"pair": {"window_days": 0.01}}):
        assert len(pipeline.reprints(articles(), **options).clusters) == 3  # type: ignore[arg-type]
    assert len(pipeline.reprints(articles(), config=near, pair={"window_days": 14}).clusters) == 2
    assert pipeline.Config is config.Config
    with pytest.raises(ConfigError, match="unknown field `window_day`"):
        pipeline.reprints(articles(), pair={"window_day": 1})
    with pytest.raises(ConfigError, match="unknown field `pear`"):
        pipeline.reprints(articles(), pear={"window_days": 1})
    with pytest.raises(ConfigError, match=r"pair is a section, given as pair=\{setting: value\}; found 5"):
        pipeline.reprints(articles(), pair=5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sections", "words"),
    [
        ({"pair": {"bands": 60, "rows": 10}}, "= 600 needs as many sketch.permutations; there are 128"),
        ({"sketch": {"permutations": 64}}, "= 126 needs as many sketch.permutations; there are 64"),
        ({"config": config.Config(pair=config.Pair(bands=0))}, "are given together"),
        ({"audit": {"min_nights": 50}}, "50 nights are never there"),
    ],
)
def test_settings_that_do_not_fit_one_another_are_refused_as_in_a_file(sections: Any, words: str) -> None:
    with pytest.raises(ConfigError, match=f"^settings: .*{words}"):
        pipeline.reprints(articles(), **sections)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (lambda: articles(text=""), "none of the 3 articles could be used: no text"),
        (lambda: articles().drop(columns="text"), "no column with text; found: date, id, publisher"),
        (lambda: articles().iloc[:0], "there are no articles"),
        (lambda: 7, "cannot be written as a table"),
        (lambda: articles()["text"], "cannot be written as a table"),
        (lambda: pd.DataFrame([[BODY, BODY]], columns=["text", "text"]), "cannot be written as a table"),
        (lambda: articles(id=["a", 2, {"b": 3}]), "cannot be written as a table"),
    ],
)
def test_what_is_no_table_of_articles_is_told(given: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        pipeline.reprints(given())


def test_rejects_name_the_row_and_no_folder_of_the_moment() -> None:
    result = pipeline.reprints(articles(text=[BODY, "", BODY]))
    assert result.rejects[["source", "reason"]].to_numpy().tolist() == [["articles.parquet:2", "no text"]]


def test_importing_it_is_cheap() -> None:
    told = "import sys, pipeline; print(sorted({'numpy', 'pandas', 'pyarrow', 'numba', 'msgspec'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
    assert (ROOT / "pipeline" / "py.typed").exists()


OWN = "id,name,kind,policy,country,domains,languages,aliases,native_aliases\n"


@pytest.mark.parametrize("told", ["told Omega Wire", "told Reuters"])
def test_an_agency_of_the_users_own_is_as_one_that_is_built_in(tmp_path: Path, told: str) -> None:
    name = told.removeprefix("told ")
    (tmp_path / "own.csv").write_text(f"{OWN}omegawire,Omega Wire,national,any,GB,omega.example,en,Omega Wire,\n")
    rows = [{"id": id_, "publisher": f"Paper {id_}", "byline": name, "text": BODY} for id_ in "abc"]
    rows.append(
        {"id": "d", "publisher": "Hill Star", "text": f"{BODY}\nThe captain {told} on Monday that he saw nothing."}
    )
    goats = "Twelve goats crossed the bridge at dusk and stopped train number"
    rows += [
        {
            "id": f"e{n}",
            "publisher": "Hill Star",
            "byline": name,
            "text": " ".join(f"{goats} {n}{m}." for m in range(5)),
        }
        for n in range(3)
    ]
    frame = pd.DataFrame(rows).assign(date="2026-03-09T06:00:00Z").fillna({"byline": ""})
    with pipeline.reprints(frame, trace={"agencies": str(tmp_path / "own.csv")}) as found:
        assert found.members.set_index("article_id")["credit_status"].to_dict()["d"] == "unknown"  # it names its origin
        assert f"{name} ({name.casefold().replace(' ', '')})" in found.explain("a")


def test_a_list_of_agencies_that_is_edited_is_read_again_in_the_same_process(tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    rows = articles(byline=["Omega Wire"] * 3)
    for name, credited in (("Zeta Wire", 0), ("Omega Wire", 3)):
        own.write_text(f"{OWN}zeta,{name},national,any,XX,zeta.example,en,{name},\n")
        with pipeline.reprints(rows, store=tmp_path / "store", trace={"agencies": str(own)}) as found:
            assert len(found.credits) == credited
