"""Each invariant of a store, broken by hand on the disk and found by `reprints verify-store`."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.checkup import checkup
from pipeline.errors import StoreError
from pipeline.storage import files
from pipeline.storage.store import Store
from tests.conftest import Ended

RUN = "2026-03-09.1"


@pytest.fixture
def store(wire_day: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(wire_day, tmp_path / "store", symlinks=True))


def broken(store: Path) -> dict[str, str]:
    return {check.name: check.broken for check in checkup(Store(store)) if check.broken}


def rewrite(path: Path, change: Callable[[pa.Table], pa.Table]) -> None:
    rows = change(files.read(path))
    rows = pa.table(rows.to_pydict(), rows.schema)  # what is mapped must not be written to
    if not files.is_mapped(path):
        pq.write_table(rows, path)
        return
    with files.writer(path, path.stem, rows.schema) as writer:
        writer.write_table(rows)


def test_a_sound_store_is_found_sound(store: Path, reprints: Callable[..., Ended]) -> None:
    ended = reprints("verify-store", "--store", store)
    assert ended.code == 0
    assert {line.split()[0] for line in ended.out.splitlines()} == {"ok"}


def test_a_folder_without_a_run_has_nothing_to_verify(tmp_path: Path, reprints: Callable[..., Ended]) -> None:
    assert reprints("verify-store", "--store", tmp_path).code == 2
    with pytest.raises(StoreError):
        list(checkup(Store(tmp_path)))


def _without_run(store: Path) -> None:
    content = json.loads((store / "latest.json").read_text())
    content["runs"] = ["2026-03-08.1", *content["runs"]]
    (store / "latest.json").write_text(json.dumps(content))


def _misled(store: Path) -> None:
    (store / "runs" / "other").mkdir()
    (store / "current").unlink()
    (store / "current").symlink_to("runs/other")


@pytest.mark.parametrize(
    ("harm", "found"),
    [
        (_without_run, "latest"),
        (_misled, "latest"),
        (lambda store: (store / "state").chmod(0o755), "private"),
        (lambda store: (store / "runs" / RUN / "manifest.json").write_text("{"), "readable"),
        (lambda store: (store / "runs" / RUN / "links.parquet").write_bytes(b"PAR1"), "readable"),
        (lambda store: rewrite(store / "runs" / RUN / "members.parquet", lambda t: t.slice(1)), "foreign keys"),
        (lambda store: rewrite(store / "runs" / RUN / "members.parquet", lambda t: t.slice(1)), "state"),
        (lambda store: rewrite(store / "runs" / RUN / "matches.parquet", lambda t: t.slice(0, 0)), "anchors"),
        (
            lambda store: rewrite(store / "runs" / RUN / "members.parquet", lambda t: t.take([*range(1, 79), 0])),
            "order",
        ),
        (lambda store: rewrite(store / "runs" / RUN / "rejects.parquet", lambda t: t.slice(1)), "manifest"),
        (lambda store: shutil.rmtree(store / "state" / RUN), "state"),
        (lambda store: rewrite(store / "state" / RUN / "sketches.arrow", lambda t: t.slice(1)), "state"),
        (
            lambda store: shutil.copy(store / "state" / RUN / "edges.arrow", store / "state" / RUN / "seen.arrow"),
            "state",
        ),
        (lambda store: (store / "state" / RUN / "shared.arrow").write_bytes(b"ARROW1"), "state"),
    ],
)
def test_each_harm_is_found(
    store: Path, reprints: Callable[..., Ended], harm: Callable[[Path], object], found: str
) -> None:
    harm(store)
    assert found in broken(store)
    ended = reprints("verify-store", "--store", store)
    assert ended.code == 3
    assert any(line.startswith("BROKEN") and f" {found}: " in line for line in ended.out.splitlines())
