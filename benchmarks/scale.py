"""A run on Spark beside one on this machine: `make scale [ARTICLES="20000 60000"]`.

The cluster is a real one of two executors with a core each, on this machine (`local-cluster[2,1,...]`): what it costs to spread
the work, how that grows, and what goes over the network are seen on it; what many machines gain is not. The tables of both have
to be the same, row for row. The page goes to `docs/scale.md`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import core
from benchmarks.whole import REPRINTS, watched
from pipeline import schema
from pipeline.storage.store import Store

TASKS = 16  # about, in which the file is read
CONFIG = """
[audit]
singletons = "off"
[spark]
master = "local-cluster[2,1,{memory}]"
partitions = 16
split_mb = {split}
[spark.conf]
"spark.executor.memory" = "{memory}m"
"spark.eventLog.enabled" = "true"
"spark.eventLog.dir" = "file://{events}"
"spark.eventLog.compress" = "false"
"""


class Job(NamedTuple):
    """What a job on the cluster was for, the seconds that its tasks took together, and the bytes that went between them."""

    name: str
    seconds: float
    shuffled: int


class Measured(NamedTuple):
    """Seconds and peak memory of both engines, the jobs of the cluster, and what each stage took there as the driver saw it."""

    articles: int
    here: tuple[float, int]
    there: tuple[float, int]
    jobs: list[Job]
    stages: dict[str, float]


def measure(articles: int, memory: int, seed: int, folder: Path) -> Measured:
    night = core.corpus(folder, articles, seed)
    events, told = folder / "events", folder / "scale.toml"
    for old in (events, folder / "here", folder / "there"):
        shutil.rmtree(old, ignore_errors=True)
    events.mkdir(parents=True)
    split = round(night.stat().st_size / TASKS / (1 << 20), 3)
    told.write_text(CONFIG.format(memory=memory, events=events.resolve(), split=split), encoding="utf-8")
    found = []
    for name, engine in (("here", "local"), ("there", "spark")):
        command = [
            REPRINTS,
            "run",
            str(night),
            "--store",
            str(folder / name),
            "--config",
            str(told),
            "--engine",
            engine,
        ]
        found.append(watched(command))
        print(f"{articles:,} articles, {engine}: {found[-1][0]:.0f} s", flush=True)
    _ensure_same(Store(folder / "here"), Store(folder / "there"))
    return Measured(articles, *found, list(_jobs(events)), Store(folder / "there").manifest()["seconds"])


def _ensure_same(here: Store, there: Store) -> None:
    for name in schema.PUBLISHED:
        one, other = here.table(name), there.table(name)
        if not one.combine_chunks().equals(other.combine_chunks()):
            raise SystemExit(f"{name} is not the same: {one.num_rows} and {other.num_rows} rows")
    print("every table is the same, row for row", flush=True)


def _jobs(events: Path) -> Iterator[Job]:
    """The jobs of the log that Spark keeps of itself, those of one name together."""
    names, seconds, shuffled = dict[int, str](), defaultdict[str, float](float), defaultdict[str, int](int)
    for file in sorted(path for path in events.rglob("*") if path.is_file() and not path.name.startswith(".")):
        for line in file.open(encoding="utf-8"):
            event: dict[str, Any] = json.loads(line) if line.startswith("{") else {}
            if event.get("Event") == "SparkListenerJobStart":
                told = event.get("Properties", {}).get("spark.job.description", "")
                names |= dict.fromkeys(event["Stage IDs"], told.removeprefix("reprints: "))
            elif event.get("Event") == "SparkListenerTaskEnd":
                name, metrics = names.get(event["Stage ID"], ""), event.get("Task Metrics") or {}
                seconds[name] += metrics.get("Executor Run Time", 0) / 1000
                shuffled[name] += metrics.get("Shuffle Write Metrics", {}).get("Shuffle Bytes Written", 0)
    yield from (Job(name, seconds[name], shuffled[name]) for name in seconds)


def page(measured: list[Measured], memory: int, command: str) -> str:
    lines = [
        "# Spark beside one machine",
        "",
        "<!-- written by `make scale`: change benchmarks/scale.py instead -->",
        "",
        f"`{command}`: invented news in one Parquet file, with the settings as shipped; on this machine, and on a cluster of",
        f"two executors of {memory} MB with a core each, on this machine, too. All tables were the same, row for row.",
        "",
        "| articles | here, s | there, s | here, peak GB | there, peak GB (driver, cluster and workers) |",
        "| ---: | ---: | ---: | ---: | ---: |",
    ]
    for one in measured:
        peaks = (f"{peak / 1e9:.1f}" for _, peak in (one.here, one.there))
        lines.append(f"| {one.articles:,} | {one.here[0]:.0f} | {one.there[0]:.0f} | {' | '.join(peaks)} |")
    most = measured[-1]
    lines += ["", f"## What goes on at {most.articles:,} articles", ""]
    lines += ["| job | task seconds | ms an article | shuffled bytes an article |", "| --- | ---: | ---: | ---: |"]
    for job in sorted(most.jobs, key=lambda job: -job.seconds):
        each = 1000 * job.seconds / most.articles
        lines.append(f"| {job.name} | {job.seconds:.1f} | {each:.2f} | {job.shuffled / most.articles:,.0f} |")
    lines += ["", "What the driver saw, stage by stage:", "", "| stage | s |", "| --- | ---: |"]
    lines += [f"| {name} | {seconds:.1f} |" for name, seconds in most.stages.items() if seconds >= 0.05]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--articles", type=int, nargs="+", default=[20_000, 60_000])
    parser.add_argument("--memory", type=int, default=1_024, help="MB of an executor")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--folder", type=Path, default=Path("build/scale"))
    parser.add_argument("--out", type=Path, default=Path("docs/scale.md"))
    given = parser.parse_args()
    measured = [measure(articles, given.memory, given.seed, given.folder) for articles in sorted(given.articles)]
    command = f'make scale ARTICLES="{" ".join(map(str, given.articles))}"'
    given.out.write_text(page(measured, given.memory, command), encoding="utf-8")
    print(f"written to {given.out}")


if __name__ == "__main__":
    sys.exit(main())
