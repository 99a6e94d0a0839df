"""Identity, repeats, versions, ids; and the forms of one address. All articles are invented."""

from __future__ import annotations

import hashlib
import random
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import schema
from pipeline.stages import identify
from pipeline.stages._urls import normalise

DEFAULTS: dict[str, Any] = {
    "article_id": "",
    "identity": "",
    "source": "file",
    "field": "body",
    "body": "words",
    "body_map": [],
    "published_precision": "unknown",
    "kind": "editorial",
    "status": "usable",
    "text_state": "full",
    "version_rank": 0,
    "n_words": 1,
}


def articles(*rows: dict[str, Any]) -> pa.Table:
    """ARTICLES from what matters; `text` stands for headline and body and becomes the digest."""
    full = []
    for number, given_row in enumerate(rows):
        row = dict(given_row)
        digest = hashlib.blake2b(row.pop("text", "text").encode(), digest_size=16).hexdigest()
        full.append({"record": number, **DEFAULTS, "digest": digest, **row})
    columns = {name: [row.get(name) for row in full] for name in schema.ARTICLES.names}
    return pa.table(columns, schema=schema.ARTICLES)


def known_of(store: pa.Table) -> identify.Known:
    """What is known on a store with these articles."""
    return identify.Known(identify.seen(store), lambda rows: store["article_id"].take(pa.array(rows)).to_pylist())


def ids(*batches: pa.Table, known: identify.Known | None = None) -> list[str]:
    known = known or identify.Known()
    kept = [identify.run(batch, known).articles for batch in batches]
    settled: list[str] = identify.settle(pa.concat_tables(kept), known)["article_id"].to_pylist()
    return settled


def test_the_source_id_is_the_article_id() -> None:
    found = identify.run(articles({"publisher_id": "gull", "source_id": "a1"}), identify.Known())
    assert found.articles.schema.equals(schema.ARTICLES)
    assert found.articles["article_id"].to_pylist() == ["a1"]
    assert len(found.articles["identity"][0].as_py()) == 32


def test_without_a_source_id_the_address_counts_in_any_form() -> None:
    batch = articles(
        {"url": "https://www.gull.example/news/lamp/?utm_source=x", "text": "one"},
        {"url": "http://m.gull.example/news/lamp/amp", "text": "two"},
        {"url": "https://gull.example/news/oil", "text": "one"},
    )
    found = identify.run(batch, identify.Known())
    first, second, third = found.articles["article_id"].to_pylist()
    assert first == second != third
    assert (found.n_repeats, found.n_versions) == (0, 1)
    assert len(first) == 16
    assert found.articles["identity"][0].as_py().startswith(first)


def test_without_both_publisher_headline_and_text_count() -> None:
    rows = [
        {"publisher_id": "gull", "headline": "Lamp", "text": "a"},
        {"publisher_id": "auk", "headline": "Lamp", "text": "a"},
        {"publisher_id": "gull", "headline": "Lamp", "text": "b"},
        {"publisher_id": "gull", "headline": "Lamp", "text": "a", "url": "https://gull.example/"},  # a front page
    ]
    found = identify.run(articles(*rows), identify.Known())
    assert found.n_repeats == 1
    assert len(set(found.articles["article_id"].to_pylist())) == 3


def test_repeats_leave_and_versions_stay() -> None:
    known = identify.Known()
    first = identify.run(articles({"publisher_id": "gull", "source_id": "1"}), known)
    again = identify.run(
        articles(
            {"publisher_id": "gull", "source_id": "1"},
            {"publisher_id": "gull", "source_id": "1", "text": "changed"},
            {"publisher_id": "gull", "source_id": "1", "text": "changed", "record": 7},
        ),
        known,
    )
    assert (first.n_repeats, again.n_repeats, again.n_versions) == (0, 2, 1)
    assert again.articles["article_id"].to_pylist() == ["1"]
    assert again.articles["record"].to_pylist() == [1]


