"""The verbs of a cluster on this machine alone: for runs whose rows are more than memory holds.

    cluster = here(folder)                               tasks and shuffles as `engine.spark` has them
    table = cluster.rows(emit, tasks).by(meet).result(nothing)

What goes from task to task lies in files below `folder`, one for each number, and is gone when it has been met. Some numbers
are met side by side, and what comes of them is held; what tasks emit is not, and they go in turn, while what the one before
emitted is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import pyarrow as pa

from pipeline.config import Spark
from pipeline.engine import cargo
from pipeline.engine.cargo import NOBODY, Parcel
from pipeline.engine.tasks import Engine, Rows
from pipeline.stages.kernels.threads import ahead, parallel, workers

__all__ = ["here"]

Task = TypeVar("Task")

_LENGTH = 8  # bytes before each parcel in a file, which say how long it is


def here(folder: Path, settings: Spark, at_once: int) -> Engine:
    """This machine; `settings` say how work is cut. Edges of a graph are looked at all at once, however many there are.

    `at_once`: so many numbers are met side by side, or as many as there are threads if that is less.
    """
    return _Here(folder, settings, at_once)


class _Here:
    def __init__(self, folder: Path, settings: Spark, at_once: int) -> None:
        self.folder, self.settings, self._at_once = folder, settings, at_once

    @property
    def partitions(self) -> int:
        """One for each thread."""
        return workers()

    def each(self, function: Callable[[Task], pa.Table], tasks: Sequence[Task]) -> list[pa.Table]:
        """`function` of each task, in the order of the tasks."""
        return parallel(function, tasks)

    def rows(self, emit: Callable[[Task], Iterable[Parcel]], tasks: Sequence[Task]) -> Rows:
        """What the tasks emit, to be sent on."""
        return _Rows(self.folder, (parcel for task in tasks for parcel in emit(task)), self._at_once)


class _Rows:
    """Parcels under way. Nothing is done before a result is asked for."""

    def __init__(self, folder: Path, parcels: Iterable[Parcel], at_once: int) -> None:
        self._folder, self._parcels, self._at_once = folder, parcels, at_once

    def by(self, meet: Callable[[int, Iterator[pa.Table]], Iterable[Parcel]]) -> Rows:
        """What `meet(number, tables)` makes of the rows that are addressed to a number, of each number."""
        return _Rows(self._folder, self._met(meet), self._at_once)

    def _met(self, meet: Callable[[int, Iterator[pa.Table]], Iterable[Parcel]]) -> Iterator[Parcel]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix="parcels-", dir=self._folder) as folder:
            numbers = set[int]()
            for to, content in cargo.packed(ahead(self._parcels)):
                numbers.add(to)
                with (Path(folder) / f"{to}").open("ab") as file:
                    file.write(len(content).to_bytes(_LENGTH, "little"))
                    file.write(content)

            def met(number: int) -> list[Parcel]:
                found = list(meet(number, _sent(Path(folder) / f"{number}")))
                (Path(folder) / f"{number}").unlink()
                return found

            left, step = sorted(numbers), min(workers(), self._at_once)
            for some in (left[first : first + step] for first in range(0, len(left), step)):
                for found in parallel(met, some):
                    yield from found

    def result(self, nothing: pa.Table) -> pa.Table:
        """What is addressed to nobody; `nothing` where nothing is."""
        return pa.concat_tables([nothing, *(rows.cast(nothing.schema) for to, rows in self._parcels if to == NOBODY)])


def _sent(path: Path) -> Iterator[pa.Table]:
    with path.open("rb") as file:
        while length := file.read(_LENGTH):
            yield cargo.unpacked(file.read(int.from_bytes(length, "little")))
