"""What the page is about: the articles of a night, or, of a run that brought none, all that are published."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.stages import lexicon
from pipeline.storage.store import Store
from pipeline.storage.tables import Tables

__all__ = ["CREDITS", "Scope", "of"]

#: How a print owns up to its origin, in the order in which the page tells it, and in an editor's words.
CREDITS = {
    "credited": "credited",
    "partial": "credited in part",
    "dropped": "credit dropped",
    "unknown": "no telling",
    "own": "the origin itself",
}

_CLUSTERS = (
    "cluster_id",
    "origin_agency",
    "n_articles",
    "n_publishers",
    "n_origins",
    "origin_conflict",
)
_MEMBERS = (
    "cluster_id",
    "is_canonical",
    "relation",
    "share_of_canonical",
    "lag_seconds",
    "publisher",
    "publisher_id",
    "credit_status",
    "first_run_id",
)


class Scope(NamedTuple):
    """One published run, looked at as of its night.

    `runs` are those of its date, itself the last. `clusters` are all that are published, in the columns that figures need;
    `is_touched`: whether the night brought a print of one, or an event. `prints` are the articles that the night brought;
    `is_tonight`: whether there are any, else they are all that are published. Each has its cluster's `origin`, and `named`,
    whose it is. `agencies`: their names by id, those of the run's own list too.
    """

    tables: Tables
    run_id: str
    as_of: datetime
    manifest: dict[str, Any]
    runs: list[str]
    clusters: pa.Table
    prints: pa.Table
    is_tonight: bool
    agencies: Mapping[str, str]


def of(store: Store, run_id: str | None = None) -> Scope:
    """The newest run, or the one that is named."""
    run_id = store.run_id(run_id)
    manifest, tables = store.manifest(run_id), store.tables(run_id)
    history = manifest["history"]
    date = run_id.rpartition(".")[0]
    runs = [run for run in history[: history.index(run_id) + 1] if run.rpartition(".")[0] == date]
    clusters = tables.read("clusters", _CLUSTERS)
    prints = tables.where("members", "first_run_id", pa.array(runs), _MEMBERS)
    is_tonight = prints.num_rows > 0
    events = tables.where("events", "run_id", pa.array(runs), ["cluster_id"])
    touched = pa.concat_arrays([column["cluster_id"].combine_chunks() for column in (prints, events)])
    clusters = clusters.append_column("is_touched", pc.is_in(clusters["cluster_id"], touched))
    prints = prints if is_tonight else tables.read("members", _MEMBERS)
    at = pc.index_in(prints["cluster_id"], clusters["cluster_id"].combine_chunks())
    prints = prints.append_column("origin", clusters["origin_agency"].take(at))
    prints = prints.append_column("n_articles", clusters["n_articles"].take(at))
    prints = prints.append_column("named", pc.coalesce(prints["publisher"], prints["publisher_id"]))
    as_of = datetime.fromisoformat(manifest["as_of"])
    return Scope(tables, run_id, as_of, manifest, runs, clusters, prints, is_tonight, _agencies(manifest))


def _agencies(manifest: Mapping[str, Any]) -> Mapping[str, str]:
    own: str = manifest.get("settings", {}).get("trace", {}).get("agencies", "")
    return lexicon.agency_names(own)
