"""What was published of the articles that a run opens, and of those they touch: which clusters, and where their rows lie."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline import config, schema
from pipeline.compare import Opened
from pipeline.stages import follow
from pipeline.stages.kernels import arrays
from pipeline.storage import tables
from pipeline.storage.store import Store
from pipeline.storage.tables import WHOLE, Tables

__all__ = ["Published", "Retiring", "everything", "expired", "parts_at", "parts_near", "published"]

_MEMBER = ["article_id", "cluster_id"]
_SIZE = ["cluster_id", "n_articles"]


class Retiring(NamedTuple):
    """Published clusters that the horizon has passed: their ids, and when their members are."""

    cluster_ids: pa.Array
    at: pa.ChunkedArray


class Published(NamedTuple):
    """What was published of clusters that may be others now: `before`. And of those they touch: `members` and `sizes`.

    `at`: the times of all articles whose rows may be others now, int64 microseconds, distinct. `frozen`: rows of clusters that
    stay as they were (`freeze.published`), where nothing else does. `lies`: where all that was published does.
    """

    before: follow.Before
    members: pa.Table
    sizes: pa.Table
    at: NDArray[np.int64]
    frozen: Mapping[str, pa.Table] = MappingProxyType({})
    lies: Tables | None = None

    def parts(self, settings: config.Config) -> list[str]:
        """The parts of the tables in which rows of `before` lie."""
        if self.lies is None:
            return []
        near = {WHOLE, *parts_at(self.at, config.part_days(settings))}
        return [part for part in self.lies.files("members") if not len(self.at) or part in near]


def everything(
    before: follow.Before, frozen: Mapping[str, pa.Table] = MappingProxyType({}), lies: Tables | None = None
) -> Published:
    """Where no published cluster stays as it is, but those that are frozen; its clusters and members lie there, too."""
    members, clusters = (schema.PUBLISHED[name].empty_table() for name in ("members", "clusters"))
    return Published(before, members.select(_MEMBER), clusters.select(_SIZE), np.empty(0, np.int64), frozen, lies)


def published(
    store: Store,
    opened: Opened,
    retiring: Retiring,
    settings: config.Config,
    frozen: Mapping[str, pa.Table] = MappingProxyType({}),
    *,
    all_: bool = False,
) -> Published:
    """What the newest run published of these articles and of the `retiring` clusters; and of others that these met.

    `all_`: what it published of all, of which what is `frozen` stays. What is opened lightly is known by ids alone here, too.
    """
    if not store.runs():
        return everything(follow.Before.nothing(), frozen)
    of_members, of_clusters = (_MEMBER, _MEMBER[1:]) if opened.is_light else (None, None)
    old, days, history = store.tables(), config.part_days(settings), tuple(store.history())
    if all_:
        clusters, members = old.read("clusters", of_clusters), old.read("members", of_members)
        return everything(follow.Before(clusters, members, old.read("events"), history), frozen, old)
    at = _distinct(opened.known.articles["effective_at"], opened.gone["effective_at"], retiring.at)
    own, around = parts_at(at, days), parts_at(_distinct(opened.around["effective_at"]), days)
    members = old.read("members", of_members, own)
    ids = pa.concat_arrays([rows["article_id"].combine_chunks() for rows in (opened.known.articles, opened.gone)])
    theirs = members.filter(pc.is_in(members["article_id"], ids))["cluster_id"]
    touched = pa.concat_arrays([theirs.combine_chunks(), retiring.cluster_ids])
    clusters = old.read("clusters", of_clusters, own)
    others = old.read("members", _MEMBER, around)
    others = others.filter(pc.is_in(others["article_id"], opened.around["article_id"].combine_chunks()))
    others = others.filter(pc.invert(pc.is_in(others["cluster_id"], touched)))
    stay = old.read("clusters", _SIZE)
    stay = stay.filter(pc.invert(pc.is_in(stay["cluster_id"], touched)))
    before = follow.Before(
        clusters.filter(pc.is_in(clusters["cluster_id"], touched)).combine_chunks(),
        members.filter(pc.is_in(members["cluster_id"], touched)).combine_chunks(),
        old.read("events", ["cluster_id"]),
        history,
        stay["cluster_id"],
    )
    met = stay.filter(pc.is_in(stay["cluster_id"], others["cluster_id"].combine_chunks()))
    return Published(before, others, met, at, lies=old)


def expired(
    store: Store, last: datetime | None, as_of: datetime, settings: config.Config, frozen: pa.Table
) -> Retiring:
    """The published clusters whose newest member the horizon has passed since the last run.

    Those of `frozen` articles (effective_at) may be wider than the window of today.
    """
    if last is None or last >= as_of:
        return Retiring(pa.array([], pa.string()), pa.chunked_array([], schema.TIME))
    horizon, span = timedelta(days=settings.store.horizon_days), timedelta(days=2 * settings.pair.window_days)
    since, until = (pa.scalar(time - horizon, schema.TIME).cast(pa.int64()).as_py() for time in (last, as_of))
    reach = int(span / timedelta(microseconds=1))  # the members of a cluster are not further apart
    reach = max(reach, int(np.ptp(_distinct(frozen["effective_at"]))) if frozen.num_rows else 0)
    parts = parts_near(np.arange(since, until + 1, schema.DAY), reach, config.part_days(settings))
    members = store.tables().read("members", ["cluster_id", "effective_at"], parts)
    newest = members.group_by("cluster_id").aggregate([("effective_at", "max")])
    gone = newest.filter(pc.less(newest["effective_at_max"], pa.scalar(as_of - horizon, schema.TIME)))
    ids = gone["cluster_id"].combine_chunks()
    return Retiring(ids, members.filter(pc.is_in(members["cluster_id"], ids))["effective_at"])


def parts_at(at: NDArray[np.int64], days: int) -> frozenset[str]:
    """The parts in which rows of these times lie."""
    return frozenset(tables.named(np.unique(tables.parts_of(at, days))))


def parts_near(at: NDArray[np.int64], reach: int, days: int) -> frozenset[str]:
    """The parts in which rows lie that are so many microseconds from one of these times, or nearer."""
    length = days * schema.DAY
    firsts = np.unique(at // length)
    beside = np.arange(-reach // length, -(-reach // length) + 1)
    return frozenset(tables.named(np.unique(firsts[:, None] + beside) * days))


def _distinct(*times: pa.ChunkedArray) -> NDArray[np.int64]:
    return arrays.ascending(np.concatenate([column.cast(pa.int64()).to_numpy() for column in times]))
