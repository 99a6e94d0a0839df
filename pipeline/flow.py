"""The flow as code: what `reprints run` does, on one screen.

    files --intake--> articles (cleaned, named, traced, sketched) --derive--> tables --audit, publish--> store

`derive` is a function of articles and settings alone: no path, no clock. Read it first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import pyarrow as pa

from pipeline import config
from pipeline.errors import AuditError
from pipeline.intake import Articles, current, newest, stored, take_in
from pipeline.quality import audit
from pipeline.stages import cluster, elect, excerpt, follow, identify, pair, rollup, sketch, verify
from pipeline.storage import manifest, read, state, write
from pipeline.watch import Watch, silent

__all__ = ["Outcome", "derive", "run"]


class Outcome(NamedTuple):
    """What a run did. `run_id` is "" when nothing was new and so nothing was published; `tables` are the store's."""

    run_id: str
    tables: Mapping[str, pa.Table]
    counts: Mapping[str, int]
    findings: Sequence[audit.Finding]


def derive(
    known: Articles,
    before: follow.Before,
    run_id: str,
    as_of: datetime,
    settings: config.Config,
    watch: Watch,
    texts_of: Callable[[pa.Table], pa.Table],
) -> dict[str, pa.Table]:
    """The published tables of these articles (all but rejects), as of a day, after what was published before.

    `texts_of` gives the texts, as far as they are kept, of articles named by article_id and digest.
    """
    articles, sketches = known.articles, sketch.sign(known.sketches, settings.sketch)
    with watch.step("pair") as step:
        candidates = pair.run(sketches, articles["effective_at"].cast(pa.int64()).to_numpy(), settings.pair)
        step.rows = candidates.num_rows
    with watch.step("verify") as step:
        credited = elect.credited(articles, known.credits)
        facts = rollup.facts(articles, credited)
        matches = verify.run(candidates, sketches, facts, settings.verify)
        step.rows = matches.num_rows
    with watch.step("cluster") as step:
        anchors = cluster.run(matches, rollup.ranks(articles))
        groups = rollup.groups(articles, anchors)
        step.rows = articles.num_rows
    with watch.step("elect") as step:
        columns = ("article_id", "publisher_id", "content", "effective_at")
        prints = articles.append_column("content", sketches["content"])
        articles = articles.append_column("duplicate_of", identify.duplicates(*(prints[name] for name in columns)))
        elections = elect.canonicals(groups, articles, known.credits, settings.elect)
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
        texts = texts_of(rollup.texts(borrowed["article_id"], articles))
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
        "furniture": rollup.furniture(known.stripped, articles),
        "changes": told.changes,
        "events": pa.concat_tables([before.events, told.events]),
    }


def run(
    patterns: Sequence[str],
    store: state.Store,
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
    files = read.inputs(patterns)
    with store.locked(wait=wait):
        store.check(settings.sketch)
        seen = stored(store)
        with state.Part(store.work / "state") as part:
            intake = take_in(files, seen, settings, part, watch)
        if intake.counts["added"] == 0:
            return Outcome("", {}, intake.counts, audit.shares(intake.counts, intake.rejects, settings.audit))
        as_of = as_of or newest(intake)
        run_id = watch.run_id = store.next_run_id(as_of.date())
        known, counts, rejects = current(seen, intake, as_of, settings)
        tables = derive(known, store.before(), run_id, as_of, settings, watch, store.texts_of)
        with watch.step("write") as step:
            published = {name: write.arrange(name, rows) for name, rows in (tables | {"rejects": rejects}).items()}
            findings = audit.invariants(published, counts) + audit.shares(counts, rejects, settings.audit)
            _refuse(findings, watch, publish_anyway=publish_anyway)
            write.write_tables(published, store.work / "tables")
            audits = [finding._asdict() for finding in findings]
            told = manifest.of(run_id, as_of, store, intake.files, counts, published, settings, audits, watch.seconds)
            write.write_json(store.work / "tables" / "manifest.json", told | {"publish_anyway": publish_anyway})
            store.publish(run_id, settings.store.keep_runs)
            step.rows = sum(rows.num_rows for rows in published.values())
    return Outcome(run_id, published, counts, findings)


def _refuse(findings: Sequence[audit.Finding], watch: Watch, *, publish_anyway: bool) -> None:
    """Tell of what the audits found; `AuditError` if it blocks. A broken invariant is never published."""
    for finding in findings:
        watch.say(f"audit {finding.audit}: {finding.found}", level="error" if finding.blocks else "warning")
    stops = [finding for finding in findings if finding.blocks and (finding.broken or not publish_anyway)]
    if stops:
        anyway = "" if any(finding.broken for finding in stops) else "; --publish-anyway overrides this and is recorded"
        told = "; ".join(f"{finding.audit}: {finding.found}" for finding in stops)
        raise AuditError(f"nothing was published, and the same input will be read again: {told}{anyway}")
