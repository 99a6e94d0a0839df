"""A store built beside another one, under settings that do not mix with its own; ids and history are carried over.

    parts of the old state --Reader--> parts of the new one         INPUT --intake--> one more
    all of them --compare, flow.prepare--> work --Store.publish--> the first run of the new store

Parts keep their numbers and dates, so every article keeps the time by which it is compared. The new run follows what the old
store published: a cluster keeps the id of the one it has most of, all events stay, no run id is used twice. The old store is
held against runs meanwhile, and nothing of it is touched.

Where sketches do not mix, an article without words cannot be compared any more. It is frozen, and with it what shares its
published cluster: that stays as it was, until the horizon passes it. Words that INPUT brings again free it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct
from numpy.typing import NDArray

from pipeline import config, examine, flow, freeze
from pipeline.arrive import arrivals, in_words
from pipeline.errors import StoreError
from pipeline.intake import Intake, latest, nothing, take_in
from pipeline.published import everything
from pipeline.quality import partition
from pipeline.renew import Reader, Renewal, size, summary
from pipeline.stages import identify
from pipeline.storage import header, manifest, orders, read, write
from pipeline.storage import part as part_
from pipeline.storage.state import Ref, State, keys
from pipeline.storage.store import Store
from pipeline.watch import Watch, silent

__all__ = ["Rebuilt", "rebuild", "text"]


class Rebuilt(Struct, frozen=True):
    """What a rebuild did. `counts` are of INPUT, `read_again` as in `renew.Renewal`; `frozen`: articles and clusters."""

    run_id: str
    from_run: str
    counts: Mapping[str, int]
    read_again: Mapping[str, int]
    frozen: Mapping[str, int]
    difference: partition.Difference


def rebuild(
    old: Store,
    new: Store,
    patterns: Sequence[str],
    settings: config.Config,
    *,
    wait: bool = False,
    publish_anyway: bool = False,
    watch: Watch | None = None,
) -> Rebuilt:
    """Build the store `new` from what `old` keeps and from input files, under these settings.

    Raises a `ReprintsError` for whatever an operator can do something about. What is left of `new` then is no store with a
    run: give the same command again, or remove it.
    """
    watch = watch or silent()
    old.run_id()
    _ensure_apart(old.path, new.path)
    if new.runs():
        raise StoreError(f"{new.name}: is a store with runs already; name a new or an empty folder")
    with old.held(wait=wait):
        header.check(old.manifest()["header"], settings, old.name, for_rebuild=True)
        files: Sequence[Path] = read.inputs(patterns) if patterns else []
        for store in (old, new):
            files = flow.outside(store.path, files) if files else files
        with new.locked():
            report = examine.Report(new, settings, watch, publish_anyway=publish_anyway)
            return _built(old, new, files, patterns, settings, report, watch)


def _built(
    old: Store,
    new: Store,
    files: Sequence[Path],
    patterns: Sequence[str],
    settings: config.Config,
    report: examine.Report,
    watch: Watch,
) -> Rebuilt:
    ordered = orders.orders(settings.override)
    is_mixing = header.is_compatible(old.manifest()["header"], settings)
    with Reader(settings, ordered.publishers, watch, afresh=not is_mixing) as reader:
        part, intake, renewal = _taken(old, new, files, settings, reader, ordered.publishers, watch)
    report.read_again(renewal.counts, renewal.rejects)
    as_of = latest(intake, old.as_of(), settings)
    run_id = watch.run_id = old.next_run_id(as_of.date())
    ref = Ref(manifest.next_number(old.parts()), part.folder, as_of, is_compared=True)
    blank = old.state().frozen_ids() if is_mixing else None
    everywhere = State([*renewal.state.parts, ref]).uncompared()  # nothing is yet
    _freeze(everywhere, old.table("members"), blank)
    before = old.before()
    frozen = freeze.published(old.tables(), everywhere.frozen(), as_of, settings)
    n_frozen = {"articles": frozen["members"].num_rows, "clusters": frozen["clusters"].num_rows} if frozen else _NONE
    was = everything(replace(before, because=f"; rebuilt from run {old.run_id()}"), frozen, old.tables())
    basis = flow.Basis(
        as_of=as_of,
        since=None,
        intake=intake,
        night=arrivals(renewal.state, intake, ref, settings, again=True),
        kept=renewal.state,
        own=[ref],
        named=renewal.named(run_id),
        orders=ordered,
        patterns=patterns or None,
        told={
            "history": [*old.history(), run_id],
            "rebuilt": {"store": old.name, "run_id": old.run_id(), "frozen": n_frozen},
            "nights": _nights(old),
            **renewal.told(),
        },
    )
    outcome = flow.prepare(new, run_id, basis, lambda _: was, settings, report, watch)
    new.publish(
        run_id,
        settings.store.keep_runs,
        leaving=sorted(old.used_ids()),
        tombstones=old.forgotten(),
        mode=settings.store.mode,
    )
    new.let_go(settings.store.bodies_days)
    tables = new.tables(run_id)
    changed = partition.difference(before.clusters, before.members, tables["clusters"], tables["members"])
    return Rebuilt(run_id, old.run_id(), outcome.counts, renewal.counts, n_frozen, changed)


_NONE = {"articles": 0, "clusters": 0}


def _taken(
    old: Store,
    new: Store,
    files: Sequence[Path],
    settings: config.Config,
    reader: Reader,
    aliases: Mapping[str, str],
    watch: Watch,
) -> tuple[part_.Part, Intake, Renewal]:
    """The part that the files make, what they came to, and the parts of the old store, all in the work of the new one."""
    parts = list(_parts(old, new, reader))
    with part_.Part(new.work / "state") as part:
        if files:
            known = _known(parts, old.forgotten())
            intake = take_in(files, known, settings, part, watch, aliases, old.forgotten())
        else:
            intake = nothing()
            part.close(lambda rows: rows)
            watch.tell("clean", "trace", "sketch")
    former = old.state() if header.is_compatible(old.manifest()["header"], settings) else State()
    renewal = _taken_over(parts, intake.new, new, reader, former)
    watch.say(summary(renewal.counts))
    return part, intake._replace(again=renewal.rejects), renewal


class _Part(NamedTuple):
    """A part of the old state as its manifest has it, and where it is; `is_read`: it is written for the new one, and there."""

    told: dict[str, Any]
    ref: Ref
    is_read: bool


def _parts(old: Store, new: Store, reader: Reader) -> Iterator[_Part]:
    """Every part that has articles; those of which there is all that was read are read again, to the work of the new store."""
    for told in old.parts():
        ref = old.ref(told)._replace(is_compared=False)
        if size(ref.folder):
            is_read = part_.words(ref.folder) == set(part_.WORDS)
            yield _Part(*(reader.part(told, ref, new.work) if is_read else (told, ref)), is_read)


def _known(parts: Sequence[_Part], forgotten: Collection[str]) -> identify.Known:
    """What is known of the articles. Without its record one is known by its identity alone: what brings it is no repeat."""
    columns = ["identity", "digest", "article_id", "source_id"]
    found = [State().articles(columns)]
    for part in parts:
        rows = State([part.ref]).articles(columns)
        if not part.is_read:
            place = rows.column_names.index("digest")
            rows = rows.set_column(place, rows.schema.field(place), pa.repeat("", rows.num_rows))
        found.append(rows)
    articles = pa.concat_tables(found)

    def names(rows: NDArray[np.int64]) -> list[str]:
        ids: list[str] = articles["article_id"].take(pa.array(rows)).to_pylist()
        return ids

    return identify.Known(identify.seen(articles), names, forgotten)


def _taken_over(parts: Sequence[_Part], brought: pa.Table, new: Store, reader: Reader, former: State) -> Renewal:
    """All parts as they are in the new store: those without records, too, but for the articles that were `brought` again.

    One that says no time of its own stays: it is of the day it first came, and its words came now. `former`: what was compared
    before, by sketches that mix.
    """
    dated = brought.filter(pc.is_valid(pc.coalesce(brought["published_at"], brought["fetched_at"])))
    again = write.text_keys(dated)
    told, refs = list[dict[str, Any]](), list[Ref]()
    for part in parts:
        own, ref = part.told, part.ref
        if not part.is_read:
            stays = pc.invert(pc.is_in(write.text_keys(part_.articles(ref.folder, ["article_id", "digest"])), again))
            own, ref = reader.part(own, ref, new.work, stays)
        if size(ref.folder):
            told.append(own)
            refs.append(ref)
    return Renewal(told, State(refs, former), pa.concat_tables(reader.rejects), reader.counts)


def _freeze(state: State, members: pa.Table, blank: pa.Array | None) -> None:
    """Have each part say which of its articles cannot be compared any more, and what shares a published cluster with them.

    They are those without words that have no sketch: `blank`, None for all.
    """
    newest, _ = identify.newest(state.versions())
    gone = newest.filter(pa.array(~state.have_words(newest["key"].to_numpy())))
    gone = gone if blank is None else gone.filter(pc.is_in(gone["article_id"], blank))
    for part in state.parts:
        first, after = (keys(number, 1)[0] for number in (part.number, part.number + 1))
        own = gone.filter(pc.and_(pc.greater_equal(gone["key"], first), pc.less(gone["key"], after)))
        part_.freeze(part.folder, freeze.shared(members, own["article_id"].combine_chunks()))


def _nights(old: Store) -> list[dict[str, Any]]:
    """The figures of the nights of the old store, newest first, for later ones to be compared with."""
    told = (old.manifest(run_id) for run_id in reversed(old.runs()))
    nights = (night for manifest in told for night in manifest.get("nights", [manifest]))
    return [{"as_of": night["as_of"], "figures": night["figures"]} for night in nights if "figures" in night]


def _ensure_apart(old: Path, new: Path) -> None:
    one, other = old.resolve(), new.resolve()
    if one == other or one in other.parents or other in one.parents:
        raise StoreError(
            f"{new}: lies in {old}, or around it; a rebuild touches nothing of the old store. Name another"
        )


def text(rebuilt: Rebuilt, old: Store, new: Store) -> str:
    """What a rebuild did, for a person."""
    return "\n".join(_lines(rebuilt, old, new))


def _lines(rebuilt: Rebuilt, old: Store, new: Store) -> Iterator[str]:
    counts, frozen = rebuilt.counts, rebuilt.frozen
    yield f"run {rebuilt.run_id} of {new.name}, rebuilt from run {rebuilt.from_run} of {old.name}, which is as it was"
    yield summary(rebuilt.read_again)
    if counts["records"]:
        yield in_words(counts)
    if frozen["articles"]:
        yield (
            f"{frozen['articles']:,} articles in {frozen['clusters']:,} clusters are frozen: words of them are gone, so they "
            "stay as they were published and are compared with nothing any more. Their files as INPUT would free them"
        )
    yield ""
    yield from partition.text(rebuilt.difference)
    yield ""
    yield f"nights go on with: reprints run INPUT --store {new.name}, or [night] store in the configuration"
