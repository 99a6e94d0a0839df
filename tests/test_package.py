"""The packages hold what they should; `make package` installs and tries them."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from benchmarks import package


def test_the_wheel_has_every_file_of_the_package(tmp_path: Path) -> None:
    from hatchling.builders.wheel import WheelBuilder

    (wheel,) = WheelBuilder(str(package.ROOT)).build(directory=str(tmp_path), versions=["standard"])
    wanted = package.expected_of("wheel")
    assert {
        "pipeline/py.typed",
        "pipeline/report/templates/report.html.j2",
        "pipeline/stages/lexicon/signals.toml",
    } < wanted
    assert {Path(name).suffix for name in wanted} > {".py", ".toml", ".csv", ".npz", ".j2", ".css", ".js"}
    assert package.missing(wanted, Path(wheel)) == []
    strangers = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()} - {"pipeline"}
    assert [name.endswith(".dist-info") for name in strangers] == [True]  # and nothing beside the package


def test_the_sdist_has_what_a_clone_has(tmp_path: Path) -> None:
    from hatchling.builders.sdist import SdistBuilder

    (sdist,) = SdistBuilder(str(package.ROOT)).build(directory=str(tmp_path), versions=["standard"])
    wanted = package.expected_of("sdist")
    assert {
        "tests/golden/wire-day.toml",
        "configs/default.toml",
        "Makefile",
        "docs/tables.md",
        "CONTRIBUTING.md",
    } < wanted
    assert package.missing(wanted, Path(sdist)) == []


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as wheel:
        wheel.writestr("pipeline/here.py", "")
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as sdist:
        sdist.addfile(tarfile.TarInfo("a-1/pipeline/here.py"), io.BytesIO())
    for archive in ("a.whl", "a.tar.gz"):
        assert package.missing({"pipeline/here.py", "pipeline/gone.py"}, tmp_path / archive) == ["pipeline/gone.py"]


def test_a_command_that_fails_is_told_with_what_it_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(package.WrongError, match="exit code 3\nout\nerr"):
        package.ran("sh", "-c", "echo out; echo err >&2; exit 3")
    monkeypatch.setenv("PYTHONPATH", "/of/the/checkout")
    assert package.ran("sh", "-c", "echo ${PYTHONPATH-none}") == "none\n"
    monkeypatch.setattr(package, "built", lambda: package.ran("false"))
    assert package.main() == 1
