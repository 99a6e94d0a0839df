"""The dedup core side by side with other tools: `python -m benchmarks.core --articles 100000 --rounds 3`.

Every contender does the same job (`contender.Job`) on the same file in a process of its own, in turn, round after
round; the page with medians and ratios is written to `docs/performance.md`. What was found is judged against the truth
of the invented corpus and against an exhaustive search (`judge`), so that nobody is fast by missing pairs. A peer runs
in an environment of its own, which `make bench` sets up; one that cannot be set up or fails is on the page with its reason.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import bounds, generate, judge, page
from benchmarks.contender import Job

__all__ = ["Contender", "Unmeasured", "compare", "contenders", "main"]

_WARM_ARTICLES = 4_000  # two row groups: joined arrays differ in kind from a single one, and have kernels of their own
_BOUNDS_ARTICLES = 20_000
_POLL_SECONDS = 0.1
_PROC = Path("/proc")
_OF_FILE = 30  # times its size: more than any contender takes
_EXACT, _ESTIMATE, _CLUSTERS = "exact pairs", "pairs by estimate", "clusters, unverified"


class Unmeasured(Exception):
    """Why a contender has no figures, in a line for the page."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A name for the page, the module with `run`, the processes or threads it gets, and what its job ends with.

    `environment`: the name of the virtual environment it runs in, empty for the project's own.
    """

    name: str
    module: str
    processes: int
    ends: str = _EXACT
    environment: str = ""


def contenders(cores: int) -> list[Contender]:
    """Ours on all cores; the peers on all cores, and on one where that is how their documentation shows them."""

    def each(tool: str, unit: str, plural: str, ends: str, environment: str = "") -> list[Contender]:
        module = f"benchmarks.peers.{tool}_peer"
        return [
            Contender(f"{tool}, {count} {unit if count == 1 else plural}", module, count, ends, environment)
            for count in sorted({1, cores})
        ]

    return [
        Contender("newswire-reprints", "benchmarks.ours", cores),
        *each("datasketch", "process", "processes", _EXACT),
        Contender("daft", "benchmarks.peers.daft_peer", cores, _CLUSTERS, "daft"),
        *each("gaoya", "thread", "threads", _ESTIMATE, "gaoya"),
        *each("rensa", "process", "processes", _ESTIMATE, "rensa"),
        Contender("text-dedup", "benchmarks.peers.text_dedup_peer", cores, _CLUSTERS, "text-dedup"),
        Contender("datatrove", "benchmarks.peers.datatrove_peer", cores, _CLUSTERS, "datatrove"),
    ]


def corpus(folder: Path, articles: int, seed: int) -> Path:
    """The file of so many invented articles, written if it is not there."""
    path = folder / f"news-{articles}-{seed}.parquet"
    if not path.exists():
        generate.write(path, articles, seed)
    return path


def interpreter(environment: str, folder: Path) -> str:
    """The Python of an environment below `folder`; `Unmeasured` with the reason if it was not set up."""
    if not environment:
        return sys.executable
    home, log = folder / environment, folder / f"{environment}.log"
    if (home / ".installed").exists():
        return str(home / "bin" / "python")
    raise Unmeasured(
        f"could not be installed: {_last_line(log) or 'its environment is missing, make bench sets it up'}"
    )


def measure(contender: Contender, job: Job, out: Path, environments: Path) -> dict[str, Any]:
    """One measurement in a fresh process, with the peak memory of its process tree in bytes."""
    out.with_suffix(".job").write_text(json.dumps(asdict(job)))
    python = interpreter(contender.environment, environments)
    command = [python, "-m", "benchmarks.contender", contender.module, str(out.with_suffix(".job")), str(out)]
    threads = {name: str(contender.processes) for name in ("REPRINTS_THREADS", "RAYON_NUM_THREADS")}
    silence = {"DO_NOT_TRACK": "1", "HF_HUB_OFFLINE": "1"}  # no peer calls home while it is timed
    fetch_memory(Path(job.path))
    peak = 0
    with (
        out.with_suffix(".err").open("w") as errors,
        subprocess.Popen(command, env=os.environ | threads | silence, stderr=errors) as process,
    ):
        while process.poll() is None:
            peak = max(peak, tree_memory(process.pid))
            time.sleep(_POLL_SECONDS)
    if process.returncode:
        sys.stderr.write(out.with_suffix(".err").read_text(errors="replace"))
        raise Unmeasured(f"failed: {_ending(process.returncode, _last_line(out.with_suffix('.err')))}")
    result: dict[str, Any] = json.loads(out.with_suffix(".json").read_text())
    return result | {"peak_bytes": max(peak, result["peak_own_bytes"])}


def _ending(code: int, last: str) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else last or f"exit code {code}"


def _last_line(file: Path) -> str:
    """The last line that says something, without the folder that this machine keeps us in."""
    lines = file.read_text(errors="replace").split("\n") if file.exists() else []
    said = [line.strip() for line in lines if line.strip()]
    return said[-1].replace(f"{Path.cwd()}/", "") if said else ""


def tree_memory(pid: int) -> int:
    """Memory held now by a process and its descendants, in bytes; shared pages count once (Linux), 0 where unknown.

    To count shared pages stops a process for as long as its tables of pages are gone through, so of one that is alone, and
    shares none, its own figure is taken.
    """
    pids, pending = list[int](), [pid]
    while pending:
        pids.append(pending.pop())
        with contextlib.suppress(OSError):  # it has ended meanwhile, or there is no /proc
            pending += [int(child) for task in (_PROC / str(pids[-1]) / "task").iterdir() for child in _children(task)]
    total = 0
    for one in pids:
        with contextlib.suppress(OSError):
            if len(pids) == 1:
                return int((_PROC / str(one) / "statm").read_text().split()[1]) * resource.getpagesize()
            lines = (_PROC / str(one) / "smaps_rollup").read_text().splitlines()
            total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return total


def _children(task: Path) -> list[str]:
    return (task / "children").read_text().split()


def fetch_memory(path: Path) -> None:
    """Have the memory at hand that work on that file may take, whoever ran before it and how long ago.

    A virtual machine gives what is idle back to its host; to fetch it again costs a fast program half as much time again as
    its work, and a slow one nothing to speak of.
    """
    free = os.sysconf("SC_AVPHYS_PAGES") * resource.getpagesize()
    command = f"import numpy; numpy.ones({min(_OF_FILE * path.stat().st_size, free // 2) // 8})"
    subprocess.run([sys.executable, "-c", command], check=True)


def compare(
    field: list[Contender],
    articles: int,
    rounds: int,
    seed: int,
    folder: Path,
    sample: int,
    spared: dict[str, str] | None = None,
) -> page.Comparison:
    """Measure every contender in every round, and judge what each found in the last.

    Ours is first in `field`, and the run ends where it fails; a peer that fails is left out from there on. `spared`:
    contender -> why it is not to be run at all.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path, warm = corpus(folder, articles, seed), corpus(folder, min(articles, _WARM_ARTICLES), seed + 1)
    unmeasured = dict(spared or {})
    runs: dict[str, list[dict[str, Any]]] = {one.name: [] for one in field if one.name not in unmeasured}
    outs = {contender.name: folder / f"outcome-{number}" for number, contender in enumerate(field)}
    for number in range(rounds):
        for contender in field:
            if contender.name in unmeasured:
                continue
            try:
                runs[contender.name].append(_round(contender, path, warm, outs[contender.name], runs, folder))
            except Unmeasured as reason:
                if contender is field[0]:
                    raise
                unmeasured[contender.name] = str(reason)
                del runs[contender.name]
                print(f"round {number + 1}  {contender.name:26} {reason}", flush=True)
                continue
            result = runs[contender.name][-1]
            print(
                f"round {number + 1}  {contender.name:26} {result['wall']:8.2f} s  {result['edges']} pairs", flush=True
            )
    job = Job(str(path), str(warm), field[0].processes)
    reference = judge.Reference.of(path, sample, job)
    verdicts = {name: reference.verdict(judge.load(outs[name])) for name in runs}
    return page.Comparison(
        articles=articles,
        file_bytes=path.stat().st_size,
        job=job,
        runs=runs,
        verdicts=verdicts,
        ends={contender.name: contender.ends for contender in field},
        unmeasured=unmeasured,
        sampled=int(reference.sampled.sum()),
        reference_pairs=len(reference.keys),
    )


