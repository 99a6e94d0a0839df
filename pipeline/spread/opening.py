"""Which texts have their clusters formed anew: what `compare` opens, of which the driver knows ids, times and numbers alone.

Their components are cut into *bins*: whole ones in the order of time, so many texts together that a worker holds them. What is
published of a text, or was, travels to its bin.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pipeline import config, meet, schema
from pipeline.compare import AROUND, Opened
from pipeline.engine import components
from pipeline.engine.tasks import Engine
from pipeline.meet import Articles, Met, matched_in
from pipeline.sketched import Sketched
from pipeline.spread import scratch
from pipeline.stages import rollup
from pipeline.stages.kernels import arrays
from pipeline.storage.state import State, ends

__all__ = ["bins_of", "opened"]

_OUTSIDE = pa.schema([("key", pa.int64())])


def opened(
    cluster: Engine, kept: State, now: State, met: Met, settings: config.Config, ties: Sequence[tuple[str, str]]
) -> Opened:
    """As `compare.formed_anew` opens them; but of articles what names them, and of matches the accepted ones, by row."""
    keys, edges, _ = meet.components(kept, now, met, settings, ties)
    texts = now.texts(AROUND, keys=keys)
    articles = texts.take(pc.index_in(pa.array(keys), value_set=texts["key"].combine_chunks()))
    outside = np.empty(0, np.int64)
    if kept.parts:
        path = now.parts[-1].folder.parent / "scratch" / "opened.arrow"
        scratch.save_mapped(pa.table({"key": np.sort(keys)}), path)
        times = articles["effective_at"].cast(pa.int64()).to_numpy()
        found = cluster.each(partial(_outside, now, path), now.matching(matched_in(times, settings)))
        outside = arrays.ascending(np.concatenate([outside, *(rows["key"].to_numpy() for rows in found)]))
    rows = arrays.places(keys, edges)
    nothing = [schema.STRIPPED.empty_table(), schema.CREDITS.empty_table(), schema.CITATIONS.empty_table()]
    return Opened(
        known=Articles(articles.combine_chunks(), Sketched(now, articles, settings), *nothing),
        matches=pa.table({"left": rows[0], "right": rows[1]}),
        outer=rollup.NAMED.empty_table(),
        around=pa.concat_tables([articles, now.texts(AROUND, keys=outside)]).combine_chunks(),
        gone=kept.texts(["article_id", "effective_at"], keys=met.gone),
        is_light=True,
    )


def _outside(now: State, path: Path, number: int) -> pa.Table:
    """The texts that those in a file met by the matches of a part, and that are none of them."""
    keys, found = scratch.mapped(path)["key"].to_numpy(), [np.empty(0, np.int64)]
    for matches in now.matches_in(number):
        sides = ends(matches)
        inside = arrays.is_in(sides, keys)
        found.append(arrays.ascending(sides[~inside & inside.any(axis=0)]))
    return pa.table([arrays.ascending(np.concatenate(found))], schema=_OUTSIDE)


def bins_of(cluster: Engine, opened: Opened, was: pa.Table, most: int, folder: Path) -> NDArray[np.int64]:
    """The bin of each text that is opened, int64 (texts,), from 0 without a gap. Edges lie in a `folder` meanwhile.

    A bin holds so many texts, or one component that is larger.

    Together are texts that accepted matches join, and those that `was` (article_id, cluster_id) has in one cluster.
    """
    ids, n = opened.known.articles["article_id"].combine_chunks(), opened.known.articles.num_rows
    edges = folder / "edges.parquet"
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.concat_tables([opened.matches, _of_clusters(was, ids)]), edges, compression="zstd")
    found = components.labels(cluster, [edges], folder)
    labels = np.arange(n)
    labels[found["node"].to_numpy()] = found["label"].to_numpy()
    order = np.argsort(labels, kind="stable")  # components in the order of their first text
    begins = arrays.changes(labels[order])
    starts = np.flatnonzero(begins)
    number = (starts // most)[np.cumsum(begins) - 1] if n else starts
    bins = np.empty(n, np.int64)
    bins[order] = np.unique(number, return_inverse=True)[1]
    return bins


def _of_clusters(was: pa.Table, ids: pa.Array) -> pa.Table:
    """The first text of each cluster with each other one, by row."""
    rows = pc.index_in(was["article_id"], value_set=ids)
    there = rows.is_valid()
    rows, clusters = rows.filter(there).cast(pa.int64()), was["cluster_id"].filter(there)
    found = pa.table({"row": rows, "cluster": clusters})
    first = found.group_by("cluster").aggregate([("row", "min")])
    at = pc.index_in(found["cluster"], value_set=first["cluster"].combine_chunks())
    return pa.table({"left": first["row_min"].take(at), "right": found["row"]})
