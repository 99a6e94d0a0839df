"""Which files are meant by the names, folders and patterns on a command line."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.errors import InputError, MissingInputError

__all__ = ["inputs", "unfinished"]

#: Hidden files, files that are still being written, and the markers that Spark and Hadoop leave beside their parts.
_IGNORED = re.compile(r"\..*|.*\.(?:part|tmp|crc)|_SUCCESS|_temporary|_(?:common_)?metadata|_(?:committed|started)_.*")

#: How the names of files that are still being written end.
_UNFINISHED = (".part", ".tmp")


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
        if path.is_dir():
            found += _below(path)
        elif path.is_file():
            found.append(path)
        elif path.exists():
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


def unfinished(patterns: Sequence[str]) -> list[Path]:
    """The files that `inputs` passed over because they are still being written, sorted: in its folders, and beside files."""
    found: set[Path] = set()
    for pattern in patterns:
        for folder, subfolders, names in os.walk(pattern):  # of a file or a glob: nothing
            subfolders[:] = [name for name in subfolders if not _IGNORED.fullmatch(name)]
            found.update(Path(folder, name) for name in names if name.endswith(_UNFINISHED))
        beside = glob.escape(pattern) if Path(pattern).exists() else pattern
        found.update(path for ending in _UNFINISHED for path in _globbed(beside + ending) if path.is_file())
    return sorted(found)


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
    """The files of a folder and its subfolders. Linked folders come last, so that a file keeps its own name."""
    real_root = root.resolve()
    files: list[Path] = []
    folders, linked, seen = [root], list[Path](), set[Path]()
    while folders or linked:
        folder = folders.pop() if folders else linked.pop(0)
        real = folder.resolve()
        if real in seen:
            continue
        seen.add(real)
        for path in _entries(folder):
            is_link = path.is_symlink()
            if is_link and not path.resolve().is_relative_to(real_root):
                continue
            if path.is_dir():
                (linked if is_link else folders).append(path)
            elif path.is_file():
                files.append(path)
    return files


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if not _IGNORED.fullmatch(path.name))
    except OSError as error:
        raise InputError(f"{folder}: cannot be listed: {error.strerror}") from error


def _distinct(paths: Sequence[Path]) -> list[Path]:
    """Each real file once, under its own name where it has been named so, sorted."""
    by_file: dict[str, Path] = {}
    for path in sorted(paths, key=lambda path: (path.is_symlink(), str(path))):
        by_file.setdefault(os.path.realpath(path), path)
    return sorted(by_file.values(), key=str)
