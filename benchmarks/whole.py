"""The whole `reprints run` beside its core, stage by stage: `make whole [ARTICLES="100000 500000"]`.

The core is what other tools would do of it: from the bodies in a Parquet file to exactly verified clusters, here with the
settings as shipped. Both take all cores and run in turn, each in a process of its own. Likewise a run of a hundred articles
beside the import of the libraries that it stands on, and as many articles that are all one, or nearly, beside ordinary ones.
The page goes to `docs/whole-run.md`.
"""

from __future__ import annotations

import argparse
import datetime
import itertools
import json
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import core, ours
from benchmarks.contender import Job, Stopwatch
from pipeline import config

REPRINTS = str(Path(sys.executable).parent / "reprints")
PROCESSES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
SHOWN = 0.05  # of the time: stages of which more is said than their seconds


class Measured(NamedTuple):
    """Seconds in all and by stage, and the most memory of the process tree in bytes."""

    seconds: float
    stages: dict[str, float]
    peak: int


def of_core(name: str, path: Path, warm: Path, out: Path) -> None:
    """Do the core on a file, after a small one; the seconds go to `out`. `name`: "core", or "job" for that of the peers."""
    for file in (warm, path):
        job, watch, begun = Job(str(file), str(file), PROCESSES), Stopwatch(), time.perf_counter()
        ours.clusters(job, config.Config() if name == "core" else ours.settings(job), watch)
        out.write_text(json.dumps({"seconds": time.perf_counter() - begun, "stages": watch.seconds}))


def watched(command: list[str]) -> tuple[float, int]:
    """Seconds and the peak of memory of a command's process tree; it has to end well."""
    begun, peak = time.perf_counter(), 0
    # As where it was installed: what may not keep compiled modules compiles ours, and of the libraries none, each time.
    users = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=users) as process:
        while process.poll() is None:
            peak = max(peak, core.tree_memory(process.pid))
            time.sleep(0.1)
        told = process.stderr.read() if process.stderr else ""
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with exit code {process.returncode}\n{told[-3000:]}")
    return time.perf_counter() - begun, peak


def measure(articles: int, rounds: int, seed: int, folder: Path) -> dict[str, list[Measured]]:
    """The core at the settings of the peers' job, the core as shipped and the whole run in turn, `rounds` times."""
    path, store = core.corpus(folder, articles, seed), folder / "store"
    warm = core.corpus(folder, min(articles, 4_000), seed + 1)
    found: dict[str, list[Measured]] = {"job": [], "core": [], "run": []}
    for number in range(rounds):
        out = folder / "core.json"
        for name in ("job", "core"):
            command = [sys.executable, "-m", "benchmarks.whole", "--core", name, str(path), str(warm), str(out)]
            core.fetch_memory(path)
            _, peak = watched(command)
            found[name].append(Measured(**json.loads(out.read_text()), peak=peak))
        found["run"].append(of_run(path, store))
        took = ", ".join(f"{name} {of[-1].seconds:.1f} s" for name, of in found.items())
        print(f"{articles:,} articles, round {number + 1}: {took}", flush=True)
    return found


LIBRARIES = "import pandas, pyarrow, pyarrow.parquet, numba, datasketch"


def small(rounds: int, seed: int, folder: Path) -> list[float]:
    """What a run of 100 articles takes beside the import of the libraries, in turn."""
    path, store, ratios = core.corpus(folder, 100, seed), folder / "store", list[float]()
    for _ in range(rounds + 1):  # the first finds the disk cold
        imported, _ = watched([sys.executable, "-c", LIBRARIES])
        shutil.rmtree(store, ignore_errors=True)
        ran, _ = watched([REPRINTS, "run", str(path), "--store", str(store)])
        ratios.append(ran / imported)
    return ratios[1:]


