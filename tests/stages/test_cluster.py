"""cluster against a plain-Python anchor rule, with networkx for components."""

from __future__ import annotations

import networkx
import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages import cluster

EDGES = st.integers(1, 14).flatmap(
    lambda n: st.tuples(
        st.just(n),
        st.sets(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda e: e[0] < e[1]), max_size=30),
        st.permutations(range(n)),
    )
)


def matches(edges: list[tuple[int, int]], paths: list[int] | None = None) -> pa.Table:
    return pa.table(
        {
            "left": pa.array([left for left, _ in edges], pa.int64()),
            "right": pa.array([right for _, right in edges], pa.int64()),
            "path": pa.array(paths or [2] * len(edges), pa.int8()),
            "accepted": pa.array([True] * len(edges), pa.bool_()),
        }
    )


def plain(graph: networkx.Graph, ranks: list[int]) -> dict[int, int]:
    """The rule as DESIGN words it: in each component the best anchor takes its neighbours, and the rest again."""
    anchor_of: dict[int, int] = {}
    for part in networkx.connected_components(graph):
        inner = graph.subgraph(part)
        anchor = min(part, key=lambda node: (-inner.degree(node), ranks[node]))
        taken = {anchor, *inner.neighbors(anchor)}
        anchor_of.update(dict.fromkeys(taken, anchor))
        anchor_of.update(plain(networkx.Graph(inner.subgraph(part - taken)), ranks))
    return anchor_of


@given(EDGES)
def test_anchors_are_those_of_the_rule(world: tuple[int, set[tuple[int, int]], list[int]]) -> None:
    n, edges, ranks = world
    graph = networkx.Graph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from(edges)
    got = cluster.run(matches(sorted(edges)), np.array(ranks)).tolist()
    assert got == [plain(graph, ranks)[node] for node in range(n)]
    assert all(node == anchor or graph.has_edge(node, anchor) for node, anchor in enumerate(got))


def test_twins_share_their_anchor_and_weigh_as_many() -> None:
    """0 - 1 - 2 - 3 with two twins of 3: 2 has four neighbours and outweighs 1, which would be earlier."""
    edges, paths = [(0, 1), (1, 2), (2, 3), (3, 4), (3, 5)], [2, 2, 2, 0, 0]
    assert cluster.run(matches(edges, paths), np.arange(6)).tolist() == [0, 2, 2, 2, 2, 2]


def test_refused_matches_join_nothing() -> None:
    table = matches([(0, 1), (1, 2)]).set_column(3, "accepted", pa.array([True, False]))
    assert cluster.run(table, np.array([2, 1, 0])).tolist() == [1, 1, 2]
    assert cluster.run(table.slice(0, 0), np.array([2, 1, 0])).tolist() == [0, 1, 2]
