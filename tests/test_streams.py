"""Standard streams as cron and pipes leave them: closed, full, without a reader. No run fails for its log or summary."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import pytest
from rich.console import Console

from pipeline.storage.store import Store
from pipeline.watch import Watch
from tests.conftest import Ended

FULL = Path("/dev/full")
COMMAND = (sys.executable, "-c", "from pipeline.cli import main; main()")
ROWS = [
    {"id": name, "publisher": f"Paper {name}", "date": "2026-03-09", "text": " ".join(f"word{n}" for n in range(60))}
    for name in "abc"
]


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return path


def _without_reader() -> IO[bytes]:
    reads, writes = os.pipe()
    os.close(reads)
    return os.fdopen(writes, "wb")


def _full() -> IO[bytes]:
    if not FULL.exists():
        pytest.skip("no device here that is always full")
    return FULL.open("wb")


OPENED: dict[str, Callable[[], IO[bytes]]] = {"full": _full, "left by its reader": _without_reader}
NUMBERS = {"stdin": 0, "stdout": 1, "stderr": 2}


def ended(how: str, stream: str, *arguments: object) -> Ended:
    """How a command ends one of whose streams is like that; what it says on the others."""
    streams: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    command = [*COMMAND, *map(str, arguments)]
    if how == "closed":
        done = subprocess.run(
            ["/bin/sh", "-c", f'exec "$@" {NUMBERS[stream]}>&-', "sh", *command], **streams, check=False, timeout=120
        )
    else:
        with OPENED[how]() as given:
            done = subprocess.run(command, **streams | {stream: given}, check=False, timeout=120)
    return Ended(done.returncode, (done.stdout or b"").decode(), (done.stderr or b"").decode())


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
@pytest.mark.parametrize("how", ["closed", *OPENED])
def test_a_run_is_published_whatever_becomes_of_its_log_and_summary(
    tmp_path: Path, delivery: Path, how: str, stream: str
) -> None:
    done = ended(how, stream, "run", delivery, "--store", tmp_path / "store")
    assert done.code == 0
    assert Store(tmp_path / "store").runs() == ["2026-03-09.1"]
    assert "Traceback" not in done.err
    if stream == "stdout":
        assert (
            json.loads([line for line in done.err.splitlines() if line.startswith("{")][-1])["message"] == "published"
        )
        assert ("all else is done" in done.err) == (how == "full")
    else:
        assert done.out.startswith("run 2026-03-09.1: 3 records")
        assert '"stage"' not in done.out


@pytest.mark.parametrize(("how", "code", "told"), [("full", 2, 1), ("left by its reader", 2, 0), ("closed", 0, 0)])
def test_a_result_that_cannot_be_printed_is_a_line(wire_day: Path, how: str, code: int, told: int) -> None:
    for command in (("explain", "ap-7c41e0"), ("verify-store",)):
        done = ended(how, "stdout", *command, "--store", wire_day)
        assert (done.code, done.err.count("\n")) == (code, told), done.err
        assert ("reprints: standard output: cannot be written: No space left" in done.err) == bool(told)


@pytest.mark.parametrize("how", ["closed", *OPENED])
def test_an_exit_code_stays_what_it_is_where_its_reason_cannot_be_told(tmp_path: Path, how: str) -> None:
    assert ended(how, "stderr", "explain", "a", "--store", tmp_path).code == 2
    assert ended(how, "stderr", "run", tmp_path / "none.jsonl", "--store", tmp_path / "s").code == 2
    assert ended(how, "stderr", "run").code == 2


@pytest.mark.parametrize("options", [(), ("--each-line",)])
def test_a_query_of_standard_input_that_is_closed_is_refused(wire_day: Path, options: tuple[str, ...]) -> None:
    done = ended("closed", "stdin", "query", "-", *options, "--store", wire_day)
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "reprints: -: standard input is closed" in done.err


class _Gone:
    """A terminal that has been hung up."""

    encoding = "utf-8"

    def write(self, _: str) -> int:
        raise OSError(5, "Input/output error")

    def flush(self) -> None:
        raise OSError(5, "Input/output error")

    def isatty(self) -> bool:
        return True


def test_a_display_on_a_terminal_that_is_gone_stops_nothing() -> None:
    watch = Watch(console=Console(file=_Gone(), force_terminal=True))  # type: ignore[arg-type]
    with watch.step("read") as step:
        step.rows = 3
    watch.say("audit: too few", level="warning")
    assert watch.rows == {"read": 3}
