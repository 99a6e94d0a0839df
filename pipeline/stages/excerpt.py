"""excerpt: what is shared but does not make a print, and where it stands.

A round-up takes paragraphs of four stories, an own report a passage of agency copy: no print of them, but reuse. The one
that borrows is taken to be the one whose own story fewer printed, then the later, then the one with the greater id. It has
one row for each other cluster it shares a passage with, the longest.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline import schema
from pipeline.stages._fold import place_in

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
    place = {id_: i for i, id_ in enumerate(texts["article_id"].to_pylist())}
    rows = []
    for article_id, passages in groupby(found.to_pylist(), key=itemgetter("article_id")):
        i = place.get(article_id)
        if i is None:
            continue
        field, body, body_map = (texts[name][i].as_py() for name in ("field", "body", "body_map"))
        encoded = body.encode()
        entries = [(entry["at"], entry["raw"]) for entry in body_map]
        for row in passages:
            if row["run"] + row["longest_run"] > len(spans[i]):
                continue
            first, last = spans[i][row["run"], 0], spans[i][row["run"] + row["longest_run"] - 1, 1]
            begin, stop = (len(encoded[:byte].decode()) for byte in (first, last))
            # The last character is mapped and not what follows it, which may stand elsewhere on the page.
            start, end = place_in(entries, begin), place_in(entries, stop - 1) + 1
            rows.append({**row, "field": field, "start": start, "end": end})
    wanted = schema.PUBLISHED["excerpts"]
    return pa.Table.from_pylist([{name: row[name] for name in wanted.names} for row in rows], schema=wanted)
