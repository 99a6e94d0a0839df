"""The hands of one machine.

A night opens a few thousand articles, and all that is published of them is in memory at once. What opens more than memory is
meant for, a first run or one under other rules, goes the way that it goes on a cluster (`spread`), bin by bin, with tasks that
are done here, a few side by side (`engine.here`): so memory does not grow with the rows. The tables are the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import compare, config
from pipeline.compare import Coming, Lightly, Opened
from pipeline.derive import Given, derive
from pipeline.intake import Delivery, Taken, take_in
from pipeline.meet import Met
from pipeline.published import published
from pipeline.renew import renewed
from pipeline.splice import Rows
from pipeline.storage.part import Part
from pipeline.storage.state import State
from pipeline.watch import Watch

if TYPE_CHECKING:
    from pipeline.engine.tasks import Engine

__all__ = ["ALONE", "Alone"]

_BINS = 8  # in what is held at once, and at most so many are formed side by side


class Alone:
    """This machine. `most`: of so many texts that are opened all is held; None: what `[run] memory_gb` allows."""

    def __init__(self, most: int | None = None) -> None:
        self._most = most

    def take_in(self, delivery: Delivery, settings: config.Config, work: Path, watch: Watch) -> Taken:
        """As `intake.take_in`, to one part."""
        with Part(work / "state") as part:
            files, known, aliases, forgotten = delivery
            intake = take_in(files, known, settings, part, watch, aliases, forgotten)
        return Taken(intake, [part.folder])

    renewed = staticmethod(renewed)
    published = staticmethod(published)

    def compare(self, coming: Coming, settings: config.Config, watch: Watch) -> tuple[Opened, State]:
        """As `compare.compare`; of very many articles what names them is opened."""
        return compare.compare(coming, settings, watch, Lightly(self._at_once(settings), self._lightly))

    def _lightly(
        self, kept: State, now: State, met: Met, settings: config.Config, ties: Sequence[tuple[str, str]]
    ) -> Opened:
        from pipeline.spread import opening

        return opening.opened(self._engine(now, settings), kept, now, met, settings, ties)

    def derive(self, given: Given, settings: config.Config, watch: Watch) -> Rows:
        """As `derive.derive`; of very many articles bin by bin."""
        if not given.opened.is_light:
            return Rows(derive(given, settings, watch))
        from pipeline.spread import Spread

        return Spread(self._engine(given.now, settings)).derive(given, settings, watch)

    def _at_once(self, settings: config.Config) -> int:
        return config.opened_at_once(settings) if self._most is None else self._most

    def _engine(self, now: State, settings: config.Config) -> Engine:
        """What does the tasks of a run on this machine."""
        from pipeline.engine.here import here

        block = max(1, self._at_once(settings) // _BINS)
        parcels = now.parts[-1].folder.parent / "scratch" / "parcels"
        return here(parcels, config.Spark(block_texts=block), _BINS)


ALONE = Alone()
