"""The published rows of clusters and members."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline import config, schema
from pipeline.stages._frames import beside, frame, table
from pipeline.stages.elect.contract import CREDITED, ELECTIONS, FIGURES, known_prints, unfit
from pipeline.stages.elect.origin import at_home
from pipeline.stages.lexicon import agency_names

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["tables"]

_RUNS = ("first_run_id", "changed_run_id")  # filled when ids are followed from run to run
_TRUSTED = ("second", "minute")
#: Where members of an agency print its copy without a credit by custom, a missing one says nothing.
_UNCREDITED_BY_CUSTOM = ("ja",)
_LONGEST_LAG = 2**31 - 1


def tables(
    groups: pa.Table,
    elections: pa.Table,
    articles: pa.Table,
    credited: pa.Table,
    figures: pa.Table,
    settings: config.Elect,
    citations: pa.Table | None = None,
    crediting: Callable[[], pa.Array] = lambda: pa.array([], pa.string()),
    agencies: Mapping[str, str] | None = None,
) -> tuple[pa.Table, pa.Table]:
    """The published clusters and members, without first_run_id and changed_run_id, sorted by key.

    `cluster_id` is the anchor's id until ids are given. Takes what `GROUPS`, `ELECTIONS`, `CREDITED` and `FIGURES`
    describe, `articles` with `duplicate_of` and `version_of` where they are known, and `citations`
    (`schema.CITATIONS`): a print that names its origin as a source, if not as the owner, did not drop it. `crediting`: the
    publishers that are seen to credit agencies, of others a credit may only be unseen; it is asked where somebody is accused.
    `agencies`: names by id, None for those of the lexicon.
    """
    named = _naming(citations, agency_names() if agencies is None else agencies)
    rows = _joined(groups, elections, articles, credited, figures)
    rows["is_canonical"] = rows["article_id"] == rows["canonical_id"]
    rows["credit_status"] = _credit_status(rows, named, crediting, settings)
    first = _first(rows)
    rows["lag_seconds"] = _lag(rows, first)
    members = table(rows, _unfollowed("members"))
    return table(_summed(rows, first), _unfollowed("clusters")), members


def _unfollowed(name: str) -> pa.Schema:
    return pa.schema([field for field in schema.PUBLISHED[name] if field.name not in _RUNS])


def _joined(
    groups: pa.Table, elections: pa.Table, articles: pa.Table, credited: pa.Table, figures: pa.Table
) -> pd.DataFrame:
    """One row for each member with all that is known of it and of its cluster, sorted by (cluster, article)."""
    told = [name for name in _unfollowed("members").names if name in schema.ARTICLES.names and name != "article_id"]
    columns = ["home_agency", "duplicate_of", "version_of", "notice_id", "effective_at", *told]
    prints = known_prints(groups, articles, columns)
    beside_them = (
        ("anchor_id", elections, ELECTIONS),
        ("article_id", credited, CREDITED),
        ("article_id", figures, FIGURES),
    )
    for key, others, columns_of in beside_them:
        names = [name for name in columns_of.names if name != key]
        for name, column in zip(names, beside(prints[key], others, names, key).columns, strict=True):
            prints = prints.append_column(name, column)
    if prints["canonical_id"].null_count:
        missing = prints["anchor_id"].filter(pc.is_null(prints["canonical_id"])).unique()
        raise unfit(missing, "is an anchor but no canonical was elected for it")
    rows = frame(prints, prints.column_names)
    rows["credit_grade"] = rows["credit_grade"].fillna("none")
    own = rows["article_id"] == rows["canonical_id"]
    rows.loc[own, "relation"] = "canonical"
    rows.loc[own, ["jaccard", "containment", "share_of_canonical"]] = 1.0
    rows.loc[rows["article_id"] == rows["anchor_id"], "cohesion"] = 1.0
    if (unknown := rows["relation"].isna() | rows["cohesion"].isna()).any():
        raise unfit(pa.chunked_array([rows.loc[unknown, "article_id"].to_list()]), "has no figures")
    return rows.assign(cluster_id=rows["anchor_id"])


def _credit_status(
    rows: pd.DataFrame, named: pd.MultiIndex | None, crediting: Callable[[], pa.Array], settings: config.Elect
) -> pd.Series:
    """own, credited, partial, dropped or unknown: how each print owns up to its origin.

    `dropped` is an accusation: a full text that credits and cites nobody as its origin, of a publisher that is seen to
    credit, while the origin is sure and at least `dropped_min_credited` prints (second copies left out) credit it.
    """
    import pandas as pd

    witness = (rows["credit_agency"] == rows["origin_agency"]).fillna(False) & rows["duplicate_of"].isna()
    witnesses = witness.astype("int64").groupby(rows["anchor_id"]).transform("sum")
    grade = rows["credit_grade"]
    dropped = (
        (grade == "none")
        & (rows["text_state"] == "full")
        & (rows["origin_confidence"] >= settings.dropped_min_confidence)
        & rows["origin_agency"].notna()
        & (witnesses >= settings.dropped_min_credited)
        & ~rows["language"].isin(_UNCREDITED_BY_CUSTOM)
    )
    if named is not None:
        dropped &= ~pd.MultiIndex.from_frame(rows[["article_id", "origin_agency"]]).isin(named)
    if dropped.any():
        dropped &= rows["publisher_id"].isin(crediting().to_pylist())
    status = pd.Series("unknown", index=rows.index).mask(dropped, "dropped")
    status = status.mask(grade == "partial", "partial").mask(grade.isin(["full", "release"]), "credited")
    return status.mask(at_home(rows), "own")


def _naming(citations: pa.Table | None, agencies: Mapping[str, str]) -> pd.MultiIndex | None:
    """The (article, agency) pairs in which an article cites an agency, by the agency's id or display name."""
    import pandas as pd

    if citations is None or not citations.num_rows:
        return None
    ids = {name: id_ for id_, name in agencies.items()}
    cited = frame(citations, ["article_id", "source"])
    return pd.MultiIndex.from_arrays([cited["article_id"], cited["source"].map(ids).fillna(cited["source"])])


