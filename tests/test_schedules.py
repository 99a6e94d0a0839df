"""The examples that start a night, each read by the tool it is for, where that tool is here."""

from __future__ import annotations

import ast
import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).parents[1] / "configs" / "schedule"
FIELDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
@pytest.mark.parametrize("name", ["reprints@.service", "reprints-nightly.service", "reprints-nightly.timer"])
def test_systemd_reads_its_units_without_a_word(tmp_path: Path, name: str) -> None:
    units = tmp_path / "units"
    shutil.copytree(FOLDER, units)
    unit = units / name.replace("@.", "@2026-11-24.")
    if "@" in name:
        (units / name).rename(unit)
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, check=False)
    told = [line for line in done.stderr.splitlines() if str(units) in line or "reprints" in line]
    assert (done.returncode, told) == (0, [])


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_the_timer_s_calendar_is_one() -> None:
    calendar = re.search(r"^OnCalendar=(.+)$", (FOLDER / "reprints-nightly.timer").read_text(), re.M)
    assert calendar
    subprocess.run(["systemd-analyze", "calendar", calendar[1]], capture_output=True, check=True)


def test_each_line_of_the_crontab_is_a_comment_a_variable_or_a_job() -> None:
    """As crontab(5) has it: five fields in their ranges, and every % of a command escaped."""
    jobs = 0
    for line in (FOLDER / "crontab").read_text().splitlines():
        if not line or line.startswith("#") or re.fullmatch(r"[A-Z_]+=\S+", line):
            continue
        *fields, command = line.split(maxsplit=5)
        for field, (low, high) in zip(fields, FIELDS, strict=True):
            assert field == "*" or low <= int(field) <= high
        assert not re.search(r"(?<!\\)%", command)
        assert "reprints nightly" in command
        jobs += 1
    assert jobs == 1


@pytest.mark.skipif(shutil.which("crontab") is None, reason="cron is not here")
def test_cron_itself_takes_the_crontab(tmp_path: Path) -> None:
    """By its dry run: cronie's `-T`, which the cron of Debian does not know, or that one's `-n`."""

    def dry_run(option: str, path: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["crontab", option, path], capture_output=True, text=True, check=False)

    option = "-T" if "invalid option" not in dry_run("-T", FOLDER / "crontab").stderr else "-n"
    broken = tmp_path / "crontab"
    broken.write_text("10 25 * * * reprints nightly 2026-11-24\n")
    assert dry_run(option, broken).returncode == 1
    assert dry_run(option, FOLDER / "crontab").returncode == 0


def test_orchestrators_give_the_night_in_its_own_zone() -> None:
    """What each of them got wrong when it was tried: a cron line of Airflow 3 has no interval, and its `ds` is of UTC."""
    airflow, dagster = ((FOLDER / name).read_text() for name in ("airflow_dag.py", "dagster_job.py"))
    assert "CronDataIntervalTimetable(" in airflow
    assert "data_interval_start.astimezone(ZoneInfo(ZONE))" in airflow
    assert "from __future__ import annotations" not in dagster  # Dagster reads the annotation of `context` as an object


@pytest.mark.parametrize(
    ("code", "raised"),
    [(0, None), (1, RuntimeError), (2, "Fail"), (3, "Fail"), (4, "Fail"), (5, RuntimeError), (-9, RuntimeError)],
)
def test_airflow_gives_up_a_night_only_where_trying_again_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, code: int, raised: type[Exception] | str | None
) -> None:
    fail, night, called = airflow(monkeypatch, code)
    with pytest.raises(fail if raised == "Fail" else raised) if raised else nullcontext():
        night(data_interval_start=datetime(2026, 11, 23, 18, 30, tzinfo=UTC))
    assert called == [["reprints", "nightly", "2026-11-24", "--config", "/etc/reprints/nightly.toml", "--wait"]]


def airflow(monkeypatch: pytest.MonkeyPatch, code: int) -> tuple[type[Exception], Callable[..., None], list[list[str]]]:
    """The task of the DAG, the exception that ends all tries, and what the task calls, which ends with `code`."""
    tasks, called = list[Callable[..., None]](), list[list[str]]()
    fail = type("AirflowFailException", (Exception,), {})

    def task(of: Callable[..., None]) -> Callable[[], None]:
        tasks.append(of)
        return lambda: None

    def ended(command: list[str], check: bool) -> subprocess.CompletedProcess[str]:
        called.append(command)
        return subprocess.CompletedProcess(command, code)

    parts = {
        "airflow.sdk": {"dag": lambda **_: lambda of: of, "task": task},
        "airflow.sdk.exceptions": {"AirflowFailException": fail},
        "airflow.timetables.interval": {"CronDataIntervalTimetable": lambda *_, **__: None},
    }
    for name, has in parts.items():
        module = ModuleType(name)
        vars(module).update(has)
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr(subprocess, "run", ended)
    runpy.run_path(str(FOLDER / "airflow_dag.py"))
    [night] = tasks
    return fail, night, called


@pytest.mark.parametrize("name", ["airflow_dag.py", "dagster_job.py"])
def test_orchestrators_call_the_same_command_and_know_its_exit_codes(name: str) -> None:
    text = (FOLDER / name).read_text()
    tree = ast.parse(text)
    called = [node for node in ast.walk(tree) if isinstance(node, ast.List) and "nightly" in ast.unparse(node)]
    assert any(ast.unparse(node).startswith("['reprints', 'nightly'") for node in called)
    assert "{2, 3, 4}" in text