def test_two_publishers_new_with_one_source_id_are_both_namespaced() -> None:
    gull, auk = {"publisher_id": "gull", "source_id": "1"}, {"publisher_id": "auk", "source_id": "1"}
    assert ids(articles(gull, auk)) == ["gull/1", "auk/1"]
    assert ids(articles(gull), articles(auk)) == ["gull/1", "auk/1"]
    nameless = {"publisher": "Die Möwe", "source_id": "1"}
    assert ids(articles(gull, nameless, {"source_id": "2"})) == ["gull/1", "die möwe/1", "2"]


def test_an_id_in_the_store_stays() -> None:
    known = identify.Known()
    table = identify.settle(identify.run(articles({"publisher_id": "gull", "source_id": "1"}), known).articles, known)
    store = known_of(table)
    assert ids(articles({"publisher_id": "auk", "source_id": "1"}), known=store) == ["auk/1"]
    changed = articles({"publisher_id": "gull", "source_id": "1", "text": "changed"})
    assert ids(changed, known=store) == ["1"]
    assert identify.run(table, known_of(table)).n_repeats == 1


def test_a_source_id_that_was_contested_stays_so() -> None:
    known = identify.Known()
    rows = [{"publisher_id": name, "source_id": "1"} for name in ("gull", "auk")]
    kept = identify.settle(identify.run(articles(*rows), known).articles, known)
    assert ids(articles({"publisher_id": "tern", "source_id": "1"}), known=known_of(kept)) == ["tern/1"]


def test_an_id_that_looks_namespaced_never_takes_anothers() -> None:
    rows = [
        {"publisher_id": "tern", "source_id": "gull/1"},
        {"publisher_id": "auk", "source_id": "1"},
        {"publisher_id": "gull", "source_id": "1"},
    ]
    found = ids(articles(*rows))
    assert found[:2] == ["gull/1", "auk/1"]
    assert len(set(found)) == 3


@given(st.sets(st.sampled_from(["1", "gull/1", "auk/1"])))
def test_the_id_of_what_was_taken_down_is_not_given_again(gone: set[str]) -> None:
    """Somebody else's: two publishers come with one source id, and each would be called by its name and that."""
    rows = articles(*({"publisher_id": name, "source_id": "1"} for name in ("gull", "auk")))
    known = identify.Known(forgotten=identify.tombstones(gone))
    assert not gone & {*ids(rows, known=known)}


ROW = st.fixed_dictionaries(
    {
        "publisher_id": st.sampled_from(["gull", "auk", "tern", None]),
        "source_id": st.sampled_from(["1", "2", "3", None]),
        "url": st.sampled_from(["https://a.example/1", "https://a.example/1?utm_id=3", "https://b.example/2", None]),
        "text": st.sampled_from(["x", "y"]),
    }
)


def by_key(tables: list[pa.Table], known: identify.Known) -> dict[tuple[str, str], str]:
    """(identity, digest) -> article id, of what is kept."""
    kept = pa.concat_tables(identify.run(table, known).articles for table in tables)
    rows = identify.settle(kept, known).select(["identity", "digest", "article_id"]).to_pylist()
    keyed = {(row["identity"], row["digest"]): row["article_id"] for row in rows}
    assert len(keyed) == len(rows)
    return keyed


@given(st.lists(ROW, max_size=12), st.lists(ROW, max_size=12), st.integers(1, 5), st.randoms(use_true_random=False))
def test_ids_depend_neither_on_batches_nor_on_order(
    old: list[dict[str, Any]], new: list[dict[str, Any]], size: int, shuffle: random.Random
) -> None:
    known = identify.Known()
    store = identify.settle(identify.run(articles(*old), known).articles, known)
    table = articles(*new)
    whole = by_key([table], known_of(store))
    parts = [table.slice(start, size) for start in range(0, max(len(new), 1), size)]
    assert by_key(parts, known_of(store)) == whole
    shuffled = articles(*shuffle.sample(new, len(new)))
    assert by_key([shuffled], known_of(store)) == whole

    # One identity, one id; and what the store called something keeps its name.
    by_identity: dict[str, set[str]] = {}
    for row in store.select(["identity", "article_id"]).to_pylist():
        by_identity.setdefault(row["identity"], set()).add(row["article_id"])
    for (key, _), article_id in whole.items():
        by_identity.setdefault(key, set()).add(article_id)
    assert all(len(names) == 1 for names in by_identity.values())
    assert len(set.union(set(), *by_identity.values())) == len(by_identity)


