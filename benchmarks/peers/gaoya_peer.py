"""gaoya: `MinHashStringIndex`, filled and queried in bulk; one thread or many of its own.

Everything happens in Rust: `par_bulk_insert_docs` tokenises, signs and indexes, and `par_bulk_query` tokenises and signs
once more, since its Python side takes no signature; `smallvec` buckets, made for few duplicates, were the fastest of its
three kinds. Shingles and hash are its own: words are cut at ASCII white space and punctuation. Candidates of a band are
kept when their *estimated* Jaccard, the share of equal values in two signatures, reaches the cut, inside the query: so it
ends with pairs by estimate. Signatures have as many values as the bands need: 125.
"""

from __future__ import annotations

import numpy as np
from gaoya.minhash import MinHashStringIndex

from benchmarks.contender import Job, Outcome, Stopwatch
from benchmarks.peers.shared import bodies, components, row_groups

__all__ = ["PACKAGE", "run"]

PACKAGE = "gaoya"


def run(job: Job) -> Outcome:
    """Do the job; the number of threads is `RAYON_NUM_THREADS`, set by `core`."""
    watch = Stopwatch()
    index = MinHashStringIndex(
        hash_size=32,
        jaccard_threshold=job.cut,
        num_bands=job.bands,
        band_size=job.rows,
        analyzer="word",
        lowercase=True,
        ngram_range=(job.shingle_words, job.shingle_words),
        id_container="smallvec",
    )
    with watch.step("read"):
        texts = [text for group in range(len(row_groups(job.path))) for text in bodies(job.path, group)]
    with watch.step("shingle, sign, index"):
        index.par_bulk_insert_docs(list(range(len(texts))), texts)
    with watch.step("shingle, sign, query"):
        found = index.par_bulk_query(texts, return_similarity=True)
    edges = [(left, right, score) for right, near in enumerate(found) for left, score in near if left < right]
    left, right = (np.array([edge[i] for edge in edges], np.int64) for i in range(2))
    with watch.step("cluster"):
        label = components(len(texts), left, right)
    return Outcome(label, left, right, np.array([edge[2] for edge in edges], np.float64), seconds=watch.seconds)
