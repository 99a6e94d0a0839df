from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import schema
from pipeline.stages import follow
from pipeline.stages.follow import identity

NIGHT = datetime(2026, 3, 9, tzinfo=UTC)
PLAIN = {"string": "", "bool": False, "double": 1.0, "int32": 1, str(schema.TIME): NIGHT}

#: Clusters as {anchor: "members"}: each letter an article, the first of them the canonical.
World = Mapping[str, str]


def rows(name: str, *filled: dict[str, Any]) -> pa.Table:
    fields = [field for field in schema.PUBLISHED[name] if field.name not in ("first_run_id", "changed_run_id")]
    plain = {field.name: None if field.nullable else PLAIN[str(field.type)] for field in fields}
    return pa.Table.from_pylist([plain | row for row in filled], schema=pa.schema(fields))


def published(world: World, shuffler: random.Random | None = None, **headlines: str) -> tuple[pa.Table, pa.Table]:
    clusters = [
        {
            "cluster_id": anchor,
            "anchor_id": anchor,
            "canonical_id": ids[0],
            "n_articles": len(ids),
            "n_publishers": len(ids),
        }
        | {"canonical_reason": f"{ids[0]} leads"}
        for anchor, ids in world.items()
    ]
    members = [
        {
            "article_id": article,
            "cluster_id": anchor,
            "is_canonical": article == ids[0],
            "headline": headlines.get(article),
        }
        for anchor, ids in world.items()
        for article in ids
    ]
    if shuffler:
        shuffler.shuffle(clusters)
        shuffler.shuffle(members)
    return rows("clusters", *clusters), rows("members", *members)


def runs(*worlds: World) -> list[follow.Followed]:
    """A run for each world, one after the other: run ids 2026-03-09.1, .2 ..."""
    before, done = follow.Before.nothing(), []
    for number, world in enumerate(worlds, 1):
        result = follow.run(*published(world), before, f"2026-03-09.{number}", NIGHT)
        before = after(before, result)
        done.append(result)
    return done


def after(before: follow.Before, result: follow.Followed) -> follow.Before:
    of_run = {*result.clusters["changed_run_id"].to_pylist(), *result.members["changed_run_id"].to_pylist()}
    history = (*before.history, *sorted(of_run - {*before.history}))
    return follow.Before(result.clusters, result.members, pa.concat_tables([before.events, result.events]), history)


def told(result: follow.Followed) -> list[tuple[str, str, str | None, str | None]]:
    columns = ("cluster_id", "event", "from_id", "to_id")
    return [tuple(row[name] for name in columns) for row in result.events.to_pylist()]


def homes(result: follow.Followed) -> dict[str, str]:
    columns = result.members.select(["article_id", "cluster_id"]).to_pylist()
    return {row["article_id"]: row["cluster_id"] for row in columns}


def feed(result: follow.Followed) -> list[tuple[str, str, str | None, str | None]]:
    return [
        (row["kind"], row["article_id"] or row["cluster_id"], row["before"], row["after"])
        for row in result.changes.to_pylist()
    ]


# --- ids and events ---------------------------------------------------------------------------------------------


def test_ids_are_minted_from_anchors_and_a_cluster_of_one_has_no_event():
    (first,) = runs({"b": "ab", "c": "c"})
    assert homes(first) == {"a": "c-b", "b": "c-b", "c": "c-c"}
    assert told(first) == [("c-b", "created", None, None)]
    (event,) = first.events.to_pylist()
    assert (event["run_id"], event["as_of"], event["reason"]) == ("2026-03-09.1", NIGHT, "2 prints by 2 publishers")


def test_a_cluster_keeps_its_id_when_it_grows_and_changes_its_anchor_and_canonical():
    _, second = runs({"a": "ab"}, {"c": "cab"})
    assert set(homes(second).values()) == {"c-a"}
    assert told(second) == [("c-a", "canonical_changed", "a", "c"), ("c-a", "grew", None, None)]
    assert second.events["reason"].to_pylist() == ["c leads", "from 2 to 3 prints by 3 publishers"]


