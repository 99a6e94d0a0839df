"""What tasks can be done with, wherever they are done: on a cluster (`spark`), or on this machine (`here`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

import pyarrow as pa

from pipeline.config import Spark
from pipeline.engine.cargo import Parcel

__all__ = ["Engine", "Rows"]

Task = TypeVar("Task")


class Rows(Protocol):
    """Parcels under way. Nothing is done before a result is asked for."""

    def by(self, meet: Callable[[int, Iterator[pa.Table]], Iterable[Parcel]]) -> Rows:
        """What `meet(number, tables)` makes of the rows that are addressed to a number, of each number."""

    def result(self, nothing: pa.Table) -> pa.Table:
        """What is addressed to nobody, in no order; `nothing` where nothing is."""


class Engine(Protocol):
    """Whoever does tasks. `settings` say how work is cut."""

    settings: Spark

    @property
    def partitions(self) -> int:
        """Into how many tasks rows go that are sent on."""

    def each(self, function: Callable[[Task], pa.Table], tasks: Sequence[Task]) -> list[pa.Table]:
        """`function` of each task, in the order of the tasks. The tables are small."""

    def rows(self, emit: Callable[[Task], Iterable[Parcel]], tasks: Sequence[Task]) -> Rows:
        """What the tasks emit, to be sent on."""
