"""Spark in a few verbs: `each` task somewhere, and rows that go `by` a number from task to task.

    with open_cluster(settings.spark) as cluster:
        results = cluster.each(function, tasks)              function(task) -> table, in the order of the tasks
        found = cluster.rows(emit, tasks).by(meet, 200)      emit(task) -> parcels; meet(number, tables) -> parcels
        table = found.result()                               what was addressed to nobody

Tasks read and write the store, which lies where all machines see it; so a task is small, and a table comes to the driver only
as the result of one. A task may be done twice, for Spark does again what was lost: what it writes it writes aside and renames.
Of equal numbers all rows meet in one call; nothing depends on their order, nor on the number of partitions.
"""

from __future__ import annotations

import builtins
import logging
import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pyarrow as pa

from pipeline.config import Spark
from pipeline.engine import cargo, java
from pipeline.engine.cargo import NOBODY, Parcel
from pipeline.errors import ClusterError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["Cluster", "Rows", "open_cluster"]

Task = TypeVar("Task")

_PARCELS = "to long, content binary"
_SCHEMA = pa.schema([("to", pa.int64()), ("content", pa.binary())])
_AT_ONCE = 8  # parcels, of some megabytes each, that pass between Python and the JVM together
_BATCH = "spark.sql.execution.arrow.maxRecordsPerBatch"
_SHUFFLE = "spark.sql.shuffle.partitions"
_ROW_GROUP = 32 << 20  # bytes of columns that a task holds before it writes them

#: What a session of our own is given unless the settings say otherwise. Between parcels a worker has nothing to keep.
_DEFAULTS = {
    "spark.app.name": "newswire-reprints",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.executorEnv.REPRINTS_THREADS": "1",  # a task has one core
    "spark.sql.adaptive.enabled": "false",  # how many partitions there are is known; parcels look small to it
    "spark.log.level": "ERROR",
}
_ON_THIS_MACHINE = {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}


