"""What is published of matches."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from pipeline import schema
from pipeline.stages import rollup

NIGHT = datetime(2026, 3, 9, tzinfo=UTC)
RELATIONS = ("version", "excerpt", "quotation", "different")
IDS = "abcdef"

#: left, right, whether it is accepted, relation, containment of either side, hour
Match = tuple[str, str, bool, str, float, float, int]

MATCHES = st.lists(
    st.tuples(
        st.sampled_from(IDS),
        st.sampled_from(IDS + "?"),  # the last is no member
        st.booleans(),
        st.sampled_from(RELATIONS),
        *(st.sampled_from([0.25, 0.5, 1.0]) for _ in range(2)),
        st.integers(0, 5),
    ).filter(lambda match: match[0] != match[1]),
    max_size=12,
)


@given(st.lists(st.tuples(st.sampled_from("klm"), st.integers(0, 4)), max_size=8))
def test_a_cluster_is_published_as_long_as_its_newest_member_is_not_past_the_horizon(
    members: list[tuple[str, int]],
) -> None:
    """The horizon itself is within it."""
    ids, days = [f"a{number}" for number in range(len(members))], 2
    clusters = pa.table({"cluster_id": pa.array(sorted({cluster for cluster, _ in members}), pa.string())})
    of = {"article_id": pa.array(ids, pa.string()), "cluster_id": pa.array([one for one, _ in members], pa.string())}
    times = pa.array([NIGHT - timedelta(days=ago) for _, ago in members], schema.TIME)
    articles = pa.table({"article_id": of["article_id"], "effective_at": times})
    found = rollup.within_horizon(clusters, pa.table(of), articles, NIGHT, days)
    kept = {cluster for cluster, ago in members if ago <= days}
    assert [rows["cluster_id"].to_pylist() for rows in found] == [
        sorted(kept),
        [cluster for cluster, _ in members if cluster in kept],
    ]


@given(MATCHES, st.lists(st.sampled_from(["k", "l", "m"]), min_size=len(IDS), max_size=len(IDS)))
def test_links_are_what_matches_between_clusters_come_to(matches: list[Match], clusters: list[str]) -> None:
    of = dict(zip(IDS, clusters, strict=True))
    wanted: dict[tuple[str, str, str], list[tuple[float, int]]] = {}
    for left, right, accepted, told, one, other, hour in matches:
        relation = "version" if accepted else told
        if right in of and of[left] != of[right] and relation != "different":
            key = (*sorted([of[left], of[right]]), relation)
            wanted.setdefault(key, []).append((max(one, other), hour))
    names = ("left_id", "right_id", "accepted", "relation", "containment_left", "containment_right", "at")
    rows = [[*match[:-1], NIGHT + timedelta(hours=match[-1])] for match in matches]
    kinds = [schema.PUBLISHED["matches"].field(name).type if name != "at" else schema.TIME for name in names]
    columns = [pa.array([row[place] for row in rows], kind) for place, kind in enumerate(kinds)]
    members = pa.table({"article_id": list(of), "cluster_id": clusters})
    found = rollup.links(pa.table(columns, names=list(names)), members)
    assert {(row["cluster_id"], row["other_id"], row["relation"]): row for row in found.to_pylist()} == {
        key: {
            "cluster_id": key[0],
            "other_id": key[1],
            "relation": key[2],
            "n_pairs": len(pairs),
            "best_score": max(score for score, _ in pairs),
            "at": NIGHT + timedelta(hours=max(hour for _, hour in pairs)),
        }
        for key, pairs in wanted.items()
    }


def test_an_agency_s_page_with_another_s_full_credit_is_the_other_s() -> None:
    articles = pa.table({"article_id": [*"abcd"], "home_agency": ["ap", "ap", "ap", None]})
    credited = pa.table(
        {
            "article_id": [*"abcd"],
            "credit_agency": ["reuters", "reuters", None, "afp"],
            "credit_grade": ["full", "partial", "none", "full"],
        }
    )
    assert rollup.agency_of(articles, credited).to_pylist() == ["reuters", "ap", "ap", "afp"]
