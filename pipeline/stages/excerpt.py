"""excerpt: what is shared but does not make a print, and where it stands.

A round-up takes paragraphs of four stories, an own report a passage of agency copy: no print of them, but reuse. The one
that borrows is taken to be the one whose own story fewer printed, then the later, then the one with the greater id. It has
one row for each other cluster it shares a passage with, the longest.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline import schema
from pipeline.stages._maps import Maps

__all__ = ["BORROWED", "borrowed", "run"]

#: An article that shares a passage with another cluster: the passage is the shingles [run, run + longest_run).
BORROWED = pa.schema(
    [
        pa.field("article_id", pa.string(), nullable=False),
        pa.field("cluster_id", pa.string(), nullable=False),
        pa.field("containment", pa.float64(), nullable=False),
        pa.field("longest_run", pa.int32(), nullable=False),
        pa.field("run", pa.int64(), nullable=False),
    ]
)


#: As `sketch.passages` of texts, row by row: their numbers, the first shingle of each passage and how many it has, int64 (n,);
#: where it begins and ends in its body, int64 (n, 2), -1 for one that is not there.
Places = Callable[[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]], NDArray[np.int64]]


def borrowed(matches: pa.Table, members: pa.Table, sizes: pa.Table) -> pa.Table:
    """Who borrows from which cluster, as `BORROWED`, sorted by (article_id, cluster_id).

    `matches` as `rollup.NAMED`; `members` has article_id and cluster_id, `sizes` cluster_id and n_articles. Articles that
    are not members have no part in it.
    """
    matches = matches.filter(pc.equal(matches["relation"], "excerpt"))
    ids = members["article_id"].combine_chunks()
    sides = {side: matches[f"{side}_id"] for side in ("left", "right")}
    cluster = {side: members["cluster_id"].take(pc.index_in(sides[side], value_set=ids)) for side in sides}
    counted = sizes["cluster_id"].combine_chunks()
    size = {side: sizes["n_articles"].take(pc.index_in(cluster[side], value_set=counted)) for side in sides}
    time = {side: matches[f"{side}_at"] for side in sides}
    left_borrows = pc.case_when(
        pc.make_struct(
            pc.not_equal(size["left"], size["right"]),
            pc.not_equal(time["left"], time["right"]),
        ),
        pc.less(size["left"], size["right"]),
        pc.greater(time["left"], time["right"]),
        pc.greater(sides["left"], sides["right"]),
    )
    rows = pa.table(
        {
            "article_id": pc.if_else(left_borrows, sides["left"], sides["right"]),
            "cluster_id": pc.if_else(left_borrows, cluster["right"], cluster["left"]),
            "containment": pc.if_else(left_borrows, matches["containment_left"], matches["containment_right"]),
            "longest_run": matches["longest_run"],
            "run": pc.if_else(left_borrows, matches["run_left"], matches["run_right"]),
            "other": pc.if_else(left_borrows, sides["right"], sides["left"]),
        }
    )
    apart = pc.not_equal(cluster["left"], cluster["right"])  # null, and so left out, where one is no member
    rows = rows.filter(apart)
    rows = rows.filter(pc.greater(rows["longest_run"], 0))
    order = [
        ("article_id", "ascending"),
        ("cluster_id", "ascending"),
        ("longest_run", "descending"),
        ("other", "ascending"),
    ]
    rows = rows.sort_by(order).combine_chunks()
    key = pc.binary_join_element_wise(rows["article_id"], rows["cluster_id"], "\n").combine_chunks()
    first = np.ones(len(key), np.bool_)
    first[1:] = pc.not_equal(key[1:], key[:-1]).to_numpy(zero_copy_only=False)
    return rows.filter(pa.array(first)).select(BORROWED.names).cast(BORROWED)


def run(found: pa.Table, texts: pa.Table, places: Places) -> pa.Table:
    """The published excerpts: `found` (`BORROWED`) with the place of each passage in the field as it was read.

    `texts` has article_id, field, body and body_map of those articles. An article whose text is no longer kept has no row.
    """
    text = pc.index_in(found["article_id"], value_set=texts["article_id"].combine_chunks()).fill_null(-1).to_numpy()
    there = np.flatnonzero(text >= 0)
    where = places(text[there], found["run"].to_numpy()[there], found["longest_run"].to_numpy().astype(np.int64)[there])
    there, (begin, stop) = there[where[:, 0] >= 0], where[where[:, 0] >= 0].T
    maps = Maps(texts["body_map"])
    # The last character is mapped and not what follows it, which may stand elsewhere on the page.
    start, end = maps.place(text[there], begin), maps.place(text[there], stop - 1) + 1
    rows = found.take(pa.array(there)).append_column("field", texts["field"].take(pa.array(text[there])))
    rows = rows.append_column("start", pa.array(start)).append_column("end", pa.array(end))
    wanted = schema.PUBLISHED["excerpts"]
    return rows.select(wanted.names).cast(wanted).combine_chunks()
