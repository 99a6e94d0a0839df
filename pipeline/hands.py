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
from pipeline.intake import Delivery, Taken, take_in
from pipeline.renew import Renewal, renewed
from pipeline.stages import excerpt, sketch
from pipeline.storage.part import Part
from pipeline.storage.state import Ref, State
from pipeline.storage.store import Store
from pipeline.watch import Watch

__all__ = ["LOCAL", "Hands", "Local", "passages"]


class Hands(Protocol):
    """What of a run takes long: to read articles, and to compare them."""

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

    def passages(self, now: State, borrowed: pa.Table, texts: pa.Table, settings: config.Config) -> pa.Table:
        """Where in those `texts` (key, article, redone, article_id) what they have `borrowed` stands: as `passages`."""


def passages(now: State, borrowed: pa.Table, texts: pa.Table, settings: config.Config) -> pa.Table:
    """The excerpts of `borrowed` passages (`excerpt.BORROWED`), read in those of the texts whose words are kept."""
    found = now.bodies(texts)
    return excerpt.run(borrowed, found, sketch.spans(found["body"], settings.sketch))


class Local:
    """The hands of this machine."""

    def take_in(self, delivery: Delivery, settings: config.Config, work: Path, watch: Watch) -> Taken:
        """As `intake.take_in`, to one part."""
        with Part(work / "state") as part:
            files, known, aliases, forgotten = delivery
            intake = take_in(files, known, settings, part, watch, aliases, forgotten)
        return Taken(intake, [part.folder])

    compare = staticmethod(compare)
    renewed = staticmethod(renewed)
    passages = staticmethod(passages)


LOCAL = Local()
