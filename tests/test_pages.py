"""Pages of the web through a whole run: by one process or several, beside other input, as the same article from any file."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from pipeline import config, flow
from pipeline.checkup import checkup
from pipeline.storage.store import Store
from tests.storage.warcs import answer, packed, page, record

NIGHT = datetime(2026, 3, 10, tzinfo=UTC)
OFF = config.Audit(failed_files="off", rejects="off", singletons="off", undated="off", largest_cluster="off")
TABLES = ("clusters", "members", "credits", "stripped", "rejects")


def given(folder: Path) -> Path:
    """Twelve pages in an archive, of which a record is broken, one is no page and one holds no article; records; a page."""
    folder.mkdir()
    pages = [answer(number) for number in range(12)]
    other = record(b"GET / HTTP/1.1\r\n\r\n", "request")
    broken = packed(answer(90))[:-20]
    empty = answer(91, b"<html><body></body></html>")
    (folder / "a.warc.gz").write_bytes(packed(*pages[:6], other) + broken + packed(*pages[6:], empty))
    rows = [
        {"url": f"https://www.norrvik.example/r/{n}", "date": "2026-03-09", "text": f"Record {n} of a ferry."}
        for n in range(5)
    ]
    (folder / "b.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    (folder / "c.html").write_bytes(page(50))
    (folder / "d.html").write_bytes(b"<html></html>")
    return folder


def run(folder: Path, store: Path, processes: int) -> tuple[dict[str, pa.Table], dict[str, int], Store]:
    settings = config.Config(run=config.Run(processes=processes), read=config.Read(batch_rows=2), audit=OFF)
    outcome = flow.run([str(folder)], Store(store), settings, as_of=NIGHT)
    return {name: outcome.tables[name] for name in TABLES}, outcome.counts, Store(store)


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, pa.Table], dict[str, int], Store]:
    folder = tmp_path_factory.mktemp("pages")
    return run(given(folder / "in"), folder / "store", 1)


def test_each_record_is_an_article_or_a_reject(night: tuple[dict[str, pa.Table], dict[str, int], Store]) -> None:
    tables, counts, store = night
    assert tables["members"].num_rows == 12 + 5 + 1
    reasons = {Path(row["source"]).name: row["reason"] for row in tables["rejects"].to_pylist()}
    assert set(reasons) == {"a.warc.gz:8", "a.warc.gz:15", "d.html:1"}
    assert counts["records"] == tables["members"].num_rows + tables["rejects"].num_rows
    (archive,) = [file for file in store.manifest()["inputs"] if file["path"].endswith(".warc.gz")]
    assert (archive["rows"], archive["passed_over"]) == (13, {"request": 1})
    assert not [check for check in checkup(store) if check.broken]


def test_processes_give_the_same(night: tuple[dict[str, pa.Table], dict[str, int], Store], tmp_path: Path) -> None:
    folder = Path(night[2].manifest()["inputs"][0]["path"]).parent
    tables, counts, _ = run(folder, tmp_path / "store", 2)
    assert counts == night[1]
    for name in TABLES:
        assert tables[name].equals(night[0][name]), name


def test_the_same_page_from_another_file_is_a_repeat(
    night: tuple[dict[str, pa.Table], dict[str, int], Store], tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "other.warc").write_bytes(answer(3) + answer(77))
    _, counts, store = run(tmp_path / "in", night[2].path, 1)
    assert (counts["records"], counts["repeats"]) == (2, 1)
    assert store.table("members").num_rows == 19
