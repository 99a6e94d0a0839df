"""Who does what of a run takes long: this machine (`Local`), or a cluster (`spread.Spread`). The flow is the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from pipeline import config
from pipeline.arrive import Arrivals
from pipeline.compare import Opened, compare
from pipeline.derive import Given, derive
from pipeline.intake import Delivery, Taken, take_in
from pipeline.published import Published, Retiring, published
from pipeline.renew import Renewal, renewed
from pipeline.splice import Rows, splice
from pipeline.storage.part import Part
from pipeline.storage.state import Ref, State
from pipeline.storage.store import Store
from pipeline.storage.tables import Tables
from pipeline.watch import Watch

__all__ = ["LOCAL", "Hands", "Local"]


class Hands(Protocol):
    """What of a run takes long: to read articles, to compare them, and to write down what comes of it."""

    def take_in(self, delivery: Delivery, settings: config.Config, work: Path, watch: Watch) -> Taken:
        """Take what is delivered in, to parts of the state in `work`: the first is `work/state`, others are beside it."""

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
        """Compare what came in with what is `kept`, in the run's `own` parts: as `compare.compare`."""

    def renewed(self, store: Store, settings: config.Config, aliases: Mapping[str, str], watch: Watch) -> Renewal:
        """Read again what other rules read: as `renew.renewed`."""

    def published(
        self,
        store: Store,
        opened: Opened,
        retiring: Retiring,
        settings: config.Config,
        frozen: Mapping[str, pa.Table],
        *,
        all_: bool = False,
    ) -> Published:
        """What was published of those articles: as `published.published`."""

    def derive(self, given: Given, settings: config.Config, watch: Watch) -> Rows:
        """The rows that are published of them: as `derive.derive`."""

    def splice(
        self,
        old: Tables | None,
        was: Published,
        formed: Rows,
        rejects: pa.Table,
        folder: Path,
        settings: config.Config,
    ) -> Tables:
        """Write the tables of a run: as `splice.splice`."""


class Local:
    """The hands of this machine."""

    def take_in(self, delivery: Delivery, settings: config.Config, work: Path, watch: Watch) -> Taken:
        """As `intake.take_in`, to one part."""
        with Part(work / "state") as part:
            files, known, aliases, forgotten = delivery
            intake = take_in(files, known, settings, part, watch, aliases, forgotten)
        return Taken(intake, [part.folder])

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
        """As `compare.compare`."""
        return compare(kept, own, night, dates, settings, watch, ties)

    renewed = staticmethod(renewed)
    published = staticmethod(published)
    splice = staticmethod(splice)

    def derive(self, given: Given, settings: config.Config, watch: Watch) -> Rows:
        """As `derive.derive`."""
        return Rows(derive(given, settings, watch))


LOCAL = Local()