def test_attach_carries_ids_to_what_was_stripped() -> None:
    known = identify.Known()
    rows = [{"publisher_id": "gull", "source_id": "1"}] * 2 + [{"publisher_id": "gull", "source_id": "2"}]
    kept = identify.run(articles(*rows), known).articles
    line = {"article_id": "", "line": "l", "field": "body", "start": 0, "end": 1, "position": "head"}
    stripped = pa.Table.from_pylist(
        [{"record": record, **line, "kind": "stamp", "rule": "r"} for record in (2, 1, 0, 0)], schema=schema.STRIPPED
    )
    attached = identify.attach(stripped, kept)
    assert attached.schema.equals(schema.STRIPPED)
    assert attached.select(["record", "article_id"]).to_pylist() == [
        {"record": 2, "article_id": "2"},
        {"record": 0, "article_id": "1"},
        {"record": 0, "article_id": "1"},
    ]
    assert identify.attach(stripped.slice(0, 0), kept).num_rows == 0


def at(hour: int) -> datetime:
    return datetime(2024, 5, 1, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ({"modified_at": at(3), "published_at": at(9)}, {"modified_at": at(4), "published_at": at(1)}),
        ({"modified_at": at(3), "published_at": at(1)}, {"modified_at": at(3), "published_at": at(2)}),
        ({"published_at": at(9)}, {"modified_at": at(1)}),
        ({}, {"published_at": at(1)}),
        ({"published_at": at(1), "version": "9"}, {"published_at": at(2), "version": "2"}),
        ({"version": "9", "fetched_at": at(5)}, {"version": "10", "fetched_at": at(4)}),
        ({"version": "final"}, {"version": "1"}),  # what is no number says nothing
        ({"version": "UPDATE 2", "fetched_at": at(1)}, {"version": "20240501", "fetched_at": at(2)}),  # nor does a date
        ({"version": "2", "fetched_at": at(1)}, {"version": "2", "fetched_at": at(2)}),
        ({"digest": "0b", "fetched_at": at(1)}, {"digest": "0a", "fetched_at": at(2)}),
        ({"digest": "0b"}, {"digest": "0a", "fetched_at": at(2)}),
        ({"digest": "0a"}, {"digest": "0b"}),
    ],
)
def test_newest(older: dict[str, Any], newer: dict[str, Any]) -> None:
    for pair in ([older, newer], [newer, older]):
        table = articles(*({"article_id": "v", **row} for row in pair), {"article_id": "u"})
        current, superseded = identify.newest(table)
        assert current["record"].to_pylist() == [pair.index(newer), 2]
        assert superseded["record"].to_pylist() == [pair.index(older)]


def versions() -> st.SearchStrategy[list[dict[str, Any]]]:
    """Versions of one article, each another text, of which each says some of what tells which is the newest."""
    times = st.none() | st.sampled_from([at(1), at(2)])
    number, status = (
        st.sampled_from([None, "1", "2", "10", "final"]),
        st.sampled_from(["usable", "usable", "withdrawn"]),
    )
    said = {"modified_at": times, "published_at": times, "fetched_at": times, "version": number, "status": status}
    rows = st.lists(st.fixed_dictionaries(said), min_size=1, max_size=5)
    return rows.map(lambda rows: [{"article_id": "v", "text": str(number), **row} for number, row in enumerate(rows)])


@given(versions(), st.booleans(), st.randoms(), st.integers(0, 5))
def test_the_newest_is_the_same_in_whatever_order_versions_come(
    rows: list[dict[str, Any]], withdrawn: bool, chance: random.Random, first: int
) -> None:
    """Also where a night brings some of them, and the next is held against the newest of these alone."""

    def newest(table: pa.Table) -> pa.Table:
        return identify.newest(table, withdrawn=withdrawn)[0]

    expected = newest(articles(*rows))["digest"].to_pylist()
    chance.shuffle(rows)
    table = articles(*rows)
    assert newest(table)["digest"].to_pylist() == expected
    before, night = table.slice(0, first), table.slice(first)
    assert newest(pa.concat_tables([newest(before), night]))["digest"].to_pylist() == expected


