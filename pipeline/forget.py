"""A takedown: articles leave every table, the state and every kept run, and do not come back.

    ids --find--> parts of the state, runs that hold them
    parts --part.without--> store.work      what was published --redact--> before
    the articles that are left --flow.prepare--> store.work --Store.publish--> a new run, in one step

The tables are derived anew from what is left, so where an article led a cluster another is elected. The new run follows what
was published before as if its words about these articles had never been: `changes` and `events` do not name them. The id of
a cluster is opaque and lives on with the cluster, though it was minted from an article that is gone.
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import config, examine, flow, freeze, intake, schema
from pipeline.arrive import arrivals
from pipeline.errors import StoreError
from pipeline.published import everything
from pipeline.quality import figures
from pipeline.stages import follow, identify
from pipeline.stages.lexicon import publishers
from pipeline.stages.lexicon.publishers import Publishers
from pipeline.storage import anew, manifest, orders, state
from pipeline.storage import part as part_
from pipeline.storage.store import Store
from pipeline.storage.tables import Tables
from pipeline.watch import Watch, silent

__all__ = ["Takedown", "forget", "text"]

#: The columns of published tables that name an article.
_NAMING = frozenset(
    "article_id canonical_id anchor_id runner_up_id first_id left_id right_id duplicate_of version_of notice_id".split()
)
_LED = ("canonical_changed", "withdrawn", "corrected")  # the events whose from_id and to_id name articles
_GONE = "an article that was taken down since"


class Takedown(NamedTuple):
    """What a takedown did. `run_id` is "" when all of the articles had been taken down before.

    `articles`: taken down now; `earlier`: before. `left`: the runs that left with them. `clusters`: in words, a line for
    each cluster that changed its canonical, lost articles or vanished. `copies`: what is still published of the same publisher
    and looks the same, and in what (`identify.copies`).
    """

    run_id: str
    articles: Sequence[str]
    earlier: Sequence[str]
    left: Sequence[str]
    clusters: Sequence[str]
    copies: Mapping[str, str]


class _Found(NamedTuple):
    """Where articles are: the names of parts, the runs, and the `keys` (`identify.tombstones`) that know them there."""

    articles: list[str]
    keys: list[str]
    parts: set[str]
    runs: list[str]


def forget(
    article_ids: Collection[str],
    store: Store,
    settings: config.Config | None = None,
    *,
    wait: bool = False,
    watch: Watch | None = None,
) -> Takedown:
    """Take articles down and publish the tables without them. `settings`: None for those of the newest run.

    Raises `StoreError` for an id that no kept run and no part of the state has, or where another article is known by the same,
    and then nothing is done.
    """
    watch = watch or silent()
    store.run_id()  # a folder without a run is not made a store
    with store.locked(wait=wait):
        settings = settings or manifest.settings(store)
        store.check(settings)
        forgotten = store.forgotten()
        earlier = sorted(id_ for id_ in set(article_ids) if forgotten.issuperset(identify.tombstones([id_])))
        ordered = orders.orders(settings.override)
        known = publishers.load(settings.clean.publishers, ordered.publishers)
        found = _find(sorted(set(article_ids) - set(earlier)), store, known)
        if not found.articles:
            _ensure_gone(store)
            return Takedown("", [], earlier, [], [], {})
        _ensure_alone(store, found)
        as_of = datetime.fromisoformat(store.manifest()["as_of"])
        run_id = watch.run_id = store.next_run_id(as_of.date())
        frozen, released = _frozen(store, found)
        parts, kept = _rewritten(store, found, released, run_id)
        before, none = store.before(), intake.nothing()
        copies = identify.copies(store.table("members"), found.articles)
        with part_.Part(store.work / "state") as part:
            part.close(lambda rows: rows)
        ref = state.Ref(manifest.next_number(store.parts()), part.folder, as_of, is_compared=True)
        ids = pa.array(found.articles, pa.string())
        was = everything(
            _redacted(before, ids),
            freeze.published(store.tables(), frozen, as_of, settings),
            _Redacted(store.tables().folder, ids),
        )
        basis = flow.Basis(
            as_of=as_of,
            since=None,
            intake=none,
            night=arrivals(kept, none, ref, settings, again=True),
            kept=kept,
            own=[ref],
            named=parts,
            orders=ordered,
            patterns=None,
            told={"taken_down": len(found.articles), "nights": _nights(store, found.runs, kept)},
        )
        report = examine.Report(store, settings, watch, publish_anyway=False)
        flow.prepare(store, run_id, basis, lambda _: was, settings, report, watch)
        tombstones = identify.tombstones(found.articles, found.keys)
        store.publish(
            run_id,
            settings.store.keep_runs,
            mode=settings.store.mode,
            leaving=found.runs,
            tombstones=tombstones,
        )
        store.let_go(settings.store.bodies_days)
        _ensure_gone(store)
        fates = list(_fates(before, store.tables(run_id), found.articles))
    return Takedown(run_id, found.articles, earlier, found.runs, fates, copies)


def _find(article_ids: list[str], store: Store, known: Publishers) -> _Found:
    """Where these articles are; `StoreError` if one is nowhere."""
    ids = pa.array(article_ids, pa.string())
    held: dict[str, tuple[set[str], set[str]]] = {}  # by part: of these the articles, and what they are known by
    runs, named = list[str](), set[str]()
    for run_id in store.runs():
        here = set(_named(store.tables(run_id), ids))
        for part in store.state(run_id).parts:
            if part.folder.name not in held:
                articles, identities = part_.held(part.folder, ids)
                held[part.folder.name] = articles, identities.union(_elsewise(part, ids, known))
            here |= held[part.folder.name][0]
        if here:
            runs.append(run_id)
            named |= here
    if missing := sorted(set(article_ids) - named):
        raise StoreError(
            f"{store.name}: nothing was taken down: {', '.join(missing)} is in no kept run and not in the state; "
            "articles are named as in members.article_id"
        )
    keys = {key for _, of_part in held.values() for key in of_part}
    parts = {name for name, (articles, _) in held.items() if articles}
    return _Found(article_ids, sorted(keys), parts, runs)


def _ensure_alone(store: Store, found: _Found) -> None:
    """Refuse to take down one of two articles that are the same by what they are known by: none of the other would come in."""
    rows = store.state().articles(["article_id", "identity"])
    same = pc.is_in(rows["identity"], pa.array(found.keys, pa.string()))
    others = set(rows.filter(same)["article_id"].to_pylist()).difference(found.articles)
    if others:
        raise StoreError(
            f"{store.name}: nothing was taken down: {', '.join(sorted(others))} has the same publisher and source id, or "
            "address, as one of these, perhaps since an order says that two publishers are one; take them down together"
        )


def _elsewise(part: state.Ref, ids: pa.Array, known: Publishers) -> Iterable[str]:
    """What else these articles would be known by, and what their records say of themselves, as far as a part has them."""
    own = state.State([part])
    rows = own.articles(["article_id", "publisher_id", "publisher", "source_id", "url", "headline", "digest"])
    rows = rows.filter(pc.is_in(rows["article_id"], ids))
    found = identify.elsewise(rows, lambda name: known.resolve(name, None, None).id)
    if "records" in part_.words(part.folder):
        found += identify.stated(own.take("records", rows["key"].to_numpy()))
    return found


def _named(tables: Tables, ids: pa.Array) -> Iterator[str]:
    """Those of the articles that any table of a run names."""
    for name, columns in schema.PUBLISHED.items():
        naming = [column for column in columns.names if column in _NAMING]
        naming += ["from_id", "to_id"] if name == "events" else []
        if naming:
            for column in tables.read(name, naming).columns:
                yield from column.filter(pc.is_in(column, ids)).unique().to_pylist()


def _frozen(store: Store, found: _Found) -> tuple[pa.Table, list[str]]:
    """The frozen articles that stay so; and the ids of those that do not, for they share a cluster with one that goes.

    Each of these is a story of its own now: nothing can tell whose print it is without that one.
    """
    frozen = store.state().frozen()
    shared = freeze.shared(store.table("members"), pa.array(found.articles, pa.string()))
    released = frozen["article_id"].filter(pc.is_in(frozen["article_id"], shared)).to_pylist()
    return frozen.filter(pc.invert(pc.is_in(frozen["article_id"], shared))), released


def _rewritten(
    store: Store, found: _Found, released: Collection[str], run_id: str
) -> tuple[list[dict[str, Any]], state.State]:
    """The parts of the newest run, those that hold the articles written anew without them; and the state they make."""
    parts, refs = list[dict[str, Any]](), list[state.Ref]()
    for part in store.parts():
        ref = store.ref(part)
        is_to_release = not set(part_.frozen(ref.folder).to_pylist()).isdisjoint(released)
        if part["run_id"] in found.parts or is_to_release or store.is_of_old_layout():
            base = part["run_id"].partition("~")[0]
            folder = store.work / "parts" / base
            if not anew.without(ref.folder, found.articles, folder, released):
                continue  # `_clear` does not keep what no manifest names
            part, ref = part | {"run_id": f"{base}~{run_id}"}, ref._replace(folder=folder)  # noqa: PLW2901 - the same under its new name
        parts.append(part)
        refs.append(ref)
    return parts, state.State(refs, former=store.state()).uncompared()


def _nights(store: Store, leaving: Collection[str], kept: state.State) -> list[dict[str, Any]]:
    """The figures of the nights whose runs leave, newest first, for later nights to be compared with.

    They name no publisher of whom nothing is left.
    """
    rows = kept.articles(["publisher_id", "publisher"])
    publishers = set(pc.coalesce(rows["publisher_id"], rows["publisher"]).to_pylist())
    nights = list[dict[str, Any]]()
    for run_id in reversed(store.runs()):
        told = store.manifest(run_id)
        if run_id in leaving:
            nights += [
                {"as_of": night["as_of"], "figures": figures.of_night(night["figures"], publishers)}
                for night in told.get("nights", [told])
                if "figures" in night
            ]
    return nights


def _redacted(before: follow.Before, ids: pa.Array) -> follow.Before:
    """What was published before, without a word about these articles.

    A cluster that held nothing else and was never part of an event leaves in silence, as a story printed once does.
    """
    members = _silent("members", before.members, ids)
    alive = pa.concat_arrays([members["cluster_id"].combine_chunks(), before.events["cluster_id"].combine_chunks()])
    clusters = before.clusters.filter(pc.is_in(before.clusters["cluster_id"], alive))
    events = before.events
    changed = pc.is_in(events["event"], value_set=pa.array(_LED))
    was_elected = pc.and_(changed, pc.is_in(events["to_id"], ids))
    place = events.column_names.index("reason")
    events = events.set_column(place, events.field(place), pc.if_else(was_elected, f"led by {_GONE}", events["reason"]))
    for column in ("from_id", "to_id"):
        events = _without(events, column, pc.and_(changed, pc.is_in(events[column], ids)))
    return follow.Before(_silent("clusters", clusters, ids), members, events, before.history)


class _Redacted(Tables):
    """The clusters and members of a run, without a word about some articles."""

    def __init__(self, folder: Path, ids: pa.Array) -> None:
        super().__init__(folder)
        self._ids = ids

    def read(self, name: str, columns: Sequence[str] | None = None, parts: frozenset[str] | None = None) -> pa.Table:
        """As `Tables.read`."""
        rows = _silent(name, super().read(name, None, parts), self._ids)
        return rows if columns is None else rows.select(list(columns))


def _silent(name: str, rows: pa.Table, ids: pa.Array) -> pa.Table:
    """Clusters or members without what they say of these articles: null wherever one is named."""
    if name == "members":
        rows = rows.filter(pc.invert(pc.is_in(rows["article_id"], ids)))
    else:
        led = pc.is_in(rows["canonical_id"], ids)
        for column in ("headline", "canonical_reason"):
            rows = _without(rows, column, led)
    for column in _NAMING.intersection(rows.column_names):
        rows = _without(rows, column, pc.is_in(rows[column], ids))
    return rows


def _without(rows: pa.Table, column: str, where: pa.ChunkedArray) -> pa.Table:
    """The rows with null in the column where the mask says so."""
    place, kind = rows.column_names.index(column), rows.schema.field(column).type
    return rows.set_column(place, column, pc.if_else(where, pa.scalar(None, kind), rows[column]))


def _ensure_gone(store: Store) -> None:
    """A takedown that leaves bytes on the disk is none: say so."""
    if left := store.unneeded():
        raise StoreError(
            f"{store.name}: run {store.run_id()} is published without the articles, and these folders, which may hold "
            f"them, could not be removed; remove them: {', '.join(f'{store.name}/{folder}' for folder in left)}"
        )


def _fates(before: follow.Before, tables: Mapping[str, pa.Table], article_ids: list[str]) -> Iterator[str]:
    """A line for each cluster that held one of the articles."""
    was = {row["cluster_id"]: row for row in before.clusters.to_pylist()}
    now = {row["cluster_id"]: row for row in tables["clusters"].to_pylist()}
    held = before.members.filter(pc.is_in(before.members["article_id"], pa.array(article_ids, pa.string())))
    changes = tables["changes"]
    moved = Counter(
        (row["before"], row["after"]) for row in changes.filter(pc.equal(changes["kind"], "moved")).to_pylist()
    )
    for cluster_id in sorted(set(held["cluster_id"].to_pylist())):
        led = was[cluster_id]["canonical_id"]
        if cluster_id not in now:
            yield f"{cluster_id}: vanished"
        elif (leads := now[cluster_id]["canonical_id"]) != led:
            why = now[cluster_id]["canonical_reason"]
            yield f"{cluster_id}: {_prints(now[cluster_id])}, canonical {leads} instead of {led}: {why}"
        else:
            yield f"{cluster_id}: {_prints(now[cluster_id])}, canonical {led} as before"
        yield from (f"{old}: {n} of its prints now in {new}" for (old, new), n in moved.items() if old == cluster_id)


def _prints(cluster: dict[str, int]) -> str:
    return f"{cluster['n_articles']} print{'s' * (cluster['n_articles'] != 1)} left"


def text(takedown: Takedown, store: Store) -> str:
    """What a takedown did, for a person."""
    lines = [f"{article_id}: was taken down before" for article_id in takedown.earlier]
    if takedown.run_id:
        lines += [f"run {takedown.run_id}: taken down: {', '.join(takedown.articles)}"]
        lines += takedown.clusters
        if takedown.copies:
            named = ", ".join(f"{article_id} (the same {what})" for article_id, what in takedown.copies.items())
            again = shlex.join(["reprints", "forget", *takedown.copies, "--store", store.name])
            lines += [f"still published by the same publisher: {named}; to take that down, too: {again}"]
        kept = ", ".join(store.runs())
        lines += [f"runs that held an article and left: {', '.join(takedown.left)}; kept: {kept}"]
    return "\n".join(lines)
