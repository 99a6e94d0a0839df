"""The flow as code: what `reprints run` does, on one screen.

    files --intake--> articles (cleaned, named, traced, sketched) --derive--> tables --audit, publish--> store

`derive` is a function of articles, what was published before and settings alone: no path, no clock. Read it first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pyarrow as pa

from pipeline import config, examine, schema
from pipeline.errors import InputError
from pipeline.intake import Articles, Current, Intake, accounted, current, latest, reach, stored, take_in
from pipeline.quality import audit
from pipeline.redo import TextsOf, without_furniture
from pipeline.stages import cluster, elect, excerpt, follow, identify, override, pair, rollup, sketch, verify
from pipeline.storage import manifest, read, state, write
from pipeline.storage import orders as editor
from pipeline.storage.store import Store
from pipeline.watch import Watch, silent

__all__ = ["Basis", "Outcome", "derive", "prepare", "run"]


class Outcome(NamedTuple):
    """What a run did. `run_id` is "" when nothing was new and so nothing was published; `tables` are the store's."""

    run_id: str
    tables: Mapping[str, pa.Table]
    counts: Mapping[str, int]
    findings: Sequence[audit.Finding]


class Basis(NamedTuple):
    """What the tables of a run are made from.

    `before`: what was published before. `parts`: of the state, as the manifest names them. `texts_of` reads their texts.
    `patterns` say where the night's files lie, None where there was no night. `told`: what the manifest tells besides.
    """

    as_of: datetime
    intake: Intake
    night: Current
    before: follow.Before
    parts: list[dict[str, str]]
    texts_of: TextsOf
    orders: override.Orders
    patterns: Sequence[str] | None
    told: Mapping[str, Any] = MappingProxyType({})


def derive(
    known: Articles,
    before: follow.Before,
    run_id: str,
    as_of: datetime,
    settings: config.Config,
    watch: Watch,
    texts_of: TextsOf,
    orders: override.Orders = override.NOTHING,
) -> dict[str, pa.Table]:
    """The published tables of these articles (all but rejects), as of a day, after what was published before.

    `texts_of` gives the texts, as far as they are kept, of the articles named by the rows it is given.
    """
    with watch.step("learn") as step:
        known, texts_of = without_furniture(known, texts_of, settings)
        step.rows = known.articles.num_rows
    articles, sketches = known.articles, known.sketches
    credited = elect.credited(articles, known.credits)
    facts = rollup.facts(articles, credited, sketch.words(articles["headline"]))
    with watch.step("pair") as step:
        times = articles["effective_at"].cast(pa.int64()).to_numpy()
        keys = pair.keys(sketch.sign(sketches, settings.sketch), settings.pair)
        candidates = pair.run(keys, times, settings.pair, rollup.kin(facts))
        step.rows = candidates.num_rows
    with watch.step("verify") as step:
        matches = verify.run(candidates, sketches, facts, settings.verify)
        step.rows = matches.num_rows
    with watch.step("cluster") as step:
        ranks = rollup.ranks(articles)
        matches, anchors = override.enforce(
            matches,
            articles["article_id"],
            orders,
            compare=lambda pairs: verify.run(pairs, sketches, facts, settings.verify),
            group=lambda matches: cluster.run(matches, ranks),
        )
        groups = rollup.groups(articles, anchors)
        unmet = verify.run(rollup.unmet(matches, anchors), sketches, facts, settings.verify)
        matches = pa.concat_tables([matches, unmet])
        step.rows = articles.num_rows
    with watch.step("elect") as step:
        texts = rollup.same_text_and_cluster(sketches, anchors)
        columns = (articles["article_id"], articles["publisher_id"], texts, articles["effective_at"])
        articles = articles.append_column("duplicate_of", identify.duplicates(*columns))
        elections = elect.canonicals(groups, articles, known.credits, settings.elect, orders.pinned)
        figures = verify.figures(groups, elections, articles["article_id"], sketches, facts, settings.verify)
        clusters, members = elect.tables(
            groups, elections, articles, credited, figures, settings.elect, known.citations
        )
        step.rows = clusters.num_rows
    with watch.step("follow") as step:
        clusters, members = rollup.within_horizon(clusters, members, articles, as_of, settings.store.horizon_days)
        told = follow.run(clusters, members, before, run_id, as_of)
        step.rows = told.events.num_rows
    with watch.step("excerpt") as step:
        borrowed = excerpt.borrowed(matches, articles, told.members)
        texts = texts_of(rollup.texts(borrowed["article_id"], articles, settings.sketch.short_words))
        excerpts = excerpt.run(borrowed, texts, sketch.spans(texts["body"], settings.sketch))
        step.rows = excerpts.num_rows
    named = rollup.named(matches, articles, told.members)
    return {
        "clusters": told.clusters,
        "members": told.members,
        "matches": named,
        "excerpts": excerpts,
        "links": rollup.links(named, told.members),
        "credits": rollup.of_members(known.credits, told.members),
        "citations": rollup.of_members(known.citations, told.members),
        "stripped": rollup.of_members(known.stripped, told.members),
        "furniture": rollup.furniture(known.stripped, articles),
        "changes": told.changes,
        "events": pa.concat_tables([before.events, told.events]),
    }


