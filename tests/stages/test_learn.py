"""learn: what is furniture, and what a text is without it."""

from __future__ import annotations

import bisect
import random
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pipeline import config, schema
from pipeline.stages import learn, sketch
from pipeline.stages._fold import place_in
from pipeline.stages._words import count_words, is_unspaced
from pipeline.stages.kernels import arrays
from pipeline.stages.learn import topics
from tests import strategies

SETTINGS = config.Learn()
NAVIGATION = "Where to buy the paper tonight"
PARAGRAPH = "The harbour board has run the ferries since 1911 and has raised the fare eleven times in those years."
TOPICS = (
    "Council keeps its lighthouse lit",
    "Bakery wins a national prize",
    "Snow closes both mountain roads",
    "Orchestra looks for a cellist",
    "Two goats found on a roof",
    "Library lends out garden tools",
)


def article(number: int, headline: str, *lines: str, publisher: str | None = "elm-herald") -> dict[str, Any]:
    body = "\n".join(lines)
    return {
        "article_id": f"a{number}", "record": number, "source": "x", "field": "body", "headline": headline,
        "publisher_id": publisher, "body": body, "body_map": [{"at": 0, "raw": 7}], "text_state": "full",
        "kind": "editorial", "status": "usable", "published_precision": "unknown", "n_words": len(body.split()),
    }  # fmt: skip


def story(seed: int, n: int = 3) -> list[str]:
    chance = random.Random(seed)
    return [" ".join(f"word{chance.randint(0, 9_999)}x" for _ in range(20)) + "." for _ in range(n)]


def table(rows: list[dict[str, Any]]) -> pa.Table:
    blank = {f.name: "" if pa.types.is_string(f.type) else 0 for f in schema.ARTICLES if not f.nullable}
    return pa.Table.from_pylist([blank | row for row in rows], schema.ARTICLES)  # `stretch` is no column of it


def sketched(articles: pa.Table) -> pa.Table:
    sketches = sketch.run(articles, config.Sketch())
    told = articles.append_column("content", sketches["content"]).append_column("lines", sketches["lines"])
    return told.append_column("words", sketch.words(articles["headline"]))


def struck(rows: list[dict[str, Any]], settings: config.Learn = SETTINGS) -> tuple[list[dict[str, Any]], list[Any]]:
    """The texts after learning from themselves, and what was stripped."""
    articles = sketched(table(rows))
    stretches = np.array([row.get("stretch", 0) for row in rows], np.int64)
    learned = learn.run(articles, stretches, stretches.tolist(), settings)
    lines = learn.furniture(articles, stretches, learned)
    bare, stripped, lost = learn.strike(articles.select(schema.ARTICLES.names), lines, settings, stub_words=30)
    assert set(lost.tolist()) <= set(learn.carriers(articles, stretches, learned).tolist())
    assert {row["record"] for row in stripped.to_pylist()} == {rows[i]["record"] for i in lost.tolist()}
    texts = articles.select(schema.ARTICLES.names).to_pylist()
    for row, text in zip(lost.tolist(), bare.to_pylist(), strict=True):
        texts[row] = text
    return texts, stripped.to_pylist()


@given(st.lists(st.tuples(st.sampled_from([None, "elm", "oak"]), st.integers(0, 2), st.lists(st.sampled_from("abcd")))))
@hypothesis_settings(deadline=None)
def test_furniture_is_what_a_set_of_publisher_time_and_line_says(rows: list[tuple[str | None, int, list[str]]]) -> None:
    articles = sketched(table([article(n, "x", *lines, publisher=by) for n, (by, _, lines) in enumerate(rows)]))
    hashes = articles["lines"].to_pylist()
    told = {(at, by, line) for (by, at, _), own in zip(rows[::2], hashes[::2], strict=True) for line in own if by}
    wanted = {one for number, one in enumerate(sorted(told)) if number % 2}
    learned = pa.Table.from_pylist(
        [dict(zip(learn.LEARNED.names, one, strict=True)) for one in sorted(wanted)], learn.LEARNED
    )
    stretches = np.array([at for _, at, _ in rows], np.int64)
    found = learn.furniture(articles, stretches, learned)
    for number, ((by, at, _), own) in enumerate(zip(rows, hashes, strict=True)):
        assert found.of(number) == [(at, by, line) in wanted for line in own]
    carrying = [
        n
        for n, ((by, at, _), own) in enumerate(zip(rows, hashes, strict=True))
        if any((at, by, line) in wanted for line in own)
    ]
    assert learn.carriers(articles, stretches, learned).tolist() == carrying


