"""The manifest of a run: from what, by what, how much of it, and how long it took."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import msgspec

from pipeline import config, schema
from pipeline.errors import ConfigError, IncompatibleStoreError
from pipeline.storage import read, rules
from pipeline.storage import store as store_
from pipeline.storage.header import header
from pipeline.storage.state import Ref
from pipeline.storage.store import Store
from pipeline.watch import Watch

__all__ = ["next_number", "nights", "of", "parts", "settings"]

_PACKAGES = ("newswire-reprints", "datasketch", "lxml", "numba", "numpy", "pandas", "pyarrow")
_EXTRAS = ("fastwarc", "trafilatura")  # of which the articles of a page depend on the version


def of(
    run_id: str,
    as_of: datetime,
    store: Store,
    files: Sequence[read.FileReport],
    counts: Mapping[str, int],
    rows: Mapping[str, int],
    settings: config.Config,
    watch: Watch,
) -> dict[str, Any]:
    """The manifest as JSON data, but for `parts` and what the audits found. `inputs` have the SHA-256 of each file.

    `seconds` and `through` are what each stage took, and the rows that it was about (see `Watch.step`).
    """
    return {
        "run_id": run_id,
        "as_of": as_of.isoformat(),
        "contract": schema.CONTRACT_VERSION,
        "header": header(settings),
        "history": [*store.history(), run_id],
        "inputs": [_input(report) for report in files],
        "counts": dict(counts),
        "rows": dict(rows),
        "invocation": watch.invocation,
        "seconds": {name: round(taken, 3) for name, taken in watch.seconds.items()},
        "through": dict(watch.rows),
        "versions": {"python": platform.python_version(), **_versions()},
        "settings": msgspec.to_builtins(settings),
        "fingerprint": config.fingerprint(settings),
        "rules": rules.of(settings)._asdict(),
    }


@cache
def _versions() -> dict[str, str]:
    found = {name: version(name) for name in _PACKAGES}
    for name in _EXTRAS:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def parts(
    before: list[dict[str, Any]],
    run_id: str,
    own: Sequence[Ref],
    newest: datetime | None,
    reach: datetime,
    *,
    read_by: str,
    again: bool = False,
) -> list[dict[str, Any]]:
    """The parts of the state a run stands on: those `before` it, and its `own`, which lie in `work`.

    `again`: what those before compared does not hold. `newest` is the newest time of the articles of the run, None for none;
    `read_by`: its rules (`Rules.reading`). A part whose newest is older than `reach` is left out once all that came before it
    are: what it says of texts of theirs is needed as long as they are.
    """
    fresh = [datetime.fromisoformat(part["newest"]) >= reach for part in before]
    kept = before[fresh.index(True) :] if any(fresh) else []
    kept = [part | {"compared": part["compared"] and not again} for part in kept]
    told = {"newest": (newest or own[0].as_of).isoformat(), "compared": True, "read_by": read_by}
    for part in own:
        name = store_.named(part.folder, run_id)
        kept.append({"run_id": name, "number": part.number, "as_of": part.as_of.isoformat()} | told)
    return kept


def next_number(before: list[dict[str, Any]]) -> int:
    """The number of the part after these."""
    return 1 + max((part["number"] for part in before), default=0)


def nights(store: Store, before: str | None = None) -> Iterator[Mapping[str, Any]]:
    """What manifests tell of nights, newest first; `before`: those of the runs before that one alone.

    A takedown was none, but tells of those whose runs left with it.
    """
    runs = store.runs()
    for run_id in reversed(runs if before is None else runs[: runs.index(before)]):
        manifest = store.manifest(run_id)
        yield from manifest.get("nights", [manifest])


def settings(store: Store, run_id: str | None = None) -> config.Config:
    """The settings of a run, of the newest for None, as its manifest records them."""
    run_id = store.run_id(run_id)
    try:
        found = msgspec.convert(store.manifest(run_id)["settings"], config.Config)
        config.fingerprint(found)  # reads the files they name
    except msgspec.ValidationError as error:
        raise IncompatibleStoreError(
            f"{store.name}: the settings of run {run_id} are those of another release: {error}. "
            "Name the settings of the store with --config"
        ) from error
    except ConfigError as error:
        raise ConfigError(
            f"{error}. Run {run_id} names this file; start from the folder that run was started in, or name the "
            "settings of the store with --config"
        ) from error
    return found


def _input(report: read.FileReport) -> dict[str, Any]:
    try:
        digest = report.sha256 or read.digest(report.path)
    except OSError:
        digest = ""  # it could not be read, and `reason` says why
    return {
        "path": read.spelled(report.path),
        "sha256": digest,
        "bytes": report.bytes,
        "rows": report.rows,
        "rejects": report.rejects,
        "status": report.status,
        "reason": report.reason,
        **({"passed_over": dict(sorted(report.passed.items()))} if report.passed else {}),
        **({"warning": report.warning} if report.warning else {}),
    }
