"""The whole `reprints run` beside its core, stage by stage: `make whole [ARTICLES="100000 500000"]`.

The core is what other tools would do of it: from the bodies in a Parquet file to exactly verified clusters, here with the
settings as shipped. Both take all cores and run in turn, each in a process of its own; the page goes to `docs/whole-run.md`.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks import core, ours
from benchmarks.contender import Job, Stopwatch
from pipeline import config

PROCESSES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
SHOWN = 0.05  # of the time: stages of which more is said than their seconds


class Measured(NamedTuple):
    """Seconds in all and by stage, and the most memory of the process tree in bytes."""

    seconds: float
    stages: dict[str, float]
    peak: int


def of_core(path: Path, warm: Path, out: Path) -> None:
    """Do the core on a file, after a small one; the seconds go to `out`."""
    found = {}
    for name, file in (("warm", warm), ("core", path)):
        watch, begun = Stopwatch(), time.perf_counter()
        ours.clusters(Job(str(file), str(file), PROCESSES), config.Config(), watch)
        found[name] = {"seconds": time.perf_counter() - begun, "stages": watch.seconds}
    out.write_text(json.dumps(found["core"]))


def watched(command: list[str]) -> tuple[float, int]:
    """Seconds and the peak of memory of a command's process tree; it has to end well."""
    begun, peak = time.perf_counter(), 0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            peak = max(peak, core.tree_memory(process.pid))
            time.sleep(0.1)
        told = process.stderr.read() if process.stderr else ""
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with exit code {process.returncode}\n{told[-3000:]}")
    return time.perf_counter() - begun, peak


def measure(articles: int, rounds: int, seed: int, folder: Path) -> dict[str, list[Measured]]:
    """Core and whole run in turn, `rounds` times."""
    path, warm, store = core.corpus(folder, articles, seed), core.corpus(folder, 4_000, seed + 1), folder / "store"
    found: dict[str, list[Measured]] = {"core": [], "run": []}
    for number in range(rounds):
        out = folder / "core.json"
        _, peak = watched([sys.executable, "-m", "benchmarks.whole", "--core", str(path), str(warm), str(out)])
        found["core"].append(Measured(**json.loads(out.read_text()), peak=peak))
        shutil.rmtree(store, ignore_errors=True)
        reprints = str(Path(sys.executable).parent / "reprints")
        seconds, peak = watched([reprints, "run", str(path), "--store", str(store)])
        stages = json.loads((store / "current" / "manifest.json").read_text())["seconds"]
        found["run"].append(Measured(seconds, stages, peak))
        shutil.rmtree(store)
        took = ", ".join(f"{name} {of[-1].seconds:.1f} s" for name, of in found.items())
        print(f"{articles:,} articles, round {number + 1}: {took}", flush=True)
    return found


def page(found: dict[int, dict[str, list[Measured]]], command: str) -> str:
    """What was measured, for a person."""
    sizes = sorted(found)
    lines = [
        "# The whole run",
        "",
        "<!-- written by `make whole`: change benchmarks/whole.py instead -->",
        "",
        "`reprints run` on invented news, with the settings as shipped, beside its core alone at the same settings: bodies to",
        "exactly verified clusters. In turn, each in a process of its own; the core without its imports, the run with all that",
        "a user waits for.",
        "",
        "| articles | run, s | core, s | run / core (rounds) | run, peak GB | core, peak GB |",
        "| ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for size in sizes:
        run, bare = found[size]["run"], found[size]["core"]
        ratios = [one.seconds / other.seconds for one, other in zip(run, bare, strict=True)]
        lines.append(
            f"| {size:,} | {median(one.seconds for one in run):.1f} | {median(one.seconds for one in bare):.1f} "
            f"| {median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f}) "
            f"| {max(one.peak for one in run) / 1e9:.2f} | {max(one.peak for one in bare) / 1e9:.2f} |"
        )
    stages = {size: _medians(found[size]["run"]) for size in sizes}
    total = {size: sum(stages[size].values()) for size in sizes}
    lines += [
        "",
        "Where it goes. `clean`, `trace` and `sketch` are done by several processes side by side: theirs are the seconds",
        "of all together.",
        "",
        "| stage | " + " | ".join(f"{size:,}, s" for size in sizes) + (" | growth |" if len(sizes) > 1 else " |"),
        "| --- |" + " ---: |" * (len(sizes) + (len(sizes) > 1)),
    ]
    for name in stages[sizes[0]]:
        row = " | ".join(f"{stages[size].get(name, 0.0):.1f}" for size in sizes)
        large = any(stages[size].get(name, 0.0) > SHOWN * total[size] for size in sizes)
        growth = f" | {stages[sizes[-1]][name] / max(stages[sizes[0]][name], 0.01):.1f}" if large else " | "
        lines.append(f"| {name} | {row}" + (f"{growth} |" if len(sizes) > 1 else " |"))
    day, load = datetime.datetime.now(datetime.UTC), os.getloadavg()[0]
    lines += [
        "",
        f"`{command}`, {day:%Y-%m-%d}, {PROCESSES} cores, load {load:.1f} at the end.",
        "Seconds are of this machine; ratios carry over, roughly.",
        "",
    ]
    return "\n".join(lines)


def _medians(runs: list[Measured]) -> dict[str, float]:
    return {name: median(run.stages[name] for run in runs) for name in runs[0].stages}


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.whole", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--articles", type=int, nargs="+", default=[100_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--folder", type=Path, default=Path("build/bench"), help="corpora and stores")
    parser.add_argument("--out", type=Path, default=Path("docs/whole-run.md"))
    parser.add_argument("--core", type=Path, nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.core:
        of_core(*options.core)
        return
    options.folder.mkdir(parents=True, exist_ok=True)
    found = {n: measure(n, options.rounds, options.seed, options.folder) for n in options.articles}
    sizes = " ".join(map(str, options.articles))
    command = f"python -m benchmarks.whole --articles {sizes} --rounds {options.rounds}"
    options.out.write_text(page(found, command), encoding="utf-8")
    print(f"written: {options.out}")


if __name__ == "__main__":
    main()