def test_a_cluster_of_one_is_created_for_readers_when_it_grows_to_two():
    _, second, third = runs({"a": "a"}, {"a": "ab"}, {"a": "abc"})
    assert told(second) == [("c-a", "created", None, None)]
    assert told(third) == [("c-a", "grew", None, None)]


def test_of_merging_clusters_the_one_published_first_stays():
    *_, merged = runs({"m": "mn"}, {"m": "mn", "a": "ab"}, {"a": "abmn"})
    assert set(homes(merged).values()) == {"c-m"}
    assert ("c-a", "absorbed", None, "c-m") in told(merged)


def test_the_tenth_run_of_a_day_comes_after_the_ninth():
    grown = [{"z": "zy"}] * 9 + [{"z": "zy", "a": "ab"}, {"a": "abzy"}]
    assert ("c-a", "absorbed", None, "c-z") in told(runs(*grown)[-1])


def test_clusters_of_the_same_run_merge_into_the_smaller_id():
    _, merged = runs({"a": "ab", "m": "mn", "s": "s"}, {"m": "mnabs"})
    assert told(merged) == [
        ("c-a", "canonical_changed", "a", "m"),
        ("c-a", "grew", None, None),
        ("c-m", "absorbed", None, "c-a"),
        ("c-s", "absorbed", None, "c-a"),
    ]


def test_on_a_split_the_part_with_the_old_canonical_keeps_the_id():
    _, split = runs({"x": "abcde"}, {"a": "ab", "x": "xcde"})
    assert homes(split) == dict.fromkeys("ab", "c-x") | dict.fromkeys("xcde", "c-x~2")
    assert ("c-x~2", "split", "c-x", None) in told(split)
    assert "3 prints of c-x are no longer of that story" in split.events["reason"].to_pylist()
    _, split = runs({"x": "abcde"}, {"a": "abcd", "x": "xef"})
    assert "1 print of c-x is no longer of that story" in split.events["reason"].to_pylist()


def test_without_the_old_canonical_the_larger_part_keeps_the_id():
    _, split = runs({"x": "abcde"}, {"b": "bc", "d": "d", "e": "e"})
    assert homes(split) == {"b": "c-x", "c": "c-x", "d": "c-d", "e": "c-e"}
    assert told(split) == [("c-x", "canonical_changed", "a", "b"), ("c-x", "shrank", None, None)]
    assert split.events["reason"].to_pylist()[1] == "from 5 to 2 prints by 2 publishers; 1 now in c-d, 1 in c-e"


def test_a_part_that_splits_off_into_an_older_cluster_founds_nothing():
    *_, moved = runs({"a": "ab"}, {"a": "ab", "m": "mno"}, {"a": "abno", "m": "m"})
    assert homes(moved) == dict.fromkeys("abno", "c-a") | {"m": "c-m"}
    assert told(moved) == [("c-a", "grew", None, None), ("c-m", "shrank", None, None)]
    assert moved.events["reason"].to_pylist()[1] == "from 3 to 1 print by 1 publisher; 2 now in c-a"


def test_an_id_is_never_given_to_another_cluster():
    *_, last = runs(
        {"a": "ab", "m": "mn"}, {"a": "abmn"}, {"a": "ab", "m": "mn"}, {"a": "abmn"}, {"a": "ab", "m": "mn"}
    )
    assert homes(last) == dict.fromkeys("ab", "c-a") | dict.fromkeys("mn", "c-m~3")


@given(
    one=st.tuples(st.from_regex(r"[xy](~[12])?(~[0-3])?", fullmatch=True), st.integers(1, 4)),
    other=st.tuples(st.from_regex(r"[xy](~[12])?(~[0-3])?", fullmatch=True), st.integers(1, 4)),
)
def test_no_two_anchors_have_a_name_in_common(one: tuple[str, int], other: tuple[str, int]):
    assert (identity.name(*one) == identity.name(*other)) == (one == other)


