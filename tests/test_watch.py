"""What a run tells: a display for a person, one JSON line an event for a log."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from pipeline.watch import Watch, silent


def _night(watch: Watch) -> None:
    for rows in (3, 4):
        with watch.step("read", batch=True) as step:
            step.rows = rows
    watch.tell("read")
    watch.run_id = "2026-03-09.1"
    with watch.step("pair") as step:
        step.rows = 5
    watch.say("audit: too few", level="warning", found=1)


def test_lines_are_json_with_stage_rows_seconds_and_run(capsys: pytest.CaptureFixture[str]) -> None:
    watch = Watch()
    _night(watch)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line.get("stage"), line.get("rows"), line.get("run_id")) for line in lines] == [
        ("read", 7, None),
        ("pair", 5, "2026-03-09.1"),
        (None, None, "2026-03-09.1"),
    ]
    assert [line["invocation"] for line in lines] == [watch.invocation] * 3  # from the first line on
    assert watch.invocation != Watch().invocation
    assert (lines[-1]["level"], lines[-1]["message"], lines[-1]["found"]) == ("warning", "audit: too few", 1)
    assert watch.seconds["read"] >= 0


def test_a_terminal_is_shown_each_stage() -> None:
    screen = io.StringIO()
    _night(Watch(console=Console(file=screen, force_terminal=True, width=100)))
    assert "read" in screen.getvalue()
    assert "7 rows" in screen.getvalue()
    assert "audit: too few" in screen.getvalue()


def test_a_library_hears_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    _night(silent())
    assert capsys.readouterr() == ("", "")
