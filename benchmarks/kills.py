"""Runs that are killed at any moment: `make kills [KILLS=200]`.

A store with one night receives a second. The process is killed (SIGKILL) after a time drawn evenly over the length of an
undisturbed run; every tenth run reads with several processes, which takes longer to begin. Then the store must still be sound
(`reprints verify-store`) and hold either the old run or the new one; the same command again must end well, with every table
of the same bytes as undisturbed. Seeded, so that a failure can be repeated.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

GOLDEN = Path(__file__).parents[1] / "tests" / "golden"
SEVERAL = 2  # processes
REPRINTS = (str(Path(sys.executable).parent / "reprints"),)


def split(folder: Path) -> tuple[Path, Path]:
    """The wire day as two nights: the late crawl and the pages come in the second."""
    nights = folder / "first", folder / "second"
    for night in nights:
        night.mkdir()
    for entry in sorted((GOLDEN / "wire-day").iterdir()):
        night = nights[entry.name in {"crawl-late.jsonl", "pages"}]
        (shutil.copytree if entry.is_dir() else shutil.copy)(entry, night / entry.name)
    return nights


def configured(folder: Path) -> None:
    """The settings of the wire day, with batches so small that they go to as many processes as there are."""
    text = (GOLDEN / "wire-day.toml").read_text(encoding="utf-8").replace('"wire-day', f'"{GOLDEN}/wire-day')
    for processes in (1, SEVERAL):
        settings = f"{text}\n[read]\nbatch_rows = 8\n[run]\nprocesses = {processes}\n"
        (folder / f"kills-{processes}.toml").write_text(settings, encoding="utf-8")


def command(night: Path, store: Path, processes: int = 1) -> list[str]:
    config = store.parent / f"kills-{processes}.toml"
    return [*REPRINTS, "run", str(night), "--store", str(store), "--config", str(config)]


def digest(store: Path) -> dict[str, str]:
    """The bytes of each table of the newest run."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((store / "current").glob("*.parquet"))
    }


def quietly(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(arguments, capture_output=True, text=True, check=False)


def kill(command: list[str], after: float) -> bool:
    """Start the run and kill it after that many seconds; whether it was still running."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            process.wait(after)
        except subprocess.TimeoutExpired:
            process.kill()
            return True
    return False


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory(prefix="reprints-kills-") as name:
        folder = Path(name)
        first, second = split(folder)
        configured(folder)
        quietly(command(first, folder / "base"))
        old, new, lengths = digest(folder / "base"), dict[str, str](), dict[int, float]()
        for processes in (SEVERAL, 1):
            shutil.rmtree(folder / "whole", ignore_errors=True)
            shutil.copytree(folder / "base", folder / "whole", symlinks=True)
            begun = time.perf_counter()
            assert quietly(command(second, folder / "whole", processes)).returncode == 0
            lengths[processes] = time.perf_counter() - begun
            assert digest(folder / "whole") == (new or digest(folder / "whole"))
            new = digest(folder / "whole")
        assert old != new
        seen: Counter[str] = Counter()
        for number in range(options.kills):
            store = folder / "store"
            shutil.rmtree(store, ignore_errors=True)
            shutil.copytree(folder / "base", store, symlinks=True)
            processes = SEVERAL if number % 10 == 0 else 1
            after = chance.uniform(0, 1.05 * lengths[processes])
            killed = kill(command(second, store, processes), after)
            checked = quietly([*REPRINTS, "verify-store", "--store", str(store)])
            left = digest(store)
            begun = time.perf_counter()
            again = quietly(command(second, store))
            if left == old:  # so long a run takes now, whoever else uses the machine
                lengths = {of: length * (time.perf_counter() - begun) / lengths[1] for of, length in lengths.items()}
            outcome = {
                "torn": checked.returncode != 0 or left not in (old, new),
                "lost": again.returncode != 0 or digest(store) != new,
            }
            for fault in (fault for fault, found in outcome.items() if found):
                print(f"kill {number} after {after:.3f} s: {fault}\n{checked.stdout}{again.stderr}", file=sys.stderr)
                seen[fault] += 1
            seen["killed" if killed else "ended before"] += 1
            seen["published the new run all the same" if killed and left == new else "left the old run"] += killed
            if (number + 1) % 20 == 0 or number + 1 == options.kills:
                counts = ", ".join(f"{count} {what}" for what, count in seen.items())
                print(f"{number + 1} runs of {lengths[1]:.1f} s: {counts}", flush=True)
    return 1 if seen["torn"] or seen["lost"] else 0


if __name__ == "__main__":
    sys.exit(main())
