"""Orders of an editor: what they do to clusters, canonicals and publishers, and how rows tell of them."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import config, explain
from pipeline.errors import ConfigError
from pipeline.stages import override
from pipeline.storage.store import Store
from tests.strategies import few
from tests.test_nights import BODY, LENIENT, NIGHT, article, night, partition, run

OTHER = " ".join(f"harbour{i} ferry{i}" for i in range(60))


def ordered(tmp_path: Path, *rows: str) -> config.Config:
    path = tmp_path / "orders.csv"
    path.write_text("\n".join(["order,left_id,right_id,note", *rows]) + "\n", encoding="utf-8")
    return msgspec.structs.replace(LENIENT, override=config.Override(orders=str(path)))


def test_must_link_joins_two_clusters_and_says_so(tmp_path: Path) -> None:
    articles = [article("a"), article("b"), article("c", body=OTHER), article("d", body=OTHER)]
    settings = ordered(tmp_path, "must_link,a,d,one event to our readers")
    run(tmp_path / "s", night(tmp_path, "n", *articles), settings=settings)
    assert partition(tmp_path / "s") == {frozenset("abcd")}
    matches = Store(tmp_path / "s").table("matches").to_pylist()
    forced = [row for row in matches if "must_link in the overrides: one event to our readers" in row["reason"]]
    assert forced
    assert all(row["accepted"] and row["relation"] == "version" for row in forced if "different" in row["reason"])
    clusters = Store(tmp_path / "s").table("clusters").to_pylist()
    assert [row["cohesion_min"] for row in clusters] == [0.0]  # the figures stay what they are


def test_cannot_link_parts_what_the_figures_join(tmp_path: Path) -> None:
    articles = [article("a"), article("b", body=f"{BODY} one"), article("c", body=f"{BODY} two")]
    settings = ordered(tmp_path, "cannot_link,c,a,")
    run(tmp_path / "s", night(tmp_path, "n", *articles), settings=settings)
    found = partition(tmp_path / "s")
    assert frozenset("b") not in found
    assert not any({"a", "c"} <= cluster for cluster in found)


def test_cannot_link_parts_the_same_words_at_the_same_time(tmp_path: Path) -> None:
    settings = ordered(tmp_path, "cannot_link,a,b,two editions")
    run(tmp_path / "s", night(tmp_path, "n", article("a"), article("b")), settings=settings)
    assert partition(tmp_path / "s") == {frozenset("a"), frozenset("b")}


@pytest.mark.parametrize("n", [8, 11, 12, 20])
def test_cannot_link_holds_among_any_number_of_prints(tmp_path: Path, n: int) -> None:
    rows = [article(f"a{i:02}", NIGHT + timedelta(minutes=i), f"{BODY} own{i}") for i in range(n)]
    run(tmp_path / "s", night(tmp_path, "n", *rows), settings=ordered(tmp_path, "cannot_link,a03,a07,two events"))
    store = Store(tmp_path / "s")
    assert partition(tmp_path / "s") == {frozenset({row["id"] for row in rows} - {"a07"}), frozenset({"a07"})}
    matches = store.table("matches").to_pylist()
    assert [(row["left_id"], row["right_id"]) for row in matches if not row["accepted"]] == [("a03", "a07")]
    told = [row["reason"] for row in matches if "a07" in (row["left_id"], row["right_id"])]
    assert all(reason.startswith("cannot_link") and "two events; by itself" in reason for reason in told)
    assert len(told) == sum("cannot_link" in row["reason"] for row in matches)


def test_what_keeps_two_apart_is_explained(tmp_path: Path) -> None:
    rows = [article(f"a{i}", NIGHT + timedelta(minutes=i), f"{BODY} own{i}") for i in range(4)]
    rows.append(article("a4", NIGHT + timedelta(minutes=1), f"{BODY} own1", publisher="Paper of a1"))  # a twin of a1
    run(tmp_path / "s", night(tmp_path, "n", *rows), settings=ordered(tmp_path, "cannot_link,a2,a3,two events"))
    store = Store(tmp_path / "s")
    for other, order in (("a2", "cannot_link"), ("a0", "cannot_link of a2 and a3"), ("a4", "cannot_link of a2 and a3")):
        assert explain.paired(store, other, "a3").stage == "order"
        assert f"an order of the editor: {order} in the overrides: two events." in explain.pair(store, other, "a3")
    assert "no single anchor" not in explain.article(store, "a3")
    assert explain.paired(store, "a0", "a1").stage == "match"


def test_cannot_link_parts_twins_that_others_lead(tmp_path: Path) -> None:
    rows = [article(f"z{i}", NIGHT - timedelta(hours=1 + i)) for i in range(3)]
    rows += [article(id_, publisher="Post") for id_ in "bcd"]
    run(tmp_path / "s", night(tmp_path, "n", *rows), settings=ordered(tmp_path, "cannot_link,b,c,two editions"))
    assert partition(tmp_path / "s") == {frozenset({"z0", "z1", "z2", "b", "d"}), frozenset("c")}
    matches = {(row["left_id"], row["right_id"]): row for row in Store(tmp_path / "s").table("matches").to_pylist()}
    own = "in the overrides: two editions; by itself identical: the same words"
    assert matches["b", "c"]["reason"] == f"cannot_link {own}"
    assert (matches["b", "c"]["accepted"], matches["b", "c"]["relation"]) == (False, "different")
    assert matches["c", "z0"]["reason"] == f"cannot_link of b and c {own}"
    assert (matches["c", "z0"]["accepted"], matches["c", "z0"]["relation"]) == (True, "identical")


def test_one_that_is_parted_takes_no_twin_along(tmp_path: Path) -> None:
    rows = [article("a", NIGHT - timedelta(hours=1)), *(article(id_, publisher="Post") for id_ in "bc")]
    run(tmp_path / "s", night(tmp_path, "n", *rows), settings=ordered(tmp_path, "cannot_link,a,b,"))
    assert partition(tmp_path / "s") == {frozenset("ac"), frozenset("b")}


def test_a_chain_of_orders_is_told_once_and_cannot_link_wins(tmp_path: Path) -> None:
    bodies = (" ".join(f"{word}{i} of{i}" for i in range(60)) for word in ("harbour", "ferry", "quay"))
    rows = [article(id_, body=body) for id_, body in zip("abc", bodies, strict=True)]
    settings = ordered(tmp_path, "must_link,a,b,", "must_link,b,c,", "cannot_link,a,c,no")
    run(tmp_path / "s", night(tmp_path, "n", *rows), settings=settings)
    assert partition(tmp_path / "s") == {frozenset("ab"), frozenset("c")}
    told = {row["left_id"] + row["right_id"]: row for row in Store(tmp_path / "s").table("matches").to_pylist()}
    assert {pair: (row["relation"], row["accepted"]) for pair, row in told.items()} == {
        "ab": ("version", True),
        "ac": ("different", False),
        "bc": ("different", False),
    }
    begins = {"ab": "must_link", "ac": "cannot_link", "bc": "cannot_link of a and c"}
    for pair, order in begins.items():
        note = "" if pair == "ab" else ": no"
        assert told[pair]["reason"].startswith(f"{order} in the overrides{note}; by itself different: jaccard 0 ")
        assert told[pair]["reason"].count("by itself") == 1


@st.composite
def prints(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[str]]:
    """Up to twenty prints of two stories, many of them twins, and orders about them."""
    stories = [f"{body} own{i}" for body in (BODY, OTHER) for i in range(3)]
    told = st.tuples(st.sampled_from(stories), st.sampled_from(["Post", "Quay"]), st.integers(0, 1))
    rows = [
        article(f"a{number:02}", NIGHT + timedelta(minutes=at), body, publisher=publisher)
        for number, (body, publisher, at) in enumerate(draw(st.lists(told, min_size=2, max_size=20)))
    ]
    two = st.sampled_from([*combinations([row["id"] for row in rows], 2)])
    orders = st.dictionaries(two, st.sampled_from(["must_link", "cannot_link"]), max_size=6)
    return rows, [f"{kind},{one},{other}," for (one, other), kind in draw(orders).items()]


@few(8)
@given(prints(), st.randoms(use_true_random=False))
def test_no_orders_let_a_pair_meet_that_cannot_be_linked(
    world: tuple[list[dict[str, Any]], list[str]], random: Random
) -> None:
    rows, orders = world
    with tempfile.TemporaryDirectory() as folder:
        settings = ordered(Path(folder), *orders)
        run(Path(folder) / "s", night(Path(folder), "n", *rows), settings=settings)
        random.shuffle(rows)
        half = len(rows) // 2
        for number, some in enumerate((rows[:half], rows[half:])):
            run(Path(folder) / "t", night(Path(folder), f"n{number}", *some), settings=settings)
        clusters = partition(Path(folder) / "s")
        assert partition(Path(folder) / "t") == clusters
    cannot = [{*order.split(",")[1:3]} for order in orders if order.startswith("cannot_link")]
    assert not [pair for pair in cannot for cluster in clusters if pair <= cluster]


def test_a_pinned_article_leads(tmp_path: Path) -> None:
    articles = [article("a", body=f"{BODY} {OTHER[:200]}"), article("b")]
    run(tmp_path / "s", night(tmp_path, "n", *articles), settings=ordered(tmp_path, "pin,b,,our own"))
    cluster = Store(tmp_path / "s").table("clusters").to_pylist()[0]
    assert (cluster["canonical_id"], cluster["n_articles"]) == ("b", 2)
    assert "our own" in cluster["canonical_reason"]


def test_a_publisher_may_have_another_name(tmp_path: Path) -> None:
    settings = ordered(tmp_path, "publisher,The Quay Sheet,Quay Post,", "publisher,quay.example,Quay Post,")
    rows = [
        article(id_) | {"publisher": name} for id_, name in zip("abc", ("Quay Post", "The Quay Sheet", ""), strict=True)
    ]
    rows[2]["url"] = "https://www.quay.example/c"
    run(tmp_path / "s", night(tmp_path, "n", *rows), settings=settings)
    members = Store(tmp_path / "s").table("members")
    assert len(set(members["publisher_id"].to_pylist())) == 1


def test_changed_orders_derive_the_tables_anew_without_new_articles(tmp_path: Path) -> None:
    file = night(tmp_path, "n", article("a"), article("b", body=OTHER))
    run(tmp_path / "s", file)
    assert partition(tmp_path / "s") == {frozenset("a"), frozenset("b")}
    assert run(tmp_path / "s", file, settings=ordered(tmp_path, "must_link,a,b,")).run_id
    assert partition(tmp_path / "s") == {frozenset("ab")}
    assert not run(tmp_path / "s", file, settings=ordered(tmp_path, "must_link,a,b,")).run_id
    assert run(tmp_path / "s", file, settings=ordered(tmp_path, "pin,a,,")).run_id
    assert partition(tmp_path / "s") == {frozenset("a"), frozenset("b")}


def test_orders_for_articles_that_are_not_there_wait(tmp_path: Path) -> None:
    settings = ordered(tmp_path, "must_link,a,later,", "cannot_link,x,y,", "pin,z,,")
    run(tmp_path / "s", night(tmp_path, "n", article("a")), settings=settings)
    run(tmp_path / "s", night(tmp_path, "m", article("later", body=OTHER)), settings=settings)
    assert partition(tmp_path / "s") == {frozenset({"a", "later"})}


def test_linked_articles_stay_together_however_far_apart_in_time(tmp_path: Path) -> None:
    settings = ordered(tmp_path, "must_link,a,b,one saga")
    later = NIGHT + timedelta(days=24)  # beyond pair.window_days
    nights = [
        [article("a"), article("a2")],
        [article("b", at=later, body=OTHER)],
        [article("c", at=later + timedelta(days=1), body=OTHER)],  # opens the cluster of b alone
    ]
    for number, rows in enumerate(nights):
        run(tmp_path / "s", night(tmp_path, f"n{number}", *rows), settings=settings)
    assert partition(tmp_path / "s") == {frozenset({"a", "a2", "b", "c"})}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["link,a,b,"], r"orders:2: 'link' is no order"),
        (["must_link,a,,"], "orders:2: must_link needs two different ids"),
        (["pin,,,"], "orders:2: pin needs left_id"),
        (["pin,a,,", 'must_link,a,b,"see mail', "pin,b,,"], "orders, line 3: a quote is not closed"),
        (
            ["must_link,a,b,because, as we said, it is so"],
            "orders:2: 6 fields in 4 columns; a note with a comma stands in",
        ),
        (['pin,a,,"one, and two"', "pin,b,,one, and two"], "orders:3: 5 fields in 4 columns"),
        (["must_link,a,b,", "cannot_link,b,a,"], "a and b must and cannot be linked"),
    ],
)
def test_wrong_orders_are_refused_with_the_row(rows: list[str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        override.parse(["order,left_id,right_id,note", *rows], "orders")


def test_wrong_columns_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="the columns are order, left_id, right_id, note"):
        override.parse(["left,right", "a,b"], "orders")
    gone = msgspec.structs.replace(LENIENT, override=config.Override(orders=str(tmp_path / "gone.csv")))
    with pytest.raises(ConfigError, match=r"gone\.csv"):
        run(tmp_path / "s", night(tmp_path, "n", article("a")), settings=gone)
