from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import config, schema
from pipeline.stages import elect
from pipeline.stages.elect import origin

SETTINGS = config.Elect()
DAY = datetime(2026, 3, 9, tzinfo=UTC)
COLUMNS = [field for field in schema.ARTICLES if field.name not in ("body", "body_map")]
COLUMNS += [pa.field("duplicate_of", pa.string()), pa.field("version_of", pa.string())]
COLUMNS += [pa.field("effective_at", schema.TIME, nullable=False)]

Row = dict[str, Any]


def at(minutes: float) -> datetime:
    return DAY + timedelta(minutes=minutes)


def articles(*rows: Row) -> pa.Table:
    plain: Row = {field.name: None if field.nullable else "" for field in COLUMNS}
    plain |= {"effective_at": DAY, "record": 0, "version_rank": 0, "n_words": 300, "published_precision": "unknown"}
    plain |= {"kind": "editorial", "status": "usable", "text_state": "full", "language": "en"}
    return pa.Table.from_pylist([plain | row for row in rows], schema=pa.schema(COLUMNS))


def groups(members: Mapping[str, str]) -> pa.Table:
    return pa.table([list(members), list(members.values())], schema=elect.GROUPS)


def credits(*rows: tuple[str, str, str, str]) -> pa.Table:
    filled = [
        {"article_id": article, "agency": agency, "grade": grade, "signal": signal, "text": agency, "rule": "test"}
        for article, agency, grade, signal in rows
    ]
    return pa.Table.from_pylist(filled, schema=schema.CREDITS)


def figures(*ids: str, **columns: list[Any]) -> pa.Table:
    rows = {"article_id": list(ids), "relation": ["light_edit"] * len(ids), "jaccard": [0.9] * len(ids)}
    rows |= {name: [0.9] * len(ids) for name in ("containment", "share_of_canonical", "cohesion")}
    return pa.table(rows | columns, schema=elect.FIGURES)


def one_cluster(*rows: Row, credit: tuple[tuple[str, str, str, str], ...] = (), **options: Any) -> Row:
    """The election among those articles as one cluster whose anchor is the first of them."""
    members = {row["article_id"]: rows[0]["article_id"] for row in rows}
    (result,) = elect.canonicals(groups(members), articles(*rows), credits(*credit), SETTINGS, **options).to_pylist()
    return result


def outcome(result: Row) -> tuple[str, str, str | None]:
    return result["canonical_id"], result["canonical_reason"], result["runner_up_id"]


# --- credits ----------------------------------------------------------------------------------------------------


def test_the_strongest_credit_is_full_before_release_before_partial_before_more_signals():
    table = credits(
        ("a", "ap", "partial", "tail"),
        ("a", "ap", "partial", "byline"),
        ("a", "prnewswire", "release", "dateline"),
        ("b", "prnewswire", "release", "dateline"),
        ("b", "pti", "full", "tail"),
        ("c", "ap", "full", "byline"),
        ("c", "pti", "full", "tail"),
        ("c", "pti", "full", "metadata"),
        ("d", "pti", "full", "tail"),
        ("d", "ani", "full", "byline"),
    )
    rows = articles(*({"article_id": name} for name in "edcba"))
    assert elect.credited(rows, table).to_pylist() == [
        {"article_id": "e", "credit_agency": None, "credit_grade": "none"},
        {"article_id": "d", "credit_agency": "ani", "credit_grade": "full"},
        {"article_id": "c", "credit_agency": "pti", "credit_grade": "full"},
        {"article_id": "b", "credit_agency": "pti", "credit_grade": "full"},
        {"article_id": "a", "credit_agency": "prnewswire", "credit_grade": "release"},
    ]


def test_an_inferred_credit_is_none():
    table = elect.credited(articles({"article_id": "a"}), credits(("a", "ap", "full", "shared_sentences")))
    assert table.to_pylist() == [{"article_id": "a", "credit_agency": None, "credit_grade": "none"}]


# --- origin -----------------------------------------------------------------------------------------------------


