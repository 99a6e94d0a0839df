"""A disk that is too small, before a run and in the middle of one."""

from __future__ import annotations

import gc
import gzip
import json
import os
import random
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from benchmarks import kills
from pipeline import config, flow
from pipeline.checkup import checkup
from pipeline.errors import StoreError
from pipeline.storage import disk
from pipeline.storage.store import Store
from tests.conftest import GOLDEN, Ended

TERABYTE = 10**12
SETTINGS = config.load(GOLDEN / "wire-day.toml")


def sparse(path: Path, size: int) -> Path:
    """A file of that size that takes no room."""
    with path.open("wb") as file:
        file.truncate(size)
    return path


def wanted(folder: Path, inputs: list[Path], newest: disk.Newest) -> str:
    with pytest.raises(StoreError) as refused:
        disk.ensure_room("store", folder, inputs, newest, 1_000_000.0)
    return str(refused.value)


def test_what_a_run_may_write_is_told_from_its_inputs_and_from_what_the_newest_run_wrote(tmp_path: Path) -> None:
    plain, packed = sparse(tmp_path / "a.jsonl", TERABYTE), sparse(tmp_path / "b.jsonl.gz", TERABYTE)
    part, tables = [sparse(tmp_path / "sketches.parquet", 4 * TERABYTE)], [sparse(tmp_path / "t.parquet", 3 * TERABYTE)]
    nothing, gone = disk.Newest([], [], 0), tmp_path / "gone.jsonl"
    assert "this run may need 1002500.0 GB; make room" in wanted(tmp_path, [plain, gone], nothing)
    assert "this run may need 1006000.0 GB" in wanted(tmp_path, [packed], nothing)
    archive, page = sparse(tmp_path / "c.warc.gz", TERABYTE), sparse(tmp_path / "d.HTML", TERABYTE)
    assert "this run may need 1004000.0 GB" in wanted(tmp_path, [archive, page], nothing)
    assert "this run may need 1003000.0 GB" in wanted(tmp_path, [], disk.Newest(tables, part, TERABYTE))
    assert "this run may need 1007000.0 GB" in wanted(tmp_path, [plain], disk.Newest(tables, part, TERABYTE))
    assert "this run may need 1009000.0 GB" in wanted(tmp_path, [packed], disk.Newest(tables, part, TERABYTE))
    assert "this run may need 1005500.0 GB" in wanted(tmp_path, [plain], disk.Newest(tables, part, 100))
    assert f"{shutil.disk_usage(tmp_path).free / 1e12:.0f}" in wanted(tmp_path, [], nothing).replace(".", "")
    disk.ensure_room("store", tmp_path, [], nothing, 0.0)


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dict[str, bytes]]:
    """A store with half of the wire day; the other half; and the tables with both, as undisturbed."""
    folder = tmp_path_factory.mktemp("nights")
    first, second = kills.split(folder)
    flow.run([str(first)], Store(folder / "store"), SETTINGS)
    shutil.copytree(folder / "store", folder / "whole", symlinks=True)
    flow.run([str(second)], Store(folder / "whole"), SETTINGS)
    return folder / "store", second, published(folder / "whole")


def published(store: Path) -> dict[str, bytes]:
    folder = Store(store).folder()
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.parquet"))}


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """No file may grow beyond that: writing fails as on a full disk, but for the number of the error."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("size", [600, 9_000, 20_000])
def test_no_room_in_the_middle_of_a_run_leaves_the_last_one_and_loses_nothing(
    nights: tuple[Path, Path, dict[str, bytes]], tmp_path: Path, size: int
) -> None:
    base, second, whole = nights
    store = shutil.copytree(base, tmp_path / "store", symlinks=True)
    before = published(store)
    with files_of_at_most(size), pytest.raises(StoreError, match="no room to write: File too large") as refused:
        flow.run([str(second)], Store(store), SETTINGS)
    assert refused.value.exit_code == 2
    assert published(store) == before
    assert not [check for check in checkup(Store(store)) if check.broken]
    assert not (store / "work").exists()
    flow.run([str(second)], Store(store), SETTINGS)
    assert published(store) == whole


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 300 kB, more than a run believes it needs for `night.jsonl.gz`."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    if os.geteuid() != 0 or mount is None:
        pytest.skip("only root can mount a small disk")
    mounted = subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.strip()}")
    yield folder
    gc.collect()  # the error that ended a run holds what was mapped
    subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_that_fills_ends_the_command_in_one_line(
    reprints: Callable[..., Ended], small_disk: Path, tmp_path: Path
) -> None:
    (tmp_path / "tight.toml").write_text("[store]\nmin_free_gb = 0\n")
    chance, words = random.Random(1), "ferry barge weir lamp keeper tide bell rope".split()
    stories = ({"id": n, "published": "2026-03-09", "text": " ".join(chance.choices(words, k=60))} for n in range(400))
    (tmp_path / "night.jsonl.gz").write_bytes(gzip.compress("\n".join(map(json.dumps, stories)).encode()))
    night = ("run", tmp_path / "night.jsonl.gz", "--store", small_disk / "store", "--config", tmp_path / "tight.toml")
    ended = reprints(*night)
    assert ended.code == 2
    assert "Traceback" not in ended.err
    assert "no room to write: No space left on device" in ended.err
    assert "make room, or keep fewer runs (store.keep_runs), and run again" in ended.err
    assert Store(small_disk / "store").runs() == []
    subprocess.run(["mount", "-o", "remount,size=3m", str(small_disk)], check=True)
    assert reprints(*night).code == 0
    assert reprints("verify-store", "--store", small_disk / "store").code == 0


def test_all_of_a_run_is_on_the_disk_before_anything_tells_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every file, and every folder: without that the names in it may be gone after the power was."""
    synced, fsync, replace = set[int](), os.fsync, Path.replace
    store, told = Store(tmp_path / "store"), list[set[str]]()

    def sync(handle: int) -> None:
        synced.add(os.fstat(handle).st_ino)
        fsync(handle)

    def put(self: Path, target: Path) -> Path:
        if target.name == "latest.json":
            below = [entry for kind in ("runs", "state") for entry in (store.path / kind).rglob("*")]
            told.append({str(entry) for entry in below if entry.lstat().st_ino not in synced})
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(Path, "replace", put)
    rules = msgspec.structs.replace(SETTINGS, store=config.Store(divide_over=0))
    flow.run([str(GOLDEN / "wire-day")], store, rules)
    assert store.runs() == ["2026-03-09.1"]
    assert not set().union(*told)


def test_what_the_newest_run_took_in_is_all_that_its_parts_hold(wire_day: Path, tmp_path: Path) -> None:
    store = Store(shutil.copytree(wire_day, tmp_path / "store", symlinks=True))
    [own] = store.parts()
    parts = [own, own | {"run_id": f"{own['run_id']}+1"}, own | {"run_id": f"2025-01-01.1~{own['run_id']}"}]
    for part in parts[1:]:
        shutil.copytree(store.path / "state" / own["run_id"], store.path / "state" / part["run_id"])
    told = store.folder() / "manifest.json"
    content = json.loads(told.read_text()) | {"parts": parts}
    content["inputs"] = [content["inputs"][0] | {"bytes": 2 << 20}]
    told.write_text(json.dumps(content))
    measured: list[disk.Newest] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(disk, "ensure_room", lambda name, path, files, newest, spare: measured.append(newest))
        store.ensure_room([], 1.0)
    folders = {file.parent.name for file in measured[0].part}
    assert folders == {own["run_id"], f"{own['run_id']}+1"}
