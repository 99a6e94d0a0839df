"""Spark on this machine, once for all tests, and two stores that are compared table by table."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipeline import config
from pipeline.engine.spark import Cluster, open_cluster


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    pytest.importorskip("pyspark")
    with open_cluster(config.Spark(master="local[2]", partitions=3)) as opened:
        yield opened
