"""What hangs together: on the driver as networkx has it, and on Spark as on the driver, byte for byte."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import networkx
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from pipeline.engine.components import LABELS, labels, labels_here
from pipeline.engine.spark import Cluster
from pipeline.errors import ClusterError

Edge = tuple[int, int]

_LEAST, _MOST = -(1 << 63), (1 << 63) - 1

#: Few numbers, so that edges meet, loop and come twice; and the ends of what 64 bits hold.
NODES = st.one_of(st.integers(-3, 9), st.sampled_from([_LEAST, _LEAST + 1, -(1 << 53) - 1, 1 << 53, _MOST - 1, _MOST]))
GRAPHS = st.lists(st.tuples(NODES, NODES), max_size=30)

#: What is long, what is wide, and what was hardest to come by at random; each is moved to numbers of its own.
SHAPES: dict[str, list[Edge]] = {
    "chain": [(node, node + 1) for node in range(2_000)],
    "chain without an order": [
        (7 * node % 2_003, 7 * (node + 1) % 2_003) for node in np.random.default_rng(5).permutation(2_002)
    ],
    "star around the lowest": [(0, leaf) for leaf in range(1, 20_001)],
    "star around the highest": [(20_001, leaf) for leaf in range(1, 20_001)],
    "loops": [(node, node) for node in range(50)],
    "loop on a chain": [(0, 1), (1, 1), (1, 2), (2, 2), (3, 3)],
    "clique": [(left, right) for left in range(40) for right in range(40)],
    "tree": [(node, node // 2) for node in range(1, 1_024)],
    "two stars with one leaf of both": [(0, 2), (0, 3), (0, 4), (1, 4), (1, 5), (1, 6)],
}


def written(edges: Sequence[Edge], folder: Path, n_files: int = 3) -> list[Path]:
    """The edges in several files, beside a column that is nobody's business; one of the files is empty."""
    paths = [folder / f"{number}.parquet" for number in range(n_files)]
    pairs = np.array(edges, np.int64).reshape(-1, 2)
    for number, path in enumerate(paths):
        some = pairs[number :: n_files - 1] if number < n_files - 1 else pairs[:0]
        columns = {"left": some[:, 0], "reason": ["why"] * len(some), "right": some[:, 1]}
        pq.write_table(pa.table(columns), path, row_group_size=1_000)
    return paths


def expected(edges: Sequence[Edge]) -> pa.Table:
    """The same by networkx."""
    found: dict[int, int] = {}
    for part in networkx.connected_components(networkx.Graph(edges)):
        found |= dict.fromkeys(part, min(part))
    nodes = sorted(found)
    return pa.table([nodes, [found[node] for node in nodes]], schema=LABELS)


@given(GRAPHS)
def test_each_node_has_the_lowest_of_its_component(edges: list[Edge]) -> None:
    with TemporaryDirectory() as folder:
        assert labels_here(written(edges, Path(folder))).equals(expected(edges))


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_on_the_driver(tmp_path: Path, name: str) -> None:
    assert labels_here(written(SHAPES[name], tmp_path)).equals(expected(SHAPES[name]))


def test_many_edges_between_two_nodes_are_one(tmp_path: Path) -> None:
    edges = [(1, 2)] * 256 + [(2, 1)] * 256  # sums of them would be 0 in a byte
    assert labels_here(written(edges, tmp_path)).to_pylist() == [{"node": 1, "label": 1}, {"node": 2, "label": 1}]


def test_without_an_edge_there_is_no_node(tmp_path: Path) -> None:
    assert labels_here([]).equals(LABELS.empty_table())
    assert labels_here(written([], tmp_path)).equals(LABELS.empty_table())


# --- on Spark


def on(cluster: Cluster, driver_edges: int = 0) -> Cluster:
    """The cluster for a driver that takes so many edges."""
    return Cluster(cluster.session, msgspec.structs.replace(cluster.settings, driver_edges=driver_edges))


def beside(graphs: Sequence[Sequence[Edge]]) -> list[Edge]:
    """The graphs in one, each among numbers of its own."""
    moved: list[Edge] = []
    for number, graph in enumerate(graphs):
        own = {node: place for place, node in enumerate(sorted({node for edge in graph for node in edge}))}
        first = (number - len(graphs) // 2) << 40
        moved += [(first + own[left], first + own[right]) for left, right in graph]
    return moved


def graphs(n: int) -> list[list[Edge]]:
    """The first that hypothesis makes, the same every time."""
    found: list[list[Edge]] = []

    @given(GRAPHS)
    @settings(max_examples=n, derandomize=True, database=None, phases=[Phase.generate])
    def make(graph: list[Edge]) -> None:
        found.append(graph)

    make()
    return found


@pytest.mark.spark
def test_spark_finds_what_the_driver_finds(cluster: Cluster, tmp_path: Path) -> None:
    edges = beside([*graphs(300), *SHAPES.values()])
    edges += [(_LEAST, _MOST), (_MOST, _MOST - 1), (_LEAST + 1, _LEAST + 1)]
    files = written(edges, tmp_path, 4)
    there = labels(on(cluster), files, tmp_path / "work")
    assert there.equals(expected(edges))
    assert there.equals(labels_here(files))
    assert not list((tmp_path / "work").iterdir())


@pytest.mark.spark
def test_rounds_end_when_the_driver_can_take_what_is_left(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edges = beside([SHAPES["clique"], SHAPES["tree"], SHAPES["loops"]])
    files = written(edges, tmp_path)
    done: list[Path] = []
    write = Cluster.write
    monkeypatch.setattr(Cluster, "write", lambda self, *given: done.append(given[1]) or write(self, *given))
    assert labels(on(cluster, 1_599 + 1_023 + 50), files, tmp_path / "work").equals(expected(edges))
    assert len(done) == 1
    done.clear()
    assert labels(on(cluster, len(edges)), files, tmp_path / "work").equals(expected(edges))
    assert not done


@pytest.mark.spark
def test_without_an_edge_spark_finds_no_node(cluster: Cluster, tmp_path: Path) -> None:
    assert labels(on(cluster), written([], tmp_path), tmp_path / "work").equals(LABELS.empty_table())


@pytest.mark.spark
def test_a_file_that_is_not_there_is_told(cluster: Cluster, tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match=r"gone\.parquet"):
        cluster.read([tmp_path / "gone.parquet"], "left long, right long")
