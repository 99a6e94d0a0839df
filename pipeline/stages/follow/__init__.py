"""follow: cluster ids that stay, and what happened since the run before.

    clusters, members, before --run--> clusters, members (with ids and run ids), events, changes

A cluster keeps its id from run to run. Of clusters that merge, the id that appeared first stays and the others forward
to it; of a cluster that splits, the part with the old canonical keeps the id, and one that loses articles to another
`shrank`. An id is never given to another cluster. Each id that was ever published is a current cluster, or forwards by an
`absorbed` event, or ended with `retired`. The exception is a cluster of one that leaves and was never part of an event: it
does so in silence, for its life is that of its article, which `changes` reports.
"""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa

from pipeline import schema
from pipeline.stages.follow import changes, events, identity
from pipeline.stages.follow.contract import Before, Followed
from pipeline.stages.follow.identity import NUMBERED, name

__all__ = ["NUMBERED", "Before", "Followed", "name", "run"]


def run(clusters: pa.Table, members: pa.Table, before: Before, run_id: str, as_of: datetime) -> Followed:
    """Gives ids and run ids, and tells what changed.

    `clusters` and `members` are in the published columns without first_run_id and changed_run_id, their `cluster_id`
    any name that tells the clusters apart; `before` is in the published columns; `as_of` is aware of its zone.
    `first_run_id` is the run since which a row's key has been published without a gap, `changed_run_id` the last one
    that changed any other column of it. The same input as last time gives the same tables, no events and no changes.
    """
    kin = identity.kin(members, before)
    ids = identity.assign(clusters, kin, before)
    clusters = _ordered(identity.renamed(clusters, ids), "clusters")
    members = _ordered(identity.renamed(members, ids), "members")
    cluster_changes = changes.compare(clusters, before.clusters, "cluster_id")
    member_changes = changes.compare(members, before.members, "article_id")
    return Followed(
        clusters=_stamped(clusters, cluster_changes, run_id, "clusters"),
        members=_stamped(members, member_changes, run_id, "members"),
        events=events.table(clusters, members, kin.merge(ids, on="group"), before, run_id, as_of),
        changes=changes.table(cluster_changes, member_changes),
    )


def _ordered(table: pa.Table, name: str) -> pa.Table:
    return table.sort_by([(key, "ascending") for key in schema.KEYS[name]]).combine_chunks()


def _stamped(table: pa.Table, compared: changes.Compared, run_id: str, name: str) -> pa.Table:
    """The table in its published columns, with the run ids of each row."""
    import pyarrow.compute as pc

    this_run = pa.scalar(run_id, pa.string())
    stamps = {
        "first_run_id": pc.fill_null(compared.was["first_run_id"], this_run),
        "changed_run_id": pc.if_else(compared.is_same(), compared.was["changed_run_id"], this_run),
    }
    columns = {column: table[column] for column in table.column_names} | stamps
    published = schema.PUBLISHED[name]
    return pa.table([columns[column] for column in published.names], schema=published).combine_chunks()
