"""Where an explanation takes its facts from: the tables of a run, and the state that they stand on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import config, whereabouts
from pipeline.errors import ReprintsError
from pipeline.stages import identify, lexicon, override
from pipeline.storage import manifest
from pipeline.storage import orders as editor
from pipeline.storage.state import State
from pipeline.storage.store import Store

__all__ = ["Row", "Source"]

Row = dict[str, Any]

_HISTORY = Callable[[str], list[Row]]


class Source:
    """The published rows of a run, read when they are asked for, and its `state`. `pinned`: canonicals that an editor wants;
    `agencies`: their names by id."""

    def __init__(
        self,
        run_id: str,
        read: Callable[[str], pa.Table],
        state: State,
        history: _HISTORY,
        settings: config.Config | None,
        pinned: dict[str, str],
    ) -> None:
        self.run_id, self.state, self.history = run_id, state, history
        self.settings, self.pinned = settings, pinned
        self.agencies = lexicon.agency_names(settings.trace.agencies if settings else "")
        self._read, self._tables = read, dict[str, pa.Table]()

    @classmethod
    def of_store(cls, store: Store, run_id: str) -> Source:
        """A run that a store keeps. Without its settings, where these name files that are gone, less is told."""
        settings, orders = None, override.NOTHING
        try:
            settings = manifest.settings(store, run_id)
            orders = editor.orders(settings.override)
        except ReprintsError:
            pass
        return cls(
            run_id,
            lambda name: store.table(name, run_id),
            store.state(run_id),
            lambda cluster_id: whereabouts.history(store, cluster_id, run_id),
            settings,
            dict(orders.pinned),
        )

    def table(self, name: str) -> pa.Table:
        """A published table."""
        if name not in self._tables:
            self._tables[name] = self._read(name)
        return self._tables[name]

    def where(self, name: str, column: str, value: str) -> list[Row]:
        """The rows of a table that have that value."""
        rows = self.table(name)
        found: list[Row] = rows.filter(pc.equal(rows[column], value)).to_pylist()
        return found

    def members(self, article_ids: Iterable[str]) -> dict[str, Row]:
        """The rows of members by article."""
        rows = self.table("members")
        found = rows.filter(pc.is_in(rows["article_id"], pa.array(sorted(set(article_ids)), pa.string())))
        return {row["article_id"]: row for row in found.to_pylist()}

    def versions(self, article_id: str) -> pa.Table:
        """All versions of an article that are kept (`State.versions`), first the newest."""
        rows = self._versions
        return pa.concat_tables(identify.newest(rows.filter(pc.equal(rows["article_id"], article_id))))

    @cached_property
    def _versions(self) -> pa.Table:
        return self.state.versions()

    def taken_in(self, article_ids: pa.ChunkedArray, columns: list[str]) -> pa.Table:
        """Those columns of the newest versions of articles, as they were taken in."""
        rows = self._versions
        newest, _ = identify.newest(rows.filter(pc.is_in(rows["article_id"], article_ids.combine_chunks())))
        return self.state.take("articles", newest["key"].to_numpy(), columns)