@pytest.mark.parametrize(
    ("name", "older", "newer"),
    [
        ("modified_at", at(1), at(2)),
        ("published_at", None, at(2)),
        ("version", "1", "2"),
        ("fetched_at", at(1), at(2)),
        ("status", "withdrawn", "usable"),
        (None, None, None),
    ],
)
def test_by_what_the_newest_is_told(name: str | None, older: Any, newer: Any) -> None:
    """By what tells it from the one that is nearest to it, whatever tells it from others."""
    said = [{name: one} if name else {} for one in (older, newer)]
    said += [] if name == "status" else [{"status": "withdrawn", "modified_at": at(1)}]
    rows = [{"article_id": "v", "text": str(number), **row} for number, row in enumerate(said)]
    assert identify.newest_by(articles(*rows)) == name
    assert identify.newest_by(articles(rows[0])) is None


def test_a_withdrawal_supersedes_no_text_and_is_the_last_word_all_the_same() -> None:
    table = articles(
        {"article_id": "v", "digest": "0b", "status": "usable", "published_at": at(1)},
        {"article_id": "v", "digest": "0a", "status": "withdrawn", "published_at": at(1)},
    )
    assert identify.newest(table)[0]["status"].to_pylist() == ["usable"]
    assert identify.newest(table, withdrawn=True)[0]["status"].to_pylist() == ["withdrawn"]


def test_newest_of_nothing() -> None:
    current, superseded = identify.newest(schema.empty(schema.ARTICLES))
    assert current.num_rows == superseded.num_rows == 0


def test_duplicates() -> None:
    rows = [
        ("b", "gull", 7, at(2)),
        ("a", "gull", 7, at(2)),
        ("c", "gull", 7, None),
        ("d", "gull", 8, at(1)),
        ("e", "auk", 7, at(1)),
        ("f", None, 7, at(1)),
        ("g", None, 7, at(1)),
        ("h", "gull", None, at(1)),
        ("i", "gull", None, at(1)),
        ("j", "gull", 8, at(3)),
    ]
    columns = [list(column) for column in zip(*rows, strict=True)]
    found = identify.duplicates(
        pa.array(columns[0]), pa.array(columns[1]), pa.array(columns[2], pa.int64()), pa.array(columns[3], schema.TIME)
    )
    assert found.to_pylist() == ["a", None, "a", None, None, None, None, None, None, "d"]
    nothing = pa.array([], pa.string())
    assert len(identify.duplicates(nothing, nothing, pa.array([], pa.int64()), pa.array([], schema.TIME))) == 0


@given(
    st.lists(st.tuples(st.sampled_from("pq"), st.integers(-1, 1), st.one_of(st.none(), st.integers(0, 2))), max_size=12)
)
def test_duplicates_are_those_of_a_plain_loop(rows: list[tuple[str, int, int | None]]) -> None:
    names = [f"a{9 - number}" if number < 10 else f"b{number}" for number in range(len(rows))]
    groups: dict[tuple[str, int], list[tuple[bool, int, str]]] = {}
    for name, (publisher, content, hour) in zip(names, rows, strict=True):
        groups.setdefault((publisher, content), []).append((hour is None, hour or 0, name))
    expected = [
        None if (lead := min(groups[publisher, content])[2]) == name else lead
        for name, (publisher, content, _) in zip(names, rows, strict=True)
    ]
    found = identify.duplicates(
        pa.array(names, pa.string()),
        pa.array([publisher for publisher, _, _ in rows], pa.string()),
        pa.array([content for _, content, _ in rows], pa.int64()),
        pa.array([None if hour is None else at(hour) for _, _, hour in rows], schema.TIME),
    )
    assert found.to_pylist() == expected