def test_the_origin_is_voted_by_weight_and_uncredited_prints_do_not_vote():
    rows = [{"article_id": name} for name in "abcd"]
    result = one_cluster(*rows, credit=(("a", "ap", "full", "byline"), ("b", "reuters", "partial", "tail")))
    assert result["origin_agency"] == "ap"
    assert result["origin_confidence"] == pytest.approx(10 / 14)
    assert not result["origin_conflict"]
    assert result["n_origins"] == 1
    assert result["canonical_is_proxy"]


def test_two_agencies_credited_in_full_are_a_conflict():
    rows = [{"article_id": name} for name in "abc"]
    credit = (("a", "ap", "full", "byline"), ("b", "reuters", "full", "tail"), ("c", "reuters", "full", "tail"))
    result = one_cluster(*rows, credit=credit)
    assert (result["origin_agency"], result["origin_conflict"], result["n_origins"]) == ("reuters", True, 2)
    assert result["origin_confidence"] == pytest.approx(2 / 3)


def test_without_a_vote_there_is_no_origin_and_no_proxy():
    result = one_cluster({"article_id": "a"}, {"article_id": "b"}, credit=(("a", "prnewswire", "release", "dateline"),))
    assert (result["origin_agency"], result["origin_confidence"], result["n_origins"]) == (None, 0.0, 1)
    assert not result["canonical_is_proxy"]


def test_second_copies_by_one_publisher_vote_once():
    rows = [{"article_id": "a"}, *({"article_id": name, "duplicate_of": "a"} for name in "bcd"), {"article_id": "e"}]
    credit = (*((name, "ap", "full", "byline") for name in "abcd"), ("e", "reuters", "full", "byline"))
    assert one_cluster(*rows, credit=credit)["origin_confidence"] == pytest.approx(0.5)


# --- the rule, step by step -------------------------------------------------------------------------------------


def test_a_single_print_is_its_own_canonical():
    result = one_cluster({"article_id": "a", "status": "withdrawn"})
    assert outcome(result) == ("a", "only print", None)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"status": "withdrawn"}, "is withdrawn"),
        ({"kind": "digest"}, "is a round-up or live blog"),
        ({"kind": "liveblog"}, "is a round-up or live blog"),
        ({"text_state": "stub"}, "is cut short"),
        ({"kind": "release"}, "is marked as a release"),
        ({"duplicate_of": "b"}, "is a second copy by its own publisher"),
    ],
)
def test_what_is_not_fit_to_lead_loses(fault, words):
    result = one_cluster({"article_id": "a", "n_words": 900} | fault, {"article_id": "b"})
    assert outcome(result) == ("b", f"best print that can lead; the runner-up {words}", "a")


def test_a_duplicate_of_something_outside_the_cluster_may_lead():
    assert one_cluster({"article_id": "a", "duplicate_of": "zz"}, {"article_id": "b"})["canonical_id"] == "a"


def test_if_none_is_fit_the_least_unfit_leads():
    rows = ({"article_id": "a", "status": "withdrawn"}, {"article_id": "b", "text_state": "stub"})
    assert one_cluster(*rows)["canonical_id"] == "b"
    releases = ({"article_id": "a", "kind": "release"}, {"article_id": "b", "kind": "release", "n_words": 400})
    assert outcome(one_cluster(*releases)) == ("b", "longest text (400 words; next 300)", "a")


def test_the_home_site_of_the_origin_leads_and_is_no_proxy():
    home = {"article_id": "z", "home_agency": "yonhap", "url": "https://en.yna.co.kr/view/1", "n_words": 90}
    result = one_cluster({"article_id": "a"}, home, credit=(("a", "yonhap", "full", "byline"),))
    assert outcome(result) == ("z", "on the home site of Yonhap News Agency (en.yna.co.kr)", "a")
    assert (result["canonical_is_proxy"], result["origin_confidence"]) == (False, 1.0)


def test_the_outlet_that_others_credit_is_at_home_too():
    credit = tuple((name, "Alder Post", "full", "byline") for name in "bc")
    rows = ({"article_id": name, "n_words": 400} for name in "bc")
    found = one_cluster({"article_id": "a", "publisher": "Alder Post"}, *rows, credit=credit)
    assert (found["canonical_id"], found["canonical_is_proxy"]) == ("a", False)
    assert found["canonical_reason"] == "on the home site of Alder Post"


