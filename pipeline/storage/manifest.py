"""The manifest of a run: from what, by what, how much of it, and how long it took."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.metadata import version
from typing import Any

import msgspec
import pyarrow as pa

from pipeline import config, schema
from pipeline.storage import read, state

__all__ = ["of"]

_PACKAGES = ("newswire-reprints", "datasketch", "numba", "numpy", "pandas", "pyarrow")


def of(
    run_id: str,
    as_of: datetime,
    store: state.Store,
    files: Sequence[read.FileReport],
    counts: Mapping[str, int],
    tables: Mapping[str, pa.Table],
    settings: config.Config,
    audits: Sequence[Mapping[str, Any]],
    seconds: Mapping[str, float],
) -> dict[str, Any]:
    """The manifest as JSON data. `inputs` have the SHA-256 of each file; `parts` are the state that this run stands on."""
    return {
        "run_id": run_id,
        "as_of": as_of.isoformat(),
        "contract": schema.CONTRACT_VERSION,
        "header": state.header(settings.sketch),
        "parts": [*store.parts(), {"run_id": run_id, "as_of": as_of.isoformat()}],
        "inputs": [_input(report) for report in files],
        "counts": dict(counts),
        "rows": {name: rows.num_rows for name, rows in tables.items()},
        "audits": list(audits),
        "seconds": {name: round(taken, 3) for name, taken in seconds.items()},
        "versions": {"python": platform.python_version(), **{name: version(name) for name in _PACKAGES}},
        "settings": msgspec.to_builtins(settings),
        "fingerprint": config.fingerprint(settings),
    }


def _input(report: read.FileReport) -> dict[str, Any]:
    try:
        digest = read.digest(report.path)
    except OSError:
        digest = ""  # it could not be read, and `reason` says why
    return {
        "path": str(report.path),
        "sha256": digest,
        "bytes": report.bytes,
        "rows": report.rows,
        "rejects": report.rejects,
        "status": report.status,
        "reason": report.reason,
    }