@contextmanager
def open_cluster(settings: Spark) -> Iterator[Cluster]:
    """A session of the cluster that the settings name, for as long as the block lasts; or the one that there is already.

    `ClusterError` if there is no Spark, no Java, or no cluster to be had.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise ClusterError(
            "the spark engine needs pyspark: pip install 'newswire-reprints[spark]' (in a checkout: pip install '.[spark]')"
        ) from None
    logging.getLogger("py4j").setLevel(logging.ERROR)
    there = SparkSession.getActiveSession()
    with _quiet():
        session = there or _started(settings)
    cluster = Cluster(session, settings)
    wanted = {_BATCH: _AT_ONCE, _SHUFFLE: cluster.partitions}
    before = {name: session.conf.get(name, None) for name in wanted}
    for name, value in wanted.items():
        session.conf.set(name, str(value))
    try:
        yield cluster
    finally:
        if there is None:
            session.stop()
        for name, value in before.items() if there else ():
            if value is not None:
                session.conf.set(name, value)


def _started(settings: Spark) -> SparkSession:
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    master = settings.master or os.environ.get("MASTER", "")
    told = {**_DEFAULTS, **(_ON_THIS_MACHINE if master.startswith("local") else {}), **settings.conf}
    if master.startswith("sc://"):  # Spark Connect: the cluster has its own Java
        builder = SparkSession.builder.remote(master)
        told = {name: value for name, value in told.items() if name.startswith("spark.sql.")}
    else:
        java.ensure()
        builder = SparkSession.builder.master(master) if master else SparkSession.builder
    if master.startswith("local"):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    for name, value in told.items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except (PySparkException, OSError, RuntimeError) as error:
        raise ClusterError(
            f"no Spark session at {master or 'the master of the environment'} ([spark] master): {_first_line(error)}"
        ) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what Spark says of pandas, which is not used here."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
        yield


class Cluster:
    """A session, and how work is cut for it."""

    def __init__(self, session: SparkSession, settings: Spark) -> None:
        self.session, self.settings = session, settings

    @property
    def partitions(self) -> int:
        """Into how many tasks rows go that are shuffled."""
        if self.settings.partitions:
            return self.settings.partitions
        try:
            return max(2, 2 * int(self.session.sparkContext.defaultParallelism))
        except Exception:  # Spark Connect has no context
            return int(self.session.conf.get(_SHUFFLE, "64") or 64)

    def each(self, function: Callable[[Task], pa.Table], tasks: Sequence[Task]) -> list[pa.Table]:
        """`function` of each task, in the order of the tasks. The tables, which come to the driver, are small."""
        if not tasks:
            return []
        found: list[pa.Table | None] = [None] * len(tasks)
        self._tell(_name(function))
        for number, content in _collected(self._frame(partial(_numbered, function), tasks)):
            table = cargo.unpacked(content)
            found[number] = table if found[number] is None else pa.concat_tables([found[number], table])
        missing = [number for number, table in enumerate(found) if table is None]
        if missing:
            raise ClusterError(f"tasks {missing[:5]} of {len(tasks)} gave nothing back: Spark lost their results")
        return [table for table in found if table is not None]

    def rows(self, emit: Callable[[Task], Iterable[Parcel]], tasks: Sequence[Task]) -> Rows:
        """What the tasks emit, to be sent on."""
        return Rows(self, self._frame(partial(_emitted, emit), tasks), [_name(emit)])

    def read(self, paths: Sequence[Path], columns: str) -> DataFrame:
        """The columns of Parquet files, or of folders of them, where all machines see them."""
        with _errors():
            return self.session.read.schema(columns).parquet(*map(_address, paths))

    def write(self, frame: DataFrame, folder: Path, name: str) -> list[Path]:
        """The rows as Parquet files in `folder`, in no order, and what was there is gone; `name` is what the job is called."""
        self._tell(name)
        writer = frame.write.mode("overwrite").option("parquet.block.size", _ROW_GROUP)
        with _errors():
            writer.parquet(_address(folder))
        return sorted(folder.glob("*.parquet"))

    def first(self, frame: DataFrame, name: str) -> tuple[Any, ...]:
        """The first row, of a frame that has few."""
        self._tell(name)
        with _errors():
            return tuple(frame.collect()[0])

    def _tell(self, name: str) -> None:
        """What Spark's own pages and logs call the next job."""
        with suppress(Exception):  # Spark Connect has no context
            self.session.sparkContext.setJobDescription(f"reprints: {name}")

    def _frame(self, run: Callable[[Any, Any], Iterable[tuple[int, bytes]]], tasks: Sequence[Any]) -> DataFrame:
        """A data frame of parcels, a partition for each task."""
        frame = self.session.range(0, max(1, len(tasks)), 1, max(1, len(tasks)))
        return _mapped(frame, partial(_run, run, list(tasks), str(Path.cwd())))


class Rows:
    """Parcels under way. Nothing is done before a result is asked for."""

    def __init__(self, cluster: Cluster, frame: DataFrame, names: list[str]) -> None:
        self._cluster, self._frame, self._names = cluster, frame, names

    def by(self, meet: Callable[[int, Iterator[pa.Table]], Iterable[Parcel]]) -> Rows:
        """What `meet(number, tables)` makes of the rows that are addressed to a number, of each number in turn."""
        frame = self._frame.repartition(self._cluster.partitions, "to").sortWithinPartitions("to")
        frame = _mapped(frame, partial(_met, meet, str(Path.cwd())))
        return Rows(self._cluster, frame, [*self._names, _name(meet)])

    def result(self, nothing: pa.Table) -> pa.Table:
        """What is addressed to nobody, in no order; `nothing` where nothing is."""
        self._cluster._tell(", ".join(self._names))
        found = [cargo.unpacked(content) for to, content in _collected(self._frame) if to == NOBODY]
        return pa.concat_tables([nothing, *(table.cast(nothing.schema) for table in found)])