def run(
    patterns: Sequence[str],
    store: Store,
    settings: config.Config,
    *,
    as_of: datetime | None = None,
    wait: bool = False,
    publish_anyway: bool = False,
    watch: Watch | None = None,
) -> Outcome:
    """Take input files into the store and publish its tables anew; or nothing at all.

    Raises a `ReprintsError` for whatever an operator can do something about; the store is then as it was before.
    """
    watch = watch or silent()
    with examine.reported(store, settings, watch, publish_anyway=publish_anyway) as report:
        return _run(patterns, store, settings, as_of, report, watch, wait=wait)


def _run(
    patterns: Sequence[str],
    store: Store,
    settings: config.Config,
    as_of: datetime | None,
    report: examine.Report,
    watch: Watch,
    *,
    wait: bool,
) -> Outcome:
    files = _not_below(store.path, read.inputs(patterns))
    with store.locked(wait=wait):
        store.check(settings.sketch)
        orders = editor.orders(settings.override)
        kept, last = store.state(), store.as_of()
        seen = stored(kept)
        with state.Part(store.work / "state") as part:
            intake = take_in(files, seen, settings, part, watch, orders.publishers, store.forgotten())
        as_of = _not_before(last, as_of, watch) or latest(intake, last, settings)
        night = current(seen, intake, as_of, settings)
        if not night.new.num_rows and _is_settled(store, settings, as_of):
            return _nothing_new(intake, night, as_of, settings, report, patterns)
        run_id = watch.run_id = store.next_run_id(as_of.date())
        parts = manifest.parts(store, run_id, as_of, night.newest_new, reach(as_of, settings))
        texts_of = state.State([*kept.folders, part.folder]).texts_of
        basis = Basis(as_of, intake, night, store.before(), parts, texts_of, orders, patterns)
        outcome = prepare(store, run_id, basis, settings, report, watch)
        store.publish(run_id, settings.store.keep_runs)
    return outcome


def prepare(
    store: Store, run_id: str, basis: Basis, settings: config.Config, report: examine.Report, watch: Watch
) -> Outcome:
    """Derive, audit and write the tables and the manifest of a run, to `store.work`, for `Store.publish` to make visible."""
    as_of, intake, night = basis.as_of, basis.intake, basis.night
    tables = derive(night.known, basis.before, run_id, as_of, settings, watch, basis.texts_of, basis.orders)
    with watch.step("write") as step:
        counts, rejects = accounted(intake, night, tables["members"], as_of, settings)
        published = {name: write.arrange(name, rows) for name, rows in (tables | {"rejects": rejects}).items()}
        report.examine(published, night.new, counts, as_of, basis.patterns)
        write.write_tables(published, store.work / "tables")
        told = manifest.of(run_id, as_of, store, intake.files, counts, published, settings, watch.seconds)
        told |= {"parts": basis.parts, **report.manifest(), **basis.told}
        write.write_json(store.work / "tables" / "manifest.json", told)
        step.rows = sum(rows.num_rows for rows in published.values())
    return Outcome(run_id, published, counts, report.findings)


def _not_before(last: datetime | None, as_of: datetime | None, watch: Watch) -> datetime | None:
    """The date that was asked for, but never one before the last run's: what is published would leave again."""
    if last is None or as_of is None or as_of >= last:
        return as_of
    watch.say(f"the store is as of {last:%Y-%m-%d} already, and stays so; the night of {as_of:%Y-%m-%d} is added to it")
    return last


def _is_settled(store: Store, settings: config.Config, as_of: datetime) -> bool:
    """Whether, without new articles, what is published is what would be: a run of these settings and date, or nothing."""
    if not store.runs():
        return True
    newest = store.manifest()
    return newest["fingerprint"] == config.fingerprint(settings) and datetime.fromisoformat(newest["as_of"]) >= as_of


def _nothing_new(
    intake: Intake,
    night: Current,
    as_of: datetime,
    settings: config.Config,
    report: examine.Report,
    patterns: Sequence[str],
) -> Outcome:
    """A night that brings nothing publishes nothing; that it does, or brought mostly rejects, may be a fault all the same."""
    members = schema.empty(schema.PUBLISHED["members"])
    counts, rejects = accounted(intake, night, members, as_of, settings)
    report.examine({"rejects": rejects}, night.new, counts, as_of, patterns)
    return Outcome("", {"rejects": rejects}, counts, report.findings)


def _not_below(folder: Path, files: Sequence[Path]) -> Sequence[Path]:
    """The files without those of the store itself, which may lie in an input folder."""
    store = folder.resolve()
    kept = [file for file in files if store not in file.resolve().parents]
    if not kept:
        raise InputError(f"all of the input lies in the store itself, {folder}")
    return kept
