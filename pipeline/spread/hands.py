"""The hands of a cluster: what `alone.Alone` does on one machine."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import msgspec
import numpy as np

from pipeline import config, notices
from pipeline.arrive import reach
from pipeline.compare import Coming, Opened, formed_anew, oldest, turned_to_credit
from pipeline.derive import Given
from pipeline.engine.tasks import Engine
from pipeline.intake import Delivery, Taken
from pipeline.published import published
from pipeline.renew import Renewal, renewed
from pipeline.spread import again, clusters, learning, meeting, opening, taking
from pipeline.spread.spilled import Spilled
from pipeline.storage import part
from pipeline.storage.state import State
from pipeline.storage.store import Store
from pipeline.watch import Watch

__all__ = ["Spread"]


class Spread:
    """The hands of a cluster. The store lies where all of its machines see it, under the same path."""

    def __init__(self, cluster: Engine) -> None:
        self._cluster = cluster

    def take_in(self, delivery: Delivery, settings: config.Config, work: Path, watch: Watch) -> Taken:
        """As `intake.take_in`, to a part for each task that read files."""
        return taking.take_in(self._cluster, delivery, settings, work, watch)

    def compare(self, coming: Coming, settings: config.Config, watch: Watch) -> tuple[Opened, State]:
        """As `compare.compare`, in several parts."""
        kept, own, night, (last, as_of), ties, _ = coming
        settings = self._as_cut(settings)
        work = own[0].folder.parent / "scratch"
        now = State([*kept.parts, *own], n_own=len(own))
        with watch.step("learn") as step:
            step.rows = learning.texts(self._cluster, kept, own, night, oldest(as_of, settings), settings, work)
            part.add(own[-1].folder, "notices", notices.rows(now, night.notices))
        reached = reach(last, settings) if last else None, reach(as_of, settings)
        met = meeting.meet(self._cluster, kept, now, own, reached, settings, watch, work)
        met = met._replace(touched=np.union1d(met.touched, turned_to_credit(kept, now, *reached)))
        for ref in own:
            part.tidy(ref.folder)
        open_ = partial(opening.opened, self._cluster)
        return formed_anew(kept, now, night, met, as_of, settings, watch, open_, ties), now

    def renewed(self, store: Store, settings: config.Config, aliases: Mapping[str, str], watch: Watch) -> Renewal:
        """As `renew.renewed`, a task for each part."""
        return renewed(store, settings, aliases, watch, partial(again.parts, self._cluster))

    published = staticmethod(published)

    def derive(self, given: Given, settings: config.Config, watch: Watch) -> Spilled:
        """As `derive.derive`, bin by bin."""
        work = given.now.parts[-1].folder.parent / "scratch" / "clusters"
        return clusters.derived(self._cluster, given, self._as_cut(settings), watch, work)

    def _as_cut(self, settings: config.Config) -> config.Config:
        """Work is cut as the cluster says, whatever the settings of the run do."""
        return msgspec.structs.replace(settings, spark=self._cluster.settings)
