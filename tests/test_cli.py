"""The commands as their users meet them: output, help, errors in one line, exit codes."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import click
import pandas as pd
import pytest

from pipeline import cli
from pipeline.storage.store import Store
from tests.conftest import GOLDEN, Ended

Reprints = Callable[..., Ended]
DAY = GOLDEN / "wire-day"
CONFIG = ("--config", GOLDEN / "wire-day.toml")


def test_run_prints_a_summary_and_logs_json_lines(reprints: Reprints, tmp_path: Path) -> None:
    ended = reprints("run", DAY, "--store", tmp_path / "store", *CONFIG)
    assert ended.code == 0
    assert ended.out.startswith("run 2026-03-09.1: 85 records from 25 files: 79 new articles, 1 repeats, 1 superseded")
    assert "\nrejected: 2 × no text\nrejected: 1 × broken JSON: " in ended.out
    assert "20 stories were printed more than once" in ended.out
    assert "Ferry with 212 aboard" in ended.out
    lines = [json.loads(line) for line in ended.err.splitlines()]
    stages = [line["stage"] for line in lines if "stage" in line]
    assert stages == [
        "read",
        "clean",
        "identify",
        "trace",
        "sketch",
        "learn",
        "pair",
        "verify",
        "open",
        "cluster",
        "elect",
        "follow",
        "excerpt",
        "write",
    ]
    assert all(line["rows"] >= 0 and line["seconds"] >= 0 for line in lines if "stage" in line)
    told = json.loads((tmp_path / "store" / "current" / "manifest.json").read_text())
    assert {line["invocation"] for line in lines} == {told["invocation"]}
    assert (lines[-1]["message"], lines[-1]["run_id"]) == ("published", told["run_id"])
    assert set(told["seconds"]) == set(told["through"]) == set(stages)
    assert (told["through"]["read"], told["through"]["cluster"]) == (82, 79)
    again = reprints("run", DAY, "--store", tmp_path / "store", *CONFIG)
    assert (again.code, "Nothing new" in again.out) == (0, True)
    assert json.loads((tmp_path / "store" / "latest.json").read_text())["run_id"] == "2026-03-09.1"


def test_as_of_names_the_run(reprints: Reprints, tmp_path: Path) -> None:
    assert reprints("run", DAY, "--store", tmp_path / "s", *CONFIG, "--as-of", "2026-03-11").code == 0
    assert (tmp_path / "s" / "runs" / "2026-03-11.1" / "manifest.json").exists()
    assert reprints("run", DAY, "--store", tmp_path / "t", "--as-of", "tomorrow").code == 2


def test_nightly_takes_inputs_store_and_zone_from_the_configuration(reprints: Reprints, tmp_path: Path) -> None:
    night = '[night]\ninputs = ["inbox-{date}/*.txt"]\nstore = "store"\nzone = "Asia/Kolkata"\n'
    (tmp_path / "night.toml").write_text(night)
    (tmp_path / "inbox-2026-03-09").mkdir()
    for page in DAY.glob("pages/*/*.txt"):
        shutil.copy(page, tmp_path / "inbox-2026-03-09")
    assert reprints("nightly", "2026-03-09", "--config", tmp_path / "night.toml").code == 0
    manifest = json.loads((tmp_path / "store" / "current" / "manifest.json").read_text())
    assert (manifest["run_id"], manifest["as_of"]) == ("2026-03-09.1", "2026-03-09T23:59:59.999999+05:30")
    missing = reprints("nightly", "2026-03-10", "--config", tmp_path / "night.toml")
    assert (missing.code, "inbox-2026-03-10" in missing.err) == (2, True)
    assert reprints("nightly", "2026-03-10", "--config", GOLDEN / "wire-day.toml").code == 2


def test_backfill_gives_what_the_nights_in_order_would_have_given(reprints: Reprints, tmp_path: Path) -> None:
    def store_of(name: str) -> tuple[Path, Path]:
        inputs = f'inputs = ["{tmp_path}/in-{{date}}.jsonl"]'
        (tmp_path / f"{name}.toml").write_text(f'[night]\n{inputs}\nstore = "{name}"\n[audit]\nmax_rejects = 1.0\n')
        return tmp_path / f"{name}.toml", tmp_path / name

    for day in (7, 8, 10):
        rows = [
            {
                "id": f"{day}-{n}",
                "publisher": f"Paper {n}",
                "title": f"Night {day % 2}",
                "published_at": f"2026-03-{day:02}",
            }
            | {"text": " ".join(f"word{day % 2}x{i}" for i in range(80))}
            for n in range(3)
        ]
        (tmp_path / f"in-2026-03-{day:02}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    config, store = store_of("filled")
    stopped = reprints("backfill", "2026-03-07", "2026-03-10", "--config", config)
    assert (stopped.code, "in-2026-03-09.jsonl" in stopped.err) == (2, True)
    done = reprints("backfill", "2026-03-07", "2026-03-10", "--config", config, "--skip-missing")
    assert (done.code, "2026-03-09: passed over" in done.out, done.out.count("Nothing new")) == (0, True, 2)
    other, late = store_of("late")
    for day in ("10", "07", "08"):  # the newest first
        assert reprints("nightly", f"2026-03-{day}", "--config", other).code == 0
    members = [pd.read_parquet(path / "current" / "members.parquet") for path in (store, late)]
    clusters = [set(rows.groupby("cluster_id")["article_id"].agg(tuple)) for rows in members]
    assert clusters[0] == clusters[1]
    told = json.loads((late / "current" / "manifest.json").read_text())
    assert told["as_of"].startswith("2026-03-10")
    assert reprints("backfill", "2026-03-10", "2026-03-07", "--config", config).code == 2


@pytest.mark.parametrize("wanted", ["ap-7c41e0", "hc-ferry-breakwater", "its cluster"])
def test_explain_tells_an_article_in_words(reprints: Reprints, wire_day: Path, wanted: str) -> None:
    members = pd.read_parquet(wire_day / "current" / "members.parquet").set_index("article_id")
    wanted = members.loc["ap-7c41e0", "cluster_id"] if wanted == "its cluster" else wanted
    ended = reprints("explain", wanted, "--store", wire_day)
    assert ended.code == 0
    assert "on the home site of Associated Press (apnews.com)" in ended.out
    for heading in ("How it was read", "Whose copy it is", "Whom it cites", "Its cluster", "Whom it was compared with"):
        assert heading in ended.out


def test_explain_tells_why_two_are_together_or_not(reprints: Reprints, wire_day: Path) -> None:
    together = reprints("explain", "ap-7c41e0", "mg-20260309-014", "--store", wire_day)
    assert "They are in one cluster" in together.out
    assert "verify.light_edit" in together.out or "verify.min_jaccard" in together.out
    nights = reprints("explain", "mb-bourse-08", "mb-bourse-09", "--store", wire_day)
    assert "They are in two clusters" in nights.out
    assert "numbers agree" in nights.out
    strangers = reprints("explain", "ap-7c41e0", "mb-bourse-08", "--store", wire_day)
    assert "never compared" in strangers.out


def test_config_prints_what_it_reads(reprints: Reprints, tmp_path: Path) -> None:
    printed = reprints("config")
    assert printed.code == 0
    assert printed.out == (GOLDEN.parents[1] / "configs" / "default.toml").read_text(encoding="utf-8")
    (tmp_path / "mine.toml").write_text("[pair]\nwindow_days = 3\n")
    assert "window_days = 3.0" in reprints("config", "--check", tmp_path / "mine.toml").out


@pytest.mark.parametrize(
    ("setting", "rows", "words"),
    [
        ("[read]\nfields = {{ txt = 'story' }}", "", "[read] fields: txt is no field; the fields are"),
        ("[clean]\npublishers = 'none.csv'", "", "clean.publishers: cannot read"),
        ("[clean]\npublishers = '{rows}'", "id,name\na,'A'\nb,\"B\nc,C\n", "line 3: a quote is not closed"),
        ("[trace]\nagencies = 'none.csv'", "", "none.csv"),
        ("[trace]\nagencies = '{rows}'", "id,name\nx,X\n", "a row lacks"),
        ("[override]\norders = 'none.csv'", "", "override.orders: cannot read"),
        ("[override]\norders = '{rows}'", "order,left_id\npin,a\nlead,b\n", ":3: 'lead' is no order"),
        (
            "[override]\norders = '{rows}'",
            'order,left_id,right_id,note\npin,a,,"one\nof two"\npin,b,,"see mail\nmust_link,c,d,x\n',
            "line 4: a quote is not closed",
        ),
    ],
)
def test_check_finds_what_would_end_a_run(
    reprints: Reprints, tmp_path: Path, setting: str, rows: str, words: str
) -> None:
    (tmp_path / "rows.csv").write_text(rows)
    config = tmp_path / "mine.toml"
    config.write_text(f"{setting.format(rows=tmp_path / 'rows.csv')}\n")
    checked = reprints("config", "--check", config)
    ran = reprints("run", DAY, "--store", tmp_path / "s", "--config", config)
    for ended in (checked, ran):
        assert (ended.code, words in ended.err, "Traceback" in ended.err) == (2, True, False), ended.err
    assert checked.err.startswith(f"reprints: {config}: ")
    assert not checked.out
    assert not Store(tmp_path / "s").runs()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("run", "nowhere.jsonl", "--store", "{s}"), 2, "nowhere.jsonl"),
        (("run", "{bad}", "--store", "{s}"), 2, "could be read"),
        (("run", "{day}", "--store", "{s}", "--config", "{unknown}"), 2, "did you mean 'window_days'?"),
        (("run", "{day}", "--store", "{s}", "--config", "absent.toml"), 2, "reprints config"),
        (("run", "{day}"), 2, "--store"),
        (("explain", "x", "--store", "{s}"), 2, "no run is published here"),
        (("run", "{half}", "--store", "{s}"), 3, "--publish-anyway"),
        (("run", "{half}", "--store", "{s}", "--publish-anyway"), 0, "audit"),
    ],
)
def test_failures_have_their_exit_code_and_say_what_to_do(
    reprints: Reprints, tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 no more")
    (tmp_path / "unknown.toml").write_text("[pair]\nwindow_day = 3\n")
    good = json.dumps({"id": "a", "text": "a short text of seven words here", "date": "2026-03-09"})
    (tmp_path / "half.jsonl").write_text(f"{good}\nbroken\n")
    names = {"s": tmp_path / "s", "day": DAY, "bad": tmp_path / "bad.parquet"}
    names |= {"unknown": tmp_path / "unknown.toml", "half": tmp_path / "half.jsonl"}
    ended = reprints(*(argument.format(**names) for argument in arguments))
    assert ended.code == code
    assert words in ended.err
    assert "Traceback" not in ended.err
    if code == 3:
        assert not Store(tmp_path / "s").runs()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("run", "", "--store", "s"), "'INPUT...'"),
        (("run", "in.jsonl", "", "--store", "s"), "'INPUT...'"),
        (("run", "in.jsonl", "--store", ""), "'--store'"),
        (("run", "in.jsonl", "--store", "s", "--config", ""), "'--config'"),
        (("nightly", "2026-03-09", "--config", ""), "'--config'"),
        (("explain", "a", "--store", ""), "'--store'"),
        (("query", "", "--store", "s"), "'FILE|-'"),
        (("evaluate", "", "--store", "s"), "'LABELS'"),
        (("tune", "in.jsonl", ""), "'INPUT...'"),
        (("report", "--store", "s", "--out", ""), "'--out'"),
        (("rebuild", "--store", "s", "--into", ""), "'--into'"),
        (("rebuild", "", "--store", "s", "--into", "t"), "'[INPUT]...'"),
    ],
)
def test_an_empty_argument_is_not_the_current_folder(
    reprints: Reprints, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], named: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.jsonl").write_text(json.dumps({"id": "a", "text": "a short text of seven words here"}))
    ended = reprints(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert f"Invalid value for {named}: is empty; in a script, see whether a variable is set" in ended.err
    assert [file.name for file in tmp_path.iterdir()] == ["in.jsonl"]


@pytest.mark.parametrize("below", ["", "/store"])
def test_a_file_is_no_store_whatever_is_done_to_it(
    reprints: Reprints, wire_day: Path, tmp_path: Path, below: str
) -> None:
    (tmp_path / "file").write_text("")
    place = f"{tmp_path}/file{below}"
    for command in (("rebuild", "--store", wire_day, "--into"), ("run", DAY, "--store"), ("explain", "a", "--store")):
        ended = reprints(*command, place)
        assert (ended.code, place in ended.err, "Traceback" in ended.err) == (2, True, False)


def test_exit_codes_of_a_busy_and_an_incompatible_store(reprints: Reprints, tmp_path: Path) -> None:
    store = tmp_path / "store"
    with Store(store).locked():
        assert reprints("run", DAY, "--store", store).code == 5
    assert reprints("run", DAY, "--store", store, *CONFIG).code == 0
    (tmp_path / "other.toml").write_text("[sketch]\nseed = 7\n")
    ended = reprints("run", DAY, "--store", store, "--config", tmp_path / "other.toml")
    assert (ended.code, "seed is 1 there and 7 here" in ended.err) == (4, True)


@pytest.mark.parametrize("name", sorted(cli.cli.commands))
def test_every_command_has_help_that_teaches_and_is_in_the_readme(reprints: Reprints, name: str) -> None:
    command = cli.cli.commands[name]
    shown = reprints(name, "--help")
    assert shown.code == 0
    assert command.help is not None
    assert all(option.help for option in command.params if isinstance(option, click.Option))
    assert f"reprints {name}" in (GOLDEN.parents[1] / "README.md").read_text(encoding="utf-8")


def test_version_and_bare_call(reprints: Reprints) -> None:
    assert reprints("--version").out.startswith("reprints, version 0.1.0")
    codes = " ".join(reprints("--help").out.partition("Exit codes: ")[2].split())
    said = dict(re.findall(r"(?:^|; )(\d) (.+?)(?=; \d|\.$)", codes))
    assert list(said) == list("012345")
    assert all(words in said["2"] for words in ("configuration", "input", "store", "full disk", "ended"))
    assert all(words in said["3"] for words in ("audit", "verify-store"))


def test_what_stops_a_night_is_a_line_of_its_log(reprints: Reprints, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text("broken\n" * 9)
    ended = reprints("run", tmp_path / "bad.jsonl", "--store", tmp_path / "s", "--as-of", "2026-03-09")
    lines = [json.loads(line) for line in ended.err.splitlines()]
    assert (ended.code, lines[-1]["level"], lines[-1]["exit_code"]) == (3, "error", 3)
    assert lines[-1]["message"].startswith("nothing was published")
    assert len({line["invocation"] for line in lines}) == 1


def test_what_this_user_may_not_read_is_told_in_a_line_and_breaks_nothing(
    reprints: Reprints, wire_day: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "store/state")

    monkeypatch.setattr(Store, "state", forbidden)
    monkeypatch.setattr(Store, "table", forbidden)
    for command in (("explain", "hc-ferry-breakwater"), ("verify-store",)):
        ended = reprints(*command, "--store", wire_day)
        assert (ended.code, "BROKEN" in ended.out) == (2, False)
        assert ended.err == (
            "reprints: [Errno 13] Permission denied: 'store/state': this user may not; "
            "run every command as the user of the job\n"
        )
    monkeypatch.setattr("pipeline.alone.Alone.renewed", forbidden)
    ended = reprints("run", DAY, "--store", tmp_path / "store", *CONFIG)
    told = json.loads(ended.err.splitlines()[-1])
    assert (ended.code, told["level"], told["exit_code"]) == (2, "error", 2)
