"""A crew: the same results in the same order from one process or several, and none is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Collection
from pathlib import Path

import msgspec
import pyarrow as pa
import pytest

from pipeline import config
from pipeline.crew import Crew, Rules
from pipeline.errors import CrewError, InputError
from pipeline.stages.lexicon import publishers
from pipeline.watch import Watch, silent


def rules(processes: int) -> Rules:
    set_to = msgspec.structs.replace(config.Config(), run=config.Run(processes=processes))
    return Rules(set_to, publishers.load(""))


def halved(by: Rules, watch: Watch, number: int, rows: pa.Table) -> tuple[int, pa.Table]:
    with watch.step("halve", batch=True) as step:
        step.rows = rows.num_rows
        if number == 13:
            raise ValueError("thirteen")
        time.sleep(0.002 * (number % 3))  # so that processes end out of turn
        return os.getpid(), rows.slice(0, rows.num_rows // 2)


def tasks(n: int) -> list[tuple[int, tuple[int, pa.Table]]]:
    return [(number, (number, pa.table({"row": range(number, 3 * number)}))) for number in range(n)]


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_results_come_in_order_with_their_marks(processes: int) -> None:
    watch, given = silent(), tasks(12)
    with Crew(rules(processes)) as crew:
        found = list(crew.each(halved, given, watch))
        again = list(crew.each(halved, given, watch))
    assert [mark for mark, _ in found] == [mark for mark, _ in given]
    halves = [rows.slice(0, rows.num_rows // 2) for _, (_, rows) in given]
    assert all(half.equals(expected) for (_, (_, half)), expected in zip(found, halves, strict=True))
    assert [half for _, (_, half) in again] == [half for _, (_, half) in found]
    others = {pid for _, (pid, _) in found} - {os.getpid()}
    assert (len(others) > 0) == (processes > 1)
    assert watch.rows == {"halve": 2 * sum(rows.num_rows for _, (_, rows) in given)}
    assert watch.seconds["halve"] > 0
    assert end_soon(others)


def test_little_work_starts_no_process() -> None:
    with Crew(rules(3)) as crew:
        (_, (pid, _)), *_ = crew.each(halved, tasks(1), silent())
        assert crew._pool is None
    assert pid == os.getpid()


def test_of_much_work_the_first_is_done_here_while_processes_get_ready() -> None:
    with Crew(rules(2), is_large=True) as crew:
        found = crew.each(halved, tasks(9), silent())
        assert next(found)[1][0] == os.getpid()
        assert crew._pool is not None
        others = {pid for _, (pid, _) in found} - {os.getpid()}
    assert others
    assert end_soon(others)


def spoilt(by: Rules, watch: Watch, number: int, rows: pa.Table) -> None:
    if number == 7:
        raise InputError("seven")


def ended(by: Rules, watch: Watch, number: int, rows: pa.Table) -> None:
    if number == 7:
        os.kill(os.getpid(), signal.SIGKILL)


def test_what_goes_wrong_in_a_process_goes_wrong_here() -> None:
    for processes, error in ((1, ValueError), (2, RuntimeError)):
        with Crew(rules(processes)) as crew, pytest.raises(error, match="thirteen"):
            list(crew.each(halved, tasks(15), silent()))
        with Crew(rules(processes)) as crew, pytest.raises(InputError, match="seven"):
            list(crew.each(spoilt, tasks(15), silent()))


def test_a_process_that_the_system_ends_is_told_in_a_line() -> None:
    with Crew(rules(2)) as crew, pytest.raises(CrewError, match=r"lower \[run\] processes"):
        list(crew.each(ended, tasks(15), silent()))


def test_where_no_process_can_be_started_all_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Crew, "_start", lambda _: (_ for _ in ()).throw(OSError(38, "Function not implemented")))
    with Crew(rules(2)) as crew:
        found = [mark for mark, _ in crew.each(halved, tasks(12), silent())]
    assert found == [mark for mark, _ in tasks(12)]


KILLED = """
import os, time
from pipeline.watch import silent
from pipeline.crew import Crew
from tests.test_crew import halved, rules, tasks
with Crew(rules(2)) as crew:
    print(*{pid for _, (pid, _) in crew.each(halved, tasks(12), silent())} - {os.getpid()}, flush=True)
    time.sleep(SECONDS)
"""


def test_no_process_outlives_a_run_that_is_killed() -> None:
    root = Path(__file__).parents[1]
    with subprocess.Popen(
        [sys.executable, "-c", KILLED.replace("SECONDS", "60")], cwd=root, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        others = [int(pid) for pid in process.stdout.readline().split()]
        assert others
        assert all(map(is_running, others))
        process.send_signal(signal.SIGKILL)
    assert end_soon(others)


def test_it_ends_where_no_program_is_found_on_the_path() -> None:
    root = Path(__file__).parents[1]
    script = KILLED.replace("SECONDS", "0")
    for text in (script, script.replace("time.sleep", "raise SystemExit")):
        command = [sys.executable, "-c", text]
        environment = {**os.environ, "PATH": ""}
        done = subprocess.run(
            command, cwd=root, env=environment, capture_output=True, text=True, timeout=60, check=True
        )
        assert (len(done.stdout.split()) > 0, done.stderr) == (True, "")
        assert not any(is_running(int(pid)) for pid in done.stdout.split())


def end_soon(pids: Collection[int]) -> bool:
    end = time.monotonic() + 30
    while any(map(is_running, pids)) and time.monotonic() < end:
        time.sleep(0.1)
    return not any(map(is_running, pids))


def is_running(pid: int) -> bool:
    """Whether it is there and no zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    told = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(told.strip()) and not told.startswith("Z")