def _first(rows: pd.DataFrame) -> pd.DataFrame:
    """The first print of each cluster, indexed by anchor: first_id, first_published_at and `timed` (bool).

    By time of day where a print has one that can be trusted (`timed`), else by day; clusters without dates are missing.
    """
    rank = rows["published_precision"].map({"second": 0, "minute": 0, "day": 1}).where(rows["published_at"].notna())
    dated = rows.assign(rank=rank).dropna(subset=["rank"])
    dated = dated.sort_values(["anchor_id", "rank", "published_at", "article_id"]).drop_duplicates("anchor_id")
    first = dated.set_index("anchor_id")[["article_id", "published_at", "rank"]]
    first = first.assign(timed=first["rank"] == 0)
    return first.rename(columns={"article_id": "first_id", "published_at": "first_published_at"})


def _lag(rows: pd.DataFrame, first: pd.DataFrame) -> pd.Series:
    """Whole seconds after the first trusted time of the cluster; null where one of the two is not trusted."""
    begun = rows[["anchor_id"]].join(first.loc[first["timed"], ["first_published_at"]], on="anchor_id")
    lag = (
        (rows["published_at"] - begun["first_published_at"])
        .dt.total_seconds()
        .where(rows["published_precision"].isin(_TRUSTED))
    )
    return np.floor(lag).clip(upper=_LONGEST_LAG).astype("Int32")


def _summed(rows: pd.DataFrame, first: pd.DataFrame) -> pd.DataFrame:
    """One row for each cluster. Without any known publisher n_publishers and n_families are 1: somebody printed it.

    cohesion_mean leaves the anchor itself out, where there is anything else.
    """
    import pandas as pd

    rows = rows.assign(
        family=rows["publisher_family"].fillna(rows["publisher_id"]),
        credit=rows["credit_grade"] != "none",
        others=rows["cohesion"].mask(rows["article_id"] == rows["anchor_id"]),
    )
    clusters = rows.groupby("anchor_id")
    sums = pd.DataFrame(
        {
            "n_articles": clusters.size(),
            "n_publishers": clusters["publisher_id"].nunique().clip(lower=1),
            "n_families": clusters["family"].nunique().clip(lower=1),
            "n_credited": clusters["credit"].sum(),
            "last_published_at": clusters["published_at"].max(),
            "cohesion_min": clusters["cohesion"].min(),
            "cohesion_mean": clusters["others"].mean().fillna(1.0),
        }
    )
    leads = rows[rows["is_canonical"]]
    return leads.join(sums, on="anchor_id").join(first[["first_id", "first_published_at"]], on="anchor_id")
