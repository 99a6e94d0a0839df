"""One measurement: a contender does the job once in a process of its own.

`python -m benchmarks.contender MODULE JOB.json OUT` imports the module, warms it up on the small file of the job,
times it on the large one, and writes `OUT.npz` (the edges and labels) and `OUT.json` (the seconds). A contender is a
module with `run(job) -> Outcome`, and `PACKAGE` if it is another's. It may run in an environment that has numpy, pyarrow
and its own package, and nothing of ours.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Job", "Outcome", "Stopwatch", "measure", "pairs_within", "threads"]


@dataclass(frozen=True, slots=True)
class Job:
    """The same for every contender: the column `body` of a Parquet file -> pairs of at least `cut`, clusters.

    A shingle is `shingle_words` words, a word a run of Unicode word characters in lower case. `permutations` of
    datasketch's scheme affine32 from `seed`, cut into `bands` of `rows`; two articles that agree in a band are compared
    exactly.
    """

    path: str
    warm_path: str
    processes: int
    shingle_words: int = 5
    permutations: int = 128
    seed: int = 1
    bands: int = 25
    rows: int = 5
    cut: float = 0.7


class Stopwatch:
    """Seconds by step, in the order of the steps."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Add the time of the block to `name`."""
        start = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a contender found, in row numbers of the file.

    `label`: int64 for each article, equal within a cluster. `left` < `right`: int64, the pairs of at least the cut, each
    once, in any order; `jaccard`: float64 beside them. A contender that ends with clusters reports no pairs: all within a
    cluster are taken as such. `candidates`: pairs that were compared, None where the contender does not say.
    """

    label: npt.NDArray[np.int64]
    left: npt.NDArray[np.int64] | None = None
    right: npt.NDArray[np.int64] | None = None
    jaccard: npt.NDArray[np.float64] | None = None
    candidates: int | None = None
    seconds: dict[str, float] = field(default_factory=dict)


@contextmanager
def threads(count: int) -> Iterator[None]:
    """So many threads of ours within the block."""
    before = os.environ.get("REPRINTS_THREADS")
    os.environ["REPRINTS_THREADS"] = str(count)
    try:
        yield
    finally:
        os.environ.pop("REPRINTS_THREADS")
        if before is not None:
            os.environ["REPRINTS_THREADS"] = before


def pairs_within(label: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """(left, right), left < right, of all pairs of rows with the same label.

    >>> [side.tolist() for side in pairs_within(np.array([7, 5, 7, 7]))]
    [[0, 0, 2], [2, 3, 3]]
    """
    order = np.argsort(label, kind="stable")
    _, sizes = np.unique(label, return_counts=True)
    later = np.concatenate([np.arange(size)[::-1] for size in sizes])  # members of its cluster behind each one
    position = np.repeat(np.arange(len(label)), later)
    step = np.arange(len(position)) - np.repeat(np.cumsum(later) - later, later) + 1
    return order[position], order[position + step]


def measure(module: str, job: Job, out: Path) -> dict[str, Any]:
    """Import, warm up, run; write the outcome, return the seconds of each."""
    start = time.perf_counter()
    contender = importlib.import_module(module)
    imported = time.perf_counter()
    contender.run(replace(job, path=job.warm_path))
    warm, warm_cpu = time.perf_counter(), _processor_seconds()
    outcome: Outcome = contender.run(job)
    done, done_cpu = time.perf_counter(), _processor_seconds()
    arrays = {name: getattr(outcome, name) for name in ("left", "right", "jaccard", "label")}
    np.savez(out.with_suffix(".npz"), **{name: array for name, array in arrays.items() if array is not None})
    package = getattr(contender, "PACKAGE", None)
    return {
        "import": imported - start,
        "warm": warm - imported,
        "wall": done - warm,
        "cpu": done_cpu - warm_cpu,
        "steps": outcome.seconds,
        "candidates": outcome.candidates,
        "edges": _pairs(outcome),
        "package": f"{package} {version(package)}" if package else None,
        "peak_own_bytes": _high_water(),
        "load": os.getloadavg()[0],
        "job": asdict(job),
    }


def _pairs(outcome: Outcome) -> int:
    """How many pairs it reports."""
    if outcome.left is not None:
        return len(outcome.left)
    _, sizes = np.unique(outcome.label, return_counts=True)
    return int((sizes * (sizes - 1) // 2).sum())


def _processor_seconds() -> float:
    """Of this process and of its children that have ended, user and system."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _high_water() -> int:
    """The most memory this process alone has held, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would begin with what the process that started this one held
        held = [line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
        return int(held[0]) * 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def main() -> None:
    """The command."""
    module, job, out = sys.argv[1], Job(**json.loads(Path(sys.argv[2]).read_text())), Path(sys.argv[3])
    out.with_suffix(".json").write_text(json.dumps(measure(module, job, out), indent=1))


if __name__ == "__main__":
    main()
