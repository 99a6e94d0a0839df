"""What a night tells, from end to end: to the log, the manifest, the metrics and by its exit code."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pytest

from pipeline import config, flow
from pipeline.errors import AuditError, InputError, StoreBusyError
from pipeline.storage import write
from pipeline.storage.store import Store
from tests.conftest import Ended
from tests.storage.test_metrics import samples
from tests.stores import made_once

MONDAY = datetime(2026, 3, 2, 23, tzinfo=UTC)
AUDIT = config.Audit(min_nights=2, min_count=2, singletons="off", largest_cluster="off")


class Nights:
    """A store, and nights of it with invented articles: so many of each publisher."""

    def __init__(self, folder: Path, audit: config.Audit = AUDIT) -> None:
        self.inbox, self.metrics, self.store = folder / "inbox", folder / "reprints.prom", Store(folder / "store")
        self.settings = config.Config(audit=audit, store=config.Store(metrics=str(self.metrics)))

    def deliver(self, day: int, **papers: int) -> Path:
        folder, at = self.inbox / str(day), MONDAY + timedelta(days=day, hours=-3)
        folder.mkdir(parents=True, exist_ok=True)
        for paper, n in papers.items():
            rows = [
                {
                    "id": f"{paper}-{day}-{i}",
                    "publisher": paper,
                    "published_at": at.isoformat(),
                    "title": f"{paper} {day} {i}",
                }
                | {"text": " ".join(f"{paper}{day}word{i}of{place}" for place in range(60))}
                for i in range(n)
            ]
            (folder / f"{paper}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        return folder

    def run(self, day: int, **options: Any) -> flow.Outcome:
        as_of = MONDAY + timedelta(days=day)
        return flow.run([str(self.inbox / str(day))], self.store, self.settings, as_of=as_of, **options)

    def told(self) -> dict[tuple[str, ...], float]:
        return samples(self.metrics.read_text(encoding="utf-8"))


@made_once
def three_nights(folder: Path) -> Path:
    nights = Nights(folder)
    for day in range(3):
        nights.deliver(day, alder=6, birch=5)
        assert nights.run(day).findings == []
    return nights.store.path


@pytest.fixture
def nights(tmp_path: Path) -> Nights:
    """Three nights of two papers that have gone well."""
    three_nights(tmp_path)
    return Nights(tmp_path)


def test_the_metrics_and_the_manifest_tell_of_a_night_that_was_published(nights: Nights) -> None:
    told = nights.told()
    assert told["reprints_last_run_success",] == 1
    assert (told["reprints_records",], told["reprints_added",], told["reprints_articles",]) == (11, 11, 33)
    assert told["reprints_newest_input_age_seconds",] == 3 * 3600
    assert told["reprints_as_of_timestamp_seconds",] == (MONDAY + timedelta(days=2)).timestamp()
    assert told["reprints_audit_findings", "records", "block"] == 0
    assert ("reprints_audit_findings", "singletons", "warn") not in told
    assert told["reprints_stage_seconds", "write"] > 0
    seen = (MONDAY + timedelta(days=2, hours=-3)).timestamp()
    assert told["reprints_publisher_last_seen_timestamp_seconds", "alder"] == seen
    figures = nights.store.manifest()["figures"]
    assert figures["publishers"] == {"alder": 6, "birch": 5}
    assert (figures["records"], figures["articles"], figures["singletons"]) == (11, 11, 11)
    assert (nights.store.manifest()["audits"], nights.store.manifest()["publish_anyway"]) == ([], False)


def test_a_half_delivered_night_is_stopped_and_read_again_when_it_is_whole(nights: Nights) -> None:
    nights.deliver(3, birch=5)
    with pytest.raises(
        AuditError, match="records: 5 new records, where 11 are usual even on the weakest night"
    ) as raised:
        nights.run(3)
    assert "1 publisher (alder)" in str(raised.value)
    told = nights.told()
    assert (told["reprints_last_run_success",], told["reprints_audit_findings", "records", "block"]) == (0, 1)
    assert (told["reprints_records",], told["reprints_articles",], len(nights.store.runs())) == (5, 33, 3)
    nights.deliver(3, alder=6)
    outcome = nights.run(3)
    assert (outcome.run_id, outcome.counts["added"], outcome.counts["repeats"]) == ("2026-03-05.1", 11, 0)
    assert nights.told()["reprints_last_run_success",] == 1


def test_publish_anyway_publishes_and_is_recorded(nights: Nights) -> None:
    nights.deliver(3, birch=5)
    assert nights.run(3, publish_anyway=True).run_id == "2026-03-05.1"
    manifest = nights.store.manifest()
    assert manifest["publish_anyway"]
    assert [(finding["audit"], finding["blocks"]) for finding in manifest["audits"]] == [("records", True)]
    told = nights.told()
    assert (told["reprints_last_run_success",], told["reprints_audit_findings", "records", "block"]) == (1, 1)
    nights.deliver(3, alder=6)
    assert nights.run(3).findings == []  # what comes late belongs to its night


def test_a_broken_invariant_blocks_whatever_is_said(nights: Nights, monkeypatch: pytest.MonkeyPatch) -> None:
    nights.deliver(3, alder=6, birch=5)
    arrange = write.arrange

    def broken(name: str, rows: pa.Table) -> pa.Table:
        return arrange(name, rows.slice(1) if name == "clusters" else rows)

    monkeypatch.setattr(write, "arrange", broken)
    with pytest.raises(AuditError, match="foreign keys") as raised:
        nights.run(3, publish_anyway=True)
    assert "--publish-anyway" not in str(raised.value)
    assert len(nights.store.runs()) == 3
    told = nights.told()
    assert told["reprints_audit_findings", "foreign keys", "block"] >= 1
    assert told["reprints_last_run_success",] == 0


def test_a_lapsed_publisher_warns_and_the_night_is_published(
    nights: Nights, capsys: pytest.CaptureFixture[str]
) -> None:
    from pipeline.watch import Watch

    nights.deliver(3, birch=11)
    assert nights.run(3, watch=Watch()).run_id
    words = (
        "publishers: alder: no articles, where 6 are usual even on the weakest night; the last night with enough was "
        "Wednesday 2026-03-04 (audit.min_publisher = 0.3)"
    )
    logged = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["level"], line["message"]) for line in logged if "audit" in line.get("message", "")] == [
        ("warning", f"audit {words}")
    ]
    (finding,) = nights.store.manifest()["audits"]
    assert f"{finding['audit']}: {finding['found']}" == words
    assert nights.told()["reprints_audit_findings", "publishers", "warn"] == 1


def test_an_old_folder_is_stale_and_an_empty_one_short(nights: Nights) -> None:
    before = nights.told()
    (nights.inbox / "3").symlink_to(nights.inbox / "0")
    with pytest.raises(AuditError, match="records: no new records, where 11 are usual"):
        nights.run(3)
    assert nights.told()["reprints_last_run_success",] == 0
    assert (
        nights.told()["reprints_last_publish_timestamp_seconds",] == before["reprints_last_publish_timestamp_seconds",]
    )
    nights.settings = msgspec.structs.replace(
        nights.settings, audit=msgspec.structs.replace(AUDIT, records="off", publishers="off", max_age_hours=12)
    )
    outcome = nights.run(3)
    (stale,) = outcome.findings
    assert (stale.audit, stale.found[:59]) == ("stale", "the newest article is 27 hours older than the run's date, m")
    assert nights.told()["reprints_newest_input_age_seconds",] == 27 * 3600


def test_the_same_night_again_is_well_and_says_so(nights: Nights) -> None:
    nights.metrics.unlink()
    assert nights.run(2).run_id == ""
    told = nights.told()
    assert (told["reprints_last_run_success",], told["reprints_repeats",], told["reprints_added",]) == (1, 11, 0)
    assert told["reprints_articles",] == 33


def test_a_night_without_input_tells_that_it_failed_and_one_that_waits_its_turn_tells_nothing(nights: Nights) -> None:
    with pytest.raises(InputError):
        nights.run(9)
    told = nights.told()
    assert (told["reprints_last_run_success",], told["reprints_articles",]) == (0, 33)
    assert ("reprints_records",) not in told
    nights.metrics.unlink()
    with nights.store.locked(), pytest.raises(StoreBusyError):
        nights.run(2)
    assert not nights.metrics.exists()


def test_metrics_that_cannot_be_written_do_not_stop_a_night(nights: Nights, capsys: pytest.CaptureFixture[str]) -> None:
    from pipeline.watch import Watch

    nights.settings = msgspec.structs.replace(
        nights.settings, store=config.Store(metrics=str(nights.inbox / "nowhere" / "x.prom"))
    )
    nights.deliver(3, alder=6, birch=5)
    assert nights.run(3, watch=Watch()).run_id == "2026-03-05.1"
    assert "nowhere/x.prom could not be written: [Errno 2] No such file" in capsys.readouterr().err


def test_half_written_files_are_not_read_and_told_of_and_a_cut_archive_is_a_failed_file(tmp_path: Path) -> None:
    nights = Nights(tmp_path)
    folder = nights.deliver(0, alder=6)
    whole = gzip.compress((folder / "alder.jsonl").read_bytes() * 50)
    (folder / "birch.jsonl.gz.part").write_bytes(whole[:-20])
    (folder / ".cedar.jsonl").write_text("half")
    (finding,) = nights.run(0).findings
    assert (finding.audit, finding.blocks) == ("unfinished_files", False)
    assert "birch.jsonl.gz.part" in finding.found
    assert [Path(entry["path"]).name for entry in nights.store.manifest()["inputs"]] == ["alder.jsonl"]
    (folder / "birch.jsonl.gz.part").rename(folder / "birch.jsonl.gz")
    with pytest.raises(
        AuditError, match=r"failed_files: 1 of 2 input files are more than audit.max_failed_files = 0.1"
    ):
        nights.run(0)


def test_the_metrics_path_is_relative_to_its_configuration(reprints: Callable[..., Ended], tmp_path: Path) -> None:
    nights = Nights(tmp_path)
    nights.deliver(0, alder=2)
    (tmp_path / "mine.toml").write_text('[store]\nmetrics = "reprints.prom"\n')
    ended = reprints("run", nights.inbox / "0", "--store", tmp_path / "s", "--config", tmp_path / "mine.toml")
    assert ended.code == 0
    assert nights.told()["reprints_articles",] == 2
