"""Which files are meant by the names, folders and patterns on a command line."""

from __future__ import annotations

import glob
import os
import re
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from pipeline.errors import InputError, MissingInputError

__all__ = ["inputs", "passed_over"]

#: Hidden files, files that are still being written, and the markers that Spark and Hadoop leave beside their parts.
_IGNORED = re.compile(r"\..*|.*\.(?:part|tmp|crc)|_SUCCESS|_temporary|_(?:common_)?metadata|_(?:committed|started)_.*")

#: How the names of files that are still being written end.
_UNFINISHED = (".part", ".tmp")

_HALF = "still being written"
_ABSENT = "a link that leads nowhere"
_OUTSIDE = "a link out of its folder"
_ODD = "neither a file nor a folder"


def inputs(patterns: Sequence[str]) -> list[Path]:
    """The files meant by `patterns`, each once, sorted by path, however they were named.

    A pattern is a file, a folder (with all below it) or a glob (`**` for any depth). In folders and globs, hidden
    files, `*.part`, `*.tmp` and Spark's markers are passed over, and a symbolic link inside a folder counts only when
    it leads to something within that folder. A file named outright is taken as it is.
    Raises `MissingInputError` for a name that is not there, and when nothing is found at all.
    """
    found: list[Path] = []
    missing: list[str] = []
    for pattern in patterns:
        path = Path(pattern)
        mode = _mode(path)
        if stat.S_ISDIR(mode):
            found += _below(path)
        elif stat.S_ISREG(mode):
            found.append(path)
        elif mode:
            raise InputError(f"{pattern}: not a regular file. Name a file, a folder or a pattern.")
        elif glob.has_magic(pattern):
            found += _matches(pattern)
        else:
            missing.append(pattern)
    if missing:
        raise MissingInputError(f"no such file or folder: {', '.join(missing)}")
    if not found:
        raise MissingInputError(
            f"no input: looked for files in {', '.join(patterns) or 'nothing'}"
            " (hidden files, *.part, *.tmp and links that leave their folder do not count)"
        )
    return _distinct(found)


def passed_over(patterns: Sequence[str]) -> list[tuple[Path, str]]:
    """What `inputs` left out although somebody may have meant it, in its folders and beside files, and why; sorted.

    That is what is still being written, links that lead nowhere or out of their folder, pipes, sockets and devices.
    """
    found: dict[Path, str] = {}
    for pattern in patterns:
        is_glob = not os.path.lexists(pattern)
        for path in _globbed(pattern) if is_glob else [Path(pattern)]:
            if path.is_dir():
                found |= _left_out(path)
            elif is_glob and not path.is_file() and not _IGNORED.fullmatch(path.name):
                found[path] = _ABSENT if path.is_symlink() else _ODD
        beside = pattern if is_glob else glob.escape(pattern)
        for ending in _UNFINISHED:
            found |= {path: _HALF for path in _globbed(beside + ending) if path.is_file()}
    return sorted(found.items())


def _left_out(root: Path) -> dict[Path, str]:
    """What of a folder and its subfolders is left out, and why. What is hidden is not, nor folders that cannot be listed."""
    found: dict[Path, str] = {}
    folders, real_root = [root], os.path.realpath(root)
    while folders:
        with suppress(OSError), os.scandir(folder := folders.pop()) as entries:
            for entry in entries:
                path = folder / entry.name
                if entry.name.endswith(_UNFINISHED):
                    found |= {path: _HALF} if entry.is_file() else {}
                elif _IGNORED.fullmatch(entry.name):
                    continue
                elif entry.is_symlink():
                    found |= {} if _is_within(path, real_root) else {path: _OUTSIDE}
                    found |= {} if path.exists() else {path: _ABSENT}
                elif entry.is_dir():
                    folders.append(path)
                elif not entry.is_file():
                    found[path] = _ODD
    return found


def _globbed(pattern: str) -> Iterator[Path]:
    return map(Path, glob.glob(pattern, recursive=True))  # noqa: PTH207 - Path.glob takes no absolute pattern


def _matches(pattern: str) -> Iterator[Path]:
    for path in _globbed(pattern):
        if _IGNORED.fullmatch(path.name):
            continue
        if path.is_dir():
            yield from _below(path)
        elif path.is_file():
            yield path


def _below(root: Path) -> list[Path]:
    """The files of a folder and its subfolders. Linked folders come last, so that a file keeps its own name.

    A subfolder that cannot be listed stands among the files: as one of them it will fail, and by name.
    """
    real_root = os.path.realpath(root)
    files: list[Path] = []
    folders, linked, seen = [root], list[Path](), set[str]()
    while folders or linked:
        folder = folders.pop() if folders else linked.pop(0)
        real = os.path.realpath(folder)
        if real in seen:
            continue
        seen.add(real)
        try:
            entries = _entries(folder)
        except OSError as error:
            if folder == root:
                raise InputError(f"{folder}: cannot be listed: {error.strerror}") from error
            files.append(folder)
            continue
        for entry in entries:
            path, is_link = folder / entry.name, entry.is_symlink()
            if is_link and not _is_within(path, real_root):
                continue
            if path.is_dir() if is_link else entry.is_dir():  # an entry raises where a link leads to itself
                (linked if is_link else folders).append(path)
            elif path.is_file() if is_link else entry.is_file():
                files.append(path)
    return files


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted((one for one in entries if not _IGNORED.fullmatch(one.name)), key=lambda one: one.name)


def _mode(path: Path, *, follow: bool = True) -> int:
    """What lies there; 0 for nothing, and for a name that no file can have."""
    try:
        return path.stat(follow_symlinks=follow).st_mode
    except (OSError, ValueError):
        return 0


def _is_within(path: Path, root: str) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(root)


def _distinct(paths: Sequence[Path]) -> list[Path]:
    """Each real file once, under its own name where it has been named so, sorted."""
    by_file: dict[str, Path] = {}
    for path in sorted(paths, key=lambda path: (stat.S_ISLNK(_mode(path, follow=False)), str(path))):
        by_file.setdefault(os.path.realpath(path), path)
    return sorted(by_file.values(), key=str)
