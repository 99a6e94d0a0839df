"""Signatures alone, beside datasketch: `make signatures [ARTICLES=20000]`.

From the texts: shingles of five words, 128 permutations. From prepared hashes: the permutations alone, of the same hashes, and
the values have to be the same bit for bit. Ours has all cores and, once more, one thread; datasketch is called in bulk
(`MinHash.generator`), in one process. In turn, round after round, in one process, the texts in memory; memory is fetched
before each round.
"""

from __future__ import annotations

import argparse
import operator
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from datasketch import MinHash

from benchmarks import core
from benchmarks.contender import threads
from benchmarks.peers.datasketch_peer import hashed_shingles
from pipeline import config
from pipeline.stages import sketch
from pipeline.stages.kernels import arrays
from pipeline.stages.kernels.threads import workers

SETTINGS = config.Sketch(shingle_words=5)


def theirs(hashes: list[list[int]]) -> list[Any]:
    """datasketch's MinHashes of lists of hashes."""
    given = {"num_perm": SETTINGS.permutations, "seed": SETTINGS.seed, "hashfunc": operator.index}
    return list(MinHash.generator(hashes, **given, scheme="affine32"))


def seconds(work: Callable[[], Any]) -> float:
    """What it takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.signatures", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--folder", type=Path, default=Path("build/bench"))
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    path = core.corpus(options.folder, options.articles, options.seed)
    bodies = pq.read_table(path, columns=["body"])["body"]
    articles = pa.table({"article_id": pa.array(range(len(bodies))).cast(pa.string()), "body": bodies})
    texts = bodies.to_pylist()
    sketches = sketch.run(articles, SETTINGS)
    values, offsets = arrays.hashes(sketches["shingles"])
    hashes = [part.tolist() for part in np.split(values, offsets[1:-1])]
    bare = sketches.drop_columns(["signature"])

    own = pa.concat_arrays([chunk.flatten() for chunk in sketches["signature"].chunks]).to_numpy().view(np.uint32)
    assert np.array_equal(own.reshape(len(texts), -1), np.stack([one.hashvalues for one in theirs(hashes)]))
    print(f"{len(texts):,} articles: all {own.size:,} values the same, bit for bit")

    work: dict[str, tuple[Callable[[], Any], Callable[[], Any]]] = {
        "from texts": (
            lambda: sketch.run(articles, SETTINGS),
            lambda: theirs([hashed_shingles(text, SETTINGS.shingle_words) for text in texts]),
        ),
        "from hashes": (lambda: sketch.sign(bare, SETTINGS), lambda: theirs(hashes)),
    }
    print(f"{'':12} {'threads':>8} {'articles/s':>12} {'beside datasketch, one process (rounds)':>42}")
    for name, (ours, peers) in work.items():
        for count in sorted({1, workers()}):
            rounds = []
            for _ in range(options.rounds):
                core.fetch_memory(path)
                with threads(count):
                    rounds.append((seconds(ours), seconds(peers)))
            ratios = [peer / own for own, peer in rounds]
            pace = len(texts) / median(own for own, _ in rounds)
            told = f"{median(ratios):.1f} times as fast ({min(ratios):.1f} to {max(ratios):.1f})"
            print(f"{name:12} {count:8} {pace:12,.0f} {told:>42}", flush=True)


if __name__ == "__main__":
    main()
