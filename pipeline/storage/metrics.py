"""Metrics of a run for Prometheus, by a file in the folder that node-exporter's textfile collector reads.

The file is replaced after every run, also after one that published nothing or failed: `reprints_last_run_success` is 0
then. A run that was killed leaves the file as it was, so watch `reprints_last_run_timestamp_seconds` too: alert on
`reprints_last_run_success == 0 or time() - reprints_last_run_timestamp_seconds > 26 * 3600`.

The number of series is bounded: by the stages, the audits, and the publishers whose newest article a manifest keeps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.storage import write

__all__ = ["LastRun", "replace", "text"]

_Samples = Sequence[tuple[Mapping[str, str], float]]

#: Counts of a manifest that are told, and what each counts.
_COUNTS = {
    "files": "input files",
    "files_failed": "input files that could not be read",
    "records": "records read",
    "added": "records that became new articles",
    "versions": "of these, new versions of articles that were there",
    "repeats": "records that were known",
    "superseded": "records older than what is known of their article",
    "rejected": "records that could not be used",
}


class LastRun(NamedTuple):
    """What is told of the last run. `findings` are numbers by (audit, action).

    `ended` and `published` are Unix times, `published` of the newest published run, None for none; `newest` is the
    manifest of that run, empty for none; `age` that of the newest article at the run's date in seconds, None if unknown.
    `counts` and `seconds` are of the last run, as far as it came.
    """

    succeeded: bool
    ended: float
    published: float | None
    newest: Mapping[str, Any]
    age: float | None
    counts: Mapping[str, int]
    seconds: Mapping[str, float]
    findings: Mapping[tuple[str, str], int]


def replace(path: Path, run: LastRun) -> None:
    """Replace the file in one step; its folder has to be there."""
    write.write_text(path, text(run))


def text(run: LastRun) -> str:
    """The metrics in Prometheus' text format, each with HELP and TYPE. What is not known is left out."""
    return "".join(_metric(*metric) for metric in _metrics(run))


def _metrics(run: LastRun) -> Iterator[tuple[str, str, _Samples]]:
    """Name, meaning and samples of each metric. All are gauges: they tell of one run, and go up and down."""
    figures, rows = run.newest.get("figures", {}), run.newest.get("rows", {})
    as_of, last_seen = run.newest.get("as_of"), figures.get("last_seen", {})
    yield "last_run_success", "whether the last run ended well: 1, or 0 for an error or an audit", _one(run.succeeded)
    yield "last_run_timestamp_seconds", "when the last run ended", _one(run.ended)
    yield "last_publish_timestamp_seconds", "when the newest run was published", _one(run.published)
    yield "as_of_timestamp_seconds", "logical date of the newest published run", _one(as_of and _unix(as_of))
    yield "newest_input_age_seconds", "age of the newest article, at the date of the last run", _one(run.age)
    for name, meaning in _COUNTS.items():
        yield name, f"{meaning}, last run", _one(run.counts.get(name))
    yield "articles", "articles in the published tables", _one(rows.get("members"))
    yield "clusters", "clusters in the published tables", _one(rows.get("clusters"))
    yield "stories", "clusters of more than one article: stories printed more than once", _one(figures.get("stories"))
    yield "largest_cluster", "articles in the largest cluster", _one(figures.get("largest"))
    seconds = [({"stage": stage}, taken) for stage, taken in run.seconds.items()]
    yield "stage_seconds", "seconds each stage of the last run took", seconds
    findings = [({"audit": audit, "action": action}, n) for (audit, action), n in run.findings.items()]
    yield "audit_findings", "what the audits of the last run found, by audit and what it does", findings
    seen = [({"publisher": publisher}, _unix(time)) for publisher, time in last_seen.items()]
    yield "publisher_last_seen_timestamp_seconds", "time of a publisher's newest published article", seen


def _one(value: float | None) -> _Samples:
    return [] if value is None else [({}, value)]


def _unix(time: str) -> float:
    return datetime.fromisoformat(time).timestamp()


def _metric(name: str, meaning: str, samples: _Samples) -> str:
    if not samples:
        return ""
    lines = [f"# HELP reprints_{name} {meaning}", f"# TYPE reprints_{name} gauge"]
    lines += [f"reprints_{name}{_labels(labels)} {_number(value)}" for labels, value in samples]
    return "".join(f"{line}\n" for line in lines)


def _labels(labels: Mapping[str, str]) -> str:
    pairs = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{pairs}}}" if pairs else ""


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _number(value: float) -> str:
    return str(round(float(value), 3)).removesuffix(".0")
