"""Stores whose files are gone or no longer what a run wrote: a line that names the file, exit code 2, whatever the command."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.storage.store import Store, open_store
from tests.conftest import GOLDEN, Ended

Reprints = Callable[..., Ended]


@pytest.fixture
def store(wire_day: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(wire_day, tmp_path / "store", symlinks=True))


def commands(store: Path) -> list[tuple[object, ...]]:
    page = next((GOLDEN / "wire-day").rglob("*.txt"))
    return [
        ("explain", "ap-7c41e0", "--store", store),
        ("query", page, "--store", store),
        ("report", "--store", store, "--out", store.parent / "page.html"),
        ("run", page, "--store", store, "--as-of", "2026-03-10"),
        ("forget", "ap-7c41e0", "--store", store),
        ("rebuild", "--store", store, "--into", store.parent / "new"),
    ]


@pytest.mark.parametrize(
    "content",
    ["[]", "{}", "null", "3", '"run"', '{"runs": "a"}', '{"runs": [1]}', '{"runs": [], "forgotten": 1}', "\xff"],
)
def test_a_latest_json_that_no_run_wrote_is_named(reprints: Reprints, store: Path, content: str) -> None:
    (store / "latest.json").write_text(content, encoding="latin-1")
    for command in (*commands(store), ("verify-store", "--store", store), ("rollback", "--store", store)):
        ended = reprints(*command)
        assert (ended.code, "Traceback" in ended.err) == (2, False)
        assert f"{store}/latest.json: is not what a run writes: " in ended.err
    assert (store / "latest.json").read_text(encoding="latin-1") == content


@pytest.mark.parametrize("content", ["[]", "{}", "null", '{"as_of": "tomorrow"}', "{"])
def test_a_manifest_that_no_run_wrote_is_named(reprints: Reprints, store: Path, content: str) -> None:
    path = Store(store).folder() / "manifest.json"
    path.write_text(content)
    for command in commands(store):
        ended = reprints(*command)
        assert (ended.code, f"{path}: latest.json names this run" in ended.err) == (2, True), ended.err


@pytest.mark.parametrize("file", ["members.parquet", "articles.parquet", "texts.arrow"])
@pytest.mark.parametrize("harm", ["missing", "cut off", "of something else"])
def test_a_table_that_is_gone_or_damaged_is_named(reprints: Reprints, store: Path, file: str, harm: str) -> None:
    path = next(path for path in store.glob(f"*/*/{file}"))
    content = path.read_bytes()
    path.unlink()
    if harm != "missing":
        path.write_bytes(content[: len(content) // 2] if harm == "cut off" else b"a text of something else")
    failed = [ended for command in commands(store) if (ended := reprints(*command)).code]
    assert failed  # some commands have no need of that file
    for ended in failed:
        assert (ended.code, str(path) in ended.err, "Traceback" in ended.err) == (2, True, False), ended.err
        assert "reprints verify-store" in ended.err


@pytest.mark.parametrize("file", ["members.parquet", "articles.parquet"])
def test_a_table_with_a_damaged_page_is_named(reprints: Reprints, store: Path, file: str) -> None:
    path = next(path for path in store.glob(f"*/*/{file}"))
    content = path.read_bytes()
    path.unlink()
    spoilt = bytes(byte ^ 0x5A for byte in content[200:900])
    path.write_bytes(content[:200] + spoilt + content[900:])  # not its end, which tells where everything is
    failed = [ended for command in commands(store) if (ended := reprints(*command)).code]
    assert failed
    for ended in failed:
        assert (ended.code, f"{path}: is damaged: " in ended.err, "Traceback" in ended.err) == (2, True, False), (
            ended.err
        )


def test_what_runs_into_an_error_beside_a_sound_store_is_a_bug(store: Path) -> None:
    with pytest.raises(FileNotFoundError), open_store(store):
        (store.parent / "elsewhere").read_bytes()
    with pytest.raises(OSError, match="of its own"), open_store(store):
        raise OSError("of its own")