def test_the_home_of_another_agency_is_nothing_special():
    home = {"article_id": "z", "home_agency": "yonhap"}
    result = one_cluster(
        {"article_id": "a"}, {"article_id": "b"}, home, credit=tuple((x, "ap", "full", "byline") for x in "ab")
    )
    assert (result["canonical_id"], result["canonical_is_proxy"]) == ("a", True)


def test_the_print_that_others_point_at_leads():
    target = {"article_id": "z", "url": "https://www.harbour-post.example/ferry/", "publisher_id": "harbour"}
    pointers = [
        {"article_id": name, "url": f"https://{name}.example/x", "publisher_id": name, "n_words": 900, column: link}
        for name, column, link in (
            ("a", "canonical_url", "http://Harbour-Post.example/ferry"),
            ("b", "origin_url", "https://amp.harbour-post.example/ferry?utm_source=b#top"),
        )
    ]
    result = one_cluster(target, *pointers)
    assert outcome(result) == ("z", "named as the original by two other prints; the runner-up by none", "a")


@pytest.mark.parametrize("publisher", ["harbour", None])
def test_pointing_at_oneself_is_not_being_pointed_at(publisher):
    host = "m.harbour.example" if publisher else "harbour.example"
    target = {"article_id": "z", "url": "https://harbour.example/ferry", "publisher_id": publisher}
    own = {"article_id": "b", "url": f"https://{host}/2", "publisher_id": publisher, "canonical_url": target["url"]}
    assert one_cluster(target, own | {"n_words": 500})["canonical_id"] == "b"


def test_grades_count_for_the_origin_alone_and_two_signals_beat_one():
    rows = [{"article_id": name} for name in "abc"]
    credit = (
        ("a", "reuters", "full", "byline"),
        ("a", "reuters", "full", "tail"),
        ("b", "ani", "full", "byline"),
        ("c", "ani", "full", "byline"),
        ("c", "ani", "full", "disclaimer"),
    )
    reason = "credited to Asian News International in full by two signals; the runner-up only by one"
    assert outcome(one_cluster(*rows, credit=credit)) == ("c", reason, "b")


def test_grades_in_words():
    rows = [{"article_id": name} for name in "ab"]
    result = one_cluster(*rows, credit=(("b", "ap", "full", "tail"), ("a", "ap", "partial", "tail")))
    assert outcome(result) == ("b", "credited to Associated Press in full; the runner-up only in part", "a")
    result = one_cluster(*rows, credit=(("b", "Valley Courier", "partial", "tail"),))
    assert outcome(result) == ("b", "credited to Valley Courier in part; the runner-up not at all", "a")


def test_versions_and_corrections():
    rows = ({"article_id": "a", "n_words": 900}, {"article_id": "b", "version_rank": 2})
    assert outcome(one_cluster(*rows)) == ("b", "latest version (number 2; next 0)", "a")
    rows = ({"article_id": "a", "n_words": 900}, {"article_id": "b", "status": "corrected"})
    assert outcome(one_cluster(*rows)) == ("b", "corrected version; the runner-up is uncorrected", "a")


def test_length_decides_only_beyond_the_band():
    rows = ({"article_id": "a", "n_words": 240}, {"article_id": "b", "n_words": 412})
    assert outcome(one_cluster(*rows)) == ("b", "longest text (412 words; next 240)", "a")
    near = ({"article_id": "a", "n_words": 400}, {"article_id": "b", "n_words": 412})
    assert one_cluster(*near)["canonical_id"] == "a"


def test_the_earliest_print_leads_beyond_the_band_and_a_day_never_beats_a_minute():
    def timed(name: str, minutes: float, precision: str = "minute") -> Row:
        return {"article_id": name, "published_at": at(minutes), "published_precision": precision}

    result = one_cluster(timed("a", 287), timed("b", 252, "second"))
    assert outcome(result) == ("b", "earliest print (2026-03-09 04:12 UTC; next 35 minutes later)", "a")
    assert one_cluster(timed("a", 266), timed("b", 252))["canonical_id"] == "a"
    result = one_cluster(timed("a", 0, "day"), timed("b", 252))
    reason = "earliest print with a time of day (2026-03-09 04:12 UTC; the runner-up gives only a day)"
    assert outcome(result) == ("b", reason, "a")
    result = one_cluster(timed("a", 2880, "day"), timed("b", 0, "day"))
    assert outcome(result) == ("b", "earliest print (2026-03-09; next 2 days later)", "a")
    result = one_cluster({"article_id": "a"}, timed("b", 0, "day"))
    assert outcome(result) == ("b", "only print with a date (2026-03-09)", "a")


