"""The dedup core side by side with datasketch: `python -m benchmarks.core --articles 100000 --rounds 3`.

Every contender does the same job (`contender.Job`) on the same file in a process of its own, in turn, round after
round; the page with medians and ratios is written to `docs/performance.md`. What was found is judged against the truth
of the invented corpus and against an exhaustive search (`judge`), so that nobody is fast by missing pairs.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks import generate, judge, page
from benchmarks.contender import Job

__all__ = ["Contender", "compare", "contenders", "main"]

_WARM_ARTICLES = 2_000
_POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Contender:
    """A name for the page, the module with `run`, and the processes or threads it gets."""

    name: str
    module: str
    processes: int


def contenders(cores: int) -> list[Contender]:
    """Ours on all cores; the peer as its documentation shows it, and on all cores."""
    ours = Contender("newswire-reprints", "benchmarks.ours", cores)
    peer = "benchmarks.peers.datasketch_peer"
    single = Contender("datasketch, 1 process", peer, 1)
    return [ours, single] if cores == 1 else [ours, single, Contender(f"datasketch, {cores} processes", peer, cores)]


def corpus(folder: Path, articles: int, seed: int) -> Path:
    """The file of so many invented articles, written if it is not there."""
    path = folder / f"news-{articles}-{seed}.parquet"
    if not path.exists():
        generate.write(path, articles, seed)
    return path


def measure(contender: Contender, job: Job, out: Path) -> dict[str, Any]:
    """One measurement in a fresh process, with the peak memory of its process tree in bytes."""
    out.with_suffix(".job").write_text(json.dumps(asdict(job)))
    command = [sys.executable, "-m", "benchmarks.contender", contender.module, str(out.with_suffix(".job")), str(out)]
    environment = os.environ | {"REPRINTS_THREADS": str(contender.processes)}
    peak = 0
    with subprocess.Popen(command, env=environment) as process:
        while process.poll() is None:
            peak = max(peak, tree_memory(process.pid))
            time.sleep(_POLL_SECONDS)
    if process.returncode:
        raise RuntimeError(f"{contender.name} ended with exit code {process.returncode}; its message is above")
    result: dict[str, Any] = json.loads(out.with_suffix(".json").read_text())
    return result | {"peak_bytes": max(peak, result["peak_own_bytes"])}


def tree_memory(pid: int) -> int:
    """Memory held now by a process and its descendants, in bytes; shared pages count once (Linux), 0 where unknown."""
    total, pending = 0, [pid]
    while pending:
        folder = Path("/proc") / str(pending.pop())
        try:
            lines = (folder / "smaps_rollup").read_text().splitlines()
            pending += [int(child) for task in (folder / "task").iterdir() for child in _children(task)]
        except OSError:  # it has ended meanwhile, or there is no /proc
            continue
        total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return total


def _children(task: Path) -> list[str]:
    return (task / "children").read_text().split()


def compare(articles: int, rounds: int, seed: int, folder: Path, sample: int) -> page.Comparison:
    """Measure every contender in every round, and judge what each found in the last."""
    folder.mkdir(parents=True, exist_ok=True)
    path, warm = corpus(folder, articles, seed), corpus(folder, min(articles, _WARM_ARTICLES), seed + 1)
    field = contenders(_cores())
    runs: dict[str, list[dict[str, Any]]] = {contender.name: [] for contender in field}
    outs = {contender.name: folder / f"outcome-{number}" for number, contender in enumerate(field)}
    job = Job(str(path), str(warm), 1)
    for number in range(rounds):
        for contender in field:
            job = Job(str(path), str(warm), contender.processes)
            result = measure(contender, job, outs[contender.name])
            runs[contender.name].append(result)
            if result["edges"] != runs[contender.name][0]["edges"]:
                raise RuntimeError(
                    f"{contender.name} found other pairs than in round 1: was its code changed meanwhile?"
                )
            print(
                f"round {number + 1}  {contender.name:26} {result['wall']:8.2f} s  {result['edges']} pairs", flush=True
            )
    reference = judge.Reference.of(path, sample, job)
    verdicts = {name: reference.verdict(judge.load(out)) for name, out in outs.items()}
    sampled, pairs = int(reference.sampled.sum()), len(reference.keys)
    return page.Comparison(articles, path.stat().st_size, job, runs, verdicts, sampled, pairs)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.core", description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--sample", type=int, default=10_000, help="articles of the exhaustive search")
    parser.add_argument("--folder", type=Path, default=Path("build/bench"), help="corpora and outcomes")
    parser.add_argument("--out", type=Path, default=Path("docs/performance.md"))
    options = parser.parse_args()
    comparison = compare(options.articles, options.rounds, options.seed, options.folder, options.sample)
    command = f"python -m benchmarks.core --articles {options.articles} --rounds {options.rounds} --seed {options.seed}"
    text = page.render(comparison, command)
    options.out.write_text(text, encoding="utf-8")
    print(f"written: {options.out}")


if __name__ == "__main__":
    main()
