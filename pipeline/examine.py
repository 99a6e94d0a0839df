"""Examining a night before it is published, and telling of it: to the log, the manifest and the metrics."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import msgspec
import pyarrow as pa

from pipeline import config
from pipeline.errors import AuditError, StoreBusyError, StoreError
from pipeline.quality import audit, drift, figures
from pipeline.stages import lexicon
from pipeline.storage import manifest, metrics, read
from pipeline.storage.store import Store
from pipeline.storage.tables import Tables
from pipeline.watch import Watch

__all__ = ["Report", "reported"]


#: What is read of all rows of a large store.
_WHOLE = {
    "clusters": ["cluster_id", "n_articles"],
    "members": ["article_id", "cluster_id", "publisher", "publisher_id", "published_at"],
}


class Rows(Protocol):
    """The rows that a run forms anew."""

    def read(self, name: str, columns: list[str]) -> pa.Table:
        """Some columns of those of a table."""

    def broken(self, whole: Mapping[str, pa.Table]) -> Sequence[audit.Finding]:
        """Which invariants are broken in them, beside the keys of `whole` tables."""


class Report:
    """What is known of a run so far: `findings` of its audits, and the date it is of, once that is known."""

    def __init__(self, store: Store, settings: config.Config, watch: Watch, *, publish_anyway: bool) -> None:
        self.findings: Sequence[audit.Finding] = ()
        self._store, self._settings, self._watch, self._anyway = store, settings, watch, publish_anyway
        self._figures = figures.Figures()
        self._counts: Mapping[str, int] = {}
        self._age: timedelta | None = None

    def examine(
        self,
        tables: Tables | None,
        formed: Rows | None,
        new: pa.Table,
        counts: Mapping[str, int],
        rejects: pa.Table,
        as_of: datetime,
        patterns: Sequence[str] | None,
        oldest: datetime | None,
    ) -> None:
        """Audit a night before its `tables` are published; None for one that brings nothing.

        `formed` are the rows that are formed anew: in a large store these alone are looked at in every way, and the keys of
        all; what stays was looked at when it was formed. `new` has the article_id of what the night brought, `oldest` is the
        oldest time of it, `patterns` say where its files lie; None: there was no night, and invariants alone are looked at.
        `AuditError` if an audit blocks; a broken invariant is never published.
        """
        limits, self._counts = self._settings.audit, counts
        published = self._newest()
        before = published.get("figures", {}).get("members", 0)
        if tables is not None and formed is not None:
            whole = {name: tables.read(name, columns) for name, columns in _WHOLE.items()}
            broken = formed.broken(whole) if tables.is_divided() else audit.of_rows(dict(tables), whole)
            self._conclude([*broken, *audit.of_all(whole, counts)])
            credits = formed.read("credits", ["article_id", "agency"])
            self._figures = figures.of(whole | {"credits": credits}, new, counts, limits.min_count)
        else:
            self._figures = figures.Figures(records=counts["records"] - counts["repeats"], members=before)
        if patterns is None:
            return
        newest = self._figures.newest or figures.newest(published)
        self._age = max(as_of - newest, timedelta(0)) if newest else None
        night, nights = figures.tonight(self._figures, as_of, manifest.nights(self._store), limits.nights)
        names = lexicon.agency_names(self._settings.trace.agencies)
        reaches = as_of - oldest if oldest and not published else None
        unread = self._passed_over(patterns)
        found = audit.of_night(self._figures, counts, rejects, unread, self._age, before, limits, reaches)
        self._conclude(audit.findings(limits, [*found, *drift.found(night, nights, limits, names)]))

    def read_again(self, counts: Mapping[str, int], rejects: pa.Table) -> None:
        """Audit what was read again under other rules; `AuditError` if those reject too much of it."""
        self._conclude(audit.findings(self._settings.audit, audit.of_reading(counts, rejects, self._settings.audit)))

    def manifest(self) -> dict[str, Any]:
        """What the manifest of the run keeps: its figures, what was found, and whether it was published anyway."""
        return {
            "figures": msgspec.to_builtins(self._figures),
            "audits": [finding._asdict() for finding in self.findings],
            "publish_anyway": self._anyway,
        }

    def metrics(self, *, succeeded: bool) -> metrics.LastRun:
        """What the metrics tell. Each audit that is on has its number of findings, 0 too, so that a graph has no gaps."""
        numbers = Counter((finding.audit, "block" if finding.blocks else "warn") for finding in self.findings)
        return metrics.LastRun(
            succeeded,
            time.time(),
            self._store.published_at(),
            self._newest(),
            self._age.total_seconds() if self._age is not None else None,
            self._counts,
            self._watch.seconds,
            {**dict.fromkeys(audit.actions(self._settings.audit), 0), **numbers},
        )

    def _newest(self) -> Mapping[str, Any]:
        """The manifest of the newest published run, empty for none."""
        return self._store.manifest() if self._store.runs() else {}

    def _passed_over(self, patterns: Sequence[str]) -> list[str]:
        store = self._store.path.resolve()
        found = [(path, why) for path, why in read.passed_over(patterns) if store not in path.absolute().parents]
        return [f"{read.spelled(path)} ({why})" for path, why in found]

    def _conclude(self, findings: Sequence[audit.Finding]) -> None:
        """Tell of what the audits found; `AuditError` if it blocks."""
        self.findings = [*self.findings, *findings]
        for finding in findings:
            self._watch.say(f"audit {finding.audit}: {finding.found}", level="error" if finding.blocks else "warning")
        stops = [finding for finding in findings if finding.blocks and (finding.broken or not self._anyway)]
        if stops:
            broken = any(finding.broken for finding in stops)
            anyway = "" if broken else "; --publish-anyway overrides this and is recorded"
            told = "; ".join(f"{finding.audit}: {finding.found}" for finding in stops)
            raise AuditError(f"nothing was published, and the same input will be read again: {told}{anyway}")


@contextmanager
def reported(store: Store, settings: config.Config, watch: Watch, *, publish_anyway: bool) -> Iterator[Report]:
    """A report that ends in the metrics, if the configuration names a file for them, however the run ends.

    Only a run that finds the store busy tells nothing: the one that holds it will. Metrics that cannot be written are a
    warning, for the tables are right; the old file then tells by its age.
    """
    report = Report(store, settings, watch, publish_anyway=publish_anyway)
    try:
        yield report
    except StoreBusyError:
        raise
    except BaseException:
        _write(settings.store.metrics, report, watch, succeeded=False)
        raise
    _write(settings.store.metrics, report, watch, succeeded=True)


def _write(path: str, report: Report, watch: Watch, *, succeeded: bool) -> None:
    try:
        if path:
            metrics.replace(Path(path), report.metrics(succeeded=succeeded))
    except (OSError, StoreError) as error:
        watch.say(f"store.metrics: {path} could not be written: {error}", level="warning")
