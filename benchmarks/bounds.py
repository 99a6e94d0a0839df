"""How far each step of the core is from what bounds it, on one thread: `python -m benchmarks.bounds FILE.parquet`.

A bound is the least that a machine like this one has to do for the step, done alone, by the fastest means at hand: unpacking
the same bytes, reading them once, one multiplication, addition and minimum for every permutation of every shingle on data
that never leaves the first cache, sorting the same keys.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numba
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from benchmarks import ours
from benchmarks.contender import Job, threads
from pipeline.stages import cluster, pair, sketch, verify
from pipeline.stages.kernels import arrays

__all__ = ["Bound", "measure", "table"]

_ROUNDS = 7


class Bound(NamedTuple):
    """Microseconds an article and thread that a step takes, what bounds it, and what that alone takes."""

    step: str
    taken: float
    bound: str
    least: float


def best(work: Callable[[], Any]) -> float:
    """Processor seconds of the fastest of some rounds: what disturbs a round only ever adds to it."""
    found = []
    for _ in range(_ROUNDS):
        begun = time.process_time()
        work()
        found.append(time.process_time() - begun)
    return min(found)


@numba.njit
def permuted(hashes: NDArray[np.uint32], a: NDArray[np.uint32]) -> np.uint32:
    """A multiplication, an addition and a minimum for each of `a` and each hash, of which there are a multiple of eight."""
    minima = np.full(a.size, np.uint32(0xFFFFFFFF))
    for i in range(0, hashes.size, 8):
        h0, h1, h2, h3 = hashes[i], hashes[i + 1], hashes[i + 2], hashes[i + 3]
        h4, h5, h6, h7 = hashes[i + 4], hashes[i + 5], hashes[i + 6], hashes[i + 7]
        for k in range(a.size):
            v0 = min(np.uint32(a[k] * h0 + a[k]), np.uint32(a[k] * h1 + a[k]))
            v1 = min(np.uint32(a[k] * h2 + a[k]), np.uint32(a[k] * h3 + a[k]))
            v2 = min(np.uint32(a[k] * h4 + a[k]), np.uint32(a[k] * h5 + a[k]))
            v3 = min(np.uint32(a[k] * h6 + a[k]), np.uint32(a[k] * h7 + a[k]))
            minima[k] = min(minima[k], v0, v1, v2, v3)
    return minima[0]


def measure(path: Path) -> list[Bound]:
    """The steps of the core on the articles of a file, one after another, on one thread."""
    with threads(1):
        return _measured(path, Job(str(path), str(path), 1))


def _measured(path: Path, job: Job) -> list[Bound]:
    set_to = ours.settings(job)

    def read() -> pa.Array:
        return pq.read_table(path, columns=["body"], use_threads=False)["body"].combine_chunks()

    bodies = read()
    data, offsets = arrays.texts(bodies)
    text = data[offsets[0] : offsets[-1]]
    codec = pa.Codec("zstd")
    pieces = [text[first : first + (1 << 20)].tobytes() for first in range(0, len(text), 1 << 20)]
    packed = [(codec.compress(piece), len(piece)) for piece in pieces]
    articles = pa.table({"article_id": pa.array(range(len(bodies))).cast(pa.string()), "body": bodies})
    signed = sketch.run(articles, set_to.sketch)
    bare = signed.drop_columns(["signature"])
    shingles, ends = arrays.hashes(bare["shingles"])
    keys = pair.keys(signed, set_to.pair)
    banded = np.random.default_rng(0).integers(0, 1 << 63, (job.bands, len(bodies)), np.uint64)
    candidates, width = pair.run(keys, None, set_to.pair), set_to.sketch.shingle_words
    matches = verify.run(candidates, bare, None, set_to.verify, width)
    some = np.arange(4_096, dtype=np.uint32)
    a = np.arange(1, 2 * job.permutations, 2, dtype=np.uint32)
    permuted(some, a)
    sizes = np.diff(ends)
    compared = int(sizes[candidates["left"].to_numpy()].sum() + sizes[candidates["right"].to_numpy()].sum())
    whole = np.resize(shingles, compared)

    def reading(values: NDArray[Any]) -> Callable[[], Any]:
        return lambda: np.bitwise_or.reduce(values[: values.nbytes // 8 * 8 // values.itemsize].view(np.uint64))

    steps: list[tuple[str, Callable[[], Any], str, float]] = [
        ("read", read, "unpacking zstd", best(lambda: [codec.decompress(piece, size) for piece, size in packed])),
        ("shingle", lambda: sketch.unsigned(articles, set_to.sketch), "reading the text once", best(reading(text))),
        (
            "sign",
            lambda: sketch.sign(bare, set_to.sketch),
            f"{job.permutations} multiplications, additions and minima a shingle",
            best(lambda: permuted(some, a)) * len(shingles) / len(some),
        ),
        (
            "pair",
            lambda: pair.run(pair.keys(signed, set_to.pair), None, set_to.pair),
            f"sorting {job.bands} keys of 64 bits an article",
            best(lambda: [np.sort(band) for band in banded]),
        ),
        (
            "verify",
            lambda: verify.run(candidates, bare, None, set_to.verify, width),
            f"reading the shingles of {len(candidates) / len(bodies):.2f} pairs an article once",
            best(reading(whole)),
        ),
        ("cluster", lambda: cluster.run(matches, np.arange(len(bodies))), "", 0.0),
    ]
    per_article = 1e6 / len(bodies)
    return [Bound(step, best(work) * per_article, bound, least * per_article) for step, work, bound, least in steps]


def table(bounds: list[Bound]) -> list[list[str]]:
    """Rows of cells for a page: step, microseconds, what bounds it, microseconds of that, and the ratio."""
    return [
        [one.step, f"{one.taken:.2f}", one.bound or "–", *_shares(one)]
        for one in [*bounds, Bound("all", sum(one.taken for one in bounds), "", 0.0)]
    ]


def _shares(one: Bound) -> list[str]:
    return [f"{one.least:.2f}", f"{one.taken / one.least:.1f}"] if one.least else ["–", "–"]


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bounds", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("file", type=Path, help="articles with a column `body`, as benchmarks.generate writes them")
    for row in table(measure(parser.parse_args().file)):
        print(" | ".join(row))


if __name__ == "__main__":
    main()
