"""What happened to clusters in a run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa

from pipeline import schema
from pipeline.stages import _frames
from pipeline.stages._frames import frame
from pipeline.stages.follow.contract import Before

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["table"]


class Event(NamedTuple):
    """What is told of a cluster; a side that is missing is None or NaN."""

    cluster_id: str
    from_id: str | None
    to_id: str | None
    reason: str
    event: str


def table(
    clusters: pa.Table, members: pa.Table, kin: pd.DataFrame, before: Before, run_id: str, as_of: datetime
) -> pa.Table:
    """This run's events, sorted by key.

    `kin` as `identity.kin` with the ids of `identity.assign`. A cluster of one has no events; that it forwards to the
    cluster it went into is told all the same, as its id was published. `created` is told when a cluster has two
    articles for the first time, whenever its id was given.
    """
    import pandas as pd

    told = [*_lives(clusters, members, kin, before), *_absorbed(kin), *_retired(kin, before)]
    rows = pd.DataFrame(told, columns=Event._fields, dtype="object")
    rows = rows.assign(reason=rows["reason"] + before.because, run_id=run_id, as_of=pd.Timestamp(as_of))
    events = _frames.table(rows, schema.PUBLISHED["events"])
    return events.sort_by([(key, "ascending") for key in schema.KEYS["events"]]).combine_chunks()


def _lives(clusters: pa.Table, members: pa.Table, kin: pd.DataFrame, before: Before) -> list[Event]:
    """What happened to clusters that hold two articles or more, or did, and are still there."""
    columns = ["cluster_id", "n_articles", "canonical_id"]
    was = frame(before.clusters, columns).set_index("cluster_id").add_suffix("_was")
    now = frame(clusters, [*columns, "n_publishers", "canonical_reason"]).join(was, on="cluster_id")
    size_was = now["n_articles_was"].fillna(0)
    several = now["n_articles"] > 1
    told = (size_was > 1) | _have_events(now["cluster_id"], before)
    remnants = kin[~kin["is_kept"] & kin["cluster_id"].isin(now.loc[several, "cluster_id"])]
    created = now[several & ~told & ~now["cluster_id"].isin(remnants["cluster_id"])]
    lost = _lost(kin)
    grew = now[several & told & (now["n_articles"] > size_was)]
    shrank = now[told & (now["n_articles"] < size_was) & now["cluster_id"].isin(lost)]
    led_anew = now[several & told & (now["canonical_id"] != now["canonical_id_was"])]
    return [
        *_event("created", created["cluster_id"], map(_extent, created["n_articles"], created["n_publishers"])),
        *_event(
            "split",
            remnants["cluster_id"],
            (
                f"{_prints(n)} of {old} {'is' if n == 1 else 'are'} no longer of that story"
                for n, old in _rows(remnants, "n_shared", "old_id")
            ),
            from_id=remnants["old_id"],
        ),
        *_event("grew", grew["cluster_id"], _resized(grew, lost)),
        *_event("shrank", shrank["cluster_id"], _resized(shrank, lost)),
        *_event(
            "canonical_changed",
            led_anew["cluster_id"],
            led_anew["canonical_reason"],
            from_id=led_anew["canonical_id_was"],
            to_id=led_anew["canonical_id"],
        ),
        *_retracted(members, before, now[several | told]),
    ]


def _retracted(members: pa.Table, before: Before, clusters: pd.DataFrame) -> Iterator[Event]:
    """withdrawn, corrected: more prints than before are; reinstated: prints that were stand again."""
    columns = ["cluster_id", "article_id", "status", "notice_id"]
    was, now = frame(before.members, columns), frame(members, columns)
    standing = now[now["status"] == "usable"]
    for status in ("withdrawn", "corrected"):
        before_, after = (rows[rows["status"] == status] for rows in (was, now))
        if not len(before_) and not len(after):
            continue
        again = standing[standing["article_id"].isin(before_["article_id"])]
        counts = {"n_was": before_, "n": after, "n_again": again}
        by_cluster = {
            name: clusters["cluster_id"].map(rows["cluster_id"].value_counts()) for name, rows in counts.items()
        }
        told = clusters.assign(**{name: column.fillna(0).astype("int64") for name, column in by_cluster.items()})
        notices = after.dropna(subset="notice_id").groupby("cluster_id")["notice_id"].min()
        more = told[told["n"] > told["n_was"]]
        words = {"withdrawn": "are withdrawn", "corrected": "carry what was corrected, or correct it"}[status]
        reasons = (f"{n} of {_prints(of)} {words}" for n, of in _rows(more, "n", "n_articles"))
        yield from _event(status, more["cluster_id"], reasons, from_id=more["cluster_id"].map(notices))
        freed = told[told["n_again"] > 0]
        reasons = (
            f"{_prints(again)} no more {status}; still so: {n or 'none'} of {of}"
            for again, n, of in _rows(freed, "n_again", "n", "n_articles")
        )
        yield from _event("reinstated", freed["cluster_id"], reasons)


def _lost(kin: pd.DataFrame) -> dict[str, str]:
    """Where articles of a cluster went that is still there, in words, by its id."""
    lost: dict[str, str] = {}
    for old, new, n in _rows(kin.sort_values(["old_id", "cluster_id"]), "old_id", "cluster_id", "n_shared"):
        if old != new:
            lost[old] = f"{lost[old]}, {n} in {new}" if old in lost else f"{n} now in {new}"
    return lost


def _resized(rows: pd.DataFrame, lost: dict[str, str]) -> Iterator[str]:
    """`from 2 to 7 prints by 6 publishers`, and where articles went to."""
    columns = ("cluster_id", "n_articles_was", "n_articles", "n_publishers")
    for cluster_id, old, new, publishers in _rows(rows, *columns):
        went = f"; {lost[cluster_id]}" if cluster_id in lost else ""
        yield f"from {int(old)} to {_extent(new, publishers)}{went}"


def _extent(articles: int, publishers: int) -> str:
    return f"{_prints(articles)} by {publishers} publisher{'s' * (publishers != 1)}"


def _prints(count: int) -> str:
    return f"{count} print{'s' * (count != 1)}"


def _rows(rows: pd.DataFrame, *columns: str) -> Iterator[tuple[Any, ...]]:
    return zip(*(rows[column] for column in columns), strict=True)


def _absorbed(kin: pd.DataFrame) -> list[Event]:
    rows = kin[kin["is_heir"] & (kin["cluster_id"] != kin["old_id"])]
    reasons = (
        f"its {_prints(n)} {'is' if n == 1 else 'are'} of one story with {new}, which was published first"
        for n, new in _rows(rows, "n_shared", "cluster_id")
    )
    return _event("absorbed", rows["old_id"], reasons, to_id=rows["cluster_id"])


def _retired(kin: pd.DataFrame, before: Before) -> list[Event]:
    import pandas as pd

    was = frame(before.clusters, ["cluster_id", "n_articles", "last_published_at"])
    known = (was["n_articles"] > 1) | _have_events(was["cluster_id"], before)
    rows = was[known & ~was["cluster_id"].isin(kin["old_id"])]
    held = set(before.members["cluster_id"].to_pylist()) if len(rows) else set()
    reasons = (
        f"its newest print{'' if pd.isna(newest) else f', of {newest:%Y-%m-%d},'} has left the published tables"
        if cluster_id in held
        else "none of its prints is left"
        for cluster_id, newest in _rows(rows, "cluster_id", "last_published_at")
    )
    return _event("retired", rows["cluster_id"], reasons)


def _have_events(cluster_ids: pd.Series, before: Before) -> pd.Series:
    """Whether anything was told of these clusters before. There are far more events than clusters in question."""
    import pyarrow.compute as pc

    events = before.events["cluster_id"]
    ids = pa.array(cluster_ids, pa.string())
    return cluster_ids.isin(events.filter(pc.is_in(events, value_set=ids)).to_pylist())


def _event(
    event: str,
    cluster_id: pd.Series,
    reason: Iterable[str],
    from_id: pd.Series | None = None,
    to_id: pd.Series | None = None,
) -> list[Event]:
    nobody = [None] * len(cluster_id)
    sides = (nobody if from_id is None else from_id), (nobody if to_id is None else to_id)
    rows = zip(cluster_id, *sides, reason, strict=True)
    return [Event(id_, from_, to, why, event) for id_, from_, to, why in rows]