def test_what_leaves_is_retired_unless_it_was_a_lone_article_all_along():
    _, second, third = runs({"a": "ab", "s": "s", "t": "tu"}, {"t": "t"}, {"z": "z"})
    assert told(second) == [("c-a", "retired", None, None)]
    assert told(third) == [("c-t", "retired", None, None)]


# --- run ids and changes ----------------------------------------------------------------------------------------


def test_run_ids_say_since_when_and_when_last():
    world = {"a": "ab", "s": "s"}
    first = follow.run(*published(world), follow.Before.nothing(), "r.1", NIGHT)
    second = follow.run(*published(world, b="Ferry resumes"), after(follow.Before.nothing(), first), "r.2", NIGHT)
    stamps = {row["article_id"]: (row["first_run_id"], row["changed_run_id"]) for row in second.members.to_pylist()}
    assert stamps == {"a": ("r.1", "r.1"), "b": ("r.1", "r.2"), "s": ("r.1", "r.1")}
    assert second.clusters.equals(first.clusters)
    assert feed(second) == [("changed", "b", "headline -", "headline Ferry resumes")]


def test_changes_name_what_came_went_moved_and_differs():
    first, second = runs({"a": "ab", "s": "s"}, {"a": "ac", "b": "b"})
    assert feed(first) == [
        ("added", "a", None, "c-a"),
        ("added", "b", None, "c-a"),
        ("added", "s", None, "c-s"),
        ("created", "c-a", None, "2 articles"),
        ("created", "c-s", None, "1 article"),
    ]
    assert feed(second) == [
        ("added", "c", None, "c-a"),
        ("created", "c-b", None, "1 article"),
        ("moved", "b", "c-a", "c-b"),
        ("removed", "s", "c-s", None),
        ("removed", "c-s", "1 article", None),
    ]
    _, third = runs({"a": "ab"}, {"b": "ba"})
    assert ("changed", "a", "is_canonical True", "is_canonical False") in feed(third)
    texts = (
        "anchor_id a; canonical_id a; canonical_reason a leads",
        "anchor_id b; canonical_id b; canonical_reason b leads",
    )
    assert ("changed", "c-a", *texts) in feed(third)


def test_long_values_are_shortened_in_changes():
    before = follow.run(*published({"a": "a"}), follow.Before.nothing(), "r.1", NIGHT)
    result = follow.run(*published({"a": "a"}, a="x" * 500), after(follow.Before.nothing(), before), "r.2", NIGHT)
    (row,) = feed(result)
    assert row[3] == "headline " + "x" * 79 + "…"


def test_long_values_that_differ_late_are_told_from_there():
    begins = "The council of the long valley votes after months of talks to close the old mill; "
    then, now = begins + "owners appeal to Kito, and wait " + "y" * 99, begins + "owners appeal to Rolina"
    before = follow.run(*published({"a": "a"}, a=then), follow.Before.nothing(), "r.1", NIGHT)
    result = follow.run(*published({"a": "a"}, a=now), after(follow.Before.nothing(), before), "r.2", NIGHT)
    told = (f"headline …l; owners appeal to Kito, and wait {'y' * 43}…", "headline …l; owners appeal to Rolina")
    assert feed(result) == [("changed", "a", *told)]
    assert len(told[0]) == len("headline ") + 80


_TIMES = st.integers(0, 2**31).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
_VALUES = st.tuples(
    st.none() | st.sampled_from(["", "Ferry", "x" * 200]),
    st.booleans(),
    st.none() | st.floats(0, 1),
    st.integers(0, 9),
    st.none() | _TIMES,
)
_COLUMNS = ("headline", "is_canonical", "jaccard", "n_words", "published_at")


def spelled(value: object, other: object) -> str:
    """A value beside the other one; of two figures that are the same in six digits, all digits."""
    if value is None:
        return "-"
    if isinstance(value, float) and isinstance(other, float) and f"{value:.6g}" == f"{other:.6g}":
        return repr(value)
    if isinstance(value, datetime):
        return value.isoformat()
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 80 else f"{text[:79]}…"


