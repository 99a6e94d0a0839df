"""Every invariant of a store, checked as it lies on the disk: what `reprints verify-store` does.

A run checks its tables before it publishes them; this looks for what happened to them since, and to the state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import schema
from pipeline.errors import StoreError
from pipeline.quality import audit
from pipeline.storage import index
from pipeline.storage import part as part_
from pipeline.storage.store import Store
from pipeline.storage.tables import Tables, read

__all__ = ["Check", "checkup"]


class Check(NamedTuple):
    """One invariant of one run, or of the whole store (`run_id` ""). `broken` says how; "" is what is expected."""

    run_id: str
    name: str
    broken: str


def checkup(store: Store, wanted: str | None = None) -> Iterator[Check]:
    """Check a store, and every kept run or the one that is `wanted`; `StoreError` if nothing is published there."""
    newest, runs = store.run_id(), [store.run_id(wanted)] if wanted else store.runs()
    yield Check("", "latest", _told(_latest, store, newest))
    yield Check("", "private", _told(_private, store))
    differing = cache(index.differing)  # a part is looked into once, however many runs stand on it
    for run_id in runs:
        tables: dict[str, pa.Table] = {}
        manifest: dict[str, Any] = {}
        broken = _told(_read, store, run_id, tables, manifest)
        yield Check(run_id, "readable", broken)
        if broken:
            continue
        found = {finding.audit: finding.found for finding in audit.invariants(tables, manifest["counts"])}
        yield from (Check(run_id, name, found.get(name, "")) for name in audit.INVARIANTS)
        yield Check(run_id, "order", _told(_unordered, store.tables(run_id)))
        yield Check(run_id, "manifest", _mismatch(run_id, tables, manifest))
        yield Check(run_id, "state", _told(_state, store, run_id, manifest, tables["members"], differing))
        yield Check(run_id, "forgotten", _told(_remembered, store, run_id))


def _told(check: Callable[..., str], *of: Any) -> str:
    """What a check says; what it cannot read is broken, too, unless it is only that this user may not."""
    try:
        return check(*of)
    except PermissionError:
        raise
    except (StoreError, OSError, ValueError, KeyError, pa.ArrowException) as error:
        return f"{type(error).__name__}: {error}"


def _latest(store: Store, newest: str) -> str:
    missing = [run_id for run_id in store.runs() if not store.folder(run_id).is_dir()]
    if missing:
        return f"latest.json names runs that are not there: {', '.join(missing)}"
    if store.is_unlinked():
        return "current is a folder and no link to the newest run, as in a copy that followed links: remove it"
    # A process that died between the two leaves the link a run behind, which is whole; the next one sets it right.
    link = store.path / "current"
    if link.is_symlink() and link.resolve() not in {store.folder(run_id).resolve() for run_id in store.runs()}:
        return f"current leads to {link.readlink()}, which is no kept run; the newest is {newest}"
    return ""


def _private(store: Store) -> str:
    folder = store.path / "state"
    mode = folder.stat().st_mode & 0o777
    return f"{folder} has mode {mode:04o}: its bodies are open to others; it should be 0700" if mode & 0o077 else ""


def _read(store: Store, run_id: str, tables: dict[str, pa.Table], manifest: dict[str, Any]) -> str:
    """Fills in the tables and the manifest of a run."""
    manifest |= store.manifest(run_id)
    for name in schema.PUBLISHED:
        tables[name] = store.table(name, run_id)
    return ""


def _unordered(tables: Tables) -> str:
    for name in tables:
        keys = [(key, "ascending") for key in schema.KEYS[name]]
        for file in tables.files(name).values():
            rows = read(file, schema.KEYS[name])
            if not rows.equals(rows.sort_by(keys)):
                return f"{file.relative_to(tables.folder)} is not sorted by {', '.join(schema.KEYS[name])}"
    return ""


def _mismatch(run_id: str, tables: dict[str, pa.Table], manifest: dict[str, Any]) -> str:
    if manifest["run_id"] != run_id:
        return f"the manifest is of run {manifest['run_id']}"
    for name, rows in tables.items():
        if manifest["rows"].get(name) != rows.num_rows:
            return f"{name} has {rows.num_rows} rows, the manifest says {manifest['rows'].get(name)}"
    return ""


def _state(
    store: Store, run_id: str, manifest: dict[str, Any], members: pa.Table, differing: Callable[[Path], str]
) -> str:
    """Whether the state a run stands on is whole: every part, its tables row by row, every member among its articles, and
    every article that is compared and within the horizon among the members.
    """
    state = store.state(run_id)
    for part in state.parts:
        if not part.folder.is_dir():
            return f"part {part.folder.name} is not there"
    articles, sketches = state.articles(["article_id", "digest"]), state.table("sketches")
    if not articles["article_id"].equals(sketches["article_id"]):
        return "sketches do not go row by row with the articles"
    for part in state.parts:
        if uneven := part_.uneven(part.folder):
            return f"{uneven} of part {part.folder.name} do not go row by row with its articles"
        if wrong := differing(part.folder):
            return f"{wrong} of part {part.folder.name} does not say what its table says; without it queries are right"
    unknown = members.filter(pc.invert(pc.is_in(members["article_id"], articles["article_id"].combine_chunks())))
    if unknown.num_rows:
        return f"{unknown.num_rows} members are not among its articles: {unknown['article_id'][0]}"
    texts = state.texts(["article_id", "effective_at"])
    texts = texts.filter(pc.greater_equal(texts["effective_at"], pa.scalar(_horizon(manifest), schema.TIME)))
    lost = texts.filter(pc.invert(pc.is_in(texts["article_id"], members["article_id"].combine_chunks())))
    if lost.num_rows:
        return f"{lost.num_rows} articles that are compared are in no cluster: {lost['article_id'][0]}"
    return ""


def _horizon(manifest: dict[str, Any]) -> datetime:
    """The oldest time of an article that is in a published cluster, whatever others it has."""
    return datetime.fromisoformat(manifest["as_of"]) - timedelta(days=manifest["settings"]["store"]["horizon_days"])


def _remembered(store: Store, run_id: str) -> str:
    """Whether the state a run stands on still has an article that was taken down."""
    identities = store.state(run_id).articles(["identity"])["identity"]
    n = len(store.forgotten().intersection(identities.to_pylist()))
    return f"{n} articles that were taken down are in the state; take them down again" if n else ""
