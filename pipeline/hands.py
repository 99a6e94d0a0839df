"""Who does what of a run takes long: this machine (`alone.Alone`), or a cluster (`spread.Spread`). The flow is the same."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from pipeline import config
from pipeline.compare import Coming, Opened
from pipeline.derive import Given
from pipeline.intake import Delivery, Taken
from pipeline.published import Published, Retiring
from pipeline.renew import Renewal
from pipeline.splice import Rows
from pipeline.storage.state import State
from pipeline.storage.store import Store
from pipeline.watch import Watch

__all__ = ["Hands"]


class Hands(Protocol):
    """What of a run takes long: to read articles, to compare them, and to write down what comes of it."""

    def take_in(self, delivery: Delivery, settings: config.Config, work: Path, watch: Watch) -> Taken:
        """Take what is delivered in, to parts of the state in `work`: the first is `work/state`, others are beside it."""

    def compare(self, coming: Coming, settings: config.Config, watch: Watch) -> tuple[Opened, State]:
        """Compare what came in with what is kept, in the run's own parts: as `compare.compare`."""

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
        """The rows that are published of them, which know how to become tables: as `derive.derive`."""