def _mapped(frame: DataFrame, function: Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]) -> DataFrame:
    with _quiet():
        return frame.mapInArrow(function, _PARCELS)


def _name(function: Callable[..., Any]) -> str:
    while isinstance(function, partial):
        function = function.func
    return getattr(function, "__name__", "task").strip("_")


def _collected(frame: DataFrame) -> Iterator[tuple[int, bytes]]:
    with _errors():
        for row in frame.collect():
            yield row["to"], bytes(row["content"])


def _address(path: Path) -> str:
    """A path for Spark, which without a scheme takes it for one of the cluster's own file system, HDFS for instance."""
    path = path.absolute()
    if path.parts[1:2] == ("Volumes",):  # of Databricks, which have no other address
        return str(path)
    return path.as_uri()


@contextmanager
def _errors() -> Iterator[None]:
    from pyspark.errors import PySparkException, PythonException

    try:
        yield
    except PySparkException as error:
        told = _told(error)
        if isinstance(error, PythonException) and not _is_expected(told):
            raise  # a bug, whose traceback says where
        raise ClusterError(f"a task failed on the cluster: {told}") from error


# --- what happens in a worker


def _go(folder: str) -> None:
    """To where the driver is, so that a relative path means the same, as far as there is such a folder here."""
    with suppress(OSError):
        os.chdir(folder)


def _run(run: Any, tasks: list[Any], folder: str, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    _go(folder)
    for batch in batches:
        for number in batch["id"].to_pylist():
            if number < len(tasks):
                yield from _batched(run(number, tasks[number]))


def _numbered(function: Callable[[Any], pa.Table], number: int, task: Any) -> Iterator[tuple[int, bytes]]:
    table = function(task)
    yield from cargo.packed([Parcel(number, table)]) if table.num_rows else [_empty(number, table)]


def _empty(number: int, table: pa.Table) -> tuple[int, bytes]:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema):
        pass
    return number, sink.getvalue().to_pybytes()


def _emitted(emit: Callable[[Any], Iterable[Parcel]], _: int, task: Any) -> Iterator[tuple[int, bytes]]:
    yield from cargo.packed(emit(task))


def _met(
    meet: Callable[[int, Iterator[pa.Table]], Iterable[Parcel]], folder: str, batches: Iterator[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """Parcels come sorted by number: of each number they are met as they come."""
    _go(folder)
    yield from _batched(cargo.packed(_each_met(meet, _parcels(batches))))


def _each_met(
    meet: Callable[[int, Iterator[pa.Table]], Iterable[Parcel]], parcels: Iterator[tuple[int, bytes]]
) -> Iterator[Parcel]:
    for number, group in groupby(parcels, itemgetter(0)):
        yield from meet(number, (cargo.unpacked(content) for _, content in group))


def _parcels(batches: Iterator[pa.RecordBatch]) -> Iterator[tuple[int, bytes]]:
    for batch in batches:
        for to, content in zip(batch["to"].to_pylist(), batch["content"], strict=True):
            yield to, content.as_py()


def _batched(parcels: Iterable[tuple[int, bytes]]) -> Iterator[pa.RecordBatch]:
    for to, content in parcels:
        yield pa.RecordBatch.from_arrays([pa.array([to], pa.int64()), pa.array([content], pa.binary())], schema=_SCHEMA)


# --- errors


def _told(error: Exception) -> str:
    """Of what a worker said the last line of its traceback, which names the fault."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    python = [line for line in lines if not line.startswith(("at ", "File ", "Caused by"))]
    named = [line for line in python if "Error" in line.partition(":")[0]]
    return (named or python or ["no reason given"])[-1][:1000]


def _is_expected(told: str) -> bool:
    """Whether what a worker said names a failure that an operator can do something about: ours, of files, or of memory."""
    name = told.partition(":")[0]
    kind = getattr(builtins, name, None)
    is_system = isinstance(kind, type) and issubclass(kind, (OSError, MemoryError))
    return is_system or name.startswith("pipeline.errors.")


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)[:500]
