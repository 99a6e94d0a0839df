"""rensa: `RMinHash.from_token_sets`, `RMinHashLSH.insert_many` and `query_all`.

Its bulk calls throughout, with our shingles as strings, which saves encoding them. Its faster rho pipeline tells only
whether an article has a near-duplicate, not which one, and its deduplicator only which articles to keep: neither gives
pairs. Candidates of a band are kept when their *estimated* Jaccard, `RMinHash.jaccard`, reaches the cut, as its own
deduplicator does: it ends with pairs by estimate. Its bands divide the permutations: 125, not 128. With more than one
process, workers read, shingle and sign, which is nearly all of the time; the index stays in the parent.
"""

from __future__ import annotations

import gc
import multiprocessing
from collections.abc import Iterator

import numpy as np
from rensa import RMinHash, RMinHashLSH

from benchmarks.contender import Job, Outcome, Stopwatch
from benchmarks.peers.shared import bodies, components, row_groups, runs

__all__ = ["PACKAGE", "run"]

PACKAGE = "rensa"


def _sketch(task: tuple[Job, int]) -> list[RMinHash]:
    job, group = task
    gc.disable()
    tokens = [runs(body, job.shingle_words) for body in bodies(job.path, group)]
    sketches: list[RMinHash] = RMinHash.from_token_sets(tokens, num_perm=job.bands * job.rows, seed=job.seed)
    gc.enable()
    return sketches


def _sketches(job: Job) -> Iterator[RMinHash]:
    tasks = [(job, group) for group in range(len(row_groups(job.path)))]
    if job.processes == 1:
        yield from (sketch for part in map(_sketch, tasks) for sketch in part)
        return
    with multiprocessing.get_context("fork").Pool(job.processes) as pool:
        yield from (sketch for part in pool.imap(_sketch, tasks) for sketch in part)


def run(job: Job) -> Outcome:
    """Do the job."""
    watch = Stopwatch()
    with watch.step("read, shingle, sign"):
        sketches = list(_sketches(job))
    with watch.step("index and query"):
        index = RMinHashLSH(threshold=job.cut, num_perm=job.bands * job.rows, num_bands=job.bands)
        index.insert_many(sketches)
        found = index.query_all(sketches)
    with watch.step("estimate"):
        candidates = [(left, right) for right, near in enumerate(found) for left in near if left < right]
        jaccard = np.array([sketches[left].jaccard(sketches[right]) for left, right in candidates])
        enough = jaccard >= job.cut
        left, right = np.array(candidates, np.int64).reshape(-1, 2)[enough].T
    with watch.step("cluster"):
        label = components(len(sketches), left, right)
    return Outcome(label, left, right, jaccard[enough], len(candidates), watch.seconds)
