"""Stores that many tests begin with, and parts of one."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec

import pyarrow as pa

from pipeline.storage import files, index

__all__ = ["indexed", "made_once"]

Of = ParamSpec("Of")


def made_once(make: Callable[Concatenate[Path, Of], Path]) -> Callable[Concatenate[Path, Of], Path]:
    """A maker of a store and its inputs in a folder, which works once for the same arguments in a process.

    Each call fills its folder with a copy and gives the copy's path, so that a test may do to it what it likes. The inputs
    that a manifest names are not those of the copy.
    """
    made: dict[str, tuple[Path, Path]] = {}

    @wraps(make)
    def copied(folder: Path, *args: Of.args, **kwargs: Of.kwargs) -> Path:
        key = repr((args, kwargs))  # settings hold dictionaries, and say in full what they are
        if key not in made:
            first = Path(tempfile.mkdtemp(prefix="made-once-"))
            atexit.register(shutil.rmtree, first, ignore_errors=True)
            made[key] = first, make(first, *args, **kwargs).relative_to(first)
        first, path = made[key]
        shutil.copytree(first, folder, symlinks=True, dirs_exist_ok=True)
        return folder / path

    return copied


def indexed(texts: pa.Table, folder: Path) -> None:
    """Texts, with as many of their columns as there are, and their index in the folder of a part."""
    with files.writer(files.path_of(folder, "texts"), "texts", texts.schema) as writer:
        writer.write_table(texts)
    index.write(folder, "texts")
