"""datatrove: `MinhashDedupSignature`, `MinhashDedupBuckets` and `MinhashDedupCluster`, run by its local executor.

Its first three stages as its example has them, a task a core; the filtering that follows there is left out. Its Parquet
reader gives a file to one task, so a reader of our own gives each task its share of the row groups. Its text is simplified
by its own rules, without those that fold numbers and accents; words are then cut at white space by a tokeniser of our own,
since with spaCy, its default, this stage took ten times as long for the same words. Everything between the stages goes
through files, as it is made for clusters of machines; workers are forked, which starts them fastest. It ends with the
clusters of what shares a band: nothing compares the texts. As many hashes as the bands need: 125.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
from datatrove.data import Document
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup import MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupSignature
from datatrove.pipeline.dedup.minhash import MinhashConfig
from datatrove.utils.text import TextNormConfig
from datatrove.utils.word_tokenizers import WordTokenizer

from benchmarks.contender import Job, Outcome, Stopwatch
from benchmarks.peers.shared import bodies, row_groups

__all__ = ["PACKAGE", "run"]

PACKAGE = "datatrove"


class _Words(WordTokenizer):
    """Words between white space."""

    def word_tokenize(self, text: str) -> list[str]:
        return text.split()

    def sent_tokenize(self, text: str) -> list[str]:
        return [text]

    def span_tokenize(self, text: str) -> list[tuple[int, int]]:
        return [(0, len(text))]


def _share(groups: int, rank: int, tasks: int) -> range:
    return range(groups * rank // tasks, groups * (rank + 1) // tasks)


def _read(data: Any, rank: int = 0, world_size: int = 1, *, path: str) -> Iterator[Document]:
    """The documents of a task, as a step of its pipeline."""
    for group in _share(len(row_groups(path)), rank, world_size):
        for number, body in enumerate(bodies(path, group)):
            yield Document(text=body, id=f"{group}/{number}")


def _labels(folder: Path, job: Job, tasks: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """The clusters that it wrote: pairs of (document of a task, cluster) in a file a task."""
    sizes = row_groups(job.path)
    starts = [0, *accumulate(sizes)]
    label = -1 - np.arange(starts[-1])  # an article that shares nothing is in no file
    for rank in range(tasks):
        file = folder / f"{rank:06d}.clusters"
        if file.exists():
            row, cluster = np.fromfile(file, "<u4").reshape(-1, 2).T
            label[starts[_share(len(sizes), rank, tasks).start] + row.astype(np.int64)] = cluster
    return label


def run(job: Job) -> Outcome:
    """Do the job."""
    watch = Stopwatch()
    tasks = min(job.processes, len(row_groups(job.path)))
    config = MinhashConfig(
        n_grams=job.shingle_words,
        num_buckets=job.bands,
        hashes_per_bucket=job.rows,
        seed=job.seed,
        norm_config=TextNormConfig(norm_numbers=False, norm_unicode_diacritics=False),
    )
    with tempfile.TemporaryDirectory() as name:
        signatures, pairs, clusters = (str(Path(name, part)) for part in ("signatures", "pairs", "clusters"))

        def execute(step: str, pipeline: list[Any], tasks: int) -> None:
            with watch.step(step):
                LocalPipelineExecutor(
                    pipeline,
                    tasks=tasks,
                    workers=min(job.processes, tasks),
                    logging_dir=str(Path(name, "logs", step)),
                    start_method="fork",
                ).run()

        sign = MinhashDedupSignature(signatures, config, language=_Words())
        execute("read, shingle, sign", [partial(_read, path=job.path), sign], tasks)
        execute("pair", [MinhashDedupBuckets(signatures, pairs, config=config, lines_to_buffer=-1)], job.bands)
        execute("cluster", [MinhashDedupCluster(pairs, clusters, config=config, save_cluster_id=True)], 1)
        label = _labels(Path(clusters), job, tasks)
    return Outcome(label=label, seconds=watch.seconds)