def test_a_line_under_different_stories_is_furniture() -> None:
    rows = [article(n, TOPICS[n], *story(n), NAVIGATION) for n in range(4)]
    texts, stripped = struck(rows)
    assert [text["body"] for text in texts] == ["\n".join(story(n)) for n in range(4)]
    assert {(row["line"], row["position"], row["rule"]) for row in stripped} == {(NAVIGATION, "tail", "learned")}
    assert [text["n_words"] for text in texts] == [60] * 4


def test_three_texts_do_not_teach_and_neither_does_one_text_four_times() -> None:
    assert not struck([article(n, TOPICS[n], *story(n), NAVIGATION) for n in range(3)])[1]
    assert not struck([article(n, TOPICS[n], *story(1), NAVIGATION) for n in range(4)])[1]


def test_the_background_of_a_running_story_is_not_furniture() -> None:
    headlines = ["Ferry fares rise again", "Ferry crews to strike", "No ferry on Monday", "Minister rides the ferry"]
    rows = [article(n, headline, *story(n), PARAGRAPH) for n, headline in enumerate(headlines)]
    others = [article(10 + n, topic, *story(10 + n)) for n, topic in enumerate(TOPICS)]
    assert not struck(rows + others)[1]


def test_a_publisher_of_one_topic_is_compared_with_others() -> None:
    headlines = ["Ferry fares rise again", "Ferry crews to strike", "No ferry on Monday", "Minister rides the ferry"]
    rows = [article(n, headline, *story(n), PARAGRAPH) for n, headline in enumerate(headlines)]
    others = [article(10 + n, topic, *story(10 + n), publisher="cedar-mail") for n, topic in enumerate(TOPICS)]
    assert not struck(rows + others)[1]


def test_a_word_common_at_the_publisher_is_no_topic() -> None:
    headlines = ["Ferry fares rise again", "Ferry crews to strike", "No ferry on Monday", "Minister rides the ferry"]
    rows = [article(n, headline, *story(n), NAVIGATION) for n, headline in enumerate(headlines)]
    others = [article(10 + n, f"Ferry news {n}: {topic}", *story(10 + n)) for n, topic in enumerate(TOPICS)]
    assert len(struck(rows + others)[1]) == 4


def test_what_one_publisher_repeats_says_nothing_of_another() -> None:
    rows = [article(n, TOPICS[n], *story(n), NAVIGATION) for n in range(4)]
    other = article(5, TOPICS[5], *story(5), NAVIGATION, publisher="cedar-mail")
    unknown = [article(6 + n, TOPICS[n], *story(6 + n), NAVIGATION, publisher=None) for n in range(5)]
    texts, _ = struck([*rows, other, *unknown])
    assert all(text["body"].endswith(NAVIGATION) for text in texts[4:])


def test_between_paragraphs_of_the_story_nothing_is_struck() -> None:
    rows = [article(n, TOPICS[n], *story(n), NAVIGATION) for n in range(4)]
    inside = article(5, TOPICS[5], story(5)[0], NAVIGATION, *story(5)[1:])
    assert struck([*rows, inside])[0][4]["body"] == inside["body"]


def test_a_line_is_learned_from_its_own_time_and_what_is_next_to_it() -> None:
    """Two articles in each stretch: four are near enough from the second on, and in the sixth and seventh nobody is near."""
    times = [0, 0, 1, 1, 6, 6]
    rows = [article(n, TOPICS[n], *story(n), NAVIGATION) | {"stretch": times[n]} for n in range(6)]
    texts, _ = struck(rows)
    assert [text["body"].endswith(NAVIGATION) for text in texts] == [False] * 4 + [True] * 2


