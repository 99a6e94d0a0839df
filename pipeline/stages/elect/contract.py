"""The tables that travel into and out of an election, and their rows in pandas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from pipeline import schema
from pipeline.stages._frames import frame

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CREDITED", "ELECTIONS", "FIGURES", "GROUPS", "complain", "known_articles", "sorted_groups"]

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


def sorted_groups(groups: pa.Table) -> pd.DataFrame:
    """`GROUPS` in the order of (anchor, article), clusters in one piece."""
    return frame(groups, GROUPS.names).sort_values(["anchor_id", "article_id"], ignore_index=True)


def known_articles(articles: pa.Table, columns: list[str]) -> pd.DataFrame:
    """Those columns; duplicate_of, version_of and notice_id may be missing and are null then."""
    for name in ("duplicate_of", "version_of", "notice_id"):
        if name in columns and name not in articles.column_names:
            articles = articles.append_column(name, pa.nulls(articles.num_rows, pa.string()))
    return frame(articles, columns)


def complain(wrong: pd.Series, ids: pd.Series, what: str) -> None:
    """Refuses tables that do not belong together: the caller joined other articles than it grouped."""
    if wrong.any():
        found: list[Any] = sorted(ids[wrong])
        message = f"elect: {found[0]!r} {what} ({len(found)} such); hand in the tables of one and the same run"
        raise ValueError(message)
