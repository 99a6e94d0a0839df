"""The page of results: `docs/performance.md`, written from the figures alone."""

from __future__ import annotations

import ast
import math
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

__all__ = ["Comparison", "described", "render"]

Runs = list[dict[str, Any]]

_PACKAGES = ("newswire-reprints", "numba", "numpy", "pyarrow")


@dataclass(frozen=True, slots=True)
class Comparison:
    """All figures of a side-by-side run.

    `runs`: contender -> its measurements, one a round, ours first; `verdicts`: contender -> how right it was; `ends`:
    contender -> what its job ends with, of all in the field; `unmeasured`: contender -> why it has no figures.
    `sampled`, `reference_pairs`: articles of the exhaustive search and the pairs it found.
    """

    articles: int
    file_bytes: int
    job: Job
    runs: dict[str, Runs]
    verdicts: dict[str, Verdict]
    ends: dict[str, str]
    unmeasured: dict[str, str]
    sampled: int
    reference_pairs: int


def described(module: str) -> str:
    """How a peer is called, in the words of its module, whose imports need not be at hand."""
    source = Path(__file__).parent.parent.joinpath(*module.split(".")).with_suffix(".py").read_text(encoding="utf-8")
    title, _, text = (ast.get_docstring(ast.parse(source)) or "").partition("\n\n")
    return f"- **{title.partition(':')[0]}**:{title.partition(':')[2]} " + " ".join(text.split())


def render(comparisons: list[Comparison], command: str, peers: list[str], bounds: list[list[str]]) -> str:
    """The page as Markdown: the smallest size first in `comparisons`, how each peer is called in `peers`; `bounds` are rows of
    cells, as `benchmarks.bounds` gives them."""
    most = max(comparisons, key=lambda one: (len(one.runs), one.articles))  # the size that most could be measured at
    sections = [_headline(most), *([_sizes(comparisons)] if len(comparisons) > 1 else [])]
    for one in reversed(comparisons):
        sections += [_times(one), _steps(one), _verdicts(one)]
    sections += [_bounds(bounds), _reading(most), _job(most), _peers(peers), _machine(comparisons, command)]
    return "\n\n".join(section for section in sections if section) + "\n"


def _median(runs: Runs, key: str) -> float:
    return float(median(run[key] for run in runs))


def _table(head: list[str], rows: list[list[str]]) -> str:
    rule = ["---" if title in ("", "ends with", "bound") else "---:" for title in head]
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, rule, *rows))


def _headline(comparison: Comparison) -> str:
    (ours, own), *peers = comparison.runs.items()
    speeds = {
        name: f"**{_median(runs, 'wall') / _median(own, 'wall'):.1f} times** as fast as {name}" for name, runs in peers
    }
    same, less = (
        [speed for name, speed in speeds.items() if (comparison.ends[name] == comparison.ends[ours]) is alike]
        for alike in (True, False)
    )
    memory = [_median(runs, "peak_bytes") / 1e9 for _, runs in peers]
    beside = [f"Beside those that end there too: {', '.join(same)}."] if same else []
    if less:
        beside += [
            f"Beside those that do less, and end with estimates or with clusters that nothing verified: {', '.join(less)}."
        ]
    if peers:
        beside += [
            f"Memory: {_median(own, 'peak_bytes') / 1e9:.2f} GB; of the others {min(memory):.2f} to {max(memory):.2f}."
        ]
    return "\n\n".join(
        [
            "# Performance\n\n<!-- written by `make bench`: change benchmarks/page.py instead -->",
            f"From the body column of a Parquet file to clusters of exactly verified pairs, {comparison.articles:,} articles: "
            f"{_median(own, 'wall'):.2f} seconds. Same file, same number of words in a shingle, same bands, same cut, one "
            "machine, side by side.",
            *beside,
        ]
    )


def _sizes(comparisons: list[Comparison]) -> str:
    head = ["", "ends with"] + [f"{one.articles:,} articles: seconds, ratio" for one in comparisons]
    rows = []
    for name, ends in comparisons[0].ends.items():
        rows.append([name, ends])
        for one in comparisons:
            ours, runs = _median(next(iter(one.runs.values())), "wall"), one.runs.get(name)
            rows[-1].append(f"{_median(runs, 'wall'):.2f}, {_median(runs, 'wall') / ours:.1f}" if runs else "–")
    return f"## By size\n\n{_table(head, rows)}\n\nWhere there is no figure, the reason stands below the table of that size."


