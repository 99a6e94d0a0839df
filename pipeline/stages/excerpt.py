"""excerpt: what is shared but does not make a print, and where it stands.

A round-up takes paragraphs of four stories, an own report a passage of agency copy: no print of them, but reuse. The one
that borrows is taken to be the one whose own story fewer printed, then the later, then the one with the greater id. It has
one row for each other cluster it shares a passage with, the longest.
"""

from __future__ import annotations

from collections.abc import Sequence

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


def run(found: pa.Table, texts: pa.Table, spans: Sequence[NDArray[np.int64]]) -> pa.Table:
    """The published excerpts: `found` (`BORROWED`) with the place of each passage in the field as it was read.

    `texts` has article_id, field, body and body_map of those articles; `spans`, in its order, the bytes of each shingle of
    a body. An article whose text is no longer kept has no row.
    """
    text = pc.index_in(found["article_id"], value_set=texts["article_id"].combine_chunks()).fill_null(-1).to_numpy()
    run, length = (found[name].to_numpy() for name in ("run", "longest_run"))
    there = np.flatnonzero(text >= 0)
    there = there[(run + length)[there] <= np.array([len(one) for one in spans], np.int64)[text[there]]]
    bodies = texts["body"].to_pylist()
    asked = zip(text[there].tolist(), run[there].tolist(), length[there].tolist(), strict=True)
    begins = np.array(
        [_characters(bodies[i], spans[i][first, 0], spans[i][first + n - 1, 1]) for i, first, n in asked], np.int64
    )
    begin, stop = begins.reshape(-1, 2).T
    maps = Maps(texts["body_map"])
    # The last character is mapped and not what follows it, which may stand elsewhere on the page.
    start, end = maps.place(text[there], begin), maps.place(text[there], stop - 1) + 1
    rows = found.take(pa.array(there)).append_column("field", texts["field"].take(pa.array(text[there])))
    rows = rows.append_column("start", pa.array(start)).append_column("end", pa.array(end))
    wanted = schema.PUBLISHED["excerpts"]
    return rows.select(wanted.names).cast(wanted).combine_chunks()


def _characters(body: str, *places: int) -> tuple[int, ...]:
    """Which characters of a body begin at these bytes of it."""
    if body.isascii():
        return places
    spelled = body.encode()
    return tuple(len(spelled[:byte].decode()) for byte in places)
