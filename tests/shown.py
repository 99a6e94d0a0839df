"""What pages of documentation show, and how it is run: console blocks, scripts and sessions."""

from __future__ import annotations

import doctest
import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.S | re.M)


def blocks(page: str, *kinds: str) -> list[str]:
    """The fenced blocks of these kinds, in their order."""
    return [text for kind, text in _BLOCK.findall(page) if kind in kinds]


def commands(page: str) -> list[tuple[str, str]]:
    """Each command of the console blocks with the output shown below it."""
    return [pair for block in blocks(page, "console") for pair in said_in(block)]


def said_in(block: str) -> list[tuple[str, str]]:
    """Each command of a console block with the output shown below it; none in a script."""
    out: list[tuple[str, str]] = []
    for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
        command, _, shown = part.partition("\n")
        out.append((command, shown))
    return out


def run(command: str) -> str:
    """What a command prints, in the root of the project with the environment of `make` first on the path."""
    path = f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "MAKEFLAGS": "--no-print-directory", "PATH": path}
    done = subprocess.run(
        command, shell=True, cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def agree(said: str, shown: str) -> bool:
    """Whether a page shows what was said; `...` stands for whatever it leaves out."""
    parts = map(re.escape, re.split(r"(?:^\.\.\.\n)|\.\.\.", shown.strip(), flags=re.M))
    return re.fullmatch(".*".join(parts), said.strip(), re.S) is not None


def sessions_hold(page: str, name: str) -> bool:
    """Whether the sessions of a page, taken as one, go as shown."""
    session = "\n".join(blocks(page, "pycon"))
    test = doctest.DocTestParser().get_doctest(session, {}, name, name, 0)
    return doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test).failed == 0