@pytest.mark.parametrize(("words", "leads"), [(299, "a"), (300, "b")])
def test_a_text_that_is_longer_by_just_the_share_is_the_longer_one(words, leads):
    rows = ({"article_id": "a", "n_words": 200}, {"article_id": "b", "n_words": words})
    settings = config.Elect(longer_by=0.5)
    (result,) = elect.canonicals(groups({"a": "a", "b": "a"}), articles(*rows), credits(), settings).to_pylist()
    assert result["canonical_id"] == leads


@pytest.mark.parametrize(("minutes", "leads"), [(14.9, "a"), (15, "b")])
def test_times_that_are_just_so_far_apart_are_no_tie(minutes, leads):
    rows = ({"article_id": name, "published_precision": "minute"} for name in "ab")
    times = at(100 + minutes), at(100)
    found = one_cluster(*(row | {"published_at": time} for row, time in zip(rows, times, strict=True)))
    assert found["canonical_id"] == leads


def test_addresses_decide_last():
    rows = (
        {"article_id": "a"},
        {"article_id": "b", "url": "https://www.dale.example/1"},
        {"article_id": "c", "url": "http://dale.example/0"},
    )
    reason = "no difference that counts to the runner-up; first by"
    assert outcome(one_cluster(*rows)) == ("c", f"{reason} address", "b")
    assert outcome(one_cluster({"article_id": "b"}, {"article_id": "a"})) == ("a", f"{reason} article id", "b")


def test_a_pinned_print_leads_whatever_the_rule_says():
    rows = ({"article_id": "a"}, {"article_id": "b", "status": "withdrawn"})
    assert outcome(one_cluster(*rows, pinned={"b": ""})) == ("b", "pinned by overrides", "a")
    assert one_cluster(*rows, pinned={"b": "legal asked"})["canonical_reason"] == "pinned by overrides: legal asked"
    assert one_cluster(*rows, pinned={"a": "", "b": ""})["canonical_reason"].startswith("best print that can lead")


def test_articles_that_do_not_belong_together_are_refused():
    with pytest.raises(ValueError, match="'b' is in a group but not among the articles"):
        elect.canonicals(groups({"a": "a", "b": "a"}), articles({"article_id": "a"}), credits(), SETTINGS)


# --- properties -------------------------------------------------------------------------------------------------

HOSTS = ("north.example", "south.example", "east.example")


@st.composite
def worlds(draw: st.DrawFn) -> tuple[dict[str, str], list[Row], list[tuple[str, str, str, str]]]:
    """Some clusters of articles that differ in everything the rule looks at, from few values: ties are common."""
    names = [f"a{number}" for number in range(draw(st.integers(1, 9)))]
    members: dict[str, str] = {}
    for name in names:
        anchors = sorted(set(members.values()))
        members[name] = draw(st.sampled_from([*anchors, name]))
    urls = [f"https://{host}/{path}" for host in HOSTS for path in "12"]
    maybe_url = st.sampled_from([None, *urls])
    rows = [
        {
            "article_id": name,
            "publisher_id": draw(st.sampled_from([None, *HOSTS])),
            "home_agency": draw(st.sampled_from([None, None, None, "ap", "ani"])),
            "url": draw(maybe_url),
            "canonical_url": draw(maybe_url),
            "origin_url": draw(maybe_url),
            "published_at": draw(st.sampled_from([None, *(at(minutes) for minutes in (0, 10, 20, 30, 300))])),
            "published_precision": draw(st.sampled_from(["second", "minute", "day", "unknown"])),
            "kind": draw(st.sampled_from(["editorial", "editorial", "release", "digest", "liveblog", "template"])),
            "status": draw(st.sampled_from(["usable", "usable", "corrected", "withdrawn"])),
            "text_state": draw(st.sampled_from(["full", "full", "unknown", "stub"])),
            "version_rank": draw(st.sampled_from([0, 0, 0, 1])),
            "n_words": draw(st.sampled_from([0, 85, 92, 100, 110])),
            "duplicate_of": draw(st.sampled_from([None, None, *names])),
        }
        for name in names
    ]
    for row in rows:
        row["duplicate_of"] = None if row["duplicate_of"] == row["article_id"] else row["duplicate_of"]
    credit = st.tuples(
        st.sampled_from(names),
        st.sampled_from(["ap", "ani", "pti"]),
        st.sampled_from(["full", "partial", "release"]),
        st.sampled_from(["byline", "tail", "home", "inferred"]),
    )
    return members, rows, draw(st.lists(credit, max_size=8))


