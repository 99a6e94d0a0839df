"""The README is run: its commands, with the output it shows, and its sessions as doctests."""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from filelock import FileLock

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONSOLE = re.findall(r"```console\n(.*?)```", README, re.S)
SCRIPTS = re.findall(r"```sh\n(.*?)```", README, re.S)


def _commands() -> list[tuple[str, str]]:
    """Each command of the console blocks with the output shown below it."""
    out: list[tuple[str, str]] = []
    for block in CONSOLE:
        for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, _, shown = part.partition("\n")
            out.append((command, shown))
    return out


def _run(command: str) -> str:
    path = f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "MAKEFLAGS": "--no-print-directory", "PATH": path}
    done = subprocess.run(
        command, shell=True, cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module", autouse=True)
def demo(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The first command of the README, which the others stand on: once, however many processes test."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    said = tmp_path_factory.getbasetemp().parent / f"demo-{run}.txt"
    with FileLock(f"{said}.lock"):
        if not said.exists():
            said.write_text(_run("make demo"), encoding="utf-8")
    return said.read_text(encoding="utf-8")


def test_the_demo_prints_what_the_readme_shows(demo: str) -> None:
    shown = re.search(r"and prints\n\n```text\n(.*?)```", README, re.S)
    assert shown is not None
    assert demo.rstrip() == shown[1].rstrip()


@pytest.mark.parametrize(("command", "shown"), [pair for pair in _commands() if pair[0] != "make demo"])
def test_each_command_prints_what_the_readme_shows(command: str, shown: str) -> None:
    assert _run(command).rstrip() == shown.rstrip()


@pytest.mark.parametrize("script", SCRIPTS)
def test_each_script_runs(script: str) -> None:
    for folder in ("mine", "inbox", "nights"):
        if f"build/{folder}" in script:  # the others may be in use by another script
            shutil.rmtree(ROOT / "build" / folder, ignore_errors=True)
    assert _run(f"set -eu\n{script}")


def test_the_sessions_are_as_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    session = "\n".join(re.findall(r"```pycon\n(.*?)```", README, re.S))
    test = doctest.DocTestParser().get_doctest(session, {}, "README.md", "README.md", 0)
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    assert runner.run(test).failed == 0


def test_every_make_verb_that_is_named_exists() -> None:
    verbs = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"(?:`|\$ |^)make ([a-z]+)", README, re.M)) <= verbs
