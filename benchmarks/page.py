"""The page of results: `docs/performance.md`, written from the figures alone."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.contender import Job
from benchmarks.judge import Verdict

__all__ = ["Comparison", "render"]

Runs = list[dict[str, Any]]

_PACKAGES = ("newswire-reprints", "datasketch", "numba", "numpy", "pyarrow")


@dataclass(frozen=True, slots=True)
class Comparison:
    """All figures of a side-by-side run.

    `runs`: contender -> its measurements, one a round, ours first; `verdicts`: contender -> how right it was.
    `sampled`, `reference_pairs`: articles of the exhaustive search and the pairs it found.
    """

    articles: int
    file_bytes: int
    job: Job
    runs: dict[str, Runs]
    verdicts: dict[str, Verdict]
    sampled: int
    reference_pairs: int


def render(comparison: Comparison, command: str) -> str:
    """The page as Markdown."""
    sections = (_headline, _times, _steps, _verdicts, _job)
    return "\n\n".join([*(section(comparison) for section in sections), _machine(comparison, command)]) + "\n"


def _median(runs: Runs, key: str) -> float:
    return float(median(run[key] for run in runs))


def _table(head: list[str], rows: list[list[str]]) -> str:
    rule = ["---"] + ["---:"] * (len(head) - 1)
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, rule, *rows))


def _headline(comparison: Comparison) -> str:
    (_, ours), *peers = comparison.runs.items()
    ratios = [
        f"**{_median(runs, 'wall') / _median(ours, 'wall'):.1f} times** as fast as {name}" for name, runs in peers
    ]
    memory = min(_median(runs, "peak_bytes") for _, runs in peers) / _median(ours, "peak_bytes")
    return (
        "# Performance\n\n<!-- written by `make bench`: change benchmarks/page.py instead -->\n\n"
        f"From the body column of a Parquet file to exactly verified clusters, {comparison.articles:,} articles: "
        f"{', '.join(ratios)}, with 1/{memory:.1f} of the memory. Same file, same shingles, same number of permutations, "
        "same bands, same cut, one machine, side by side."
    )


def _times(comparison: Comparison) -> str:
    ours = next(iter(comparison.runs.values()))
    rows = []
    for name, runs in comparison.runs.items():
        walls = [run["wall"] for run in runs]
        ratios = [run["wall"] / own["wall"] for run, own in zip(runs, ours, strict=True)]
        cells = [name, f"{median(walls):.2f}", f"{min(walls):.2f} to {max(walls):.2f}"]
        cells += [f"{comparison.articles / median(walls):,.0f}", f"{median(walls) / _median(ours, 'wall'):.1f}"]
        cells += [f"{min(ratios):.1f} to {max(ratios):.1f}", f"{_median(runs, 'cpu'):.1f}"]
        cells += [f"{_median(runs, 'cpu') / _median(ours, 'cpu'):.1f}", f"{_median(runs, 'peak_bytes') / 1e9:.2f}"]
        cells += [f"{_median(runs, 'import'):.1f}", f"{_median(runs, 'warm'):.1f}"]
        rows.append(cells)
    head = ["", "seconds", "all rounds", "articles/s", "ratio", "all rounds", "CPU s", "CPU ratio", "peak GB"]
    head += ["import s", "warm-up s"]
    return (
        f"## Time and memory\n\n{_table(head, rows)}\n\n"
        "Medians over the rounds; each measurement is a fresh process, the contenders in turn. `seconds` runs from "
        "opening the file to the cluster labels, after the imports and after one run over a small file that loads the "
        "compiled kernels from numba's cache (or, the very first time, compiles them); those two are beside it. `CPU s` "
        "is processor time of all threads and processes: it suffers least where others use the machine. The "
        "peak is that of the whole process tree, shared pages counted once, sampled ten times a second."
    )


def _steps(comparison: Comparison) -> str:
    blocks = []
    for name, runs in comparison.runs.items():
        steps = ", ".join(f"{step} {median(run['steps'][step] for run in runs):.2f}" for step in runs[0]["steps"])
        blocks.append(f"- {name}: {steps}")
    return "Seconds by step:\n\n" + "\n".join(blocks)


def _verdicts(comparison: Comparison) -> str:
    rows = []
    for name, verdict in comparison.verdicts.items():
        last = comparison.runs[name][-1]
        cells = [
            name,
            f"{last['candidates']:,}",
            f"{last['edges']:,}",
            f"{verdict.recall:.4f}",
            f"{verdict.precision:.4f}",
        ]
        cells += [f"{verdict.truth_recall:.3f}", f"{verdict.truth_precision:.4f}"]
        cells += [f"{verdict.false} of {verdict.checked:,}", f"{verdict.worst:.1e}", f"{verdict.groups:,}"]
        rows.append(cells)
    head = ["", "candidates", "pairs", "recall", "precision", "truth recall", "truth precision"]
    head += ["below the cut", "largest error", "clusters"]
    return (
        f"## Was it right\n\n{_table(head, rows)}\n\n"
        f"Recall and precision of pairs: against an exhaustive search among {comparison.sampled:,} articles (whole "
        f"stories, drawn at random), which found {comparison.reference_pairs:,} pairs at the cut by an inverted index "
        "over the shingles as strings. Which pairs near the cut are missed is the luck of the hashes, and a large group "
        "is missed or found nearly as one: compare recall together with the number of pairs. The truth "
        "is the story that each invented article was made from; its recall is low by design, "
        "because many reprints are cut to where no Jaccard of this height is left. `below the cut`: reported pairs, "
        "drawn at random, whose Jaccard was computed again from Python sets of strings; `largest error`: "
        "how far a reported Jaccard lay from that one (32-bit shingle hashes collide)."
    )


def _job(comparison: Comparison) -> str:
    job = comparison.job
    per_article = comparison.file_bytes / comparison.articles / 1e3
    return (
        "## The job\n\n"
        f"Shingles of {job.shingle_words} words (runs of Unicode word characters, lower case); {job.permutations} "
        f"permutations of the scheme affine32; {job.bands} bands of {job.rows}; every pair that shares a band compared "
        f"exactly; pairs of a Jaccard of at least {job.cut} are edges, and clusters are made of edges. Ours has its "
        "other rules off (second candidate path, containment, figures, time window, cap on large buckets), so that the "
        "work is the same; it still groups around anchors and finds the longest passage of each pair, which the peer "
        "does not. The peer is tuned as far as its API goes: see `benchmarks/peers/datasketch_peer.py`.\n\n"
        "The corpus is invented by `benchmarks/generate.py`: lengths lognormal around 400 words, words by Zipf's law, "
        "recurring phrases, furniture of 307 publishers, 35 % of the articles reprints in groups of heavy-tailed size, "
        f"cut from the bottom, added to, and edited word by word; {per_article:.1f} kB an article in the file (zstd)."
    )


def _machine(comparison: Comparison, command: str) -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    load = max(run["load"] for runs in comparison.runs.values() for run in runs)
    rounds = len(next(iter(comparison.runs.values())))
    return (
        "## Where and when\n\n"
        f"- `{command}` ({rounds} rounds)\n"
        f"- {datetime.now(UTC):%Y-%m-%d}, {_cpu()}, {os.cpu_count()} cores, {_memory()}, {platform.system()}\n"
        f"- Python {platform.python_version()}, {packages}\n"
        f"- highest load average at the end of a measurement: {load:.1f}\n\n"
        "Seconds are of this machine; the ratios carry over, roughly."
    )


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    models = [line.split(":", 1)[1].strip() for line in _lines(info) if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


def _memory() -> str:
    total = [int(line.split()[1]) for line in _lines(Path("/proc/meminfo")) if line.startswith("MemTotal")]
    return f"{total[0] / 2**20:.0f} GB" if total else "memory unknown"


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []
