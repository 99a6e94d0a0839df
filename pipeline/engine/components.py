"""Which nodes of a graph hang together, whatever its size: on the driver, or on the cluster until the driver can take it.

    table = labels(engine, edges, folder)          edges: Parquet files (left, right); table: (node, label), label the lowest

On the cluster it is the alternation of large stars and small stars (Kiveris, Lattanzi, Mirrokni, Rastogi, Vassilvitskii:
"Connected Components in MapReduce and Beyond", SoCC 2014). An edge is a row that hangs a node from a lower one, its label:

    large star     a node hangs from what its label hangs from     (5, 3) (3, 1)         gives  (5, 1) (3, 1)
    small star     of its labels it keeps the lowest; from that    (5, 3) (5, 2) (5, 1)  gives  (3, 1) (2, 1) (5, 1)
                   hang the others

A row becomes one row and its numbers only fall, so a round has no more rows than the one before, and one that changes nothing
ends it: of each component the lowest node is left, and all others hang from it. The rounds are about the logarithm of the
longest chain. A node with a million neighbours is a million rows that pass by sorted, in one task, and never one row.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pipeline.engine.spark import Cluster
from pipeline.engine.tasks import Engine

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["LABELS", "labels", "labels_here"]

#: Each node, and the lowest node of its component.
LABELS = pa.schema([("node", pa.int64()), ("label", pa.int64())])

_HUNG = ("node", "label")
_AT_ONCE = 1 << 18  # rows of a file that are read together
_EXACT = "decimal(20, 0)"  # holds any 64-bit number, and a sum of them does not overflow


class _Tally(NamedTuple):
    """What tells one round from the next: a round that changes rows has fewer of them, or their numbers fall."""

    rows: int
    nodes: Decimal
    labels: Decimal


def labels(engine: Engine, edges: Sequence[Path], folder: Path) -> pa.Table:
    """Of each node that an edge names, the lowest node of its component; sorted by node.

    `edges`: Parquet files with the int64 columns `left` and `right`, any numbers, in either direction and as often as they
    come; an edge from a node to itself names it. Up to `spark.driver_edges` of them the driver does alone. More become fewer
    on the cluster, in rounds that lie below `folder`, which every machine sees, and go again: until the driver can take them,
    or until each node has one row. The table is the same, whoever made it.
    """
    most = engine.settings.driver_edges
    if not isinstance(engine, Cluster) or _rows(edges) <= most:
        return labels_here(edges)
    rounds = folder / "rounds"
    try:
        before = None
        for files, tally in _rounds(engine, edges, rounds):
            if tally.rows <= most:
                return labels_here(files, _HUNG)
            if tally == before:
                return _stars(files)
            before = tally
    finally:
        shutil.rmtree(rounds, ignore_errors=True)
    raise AssertionError("there is always another round")


def labels_here(edges: Sequence[Path], names: tuple[str, str] = ("left", "right")) -> pa.Table:
    """The same, on this machine alone and of columns of any name."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    nodes, ends = np.unique(_ends(edges, names), return_inverse=True)
    if not len(nodes):
        return LABELS.empty_table()
    left, right = ends.astype(np.int32 if len(nodes) < 1 << 31 else np.int64)
    del ends
    graph = coo_array((np.ones(len(left), np.bool_), (left, right)), shape=(len(nodes), len(nodes)))
    n_components, component = connected_components(graph, directed=False)
    lowest = np.full(n_components, len(nodes))
    np.minimum.at(lowest, component, np.arange(len(nodes)))
    return pa.table([nodes, nodes[lowest[component]]], schema=LABELS)


# --- rounds on the cluster


def _rounds(cluster: Cluster, edges: Sequence[Path], folder: Path) -> Iterator[tuple[list[Path], _Tally]]:
    """The files of each round, which are there until the next is asked for, and its tally.

    A round is written out, so Spark has but that to do again when it loses a machine, and no plan grows with the rounds.
    """
    frame = _hung(cluster.read(edges, "left long, right long"))
    for number in count(1):
        now = folder / f"{number}"
        files = cluster.write(_small_star(_large_star(frame)), now, f"components, round {number}")
        shutil.rmtree(folder / f"{number - 1}", ignore_errors=True)
        frame = cluster.read([now], "node long, label long")
        yield files, _tally(cluster, frame)


def _hung(edges: DataFrame) -> DataFrame:
    """Each edge as a row: the higher of its nodes, and the lower."""
    from pyspark.sql import functions as sql

    return edges.select(sql.greatest("left", "right").alias("node"), sql.least("left", "right").alias("label"))


def _large_star(rows: DataFrame) -> DataFrame:
    """Each node hangs from the lowest that its label hangs from. Rows that become equal stay for the small star."""
    from pyspark.sql import functions as sql

    lowest = rows.groupBy(sql.col("node").alias("label")).agg(sql.min("label").alias("lowest"))
    # Merged by sorting, whatever Spark thinks the size is: files of numbers are small, and what is read from them is not.
    found = rows.join(lowest.hint("merge"), "label", "left")
    return found.select("node", sql.coalesce("lowest", "label").alias("label"))


def _small_star(rows: DataFrame) -> DataFrame:
    """Each node hangs from the lowest of its labels, and so do the others of them; each row once."""
    from pyspark.sql import Window
    from pyspark.sql import functions as sql

    found = rows.withColumn("lowest", sql.min("label").over(Window.partitionBy("node")))
    other = sql.when(sql.col("label") == sql.col("lowest"), sql.col("node")).otherwise(sql.col("label"))
    return found.select(other.alias("node"), sql.col("lowest").alias("label")).distinct()


def _tally(cluster: Cluster, rows: DataFrame) -> _Tally:
    from pyspark.sql import functions as sql

    sums = (sql.sum(sql.col(name).cast(_EXACT)) for name in _HUNG)
    return _Tally(*cluster.first(rows.agg(sql.count("*"), *sums), "components, tally"))


# --- files on the driver


def _rows(files: Sequence[Path]) -> int:
    return sum(pq.read_metadata(file).num_rows for file in files)


def _ends(files: Sequence[Path], names: tuple[str, str]) -> NDArray[np.int64]:
    """Both columns of the files, one below the other: int64, of shape (2, rows)."""
    ends = np.empty((2, _rows(files)), np.int64)
    first = 0
    for path in files:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(_AT_ONCE, columns=list(names)):
                for column, name in zip(ends, names, strict=True):
                    column[first : first + batch.num_rows] = batch[name].to_numpy()
                first += batch.num_rows
    return ends


def _stars(files: Sequence[Path]) -> pa.Table:
    """The labels, where each node but the lowest of its component has one row; that may have one, or none."""
    node, label = _ends(files, _HUNG)
    lowest = np.unique(label)
    hangs = node != label
    node, label = np.append(node[hangs], lowest), np.append(label[hangs], lowest)
    order = np.argsort(node)
    return pa.table([node[order], label[order]], schema=LABELS)
