"""Spark on this machine, once for all tests, and two stores that are compared table by table."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipeline import config
from pipeline.engine.spark import Cluster, open_cluster

#: A Java that lives for minutes compiles quickly rather than well: half the time goes there otherwise.
_BRIEF = {"spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1"}


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    pytest.importorskip("pyspark")
    with open_cluster(config.Spark(master="local[2]", partitions=3, conf=_BRIEF)) as opened:
        yield opened