@given(st.lists(st.tuples(_VALUES, _VALUES), min_size=1, max_size=6))
@settings(deadline=None)
def test_changes_list_the_values_of_whatever_type(values: list[tuple[tuple[Any, ...], tuple[Any, ...]]]):
    """Row by row, against the columns one by one."""
    ids = "".join(chr(ord("a") + number) for number in range(len(values)))
    clusters, _ = published({"a": ids})
    nights = [
        rows(
            "members",
            *(
                {"article_id": id_, "cluster_id": "a", **dict(zip(_COLUMNS, row[side], strict=True))}
                for id_, row in zip(ids, values, strict=True)
            ),
        )
        for side in (0, 1)
    ]
    first = follow.run(clusters, nights[0], follow.Before.nothing(), "r.1", NIGHT)
    second = follow.run(clusters, nights[1], after(follow.Before.nothing(), first), "r.2", NIGHT)
    order = sorted(range(len(_COLUMNS)), key=lambda place: schema.PUBLISHED["members"].names.index(_COLUMNS[place]))
    expected = [
        (
            "changed",
            id_,
            *(
                "; ".join(f"{_COLUMNS[one]} {spelled(night[one], other[one])}" for one in differs)
                for night, other in ((was, now), (now, was))
            ),
        )
        for id_, (was, now) in zip(ids, values, strict=True)
        if (differs := [one for one in order if was[one] != now[one]])
    ]
    assert feed(second) == expected


# --- properties -------------------------------------------------------------------------------------------------


@st.composite
def nights(draw: st.DrawFn) -> list[dict[str, str]]:
    """Up to five nights over eight articles, each an arbitrary partition of some of them."""

    def night() -> dict[str, str]:
        world: dict[int, list[str]] = {}
        for article in draw(st.permutations("abcdefgh")):
            place = draw(st.integers(0, 5))
            if place:
                world.setdefault(place, []).append(article)
        return {draw(st.sampled_from(ids)): "".join(ids) for ids in world.values()}

    return [night() for _ in range(draw(st.integers(1, 5)))]


@given(nights())
@settings(deadline=None)
def test_the_heir_holds_the_canonical_or_else_most_members_or_has_the_smaller_name(worlds: list[dict[str, str]]):
    was, now = worlds[0], worlds[-1]
    before = follow.Before(*published(was), follow.Before.nothing().events, ())
    found = identity.kin(published(now)[1], before)
    expected = {}
    for old, ids in was.items():
        shared = {new: len({*ids} & {*now[new]}) for new in now if {*ids} & {*now[new]}}
        ranked = sorted(shared, key=lambda new: (ids[0] not in now[new], -shared[new], new))
        expected |= {(old, new): (shared[new], new == ranked[0]) for new in ranked}
    columns = (found[name].tolist() for name in ("old_id", "group", "n_shared", "is_heir"))
    assert {(old, new): (n, is_heir) for old, new, n, is_heir in zip(*columns, strict=True)} == expected


def resolves(cluster_id: str, forwarded: Mapping[str, str], ends: set[str]) -> bool:
    seen = set()
    while cluster_id in forwarded and cluster_id not in seen:
        seen.add(cluster_id)
        cluster_id = forwarded[cluster_id]
    return cluster_id in ends


