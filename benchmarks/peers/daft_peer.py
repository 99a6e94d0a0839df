"""daft: its `minhash` expression, and a grouping by band; on all cores.

Text is normalised by its own `normalize` (lower case, ASCII punctuation out, white space to one space), and a word is
what stands between spaces; shingles are hashed by its `xxhash`. Each band becomes one 64-bit key by its `hash`, which its
grouping takes in half the time of a list column exploded by `chunk`, as its tutorial has it; joining the keys with
themselves instead of grouping them also took longer. It ends with the clusters of what shares a band: nothing compares
the texts. Components are found here by union and find; its tutorial's rounds of joins are made for clusters of machines.
As many permutations as the bands need: 125 of the 128.
"""

from __future__ import annotations

import functools

import daft
import numpy as np
from daft import col
from daft import functions as F

from benchmarks.contender import Job, Outcome, Stopwatch
from benchmarks.peers.shared import components, row_groups

__all__ = ["PACKAGE", "run"]

PACKAGE = "daft"


def _signatures(job: Job) -> daft.DataFrame:
    text = F.normalize(col("body"), lowercase=True, remove_punct=True, white_space=True)
    signature = F.minhash(
        text,
        num_hashes=job.bands * job.rows,
        ngram_size=job.shingle_words,
        seed=job.seed,
        hash_function="xxhash",
    )
    row = F.monotonically_increasing_id()  # of one file: the row number
    return daft.read_parquet(job.path).select(row.alias("row"), signature.alias("signature")).collect()


def _buckets(signatures: daft.DataFrame, job: Job) -> daft.DataFrame:
    """The rows of each band value that occurs more than once."""
    bands = [
        signatures.select("row", F.hash(col("signature").slice(at, at + job.rows), seed=at).alias("key"))
        for at in range(0, job.bands * job.rows, job.rows)
    ]
    keys = functools.reduce(daft.DataFrame.concat, bands)
    return keys.groupby("key").agg(F.list_agg(col("row")).alias("rows")).where(F.list_count(col("rows")) > 1)


def run(job: Job) -> Outcome:
    """Do the job."""
    watch = Stopwatch()
    with watch.step("read, shingle, sign"):
        signatures = _signatures(job)
    with watch.step("group by band"):
        buckets = _buckets(signatures, job).select("rows").to_arrow()["rows"].combine_chunks()
    with watch.step("cluster"):
        rows, sizes = buckets.flatten().to_numpy().astype(np.int64), buckets.value_lengths().to_numpy()
        first = np.repeat(rows[np.cumsum(sizes) - sizes], sizes)
        left, right = np.divmod(np.unique(first << 32 | rows), 1 << 32)
        label = components(sum(row_groups(job.path)), left, right)
    return Outcome(label=label, seconds=watch.seconds)