def _round(
    contender: Contender, path: Path, warm: Path, out: Path, runs: dict[str, list[dict[str, Any]]], folder: Path
) -> dict[str, Any]:
    result = measure(contender, Job(str(path), str(warm), contender.processes), out, folder / "venvs")
    if result["edges"] != (runs[contender.name] or [result])[0]["edges"]:
        raise Unmeasured("failed: found other pairs than in round 1; was its code changed meanwhile?")
    return result


def too_slow(smaller: page.Comparison, articles: int, patience: float) -> dict[str, str]:
    """Peers that at their pace on fewer would take longer than `patience` seconds a round for so many, and that in words.

    Who was not run on fewer is not run on more either.
    """
    found = {name: why for name, why in smaller.unmeasured.items() if why.startswith("not run")}
    for name, runs in list(smaller.runs.items())[1:]:  # ours is always run
        seconds = median(run["wall"] for run in runs) * articles / smaller.articles
        if seconds > patience:
            pace = f"at its pace on {smaller.articles:,} articles"
            found[name] = f"not run: {pace} it would take {seconds / 60:,.1f} minutes or more a round"
    return found


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.core", description=__doc__)
    parser.add_argument(
        "--articles", type=int, nargs="+", default=[100_000], help="one size or more, the smallest first"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--patience", type=float, default=600, help="seconds a round above which a peer is not run")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--sample", type=int, default=10_000, help="articles of the exhaustive search")
    parser.add_argument("--folder", type=Path, default=Path("build/bench"), help="corpora, environments and outcomes")
    parser.add_argument("--out", type=Path, default=Path("docs/performance.md"))
    options = parser.parse_args()
    field = contenders(_cores())
    comparisons: list[page.Comparison] = []
    for articles in sorted(set(options.articles)):
        spared = too_slow(comparisons[-1], articles, options.patience) if comparisons else {}
        comparisons.append(
            compare(field, articles, options.rounds, options.seed, options.folder, options.sample, spared)
        )
    sizes = " ".join(str(articles) for articles in options.articles)
    command = f"python -m benchmarks.core --articles {sizes} --rounds {options.rounds} --seed {options.seed}"
    descriptions = [page.described(contender.module) for contender in field[1:]]
    found = bounds.measure(corpus(options.folder, _BOUNDS_ARTICLES, options.seed))
    text = page.render(comparisons, command, list(dict.fromkeys(descriptions)), bounds.table(found))
    options.out.write_text(text, encoding="utf-8")
    print(f"written: {options.out}")


if __name__ == "__main__":
    main()
