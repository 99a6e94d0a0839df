"""How two partitions of the same articles differ: pairs that are together in both, in one, in the other; and where.

difference = partition.difference(clusters, members, clusters_now, members_now)
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct
from numpy.typing import NDArray

__all__ = ["Change", "Difference", "difference", "text"]

_SHOWN = 5  # clusters that others are named with


class Change(Struct, frozen=True):
    """A cluster whose prints are no longer together (`split`), or were not before (`joined`).

    `pairs` of prints are concerned. `others` are the clusters in which its prints are, or were, each with how many of them.
    """

    kind: str
    cluster_id: str
    headline: str
    n_articles: int
    pairs: int
    others: tuple[tuple[str, int], ...]


class Difference(Struct, frozen=True):
    """What changed. Pairs are of articles that are published before and after; of such pairs that are together

    `kept` are so in both, `split` only before, `joined` only after. `identical` clusters have the same articles, and
    `canonicals` is the number of clusters with another canonical than the one that had the id before.
    """

    articles: tuple[int, int]
    in_both: int
    clusters: tuple[int, int]
    identical: int
    canonicals: int
    kept: int
    split: int
    joined: int
    largest: tuple[Change, ...]


def difference(
    clusters: pa.Table, members: pa.Table, clusters_now: pa.Table, members_now: pa.Table, most: int = 10
) -> Difference:
    """From the published clusters and members before to those now, with the `most` clusters whose pairs changed most."""
    was, now = (rows["article_id"].combine_chunks() for rows in (members, members_now))
    at = pc.fill_null(pc.index_in(was, value_set=now), -1).to_numpy()
    both = at >= 0
    old, old_ids = _numbered(members["cluster_id"])
    new, new_ids = _numbered(members_now["cluster_id"])
    cells, counts = np.unique(np.stack([old[both], new[at[both]]]), axis=1, return_counts=True)
    together, old_sizes, new_sizes = _pairs(counts), np.bincount(old, minlength=len(old_ids)), np.bincount(new)
    same = (counts == old_sizes[cells[0]]) & (counts == new_sizes[cells[1]])
    found = list[Change]()
    lost = list[int]()
    for kind, side, ids, told in (("split", 0, old_ids, clusters), ("joined", 1, new_ids, clusters_now)):
        shared = np.bincount(cells[side], counts, minlength=len(ids)).astype(np.int64)
        apart = _pairs(shared) - np.bincount(cells[side], together, minlength=len(ids)).astype(np.int64)
        lost.append(int(apart.sum()))
        order = np.lexsort((np.array(ids, np.str_), -apart))[:most]
        rows = {row["cluster_id"]: row for row in _of(told, [ids[i] for i in order]).to_pylist()}
        for i in (i for i in order.tolist() if apart[i]):
            other = (new_ids, old_ids)[side]
            cell = np.flatnonzero(cells[side] == i)
            others = sorted(((other[cells[1 - side][c]], int(counts[c])) for c in cell), key=lambda o: (-o[1], o[0]))
            row = rows[ids[i]]
            found.append(
                Change(kind, ids[i], row["headline"] or "", row["n_articles"], int(apart[i]), tuple(others[:_SHOWN]))
            )
    found.sort(key=lambda change: (-change.pairs, change.kind, change.cluster_id))
    return Difference(
        articles=(members.num_rows, members_now.num_rows),
        in_both=int(np.count_nonzero(both)),
        clusters=(clusters.num_rows, clusters_now.num_rows),
        identical=int(np.count_nonzero(same)),
        canonicals=_led_otherwise(clusters, clusters_now),
        kept=int(together.sum()),
        split=lost[0],
        joined=lost[1],
        largest=tuple(found[:most]),
    )


def _pairs(sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    return sizes * (sizes - 1) // 2


def _numbered(ids: pa.ChunkedArray) -> tuple[NDArray[np.int64], list[str]]:
    """The number of each one's cluster, and their ids."""
    encoded = ids.combine_chunks().dictionary_encode()
    return encoded.indices.to_numpy().astype(np.int64), encoded.dictionary.to_pylist()


def _of(clusters: pa.Table, ids: list[str]) -> pa.Table:
    return clusters.filter(pc.is_in(clusters["cluster_id"], pa.array(ids, pa.string())))


def _led_otherwise(clusters: pa.Table, clusters_now: pa.Table) -> int:
    at = pc.index_in(clusters["cluster_id"], value_set=clusters_now["cluster_id"].combine_chunks())
    return int(pc.sum(pc.not_equal(clusters["canonical_id"], clusters_now["canonical_id"].take(at))).as_py() or 0)


def text(found: Difference) -> Iterator[str]:
    """The difference in words, line by line."""
    yield (
        f"articles: {found.articles[0]:,} before, {found.articles[1]:,} now, {found.in_both:,} in both; pairs of them "
        f"together: {found.kept:,} kept, {found.split:,} split, {found.joined:,} joined"
    )
    yield (
        f"clusters: {found.clusters[0]:,} before, {found.clusters[1]:,} now, {found.identical:,} the same; "
        f"{found.canonicals:,} led by another print"
    )
    if found.largest:
        yield "where most changed:"
    for change in found.largest:
        others = ", ".join(f"{cluster_id} ({count})" for cluster_id, count in change.others)
        way = "into" if change.kind == "split" else "from"
        yield f"  {change.kind:<6} {change.cluster_id}, {change.n_articles} prints, {way} {others}: {change.headline}"
