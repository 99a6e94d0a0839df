"""The README is run: its commands, with the output it shows, and its sessions as doctests."""

from __future__ import annotations

import re
import shutil

import pytest

from tests import shown as pages
from tests.shown import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")

pytestmark = pytest.mark.usefixtures("demo")  # the first command of the README, which the others stand on


def test_the_demo_prints_what_the_readme_shows(demo: str) -> None:
    shown = re.search(r"and prints\n\n```text\n(.*?)```", README, re.S)
    assert shown is not None
    assert demo.rstrip() == shown[1].rstrip()


@pytest.mark.parametrize("block", pages.blocks(README, "console"))
def test_each_command_prints_what_the_readme_shows(block: str) -> None:
    """Those of one block in turn: a command may need what the one above it wrote."""
    for command, shown in pages.said_in(block):
        if command != "make demo":
            assert pages.run(command).rstrip() == shown.rstrip()


@pytest.mark.parametrize("script", pages.blocks(README, "sh"))
def test_each_script_runs(script: str) -> None:
    for folder in ("mine", "inbox", "nights"):
        if f"build/{folder}" in script:  # the others may be in use by another script
            shutil.rmtree(ROOT / "build" / folder, ignore_errors=True)
    assert pages.run(f"set -eu\n{script}")


def test_the_sessions_are_as_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert pages.sessions_hold(README, "README.md")


def test_every_make_verb_that_is_named_exists() -> None:
    verbs = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"(?:`|\$ |^)make ([a-z]+)", README, re.M)) <= verbs
