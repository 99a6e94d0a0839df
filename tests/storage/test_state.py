"""The layout of a store, its lock, and what is left when a process dies."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st

from pipeline import config, flow, schema
from pipeline.checkup import checkup
from pipeline.errors import StoreBusyError, StoreError
from pipeline.storage import files, manifest, state, tables, write
from pipeline.storage.header import header
from pipeline.storage.part import COMPARED, Part, add
from pipeline.storage.store import Store

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def publish(
    store: Store, run_id: str, keep: int = 30, newest: datetime = NOON, reach: datetime = LONG_AGO, mode: str = ""
) -> None:
    """A run without articles, as a run leaves it in `work`."""
    with store.locked():
        with Part(store.work / "state") as part:
            pass
        part.close(lambda rows: rows)
        for name, columns in COMPARED.items():
            add(part.folder, name, columns.empty_table())
        own = state.Ref(manifest.next_number(store.parts()), part.folder, NOON, is_compared=True)
        for name, rows in schema.PUBLISHED.items():
            tables.write_part(name, rows.empty_table(), store.work / "tables" / f"{name}.parquet")
        told = {
            "run_id": run_id,
            "as_of": NOON.isoformat(),
            "parts": manifest.parts(store.parts(), run_id, [own], newest, reach, read_by=""),
            "history": [*store.history(), run_id],
            "header": header(config.Config()),
        }
        write.write_json(store.work / "tables" / "manifest.json", told)
        store.publish(run_id, keep, mode=mode)


def test_a_published_run_is_named_by_latest_and_linked_by_current(tmp_path: Path) -> None:
    store = Store(tmp_path / "deep" / "store")
    assert store.runs() == []
    publish(store, "2026-03-09.1")
    assert json.loads((store.path / "latest.json").read_text())["folder"] == "runs/2026-03-09.1"
    assert (store.path / "current").resolve() == (store.path / "runs" / "2026-03-09.1").resolve()
    assert store.next_run_id(date(2026, 3, 9)) == "2026-03-09.2"
    assert store.next_run_id(date(2026, 3, 10)) == "2026-03-10.1"
    assert store.state().table("sketches").schema.equals(schema.SKETCHES)
    assert store.state().articles(["article_id"]).column_names == ["article_id", "key", "first_seen"]


@pytest.mark.parametrize(
    ("mode", "file", "folder"), [("0640", 0o640, 0o750), ("755", 0o644, 0o755), ("600", 0o600, 0o700)]
)
def test_what_is_published_has_the_mode_that_is_set_and_the_state_is_private(
    tmp_path: Path, mode: str, file: int, folder: int
) -> None:
    def mode_of(path: Path) -> int:
        return path.stat().st_mode & 0o777

    store = Store(tmp_path / "store")
    publish(store, "2026-03-09.1", mode=mode)
    publish(store, "2026-03-09.2", mode=mode)
    for run_id in store.runs():
        assert mode_of(store.folder(run_id)) == folder
        assert {mode_of(path) for path in store.folder(run_id).iterdir()} == {file}
    assert (mode_of(store.path / "runs"), mode_of(store.path / "state")) == (folder, 0o700)
    with store.locked():
        store.rollback()
    assert mode_of(store.path / "latest.json") == file


def test_words_are_private_while_a_run_is_under_way(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        with Part(tmp_path / "work" / "state") as part:
            assert part.folder.stat().st_mode & 0o777 == 0o700
    finally:
        os.umask(before)


@given(st.lists(st.booleans(), max_size=6))
def test_a_part_leaves_once_all_before_it_have_left(fresh: list[bool]) -> None:
    """An old one in the middle says what there is to know of texts of parts before it."""
    before = [
        {
            "run_id": f"r.{number}",
            "number": number,
            "newest": (NOON if is_fresh else LONG_AGO).isoformat(),
            "compared": True,
        }
        for number, is_fresh in enumerate(fresh, 1)
    ]
    own = state.Ref(len(fresh) + 1, Path("state"), NOON, is_compared=True)
    parts = manifest.parts(before, f"r.{own.number}", [own], NOON, NOON, read_by="")
    first = fresh.index(True) + 1 if any(fresh) else own.number
    assert [part["number"] for part in parts] == [*range(first, own.number + 1)]


def test_without_a_mode_the_umask_decides(tmp_path: Path) -> None:
    store, before = Store(tmp_path / "store"), os.umask(0o027)
    try:
        publish(store, "2026-03-09.1")
    finally:
        os.umask(before)
    assert (store.folder() / "members.parquet").stat().st_mode & 0o777 == 0o640
    assert store.folder().stat().st_mode & 0o777 == 0o750


def test_a_run_that_may_fill_the_disk_does_not_begin(tmp_path: Path) -> None:
    (tmp_path / "night.jsonl").write_text('{"id": "a", "text": "words", "published_at": "2026-03-09"}')
    wanting = config.Config(store=config.Store(min_free_gb=100_000.0))
    with pytest.raises(StoreError, match=r"GB are free on this disk, and this run may need 100000.0 GB; make room"):
        flow.run([str(tmp_path / "night.jsonl")], Store(tmp_path / "store"), wanting)
    assert Store(tmp_path / "store").runs() == []


def test_rollback_goes_back_for_good_and_uses_no_id_twice(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for n in (1, 2, 3):
        publish(store, f"2026-03-09.{n}")
    with store.locked():
        assert store.rollback() == "2026-03-09.2"
    assert store.runs() == ["2026-03-09.1", "2026-03-09.2"]
    assert [part["run_id"] for part in store.parts()] == ["2026-03-09.1", "2026-03-09.2"]
    assert {path.name for path in (tmp_path / "runs").iterdir()} == {"2026-03-09.1", "2026-03-09.2"}
    assert (tmp_path / "current").resolve().name == "2026-03-09.2"
    assert store.next_run_id(date(2026, 3, 9)) == "2026-03-09.4"
    publish(store, "2026-03-09.4")
    assert store.next_run_id(date(2026, 3, 9)) == "2026-03-09.5"
    with store.locked():
        assert store.rollback("2026-03-09.1") == "2026-03-09.1"
        with pytest.raises(StoreError, match="keeps no run before"):
            store.rollback()
        with pytest.raises(StoreError, match=r"2026-03-09.3 is not kept"):
            store.rollback("2026-03-09.3")


def test_a_damaged_newest_run_can_be_taken_back(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for n in (1, 2, 3):
        publish(store, f"2026-03-09.{n}")
    (store.folder() / "manifest.json").write_text("{")
    with store.locked():
        assert len(list((tmp_path / "state").iterdir())) == 3  # nobody knows which of them the damaged run needs
        assert store.rollback() == "2026-03-09.2"
    assert [path.name for path in sorted((tmp_path / "state").iterdir())] == ["2026-03-09.1", "2026-03-09.2"]


def test_an_earlier_run_that_somebody_removed_is_kept_no_more(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for n in (1, 2, 3):
        publish(store, f"2026-03-09.{n}")
    shutil.rmtree(store.folder("2026-03-09.1"))
    publish(store, "2026-03-09.4")
    assert store.runs() == ["2026-03-09.2", "2026-03-09.3", "2026-03-09.4"]
    assert "2026-03-09.1" in store.used_ids()
    assert len(list((tmp_path / "state").iterdir())) == 4


def test_a_copy_that_followed_links_is_refused_until_its_current_is_removed(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    publish(store, "2026-03-09.1")
    copy = Store(shutil.copytree(store.path, tmp_path / "copy", symlinks=False))
    with pytest.raises(StoreError, match=r"current: is a folder where a link to the newest run should be"):
        publish(copy, "2026-03-09.2")
    assert "current is a folder" in next(check.broken for check in checkup(copy) if check.name == "latest")
    shutil.rmtree(copy.path / "current")
    publish(copy, "2026-03-09.2")
    assert (copy.path / "current").resolve().name == "2026-03-09.2"


def test_a_store_that_cannot_be_written_to_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(FileLock, "acquire", refuse)
    with pytest.raises(StoreError, match="cannot be written to: Read-only file system"), Store(tmp_path).locked():
        pass


def test_old_runs_leave_with_the_parts_that_no_kept_run_needs(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for n in range(1, 5):
        publish(store, f"2026-03-09.{n}", keep=2)
    assert store.runs() == ["2026-03-09.3", "2026-03-09.4"]
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == store.runs()
    assert len(list((tmp_path / "state").iterdir())) == 4  # the newest run stands on all of them
    with pytest.raises(StoreError, match=r"run 2026-03-09.1 is not kept; there are 2026-03-09.3, 2026-03-09.4"):
        store.folder("2026-03-09.1")


def test_a_part_leaves_when_nothing_reaches_back_to_it(tmp_path: Path) -> None:
    store = Store(tmp_path)
    publish(store, "2026-03-09.1", keep=1)
    publish(store, "2026-03-09.2", keep=1, newest=NOON, reach=datetime(2026, 3, 10, tzinfo=UTC))
    assert [part["run_id"] for part in store.parts()] == ["2026-03-09.2"]
    assert [path.name for path in (tmp_path / "state").iterdir()] == ["2026-03-09.2"]
    assert store.next_run_id(date(2026, 3, 9)) == "2026-03-09.3"  # no id is ever used twice


def test_a_folder_that_holds_anything_else_is_no_store_and_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "runs" / "mine").mkdir(parents=True)
    with (
        pytest.raises(StoreError, match=r"is not a store: it has no latest.json, and it holds runs"),
        Store(tmp_path).locked(),
    ):
        pass
    assert (tmp_path / "runs" / "mine").is_dir()


def test_a_store_that_lost_its_latest_json_loses_nothing_else(tmp_path: Path) -> None:
    store = Store(tmp_path)
    publish(store, "2026-03-09.1")
    (tmp_path / "latest.json").unlink()
    with pytest.raises(StoreError, match=r"put its latest\.json back"), store.locked():
        pass
    assert (tmp_path / "runs" / "2026-03-09.1" / "manifest.json").exists()
    assert (tmp_path / "state" / "2026-03-09.1" / "articles.parquet").exists()


def test_what_a_killed_run_left_is_cleared_and_its_id_used_again(tmp_path: Path) -> None:
    store = Store(tmp_path)
    publish(store, "2026-03-09.1")
    for left_over in ("work/state", "runs/2026-03-09.2", "state/2026-03-09.2"):
        (tmp_path / left_over).mkdir(parents=True)
    (tmp_path / "current").unlink()
    with store.locked():
        assert not (tmp_path / "work").exists()
        assert [path.name for path in (tmp_path / "runs").iterdir()] == ["2026-03-09.1"]
        assert store.next_run_id(date(2026, 3, 9)) == "2026-03-09.2"
    publish(store, "2026-03-09.2")
    assert store.manifest()["run_id"] == "2026-03-09.2"
    assert (tmp_path / "current").resolve().name == "2026-03-09.2"


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    code = (
        "import os, sys\nfrom pipeline.storage.store import Store\n"
        f"with Store({str(tmp_path)!r}).locked():\n    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    holder = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(StoreBusyError), Store(tmp_path).locked():
        pass
    holder.kill()
    holder.communicate()
    with Store(tmp_path).locked():
        pass


def test_files_are_replaced_in_one_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "latest.json"
    write.write_json(path, {"run_id": "a"})
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space left"):
        write.write_json(path, {"run_id": "b"})
    assert write.read_json(path) == {"run_id": "a"}


def test_a_store_that_cannot_be_one_is_an_error_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be made a store"), Store(tmp_path / "file").locked():
        pass
    (tmp_path / "latest.json").write_text("{}")
    with pytest.raises(StoreError, match="is not what a run writes"):
        Store(tmp_path).runs()
    (tmp_path / "latest.json").write_text('{"runs": ["gone"]}')
    with pytest.raises(StoreError, match="names this run, and it cannot be read"):
        Store(tmp_path).manifest()


def test_closing_rewrites_only_what_it_changes(tmp_path: Path) -> None:
    def rename(rows: pa.Table) -> pa.Table:
        ids = ["x" if id_ == "a" else id_ for id_ in rows["article_id"].to_pylist()]
        index = rows.column_names.index("article_id")
        return rows.set_column(index, rows.schema.field(index), pa.array(ids, pa.string()))

    with Part(tmp_path / "part") as part:
        numbers = pa.table(
            {
                "n_words": [1, 2],
                "content": [1, 2],
                "shingles": [[1], []],
                "figures": [[], []],
                "names": [[], []],
                "quotes": [[], []],
                "lines": [[], []],
            }
        )
        rows = numbers.add_column(0, "article_id", pa.array(["a", "b"]))
        part.add("sketches", rows.cast(schema.SKETCHES))
        part.close(rename)
    settled = files.read(tmp_path / "part" / "sketches.arrow")
    assert settled["article_id"].to_pylist() == ["x", "b"]
    assert settled["shingles"].to_pylist() == [[1], []]
    assert not list((tmp_path / "part").glob("*.settled"))
