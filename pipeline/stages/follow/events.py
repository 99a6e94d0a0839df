"""What happened to clusters in a run."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

import pyarrow as pa

from pipeline import schema
from pipeline.stages import _frames
from pipeline.stages._frames import frame
from pipeline.stages.follow.contract import Before

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["table"]


def table(clusters: pa.Table, kin: pd.DataFrame, before: Before, run_id: str, as_of: datetime) -> pa.Table:
    """This run's events, sorted by key.

    `kin` as `identity.kin` with the ids of `identity.assign`. A cluster of one has no events; that it forwards to the
    cluster it went into is told all the same, as its id was published. `created` is told when a cluster has two
    articles for the first time, whenever its id was given.
    """
    import pandas as pd

    rows = pd.concat([*_lives(clusters, kin, before), _absorbed(kin), _retired(kin, before)])
    rows = rows.assign(reason=rows["reason"] + before.because, run_id=run_id, as_of=pd.Timestamp(as_of))
    events = _frames.table(rows, schema.PUBLISHED["events"])
    return events.sort_by([(key, "ascending") for key in schema.KEYS["events"]]).combine_chunks()


def _lives(clusters: pa.Table, kin: pd.DataFrame, before: Before) -> list[pd.DataFrame]:
    """created, split, grew and canonical_changed: of the clusters that hold two articles or more now."""
    columns = ["cluster_id", "n_articles", "canonical_id"]
    was = frame(before.clusters, columns).set_index("cluster_id").add_suffix("_was")
    now = frame(clusters, [*columns, "canonical_reason"])
    now = now[now["n_articles"] > 1].join(was, on="cluster_id")
    size_was = now["n_articles_was"].fillna(0)
    told = (size_was > 1) | now["cluster_id"].isin(_ids_with_events(before))
    remnants = kin[~kin["is_kept"] & kin["cluster_id"].isin(now["cluster_id"])]
    created = now[~told & ~now["cluster_id"].isin(remnants["cluster_id"])]
    grew = now[told & (now["n_articles"] > size_was)]
    led_anew = now[told & (now["canonical_id"] != now["canonical_id_was"])]
    sizes = zip(grew["n_articles_was"].astype("int64"), grew["n_articles"], strict=True)
    return [
        _event("created", created["cluster_id"], (f"{size} articles" for size in created["n_articles"])),
        _event(
            "split",
            remnants["cluster_id"],
            (f"{n} of its articles are no longer prints of that story" for n in remnants["n_shared"]),
            from_id=remnants["old_id"],
        ),
        _event("grew", grew["cluster_id"], (f"from {old} to {new} articles" for old, new in sizes)),
        _event(
            "canonical_changed",
            led_anew["cluster_id"],
            led_anew["canonical_reason"],
            from_id=led_anew["canonical_id_was"],
            to_id=led_anew["canonical_id"],
        ),
    ]


def _absorbed(kin: pd.DataFrame) -> pd.DataFrame:
    rows = kin[kin["is_heir"] & (kin["cluster_id"] != kin["old_id"])]
    reason = ["merged with a cluster that was published earlier"] * len(rows)
    return _event("absorbed", rows["old_id"], reason, to_id=rows["cluster_id"])


def _retired(kin: pd.DataFrame, before: Before) -> pd.DataFrame:
    was = frame(before.clusters, ["cluster_id", "n_articles"])
    known = (was["n_articles"] > 1) | was["cluster_id"].isin(_ids_with_events(before))
    rows = was[known & ~was["cluster_id"].isin(kin["old_id"])]
    return _event("retired", rows["cluster_id"], ["none of its articles is in the published tables"] * len(rows))


def _ids_with_events(before: Before) -> list[str]:
    ids: list[str] = before.events["cluster_id"].unique().to_pylist()
    return ids


def _event(
    event: str,
    cluster_id: pd.Series,
    reason: Iterable[str],
    from_id: pd.Series | None = None,
    to_id: pd.Series | None = None,
) -> pd.DataFrame:
    import pandas as pd

    columns = {"cluster_id": cluster_id, "from_id": from_id, "to_id": to_id, "reason": list(reason)}
    rows = {name: values if values is None else list(values) for name, values in columns.items()}
    return pd.DataFrame({**rows, "event": event}, index=range(len(cluster_id))).astype(
        dict.fromkeys([*columns, "event"], "str")
    )