def test_a_short_line_with_a_number_needs_more_evidence() -> None:
    topics = [f"{TOPICS[n % 6]} {'abcdefghijklm'[n]}" for n in range(12)]
    rows = [article(n, topics[n], *story(n), "Record date April 1") for n in range(12)]
    assert not struck(rows[:11])[1]
    assert len(struck(rows)[1]) == 12


def test_a_few_words_between_two_learned_lines_go_with_them() -> None:
    links = ["Shows", "60 Minutes", "Alerts"]
    rows = [article(n, TOPICS[n], *links, *story(n)) for n in range(4)]
    texts, stripped = struck(rows)
    assert texts[0]["body"] == "\n".join(story(0))
    assert [row["line"] for row in stripped if row["article_id"] == "a0"] == links


def test_a_text_that_would_lose_nearly_all_stays_whole() -> None:
    rows = [article(n, TOPICS[n], *story(n), NAVIGATION) for n in range(4)]
    settings = config.Learn(max_share=0.05)
    assert not struck(rows, settings)[1]
    bare = article(5, TOPICS[5], NAVIGATION, *[NAVIGATION] * 5)
    assert struck([*rows, bare])[0][4]["body"] == bare["body"]


def test_what_is_left_of_a_teaser_is_a_stub() -> None:
    rows = [article(n, TOPICS[n], *story(n), NAVIGATION) for n in range(4)]
    teaser = article(5, TOPICS[5], *story(5, 1), *[NAVIGATION] * 3)
    assert struck([*rows, teaser])[0][4]["text_state"] == "stub"


def test_offsets_lead_back_to_the_field_as_read() -> None:
    """The body begins 7 characters into the field, and 2 characters are unseen in its second line."""
    rows = [article(n, TOPICS[n], NAVIGATION, *story(n), NAVIGATION) for n in range(4)]
    at = len(NAVIGATION) + 5
    rows[0]["body_map"] = [{"at": 0, "raw": 7}, {"at": at, "raw": at + 9}]
    texts, stripped = struck(rows)
    mine = [(row["start"], row["end"]) for row in stripped if row["article_id"] == "a0"]
    end = len(rows[0]["body"]) + 9
    assert mine == [(7, 7 + len(NAVIGATION)), (end - len(NAVIGATION), end)]
    shift = len(NAVIGATION) + 1
    for position, character in enumerate(texts[0]["body"]):
        entry = texts[0]["body_map"][bisect.bisect_right([e["at"] for e in texts[0]["body_map"]], position) - 1]
        raw = entry["raw"] + position - entry["at"]
        assert character == rows[0]["body"][raw - (7 if raw < at + 7 else 9)]
        assert raw == position + shift + (7 if position + shift < at else 9)


@given(strategies.worlds(), st.randoms(use_true_random=False))
def test_the_order_of_the_articles_does_not_matter(
    world: tuple[strategies.Article, ...], chance: random.Random
) -> None:
    settings = config.Learn(min_texts=2)

    def learned(articles: pa.Table) -> pa.Table:
        return learn.run(sketched(articles), np.zeros(articles.num_rows, np.int64), [0], settings)

    articles = strategies.articles(world)
    order = chance.sample(range(articles.num_rows), articles.num_rows)
    assert learned(articles).equals(learned(articles.take(order)))


