"""A real cluster of two executors that loses one in the middle of a run, and a run that loses its driver between two stages."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pyarrow.parquet as pq
import pytest

from benchmarks.generate import write
from pipeline import checkup, config
from pipeline.engine.components import labels, labels_here
from pipeline.engine.spark import Cluster, open_cluster
from pipeline.storage.store import Store
from tests.spark.test_components import SHAPES, beside, written
from tests.spark.worlds import same

pytestmark = pytest.mark.spark_kills

_CONFIG = """
[audit]
singletons = "off"
[spark]
master = "local-cluster[2,1,512]"
split_mb = 0.5
block_texts = 500
partitions = 8
[spark.conf]
"spark.executor.memory" = "512m"
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Store]:
    """A night in several files, and the store that this machine makes of it."""
    pytest.importorskip("pyspark")
    folder = tmp_path_factory.mktemp("world")
    write(folder / "all.parquet", 3_000, 5)
    whole = pq.read_table(folder / "all.parquet")
    (folder / "night").mkdir()
    for number in range(6):
        pq.write_table(whole.slice(number * 500, 500), folder / "night" / f"{number}.parquet")
    (folder / "spark.toml").write_text(_CONFIG)
    store = folder / "here"
    subprocess.run(_command(folder, store, "local"), check=True, cwd=folder)
    return folder, Store(store)


def _command(folder: Path, store: Path, engine: str = "spark") -> list[str]:
    reprints = str(Path(sys.executable).parent / "reprints")
    return [reprints, "run", "night", "--store", str(store), "--config", str(folder / "spark.toml"), "--engine", engine]


def _executors(run: psutil.Process) -> Sequence[psutil.Process]:
    found = []
    for one in run.children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # which has ended meanwhile, or long ago
            found += [one] if "CoarseGrainedExecutorBackend" in " ".join(one.cmdline()) else []
    return found


def _until(run: subprocess.Popen[str], stage: str) -> None:
    """Until the run has told that a stage has ended."""
    assert run.stderr is not None
    for line in run.stderr:
        if line.startswith("{") and json.loads(line).get("stage") == stage:
            return
    raise AssertionError(f"the run ended before {stage} did")


def _started(folder: Path, store: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        _command(folder, store), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder
    )


@pytest.mark.parametrize("stage", ["sketch", "learn", "cut", "tell"])  # it is in the midst of what comes after
def test_an_executor_that_dies_in_the_middle_of_a_run_changes_nothing(
    world: tuple[Path, Store], tmp_path: Path, stage: str
) -> None:
    folder, here = world
    run = _started(folder, tmp_path / "there")
    _until(run, stage)
    victims = _executors(psutil.Process(run.pid))
    assert len(victims) == 2
    victims[0].kill()
    _, told = run.communicate(timeout=900)
    assert run.returncode == 0, told[-2000:]
    same(here, Store(tmp_path / "there"))


@pytest.mark.parametrize("stage", ["sketch", "verify", "form"])
def test_a_driver_that_dies_leaves_the_store_as_it_was_and_the_next_run_makes_up_for_it(
    world: tuple[Path, Store], tmp_path: Path, stage: str
) -> None:
    folder, here = world
    run = _started(folder, tmp_path / "there")
    _until(run, stage)
    left = psutil.Process(run.pid).children(recursive=True)
    os.kill(run.pid, signal.SIGKILL)
    run.communicate()
    store = Store(tmp_path / "there")
    assert not store.runs()
    for process in left:  # a cluster of its own would end what is left of an application that lost its driver
        if process.is_running():
            process.kill()
    subprocess.run(_command(folder, tmp_path / "there"), check=True, cwd=folder)
    same(here, store)
    assert not [check for check in checkup.checkup(store) if check.broken]


def test_an_executor_that_dies_changes_no_component(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyspark")
    chain = [(node, node + 1) for node in range(60)]
    files = written(beside([chain, SHAPES["clique"], SHAPES["star around the highest"]]), tmp_path)
    settings = config.Spark(
        master="local-cluster[2,1,512]", partitions=8, driver_edges=0, conf={"spark.executor.memory": "512m"}
    )
    write, seen = Cluster.write, []

    def write_and_kill(self: Cluster, *given: Any) -> list[Path]:
        seen.append(_executors(psutil.Process()))
        if len(seen) == 3:
            seen[-1][0].kill()
        return write(self, *given)

    monkeypatch.setattr(Cluster, "write", write_and_kill)
    with open_cluster(settings) as cluster:
        assert labels(cluster, files, tmp_path / "work").equals(labels_here(files))
    assert len(seen) > 3
    assert len(seen[2]) == 2
