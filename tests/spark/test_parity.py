"""Spark gives the tables that this machine gives, row for row, night by night, whoever did the nights before."""

from __future__ import annotations

import tempfile
from pathlib import Path

import msgspec
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pipeline import checkup, config, flow
from pipeline.engine.spark import Cluster
from pipeline.errors import ClusterError, InputError
from pipeline.storage.store import Store
from tests import strategies
from tests.spark.worlds import LOCAL, SETTINGS, run, same, spread, written

pytestmark = pytest.mark.spark

GOLDEN = Path(__file__).parents[1] / "golden"


def test_the_wire_day_at_once(cluster: Cluster, tmp_path: Path) -> None:
    day = config.load(GOLDEN / "wire-day.toml")
    one, other = Store(tmp_path / "one"), Store(tmp_path / "other")
    flow.run([str(GOLDEN / "wire-day")], one, day)
    flow.run([str(GOLDEN / "wire-day")], other, day, hands=spread(cluster))
    same(one, other)
    assert len(other.state().parts) > 3
    assert not [check for check in checkup.checkup(other) if check.broken]


@given(world=strategies.worlds(), cuts=st.tuples(st.floats(0.2, 0.8), st.integers(0, 1)))
@settings(
    max_examples=3,
    derandomize=True,
    deadline=None,
    phases=[Phase.generate],  # to shrink a world takes hours
    suppress_health_check=list(HealthCheck),
)
def test_nights_in_turn_by_either_engine(
    cluster: Cluster, world: tuple[strategies.Article, ...], cuts: tuple[float, int]
) -> None:
    cut = max(1, int(len(world) * cuts[0]))
    nights = [list(world[:cut]), list(world[cut:])]
    if cuts[1]:
        nights.reverse()
    with tempfile.TemporaryDirectory() as folder:
        one, other = Store(Path(folder) / "one"), Store(Path(folder) / "other")
        files = [written(night, Path(folder) / f"night{number}") for number, night in enumerate(nights) if night]
        on = spread(cluster, split_mb=0.0005, block_texts=3)
        run(files, one, SETTINGS, [LOCAL] * len(files))
        run(files, other, SETTINGS, [on, LOCAL][: len(files)] if cuts[1] else [LOCAL, on][: len(files)])
        same(one, other)


def test_what_is_known_is_a_repeat_and_other_rules_compare_all_again(cluster: Cluster, tmp_path: Path) -> None:
    feed, on = [str(GOLDEN / "wire-day")], spread(cluster)
    day = config.load(GOLDEN / "wire-day.toml")
    one, other = Store(tmp_path / "one"), Store(tmp_path / "other")
    for store, hands in ((one, LOCAL), (other, on)):
        flow.run(feed, store, day, hands=hands)
    assert not flow.run(feed, other, day, hands=on).run_id  # the same input changes nothing
    stricter = msgspec.structs.replace(day, verify=config.Verify(min_jaccard=0.5, min_containment=0.9))
    for store, hands in ((one, LOCAL), (other, on)):
        assert flow.run(feed, store, stricter, hands=hands).run_id
    same(one, other)


def test_input_that_cannot_be_read_is_told_as_here(cluster: Cluster, tmp_path: Path) -> None:
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 is how it begins, and nothing follows")
    with pytest.raises(InputError, match=r"none of the 1 input files could be read: .*bad\.parquet"):
        flow.run([str(tmp_path / "bad.parquet")], Store(tmp_path / "store"), config.Config(), hands=spread(cluster))
    assert not Store(tmp_path / "store").runs()


def test_a_bug_in_a_task_is_told_as_one_and_what_an_operator_can_mend_in_a_line(cluster: Cluster) -> None:
    from pyspark.errors import PythonException

    with pytest.raises(PythonException, match="KeyError"):
        cluster.each(_wrong, [0])
    with pytest.raises(ClusterError, match="No space left on device"):
        cluster.each(_full, [0])


def _wrong(_: int) -> pa.Table:
    raise KeyError("a column that is not there")


def _full(_: int) -> pa.Table:
    raise OSError(28, "No space left on device")
