"""What a peer gets from us where it brings nothing of its own: the file by row group, shingles, components."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

__all__ = ["bodies", "components", "row_groups", "runs", "shingles"]

_WORD = re.compile(r"\w+")


def row_groups(path: str) -> list[int]:
    """How many articles each row group of the file has."""
    metadata = pq.read_metadata(path)
    return [metadata.row_group(number).num_rows for number in range(metadata.num_row_groups)]


def bodies(path: str, group: int) -> list[str]:
    """The texts of a row group."""
    texts: list[str] = (
        pq.ParquetFile(path).read_row_group(group, columns=["body"], use_threads=False)["body"].to_pylist()
    )
    return texts


def runs(text: str, words: int) -> list[str]:
    """Every run of `words` words, as often as it occurs; empty for a text that is shorter.

    >>> runs("To be, or not to be", 5)
    ['to be or not to', 'be or not to be']
    """
    found = _WORD.findall(text.lower())
    return list(map(" ".join, zip(*(found[i:] for i in range(words)), strict=False)))


def shingles(text: str, words: int) -> set[bytes]:
    """The distinct runs of `words` words; empty for a text that is shorter."""
    found = _WORD.findall(text.lower())
    return {" ".join(run).encode() for run in zip(*(found[i:] for i in range(words)), strict=False)}


def components(n: int, left: npt.NDArray[np.int64], right: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The smallest row number of each article's component: union by path halving.

    >>> components(5, np.array([3, 1]), np.array([4, 3])).tolist()
    [0, 1, 2, 1, 1]
    """
    parent = list(range(n))

    def root(key: int) -> int:
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for one, other in zip(left.tolist(), right.tolist(), strict=True):
        a, b = root(one), root(other)
        parent[max(a, b)] = min(a, b)
    return np.array([root(key) for key in range(n)], np.int64)
