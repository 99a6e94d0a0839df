"""Small worlds of articles as files, and what two stores say of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from pipeline import config, flow, schema
from pipeline.alone import Alone
from pipeline.engine.spark import Cluster
from pipeline.hands import Hands
from pipeline.spread import Spread
from pipeline.storage.store import Store
from tests import strategies
from tests.test_order import row

AS_OF = datetime(2026, 4, 30, tzinfo=UTC)

#: With buckets that are hot from four texts on, and furniture from two: what is rare in small worlds happens in them.
LOCAL = Alone(most=1 << 62)  # however many articles are opened, all of them are held
SETTINGS = config.Config(
    pair=config.Pair(window_days=5, bucket_cap=3, pivots=2, band_pivots=1),
    learn=config.Learn(min_texts=2),
    audit=config.Audit(max_rejects=1.0),
)


def spread(cluster: Cluster, *, split_mb: float = 0.02, block_texts: int = 9) -> Spread:
    """The hands of a cluster with work cut so small that a few articles are many tasks."""
    return Spread(Cluster(cluster.session, config.Spark(partitions=3, split_mb=split_mb, block_texts=block_texts)))


def written(night: Sequence[strategies.Article], folder: Path, n_files: int = 3) -> list[str]:
    """The articles of a night, in several files."""
    folder.mkdir(parents=True)
    paths = [folder / f"{number}.jsonl" for number in range(n_files)]
    for number, path in enumerate(paths):
        path.write_text("".join(json.dumps(row(article)) + "\n" for article in night[number::n_files]))
    return [str(path) for path in paths if path.stat().st_size]


def run(nights: Sequence[list[str]], store: Store, settings: config.Config, hands: Sequence[Hands]) -> None:
    """Each night by the hands that it is given."""
    for inputs, these in zip(nights, hands, strict=True):
        flow.run(inputs, store, settings, as_of=AS_OF, hands=these)


def same(one: Store, other: Store) -> None:
    """Every table of the newest runs has the same rows in the same order, and what the runs came to is the same."""
    assert one.run_id() == other.run_id()
    for name in schema.PUBLISHED:
        expected, found = (store.table(name).combine_chunks() for store in (one, other))
        assert found.equals(expected), _differing(name, expected, found)
    assert one.manifest()["counts"] == other.manifest()["counts"]


def _differing(name: str, expected: pa.Table, found: pa.Table) -> str:
    was, now = (set(map(str, rows.to_pylist())) for rows in (expected, found))
    return f"{name}: missing {sorted(was - now)[:2]}, beside {sorted(now - was)[:2]}, {len(was)} and {len(now)} rows"