def reference(rows: list[Row], credit: list[tuple[str, str, str, str]]) -> tuple[str, str | None, str | None]:
    """The rule over one cluster in plain Python: canonical, runner-up, origin."""
    ids = {row["article_id"] for row in rows}
    shown: dict[tuple[str, str], dict[str, set[str]]] = {}
    home = [(row["article_id"], row["home_agency"], "full", "home") for row in rows if row["home_agency"]]
    for name, agency, grade, signal in [*credit, *home]:
        if name in ids and signal != "inferred" and grade != "release":
            shown.setdefault((name, agency), {}).setdefault(grade, set()).add(signal)
    lineage = {
        row["article_id"]: row["duplicate_of"] if row["duplicate_of"] in ids else row["article_id"] for row in rows
    }
    voters: dict[str, dict[str, int]] = {}
    for (name, agency), grades in shown.items():
        votes = voters.setdefault(agency, {})
        votes[lineage[name]] = max(votes.get(lineage[name], 0), 10 if "full" in grades else 4)
    ranked = sorted(voters, key=lambda a: (-sum(voters[a].values()), -list(voters[a].values()).count(10), a))
    origin = ranked[0] if ranked else None

    def address(url: str | None) -> str | None:
        return url and url.removeprefix("https://")

    def fault(row: Row) -> int:
        return (
            16 * (row["status"] == "withdrawn")
            + 8 * (row["kind"] in ("digest", "liveblog"))
            + 4 * (row["text_state"] == "stub")
            + 2 * (row["kind"] == "release")
            + (row["duplicate_of"] in ids)
        )

    def pointed(row: Row) -> bool:
        def points(other: Row) -> bool:
            foreign = other["url"] and row["url"] and other["url"].split("/")[2] != row["url"].split("/")[2]
            same_publisher = other["publisher_id"] is not None and other["publisher_id"] == row["publisher_id"]
            return bool(foreign) and not same_publisher and row["url"] in (other["canonical_url"], other["origin_url"])

        return any(points(other) for other in rows)

    def credit_level(row: Row) -> int:
        grades = shown.get((row["article_id"], origin or ""), {})
        return (3 if len(grades["full"]) > 1 else 2) if "full" in grades else len(grades) and 1

    def clock(row: Row) -> tuple[int, float]:
        place = {"second": 2, "minute": 2, "day": 1, "unknown": 0}[row["published_precision"]]
        return (place, row["published_at"].timestamp()) if place and row["published_at"] else (0, 0.0)

    def best(left: list[Row], score: Any) -> list[Row]:
        top = max(map(score, left))
        return [row for row in left if score(row) == top]

    def election(left: list[Row]) -> tuple[Row, list[Row]]:
        def longest(left: list[Row]) -> list[Row]:
            top = max(row["n_words"] for row in left)
            return [row for row in left if row["n_words"] == top or row["n_words"] * 1.1 > top]

        def earliest(left: list[Row]) -> list[Row]:
            first = min(clock(row)[1] for row in left)
            return [row for row in left if clock(row)[1] - first < 15 * 60]

        rule = [
            lambda left: best(left, lambda row: -fault(row)),
            lambda left: best(left, lambda row: origin is not None and row["home_agency"] == origin),
            lambda left: best(left, pointed),
            lambda left: best(left, credit_level),
            lambda left: best(left, lambda row: (row["version_rank"], row["status"] == "corrected")),
            longest,
            lambda left: best(left, lambda row: clock(row)[0]),
            earliest,
            lambda left: [
                min(left, key=lambda row: (row["url"] is None, address(row["url"]) or "", row["article_id"]))
            ],
        ]
        fallen: list[Row] = []
        for step in rule:
            stays = step(left)
            if len(stays) == 1 < len(left):
                fallen = [row for row in left if row is not stays[0]]
            left = stays
        return left[0], fallen

    winner, fallen = election(rows)
    return winner["article_id"], election(fallen)[0]["article_id"] if fallen else None, origin


