"""datasketch: `MinHash.generator`, `MinHashLSH`, Python sets.

Everything that its API allows and that measured faster is used: shingles are hashed once, by `zlib.crc32` (three times
as fast as the default SHA-1), and the same hashes feed the MinHash (through `operator.index`) and the sets of the
verification; signatures travel as `LeanMinHash`; a document is queried before it is inserted, so that each pair comes
up once; keys are not looked up for duplicates; the garbage collector rests. With more than one process, the workers
read the file themselves, do everything up to the signature, and share the verification; the index is one dictionary a
band and stays in the parent.
"""

from __future__ import annotations

import gc
import multiprocessing
import operator
import zlib
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from datasketch import LeanMinHash, MinHash, MinHashLSH

from benchmarks.contender import Job, Outcome, Stopwatch
from benchmarks.peers.shared import bodies, components, row_groups, shingles

__all__ = ["PACKAGE", "hashed_shingles", "run"]

PACKAGE = "datasketch"


class _Part(NamedTuple):
    """A row group: its signatures (uint32, one row an article), and its distinct shingle hashes, end to end."""

    signatures: npt.NDArray[np.uint32]
    hashes: npt.NDArray[np.uint32]
    lengths: list[int]


def hashed_shingles(text: str, words: int) -> list[int]:
    """The 32-bit hash of each of `shingles`."""
    return list(map(zlib.crc32, shingles(text, words)))


def _sketch(task: tuple[Job, int]) -> _Part:
    job, group = task
    gc.disable()
    sets = [hashed_shingles(body, job.shingle_words) for body in bodies(job.path, group)]
    minhashes = MinHash.generator(sets, num_perm=job.permutations, seed=job.seed, hashfunc=operator.index)
    signatures = np.stack([minhash.hashvalues for minhash in minhashes])
    gc.enable()
    return _Part(signatures, np.fromiter((h for s in sets for h in s), np.uint32), [len(s) for s in sets])


def _parts(job: Job) -> Iterator[_Part]:
    tasks = [(job, group) for group in range(len(row_groups(job.path)))]
    if job.processes == 1:
        yield from map(_sketch, tasks)
        return
    with multiprocessing.get_context("fork").Pool(job.processes) as pool:
        yield from pool.imap(_sketch, tasks)


def _candidates(parts: list[_Part], job: Job) -> list[tuple[int, list[int]]]:
    """Each article with the earlier ones that it shares a band with."""
    index = MinHashLSH(num_perm=job.permutations, params=(job.bands, job.rows))
    found: list[tuple[int, list[int]]] = []
    with index.insertion_session() as session:
        for key, signature in enumerate(row for part in parts for row in part.signatures):
            minhash = LeanMinHash(seed=job.seed, hashvalues=signature, scheme="affine32")
            if earlier := index.query(minhash):
                found.append((key, earlier))
            session.insert(key, minhash, check_duplication=False)
    return found


class _Verifier:
    """Compares candidate pairs by Python sets, which it builds when an article first comes up."""

    def __init__(self, parts: list[_Part], cut: float) -> None:
        self.cut = cut
        self.hashes = np.concatenate([part.hashes for part in parts])
        self.ends = np.cumsum([0] + [length for part in parts for length in part.lengths]).tolist()
        self.sets: dict[int, set[int]] = {}

    def set_of(self, key: int) -> set[int]:
        """The shingle hashes of an article."""
        known = self.sets.get(key)
        if known is None:
            known = self.sets[key] = set(self.hashes[self.ends[key] : self.ends[key + 1]].tolist())
        return known

    def edges(self, candidates: list[tuple[int, list[int]]]) -> list[tuple[int, int, float]]:
        """(left, right, Jaccard) of the pairs of at least the cut."""
        found = []
        for right, lefts in candidates:
            own = self.set_of(right)
            for left in lefts:
                other = self.set_of(left)
                shared = len(own & other)
                union = len(own) + len(other) - shared
                if union and shared >= self.cut * union:
                    found.append((left, right, shared / union))
        return found


_inherited: list[_Verifier] = []  # forked workers find the hashes of the parent here, without a copy


def _verify_chunk(candidates: list[tuple[int, list[int]]]) -> list[tuple[int, int, float]]:
    return _inherited[0].edges(candidates)


def _verified(candidates: list[tuple[int, list[int]]], parts: list[_Part], job: Job) -> list[tuple[int, int, float]]:
    verifier = _Verifier(parts, job.cut)
    if job.processes == 1:
        return verifier.edges(candidates)
    size = -(-len(candidates) // (4 * job.processes)) or 1
    chunks = [candidates[i : i + size] for i in range(0, len(candidates), size)]
    _inherited[:] = [verifier]
    with multiprocessing.get_context("fork").Pool(job.processes) as pool:
        edges = [edge for found in pool.imap(_verify_chunk, chunks) for edge in found]
    _inherited.clear()
    return edges


def run(job: Job) -> Outcome:
    """Do the job."""
    watch = Stopwatch()
    with watch.step("read, shingle, sign"):
        parts = list(_parts(job))
    gc.disable()
    with watch.step("index and query"):
        candidates = _candidates(parts, job)
    with watch.step("verify"):
        edges = _verified(candidates, parts, job)
    left, right = (np.array([edge[i] for edge in edges], np.int64) for i in range(2))
    with watch.step("cluster"):
        label = components(sum(len(part.lengths) for part in parts), left, right)
    gc.enable()
    return Outcome(
        left=left,
        right=right,
        jaccard=np.array([edge[2] for edge in edges], np.float64),
        label=label,
        candidates=sum(len(lefts) for _, lefts in candidates),
        seconds=watch.seconds,
    )
