"""Which published id each cluster carries on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from pipeline.stages._frames import frame
from pipeline.stages.follow.contract import Before

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["NUMBERED", "assign", "kin", "name", "renamed"]

#: What may stand behind an anchor's id in that of its cluster: a regular expression.
NUMBERED = "~[0-9]+$"


def kin(members: pa.Table, before: Before) -> pd.DataFrame:
    """Which groups the members of each published cluster are in now: old_id, group, n_shared (int), is_heir (bool).

    One row for each pair that shares members. The heir of an old cluster is the group that holds its canonical; where
    that article is gone, the group with most of its members, then the one whose name is smallest.
    """
    import pandas as pd

    now = frame(members, ["article_id", "cluster_id"]).rename(columns={"cluster_id": "group"})
    was = frame(before.members, ["article_id", "cluster_id"]).rename(columns={"cluster_id": "old_id"})
    led = frame(before.clusters, ["cluster_id", "canonical_id"])
    both = now.merge(was, on="article_id", validate="1:1")
    both["leads"] = both["article_id"].isin(led["canonical_id"])
    pairs = both.groupby(["old_id", "group"])["leads"]
    kin = pd.DataFrame({"n_shared": pairs.size(), "leads": pairs.any()}).reset_index()
    kin = kin.sort_values(["old_id", "leads", "n_shared", "group"], ascending=[True, False, False, True])
    return kin.assign(is_heir=~kin.duplicated("old_id")).drop(columns="leads").reset_index(drop=True)


def assign(clusters: pa.Table, kin: pd.DataFrame, before: Before) -> pd.DataFrame:
    """The id of each group: group, cluster_id, is_kept (bool: published before)."""
    seen = frame(before.clusters, ["cluster_id", "first_run_id"])
    age = {run: place for place, run in enumerate(before.history)}
    seen = seen.assign(age=seen["first_run_id"].map(age).fillna(-1))  # a run before all that are told of
    claims = kin[kin["is_heir"]].merge(seen, left_on="old_id", right_on="cluster_id")
    kept = claims.sort_values(["group", "age", "old_id"]).drop_duplicates("group")[["group", "old_id"]]
    groups = frame(clusters, ["cluster_id", "anchor_id"]).rename(columns={"cluster_id": "group"})
    groups = groups.merge(kept, on="group", how="left").sort_values("anchor_id", ignore_index=True)
    is_new = groups["old_id"].isna()
    used = [before.clusters["cluster_id"], before.events["cluster_id"], before.taken]
    groups.loc[is_new, "old_id"] = _minted(groups.loc[is_new, "anchor_id"].tolist(), used)
    return groups.assign(is_kept=~is_new).rename(columns={"old_id": "cluster_id"})[["group", "cluster_id", "is_kept"]]


def _minted(anchor_ids: list[str], used: list[pa.ChunkedArray]) -> list[str]:
    """An unused id for each anchor: the first of its names (`name`) that was not taken."""
    import pyarrow.compute as pc

    minted = [name(anchor_id, 1) for anchor_id in anchor_ids]
    settled, places, number = set[str](), list(range(len(minted))), 1
    while places:
        names = pa.array([minted[place] for place in places], pa.string())
        is_taken = np.logical_or.reduce([pc.is_in(names, value_set=ids).to_numpy(zero_copy_only=False) for ids in used])
        number, again = number + 1, list[int]()
        for place, hit in zip(places, is_taken.tolist(), strict=True):
            if hit or minted[place] in settled:
                again.append(place)
                minted[place] = name(anchor_ids[place], number)
            else:
                settled.add(minted[place])
        places = again
    return minted


def name(anchor_id: str, number: int) -> str:
    """The so many-th name for clusters of an anchor, from 1: `c-` and its id, from the second on with `~2`, `~3` ... behind it.

    An id that ends like that has its number from the first on, so that no two anchors have a name in common: clusters that
    are formed apart from one another are named so.

    >>> name("x", 1), name("x", 2), name("x~2", 1)
    ('c-x', 'c-x~2', 'c-x~2~1')
    """
    return f"c-{anchor_id}" if number == 1 and not re.search(NUMBERED, anchor_id) else f"c-{anchor_id}~{number}"


def renamed(table: pa.Table, ids: pd.DataFrame) -> pa.Table:
    """The table with `cluster_id` in place of each group's name."""
    import pyarrow.compute as pc

    groups, names = (pa.array(ids[name], pa.string()) for name in ("group", "cluster_id"))
    place = table.column_names.index("cluster_id")
    cluster_ids = names.take(pc.index_in(table["cluster_id"].combine_chunks(), groups))
    return table.set_column(place, table.schema.field(place), cluster_ids)
