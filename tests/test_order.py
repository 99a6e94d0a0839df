"""The order of nights does not matter: small worlds, run at once, one half after the other, and turned round."""

from __future__ import annotations

import json
import tempfile
import zlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

import msgspec
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from pipeline import config, flow
from pipeline.storage.store import Store
from tests import strategies

AS_OF = datetime(2026, 4, 30, tzinfo=UTC)
SETTINGS = config.Config(
    pair=config.Pair(window_days=5, bucket_cap=3, pivots=2, band_pivots=1),
    learn=config.Learn(min_texts=2),
    audit=config.Audit(max_rejects=1.0),
)


Outcome = tuple[set[frozenset[str]], set[str], list[dict[str, object]], dict[str, tuple[str, str | None]]]


def outcome(nights: list[list[strategies.Article]], links: Sequence[str] = ()) -> Outcome:
    """The partition, the canonicals, the furniture, and what was withdrawn or corrected by whom, after these nights.

    `links`: orders of an editor.
    """
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "store")
        orders = Path(folder) / "orders.csv"
        orders.write_text("\n".join(["order,left_id,right_id", *links]))
        settings = msgspec.structs.replace(SETTINGS, override=config.Override(orders=str(orders)))
        for number, night in enumerate(nights):
            path = Path(folder) / f"{number}.jsonl"
            path.write_text("".join(json.dumps(row(article)) + "\n" for article in night))
            flow.run([str(path)], store, settings, as_of=AS_OF)
        members = store.table("members").to_pylist()
        furniture = store.table("furniture").to_pylist()
    clusters: dict[str, set[str]] = {}
    for member in members:
        clusters.setdefault(member["cluster_id"], set()).add(member["article_id"])
    canonicals = {row["article_id"] for row in members if row["is_canonical"]}
    statuses = {row["article_id"]: (row["status"], row["notice_id"]) for row in members}
    return {frozenset(ids) for ids in clusters.values()}, canonicals, furniture, statuses


def row(article: strategies.Article) -> dict[str, object]:
    """Every seventh article says no time, and is taken as of the run's date. One masthead is an agency's, and takes back or
    corrects every third story of its own; a notice of each fourth is all that it sends.
    """
    to_the_minute = zlib.crc32(article.publisher.encode()) % 2 > 0  # days alone make twins
    dated = zlib.crc32(article.id.encode()) % 7 > 0
    is_agency, fate = article.publisher == "Elm Herald", zlib.crc32(article.id.encode()) % 12
    tag = {0: "WITHDRAWN: ", 3: "CORRECTED: ", 6: "CORRECTED: ", 4: "KILL: "}.get(fate, "") if is_agency else ""
    return {
        "id": article.id,
        "publisher": "AP News" if is_agency else article.publisher,
        "title": f"{tag}{article.headline}",
        "text": "Please kill this story of the Associated Press (AP)." if tag == "KILL: " else article.body,
        "published_at": (article.at.isoformat() if to_the_minute else article.at.date().isoformat()) if dated else None,
    }


def orders_of(ids: list[str]) -> st.SearchStrategy[list[str]]:
    """Links of two of these articles each, as rows; no two are linked and kept apart at once."""
    pairs = [*combinations(ids, 2)]
    kinds = st.sampled_from(["must_link", "cannot_link"])
    found = st.dictionaries(st.sampled_from(pairs), kinds, max_size=3) if pairs else st.just({})
    return found.map(lambda orders: [f"{kind},{one},{other}" for (one, other), kind in orders.items()])


@given(strategies.worlds(), st.data())
@examples(max_examples=12, suppress_health_check=list(HealthCheck))
def test_two_nights_in_any_order_make_what_one_makes(
    world: tuple[strategies.Article, ...], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(1, max(1, len(world) - 1)))
    one, other = list(world[:cut]), list(world[cut:])
    ids = sorted({article.id for article in world})
    links = data.draw(orders_of(ids))
    expected = outcome([list(world)], links)
    for link in links:
        kind, *pair = link.split(",")
        assert kind == "must_link" or not any({*pair} <= cluster for cluster in expected[0])
    if other:
        assert outcome([one, other], links) == expected
        assert outcome([other, one], links) == expected