@given(worlds())
@settings(max_examples=50, deadline=None)
def test_the_election_agrees_with_the_rule_in_plain_python(world):
    members, rows, credit = world
    results = elect.canonicals(groups(members), articles(*rows), credits(*credit), SETTINGS).to_pylist()
    assert [result["anchor_id"] for result in results] == sorted(set(members.values()))
    for result in results:
        cluster = [row for row in rows if members[row["article_id"]] == result["anchor_id"]]
        expected = reference(cluster, credit)
        assert (result["canonical_id"], result["runner_up_id"], result["origin_agency"]) == expected
        usable = [row["article_id"] for row in cluster if row["status"] != "withdrawn"]
        assert not usable or result["canonical_id"] in usable


@given(worlds(), st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_the_order_of_rows_has_no_say(world, shuffler: random.Random):
    members, rows, credit = world

    def everything() -> list[pa.Table]:
        tables = groups(members), articles(*rows), credits(*credit)
        elections = elect.canonicals(*tables, SETTINGS)
        credited = elect.credited(tables[1], tables[2])
        compared = figures(*(row["article_id"] for row in rows))
        return [elections, *elect.tables(tables[0], elections, tables[1], credited, compared, SETTINGS)]

    before = everything()
    members = dict(shuffler.sample(sorted(members.items()), len(members)))
    shuffler.shuffle(rows)
    shuffler.shuffle(credit)
    assert all(new.equals(old) for new, old in zip(everything(), before, strict=True))


@given(worlds(), st.data())
@settings(max_examples=40, deadline=None)
def test_a_copy_that_is_nowhere_better_never_changes_the_winner(world, data: st.DataObject):
    members, rows, credit = world
    old = elect.canonicals(groups(members), articles(*rows), credits(*credit), SETTINGS).to_pylist()[0]
    model = next(row for row in rows if row["article_id"] == old["canonical_id"])
    worse = model | {"article_id": "z", "home_agency": None, "url": None, "canonical_url": None, "origin_url": None}
    worse["n_words"] = data.draw(st.integers(0, model["n_words"]))
    worse["status"] = data.draw(st.sampled_from([model["status"], "withdrawn"]))
    if model["published_at"]:
        worse["published_at"] = model["published_at"] + timedelta(minutes=data.draw(st.integers(0, 600)))
    worse["published_precision"] = data.draw(st.sampled_from([model["published_precision"], "unknown"]))
    members["z"] = old["anchor_id"]
    new = elect.canonicals(groups(members), articles(*rows, worse), credits(*credit), SETTINGS).to_pylist()[0]
    assert new["canonical_id"] == old["canonical_id"]
    assert new["runner_up_id"] is not None


# --- published rows ---------------------------------------------------------------------------------------------


def published(
    *rows: Row,
    credit: tuple[tuple[str, str, str, str], ...] = (),
    compared: pa.Table | None = None,
    citations: pa.Table | None = None,
) -> tuple[Row, dict[str, Row]]:
    table, ids = articles(*rows), [row["article_id"] for row in rows]
    grouped = groups(dict.fromkeys(ids, ids[0]))
    elections = elect.canonicals(grouped, table, credits(*credit), SETTINGS)
    credited = elect.credited(table, credits(*credit))
    compared = figures(*ids) if compared is None else compared
    seen = table.filter(elect.crediting(table, credited))["publisher_id"].value_counts().to_pylist()
    habit = pa.array([row["values"] for row in seen if row["counts"] > 1], pa.string())
    clusters, members = elect.tables(
        grouped, elections, table, credited, compared, SETTINGS, citations, crediting=lambda: habit
    )
    for name, found in (("clusters", clusters), ("members", members)):
        stamped = ("first_run_id", "changed_run_id")
        assert found.schema.equals(pa.schema([f for f in schema.PUBLISHED[name] if f.name not in stamped]))
    return clusters.to_pylist()[0], {row["article_id"]: row for row in members.to_pylist()}


def test_a_cluster_of_one_needs_no_figures():
    cluster, members = published({"article_id": "a", "headline": "Ferry resumes"}, compared=figures())
    assert cluster["headline"] == "Ferry resumes"
    assert (cluster["n_articles"], cluster["n_publishers"], cluster["n_families"], cluster["n_credited"]) == (
        1,
        1,
        1,
        0,
    )
    assert (cluster["cohesion_min"], cluster["cohesion_mean"], cluster["first_id"]) == (1.0, 1.0, None)
    assert members["a"]["relation"] == "canonical"
    assert members["a"]["is_canonical"]
    assert [members["a"][name] for name in ("jaccard", "containment", "share_of_canonical")] == [1.0, 1.0, 1.0]


def test_counts_of_publishers_families_and_credits():
    rows = (
        {"article_id": "a", "publisher_id": "dale", "publisher_family": "hill"},
        {"article_id": "b", "publisher_id": "dale", "publisher_family": "hill"},
        {"article_id": "c", "publisher_id": "moor", "publisher_family": "hill"},
        {"article_id": "d", "publisher_id": "coast"},
        {"article_id": "e"},
    )
    cluster, _ = published(*rows, credit=(("a", "ap", "full", "byline"), ("d", "pti", "partial", "tail")))
    assert [cluster[f"n_{name}"] for name in ("articles", "publishers", "families", "credited")] == [5, 3, 2, 2]


def test_figures_are_against_the_canonical_and_cohesion_against_the_anchor():
    rows = ({"article_id": "a"}, {"article_id": "b", "n_words": 900}, {"article_id": "c"})
    compared = figures("a", "b", "c", cohesion=[0.5, 0.6, 0.8], containment=[0.7, 0.2, 0.9])
    cluster, members = published(*rows, compared=compared)
    assert cluster["canonical_id"] == "b"
    assert [members[name]["containment"] for name in "abc"] == [0.7, 1.0, 0.9]
    assert [members[name]["relation"] for name in "abc"] == ["light_edit", "canonical", "light_edit"]
    assert (cluster["cohesion_min"], cluster["cohesion_mean"]) == (0.6, pytest.approx(0.7))


def test_lag_counts_from_the_earliest_time_that_can_be_trusted():
    rows = (
        {"article_id": "a", "published_at": at(0), "published_precision": "day"},
        {"article_id": "b", "published_at": at(90), "published_precision": "minute"},
        {"article_id": "c", "published_at": at(60), "published_precision": "second"},
        {"article_id": "d"},
        {"article_id": "e", "published_at": at(60) + timedelta(days=40_000), "published_precision": "minute"},
    )
    cluster, members = published(*rows)
    assert [members[name]["lag_seconds"] for name in "abcde"] == [None, 1800, 0, None, 2**31 - 1]
    assert (cluster["first_id"], cluster["first_published_at"]) == ("c", at(60))
    assert cluster["last_published_at"] == at(60) + timedelta(days=40_000)


def test_days_say_what_came_first_where_no_time_does_but_give_no_lag():
    days = [
        {"article_id": name, "published_at": at(m), "published_precision": "day"} for name, m in (("a", 1440), ("b", 0))
    ]
    cluster, members = published(*days)
    assert (cluster["first_id"], cluster["first_published_at"]) == ("b", at(0))
    assert [members[name]["lag_seconds"] for name in "ab"] == [None, None]


CREDIT = tuple((name, "ap", "full", "byline") for name in "ab")


def statuses(*rows: Row, **options: Any) -> dict[str, str]:
    """How each owns up, all of one publisher unless a row says otherwise."""
    post = {"publisher_id": "post"}
    own = {"article_id": "h", "home_agency": "ap"}
    named = [{"article_id": name} | post for name in "ab"]
    _, members = published(*named, own, *(post | row for row in rows), **{"credit": CREDIT} | options)
    return {name: row["credit_status"] for name, row in members.items()}


def test_credit_status_says_how_a_print_owns_up():
    found = statuses(
        {"article_id": "p"},
        {"article_id": "r"},
        {"article_id": "x"},
        {"article_id": "s", "text_state": "stub"},
        {"article_id": "u", "text_state": "unknown"},
        {"article_id": "j", "language": "ja"},
        credit=(*CREDIT, ("p", "ap", "partial", "tail"), ("r", "prnewswire", "release", "dateline")),
    )
    expected = {"a": "credited", "b": "credited", "h": "own", "p": "partial", "r": "credited"}
    assert found == expected | {"x": "dropped", "s": "unknown", "u": "unknown", "j": "unknown"}


def test_dropped_is_said_only_where_the_origin_is_sure_and_well_attested():
    assert statuses({"article_id": "x"})["x"] == "dropped"
    assert statuses({"article_id": "x"}, credit=CREDIT[:1])["x"] == "unknown"
    rivals = tuple((name, "pti", "full", "byline") for name in "yz")
    assert statuses({"article_id": "x"}, *({"article_id": n} for n in "yz"), credit=CREDIT + rivals)["x"] == "unknown"


def test_a_publisher_whose_credits_are_never_seen_has_dropped_none():
    assert statuses({"article_id": "x", "publisher_id": "courier"})["x"] == "unknown"
    assert statuses({"article_id": "x", "publisher_id": None})["x"] == "unknown"


def test_a_second_copy_is_no_witness():
    _, members = published(
        {"article_id": "a"}, {"article_id": "b", "duplicate_of": "a"}, {"article_id": "x"}, credit=CREDIT
    )
    assert members["x"]["credit_status"] == "unknown"


def test_who_cites_the_origin_did_not_drop_it():
    plain = {"role": "cite", "frame": "said", "text": "AP said", "field": "body", "start": 0, "end": 7}
    citations = pa.Table.from_pylist(
        [{"article_id": "x", "source": "Associated Press"} | plain, {"article_id": "y", "source": "CNN"} | plain],
        schema=schema.CITATIONS,
    )
    found = statuses({"article_id": "x"}, {"article_id": "y"}, citations=citations)
    assert (found["x"], found["y"]) == ("unknown", "dropped")


def test_a_member_without_figures_is_refused():
    with pytest.raises(ValueError, match="'b' has no figures"):
        published({"article_id": "a"}, {"article_id": "b"}, compared=figures("a"))


def test_nothing_elects_nothing():
    table, nobody = articles(), groups({})
    elections = elect.canonicals(nobody, table, credits(), SETTINGS)
    credited = elect.credited(table, credits())
    found = elect.tables(nobody, elections, table, credited, figures(), SETTINGS)
    assert [each.num_rows for each in (elections, credited, *found)] == [0, 0, 0, 0]


def test_a_credit_that_names_no_agency_is_shown_but_never_votes() -> None:
    columns = ["article_id", "agency", "grade", "signal", "text", "rule"]
    rows = [
        ("a", "unspecified", "partial", "tail", "with inputs from agencies", "x"),
        ("b", "unspecified", "full", "disclaimer", "from a syndicated feed", "x"),
        ("b", "ap", "partial", "tail", "AP contributed", "x"),
    ]
    credits = pa.Table.from_pylist([dict(zip(columns, row, strict=True)) for row in rows], schema.CREDITS)
    shown = origin.evidence(credits.to_pandas()).drop_duplicates("article_id")
    assert list(zip(shown["article_id"], shown["agency"], strict=True)) == [("a", "unspecified"), ("b", "ap")]


def test_of_a_list_of_helpers_the_agency_counts_before_the_papers() -> None:
    rows = [
        ("a", name, "partial", "tail", "AP and papers contributed", "x") for name in ("Ashford Post", "ap", "Vale News")
    ]
    rows += [
        ("b", "The Vale News", "full", "byline", "The Vale News", "x"),
        ("b", "ap", "partial", "byline", "AP", "x"),
    ]
    columns = ["article_id", "agency", "grade", "signal", "text", "rule"]
    credits = pa.Table.from_pylist([dict(zip(columns, row, strict=True)) for row in rows], schema.CREDITS)
    shown = origin.evidence(credits.to_pandas()).drop_duplicates("article_id")
    assert list(zip(shown["article_id"], shown["agency"], strict=True)) == [("a", "ap"), ("b", "The Vale News")]