@pytest.fixture
def few_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits that small worlds reach."""
    monkeypatch.setattr(topics, "_CARRIERS", 5)
    monkeypatch.setattr(topics, "_HEADLINES", 13)
    monkeypatch.setattr(topics, "_SLICE", 8)


def pages(seed: int, n: int, stories: int, words: Sequence[str]) -> list[dict[str, Any]]:
    """Pages of some publishers in some stretches of time, from so few words and lines that much repeats and ties."""
    chance = random.Random(seed)
    return [
        article(
            number,
            " ".join(chance.sample(words, chance.randint(0, len(words) // 2))),
            *story(chance.randint(0, stories), 1),
            *chance.sample(["Follow us", "About the paper", "Tomorrow's weather", "Call 0800"], chance.randint(0, 2)),
            publisher=chance.choice(["elm-herald", "elm-herald", "cedar-mail", None]),
        )
        | {"stretch": chance.randint(0, 3)}
        for number in range(n)
    ]


def taught(rows: list[dict[str, Any]], min_texts: int) -> pa.Table:
    stretches = np.array([row["stretch"] for row in rows], np.int64)
    return learn.run(sketched(table(rows)), stretches, [0, 1, 2], config.Learn(min_texts=min_texts))


@pytest.mark.usefixtures("few_are_enough")
@given(st.integers(0, 2**32), st.integers(1, 80), st.integers(2, 5))
def test_what_is_learned_is_what_python_sets_say(seed: int, n: int, min_texts: int) -> None:
    rows = pages(seed, n, n, ["ferry", "goats", "snow", "prize", "lamp", "storm"])
    found = set(zip(*(column.to_pylist() for column in taught(rows, min_texts).columns), strict=True))
    for target in range(3):
        near = [row for row in rows if abs(row["stretch"] - target) <= 1]
        expected = by_sets(near, min_texts) if any(row["stretch"] == target for row in rows) else set()
        assert {(publisher, line) for at, publisher, line in found if at == target} == set(expected)


@given(st.integers(0, 2**32), st.integers(1, 40), st.integers(0, 40))
def test_furniture_is_what_a_python_set_has(seed: int, n: int, cut: int) -> None:
    """In whatever chunks the articles lie, and of publishers that are known alone."""
    rows = pages(seed, n, n, ["ferry", "goats"])
    learned = taught(rows, 2)
    articles = sketched(table(rows))
    articles = pa.concat_tables([articles.slice(0, cut), articles.slice(cut)])
    stretches = np.array([row["stretch"] for row in rows], np.int64)
    known = set(zip(*(column.to_pylist() for column in learned.columns), strict=True))
    expected = [
        (stretch, publisher, line) in known
        for stretch, publisher, lines in zip(
            stretches.tolist(), articles["publisher_id"].to_pylist(), articles["lines"].to_pylist(), strict=True
        )
        for line in lines
    ]
    found = learn.furniture(articles, stretches, learned)
    assert found.is_furniture.tolist() == expected
    assert np.diff(found.offsets).tolist() == [len(lines) for lines in articles["lines"].to_pylist()]


@pytest.mark.usefixtures("few_are_enough")
@given(st.integers(0, 2**32), st.integers(1, 80), st.randoms(use_true_random=False))
def test_which_of_many_are_looked_at_is_not_by_chance(seed: int, n: int, chance: random.Random) -> None:
    rows = pages(seed, n, 2, ["ferry", "goats"])
    assert taught(rows, 2).equals(taught(chance.sample(rows, n), 2))


@pytest.mark.usefixtures("few_are_enough")
@given(st.integers(0, 2**32), st.integers(1, 80), st.integers(1, 3))
def test_a_publisher_learns_from_its_own_articles_and_what_is_common_everywhere(seed: int, n: int, parts: int) -> None:
    rows = pages(seed, n, n, ["ferry", "goats", "snow", "prize", "lamp", "storm"])
    articles, stretches = sketched(table(rows)), np.array([row["stretch"] for row in rows], np.int64)
    targets = [0, 1, 2]
    of_parts = [np.arange(n)[number::parts] for number in range(parts)]
    some = np.concatenate([at[learn.common(articles.take(at), stretches[at], targets)] for at in of_parts])
    common = some[learn.common(articles.take(some), stretches[some], targets)]
    assert set(common.tolist()) == set(learn.common(articles, stretches, targets).tolist())
    publishers = np.array([row["publisher_id"] for row in rows], object)
    for publisher in ("elm-herald", "cedar-mail"):
        own = np.flatnonzero(publishers == publisher)
        together = np.concatenate([own, np.setdiff1d(common, own)])
        alone = learn.run(articles.take(together), stretches[together], targets, config.Learn(min_texts=2))
        at_once = learn.run(articles, stretches, targets, config.Learn(min_texts=2))
        expected, found = (told.filter(pc.equal(told["publisher_id"], publisher)) for told in (at_once, alone))
        assert found.equals(expected)


@pytest.mark.usefixtures("few_are_enough")
def test_of_prints_of_one_text_it_is_not_by_chance_whose_is_looked_at() -> None:
    """The thirteenth and last of the headlines that are compared is that of a text which two publishers have."""
    others = [("cedar-mail", n, [20 + 2 * n], [n, 7] if n < 4 else [n]) for n in range(1, 13)]
    carriers = [("elm-herald", 5_000 + n, [8], [7, 900 + n]) for n in range(4)]
    rows = [*others, *carriers, ("fir-times", 5_000, [10], [7, 900])]
    names, kinds = (
        ("publisher_id", "content", "lines", "words"),
        (schema.SKETCHES.field("lines").type, pa.large_list(pa.int32())),
    )

    def found(rows: list[Any]) -> pa.Table:
        columns = list(zip(*rows, strict=True))
        told = [*columns[:2], *(pa.array(lists, kind) for lists, kind in zip(columns[2:], kinds, strict=True))]
        return learn.run(pa.table(dict(zip(names, told, strict=True))), np.zeros(len(rows), np.int64), [0], SETTINGS)

    assert found(rows).equals(found(rows[::-1]))


def by_sets(pages: list[dict[str, Any]], min_texts: int) -> Iterator[tuple[str, int]]:
    """(publisher, line) that are furniture, with no more than Python's sets."""
    articles = sketched(table(pages))
    rows, publishers = articles.to_pylist(), learn._codes(articles["publisher_id"])[0]
    told = (articles["content"].to_numpy(), publishers, articles["words"], articles["lines"])
    order = topics.Headlines(*told).ordered.tolist()
    words = {i: frozenset(rows[i]["words"]) for i in order}
    for publisher in {row["publisher_id"] for row in rows} - {None}:
        own = [i for i in order if rows[i]["publisher_id"] == publisher]
        for line in {line for i in own for line in rows[i]["lines"]} - {0}:
            carriers = [i for i in own if line in rows[i]["lines"]]
            least = min_texts * (3 if line % 2 else 1)
            texts = {rows[i]["content"]: i for i in reversed(carriers)}  # of each text the first
            compared = sorted(texts.values(), key=order.index)[: topics._CARRIERS]
            headlines = {words[i] for i in compared}
            if len(texts) < least or len(headlines) < min(least, topics._CARRIERS):
                continue
            others = [i for i in own[: topics._HEADLINES] if i not in carriers]
            if len(others) < least:
                others = [i for i in order[: topics._HEADLINES] if i not in carriers]
            shares = {w: sum(w in words[i] for i in compared) / len(compared) for i in compared for w in words[i]}
            if not others or not any(
                share > 0.5 and share * len(others) >= 3 * sum(word in words[i] for i in others)
                for word, share in shares.items()
            ):
                yield publisher, line


