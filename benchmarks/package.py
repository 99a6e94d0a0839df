"""The packages as a stranger gets them: `make package`.

An sdist is built, and a wheel from that sdist alone. Both must hold every file that they should. The wheel goes into a fresh
virtual environment with what it asks for and nothing else, and its command is tried in an empty folder: version, settings,
help, the bundled wire day as it lies in the sdist, every invariant of the store. What is not as it should be ends with exit
code 1.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[1]
OUT = ROOT / "build" / "package"
#: Below the root; what else a folder may hold (caches, what an editor left) is not of the project.
SHIPPED = ("pipeline", "configs", "tests", "benchmarks", "docs")
BESIDE = ("Makefile", "README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "pyproject.toml")


class WrongError(Exception):
    """A package is not as it should be."""


def files(folder: str, root: Path = ROOT) -> set[str]:
    """The files of a folder of the project, by their path below its root; without what Python leaves there."""
    below = (path for path in (root / folder).rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix() for path in below if "__pycache__" not in path.parts}


def expected_of(package: str) -> set[str]:
    """What a `wheel` or an `sdist` of the project must hold."""
    return files("pipeline") if package == "wheel" else set(BESIDE).union(*map(files, SHIPPED))


def missing(wanted: Iterable[str], archive: Path) -> list[str]:
    """Those files that are not in a wheel or sdist; the latter has them below a folder of its own name."""
    if archive.suffix == ".whl":
        held = set(zipfile.ZipFile(archive).namelist())
    else:
        with tarfile.open(archive) as sdist:
            held = {name.partition("/")[2] for name in sdist.getnames()}
    return sorted(set(wanted) - held)


def ran(*command: str | Path, cwd: Path | None = None) -> str:
    """What a command prints; `WrongError` with what it said if it fails. It knows nothing of the checkout it is tried from."""
    told = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    words = [str(part) for part in command]
    done = subprocess.run(words, cwd=cwd, env=told, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode:
        raise WrongError(f"{' '.join(words)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def built() -> tuple[Path, Path]:
    """The wheel and the sdist, built anew and looked into."""
    shutil.rmtree(OUT, ignore_errors=True)
    ran(sys.executable, "-m", "build", "--outdir", OUT, ROOT)
    (wheel,), (sdist,) = OUT.glob("*.whl"), OUT.glob("*.tar.gz")
    for package, archive in (("wheel", wheel), ("sdist", sdist)):
        if lacks := missing(expected_of(package), archive):
            raise WrongError(f"{archive.name} lacks {len(lacks)} files: {', '.join(lacks[:5])}")
    return wheel, sdist


def installed(wheel: Path) -> Path:
    """The folder of the commands of a fresh environment that has the wheel, and what it asks for."""
    venv.create(OUT / "venv", with_pip=True)
    commands = OUT / "venv" / "bin"
    ran(commands / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel)
    ran(commands / "python", "-m", "pip", "check", "--disable-pip-version-check")
    return commands


def tried(commands: Path, source: Path) -> list[str]:
    """What a user does first, in an empty folder; a line for each that went well."""
    reprints, folder = commands / "reprints", OUT / "elsewhere"
    folder.mkdir()
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    golden = source / "tests" / "golden"

    def must_say(words: str, *arguments: str | Path) -> str:
        said = ran(reprints, *arguments, cwd=folder)
        if words not in said:
            raise WrongError(f"reprints {' '.join(map(str, arguments))} does not say {words!r}, but\n{said}")
        return f"reprints {arguments[0]}: {words.splitlines()[0]}"

    where = Path(ran(commands / "python", "-c", "import pipeline; print(pipeline.__file__)", cwd=folder).strip())
    if OUT / "venv" not in where.parents:
        raise WrongError(f"the package is taken from {where}, not from the fresh environment")
    return [
        must_say(f"version {version}", "--version"),
        must_say((source / "configs" / "default.toml").read_text(encoding="utf-8"), "config"),
        must_say("--out FILE", "report", "--help"),
        must_say("79 articles in the store make 38 clusters", "run", golden / "wire-day", "--store", "store",
                 "--config", golden / "wire-day.toml"),
        must_say("c-ap-7c41e0", "explain", "hc-ferry-breakwater", "--store", "store"),
        must_say("2026-03-09.1", "verify-store", "--store", "store"),
    ]  # fmt: skip


def main() -> int:
    """Build, look, install, try."""
    try:
        wheel, sdist = built()
        print(f"{sdist.name}: {sdist.stat().st_size / 1e6:.1f} MB\n{wheel.name}: {wheel.stat().st_size / 1e6:.1f} MB")
        with tarfile.open(sdist) as archive:
            archive.extractall(OUT, filter="data")
        print("\n".join(tried(installed(wheel), OUT / sdist.name.removesuffix(".tar.gz"))))
    except WrongError as error:
        print(f"the packages are not as they should be: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
