"""Which files a command line means."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from pipeline import config
from pipeline.errors import InputError
from pipeline.storage import read


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    names = ["b.jsonl", "a.txt", "sub/c.txt", "sub/deep/d.parquet", ".hidden.txt", ".git/e.txt", "f.part", "g.tmp"]
    for name in [*names, "_SUCCESS", "sub/_metadata", "_kept.txt"]:
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    return tmp_path / "in"


def names(folder: Path, *patterns: str) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in read.inputs([str(folder / p) for p in patterns])]


def test_a_folder_means_all_below_it_but_what_is_hidden_or_unfinished(folder: Path) -> None:
    assert names(folder, "") == ["_kept.txt", "a.txt", "b.jsonl", "sub/c.txt", "sub/deep/d.parquet"]


def test_each_file_once_in_one_order(folder: Path) -> None:
    expected = ["a.txt", "sub/c.txt", "sub/deep/d.parquet"]
    assert names(folder, "sub", "a.txt", "sub/c.txt", "*/c.txt") == expected
    assert names(folder, "a.txt", "sub/../a.txt", "sub/deep", "sub") == expected


def test_globs(folder: Path) -> None:
    assert names(folder, "*.txt") == ["_kept.txt", "a.txt"]
    assert names(folder, "**/*.txt") == ["_kept.txt", "a.txt", "sub/c.txt"]
    assert names(folder, "s*") == ["sub/c.txt", "sub/deep/d.parquet"]
    assert names(folder, "*.txt", "*.nothing") == ["_kept.txt", "a.txt"]


def test_a_name_with_glob_characters_means_itself(folder: Path) -> None:
    (folder / "a[1].txt").write_text("x")
    assert names(folder, "a[1].txt") == ["a[1].txt"]


def test_a_hidden_file_named_outright_is_taken(folder: Path) -> None:
    assert names(folder, ".hidden.txt") == [".hidden.txt"]


def test_links_count_only_inside_their_folder(folder: Path) -> None:
    outside = folder.parent / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_text("x")
    (folder / "0_out.txt").symlink_to(outside / "secret.txt")
    (folder / "0_out").symlink_to(outside)
    (folder / "0_in").symlink_to(folder / "sub")
    (folder / "sub" / "loop").symlink_to(folder)
    (folder / "0_dangling.txt").symlink_to(folder / "nothing")
    (folder / ".v1").mkdir()
    (folder / ".v1" / "h.txt").write_text("x")
    (folder / "now").symlink_to(folder / ".v1")
    assert names(folder, "") == ["_kept.txt", "a.txt", "b.jsonl", "now/h.txt", "sub/c.txt", "sub/deep/d.parquet"]
    assert names(folder, "0_out.txt") == ["0_out.txt"]


def left_out(folder: Path, *patterns: str) -> dict[str, str]:
    found = read.passed_over([str(folder / pattern) for pattern in patterns])
    return {path.relative_to(folder).as_posix(): why for path, why in found}


def test_files_still_being_written_are_named_wherever_they_lie(folder: Path) -> None:
    for name in ("b.jsonl.part", "sub/deep/d.parquet.tmp", ".git/x.part", ".a.txt.tmp", "sub/part"):
        (folder / name).write_text("x")
    found = left_out(folder, "")
    assert list(found) == [".a.txt.tmp", "b.jsonl.part", "f.part", "g.tmp", "sub/deep/d.parquet.tmp"]
    assert set(found.values()) == {"still being written"}
    assert list(left_out(folder, "b.jsonl", "a.txt")) == list(left_out(folder, "*.jsonl")) == ["b.jsonl.part"]
    assert list(left_out(folder, "sub")) == list(left_out(folder, "s*")) == ["sub/deep/d.parquet.tmp"]
    assert left_out(folder, "f.part") == {}


def test_what_is_no_file_is_not_read_and_named(folder: Path) -> None:
    expected = names(folder, "")
    os.mkfifo(folder / "pipe.jsonl")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "sub" / "socket.jsonl"))
    (folder / "loop.jsonl").symlink_to("loop.jsonl")
    (folder / "lost.jsonl").symlink_to("nothing")
    (folder / "passwd.jsonl").symlink_to("/etc/passwd")
    (folder / "etc").symlink_to("/etc")
    (folder / "again").symlink_to("sub")
    (folder / ".hidden.jsonl").symlink_to("nothing")
    assert names(folder, "") == expected
    found = {name: why for name, why in left_out(folder, "").items() if why != "still being written"}
    assert found == {
        "etc": "a link out of its folder",
        "loop.jsonl": "a link that leads nowhere",
        "lost.jsonl": "a link that leads nowhere",
        "passwd.jsonl": "a link out of its folder",
        "pipe.jsonl": "neither a file nor a folder",
        "sub/socket.jsonl": "neither a file nor a folder",
    }
    assert list(left_out(folder, "p*.jsonl", "l*.jsonl")) == ["loop.jsonl", "lost.jsonl", "pipe.jsonl"]
    with pytest.raises(InputError, match=r"pipe\.jsonl: not a regular file"):
        names(folder, "pipe.jsonl")


def test_a_folder_below_that_cannot_be_listed_fails_as_a_file_does(folder: Path) -> None:
    name, depth = "d" * 250, 20  # a path that is longer than the system takes: root may read all others
    here = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir(name, dir_fd=here)
        below = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    (unlisted,) = set(names(folder, "")) - {"_kept.txt", "a.txt", "b.jsonl", "sub/c.txt", "sub/deep/d.parquet"}
    assert set(unlisted.split("/")) == {name}
    reading = read.batches([folder / unlisted], config.Read())
    assert [batch.rejects["reason"].to_pylist() for batch in reading] == [["File name too long"]]
    assert reading.all_failed
    with pytest.raises(InputError, match="no such file or folder"):
        read.inputs([str(folder / unlisted)])


def test_what_is_not_there_is_named(folder: Path) -> None:
    with pytest.raises(InputError, match=r"no such file or folder: .*/gone\.txt, .*/lost$") as caught:
        names(folder, "a.txt", "gone.txt", "lost")
    assert caught.value.exit_code == 2


def test_nothing_at_all(folder: Path) -> None:
    with pytest.raises(InputError, match=r"looked for files in .*\*\.nothing"):
        names(folder, "*.nothing")
    with pytest.raises(InputError, match="looked for files in"):
        names(folder, ".git/nope*")
    with pytest.raises(InputError, match="nothing"):
        read.inputs([])