SAME = "gull.example/news/lamp-1?id=5"


@pytest.mark.parametrize(
    "url",
    [
        "https://gull.example/news/lamp-1?id=5",
        "http://www.gull.example:80/news/lamp-1/?id=5#comments",
        "HTTPS://WWW.Gull.Example:443/news/./lamp-1?id=5",
        "//m.gull.example/news//lamp-1?id=5",
        "https:/www.gull.example/news/lamp-1?id=5",
        "amp.gull.example/news/lamp-1?id=5",
        "https://www.m.gull.example/news/lamp-1/amp/?id=5&utm_source=a&utm_campaign=b",
        "https://gull.example/amp/news/lamp-1?fbclid=x&id=5&gclid=y",
        "https://gull.example/news/lamp-1/print?id=5",
        "https://gull.example/news/lamp-1.amp?id=5",
        "https://gull.example/news/lamp-1?id=5&outputType=amp&print=1&ref=home&at_medium=rss",
        "https://gull-example.cdn.ampproject.org/c/s/gull.example/news/lamp-1?id=5&amp_js_v=0.1",
        "https://www.google.com/amp/s/www.gull.example/amp/news/lamp-1%3Fid=5".replace("%3F", "?"),
        "https://reader:secret@gull.example/news/lamp-1?id=5",
        "  https://gull.example./news/lamp-1?id=5 ",
    ],
)
def test_forms_of_one_address(url: str) -> None:
    assert normalise(url) == SAME


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("https://gull.example/a?b=2&a=1", "https://gull.example/a?a=1&b=2"),
        ("https://gull.example/möwe", "https://gull.example/m%C3%B6we"),
        ("https://möwe.example/a", "https://xn--mwe-sna.example/a"),
        ("https://gull.example/a.amp.html", "https://gull.example/a.html"),
        ("https://gull.example/x/articleshowprint/1.cms", "https://gull.example/x/articleshow/1.cms"),
    ],
)
def test_more_forms_of_one_address(left: str, right: str) -> None:
    assert normalise(left) == normalise(right) is not None


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("https://gull.example/a", "https://gull.example/b"),
        ("https://gull.example/?p=1", "https://gull.example/?p=2"),
        ("https://times.gull.example/a", "https://post.gull.example/a"),
        ("https://gull.example/A", "https://gull.example/a"),
        ("https://gull.example:8080/a", "https://gull.example/a"),
        ("https://gull.example/camp", "https://gull.example/c"),
        ("https://gull.example/news/blueprint", "https://gull.example/news/blue"),
        ("https://gull.example/a?page=2", "https://gull.example/a"),
    ],
)
def test_different_addresses(left: str, right: str) -> None:
    assert normalise(left) != normalise(right)


@pytest.mark.parametrize(
    "url",
    [None, "", "None", "lamp", "https://gull.example", "https://www.gull.example/amp/?utm_id=3", "ftp://gull.example/a",
     "urn:newsml:gull.example:2024", "mailto:ida@gull.example", "http://[::1", "http://gull.example:99999/a"],
)  # fmt: skip
def test_what_identifies_nothing(url: str | None) -> None:
    assert normalise(url) is None


PIECES = [
    "gull",
    "Möwe",
    "www",
    "amp",
    "print",
    "/amphtml",
    ".amp",
    "m",
    ".",
    "..",
    "/",
    "//",
    "-",
    "~",
    "%C3%B6",
    "_",
    "A",
    ":80",
    "@",
    "html",
]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_an_address_is_what_it_is_with_a_fragment(text: str) -> None:
    """One without is looked at by ourselves where it is plain, one with a fragment never is."""
    for url in (text, f"https://{text}", f"//gull.example/{text}", f"gull.{text}/lamp-1"):
        assert normalise(url) == normalise(f"{url}#top")


@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=9).map("".join)))
def test_normalising_never_fails_and_is_final(text: str) -> None:
    for url in (text, f"https://gull.example/{text}"):
        once = normalise(url)
        if once is not None:
            assert normalise(once) == once
