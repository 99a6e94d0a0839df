"""The flow as code: what `reprints run` does, on one screen.

    files --intake--> articles --arrive, redo--> texts --meet--> matches --derive--> tables --splice, audit, publish--> store

Only what a night touches is done: `meet` says which clusters have to be formed anew, `derive` forms them, `splice` puts them in
the place of what was published of them. Everything else stays as it lies. On an empty store everything is touched.

`derive` is a function of articles, their matches, what was published of them and settings alone: no path, no clock. Read it
first. What takes long is done by `hands`. From `meet` on it is `prepare`, which a takedown and a rebuild do, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from pipeline import config, examine, freeze
from pipeline.alone import ALONE
from pipeline.arrive import Arrivals, accounted, arrivals, reused, taught_since
from pipeline.compare import Coming, Opened
from pipeline.derive import Given
from pipeline.errors import InputError
from pipeline.hands import Hands
from pipeline.intake import Delivery, Intake, latest
from pipeline.memory import give_back
from pipeline.published import Published, expired
from pipeline.quality import audit
from pipeline.stages import lexicon, override
from pipeline.stages.kernels.threads import behind
from pipeline.storage import manifest, read, rules, write
from pipeline.storage import orders as editor
from pipeline.storage.state import Ref, State
from pipeline.storage.store import Store
from pipeline.watch import Watch, silent

__all__ = ["Basis", "Outcome", "outside", "prepare", "run"]


class Outcome(NamedTuple):
    """What a run did. `run_id` is "" when nothing was new and so nothing was published; `tables` are the store's.

    They are read when they are asked for. Where nothing was published there are the rejects alone.
    """

    run_id: str
    tables: Mapping[str, pa.Table]
    counts: Mapping[str, int]
    findings: Sequence[audit.Finding]


class Basis(NamedTuple):
    """What a run is made from: what it took in (`intake`), which lies in its `own` parts, and what the state `kept`.

    `since`: the date of the last run; None where nothing of what was published stays as it lies. `named`: the parts of `kept`
    as the manifest names them. `patterns` say where the night's files lie, None where there was no night. `told`: what the
    manifest tells besides.
    """

    as_of: datetime
    since: datetime | None
    intake: Intake
    night: Arrivals
    kept: State
    own: Sequence[Ref]
    named: list[dict[str, Any]]
    orders: override.Orders
    patterns: Sequence[str] | None
    told: Mapping[str, Any]


def run(
    patterns: Sequence[str],
    store: Store,
    settings: config.Config,
    *,
    as_of: datetime | None = None,
    wait: bool = False,
    publish_anyway: bool = False,
    watch: Watch | None = None,
    hands: Hands = ALONE,
) -> Outcome:
    """Take input files into the store and publish its tables anew; or nothing at all.

    `hands` do what takes long; those of this machine unless others are given.

    Raises a `ReprintsError` for whatever an operator can do something about; the store is then as it was before.
    """
    watch = watch or silent()
    with examine.reported(store, settings, watch, publish_anyway=publish_anyway) as report:
        return _run(patterns, store, settings, as_of, report, watch, hands, wait=wait)


def _run(
    patterns: Sequence[str],
    store: Store,
    settings: config.Config,
    as_of: datetime | None,
    report: examine.Report,
    watch: Watch,
    hands: Hands,
    *,
    wait: bool,
) -> Outcome:
    files = outside(store.path, read.inputs(patterns))
    with store.locked(wait=wait):
        store.ensure_room(files, settings.store.min_free_gb)
        store.check(settings)
        orders = editor.orders(settings.override)
        last, renewal = store.as_of(), hands.renewed(store, settings, orders.publishers, watch)
        report.read_again(renewal.counts, renewal.rejects)
        again = renewal.is_anew or store.is_of_other_rules(settings)  # then everything is compared again
        kept = renewal.state
        forgotten = store.forgotten()
        delivery = Delivery(files, kept.known(forgotten), orders.publishers, forgotten)
        intake, folders = hands.take_in(delivery, settings, store.work, watch)
        give_back()
        intake = intake._replace(again=renewal.rejects)
        as_of = _not_before(last, as_of, watch) or latest(intake, last, settings)
        first = manifest.next_number(store.parts())
        own = [Ref(first + place, folder, as_of, is_compared=True) for place, folder in enumerate(folders)]
        kept = kept.uncompared() if again else kept
        night = arrivals(kept, intake, own[0], settings, again=again)
        give_back()
        # What is new is kept also where no table tells of it: its time has not come, or it teaches what is furniture.
        if not (intake.new.num_rows or night.notices.num_rows or again) and _is_settled(store, as_of):
            return _nothing_new(intake, night, as_of, settings, report, patterns)
        run_id = watch.run_id = store.next_run_id(as_of.date())
        since = None if again else last
        frozen = kept.frozen()
        stay = freeze.published(store.tables(), frozen, as_of, settings) if again else {}

        def former(opened: Opened) -> Published:
            retiring = expired(store, last, as_of, settings, frozen)
            return hands.published(store, opened, retiring, settings, stay, all_=again)

        named = renewal.named(run_id)
        basis = Basis(as_of, since, intake, night, kept, own, named, orders, patterns, renewal.told())
        outcome = prepare(store, run_id, basis, former, settings, report, watch, hands)
        store.publish(run_id, settings.store.keep_runs, mode=settings.store.mode)
        store.let_go(settings.store.bodies_days)
    return outcome._replace(tables=store.tables(run_id))


def prepare(
    store: Store,
    run_id: str,
    basis: Basis,
    former: Callable[[Opened], Published],
    settings: config.Config,
    report: examine.Report,
    watch: Watch,
    hands: Hands = ALONE,
) -> Outcome:
    """Compare, derive, write and audit what a run publishes, in `store.work`, for `Store.publish` to make visible.

    `former` gives what was published of the articles whose clusters are formed anew.
    """
    as_of, since, intake, night, own = basis.as_of, basis.since, basis.intake, basis.night, basis.own
    with behind() as later:
        coming = Coming(basis.kept, own, night, (since, as_of), list(basis.orders.must_link), later)
        opened, now = hands.compare(coming, settings, watch)
        was = former(opened)
        agencies = lexicon.agency_names(settings.trace.agencies)
        formed = hands.derive(Given(opened, was, now, run_id, as_of, basis.orders, agencies), settings, watch)
        n_reused = reused(now, night.new)
        del opened, now
        give_back()
        with watch.step("write") as step:
            counts, rejects = accounted(intake, night, formed.article_ids(), as_of, settings, n_reused)
            old = store.tables() if since else None
            tables = formed.splice(old, was, rejects, store.work / "tables", settings)
            report.examine(tables, formed, night.new, counts, rejects, as_of, basis.patterns, night.oldest_new)
            rows = {name: tables.count(name) for name in tables}
            step.rows = sum(rows.values())
    newest, taught, read_by = night.newest_new, taught_since(as_of, settings), rules.of(settings).reading
    parts = manifest.parts(basis.named, run_id, own, newest, taught, read_by=read_by, again=since is None)
    told = manifest.of(run_id, as_of, store, intake.files, counts, rows, settings, watch)
    told |= {"parts": parts, **report.manifest(), **basis.told}
    write.write_json(store.work / "tables" / "manifest.json", told)
    return Outcome(run_id, tables, counts, report.findings)


def _not_before(last: datetime | None, as_of: datetime | None, watch: Watch) -> datetime | None:
    """The date that was asked for, but never one before the last run's: what is published would leave again."""
    as_of = as_of and _at_offset(as_of)
    if last is None or as_of is None or as_of >= last:
        return as_of
    watch.say(f"the store is as of {last:%Y-%m-%d} already, and stays so; the night of {as_of:%Y-%m-%d} is added to it")
    return last


