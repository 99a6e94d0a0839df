"""The order of nights does not matter: small worlds, run at once, one half after the other, and turned round."""

from __future__ import annotations

import json
import tempfile
import zlib
from collections.abc import Sequence
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