@given(nights(), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_whatever_happens_ids_stay_unique_resolvable_and_replayable(
    worlds: list[dict[str, str]], shuffler: random.Random
):
    before = follow.Before.nothing()
    ever, gone, lone = set[str](), set[str](), set[str]()
    for number, world in enumerate(worlds, 1):
        run_id = f"2026-03-09.{number}"
        result = follow.run(*published(world), before, run_id, NIGHT)
        check_contract(result, world)
        shuffled = follow.run(*published(world, shuffler), before, run_id, NIGHT)
        assert all(getattr(shuffled, name).equals(getattr(result, name)) for name in vars(result))
        check_replay(before, result)

        now = after(before, result)
        again = follow.run(*published(world), now, f"2026-03-09.{number + 1}", NIGHT)
        assert again.clusters.equals(result.clusters)
        assert again.members.equals(result.members)
        assert (again.events.num_rows, again.changes.num_rows) == (0, 0)

        current = set(result.clusters["cluster_id"].to_pylist())
        known = set(now.events["cluster_id"].to_pylist())
        assert not current & gone - lone, "an id came back"
        ever |= current
        lone = {name for name in ever - current if name not in known}
        gone = ever - current
        events = now.events.to_pylist()
        forwarded = {row["cluster_id"]: row["to_id"] for row in events if row["event"] == "absorbed"}
        retired = {row["cluster_id"] for row in events if row["event"] == "retired"}
        assert all(resolves(name, forwarded, current | retired | lone) for name in ever)
        before = now


def check_contract(result: follow.Followed, world: World) -> None:
    for name in ("clusters", "members", "events", "changes"):
        table = getattr(result, name)
        assert table.schema.equals(schema.PUBLISHED[name], check_metadata=True)
        assert table.equals(table.sort_by([(key, "ascending") for key in schema.KEYS[name]]))
    home = homes(result)
    assert {frozenset(ids) for ids in world.values()} == {
        frozenset(article for article in home if home[article] == name) for name in home.values()
    }
    sizes = {row["cluster_id"]: row["n_articles"] for row in result.clusters.to_pylist()}
    assert len(sizes) == result.clusters.num_rows == len(world)
    assert all(sizes.get(cluster_id, 2) > 1 or event == "shrank" for cluster_id, event, *_ in told(result))


def check_replay(before: follow.Before, result: follow.Followed) -> None:
    """The changes turn last run's home of each article into this run's."""
    columns = before.members.select(["article_id", "cluster_id"]).to_pylist()
    replayed = {row["article_id"]: row["cluster_id"] for row in columns}
    for row in result.changes.to_pylist():
        assert (row["article_id"] is None) != (row["cluster_id"] is None)
        if row["kind"] in ("added", "moved"):
            assert replayed.get(row["article_id"]) == row["before"]
            replayed[row["article_id"]] = row["after"]
        elif row["kind"] == "removed" and row["article_id"]:
            assert replayed.pop(row["article_id"]) == row["before"]
    assert replayed == homes(result)


def test_an_empty_run_after_an_empty_store_is_empty():
    empty: Sequence[World] = [{}]
    (result,) = runs(*empty)
    assert [getattr(result, name).num_rows for name in vars(result)] == [0, 0, 0, 0]


def test_what_an_agency_takes_back_is_told_and_also_when_it_stands_again():
    def night(number: int, before: follow.Before, *withdrawn: str) -> follow.Followed:
        clusters, members = published({"a": "abc", "s": "s"})
        ids = members["article_id"].to_pylist()
        status = ["withdrawn" if article in withdrawn else "usable" for article in ids]
        notices = ["n" if article in withdrawn and article != "a" else None for article in ids]
        for name, values in (("status", status), ("notice_id", notices)):
            place = members.column_names.index(name)
            members = members.set_column(place, members.field(name), pa.array(values, pa.string()))
        return follow.run(clusters, members, before, f"2026-03-09.{number}", NIGHT)

    first = night(1, follow.Before.nothing())
    second = night(2, after(follow.Before.nothing(), first), "a", "b", "c", "s")
    seen = after(after(follow.Before.nothing(), first), second)
    third = night(3, seen)
    assert [(row["event"], row["from_id"], row["reason"]) for row in second.events.to_pylist()] == [
        ("withdrawn", "n", "3 of 3 prints are withdrawn")  # and nothing of the cluster of one
    ]
    assert [(row["event"], row["reason"]) for row in third.events.to_pylist()] == [
        ("reinstated", "3 prints no more withdrawn; still so: none of 3")
    ]
    assert [(row["event"], row["reason"]) for row in night(3, seen, "a", "s").events.to_pylist()] == [
        ("reinstated", "2 prints no more withdrawn; still so: 1 of 3")
    ]