HEADLINES = (
    "Fire in Larnholm textile plant kills 14",
    "Locked door turned factory into deadly trap",
    "Manager of plant held",
)
BYLINES = (None, "By Associated Press", "By Reuters", "By Ada Lindqvist")
STYLES: dict[str, Callable[[str], str]] = {
    "plain": str,
    "quoted": lambda paragraph: f'"{paragraph}"',
    "capitals": lambda paragraph: f"The {paragraph.title()}",
    "small": lambda paragraph: f"The {paragraph}",
}


@st.composite
def alike(draw: st.DrawFn) -> list[dict[str, object]]:
    """Records of one day with paragraphs of one story, some of them twice: of many the words are the same, and nothing else."""
    story = strategies.paragraphs_of(draw(st.integers(0, 99)), "latin", 6)
    bodies = st.lists(st.integers(0, 5), min_size=3, max_size=6).map(lambda places: [story[place] for place in places])
    texts = draw(st.lists(bodies, min_size=1, max_size=3))
    rows: list[dict[str, object]] = []
    for number in draw(st.permutations(range(draw(st.integers(3, 7))))):
        paragraphs, style = draw(st.sampled_from(texts)), STYLES[draw(st.sampled_from(sorted(STYLES)))]
        row = {
            "publisher": draw(st.sampled_from(strategies.MASTHEADS[:2])),
            "title": draw(st.sampled_from(HEADLINES)),
            "author": draw(st.sampled_from(BYLINES)),
            "text": "\n".join(map(style, paragraphs)),
        }
        rows.append({"id": f"t{number}", "published_at": "2026-04-12", **row})
    return rows


@given(alike(), st.integers(1, 6))
@examples(max_examples=20, suppress_health_check=list(HealthCheck))
def test_twins_are_those_of_which_nothing_differs_that_is_looked_at(rows: list[dict[str, object]], cut: int) -> None:
    """Or one would be where no match with the anchor holds it, which no run publishes."""
    expected = partition([rows])
    assert partition([rows[:cut], rows[cut:]]) == expected
    assert partition([rows[cut:], rows[:cut]]) == expected


def partition(nights: list[list[dict[str, object]]]) -> set[frozenset[str]]:
    """The clusters after these nights; a night of no articles is none."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "store")
        for number, night in enumerate(filter(None, nights)):
            path = Path(folder) / f"{number}.jsonl"
            path.write_text("".join(json.dumps(row) + "\n" for row in night))
            flow.run([str(path)], store, config.Config(), as_of=AS_OF)
        members = store.table("members").to_pylist()
    clusters: dict[str, set[str]] = {}
    for member in members:
        clusters.setdefault(member["cluster_id"], set()).add(member["article_id"])
    return {frozenset(ids) for ids in clusters.values()}


STORY = strategies.paragraphs_of(7, "latin", 6)


def told(id_: str, title: str, places: Sequence[int], publisher: str = "Birch Courier") -> dict[str, object]:
    """A record of some paragraphs of a story, of one day."""
    text = "\n".join(STORY[place] for place in places)
    return {"id": id_, "publisher": publisher, "title": title, "text": text, "published_at": "2026-04-12"}


def test_a_story_under_two_headlines_and_its_update_are_published() -> None:
    """The update has a word in common with one of the headlines: only that print is known to be its story."""
    story, update = [0, 1, 2, 3, 5], [4, 1, 2, 3, 5]
    rows = [told("a1", HEADLINES[0], story), told("a2", HEADLINES[1], story), told("a0", "Plant owner held", update)]
    assert set.union(*map(set, partition([rows]))) == {"a0", "a1", "a2"}


def test_a_twin_shares_the_verdict_of_the_one_that_stands_for_it() -> None:
    """What two texts share begins elsewhere as seen from one that repeats itself, and the twins stand on both sides of it."""
    rows = [told(id_, HEADLINES[0], [3, 5, 0]) for id_ in ("a1", "a3")]
    rows += [told("a2", HEADLINES[0], [4, 5, 3, 5], "Alder Post"), told("a4", HEADLINES[0], [4, 5, 2, 1], "Cedar Mail")]
    assert partition([rows]) == {frozenset({"a1", "a2", "a3", "a4"})}
