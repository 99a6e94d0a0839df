"""Between what is published already and what a run forms anew: what it replaces, and what stays as it lies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import config, schema
from pipeline.compare import Opened
from pipeline.stages import follow, rollup
from pipeline.storage.state import State
from pipeline.storage.store import Store

__all__ = ["Published", "everything", "expired", "published", "spliced"]

_MEMBER = ["article_id", "cluster_id"]
_SIZE = ["cluster_id", "n_articles"]


class Published(NamedTuple):
    """What was published of clusters that may be others now: `before`. And of those they touch: `members` and `sizes`.

    `frozen`: rows of clusters that stay as they were (`freeze.published`), where nothing else does.
    """

    before: follow.Before
    members: pa.Table
    sizes: pa.Table
    frozen: Mapping[str, pa.Table] = MappingProxyType({})


def everything(before: follow.Before, frozen: Mapping[str, pa.Table] = MappingProxyType({})) -> Published:
    """Where no published cluster stays as it is, but those that are frozen."""
    members, clusters = (schema.PUBLISHED[name].empty_table() for name in ("members", "clusters"))
    return Published(before, members.select(_MEMBER), clusters.select(_SIZE), frozen)


def published(
    store: Store,
    opened: Opened,
    retiring: pa.Array,
    frozen: Mapping[str, pa.Table] = MappingProxyType({}),
    *,
    all_: bool = False,
) -> Published:
    """What the newest run published of these articles and of the `retiring` clusters; and of others that these met.

    `all_`: what it published of all, of which what is `frozen` stays.
    """
    if not store.runs() or all_:
        return everything(store.before(), frozen)
    clusters, members = (store.table(name).replace_schema_metadata(None) for name in ("clusters", "members"))
    events = store.table("events").replace_schema_metadata(None)
    ids = pa.concat_arrays([opened.known.articles["article_id"].combine_chunks(), opened.gone])
    theirs = members.filter(pc.is_in(members["article_id"], ids))["cluster_id"]
    touched = pa.concat_arrays([theirs.combine_chunks(), retiring])
    is_touched = pc.is_in(clusters["cluster_id"], touched)
    own = members.filter(pc.is_in(members["cluster_id"], touched))
    others = members.filter(pc.is_in(members["article_id"], opened.around["article_id"].combine_chunks()))
    others = others.filter(pc.invert(pc.is_in(others["cluster_id"], touched)))
    stay = clusters.filter(pc.invert(is_touched))
    return Published(
        follow.Before(clusters.filter(is_touched), own, events, tuple(store.history()), stay["cluster_id"]),
        others.select(_MEMBER),
        stay.filter(pc.is_in(stay["cluster_id"], others["cluster_id"].combine_chunks())).select(_SIZE),
    )


def expired(store: Store, now: State, last: datetime | None, as_of: datetime, settings: config.Config) -> pa.Array:
    """The published clusters whose newest member the horizon has passed since the last run."""
    if last is None or last >= as_of:
        return pa.array([], pa.string())
    horizon, window = timedelta(days=settings.store.horizon_days), timedelta(days=2 * settings.pair.window_days)
    since, until = last - horizon, as_of - horizon
    first, last_ = (pa.scalar(time, schema.TIME).cast(pa.int64()).as_py() for time in (since - window, until + window))
    spans = [(first, last_)]
    near = pa.concat_tables([now.texts(["article_id", "effective_at"], spans), now.frozen()])
    members = store.table("members").select(_MEMBER)
    at = near["effective_at"].take(pc.index_in(members["article_id"], value_set=near["article_id"].combine_chunks()))
    newest = (
        members.append_column("at", at)
        .group_by("cluster_id")
        .aggregate([("at", "max"), ("at", "count"), ([], "count_all")])
    )
    whole = pc.equal(newest["at_count"], newest["count_all"])  # the others reach beyond what is near, and so stay
    gone = newest.filter(pc.and_(whole, pc.less(newest["at_max"], pa.scalar(until, schema.TIME))))
    return gone["cluster_id"].combine_chunks()


def spliced(store: Store | None, before: follow.Before, formed: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """All tables: what is `formed` anew in the place of what was published of `before`, the rest as it lies in the store."""
    members = pa.chunked_array(
        [*before.members["article_id"].chunks, *formed["members"]["article_id"].chunks], pa.string()
    )
    replaced = {"article": members.combine_chunks(), "cluster": before.clusters["cluster_id"].combine_chunks()}
    tables = {}
    for name, columns in formed.items():
        rows = columns.select(schema.PUBLISHED[name].names).cast(schema.PUBLISHED[name])
        stays = store.table(name).replace_schema_metadata(None) if store and name in _REPLACED else rows.slice(0, 0)
        for key, kind in _REPLACED.get(name, {}).items():
            stays = stays.filter(pc.invert(pc.is_in(stays[key], replaced[kind])))
        tables[name] = pa.concat_tables([stays, rows])
    tables["events"] = pa.concat_tables([before.events, tables["events"]])
    return tables | {"furniture": rollup.furniture(tables["stripped"], tables["members"])}


#: The columns that say whether a row is of what is replaced, and what they name.
_REPLACED = {
    "clusters": {"cluster_id": "cluster"},
    "members": {"cluster_id": "cluster"},
    "matches": {"left_id": "article", "right_id": "article"},
    "excerpts": {"article_id": "article", "cluster_id": "cluster"},
    "links": {"cluster_id": "cluster", "other_id": "cluster"},
    "credits": {"article_id": "article"},
    "citations": {"article_id": "article"},
    "stripped": {"article_id": "article"},
}
