"""override: links of an editor over any small world, against what they promise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import networkx
import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages import cluster, override, verify
from tests.strategies import few

MOST = 20
TWIN, BANDS = 0, 2
Ids = tuple[str, str]


@dataclass(frozen=True)
class World:
    """Prints in the order of time: those of one number have the same words, twins have one number and one place.

    `alike`: the numbers whose texts match. Of matches, `shuffle` is the order.
    """

    numbers: tuple[int, ...]
    places: tuple[int, ...]
    alike: frozenset[frozenset[int]]
    must: dict[Ids, str]
    cannot: dict[Ids, str]
    rows: tuple[int, ...] = ()
    shuffle: int = 0

    @property
    def ids(self) -> list[str]:
        return [f"a{row:02}" for row in self.rows or range(len(self.numbers))]

    def match(self, one: int, other: int) -> bool:
        numbers = frozenset((self.numbers[one], self.numbers[other]))
        return len(numbers) == 1 or numbers in self.alike

    def table(self, pairs: Sequence[tuple[int, int, int]]) -> pa.Table:
        """What verify says of pairs."""
        blank = dict.fromkeys(verify.MATCHES.names, 0)
        rows = [
            blank | {"left": left, "right": right, "path": path, "accepted": (is_match := self.match(left, right))}
            | {"relation": "expanded" if is_match else "excerpt", "reason": "own"}
            for left, right, path in pairs
        ]  # fmt: skip
        return pa.Table.from_pylist(rows, verify.MATCHES)

    def matches(self) -> pa.Table:
        """As they are paired: twins by one who stands for all."""
        there, lead_of = sorted(self.rows) or range(len(self.numbers)), dict[tuple[int, int], int]()
        leads = [lead_of.setdefault((self.numbers[row], self.places[row]), row) for row in there]
        twins = [(lead, row, TWIN) for lead, row in zip(leads, there, strict=True) if lead != row]
        pairs = [*twins, *((*pair, BANDS) for pair in combinations(sorted({*leads}), 2))]
        order = np.random.default_rng(self.shuffle).permutation(len(pairs)) if self.shuffle else range(len(pairs))
        return self.table([pairs[place] for place in order])

    def formed(self) -> tuple[set[frozenset[str]], dict[Ids, tuple[bool, str, str]], dict[str, str]]:
        """The clusters, the verdicts (accepted, relation, reason), and the anchor of each, all by id."""
        rows = sorted(self.rows) or list(range(len(self.numbers)))
        place = {row: number for number, row in enumerate(rows)}
        ranks = np.arange(len(rows))

        def moved(table: pa.Table, to: Sequence[int] | dict[int, int]) -> pa.Table:
            for name in ("left", "right"):
                values = pa.array([to[row] for row in table[name].to_pylist()], pa.int64())
                table = table.set_column(table.column_names.index(name), verify.MATCHES.field(name), values)
            return table

        def compare(pairs: pa.Table) -> pa.Table:
            asked = moved(pairs, rows)
            return moved(self.table([tuple(row.values()) for row in asked.to_pylist()]), place)

        orders = override.NOTHING._replace(must_link=self.must, cannot_link=self.cannot)
        ids = pa.chunked_array([[f"a{row:02}" for row in rows]])
        matches, anchors = override.enforce(
            moved(self.matches(), place), ids, orders, compare, lambda some, pairs: cluster.apart(some, ranks, pairs)
        )
        names = ids.to_pylist()
        led = {name: names[anchor] for name, anchor in zip(names, anchors.tolist(), strict=True)}
        verdicts = {
            (names[row["left"]], names[row["right"]]): (row["accepted"], row["relation"], row["reason"])
            for row in matches.to_pylist()
        }
        assert len(verdicts) == matches.num_rows
        return {frozenset(one for one in led if led[one] == lead) for lead in led.values()}, verdicts, led


@st.composite
def worlds(draw: st.DrawFn, most_orders: int = 8) -> World:
    n = draw(st.integers(2, MOST))
    n_texts = draw(st.integers(1, 5))
    numbers, places = (tuple(draw(st.lists(st.integers(0, most), min_size=n, max_size=n))) for most in (n_texts - 1, 1))
    pairs = [frozenset(pair) for pair in combinations(range(n_texts), 2)]
    alike = draw(st.sets(st.sampled_from(pairs))) if pairs else set()
    two = st.sampled_from([*combinations([f"a{row:02}" for row in range(n)], 2)])
    kinds = st.tuples(two, st.sampled_from(["must", "cannot"]))
    orders = dict(draw(st.lists(kinds, max_size=most_orders)))
    must, cannot = ({ids: kind for ids, kind in orders.items() if kind == wanted} for wanted in ("must", "cannot"))
    return World(numbers, places, frozenset(alike), must, cannot)


def held(world: World) -> list[Ids]:
    """The must_links that hold: in the order of time, as long as they bind nobody to whom it cannot be linked."""
    bound = networkx.Graph()
    bound.add_nodes_from(world.ids)
    found = []
    for pair in sorted(world.must):
        bound.add_edge(*pair)
        if any(networkx.has_path(bound, *apart) for apart in world.cannot):
            bound.remove_edge(*pair)
        else:
            found.append(pair)
    return found


@few(200)
@given(worlds())
def test_a_cannot_link_holds_and_a_must_link_where_it_may(world: World) -> None:
    clusters, verdicts, led = world.formed()
    assert not [pair for pair in world.cannot for one in clusters if {*pair} <= one]
    assert all(any({*pair} <= one for one in clusters) for pair in held(world))
    for one, lead in led.items():
        accepted = verdicts.get((min(one, lead), max(one, lead)), (True,))[0]  # the row of a twin comes later
        assert accepted or one == lead


@few(200)
@given(worlds())
def test_no_match_is_refused_but_that_of_the_two_that_an_order_names(world: World) -> None:
    _, verdicts, led = world.formed()
    for (one, other), (accepted, relation, reason) in verdicts.items():
        is_match = world.match(int(one[1:]), int(other[1:]))
        own = "expanded" if is_match else "excerpt"
        assert reason.count("by itself") <= 1
        assert reason.rpartition("; by itself ")[2] in ("own", f"{own}: own")
        if accepted != is_match:
            assert relation == ("version" if accepted else "different")
            assert accepted or (one, other) in world.cannot
            assert not accepted or reason.startswith("must_link in the overrides: must;")
        else:
            assert relation == own
        assert not accepted or (one, other) not in world.cannot
        if led[one] == led[other]:
            assert override.parting(reason) is None


@few(200)
@given(worlds(most_orders=0), st.data())
def test_orders_leave_those_alone_who_match_nobody_named_in_them(world: World, data: st.DataObject) -> None:
    ids = st.sampled_from([*combinations(world.ids, 2)])
    ordered = replace(world, cannot={data.draw(ids): "", data.draw(ids): ""})
    before, after = world.formed()[0], ordered.formed()[0]
    named = {int(id_[1:]) for pair in ordered.cannot for id_ in pair}
    graph = networkx.Graph([(row, row) for row in range(len(world.numbers))])
    graph.add_edges_from(pair for pair in combinations(range(len(world.numbers)), 2) if world.match(*pair))
    reached = {f"a{row:02}" for one in named for row in networkx.node_connected_component(graph, one)}
    assert {one for one in before if not one & reached} == {one for one in after if not one & reached}


@few(200)
@given(worlds(), st.integers(1, 99), st.data())
def test_neither_the_order_of_rows_counts_nor_what_is_formed_beside_them(
    world: World, shuffle: int, data: st.DataObject
) -> None:
    whole = world.formed()
    assert replace(world, shuffle=shuffle).formed() == whole
    graph = networkx.Graph([(row, row) for row in range(len(world.numbers))])
    graph.add_edges_from((int(one[1:]), int(other[1:])) for one, other in world.must)
    graph.add_edges_from(pair for pair in combinations(range(len(world.numbers)), 2) if world.match(*pair))
    bins: dict[int, list[int]] = {}
    for component in networkx.connected_components(graph):
        bins.setdefault(data.draw(st.integers(0, 2)), []).extend(component)
    parts = [replace(world, rows=tuple(rows)).formed() for rows in bins.values()]
    assert set().union(*(clusters for clusters, _, _ in parts)) == whole[0]
    assert {one: lead for _, _, led in parts for one, lead in led.items()} == whole[2]
    inside = {pair: told for _, verdicts, _ in parts for pair, told in verdicts.items()}
    bin_of = {f"a{row:02}": number for number, rows in bins.items() for row in rows}
    across = {pair: told for pair, told in whole[1].items() if bin_of[pair[0]] != bin_of[pair[1]]}
    assert whole[1] == inside | across
    assert {*across.values()} <= {(False, "excerpt", "own")}


def test_one_that_cannot_be_linked_is_left_out_and_those_who_are_bound_stay() -> None:
    """a01 and a03 are bound, and a00 matches a01 while a02 matches a03: that a00 and a02 are apart moves the later."""
    alike = frozenset({frozenset({0, 1}), frozenset({2, 3})})
    world = World((0, 1, 2, 3), (0,) * 4, alike, {("a01", "a03"): ""}, {("a00", "a02"): "two events"})
    clusters, verdicts, _ = world.formed()
    assert clusters == {frozenset({"a00", "a01", "a03"}), frozenset({"a02"})}
    assert verdicts["a02", "a03"][:2] == (True, "expanded")
    assert (
        verdicts["a02", "a03"][2] == "cannot_link of a00 and a02 in the overrides: two events; by itself expanded: own"
    )