def skewed(path: Path, changed: int) -> Path:
    """The file with one body of median length in every row, but for so many of its words, drawn anew in each."""
    out = path.with_name(f"{path.stem}-one-{changed}.parquet")
    chance = random.Random(1)
    with pq.ParquetFile(path) as file, pq.ParquetWriter(out, file.schema_arrow, compression="zstd") as writer:
        bodies = sorted(file.read_row_group(0, columns=["body"])["body"].to_pylist(), key=len)
        words = bodies[len(bodies) // 2].split(" ")
        for group in range(file.num_row_groups):
            rows, bodies = file.read_row_group(group), []
            for _ in range(rows.num_rows):
                own = words.copy()
                for place in chance.sample(range(len(own)), changed):
                    own[place] = chance.choice(words)
                bodies.append(" ".join(own))
            place = rows.column_names.index("body")
            writer.write_table(rows.set_column(place, rows.schema.field(place), pa.array(bodies, pa.large_string())))
    return out


def skew(articles: int, seed: int, folder: Path) -> dict[str, Measured]:
    """A run over ordinary articles, one over as many that are all the same, one over as many that nearly are."""
    path = core.corpus(folder, articles, seed)
    files = {"ordinary": path, "identical": skewed(path, 0), "nearly identical": skewed(path, 4)}
    return {name: of_run(file, folder / "store") for name, file in files.items()}


def of_run(path: Path, store: Path) -> Measured:
    """A run on an empty store, which is removed again."""
    shutil.rmtree(store, ignore_errors=True)
    core.fetch_memory(path)
    seconds, peak = watched([REPRINTS, "run", str(path), "--store", str(store)])
    stages = json.loads((store / "current" / "manifest.json").read_text())["seconds"]
    shutil.rmtree(store)
    return Measured(seconds, stages, peak)


def page(
    found: dict[int, dict[str, list[Measured]]], ratios: list[float], skews: dict[str, Measured], command: str
) -> str:
    """What was measured, for a person."""
    sizes = sorted(found)
    lines = [
        "# The whole run",
        "",
        "<!-- written by `make whole`: change benchmarks/whole.py instead -->",
        "",
        "`reprints run` on invented news, with the settings as shipped, beside its core alone at the same settings: bodies to",
        "exactly verified clusters. In turn, each in a process of its own; the core without its imports, the run with all that",
        "a user waits for. The job of the peers is that of [performance.md](performance.md): the same core, at a higher cut.",
        "",
        "| articles | run, s | core, s | run / core (rounds) | core / job of the peers | run, peak GB | core, peak GB |",
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for size in sizes:
        run, bare = found[size]["run"], found[size]["core"]
        times = [one.seconds / other.seconds for one, other in zip(run, bare, strict=True)]
        wider = [one.seconds / other.seconds for one, other in zip(bare, found[size]["job"], strict=True)]
        lines.append(
            f"| {size:,} | {median(one.seconds for one in run):.1f} | {median(one.seconds for one in bare):.1f} "
            f"| {median(times):.1f} ({min(times):.1f} to {max(times):.1f}) | {median(wider):.2f} "
            f"| {max(one.peak for one in run) / 1e9:.2f} | {max(one.peak for one in bare) / 1e9:.2f} |"
        )
    for least, most in itertools.pairwise(sizes):
        low, high = (max(one.peak for one in found[size]["core"]) for size in (least, most))
        slope = (high - low) / (most - least) / 1e3
        lines += ["", f"From {least:,} to {most:,} articles the core holds {slope:.2f} kB more for each."]
    stages = {size: _medians(found[size]["run"]) for size in sizes}
    total = {size: sum(stages[size].values()) for size in sizes}
    growth_of = f"growth at {sizes[-1] / sizes[0]:g} times the articles"
    lines += [
        "",
        "Where it goes. `clean`, `trace` and `sketch` are done by several processes side by side: theirs are the seconds",
        "of all together. Of many articles clusters are formed bin by bin (`cut`, `form`, `tell`), of fewer all at once",
        "(`cluster` to `excerpt`).",
        "",
        "| stage | " + " | ".join(f"{size:,}, s" for size in sizes) + (f" | {growth_of} |" if len(sizes) > 1 else " |"),
        "| --- |" + " ---: |" * (len(sizes) + (len(sizes) > 1)),
    ]
    for name in dict.fromkeys(name for size in sizes for name in stages[size]):
        found_at = [stages[size].get(name) for size in sizes]
        row = " | ".join("–" if seconds is None else f"{seconds:.1f}" for seconds in found_at)
        large = any((seconds or 0.0) > SHOWN * total[size] for size, seconds in zip(sizes, found_at, strict=True))
        first, last = found_at[0], found_at[-1]
        growth = f"{last / max(first, 0.01):.1f}" if large and first is not None and last is not None else ""
        lines.append(f"| {name} | {row} |" + (f" {growth} |" if len(sizes) > 1 else ""))
    lines += [
        "",
        f"A run of 100 articles takes {median(ratios):.1f} times as long as `{LIBRARIES}` alone ({min(ratios):.1f} to"
        f" {max(ratios):.1f}).",
        "",
        f"| {sizes[0]:,} articles | seconds | beside ordinary ones | peak GB |",
        "| --- | ---: | ---: | ---: |",
    ]
    for name, one in skews.items():
        ratio = one.seconds / skews["ordinary"].seconds
        lines.append(f"| {name} | {one.seconds:.1f} | {ratio:.2f} | {one.peak / 1e9:.2f} |")
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
    parser.add_argument("--core", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.core:
        of_core(options.core[0], *map(Path, options.core[1:]))
        return
    options.folder.mkdir(parents=True, exist_ok=True)
    found = {n: measure(n, options.rounds, options.seed, options.folder) for n in options.articles}
    ratios = small(options.rounds, options.seed, options.folder)
    skews = skew(options.articles[0], options.seed, options.folder)
    sizes = " ".join(map(str, options.articles))
    command = f"python -m benchmarks.whole --articles {sizes} --rounds {options.rounds}"
    options.out.write_text(page(found, ratios, skews, command), encoding="utf-8")
    print(f"written: {options.out}")


if __name__ == "__main__":
    main()