LINES = st.sampled_from(
    ["Home News Sport", "Follow us", "A thing was said.", "รายงานข่าว", "新华社北京电讯", "x " * 15 + "end", "Ok"]
)


def plainly(
    body: str, spans: list[tuple[int, int]], own: list[bool], share: float
) -> tuple[str, list[Any], list[Any]] | None:
    """`strike` of one text, line by line: what stays of it, the map of that, and the lines that go with their places."""
    lines = body.split("\n")
    count = count_words if is_unspaced(body) else lambda line: len(line.split())
    enclosed = [
        0 < n < len(own) - 1
        and own[n - 1]
        and own[n + 1]
        and count(line) <= 12
        and not line.endswith((".", "!", "?", "。", "।"))
        for n, line in enumerate(lines)
    ]
    story = [n for n in range(len(lines)) if not (own[n] or enclosed[n])]
    if not story or len(range(story[0], story[-1] + 1)) == len(lines):
        return None
    gone = [n for n in range(len(lines)) if not story[0] <= n <= story[-1]]
    kept = sum(count(line) for n, line in enumerate(lines) if n not in gone)
    if not kept or sum(count(lines[n]) for n in gone) > share * sum(map(count, lines)):
        return None
    begins = [sum(len(line) + 1 for line in lines[:n]) for n in range(len(lines) + 1)]
    start, end = begins[story[0]], begins[story[-1] + 1] - 1
    moved = [(0, place_in(spans, start)), *((at - start, raw) for at, raw in spans if start < at < end)]
    told = [(lines[n], place_in(spans, begins[n]), place_in(spans, begins[n + 1] - 2) + 1) for n in gone]
    return body[start:end], [{"at": at, "raw": raw} for at, raw in moved], told


