"""The hands of one machine, which forms the clusters of many articles bin by bin, so that memory does not grow with their rows.

A night opens a few thousand articles, and all that is published of them is in memory at once (`hands.Local`). What opens more
than memory is meant for, a first run or one under other rules, goes the way that it goes on a cluster, with tasks that are done
here one after the other (`engine.here`). The tables are the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

import msgspec
import pyarrow as pa

from pipeline import compare, config
from pipeline.arrive import Arrivals
from pipeline.compare import Opened
from pipeline.derive import Given
from pipeline.hands import Local
from pipeline.meet import Met
from pipeline.published import Published
from pipeline.splice import Rows
from pipeline.storage.state import Ref, State
from pipeline.storage.tables import Tables
from pipeline.watch import Watch

__all__ = ["ALONE", "Alone"]

_BINS = 4  # in what is held at once: a bin is held with its rows of all tables beside its texts


class Alone(Local):
    """This machine. `most`: of so many texts that are opened all is held; None: what `[run] memory_gb` allows."""

    def __init__(self, most: int | None = None) -> None:
        self._most = most

    def compare(
        self,
        kept: State,
        own: Sequence[Ref],
        night: Arrivals,
        dates: tuple[datetime | None, datetime],
        settings: config.Config,
        watch: Watch,
        ties: Sequence[tuple[str, str]],
    ) -> tuple[Opened, State]:
        """As `compare.compare`; of very many articles what names them is opened."""
        work = own[0].folder.parent / "scratch"
        return compare.compare(kept, own, night, dates, settings, watch, ties, partial(self._opened, work))

    def _opened(
        self, work: Path, kept: State, now: State, met: Met, settings: config.Config, ties: Sequence[tuple[str, str]]
    ) -> Opened:
        if len(met.touched) <= self._at_once(settings):
            return compare.opened(kept, now, met, settings, ties)
        from pipeline.engine.here import here
        from pipeline.spread import opening

        return opening.opened(here(work, self._as_cut(settings).spark), kept, now, met, settings, ties)

    def derive(self, given: Given, settings: config.Config, watch: Watch) -> Rows:
        """As `derive.derive`; of very many articles bin by bin."""
        if not given.opened.is_light:
            return super().derive(given, settings, watch)
        from pipeline.engine.here import here
        from pipeline.spread import clusters

        work, settings = given.now.parts[-1].folder.parent / "scratch", self._as_cut(settings)
        return clusters.derived(here(work / "parcels", settings.spark), given, settings, watch, work / "clusters")

    def splice(
        self,
        old: Tables | None,
        was: Published,
        formed: Rows,
        rejects: pa.Table,
        folder: Path,
        settings: config.Config,
    ) -> Tables:
        """As `splice.splice`; what lies on the disk a file at a time."""
        if type(formed) is Rows:  # in memory
            return super().splice(old, was, formed, rejects, folder, settings)
        from pipeline.engine.here import here
        from pipeline.spread.spilled import Spilled, spliced

        assert isinstance(formed, Spilled)
        work = folder.parent / "scratch" / "files"
        cluster = here(work / "parcels", self._as_cut(settings).spark)
        return spliced(cluster, old, was, formed, rejects, folder, settings, work)

    def _at_once(self, settings: config.Config) -> int:
        return config.texts_at_once(settings) if self._most is None else self._most

    def _as_cut(self, settings: config.Config) -> config.Config:
        block = max(1, self._at_once(settings) // _BINS)
        return msgspec.structs.replace(settings, spark=config.Spark(block_texts=block, driver_edges=1 << 62))


ALONE = Alone()
