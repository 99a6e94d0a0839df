"""This package: the stages sketch, pair, verify and cluster, set so that they do exactly the job."""

from __future__ import annotations

from itertools import accumulate

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from benchmarks.contender import Job, Outcome, Stopwatch
from pipeline import config
from pipeline.memory import give_back
from pipeline.stages import cluster, pair, sketch, verify
from pipeline.stages.kernels.threads import parallel

__all__ = ["clusters", "run", "settings"]


def settings(job: Job) -> config.Config:
    """Our settings for the job: whatever shares a band is compared, and Jaccard alone decides."""
    return config.Config(
        sketch=config.Sketch(shingle_words=job.shingle_words, permutations=job.permutations, seed=job.seed),
        pair=config.Pair(bands=job.bands, rows=job.rows, sample=0, bucket_cap=100_000),
        verify=config.Verify(
            min_jaccard=job.cut,
            light_edit=1.0,
            min_containment=1.0,
            min_share=1.0,  # with the line above: containment accepts no pair that Jaccard does not
            min_words=1,
            early_ease=1.0,
            opening_share=1.0,
            opening_words=1_000_000,
            names_shared=0.0,
            quoted_share=1.0,
            narration_share=0.0,
            figures_shared=0.0,
        ),
    )


def _sketches(job: Job, set_to: config.Config) -> tuple[pa.Table, pa.Table]:
    """Sketches and keys of all row groups, each group read, sketched and signed by one thread while it is in the cache."""
    metadata = pq.read_metadata(job.path)
    sizes = [metadata.row_group(number).num_rows for number in range(metadata.num_row_groups)]

    def group(number: int, first: int) -> tuple[pa.Table, pa.Table]:
        file = pq.ParquetFile(job.path, metadata=metadata)
        bodies = file.read_row_group(number, columns=["body"], use_threads=False)["body"]
        ids = pa.array(np.arange(first, first + len(bodies))).cast(pa.string())
        signed = sketch.run(pa.table({"article_id": ids, "body": bodies}), set_to.sketch)
        return signed.drop_columns(["signature", "lines"]), pair.keys(signed, set_to.pair)

    found = parallel(lambda told: group(*told), enumerate(accumulate(sizes[:-1], initial=0)))
    sketches, keys = zip(*found, strict=True)
    return pa.concat_tables(sketches), pa.concat_tables(keys)


def clusters(job: Job, set_to: config.Config, watch: Stopwatch) -> tuple[pa.Table, pa.Table, NDArray[np.int64]]:
    """Candidates, matches and labels of the articles of the job's file, under any settings."""
    with watch.step("read, shingle, sign"):
        sketches, keys = _sketches(job, set_to)
    with watch.step("pair"):
        candidates = pair.run(keys, None, set_to.pair)
        del keys
        give_back()
    with watch.step("verify"):
        matches = verify.run(candidates, sketches, None, set_to.verify, set_to.sketch.shingle_words)
        give_back()
    with watch.step("cluster"):
        label = cluster.run(matches, np.arange(sketches.num_rows))
    return candidates, matches, label


def run(job: Job) -> Outcome:
    """Do the job."""
    watch = Stopwatch()
    candidates, matches, label = clusters(job, settings(job), watch)
    edges = matches.filter(matches["accepted"])
    return Outcome(
        left=edges["left"].to_numpy(),
        right=edges["right"].to_numpy(),
        jaccard=edges["jaccard"].to_numpy(),
        label=label,
        candidates=candidates.num_rows,
        seconds=watch.seconds,
    )