@given(
    st.lists(
        st.tuples(st.lists(st.tuples(LINES, st.booleans()), min_size=1, max_size=7), st.integers(0, 9)), max_size=6
    ),
    st.sampled_from([0.5, SETTINGS.max_share]),
)
@hypothesis_settings(deadline=None)
def test_texts_lose_what_they_lose_line_by_line(world: list[tuple[list[tuple[str, bool]], int]], share: float) -> None:
    rows, maps = [], []
    for number, (lines, seed) in enumerate(world):
        body, chance = "\n".join(line for line, _ in lines), random.Random(seed)
        ats = sorted({0, *(chance.randrange(len(body)) for _ in range(seed % 4))})
        spans = [(at, at + 10 * (place + 1)) for place, at in enumerate(ats)]
        count = sum(count_words(line) for line, _ in lines) if is_unspaced(body) else len(body.split())
        own = article(number, "x") | {"body": body, "n_words": count}
        rows.append(own | {"body_map": [{"at": at, "raw": raw} for at, raw in spans]})
        maps.append(spans)
    flags = np.array([own for lines, _ in world for _, own in lines], np.bool_)
    given_ = learn.Furniture(flags, np.cumsum([0, *(len(lines) for lines, _ in world)]))
    bare, stripped, lost = learn.strike(table(rows), given_, config.Learn(max_share=share), stub_words=3)
    wanted = [
        plainly(row["body"], spans, [own for _, own in lines], share)
        for row, spans, (lines, _) in zip(rows, maps, world, strict=True)
    ]
    assert lost.tolist() == [number for number, one in enumerate(wanted) if one]
    assert list(zip(bare["body"].to_pylist(), bare["body_map"].to_pylist(), strict=True)) == [
        one[:2] for one in wanted if one
    ]
    found = [(row["line"], row["start"], row["end"]) for row in stripped.to_pylist()]
    assert found == [line for one in wanted if one for line in one[2]]
    sides = [(row["record"], row["position"]) for row in stripped.to_pylist()]
    heads, tails = (
        np.array([sides.count((rows[number]["record"], side)) for number in lost.tolist()], np.int64)
        for side in ("head", "tail")
    )
    again = learn.only(table([rows[number] for number in lost.tolist()]), heads, tails)
    assert again.select(["body", "body_map"]).equals(bare.select(["body", "body_map"]))


@given(st.lists(st.tuples(*[st.integers(-1, 2)] * 4), max_size=30))
def test_headlines_go_by_content_then_words_then_publisher_then_lines(rows: list[tuple[int, int, int, int]]) -> None:
    contents, publishers = (np.array([row[place] for row in rows], np.int64) for place in (0, 2))
    words, lines = (
        pa.chunked_array(
            [pa.array([[row[place]] for row in rows], pa.large_list(pa.field("item", kind, nullable=False)))]
        )
        for place, kind in ((1, pa.int32()), (3, pa.int64()))
    )
    found = topics.Headlines(contents, publishers, words, lines)
    of_lines = topics._sums(*arrays.hashes(lines))
    ordered = sorted(
        range(len(rows)), key=lambda row: (contents[row], found.whole[row], publishers[row], of_lines[row], row)
    )
    assert found.ordered.tolist() == ordered
    assert found.places[found.ordered].tolist() == list(range(len(rows)))
