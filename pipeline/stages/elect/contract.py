"""The tables that travel into and out of an election, and how they are joined."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import schema
from pipeline.stages._frames import beside

__all__ = ["CREDITED", "ELECTIONS", "FIGURES", "GROUPS", "known_prints", "unfit"]

#: Which anchor's cluster an article is in; every article of the flow once, an anchor in its own.
GROUPS = pa.schema([pa.field("article_id", pa.string(), False), pa.field("anchor_id", pa.string(), False)])

#: The strongest credit of an article: agency null and grade `none` where there is no credit.
CREDITED = pa.schema(
    [
        pa.field("article_id", pa.string(), False),
        pa.field("credit_agency", pa.string()),
        pa.field("credit_grade", pa.string(), False),
    ]
)

#: One row for each cluster; columns as in `schema.PUBLISHED["clusters"]`.
ELECTIONS = pa.schema(
    [
        schema.PUBLISHED["clusters"].field(name)
        for name in (
            "anchor_id",
            "canonical_id",
            "canonical_reason",
            "canonical_is_proxy",
            "runner_up_id",
            "origin_agency",
            "origin_confidence",
            "origin_conflict",
            "n_origins",
        )
    ]
)

#: How an article compares with the canonical of its cluster, and with the anchor (`cohesion`). Needed for every article
#: that is not its cluster's canonical; what a canonical has against itself is known.
FIGURES = pa.schema(
    [
        pa.field("article_id", pa.string(), False),
        *(
            schema.PUBLISHED["members"].field(name)
            for name in ("relation", "jaccard", "containment", "share_of_canonical")
        ),
        pa.field("cohesion", pa.float64(), False),
    ]
)


def known_prints(groups: pa.Table, articles: pa.Table, columns: list[str]) -> pa.Table:
    """`GROUPS` in the order of (anchor, article), clusters in one piece, with those columns of the articles.

    Of the columns duplicate_of, version_of and notice_id may be missing, and are null then.
    """
    for name in ("duplicate_of", "version_of", "notice_id"):
        if name in columns and name not in articles.column_names:
            articles = articles.append_column(name, pa.nulls(articles.num_rows, pa.string()))
    groups = groups.select(GROUPS.names).sort_by([("anchor_id", "ascending"), ("article_id", "ascending")])
    found = beside(groups["article_id"], articles, columns)
    if found["status"].null_count:
        unknown = groups["article_id"].filter(pc.is_null(found["status"]))
        raise unfit(unknown, "is in a group but not among the articles")
    for field in GROUPS:
        found = found.append_column(field, groups[field.name])
    return found.combine_chunks()


def unfit(ids: pa.ChunkedArray, what: str) -> ValueError:
    """Tables do not belong together: the caller joined other articles than it grouped."""
    first = pc.min(ids).as_py()
    return ValueError(f"elect: {first!r} {what} ({len(ids)} such); hand in the tables of one and the same run")
