"""text-dedup: what its `minhash` command does up to the clusters, by its own functions.

`datasets` maps its `embed_func` over the file with as many processes as there are cores, and its `UnionFind` joins what
shares a band, exactly as its `main` does; the filtering and writing of the data set that follow there are left out, and
so is the cache of `datasets`, from which a second round would only read. Shingles and hash are its own: words are cut at
each character that is not a word character, so that ", " leaves an empty word between two; xxh3. It ends with the clusters
of what shares a band: nothing compares the texts. As many permutations as the bands need: 125 of the 128.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict

import datasets
import numpy as np
from text_dedup.minhash import INDEX_COLUMN, RNG, SIGNATURE_COLUMN, embed_func, xxh3_32hash
from text_dedup.utils import UnionFind

from benchmarks.contender import Job, Outcome, Stopwatch

__all__ = ["PACKAGE", "run"]

PACKAGE = "text-dedup"

_PRIME = np.uint64((1 << 61) - 1)  # this and the types below: its default of 64 bits
_BATCH = 10_000  # its default

datasets.disable_caching()
datasets.disable_progress_bars()


def _signatures(job: Job, folder: str) -> datasets.Dataset:
    articles = datasets.Dataset.from_parquet(job.path, columns=["body"], cache_dir=folder)
    size = job.bands * job.rows
    settings = {
        "num_perm": size,
        "ngram_size": job.shingle_words,
        "min_length": job.shingle_words,
        "hashranges": [(at, at + job.rows) for at in range(0, size, job.rows)],
        "permutations": tuple(RNG.randint(low, _PRIME, size=size, dtype=np.uint64) for low in (1, 0)),
        "hash_func": xxh3_32hash,
        "dtype": np.uint64,
        "max_hash": np.uint32((1 << 32) - 1),
        "modulo_prime": _PRIME,
    }
    return articles.add_column(INDEX_COLUMN, range(len(articles))).map(
        embed_func,
        fn_kwargs=settings,
        input_columns=["body", INDEX_COLUMN],
        remove_columns=["body"],
        num_proc=job.processes,
    )


def _clusters(signatures: datasets.Dataset, job: Job) -> UnionFind:
    tables: list[dict[bytes, set[int]]] = [defaultdict(set) for _ in range(job.bands)]
    for start in range(0, len(signatures), _BATCH):
        batch = signatures[start : start + _BATCH]
        for key, bands in zip(batch[INDEX_COLUMN], batch[SIGNATURE_COLUMN], strict=True):
            for table, band in zip(tables, bands, strict=True):
                table[band].add(key)
    found = UnionFind()
    for table in tables:
        for bucket in table.values():
            if len(bucket) > 1:
                first = min(bucket)
                for key in bucket:
                    found.union(key, first)
    return found


def run(job: Job) -> Outcome:
    """Do the job."""
    watch = Stopwatch()
    with tempfile.TemporaryDirectory() as folder:
        with watch.step("read, shingle, sign"):
            signatures = _signatures(job, folder)
        with watch.step("cluster"):
            found = _clusters(signatures, job)
            label = np.array([found.find(key) for key in range(len(signatures))], np.int64)
    return Outcome(label=label, seconds=watch.seconds)