def _at_offset(time: datetime) -> datetime:
    """The same time with the offset of its zone at that moment, as manifests have it.

    Ninety days before it are then ninety times twenty-four hours; in a zone they are an hour more or less when clocks change.
    """
    return time.replace(tzinfo=timezone(time.utcoffset() or timedelta(0)))


def _is_settled(store: Store, as_of: datetime) -> bool:
    """Whether, without new articles, what is published under these rules is what would be: a run of that date, or nothing."""
    last = store.as_of()
    return last is None or last >= as_of


def _nothing_new(
    intake: Intake,
    night: Arrivals,
    as_of: datetime,
    settings: config.Config,
    report: examine.Report,
    patterns: Sequence[str],
) -> Outcome:
    """A night that brings nothing publishes nothing; that it does, or brought mostly rejects, may be a fault all the same."""
    counts, rejects = accounted(intake, night, pa.array([], pa.string()), as_of, settings)
    report.examine(None, None, night.new, counts, rejects, as_of, patterns, night.oldest_new)
    return Outcome("", {"rejects": rejects}, counts, report.findings)


def outside(folder: Path, files: Sequence[Path]) -> Sequence[Path]:
    """The files without those of the store itself, which may lie in an input folder."""
    store = folder.resolve()
    kept = [file for file in files if store not in file.resolve().parents]
    if not kept:
        raise InputError(
            f"all of the input lies in {folder}, which is named as the store; --store is to be a folder of its own"
        )
    return kept
