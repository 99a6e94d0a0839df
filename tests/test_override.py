"""Orders of an editor: what they do to clusters, canonicals and publishers, and how rows tell of them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from pipeline import config
from pipeline.errors import ConfigError
from pipeline.stages import override
from pipeline.storage.store import Store
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
