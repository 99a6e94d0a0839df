"""From articles and their matches to the rows that are published of them: what a run comes to.

    articles, matches, what was published of them --form--> clusters that have ids --tell--> tables --passages--> excerpts

`form` is done for whole components of matches, each by itself: clusters, canonicals, ids. Whom clusters touch is said once all
have ids (`tell`): links, and the matches themselves; then what articles borrow is looked for in their words (`passages`). All
are functions of tables and settings: no path, no clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import config, notices
from pipeline.compare import Opened
from pipeline.meet import facts_of
from pipeline.published import Published
from pipeline.stages import cluster, elect, excerpt, follow, identify, override, rollup, sketch, verify
from pipeline.stages.kernels import arrays
from pipeline.storage.state import State
from pipeline.watch import Watch

__all__ = ["Formed", "Given", "derive", "form", "passages", "tell"]


class Given(NamedTuple):
    """What a run goes by: what is `opened`, what `was` published of it, and the day that the run is of.

    Of the state `now` texts are read, as far as they are kept, to say where in them an excerpt stands. `agencies`: their
    names by id, None for those of the lexicon.
    """

    opened: Opened
    was: Published
    now: State
    run_id: str
    as_of: datetime
    orders: override.Orders = override.NOTHING
    agencies: Mapping[str, str] | None = None


class Formed(NamedTuple):
    """Clusters as they are now, and the `matches` (`rollup.NAMED`) among their articles.

    `times`: the articles (article_id, effective_at). `found`: credits, citations and stripped lines of published ones.
    """

    clusters: pa.Table
    members: pa.Table
    changes: pa.Table
    events: pa.Table
    matches: pa.Table
    times: pa.Table
    found: Mapping[str, pa.Table]


def derive(given: Given, settings: config.Config, watch: Watch) -> dict[str, pa.Table]:
    """The published rows of the articles that are opened, after what was published of them before.

    Each has the time of its article in `at`, a match or link that of the later one.
    """
    opened, was = given.opened, given.was
    rows, borrowed = tell(form(given, settings, watch), opened.outer, was)
    with watch.step("excerpt") as step:
        found = passages(borrowed, opened.around, given.now, settings)
        step.rows = found.num_rows
    return rows | {"excerpts": _and_frozen(was, "excerpts", found)}


def form(given: Given, settings: config.Config, watch: Watch) -> Formed:
    """The clusters of these articles, by the matches among them, with the ids that they had."""
    opened, was, _, run_id, as_of, orders, agencies = given
    known, articles, sketched = opened.known, opened.known.articles, opened.known.sketched
    facts = facts_of(known)
    with watch.step("cluster") as step:
        ranks = rollup.ranks(articles)
        matches, anchors = override.enforce(
            opened.matches,
            articles["article_id"],
            orders,
            compare=lambda pairs: sketched.verified(pairs, facts, settings.verify),
            group=lambda matches, pairs: cluster.apart(matches, ranks, pairs),
        )
        groups = rollup.groups(articles, anchors)
        matches = pa.concat_tables([matches, rollup.inherited(matches, anchors)])
        unmet = sketched.verified(rollup.unmet(matches, anchors), facts, settings.verify)
        matches = pa.concat_tables([matches, unmet])
        step.rows = articles.num_rows
    with watch.step("elect") as step:
        credited = elect.credited(articles, known.credits)
        texts = rollup.same_text_and_cluster(sketched.light, anchors)
        columns = (articles["article_id"], articles["publisher_id"], texts, articles["effective_at"])
        articles = articles.append_column("duplicate_of", identify.duplicates(*columns))
        articles = notices.apply(articles, credited, anchors, sketched, opened.notices, opened.earlier, settings)
        elections = elect.canonicals(groups, articles, known.credits, settings.elect, orders.pinned, agencies)
        canonicals = rollup.canonicals(groups, elections)
        # Of the matches that a rehearsal looks up is known that they are.
        measured = arrays.kept(matches, pc.not_equal(matches["relation"], "").to_numpy())
        for others in (canonicals, anchors):
            unmet = sketched.verified(rollup.unmet(measured, others), facts, settings.verify)
            measured = pa.concat_tables([measured, unmet])
        n_words = sketched.light["n_words"].to_numpy()
        figures = verify.figures(articles["article_id"], anchors, canonicals, n_words, measured, settings.verify)
        clusters, members = elect.tables(
            groups,
            elections,
            articles,
            credited,
            figures,
            settings.elect,
            known.citations,
            opened.crediting,
            agencies,
        )
        step.rows = clusters.num_rows
    with watch.step("follow") as step:
        clusters, members = rollup.within_horizon(clusters, members, articles, as_of, settings.store.horizon_days)
        clusters, members = (
            _and_frozen(was, name, rows) for name, rows in (("clusters", clusters), ("members", members))
        )
        told = follow.run(clusters, members, was.before, run_id, as_of)
        step.rows = told.events.num_rows
    times = _and_frozen(was, "members", articles.select(["article_id", "effective_at"]))
    of_members = {"credits": known.credits, "citations": known.citations, "stripped": known.stripped}
    return Formed(
        told.clusters,
        told.members,
        told.changes,
        told.events,
        rollup.named(matches, articles),
        times,
        {name: rollup.dated(rollup.of_members(rows, told.members), articles) for name, rows in of_members.items()},
    )


def tell(formed: Formed, outer: pa.Table, was: Published) -> tuple[dict[str, pa.Table], pa.Table]:
    """The published rows of clusters that were formed, and whom they touch; without excerpts, but with what those are made of.

    `outer` are matches with other articles, of which `was` has the members and sizes of clusters. What is borrowed is told as
    `excerpt.BORROWED`.
    """
    named = pa.concat_tables([formed.matches, outer])
    member_of = pa.concat_tables([formed.members.select(was.members.column_names), was.members])
    sizes = pa.concat_tables([formed.clusters.select(was.sizes.column_names), was.sizes])
    matches = _and_frozen(was, "matches", rollup.published(named, member_of))
    return {
        "clusters": rollup.dated(formed.clusters, formed.times, "anchor_id"),
        "members": formed.members.append_column("at", formed.members["effective_at"]),
        "matches": matches,
        "links": rollup.links(matches, member_of),
        **{name: _and_frozen(was, name, table) for name, table in formed.found.items()},
        "changes": formed.changes,
        "events": formed.events.append_column("at", formed.events["as_of"]),
    }, excerpt.borrowed(named, member_of, sizes)


def passages(borrowed: pa.Table, around: pa.Table, now: State, settings: config.Config) -> pa.Table:
    """The excerpts of what is `borrowed`, of articles whose words are kept. `around`: their texts are among these."""
    texts = rollup.texts(borrowed["article_id"], around, settings.sketch.short_words)
    found = now.bodies(texts)
    excerpts = excerpt.run(borrowed, found, partial(sketch.passages, found["body"], settings=settings.sketch))
    return rollup.dated(excerpts, around)


def _and_frozen(was: Published, name: str, rows: pa.Table) -> pa.Table:
    """Rows of a table, and those of clusters that stay as they were published."""
    if name not in was.frozen:
        return rows
    rows = rows.select([column for column in rows.column_names if column in was.frozen[name].column_names])
    return pa.concat_tables([rows, was.frozen[name].select(rows.column_names).cast(rows.schema)])
