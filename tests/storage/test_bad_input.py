"""The table "Bad input" of docs/operations.md: each of its lines, through a whole run.

Most of it comes in one night, beside sound files of which nothing may be lost.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline import config, flow
from pipeline.checkup import checkup
from pipeline.errors import InputError
from pipeline.storage.store import Store
from pipeline.watch import Step, Watch
from tests import test_nights
from tests.conftest import Ended
from tests.storage import test_disk, test_read_html
from tests.storage.bad_inputs import CASES, Case, lines, story

DOCS = Path(__file__).parents[2] / "docs" / "operations.md"
NIGHT = datetime(2026, 3, 10, tzinfo=UTC)
SETTINGS = config.Config(
    read=config.Read(max_record_mb=1, max_text=20_000, batch_rows=256),
    audit=config.Audit(failed_files="warn", rejects="warn", singletons="off", undated="off", largest_cluster="off"),
)
SOUND = [f"sound-{n}" for n in range(12)]


class Night:
    """A run over a folder, and what became of each file in it."""

    def __init__(self, folder: Path, *inputs: Path, watch: Watch | None = None) -> None:
        (folder / "a-sound.jsonl").write_bytes(lines(*map(story, SOUND[:6])))
        (folder / "z-sound.jsonl").write_bytes(lines(*map(story, SOUND[6:])))
        self.store, self.folder = Store(folder.parent / "store"), folder
        patterns = [str(path) for path in inputs] or [str(folder)]
        self.outcome = flow.run(patterns, self.store, SETTINGS, as_of=NIGHT, watch=watch)
        self.members = {row["article_id"]: row for row in self.store.table("members").to_pylist()}
        self.files = {Path(row["path"]).name: row for row in self.store.manifest()["inputs"]}

    def rejects(self, name: str) -> list[str]:
        """The reasons, in the order of lines; of the file itself last."""
        prefix, found = str(self.folder / name), list[tuple[float, str]]()
        for row in self.outcome.tables["rejects"].to_pylist():
            if row["source"] == prefix:
                found.append((float("inf"), row["reason"]))
            elif (place := row["source"].removeprefix(f"{prefix}:")) != row["source"]:
                found.append((int(place), row["reason"]))
        return [reason for _, reason in sorted(found)]


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    folder = tmp_path_factory.mktemp("bad") / "in"
    folder.mkdir()
    for case in CASES:
        (folder / case.name).write_bytes(case.content)
    return Night(folder)


def test_of_sound_files_nothing_is_lost(night: Night) -> None:
    assert set(SOUND) <= set(night.members)
    assert not [check for check in checkup(night.store) if check.broken]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_file_of_the_night(night: Night, case: Case) -> None:
    file, reasons = night.files[case.name], night.rejects(case.name)
    assert file["status"] == ("failed" if case.failed else "read")
    assert set(case.reads) <= set(night.members)
    expected = list(case.rejects)
    if ... in expected:
        at = expected.index(...)
        expected[at : at + 1] = [expected[at - 1]] * (len(reasons) - len(expected) + 1)
    assert len(reasons) == len(expected)
    assert all(part in reason for part, reason in zip(expected, reasons, strict=True))


def test_no_such_file_nothing_but_hidden_files(reprints: Callable[..., Ended], tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / ".hidden.jsonl").write_bytes(lines(story("hidden")))
    (tmp_path / "empty").mkdir()
    for given in ("in", "gone", "in/*.jsonl", "empty"):
        ended = reprints("run", tmp_path / given, "--store", tmp_path / "store")
        assert ended.code == 2
        assert "Traceback" not in ended.err
    assert not (tmp_path / "store").exists()


def test_what_is_no_file_is_never_opened(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    os.mkfifo(folder / "pipe.jsonl")
    (folder / "lost.jsonl").symlink_to("nothing")
    (folder / "loop.jsonl").symlink_to("loop.jsonl")
    (folder / "secret.txt").symlink_to(DOCS)
    (folder / "half.jsonl.part").write_text("{")
    (folder / "folder.jsonl").mkdir()
    with socket.socket(socket.AF_UNIX) as listening:
        here = Path.cwd()
        os.chdir(folder)  # the name of a socket must be short
        listening.bind("socket.jsonl")
        os.chdir(here)
        night = Night(folder)
    assert set(night.members) == set(SOUND)
    (finding,) = night.outcome.findings
    assert (finding.audit, finding.blocks) == ("unfinished_files", False)
    assert finding.found.startswith("not read: ")
    assert "and 3 more" in finding.found


def test_what_is_named_outright_is_read_where_it_is_a_file(reprints: Callable[..., Ended], tmp_path: Path) -> None:
    for name in ("in", "matched"):
        (tmp_path / f"linked-{name}.jsonl").write_bytes(lines(story(f"linked-{name}")))
        (tmp_path / name).mkdir()
        (tmp_path / name / "half.jsonl.part").write_bytes(lines(story(f"part-{name}")))
        (tmp_path / name / "link.jsonl").symlink_to(tmp_path / f"linked-{name}.jsonl")
    Night(tmp_path / "in", tmp_path / "in" / "half.jsonl.part", tmp_path / "in" / "link.jsonl")
    night = Night(tmp_path / "matched", tmp_path / "matched" / "*.part", tmp_path / "matched" / "link*")
    assert set(night.members) == {"part-in", "linked-in", "linked-matched"}  # no pattern means what is half written
    os.mkfifo(tmp_path / "in" / "pipe.jsonl")
    (tmp_path / "in" / "lost.jsonl").symlink_to("nothing")
    (tmp_path / "in" / "loop.jsonl").symlink_to("loop.jsonl")
    for name in ("pipe.jsonl", "lost.jsonl", "loop.jsonl"):
        assert reprints("run", tmp_path / "in" / name, "--store", tmp_path / "other").code == 2


class Meddler(Watch):
    """Does something while a run is under way, once the first batch has been read."""

    def __init__(self, meddle: Callable[[], object]) -> None:
        super().__init__(lines=False)
        self._meddle = meddle

    @contextmanager
    def step(self, name: str, *, batch: bool = False) -> Iterator[Step]:
        if name == "clean" and "clean" not in self.rows:
            self._meddle()
        with super().step(name, batch=batch) as step:
            yield step


def test_a_file_that_may_not_be_read_or_has_gone(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "b.jsonl").write_bytes(lines(*(story(f"b-{n}") for n in range(300))))
    gone = folder / "c.jsonl"
    gone.write_bytes(lines(story("gone")))
    night = Night(folder, watch=Meddler(gone.unlink))
    assert set(night.members) == {*SOUND, *(f"b-{n}" for n in range(300))}
    assert (night.files["c.jsonl"]["status"], night.files["c.jsonl"]["sha256"]) == ("failed", "")
    assert night.rejects("c.jsonl") == ["No such file or directory"]
    with pytest.raises(InputError, match="no such file or folder"):
        Night(folder, gone)


def test_a_file_that_changes_while_it_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    growing = folder / "b.jsonl"
    growing.write_bytes(lines(*(story(f"b-{n}") for n in range(400))))

    def grow() -> None:
        with growing.open("ab") as file:
            file.write(lines(story("late")) + b'{"id": "half')

    night = Night(folder, watch=Meddler(grow))
    assert night.files["b.jsonl"]["status"] == "failed"
    assert "changed while it was read" in night.rejects("b.jsonl")[-1]
    assert set(night.members) >= {*SOUND, *(f"b-{n}" for n in range(400))}
    growing.write_bytes(lines(*(story(f"b-{n}") for n in range(400)), story("late")))
    again = Night(folder)
    assert again.outcome.counts["files_failed"] == 0
    assert set(again.members) == {*SOUND, *(f"b-{n}" for n in range(400)), "late"}


def test_a_name_that_is_not_utf8(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name, content in ((b"caf\xe9.jsonl", lines(story("cafe"))), (b"two\nlines.jsonl", lines(story("two"), b"{"))):
        try:
            Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(content)
        except OSError as error:
            pytest.skip(f"this file system has no such names: {error}")
    night = Night(folder)
    assert set(night.members) == {*SOUND, "cafe", "two"}
    assert night.files["caf\ufffd.jsonl"]["status"] == "read"
    assert len(night.rejects("two\nlines.jsonl")) == 1


def test_ids_that_nobody_could_name(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    ids = ["x" * 500, "x" * 501, "x" * 10_000, "a\nb", "a\0b", "\x1b[2J", "n\u0085l"]
    rows = [story(f"{number}") | {"id": id} for number, id in enumerate(ids)]
    (folder / "ids.jsonl").write_bytes(lines(*rows))
    night = Night(folder)
    made = set(night.members) - set(SOUND)
    assert len(made) == len(ids)
    assert "x" * 500 in made
    assert all(re.fullmatch("[0-9a-f]{16}", id) for id in made - {"x" * 500})
    assert Night(folder).outcome.counts["repeats"] == len(SOUND) + len(ids)


def test_fields_that_hold_a_page(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    long = "word " * 10_000
    rows = [
        story("title", title=long),
        story("author", author=long),
        story("url", url="https://a.example/" + "a" * 20_000),
        story("publisher", publisher="p" * 501),
        story("date", published=long),
    ]
    (folder / "fields.jsonl").write_bytes(lines(*rows))
    members = Night(folder).members
    assert members["title"]["headline"] is None
    assert members["url"]["url"] is None
    assert members["publisher"]["publisher"] is None
    assert members["date"]["published_at"] is None
    assert set(members) == {*SOUND, "title", "author", "url", "publisher", "date"}


def test_a_date_as_a_number(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    dates = [1773043200, 1773043200.5, 1773043200000, 1773043200000000, 1773043200000000000, "1773043200"]
    none = [-1, -62135596800, 12, 10**30, 1e300, True, [], {}, "1970-01-01T00:00:00Z", "0001-01-01", "9999-12-31"]
    rows = [story(f"d-{number}", published=date) for number, date in enumerate([*dates, *none])]
    (folder / "dates.jsonl").write_bytes(lines(*rows))
    members = Night(folder).members
    told = [members[f"d-{number}"]["published_at"] for number in range(len(rows))]
    assert told == [datetime(2026, 3, 9, 8, tzinfo=UTC)] * len(dates) + [None] * len(none)


def test_the_same_article_again_and_with_another_text(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    changed = story(
        "v", modified="2026-03-09T12:00:00Z", text="Not so, the harbour master said on Tuesday, and took it back."
    )
    (folder / "b.jsonl").write_bytes(lines(story("v"), story("v"), changed))
    night = Night(folder)
    assert (night.outcome.counts["repeats"], night.outcome.counts["superseded"]) == (1, 1)
    assert set(night.members) == {*SOUND, "v"}


PEAK = """
import resource, sys
from pathlib import Path
from pipeline import config
from pipeline.storage import read
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
reading = read.batches([Path(name) for name in sys.argv[1:]], config.Read())
n = sum(batch.records.num_rows for batch in reading)
print(n, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_no_file_takes_more_memory_than_a_few_of_the_longest_records(tmp_path: Path) -> None:
    sparse = tmp_path / "line.jsonl"
    with sparse.open("wb") as file:
        file.write(lines(story("before")) + b'{"text": "')
        file.seek(300 << 20, os.SEEK_CUR)
        file.write(b'"}\n' + lines(story("after")))
    bombs = [case for case in CASES if case.line == "a bomb"]
    for case in bombs:
        (tmp_path / case.name).write_bytes(case.content)
    command = [sys.executable, "-c", PEAK, str(sparse), *(str(tmp_path / case.name) for case in bombs)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    n_records, megabytes = map(int, ended.stdout.split())
    assert n_records == 3
    assert megabytes < 400


#: Lines of the table that have a test of their own, here or elsewhere.
ELSEWHERE = {
    "no such file": test_no_such_file_nothing_but_hidden_files,
    "in a folder: `*.part`": test_what_is_no_file_is_never_opened,
    "the same, named outright": test_what_is_named_outright_is_read_where_it_is_a_file,
    "a file that may not be read": test_a_file_that_may_not_be_read_or_has_gone,
    "a file that changes": test_a_file_that_changes_while_it_is_read,
    "a name that is not UTF-8": test_a_name_that_is_not_utf8,
    "a date as a number": test_a_date_as_a_number,
    "1970-01-01": test_a_date_as_a_number,
    "columns that mean nothing here": test_nights.test_columns_that_are_not_read_are_told_where_something_is_missing,
    "an id longer": test_ids_that_nobody_could_name,
    "a field beside the text": test_fields_that_hold_a_page,
    "HTML or WARC where the extra": test_read_html.test_without_the_extra_a_page_says_what_to_install,
    "the same article again": test_the_same_article_again_and_with_another_text,
    "the same article with another": test_the_same_article_again_and_with_another_text,
    "ids that number": test_nights.test_ids_that_stand_for_other_stories_than_before_are_told_of,
    "more input than": test_disk.test_what_a_run_may_write_is_told_from_its_inputs_and_from_what_the_newest_run_wrote,
    "a disk, a quota": test_disk.test_no_room_in_the_middle_of_a_run_leaves_the_last_one_and_loses_nothing,
}


def test_every_line_of_the_table_has_a_test() -> None:
    table = DOCS.read_text(encoding="utf-8").split("## Bad input")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \| ", table, re.MULTILINE)[2:]
    tested = {case.line for case in CASES} | set(ELSEWHERE)
    assert len(rows) > 30
    assert [row for row in rows if sum(row.startswith(line) for line in tested) != 1] == []
    assert [line for line in tested if sum(row.startswith(line) for row in rows) != 1] == []
