"""Thirty nights in one store: late articles, repeats, changed texts, a night of rubbish; and what must not move meanwhile."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline import config, flow
from pipeline.checkup import checkup
from pipeline.errors import AuditError
from pipeline.storage.store import Store
from tests import strategies

FIRST = datetime(2026, 3, 1, tzinfo=UTC)
NIGHTS = 30
SETTINGS = config.Config(
    store=config.Store(horizon_days=60, keep_runs=NIGHTS), audit=config.Audit(records="warn", max_rejects=0.5)
)
Rows = list[dict[str, object]]


def deliveries(seed: int = 7) -> list[Rows]:
    """What each night brings: stories printed over several days, some of them late, some twice, some with a changed text."""
    chance = random.Random(seed)
    nights: list[Rows] = [[] for _ in range(NIGHTS)]
    for story in range(40):
        paragraphs = strategies.paragraphs_of(story, "latin", 5)
        day = chance.randrange(NIGHTS)
        for number in range(chance.choice((1, 1, 2, 3, 4))):
            at = FIRST + timedelta(
                days=min(NIGHTS - 1, day + chance.choice((0, 0, 0, 1, 2))), hours=chance.randrange(20)
            )
            row: dict[str, object] = {
                "id": f"s{story}-{number}",
                "publisher": strategies.MASTHEADS[(story + number) % len(strategies.MASTHEADS)],
                "title": paragraphs[0][:50],
                "text": "\n".join(paragraphs[: chance.choice((5, 5, 4, 3))]),
                "published_at": at.isoformat(),
            }
            night = min(NIGHTS - 1, (at - FIRST).days + chance.choice((0, 0, 0, 0, 1, 4)))
            nights[night].append(row)
            if chance.random() < 0.15:
                nights[min(NIGHTS - 1, night + 1)].append(row)
            if chance.random() < 0.1:
                later = at + timedelta(hours=3)
                changed = {**row, "text": f"{row['text']}\nCorrected since.", "modified_at": later.isoformat()}
                nights[min(NIGHTS - 1, night + 2)].append(changed)
    return nights


def written(folder: Path, name: str, rows: Rows) -> str:
    path = folder / f"{name}.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def clusters(store: Store) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for row in store.table("members").to_pylist():
        found.setdefault(row["cluster_id"], set()).add(row["article_id"])
    return {cluster_id: frozenset(ids) for cluster_id, ids in found.items()}


def test_thirty_nights_end_as_one_batch_does_and_ids_move_only_with_an_event(tmp_path: Path) -> None:
    store, nights = Store(tmp_path / "store"), deliveries()
    before: dict[str, frozenset[str]] = {}
    for number, rows in enumerate(nights):
        as_of = FIRST + timedelta(days=number + 1)
        if number == 11:
            rubbish = written(tmp_path, "rubbish", [{"id": f"r{n}", "text": ""} for n in range(9)])
            with pytest.raises(AuditError):
                flow.run([rubbish], store, SETTINGS, as_of=as_of)
            assert clusters(store) == before
        outcome = flow.run([written(tmp_path, f"{number:02}", rows)], store, SETTINGS, as_of=as_of)
        now = clusters(store)
        told = [row for row in store.table("events").to_pylist() if row["run_id"] == outcome.run_id]
        forwarded = {row["from_id"]: row["cluster_id"] for row in told if row["event"] == "absorbed"}
        parted = {row["cluster_id"] for row in told if row["event"] == "split"}
        where = {article: cluster_id for cluster_id, articles in now.items() for article in articles}
        for cluster_id, articles in before.items():
            moved = {where[article] for article in articles} - {cluster_id, forwarded.get(cluster_id)}
            assert not moved or cluster_id in parted or len(articles) == 1
        before = now
    everything = written(tmp_path, "all", [row for rows in nights for row in rows])
    batch = Store(tmp_path / "batch")
    flow.run([everything], batch, SETTINGS, as_of=FIRST + timedelta(days=NIGHTS))
    assert set(clusters(batch).values()) == set(before.values())
    canonicals = [
        {row["article_id"] for row in each.table("members").to_pylist() if row["is_canonical"]}
        for each in (store, batch)
    ]
    assert canonicals[0] == canonicals[1]
    assert not [check for check in checkup(store) if check.broken]
    assert len(store.runs()) >= NIGHTS - 3  # a night without anything new publishes nothing