def _times(comparison: Comparison) -> str:
    ours = next(iter(comparison.runs.values()))
    rows = []
    for name, runs in comparison.runs.items():
        walls = [run["wall"] for run in runs]
        ratios = [run["wall"] / own["wall"] for run, own in zip(runs, ours, strict=True)]
        cells = [name, comparison.ends[name], f"{median(walls):.2f}", f"{min(walls):.2f} to {max(walls):.2f}"]
        cells += [f"{comparison.articles / median(walls):,.0f}", f"{median(walls) / _median(ours, 'wall'):.1f}"]
        cells += [f"{min(ratios):.1f} to {max(ratios):.1f}", f"{_median(runs, 'cpu'):.1f}"]
        cells += [f"{_median(runs, 'cpu') / _median(ours, 'cpu'):.1f}", f"{_median(runs, 'peak_bytes') / 1e9:.2f}"]
        cells += [f"{_median(runs, 'import'):.1f}", f"{_median(runs, 'warm'):.1f}"]
        rows.append(cells)
    head = ["", "ends with", "seconds", "all rounds", "articles/s", "ratio", "all rounds", "CPU s", "CPU ratio"]
    head += ["peak GB", "import s", "warm-up s"]
    without = [f"- {name} {reason}" for name, reason in comparison.unmeasured.items()]
    return "\n\n".join(
        [
            f"## {comparison.articles:,} articles: time and memory",
            _table(head, rows),
            *(["Not measured:", "\n".join(without)] if without else []),
        ]
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
        cells = [name, comparison.ends[name], "–" if last["candidates"] is None else f"{last['candidates']:,}"]
        cells += [f"{last['edges']:,}", f"{verdict.recall:.4f}", f"{verdict.precision:.4f}"]
        cells += [f"{verdict.truth_recall:.3f}", f"{verdict.truth_precision:.4f}"]
        cells += [f"{verdict.false:,} of {verdict.checked:,}"]
        cells += ["–" if math.isnan(verdict.worst) else f"{verdict.worst:.1e}", f"{verdict.groups:,}"]
        rows.append(cells)
    head = ["", "ends with", "candidates", "pairs", "recall", "precision", "truth recall", "truth precision"]
    head += ["below the cut", "largest error", "clusters"]
    return (
        f"## {comparison.articles:,} articles: was it right\n\n{_table(head, rows)}\n\n"
        f"An exhaustive search among {comparison.sampled:,} of them found {comparison.reference_pairs:,} pairs at the cut."
    )


def _bounds(rows: list[list[str]]) -> str:
    head = ["", "us an article and thread", "bound", "us of that alone", "times as long"]
    return (
        "## What bounds our steps\n\n"
        f"{_table(head, rows)}\n\n"
        "Of 20,000 articles, on one thread, the fastest of several rounds. The bound is the least that must be done, done "
        "alone by the fastest means at hand (`benchmarks/bounds.py`): unpacking the same bytes; reading them once; the "
        "arithmetic of the permutations on data that never leaves the first cache; sorting as many keys. Memory bounds neither "
        "`shingle`, which goes from letters to words, numbers, names, quotations and lines of any script, nor `verify`, which "
        "looks every shingle up and follows the passages in common: theirs are instructions and branches."
    )


def _reading(comparison: Comparison) -> str:
    cut = comparison.job.cut
    return (
        "## How to read the tables\n\n"
        "`ends with`, what the job of each ends with: *exact pairs* were compared by their sets of shingles, and clusters "
        f"are made of those that reach {cut}; of *pairs by estimate* only the share of equal values in two signatures "
        f"reaches {cut}; *clusters, unverified* join whatever shares a band, and no pair is compared. The last two are less "
        "work, and what they lack shows in the precision.\n\n"
        "Times are medians over the rounds; each measurement is a fresh process, the contenders in turn. `seconds` runs "
        "from opening the file to the cluster labels, after the imports and after one run over a small file that loads "
        "the compiled kernels from numba's cache (or, the very first time, compiles them); those two are beside it. "
        "`ratio`: of the seconds to ours. `CPU s` is processor time of all threads and processes: it suffers least where "
        "others use the machine. Before each measurement as much memory is touched and let go as it may take, because a "
        "virtual machine gives what is idle back to its host. The peak is that of the whole process tree, shared pages "
        "counted once, sampled ten times a second.\n\n"
        "`pairs`: reported ones; of a contender that ends with clusters, all within one. Recall and precision of pairs: "
        "against an exhaustive search among whole stories, drawn at random, by an inverted index over the shingles as "
        "strings. Which pairs near the cut are missed is the luck of the hashes, and a large group is missed or found "
        "nearly as one: compare recall together with the number of pairs. The truth is the story that each invented "
        "article was made from; its recall is low by design, because many reprints are cut to where no Jaccard of this "
        "height is left, and clusters that join more than the job asks for have more of it. `below the cut`: reported pairs, "
        "drawn at random, whose Jaccard was computed again from Python sets of strings; `largest error`: how far a "
        "reported Jaccard lay from that one (32-bit shingle hashes collide, and estimates are what they are)."
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
        "work is the same; it still groups around anchors and finds the longest passage of each pair, which no peer does.\n\n"
        "The corpus is invented by `benchmarks/generate.py`: lengths lognormal around 400 words, words by Zipf's law, "
        "recurring phrases, furniture of 307 publishers, 35 % of the articles reprints in groups of heavy-tailed size, "
        f"cut from the bottom, added to, and edited word by word; {per_article:.1f} kB an article in the file (zstd)."
    )


def _peers(peers: list[str]) -> str:
    return (
        "## The peers\n\n"
        "Each is tuned as far as its API goes, and where it brings shingles or hashes of its own it works with those; a "
        "faster way to call it is a mistake in `benchmarks/peers/`.\n\n" + "\n".join(peers)
        if peers
        else ""
    )


def _machine(comparisons: list[Comparison], command: str) -> str:
    runs = [run for one in comparisons for runs in one.runs.values() for run in runs]
    peers = dict.fromkeys(run["package"] for run in runs if run["package"])
    packages = ", ".join([*(f"{name} {version(name)}" for name in _PACKAGES), *peers])
    rounds = len(next(iter(comparisons[0].runs.values())))
    return (
        "## Where and when\n\n"
        f"- `{command}` ({rounds} rounds)\n"
        f"- {datetime.now(UTC):%Y-%m-%d}, {_cpu()}, {os.cpu_count()} cores, {_memory()}, {platform.system()}\n"
        f"- Python {platform.python_version()}, {packages}\n"
        f"- highest load average at the end of a measurement: {max(run['load'] for run in runs):.1f}\n\n"
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
