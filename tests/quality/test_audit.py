"""Each invariant, broken by hand and found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from pipeline import config, schema
from pipeline.quality import audit
from pipeline.storage import write
from pipeline.storage.store import Store

Tables = dict[str, pa.Table]
COUNTS = {"records": 85, "added": 79, "rejected": 4, "repeats": 1, "superseded": 1, "files": 25, "files_failed": 0}


@pytest.fixture
def tables(wire_day: Path) -> Tables:
    return {name: write.table(Store(wire_day).folder(), name) for name in schema.PUBLISHED}


def test_a_sound_run_has_no_findings(tables: Tables) -> None:
    assert audit.invariants(tables, COUNTS) == []
    assert len(set(audit.INVARIANTS)) == len(audit.INVARIANTS)
    assert audit.shares(COUNTS, tables["rejects"], config.Audit()) == []


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


@pytest.mark.parametrize("action", ["block", "warn"])
def test_shares_block_or_warn_as_configured(tables: Tables, action: str) -> None:
    night = COUNTS | {"files_failed": 5, "rejected": 40}
    findings = audit.shares(night, tables["rejects"], config.Audit(action=action))  # type: ignore[arg-type]
    assert [(finding.audit, finding.blocks) for finding in findings] == [
        ("max_failed_files", action == "block"),
        ("max_rejects", action == "block"),
    ]
    assert findings[1].found == "40 of 85 is more than audit.max_rejects = 0.2; most of all, 2 times: no text"
