"""The metrics of a run, read by the parser of Prometheus' own client."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from pipeline.storage import metrics

NEWEST: dict[str, Any] = {
    "as_of": "2026-03-09T23:59:59+00:00",
    "rows": {"members": 79, "clusters": 38},
    "figures": {
        "stories": 20,
        "largest": 7,
        "last_seen": {'The "Harbour\\Courier"\nof Fenland': "2026-03-09T18:20:00Z", "b": "2026-03-08T00:00:00.5Z"},
    },
}
RUN = metrics.LastRun(
    succeeded=True,
    ended=1_773_100_900.25,
    published=1_773_100_850.0,
    newest=NEWEST,
    age=3_600.0,
    counts={"files": 25, "files_failed": 0, "records": 85, "added": 79, "repeats": 1, "superseded": 1, "rejected": 4},
    seconds={"read": 0.25, "verify": 12.0},
    findings={("rejects", "block"): 0, ("publishers", "warn"): 2},
)


def samples(text: str) -> dict[tuple[str, ...], float]:
    """Each sample by its name and label values; every family has a meaning and a type."""
    found = {}
    for family in text_string_to_metric_families(text):
        assert family.documentation
        assert family.type == "gauge"
        for sample in family.samples:
            assert sample.timestamp is None  # node-exporter refuses a file with any
            found[(sample.name, *sample.labels.values())] = sample.value
    return found


def test_all_is_told() -> None:
    found = samples(metrics.text(RUN))
    assert len(found) == 16 + 2 + 2 + 2
    assert found["reprints_last_run_success",] == 1
    assert found["reprints_last_run_timestamp_seconds",] == 1_773_100_900.25
    assert found["reprints_last_publish_timestamp_seconds",] == 1_773_100_850
    assert found["reprints_as_of_timestamp_seconds",] == 1_773_100_799
    assert found["reprints_newest_input_age_seconds",] == 3_600
    assert [found[f"reprints_{name}",] for name in ("records", "added", "repeats", "superseded", "rejected")] == [
        85,
        79,
        1,
        1,
        4,
    ]
    assert [found[f"reprints_{name}",] for name in ("articles", "clusters", "stories")] == [79, 38, 20]
    assert found["reprints_stage_seconds", "verify"] == 12
    assert found["reprints_audit_findings", "publishers", "warn"] == 2
    seen = "reprints_publisher_last_seen_timestamp_seconds"
    assert found[seen, 'The "Harbour\\Courier"\nof Fenland'] == 1_773_080_400


def test_what_is_not_known_is_left_out() -> None:
    nothing = metrics.LastRun(False, 1.0, None, {}, None, {}, {}, {})
    assert samples(metrics.text(nothing)) == {
        ("reprints_last_run_success",): 0,
        ("reprints_last_run_timestamp_seconds",): 1,
    }


def test_help_and_type_stand_once_and_before_the_samples() -> None:
    lines = metrics.text(RUN).splitlines()
    for place, line in enumerate(lines):
        if line.startswith("# HELP "):
            name = line.split()[2]
            assert lines[place + 1] == f"# TYPE {name} gauge"
            assert lines[place + 2].startswith(name)
    assert len({line.split()[2] for line in lines if line.startswith("# HELP")}) == sum(
        "# HELP" in line for line in lines
    )
    assert metrics.text(RUN).endswith("\n")


def test_the_file_is_replaced_in_one_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "reprints.prom"
    metrics.replace(path, RUN)
    before = path.read_text(encoding="utf-8")
    monkeypatch.setattr(
        metrics.write.os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device"))
    )
    with pytest.raises(OSError, match="No space"):
        metrics.replace(path, RUN._replace(succeeded=False))
    assert path.read_text(encoding="utf-8") == before
    assert [other.name for other in tmp_path.glob("*.prom")] == ["reprints.prom"]
