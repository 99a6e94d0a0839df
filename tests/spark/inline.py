"""The verbs of `engine.spark` in this process, without Spark: the same parcels, packed and unpacked, in an order of chance.

With it what tasks and shuffles come to is tested wherever tests run; that Spark itself does these verbs, in `test_parity`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import cloudpickle
import pyarrow as pa

from pipeline import config
from pipeline.engine import cargo
from pipeline.engine.cargo import NOBODY, Parcel
from pipeline.engine.tasks import Engine

Parcels = list[tuple[int, bytes]]


class Inline:
    """A cluster that is this process. What goes to a task, and from it, is copied as it would be on the way."""

    partitions = 3

    def __init__(self, settings: config.Spark) -> None:
        self.settings = settings

    def each(self, function: Callable[[Any], pa.Table], tasks: Sequence[Any]) -> list[pa.Table]:
        """`function` of each task, in the order of the tasks."""
        return [_sent(function)(_sent(task)) for task in tasks]

    def rows(self, emit: Callable[[Any], Iterable[Parcel]], tasks: Sequence[Any]) -> InlineRows:
        """What the tasks emit."""
        return InlineRows([parcel for task in tasks for parcel in cargo.packed(_sent(emit)(_sent(task)))])


class InlineRows:
    """Parcels under way."""

    def __init__(self, parcels: Parcels) -> None:
        self._parcels = parcels

    def by(self, meet: Callable[[int, Iterable[pa.Table]], Iterable[Parcel]]) -> InlineRows:
        """What `meet` makes of the rows of each number, which come in any order."""
        random.Random(len(self._parcels)).shuffle(self._parcels)
        self._parcels.sort(key=itemgetter(0))
        meet, found = _sent(meet), Parcels()
        for number, group in groupby(self._parcels, itemgetter(0)):
            found += cargo.packed(meet(number, (cargo.unpacked(content) for _, content in group)))
        return InlineRows(found)

    def result(self, nothing: pa.Table) -> pa.Table:
        """What is addressed to nobody."""
        found = [cargo.unpacked(content) for to, content in self._parcels if to == NOBODY]
        return pa.concat_tables([nothing, *(table.cast(nothing.schema) for table in found)])


def _sent(thing: Any) -> Any:
    return cloudpickle.loads(cloudpickle.dumps(thing))


def inline(*, split_mb: float = 0.02, block_texts: int = 9) -> Engine:
    """A cluster of this process, with work cut so small that a few articles are many tasks."""
    return Inline(config.Spark(partitions=3, split_mb=split_mb, block_texts=block_texts))
