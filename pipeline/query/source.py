"""What `explain` tells of an article, from a rehearsal instead of a run."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline import schema
from pipeline.explain.source import Row, Source
from pipeline.query.rehearse import Rehearsal
from pipeline.stages import identify
from pipeline.storage import orders as editor

__all__ = ["Rehearsed"]


class Rehearsed(Source):
    """The rows that would be published of an article, and of the clusters that it opens."""

    def __init__(self, found: Rehearsal) -> None:
        formed = found.formed
        events = formed["events"].to_pylist()
        super().__init__(
            "next",
            lambda name: formed[name].sort_by([(key, "ascending") for key in schema.KEYS[name]]),
            found.now,
            lambda cluster_id: [row for row in events if cluster_id in (row["cluster_id"], row["to_id"])],
            found.settings,
            dict(editor.orders(found.settings.override).pinned),
        )
        self._found = found

    def members(self, article_ids: Iterable[str]) -> dict[str, Row]:
        """The rows of members by article; of those that are only met headline and cluster alone."""
        wanted = set(article_ids)
        rows = super().members(wanted)
        if rest := sorted(wanted - rows.keys()):
            around = self._found.around
            around = around.filter(pc.is_in(around["article_id"], pa.array(rest, pa.string())))
            for row in self.state.texts(["article_id", "headline"], keys=around["key"].to_numpy()).to_pylist():
                cluster_id = self._found.clusters_before.get(row["article_id"])
                rows[row["article_id"]] = {"headline": row["headline"], "cluster_id": cluster_id}
        return rows

    def versions(self, article_id: str) -> pa.Table:
        """All versions of the article, first the newest."""
        keys = np.array([self._found.key, *sorted(set(self._found.known.get("identity", [])))], np.int64)
        rows = self.state.take("articles", keys, list(identify.RANKED)).append_column("key", pa.array(keys))
        return pa.concat_tables(identify.newest(rows))

    def taken_in(self, article_ids: pa.ChunkedArray, columns: list[str]) -> pa.Table:
        """Those columns of articles that are opened."""
        rows = self._found.articles
        return rows.filter(pc.is_in(rows["article_id"], article_ids.combine_chunks())).select(columns)
