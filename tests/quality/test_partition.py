"""How two partitions differ, beside an oracle that counts every pair."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.quality import partition

_CLUSTERS = pa.schema(
    [("cluster_id", pa.string()), ("canonical_id", pa.string()), ("headline", pa.string()), ("n_articles", pa.int32())]
)


def tables(where: Mapping[str, str]) -> tuple[pa.Table, pa.Table]:
    """Clusters, each led by the smallest of its articles, and members."""
    clusters = [
        {"cluster_id": id_, "canonical_id": min(mine), "headline": f"of {id_}", "n_articles": len(mine)}
        for id_ in sorted(set(where.values()))
        if (mine := [article for article, cluster in where.items() if cluster == id_])
    ]
    members = pa.table({"article_id": list(where), "cluster_id": list(where.values())})
    return pa.Table.from_pylist(clusters, _CLUSTERS), members.cast(
        pa.schema([("article_id", pa.string()), ("cluster_id", pa.string())])
    )


def difference(was: Mapping[str, str], now: Mapping[str, str]) -> partition.Difference:
    return partition.difference(*tables(was), *tables(now))


partitions = st.dictionaries(st.sampled_from("abcdefghij"), st.sampled_from("UVWX"), max_size=10)


@given(partitions, partitions)
@settings(max_examples=200)
def test_pairs_are_counted_as_one_by_one(was: dict[str, str], now: dict[str, str]) -> None:
    found = difference(was, now)
    both = sorted(was.keys() & now.keys())
    kept = split = joined = 0
    for one, other in combinations(both, 2):
        together = was[one] == was[other], now[one] == now[other]
        kept, split, joined = (
            kept + all(together),
            split + (together == (True, False)),
            joined + (together == (False, True)),
        )
    assert (found.kept, found.split, found.joined, found.in_both) == (kept, split, joined, len(both))
    sets = [{frozenset(a for a in of if of[a] == id_) for id_ in of.values()} for of in (was, now)]
    assert found.identical == len(sets[0] & sets[1])
    assert found.clusters == (len(sets[0]), len(sets[1]))
    assert sum(change.pairs for change in found.largest) == split + joined  # there are fewer than are shown at most
    assert [change.pairs for change in found.largest] == sorted((c.pairs for c in found.largest), reverse=True)


def test_the_largest_changes_name_where_the_prints_are_and_were() -> None:
    was = dict.fromkeys("abcde", "U") | dict.fromkeys("fg", "V")
    now = dict.fromkeys("abc", "U") | dict.fromkeys("defg", "W")
    found = difference(was, now)
    assert found.largest == (
        partition.Change("split", "U", "of U", 5, 6, (("U", 3), ("W", 2))),
        partition.Change("joined", "W", "of W", 4, 4, (("U", 2), ("V", 2))),
    )
    assert list(partition.text(found)) == [
        "articles: 7 before, 7 now, 7 in both; pairs of them together: 5 kept, 6 split, 4 joined",
        "clusters: 2 before, 2 now, 0 the same; 0 led by another print",
        "where most changed:",
        "  split  U, 5 prints, into U (3), W (2): of U",
        "  joined W, 4 prints, from U (2), V (2): of W",
    ]


def test_a_cluster_with_the_same_id_and_another_canonical_is_led_otherwise() -> None:
    found = difference(dict.fromkeys("abc", "U"), dict.fromkeys("bc", "U"))
    assert (found.canonicals, found.articles, found.kept, found.split) == (1, (3, 2), 1, 0)
