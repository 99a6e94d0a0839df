"""cluster against a plain-Python anchor rule, with networkx for components."""

from __future__ import annotations

from itertools import combinations

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


@given(EDGES, st.data())
def test_twins_share_their_anchor_and_weigh_as_many(
    world: tuple[int, set[tuple[int, int]], list[int]], data: st.DataObject
) -> None:
    """As if each twin had all edges of the one that stands for it, and one with that and with each other twin of it."""
    n, edges, ranks = world
    leads = [*range(n), *data.draw(st.lists(st.integers(0, n - 1), max_size=5))]
    twins = [(lead, row) for row, lead in enumerate(leads) if lead != row]
    ranks = [*ranks, *range(n, len(leads))]
    graph = networkx.Graph()
    graph.add_nodes_from(range(len(leads)))
    for one, other in combinations(range(len(leads)), 2):
        between = leads[one], leads[other]
        if between[0] == between[1] or (min(between), max(between)) in edges:
            graph.add_edge(one, other)
    paths = [2] * len(edges) + [0] * len(twins)
    got = cluster.run(matches([*sorted(edges), *twins], paths), np.array(ranks)).tolist()
    assert got == [plain(graph, ranks)[node] for node in range(len(leads))]


def test_refused_matches_join_nothing() -> None:
    table = matches([(0, 1), (1, 2)]).set_column(3, "accepted", pa.array([True, False]))
    assert cluster.run(table, np.array([2, 1, 0])).tolist() == [1, 1, 2]
    assert cluster.run(table.slice(0, 0), np.array([2, 1, 0])).tolist() == [0, 1, 2]


@given(EDGES, st.data())
def test_no_anchor_takes_two_who_are_apart(
    world: tuple[int, set[tuple[int, int]], list[int]], data: st.DataObject
) -> None:
    n, edges, ranks = world
    two = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda pair: pair[0] < pair[1])
    pairs = data.draw(st.lists(two, unique=True, max_size=6)) if n > 1 else []
    free = edges - {*pairs}
    got, left_out = cluster.apart(matches(sorted(free)), np.array(ranks), np.array(pairs, np.int64).reshape(-1, 2))
    anchors, expected = parted(free, ranks, pairs)
    assert got.tolist() == anchors
    assert left_out.tolist() == expected
    assert all(got[one] != got[other] for one, other in pairs)
    if not any(expected):
        assert got.tolist() == cluster.run(matches(sorted(free)), np.array(ranks)).tolist()


def parted(edges: set[tuple[int, int]], ranks: list[int], pairs: list[tuple[int, int]]) -> tuple[list[int], list[int]]:
    """The rule: the best anchor of those who are free takes its neighbours by rank, but nobody who is apart from one it has."""
    graph = networkx.Graph(sorted(edges))
    graph.add_nodes_from(range(len(ranks)))
    anchor_of, left_out = dict[int, int](), [0] * len(pairs)
    while free := graph.subgraph(set(range(len(ranks))) - anchor_of.keys()):
        anchor = min(free, key=lambda node: (-free.degree(node), ranks[node]))
        takes = [anchor]
        named = {node for pair in pairs for node in pair}
        for node in sorted(free[anchor], key=lambda node: (node in named, ranks[node])):
            barred = [at for at, pair in enumerate(pairs) if node in pair and (sum(pair) - node) in takes]
            for at in barred:
                left_out[at] = 1 + pairs[at].index(node)
            takes += [] if barred else [node]
        anchor_of.update(dict.fromkeys(takes, anchor))
    return [anchor_of[node] for node in range(len(ranks))], left_out
