"""Each invariant and each audit of a night, broken by hand and found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from pipeline import config
from pipeline.quality import audit, figures
from pipeline.storage.store import Store

Tables = dict[str, pa.Table]
COUNTS = {
    "records": 85,
    "added": 79,
    "rejected": 4,
    "repeats": 1,
    "superseded": 1,
    "files": 25,
    "files_failed": 0,
    "forgotten": 0,
    "versions": 0,
    "reused_ids": 0,
}


@pytest.fixture
def tables(wire_day: Path) -> Tables:
    return dict(Store(wire_day).tables())


def test_a_sound_run_has_no_findings(tables: Tables) -> None:
    assert audit.invariants(tables, COUNTS) == []
    assert len(set(audit.INVARIANTS)) == len(audit.INVARIANTS)
    run = figures.of(tables, tables["members"], COUNTS, min_count=20)
    assert (run.articles, run.members, run.stories, run.largest) == (79, 79, 20, 7)
    assert list(audit.of_night(run, COUNTS, tables["rejects"], [], timedelta(hours=1), 0, config.Audit())) == []


def _change(name: str, change: Callable[[pa.Table], pa.Table]) -> Callable[[Tables], Tables]:
    return lambda tables: tables | {name: change(tables[name])}


def _set(table: pa.Table, column: str, values: pa.Array) -> pa.Table:
    index = table.column_names.index(column)
    return table.set_column(index, table.schema.field(index), values)


@pytest.mark.parametrize(
    ("broken", "found"),
    [
        (_change("members", lambda rows: rows.drop_columns(["url"])), "schema"),
        (_change("members", lambda rows: pa.concat_tables([rows, rows.slice(0, 1)])), "keys"),
        (_change("clusters", lambda rows: rows.slice(1)), "foreign keys"),
        (_change("members", lambda rows: rows.slice(1)), "foreign keys"),
        (_change("matches", lambda rows: rows.slice(0, 0)), "anchors"),
        (_change("members", lambda rows: _set(rows, "is_canonical", pc.is_null(rows["article_id"]))), "canonical"),
        (
            _change(
                "clusters", lambda rows: _set(rows, "n_articles", pc.add(rows["n_articles"], pa.scalar(1, pa.int32())))
            ),
            "sizes",
        ),
    ],
)
def test_each_broken_invariant_is_found_and_blocks(
    tables: Tables, broken: Callable[[Tables], Tables], found: str
) -> None:
    findings = audit.invariants(broken(tables), COUNTS)
    assert found in {finding.audit for finding in findings}
    assert all(finding.blocks and finding.broken for finding in findings)


def test_records_that_vanish_are_found(tables: Tables) -> None:
    assert [finding.audit for finding in audit.invariants(tables, COUNTS | {"repeats": 0})] == ["counts"]


def found(rejects: pa.Table, counts: dict[str, int] | None = None, **night: Any) -> dict[str, str]:
    """What the audits say of a sound night of 100 articles with these changes, by audit."""
    unfinished, age = night.pop("unfinished", []), night.pop("age", timedelta(hours=3))
    before = night.pop("before", 850)
    run = msgspec.structs.replace(figures.Figures(records=80, articles=100, singletons=60, members=900), **night)
    return dict(audit.of_night(run, COUNTS | (counts or {}), rejects, unfinished, age, before, config.Audit()))


@pytest.mark.parametrize(
    ("broken", "name", "words"),
    [
        (
            {"counts": {"files_failed": 5}},
            "failed_files",
            "5 of 25 input files are more than audit.max_failed_files = 0.1; most of all, 2 × no text",
        ),
        (
            {"counts": {"rejected": 40}},
            "rejects",
            "40 of 85 records are more than audit.max_rejects = 0.2; most of all, 2 × no text",
        ),
        (
            {"unfinished": ["in/a.jsonl.part (still being written)"]},
            "unfinished_files",
            "not read: in/a.jsonl.part (still being written); run",
        ),
        ({"undated": 51}, "undated", "51 of 100 new articles are more than audit.max_undated = 0.5"),
        (
            {"counts": {"versions": 60, "reused_ids": 20}},
            "reused_ids",
            "20 of 60 new versions of articles, which have nothing in common with those before, are more than",
        ),
        ({"singletons": 99}, "singletons", "99 of 100 new articles are more than audit.max_singletons = 0.98"),
        (
            {"largest": 5_001, "largest_id": "c-x", "members": 90_000},
            "largest_cluster",
            "cluster c-x has 5,001 articles, more than audit.max_cluster = 5,000",
        ),
        (
            {"largest": 300, "largest_id": "c-x"},
            "largest_cluster",
            "cluster c-x has 300 articles of 900, more than audit.max_cluster_share = 0.25",
        ),
        ({"age": timedelta(hours=50)}, "stale", "the newest article is 50 hours older than the run's date"),
        ({"age": timedelta(hours=9_000)}, "stale", "the newest article is 375 days older than the run's date"),
        ({"members": 100}, "emptied", "none of the 850 articles published before stays: all are older"),
        (
            {"members": 100, "counts": {"versions": 90}},
            "emptied",
            "none of the 850 articles published before stays: 90 have new versions, the others are older",
        ),
        (
            {"members": 100, "before": 90, "counts": {"versions": 90}},
            "emptied",
            "none of the 90 articles published before stays: all have new versions. If",
        ),
    ],
)
def test_what_a_night_may_not_be_is_found_each_by_its_own_audit(
    tables: Tables, broken: dict[str, Any], name: str, words: str
) -> None:
    assert found(tables["rejects"]) == {}
    night = found(tables["rejects"], **broken)
    assert list(night) == [name]
    assert night[name].startswith(words)


def test_a_first_night_that_is_mostly_too_late_is_told_the_horizon_that_would_do(tables: Tables) -> None:
    reasons = pa.array(["too_late: older than the horizon (store.horizon_days)"] * tables["rejects"].num_rows)
    late, counts = _set(tables["rejects"], "reason", reasons), COUNTS | {"rejected": 40}
    run = figures.Figures(records=80, articles=100, singletons=60, members=900)
    for rejects, reaches, ends in (
        (late, timedelta(days=1_233, hours=1), "; store.horizon_days = 1234 would take all"),
        (late, None, "(store.horizon_days)"),
        (tables["rejects"], timedelta(days=1_233), "no text"),
    ):
        told = dict(audit.of_night(run, counts, rejects, [], timedelta(hours=1), 0, config.Audit(), reaches))
        assert told["rejects"].endswith(ends)


def test_shares_of_a_few_articles_say_nothing(tables: Tables) -> None:
    few = {"articles": 19, "undated": 19, "singletons": 19, "largest": 19, "members": 19, "before": 19}
    assert found(tables["rejects"], counts={"versions": 19, "reused_ids": 19}, **few) == {}


@pytest.mark.parametrize("action", ["block", "warn", "off"])
def test_every_audit_blocks_warns_or_is_off_as_configured(action: str) -> None:
    every = [name for name, _ in audit.actions(config.Audit())]
    assert len(every) == 13
    settings = config.Audit(**dict.fromkeys(every, action))
    findings = audit.findings(settings, [(name, "words") for name in every])
    assert [(finding.audit, finding.blocks) for finding in findings] == (
        [] if action == "off" else [(name, action == "block") for name in every]
    )
    assert not any(finding.broken for finding in findings)
